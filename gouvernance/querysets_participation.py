"""Named scopes of participation: proposals, trainings, territorial dialogues, questionnaires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from .querysets import ROLES_GOUVERNANCE, ROLES_LECTURE_GOUVERNANCE

if TYPE_CHECKING:
    from .models import DialogueTerritorial, FormationMembres, Proposition, Questionnaire

A_SUIVRE = ("deposee", "examinee", "retenue")
EN_ATTENTE = ("deposee", "examinee")


def _reconnu(utilisateur: Any) -> bool:
    return bool(utilisateur.is_authenticated and utilisateur.roles())


class FormationQuerySet(models.QuerySet["FormationMembres"]):
    """Trainings of members."""

    def visibles_par(self, utilisateur: Any) -> FormationQuerySet:
        """Return those of visible bodies."""
        from .models import Instance

        return self.filter(instance__in=Instance.objects.visibles_par(utilisateur))


class PropositionQuerySet(models.QuerySet["Proposition"]):
    """Proposals."""

    def visibles_par(self, utilisateur: Any) -> PropositionQuerySet:
        """Return those of visible bodies, and those on the agenda of a visible meeting."""
        from .models import Instance, PointOrdreDuJour, Seance

        if not _reconnu(utilisateur):
            return self.none()
        if utilisateur.a_role(*ROLES_LECTURE_GOUVERNANCE):
            return self
        montees = PointOrdreDuJour.objects.filter(seance__in=Seance.objects.visibles_par(utilisateur))
        return self.filter(
            Q(instance__in=Instance.objects.visibles_par(utilisateur))
            | Q(pk__in=montees.filter(proposition__isnull=False).values("proposition"))
            | Q(pk__in=montees.filter(autres_propositions__isnull=False).values("autres_propositions"))
        )

    def tenues_par(self, utilisateur: Any) -> PropositionQuerySet:
        """Return those of the bodies the user keeps."""
        from .models import Instance

        return self.filter(instance__in=Instance.objects.tenues_par(utilisateur))

    def attendant(self, nature: str) -> PropositionQuerySet:
        """Return those that wait for a body of this nature: the comité technique first, then the comité de pilotage.

        A meeting put off or cancelled does not count, nor a point put off with nothing decided; a meeting to come
        does, so that a proposal is not put twice on an agenda.
        """
        from .models import NatureInstance, PointOrdreDuJour

        if nature not in (NatureInstance.COMITE_TECHNIQUE, NatureInstance.COMITE_PILOTAGE):
            return self.none()
        points = PointOrdreDuJour.objects.filter(
            ~Q(seance__etat__in=("reportee", "annulee")), ~Q(etat="reporte") | Q(decisions__isnull=False)
        )

        def inscrite(**ou: Any) -> Q:
            lus = points.filter(**ou)
            return Q(Exists(lus.filter(proposition=OuterRef("pk")))) | Q(
                Exists(lus.filter(autres_propositions=OuterRef("pk")))
            )

        attendent = self.filter(~inscrite(seance__instance__nature=nature), etat__in=EN_ATTENTE)
        if nature == NatureInstance.COMITE_TECHNIQUE:
            return attendent
        return attendent.filter(
            inscrite(seance__instance__nature=NatureInstance.COMITE_TECHNIQUE, seance__etat="tenue")
        )

    def a_suivre(self) -> PropositionQuerySet:
        """Return those whose outcome is not yet known, or not yet carried out."""
        return self.filter(etat__in=A_SUIVRE)


class DialogueQuerySet(models.QuerySet["DialogueTerritorial"]):
    """Territorial dialogues."""

    def visibles_par(self, utilisateur: Any) -> DialogueQuerySet:
        """Return those of visible bodies."""
        from .models import Instance

        return self.filter(instance__in=Instance.objects.visibles_par(utilisateur))


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    """Questionnaires."""

    def visibles_par(self, utilisateur: Any) -> QuestionnaireQuerySet:
        """Return all to managers and the département's readers; to the others those of visible meetings and sessions.

        One in preparation is for who keeps it.
        """
        from offre.models import Session

        from .models import Seance

        if not _reconnu(utilisateur):
            return self.none()
        if utilisateur.a_role(*ROLES_GOUVERNANCE):
            return self
        siens = Q(seance__instance__in=utilisateur.instances_tenues.values("pk")) | Q(auteur=utilisateur)
        ouverts = ~Q(etat="brouillon")
        if utilisateur.a_role(*ROLES_LECTURE_GOUVERNANCE):
            return self.filter(siens | ouverts)
        lus = Q(seance__in=Seance.objects.visibles_par(utilisateur)) | Q(
            session__in=Session.objects.visibles_par(utilisateur), session__operateur__in=_operatrices(utilisateur)
        )
        return self.filter(siens | (ouverts & lus))


def _operatrices(utilisateur: Any) -> list[int]:
    from offre.querysets import structures_operatrices

    return structures_operatrices(utilisateur)
