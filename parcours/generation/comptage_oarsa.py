"""The six OARSA tables of one person, one year, counted in plain Python (docs/indicateurs.md, section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .comptage import Annee, tranche_age, valide
from .evenements import ActionContrat, Jour
from .hasard import ajouter_mois, plus

COUPLE = frozenset({"MAR", "PAC", "RPA", "RVC", "RVM", "VIM"})
ANCIENNETES = ((6, "moins_6_mois"), (12, "6_12_mois"), (24, "1_2_ans"), (60, "2_5_ans"))
DUREES = ((6, "moins_6_mois"), (12, "6_12_mois"))


@dataclass(slots=True)
class CaseOarsa:
    """One cell: how many people, and the days of their delays."""

    effectif: int = 0
    jours: int = 0


@dataclass(slots=True)
class TableauxOarsa:
    """The cells by year, table, line, breakdown and category (« total », « » for the whole line)."""

    cases: dict[tuple[int, str, str, str, str], CaseOarsa] = field(default_factory=dict)

    def compter(self, une: Annee) -> None:
        """Count the person of `une` when she is subject to rights and duties on its last day."""
        if not une.droit()[0]:
            return
        axes = {"total": "", **_axes(une)}
        for tableau, ligne, jours in _lignes(une):
            for axe, categorie in axes.items():
                case = self.cases.setdefault((une.annee, tableau, ligne, axe, categorie), CaseOarsa())
                case.effectif += 1
                case.jours += jours

    def resultat(self) -> dict[str, Any]:
        """Return {year: {table: {line: {breakdown: {category: {"effectif", "jours"}}}}}}."""
        lus: dict[str, Any] = {}
        for (annee, tableau, ligne, axe, categorie), case in self.cases.items():
            cellules = lus.setdefault(str(annee), {}).setdefault(tableau, {}).setdefault(ligne, {})
            cellules.setdefault(axe, {})[categorie] = {"effectif": case.effectif, "jours": case.jours}
        return lus


def _tranche(debut: Jour, fin: Jour, bornes: tuple[tuple[int, str], ...], sinon: str) -> str:
    """Return the band of the months from `debut` to `fin`: a band ends once its months are over."""
    return next((nom for mois, nom in bornes if ajouter_mois(debut, mois) > fin), sinon)


def _famille(une: Annee) -> str:
    """Return alone or in a couple, with or without children, as the household says on the day."""
    lue = next((s for s in une.menage.situations if s.periode.contient(une.jour)), None)
    if lue is None or lue.enfants is None or not lue.situation:
        return ""
    return f"{'couple' if lue.situation in COUPLE else 'seul'}_{'avec' if lue.enfants else 'sans'}"


def _axes(une: Annee) -> dict[str, str]:
    personne, entree = une.parcours.personne, une.derniere_entree()
    dossier = next(d.dossier_id for d in une.parcours.droits if d.periode.contient(une.jour))
    return {
        "age": tranche_age(personne.date_naissance, une.jour),
        "sexe": personne.sexe,
        "famille": _famille(une),
        "anciennete": _tranche(entree.jour, une.jour, ANCIENNETES, "5_ans") if entree else "",
        "formation": personne.niveau_formation,
        "rsa": une.menage.natures[dossier],
    }


def _lignes(une: Annee) -> Iterator[tuple[str, str, int]]:
    """Yield the lines that the person is counted in, with the days of a delay."""
    oriente = une.orientation()
    organisme = oriente.organisme if oriente else "non_oriente"
    yield "T1", organisme, 0
    if une.parcours.personne.inscrit_france_travail:
        yield "T2a", organisme, 0
    valides = [c for c in une.parcours.contrats if valide(c, une.jour)]
    if valides:
        contrat = max(valides, key=lambda c: (c.fin, c.id))
        yield "T2b", organisme, 0
        yield "T3", _tranche(contrat.debut, plus(contrat.fin, 1), DUREES, "12_mois"), 0
        actions = (x for x in une.parcours.lignes if isinstance(x, ActionContrat) and x.contrat_id == contrat.id)
        yield from (("T4", type_action, 0) for type_action in sorted({x.type for x in actions}))
    yield from (("T5", *delai) for delai in une.delais())
    yield "T6", une.dernier_passage() or "aucune", 0
