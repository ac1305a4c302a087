"""Who is late, as conditions on people: read by lists and portfolios, by sets."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import DateField, DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import LessThan

from .models import AffectationReferent, Contrat, Orientation, RegimeJuridique, SituationDroitsDevoirs
from .regles.delais import SOCIAL, Duree, Regime, plus_mois

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


def _depassee(depart: Any, duree: Duree | None, jour: datetime.date) -> Any:
    """Return « `depart` plus `duree` is before `jour` »; without a length, nothing is ever due."""
    if duree is None:
        return Q(pk__isnull=True)
    echeance = ExpressionWrapper(depart + Cast(Value(duree.intervalle), DurationField()), output_field=DateTimeField())
    return LessThan(Cast(echeance, DateField()), jour)


def _sous_regime(regime: Regime, jour: datetime.date) -> Q:
    """Return, on orientations, « decided under that regime, and its contract is past due »: see `echeance_contrat`."""
    depart: Any = F("decidee_le")
    if regime.parametres.get("contrat_depuis") == "notification":
        depart = Coalesce("notifiee_le", "decidee_le")
    due = _depassee(depart, regime.duree("delai_contrat"), jour)
    if regime.parametres.get("delai_contrat_social_mois") is not None:
        sociale = _depassee(depart, regime.duree("delai_contrat_social_mois"), jour)
        due = (Q(type_decide=SOCIAL) & Q(sociale)) | (~Q(type_decide=SOCIAL) & Q(due))
    bornes = Q()
    if regime.debut:
        bornes &= Q(decidee_le__gte=regime.debut)
    if regime.fin:
        bornes &= Q(decidee_le__lt=regime.fin)
    return bornes & ~Q(organisme__in=regime.parametres.get("contrat_non_du", ())) & Q(due)


def contrat_en_retard(jour: datetime.date) -> Q:
    """Return « the contract due after today's orientation is past its last day, and none is valid ».

    One condition a legal regime, judged at the date of the orientation, on the clock of `regles.delais`. Only people
    subject to rights and duties owe a contract. Source: CASF L262-34 to L262-36.
    """
    due = Q(pk__isnull=True)
    for ligne in RegimeJuridique.objects.all():
        due |= _sous_regime(Regime.lire(ligne), jour)
    elle: dict[str, Any] = {"personne": OuterRef("pk")}
    soumise = SituationDroitsDevoirs.objects.filter(periode__contains=jour, recu=True, **elle)
    return (
        Q(Exists(Orientation.objects.au(jour).filter(due, **elle)))
        & Q(Exists(soumise))
        & ~Q(Exists(Contrat.objects.valides_au(jour).filter(**elle)))
    )
