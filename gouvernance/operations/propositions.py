"""Writes of participation: trainings of members, proposals followed to their outcome."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from actions.models import FicheAction
from gouvernance.droits_instances import peut_tenir_instance
from gouvernance.droits_participation import peut_tenir_proposition
from gouvernance.models import (
    Decision,
    DialogueTerritorial,
    EtatProposition,
    FormationMembres,
    Instance,
    Membre,
    Proposition,
    Seance,
    TransitionProposition,
)
from gouvernance.regles.participation import AUTOMATE_PROPOSITION
from gouvernance.regles.seances import SECRETARIAT
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir

REPONDUES = (EtatProposition.RETENUE, EtatProposition.ECARTEE, EtatProposition.REALISEE)
CHAMPS = ("titre", "texte", "deposee_le", "seance", "fiche")
CHAMPS_FORMATION = ("intitule", "theme", "jour", "heures", "organisme")
CHANGEE = "{} a été modifiée entre-temps : relisez-la, puis reprenez votre saisie."


def _verifier_seance(seance: Seance | None, instance: Instance) -> None:
    if seance is not None and seance.instance_id != instance.pk:
        raise RegleMetier("Cette séance est celle d’une autre instance.", champ="seance")


@transaction.atomic
def deposer_proposition(
    *, instance: Instance, deposee_le: datetime.date, par: Any, dialogue: DialogueTerritorial | None = None,
    **champs: Any,
) -> Proposition:  # fmt: skip
    """Note what a group or a dialogue proposes; its number runs within the body and the year.

    Raises DroitInsuffisant, RegleMetier: a day to come, a meeting of another body.
    """
    lue = Instance.objects.select_for_update(of=("self",)).get(pk=instance.pk)
    exiger(peut_tenir_instance(par, lue))
    if deposee_le > timezone.localdate():
        raise RegleMetier("Une proposition ne se dépose pas à une date à venir.", champ="deposee_le")
    _verifier_seance(champs.get("seance"), lue)
    siennes = Proposition.objects.filter(instance=lue, deposee_le__year=deposee_le.year)
    numero = (siennes.aggregate(m=Max("numero"))["m"] or 0) + 1
    proposition = Proposition(
        instance=lue, dialogue=dialogue, numero=numero, deposee_le=deposee_le, demonstration=lue.demonstration, **champs
    )
    enregistrer(proposition)
    TransitionProposition.objects.create(proposition=proposition, vers=EtatProposition.DEPOSEE, par=par)
    journaliser(par=par, verbe="deposer_proposition", objet=proposition, apres=etat_de(proposition, CHAMPS))
    return proposition


def _verrouiller(proposition: Proposition, par: Any) -> Proposition:
    lues = Proposition.objects.select_for_update(of=("self",)).select_related("instance")
    lue = lues.get(pk=proposition.pk)
    exiger(peut_tenir_proposition(par, lue))
    return lue


@transaction.atomic
def modifier_proposition(*, proposition: Proposition, version: int, par: Any, **champs: Any) -> Proposition:
    """Correct the words of a proposal that waits for its outcome. Raises RegleMetier: changed meanwhile, answered."""
    lue = _verrouiller(proposition, par)
    if lue.version != version:
        raise RegleMetier(CHANGEE.format("Cette proposition"))
    if lue.etat not in (EtatProposition.DEPOSEE, EtatProposition.EXAMINEE):
        raise RegleMetier("Cette proposition a reçu sa suite : réexaminez-la avant de changer ses mots.")
    _verifier_seance(champs.get("seance"), lue.instance)
    avant = etat_de(lue, CHAMPS)
    for nom, valeur in champs.items():
        setattr(lue, nom, valeur)
    lue.version += 1
    enregistrer(lue)
    journaliser(par=par, verbe="modifier_proposition", objet=lue, avant=avant, apres=etat_de(lue, CHAMPS))
    return lue


@transaction.atomic
def suivre_proposition(
    *, proposition: Proposition, verbe: str, par: Any, commentaire: str = "", decision: Decision | None = None,
    fiche: FicheAction | None = None,
) -> Proposition:  # fmt: skip
    """Say what becomes of a proposal; the group reads `commentaire`, members with an account are told.

    Raises TransitionImpossible, DroitInsuffisant, RegleMetier: no motive, nothing that takes it.
    """
    lue = _verrouiller(proposition, par)
    valeurs: dict[str, Any] = {"version": lue.version + 1, "suite": commentaire.strip()}
    if verbe == "retenir_proposition":
        valeurs |= {"decision": decision or lue.decision, "fiche": fiche or lue.fiche}
        if valeurs["decision"] is None and valeurs["fiche"] is None:
            raise RegleMetier(
                "Dites quelle décision ou quelle fiche-action la reprend : c’est ce que le groupe suivra.",
                champ="decision",
            )
    changer_etat(
        automate=AUTOMATE_PROPOSITION, verbe=verbe, objet=lue, acteurs={SECRETARIAT}, ligne=TransitionProposition,
        cle="proposition", par=par, commentaire=commentaire, valeurs=valeurs,
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=lue, commentaire=commentaire)
    if lue.etat in REPONDUES:
        sieges = lue.instance.membres.au(timezone.localdate()).filter(compte__isnull=False).exclude(compte=par)
        prevenir(
            destinataires=[m.compte for m in sieges.select_related("compte")],
            titre=f"Proposition {lue.get_etat_display().lower()}", texte=f"{lue}. {lue.suite}".strip()[:250],
            url=lue.get_absolute_url(),
        )  # fmt: skip
    return lue


def rattacher_decision(decision: Decision, par: Any) -> None:
    """Tie a decision to the proposals its point is about, which are then examined. Called as the decision is noted."""
    point = decision.point
    if point is None or point.proposition_id is None:
        return
    siennes = Q(pk=point.proposition_id) | Q(pk__in=point.autres_propositions.values("pk"))
    for lue in Proposition.objects.filter(siennes).select_for_update(of=("self",)).order_by("pk"):
        lue.decision = decision
        lue.save(update_fields=["decision"])
        if lue.etat == EtatProposition.DEPOSEE:
            changer_etat(
                automate=AUTOMATE_PROPOSITION, verbe="examiner_proposition", objet=lue, acteurs={SECRETARIAT},
                ligne=TransitionProposition, cle="proposition", par=par, valeurs={"version": lue.version + 1},
                commentaire=f"{decision.get_type_display()} : {decision.texte}"[:500],
            )  # fmt: skip
        journaliser(par=par, verbe="examiner_proposition", objet=lue, apres={"Décision": str(decision)})


# -- trainings --------------------------------------------------------------------------------


def _participants(instance: Instance, membres: Iterable[Membre], jour: datetime.date) -> list[Membre]:
    lus = list(membres)
    if any(m.instance_id != instance.pk for m in lus):
        raise RegleMetier("Un des membres choisis siège dans une autre instance.", champ="participants")
    if any(jour not in m.mandat for m in lus):
        raise RegleMetier("Un des membres choisis n’était pas en fonction ce jour-là.", champ="participants")
    return lus


@transaction.atomic
def enregistrer_formation(
    *, instance: Instance, participants: Iterable[Membre], par: Any, **champs: Any
) -> FormationMembres:
    """Keep a training of members. Raises DroitInsuffisant, RegleMetier: a member of another body, not in office."""
    exiger(peut_tenir_instance(par, instance))
    formation = FormationMembres(instance=instance, demonstration=instance.demonstration, **champs)
    enregistrer(formation)
    formation.participants.set(_participants(instance, participants, formation.jour))
    journaliser(par=par, verbe="enregistrer_formation", objet=formation, apres=_dire(formation))
    return formation


def _dire(formation: FormationMembres) -> dict[str, Any]:
    """Return what the journal says: how many were trained, never who."""
    return etat_de(formation, CHAMPS_FORMATION) | {"Membres formés": formation.participants.count()}


@transaction.atomic
def modifier_formation(
    *, formation: FormationMembres, version: int, participants: Iterable[Membre], par: Any, **champs: Any
) -> FormationMembres:
    """Correct a training. Raises as `enregistrer_formation` does, and RegleMetier when it changed meanwhile."""
    lue = FormationMembres.objects.select_for_update(of=("self",)).select_related("instance").get(pk=formation.pk)
    exiger(peut_tenir_instance(par, lue.instance))
    if lue.version != version:
        raise RegleMetier(CHANGEE.format("Cette formation"))
    avant = _dire(lue)
    for nom, valeur in champs.items():
        setattr(lue, nom, valeur)
    lue.version += 1
    enregistrer(lue)
    lue.participants.set(_participants(lue.instance, participants, lue.jour))
    journaliser(par=par, verbe="modifier_formation", objet=lue, avant=avant, apres=_dire(lue))
    return lue


@transaction.atomic
def supprimer_formation(*, formation: FormationMembres, par: Any) -> None:
    """Remove a training written by mistake."""
    exiger(peut_tenir_instance(par, formation.instance))
    journaliser(par=par, verbe="supprimer_formation", objet=formation, avant=_dire(formation))
    formation.delete()
