"""The prescriptions behind a figure of a convention: the terms of parcours/sql/conventions.sql, row by row.

A test holds both equal, term by term.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, IntegerField, Q
from django.utils import timezone

from offre.models import Convention
from parcours.models import CategorieSortie, EtatPrescription, NatureSortie, Prescription

E = EtatPrescription

# {term: (the date that places it in the year, the other conditions, words)}
_REPONDUE = ("repondue_le", Q(), "réponses")
_ACCEPTEE = Q(motif_refus__isnull=True) & ~Q(etat=E.REFUSEE)
_SORTIE = Q(sortie__nature=NatureSortie.ACTION) & ~Q(sortie__type__categorie=CategorieSortie.NEUTRALISEE)
_POSITIVES = (CategorieSortie.DURABLE, CategorieSortie.TRANSITION, CategorieSortie.POSITIVE)
TERMES: Mapping[str, tuple[str, Q, str]] = {
    "recues": ("transmise_le", Q(), "prescriptions transmises"),
    "reponses": _REPONDUE,
    "acceptees": ("repondue_le", _ACCEPTEE, "réponses favorables"),
    "datees": ("repondue_le", Q(transmise_le__isnull=False), "prescriptions répondues"),
    "entrees": ("entree_le", Q(), "entrées en action"),
    "finies": ("fin_le", Q(entree_le__isnull=False), "actions finies"),
    "achevees": ("fin_le", Q(etat=E.ACHEVEE), "actions achevées"),
    "sorties": ("sortie__date", _SORTIE, "sorties"),
    "emplois": ("sortie__date", _SORTIE & Q(sortie__type__emploi=True), "sorties vers un emploi"),
    "positives": ("sortie__date", _SORTIE & Q(sortie__type__categorie__in=_POSITIVES), "sorties positives"),
}


@dataclass(frozen=True)
class ChiffreConvention:
    """A figure that a list may be asked for: a convention, a year, a term."""

    convention: Convention
    annee: int
    terme: str

    @property
    def code(self) -> str:
        """Return how it is written in a query string."""
        return code_de(self.convention, self.annee, self.terme)

    @property
    def libelle(self) -> str:
        """Return « entrées en action 2026, convention C-12 »."""
        return f"{TERMES[self.terme][2]} {self.annee}, convention {self.convention.numero}"


def code_de(convention: Convention, annee: int, terme: str) -> str:
    """Return « 12-2026-entrees »."""
    return f"{convention.pk}-{annee}-{terme}"


def lire(code: str, utilisateur: Any) -> ChiffreConvention | None:
    """Return the figure a query string names; None when it is not one, or of a convention the reader may not see."""
    morceaux = code.split("-")
    if len(morceaux) != 3 or morceaux[2] not in TERMES:
        return None
    pk, annee = (int(m) if m.isascii() and m.isdigit() and len(m) < 10 else 0 for m in morceaux[:2])
    convention = Convention.objects.visibles_par(utilisateur).filter(pk=pk).first()
    if convention is None or not datetime.MINYEAR < annee < datetime.MAXYEAR:
        return None
    return ChiffreConvention(convention, annee, morceaux[2])


def bornes_de(annee: int) -> tuple[datetime.date, datetime.date]:
    """Return the first day of the year and the one after its last counted day: nothing is counted after today."""
    fin = min(datetime.date(annee + 1, 1, 1), timezone.localdate() + datetime.timedelta(days=1))
    return min(datetime.date(annee, 1, 1), fin), fin


def condition(chiffre: ChiffreConvention) -> Q:
    """Return what a prescription must be to count in the figure."""
    convention, (debut, fin) = chiffre.convention, bornes_de(chiffre.annee)
    quand, siens, _ = TERMES[chiffre.terme]
    periode = convention.periode
    debut, fin = max(filter(None, (debut, periode.lower))), min(filter(None, (fin, periode.upper)))
    q = Q(operateur=convention.operateur_id) & ~Q(etat=E.ANNULEE) & siens
    q &= Q(**{f"{quand}__gte": debut, f"{quand}__lt": fin})
    offres = list(convention.offres.values_list("pk", flat=True))
    if offres:
        q &= Q(offre__in=offres)
    if quand != "sortie__date":
        return q
    # An exit counts once the action lasted what its référentiel asks for.
    duree = ExpressionWrapper(F("sortie__type__referentiel__duree_min_jours"), output_field=IntegerField())
    assez = Prescription.objects.annotate(
        compte_des=ExpressionWrapper(F("entree_le") + duree, output_field=DateField())
    ).filter(q, sortie__date__gte=F("compte_des"))
    return Q(pk__in=assez.order_by().values("pk"))
