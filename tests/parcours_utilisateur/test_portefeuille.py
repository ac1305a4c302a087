"""The journey of an encadrant: appoint a référent where there is none, then transfer a portfolio after its preview."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from parcours.models import AffectationReferent, NatureMotif
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import MotifFactory, OrientationFactory, PersonneFactory, personne_suivie
from tests.navigateur import capturer, verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def equipe() -> dict[str, Any]:
    """Two référents of one service, an encadrant of the département, one person without référent."""
    service = StructureFactory.create(nom="Service insertion")
    comptes = {
        nom: UtilisateurFactory.create(role=Role.REFERENT, structure=service, prenom=nom, nom="Spécimen")
        for nom in ("Nadia", "Noé")
    }
    for _ in range(3):
        personne_suivie(referent=comptes["Nadia"], structure=service)
    libre = PersonneFactory.create(nom_naissance="Attente", prenoms="Lina")
    OrientationFactory.create(personne=libre, structure=service)
    MotifFactory.create(nature=NatureMotif.FIN_REFERENT, code="transfert_portefeuille", libelle="Transfert")
    return {"encadrant": UtilisateurFactory.create(role=Role.ENCADRANT), **comptes}


def entrer(page: Page, utilisateur: Any) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


def test_designer_puis_transferer(page: Page, equipe: dict[str, Any]) -> None:
    entrer(page, equipe["encadrant"])
    page.goto("/parcours/personnes/?etat=sans_referent")
    verifier_page(page)
    page.get_by_role("link", name="ATTENTE Lina").click()
    page.get_by_role("link", name="Désigner un référent").first.click()
    verifier_page(page)
    page.locator("#id_referent").select_option(label="Nadia Spécimen")
    page.get_by_role("button", name="Désigner ce référent").click()
    expect(page.get_by_text("Nadia Spécimen suit cette personne")).to_be_visible()

    page.goto("/parcours/portefeuilles/")
    verifier_page(page)
    page.get_by_role("link", name="Nadia Spécimen", exact=True).click()
    verifier_page(page)
    page.get_by_role("button", name="Les 4 personnes du portefeuille").click()
    verifier_page(page)
    page.locator("#id_referent").select_option(label="Noé Spécimen")
    page.get_by_role("button", name="Voir l’effet avant d’agir").click()
    # The one appointed today cannot end the day before: her appointment is withdrawn, and the preview says so.
    expect(page.get_by_text("3\u00a0suivis en cours\u00a0: fin la veille")).to_be_visible()
    expect(page.get_by_text("1\u00a0désignation du même jour à retirer")).to_be_visible()
    verifier_page(page)
    capturer(page, "transfert-apercu")
    assert not AffectationReferent.objects.filter(referent=equipe["Noé"]).exists()
    page.get_by_role("button", name="Confirmer pour 4\u00a0personnes").click()
    expect(page.get_by_role("heading", name="4\u00a0personnes transférées")).to_be_visible()
    verifier_page(page)
    capturer(page, "transfert-rapport")


def test_sur_un_telephone(nouvelle_page: Any, equipe: dict[str, Any]) -> None:
    page = nouvelle_page(largeur=320, hauteur=640, sombre=True)
    entrer(page, equipe["encadrant"])
    for adresse in ("personnes/", "portefeuilles/", f"portefeuilles/{equipe['Nadia'].pk}/", "personnes/nouvelle/"):
        page.goto(f"/parcours/{adresse}")
        verifier_page(page)
    page.goto("/parcours/personnes/")
    page.get_by_text("Mes recherches").click()
    verifier_page(page)
