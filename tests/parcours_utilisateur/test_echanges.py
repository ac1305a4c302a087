"""The journey of exchanges: a partner's file comes in, a key is made, what goes out is found and read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from offre.models import Frein, OffreInsertion
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, DepartementFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import OffreFactory
from tests.navigateur import capturer, verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
STRUCTURE = {"source": "dora", "id": "dora--s1", "nom": "Le Tournesol", "date_maj": "2026-01-31", "siret": "123"}
FICHIER = json.dumps({"structures": [STRUCTURE], "services": []}).encode()


def entrer(page: Page) -> None:
    utilisateur = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.fixture(autouse=True)
def catalogue() -> OffreInsertion:
    DepartementFactory.create(code="91")
    offre = OffreFactory.create(intitule="Permis solidaire", operateurs=[StructureFactory.create(nom="Auto-école")])
    offre.freins.add(Frein.objects.create(code="mobilite", libelle="Mobilité"))
    return offre


@pytest.mark.celery
def test_un_fichier_de_partenaire_se_depose_depuis_les_echanges(nouvelle_page: Any, worker_celery: Any) -> None:
    page = nouvelle_page(largeur=1280)
    entrer(page)
    page.goto("/offres/echanges/")
    verifier_page(page)
    capturer(page, "echanges-1280")
    page.get_by_role("link", name="déposer : Structures d’un partenaire").click()
    expect(page.get_by_label("Structures d’un partenaire (data·inclusion)")).to_be_checked()
    page.get_by_label("Fichier").set_input_files(
        {"name": "dora.json", "mimeType": "application/json", "buffer": FICHIER}
    )
    page.get_by_role("button", name="Déposer et vérifier").click()
    expect(page.get_by_text("Ce SIRET n’est pas valide.")).to_be_visible(timeout=60_000)
    page.get_by_label("siret, ligne 2 : nouvelle valeur").fill("130 030 133 00016")
    page.get_by_role("button", name="siret, ligne 2").click()
    expect(page.get_by_role("button", name="Importer la ligne prête")).to_be_visible()
    page.goto("/offres/echanges/")
    expect(page.get_by_text("dora.json")).to_be_visible()


def test_un_jeton_se_cree_et_les_pages_publiques_se_lisent(nouvelle_page: Any) -> None:
    page = nouvelle_page(largeur=320, hauteur=640, sombre=True)
    entrer(page)
    page.goto("/offres/echanges/")
    verifier_page(page)
    page.get_by_role("link", name="Créer un jeton").click()
    verifier_page(page)
    page.get_by_label("À qui sert ce jeton").fill("Site de la Ville")
    page.get_by_role("button", name="Créer le jeton").click()
    expect(page.locator(".cle-api")).to_contain_text("pdi_")
    verifier_page(page)
    page.get_by_role("link", name="J’ai copié le jeton").click()
    expect(page.get_by_role("rowheader", name="Site de la Ville")).to_be_visible()
    page.get_by_role("link", name="révoquer : Site de la Ville").click()
    page.get_by_role("button", name="Révoquer ce jeton").click()
    expect(page.get_by_text("il n’ouvre plus rien")).to_be_visible()
    for adresse, mots in (
        ("/offres/echanges/qualite/", "Permis solidaire"),
        ("/api/v1/", "If-None-Match"),
        ("/api/v1/donnees-ouvertes", "publics_codes"),
    ):
        page.goto(adresse)
        expect(page.get_by_text(mots).first).to_be_visible()
        verifier_page(page)
