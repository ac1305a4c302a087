"""The journey of a sheet: its operator proposes a change, the service reads the difference and publishes it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from offre.models import OffreInsertion
from pdi.comptes.models import Role, Utilisateur
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory
from tests.navigateur import verifier_page
from tests.offre.fiches import une_offre

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def _entrer(page: Page, utilisateur: Utilisateur) -> None:
    page.context.clear_cookies()
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


def test_l_operateur_propose_le_service_publie(page: Page) -> None:
    structure = StructureFactory.create(nom="Horizons")
    offre = une_offre(structure, numero="9.9")
    _entrer(page, UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=structure))
    page.goto("/offres/fiches/")
    verifier_page(page)
    page.get_by_role("link", name="9.9 Atelier vélo").click()
    page.get_by_role("link", name="Proposer une modification").click()
    verifier_page(page)
    page.get_by_label("Documents à apporter").fill("Carte d’identité")
    page.get_by_role("button", name="Ajouter un lieu").click()
    page.get_by_label("Horaires").fill("de 9 h à 17 h")
    page.get_by_label("À distance").check()
    page.get_by_role("button", name="Garder ma modification").click()
    expect(page.get_by_role("heading", name="2 champs changeraient")).to_be_visible()
    page.get_by_role("button", name="Envoyer en relecture").click()
    expect(page.get_by_role("main")).to_contain_text("À relire")
    assert OffreInsertion.objects.get(pk=offre.pk).documents == ""
    _entrer(page, UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    page.goto("/offres/fiches/?attente=a_relire")
    page.get_by_role("link", name="Modification : à relire").click()
    verifier_page(page)
    page.get_by_role("button", name="Accepter et publier").click()
    expect(page.get_by_role("main")).to_contain_text("Horaires : de 9 h à 17 h")
    verifier_page(page)
    page.goto(f"/offres/{offre.pk}/versions/")
    verifier_page(page)


def test_deux_offres_se_comparent_sur_un_telephone(page_telephone: Page) -> None:
    structure = StructureFactory.create()
    for numero in ("1", "2"):
        une_offre(structure, numero=numero, intitule=f"Atelier {numero}")
    _entrer(page_telephone, UtilisateurFactory.create(role=Role.REFERENT))
    page_telephone.goto("/offres/")
    for numero in ("1", "2"):
        page_telephone.get_by_label(f"Comparer : Atelier {numero}").check()
    page_telephone.get_by_role("button", name="Comparer les offres cochées").click()
    expect(page_telephone.get_by_role("heading", level=1)).to_have_text("Comparer 2 offres")
    verifier_page(page_telephone)
