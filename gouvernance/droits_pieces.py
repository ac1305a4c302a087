"""Files of meetings, decisions, EP files: read by who reads what they are joined to, put by who works on it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from gouvernance.models import (
    Decision,
    DossierEP,
    EtatDossierEP,
    Membre,
    NatureInstance,
    PieceDecision,
    PieceDossierEP,
    PieceSeance,
    Seance,
)
from gouvernance.querysets import ROLES_GOUVERNANCE
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .droits_decisions import peut_suivre_decision
from .droits_ep import acteurs_du_dossier
from .droits_instances import peut_tenir_instance, tient

DOSSIERS_FINIS = (EtatDossierEP.CLOS, EtatDossierEP.RETIRE, EtatDossierEP.SANS_SUITE)
FINI = "Le dossier est fini : ses pièces ne changent plus."


def _hors_commission(utilisateur: Any, chemin: str) -> Q:
    """Return what keeps the files of an équipe pluridisciplinaire, which are about people, to its members."""
    if utilisateur.a_role(*ROLES_GOUVERNANCE):
        return Q()
    sieges = Membre.objects.de(utilisateur).au(timezone.localdate()).values("instance")
    tenues = utilisateur.instances_tenues.values("pk")
    return (
        ~Q(**{f"{chemin}__nature": NatureInstance.EP})
        | Q(**{f"{chemin}__in": sieges})
        | Q(**{f"{chemin}__in": tenues})
    )  # fmt: skip


def pieces_de_seances(utilisateur: Any) -> QuerySet[PieceSeance]:
    """Return the files of meetings that the user may read."""
    visibles = PieceSeance.objects.filter(seance__in=Seance.objects.visibles_par(utilisateur))
    return visibles.filter(_hors_commission(utilisateur, "seance__instance")).select_related(
        "seance__instance", "deposee_par"
    )


def pieces_de_decisions(utilisateur: Any) -> QuerySet[PieceDecision]:
    """Return the evidence of decisions that the user may read."""
    visibles = PieceDecision.objects.filter(decision__in=Decision.objects.visibles_par(utilisateur))
    portees = Q(decision__responsable=utilisateur)
    return visibles.filter(_hors_commission(utilisateur, "decision__seance__instance") | portees).select_related(
        "decision__seance__instance", "deposee_par"
    )


def pieces_de_dossiers(utilisateur: Any) -> QuerySet[PieceDossierEP]:
    """Return the pieces of EP files that the user reads with the name of the person: a piece may hold it."""
    lus = DossierEP.objects.nommes_pour(utilisateur)
    return PieceDossierEP.objects.filter(dossier__in=lus.values("pk")).select_related(
        "dossier__personne", "dossier__instance", "deposee_par"
    )


def peut_joindre(utilisateur: Any, porteur: Seance | Decision | DossierEP) -> Verdict:
    """Join a file: who keeps the body; to a decision, also who carries it; to an EP file, whoever acts on it."""
    if isinstance(porteur, DossierEP):
        if not acteurs_du_dossier(utilisateur, porteur):
            return non("Une pièce se joint par le secrétariat de l’équipe, par qui suit la personne ou par qui décide.")
        return pas_maintenant(FINI) if porteur.etat in DOSSIERS_FINIS else OUI
    if isinstance(porteur, Decision):
        return peut_suivre_decision(utilisateur, porteur)
    return peut_tenir_instance(utilisateur, porteur.instance)


def peut_retirer(utilisateur: Any, piece: PieceSeance | PieceDecision | PieceDossierEP) -> Verdict:
    """Take a file back: who put it, who keeps the body; from an EP file, until it is finished."""
    porteur = piece.porteur
    if isinstance(porteur, DossierEP) and porteur.etat in DOSSIERS_FINIS:
        return pas_maintenant(FINI)
    instance = porteur.seance.instance if isinstance(porteur, Decision) else porteur.instance
    if piece.deposee_par_id == utilisateur.pk or tient(utilisateur, instance):
        return OUI
    return non("Une pièce se retire par celui qui l’a jointe, ou par le secrétariat de l’instance.")
