"""Which territories a screen of this deployment offers."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from .models import TerritoireAction


def territoires_du_departement() -> QuerySet[TerritoireAction]:
    """Return the action territories of the département, past ones included, by name.

    Those of a neighbour may be loaded too; offered as a filter, each would always find nothing.
    """
    return TerritoireAction.objects.filter(departement=settings.DEPARTEMENT_CODE).order_by("nom")
