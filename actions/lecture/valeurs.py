"""The yearly figure of indicators in SQL, for the filters of lists. The same rule as `figures.points_annuels`.

A whole-year value wins over the quarters it contains; counts add up, rates keep their last value.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from actions.models import (
    AgregationIndicateur,
    CibleIndicateur,
    Indicateur,
    MesureIndicateur,
    Periodicite,
    SensIndicateur,
    SourceIndicateur,
)
from actions.regles.echeances import echeances, jours_de_retard


def _courantes(annee: int) -> QuerySet[MesureIndicateur]:
    return MesureIndicateur.objects.courantes().filter(indicateur=OuterRef("pk"), annee=annee)


def avec_valeur(indicateurs: QuerySet[Indicateur], annee: int) -> QuerySet[Indicateur]:
    """Add `renseigne`, `valeur_annee`, `cible_annee` and `atteint` (NULL when there is nothing to judge)."""
    englobante = MesureIndicateur.objects.courantes().filter(
        indicateur=OuterRef("indicateur"), annee=annee, valeur__isnull=False, periode__contains=OuterRef("periode")
    )
    chiffrees = _courantes(annee).filter(valeur__isnull=False)
    disjointes = chiffrees.filter(~Exists(englobante.exclude(pk=OuterRef("pk"))))
    somme = disjointes.order_by().values("indicateur").annotate(n=Sum("valeur")).values("n")
    derniere = chiffrees.order_by("-periode__endswith", "periode__startswith").values("valeur")[:1]
    cible = CibleIndicateur.objects.filter(indicateur=OuterRef("pk"), annee=annee).values("valeur")[:1]
    return indicateurs.annotate(
        renseigne=Exists(_courantes(annee)),
        valeur_annee=Case(
            When(agregation=AgregationIndicateur.SOMME, then=Subquery(somme)), default=Subquery(derniere)
        ),
        cible_annee=Coalesce(Subquery(cible), F("cible_imprimee")),
    ).annotate(
        atteint=Case(
            When(Q(valeur_annee__isnull=True) | Q(cible_annee__isnull=True), then=None),
            When(sens=SensIndicateur.HAUSSE, valeur_annee__gte=F("cible_annee"), then=True),
            When(sens=SensIndicateur.BAISSE, valeur_annee__lte=F("cible_annee"), then=True),
            When(sens=SensIndicateur.NEUTRE, then=None),
            default=False,
        )
    )


def avec_retards(indicateurs: QuerySet[Indicateur], annee: int, jour: datetime.date) -> QuerySet[Indicateur]:
    """Add `retards`: how many values of `annee` are late on `jour` (followed, entered, of the département's own)."""
    cas = []
    for periodicite in Periodicite.values:
        dues = [p for p in echeances(periodicite, annee) if jours_de_retard(p, jour)]
        if not dues:
            continue
        manque: Any = Value(0)
        for periode in dues:
            couverte = _courantes(annee).filter(periode__contains=DateRange(periode.debut, periode.fin))
            manque = manque + Case(When(Exists(couverte), then=Value(0)), default=Value(1))
        cas.append(When(periodicite=periodicite, then=manque))
    attendu = Q(
        actif=True,
        source=SourceIndicateur.SAISI,
        fiche__programme__reference=False,
        fiche__programme__annee_debut__lte=annee,
        fiche__programme__annee_fin__gte=max(annee, jour.year),  # nothing is late in an expired programme
    )
    retards = Case(*cas, default=Value(0)) if cas else Value(0)
    return indicateurs.annotate(
        retards=Case(When(attendu, then=retards), default=Value(0), output_field=IntegerField())
    )
