"""Rules of the requests of the public: life cycle, whose identity it is, who is told. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TypeVar

from parcours.models.demande_publique import EtatDemandePublique as E
from pdi.socle.etats import Automate, Transition

from .doublons import Identite, Rapport, comparer

DEMANDEUR, EQUIPE = "demandeur", "equipe"
T = TypeVar("T")

AUTOMATE_DEMANDE_PUBLIQUE = Automate(
    nom="Demande du public",
    objet="la demande",
    etats=E,
    acteurs={
        DEMANDEUR: "la personne qui demande, par le lien reçu à son adresse",
        EQUIPE: "référent de la personne, encadrant ou agent d’orientation",
    },
    source="Fiche 3.6 of the Essonne PTI-PDI: offers open to self-prescription (« pouvoir d’agir »).",
    transitions=(
        Transition("", E.A_CONFIRMER, "deposer_demande", "Demander", (DEMANDEUR,),
                   "published offer open to self-prescription; consent; not a robot"),
        Transition(E.A_CONFIRMER, E.A_TRAITER, "confirmer_demande", "Confirmer", (DEMANDEUR,),
                   "signed link sent to the address, not expired"),
        Transition(E.A_TRAITER, E.A_RAPPELER, "rappeler_demande", "Noter un rappel", (EQUIPE,),
                   "day of the call, today or later"),
        Transition(E.A_RAPPELER, E.A_RAPPELER, "rappeler_demande", "Noter un rappel", (EQUIPE,),
                   "day of the call, today or later"),
        *(
            transition
            for de in (E.A_TRAITER, E.A_RAPPELER)
            for transition in (
                Transition(de, E.ACCEPTEE, "accepter_demande", "Accepter", (EQUIPE,),
                           "a person is named, whom the author may prescribe to; a prescription of origin "
                           "« auto-prescription » is written"),
                Transition(de, E.DECLINEE, "decliner_demande", "Décliner", (EQUIPE,), "a reason of the list"),
            )
        ),
        Transition(E.DECLINEE, E.A_TRAITER, "rouvrir_demande", "Rouvrir", (EQUIPE,), commentaire=True),
    ),
    contraintes=(
        "demande_publique_confirmation_datee", "demande_publique_traitement_date", "demande_publique_declin_motive",
        "demande_publique_acceptee_pour_quelqu_un", "demande_publique_rappel_date",
    ),
)  # fmt: skip

TONS = {
    E.A_CONFIRMER: "neutre", E.A_TRAITER: "veille", E.A_RAPPELER: "info", E.ACCEPTEE: "bon", E.DECLINEE: "neutre",
}  # fmt: skip

DELAI_TRAITEMENT_JOURS = 7  # beyond, the wait is shown as late


def seule_connue(identite: Identite, connues: Iterable[tuple[T, Identite]]) -> T | None:
    """Return the one known person whose name, first name and birth date are those given; None for none or several."""
    memes = [cle for cle, autre in connues if comparer(identite, autre) is Rapport.MEME]
    return memes[0] if len(memes) == 1 else None


def est_tardive(confirmee_le: datetime.date, jour: datetime.date) -> bool:
    """Return whether a request waits for longer than the département promises."""
    return (jour - confirmee_le).days > DELAI_TRAITEMENT_JOURS
