"""Participation of a year: groups and their members, trainings, attendance by body, beneficiaries in EP, proposals.

`participation` is the one reading: the page, its export and the annual report take their figures there. No name.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from actions.models import Programme
from gouvernance.models import (
    CollegeMembre,
    EtatProposition,
    EtatSeance,
    FormationMembres,
    Instance,
    Membre,
    NatureInstance,
    Presence,
    Proposition,
    Seance,
)
from gouvernance.regles.participation import NATURES_PARTICIPATION, RENOUVELLEMENT, taux
from gouvernance.regles.seances import PRESENTS


@dataclass(frozen=True)
class LigneInstance:
    """A body in the year. `venus`: members who came, or were represented, once at least."""

    pk: int
    nom: str
    nature: str
    groupe: bool
    membres: int
    tenues: int
    dues: int | None
    convocations: int
    presences: int
    venus: int
    a_renouveler: int = 0
    formations: int = 0
    formes: int = 0
    propositions: int = 0

    @property
    def assiduite(self) -> Decimal | None:
        """Return the presences over the convocations, in percent."""
        return taux(self.presences, self.convocations)

    @property
    def participation(self) -> Decimal | None:
        """Return the members who came once at least over those in office, in percent."""
        return taux(min(self.venus, self.membres), self.membres)


@dataclass(frozen=True)
class EpParticipation:
    """Beneficiary members in the équipes pluridisciplinaires: meetings held, with one at least, presences, people."""

    tenues: int
    avec: int
    presences: int
    convocations: int
    personnes: int

    @property
    def part(self) -> Decimal | None:
        """Return the meetings with a beneficiary, in percent."""
        return taux(self.avec, self.tenues)


@dataclass(frozen=True)
class Participation:
    """The figures of a year, on `jour`: its last day, or today."""

    annee: int
    jour: datetime.date
    groupes: list[LigneInstance]
    instances: list[LigneInstance]
    ep: EpParticipation
    propositions: dict[str, int]
    formations: int
    formes: int
    heures: Decimal

    @property
    def membres(self) -> int:
        """Return the members of groups in office."""
        return sum(g.membres for g in self.groupes)

    @property
    def a_renouveler(self) -> int:
        """Return the mandates of groups that end within six months."""
        return sum(g.a_renouveler for g in self.groupes)

    @property
    def proposees(self) -> int:
        """Return the proposals of the year."""
        return sum(self.propositions.values())

    @property
    def suivies(self) -> int:
        """Return those taken or carried out."""
        return self.propositions[EtatProposition.RETENUE] + self.propositions[EtatProposition.REALISEE]

    @property
    def repondues(self) -> int:
        """Return those that have their outcome: taken, set aside or carried out."""
        return self.suivies + self.propositions[EtatProposition.ECARTEE]


def les_siennes(programme: Programme | None = None) -> QuerySet[Instance]:
    """Return the bodies of the département; of `programme`, or of none, when it is given."""
    siennes = Instance.objects.filter(departement=settings.DEPARTEMENT_CODE, reference=False)
    return siennes if programme is None else siennes.filter(Q(programme=programme) | Q(programme=None))


def participation(programme: Programme | None, annee: int) -> Participation:
    """Return the participation of `annee` (ten queries, whatever the number of bodies)."""
    fin = datetime.date(annee, 12, 31)
    jour = min(fin, timezone.localdate())
    instances = les_siennes(programme)
    lignes = _lignes(instances, annee, jour)
    formations = FormationMembres.objects.filter(instance__in=instances, jour__year=annee, jour__lte=jour)
    etats = Counter(
        Proposition.objects.filter(instance__in=instances, deposee_le__year=annee).values_list("etat", flat=True)
    )
    return Participation(
        annee, jour,
        [x for x in lignes if x.groupe and (x.membres or x.tenues or x.propositions)],
        [x for x in lignes if x.tenues], _ep(instances, annee, jour), {e: etats[e] for e in EtatProposition.values},
        formations.count(), formations.aggregate(n=Count("participants", distinct=True))["n"],
        formations.aggregate(n=Sum("heures"))["n"] or Decimal(0),
    )  # fmt: skip


def _tenues(instances: QuerySet[Instance], annee: int, jour: datetime.date) -> QuerySet[Seance]:
    return Seance.objects.filter(
        instance__in=instances, etat=EtatSeance.TENUE, debut__year=annee, debut__date__lte=jour
    )


def _lignes(instances: QuerySet[Instance], annee: int, jour: datetime.date) -> list[LigneInstance]:
    tenues = _tenues(instances, annee, jour)
    seances = _compter(tenues.values_list("instance"))
    venus = Q(etat__in=PRESENTS)
    presences = {
        x["seance__instance"]: x
        for x in Presence.objects.filter(seance__in=tenues)
        .values("seance__instance")
        .annotate(
            total=Count("pk"), la=Count("pk", filter=venus), personnes=Count("membre", filter=venus, distinct=True)
        )
    }
    membres = Membre.objects.filter(instance__in=instances, suppleant_de=None).au(jour)
    en_fonction = _compter(membres.values_list("instance"))
    finissants = _compter(membres.filter(mandat__endswith__lte=jour + RENOUVELLEMENT).values_list("instance"))
    formations = {
        x["instance"]: x
        for x in FormationMembres.objects.filter(instance__in=instances, jour__year=annee, jour__lte=jour)
        .values("instance")
        .annotate(n=Count("pk", distinct=True), formes=Count("participants", distinct=True))
    }
    proposees = _compter(Proposition.objects.filter(instance__in=instances, deposee_le__year=annee)
                         .values_list("instance"))  # fmt: skip
    rien: dict[str, int] = {"total": 0, "la": 0, "personnes": 0, "n": 0, "formes": 0}
    lignes = []
    for i in instances.select_related("territoire").order_by("nom", "pk"):
        p, f = presences.get(i.pk, rien), formations.get(i.pk, rien)
        dues = None if i.nature == NatureInstance.DIALOGUE else i.seances_par_an  # due by territory
        lignes.append(
            LigneInstance(
                i.pk, str(i), i.get_nature_display(), i.nature in NATURES_PARTICIPATION, en_fonction.get(i.pk, 0),
                seances.get(i.pk, 0), dues, p["total"], p["la"], p["personnes"], finissants.get(i.pk, 0),
                f["n"], f["formes"], proposees.get(i.pk, 0),
            )
        )  # fmt: skip
    return lignes


def _compter(cles: Any) -> dict[int, int]:
    """Return how many rows there are by body (one query)."""
    return dict(cles.order_by().annotate(n=Count("pk")))


def _ep(instances: QuerySet[Instance], annee: int, jour: datetime.date) -> EpParticipation:
    tenues = _tenues(instances.filter(nature=NatureInstance.EP), annee, jour)
    siennes = Presence.objects.filter(seance__in=tenues, membre__college=CollegeMembre.BENEFICIAIRE)
    la = Q(etat__in=PRESENTS)
    lus = siennes.aggregate(
        avec=Count("seance", filter=la, distinct=True), la=Count("pk", filter=la), total=Count("pk"),
        personnes=Count("membre", filter=la, distinct=True),
    )  # fmt: skip
    return EpParticipation(tenues.count(), lus["avec"], lus["la"], lus["total"], lus["personnes"])
