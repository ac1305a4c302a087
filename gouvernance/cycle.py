"""The yearly cycle of the programme: bilans, comités, report, vote before 31 March; what is done, late, next."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from actions.models import Campagne, Programme
from gouvernance.models import EtatSeance, NatureInstance, Seance, VersionRapport
from gouvernance.regles.rapport import echeance_deliberation
from gouvernance.regles.seances import compte_a_rebours
from pdi.socle.composants import Etape
from pdi.socle.formats import date_longue

COMITES = (
    (NatureInstance.COMITE_TECHNIQUE, "Comité technique"),
    (NatureInstance.COMITE_PILOTAGE, "Comité de pilotage"),
)


@dataclass(frozen=True)
class Cycle:
    """The cycle that ends with the vote of year `annee`, on the year before."""

    annee: int
    etapes: list[Etape]
    ton: str
    phrase: str


def cycle(utilisateur: Any, annee: int, jour: datetime.date) -> Cycle | None:
    """Return the cycle of `annee` for the département's programme, None when the reader sees none (five queries)."""
    exercice = annee - 1
    programmes = Programme.objects.visibles_par(utilisateur).du_departement()
    programme = programmes.filter(annee_debut__lte=exercice, annee_fin__gte=exercice).order_by("-annee_debut").first()
    if programme is None:
        return None
    version = (
        VersionRapport.objects.visibles_par(utilisateur)
        .filter(rapport__programme=programme, rapport__annee=exercice, etat="publiee")
        .select_related("deliberation")
        .first()
    )
    vote = getattr(version, "deliberation", None) if version else None
    etapes = [
        _campagne(programme, exercice),
        *_comites(utilisateur, annee),
        (f"Rapport {exercice}", "publié" if version else "à publier", version is not None),
        ("Vote de l’Assemblée", f"le {date_longue(vote.date)}" if vote else "avant le 31 mars", vote is not None),
    ]
    courante = next((i for i, e in enumerate(etapes) if not e[2]), None)
    lues = [
        Etape(titre, detail, "fait" if fait else "courant" if i == courante else "")
        for i, (titre, detail, fait) in enumerate(etapes)
    ]
    ton, phrase = compte_a_rebours(echeance_deliberation(exercice), jour, vote.date if vote else None)
    return Cycle(annee, lues, ton, phrase)


def _campagne(programme: Programme, exercice: int) -> tuple[str, str, bool]:
    lue = Campagne.objects.filter(programme=programme, annee=exercice).first()
    titre = f"Bilans {exercice}"
    if lue is None:
        return titre, "campagne à préparer", False
    if lue.etat == "close":
        return titre, "campagne close", True
    return titre, f"à rendre avant le {date_longue(lue.soumission_avant, annee=False)}", False


def _comites(utilisateur: Any, annee: int) -> list[tuple[str, str, bool]]:
    """Return both comités: the meeting held in the year, else the next one foreseen."""
    seances = Seance.objects.visibles_par(utilisateur).filter(
        debut__year=annee, instance__reference=False, instance__nature__in=[nature for nature, _ in COMITES],
        etat__in=[EtatSeance.PREPAREE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE, EtatSeance.TENUE],
    )  # fmt: skip
    lues = list(seances.order_by("debut").values_list("instance__nature", "etat", "debut"))
    etapes = []
    for nature, titre in COMITES:
        siennes = [(etat, debut) for la_nature, etat, debut in lues if la_nature == nature]
        tenue = next((s for s in siennes if s[0] == EtatSeance.TENUE), None)
        choisie = tenue or next(iter(siennes), None)
        jour = date_longue(timezone.localtime(choisie[1]).date(), annee=False) if choisie else ""
        detail = f"tenu le {jour}" if tenue else f"prévu le {jour}" if choisie else "à prévoir"
        etapes.append((titre, detail, tenue is not None))
    return etapes
