"""Sessions as an enrolment reads them: what is left for one person, why, and where she would stand in the list."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum

from offre.models import OffreInsertion, Session, UniteCapacite
from offre.regles.places import libres
from parcours.models import ACTIVES, Inscription, Prescription
from parcours.operations.inscriptions import publics_de
from pdi.socle.formats import compte, nombre


@dataclass(frozen=True)
class ChoixSession:
    """A session one may enrol the person in. `libres`: for her; `parts`: what the shares do to it, in words."""

    session: Session
    libres: Decimal
    parts: list[str]

    @property
    def place(self) -> bool:
        """Return whether she gets a place, as far as one can tell before asking."""
        return self.libres >= 1

    @property
    def position(self) -> int:
        """Return where she would stand in the list."""
        return self.session.en_attente + 1


@dataclass(frozen=True)
class EtatPlaces:
    """What the open sessions of an offer have left."""

    sessions: int
    libres: Decimal | None
    heures: Decimal | None
    attente: int
    prochaine: datetime.date | None

    @property
    def complet(self) -> bool:
        """Return whether nothing is left anywhere."""
        return not self.libres and not self.heures

    @property
    def reste_dit(self) -> str:
        """Return « 12 places libres et 40 heures libres »."""
        dits = [compte(self.libres, "place libre", "places libres")] if self.libres else []
        return " et ".join(dits + ([compte(self.heures, "heure libre", "heures libres")] if self.heures else []))


def chez(operateur: int | None) -> Q:
    """Return « kept by that operator, or by the département »; everything without an operator."""
    return Q(operateur=operateur) | Q(operateur__isnull=True) if operateur else Q()


def etat_des_places(offre: OffreInsertion, jour: datetime.date, operateur: int | None = None) -> EtatPlaces | None:
    """Return what is left of an offer on `jour`, at `operateur` if given, None when no session is open (one query)."""
    lu = Session.objects.filter(chez(operateur), offre=offre).ouvertes_au(jour).aggregate(
        sessions=Count("pk"), attente=Sum("en_attente"),
        libres=Sum(F("capacite") - F("prises"), filter=Q(unite=UniteCapacite.PLACES)),
        heures=Sum(F("capacite") - F("prises"), filter=Q(unite=UniteCapacite.HEURES)),
        prochaine=Min("debut", filter=Q(debut__gt=jour, prises__lt=F("capacite"))),
    )  # fmt: skip
    return EtatPlaces(**lu) if lu["sessions"] else None


class SessionsPour:
    """The sessions a prescription leads to, for its person."""

    def __init__(self, prescription: Prescription, jour: datetime.date) -> None:
        """Nothing is read yet."""
        self.prescription, self.jour = prescription, jour

    @cached_property
    def publics(self) -> list[str]:
        """Return the shares the person counts in today."""
        return publics_de(self.prescription.personne, self.jour)

    @property
    def ouvertes(self) -> QuerySet[Session]:
        """Return the open sessions of the offer that its operator keeps, and where she is not already."""
        p = self.prescription
        deja = Inscription.objects.filter(session=OuterRef("pk"), personne=p.personne_id, etat__in=ACTIVES)
        siennes = Session.objects.filter(chez(p.operateur_id), offre=p.offre_id).ouvertes_au(self.jour)
        return siennes.filter(~Exists(deja))

    @cached_property
    def choix(self) -> list[ChoixSession]:
        """Return them, soonest first."""
        lues = self.ouvertes.select_related("operateur", "lieu__commune").prefetch_related("quotas")
        return [self._choix(s) for s in lues.order_by("debut", "pk")]

    def _choix(self, session: Session) -> ChoixSession:
        parts: Any = list(session.quotas.all())
        dites = []
        for part in parts:
            gardees = max(part.reservees - part.prises, Decimal(0))
            if not gardees:
                continue
            pour = "dont elle fait partie" if part.public in self.publics else "elles ne sont pas pour elle"
            dites.append(f"{nombre(gardees)} encore gardées\u00a0: {part.get_public_display().lower()} ({pour})")
        return ChoixSession(session, libres(session.capacite, session.prises, parts, self.publics), dites)
