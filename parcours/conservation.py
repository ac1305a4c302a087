"""Whose file has run its time: the sets that the nightly job archives and erases, shown beforehand."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db.models import DateField, Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Greatest

from parcours.models import (
    AffectationReferent,
    DossierRSA,
    Orientation,
    Personne,
    SituationDroitsDevoirs,
    SuiviPostSortie,
)
from parcours.querysets import PersonneQuerySet
from parcours.regles.conservation import PREAVIS_JOURS, Durees
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non


def durees() -> Durees:
    """Return what the département has decided."""
    return Durees(settings.CONSERVATION_PERSONNES_MOIS, settings.CONSERVATION_ARCHIVES_MOIS)


def peut_gerer_conservation(utilisateur: Any) -> Verdict:
    """Read what is about to be archived or erased, and keep a file longer."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ADMINISTRATEUR):
        return OUI
    return non("La conservation des dossiers est suivie par les administrateurs.")


def _vivante(jour: datetime.date) -> Q:
    """Return « something still runs »: an open file, rights, an orientation, a référent, a follow-up to come."""
    soi: dict[str, Any] = {"personne": OuterRef("pk")}
    en_cours = soi | {"periode__contains": jour}
    return (
        Q(Exists(DossierRSA.objects.filter(foyer__membres__personne=OuterRef("pk"), clos_le__isnull=True)))
        | Q(Exists(SituationDroitsDevoirs.objects.filter(**en_cours, recu=True)))
        | Q(Exists(Orientation.objects.filter(**en_cours)))
        | Q(Exists(AffectationReferent.objects.filter(**en_cours)))
        | Q(Exists(SuiviPostSortie.objects.filter(sortie__personne=OuterRef("pk"), du_le__gte=jour)))
    )


def finies(jour: datetime.date) -> Any:  # a PersonneQuerySet, annotated: stubs have no type for it
    """Return the people of whom nothing runs any more, with `fini_le`: last file closed, or last contact if later."""
    clos = DossierRSA.objects.filter(foyer__membres__personne=OuterRef("pk")).order_by()
    dernier = clos.values("foyer__membres__personne").annotate(le=Max("clos_le")).values("le")
    dernier = dernier.filter(foyer__membres__personne=OuterRef("pk"))
    lues = Personne.objects.annotate(clos_le=Subquery(dernier[:1], output_field=DateField()))
    return (
        lues.filter(clos_le__isnull=False)
        .exclude(_vivante(jour))
        .annotate(fini_le=Greatest(F("clos_le"), F("dernier_contact"), output_field=DateField()))
    )


def a_archiver(jour: datetime.date) -> Any:
    """Return those that go to the archive on `jour`."""
    return finies(jour).filter(archivee_le__isnull=True, fini_le__lte=durees().archiver_si_fini_le(jour))


def a_effacer(jour: datetime.date) -> Any:
    """Return those that are erased on `jour`: archived long enough, and that nobody asked to keep."""
    gardees = Q(conserver_jusqu_au__isnull=True) | Q(conserver_jusqu_au__lt=jour)
    return finies(jour).filter(gardees, archivee_le__lte=durees().effacer_si_archivee_le(jour))


def rouvertes(jour: datetime.date) -> PersonneQuerySet:
    """Return the archived people for whom something runs again."""
    return Personne.objects.filter(_vivante(jour), archivee_le__isnull=False)


def bientot(jour: datetime.date) -> datetime.date:
    """Return the day up to which what will happen is shown."""
    return jour + datetime.timedelta(days=PREAVIS_JOURS)
