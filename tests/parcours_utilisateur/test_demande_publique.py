"""Somebody looks for an offer without an account, opens the map, asks for it; an agent handles the request."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from offre.models import LieuOffre
from parcours.models import Prescription
from pdi.comptes.models import Role
from pdi.socle.robots import FormulairePublic
from tests.fabriques import MOT_DE_PASSE, HabilitationFactory, StructureFactory
from tests.fabriques_parcours import CommuneFactory, OffreFactory, TerritoireFactory
from tests.navigateur import capturer, verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agent():
    territoire = TerritoireFactory.create()
    evry = CommuneFactory.create(code="91228", nom="Évry-Courcouronnes", territoire=territoire)
    massy = CommuneFactory.create(code="91377", nom="Massy")
    operateur = StructureFactory.create(nom="Mobilité Sud")
    for rang, commune in enumerate((evry, evry, massy)):
        offre = OffreFactory.create(intitule=f"Permis solidaire {rang + 1}", operateurs=[operateur], ordre=rang)
        LieuOffre.objects.create(offre=offre, commune=commune)
    type(offre).objects.filter(intitule="Permis solidaire 1").update(auto_prescription=True)
    return HabilitationFactory.create(role=Role.AGENT_ORIENTATION, territoire=territoire).utilisateur


def _voir_la_carte(page: Page) -> None:
    page.goto("/offres/public/")
    verifier_page(page)
    page.get_by_role("link", name="Voir sur la carte").click()
    ronds = page.locator("#carte").get_by_role("button", name=re.compile("offre"))
    expect(ronds).to_have_count(2)
    verifier_page(page)
    evry = page.get_by_role("button", name="Évry-Courcouronnes, 2 offres")
    evry.focus()
    page.keyboard.press("Enter")
    bulle = page.locator(".leaflet-popup")
    expect(bulle.get_by_role("link", name="Permis solidaire 1")).to_be_focused()
    verifier_page(page)
    page.keyboard.press("Escape")
    expect(bulle).to_have_count(0)
    expect(evry).to_be_focused()
    page.keyboard.press("Enter")
    expect(bulle.get_by_role("link", name="Permis solidaire 1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Permis solidaire 1")


def _demander(page: Page) -> None:
    verifier_page(page)
    page.get_by_role("link", name="Demander cette offre").click()
    verifier_page(page)
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_text("Sans votre accord").first).to_be_visible()
    verifier_page(page)
    page.get_by_label("Prénom", exact=True).fill("Ana")
    page.get_by_label("Nom", exact=True).fill("Exemplaire")
    page.get_by_label("Date de naissance").fill("1990-05-17")
    page.get_by_label(re.compile("Commune où")).select_option(label="Évry-Courcouronnes")
    page.get_by_label("Adresse électronique").fill("ana@exemple.fr")
    page.get_by_label(re.compile("Ce que vous attendez")).fill("Passer le permis.")
    page.get_by_label(re.compile("J’accepte")).check()
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("confirmez votre demande")
    verifier_page(page)


@pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "320px"])
def test_le_public_demande_une_offre_et_un_agent_l_accepte(nouvelle_page, agent, largeur, mailoutbox, monkeypatch):
    cache.clear()
    monkeypatch.setattr(FormulairePublic, "AU_MOINS", 0)  # a robot types faster than people
    page = nouvelle_page(largeur=largeur)
    _voir_la_carte(page)
    capturer(page, f"offre-publique-{largeur}")
    _demander(page)
    lien = re.search(r"http://testserver(\S+)", mailoutbox[0].body)
    assert lien is not None
    page.goto(lien[1])
    verifier_page(page)
    page.get_by_role("button", name="Confirmer ma demande").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre demande est transmise")

    page = nouvelle_page(largeur=largeur)
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(agent.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)
    page.goto("/parcours/demandes/")
    verifier_page(page)
    page.get_by_role("link", name="EXEMPLAIRE Ana").click()
    expect(page.get_by_text("Passer le permis.").first).to_be_visible()
    verifier_page(page)
    page.get_by_role("link", name="Accepter en prescription").click()
    verifier_page(page)
    page.get_by_role("button", name=re.compile("Accepter et préparer")).click()
    expect(page.get_by_text("Auto-prescription").first).to_be_visible()
    prescription = Prescription.objects.get()
    assert prescription.personne.date_naissance == datetime.date(1990, 5, 17)
    assert prescription.origine == "auto"
