"""The journey of a convention: the service prepares and signs it, asks for the statement; the operator writes it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from offre.models import BilanOperateur, Convention
from offre.operations.realisations import charger_types
from pdi.comptes.models import Role, Utilisateur
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory
from tests.fabriques_offre import annee
from tests.navigateur import capturer, verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def entrer(page: Page, utilisateur: Utilisateur) -> None:
    page.context.clear_cookies()
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


def test_de_la_convention_au_bilan_valide(page: Page) -> None:
    charger_types()
    structure = StructureFactory.create(nom="Horizons d’essai")
    service = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    operateur = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=structure)

    entrer(page, service)
    page.goto("/offres/conventions/")
    page.get_by_role("link", name="Préparer une convention").click()
    page.get_by_label("Numéro").fill("2026-01")
    page.get_by_label("Intitulé", exact=True).fill("Retour vers l’emploi")
    page.get_by_label("Opérateur").fill(structure.nom)
    page.get_by_label("Début").fill(f"{annee() - 1}-01-01")
    page.get_by_label("Dernier jour").fill(f"{annee() + 1}-12-31")
    montant = page.locator("#lignes-montants")
    montant.get_by_label("Financeur").fill(structure.nom)
    montant.get_by_label("Prévu").fill("12 500")
    objectif = page.locator("#lignes-objectifs")
    objectif.get_by_label("Année").fill(f"{annee() - 1}")
    objectif.get_by_label("Rempli par").select_option("pmsmp-personnes")
    objectif.get_by_label("Cible").fill("5")
    page.get_by_role("button", name="Ajouter un barème").click()
    bareme = page.locator("#lignes-baremes")
    bareme.get_by_label("Intitulé du barème").fill("Part du coût")
    bareme.get_by_label("Tranches").fill("0 à 60 : 70\n65 et plus : 80")
    verifier_page(page)
    page.get_by_role("button", name="Enregistrer le projet").last.click()
    expect(page.get_by_text("Aucune tranche ne couvre de 60 à 65").first).to_be_visible()
    page.locator("#lignes-baremes").get_by_label("Tranches").fill("0 à 60 : 70\n60 et plus : 80")
    page.get_by_role("button", name="Enregistrer le projet").last.click()
    page.get_by_role("link", name="Noter la signature").click()
    page.get_by_role("button", name="Noter la signature").click()
    expect(page.get_by_text("En vigueur")).to_be_visible()
    verifier_page(page)
    capturer(page, "convention")
    assert Convention.objects.get().baremes.get().tranches[1]["a"] is None

    page.goto("/offres/bilans/campagne/")
    page.get_by_label("Année des bilans").fill(f"{annee() - 1}")
    page.get_by_role("button", name="Demander les bilans").click()
    expect(page.get_by_text("1 bilan demandé, 1 personne prévenue")).to_be_visible()
    verifier_page(page)

    entrer(page, operateur)
    page.get_by_role("link", name="Écrire le bilan").first.click()
    page.get_by_role("link", name="Écrire le bilan").first.click()
    page.get_by_label("Ce qui a été fait").fill("Douze ateliers.")
    page.get_by_role("button", name="Enregistrer et envoyer").click()
    expect(page.get_by_text("expliquez l’écart").first).to_be_visible()
    page.get_by_label("Explication").fill("Les entreprises ont fermé en été.")
    verifier_page(page)
    page.get_by_role("button", name="Enregistrer et envoyer").click()
    expect(page.get_by_text("Chiffres gelés")).to_be_visible()

    entrer(page, service)
    page.goto(f"/offres/bilans/{BilanOperateur.objects.get().pk}/decider/")
    page.get_by_label("Valider le bilan").check()
    verifier_page(page)
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_text("Le bilan est validé.")).to_be_visible()
    page.goto("/offres/realisations/saisir/forum/")
    verifier_page(page)
    page.goto("/parcours/gestion/")
    verifier_page(page)
    capturer(page, "gestion")
