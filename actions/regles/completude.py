"""What a fiche still lacks, in words. Pure: facts in, sentences out.

Expected: a pilote, whatever the layout (nobody writes the bilan otherwise); the sections that the layout says are
expected; dates and indicators when the layout has a place for them; a target and a value per followed indicator.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from actions.models.gabarit import RubriqueFiche as R

# What is missing when an expected section is empty.
PHRASES = {
    R.CONTEXTE: "un constat",
    R.OBJECTIFS_GENERAUX: "un objectif général",
    R.OBJECTIFS: "un objectif opérationnel",
    R.PUBLICS: "un public",
    R.TERRITOIRES: "un territoire",
    R.PARTENAIRES_INTERNES: "un partenaire interne",
    R.PARTENAIRES_EXTERNES: "un partenaire externe",
    R.MISE_EN_OEUVRE: "un service ou un organisme de mise en œuvre",
    R.CONTRACTUALISATION: "un cadre de contractualisation",
    R.CONDITIONS: "une condition de réussite",
    R.RESULTATS: "un résultat attendu",
    R.PERIODICITE: "une périodicité d’évaluation",
}
# Judged on their own below, or by the campaign of bilans.
A_PART = frozenset({R.PILOTAGE, R.CALENDRIER, R.INDICATEURS, R.FINANCEMENT, R.BILAN})


@dataclass(frozen=True, slots=True)
class FaitsFiche:
    """What completeness needs to know of a fiche. The counts are of active indicators only.

    `remplies`: sections that hold something; `attendues`: those the layout expects; `prevues`: those it has.
    `annee` None: values of a year are not judged.
    """

    remplies: Collection[str]
    attendues: Collection[str]
    prevues: Collection[str]
    a_un_pilote: bool
    a_des_dates: bool
    indicateurs: int
    sans_cible: int
    sans_valeur: int
    sans_definition: int = 0
    financements_sans_montant: int = 0
    annee: int | None = None


@dataclass(frozen=True, slots=True)
class Manque:
    """One thing that is missing: a phrase that completes « il manque… », and the section where it is entered."""

    code: str
    phrase: str
    rubrique: str

    def __str__(self) -> str:
        """Return the phrase."""
        return self.phrase


def _pour(compte: int, singulier: str) -> str:
    return f"{singulier} pour {compte} indicateur{'s' if compte > 1 else ''}"


def manques(faits: FaitsFiche) -> list[Manque]:
    """Return what is missing, most important first; empty when the fiche is complete."""
    trouves: list[Manque] = []
    if not faits.a_un_pilote:
        trouves.append(Manque("pilote", "un pilote", R.PILOTAGE))
    trouves += [
        Manque(rubrique, PHRASES[R(rubrique)], rubrique)
        for rubrique in R.values
        if rubrique in faits.attendues and rubrique not in faits.remplies and rubrique not in A_PART
    ]
    if not faits.a_des_dates and R.CALENDRIER in faits.prevues:
        trouves.append(Manque("dates", "des dates", R.CALENDRIER))
    if R.INDICATEURS in faits.prevues and not faits.indicateurs:
        trouves.append(Manque("indicateurs", "un indicateur", R.INDICATEURS))
    if faits.sans_cible:
        trouves.append(Manque("cibles", _pour(faits.sans_cible, "une cible"), R.INDICATEURS))
    if faits.sans_valeur and faits.annee is not None:
        trouves.append(Manque("valeurs", _pour(faits.sans_valeur, f"une valeur {faits.annee}"), R.INDICATEURS))
    if faits.sans_definition:
        trouves.append(Manque("definitions", _pour(faits.sans_definition, "une définition"), R.INDICATEURS))
    if R.FINANCEMENT in faits.attendues and R.FINANCEMENT not in faits.remplies:
        trouves.append(Manque("financement", "un plan de financement", R.FINANCEMENT))
    if compte := faits.financements_sans_montant:
        pluriel = "s" if compte > 1 else ""
        trouves.append(Manque("montants", f"un montant pour {compte} financeur{pluriel}", R.FINANCEMENT))
    return trouves


def enumerer(elements: Collection[Manque | str]) -> str:
    """Return « a, b et c »."""
    mots = [str(e) for e in elements]
    return mots[0] if len(mots) == 1 else f"{', '.join(mots[:-1])} et {mots[-1]}" if mots else ""
