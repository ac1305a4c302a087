"""Reading of diagnoses: answers as constats, restricted ones for those who may see them only."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from parcours.models import Diagnostic, GrilleDiagnostic, ReponseDiagnostic
from parcours.regles.diagnostics import Constat


def grille_au(jour: datetime.date) -> GrilleDiagnostic | None:
    """Return the grid in force on `jour`: its latest version."""
    return GrilleDiagnostic.objects.filter(validite__contains=jour).order_by("-validite", "-version").first()


def constats_de(diagnostics: Iterable[int], *, sante: bool) -> dict[int, list[Constat]]:
    """Return the answers of several diagnoses in the order of their themes, in one query.

    `sante`: the reader may see the restricted themes; otherwise they are not even read.
    """
    reponses = ReponseDiagnostic.objects.filter(diagnostic__in=diagnostics).select_related("theme", "situation")
    if not sante:
        reponses = reponses.filter(theme__restreint=False)
    resultat: dict[int, list[Constat]] = defaultdict(list)
    for r in reponses.order_by("diagnostic", "theme__ordre", "theme"):
        resultat[r.diagnostic_id].append(
            Constat(
                r.theme.code, r.theme.libelle, r.situation.libelle, r.situation.niveau, r.theme.restreint, r.precision
            )
        )
    return resultat


def dernier_termine(personne: Any, avant: Diagnostic | None = None) -> Diagnostic | None:
    """Return the latest finished diagnosis of the person, or the one before `avant`."""
    termines = Diagnostic.objects.filter(personne=personne).termines().select_related("grille", "mene_par")
    if avant is not None:
        termines = termines.exclude(pk=avant.pk).filter(date__lte=avant.date)
    return termines.first()
