"""Indicators that add up to another: hiding one small part is no use when the others and the total are shown.

The parts are rarely on one page: two fiches, two lines of the observatoire. The same rule hides them everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pdi.socle.masquage import SEUIL_INTERNE, masquer_liste, masquer_tableau

from .formule import Formule, Valeur

# A total, and the indicators whose numerators are its parts.
PARTITIONS: Mapping[str, tuple[str, ...]] = {
    "prescriptions": (
        "prescriptions_referent", "prescriptions_prestataire", "prescriptions_auto", "prescriptions_plateforme",
    ),
    "reorientations": ("reorientations_vers_spe", "reorientations_hors_spe"),
}  # fmt: skip

_TOTAL_DE = {part: total for total, parts in PARTITIONS.items() for part in parts} | {t: t for t in PARTITIONS}


def partition_de(code: str) -> tuple[str, ...]:
    """Return the codes of the partition of an indicator, its total first; empty when it is in none."""
    total = _TOTAL_DE.get(code)
    return (total, *PARTITIONS[total]) if total else ()


def avec_la_famille(formules: Iterable[Formule], connues: Mapping[str, Formule]) -> list[Formule]:
    """Return the formulas, then those of their partitions that are not among them."""
    demandees = {f.code: f for f in formules}
    for formule in list(demandees.values()):
        for code in partition_de(formule.code):
            demandees.setdefault(code, connues[code])
    return list(demandees.values())


def caches(valeurs: Mapping[str, Valeur], seuil: int = SEUIL_INTERNE) -> set[str]:
    """Return the indicators to hide among `valeurs` (by code, one group), so that no part is found by difference."""
    trouves: set[str] = set()
    for total, parts in PARTITIONS.items():
        if total not in valeurs or any(p not in valeurs for p in parts):
            continue
        liste = masquer_liste([int(valeurs[p].numerateur) for p in parts], seuil)
        trouves |= {p for p, cache in zip(parts, liste.cases, strict=True) if cache}
        trouves |= {total} if liste.total else set()
    return trouves


def caches_par_groupe(
    valeurs: Mapping[str, Mapping[str | None, Valeur]], seuil: int = SEUIL_INTERNE
) -> dict[str, set[str | None]]:
    """Return, by indicator, the groups of an axis to hide: `valeurs` are {code: {group: value}}.

    The totals of the whole are shown elsewhere: where only hiding them would do, every group of the indicator is.
    """
    trouves: dict[str, set[str | None]] = {}
    for total, parts in PARTITIONS.items():
        if total not in valeurs or any(p not in valeurs for p in parts):
            continue
        groupes = list(dict.fromkeys(g for code in (total, *parts) for g in valeurs[code]))
        if not groupes:
            continue
        comptes = [[_compte(valeurs[p].get(g)) for p in parts] for g in groupes]
        masques = masquer_tableau(comptes, seuil)
        for j, part in enumerate(parts):
            siens = {g for g, ligne in zip(groupes, masques.cases, strict=True) if ligne[j]}
            trouves[part] = set(groupes) if masques.colonnes[j] and siens else siens
        lignes = {g for g, cache in zip(groupes, masques.lignes, strict=True) if cache}
        trouves[total] = set(groupes) if masques.total and lignes else lignes
    return trouves


def _compte(valeur: Valeur | None) -> int:
    return int(valeur.numerateur) if valeur else 0
