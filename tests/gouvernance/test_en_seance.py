"""During a meeting: who is there, what is decided, two secretaries at once, what the others read meanwhile."""

from __future__ import annotations

import datetime
import smtplib
import uuid

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from gouvernance.models import Decision, Membre, Presence, Proposition
from gouvernance.operations import seances as ops
from gouvernance.operations.convocations import jeton, jeton_agenda
from gouvernance.operations.decisions import modifier_decision, noter_decision
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from pdi.socle.models import Traitement
from tests.fabriques import HabilitationFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import il_y_a
from tests.gouvernance.conftest import poster

BACKEND = "django.contrib.auth.backends.ModelBackend"


class UneSurDeux(EmailBackend):
    """A server that refuses one address."""

    def send_messages(self, messages):
        if "ada@exemple.fr" in messages[0].to:
            raise smtplib.SMTPRecipientsRefused({})
        return super().send_messages(messages)


def noter(seance, par, **champs):
    return noter_decision(seance=seance, par=par, **({"texte": "Étudier", "type": "avis"} | champs))


def test_la_presence_se_note_d_un_geste_et_le_quorum_se_recompte(client, ouverte):
    presences = list(ouverte.presences.order_by("membre__nom"))
    ecran = reverse("gouvernance:seance_presence", args=[ouverte.pk])
    recu = client.post(ecran, {f"etat-{presences[0].pk}": "present"}, headers={"HX-Request": "true"}).content.decode()
    assert "Quorum non atteint" in recu
    envoi = {f"etat-{presences[0].pk}": "present", f"etat-{presences[1].pk}": "represente"}
    recu = client.post(ecran, envoi, headers={"HX-Request": "true"}).content.decode()
    assert "Quorum atteint" in recu
    assert "2 voix sur 2" in recu


def test_une_decision_renvoyee_apres_une_coupure_n_est_ecrite_qu_une_fois(client, ouverte):
    ecran = reverse("gouvernance:decision_noter", args=[ouverte.pk])
    envoi = {"texte": "Étudier l’automatisation", "type": "ajustement", "cle": str(uuid.uuid4())}
    for _ in range(2):
        recu = client.post(ecran, envoi, headers={"Accept": "application/json"})
        assert recu.status_code == 200
        assert recu.json() == {"numero": "D1"}
    assert Decision.objects.count() == 1
    refus = client.post(ecran, envoi | {"texte": "", "cle": ""}, headers={"Accept": "application/json"})
    assert refus.status_code == 422
    assert refus.json()["message"] == "Écrivez la décision."
    page = client.get(ouverte.get_absolute_url()).content.decode()
    assert "Étudier l’automatisation" in page


def test_deux_corrections_d_une_decision_ne_s_ecrasent_pas(client, service, ouverte):
    decision = noter(ouverte, service)
    ecran = reverse("gouvernance:decision_modifier", args=[decision.pk])
    envoi = {"texte": "Étudier avec la DSI", "type": "avis", "version": "1"}
    assert client.post(ecran, envoi).status_code == 302
    perdue = client.post(ecran, envoi | {"texte": "Étudier sans la DSI"})
    assert perdue.status_code == 422
    assert "modifiée entre-temps" in perdue.content.decode()
    decision.refresh_from_db()
    assert decision.texte == "Étudier avec la DSI"


def test_des_votes_impossibles_sont_refuses_et_rien_n_est_ecrit(service, ouverte):
    with pytest.raises(RegleMetier, match="3 voix notées pour 0"):
        noter(ouverte, service, pour=3)
    assert not Decision.objects.exists()


def test_un_seul_point_en_discussion_et_la_cloture_reporte_le_reste(client, ouverte):
    premier, second = ouverte.points.all()
    for point in (premier, second):
        client.post(reverse("gouvernance:seance_point_etat", args=[point.pk]), {"etat": "en_discussion"})
    premier.refresh_from_db()
    assert premier.etat == "traite"
    client.post(reverse("gouvernance:seance_point_etat", args=[second.pk]), {"etat": "a_venir"})
    client.post(reverse("gouvernance:seance_geste", args=[ouverte.pk, "clore"]))
    second.refresh_from_db()
    ouverte.refresh_from_db()
    assert (ouverte.etat, second.etat) == ("tenue", "reporte")
    assert set(ouverte.presences.values_list("etat", flat=True)) == {"absent"}


