"""The engine of indicators: one set-based query a family of rows, whatever the number of indicators and groups.

A family is a file of parcours/sql: one row an item (person, entry, appointment, exit…) with `personne_id`, `ref`
(the reference date) and the columns its formulas read. The engine adds, at that date, territory, sex, age, then
groups. A single indicator, all those of a family, and the people behind a figure run the same text.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone

from parcours.models import ORGANISMES_SPE, Personne
from parcours.querysets import PersonneQuerySet

from .formule import AGE, AXES, MOIS, OFFRE, SEXE, STRUCTURE, TERRITOIRE, TYPE, Formule, Restriction, Valeur

DOSSIER_SQL = Path(__file__).resolve().parent.parent / "sql"
ETATS_OUVERTS = ("2",)  # CAF codes: open and payable
REGIME_B = datetime.date(2025, 1, 1)  # loi pour le plein emploi: the scope of contracts changes

SOURCES = {
    "droits": "parcours_situationdroitsdevoirs",
    "etat_mensuel": "parcours_etatmensuel",
    "orientation": "parcours_orientation",
    "affectation": "parcours_affectationreferent",
    "contrat": "parcours_contrat",
    "entretien": "parcours_entretien",
    "prescription": "parcours_prescription",
    "aide": "parcours_attributionaide",
    "sortie": "parcours_sortie",
    "suivi": "parcours_suivipostsortie",
}

# The day of the fact that each row tells; `saisi_le` is when it was entered.
FAITS = {
    "parcours_situationdroitsdevoirs": "lower(periode)",
    "parcours_etatmensuel": "mois",
    "parcours_orientation": "decidee_le",
    "parcours_affectationreferent": "lower(periode)",
    "parcours_contrat": "coalesce(signe_personne_le, debut)",
    "parcours_entretien": "debut::date",
    "parcours_prescription": "renseignee_le",
    "parcours_attributionaide": "demandee_le",
    "parcours_sortie": "date",
    "parcours_suivipostsortie": "recueilli_le",
}

_AGE_SQL = (
    "CASE WHEN p.date_naissance IS NULL THEN '' "
    "ELSE (ARRAY['0-24', '25-29', '30-39', '40-49', '50-59', '60+'])[1 + width_bucket("
    "extract(year FROM age(i.ref::timestamp, p.date_naissance::timestamp)), ARRAY[25, 30, 40, 50, 60])] END"
)
_COLONNES = {
    TERRITOIRE: "t.code",
    STRUCTURE: "i.structure_id",
    SEXE: "p.sexe",
    AGE: _AGE_SQL,
    TYPE: "i.type",
    MOIS: "to_char(i.ref, 'YYYY-MM')",
    OFFRE: "i.offre",
    "reglement": "i.reglement",
}
_JOINTURES = {
    TERRITOIRE: """
    LEFT JOIN parcours_adresse ad ON ad.personne_id = i.personne_id AND ad.periode @> i.ref
    LEFT JOIN territoires_communeterritoire ct ON ct.commune_id = ad.commune_id AND ct.validite @> i.ref
    LEFT JOIN territoires_territoireaction t ON t.id = ct.territoire_id""",
    SEXE: "LEFT JOIN parcours_personne p ON p.id = i.personne_id",
    AGE: "LEFT JOIN parcours_personne p ON p.id = i.personne_id",
}


# Everybody is read at once: hashes that hold in memory, and no row by row join where the planner expects few rows.
REGLAGES = {"work_mem": "128MB", "enable_nestloop": "off"}


@contextmanager
def curseur_d_analyse() -> Iterator[Any]:
    """Give a cursor set for a query over everybody, in a transaction; the settings are put back after it."""
    noms = list(REGLAGES)
    avant = ", ".join("current_setting(%s)" for _ in noms)
    pose = ", ".join("set_config(%s, %s, true)" for _ in noms)
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(f"SELECT {avant}", noms)  # nosec B608 - placeholders only
        valeurs = curseur.fetchone()
        curseur.execute(f"SELECT {pose}", [mot for couple in REGLAGES.items() for mot in couple])  # nosec B608
        yield curseur
        curseur.execute(f"SELECT {pose}", [mot for couple in zip(noms, valeurs, strict=True) for mot in couple])  # nosec B608


@dataclass(frozen=True)
class Moment:
    """When a figure is drawn up: the year it is about, the day nothing later is read after, what was known when.

    `vu_le` leaves out the rows entered after an instant: a recount as it would have been then.
    """

    annee: int
    arrete: datetime.date
    etats: tuple[str, ...] = ETATS_OUVERTS
    vu_le: datetime.datetime | None = None

    @classmethod
    def de(cls, annee: int, arrete: datetime.date | None = None, **autres: Any) -> Moment:
        """Return the moment of a year, drawn up today by default."""
        return cls(annee, arrete or timezone.localdate(), **autres)

    @property
    def jour(self) -> datetime.date:
        """Return the date of stocks: the end of the year, or the day the figure is drawn up when it comes first."""
        return min(datetime.date(self.annee, 12, 31), self.arrete)

    def parametres(self) -> dict[str, Any]:
        """Return what the queries are given."""
        return {
            "a": self.arrete,
            "j": self.jour,
            "mois": self.jour.replace(day=1),
            "debut": datetime.date(self.annee, 1, 1),
            "etats": list(self.etats),
            "spe": [str(o) for o in ORGANISMES_SPE],
            "regime_b": REGIME_B,
            "vu_le": self.vu_le,
        }


@cache
def _texte(nom: str) -> str:
    brut = (DOSSIER_SQL / f"{nom}.sql").read_text(encoding="utf-8")
    return "\n".join(ligne for ligne in brut.splitlines() if not ligne.startswith("--"))


def texte_sql(nom: str, *, vu_le: bool = False) -> str:
    """Return the query of a file of parcours/sql, its shared parts and its tables put in place."""
    texte = _texte(nom)
    for morceau in re.findall(r"\{(_\w+)\}", texte):
        texte = texte.replace(f"{{{morceau}}}", _texte(morceau).strip())
    texte = re.sub(r"%\((a|j|mois|debut|regime_b)\)s", r"%(\1)s::date", texte)
    for nom_source, table in SOURCES.items():
        lu = f"(SELECT * FROM {table} WHERE saisi_le <= %(vu_le)s)" if vu_le else table  # noqa: S608  # nosec B608
        texte = texte.replace(f"{{{nom_source}}}", lu)
    return texte


def tables_lues(famille: str) -> list[str]:
    """Return the tables of people's paths that a family reads."""
    texte = texte_sql(famille)
    return [table for table in SOURCES.values() if re.search(rf"\b{table}\b", texte)]


