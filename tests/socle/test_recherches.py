"""Searches kept under a name: kept without what is typed, opened by default, forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pdi.comptes.models import Role
from pdi.socle.models import FiltreEnregistre
from tests.fabriques import UtilisateurFactory
from tests.fabriques_parcours import personne_suivie

pytestmark = pytest.mark.django_db
LISTE = "parcours:personnes"


@pytest.fixture
def encadrant(client: Client) -> Any:
    utilisateur = UtilisateurFactory.create(role=Role.ENCADRANT)
    client.force_login(utilisateur)
    return utilisateur


def garder(client: Client, nom: str, requete: str, **plus: str) -> Any:
    return client.post(reverse("socle:recherche_garder"), {"liste": LISTE, "nom": nom, "requete": requete, **plus})


def test_ce_qui_est_tape_pour_trouver_quelqu_un_n_est_pas_garde(client: Client, encadrant):
    page = client.get(reverse(LISTE), {"mot": "specimen", "etat": "suivi", "orientation": ""}).content.decode()
    assert '<input type="hidden" name="requete" value="etat=suivi">' in page
    garder(client, "Suivies", "etat=suivi")
    page = client.get(f"{reverse(LISTE)}?tout=1").content.decode()
    assert f'href="{reverse(LISTE)}?etat=suivi"' in page


def test_la_liste_s_ouvre_sur_la_recherche_par_defaut_et_tout_reste_atteignable(client: Client, encadrant):
    personne_suivie(nom_naissance="Visible")
    garder(client, "Sans référent", "etat=sans_referent", par_defaut="on")
    assert client.get(reverse(LISTE)).headers["Location"] == f"{reverse(LISTE)}?etat=sans_referent"
    filtree = client.get(f"{reverse(LISTE)}?etat=sans_referent").content.decode()
    assert 'href="?tout=1"' in filtree
    assert "VISIBLE" in client.get(f"{reverse(LISTE)}?tout=1").content.decode()


def test_une_seule_recherche_par_defaut(client: Client, encadrant):
    garder(client, "Une", "etat=suivi", par_defaut="on")
    garder(client, "Deux", "etat=a_orienter", par_defaut="on")
    assert list(FiltreEnregistre.objects.filter(par_defaut=True).values_list("nom", flat=True)) == ["Deux"]
    client.post(reverse("socle:recherche_ouvrir", args=[FiltreEnregistre.objects.get(nom="Deux").pk]))
    assert not FiltreEnregistre.objects.filter(par_defaut=True).exists()


def test_le_meme_nom_remplace_et_sans_nom_rien_n_est_garde(client: Client, encadrant):
    garder(client, "Une", "etat=suivi")
    garder(client, " Une ", "etat=a_orienter")
    garder(client, " ", "etat=suivi")
    assert list(FiltreEnregistre.objects.values_list("nom", "requete")) == [("Une", "etat=a_orienter")]


def test_chacun_n_oublie_que_les_siennes(client: Client, encadrant):
    autre = FiltreEnregistre.objects.create(utilisateur=UtilisateurFactory.create(), liste=LISTE, nom="À moi")
    assert client.post(reverse("socle:recherche_oublier", args=[autre.pk])).status_code == 404
    garder(client, "Une", "")
    mienne = FiltreEnregistre.objects.get(utilisateur=encadrant)
    client.post(reverse("socle:recherche_oublier", args=[mienne.pk]))
    assert list(FiltreEnregistre.objects.all()) == [autre]


def test_une_liste_inconnue_est_introuvable(client: Client, encadrant):
    reponse = client.post(reverse("socle:recherche_garder"), {"liste": "nulle:part", "nom": "Une", "requete": ""})
    assert reponse.status_code == 404
