"""Money planned and paid, of a programme (by funder, axis, year) or of a fiche. A missing amount is not zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from actions.models import FicheAction, Financement
from pdi.socle.formats import euros

ZERO = Decimal(0)


@dataclass
class Montants:
    """A sum of rows. `prevu` and `realise` are None as long as no amount is known; `sans_prevu` counts those."""

    libelle: str
    url: str = ""
    prevu: Decimal | None = None
    realise: Decimal | None = None
    sans_prevu: int = 0
    fiches: set[int] = field(default_factory=set)

    def ajouter(self, ligne: Financement) -> None:
        """Add one row."""
        if ligne.prevu is None:
            self.sans_prevu += 1
        else:
            self.prevu = (self.prevu or ZERO) + ligne.prevu
        if ligne.realise is not None:
            self.realise = (self.realise or ZERO) + ligne.realise
        self.fiches.add(ligne.fiche_id)

    @property
    def part_realisee(self) -> Decimal | None:
        """Return what was paid in percent of what was planned, None when either is unknown."""
        if not self.prevu or self.realise is None:
            return None
        return 100 * self.realise / self.prevu


@dataclass(frozen=True)
class SansFinanceur:
    """A fiche whose printed total is not the sum of its funders; `ecart` is total − sum."""

    fiche: Any
    ecart: Decimal

    @property
    def titre(self) -> str:
        """Return the fact, in words."""
        if self.ecart > 0:
            return f"{euros(self.ecart)} du plan de financement n’ont pas de financeur"
        return f"Les financeurs promettent {euros(-self.ecart)} de plus que le total imprimé"


@dataclass(frozen=True)
class FinancesProgramme:
    """The finances of a programme, over all its years."""

    total: Montants
    par_financeur: list[Montants]
    par_axe: list[Montants]
    par_annee: list[Montants]
    sans_financeur: list[SansFinanceur]
    sans_plan: int

    @property
    def vide(self) -> bool:
        """Return whether no fiche has any funding row."""
        return not self.total.fiches


def _regrouper(
    lignes: Iterable[Financement], cle: Callable[[Financement], tuple[Any, str, str]], tri: Callable[[Montants], Any]
) -> list[Montants]:
    groupes: dict[Any, Montants] = {}
    for ligne in lignes:
        identifiant, libelle, url = cle(ligne)
        groupes.setdefault(identifiant, Montants(libelle, url)).ajouter(ligne)
    return sorted(groupes.values(), key=tri)


def ecarts_de_total(fiches: Iterable[Any], lignes: Iterable[Financement]) -> list[SansFinanceur]:
    """Return the fiches whose printed total differs from the sum of their funders (all amounts known)."""
    sommes: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for ligne in lignes:
        sommes[ligne.fiche_id] += ligne.prevu or ZERO
    ecarts = [SansFinanceur(f, f.cout_total - sommes[f.pk]) for f in fiches if f.cout_total is not None]
    return [e for e in ecarts if e.ecart]


def lire_finances(fiches: list[Any], intitule_axe: Callable[[FicheAction], str]) -> FinancesProgramme:
    """Return the finances of `fiches` (already read), in one query. `intitule_axe` names the branch of a fiche."""
    par_pk = {f.pk: f for f in fiches}
    lignes = list(
        Financement.objects.filter(fiche__in=list(par_pk)).select_related("financeur").order_by("annee", "pk")
    )
    for ligne in lignes:
        ligne.fiche = par_pk[ligne.fiche_id]
    total = Montants("Ensemble")
    for ligne in lignes:
        total.ajouter(ligne)
    axes: dict[str, int] = {}
    for fiche in fiches:
        axes.setdefault(intitule_axe(fiche), len(axes))
    return FinancesProgramme(
        total=total,
        par_financeur=_regrouper(
            lignes,
            lambda e: (e.financeur_id, str(e.financeur), f"{e.financeur_id}"),
            lambda m: (-(m.prevu or ZERO), m.libelle),
        ),
        par_axe=_regrouper(
            lignes, lambda e: ((nom := intitule_axe(e.fiche)), nom, ""), lambda m: axes.get(m.libelle, 0)
        ),
        par_annee=_regrouper(
            lignes,
            lambda e: (e.annee, str(e.annee) if e.annee else "Sur toute la durée de l’action", ""),
            lambda m: m.libelle,
        ),
        sans_financeur=ecarts_de_total(fiches, lignes),
        sans_plan=len(par_pk) - len(total.fiches),
    )


@dataclass(frozen=True)
class LigneFinancement:
    """One funder of a fiche over all its years. `part` in percent of the printed total, else of the sum.

    `structure` None: the part that no funder is named for.
    """

    structure: int | None
    libelle: str
    prevu: Decimal | None
    realise: Decimal | None
    part: Decimal | None
    remarques: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PlanFinancement:
    """The funding plan of a fiche: a row per funder, the sum, the printed total, what has no funder.

    `annees` is empty for amounts that cover the whole action; `detail` gives, for each of these years, the rows.
    """

    lignes: list[LigneFinancement]
    somme: Decimal | None
    realise: Decimal | None
    total_imprime: Decimal | None
    ecart: Decimal
    detail: list[tuple[int, list[Financement]]]
    demonstration: bool

    @property
    def total(self) -> Decimal | None:
        """Return the total of the plan: the printed one, else the sum."""
        return self.somme if self.total_imprime is None else self.total_imprime

    @property
    def depassement(self) -> Decimal:
        """Return by how much the funders exceed the printed total."""
        return max(ZERO, -self.ecart)

    @property
    def incomplet(self) -> bool:
        """Return whether an amount is missing."""
        return any(ligne.prevu is None for ligne in self.lignes)


def plan_de(fiche: FicheAction, lignes: Iterable[Financement]) -> PlanFinancement:
    """Return the funding plan of a fiche from its rows. Nothing is corrected: a difference becomes a row."""
    lues = sorted(lignes, key=lambda e: (e.annee or 0, e.pk))
    total = Montants("Total")
    par_financeur: dict[int, tuple[Montants, list[str]]] = {}
    par_annee: dict[int, list[Financement]] = defaultdict(list)
    for e in lues:
        total.ajouter(e)
        montants, remarques = par_financeur.setdefault(
            e.financeur_id, (Montants(e.libelle or str(e.financeur), str(e.financeur_id)), [])
        )
        montants.ajouter(e)
        if e.commentaire and not e.demonstration and e.commentaire not in remarques:
            remarques.append(e.commentaire)
        if e.annee:
            par_annee[e.annee].append(e)
    imprime, somme = fiche.cout_total, total.prevu
    ecart = ZERO if imprime is None or somme is None else imprime - somme
    base = imprime if imprime is not None and ecart >= 0 else somme

    def part(montant: Decimal | None) -> Decimal | None:
        return 100 * montant / base if montant is not None and base else None

    rendues = [
        LigneFinancement(int(m.url), m.libelle, m.prevu, m.realise, part(m.prevu), remarques)
        for m, remarques in par_financeur.values()
    ]
    if ecart > 0:
        rendues.append(LigneFinancement(None, "Financeur non indiqué", ecart, None, part(ecart)))
    return PlanFinancement(
        lignes=rendues,
        somme=somme,
        realise=total.realise,
        total_imprime=imprime,
        ecart=ecart,
        detail=sorted(par_annee.items(), reverse=True),
        demonstration=any(e.demonstration for e in lues),
    )
