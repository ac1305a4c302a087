"""What a meeting may be made of: who may hold it, where; and the first values a form offers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from parcours.models import AffectationReferent, Entretien, EtatEntretien, NatureEntretien, Orientation
from parcours.operations.entretiens import RendezVous
from parcours.regles.delais import Echeance, Regime, echeance_premier_rendez_vous
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import RegleMetier
from pdi.structures.models import NatureStructure, Structure

DUREE = 45


@dataclass(frozen=True)
class Possibles:
    """Agents and structures among which a meeting of a person is planned, the likely one first."""

    agents: list[Utilisateur]
    structures: list[Structure]
    nature: str


def _structures(utilisateur: Any, affectation: Any, orientation: Any) -> list[Structure]:
    liees = [affectation and affectation.structure, orientation and orientation.structure]
    liees += [h.structure for h in utilisateur.habilitations_actives if h.role != Role.PRESTATAIRE]
    uniques = {s.pk: s for s in liees if s is not None}
    if not uniques:  # an agent of the whole département, before any orientation
        services = Structure.objects.filter(nature=NatureStructure.SERVICE).order_by("nom")
        uniques = {s.pk: s for s in services}
    return list(uniques.values())


def _agents(utilisateur: Any, affectation: Any) -> list[Utilisateur]:
    suivent = [affectation.referent, affectation.binome] if affectation else []
    uniques = {u.pk: u for u in [*suivent, utilisateur] if u is not None and u.is_active}
    if affectation and utilisateur.a_role(Role.ENCADRANT):
        equipe = Utilisateur.objects.filter(
            is_active=True, habilitations__role=Role.REFERENT, habilitations__structure=affectation.structure_id,
            habilitations__periode__contains=timezone.localdate(),
        )  # fmt: skip
        uniques |= {u.pk: u for u in equipe.distinct() if u.pk not in uniques}
    return list(uniques.values())


def possibles(personne: Any, utilisateur: Any) -> Possibles:
    """Return what a meeting of `personne`, planned by `utilisateur` today, may be made of. Four queries at most."""
    jour = timezone.localdate()
    affectation = (
        AffectationReferent.objects.filter(personne=personne, periode__contains=jour)
        .select_related("structure", "referent", "binome")
        .first()
    )
    orientation = Orientation.objects.au(jour).filter(personne=personne).select_related("structure").first()
    tenu = (
        orientation is not None
        and Entretien.objects.filter(
            Q(etat=EtatEntretien.TENU, debut__date__gte=orientation.decidee_le) | Q(etat=EtatEntretien.PREVU),
            personne=personne,
        ).exists()
    )
    if orientation is None:
        nature = NatureEntretien.ORIENTATION
    else:
        nature = NatureEntretien.SUIVI if tenu else NatureEntretien.PREMIER
    return Possibles(_agents(utilisateur, affectation), _structures(utilisateur, affectation, orientation), nature)


def valeurs_initiales(choix: Possibles, jour: datetime.date | None = None) -> dict[str, Any]:
    """Return what an empty form offers."""
    return {
        "nature": choix.nature, "jour": jour, "duree_min": DUREE,
        "structure": choix.structures[0].pk if choix.structures else None,
        "agent": choix.agents[0].pk if choix.agents else None,
    }  # fmt: skip


def valeurs_de(entretien: Entretien) -> dict[str, Any]:
    """Return the values of a meeting, for the form that moves it."""
    quand = timezone.localtime(entretien.debut)
    return {
        "nature": entretien.nature, "jour": quand.date(), "heure": quand.time(), "duree_min": entretien.duree_min,
        "lieu": entretien.lieu, "structure": entretien.structure_id, "agent": entretien.agent_id,
        "version": entretien.version,
    }  # fmt: skip


def echeance_premier(personne: Any, regimes: Iterable[Regime], jour: datetime.date) -> Echeance | None:
    """Return the deadline of the first meeting after today's orientation, None when it was held or nothing is due."""
    orientation = Orientation.objects.au(jour).filter(personne=personne).first()
    if orientation is None:
        return None
    tenus = Entretien.objects.filter(personne=personne, etat=EtatEntretien.TENU)
    if tenus.filter(debut__date__gte=orientation.decidee_le).exists():
        return None
    try:
        return echeance_premier_rendez_vous(regimes, orientation.decidee_le)
    except LookupError:  # no regime recorded for that date: nothing can be said
        return None


def rendez_vous_immediat(personne: Any, utilisateur: Any, instant: datetime.datetime) -> RendezVous:
    """Return a meeting that begins now (to the last five minutes), held by the user, with the likely structure."""
    choix = possibles(personne, utilisateur)
    if not choix.structures:
        raise RegleMetier("Aucune structure n’est connue pour ce rendez-vous : planifiez-le, en la choisissant.")
    debut = instant.replace(minute=instant.minute - instant.minute % 5, second=0, microsecond=0)
    return RendezVous(choix.nature, debut, DUREE, choix.structures[0], utilisateur)
