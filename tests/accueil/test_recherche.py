"""Global search: accents, case, order and a typo do not matter; rights do."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from actions.models import FicheAction
from pdi.comptes.models import Role
from pdi.structures.regles import cle_nom
from tests.fabriques import FicheFactory, IndicateurFactory, ProgrammeFactory, StructureFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db


def chercher(client: Client, texte: str) -> str:
    """Return the page of answers to `texte`."""
    return client.get(reverse("accueil:recherche"), {"q": texte}).content.decode()


@pytest.fixture
def fiche(client: Client) -> FicheAction:
    """A fiche, its indicator and a structure, and a supervisor logged in."""
    objet = FicheFactory.create(
        programme=ProgrammeFactory.create(), numero="3.4", intitule="Améliorer la mobilité des bénéficiaires"
    )
    FicheAction.objects.filter(pk=objet.pk).update(recherche=cle_nom(f"{objet.numero} {objet.intitule}"))
    IndicateurFactory.create(fiche=objet, libelle="Délai moyen d’accès à la mobilité")
    StructureFactory.create(nom="Plateforme Mobilités Sud", sigle="PMS")
    client.force_login(UtilisateurFactory.create(role=Role.ENCADRANT))
    return objet


@pytest.mark.parametrize(
    "saisie",
    ["mobilité", "MOBILITE", "beneficiaires mobilite", "3.4", "mobilte"],
    ids=["accents", "majuscules", "ordre", "numero", "faute"],
)
def test_la_fiche_est_trouvee(client: Client, fiche: FicheAction, saisie: str) -> None:
    """However it is spelled."""
    assert fiche.get_absolute_url() in chercher(client, saisie)


def test_les_trois_sortes_de_resultats(client: Client, fiche: FicheAction) -> None:
    """Fiches, indicators and structures are grouped, each with its link."""
    page = chercher(client, "mobilite")
    for titre in ("Fiches-actions", "Indicateurs", "Structures"):
        assert titre in page
    assert "Plateforme Mobilités Sud" in page


def test_une_fiche_restreinte_ne_sort_pas(client: Client, fiche: FicheAction) -> None:
    """Restricted to its actors: neither it nor its indicators."""
    FicheAction.objects.filter(pk=fiche.pk).update(restreinte=True)
    page = chercher(client, "mobilite")
    assert fiche.get_absolute_url() not in page
    assert "Délai moyen" not in page


def test_rien_trouve_dit_quoi_faire(client: Client, fiche: FicheAction) -> None:
    """No answer: advice, and the words are escaped."""
    page = chercher(client, "<b>zzzzqqq</b>")
    assert "Rien pour" in page
    assert "<b>zzzzqqq" not in page


def test_une_seule_lettre_demande_la_suite(client: Client, fiche: FicheAction) -> None:
    """Too short a search reads nothing."""
    assert "Deux lettres au moins" in chercher(client, "m")
