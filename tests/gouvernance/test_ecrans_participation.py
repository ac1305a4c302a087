"""Participation on screen: figures that open their lists, names kept, sheet and poster on paper, anonymous answers."""

from __future__ import annotations

import datetime
import uuid
from pathlib import Path

import pytest
from django.conf import settings as reglages
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.registre import trouver
from gouvernance.forms.questionnaires import AvisForm
from gouvernance.lecture_participation import participation
from gouvernance.models import (
    DialogueTerritorial,
    FormationMembres,
    Instance,
    Membre,
    Presence,
    Proposition,
    Questionnaire,
    ReponseQuestionnaire,
    Seance,
)
from gouvernance.operations import questionnaires as ops
from gouvernance.operations.demonstration import charger_demonstration
from gouvernance.operations.demonstration_participation import charger_participation
from gouvernance.operations.dialogues import preparer_dialogue
from gouvernance.operations.instances import charger_instances
from pdi.comptes.demo import creer_comptes_de_demonstration
from pdi.comptes.models import Role
from pdi.structures.annuaire import charger_annuaire
from tests.fabriques import DepartementFactory, ProgrammeFactory, UtilisateurFactory
from tests.fabriques_parcours import TerritoireFactory, il_y_a
from tests.gouvernance.conftest import imprime

ANNEE = 2025


@pytest.fixture
def service(db, client):
    utilisateur = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, nom="Service")
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return utilisateur


@pytest.fixture
def programme(db):
    return ProgrammeFactory.create(code="essai-2022-2026", annee_debut=2022, annee_fin=2026)


def _instance(nom, nature):
    return Instance.objects.create(departement=DepartementFactory.create(code="91"), nature=nature, nom=nom)


def _tenue(instance, presences, jour=datetime.date(ANNEE, 6, 3)):
    quand = datetime.datetime.combine(jour, datetime.time(9), datetime.UTC)
    seance = Seance.objects.create(instance=instance, debut=quand, etat="tenue", close_le=quand)
    Presence.objects.bulk_create(Presence(seance=seance, membre=m, etat=e) for m, e in presences.items())
    return seance


@pytest.fixture
def groupe(programme):
    """Three members, one meeting where two came, one training of one member, one proposal taken, one set aside."""
    lu = _instance("Groupe Ressources RSA", "groupe_ressources")
    siege = {"instance": lu, "college": "beneficiaire"}
    fins = (None, datetime.date(ANNEE + 1, 3, 1), datetime.date(ANNEE + 3, 1, 1))
    membres = [
        Membre.objects.create(**siege, nom=nom, mandat=DateRange(datetime.date(2023, 1, 1), fin))
        for nom, fin in zip(("Ada Modèle", "Léo Témoin", "Zoé Spécimen"), fins, strict=True)
    ]
    _tenue(lu, dict(zip(membres, ("present", "represente", "absent"), strict=True)))
    formation = FormationMembres.objects.create(
        instance=lu, intitule="Espace en ligne", theme="numerique", jour=datetime.date(ANNEE, 5, 5), heures=6
    )
    formation.participants.add(membres[0])
    champs = {"instance": lu, "deposee_le": datetime.date(ANNEE, 6, 3)}
    Proposition.objects.create(**champs, numero=1, titre="Un accueil le mercredi", etat="retenue")
    Proposition.objects.create(**champs, numero=2, titre="Payer en espèces", etat="ecartee", suite="La régie l’exclut.")
    ep = _instance("EPD", "ep")
    en_ep = Membre.objects.create(instance=ep, college="beneficiaire", nom="Eve", mandat=membres[0].mandat)
    agent = Membre.objects.create(instance=ep, college="departement", nom="Max", mandat=membres[0].mandat)
    _tenue(ep, {en_ep: "present", agent: "present"})
    _tenue(ep, {en_ep: "excuse", agent: "present"}, datetime.date(ANNEE, 9, 3))
    return lu


def test_la_participation_d_une_annee_se_compte_par_instance(groupe, programme):
    lue = participation(programme, ANNEE)
    (g,) = lue.groupes
    assert (g.membres, g.a_renouveler, g.tenues, g.formes, g.propositions) == (3, 1, 1, 1, 2)
    assert (g.presences, g.convocations, round(g.participation or 0)) == (2, 3, 67)
    assert (lue.ep.tenues, lue.ep.avec, lue.ep.personnes) == (2, 1, 1)
    assert (lue.proposees, lue.suivies, lue.repondues) == (2, 1, 2)
    assert participation(programme, ANNEE - 1).proposees == 0


@pytest.mark.parametrize(
    ("code", "numerateur", "denominateur"),
    [
        pytest.param("participants_groupe_ressources", 3, None, id="membres"),
        pytest.param("participants_ep", 1, None, id="en-ep"),
        pytest.param("membres_formes_numerique", 1, None, id="formes"),
        pytest.param("assiduite_instances", 5, 7, id="assiduite"),
        pytest.param("propositions_suivies", 1, 2, id="suivies"),
    ],
)
def test_les_indicateurs_de_participation_se_relient_aux_fiches(groupe, programme, code, numerateur, denominateur):
    declaration = trouver(code)
    assert declaration is not None
    termes = declaration.requete(programme, ANNEE)[None]
    assert (termes.numerateur, termes.denominateur) == (numerateur, denominateur)


