"""Join a file to a meeting, to a decision, to an EP file; take it back."""

from __future__ import annotations

from typing import Any

from django.core.files import File
from django.db import transaction

from gouvernance.droits_pieces import peut_joindre, peut_retirer
from gouvernance.models import Decision, DossierEP, PieceDecision, PieceDossierEP, PieceSeance, Seance
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import taille_fichier
from pdi.socle.operations import journaliser
from pdi.socle.pieces import effacer_fichiers, garder_piece

PIECES_MAX = 20
PieceDeGouvernance = PieceSeance | PieceDecision | PieceDossierEP
MODELES: dict[type, type[PieceDeGouvernance]] = {
    Seance: PieceSeance, Decision: PieceDecision, DossierEP: PieceDossierEP,
}  # fmt: skip


@transaction.atomic
def joindre_piece(*, porteur: Seance | Decision | DossierEP, fichier: File[Any], par: Any) -> PieceDeGouvernance:
    """Join a file: type checked by extension and by content, size, clean name.

    Raises DroitInsuffisant, RegleMetier: what is wrong with the file, too many files.
    """
    exiger(peut_joindre(par, porteur))
    lu = type(porteur)._default_manager.select_for_update(of=("self",)).get(pk=porteur.pk)
    if lu.pieces.count() >= PIECES_MAX:
        raise RegleMetier(f"Il y a déjà {PIECES_MAX} pièces : retirez celles qui ne servent plus.", champ="fichier")
    modele = MODELES[type(porteur)]
    return garder_piece(piece=modele(**{modele.genre: lu}), fichier=fichier, par=par, journal=lu)


@transaction.atomic
def retirer_piece(*, piece: PieceDeGouvernance, par: Any) -> None:
    """Take a file back; it leaves the store once the write is committed. Raises DroitInsuffisant."""
    exiger(peut_retirer(par, piece))
    dite = f"{piece.nom} ({taille_fichier(piece.taille)})"
    journaliser(par=par, verbe="retirer_piece", objet=piece.porteur, avant={"Pièce": dite})
    effacer_fichiers([piece.fichier])
    piece.delete()
