"""A territorial dialogue prepared, its proposal gone up to the comité technique and back; an opinion by phone."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.core.cache import cache
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from playwright.sync_api import Page, expect

from gouvernance.forms.questionnaires import AvisForm
from gouvernance.models import DialogueTerritorial, Instance, Membre, Proposition, ReponseQuestionnaire
from gouvernance.operations import questionnaires, seances
from gouvernance.operations.decisions import noter_decision
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, DepartementFactory, FicheFactory, ProgrammeFactory, UtilisateurFactory
from tests.fabriques_parcours import TerritoireFactory, il_y_a
from tests.navigateur import verifier_largeur, verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def entrer(page: Page, utilisateur) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


def _tenir_le_comite(comite, service, seance) -> None:
    """Convene, decide on the point about the proposal, close."""
    seances.convoquer_seance(seance=seance, par=service)
    seances.ouvrir_seance(seance=seance, par=service)
    noter_decision(
        seance=seance, par=service, texte="Financer la navette pendant un an.", type="validation",
        point=seance.points.get(proposition__isnull=False),
    )  # fmt: skip
    seances.clore_seance(seance=seance, par=service)


def test_la_proposition_d_un_dialogue_monte_au_comite_technique_et_sa_suite_revient(nouvelle_page):
    departement = DepartementFactory.create(code="91")
    service = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    Instance.objects.create(departement=departement, nom="Dialogues territoriaux", nature="dialogue")
    comite = Instance.objects.create(departement=departement, nom="Comité technique", nature="comite_technique")
    Membre.objects.create(instance=comite, nom="Ada Modèle", mandat=DateRange(il_y_a(100), None))
    TerritoireFactory.create(code="ne", nom="Nord-Est")
    FicheFactory.create(programme=ProgrammeFactory.create(), numero="1.4", territoires=["Nord-Est"])
    seance = seances.preparer_seance(
        instance=comite, par=service, debut=timezone.now() + datetime.timedelta(days=9), points=[{"titre": "Bilans"}]
    )

    page = nouvelle_page()
    entrer(page, service)
    page.goto("/dialogues")
    expect(page.get_by_text("Aucun dialogue à montrer")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Créer les dialogues de l’année").first.click()
    page.get_by_role("button", name="Créer les dialogues").click()
    verifier_page(page)
    page.get_by_role("link", name="Nord-Est").click()
    page.get_by_role("link", name="Donner sa date").click()
    page.get_by_label("Jour").fill(f"{timezone.localdate().year}-12-31")
    page.get_by_label("Heure de début").fill("09:30")
    page.get_by_role("button", name="Préparer la séance").click()
    page.get_by_role("link", name="Générer la fiche de préparation").click()
    page.get_by_role("button", name="Générer la fiche").click()
    expect(page.get_by_role("heading", name="1.4", exact=False)).to_be_visible()
    verifier_page(page)
    page.get_by_role("link", name="Noter une proposition").click()
    page.get_by_role("textbox", name="Proposition").fill("Une navette aux heures de poste")
    page.get_by_role("button", name="Noter la proposition").click()
    expect(page.get_by_text("elle sera proposée au prochain comité technique")).to_be_visible()

    page.goto(f"/seances/{seance.pk}/ordre")
    page.get_by_label("Proposition : Une navette aux heures de poste").check()
    page.get_by_role("button", name="Retenir ce qui est coché").click()
    expect(page.get_by_role("heading", name="Proposition : Une navette aux heures de poste")).to_be_visible()
    _tenir_le_comite(comite, service, seance)

    page.goto(Proposition.objects.get().get_absolute_url())
    expect(page.get_by_text("Financer la navette pendant un an.").first).to_be_visible()
    page.get_by_role("link", name="Retenir", exact=True).click()
    page.get_by_label("Ce que le groupe lira").fill("Essai dès janvier.")
    page.get_by_role("button", name="Retenir", exact=True).click()
    verifier_page(page)
    page.goto(DialogueTerritorial.objects.get().get_absolute_url())
    expect(page.get_by_text("Essai dès janvier.")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 800})
    for adresse in ("/participation", "/propositions", page.url):
        page.goto(adresse)
        verifier_largeur(page)
    verifier_page(page)


def test_un_participant_donne_son_avis_depuis_son_telephone(nouvelle_page, monkeypatch):
    cache.clear()
    monkeypatch.setattr(AvisForm, "AU_MOINS", 0)  # a robot types faster than people
    service = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    fin = timezone.localdate() + datetime.timedelta(days=10)
    lu = questionnaires.creer_questionnaire(par=service, titre="Votre avis sur la séance", dernier_jour=fin)
    questionnaires.ouvrir_questionnaire(questionnaire=lu, par=service)
    for _ in range(4):
        notes = {q.pk: "5" for q in lu.questions.filter(genre="echelle")}
        questionnaires.repondre_questionnaire(questionnaire=lu, cle=uuid.uuid4(), valeurs=notes)

    page = nouvelle_page(largeur=320)
    page.goto(f"/q/{lu.jeton}")
    verifier_page(page)
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("Répondez à cette question.").first).to_be_visible()
    verifier_page(page)
    for question in lu.questions.filter(genre="echelle"):
        choix = page.get_by_role("group", name=question.intitule).get_by_role("radio")
        choix.first.focus()
        page.keyboard.press("ArrowDown")  # the second mark, from the keyboard
    page.get_by_label("Qu’est-ce qui serait à améliorer").fill("Plus de temps.")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci, votre réponse est enregistrée")
    verifier_page(page)
    assert ReponseQuestionnaire.objects.count() == 5

    bureau = nouvelle_page()
    entrer(bureau, service)
    bureau.goto(lu.get_absolute_url())
    expect(bureau.get_by_text("note moyenne").first).to_be_visible()
    verifier_page(bureau)
