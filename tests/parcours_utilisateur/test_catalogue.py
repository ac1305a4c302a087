"""The journey of the catalogue: a référent looks for an offer, reads it, on a screen and on a telephone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as reglages
from playwright.sync_api import Page, expect

from offre.operations.chargement import charger_offres
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, UtilisateurFactory
from tests.navigateur import capturer, verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def _chercher_et_lire(page: Page, nom: str) -> None:
    charger_offres(dossier=Path(reglages.DOSSIER_DONNEES))
    referent = UtilisateurFactory.create(role=Role.REFERENT)
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(referent.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)
    page.goto("/offres/")
    expect(page.get_by_role("article")).to_have_count(25)
    verifier_page(page)
    capturer(page, f"catalogue-{nom}", entiere=False)
    page.goto("/offres/?frein=garde-enfants&age=40")
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("link", name="Pack sortie RSA").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pack sortie RSA")
    verifier_page(page)
    capturer(page, f"offre-{nom}")


def test_un_referent_trouve_une_offre(page: Page) -> None:
    _chercher_et_lire(page, "ecran")


def test_sur_un_telephone_aussi(page_telephone: Page) -> None:
    _chercher_et_lire(page_telephone, "telephone")


def test_en_sombre(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    _chercher_et_lire(page, "sombre")
