"""Named scopes of governance."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from actions.models import FicheAction, Programme
from pdi.comptes.models import ROLES_DEPARTEMENT, Role

if TYPE_CHECKING:
    from .models import (
        Avenant,
        Decision,
        Instance,
        Membre,
        ModificationFiche,
        RapportAnnuel,
        Seance,
        VersionRapport,
    )

ROLES_TRAVAIL = (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME, Role.DIRECTION)


class RapportQuerySet(models.QuerySet["RapportAnnuel"]):
    """Annual reports."""

    def visibles_par(self, utilisateur: Any) -> RapportQuerySet:
        """Return the reports of visible programmes; those without a published version, to managers and direction."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        visibles = self.filter(programme__in=Programme.objects.visibles_par(utilisateur))
        if utilisateur.a_role(*ROLES_TRAVAIL):
            return visibles
        return visibles.filter(versions__etat="publiee").distinct()


class VersionQuerySet(models.QuerySet["VersionRapport"]):
    """Versions of reports."""

    def visibles_par(self, utilisateur: Any) -> VersionQuerySet:
        """Return working versions to managers and direction, published ones to every habilitated user."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        visibles = self.filter(rapport__programme__in=Programme.objects.visibles_par(utilisateur))
        if utilisateur.a_role(*ROLES_TRAVAIL):
            return visibles
        return visibles.filter(etat="publiee")


# Roles that keep every body; secretaries keep their own.
ROLES_GOUVERNANCE = (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME)
# The département's staff and its direction read every body.
ROLES_LECTURE_GOUVERNANCE = (*ROLES_DEPARTEMENT, Role.DIRECTION)
ROLES_SIEGE = (Role.PARTENAIRE, Role.PRESTATAIRE)


class InstanceQuerySet(models.QuerySet["Instance"]):
    """Bodies."""

    def visibles_par(self, utilisateur: Any) -> InstanceQuerySet:
        """Return all to the département's staff; to the others, the bodies where they sit today."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        if utilisateur.a_role(*ROLES_LECTURE_GOUVERNANCE):
            return self
        from .models import Membre

        sieges = Membre.objects.de(utilisateur).au(timezone.localdate())
        return self.filter(Q(pk__in=sieges.values("instance")) | Q(pk__in=utilisateur.instances_tenues.values("pk")))

    def tenues_par(self, utilisateur: Any) -> InstanceQuerySet:
        """Return those the user keeps: all the département's for managers, one's own for a secretary."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        siennes = self.filter(reference=False)
        if utilisateur.a_role(*ROLES_GOUVERNANCE):
            return siennes
        return siennes.filter(secretaires=utilisateur)


class MembreQuerySet(models.QuerySet["Membre"]):
    """Seats."""

    def au(self, jour: datetime.date) -> MembreQuerySet:
        """Return those in office on `jour`."""
        return self.filter(mandat__contains=jour)

    def de(self, utilisateur: Any) -> MembreQuerySet:
        """Return the seats of the user, and of the structures the user acts for."""
        return self.filter(
            Q(compte=utilisateur) | Q(structure__in=utilisateur.structures_du_role(*ROLES_SIEGE), compte=None)
        )


class SeanceQuerySet(models.QuerySet["Seance"]):
    """Meetings."""

    def visibles_par(self, utilisateur: Any) -> SeanceQuerySet:
        """Return the meetings of visible bodies; those in preparation, to who keeps the body."""
        from .models import Instance

        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        visibles = self.filter(instance__in=Instance.objects.visibles_par(utilisateur))
        if utilisateur.a_role(*ROLES_GOUVERNANCE):
            return visibles
        return visibles.filter(~Q(etat="preparee") | Q(instance__in=utilisateur.instances_tenues.values("pk")))


OUVERTES = ("a_faire", "en_cours", "reportee")


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions."""

    def visibles_par(self, utilisateur: Any) -> DecisionQuerySet:
        """Return those of visible meetings, and those one carries."""
        from .models import Seance

        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        return self.filter(Q(seance__in=Seance.objects.visibles_par(utilisateur)) | Q(responsable=utilisateur))

    def portees_par(self, utilisateur: Any) -> DecisionQuerySet:
        """Return those the user, or a structure the user pilots, has to carry out."""
        structures = utilisateur.structures_du_role(Role.PILOTE, *ROLES_SIEGE)
        return self.filter(Q(responsable=utilisateur) | Q(structure__in=structures, responsable=None))

    def ouvertes(self) -> DecisionQuerySet:
        """Return those still to carry out."""
        return self.filter(etat__in=OUVERTES)

    def en_retard_au(self, jour: datetime.date) -> DecisionQuerySet:
        """Return those that were to be carried out before `jour`."""
        return self.ouvertes().filter(echeance__lt=jour)


class AvenantQuerySet(models.QuerySet["Avenant"]):
    """Avenants."""

    def visibles_par(self, utilisateur: Any) -> AvenantQuerySet:
        """Return all those of visible programmes to staff and direction; to a partner, those put to the vote."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        visibles = self.filter(programme__in=Programme.objects.visibles_par(utilisateur))
        if utilisateur.a_role(*ROLES_LECTURE_GOUVERNANCE):
            return visibles
        return visibles.exclude(etat="preparation")


class ModificationQuerySet(models.QuerySet["ModificationFiche"]):
    """Proposals of change."""

    def du_programme(self, programme: Programme) -> ModificationQuerySet:
        """Return those on a fiche of the programme, and the new fiches proposed to it."""
        return self.filter(Q(fiche__programme=programme) | Q(programme=programme))

    def a_examiner(self) -> ModificationQuerySet:
        """Return those that nobody has put in an avenant nor set aside, in the programmes of the département."""
        ici = Programme.objects.du_departement()
        return self.filter(Q(fiche__programme__in=ici) | Q(programme__in=ici), etat="proposee")

    def dans_l_ordre(self) -> ModificationQuerySet:
        """Return them in the order of the fiches, the new ones last."""
        return self.order_by(F("fiche__ordre").asc(nulls_last=True), "fiche_id", "pk")

    def visibles_par(self, utilisateur: Any) -> ModificationQuerySet:
        """Return those of readable fiches to staff and direction; to a partner, those of the avenants it reads."""
        from .models import Avenant

        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        visibles = self.filter(
            Q(fiche__in=FicheAction.objects.visibles_par(utilisateur))
            | Q(fiche=None, programme__in=Programme.objects.visibles_par(utilisateur))
        )
        if utilisateur.a_role(*ROLES_LECTURE_GOUVERNANCE):
            return visibles
        return visibles.filter(avenant__in=Avenant.objects.visibles_par(utilisateur))
