"""Writes of decisions: noted during the meeting, then followed by who carries them."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gouvernance.droits_decisions import acteurs_de_decision
from gouvernance.models import Decision, EtatDecision, EtatSeance, Seance, TransitionDecision
from gouvernance.regles.seances import AUTOMATE_DECISION, faute_de_votes, quorum
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir

from .propositions import rattacher_decision
from .seances import verrouiller

CHAMPS = ("texte", "type", "pour", "contre", "abstentions", "unanimite", "responsable", "structure", "echeance")


def _verifier(seance: Seance, decision: Decision) -> None:
    if decision.point_id and decision.point is not None and decision.point.seance_id != seance.pk:
        raise RegleMetier("Ce point est à l’ordre du jour d’une autre séance.", champ="point")
    lues = quorum(seance.presences.values_list("membre__voix", "etat"), seance.quorum)
    faute = faute_de_votes(
        lues.presentes, decision.pour, decision.contre, decision.abstentions, unanimite=decision.unanimite
    )
    if faute:
        raise RegleMetier(faute, champ="pour")


@transaction.atomic
def noter_decision(*, seance: Seance, par: Any, cle: uuid.UUID | None = None, **champs: Any) -> Decision:
    """Note a decision of an open meeting. The same `cle` sent again gives the decision already written.

    Raises DroitInsuffisant, RegleMetier: the meeting is not open, votes that cannot be.
    """
    lue = verrouiller(seance, par, (EtatSeance.OUVERTE,))
    if cle is not None and (deja := Decision.objects.filter(cle=cle, seance=lue).first()) is not None:
        return deja
    numero = (lue.decisions.aggregate(m=Max("numero"))["m"] or 0) + 1
    decision = Decision(seance=lue, numero=numero, cle=cle, demonstration=lue.demonstration, **champs)
    _verifier(lue, decision)
    enregistrer(decision)
    TransitionDecision.objects.create(decision=decision, vers=EtatDecision.A_FAIRE, par=par)
    journaliser(par=par, verbe="noter_decision", objet=decision, apres=etat_de(decision, CHAMPS))
    rattacher_decision(decision, par)
    _confier(decision, par)
    return decision


def _confier(decision: Decision, par: Any) -> None:
    """Tell who carries it."""
    if decision.responsable_id and decision.responsable_id != par.pk:
        prevenir(
            destinataires=[decision.responsable], titre="Une décision vous est confiée",
            texte=decision.texte[:200], url=decision.get_absolute_url(),
        )  # fmt: skip


@transaction.atomic
def modifier_decision(*, decision: Decision, version: int, par: Any, **champs: Any) -> Decision:
    """Correct a decision while its meeting is open. Raises RegleMetier: changed meanwhile, meeting held."""
    seance = verrouiller(decision.seance, par, (EtatSeance.OUVERTE,))
    lue = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if lue.version != version:
        raise RegleMetier("Cette décision a été modifiée entre-temps : relisez-la, puis reprenez votre saisie.")
    avant, porteur, point = etat_de(lue, CHAMPS), lue.responsable_id, lue.point_id
    for nom, valeur in champs.items():
        setattr(lue, nom, valeur)
    _verifier(seance, lue)
    lue.version += 1
    enregistrer(lue)
    journaliser(par=par, verbe="modifier_decision", objet=lue, avant=avant, apres=etat_de(lue, CHAMPS))
    if lue.point_id != point:
        rattacher_decision(lue, par)
    if lue.responsable_id != porteur:
        _confier(lue, par)
    return lue


@transaction.atomic
def suivre_decision(
    *, decision: Decision, verbe: str, par: Any, commentaire: str = "", echeance: datetime.date | None = None
) -> Decision:
    """Move a decision along its machine; done, the comment is what was done; put off, `echeance` is the new day.

    Raises TransitionImpossible, DroitInsuffisant, RegleMetier: no comment, no new day.
    """
    lue = Decision.objects.select_for_update(of=("self",)).select_related("seance__instance").get(pk=decision.pk)
    acteurs = acteurs_de_decision(par, lue)
    exiger(AUTOMATE_DECISION.verdict(verbe, de=lue.etat, acteurs=acteurs, commentaire=commentaire or "-"))
    valeurs: dict[str, Any] = {"version": lue.version + 1}
    if verbe == "tenir_decision":
        valeurs["preuve"] = commentaire.strip()
    if verbe == "reporter_decision":
        if echeance is None or echeance < timezone.localdate():
            raise RegleMetier("Dites pour quel jour à venir la décision est reportée.", champ="echeance")
        valeurs["echeance"] = echeance
    changer_etat(
        automate=AUTOMATE_DECISION, verbe=verbe, objet=lue, acteurs=acteurs, ligne=TransitionDecision, cle="decision",
        par=par, commentaire=commentaire, valeurs=valeurs,
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=lue, commentaire=commentaire)
    return lue
