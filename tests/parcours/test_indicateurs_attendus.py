"""Every indicator, by every axis, equals what plain Python counts on the generated events."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from parcours import oarsa
from parcours.indicateurs import FORMULES, PAR_CODE
from parcours.statistiques import moteur
from parcours.statistiques.formule import AGE, MOIS, OFFRE, SEXE, TERRITOIRE, TYPE, Valeur

from .population import peupler, preparer_monde

pytestmark = pytest.mark.django_db
AXES = (TERRITOIRE, SEXE, AGE, TYPE, MOIS, OFFRE)
HORS_CONTRAT = {"participants"}  # not in docs/indicateurs.md: checked against the others below


def _attendue(brute: dict[str, Any]) -> Valeur:
    return Valeur(
        Decimal(str(brute["numerateur"])),
        None if brute["denominateur"] is None else Decimal(str(brute["denominateur"])),
        brute["manquants"],
        None if brute["mediane"] is None else Decimal(str(brute["mediane"])),
    )


def _groupes(lus: dict[str | None, Valeur]) -> dict[str, Valeur]:
    return {cle: v for cle, v in lus.items() if cle is not None and not v.vide}


def _parties(code: str, annee: int, lus: dict[str, dict[str | None, Valeur]]) -> list[str]:
    """The file counts by offer for `usagers_genres` only: elsewhere, the offers add up to the total."""
    if OFFRE not in lus or not PAR_CODE[code].disjoint:
        return []
    somme = sum(v.numerateur for v in lus[OFFRE].values())
    if somme == lus["total"][""].numerateur:
        return []
    return [f"{code} {annee} : les offres comptent {somme}, le total {lus['total'][''].numerateur}"]


def _ecarts_oarsa(moment: moteur.Moment, attendus: dict[str, Any]) -> list[str]:
    """Compare every cell of the six tables: how many people, how many days."""
    ecarts = []
    for tableau in oarsa.tableaux(moment):
        voulues = dict(attendus.get(tableau.plan.code, {}))
        for ligne in tableau.lignes:
            voulue = voulues.pop(ligne.code, {})
            for axe, cellules in (("total", {"": ligne.total}), *((a, ligne.cellules.get(a, {})) for a in oarsa.AXES)):
                trouve = {c: {"effectif": x.effectif, "jours": x.jours} for c, x in cellules.items() if x.effectif}
                if trouve != voulue.get(axe, {}):
                    ecarts.append(f"{tableau.plan.code} {ligne.code} {axe} : {trouve} ≠ {voulue.get(axe)}")
        ecarts += [f"{tableau.plan.code} {code} : attendue, absente" for code in voulues]
    return ecarts


@pytest.mark.parametrize(
    ("graine", "au"),
    [
        pytest.param(7, datetime.date(2026, 11, 22), id="fin-novembre"),
        pytest.param(2026, datetime.date(2026, 3, 31), id="fin-de-mois"),
        pytest.param(41, datetime.date(2024, 2, 29), id="annee-bissextile"),
    ],
)
def test_le_sql_donne_les_valeurs_attendues(graine: int, au: datetime.date) -> None:
    preparer_monde()
    attendus = peupler(400, graine, au)
    ecarts: list[str] = []
    for annee in attendus["annees"]:
        moment = moteur.Moment.de(annee, au)
        lus = moteur.calculer(FORMULES, moment, AXES)
        ecarts += _ecarts_oarsa(moment, attendus["oarsa"][str(annee)])
        for code, par_annee in attendus["valeurs"].items():
            attendu = par_annee[str(annee)]
            if lus[code]["total"][""] != _attendue(attendu["total"]):
                ecarts.append(f"{code} {annee} total : {lus[code]['total']['']} ≠ {_attendue(attendu['total'])}")
            for axe in AXES:
                if axe == OFFRE and code != "usagers_genres":
                    ecarts += _parties(code, annee, lus[code])
                    continue
                if axe not in PAR_CODE[code].axes and not attendu.get(axe):
                    continue
                voulus = {c: _attendue(v) for c, v in attendu.get(axe, {}).items()}
                voulus = {c: v for c, v in voulus.items() if not v.vide}
                trouves = _groupes(lus[code].get(axe, {}))
                ecarts += [
                    f"{code} {annee} {axe} {cle!r} : {trouves.get(cle)} ≠ {voulus.get(cle)}"
                    for cle in sorted({*voulus, *trouves})
                    if voulus.get(cle) != trouves.get(cle)
                ]
    familles = {axe for x in attendus["oarsa"].values() for axe in x["T1"]["france_travail"]["famille"]}
    assert familles >= {"seul_sans", "seul_avec", "couple_sans", "couple_avec"}
    assert not ecarts, f"{len(ecarts)} écarts :\n" + "\n".join(ecarts[:40])
    assert {f.code for f in FORMULES} - set(attendus["valeurs"]) == HORS_CONTRAT