def test_chaque_chiffre_de_la_page_ouvre_sa_liste(client, service, groupe):
    page = client.get(reverse("gouvernance:participation"), {"annee": ANNEE}).content.decode()
    for liste in (
        "/participation/membres?mandat=renouveler",
        f"/participation/formations?annee={ANNEE}",
        f"/seances?nature=ep&amp;etat=tenue&amp;annee={ANNEE}",
        f"/propositions?annee={ANNEE}&amp;etat=ecartee",
    ):
        assert liste in page
    ecartees = client.get(f"/propositions?annee={ANNEE}&etat=ecartee").content.decode()
    assert "Payer en espèces" in ecartees
    assert "La régie l’exclut." in ecartees
    assert "Un accueil le mercredi" not in ecartees


def test_le_nom_d_un_beneficiaire_n_est_montre_qu_a_qui_tient_son_groupe(client, service, groupe):
    url = reverse("gouvernance:participation_membres")
    assert "Ada Modèle" in client.get(url).content.decode()
    client.force_login(UtilisateurFactory.create(role=Role.REFERENT), "django.contrib.auth.backends.ModelBackend")
    page = client.get(url).content.decode()
    assert "Ada Modèle" not in page
    assert "Représentant des bénéficiaires" in page


@pytest.mark.parametrize("liste", ["propositions", "dialogues", "questionnaires", "formations"])
def test_une_liste_ne_fait_pas_plus_de_requetes_avec_plus_de_lignes(client, service, groupe, liste):
    url = reverse(f"gouvernance:{liste}")

    def mesurer():
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            assert client.get(url).status_code == 200
        return len(requetes)

    def ajouter(combien):
        for n in range(combien):
            numero = Proposition.objects.count() + 10
            territoire = TerritoireFactory.create(code=f"t{numero}")
            dialogue = DialogueTerritorial.objects.create(territoire=territoire, annee=ANNEE, instance=groupe)
            Proposition.objects.create(
                instance=groupe, dialogue=dialogue, numero=numero, deposee_le=il_y_a(n + 1), titre="Autre"
            )
            Questionnaire.objects.create(titre="Avis", dernier_jour=il_y_a(-3), etat="ouvert")
            FormationMembres.objects.create(instance=groupe, intitule="Parler", jour=il_y_a(n + 1))

    ajouter(1)
    mesurer()
    une = mesurer()
    ajouter(8)
    assert mesurer() == une


def test_la_fiche_de_preparation_s_imprime_et_masque_les_petits_effectifs(client, service, programme):
    dialogue = DialogueTerritorial.objects.create(
        territoire=TerritoireFactory.create(code="ne", nom="Nord-Est"), annee=timezone.localdate().year,
        instance=_instance("Dialogues", "dialogue"),
    )  # fmt: skip
    url = reverse("gouvernance:dialogue_imprimer", args=[dialogue.pk])
    assert "pas encore générée" in client.post(url, follow=True).content.decode()
    lu = preparer_dialogue(dialogue=dialogue, par=service)
    contenu = lu.contenu or {}
    contenu["chiffres"][0]["ici"] = {"masque": True}
    contenu["besoins"] = [
        {"frein": "Mobilité", "offres": 0, "sans_offre": True, "criant": True,
         "ici": {"avec": 12, "sans": 11, "part": "91.7"}, "partout": {"avec": None, "sans": None, "part": None}},
        {"frein": "Santé", "offres": 2, "sans_offre": False, "criant": False,
         "ici": {"avec": None, "sans": None, "part": None}, "partout": {"avec": 9, "sans": 6, "part": "66.7"}},
    ]  # fmt: skip
    lu.save()
    _, texte = imprime(client, url)
    assert "Dialogue territorial Nord-Est" in texte
    assert "11 sur 12" in texte
    assert "(protège un autre territoire)" in texte
    assert "Santé 2 s. s." in texte
    page = client.get(dialogue.get_absolute_url()).content.decode()
    assert "Mobilité" in page
    assert "s. s." in page
    assert page.count("protège un autre territoire") == 1  # exact here, hidden for the whole


# -- questionnaires ---------------------------------------------------------------------------


@pytest.fixture
def questionnaire(service, monkeypatch):
    cache.clear()
    monkeypatch.setattr(AvisForm, "AU_MOINS", 0)  # a robot types faster than people
    fin = timezone.localdate() + datetime.timedelta(days=10)
    lu = ops.creer_questionnaire(par=service, titre="Votre avis", dernier_jour=fin, maximum=50)
    return ops.ouvrir_questionnaire(questionnaire=lu, par=service)


def _repondre(questionnaire, note, texte=""):
    valeurs = {q.pk: note if q.genre == "echelle" else texte for q in questionnaire.questions.exclude(genre="choix")}
    ops.repondre_questionnaire(questionnaire=questionnaire, cle=uuid.uuid4(), valeurs=valeurs)


