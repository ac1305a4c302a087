"""The journey of an import: a file with faults is deposited, corrected in place, imported; nothing before."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from parcours.models import Personne
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, UtilisateurFactory
from tests.fabriques_parcours import CommuneFactory
from tests.imports_essai import csv_de
from tests.navigateur import capturer, verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.celery, pytest.mark.django_db(transaction=True)]
FICHIER = csv_de(
    ("Nom", "Prénom", "Né le", "Tél", "Code postal", "Ville", "Sexe", "Référence interne"),
    [
        ("MODÈLE", "Ali", "02/07/1984", "612345678", "91100", "Corbeil Esonne", "Homme", "A1"),
        ("SPÉCIMEN", "Lina", "31/02/1999", "0611223344", "91100", "Corbeil-Essonnes", "Homm", "A2"),
        ("TÉMOIN", "Rosa", "08/03/1988", "", "91100", "Corbeil-Essonnes", "Femme", "A3"),
    ],
)


def entrer(page: Page) -> None:
    utilisateur = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.mark.parametrize(
    "ecran", [{"largeur": 1280}, {"largeur": 320, "hauteur": 640, "sombre": True}], ids=["bureau", "telephone-sombre"]
)
def test_d_un_fichier_fautif_aux_dossiers(nouvelle_page: Any, worker_celery: Any, ecran: dict[str, Any]) -> None:
    CommuneFactory.create(nom="Corbeil-Essonnes", code="91174", codes_postaux=["91100"])
    page, suffixe = nouvelle_page(**ecran), ecran["largeur"]
    entrer(page)
    page.goto("/parcours/imports/")
    expect(page.get_by_text("Aucun fichier n’a encore été déposé")).to_be_visible()
    verifier_page(page)
    page.get_by_role("link", name="Déposer un fichier").click()
    verifier_page(page)
    page.get_by_label("Fichier").set_input_files({"name": "essai.csv", "mimeType": "text/csv", "buffer": FICHIER})
    page.get_by_label("Provenance").fill("Logiciel métier")
    page.get_by_role("button", name="Déposer et vérifier").click()
    expect(page.get_by_role("button", name="Importer la ligne prête")).to_be_visible(timeout=60_000)
    verifier_page(page)
    capturer(page, f"import-lot-{suffixe}")
    page.get_by_label("Date de naissance, ligne 3 : nouvelle valeur").fill("28/02/1999")
    page.get_by_role("button", name="Date de naissance, ligne 3").click()
    expect(page.get_by_text("Ligne 3 corrigée.")).to_be_visible()
    page.get_by_role("button", name="Accepter les 2").click()
    expect(page.get_by_text("2 corrections acceptées")).to_be_visible()
    assert not Personne.objects.exists()
    page.get_by_role("button", name="Importer les 3 lignes prêtes").click()
    expect(page.get_by_text("3 lignes nouvelles")).to_be_visible(timeout=60_000)
    verifier_page(page)
    assert Personne.objects.count() == 3
    page.goto("/parcours/imports/aide/personnes/")
    verifier_page(page)
    capturer(page, f"import-aide-{suffixe}")
