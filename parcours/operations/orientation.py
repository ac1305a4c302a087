"""Orientation of one person: the decision, its notification. `orienter_lot` does it for many."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils import timezone

from parcours.droits import lire_avec_acces
from parcours.droits.orientation import peut_notifier_orientation, peut_orienter
from parcours.models import (
    AffectationReferent,
    DemandeReorientation,
    EtatDemande,
    Orientation,
    OrigineOrientation,
    Personne,
)
from parcours.propositions import PropositionDatee, proposition_pour
from parcours.regles.decision import DEMANDE_EN_ATTENTE, a_raccourcir, faute_de_date, faute_de_motif
from parcours.regles.organismes import faute_d_organisme
from pdi.comptes.models import Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir

from .orientation_lot import apercevoir_lot, orienter_lot
from .saisie_orientation import (
    CapaciteDepassee,
    ConfirmationRequise,
    SaisieOrientation,
    accueillants,
    composer_orientation,
    mode_quitte,
    verrouiller_accueil,
)

__all__ = [
    "CapaciteDepassee",
    "ConfirmationRequise",
    "SaisieOrientation",
    "apercevoir_lot",
    "notifier_orientation",
    "orienter",
    "orienter_lot",
]

PREMIERE = "C’est sa première orientation : elle ne peut pas être une réorientation."
CHAMPS_JOURNAL = (
    "type_propose", "type_decide", "organisme", "structure", "mode", "origine", "decidee_le", "motif", "motif_texte",
    "depassement",
)  # fmt: skip


@transaction.atomic
def orienter(
    *,
    personne: Personne,
    saisie: SaisieOrientation,
    par: Any,
    confirmee: int | None = None,
    demande: DemandeReorientation | None = None,
) -> Orientation:
    """Decide the orientation of `personne` from `saisie.le` on; the one in force ends the day before.

    `confirmee` is the key of the orientation the author agreed to shorten. What the rules proposed is read here, from
    the latest finished diagnosis, and kept with the decision. `demande`: the request this decision answers.
    Raises DroitInsuffisant; RegleMetier for the date, a gap without motive, a request left without answer;
    CapaciteDepassee; ConfirmationRequise. Source: CASF L262-29; the clock of the contract starts again (L262-34).
    """
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=personne.pk)
    exiger(peut_orienter(par, lire_avec_acces(par, personne.pk) or personne))
    if demande is None and personne.demandes_reorientation.filter(etat=EtatDemande.EN_ATTENTE).exists():
        raise RegleMetier(DEMANDE_EN_ATTENTE)
    proposee = proposition_pour(personne, saisie.le)
    precedentes = list(personne.orientations.select_related("structure"))
    _refuser(precedentes, saisie, proposee)
    depasse = _juger_places(precedentes, saisie)
    ancienne = _raccourcir(precedentes, saisie.le, confirmee)
    orientation = _creer(personne, saisie, par, proposee, depasse=depasse)
    journaliser(
        par=par, verbe="orienter", objet=orientation, apres=etat_de(orientation, CHAMPS_JOURNAL),
        commentaire=f"L’orientation précédente prend fin le {saisie.le:%d/%m/%Y}." if ancienne else "",
    )  # fmt: skip
    _prevenir(orientation, par)
    return orientation


def _refuser(precedentes: list[Orientation], saisie: SaisieOrientation, proposee: PropositionDatee) -> None:
    """Raise when the date or the motive does not hold."""
    faute = faute_de_date([o.periode for o in precedentes], saisie.le, timezone.localdate()) or faute_de_motif(
        proposee.proposition.type, saisie.type_decide, saisie.motif.code if saisie.motif else None, saisie.motif_texte
    )
    if faute is None and saisie.notifiee_le is not None and saisie.notifiee_le < saisie.le:
        raise RegleMetier("La notification ne précède pas la décision.", champ="notifiee_le")
    if faute is not None:
        raise RegleMetier(faute.message, champ=faute.champ)
    if dite := faute_d_organisme(saisie.organisme, saisie.structure.nature, saisie.structure.nom):
        raise RegleMetier(dite, champ="organisme")
    if saisie.origine == OrigineOrientation.REORIENTATION and not precedentes:
        raise RegleMetier(PREMIERE, champ="origine")


def _juger_places(precedentes: list[Orientation], saisie: SaisieOrientation) -> bool:
    """Return whether this decision exceeds a capacity. Raises CapaciteDepassee when it is not said why."""
    accueil = verrouiller_accueil(saisie.structure, saisie.le)
    complets = accueil.pleines(saisie.mode, mode_quitte(precedentes, saisie.structure, saisie.le))
    if complets and not saisie.motif_texte.strip():
        raise CapaciteDepassee(saisie.structure, complets)
    return bool(complets)


def _raccourcir(precedentes: list[Orientation], le: datetime.date, confirmee: int | None) -> Orientation | None:
    """End the orientation in force on `le`, once its key was confirmed."""
    cle = a_raccourcir([(o.pk, o.periode) for o in precedentes], le)
    ancienne = next((o for o in precedentes if o.pk == cle), None)
    if ancienne is None:
        return None
    if confirmee != cle:
        raise ConfirmationRequise(ancienne, le)
    ancienne.periode = DateRange(ancienne.periode.lower, le)
    ancienne.save(update_fields=["periode"])
    return ancienne


def _creer(
    personne: Personne, saisie: SaisieOrientation, par: Any, proposee: PropositionDatee, *, depasse: bool
) -> Orientation:
    rang = personne.orientations.aggregate(dernier=Max("rang"))["dernier"] or 0
    orientation = composer_orientation(
        personne=personne,
        rang=rang + 1,
        saisie=saisie,
        origine=saisie.origine or OrigineOrientation.MANUELLE,
        proposee=proposee,
        depassement=depasse,
        par=par,
    )
    enregistrer(orientation)
    return orientation


def referents_de(personne: Personne) -> list[Utilisateur]:
    """Return the account that follows the person today, if any."""
    suivi = AffectationReferent.objects.filter(
        personne=personne, periode__contains=timezone.localdate(), referent__isnull=False
    ).select_related("referent")
    return [a.referent for a in suivi if a.referent is not None]


def _prevenir(orientation: Orientation, par: Any) -> None:
    """Tell the receiving structure and the référent. The title goes by e-mail: it names nobody."""
    qui = [*accueillants(orientation.structure), *referents_de(orientation.personne)]
    prevenir(
        destinataires=[u for u in qui if u.pk != par.pk],
        titre="Une orientation vous concerne",
        texte=f"{orientation.get_type_decide_display()}, {orientation.structure}.",
        url=orientation.get_absolute_url(),
    )


@transaction.atomic
def notifier_orientation(*, orientation: Orientation, le: datetime.date, par: Any) -> Orientation:
    """Record the day the person was told of the decision. Raises DroitInsuffisant, RegleMetier for the date.

    Source: since 2025 the contract is due one month from that day (CASF L262-34).
    """
    orientation = Orientation.objects.select_for_update(of=("self",)).select_related("personne").get(pk=orientation.pk)
    lue = lire_avec_acces(par, orientation.personne_id) or orientation.personne
    exiger(peut_notifier_orientation(par, orientation, lue))
    if not orientation.decidee_le <= le <= timezone.localdate():
        raise RegleMetier(
            f"La notification se date du {orientation.decidee_le:%d/%m/%Y}, jour de la décision, à aujourd’hui.",
            champ="notifiee_le",
        )
    orientation.notifiee_le = le
    orientation.save(update_fields=["notifiee_le"])
    journaliser(par=par, verbe="notifier_orientation", objet=orientation, apres={"notifiée le": le})
    return orientation
