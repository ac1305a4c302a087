"""The form of a contract saves by itself: what is complete is written, the rest stays here; no overwriting."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from parcours.models import Contrat, EtatContrat
from pdi.comptes.models import Role
from pdi.socle.models import EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import ContratFactory, RegimeFactory, il_y_a, personne_suivie
from tests.parcours.contrats import formulaire

pytestmark = pytest.mark.django_db


@pytest.fixture
def contrat(client: Client) -> Contrat:
    RegimeFactory.create()
    structure = StructureFactory.create()
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    client.force_login(referent)
    personne = personne_suivie(referent=referent, structure=structure, entree=il_y_a(60))
    client.post(reverse("parcours:contrat_nouveau", args=[personne.pk]), formulaire())
    return Contrat.objects.get()


def envoyer(client: Client, contrat: Contrat, **plus: Any) -> Any:
    return client.post(reverse("parcours:contrat_brouillon", args=[contrat.pk]), formulaire(**plus))


def test_ce_qui_est_complet_s_enregistre_et_rend_la_nouvelle_empreinte(client: Client, contrat: Contrat) -> None:
    page = client.get(reverse("parcours:contrat_modifier", args=[contrat.pk]))
    assert f'data-brouillon="{reverse("parcours:contrat_brouillon", args=[contrat.pk])}"' in page.content.decode()
    reponse = envoyer(client, contrat, heures_hebdo="18", empreinte=page.context["empreinte"])
    assert reponse.status_code == 200, reponse.json()
    contrat.refresh_from_db()
    assert contrat.heures_hebdo == 18
    suite = envoyer(client, contrat, heures_hebdo="19", empreinte=reponse.json()["version"])
    assert suite.status_code == 200
    assert suite.json()["version"] != reponse.json()["version"]


def test_une_saisie_incomplete_dit_ce_qui_manque_et_n_ecrit_rien(client: Client, contrat: Contrat) -> None:
    avant = contrat.version
    reponse = envoyer(client, contrat, debut="")
    assert reponse.status_code == 422
    assert "À compléter avant d’être enregistré" in reponse.json()["message"]
    contrat.refresh_from_db()
    assert contrat.version == avant


def test_un_contrat_ecrit_ailleurs_n_est_pas_ecrase(client: Client, contrat: Contrat) -> None:
    empreinte = client.get(reverse("parcours:contrat_modifier", args=[contrat.pk])).context["empreinte"]
    envoyer(client, contrat, heures_hebdo="18", empreinte=empreinte)
    reponse = envoyer(client, contrat, heures_hebdo="20", empreinte=empreinte)
    assert reponse.status_code == 409
    assert "rien n’est écrasé" in reponse.json()["message"]
    contrat.refresh_from_db()
    assert contrat.heures_hebdo == 18


def test_le_journal_ne_dit_pas_chaque_enregistrement(client: Client, contrat: Contrat) -> None:
    empreinte = client.get(reverse("parcours:contrat_modifier", args=[contrat.pk])).context["empreinte"]
    for heures in ("16", "17", "18"):
        empreinte = envoyer(client, contrat, heures_hebdo=heures, empreinte=empreinte).json()["version"]
    assert EntreeJournal.objects.filter(verbe="enregistrer_contrat", objet_id=str(contrat.pk)).count() == 1


def test_un_contrat_soumis_ne_s_enregistre_plus(client: Client, contrat: Contrat) -> None:
    soumis = ContratFactory.create(personne=contrat.personne, etat=EtatContrat.SOUMIS, referent=contrat.referent)
    assert envoyer(client, soumis).status_code == 403


def test_un_contrat_nouveau_ne_garde_la_saisie_que_sur_le_poste(client: Client, contrat: Contrat) -> None:
    contenu = client.get(reverse("parcours:contrat_nouveau", args=[contrat.personne_id])).content.decode()
    assert 'data-brouillon=""' in contenu
    assert 'data-brouillon-magasin="session"' in contenu
