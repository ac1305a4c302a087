"""A prescription is written then answered by its operator; an aid is refused at its ceiling with the reason."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from parcours.models import AttributionAide, NatureMotif, Prescription
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AideFactory,
    EnveloppeFactory,
    MotifFactory,
    OffreFactory,
    ReglementAideFactory,
    il_y_a,
    personne_suivie,
)
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
LARGEURS = pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "320px"])


def entrer(page: Page, utilisateur) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.fixture
def referent():
    return UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())


@LARGEURS
def test_une_prescription_s_ecrit_puis_l_operateur_repond(nouvelle_page, referent, largeur):
    operateur = StructureFactory.create(nom="Atelier du Cycle")
    prestataire = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur)
    personne = personne_suivie(referent=referent)
    OffreFactory.create(intitule="Atelier vélo", operateurs=[operateur])
    MotifFactory.create(nature=NatureMotif.REFUS_PRESCRIPTION, libelle="Plus de place")

    page = nouvelle_page(largeur=largeur)
    entrer(page, referent)
    page.goto(f"/parcours/personnes/{personne.pk}/prescrire/")
    verifier_page(page)
    page.get_by_role("link", name=re.compile("Prescrire Atelier vélo")).click()
    verifier_page(page)
    page.get_by_label("Ce qu’on attend de l’action").fill("Reprendre un rythme.")
    page.get_by_label(re.compile("transmettre aussitôt")).check()
    page.get_by_role("button", name="Prescrire").click()
    expect(page.get_by_text("l’opérateur est prévenu")).to_be_visible()
    verifier_page(page)

    reponse = nouvelle_page(largeur=largeur)
    entrer(reponse, prestataire)
    reponse.goto("/parcours/prescriptions/")
    verifier_page(reponse)
    reponse.get_by_role("link", name=re.compile("Maëlle")).click()
    reponse.get_by_role("link", name="Envoyer la réponse").click()
    verifier_page(reponse)
    reponse.get_by_label("La personne n’est pas retenue").check()
    reponse.get_by_role("button", name="Envoyer la réponse").click()
    expect(reponse.get_by_role("alert")).to_contain_text("choisissez un motif")
    verifier_page(reponse)
    reponse.get_by_label(re.compile("Motif du refus")).select_option(label="Plus de place")
    reponse.get_by_role("button", name="Envoyer la réponse").click()
    expect(reponse.get_by_text("La réponse est enregistrée")).to_be_visible()
    verifier_page(reponse)

    page.reload()
    expect(page.get_by_text("plus de place")).to_be_visible()
    assert Prescription.objects.get().etat == "refusee"


@LARGEURS
def test_une_aide_est_refusee_a_son_plafond_avec_sa_raison(nouvelle_page, referent, largeur):
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT)
    personne = personne_suivie(referent=referent)
    reglement = ReglementAideFactory.create(intitule="Aide à la mobilité", source="Délibération de 2022")
    EnveloppeFactory.create(reglement=reglement)
    versee = {"etat": "versee", "demandee_le": il_y_a(0), "decidee_le": il_y_a(0), "versee_le": il_y_a(0)}
    AideFactory.create(personne=personne, reglement=reglement, montant=Decimal(550), **versee)

    page = nouvelle_page(largeur=largeur)
    entrer(page, referent)
    page.goto(f"/parcours/personnes/{personne.pk}/aides/demander/")
    verifier_page(page)
    page.get_by_role("link", name=re.compile("Demander : Aide à la mobilité")).click()
    verifier_page(page)
    page.get_by_label("Ce que l’aide paie").fill("Pass Navigo")
    page.get_by_label(re.compile("Montant demandé")).fill("80")
    page.get_by_role("button", name="Demander l’aide").click()
    refus = page.locator("#controles")
    expect(refus).to_contain_text(re.compile(r"il reste 50\s€, la demande est de 80\s€"))
    expect(refus).to_contain_text("Délibération de 2022")
    verifier_page(page)
    assert AttributionAide.objects.count() == 1
    page.get_by_label(re.compile("Demander quand même")).check()
    page.get_by_role("button", name="Demander l’aide").click()
    expect(page.get_by_text("La demande est enregistrée")).to_be_visible()
    verifier_page(page)

    decision = nouvelle_page(largeur=largeur)
    entrer(decision, encadrant)
    decision.goto("/parcours/aides/?vue=a_decider")
    verifier_page(decision)
    decision.get_by_role("link", name=re.compile("Maëlle")).click()
    decision.get_by_role("link", name="Accorder l’aide").click()
    decision.get_by_role("button", name="Accorder l’aide").click()
    expect(decision.get_by_role("alert")).to_contain_text("Plafond annuel")
    verifier_page(decision)
    decision.goto(decision.url.replace("accorder", "refuser"))
    verifier_page(decision)
    decision.get_by_role("button", name="Refuser l’aide").click()
    expect(decision.get_by_text("L’aide est refusée.")).to_be_visible()
    decision.goto("/parcours/aides/enveloppes/")
    verifier_page(decision)
    assert AttributionAide.objects.filter(etat="refusee").count() == 1
