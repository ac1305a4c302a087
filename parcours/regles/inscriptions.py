"""State machine of enrolments, and who counts in which share. Pure."""

from __future__ import annotations

import datetime

from parcours.models import EtatInscription
from pdi.socle.etats import Automate, Transition

from .delais import age_au

PRESCRIPTEUR, OPERATEUR, SYSTEME = "prescripteur", "operateur", "systeme"
ACTEURS = {
    PRESCRIPTEUR: "agents qui suivent la personne",
    OPERATEUR: "opérateur de la session",
    SYSTEME: "l’application",
}
TOUS = (PRESCRIPTEUR, OPERATEUR)
AGE_JEUNES = 26  # « moins de 26 ans »

_E = EtatInscription
AUTOMATE_INSCRIPTION = Automate(
    nom="Inscription",
    objet="l’inscription",
    etats=EtatInscription,
    acteurs=ACTEURS,
    source="Catalogue of the offer: sessions, places and waiting list.",
    transitions=(
        Transition("", _E.CONFIRMEE, "inscrire", "Inscrire", TOUS, "session open, a place left, nobody before"),
        Transition("", _E.EN_ATTENTE, "mettre_en_attente", "Mettre en attente", TOUS, "session open, no place left"),
        Transition(_E.EN_ATTENTE, _E.PROPOSEE, "proposer_place", "Proposer la place", (SYSTEME, *TOUS), "a place left"),
        Transition(
            _E.PROPOSEE, _E.CONFIRMEE, "confirmer_inscription", "Confirmer", TOUS, "before the end of the delay"
        ),
        Transition(_E.PROPOSEE, _E.LIBEREE, "liberer_place", "Libérer la place", (SYSTEME,), "delay passed"),
        Transition(_E.CONFIRMEE, _E.PRESENTE, "constater_entree", "Noter l’entrée", TOUS, "session begun"),
        Transition(
            _E.CONFIRMEE, _E.ABSENTE, "constater_absence", "Noter l’absence", (SYSTEME, *TOUS),
            "session begun; by the application, delay passed while others were noted present",
        ),
        *(
            Transition(etat, _E.ANNULEE, "annuler_inscription", "Annuler", (SYSTEME, *TOUS), commentaire=True)
            for etat in (_E.EN_ATTENTE, _E.PROPOSEE, _E.CONFIRMEE, _E.PRESENTE)
        ),
    ),
    contraintes=(
        "inscription_active_unique", "inscription_rang_unique", "inscription_fin_datee",
        "inscription_annulation_motivee", "session_non_depassee",
    ),
)  # fmt: skip


def publics(*, sexe: str, naissance: datetime.date | None, brsa: bool, jour: datetime.date) -> list[str]:
    """Return the codes of the shares a person counts in on `jour` (QuotaSession.Public), sorted.

    The priority neighbourhood and the recognition of a disability are not recorded: nobody is counted in them.
    """
    trouves = []
    if brsa:
        trouves.append("brsa")
    if sexe == "F":
        trouves.append("femmes")
    if naissance is not None and age_au(naissance, jour) < AGE_JEUNES:
        trouves.append("jeunes")
    return trouves
