"""Correcting a lot in place: a value, the proposed ones, what a row is about; then everything is checked again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import AnomalieImport, EtatLigne, EtatLot, LigneImport, LotImport

from .declarations import Genre, genre_de
from .lecture import relire_cellules
from .operations import controler, lancer, verrouiller

CONTROLE_IMMEDIAT = 5000  # rows checked again at once after a correction; beyond, a job does it
DESIGNE_NOUVEAU = -1
CORRIGEABLES = (EtatLot.A_VERIFIER, EtatLot.PARTIEL)


@sensitive_variables()
@transaction.atomic
def corriger(*, lot: LotImport, ligne: int, colonne: str, valeur: str, par: Any, url: str = "") -> bool:
    """Put `valeur` in place of a cell of line `ligne` and check the lot again; return whether it was done at once.

    Raises DroitInsuffisant, and RegleMetier when the line is imported or unknown.
    """
    verrouille, genre = corrigeable(lot, par)
    rangee = verrouille.lignes.exclude(etat=EtatLigne.IMPORTEE).filter(numero=ligne).first()
    champ = next((c for c in genre.champs if c.code == colonne), None)
    if rangee is None or champ is None:
        raise RegleMetier(f"La ligne {ligne} n’est plus à corriger dans ce lot.")
    relire_cellules([(rangee, champ, valeur)], timezone.localdate())
    return verifier_encore(verrouille, par, url)


@transaction.atomic
def accepter_propositions(*, lot: LotImport, par: Any, ligne: int | None = None, url: str = "") -> int:
    """Take every proposed value (of one line when given) and check the lot again. Return how many were taken."""
    verrouille, genre = corrigeable(lot, par)
    proposees = propositions(verrouille).select_related("ligne")
    if ligne is not None:
        proposees = proposees.filter(ligne__numero=ligne)
    rangees: dict[int, LigneImport] = {}
    cellules = []
    for une in proposees:
        rangee = rangees.setdefault(une.ligne_id, une.ligne)
        cellules.append((rangee, genre.champ(une.colonne), une.suggestion))
    if cellules:
        relire_cellules(cellules, timezone.localdate())
        verifier_encore(verrouille, par, url)
    return len(cellules)


def propositions(lot: LotImport) -> Any:
    """Return the blocking anomalies that come with a proposed value."""
    return AnomalieImport.objects.filter(ligne__lot=lot, bloquante=True).exclude(suggestion="").exclude(colonne="")


@transaction.atomic
def designer(*, lot: LotImport, ligne: int, cible: int, par: Any, url: str = "") -> bool:
    """Say what a row is about, among those proposed to choose from; DESIGNE_NOUVEAU: something new."""
    verrouille, _ = corrigeable(lot, par)
    rangee = verrouille.lignes.exclude(etat=EtatLigne.IMPORTEE).filter(numero=ligne).first()
    proposes = {c for a in rangee.anomalies.all() for c in a.candidats} if rangee else set()
    if rangee is None or cible not in proposes:
        raise RegleMetier(f"Ligne {ligne} : ce choix n’est plus proposé.")
    rangee.designe = cible
    rangee.save(update_fields=["designe"])
    return verifier_encore(verrouille, par, url)


def corrigeable(lot: LotImport, par: Any) -> tuple[LotImport, Genre]:
    """Return the lot, locked, and its kind. Raises DroitInsuffisant, and RegleMetier when it is not to correct."""
    genre = genre_de(lot.genre)
    exiger(genre.droit(par))
    return verrouiller(lot.pk, etats=CORRIGEABLES), genre


@transaction.atomic
def reverifier(*, lot: LotImport, par: Any, url: str = "") -> bool:
    """Check the lot again: what it refers to may have changed. Return whether it was done at once."""
    verrouille, _ = corrigeable(lot, par)
    return verifier_encore(verrouille, par, url)


def verifier_encore(lot: LotImport, par: Any, url: str) -> bool:
    """Check a locked lot again: at once when it is small, else in a job. Return whether it was at once."""
    if lot.total <= CONTROLE_IMMEDIAT:
        controler(lot, par=par)
        return True
    lancer(lot, "socle.controler_import", "controle_import", f"Vérification du lot {lot.pk}", par, url)
    return False