def test_en_dessous_de_cinq_reponses_rien_n_est_montre_a_personne(client, questionnaire):
    for _ in range(4):
        _repondre(questionnaire, 5, "Trop court.")
    page = client.get(questionnaire.get_absolute_url()).content.decode()
    assert "Trop peu de réponses" in page
    assert "Trop court." not in page
    _repondre(questionnaire, 1, "Trop long.")
    page = client.get(questionnaire.get_absolute_url()).content.decode()
    assert "note moyenne <strong>4,2</strong> sur 5" in page


def test_un_texte_libre_n_est_lu_des_autres_qu_une_fois_montre(client, questionnaire, service):
    for n in range(5):
        _repondre(questionnaire, 4, f"Texte {n}.")
    ligne = questionnaire.reponses.get(lignes__texte="Texte 2.").lignes.get(texte="Texte 2.")
    client.post(reverse("gouvernance:questionnaire_texte", args=[ligne.pk]), {"moderation": "montree"})
    url = reverse("gouvernance:questionnaire_export", args=[questionnaire.pk]) + "?format=csv"
    export = b"".join(client.get(url).streaming_content).decode("utf-8-sig", errors="replace")
    client.force_login(UtilisateurFactory.create(role=Role.REFERENT), "django.contrib.auth.backends.ModelBackend")
    page = client.get(questionnaire.get_absolute_url()).content.decode()
    assert "Texte 2." in page
    assert "Texte 3." not in page
    assert "Texte 3." not in export


def _envoi(client, questionnaire, **plus):
    page = client.get(reverse("gouvernance:avis", args=[questionnaire.jeton]))
    form = page.context["form"]
    donnees = {"page": form.initial["page"], "cle": form.initial["cle"]}
    donnees |= {f"q{q.pk}": "4" for q in questionnaire.questions.filter(genre="echelle")}
    return client.post(page.request["PATH_INFO"], donnees | plus)


def test_quiconque_a_le_lien_repond_sans_compte_et_un_piege_rempli_n_ecrit_rien(client, questionnaire):
    client.logout()
    assert _envoi(client, questionnaire, piege="http://spam").status_code == 200
    assert not ReponseQuestionnaire.objects.exists()
    reponse = _envoi(client, questionnaire)
    assert "Merci, votre réponse est enregistrée" in reponse.content.decode()
    assert reponse["X-Robots-Tag"] == "noindex"
    assert ReponseQuestionnaire.objects.count() == 1
    assert client.get(reverse("gouvernance:avis", args=["inconnu"])).status_code == 404


def test_une_reponse_oubliee_se_dit_et_un_questionnaire_clos_n_en_prend_plus(client, questionnaire, service):
    premiere = questionnaire.questions.first()
    reponse = _envoi(client, questionnaire, **{f"q{premiere.pk}": ""})
    assert reponse.status_code == 422
    assert "Répondez à cette question." in reponse.content.decode()
    ops.clore_questionnaire(questionnaire=questionnaire, par=service)
    assert client.get(reverse("gouvernance:avis", args=[questionnaire.jeton])).status_code == 410
    assert not ReponseQuestionnaire.objects.exists()


def test_l_affiche_porte_l_adresse_et_le_code(client, questionnaire):
    _, page = imprime(client, reverse("gouvernance:questionnaire_imprimer", args=[questionnaire.pk, "affiche"]))
    assert f"/q/{questionnaire.jeton}" in page.replace(" ", "")
    assert 'class="code-qr"' in client.get(questionnaire.get_absolute_url()).content.decode()


# -- demonstration ----------------------------------------------------------------------------


def test_la_demonstration_raconte_deux_annees_une_seule_fois(programme):
    donnees, jour = Path(reglages.DOSSIER_DONNEES), datetime.date(2026, 11, 28)
    charger_annuaire(chemin=donnees / "structures.json")
    creer_comptes_de_demonstration()
    charger_instances(chemin=donnees / "gouvernance.json")
    TerritoireFactory.create(code="ne", nom="Nord-Est")
    chemin = donnees / "demonstration" / "participation.json"
    charger_demonstration(chemin=chemin.with_name("gouvernance.json"), jour=jour)
    bilan = charger_participation(chemin=chemin, jour=jour)
    assert bilan is not None
    assert (bilan.dialogues, bilan.reponses) == (2, 15)
    assert charger_participation(chemin=chemin, jour=jour) is None
    reprise = Proposition.objects.get(titre__startswith="Donner la date du rendez-vous")
    assert reprise.decision is not None
    assert [t.le for t in reprise.transitions.all()] == sorted((t.le for t in reprise.transitions.all()), reverse=True)
    assert [p.seance.instance.nature for p in reprise.points.order_by("seance__debut")] == [
        "comite_technique", "comite_pilotage",
    ]  # fmt: skip
    assert not Proposition.objects.filter(demonstration=False).exists()
    assert {p.etat for p in Proposition.objects.all()} == {"deposee", "examinee", "retenue", "ecartee", "realisee"}
