"""Satisfaction questionnaires: prepared, opened, answered without an account, masked under five answers."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from gouvernance.models import (
    BilletQuestionnaire,
    Instance,
    Questionnaire,
    ReponseQuestion,
    ReponseQuestionnaire,
    Seance,
)
from gouvernance.operations import questionnaires as ops
from gouvernance.regles.questionnaires import (
    faute_d_ouverture,
    refus_de_repondre,
    repartition_choix,
    repartition_notes,
)
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from pdi.socle.robots import jeton_de_page
from tests.fabriques import DepartementFactory, UtilisateurFactory
from tests.gouvernance.conftest import imprime

JOUR = datetime.date(2028, 2, 28)


@pytest.mark.parametrize(
    ("etat", "dernier", "recues", "refus"),
    [
        pytest.param("ouvert", JOUR, 0, "", id="dernier-jour-compris"),
        pytest.param("ouvert", JOUR - datetime.timedelta(days=1), 0, "jusqu’au 27\u00a0février 2028", id="lendemain"),
        pytest.param("ouvert", JOUR, 10, "toutes les réponses attendues", id="plein"),
        pytest.param("brouillon", JOUR, 0, "pas encore ouvert", id="brouillon"),
        pytest.param("clos", JOUR, 0, "est clos.", id="clos-avant-terme"),
    ],
)
def test_on_repond_jusqu_au_dernier_jour_et_au_maximum(etat, dernier, recues, refus):
    lu = refus_de_repondre(etat, dernier, 10, recues, JOUR)
    assert refus in lu
    assert bool(lu) is bool(refus)


def test_un_questionnaire_s_ouvre_avec_une_question_et_un_dernier_jour_a_venir():
    assert faute_d_ouverture(1, JOUR, JOUR) == ""
    assert "au moins une question" in faute_d_ouverture(0, JOUR, JOUR)
    assert "est passé" in faute_d_ouverture(1, JOUR - datetime.timedelta(days=1), JOUR)
    assert "un an au plus" in faute_d_ouverture(1, JOUR.replace(year=2031), JOUR)


def test_les_repartitions_gardent_l_ordre_et_les_zeros():
    notes = repartition_notes([5, 5, 4, 1, 5])
    assert [n for _, n in notes.points] == [1, 0, 0, 1, 3]
    assert (str(notes.moyenne), notes.masquee) == ("4.0", False)
    choix = repartition_choix(["Oui", "Non"], ["Non", "Autre", "Non"])
    assert choix.points == [("Oui", 0), ("Non", 2)]
    assert choix.masquee


@pytest.fixture
def service(db):
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, nom="Service")


@pytest.fixture
def questionnaire(service):
    fin = timezone.localdate() + datetime.timedelta(days=10)
    return ops.creer_questionnaire(par=service, titre="Votre avis", dernier_jour=fin, maximum=2)


def reponses(questionnaire, note="4"):
    lues = {q.pk: note for q in questionnaire.questions.filter(genre="echelle")}
    texte = questionnaire.questions.get(genre="texte")
    return lues | {texte.pk: "Plus de temps."}


def repondre(questionnaire, valeurs, cle=None):
    return ops.repondre_questionnaire(questionnaire=questionnaire, cle=cle or uuid.uuid4(), valeurs=valeurs)


def test_une_reponse_envoyee_deux_fois_compte_une_fois_et_ne_dit_rien_de_qui_repond(questionnaire, service):
    assert questionnaire.questions.count() == 5
    with pytest.raises(RegleMetier, match="pas encore ouvert"):
        repondre(questionnaire, reponses(questionnaire))
    ops.ouvrir_questionnaire(questionnaire=questionnaire, par=service)
    avant, cle = EntreeJournal.objects.count(), uuid.uuid4()
    premiere = repondre(questionnaire, reponses(questionnaire), cle)
    assert repondre(questionnaire, reponses(questionnaire), cle) == premiere
    assert ReponseQuestion.objects.filter(note=4).count() == 3
    assert EntreeJournal.objects.count() == avant
    assert {f.name for f in ReponseQuestionnaire._meta.get_fields()} == {"id", "questionnaire", "le", "cle", "lignes"}
    repondre(questionnaire, reponses(questionnaire))
    with pytest.raises(RegleMetier, match="toutes les réponses attendues"):
        repondre(questionnaire, reponses(questionnaire))


def test_un_billet_repond_une_fois_et_rien_ne_dit_lequel_a_donne_quelle_reponse(client, service):
    fin = timezone.localdate() + datetime.timedelta(days=10)
    champs = {"par": service, "titre": "Votre avis", "dernier_jour": fin, "acces": "billets"}
    with pytest.raises(RegleMetier, match="300 au plus"):
        ops.creer_questionnaire(**champs, maximum=301)
    lu = ops.creer_questionnaire(**champs, maximum=3)
    ops.ouvrir_questionnaire(questionnaire=lu, par=service)
    lu.refresh_from_db()
    client.force_login(service, backend="django.contrib.auth.backends.ModelBackend")
    _, page = imprime(client, reverse("gouvernance:questionnaire_imprimer", args=[lu.pk, "billets"]))
    client.logout()
    page = page.replace(" ", "")
    jetons = list(lu.billets.values_list("jeton", flat=True))
    assert all(f"/q/{j}" in page for j in jetons)
    assert "avec un billet" in client.get(reverse("gouvernance:avis", args=[lu.jeton])).content.decode()
    ecran = reverse("gouvernance:avis", args=[jetons[0]])
    assert client.get(ecran).status_code == 200
    envoi = {f"q{pk}": v for pk, v in reponses(lu).items()}
    envoi |= {"cle": str(uuid.uuid4()), "page": jeton_de_page(timezone.now() - datetime.timedelta(minutes=1))}
    for _ in range(2):  # sent twice, it counts once
        assert "Merci" in client.post(ecran, envoi).content.decode()
    assert "déjà servi" in client.get(ecran).content.decode()
    encore = client.post(ecran, envoi | {"cle": str(uuid.uuid4())})
    assert encore.status_code == 422
    assert "déjà servi" in encore.content.decode()
    assert ReponseQuestionnaire.objects.count() == 1
    assert {f.name for f in BilletQuestionnaire._meta.get_fields()} == {"id", "questionnaire", "jeton", "servi"}


@pytest.mark.parametrize(
    ("note", "message"),
    [pytest.param("", "Répondez à cette question", id="oubliee"), pytest.param("6", "de 1 à 5", id="hors-echelle")],
)
def test_une_mauvaise_reponse_n_ecrit_rien(questionnaire, service, note, message):
    ops.ouvrir_questionnaire(questionnaire=questionnaire, par=service)
    with pytest.raises(RegleMetier, match=message):
        repondre(questionnaire, reponses(questionnaire, note))
    assert not ReponseQuestionnaire.objects.exists()


def test_les_questions_ne_changent_plus_une_fois_le_questionnaire_ouvert(questionnaire, service):
    champs: dict[str, Any] = {"questions": [{"genre": "texte", "intitule": "Un mot ?"}], "titre": "Un mot"}
    ops.modifier_questionnaire(questionnaire=questionnaire, version=1, par=service, **champs)
    with pytest.raises(RegleMetier, match="modifié entre-temps"):
        ops.modifier_questionnaire(questionnaire=questionnaire, version=1, par=service, **champs)
    assert [q.intitule for q in questionnaire.questions.all()] == ["Un mot ?"]
    ops.ouvrir_questionnaire(questionnaire=questionnaire, par=service)
    with pytest.raises(DroitInsuffisant, match="ne changent plus"):
        ops.modifier_questionnaire(questionnaire=questionnaire, version=3, par=service, **champs)


def test_le_secretaire_d_une_instance_tient_le_questionnaire_de_sa_seance_et_pas_celui_d_une_autre(db):
    secretaire = UtilisateurFactory.create(role=Role.PILOTE)
    siennes = []
    for nom in ("Groupe ressources", "Comité technique"):
        lue = Instance.objects.create(departement=DepartementFactory.create(code="91"), nature="autre", nom=nom)
        siennes.append(Seance.objects.create(instance=lue, debut=timezone.now()))
    siennes[0].instance.secretaires.add(secretaire)
    fin = timezone.localdate() + datetime.timedelta(days=10)
    cree = ops.creer_questionnaire(par=secretaire, titre="Avis", dernier_jour=fin, seance=siennes[0])
    assert list(Questionnaire.objects.visibles_par(secretaire)) == [cree]
    autre = Questionnaire.objects.create(titre="Autre", dernier_jour=fin, seance=siennes[1])
    with pytest.raises(DroitInsuffisant):
        ops.ouvrir_questionnaire(questionnaire=autre, par=secretaire)
