"""The journey of the annual report: compiled in a real worker, followed on screen, downloaded, read, refused."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from actions.models import EtatBilan
from pdi.comptes.models import Role, Utilisateur
from tests.fabriques import (
    MOT_DE_PASSE,
    AxeFactory,
    BilanFactory,
    CampagneFactory,
    CibleFactory,
    FicheFactory,
    IndicateurFactory,
    MesureFactory,
    ProgrammeFactory,
    UtilisateurFactory,
)
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.celery, pytest.mark.django_db(transaction=True)]
DELAI_MS = 180_000


def entrer(page: Page, utilisateur: Utilisateur) -> None:
    """Log in through the form."""
    page.goto("/comptes/connexion/")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.fixture
def programme():
    """A programme of two validated fiches, one figure each."""
    programme = ProgrammeFactory.create(annee_debut=2022, annee_fin=2026)
    axe, campagne = AxeFactory.create(programme=programme), CampagneFactory.create(programme=programme, annee=2025)
    for numero in ("1.1", "1.2"):
        fiche = FicheFactory.create(programme=programme, axe=axe, numero=numero)
        indicateur = IndicateurFactory.create(fiche=fiche, libelle=f"Personnes reçues {numero}")
        MesureFactory.create(indicateur=indicateur, annee=2025, valeur=Decimal(4108))
        CibleFactory.create(indicateur=indicateur, annee=2025, valeur=Decimal(4000))
        BilanFactory.create(campagne=campagne, fiche=fiche, etat=EtatBilan.VALIDE)
    return programme


@pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "320px"])
def test_de_la_compilation_a_la_lecture(nouvelle_page, worker_celery, programme, largeur):
    """The manager compiles while watching and downloads; the direction reads; the public is sent to log in."""
    adresse = f"/rapports/{programme.code}/2025"
    chargee = nouvelle_page(largeur=largeur)
    entrer(chargee, UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    verifier_page(chargee)  # the home page
    chargee.goto("/rapports")
    verifier_page(chargee)
    chargee.goto(adresse)
    verifier_page(chargee)
    chargee.get_by_role("button", name="Compiler le rapport").click()
    expect(chargee.get_by_role("progressbar")).to_be_visible()
    # The page loads itself again when the job is over: nothing on it still says that it runs.
    expect(chargee.get_by_role("link", name="Lire la version 1")).to_be_visible(timeout=DELAI_MS)
    expect(chargee.get_by_text("Compilation en cours")).to_have_count(0)
    verifier_page(chargee)
    with chargee.expect_download() as attendu:
        chargee.get_by_role("link", name=re.compile("PDF")).first.click()
    pdf = PdfReader(io.BytesIO(attendu.value.path().read_bytes()))
    texte = "".join(page.extract_text() for page in pdf.pages)
    assert "Personnes reçues 1.2" in texte
    assert re.search(r"4\s108", texte)
    chargee.get_by_role("link", name="Lire la version 1").click()
    verifier_page(chargee)

    direction = nouvelle_page(largeur=largeur)
    entrer(direction, UtilisateurFactory.create(role=Role.DIRECTION))
    verifier_page(direction)
    direction.goto(adresse)
    verifier_page(direction)
    expect(direction.get_by_role("button", name="Compiler")).to_have_count(0)
    direction.get_by_role("link", name="Lire la version 1").click()
    expect(direction.get_by_text("Personnes reçues 1.1").first).to_be_visible()
    verifier_page(direction)
    direction.get_by_role("navigation", name="Sommaire").get_by_role("link", name=re.compile("^1.1 ")).click()
    expect(direction.get_by_role("heading", name=re.compile("^Fiche 1.1"))).to_be_visible()
    verifier_page(direction)

    public = nouvelle_page(largeur=largeur)
    public.goto(adresse)
    expect(public.get_by_role("button", name="Se connecter")).to_be_visible()
    verifier_page(public)
