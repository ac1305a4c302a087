"""A pilote proposes a change, the manager puts it in an avenant and records the vote, the fiche has a version."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.models import RoleFiche, TypeRole
from actions.operations.versions import figer_versions
from pdi.comptes.models import Role
from tests.fabriques import (
    MOT_DE_PASSE,
    DepartementFactory,
    FicheFactory,
    ProgrammeFactory,
    StructureFactory,
    UtilisateurFactory,
)
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def entrer(page: Page, utilisateur) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "320px"])
def test_proposer_voter_et_comparer(nouvelle_page, largeur):
    aujourd_hui = timezone.localdate()
    programme = ProgrammeFactory.create(departement=DepartementFactory.create(code="91"), annee_fin=2030)
    fiche = FicheFactory.create(programme=programme, numero="2.1", contexte="Un délai restant à fixer.")
    service_pilote = StructureFactory.create(nom="Service insertion")
    pilote = UtilisateurFactory.create(role=Role.PILOTE, structure=service_pilote)
    RoleFiche.objects.create(fiche=fiche, type=TypeRole.PILOTE, structure=service_pilote)
    figer_versions(fiches=[fiche.pk], origine="Document adopté", effet=aujourd_hui.replace(day=1), par=None)

    page = nouvelle_page(largeur=largeur)
    entrer(page, pilote)
    page.goto(fiche.get_absolute_url())
    page.get_by_text("Autres actions").click()
    page.get_by_role("link", name="Proposer une modification").click()
    verifier_page(page)
    page.get_by_role("link", name="Constat").click()
    page.get_by_label("Texte proposé").fill("Un délai de quinze jours.")
    page.get_by_label("Pourquoi changer").fill("Le bilan le demande.")
    verifier_page(page)
    page.get_by_role("button", name="Enregistrer la proposition").click()
    expect(page.get_by_text("La proposition est enregistrée.")).to_be_visible()
    verifier_page(page)

    service = nouvelle_page(largeur=largeur)
    entrer(service, UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    service.goto("/avenants")
    service.get_by_role("link", name="Créer un avenant").click()
    service.get_by_label("Intitulé").fill("Fixer le délai")
    service.get_by_label("Exposé des motifs").fill("Les bilans le demandent.")
    service.get_by_label("Date d’effet").fill(aujourd_hui.isoformat())
    verifier_page(service)
    service.get_by_role("button", name="Créer l’avenant").click()
    service.get_by_role("link", name="Ajouter des propositions").click()
    service.get_by_label("Fiche 2.1, Constat").check()
    verifier_page(service)
    service.get_by_role("button", name="Mettre dans l’avenant").click()
    service.get_by_role("link", name="Proposer au vote").click()
    service.get_by_role("button", name="Proposer au vote").click()
    verifier_page(service)
    service.get_by_role("link", name="Enregistrer le vote").click()
    service.get_by_label("Numéro de la délibération").fill("2026-11-0042")
    service.get_by_label("Date du vote").fill(aujourd_hui.isoformat())
    service.get_by_role("button", name="Enregistrer le vote").click()
    expect(service.get_by_text("les fiches ont une nouvelle version")).to_be_visible()
    verifier_page(service)

    service.get_by_role("link", name="version 2 de la fiche").click()
    expect(service.locator("ins")).to_have_text("de quinze jours")
    verifier_page(service)
    service.goto(f"/programmes/{programme.code}/vie")
    expect(service.get_by_text("Avenant n° 1 en vigueur")).to_be_visible()
    verifier_page(service)
