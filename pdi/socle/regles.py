"""State machines of the ground floor."""

from __future__ import annotations

from .etats import Automate, Transition
from .models import EtatLot

_QUI = ("importateur",)
_AVANT = (EtatLot.DEPOSE, EtatLot.A_ASSOCIER, EtatLot.A_VERIFIER)
_PRETS = (EtatLot.A_VERIFIER, EtatLot.PARTIEL)


def _depuis(etats: tuple[EtatLot, ...], vers: EtatLot, verbe: str, libelle: str, garde: str) -> list[Transition]:
    return [Transition(str(de), str(vers), verbe, libelle, _QUI, garde=garde) for de in etats]


LOT_IMPORT = Automate(
    nom="Lot d’import",
    objet="ce lot",
    etats=EtatLot,
    acteurs={"importateur": "who may import this kind"},
    transitions=(
        Transition("", str(EtatLot.DEPOSE), "deposer", "Déposer", _QUI, garde="type, size, content of the file"),
        *_depuis(
            _AVANT, EtatLot.A_ASSOCIER, "demander_colonnes", "Demander les colonnes", "a mandatory one is missing"
        ),
        *_depuis(_AVANT, EtatLot.A_VERIFIER, "verifier", "Vérifier", "every row read and checked, nothing written"),
        *_depuis((EtatLot.A_ASSOCIER, EtatLot.A_VERIFIER), EtatLot.DEPOSE, "dire_les_colonnes", "Dire les colonnes",
                 "each mandatory one, no header twice"),
        *_depuis(_AVANT, EtatLot.ILLISIBLE, "refuser_fichier", "Refuser le fichier", "it cannot be read; says why"),
        *_depuis(_PRETS, EtatLot.IMPORTE, "importer", "Importer", "the announced rows are ready, none waits"),
        *_depuis(_PRETS, EtatLot.PARTIEL, "importer_une_partie", "Importer une partie", "the others wait"),
    ),
    contraintes=("lot_importe_date_et_auteur", "lot_illisible_dit_pourquoi"),
)  # fmt: skip
