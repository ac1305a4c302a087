"""The catalogue without an account: published offers only, and of each what everybody may read."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.http import QueryDict

from offre.adresses import adresse_publique
from offre.lecture_offre import SESSIONS_MONTREES, LectureOffre
from offre.listes_offres import ListeOffres, Places, dire_places
from offre.models import LieuOffre, OffreInsertion, Session
from offre.querysets import OffreQuerySet

COMPLET = "Complet pour l’instant"


def offres_lisibles_par_tous() -> QuerySet[OffreInsertion]:
    """Return the published offers with what their public page shows; the cost and the internal fields are not read."""
    return (
        OffreInsertion.objects.publiees()
        .defer("cout", "contact_nom", "motif_renvoi", "recherche", "source")
        .prefetch_related(
            "operateurs", "freins", Prefetch("lieux", queryset=LieuOffre.objects.select_related("commune"))
        )
    )


class ListePublique(ListeOffres):
    """The published offers, for anybody."""

    def __init__(self, get: QueryDict, jour: datetime.date) -> None:
        """Read the query string."""
        super().__init__(AnonymousUser(), get, jour)

    @property
    def lisibles(self) -> OffreQuerySet:
        """Return the published offers."""
        return OffreInsertion.objects.publiees()

    def adresse(self, offre: OffreInsertion) -> str:
        """Return the public page."""
        return adresse_publique(offre)

    def dire_places(self, offre: Any) -> Places:
        """Return the words about places, said to somebody who may want one."""
        lues = dire_places(offre)
        if not lues.complet:
            return lues
        suite = "Demandez-la quand même" if offre.auto_prescription else "Parlez-en à votre référent"
        return replace(lues, titre=COMPLET, suite=f"{suite} : une liste d’attente est tenue.")


class LecturePublique(LectureOffre):
    """One published sheet, for anybody."""

    def __init__(self, offre: OffreInsertion, jour: datetime.date) -> None:
        """Keep the sheet, read by `offres_lisibles_par_tous`."""
        super().__init__(offre, AnonymousUser(), jour)

    @cached_property
    def sessions(self) -> list[Session]:
        """Return the sessions one may still join (one query)."""
        ouvertes = Session.objects.ouvertes_au(self.jour).filter(offre=self.offre).select_related("lieu__commune")
        return list(ouvertes.order_by("debut", "pk")[: SESSIONS_MONTREES + 1])

    @property
    def joindre(self) -> bool:
        """Return whether the sheet says how to reach somebody."""
        return bool(self.offre.contact_telephone or self.offre.contact_courriel)
