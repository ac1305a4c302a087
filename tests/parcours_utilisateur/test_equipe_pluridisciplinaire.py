"""Both regimes, from the submission to the notified decision: two people, one meeting, the keyboard for the opinion."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from gouvernance.models import AvisEP, DossierEP
from tests.fabriques import MOT_DE_PASSE
from tests.fabriques_parcours import il_y_a
from tests.gouvernance.fabrique_ep import FAITS_A, scene
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def entrer(page: Page, utilisateur) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


def geste(page: Page, mots: str) -> None:
    page.get_by_text("Autres actions").click()
    page.get_by_role("listitem").get_by_role("link", name=mots).click()


@dataclass(frozen=True)
class Cas:
    """What differs under a regime: the facts, the delay said, an amount out of bounds and the nearest within."""

    faits_le: datetime.date
    delai: str
    exces: str
    proche: str


CAS = [
    pytest.param(Cas(FAITS_A, "Fin du délai de 1 mois", "90", "80 %"), id="regime-a"),
    pytest.param(Cas(il_y_a(90), "Fin du délai de 10 jours", "20", "30 %"), id="regime-b"),
]


@pytest.mark.parametrize("cas", CAS)
def test_de_la_saisine_a_la_decision_notifiee(nouvelle_page, cas):
    s = scene()
    encadrant = nouvelle_page(largeur=320)
    entrer(encadrant, s.encadrant)
    encadrant.goto(s.personne.get_absolute_url())
    encadrant.goto(f"/ep/personnes/{s.personne.pk}/saisir")
    encadrant.get_by_label("Équipe pluridisciplinaire", exact=True).select_option(label="Équipe pluridisciplinaire")
    encadrant.get_by_label("Contrat non respecté").check()
    encadrant.get_by_label("Date des faits").fill(cas.faits_le.isoformat())
    encadrant.get_by_label("Ce qui motive la saisine").fill("Trois rendez-vous manqués.")
    verifier_page(encadrant)
    encadrant.get_by_role("button", name="Soumettre à l’équipe").click()
    expect(encadrant.get_by_text("Le dossier est soumis à l’équipe.")).to_be_visible()
    dossier = DossierEP.objects.get()

    service = nouvelle_page(largeur=1280)
    entrer(service, s.service)
    service.goto(dossier.get_absolute_url())
    verifier_page(service)
    service.get_by_role("button", name="Écrire : notification de l’intention").click()
    expect(service.get_by_role("link", name="Notification de l’intention (PDF)")).to_be_visible()
    service.get_by_role("link", name="Noter l’intention notifiée").first.click()
    service.get_by_label("Reçue par la personne le").fill(il_y_a(40).isoformat())
    service.get_by_role("button", name="Faire courir le délai").click()
    expect(service.get_by_text(cas.delai)).to_be_visible()
    geste(service, "Ajouter des observations")
    service.get_by_label("Reçues le").fill(il_y_a(2).isoformat())
    service.get_by_label("Observations", exact=True).fill("J’avais changé de numéro.")
    verifier_page(service)
    service.get_by_role("button", name="Enregistrer les observations").click()
    expect(service.get_by_text("Reçues hors délai")).to_be_visible()
    service.get_by_role("link", name="Inscrire à une séance").click()

    s.seance.debut = timezone.now() + datetime.timedelta(hours=1)
    s.seance.save()
    service.reload()
    verifier_page(service)
    service.get_by_label(f"Choisir le dossier {dossier.reference}").check()
    service.get_by_role("button", name="Inscrire à l’ordre du jour").click()
    service.get_by_label("Sanction", exact=True).check()
    service.get_by_label("Palier de la sanction").select_option("1")
    service.get_by_label("Taux, en %").fill(cas.exces)
    service.get_by_label("Durée, en mois").fill("1")
    service.get_by_label("Durée, en mois").press("Control+Enter")
    expect(service.get_by_text(f"Valeur la plus proche : {cas.proche}").first).to_be_visible()
    service.get_by_label("Taux, en %").fill("50")
    verifier_page(service)
    service.context.set_offline(True)
    service.get_by_label("Taux, en %").press("Control+Enter")
    expect(service.get_by_text("gardée sur ce poste")).to_be_visible()
    assert not AvisEP.objects.exists()
    service.context.set_offline(False)
    expect(service.get_by_role("heading", name="Avis rendu")).to_be_visible()

    encadrant.goto(dossier.get_absolute_url())
    encadrant.get_by_role("link", name="Décider").first.click()
    encadrant.get_by_label("Motifs de la décision").fill("La personne a répondu.")
    encadrant.get_by_label("Personnes au foyer").fill("3")
    encadrant.get_by_label("Taux, en %").fill("60")
    encadrant.get_by_role("button", name="Enregistrer la décision").click()
    expect(encadrant.get_by_text("dépasse le plafond de 50 % dû au foyer").first).to_be_visible()
    verifier_page(encadrant)
    encadrant.get_by_label("Aucune sanction").check()
    encadrant.get_by_role("button", name="Enregistrer la décision").click()
    expect(
        encadrant.get_by_role("main").get_by_text("s’écarte de l’avis de l’équipe : dites pourquoi").first
    ).to_be_visible()
    encadrant.get_by_label("Pourquoi la décision s’écarte").fill("Ses explications sont retenues.")
    verifier_page(encadrant)
    encadrant.get_by_role("button", name="Enregistrer la décision").click()
    expect(encadrant.get_by_text("il reste à la notifier")).to_be_visible()

    service.goto(dossier.get_absolute_url())
    service.get_by_role("button", name="Écrire : notification de la décision").click()
    expect(service.get_by_text("version 1 du modèle").first).to_be_visible()
    service.get_by_role("link", name="Noter la notification").first.click()
    service.get_by_label("Reçue par la personne le").fill(timezone.localdate().isoformat())
    service.get_by_role("button", name="Enregistrer la notification").click()
    expect(service.get_by_text("Dernier jour pour un recours préalable")).to_be_visible()
    verifier_page(service)
    dossier.refresh_from_db()
    assert dossier.etat == "notifie"
