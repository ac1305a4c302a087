"""The space of an operator: what waits for its answer, its sessions, offers, conventions and figures. Set-based."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Avg, Case, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from offre.models import BilanOperateur, Convention, EtatSession, OffreInsertion, Session
from offre.regles.sessions import SituationSession, situation, taux
from parcours.lecture_prescriptions import retard_depuis
from parcours.models import EtatInscription, EtatPrescription, Inscription, Prescription, ReglageReponse
from pdi.comptes.models import Role
from pdi.structures.models import Structure

MONTREES = 8
BILANS_A_ECRIRE = ("a_renseigner", "a_corriger")
E = EtatPrescription


@dataclass(frozen=True)
class Attente:
    """A prescription that waits for an answer: for how many days, and whether it is late."""

    p: Prescription
    jours: int
    tardive: bool


@dataclass(frozen=True)
class SessionLue:
    """A session of the operator, and how it stands."""

    s: Session
    situation: SituationSession


@dataclass(frozen=True)
class Figures:
    """What the last twelve months gave. `delai`: mean days to answer; `occupation` and `reussite` in percent."""

    recues: int
    repondues: int
    retenues: int
    delai: Decimal | None
    achevees: int
    atteintes: int
    abandonnees: int
    prises: Decimal
    capacite: Decimal

    @property
    def occupation(self) -> Decimal | None:
        """Return the occupancy of the places of its sessions under way or to come."""
        return taux(self.prises, self.capacite)

    @property
    def reussite(self) -> Decimal | None:
        """Return how many of the completed actions reached their aim."""
        return taux(Decimal(self.atteintes), Decimal(self.achevees))


class EspaceOperateur:
    """What one user reads as an operator, for every structure they answer for."""

    def __init__(self, utilisateur: Any, jour: datetime.date) -> None:
        """Rows are read when asked."""
        self.utilisateur, self.jour = utilisateur, jour
        self.cles: Collection[int] = utilisateur.structures_du_role(Role.PRESTATAIRE)
        self.depuis = jour - datetime.timedelta(days=365)

    @cached_property
    def structures(self) -> list[Structure]:
        """Return the structures, with `liens`: whether links are sent to them."""
        actifs = set(
            ReglageReponse.objects.filter(structure__in=self.cles, actif=True).values_list("structure", flat=True)
        )
        lues = list(Structure.objects.filter(pk__in=self.cles).order_by("nom"))
        for structure in lues:
            structure.liens = structure.pk in actifs  # type: ignore[attr-defined]
        return lues

    @property
    def recues(self) -> QuerySet[Prescription]:
        """Return the prescriptions addressed to these structures, and to them only."""
        visibles = Prescription.objects.visibles_par(self.utilisateur)
        return visibles.filter(operateur__in=self.cles, transmise_le__isnull=False)

    # -- what waits ---------------------------------------------------------------------------

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return how many wait at each step of the life cycle (one query)."""
        retard = retard_depuis(self.jour)
        return self.recues.aggregate(
            a_repondre=Count("pk", filter=Q(etat=E.TRANSMISE)),
            en_retard=Count("pk", filter=Q(etat=E.TRANSMISE, transmise_le__lt=retard)),
            a_entrer=Count("pk", filter=Q(etat=E.RETENUE)),
            en_action=Count("pk", filter=Q(etat=E.EN_ACTION)),
            sans_bilan=Count("pk", filter=Q(etat=E.EN_ACTION, bilan_intermediaire="")),
        )

    @cached_property
    def attentes(self) -> list[Attente]:
        """Return the prescriptions to answer, oldest first."""
        retard = retard_depuis(self.jour)
        lues = (
            self.recues.filter(etat=E.TRANSMISE)
            .select_related("personne", "offre", "structure_prescriptrice")
            .defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
            .order_by("transmise_le", "pk")[:MONTREES]
        )
        return [Attente(p, (self.jour - p.transmise_le).days, p.transmise_le < retard) for p in lues if p.transmise_le]

    @cached_property
    def places_proposees(self) -> int:
        """Return how many proposed places nobody has taken yet in its sessions."""
        return Inscription.objects.filter(session__operateur__in=self.cles, etat=EtatInscription.PROPOSEE).count()

    @cached_property
    def bilans(self) -> list[BilanOperateur]:
        """Return the yearly statements to write."""
        siens = BilanOperateur.objects.visibles_par(self.utilisateur).filter(
            convention__operateur__in=self.cles, etat__in=BILANS_A_ECRIRE, campagne__close_le__isnull=True
        )
        return list(siens.select_related("campagne", "convention").order_by("campagne__limite_saisie", "pk"))

    # -- what it has --------------------------------------------------------------------------

    @cached_property
    def sessions(self) -> list[SessionLue]:
        """Return its next sessions and those under way."""
        siennes = Session.objects.filter(operateur__in=self.cles).exclude(etat=EtatSession.ANNULEE)
        vivantes = siennes.filter(Q(fin__isnull=True) | Q(fin__gte=self.jour)).select_related("offre", "lieu__commune")
        a_venir_d_abord = Case(When(debut__gte=self.jour, then=Value(0)), default=Value(1))
        lues = vivantes.order_by(a_venir_d_abord, "debut", "pk")[:MONTREES]
        return [SessionLue(s, situation(s, self.jour)) for s in lues]

    @cached_property
    def offres(self) -> list[OffreInsertion]:
        """Return its offers and those prescribed to it, with what they received: `nombre_recues`… (one query)."""
        chez = Q(prescriptions__operateur__in=self.cles, prescriptions__transmise_le__isnull=False)
        chez &= ~Q(prescriptions__etat=E.ANNULEE)

        def compte(**plus: Any) -> Count:
            return Count("prescriptions", filter=chez & Q(**plus), distinct=True)

        return list(
            OffreInsertion.objects.visibles_par(self.utilisateur)
            .filter(Q(operateurs__in=self.cles) | Q(pk__in=self.recues.values("offre")))
            .annotate(
                nombre_recues=compte(), a_repondre=compte(prescriptions__etat=E.TRANSMISE),
                en_action=compte(prescriptions__etat=E.EN_ACTION), achevees=compte(prescriptions__etat=E.ACHEVEE),
                refusees=compte(prescriptions__etat=E.REFUSEE),
            )
            .order_by("ordre", "pk")
            .distinct()
        )  # fmt: skip

    @cached_property
    def conventions(self) -> list[Convention]:
        """Return its conventions, latest first."""
        siennes = Convention.objects.visibles_par(self.utilisateur).filter(operateur__in=self.cles)
        return list(siennes.order_by("-periode", "numero")[:MONTREES])

    @cached_property
    def figures(self) -> Figures:
        """Return the figures of the last twelve months (two queries)."""
        delai = ExpressionWrapper(F("repondue_le") - F("transmise_le"), output_field=DurationField())
        annee = Q(transmise_le__gte=self.depuis)
        fini = Q(fin_le__gte=self.depuis)
        lu = self.recues.aggregate(
            recues=Count("pk", filter=annee),
            repondues=Count("pk", filter=annee & Q(repondue_le__isnull=False)),
            retenues=Count("pk", filter=annee & Q(etat__in=[E.RETENUE, E.EN_ACTION, E.ACHEVEE, E.ABANDONNEE])),
            delai=Avg(delai, filter=annee & Q(repondue_le__isnull=False)),
            achevees=Count("pk", filter=fini & Q(etat=E.ACHEVEE)),
            atteintes=Count("pk", filter=fini & Q(etat=E.ACHEVEE, resultat="atteint")),
            abandonnees=Count("pk", filter=fini & Q(etat=E.ABANDONNEE)),
        )
        zero = Value(Decimal(0))
        vivantes = Session.objects.filter(operateur__in=self.cles, etat__in=["ouverte", "fermee"], unite="places")
        places = vivantes.filter(Q(fin__isnull=True) | Q(fin__gte=self.jour)).aggregate(
            prises=Coalesce(Sum("prises"), zero), capacite=Coalesce(Sum("capacite"), zero)
        )
        moyen: datetime.timedelta | None = lu.pop("delai")
        jours = None if moyen is None else Decimal(moyen.total_seconds()) / 86400
        return Figures(delai=jours, **lu, **places)