def test_une_seance_tenue_ne_change_plus_sans_dire_pourquoi(client, service, ouverte):
    ops.clore_seance(seance=ouverte, par=service)
    with pytest.raises(RegleMetier, match="tenue"):
        noter(ouverte, service)
    ecran = reverse("gouvernance:seance_motif", args=[ouverte.pk, "rouvrir"])
    assert client.post(ecran, {"motif": ""}).status_code == 422
    client.post(ecran, {"motif": "Une décision manquait."})
    assert noter(ouverte, service).numero == 1
    assert "Une décision manquait." in client.get(ouverte.get_absolute_url()).content.decode()


def test_une_page_restee_ouverte_n_efface_pas_ce_qu_un_autre_secretaire_a_note(client, service, ouverte):
    """Without script the whole form is sent: what the page showed is not what was touched."""
    ada, leo = ouverte.presences.filter(membre__voix=True).order_by("membre__nom")
    ecran = reverse("gouvernance:seance_presence", args=[ouverte.pk])
    client.post(ecran, {f"etat-{ada.pk}": "present"})
    client.post(
        ecran,
        {f"etat-{ada.pk}": "attendu", f"avant-etat-{ada.pk}": "attendu", f"etat-{leo.pk}": "represente",
         f"avant-etat-{leo.pk}": "attendu", f"represente_par-{leo.pk}": "Ida", f"avant-represente_par-{leo.pk}": ""},
    )  # fmt: skip
    ada.refresh_from_db()
    leo.refresh_from_db()
    assert (ada.etat, leo.etat, leo.represente_par) == ("present", "represente", "Ida")


def test_deux_secretaires_sur_un_point_le_second_relit_avant_d_ecrire(client, ouverte):
    point = ouverte.points.first()
    ecran = reverse("gouvernance:seance_point", args=[point.pk])
    envoi = {"titre": point.titre, "notes": "Les partenaires demandent un délai.", "version": "1"}
    assert client.post(ecran, envoi).status_code == 302
    perdue = client.post(ecran, envoi | {"notes": "Rien n’est demandé."})
    assert perdue.status_code == 422
    assert "modifié entre-temps" in perdue.content.decode()
    point.refresh_from_db()
    assert point.notes == "Les partenaires demandent un délai."


def test_une_ouverture_par_erreur_se_reprend_tant_que_rien_n_est_decide(client, service, ouverte):
    ouverture = reverse("gouvernance:seance_geste", args=[ouverte.pk, "ouvrir"])
    assert "pas aujourd’hui" in client.get(ouverture).content.decode()
    ouverte.presences.filter(membre__nom="Ada Modèle").update(reponse="oui", etat="present")
    client.post(reverse("gouvernance:seance_geste", args=[ouverte.pk, "refermer"]))
    ouverte.refresh_from_db()
    assert ouverte.etat == "convoquee"
    assert ouverte.presences.get(membre__nom="Ada Modèle").reponse == "oui"
    client.post(ouverture)
    noter(ouverte, service)
    with pytest.raises(RegleMetier, match="décisions sont notées"):
        ops.refermer_seance(seance=ouverte, par=service)


def test_une_decision_corrigee_previent_son_nouveau_porteur_et_reprend_la_proposition_du_point(
    service, ouverte, comite
):
    ancien, nouveau = UtilisateurFactory.create_batch(2, role=Role.PILOTE)
    decision = noter(ouverte, service, responsable=ancien)
    proposition = Proposition.objects.create(instance=comite, numero=1, deposee_le=il_y_a(40), titre="Ouvrir le soir")
    (point,) = ops.ajouter_points(
        seance=ouverte, points=[{"titre": "Le soir", "proposition": proposition}], par=service
    )
    modifier_decision(decision=decision, version=1, par=service, responsable=nouveau, point=point)
    assert nouveau.avis.get().titre == "Une décision vous est confiée"
    proposition.refresh_from_db()
    assert (proposition.etat, proposition.decision) == ("examinee", decision)


def test_un_membre_suit_la_seance_sur_son_ecran_et_ne_lit_le_releve_qu_une_fois_close(client, service, ouverte):
    noter(ouverte, service, texte="Cartographier les SIAE")
    client.force_login(UtilisateurFactory.create(role=Role.PILOTE), backend=BACKEND)
    direct, releve = (reverse(f"gouvernance:{n}", args=[ouverte.pk]) for n in ("seance_direct", "seance_word"))
    ops.noter_presence(presence=ouverte.presences.get(membre__nom="Ada Modèle"), etat="excuse", par=service)
    recu = client.get(direct)
    assert "Cartographier les SIAE" in recu.content.decode()
    assert "Excusé" in recu.text
    assert "segments" not in recu.text  # a member reads presence, and touches nothing
    assert "HX-Refresh" not in recu.headers
    refus = client.get(releve)
    assert refus.status_code == 403
    assert "projet du secrétariat" in refus.content.decode()
    ops.clore_seance(seance=ouverte, par=service)
    assert client.get(direct)["HX-Refresh"] == "true"
    assert client.get(releve).status_code == 200


