"""What the screens of exits show: the preview of an end, the page of an exit, the follow-ups of a person."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from parcours.droits import sorties as droits
from parcours.forms.sorties import PieceForm
from parcours.models import (
    Contrat,
    DemandeReorientation,
    Entretien,
    EtatEntretien,
    Personne,
    PieceSortie,
    Prescription,
    SituationSuivi,
    Sortie,
    SuiviPostSortie,
    TypeSortie,
)
from parcours.operations.sorties import Fermetures, fermetures
from parcours.regles.sorties import echeances_de_suivi
from pdi.socle.formats import accorder, compte, date_courte

EN_COURS = ("renseignee", "signee", "transmise", "retenue", "en_action")


@dataclass(frozen=True)
class Apercu:
    """What ending the accompaniment closes, what stays open and has its own end, the follow-ups planned."""

    fermetures: Fermetures
    restent: list[str]
    suivis: list[tuple[int, datetime.date]]


def apercu(personne: Personne, jour: datetime.date, type_sortie: TypeSortie) -> Apercu:
    """Read the effect of an end on `jour`, without writing anything. Six queries."""
    restent = [
        f"{contrat}\u00a0: à clore avec son bilan"
        for contrat in Contrat.objects.valides_au(jour).filter(personne=personne.pk)
    ]
    prescriptions = Prescription.objects.filter(personne=personne.pk, etat__in=EN_COURS).count()
    if prescriptions:
        restent.append(f"{compte(prescriptions, 'prescription en cours', 'prescriptions en cours')}")
    prevus = Entretien.objects.filter(personne=personne.pk, etat=EtatEntretien.PREVU, debut__gte=timezone.now()).count()
    if prevus:
        restent.append(f"{compte(prevus, 'rendez-vous prévu', 'rendez-vous prévus')}\u00a0: à annuler")
    if DemandeReorientation.objects.filter(personne=personne.pk).en_attente().exists():
        restent.append("Une demande de réorientation attend\u00a0: à retirer")
    suivis = echeances_de_suivi(jour) if type_sortie.emploi else []
    return Apercu(fermetures(personne, jour), restent, suivis)


class LectureSortie:
    """The page of an exit."""

    def __init__(self, sortie: Sortie, utilisateur: Any, form_piece: PieceForm | None = None) -> None:
        """Keep the exit and its reader."""
        self.sortie, self.utilisateur, self.jour = sortie, utilisateur, timezone.localdate()
        self.form_piece = form_piece or PieceForm()

    @cached_property
    def suivis(self) -> list[SuiviPostSortie]:
        """Return the follow-ups, in order."""
        return list(self.sortie.suivis.select_related("recueilli_par"))

    @cached_property
    def pieces(self) -> list[PieceSortie]:
        """Return the evidence files."""
        return list(self.sortie.pieces.all())

    @property
    def reponse(self) -> str:
        """Return « 2 réponses sur 3 suivis dus », empty when none is due yet."""
        dus = [s for s in self.suivis if s.du_le <= self.jour]
        if not dus:
            return ""
        venus = sum(s.situation not in ("", SituationSuivi.INJOIGNABLE) for s in dus)
        return f"{compte(venus, 'réponse')} sur {len(dus)}\u00a0{accorder(len(dus), 'suivi dû', 'suivis dus')}"

    @property
    def peut_annuler(self) -> bool:
        """Return whether the reader may undo it."""
        return bool(droits.peut_annuler_sortie(self.utilisateur, self.sortie))

    @property
    def ferme(self) -> list[str]:
        """Return what the exit closed, in words."""
        noms = {"affectation": "Le suivi par le référent", "orientation": "L’orientation"}
        lendemain = self.sortie.date
        return [f"{noms[cle]}, au {date_courte(lendemain)}" for cle in self.sortie.fermetures if cle in noms]
