"""The activity of équipes pluridisciplinaires over a year, for who steers and for the annual report. No name, no file.

Counts below the threshold are masked, with what would give them away by difference.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from actions.models import Programme
from gouvernance.models import AvisEP, DecisionEP, RecoursEP, Seance, SensEP, ThemeEP
from pdi.socle.masquage import SEUIL_INTERNE, masquer_tableau

ISSUES = (SensEP.REORIENTER, SensEP.MAINTENIR, SensEP.AUCUNE, SensEP.SANCTION)


@dataclass(frozen=True)
class LigneEP:
    """A theme: how many opinions of each sense; None where it is masked. `total` likewise."""

    theme: str
    libelle: str
    issues: tuple[int | None, ...]
    total: int | None

    @property
    def dites(self) -> list[tuple[int | None, str]]:
        """Return each count with the sense it counts."""
        return _dites(self.issues)


def _dites(comptes: tuple[int | None, ...]) -> list[tuple[int | None, str]]:
    return [(v, str(s.label)) for v, s in zip(comptes, ISSUES, strict=True)]


@dataclass(frozen=True)
class ActiviteEP:
    """A year: meetings held, opinions by theme and sense, decisions and appeals. None: masked."""

    annee: int
    seances: int
    lignes: tuple[LigneEP, ...]
    colonnes: tuple[int | None, ...]
    examines: int | None
    entendues: int | None
    decisions: int | None
    ecarts: int | None
    recours: int | None
    seuil: int

    @property
    def dites(self) -> list[tuple[int | None, str]]:
        """Return the totals with the sense they count."""
        return _dites(self.colonnes)

    @property
    def vide(self) -> bool:
        """Return whether nothing happened that year."""
        return not self.seances and not self.lignes and not self.decisions

    def en_json(self) -> dict[str, Any]:
        """Return it as the frozen content of a report keeps it."""
        return {
            "annee": self.annee, "seances": self.seances, "examines": self.examines, "entendues": self.entendues,
            "decisions": self.decisions, "ecarts": self.ecarts, "recours": self.recours, "seuil": self.seuil,
            "issues": [str(s.label) for s in ISSUES], "colonnes": list(self.colonnes),
            "lignes": [{"theme": x.libelle, "issues": list(x.issues), "total": x.total} for x in self.lignes],
        }  # fmt: skip


def _petit(nombre: int, seuil: int, sur: int | None = None) -> int | None:
    """Return a count, None when it is small, or when what is left of `sur` is: the one gives the other away."""
    return None if 0 < nombre < seuil or (sur is not None and 0 < sur - nombre < seuil) else nombre


def activite_ep(programme: Programme, annee: int, *, seuil: int = SEUIL_INTERNE) -> ActiviteEP:
    """Return the activity of the teams of the département of `programme` over a civil year. Five queries.

    Counted: meetings held in the year; opinions given in the year, by theme of the file and by sense; decisions taken
    in the year, those that depart from the opinion; appeals received in the year.
    """
    if programme.reference:
        return tableau_vide(annee, seuil)
    return tableau_ep(annee, seuil=seuil)


def tableau_vide(annee: int, seuil: int) -> ActiviteEP:
    """Return a year without anything."""
    return ActiviteEP(annee, 0, (), (0,) * len(ISSUES), 0, 0, 0, 0, 0, seuil)


def tableau_ep(annee: int, *, seuil: int = SEUIL_INTERNE) -> ActiviteEP:
    """Return the same for the département of this deployment."""
    lus = AvisEP.objects.filter(rendu_le__year=annee).values_list("dossier__theme", "sens")
    comptes = Counter(lus)
    themes = [t for t in ThemeEP if any(comptes[t.value, s.value] for s in ISSUES)]
    valeurs = [[comptes[t.value, s.value] for s in ISSUES] for t in themes]
    masques = masquer_tableau(valeurs, seuil)
    lignes = tuple(
        LigneEP(
            t.value, str(t.label),
            tuple(None if masques.cases[i][j] else v for j, v in enumerate(valeurs[i])),
            None if masques.lignes[i] else sum(valeurs[i]),
        )
        for i, t in enumerate(themes)
    )  # fmt: skip
    sommes = [sum(v[j] for v in valeurs) for j in range(len(ISSUES))]
    colonnes = tuple(None if masques.colonnes[j] else s for j, s in enumerate(sommes)) if valeurs else (0, 0, 0, 0)
    avis = AvisEP.objects.filter(rendu_le__year=annee)
    decisions = DecisionEP.objects.filter(decidee_le__year=annee).aggregate(
        n=Count("pk"), ecarts=Count("pk", filter=~Q(ecart=""))
    )
    return ActiviteEP(
        annee=annee, seances=Seance.objects.filter(instance__nature="ep", etat="tenue", debut__year=annee).count(),
        lignes=lignes, colonnes=colonnes, examines=None if valeurs and masques.total else sum(sommes),
        entendues=_petit(avis.filter(dossier__audition="entendue").count(), seuil, sum(sommes)),
        decisions=_petit(decisions["n"], seuil), ecarts=_petit(decisions["ecarts"], seuil, decisions["n"]),
        recours=_petit(RecoursEP.objects.filter(recu_le__year=annee).count(), seuil), seuil=seuil,
    )  # fmt: skip


def annees_proposees(annee: int) -> list[int]:
    """Return the years one may read, the current one first."""
    return list(range(annee, annee - 4, -1))
