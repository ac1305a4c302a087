"""The six tables of the OARSA survey (DREES) on 31 December, broken down six ways, in one set-based query.

Definitions: docs/indicateurs.md, section 4. Every table counts the same people: subject to rights and duties, with
an open right. A count that does not add up to the population is said, never hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from parcours.models import NaturePrestation, NiveauFormation, OrganismeOarsa, TypeActionContrat
from parcours.statistiques.moteur import Moment, curseur_d_analyse, texte_sql
from pdi.socle.exports import Colonne
from pdi.socle.masquage import MASQUE, masquer_tableau

INCONNU = "Inconnu"
AXES: dict[str, tuple[str, dict[str, str]]] = {
    "age": ("Âge", {
        "0-24": "Moins de 25 ans", "25-29": "25 à 29 ans", "30-39": "30 à 39 ans", "40-49": "40 à 49 ans",
        "50-59": "50 à 59 ans", "60+": "60 ans et plus", "": INCONNU,
    }),
    "sexe": ("Sexe", {"F": "Femmes", "H": "Hommes", "": INCONNU}),
    "famille": ("Situation familiale", {
        "seul_sans": "Seul sans enfant", "seul_avec": "Seul avec enfant", "couple_sans": "Couple sans enfant",
        "couple_avec": "Couple avec enfant", "": INCONNU,
    }),
    "anciennete": ("Ancienneté", {
        "moins_6_mois": "Moins de 6 mois", "6_12_mois": "6 mois à moins d’un an", "1_2_ans": "1 à moins de 2 ans",
        "2_5_ans": "2 à moins de 5 ans", "5_ans": "5 ans et plus", "": INCONNU,
    }),
    "formation": ("Niveau de formation", {
        **{str(v): str(v) for v in NiveauFormation.values if v}, "": INCONNU,
    }),
    "rsa": ("RSA", {**{str(n.value): n.label for n in NaturePrestation}, "": INCONNU}),
}  # fmt: skip
ORGANISMES = {"non_oriente": "Personnes non orientées", **{str(o.value): o.label for o in OrganismeOarsa}}
DUREES = {"moins_6_mois": "Moins de 6 mois", "6_12_mois": "6 mois à moins d’un an", "12_mois": "Un an et plus"}
PASSAGES = {
    "vers_spe": "Vers le service public de l’emploi",
    "hors_spe": "Hors du service public de l’emploi",
    "aucune": "Sans changement dans l’année",
}
DELAIS = {"orientation": "De l’entrée à la première orientation", "contrat": "De l’orientation au premier contrat"}


@dataclass(frozen=True)
class Plan:
    """What a table is: its lines in order, and whether they share the population out (they then add up to it)."""

    code: str
    titre: str
    lignes: dict[str, str]
    partage: str = ""
    somme: bool = True  # nobody is on two of its lines: they add up


PLANS = (
    Plan("T1", "Personnes non orientées, et orientées par organisme", ORGANISMES, "population"),
    Plan("T2a", "Inscrites à France Travail, par organisme", ORGANISMES),
    Plan("T2b", "Avec un contrat valide, par organisme", ORGANISMES, "contrats"),
    Plan("T3", "Durée du contrat valide", DUREES, "contrats"),
    Plan("T4", "Actions du contrat valide, chacune comptée une fois par contrat",
         {str(t.value): t.label for t in TypeActionContrat}, somme=False),
    Plan("T5", "Délais des premières orientations et des premiers contrats de l’année", DELAIS, somme=False),
    Plan("T6", "Réorientations de l’année, dernier changement de chaque personne", PASSAGES, "population"),
)  # fmt: skip

_SQL = """WITH items AS ({items}),
lignes AS (
    SELECT i.*, l.tableau, l.ligne, l.jours FROM items i CROSS JOIN LATERAL (VALUES
        ('T1', i.organisme, NULL::integer),
        ('T2a', CASE WHEN i.inscrit THEN i.organisme END, NULL),
        ('T2b', CASE WHEN i.contrat THEN i.organisme END, NULL),
        ('T3', i.duree, NULL),
        ('T5', CASE WHEN i.jours_orientation IS NOT NULL THEN 'orientation' END, i.jours_orientation),
        ('T5', CASE WHEN i.jours_contrat IS NOT NULL THEN 'contrat' END, i.jours_contrat),
        ('T6', i.reorientation, NULL)
    ) AS l (tableau, ligne, jours) WHERE l.ligne IS NOT NULL
    UNION ALL
    SELECT i.*, 'T4', a.type, NULL FROM items i
    JOIN (SELECT DISTINCT contrat_id, type FROM parcours_actioncontrat) a ON a.contrat_id = i.contrat_id
)
SELECT tableau, ligne, GROUPING({axes}), {axes}, count(*), sum(jours)
FROM lignes GROUP BY GROUPING SETS ({groupes})"""


@dataclass
class Cellule:
    """One count, the days behind it for delays, and whether it is hidden."""

    effectif: int = 0
    jours: int = 0
    masquee: bool = False

    @property
    def moyenne(self) -> Decimal | None:
        """Return the mean number of days, to a tenth."""
        if not self.effectif:
            return None
        return (Decimal(self.jours) / self.effectif).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass
class Ligne:
    """One line of a table: its total and its cells by axis and category."""

    code: str
    libelle: str
    total: Cellule = field(default_factory=Cellule)
    cellules: dict[str, dict[str, Cellule]] = field(default_factory=dict)

    def par(self, axe: str) -> list[Cellule]:
        """Return the cells of an axis, in the order of its categories."""
        return [self.cellules.get(axe, {}).get(cle) or Cellule() for cle in AXES[axe][1]]


@dataclass
class Tableau:
    """One table of the survey."""

    plan: Plan
    lignes: list[Ligne]

    @property
    def effectif(self) -> int:
        """Return the sum of its lines."""
        return sum(ligne.total.effectif for ligne in self.lignes)

    @property
    def ensemble(self) -> Ligne | None:
        """Return the sum of its lines, None where they do not add up or where a cell is hidden."""
        cases = [c for x in self.lignes for c in (x.total, *(c for par in x.cellules.values() for c in par.values()))]
        if not self.plan.somme or any(c.masquee for c in cases):
            return None
        sommes = {
            axe: {cle: Cellule(sum(colonne)) for cle, colonne in zip(AXES[axe][1], self._colonnes(axe), strict=True)}
            for axe in AXES
        }
        return Ligne("ensemble", "Ensemble", Cellule(self.effectif), sommes)

    @property
    def dites(self) -> list[Ligne]:
        """Return the lines to show, with their sum where there is one."""
        return [*self.lignes, *filter(None, [self.ensemble])]

    def _colonnes(self, axe: str) -> Iterator[tuple[int, ...]]:
        return zip(*([c.effectif for c in ligne.par(axe)] for ligne in self.lignes), strict=True)

    @property
    def delais(self) -> bool:
        """Return whether its cells are delays, shown as a mean over a number of people."""
        return self.plan.code == "T5"


def tableaux(moment: Moment) -> list[Tableau]:
    """Return the tables at the date of `moment`, in one query."""
    axes = list(AXES)
    sql = _SQL.format(
        items=texte_sql("oarsa", vu_le=moment.vu_le is not None),
        axes=", ".join(axes),
        groupes=", ".join(["(tableau, ligne)", *(f"(tableau, ligne, {a})" for a in axes)]),
    )
    with curseur_d_analyse() as curseur:
        curseur.execute(sql, moment.parametres())
        brutes = curseur.fetchall()
    lus = {p.code: {cle: Ligne(cle, libelle) for cle, libelle in p.lignes.items()} for p in PLANS}
    for tableau, code, groupe, *reste in brutes:
        ligne = lus[tableau].setdefault(code, Ligne(code, str(code)))
        cellule = Cellule(int(reste[-2]), int(reste[-1] or 0))
        rang = next((i for i in range(len(axes)) if not groupe & (1 << (len(axes) - 1 - i))), None)
        if rang is None:
            ligne.total = cellule
        else:
            ligne.cellules.setdefault(axes[rang], {})[_categorie(axes[rang], reste[rang])] = cellule
    return [Tableau(p, list(lus[p.code].values())) for p in PLANS]


def _categorie(axe: str, valeur: Any) -> str:
    """Return the category; a code that the nomenclature does not know is unknown."""
    return valeur if valeur in AXES[axe][1] else ""


def masquer(lus: Sequence[Tableau], seuil: int) -> None:
    """Hide the small cells of every table and, with them, what would give them back by difference."""
    for tableau in lus:
        for axe in AXES:
            masques = masquer_tableau([[c.effectif for c in ligne.par(axe)] for ligne in tableau.lignes], seuil)
            for ligne, caches, total in zip(tableau.lignes, masques.cases, masques.lignes, strict=True):
                ligne.total.masquee |= total
                for cle, cache in zip(AXES[axe][1], caches, strict=True):
                    if cache:
                        ligne.cellules[axe][cle].masquee = True
        # A total that one breakdown hides must not be found by adding up another.
        for ligne in tableau.lignes:
            if ligne.total.masquee:
                for cellules in ligne.cellules.values():
                    for cellule in cellules.values():
                        cellule.masquee = True


@dataclass(frozen=True, slots=True)
class Controle:
    """A check of coherence: what it says, and what does not agree (empty: it holds)."""

    libelle: str
    ecarts: tuple[str, ...] = ()

    @property
    def tenu(self) -> bool:
        """Return whether everything agrees."""
        return not self.ecarts


def controler(lus: Sequence[Tableau], population: int) -> list[Controle]:
    """Check that totals are the sums of their parts, that tables which share people out agree, that codes are known."""
    par_code = {t.plan.code: t for t in lus}
    sommes = [
        f"{t.plan.code}, « {ligne.libelle} » par {AXES[axe][0].lower()} : {somme} et non {ligne.total.effectif}"
        for t in lus
        for ligne in t.lignes
        for axe in AXES
        if (somme := sum(c.effectif for c in ligne.cellules.get(axe, {}).values())) != ligne.total.effectif
    ]
    contrats = par_code["T3"].effectif
    attendus = {"population": population, "contrats": contrats}
    partages = [
        f"{t.plan.code} compte {t.effectif} personnes, {attendus[t.plan.partage]} attendues"
        for t in lus
        if t.plan.partage and t.effectif != attendus[t.plan.partage]
    ]
    inconnus = [
        f"{t.plan.code} : « {ligne.code} »" for t in lus for ligne in t.lignes if ligne.code not in t.plan.lignes
    ]
    non_orientes = next((x.total.effectif for x in par_code["T2b"].lignes if x.code == "non_oriente"), 0)
    return [
        Controle("Chaque total est la somme de ses parties", tuple(sommes)),
        Controle("Les tableaux qui partagent la population la retrouvent entière", tuple(partages)),
        Controle("Chaque code figure dans la nomenclature de l’enquête", tuple(inconnus)),
        Controle(
            "Aucun contrat valide sans orientation",
            (f"{non_orientes} contrats valides de personnes non orientées",) if non_orientes else (),
        ),
    ]


# -- export ------------------------------------------------------------------------------------------


def _dire(cellule: Cellule, *, delais: bool) -> Any:
    if cellule.masquee:
        return MASQUE
    return cellule.moyenne if delais else cellule.effectif


def colonnes_export() -> list[Colonne]:
    """Return the columns of the workbook: table, line, total, then every category of every breakdown."""

    def lire(axe: str, cle: str) -> Any:
        return lambda x: _dire(x[1].cellules.get(axe, {}).get(cle) or Cellule(), delais=x[2])

    return [
        Colonne("Tableau", lambda x: f"{x[0].code} – {x[0].titre}", largeur=44),
        Colonne("Ligne", lambda x: x[1].libelle + (" (jours, moyenne)" if x[2] else ""), largeur=40),
        Colonne("Total", lambda x: _dire(x[1].total, delais=x[2]), type="nombre", largeur=10),
        *(
            Colonne(f"{titre} : {libelle}", lire(axe, cle), type="nombre", largeur=12)
            for axe, (titre, categories) in AXES.items()
            for cle, libelle in categories.items()
        ),
    ]


def lignes_export(lus: Sequence[Tableau]) -> Iterator[tuple[Plan, Ligne, bool]]:
    """Yield the rows of the workbook, each table with its sum; a delay has two: how many people, then the mean."""
    for tableau in lus:
        for ligne in tableau.dites:
            yield tableau.plan, ligne, False
            if tableau.delais:
                yield tableau.plan, ligne, True
