"""EP files: both regimes from submission to appeal, a refused amount, late observations."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gouvernance.listes_ep import de_file
from gouvernance.models import (
    DecisionEP,
    DossierEP,
)
from gouvernance.operations import ep, ep_decision, ep_procedure, seances
from gouvernance.ordre_propose import proposer
from parcours.operations.orientation import SaisieOrientation
from parcours.regles.delais import plus_mois
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.etats import TransitionImpossible
from tests.fabriques import StructureFactory
from tests.fabriques_parcours import (
    il_y_a,
)

from .fabrique_ep import FAITS_A, FAITS_B, SANCTION, decider, entendu, inscrit, scene, seance, soumis


@pytest.fixture
def s(db):
    return scene()


# -- both regimes -----------------------------------------------------------------------------


def test_regime_a_l_avis_precede_toute_sanction(s):
    dossier = entendu(s, faits_le=FAITS_A)
    assert dossier.regime.code == "regime-a"
    with pytest.raises(RegleMetier, match="avant toute sanction"):
        decider(s, dossier, **SANCTION)
    ep.inscrire_dossiers(seance=s.seance, dossiers=[dossier.pk], par=s.service)
    avis = ep_procedure.rendre_avis(dossier=dossier, par=s.service, pour=2, **SANCTION)
    assert avis.voix_presentes == 2
    decision = decider(s, dossier, **SANCTION)
    assert decision.effet_le
    assert decision.effet_le.day == 1
    ep_decision.notifier_decision_ep(dossier=dossier, le=timezone.localdate(), par=s.service)
    dossier.refresh_from_db()
    assert dossier.etat == "notifie"


def test_regime_b_une_suspension_se_decide_sans_avis_une_suppression_non(s):
    dossier = entendu(s)
    with pytest.raises(RegleMetier, match="avant une suppression"):
        decider(s, dossier, sens="sanction", palier=3, precedente_le=datetime.date(2025, 1, 5))
    assert decider(s, dossier, **SANCTION).fin is not None


def test_un_taux_hors_bornes_est_refuse_et_rien_n_est_ecrit(s):
    dossier = inscrit(s, faits_le=FAITS_A)
    with pytest.raises(RegleMetier, match="80") as refus:
        ep_procedure.rendre_avis(dossier=dossier, par=s.service, **(SANCTION | {"taux": 90}))
    assert refus.value.champ == "taux"
    ep_procedure.rendre_avis(dossier=dossier, par=s.service, **SANCTION)
    with pytest.raises(RegleMetier, match="3 personnes"):
        decider(s, dossier, **(SANCTION | {"taux": 60, "personnes_foyer": 3, "ecart": "Récidive."}))
    dossier.refresh_from_db()
    assert dossier.etat == "examine"
    assert not hasattr(dossier, "decision")


def test_s_ecarter_de_l_avis_se_justifie(s):
    dossier = inscrit(s)
    ep_procedure.rendre_avis(dossier=dossier, par=s.service, sens="aucune")
    with pytest.raises(RegleMetier, match="dites pourquoi"):
        decider(s, dossier, **SANCTION)
    assert decider(s, dossier, ecart="Faits répétés.", **SANCTION).ecart


def test_avant_la_fin_du_delai_on_ne_decide_que_si_la_personne_a_repondu(s):
    dossier = soumis(s)
    ep_procedure.notifier_intention(dossier=dossier, le=il_y_a(3), par=s.service)
    with pytest.raises(RegleMetier, match="inclus"):
        decider(s, dossier, sens="aucune")
    with pytest.raises(RegleMetier, match="répondre jusqu’au"):
        ep.inscrire_dossiers(seance=s.seance, dossiers=[dossier.pk], par=s.service)
    ep_procedure.recevoir_observations(
        dossier=dossier, recue_le=il_y_a(1), forme="oral", texte="J’étais malade.", par=s.service
    )
    assert decider(s, dossier, sens="aucune").pk


def test_ecrire_avant_l_intention_ne_dispense_pas_de_la_notifier(s):
    dossier = soumis(s)
    ep_procedure.recevoir_observations(
        dossier=dossier, recue_le=il_y_a(1), forme="oral", texte="J’étais malade.", par=s.service
    )
    with pytest.raises(RegleMetier, match="n’est pas encore notifiée"):
        ep.inscrire_dossiers(seance=s.seance, dossiers=[dossier.pk], par=s.service)
    ep_procedure.notifier_intention(dossier=dossier, le=timezone.localdate(), par=s.service)
    with pytest.raises(RegleMetier, match="répondre jusqu’au"):
        decider(s, dossier, sens="aucune")


def test_des_observations_tardives_sont_gardees_et_signalees(s, client):
    dossier = entendu(s)
    tardive = ep_procedure.recevoir_observations(
        dossier=dossier, recue_le=il_y_a(1), forme="ecrit", texte="Je n’ai pas pu répondre.", par=s.service
    )
    assert tardive.tardive
    client.force_login(s.service)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "Reçues hors délai" in page
    assert "Je n’ai pas pu répondre." in page


def test_la_date_de_l_intention_se_corrige_et_ce_qui_etait_tardif_ne_l_est_plus(s, client):
    dossier = inscrit(s)
    tardive = ep_procedure.recevoir_observations(
        dossier=dossier, recue_le=il_y_a(30), forme="ecrit", texte="J’étais absente.", par=s.service
    )
    assert tardive.tardive
    client.force_login(s.service)
    url = reverse("gouvernance:ep_geste", args=[dossier.pk, "corriger_intention"])
    refus = client.post(url, {"le": il_y_a(2).isoformat(), "motif": "Accusé de réception."})
    assert refus.status_code == 422
    assert "Retirez d’abord le dossier de l’ordre du jour" in refus.content.decode()
    dossier.refresh_from_db()
    assert dossier.intention_le == il_y_a(60)
    assert client.post(url, {"le": il_y_a(35).isoformat(), "motif": "Accusé de réception."}).status_code == 302
    assert "Dans le délai" in client.get(dossier.get_absolute_url()).content.decode()


def test_qui_demande_a_etre_entendu_l_est_avant_la_decision(s):
    dossier = entendu(s)
    ep_procedure.noter_audition(dossier=dossier, audition="demandee", assistance="Son avocate", par=s.encadrant)
    with pytest.raises(RegleMetier, match="entendue"):
        decider(s, dossier, sens="aucune")
    ep_procedure.noter_audition(dossier=dossier, audition="absente", par=s.service)
    assert decider(s, dossier, sens="aucune").pk


def test_l_avis_attend_la_fin_du_delai_et_l_audition_meme_si_la_seance_est_avancee(s):
    prevue = seance(s, "convoquee", jours=20)
    dossier = soumis(s)
    ep_procedure.notifier_intention(dossier=dossier, le=il_y_a(3), par=s.service)
    ep.inscrire_dossiers(seance=prevue, dossiers=[dossier.pk], par=s.service)
    type(prevue).objects.filter(pk=prevue.pk).update(etat="ouverte", debut=timezone.now(), ouverte_le=timezone.now())
    with pytest.raises(RegleMetier, match="répondre jusqu’au"):
        ep_procedure.rendre_avis(dossier=dossier, par=s.service, sens="aucune")
    entendue = inscrit(s, theme="reorientation")
    ep_procedure.noter_audition(dossier=entendue, audition="invitee", par=s.service)
    with pytest.raises(RegleMetier, match="devait être entendue") as refus:
        ep_procedure.rendre_avis(dossier=entendue, par=s.service, sens="maintenir")
    assert refus.value.champ == "audition"
    assert ep_procedure.rendre_avis(dossier=entendue, par=s.service, sens="maintenir", audition="entendue").pk


def test_le_quorum_manque_aucun_avis_ne_se_rend(s):
    dossier = inscrit(s)
    s.seance.presences.filter(membre=s.membres[1]).update(etat="excuse")
    with pytest.raises(RegleMetier, match="quorum"):
        ep_procedure.rendre_avis(dossier=dossier, par=s.service, sens="aucune")


def test_un_avis_renvoye_sous_la_meme_cle_ne_s_ecrit_qu_une_fois(s, client):
    dossier = inscrit(s)
    client.force_login(s.service)
    envoi = {"cle": "5b9c5a0e-6b51-4f5e-9f0e-5d6c2c8a1f11", "sens": "aucune"}
    url = reverse("gouvernance:ep_avis", args=[dossier.pk])
    for _ in range(2):
        assert client.post(url, envoi, headers={"Accept": "application/json"}).status_code == 200
    assert dossier.transitions.filter(vers="examine").count() == 1
    refus = client.post(url, {"sens": "sanction", "palier": 1, "taux": 20, "mois": 1},
                        headers={"Accept": "application/json"})  # fmt: skip
    assert refus.status_code == 422
    assert "30" in refus.json()["message"]


# -- effects ----------------------------------------------------------------------------------


def test_une_reorientation_decidee_ouvre_l_orientation_par_la_voie_du_parcours(s, client):
    dossier = inscrit(s, theme="reorientation")
    ep_procedure.rendre_avis(dossier=dossier, par=s.service, sens="reorienter")
    decider(s, dossier, sens="reorienter")
    client.force_login(s.encadrant)
    ecran = reverse("gouvernance:ep_orienter", args=[dossier.pk])
    assert "Selon la structure" in client.get(ecran).content.decode()
    agence = StructureFactory.create(nom="Agence France Travail", nature="emploi")
    saisie = {"type_decide": "emploi", "structure": agence.pk, "mode": "emploi", "le": timezone.localdate().isoformat()}
    assert client.post(ecran, saisie).url == dossier.get_absolute_url()
    dossier.refresh_from_db()
    ouverte = s.personne.orientations.get()
    assert (dossier.decision.orientation, ouverte.organisme) == (ouverte, "france_travail")
    suite = SaisieOrientation(
        type_decide="emploi", organisme="france_travail", structure=agence, mode="emploi", le=timezone.localdate()
    )  # fmt: skip
    with pytest.raises(RegleMetier, match="Aucune réorientation"):
        ep_decision.orienter_apres_ep(dossier=dossier, saisie=suite, par=s.encadrant)


def test_une_sanction_se_leve_puis_le_dossier_se_clot(s):
    dossier = entendu(s)
    decider(s, dossier, **SANCTION)
    ep_decision.notifier_decision_ep(dossier=dossier, le=timezone.localdate(), par=s.service)
    with pytest.raises(RegleMetier, match="recours reste possible"):
        ep_decision.clore_dossier_ep(dossier=dossier, par=s.service)
    with pytest.raises(DroitInsuffisant):
        ep_decision.lever_sanction(dossier=dossier, le=timezone.localdate(), motif="Contrat signé", par=s.service)
    levee = ep_decision.lever_sanction(dossier=dossier, le=timezone.localdate(), motif="Contrat signé", par=s.encadrant)
    assert levee.levee_le == timezone.localdate()


def test_un_recours_suit_l_ordre_legal_et_annule_leve_la_sanction(s):
    dossier = entendu(s)
    decider(s, dossier, **SANCTION)
    ep_decision.notifier_decision_ep(dossier=dossier, le=timezone.localdate(), par=s.service)
    champs = {"dossier": dossier, "recu_le": timezone.localdate(), "par": s.service}
    with pytest.raises(RegleMetier, match="préalable vient avant"):
        ep_decision.recevoir_recours_ep(nature="contentieux", **champs)
    recours = ep_decision.recevoir_recours_ep(nature="prealable", motifs="Malade ce jour-là.", **champs)
    assert not recours.tardif
    ep_decision.trancher_recours_ep(
        dossier=dossier, issue="annule", issue_le=timezone.localdate(), issue_texte="Certificat.", par=s.service
    )
    dossier.refresh_from_db()
    assert dossier.etat == "notifie"
    assert dossier.decision.levee_motif == "Décision annulée sur recours."
    assert dossier.decision.levee_le == dossier.decision.effet_le


def test_deux_mois_de_silence_ouvrent_le_tribunal(s):
    dossier = entendu(s)
    decider(s, dossier, **SANCTION)
    DecisionEP.objects.update(decidee_le=il_y_a(100), effet_prevu_le=il_y_a(90), effet_le=il_y_a(90), fin=il_y_a(30))
    ep_decision.notifier_decision_ep(dossier=dossier, le=il_y_a(80), par=s.service)
    decision = DecisionEP.objects.get()
    assert decision.effet_le
    assert decision.effet_le > il_y_a(80)  # told after the planned day: it bears on her later
    assert decision.fin == plus_mois(decision.effet_le, 2)
    ep_decision.recevoir_recours_ep(dossier=dossier, nature="prealable", recu_le=il_y_a(70), par=s.service)
    champs = {"dossier": dossier, "issue": "tacite", "issue_texte": "", "par": s.service}
    with pytest.raises(RegleMetier, match="Le silence vaut rejet"):
        ep_decision.trancher_recours_ep(issue_le=il_y_a(30), **champs)
    ep_decision.trancher_recours_ep(issue_le=il_y_a(5), **champs)
    tribunal = ep_decision.recevoir_recours_ep(
        dossier=dossier, nature="contentieux", recu_le=timezone.localdate(), par=s.service
    )
    assert not tribunal.tardif


def test_une_notification_mal_datee_se_corrige_et_rend_l_effet_prevu(s, client):
    dossier = entendu(s)
    decider(s, dossier, **SANCTION)
    prevu, fin = il_y_a(90), plus_mois(il_y_a(90), 2)
    DecisionEP.objects.update(decidee_le=il_y_a(100), effet_prevu_le=prevu, effet_le=prevu, fin=fin)
    ep_decision.notifier_decision_ep(dossier=dossier, le=il_y_a(80), par=s.service)
    recours = ep_decision.recevoir_recours_ep(dossier=dossier, nature="prealable", recu_le=il_y_a(28), par=s.service)
    assert not recours.tardif
    client.force_login(s.service)
    assert "la personne a été prévenue après" in client.get(dossier.get_absolute_url()).text
    adresse = reverse("gouvernance:ep_geste", args=[dossier.pk, "corriger_notification"])
    trop_tard = client.post(adresse, {"le": f"{il_y_a(20)}", "motif": "Mal lu"})
    assert "Un recours a été reçu" in trop_tard.text
    assert client.post(adresse, {"le": f"{il_y_a(95)}", "motif": "Accusé mal lu"}).status_code == 302
    decision = DecisionEP.objects.get()
    assert (decision.notifiee_le, decision.effet_le, decision.fin) == (il_y_a(95), prevu, fin)
    recours.refresh_from_db()
    assert recours.tardif  # the delay to appeal ended earlier than was believed


# -- the meeting ------------------------------------------------------------------------------


def test_reporter_ou_clore_une_seance_rend_les_dossiers_non_examines(s):
    prevue = seance(s, "preparee", jours=5)
    dossier = entendu(s)
    ep.inscrire_dossiers(seance=prevue, dossiers=[dossier.pk], par=s.service)
    assert not prevue.points.filter(titre__icontains="Exemple").exists()
    suivante = seances.reporter_seance(
        seance=prevue, par=s.service, motif="Salle prise", debut=timezone.now() + datetime.timedelta(days=9)
    )
    dossier.refresh_from_db()
    assert dossier.seance == suivante
    seances.annuler_seance(seance=suivante, par=s.service, motif="Plus de quorum")
    dossier.refresh_from_db()
    assert dossier.etat == "contradictoire"
    assert dossier.seance_id is None
    assert DossierEP.objects.filter(de_file("prets")).get() == dossier
    (propose,) = proposer(seance(s, "preparee", jours=20), s.service, timezone.localdate())["Dossiers individuels"]
    assert "1 dossier prêt" in propose.raison.replace("\u00a0", " ")


def test_inscrire_en_lot_c_est_tous_ou_aucun(s):
    pret = entendu(s)
    attend = soumis(s, theme="non_conclusion")
    with pytest.raises(RegleMetier):
        ep.inscrire_dossiers(seance=s.seance, dossiers=[pret.pk, attend.pk], par=s.service)
    autre = type(s.equipe).objects.create(departement=s.equipe.departement, nature="ep", nom="Autre équipe")
    DossierEP.objects.filter(pk=attend.pk).update(instance=autre)
    with pytest.raises(RegleMetier, match="autre équipe"):
        ep.inscrire_dossiers(seance=s.seance, dossiers=[pret.pk, attend.pk], par=s.service)
    pret.refresh_from_db()
    assert pret.etat == "contradictoire"


def test_un_dossier_ouvert_par_theme_et_rien_sans_motif(s):
    soumis(s)
    with pytest.raises(RegleMetier, match="déjà ouvert"):
        soumis(s)
    vide = ep.ouvrir_dossier_ep(
        personne=s.personne, par=s.encadrant, instance=s.equipe, theme="maintien", faits_le=FAITS_B
    )
    with pytest.raises(RegleMetier, match="motive"):
        ep.soumettre_dossier_ep(dossier=vide, par=s.encadrant)
    with pytest.raises(IntegrityError), transaction.atomic():
        DossierEP.objects.filter(pk=vide.pk).update(etat="inscrit", expose="x")


def test_renvoyer_se_motive_et_le_brouillon_se_reprend(s):
    dossier = soumis(s)
    with pytest.raises(RegleMetier, match="dites pourquoi"):
        ep.renvoyer_dossier_ep(dossier=dossier, par=s.service, commentaire=" ")
    ep.renvoyer_dossier_ep(dossier=dossier, par=s.service, commentaire="Précisez les dates.")
    with pytest.raises(TransitionImpossible):
        ep.renvoyer_dossier_ep(dossier=dossier, par=s.service, commentaire="Encore.")
