"""Who sees which file of an équipe pluridisciplinaire, and whether with its name. See docs/droits.md."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from pdi.comptes.models import Role

from .querysets import ROLES_GOUVERNANCE

if TYPE_CHECKING:
    from .models import DossierEP

# From the convocation until the minutes are closed: the time of the commission.
SEANCES_OUVERTES_AUX_MEMBRES = ("convoquee", "ouverte")
A_LA_SEANCE = ("inscrit", "examine")


# A meeting never closed is over all the same: how long after its day its members still read its files.
JOURS_APRES_SEANCE = 15


def a_repondu() -> Exists:
    """Return « the person answered the intention »: what she wrote before she was told of it is no answer."""
    from .models import ObservationEP

    return Exists(ObservationEP.objects.filter(dossier=OuterRef("pk"), recue_le__gte=OuterRef("intention_le")))


def _suivi(utilisateur: Any) -> Q:
    """Return « hers whom the user follows, or has in scope as encadrant or orientation agent ».

    One set of people a condition: PostgreSQL reads each from its own rows, not from everybody.
    """
    from parcours.portees import cles_de_portee, cles_suivies

    cles = cles_de_portee(utilisateur, Role.ENCADRANT, Role.AGENT_ORIENTATION)
    if cles is None:
        return Q(pk__isnull=False)
    if utilisateur.a_role(Role.REFERENT):
        cles += cles_suivies(utilisateur)
    siennes = Q(pk__in=[])
    for lues in cles:
        siennes |= Q(personne__in=lues)
    return siennes


def _siege(utilisateur: Any, *conditions: Q) -> Q:
    """Return « on a meeting, convened or open, of a body where the user sits by name today »."""
    oubliee = timezone.now() - datetime.timedelta(days=JOURS_APRES_SEANCE)
    from .models import Membre

    siens = Membre.objects.filter(*conditions, compte=utilisateur, mandat__contains=timezone.localdate())
    return Q(
        etat__in=A_LA_SEANCE, seance__etat__in=SEANCES_OUVERTES_AUX_MEMBRES,
        seance__debut__gte=oubliee, seance__instance__in=siens.values("instance"),
    )  # fmt: skip


def nommables_par(utilisateur: Any) -> Q:
    """Return the files the user reads with the name of the person."""
    if utilisateur.a_role(*ROLES_GOUVERNANCE):
        return Q(pk__isnull=False)
    tenus = ~Q(etat="brouillon") & Q(instance__in=utilisateur.instances_tenues.values("pk"))
    membre = _siege(utilisateur, ~Q(college="beneficiaire") | Q(instance__lecture_beneficiaires="complete"))
    return tenus | _suivi(utilisateur) | membre


class DossierEPQuerySet(models.QuerySet["DossierEP"]):
    """Files."""

    def a_lire_par(self, utilisateur: Any) -> DossierEPQuerySet:
        """Return the files of the meetings to come where the user sits by name: read before, not yet examined."""
        reglement = ~Q(college="beneficiaire") | ~Q(instance__lecture_beneficiaires="aucune")
        return self.filter(_siege(utilisateur, reglement), etat="inscrit", seance__debut__gte=timezone.now())

    def visibles_par(self, utilisateur: Any) -> DossierEPQuerySet:
        """Return the files the user may read; `a_nommer` says whether with the name.

        Managers: all. Followers and supervisors: their people's. Secretaries: those submitted to their body. Members:
        those of a meeting of their body, from its convocation until its minutes are closed (JOURS_APRES_SEANCE at most
        after its day); a member who represents
        beneficiaries, as the rules of procedure of the body say (without name unless they say otherwise). The file of
        somebody archived: administrators only.
        """
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        nommables = nommables_par(utilisateur)
        lisibles = nommables
        if not utilisateur.a_role(*ROLES_GOUVERNANCE):
            lisibles |= _siege(utilisateur, Q(instance__lecture_beneficiaires="anonyme"))
        if not utilisateur.a_role(Role.ADMINISTRATEUR):
            lisibles &= Q(personne__archivee_le__isnull=True)
        nom = Case(When(nommables, then=Value(True)), default=Value(False), output_field=BooleanField())
        return self.filter(lisibles).annotate(a_nommer=nom)

    def nommes_pour(self, utilisateur: Any) -> DossierEPQuerySet:
        """Return the files the user reads with the name of the person."""
        lus: Any = self.visibles_par(utilisateur)
        nommes: DossierEPQuerySet = lus.filter(a_nommer=True)
        return nommes
