"""The journey of a figure: read it, break it down, open the people behind it; the direction sees no small cell."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from parcours.operations.indicateurs import compiler_indicateurs, geler_releve
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, UtilisateurFactory
from tests.navigateur import capturer, verifier_page
from tests.parcours.population import peupler, preparer_monde

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
ANNEE = timezone.localdate().year - 1


def entrer(page: Page, role: str) -> None:
    utilisateur = UtilisateurFactory.create(role=role)
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.fixture
def chiffres() -> None:
    preparer_monde()
    peupler(200, 11, timezone.localdate())
    for annee in range(ANNEE - 3, ANNEE + 1):
        compiler_indicateurs(programme=None, annee=annee, par=None)
    geler_releve(annee=ANNEE, par=UtilisateurFactory.create(role=Role.ADMINISTRATEUR))


@pytest.mark.usefixtures("chiffres")
@pytest.mark.parametrize(
    "ecran", [{"largeur": 1280}, {"largeur": 320, "hauteur": 640, "sombre": True}], ids=["bureau", "telephone-sombre"]
)
def test_d_un_chiffre_aux_personnes(nouvelle_page: Any, ecran: dict[str, Any]) -> None:
    page, suffixe = nouvelle_page(**ecran), ecran["largeur"]
    entrer(page, Role.ADMINISTRATEUR)
    page.goto(f"/parcours/observatoire/?annee={ANNEE}")
    verifier_page(page)
    capturer(page, f"observatoire-{suffixe}")
    page.get_by_role("link", name="Taux d’orientation", exact=True).click()
    expect(page.get_by_role("heading", name="Chiffre gelé et recompte")).to_be_visible()
    verifier_page(page)
    capturer(page, f"observatoire-indicateur-{suffixe}")
    page.get_by_role("link", name="Personnes comptées au numérateur").click()
    expect(page.get_by_role("heading", name="Personnes comptées au numérateur")).to_be_visible()
    verifier_page(page)
    capturer(page, f"observatoire-personnes-{suffixe}")
    page.goto(f"/parcours/observatoire/oarsa/?annee={ANNEE}&axe=famille")
    verifier_page(page)
    capturer(page, f"oarsa-{suffixe}")


@pytest.mark.usefixtures("chiffres")
def test_la_direction_lit_sans_petits_effectifs(page: Page) -> None:
    entrer(page, Role.DIRECTION)
    page.goto(f"/parcours/observatoire/taux_orientation/?annee={ANNEE}&axe=age")
    verifier_page(page)
    expect(page.get_by_text("ouvre les chiffres, pas les personnes")).to_be_visible()
    expect(page.get_by_role("link", name="Personnes comptées au numérateur")).to_have_count(0)
    capturer(page, "observatoire-direction")
