"""Sums of realisations: by kind for a list, by fiche for the programme, by convention for its objectives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from offre.models import Realisation, TypeRealisation
from offre.regles.realisations import Valeur, evaluer, lire_indicateurs

# One row a kind, a group and a measure: how many realisations, and the sum of the numbers typed.
_SQL = """
SELECT t.code, {groupe}, m.key, count(DISTINCT r.id), sum(CASE WHEN m.value ~ '^[0-9.]+$' THEN m.value::numeric END)
FROM offre_realisation r
JOIN offre_typerealisation t ON t.id = r.type_id
CROSS JOIN LATERAL (SELECT '*' AS key, '1' AS value UNION ALL SELECT key, value FROM jsonb_each_text(r.valeurs)) m
WHERE {ou}
GROUP BY 1, 2, 3
"""

Sommes = dict[tuple[str, int | None], dict[str, Decimal]]


def _lire(groupe: str, ou: str, parametres: Mapping[str, Any]) -> Sommes:
    """Return {(kind, group): {measure: sum}}; « * » counts the realisations. `groupe` and `ou` are ours."""
    with connection.cursor() as curseur:
        curseur.execute(_SQL.format(groupe=groupe, ou=ou), parametres)
        sommes: Sommes = {}
        for code, cle, mesure, combien, somme in curseur.fetchall():
            sommes.setdefault((code, cle), {})[mesure] = Decimal(combien) if mesure == "*" else somme or Decimal(0)
        return sommes


def sommes_de_l_annee(annee: int, *, par_fiche: bool) -> Sommes:
    """Return the sums of the realisations begun in the year, by kind, and by fiche when asked."""
    groupe = "r.fiche_id" if par_fiche else "NULL::bigint"
    ou = "extract(year FROM r.debut) = %(annee)s" + (" AND r.fiche_id IS NOT NULL" if par_fiche else "")
    return _lire(groupe, ou, {"annee": annee})


def sommes_des_conventions(conventions: Iterable[int], annee: int) -> Sommes:
    """Return the sums of the realisations of each convention begun in the year, by kind."""
    ou = "extract(year FROM r.debut) = %(annee)s AND r.convention_id = ANY(%(conventions)s)"
    return _lire("r.convention_id", ou, {"annee": annee, "conventions": list(conventions)})


def bilan_des_types(realisations: QuerySet[Realisation]) -> list[tuple[TypeRealisation, int, list[Valeur]]]:
    """Return (kind, how many, its indicators) over the rows of a list, two queries whatever their number."""
    try:
        sql, parametres = realisations.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as curseur:
        curseur.execute(_SQL.format(groupe="NULL::bigint", ou=f"r.id IN ({sql})"), parametres)
        sommes: dict[str, dict[str, Decimal]] = {}
        for code, _cle, mesure, combien, somme in curseur.fetchall():
            sommes.setdefault(code, {})[mesure] = Decimal(combien) if mesure == "*" else somme or Decimal(0)
    types = TypeRealisation.objects.filter(code__in=sommes)
    return [
        (
            t,
            int(sommes[t.code]["*"]),
            evaluer(lire_indicateurs(t.indicateurs), sommes[t.code], int(sommes[t.code]["*"])),
        )
        for t in types
    ]
