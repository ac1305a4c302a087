"""A secretary prepares, convenes, holds and minutes a comité technique; a member answers by link, the network fails."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from gouvernance.models import Decision, Instance, Membre, Presence, Seance
from gouvernance.operations.convocations import jeton
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, DepartementFactory, UtilisateurFactory
from tests.fabriques_parcours import il_y_a
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def entrer(page: Page, utilisateur) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "320px"])
def test_preparer_convoquer_tenir_et_relever_un_comite_technique(nouvelle_page, largeur):
    service = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    comite = Instance.objects.create(
        departement=DepartementFactory.create(code="91"), nom="Comité technique", nature="comite_technique", quorum=1
    )
    membre = {"instance": comite, "mandat": DateRange(il_y_a(100), None)}
    Membre.objects.create(**membre, nom="Ada Modèle", courriel="ada@exemple.fr")
    Membre.objects.create(**membre, nom="Léo Témoin")

    page = nouvelle_page(largeur=largeur)
    entrer(page, service)
    page.goto(comite.get_absolute_url())
    verifier_page(page)
    page.get_by_role("link", name="Préparer une séance").click()
    page.get_by_label("Jour").fill((timezone.localdate() + datetime.timedelta(days=20)).isoformat())
    page.get_by_label("Heure de début").fill("09:30")
    page.get_by_role("button", name="Préparer la séance").click()
    page.get_by_label("Titre").fill("Bilans des fiches-actions")
    page.get_by_role("button", name="Ajouter le point").click()
    expect(page.get_by_role("heading", name="Bilans des fiches-actions")).to_be_visible()
    verifier_page(page)
    page.get_by_role("link", name="Revenir à la séance").click()
    page.get_by_role("link", name="Convoquer").click()
    page.get_by_role("button", name="Convoquer").click()
    expect(page.get_by_text("Les membres sont convoqués.")).to_be_visible()

    lien = reverse("gouvernance:convocation_reponse", args=[jeton(Presence.objects.get(membre__nom="Ada Modèle"))])
    visiteur = nouvelle_page(largeur=largeur)
    visiteur.goto(lien)
    verifier_page(visiteur)
    visiteur.get_by_label("Je viendrai", exact=True).check()
    visiteur.get_by_role("button", name="Envoyer la réponse").click()
    expect(visiteur.get_by_text("Votre réponse est enregistrée")).to_be_visible()

    page.reload()
    page.get_by_role("link", name="Ouvrir la séance").click()
    page.get_by_role("button", name="Ouvrir la séance").click()
    expect(page.locator("#quorum").get_by_text("Quorum atteint")).to_be_visible()
    page.get_by_role("group", name="Présence de Ada Modèle").get_by_label("Excusé").check(force=True)
    expect(page.locator("#quorum").get_by_text("Quorum non atteint")).to_be_visible()
    verifier_page(page)

    page.context.set_offline(True)
    decision = page.get_by_label("Décision", exact=True)
    decision.fill("Clore la collecte des bilans sous quinze jours.")
    decision.press("Control+Enter")
    expect(page.get_by_text("gardée sur ce poste")).to_be_visible()
    assert not Decision.objects.exists()
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name=re.compile("Clore la collecte"))).to_be_visible()
    assert Decision.objects.count() == 1

    page.get_by_role("link", name="Clore la séance").click()
    page.get_by_role("button", name="Clore la séance").click()
    expect(page.get_by_text("son relevé de décisions est prêt")).to_be_visible()
    verifier_page(page)
    with page.expect_download() as recu:
        page.get_by_role("link", name="Relevé de décisions (Word)").click()
    assert recu.value.suggested_filename == f"releve-seance-{Seance.objects.get().pk}.docx"
    page.get_by_role("button", name="Relevé (PDF)").click()
    expect(page.get_by_role("heading", name=re.compile("Relevé de décisions"))).to_be_visible()
    page.goto("/decisions")
    verifier_page(page)
