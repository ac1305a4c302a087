"""Queues: what holds a row back, who is looked for, many at once."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parcours.models import Lot, Personne
from parcours.regles.delais import plus_mois
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    ContratFactory,
    EntretienFactory,
    SortieFactory,
    SuiviFactory,
    il_y_a,
    personne_suivie,
)

from .test_files import administrateur, regime_courant, url

pytestmark = pytest.mark.django_db


def demain(jours: int = 1) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=jours)


@pytest.mark.parametrize(
    ("etat", "jours", "mots", "choix"),
    [
        (None, 0, "Rendez-vous à fixer", "a_fixer"),
        ("prevu", 3, "Rendez-vous prévu le", "prevu"),
        ("prevu", -3, "Issue du rendez-vous du", "issue"),
        ("manque", -4, "Rendez-vous manqué le", "manque"),
    ],
    ids=["a-fixer", "prevu", "sans-issue", "manque"],
)
def test_la_file_dit_ce_qui_bloque_et_s_y_filtre(client: Client, etat: Any, jours: int, mots: str, choix: str) -> None:
    regime_courant()
    client.force_login(administrateur())
    personne = personne_suivie(entree=il_y_a(30), nom_naissance="Exemple")
    if etat:
        EntretienFactory.create(personne=personne, etat=etat, debut=demain(jours))
    contenu = client.get(url("premier_rdv")).content.decode()
    assert mots in contenu
    for valeur in ("a_fixer", "prevu", "issue", "manque"):
        trouve = "EXEMPLE" in client.get(url("premier_rdv"), {"blocage": valeur}).content.decode()
        assert trouve == (valeur == choix), valeur


def test_deux_rendez_vous_manques_se_comptent_depuis_l_orientation(client: Client) -> None:
    regime_courant()
    client.force_login(administrateur())
    personne = personne_suivie(entree=il_y_a(30))
    for jours in (-400, -9, -2):
        EntretienFactory.create(personne=personne, etat="manque", debut=demain(jours))
    assert f"manqué 2\u00a0fois, le dernier le {il_y_a(2):%d/%m/%Y}" in client.get(url("premier_rdv")).content.decode()


def test_une_file_cherche_par_le_nom_sans_l_emporter_d_un_ecran_a_l_autre(client: Client) -> None:
    regime_courant()
    client.force_login(administrateur())
    for nom in ("Ferrandi", "Moulinet"):
        personne_suivie(entree=il_y_a(60), nom_naissance=nom)
    contenu = client.get(url("premier_rdv"), {"mot": "férrandy", "delai": "retard"}).content.decode()
    assert "FERRANDI" in contenu
    assert "MOULINET" not in contenu
    assert "Traiter une par une" not in contenu
    suite = client.get(url("premier_rdv"), {"delai": "retard"}).content.decode()
    assert f"{url('premier_rdv', 'file_traiter')}?delai=retard" in suite


def test_un_bilan_ne_s_attend_plus_d_un_contrat_remplace(client: Client) -> None:
    regime_courant()
    client.force_login(administrateur())
    personne = personne_suivie(nom_naissance="Exemple", entree=il_y_a(500))
    ContratFactory.create(personne=personne, etat="valide", debut=il_y_a(300), fin=il_y_a(120))
    assert "EXEMPLE" in client.get(url("bilan_contrat")).content.decode()
    ContratFactory.create(personne=personne, etat="valide", debut=il_y_a(119), fin=il_y_a(-60))
    assert "EXEMPLE" not in client.get(url("bilan_contrat")).content.decode()


def test_une_sortie_n_attend_que_son_dernier_suivi_du(client: Client) -> None:
    client.force_login(administrateur())
    sortie = SortieFactory.create(personne=personne_suivie(nom_naissance="Exemple"), date=il_y_a(110))
    for mois in (1, 3):
        SuiviFactory.create(sortie=sortie, mois=mois, du_le=plus_mois(sortie.date, mois))
    contenu = client.get(url("suivi_sortie")).content.decode()
    assert "à 3\u00a0mois" in contenu
    assert "à 1\u00a0mois" not in contenu


def test_une_file_se_traite_par_lot_dans_son_perimetre(client: Client) -> None:
    regime_courant()
    structure = StructureFactory.create()
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure)
    client.force_login(encadrant)
    siennes = [personne_suivie(structure=structure, entree=il_y_a(40)) for _ in range(2)]
    ailleurs = personne_suivie(entree=il_y_a(40))
    Personne.objects.get(pk=siennes[0].pk).affectations.all().delete()
    ailleurs.affectations.all().delete()
    assert "Désigner un référent" in client.get(url("sans_referent")).content.decode()
    reponse = client.post(
        reverse("parcours:lot_creer"),
        {"geste": "designer", "file": "sans_referent", "requete": "?", "personnes": [siennes[0].pk, ailleurs.pk]},
    )
    lot = Lot.objects.get()
    assert reponse.headers["Location"] == lot.get_absolute_url()
    assert lot.personnes == [siennes[0].pk]
    assert lot.filtre == ["File «\u00a0Sans référent\u00a0»", "Personnes cochées"]


def test_une_file_dont_le_geste_est_a_un_autre_role_ne_propose_pas_de_lot(client: Client) -> None:
    regime_courant()
    structure = StructureFactory.create()
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    client.force_login(referent)
    personne_suivie(referent=referent, structure=structure, entree=il_y_a(40))
    contenu = client.get(url("premier_rdv")).content.decode()
    assert "Préparer un courrier" in contenu
    assert "Transférer" not in contenu
    donnees = {"geste": "courrier", "file": "sans_referent", "requete": "?", "portee": "filtre"}
    assert client.post(reverse("parcours:lot_creer"), donnees).status_code == 403
