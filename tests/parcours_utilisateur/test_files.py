"""The journey of what is late: the encadrant opens it; the référent ends an accompaniment and follows it up."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from parcours.models import NatureMotif, Sortie
from parcours.regles.delais import plus_mois
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    MotifFactory,
    RegimeFactory,
    TypeSortieFactory,
    depuis,
    il_y_a,
    personne_suivie,
)
from tests.navigateur import capturer, verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def monde(settings: Any, tmp_path: Any) -> tuple[Any, Any, Any]:
    settings.MEDIA_ROOT = tmp_path
    structure = StructureFactory.create(nom="Maison de Valmarche")
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=structure, prenom="Nadia", nom="Spécimen")
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure, prenom="Karim", nom="Modèle")
    RegimeFactory.create(
        validite=depuis(datetime.date(2015, 1, 1)),
        parametres={"delai_contrat": 30, "references": {"delai_contrat": "CASF L262-34"}},
    )
    MotifFactory.create(nature=NatureMotif.FIN_ACCOMPAGNEMENT, libelle="Accès à l’emploi")
    TypeSortieFactory.create(libelle="CDI")
    for rang, nom in enumerate(("Exemple", "Modèle", "Témoin")):
        personne_suivie(referent=referent, structure=structure, nom_naissance=nom, entree=il_y_a(240 + rang))
    return referent, encadrant, structure


def entrer(page: Page, utilisateur: Any) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.mark.parametrize(
    "ecran", [{"largeur": 1280}, {"largeur": 320, "hauteur": 640, "sombre": True}], ids=["bureau", "telephone-sombre"]
)
def test_ce_qui_est_en_retard_puis_la_fin_et_son_suivi(nouvelle_page: Any, monde: Any, ecran: dict[str, Any]) -> None:
    referent, encadrant, _ = monde
    page, suffixe = nouvelle_page(**ecran), ecran["largeur"]
    entrer(page, encadrant)
    expect(page.get_by_text("Délai légal dépassé").first).to_be_visible()
    verifier_page(page)
    page.goto("/parcours/files/")
    verifier_page(page)
    capturer(page, f"files-{suffixe}")
    page.get_by_role("link", name="Contrat à signer").click()
    expect(page.get_by_text("CASF L262-34").first).to_be_visible()
    if page.get_by_role("button", name="Plus de filtres").is_visible():
        page.get_by_role("button", name="Plus de filtres").click()
    page.get_by_label("Échéance").select_option("retard")
    page.get_by_role("button", name="Filtrer").click()
    verifier_page(page)
    capturer(page, f"file-{suffixe}")
    page.get_by_role("link", name="Traiter une par une").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("TÉMOIN Maëlle")
    verifier_page(page)
    capturer(page, f"file-traiter-{suffixe}")
    page.get_by_role("link", name="Ligne suivante").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("MODÈLE Maëlle")
    page.goto("/parcours/controles/?par=referent")
    verifier_page(page)
    capturer(page, f"controles-{suffixe}")
    page.context.clear_cookies()

    entrer(page, referent)
    page.goto("/parcours/files/contrat_a_signer/traiter/")
    page.get_by_role("link", name="Ouvrir le dossier").click()
    page.get_by_text("Ajouter", exact=True).click()
    page.get_by_role("link", name="Terminer l’accompagnement").click()
    page.get_by_label("Motif de fin").select_option(label="Accès à l’emploi")
    page.get_by_label("Type de sortie").select_option(label="CDI")
    page.get_by_label("Dernier jour d’accompagnement").fill(plus_mois(il_y_a(0), -6).isoformat())
    page.get_by_label("Contrat de travail").select_option("cdi")
    verifier_page(page)
    page.get_by_role("button", name="Voir ce qui sera fermé").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Voici ce qui sera fermé")
    verifier_page(page)
    capturer(page, f"terminer-{suffixe}")
    contrat = {"name": "contrat.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 fictif"}
    page.get_by_label("Justificatif").set_input_files(contrat)
    page.get_by_role("button", name="Terminer l’accompagnement").click()
    expect(page.get_by_text("L’accompagnement est terminé.")).to_be_visible()
    expect(page.get_by_role("link", name="contrat.pdf")).to_be_visible()
    verifier_page(page)
    capturer(page, f"sortie-{suffixe}")

    page.goto("/parcours/files/suivi_sortie/")
    verifier_page(page)
    page.get_by_role("row").filter(has_text="à 6").get_by_role("link", name="Noter le suivi").click()
    page.get_by_label("En emploi").check()
    verifier_page(page)
    capturer(page, f"suivi-{suffixe}")
    page.get_by_role("button", name="Enregistrer le suivi").click()
    expect(page.get_by_text("Le suivi à 6 mois est noté.")).to_be_visible()
    assert Sortie.objects.get().suivis.get(mois=6).situation == "emploi"
