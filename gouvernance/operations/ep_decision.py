"""Writes of the decision after an équipe pluridisciplinaire: decide, notify, take effect, lift, appeal, close."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from gouvernance.droits_ep import acteurs_du_dossier
from gouvernance.models import (
    Audition,
    AvisEP,
    DecisionEP,
    DossierEP,
    EtatDossierEP,
    IssueRecours,
    NatureRecours,
    RecoursEP,
    SensEP,
)
from gouvernance.regles.ep import DECIDEUR, SECRETARIAT
from gouvernance.regles.sanctions_ep import (
    Foyer,
    Mesure,
    attente_du_contradictoire,
    avis_exige,
    effet_opposable,
    effet_propose,
    faute_de_mesure,
    faute_de_palier,
    fin_de_sanction,
    fin_du_recours,
    fin_du_silence,
    s_ecarte,
)
from parcours.operations.orientation import SaisieOrientation, orienter
from parcours.regles.delais import Regime
from pdi.socle.droits import RegleMetier, exiger, non
from pdi.socle.formats import date_longue
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir

from .ep import changer, repondu, suiveurs, verrouiller_dossier

NOTIFIES = (EtatDossierEP.NOTIFIE, EtatDossierEP.RECOURS)
NON_ENTENDUE = (
    "La personne demande à être entendue : invitez-la, ou notez qu’elle l’a été ou ne s’est pas présentée, avant de "
    "décider."
)


def mesure_de(ligne: AvisEP | DecisionEP) -> Mesure:
    """Return what a row says, for the rules."""
    return Mesure(ligne.sens, ligne.palier, ligne.taux, ligne.mois)


def obstacles_a_la_decision(dossier: DossierEP, jour: datetime.date, *, observe: bool) -> list[str]:
    """Return why no decision can be taken yet whatever it is, in words."""
    attente = attente_du_contradictoire(dossier.theme, dossier.observations_jusqu_au, jour, observe=observe)
    muette = NON_ENTENDUE if dossier.audition == Audition.DEMANDEE else ""
    return [phrase for phrase in (attente, muette) if phrase]


def _exiger_avis(dossier: DossierEP, regime: Regime, mesure: Mesure) -> AvisEP | None:
    avis = AvisEP.objects.filter(dossier=dossier).first()
    if avis is None and (pourquoi := avis_exige(regime, dossier.theme, mesure)):
        raise RegleMetier(f"{pourquoi} Inscrivez d’abord le dossier à une séance.", champ="sens")
    return avis


@transaction.atomic
def decider_dossier_ep(
    *, dossier: DossierEP, version: int, par: Any, sens: str, motifs: str, palier: int | None = None,
    taux: int | None = None, mois: int | None = None, ecart: str = "", personnes_foyer: int | None = None,
    precedente_le: datetime.date | None = None, effet_le: datetime.date | None = None,
) -> DecisionEP:  # fmt: skip
    """Take the decision, by delegation of the président du conseil départemental.

    Raises DroitInsuffisant; TransitionImpossible; RegleMetier: the person may still answer or waits to be heard, the
    opinion is compulsory and missing, a measure out of the bounds of the regime of the facts or over the ceiling of
    the household, no motive, no reason to depart from the opinion.
    """
    lu = verrouiller_dossier(dossier, version)
    jour, regime, mesure = timezone.localdate(), Regime.lire(lu.regime), Mesure(sens, palier, taux, mois)
    if DECIDEUR not in acteurs_du_dossier(par, lu):
        changer(lu, "decider_dossier_ep", par)  # refuses, in the words of the machine
    if obstacles := obstacles_a_la_decision(lu, jour, observe=repondu(lu)):
        raise RegleMetier(" ".join(obstacles))
    avis = _exiger_avis(lu, regime, mesure)
    foyer = Foyer(personnes_foyer or lu.personnes_foyer, lu.majoration)
    if sens == SensEP.SANCTION and foyer.personnes is None:
        raise RegleMetier("Dites combien de personnes compte le foyer : le plafond en dépend.", champ="personnes_foyer")
    faute = faute_de_mesure(regime, lu.theme, mesure, foyer) or faute_de_palier(mesure, precedente_le, lu.faits_le)
    if faute:
        raise RegleMetier(faute.message, champ=faute.champ)
    if s_ecarte(mesure, mesure_de(avis) if avis else None) and not ecart.strip():
        raise RegleMetier("La décision s’écarte de l’avis de l’équipe : dites pourquoi.", champ="ecart")
    effet = (effet_le or effet_propose(jour)) if sens == SensEP.SANCTION else None
    if effet is not None and effet < jour:
        raise RegleMetier("Une sanction ne prend pas effet avant la décision.", champ="effet_le")
    decision = DecisionEP(
        dossier=lu, sens=sens, palier=palier, taux=taux, mois=mois, decidee_le=jour, motifs=motifs, par=par,
        ecart=ecart.strip(), personnes_foyer=foyer.personnes if sens == SensEP.SANCTION else None,
        precedente_le=precedente_le, effet_prevu_le=effet, effet_le=effet,
        fin=fin_de_sanction(effet, mois) if effet else None,
    )  # fmt: skip
    enregistrer(decision)
    changer(lu, "decider_dossier_ep", par)
    prevenir(
        destinataires=[*lu.instance.secretaires.all(), *suiveurs(lu, par)],
        titre="Une décision est prise après équipe pluridisciplinaire", texte=f"{lu} : à notifier à la personne.",
        url=lu.get_absolute_url(),
    )  # fmt: skip
    return decision


def _decision(dossier: DossierEP) -> DecisionEP:
    lue = DecisionEP.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()
    if lue is None:
        raise RegleMetier("Aucune décision n’est encore prise sur ce dossier.")
    return lue


@transaction.atomic
def notifier_decision_ep(*, dossier: DossierEP, le: datetime.date, par: Any) -> DossierEP:
    """Record the day the person was told of the decision: her delay to appeal runs from there.

    Told after the day a sanction was to take effect, it takes effect later (see `effet_opposable`).
    """
    lu = verrouiller_dossier(dossier)
    decision = _decision(lu)
    changer(lu, "notifier_decision_ep", par)
    _dater_la_notification(lu, decision, le)
    prevenir(
        destinataires=suiveurs(lu, par), titre="Une décision d’équipe pluridisciplinaire est notifiée",
        texte=f"{lu}.", url=lu.get_absolute_url(),
    )  # fmt: skip
    return lu


def _dater_la_notification(dossier: DossierEP, decision: DecisionEP, le: datetime.date) -> None:
    """Write the day the person was told, and what runs from it: the effect, from the planned day, and the appeal."""
    if not decision.decidee_le <= le <= timezone.localdate():
        raise RegleMetier(
            f"La notification se date du {date_longue(decision.decidee_le)}, jour de la décision, à aujourd’hui.",
            champ="le",
        )
    decision.notifiee_le = le
    if decision.effet_le is not None:
        decision.effet_le = effet_opposable(decision.effet_prevu_le or decision.effet_le, le)
        decision.fin = fin_de_sanction(decision.effet_le, decision.mois)
    decision.recours_jusqu_au = fin_du_recours(Regime.lire(dossier.regime), le)
    enregistrer(decision)


@transaction.atomic
def corriger_notification(*, dossier: DossierEP, le: datetime.date, motif: str, par: Any) -> DecisionEP:
    """Correct the day the person was told of the decision: its effect and the appeals are judged again from it.

    Raises DroitInsuffisant, RegleMetier: not notified, lifted, a day before the decision, to come or after an appeal.
    """
    lu = verrouiller_dossier(dossier)
    if not acteurs_du_dossier(par, lu) & {SECRETARIAT, DECIDEUR}:
        exiger(non("La date de notification se corrige par le secrétariat de l’équipe ou par qui décide."))
    decision = _decision(lu)
    if lu.etat not in NOTIFIES or decision.levee_le is not None:
        raise RegleMetier("Cette date ne se corrige qu’une fois la décision notifiée, avant sa levée ou la clôture.")
    premier = lu.recours.order_by("recu_le").values_list("recu_le", flat=True).first()
    if premier is not None and premier < le:
        raise RegleMetier(f"Un recours a été reçu le {date_longue(premier)}, avant cette date.", champ="le")
    noms = ("notifiee_le", "effet_le", "recours_jusqu_au")
    avant = etat_de(decision, noms)
    _dater_la_notification(lu, decision, le)
    lu.recours.filter(nature=NatureRecours.PREALABLE).update(tardif=Q(recu_le__gt=decision.recours_jusqu_au))
    journaliser(
        par=par, verbe="corriger_notification", objet=lu, avant=avant, apres=etat_de(decision, noms), commentaire=motif
    )
    prevenir(
        destinataires=suiveurs(lu, par), titre="La date d’une notification est corrigée", texte=f"{lu}.",
        url=lu.get_absolute_url(),
    )  # fmt: skip
    return decision


def a_orienter(dossier: DossierEP, decision: DecisionEP | None) -> bool:
    """Return whether a reorientation is decided and not yet in her path."""
    return (
        decision is not None
        and decision.sens == SensEP.REORIENTER
        and decision.orientation_id is None
        and dossier.etat in (EtatDossierEP.DECIDE, EtatDossierEP.NOTIFIE, EtatDossierEP.RECOURS)
    )


@transaction.atomic
def orienter_apres_ep(
    *, dossier: DossierEP, saisie: SaisieOrientation, par: Any, confirmee: int | None = None
) -> DecisionEP:
    """Open the orientation that was decided, by the operation of the path, which judges and tells everybody.

    Raises what `orienter` raises (ConfirmationRequise, CapaciteDepassee…), and RegleMetier when nothing is to open.
    """
    lu = verrouiller_dossier(dossier)
    decision = _decision(lu)
    if not a_orienter(lu, decision):
        raise RegleMetier("Aucune réorientation n’attend d’être ouverte sur ce dossier.")
    decision.orientation = orienter(personne=lu.personne, saisie=saisie, par=par, confirmee=confirmee)
    enregistrer(decision)
    journaliser(par=par, verbe="orienter_apres_ep", objet=lu, apres={"orientation du": saisie.le})
    return decision


@transaction.atomic
def lever_sanction(*, dossier: DossierEP, le: datetime.date, motif: str, par: Any) -> DecisionEP:
    """Lift a sanction from `le` on: the person complies. Raises DroitInsuffisant, RegleMetier: none is running."""
    lu = verrouiller_dossier(dossier)
    if DECIDEUR not in acteurs_du_dossier(par, lu):
        exiger(non("La levée d’une sanction est décidée par les encadrants dont relève la personne."))
    decision = _decision(lu)
    if decision.sens != SensEP.SANCTION or decision.fin is None:
        raise RegleMetier("Aucune sanction à durée n’est à lever sur ce dossier.")
    if decision.levee_le is not None:
        raise RegleMetier(f"Cette sanction est déjà levée depuis le {date_longue(decision.levee_le)}.")
    if not decision.decidee_le <= le < decision.fin:
        raise RegleMetier(
            f"La levée se date du {date_longue(decision.decidee_le)}, jour de la décision, à la veille de la fin "
            f"prévue, le {date_longue(decision.fin)}.",
            champ="le",
        )
    decision.levee_le, decision.levee_motif = le, motif.strip()[:250]
    enregistrer(decision)
    journaliser(par=par, verbe="lever_sanction", objet=lu, apres={"levée le": le})
    prevenir(
        destinataires=suiveurs(lu, par), titre="Une sanction est levée", texte=f"{lu}.", url=lu.get_absolute_url()
    )  # fmt: skip
    return decision


# -- appeals ----------------------------------------------------------------------------------


@transaction.atomic
def recevoir_recours_ep(
    *, dossier: DossierEP, nature: str, recu_le: datetime.date, par: Any, motifs: str = ""
) -> RecoursEP:
    """Record an appeal; out of time, it is kept and said to be. Source: CASF L262-47.

    Raises RegleMetier: a date to come or before the notification, the tribunal before the compulsory first appeal.
    """
    lu = verrouiller_dossier(dossier)
    decision = _decision(lu)
    if decision.notifiee_le is not None and not decision.notifiee_le <= recu_le <= timezone.localdate():
        raise RegleMetier(
            f"Un recours se date du {date_longue(decision.notifiee_le)}, jour de la notification, à aujourd’hui.",
            champ="recu_le",
        )
    prealables = lu.recours.filter(nature=NatureRecours.PREALABLE)
    if nature == NatureRecours.CONTENTIEUX and not prealables.exclude(issue="").exists():
        raise RegleMetier(
            "Le recours préalable vient avant le tribunal (CASF L262-47) : enregistrez-le d’abord, et son issue.",
            champ="nature",
        )
    limite = decision.recours_jusqu_au
    if nature == NatureRecours.CONTENTIEUX:
        dernier = prealables.exclude(issue="").latest("issue_le")
        limite = fin_du_recours(Regime.lire(lu.regime), dernier.issue_le or recu_le)
    recours = RecoursEP(
        dossier=lu, nature=nature, recu_le=recu_le, motifs=motifs, tardif=limite is not None and recu_le > limite
    )
    changer(lu, "recevoir_recours_ep", par)
    enregistrer(recours)
    return recours


@transaction.atomic
def trancher_recours_ep(
    *, dossier: DossierEP, issue: str, issue_le: datetime.date, issue_texte: str, par: Any
) -> RecoursEP:
    """Record how the appeal ended; a sanction annulled never was: it is lifted from the day it took effect.

    Raises RegleMetier: no outcome, a date before the appeal or to come, a silence shorter than the law says.
    """
    lu = verrouiller_dossier(dossier)
    recours = lu.recours.select_for_update(of=("self",)).filter(issue=IssueRecours.EN_COURS).first()
    if recours is None or not issue:
        raise RegleMetier("Aucun recours n’est en cours sur ce dossier." if issue else "Choisissez l’issue du recours.")
    if not recours.recu_le <= issue_le <= timezone.localdate():
        raise RegleMetier(
            f"L’issue se date du {date_longue(recours.recu_le)}, jour du recours, à aujourd’hui.", champ="issue_le"
        )
    if issue == IssueRecours.TACITE and issue_le < (silence := fin_du_silence(Regime.lire(lu.regime), recours.recu_le)):
        raise RegleMetier(
            f"Le silence vaut rejet le {date_longue(silence)} : deux mois après le recours.", champ="issue_le"
        )
    recours.issue, recours.issue_le, recours.issue_texte = IssueRecours(issue), issue_le, issue_texte.strip()
    enregistrer(recours)
    decision = _decision(lu)
    if issue == IssueRecours.ANNULE and decision.sens == SensEP.SANCTION and decision.levee_le is None:
        decision.levee_le, decision.levee_motif = decision.effet_le or issue_le, "Décision annulée sur recours."
        enregistrer(decision)
    changer(lu, "trancher_recours_ep", par)
    return recours


def obstacles_a_la_cloture(decision: DecisionEP | None, jour: datetime.date) -> list[str]:
    """Return why a notified file cannot be closed yet, in words."""
    if decision is None:
        return []
    dits = []
    if decision.recours_jusqu_au and jour <= decision.recours_jusqu_au:
        dits.append(f"Un recours reste possible jusqu’au {date_longue(decision.recours_jusqu_au)} inclus.")
    if decision.sens == SensEP.REORIENTER and decision.orientation_id is None:
        dits.append("La réorientation décidée n’est pas encore ouverte dans le parcours.")
    if decision.fin and decision.levee_le is None and jour < decision.fin:
        dits.append(f"La sanction court jusqu’au {date_longue(decision.fin - datetime.timedelta(days=1))}.")
    return dits


@transaction.atomic
def clore_dossier_ep(*, dossier: DossierEP, par: Any) -> DossierEP:
    """Close a file once everything has taken effect. Raises RegleMetier saying what is still open."""
    lu = verrouiller_dossier(dossier)
    if obstacles := obstacles_a_la_cloture(DecisionEP.objects.filter(dossier=lu).first(), timezone.localdate()):
        raise RegleMetier(" ".join(obstacles))
    changer(lu, "clore_dossier_ep", par)
    return lu
