"""What can be done to many people at once: the form of each act, its verdict, its preview, its execution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from parcours.droits.affectations import peut_transferer
from parcours.forms.affectations import DesignerLotForm, TransfererForm
from parcours.models import GesteLot, Lot, Personne
from parcours.operations.affectations_lot import apercevoir_designation, designer_lot
from parcours.querysets import PersonneQuerySet
from parcours.regles.lots import Apercu
from pdi.socle.droits import Verdict


@dataclass(frozen=True)
class Geste:
    """One act. `executer(personnes, saisie, par, empreinte)` returns the preview it has carried out."""

    form: Callable[..., Any]
    verdict: Callable[[Any], Verdict]
    apercevoir: Callable[[PersonneQuerySet, Any, Any], Apercu]
    executer: Callable[[PersonneQuerySet, Any, Any, str], Apercu]
    fait: str  # « N personnes confiées »


def _apercevoir_designation(personnes: PersonneQuerySet, saisie: Any, par: Any) -> Apercu:
    return apercevoir_designation(personnes=personnes, saisie=saisie, par=par)


def _designer(personnes: PersonneQuerySet, saisie: Any, par: Any, empreinte: str) -> Apercu:
    return designer_lot(personnes=personnes, saisie=saisie, par=par, empreinte=empreinte)


def _transferer(personnes: PersonneQuerySet, saisie: Any, par: Any, empreinte: str) -> Apercu:
    return designer_lot(
        personnes=personnes, saisie=saisie, par=par, empreinte=empreinte, verbe="transferer_portefeuille"
    )


GESTES: dict[str, Geste] = {
    GesteLot.DESIGNER: Geste(DesignerLotForm, peut_transferer, _apercevoir_designation, _designer, "confiée"),
    GesteLot.TRANSFERER: Geste(TransfererForm, peut_transferer, _apercevoir_designation, _transferer, "transférée"),
}


def gestes_de(utilisateur: Any) -> list[tuple[str, str]]:
    """Return (code, words) of the acts this user may do from a list of people."""
    return [(code, str(GesteLot(code).label)) for code, geste in GESTES.items() if geste.verdict(utilisateur)]


def personnes_de(lot: Lot) -> PersonneQuerySet:
    """Return the frozen people of a lot, as rows; those erased since are no longer there."""
    return Personne.objects.filter(pk__in=lot.personnes)


def formulaire(lot: Lot, donnees: Any = None) -> Any:
    """Return the form of the act, bound to `donnees`, else to what was saved, else blank."""
    return GESTES[lot.geste].form(donnees if donnees is not None else (lot.saisie or None), par=lot.auteur)
