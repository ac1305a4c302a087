"""The meetings planned with a référent who is replaced: handed over, cancelled or left, as the author chose."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from parcours.models import AffectationReferent, Entretien, EtatEntretien, TransitionEntretien
from pdi.socle.contexte import ecran_courant
from pdi.socle.formats import compte
from pdi.socle.models import EntreeJournal

LAISSER, CONFIER, ANNULER = "laisser", "confier", "annuler"
CHOIX = (
    (CONFIER, "Les confier au nouveau référent"),
    (ANNULER, "Les annuler"),
    (LAISSER, "Les laisser à l’ancien référent"),
)
MOTIF = "Changement de référent"


def rendez_vous_de(finies: Collection[int], debut: datetime.date) -> Any:
    """Return the meetings planned from `debut` on with the référents of the follow-ups `finies`, by their keys."""
    leurs = AffectationReferent.objects.filter(
        pk__in=finies, personne=OuterRef("personne"), referent=OuterRef("agent")
    )  # fmt: skip
    return Entretien.objects.filter(Exists(leurs), etat=EtatEntretien.PREVU, debut__date__gte=debut)


def _simultanes(touches: Any, referent: Any) -> int:
    """Return how many of these meetings begin at the same time as one the new référent already has."""
    siens = Entretien.objects.filter(agent=referent, etat=EtatEntretien.PREVU, debut=OuterRef("debut"))
    return int(touches.filter(Exists(siens)).count()) if referent is not None else 0


def annoncer(combien: int, touches: Any, saisie: Any) -> tuple[list[str], list[str]]:
    """Return what will become of these `combien` meetings, and what the author must look at; empty when none."""
    if not combien:
        return [], []
    prevus = compte(combien, "rendez-vous prévu", "rendez-vous prévus")
    if saisie.rendez_vous == ANNULER:
        return [f"{prevus} avec l’ancien référent\u00a0: annulés, les personnes restent à prévenir."], []
    if saisie.rendez_vous == LAISSER:
        return [], [f"{prevus} avec l’ancien référent restent à son nom."]
    ensemble = _simultanes(touches, saisie.referent)
    alerte = f"{ensemble} au même moment qu’un autre rendez-vous de {saisie.qui}\u00a0: à déplacer ensuite."
    return [f"{prevus} avec l’ancien référent\u00a0: confiés à {saisie.qui}."], [alerte] if ensemble else []


def faire_suivre(touches: Any, saisie: Any, par: Any) -> int:
    """Do it, by sets, in the transaction of the caller; return how many meetings changed."""
    cles = [] if saisie.rendez_vous == LAISSER else list(touches.order_by("pk").values_list("pk", flat=True))
    if not cles:
        return 0
    lignes = Entretien.objects.filter(pk__in=cles)
    change: dict[str, Any] = {"version": F("version") + 1, "modifie_le": timezone.now()}
    if saisie.rendez_vous == ANNULER:
        lignes.update(**change, etat=EtatEntretien.ANNULE, motif=MOTIF, brouillon=None)
        TransitionEntretien.objects.bulk_create(
            TransitionEntretien(
                entretien_id=cle, de=EtatEntretien.PREVU, vers=EtatEntretien.ANNULE, par=par, commentaire=MOTIF
            )
            for cle in cles
        )
    else:
        lignes.update(**change, agent=saisie.referent, structure=saisie.structure)
    _journaliser(cles, saisie, par)
    return len(cles)


def _journaliser(cles: list[int], saisie: Any, par: Any) -> None:
    annule = saisie.rendez_vous == ANNULER
    EntreeJournal.objects.bulk_create(
        EntreeJournal(
            par=par, ecran=ecran_courant(), verbe="annuler_entretien" if annule else "deplacer_entretien",
            objet_type=Entretien._meta.label_lower, objet_id=str(cle), objet_libelle="Rendez-vous",
            apres={"état": "Annulé"} if annule else {"agent": saisie.qui, "structure": str(saisie.structure)},
            commentaire=f"{MOTIF}.",
        )
        for cle in cles
    )  # fmt: skip
