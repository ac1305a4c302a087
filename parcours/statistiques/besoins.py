"""People with an obstacle and nothing prescribed for it: counted by territory, and found one by one."""

from __future__ import annotations

import datetime
import re
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from offre.models import Frein

ANNEES = 5  # that may be read back, the current one included
_NOMME = re.compile(r"%\((\w+)\)s")  # inside a query of the ORM, parameters have no name
Comptes = dict[tuple[int, int | None], tuple[int, int]]


@cache
def _sql(suite: str) -> str:
    dossier = settings.RACINE / "parcours" / "sql"
    return "".join((dossier / f"{nom}.sql").read_text(encoding="utf-8") for nom in ("_besoins", suite))


def bornes(annee: int, jour: datetime.date) -> dict[str, datetime.date]:
    """Return the first day of the year and its last counted day, never after `jour`."""
    return {"debut": datetime.date(annee, 1, 1), "j": min(datetime.date(annee, 12, 31), jour)}


def compter(annee: int, jour: datetime.date) -> Comptes:
    """Return {(obstacle, territory): (people who have it, those of them nothing was prescribed to for it)}."""
    with connection.cursor() as curseur:
        curseur.execute(_sql("besoins"), bornes(annee, jour))
        return {(frein, territoire): (avec, sans) for frein, territoire, avec, sans in curseur.fetchall()}


def freins_listables() -> list[tuple[str, str]]:
    """Return the obstacles whose people may be listed: never those of health, which a list would tell."""
    return list(Frein.objects.filter(restreint=False).order_by("ordre").values_list("code", "libelle"))


def qui_attend(code: str, annee: int, jour: datetime.date) -> Q:
    """Return « has that obstacle, and nothing was prescribed for it in the year », at its last day or today."""
    frein = Frein.objects.filter(code=code, restreint=False).values_list("pk", flat=True).first()
    valeurs = {**bornes(annee, jour), "frein": frein}
    sql, noms = _NOMME.sub("%s", _sql("besoins_personnes")), _NOMME.findall(_sql("besoins_personnes"))
    return Q(pk__in=RawSQL(sql, [valeurs[nom] for nom in noms]))  # noqa: S611  # nosec B611 - our own file
