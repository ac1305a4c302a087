"""The journey of a contract: the référent drafts, prints and signs; the encadrant sends back, then validates."""

from __future__ import annotations

import datetime
import io

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from parcours.models import Contrat, ModeleCourrier, ObjectifReferentiel
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import TOUJOURS, RegimeFactory, depuis, personne_suivie
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def monde():
    structure = StructureFactory.create(nom="Maison de Valmarche")
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=structure, prenom="Nadia", nom="Spécimen")
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure, prenom="Karim", nom="Modèle")
    RegimeFactory.create(
        validite=depuis(datetime.date(2015, 1, 1)),
        parametres={"nature_contrat": "ce", "heures_hebdo_min": 15, "revision_mois": 6, "revision_protegee_mois": 12},
    )
    ObjectifReferentiel.objects.create(code="cv", libelle="Réaliser un CV")
    ModeleCourrier.objects.create(
        code="invitation", nature="invitation", intitule="Invitation", objet="Bonjour", corps="{civilite} {nom},",
        validite=TOUJOURS,
    )  # fmt: skip
    personne = personne_suivie(referent=referent, structure=structure, nom_naissance="Exemple", prenoms="Jeanne")
    return personne, referent, encadrant


def entrer(page: Page, utilisateur) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "320px"])
def test_du_brouillon_a_la_validation(nouvelle_page, monde, largeur):
    personne, referent, encadrant = monde
    page = nouvelle_page(largeur=largeur)
    entrer(page, referent)
    page.goto(f"/parcours/personnes/{personne.pk}/contrat/")
    expect(page.get_by_label("Heures par semaine").first).to_have_value("15")
    page.get_by_text("Tous les autres objectifs").click()
    page.get_by_label("Réaliser un CV").check()
    page.get_by_label("Type d’action").select_option("recherche_emploi")
    page.get_by_label("Action, en clair").fill("Atelier CV")
    verifier_page(page)
    page.get_by_role("button", name="Enregistrer le brouillon").last.click()
    expect(page.get_by_text("Le brouillon est enregistré.")).to_be_visible()
    verifier_page(page)
    with page.expect_download() as attendu:
        page.get_by_role("link", name="PDF").click()
    pdf = PdfReader(io.BytesIO(attendu.value.path().read_bytes()))
    assert "Réaliser un CV" in pdf.pages[0].extract_text()
    page.get_by_role("link", name="Noter les signatures").click()
    verifier_page(page)
    page.get_by_role("button", name="Noter les signatures").click()
    page.get_by_role("button", name="Soumettre à validation").click()
    expect(page.get_by_text("Le contrat est soumis à validation.")).to_be_visible()
    contrat = Contrat.objects.get()
    assert contrat.etat == "soumis"

    relecture = nouvelle_page(largeur=largeur)
    entrer(relecture, encadrant)
    relecture.goto("/parcours/contrats/")
    verifier_page(relecture)
    relecture.get_by_role("link", name="contrat à valider").click()
    verifier_page(relecture)
    relecture.get_by_role("link", name="Les relire l’un après l’autre").click()
    verifier_page(relecture)
    relecture.get_by_role("button", name="Renvoyer pour correction").click()
    expect(relecture.locator(".faute")).to_contain_text("demande un commentaire")
    relecture.get_by_label("Commentaire").fill("Précisez les dates de l’atelier.")
    relecture.get_by_role("button", name="Renvoyer pour correction").click()
    expect(relecture.get_by_text("est renvoyé à son référent")).to_be_visible()

    page.goto(contrat.get_absolute_url())
    expect(page.get_by_text("Précisez les dates de l’atelier.").first).to_be_visible()
    expect(page.get_by_role("link", name="Corriger le contrat")).to_be_visible()
    page.locator("summary", has_text="Autres actions").click()
    page.get_by_role("button", name="Soumettre sans changer le texte").click()
    relecture.goto(f"/parcours/contrats/{contrat.pk}/decider/")
    relecture.get_by_role("button", name="Valider").click()
    expect(relecture.get_by_text("est validé et signé")).to_be_visible()
    contrat.refresh_from_db()
    assert contrat.etat == "valide"

    page.goto(f"/parcours/personnes/{personne.pk}/courrier/")
    verifier_page(page)
    page.get_by_label("Modèle").select_option(label="Invitation")
    page.get_by_role("button", name="Préparer le courrier").click()
    expect(page.get_by_text("Invitation (PDF)")).to_be_visible()
