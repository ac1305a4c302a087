"""State machine of sessions. Pure."""

from __future__ import annotations

from offre.models import EtatSession
from pdi.socle.etats import Automate, Transition

OPERATEUR, SERVICE = "operateur", "service"
ACTEURS = {OPERATEUR: "opérateur de la session", SERVICE: "chargés de programme et administrateurs"}
TOUS = (OPERATEUR, SERVICE)

AUTOMATE_SESSION = Automate(
    nom="Session",
    objet="la session",
    etats=EtatSession,
    acteurs=ACTEURS,
    source="Catalogue of the offer: sessions and places.",
    transitions=(
        Transition("", EtatSession.PREPAREE, "preparer_session", "Préparer", TOUS, "offer not archived"),
        Transition(EtatSession.PREPAREE, EtatSession.OUVERTE, "ouvrir_session", "Ouvrir aux inscriptions", TOUS),
        Transition(EtatSession.FERMEE, EtatSession.OUVERTE, "ouvrir_session", "Rouvrir aux inscriptions", TOUS),
        Transition(EtatSession.OUVERTE, EtatSession.FERMEE, "fermer_session", "Clore les inscriptions", TOUS),
        *(
            Transition(
                etat, EtatSession.ANNULEE, "annuler_session", "Annuler", TOUS,
                "the enrolled are told; their places are given back", commentaire=True,
            )
            for etat in (EtatSession.PREPAREE, EtatSession.OUVERTE, EtatSession.FERMEE)
        ),
    ),
    contraintes=("session_dates_dans_l_ordre", "session_non_depassee", "session_annulation_motivee"),
)  # fmt: skip