def test_un_partenaire_qui_siege_par_sa_structure_repond_depuis_l_accueil_et_s_abonne(client, service, seance, comite):
    structure = StructureFactory.create()
    Membre.objects.create(instance=comite, structure=structure, mandat=DateRange(il_y_a(9), None))
    partenaire = UtilisateurFactory.create()
    HabilitationFactory.create(utilisateur=partenaire, role=Role.PARTENAIRE, structure=structure)
    assert (
        "Sans adresse, à prévenir autrement"
        in client.get(reverse("gouvernance:seance_geste", args=[seance.pk, "convoquer"])).content.decode()
    )
    ops.convoquer_seance(seance=seance, par=service)
    client.force_login(partenaire, backend=BACKEND)
    lien = reverse("gouvernance:convocation_reponse", args=[jeton(Presence.objects.get())])
    assert lien in client.get(reverse("accueil:accueil")).content.decode()
    assert lien in client.get(seance.get_absolute_url()).content.decode()
    assert ".ics" in client.get(reverse("gouvernance:seances_calendrier")).content.decode()


def test_un_courriel_qui_ne_part_pas_est_dit_a_qui_convoque(service, seance, membres, settings):
    settings.EMAIL_BACKEND = "tests.gouvernance.test_en_seance.UneSurDeux"
    ops.convoquer_seance(seance=seance, par=service)
    poster()
    assert [m.to[0] for m in mail.outbox if "onvocation" in m.subject] == ["leo@exemple.fr"]
    avis = service.avis.get()
    assert avis.titre == "1\u00a0courriel n’est pas parti"
    assert "Ada Modèle" in avis.texte


class Muette(EmailBackend):
    """A mail server that nobody reaches: each try costs seconds."""

    essais = 0

    def send_messages(self, messages):  # noqa: ARG002
        Muette.essais += 1
        raise TimeoutError


def test_un_serveur_de_courriel_muet_n_est_attendu_qu_une_fois(service, seance, membres, settings):
    settings.EMAIL_BACKEND = "tests.gouvernance.test_en_seance.Muette"
    Muette.essais = 0
    ops.convoquer_seance(seance=seance, par=service)
    poster()
    assert Muette.essais == 1
    assert service.avis.get().titre == "2\u00a0courriels ne sont pas partis"


def test_une_autre_date_redemande_leur_reponse_aux_convoques_et_change_leur_agenda(client, service, seance, membres):
    ops.convoquer_seance(seance=seance, par=service)
    Presence.objects.filter(membre=membres[0]).update(reponse="pouvoir", represente_par="Ida")
    seance.refresh_from_db()
    agenda = reverse("gouvernance:agenda_flux", args=[jeton_agenda(membres[0])])
    avant = client.get(agenda).content.decode()
    champs = {"seance": seance, "par": service, "version": seance.version}
    client.force_login(service, backend=BACKEND)
    hier = {"jour": f"{il_y_a(1)}", "heure": "09:30", "version": seance.version}
    refus = client.post(reverse("gouvernance:seance_modifier", args=[seance.pk]), hier)
    assert "ouvrez-la pour noter son relevé" in refus.text
    Traitement.objects.all().delete()
    ops.modifier_seance(**champs, debut=seance.debut + datetime.timedelta(days=1))
    poster()
    presence = Presence.objects.get(membre=membres[0])
    assert (presence.reponse, presence.represente_par) == ("", "")
    (lettre,) = [m for m in mail.outbox if m.to == ["ada@exemple.fr"]]
    assert lettre.subject.startswith("Nouvelle date")
    assert reverse("gouvernance:convocation_reponse", args=[jeton(presence)]) in lettre.body
    seance.refresh_from_db()
    ops.annuler_seance(seance=seance, par=service, motif="Grève.")
    suites = [int(a.split("SEQUENCE:")[1].split()[0]) for a in (avant, client.get(agenda).content.decode())]
    assert suites[1] > suites[0]
