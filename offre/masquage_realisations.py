"""What of the realisations is hidden from who reads figures alone: the measures that tell about one to four people.

A measure of a row is hidden when it counts few people, or all but a few of the measure it is a part of. Totals are
read too: of a kind and a year here, of a fiche or a convention on their pages. So within each cell (kind, measure,
year, fiche, convention) a hidden row never stays alone, nor only with others worth one: the smallest row shown goes
with it. Two hidden rows may then exchange a person without any total of cells changing. A cell that could not be
guarded so (« fragile »: one row, or a total about few people) is never told by a total that has it and little else;
nor is a row of no fiche and no convention, whose cell has no total of its own anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from offre.models import Realisation
from offre.regles.realisations import EN_PERSONNES
from pdi.socle.masquage import SEUIL_INTERNE

# « sienne »: of a structure the reader acts for; she knows it, so it is not hidden and guards nothing.
_SQL = """
WITH lues AS (
    SELECT r.id, t.code AS genre, extract(year FROM r.debut)::int AS annee, coalesce(r.fiche_id, 0) AS fiche,
        coalesce(r.convention_id, 0) AS convention, d->>'code' AS mesure, r.structure_id = ANY(%(siennes)s) AS sienne,
        coalesce((r.valeurs->>(d->>'code'))::numeric, 0) AS n,
        coalesce((r.valeurs->>(d->>'au_plus'))::numeric, 0) AS tout
    FROM offre_realisation r
    JOIN offre_typerealisation t ON t.id = r.type_id
    CROSS JOIN LATERAL jsonb_array_elements(t.mesures) d
    WHERE d->>'unite' = ANY(%(personnes)s)
), petites AS (
    SELECT *, NOT sienne AND n > 0 AND (n < %(seuil)s OR (tout > n AND tout - n < %(seuil)s)) AS petite FROM lues
), rangees AS (
    SELECT *, count(*) FILTER (WHERE petite) OVER cellule AS combien, max(n) FILTER (WHERE petite) OVER cellule AS haut,
        row_number() OVER (PARTITION BY genre, mesure, annee, fiche, convention
                           ORDER BY petite OR sienne OR n = 0, n, id) AS rang
    FROM petites WINDOW cellule AS (PARTITION BY genre, mesure, annee, fiche, convention)
), cachees AS (
    SELECT *, petite OR (rang = 1 AND NOT sienne AND n > 0 AND (combien = 1 OR haut = 1)) AS cachee FROM rangees
), cellules AS (
    SELECT genre, mesure, annee, fiche, convention, sum(n) AS n, sum(tout) - sum(n) AS reste,
        max(n) FILTER (WHERE cachee) AS haut, count(*) FILTER (WHERE cachee) AS combien
    FROM cachees GROUP BY 1, 2, 3, 4, 5
), fragiles AS (
    SELECT *, CASE WHEN fiche + convention = 0 THEN combien ELSE 1 END AS inconnues,
        combien > 0 AND (combien = 1 OR haut = 1 OR n < %(seuil)s OR reste BETWEEN 1 AND %(seuil)s - 1
                         OR fiche + convention = 0) AS fragile
    FROM cellules
), annees AS (
    SELECT genre, mesure, annee, sum(inconnues) FILTER (WHERE fragile) = 1 OR max(haut) FILTER (WHERE fragile) = 1
        OR (sum(n) > 0 AND sum(n) < %(seuil)s) OR sum(reste) BETWEEN 1 AND %(seuil)s - 1 AS fermee
    FROM fragiles GROUP BY 1, 2, 3
)
"""
_LIGNES = "SELECT id, array_agg(mesure) FROM cachees WHERE cachee AND id IN ({ou}) GROUP BY id"
_TOTAUX = """SELECT DISTINCT genre, mesure FROM cachees JOIN fragiles USING (genre, mesure, annee, fiche, convention)
JOIN annees USING (genre, mesure, annee) WHERE id IN ({ou}) AND {critere}"""
# By how the rows were chosen: by whole years, by whole cells, or by anything else.
_CRITERES = {"annees": "fermee", "cellules": "fragile", "autre": "cachee"}
Choix = Literal["annees", "cellules", "autre"]


def _lire(requete: str, realisations: QuerySet[Realisation], siennes: Collection[int], **morceaux: str) -> list[Any]:
    try:
        ou, valeurs = realisations.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    nommes = {f"p{rang}": valeur for rang, valeur in enumerate(valeurs)}
    ou = ou.replace("%%", "%%%%") % tuple(f"%(p{rang})s" for rang in range(len(valeurs)))
    fixes = {"siennes": list(siennes), "personnes": list(EN_PERSONNES), "seuil": SEUIL_INTERNE}
    with connection.cursor() as curseur:
        curseur.execute(_SQL + requete.format(ou=ou, **morceaux), nommes | fixes)
        return list(curseur.fetchall())


def mesures_cachees(realisations: QuerySet[Realisation], siennes: Collection[int]) -> Mapping[int, list[str]]:
    """Return {realisation: codes of its hidden measures} for a reader who acts for the structures `siennes`."""
    return dict(_lire(_LIGNES, realisations, siennes))


def totaux_caches(realisations: QuerySet[Realisation], siennes: Collection[int], choix: Choix) -> set[tuple[str, str]]:
    """Return the (kind, measure) whose sum over these rows would tell about a few people; `choix`: see above."""
    return set(_lire(_TOTAUX, realisations, siennes, critere=_CRITERES[choix]))
