"""Factories of conventions. A convention is signed and runs last year and this one, unless told otherwise."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from offre.models import Convention, EtatConvention, ObjectifConvention
from tests.fabriques import StructureFactory


def annee() -> int:
    """Return the current year."""
    return timezone.localdate().year


def deux_ans() -> DateRange:
    """Return last year and this one."""
    return DateRange(datetime.date(annee() - 1, 1, 1), datetime.date(annee() + 1, 1, 1))


class ConventionFactory(DjangoModelFactory[Convention]):
    """`offres=[…]` ties offers."""

    class Meta:
        model = Convention

    numero = Sequence(lambda n: f"C-{n:03d}")
    intitule = "Ateliers de mobilité"
    operateur = SubFactory(StructureFactory)
    periode = LazyFunction(deux_ans)
    etat = EtatConvention.SIGNEE
    signee_le = LazyFunction(lambda: datetime.date(annee() - 1, 1, 5))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Convention:
        offres = kwargs.pop("offres", ())
        convention: Convention = super()._create(model_class, *args, **kwargs)
        convention.offres.set(offres)
        return convention


class ObjectifFactory(DjangoModelFactory[ObjectifConvention]):
    class Meta:
        model = ObjectifConvention

    convention = SubFactory(ConventionFactory)
    annee = LazyFunction(annee)
    libelle = Sequence(lambda n: f"Objectif {n}")
    cible = Decimal(10)
