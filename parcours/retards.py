"""Who is late, as conditions on people: read by lists and portfolios, by sets."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from .files.horloges import Cadre
from .files.requetes import (
    annoter_contrat_a_renouveler,
    annoter_contrat_a_signer,
    garder_contrat_a_renouveler,
    garder_contrat_a_signer,
)
from .models import AffectationReferent, Contrat, Orientation
from .regles.delais import plus_mois

SANS_CONTACT_MOIS = 3


def orientee(jour: datetime.date) -> Q:
    """Return « oriented on `jour` »."""
    return Q(Exists(Orientation.objects.au(jour).filter(personne=OuterRef("pk"))))


def suivie(jour: datetime.date) -> Q:
    """Return « followed by a référent on `jour` »."""
    return Q(Exists(AffectationReferent.objects.filter(personne=OuterRef("pk"), periode__contains=jour)))


def sans_referent(jour: datetime.date) -> Q:
    """Return « oriented, and nobody follows them », on `jour`. Source: CASF L262-30."""
    return orientee(jour) & ~suivie(jour)


def sans_contact(jour: datetime.date) -> Q:
    """Return « nobody has met or reached them for three months », those never reached included."""
    return Q(dernier_contact__lt=plus_mois(jour, -SANS_CONTACT_MOIS)) | Q(dernier_contact__isnull=True)


def contrat_en_retard(jour: datetime.date, parmi: Collection[int] | None = None) -> Q:
    """Return « their contract to sign or to renew is past its last day »: the late rows of those two queues.

    `parmi`: keys of the people that matter, when they are few; otherwise everybody's lateness is computed.
    """
    cadre = Cadre.du(jour)
    orientations, contrats = Orientation.objects.all(), Contrat.objects.all()
    if parmi is not None:
        orientations, contrats = orientations.filter(personne__in=parmi), contrats.filter(personne__in=parmi)
    signer = garder_contrat_a_signer(annoter_contrat_a_signer(orientations, cadre), cadre)
    renouveler = garder_contrat_a_renouveler(annoter_contrat_a_renouveler(contrats, cadre), cadre)
    return Q(pk__in=signer.filter(echeance__lt=jour).values("personne")) | Q(
        pk__in=renouveler.filter(echeance__lt=jour).values("personne")
    )
