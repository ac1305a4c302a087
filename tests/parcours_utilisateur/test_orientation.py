"""The journey of an orientation agent: a diagnosis, a proposal accepted, another one overridden with its motive."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from parcours.models import Diagnostic, GrilleDiagnostic, Orientation, Personne
from parcours.operations.referentiels import charger_referentiels
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import DiagnosticFactory, DossierFactory, PersonneFactory, il_y_a, personne_suivie
from tests.navigateur import capturer, verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def monde() -> tuple[Any, Personne, Personne]:
    """An agent, someone who has just entered, someone oriented with a finished diagnosis."""
    charger_referentiels(dossier=settings.DOSSIER_DONNEES / "parcours")
    StructureFactory.create(nom="Espace insertion", nature="service")
    entree = PersonneFactory.create(nom_naissance="Exemple", prenoms="Rosa")
    DossierFactory.create(ouvert_le=il_y_a(20), personne=entree)
    suivie = personne_suivie(nom_naissance="Spécimen", prenoms="Ali")
    grille = GrilleDiagnostic.objects.get(code="essonne")
    fait = DiagnosticFactory.create(personne=suivie, grille=grille, date=il_y_a(5), termine_le=None)
    situation = grille.themes.get(code="emploi").situations.get(code="appui")
    fait.reponses.create(theme=situation.theme, situation=situation)
    return UtilisateurFactory.create(role=Role.AGENT_ORIENTATION), entree, suivie


def entrer(page: Page, utilisateur: Any) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


def cocher(page: Page, theme: str, reponse: str) -> None:
    page.get_by_role("group", name=theme, exact=True).get_by_label(reponse).check()


@pytest.mark.parametrize(
    "ecran", [{"largeur": 1280}, {"largeur": 320, "hauteur": 640, "sombre": True}], ids=["bureau", "telephone-sombre"]
)
def test_un_agent_diagnostique_accepte_une_proposition_et_s_ecarte_d_une_autre(nouvelle_page, monde, ecran):
    agent, entree, suivie = monde
    page, suffixe = nouvelle_page(**ecran), ecran["largeur"]
    entrer(page, agent)
    page.goto(f"/parcours/personnes/{entree.pk}/diagnostics/nouveau/")
    verifier_page(page)
    page.get_by_role("button", name="Commencer le diagnostic").click()
    verifier_page(page)
    cocher(page, "Contraintes familiales", "Parent isolé avec un enfant de moins de trois ans")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-brouillon-etat]")).to_contain_text("aucune perte si vous quittez la page")
    page.reload()
    verifier_page(page)
    capturer(page, f"diagnostic-ecrire-{suffixe}")
    page.get_by_role("button", name="Terminer le diagnostic").click()
    expect(page.get_by_role("heading", name="Ce que proposent les règles")).to_be_visible()
    verifier_page(page)
    assert Diagnostic.objects.get(personne=entree).termine_le is not None

    page.get_by_role("link", name="Décider l’orientation").click()
    expect(page.get_by_text(re.compile(r"Orientation\s: il reste"))).to_be_visible()
    expect(page.get_by_label("Organisme référent")).to_have_value("")
    verifier_page(page)
    page.get_by_label("Structure qui accueille").select_option(label="Espace insertion")
    expect(page.get_by_label("Organisme référent")).to_have_value("departement")
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_text("L’orientation est décidée.")).to_be_visible()
    expect(page.get_by_text("Suivie", exact=True)).to_be_visible()
    verifier_page(page)
    acceptee = Orientation.objects.get(personne=entree)
    assert (acceptee.type_propose, acceptee.type_decide) == ("social", "social")

    brouillon = Diagnostic.objects.get(personne=suivie)
    page.goto(f"/parcours/diagnostics/{brouillon.pk}/ecrire/")
    page.get_by_role("button", name="Terminer le diagnostic").click()
    page.get_by_role("link", name="Décider l’orientation").click()
    page.get_by_label("Parcours emploi").check()
    page.get_by_label("Structure qui accueille").select_option(label="Espace insertion")
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_role("alert")).to_contain_text("autre chose que ce que les règles proposent")
    verifier_page(page)
    page.get_by_label("Motif").select_option(label="Souhait de la personne")
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Mettre fin à l’orientation en cours\s\?"))
    verifier_page(page)
    capturer(page, f"orientation-confirmer-{suffixe}")
    assert suivie.orientations.count() == 1
    page.get_by_role("button", name="Confirmer la nouvelle orientation").click()
    expect(page.get_by_text("Autre décision", exact=True)).to_be_visible()
    assert suivie.orientations.latest("rang").mode == "emploi"  # it follows the type decided, not the one proposed
    page.goto(f"/parcours/personnes/{suivie.pk}/")
    expect(page.get_by_text(re.compile(r"Motif\s: souhait de la personne"))).to_be_visible()
    verifier_page(page)
    page.goto("/parcours/regles-orientation/")
    page.get_by_role("link", name=re.compile("Trois cas")).click()
    verifier_page(page)
