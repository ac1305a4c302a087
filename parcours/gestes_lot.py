"""What can be done to many people at once: the form of each act, its verdict, its preview, its execution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from parcours.droits import avec_acces
from parcours.droits.affectations import peut_transferer
from parcours.droits.courriers import peut_preparer_courriers
from parcours.droits.orientation import ORIENTENT, ORIENTER_RESERVE
from parcours.forms.affectations import DesignerLotForm, TransfererForm
from parcours.forms.courriers import CourrierLotForm
from parcours.forms.orientation import OrientationForm
from parcours.lecture_orientation import mots_des_types, places_au, regimes
from parcours.models import GesteLot, Lot, Personne
from parcours.operations.affectations_lot import CHANGE, apercevoir_designation, designer_lot
from parcours.operations.courriers import LOT_MAX, modeles_en_vigueur, preparer_courriers
from parcours.operations.orientation import apercevoir_lot, orienter_lot
from parcours.operations.orientation_lot import RapportLot
from parcours.querysets import PersonneQuerySet
from parcours.regles.lots import Apercu, empreinte_de
from pdi.socle.droits import OUI, RegleMetier, Verdict, non
from pdi.socle.formats import compte

COURRIERS_RESERVES = "Ni dans votre portefeuille, ni dans votre périmètre."


@dataclass(frozen=True)
class Geste:
    """One act. `executer(personnes, saisie, par, empreinte)` returns the preview it has carried out.

    `immediat`: it launches a job of its own, and is never run in another one.
    """

    form: Callable[..., Any]
    verdict: Callable[[Any], Verdict]
    apercevoir: Callable[[PersonneQuerySet, Any, Any], Apercu]
    executer: Callable[[PersonneQuerySet, Any, Any, str], Apercu]
    fait: str  # « N personnes confiées »
    immediat: bool = False


def _apercevoir_designation(personnes: PersonneQuerySet, saisie: Any, par: Any) -> Apercu:
    return apercevoir_designation(personnes=personnes, saisie=saisie, par=par)


def _designer(personnes: PersonneQuerySet, saisie: Any, par: Any, empreinte: str) -> Apercu:
    return designer_lot(personnes=personnes, saisie=saisie, par=par, empreinte=empreinte)


def _transferer(personnes: PersonneQuerySet, saisie: Any, par: Any, empreinte: str) -> Apercu:
    return designer_lot(
        personnes=personnes, saisie=saisie, par=par, empreinte=empreinte, verbe="transferer_portefeuille"
    )


def _peut_orienter(utilisateur: Any) -> Verdict:
    return OUI if utilisateur.is_authenticated and utilisateur.a_role(*ORIENTENT) else non(ORIENTER_RESERVE)


def _form_orientation(donnees: Any = None, *, par: Any) -> OrientationForm:  # noqa: ARG001  # every act knows its author
    jour = timezone.localdate()
    return OrientationForm(donnees, types=mots_des_types(regimes(), jour), places=places_au(jour))


def _dire_orientation(rapport: RapportLot) -> Apercu:
    """Return the report of the orientation as every act tells its own."""
    s = rapport.saisie
    apercu = Apercu([r.personne.pk for r in rapport.retenues], empreinte=rapport.empreinte)
    for refus in rapport.refus:
        apercu.ecartees.setdefault(refus.motif, []).append(refus.personne.pk)
    apercu.constats = [f"{compte(len(apercu.retenues), 'personne')} : {s.structure}, à partir du {s.le:%d/%m/%Y}."]
    if rapport.raccourcies:
        apercu.constats.append(f"{compte(rapport.raccourcies, 'orientation')} en cours\u00a0: fin la veille.")
    if rapport.ecarts:
        dits = compte(rapport.ecarts, "décision s’écarte", "décisions s’écartent")
        apercu.constats.append(f"{dits} de ce que les règles proposent : le motif le dira.")
    if rapport.depassements:
        apercu.alertes.append(f"{compte(rapport.depassements, 'personne')} au-delà de la capacité de la structure.")
    return apercu


def _apercevoir_orientation(personnes: PersonneQuerySet, saisie: Any, par: Any) -> Apercu:
    return _dire_orientation(apercevoir_lot(personnes=personnes, saisie=saisie, par=par))


def _orienter(personnes: PersonneQuerySet, saisie: Any, par: Any, empreinte: str) -> Apercu:
    return _dire_orientation(orienter_lot(personnes=personnes, saisie=saisie, par=par, empreinte=empreinte))


def _form_courrier(donnees: Any = None, *, par: Any) -> CourrierLotForm:  # noqa: ARG001  # every act knows its author
    return CourrierLotForm(donnees, modeles=modeles_en_vigueur(timezone.localdate()))


def _apercevoir_courrier(personnes: PersonneQuerySet, modele: Any, par: Any) -> Apercu:
    """Return who would receive the letter: those whom the author follows or supervises."""
    toutes = list(personnes.order_by("pk").values_list("pk", flat=True))
    lues = avec_acces(Personne.objects.visibles_par(par).filter(pk__in=toutes), par).only("pk")
    siennes = {p.pk for p in lues if p.a_suivre or p.a_portee}  # type: ignore[attr-defined]
    apercu = Apercu([c for c in toutes if c in siennes])
    if len(apercu.retenues) > LOT_MAX:
        raise RegleMetier(f"Un lot compte {LOT_MAX} courriers au plus : ajoutez un filtre à la liste.")
    hors = [c for c in toutes if c not in siennes]
    if hors:
        apercu.ecartees[COURRIERS_RESERVES] = hors
    apercu.constats = [
        f"{compte(len(apercu.retenues), 'courrier')} : {modele}. Leurs pages sont comptées avant l’impression.",
        "Un courrier qui ne peut pas être écrit, faute d’adresse par exemple, est signalé ; les autres se composent.",
    ]
    apercu.empreinte = empreinte_de([modele.pk], apercu.retenues)
    return apercu


def _ecrire(personnes: PersonneQuerySet, modele: Any, par: Any, empreinte: str) -> Apercu:
    apercu = _apercevoir_courrier(personnes, modele, par)
    if apercu.empreinte != empreinte:
        raise RegleMetier(CHANGE)
    lot = preparer_courriers(personnes=apercu.retenues, modele=modele, par=par)
    apercu.suite = ("Relire et imprimer les courriers", lot.get_absolute_url())
    return apercu


GESTES: dict[str, Geste] = {
    GesteLot.DESIGNER: Geste(DesignerLotForm, peut_transferer, _apercevoir_designation, _designer, "confiée"),
    GesteLot.TRANSFERER: Geste(TransfererForm, peut_transferer, _apercevoir_designation, _transferer, "transférée"),
    GesteLot.ORIENTER: Geste(_form_orientation, _peut_orienter, _apercevoir_orientation, _orienter, "orientée"),
    GesteLot.COURRIER: Geste(
        _form_courrier, peut_preparer_courriers, _apercevoir_courrier, _ecrire, "destinataire", True
    ),
}


def gestes_de(utilisateur: Any) -> list[tuple[str, str]]:
    """Return (code, words) of the acts this user may do from a list of people."""
    return [(code, str(GesteLot(code).label)) for code, geste in GESTES.items() if geste.verdict(utilisateur)]


def personnes_de(lot: Lot) -> PersonneQuerySet:
    """Return the frozen people of a lot, as rows; those erased since are no longer there."""
    return Personne.objects.filter(pk__in=lot.personnes)


def formulaire(lot: Lot, donnees: Any = None) -> Any:
    """Return the form of the act, bound to `donnees`, else to what was saved, else blank."""
    form = GESTES[lot.geste].form(donnees if donnees is not None else (lot.saisie or None), par=lot.auteur)
    if lot.origine_id and lot.geste == GesteLot.TRANSFERER:  # a portfolio is not handed to who has it
        form.fields["referent"].queryset = form.fields["referent"].queryset.exclude(pk=lot.origine_id)
    return form
