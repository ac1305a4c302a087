"""Writes of the interview form: its draft, and everything it holds in one transaction."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from parcours.droits import peut_saisir_entretien
from parcours.models import Entretien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import EntreeJournal
from pdi.socle.operations import journaliser

from .entretiens import EntretienModifie, verrouiller

TAILLE_MAX = 100_000  # characters of a stored draft
PAS_DU_JOURNAL = datetime.timedelta(minutes=15)


@dataclass(frozen=True)
class Contenu:
    """What the form holds: `donnees` by field, among the `champs` this author sees; `version` is what they read."""

    version: int
    donnees: Mapping[str, list[str]]
    champs: Collection[str]

    def fusionner(self, ancien: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """Return the draft with this content: the fields of others stay as they are."""
        return {c: v for c, v in ancien.items() if c not in set(self.champs)} | dict(self.donnees)


@dataclass(frozen=True)
class Piece:
    """One part to apply: `ecrire()` writes it and returns what to tell."""

    code: str
    ecrire: Callable[[], str]


class SaisieRefusee(RegleMetier):
    """Some parts were refused: nothing at all is written. `refus` is {code of the part: its refusal}."""

    def __init__(self, refus: Mapping[str, RegleMetier]) -> None:
        """Keep every refusal: the page shows them together."""
        super().__init__(" ".join(e.message for e in refus.values()))
        self.refus = dict(refus)


@transaction.atomic
def enregistrer_saisie(*, entretien: Entretien, contenu: Contenu, pieces: Sequence[Piece], par: Any) -> list[str]:
    """Apply every part of an interview, or none; return one sentence a part.

    Each part calls the operation of its own family, which judges rights and rules; one refused does not keep the
    next from being judged, so that every fault is told at once. Raises DroitInsuffisant, EntretienModifie when the
    meeting was written since (the page may just have kept this very content as a draft: that is no conflict), and
    SaisieRefusee.
    """
    entretien = verrouiller(entretien)
    exiger(peut_saisir_entretien(par, entretien))
    garde = brouillon_lu(entretien)
    if contenu.version != entretien.version and contenu.fusionner(garde) != garde:
        raise EntretienModifie
    faits, refus = [], {}
    for piece in pieces:
        try:
            with transaction.atomic():
                faits.append(piece.ecrire())
        except RegleMetier as erreur:
            refus[piece.code] = erreur
        except PermissionDenied as erreur:
            refus[piece.code] = RegleMetier(str(erreur))
    if refus:
        raise SaisieRefusee(refus)
    return faits


def brouillon_lu(entretien: Entretien) -> dict[str, list[str]]:
    """Return the fields of the stored draft, empty when there is none."""
    return dict((entretien.brouillon or {}).get("donnees", {}))


def _journaliser(entretien: Entretien, par: Any) -> None:
    """Say that a draft is kept, at most every quarter of an hour, and nothing of what it says."""
    recente = EntreeJournal.objects.filter(
        objet_type=entretien._meta.label_lower, objet_id=str(entretien.pk), verbe="garder_brouillon", par=par,
        le__gte=timezone.now() - PAS_DU_JOURNAL,
    )  # fmt: skip
    if not recente.exists():
        journaliser(par=par, verbe="garder_brouillon", objet=entretien)


@transaction.atomic
def garder_brouillon(*, entretien: Entretien, contenu: Contenu, par: Any) -> Entretien:
    """Keep what the form holds, unfinished.

    Nothing changes when nothing differs. Raises DroitInsuffisant, RegleMetier when it is too long, and
    EntretienModifie when the meeting or its draft was written since.
    """
    lu = verrouiller(entretien)
    exiger(peut_saisir_entretien(par, lu))
    ancien = brouillon_lu(lu)
    nouveau = contenu.fusionner(ancien)
    if nouveau == ancien:
        return lu
    if contenu.version != lu.version:
        raise EntretienModifie
    if len(json.dumps(nouveau)) > TAILLE_MAX:
        raise RegleMetier("Le texte est trop long pour être enregistré.")
    lu.brouillon = {"par": par.pk, "le": timezone.now().isoformat(), "donnees": nouveau}
    lu.version += 1
    lu.save(update_fields=["brouillon", "version"])
    _journaliser(lu, par)
    return lu


@transaction.atomic
def oublier_brouillon(*, entretien: Entretien, par: Any) -> None:
    """Throw the draft away. Raises DroitInsuffisant."""
    lu = verrouiller(entretien)
    exiger(peut_saisir_entretien(par, lu))
    if lu.brouillon is not None:
        lu.brouillon = None
        lu.version += 1
        lu.save(update_fields=["brouillon", "version"])
        journaliser(par=par, verbe="oublier_brouillon", objet=lu)
