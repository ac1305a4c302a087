"""What the annual report says of the people who used the offer: counts only, hidden under the published threshold."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from parcours.models import EtatPrescription, Prescription
from pdi.socle.masquage import masquer_taux


@dataclass(frozen=True)
class Suites:
    """Prescriptions sent to operators in the year and those that became an entry; `masque`: neither may be told."""

    transmises: int
    entrees: int
    masque: bool


def suites_par_categorie(
    departement: str, annee: int, categories: Sequence[str], seuil: int
) -> tuple[Mapping[str, Suites], Suites]:
    """Return what became of the prescriptions of the year by category of offer, and in all (one query).

    Hidden pairs cannot be found again from those shown nor from the total. Cancelled prescriptions are left out.
    """
    fin = datetime.date(annee, 12, 31)
    lues = (
        Prescription.objects.filter(offre__departement=departement, transmise_le__year=annee)
        .exclude(etat=EtatPrescription.ANNULEE)
        .values("offre__categorie")
        .annotate(transmises=Count("pk"), entrees=Count("pk", filter=Q(entree_le__lte=fin)))
        .order_by()
    )
    comptes = {c["offre__categorie"]: (c["entrees"], c["transmises"]) for c in lues}
    lignes = [comptes.get(categorie, (0, 0)) for categorie in categories]
    masques, masque_total = masquer_taux(lignes, seuil)
    entrees, transmises = sum(n for n, _ in lignes), sum(d for _, d in lignes)
    return (
        {c: Suites(d, n, m) for c, (n, d), m in zip(categories, lignes, masques, strict=True)},
        Suites(transmises, entrees, masque_total),
    )
