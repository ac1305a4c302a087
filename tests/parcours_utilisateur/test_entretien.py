"""The journey of an interview: the diary, the one form with its draft given back, the next meeting, the page."""

from __future__ import annotations

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from parcours.models import EtatEntretien, ObjectifContrat
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import ContratFactory, EntretienFactory, RegimeFactory, personne_suivie
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
TEXTE = "Elle a déposé trois candidatures et attend une réponse pour jeudi."


@pytest.fixture
def rdv():
    structure = StructureFactory.create(nom="Service accompagnement")
    referente = UtilisateurFactory.create(role=Role.REFERENT, structure=structure, prenom="Nadia", nom="Spécimen")
    RegimeFactory.create()
    personne = personne_suivie(
        referent=referente, structure=structure, nom_naissance="Exemple", prenoms="Jeanne", telephone="0600000000"
    )
    contrat = ContratFactory.create(personne=personne, etat="valide")
    ObjectifContrat.objects.create(contrat=contrat, libelle="Passer le permis")
    ce_matin = timezone.make_aware(datetime.datetime.combine(timezone.localdate(), datetime.time(0, 15)))
    return EntretienFactory.create(
        personne=personne, agent=referente, structure=structure, debut=ce_matin, etat="prevu"
    )


def entrer(page: Page, utilisateur) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "320px"])
def test_de_l_agenda_au_rendez_vous_suivant(nouvelle_page, rdv, largeur):
    page = nouvelle_page(largeur=largeur)
    entrer(page, rdv.agent)
    page.goto("/parcours/agenda/")
    verifier_page(page)
    page.get_by_role("link", name="Saisir l’entretien de EXEMPLE Jeanne").click()
    verifier_page(page)

    # The draft leaves by itself, and comes back after a reload.
    page.get_by_label("Compte rendu").fill(TEXTE)
    page.keyboard.press("Control+s")
    expect(page.locator("[data-brouillon-etat]")).to_contain_text("aucune perte si vous quittez la page")
    page.reload()
    expect(page.get_by_label("Compte rendu")).to_have_value(TEXTE)
    expect(page.locator("[data-brouillon-etat]")).to_contain_text("Brouillon enregistré")
    rdv.refresh_from_db()
    assert (rdv.etat, rdv.resume) == (EtatEntretien.PREVU, "")

    page.locator("#volet-objectifs summary").click()
    page.get_by_label("Passer le permis").select_option("Atteint")
    page.locator("#volet-suite summary").click()
    page.get_by_label("Jour", exact=True).fill("2026-02-28")
    page.get_by_role("button", name="Enregistrer l’entretien").click()
    expect(page.get_by_role("alert")).to_contain_text("Heure")
    expect(page.get_by_label("Compte rendu")).to_have_value(TEXTE)
    verifier_page(page)
    semaine_prochaine = timezone.localdate() + datetime.timedelta(days=7)
    page.get_by_label("Jour", exact=True).fill(semaine_prochaine.isoformat())
    page.get_by_label("Heure", exact=True).fill("10:00")
    page.keyboard.press("Control+Enter")  # from the field, without the mouse
    expect(page.get_by_text(re.compile("Enregistré : compte rendu, prochain rendez-vous"))).to_be_visible()

    # Her page tells it, and filters it.
    expect(page.get_by_role("heading", level=1)).to_have_text("Mme Jeanne EXEMPLE")
    expect(page.get_by_role("table", name="Prochaines étapes")).to_contain_text("Tenir le rendez-vous")
    verifier_page(page)
    page.get_by_role("list", name="Filtrer la chronologie").get_by_role("link", name="Contrats", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("Contrats.*retirer ce filtre"))).to_be_visible()
    rdv.refresh_from_db()
    assert (rdv.etat, rdv.resume, rdv.brouillon) == (EtatEntretien.TENU, TEXTE, None)

    page.goto(f"/parcours/agenda/?jour={semaine_prochaine.isoformat()}")
    expect(page.get_by_role("link", name="EXEMPLE Jeanne", exact=True)).to_be_visible()
    page.goto(rdv.get_absolute_url())
    expect(page.get_by_text(TEXTE)).to_be_visible()
    verifier_page(page)
    page.goto("/parcours/agenda/abonnement/")
    page.get_by_role("button", name="Créer mon adresse").click()
    expect(page.locator(".adresse-flux")).to_contain_text(".ics")
    verifier_page(page)


def test_les_gestes_de_l_agenda_marchent_sans_script(nouvelle_page, rdv):
    page = nouvelle_page(javascript=False)
    entrer(page, rdv.agent)
    page.goto("/parcours/agenda/")
    page.get_by_role("button", name="Manqué : EXEMPLE Jeanne").click()
    expect(page.get_by_text("Rendez-vous manqué. Proposez une autre date.")).to_be_visible()
    rdv.refresh_from_db()
    assert rdv.etat == EtatEntretien.MANQUE
