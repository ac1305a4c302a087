"""What an orientation is asked with, and what may stop it. Shared by one person's decision and by the lot's."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from parcours.models import CapaciteAccueil, Motif, Orientation, OrigineOrientation, Personne
from parcours.propositions import PropositionDatee
from parcours.regles.accueil import Accueil, Places
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import RegleMetier
from pdi.structures.models import Structure


@dataclass(frozen=True)
class SaisieOrientation:
    """A decision: `type_decide`, `organisme` (OARSA) and `mode` are the codes of the models; `le` its day.

    `motif_texte` is mandatory to exceed a capacity; `notifiee_le` the day the person was told, if known.
    """

    type_decide: str
    organisme: str
    structure: Structure
    mode: str
    le: datetime.date
    motif: Motif | None = None
    motif_texte: str = ""
    notifiee_le: datetime.date | None = None
    origine: str = OrigineOrientation.MANUELLE


class ConfirmationRequise(RegleMetier):
    """An orientation in force would be shortened: the author must see it and confirm it by its key."""

    def __init__(self, orientation: Orientation, le: datetime.date) -> None:
        """Keep the orientation that would end on `le`, excluded."""
        super().__init__("Une orientation est en cours : confirmez qu’elle prend fin avant d’enregistrer la nouvelle.")
        self.orientation, self.le = orientation, le

    @property
    def dernier_jour(self) -> datetime.date:
        """Return the last day the shortened orientation would keep."""
        return self.le - datetime.timedelta(days=1)


class CapaciteDepassee(RegleMetier):
    """The structure has no place left; with a motive in words, the orientation is still possible."""

    def __init__(self, structure: Structure, pleines: Iterable[Places]) -> None:
        """Say which capacity is full."""
        dites = ", ".join(p.phrase for p in pleines)
        super().__init__(
            f"{structure} n’a plus de place ({dites}). Pour orienter quand même, précisez pourquoi.",
            champ="motif_texte",
        )


def verrouiller_accueil(structure: Structure, jour: datetime.date) -> Accueil:
    """Return the capacities of `structure` on `jour`, locked: two people never take the last place together."""
    capacites = CapaciteAccueil.objects.filter(structure=structure).au(jour)
    list(capacites.select_for_update().order_by("pk").values_list("pk"))
    lues = capacites.avec_occupation(jour)
    return Accueil(Places(structure.pk, c.mode, c.places, c.prises) for c in lues)  # type: ignore[attr-defined]


def mode_quitte(orientations: Iterable[Orientation], structure: Structure, le: datetime.date) -> str | None:
    """Return the mode of the orientation to `structure` in force on `le`, None when there is none."""
    return next((o.mode for o in orientations if o.structure_id == structure.pk and le in o.periode), None)


def accueillants(structure: Structure) -> list[Utilisateur]:
    """Return the encadrants of a structure today: they are told who comes."""
    return list(
        Utilisateur.objects.filter(
            is_active=True,
            habilitations__role=Role.ENCADRANT,
            habilitations__structure=structure,
            habilitations__periode__contains=timezone.localdate(),
        ).distinct()
    )


def composer_orientation(
    *,
    personne: Personne,
    rang: int,
    saisie: SaisieOrientation,
    origine: str,
    proposee: PropositionDatee,
    depassement: bool,
    par: Utilisateur,
) -> Orientation:
    """Return the orientation decided by `par`, not written yet; `rang` counts those of the person from 1."""
    return Orientation(
        personne=personne,
        rang=rang,
        periode=DateRange(saisie.le, None),
        decidee_le=saisie.le,
        notifiee_le=saisie.notifiee_le,
        type_propose=proposee.proposition.type,
        motif_proposition=proposee.proposition.texte,
        regle=proposee.regle,
        type_decide=saisie.type_decide,
        motif=saisie.motif,
        motif_texte=saisie.motif_texte.strip(),
        organisme=saisie.organisme,
        structure=saisie.structure,
        mode=saisie.mode,
        origine=origine,
        diagnostic=proposee.diagnostic,
        decidee_par=par,
        depassement=depassement,
    )
