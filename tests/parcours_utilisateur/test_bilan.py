"""The journey of a bilan: the pilote writes and submits, the programme manager sends back then validates."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from actions.models import EtatBilan
from actions.operations.chiffres_bilan import geler_chiffres
from pdi.comptes.models import Role
from tests.fabriques import (
    MOT_DE_PASSE,
    BilanFactory,
    CibleFactory,
    FicheFactory,
    IndicateurFactory,
    MesureFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
FAIT = "La plateforme a conduit 4 108 premières orientations, contre 3 870 l’an dernier."
POURQUOI = "Deux postes de référent sont restés vacants de mars à septembre."
PREVU = "Lancer l’étude d’automatisation avec la DSI au deuxième trimestre."


@pytest.fixture
def monde():
    service = StructureFactory.create(nom="Service accompagnement", sigle="SAARSA")
    pilote = UtilisateurFactory.create(role=Role.PILOTE, structure=service, prenom="Claire", nom="Exemple")
    chargee = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, prenom="Hélène", nom="Modèle")
    fiche = FicheFactory.create(numero="2.1")
    RoleFicheFactory.create(fiche=fiche, structure=service)
    indicateur = IndicateurFactory.create(fiche=fiche, libelle="Taux d’orientation", unite="%")
    MesureFactory.create(indicateur=indicateur, valeur=Decimal(86))
    CibleFactory.create(indicateur=indicateur, valeur=Decimal(90))
    bilan = BilanFactory.create(fiche=fiche)
    geler_chiffres(bilans=[bilan], annee=bilan.campagne.annee)
    return bilan, pilote, chargee


def entrer(page: Page, utilisateur) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


def etat(bilan):
    bilan.refresh_from_db()
    return bilan.etat


@pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "320px"])
def test_du_brouillon_a_la_validation(nouvelle_page, monde, largeur):
    bilan, pilote, chargee = monde
    page = nouvelle_page(largeur=largeur)
    entrer(page, pilote)
    page.goto("/bilans/")
    verifier_page(page)
    page.get_by_role("link", name="Écrire le bilan 2025").click()
    verifier_page(page)
    page.get_by_label("Ce qui a été fait").fill(FAIT)
    expect(page.locator("[data-compteur=id_realisations]")).to_contain_text("500 au plus")
    page.get_by_role("button", name="Soumettre", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Il reste 2")
    verifier_page(page)
    page.get_by_label(re.compile(r"Taux d’orientation\s: 86\s% pour une cible de 90\s%")).fill(POURQUOI)
    page.get_by_label("Ce qui est prévu, avec qui et pour quand").fill(PREVU)
    page.get_by_role("button", name="Soumettre", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Soumettre ce bilan ?")
    verifier_page(page)
    assert etat(bilan) == EtatBilan.A_RENSEIGNER
    page.get_by_role("button", name="Soumettre le bilan").click()
    expect(page.get_by_text("Le bilan est soumis.")).to_be_visible()
    verifier_page(page)
    assert etat(bilan) == EtatBilan.SOUMIS

    relecture = nouvelle_page(largeur=largeur)
    entrer(relecture, chargee)
    relecture.goto(bilan.campagne.get_absolute_url())
    verifier_page(relecture)
    relecture.get_by_role("link", name=re.compile("Relire 1")).click()
    verifier_page(relecture)
    relecture.get_by_role("button", name="Renvoyer pour correction").click()
    expect(relecture.locator(".faute")).to_contain_text("demande un commentaire")
    relecture.get_by_label("Commentaire").fill("Peux-tu distinguer l’effet du changement de règle ?")
    relecture.get_by_role("button", name="Renvoyer pour correction").click()
    expect(relecture.get_by_text("est renvoyé à son pilote")).to_be_visible()

    page.goto(f"/bilans/{bilan.pk}/ecrire/")
    expect(page.get_by_text("Peux-tu distinguer l’effet du changement de règle ?")).to_be_visible()
    verifier_page(page)
    page.get_by_role("button", name="Soumettre à nouveau").click()
    page.get_by_role("button", name="Soumettre le bilan").click()
    expect(page.get_by_text("Le bilan est soumis.")).to_be_visible()

    relecture.goto(f"/bilans/{bilan.pk}/relire/")
    relecture.get_by_role("button", name="Valider").click()
    expect(relecture.get_by_text("est validé.")).to_be_visible()
    verifier_page(relecture)
    assert etat(bilan) == EtatBilan.VALIDE


def test_le_brouillon_survit_a_une_coupure_du_reseau(nouvelle_page, monde):
    bilan, pilote, _ = monde
    page = nouvelle_page()
    entrer(page, pilote)
    page.goto(f"/bilans/{bilan.pk}/ecrire/")
    champ = page.get_by_label("Ce qui a été fait")
    champ.fill("Enregistré par le clavier.")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-brouillon-etat]")).to_contain_text("aucune perte si vous quittez la page")
    bilan.refresh_from_db()
    assert bilan.realisations == "Enregistré par le clavier."

    page.route("**/brouillon/", lambda route: route.abort())
    champ.fill(FAIT)
    page.keyboard.press("Control+s")
    expect(page.locator("[data-brouillon-etat]")).to_contain_text("Réseau interrompu")
    page.unroute("**/brouillon/")
    page.reload()
    expect(page.get_by_text("gardée sur ce poste")).to_be_visible()
    expect(page.get_by_label("Ce qui a été fait")).to_have_value(FAIT)
    page.keyboard.press("Control+s")
    expect(page.locator("[data-brouillon-etat]")).to_contain_text("Enregistré à")
    bilan.refresh_from_db()
    assert bilan.realisations == FAIT


def test_tout_marche_sans_script(nouvelle_page, monde):
    bilan, pilote, _ = monde
    page = nouvelle_page(javascript=False)
    entrer(page, pilote)
    page.goto(f"/bilans/{bilan.pk}/ecrire/")
    page.get_by_label("Ce qui a été fait").fill(FAIT)
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(page.get_by_text("Rien n’est encore soumis.")).to_be_visible()
    bilan.refresh_from_db()
    assert bilan.realisations == FAIT
