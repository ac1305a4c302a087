"""The shape of every permission: a verdict with its reason, and the error raised when it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied

from .querysets import ROLES_GESTION


@dataclass(frozen=True)
class Verdict:
    """Answer to « may this user do this? ». `motif` is a French sentence shown to the user when refused."""

    ok: bool
    motif: str = ""
    etat: bool = False  # the right is there: it is the state of the object that refuses, for now

    def __bool__(self) -> bool:
        """Allow `if peut_x(...)`."""
        return self.ok


OUI = Verdict(True)


def non(motif: str) -> Verdict:
    """Return a refusal with its reason (one French sentence, no personal data)."""
    return Verdict(False, motif)


def pas_maintenant(motif: str) -> Verdict:
    """Return a refusal that comes from the state of the object, not from the rights of the user."""
    return Verdict(False, motif, etat=True)


class DroitInsuffisant(PermissionDenied):
    """The user may not do this; the message is shown on the 403 page."""


class PasMaintenant(DroitInsuffisant):
    """The user has the right, the state of the object refuses; the 403 page says so."""


class RegleMetier(Exception):
    """A business rule refuses the write; the message is shown to the user as it stands.

    `champ` names the form field at fault when there is one. `details`: the faults one by one, (field, sentence), when
    several rules refuse at once; a form shows them line by line instead of the message.
    """

    details: Sequence[tuple[str | None, str]] = ()

    def __init__(self, message: str, *, champ: str | None = None) -> None:
        """Keep the French message and the optional field name."""
        super().__init__(message)
        self.message = message
        self.champ = champ


def exiger(verdict: Verdict) -> None:
    """Raise DroitInsuffisant (PasMaintenant for a rule of state) with the reason, unless the verdict is positive."""
    if not verdict.ok and verdict.etat:
        raise PasMaintenant(verdict.motif)
    if not verdict.ok:
        raise DroitInsuffisant(verdict.motif or "Votre habilitation ne permet pas cette action.")


def peut_gerer_traitement(utilisateur: Any, traitement: Any) -> Verdict:
    """Read, stop, launch again a job, download its file: its requester, or the managers."""
    if utilisateur.is_authenticated and (
        traitement.demandeur_id == utilisateur.pk or utilisateur.a_role(*ROLES_GESTION)
    ):
        return OUI
    return non(
        "Ce traitement a été demandé par quelqu’un d’autre : seuls cette personne et les gestionnaires y accèdent."
    )


def voit_journal(utilisateur: Any) -> Verdict:
    """Read the journal; what it says of people is for administrators alone (`JournalQuerySet.visibles_par`)."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GESTION):
        return OUI
    return non("Le journal complet est réservé aux administrateurs et aux chargés de programme.")