def _situe(famille: str, colonnes: Iterable[str], *, vu_le: bool) -> str:
    """Return the query of a family with the columns of the axes asked for."""
    voulues = list(dict.fromkeys(colonnes))
    jointures = "\n".join(dict.fromkeys(_JOINTURES[c] for c in voulues if c in _JOINTURES))
    axes = "".join(f", {_COLONNES[c]} AS axe_{c}" for c in voulues)
    return (
        f"WITH items AS ({texte_sql(famille, vu_le=vu_le)}),\n"  # noqa: S608  # nosec B608
        f"situes AS (SELECT i.*{axes} FROM items i {jointures})"
    )


def _conditions(restriction: Restriction) -> tuple[str, dict[str, Any]]:
    actives = restriction.actives()
    termes = [
        f"axe_{nom} = ANY(%(f_{nom})s)" if isinstance(valeur, list) else f"axe_{nom} = %(f_{nom})s"
        for nom, valeur in actives.items()
    ]
    return (f" WHERE {' AND '.join(termes)}" if termes else ""), {f"f_{nom}": v for nom, v in actives.items()}


def _agregats(formule: Formule) -> str:
    """Return the four columns of a formula: numerator, denominator, missing, median."""
    compte = "count(DISTINCT personne_id)" if formule.personnes else "count(*)"

    def terme(condition: str, somme: str) -> str:
        if not condition:
            return "NULL"
        if somme:
            return f"coalesce(sum({somme}) FILTER (WHERE {condition}), 0)"
        return f"{compte} FILTER (WHERE {condition})"

    mediane = (
        f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {formule.mediane}) FILTER (WHERE {formule.denominateur_sql})"
        if formule.mediane
        else "NULL"
    )
    return ", ".join(
        (
            terme(formule.numerateur_sql, formule.somme),
            terme(formule.denominateur_sql, formule.somme_base),
            terme(formule.manquants_sql, ""),
            mediane,
        )
    )


Groupes = dict[str, dict[str | None, Valeur]]


def calculer(
    formules: Sequence[Formule], moment: Moment, axes: Sequence[str] = (), restriction: Restriction | None = None
) -> dict[str, Groupes]:
    """Return {code: {axis: {group: value}}}, « total » included, in one query a family.

    The group None of the territories and structures holds what is known of none. A formula that has not an axis,
    or a column that the restriction needs, has no value for it.
    """
    restriction = restriction or Restriction()
    resultats: dict[str, Groupes] = {}
    familles: dict[str, list[Formule]] = {}
    for formule in formules:
        if admet(formule, restriction):
            familles.setdefault(formule.famille, []).append(formule)
    with curseur_d_analyse() as curseur:
        for famille, siennes in familles.items():
            communs = [a for a in axes if any(a in f.axes for f in siennes)]
            _calculer_famille(curseur, famille, siennes, moment, communs, restriction, resultats)
    return resultats


