"""What a decision of orientation owes: a date in order, a motive when it departs from the proposal. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

AUTRE = "autre"  # code of the « autre motif, à préciser »
DEMANDE_EN_ATTENTE = "Une demande de réorientation attend une décision : la nouvelle orientation y répond, ou rien."
ECART_SANS_MOTIF = "Vous décidez autre chose que ce que les règles proposent : dites pourquoi."
MOTIF_A_PRECISER = "Ce motif est à préciser : quelques mots suffisent."


class Faute(NamedTuple):
    """What is wrong, and the field at fault (None: the whole decision)."""

    message: str
    champ: str | None = None


def faute_de_date(periodes: Iterable[Any], le: datetime.date, jour: datetime.date) -> Faute | None:
    """Return why no orientation can begin on `le`, given the `periodes` (half-open) of the others; None when it can.

    A decision is not in the future, and comes after the beginning of every other one: history is not rewritten.
    """
    if le > jour:
        return Faute("Une décision ne se date pas dans l’avenir.", "le")
    debuts = [p.lower for p in periodes if p.lower is not None]
    dernier = max(debuts, default=None)
    if dernier is not None and dernier == le:
        return Faute(f"Une orientation commence déjà le {le:%d/%m/%Y} : choisissez un jour suivant.", "le")
    if dernier is not None and dernier > le:
        return Faute(f"Une orientation commence le {dernier:%d/%m/%Y} : la nouvelle lui est postérieure.", "le")
    return None


def faute_de_motif(propose: str, decide: str, motif: str | None, texte: str) -> Faute | None:
    """Return what the motive lacks: mandatory for a gap, in words for « autre ». `motif` is its code, None without."""
    if propose and propose != decide and motif is None and not texte.strip():
        return Faute(ECART_SANS_MOTIF, "motif")
    if motif == AUTRE and not texte.strip():
        return Faute(MOTIF_A_PRECISER, "motif_texte")
    return None


def a_raccourcir(periodes: Iterable[tuple[int, Any]], le: datetime.date) -> int | None:
    """Return the key of the orientation whose half-open period covers `le`, None when there is none."""
    for cle, periode in periodes:
        if (periode.lower is None or periode.lower < le) and (periode.upper is None or periode.upper > le):
            return cle
    return None


def faute_de_nouvelle_date(
    precedente: Any, ancienne: datetime.date, le: datetime.date, jour: datetime.date
) -> Faute | None:
    """Return why a decision dated `ancienne` cannot be dated `le`, given the period of the one before (None: none).

    The one before keeps one day at least: when it ended for this decision it moves with it, else it is not touched.
    """
    if le > jour:
        return Faute("Une décision ne se date pas dans l’avenir.", "le")
    if precedente is None:
        return None
    if precedente.upper == ancienne:
        if precedente.lower is not None and le <= precedente.lower:
            return Faute(
                f"L’orientation précédente commence le {precedente.lower:%d/%m/%Y} : il lui faut un jour.", "le"
            )
    elif precedente.upper is not None and le < precedente.upper:
        fin = precedente.upper - datetime.timedelta(days=1)
        return Faute(f"L’orientation précédente court jusqu’au {fin:%d/%m/%Y} : choisissez un jour suivant.", "le")
    return None