def admet(formule: Formule, restriction: Restriction) -> bool:
    """Return whether the rows of the formula hold the columns that the restriction reads."""
    return all(nom in formule.axes for nom in restriction.actives())


def _calculer_famille(
    curseur: Any,
    famille: str,
    formules: Sequence[Formule],
    moment: Moment,
    axes: Sequence[str],
    restriction: Restriction,
    resultats: dict[str, Groupes],
) -> None:
    ou, valeurs = _conditions(restriction)
    groupes = ", ".join(["()", *(f"(axe_{a})" for a in axes)])
    numero = f"GROUPING({', '.join(f'axe_{a}' for a in axes)})" if axes else "0"
    cles = "".join(f", axe_{a}" for a in axes)
    sql = (
        f"{_situe(famille, [*axes, *restriction.actives()], vu_le=moment.vu_le is not None)}\n"  # nosec B608 - our own
        f"SELECT {numero}{cles}, {', '.join(_agregats(f) for f in formules)}\n"
        f"FROM situes{ou} GROUP BY GROUPING SETS ({groupes})"
    )
    curseur.execute(sql, moment.parametres() | valeurs)
    lignes = curseur.fetchall()
    for formule in formules:
        resultats[formule.code] = {"total": {"": Valeur(Decimal(0), None if formule.est_un_compte else Decimal(0))}}
        resultats[formule.code] |= {a: {} for a in axes if a in formule.axes}
    tous = (1 << len(axes)) - 1
    for numero_groupe, *reste in lignes:
        rang = next((i for i in range(len(axes)) if not numero_groupe & (1 << (len(axes) - 1 - i))), None)
        if axes and numero_groupe == tous:
            rang = None
        axe = axes[rang] if rang is not None else "total"
        cle = _cle(reste[rang]) if rang is not None else ""
        for i, formule in enumerate(formules):
            n, d, m, mediane = reste[len(axes) + 4 * i : len(axes) + 4 * i + 4]
            if axe not in resultats[formule.code]:
                continue
            valeur = Valeur(_decimal(n), None if d is None else _decimal(d), int(m or 0), _optionnel(mediane))
            if axe == "total" or not valeur.vide:
                resultats[formule.code][axe][cle] = valeur


def _cle(brut: Any) -> str | None:
    return None if brut is None else str(brut)


def _decimal(brut: Any) -> Decimal:
    return brut if isinstance(brut, Decimal) else Decimal(str(brut or 0))


def _optionnel(brut: Any) -> Decimal | None:
    return None if brut is None else Decimal(str(brut))


def condition_portion(formule: Formule, portion: str) -> str:
    """Return the SQL condition of the people behind a portion of a figure. Raises KeyError for another word."""
    base = formule.denominateur_sql or formule.numerateur_sql
    return {
        "numerateur": formule.numerateur_sql,
        "denominateur": base,
        "reste": f"({base}) AND NOT coalesce({formule.numerateur_sql}, false)",
        "manquants": formule.manquants_sql or "false",
    }[portion]


def personnes_de(
    formule: Formule, moment: Moment, portion: str = "numerateur", restriction: Restriction | None = None
) -> PersonneQuerySet:
    """Return the people behind a figure. Every caller goes on with `.visibles_par(utilisateur)`.

    `portion` is one of PORTIONS. Raises KeyError for another word.
    """
    restriction = restriction or Restriction()
    condition = condition_portion(formule, portion)
    if not admet(formule, restriction):
        return Personne.objects.none()
    ou, valeurs = _conditions(restriction)
    sql = (
        f"{_situe(formule.famille, restriction.actives(), vu_le=moment.vu_le is not None)}\n"  # nosec B608 - our own text
        f"SELECT personne_id FROM situes{ou}{' AND' if ou else ' WHERE'} ({condition}) AND personne_id IS NOT NULL"
    )
    texte, liste = en_positions(sql, moment.parametres() | valeurs)
    return Personne.objects.filter(pk__in=RawSQL(texte, liste))  # noqa: S611  # nosec B611 - our own text


def en_positions(sql: str, parametres: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return the query with %s for each named parameter, and their values in order."""
    noms = re.findall(r"%\((\w+)\)s", sql)
    return re.sub(r"%\(\w+\)s", "%s", sql), [parametres[n] for n in noms]


__all__ = ["AXES", "Moment", "admet", "calculer", "en_positions", "personnes_de", "texte_sql"]
