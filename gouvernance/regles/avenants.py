"""State machines of avenants and of proposals of change, and the dates of a vote. Pure."""

from __future__ import annotations

import datetime

from gouvernance.models.avenant import EtatAvenant, EtatModification
from pdi.socle.etats import Automate, Transition
from pdi.socle.formats import date_longue

GESTION, AUTEUR = "gestion", "auteur"
_G, _GA = (GESTION,), (GESTION, AUTEUR)
ACTEURS = {
    GESTION: "chargés de programme et administrateurs",
    AUTEUR: "celui qui a proposé la modification",
}
E, M = EtatAvenant, EtatModification

AUTOMATE_AVENANT = Automate(
    nom="Avenant au programme",
    objet="l’avenant",
    etats=EtatAvenant,
    acteurs={GESTION: ACTEURS[GESTION]},
    source="CASF L263-1 and L263-2: the Assemblée adopts the programme, and so what changes it.",
    transitions=(
        Transition("", E.PREPARATION, "creer_avenant", "Créer", _G),
        Transition(
            E.PREPARATION, E.PROPOSE, "proposer_avenant", "Proposer au vote", _G,
            "an explanation, a date of effect, at least one modification, no rubric changed since",
        ),
        Transition(E.PROPOSE, E.PREPARATION, "reprendre_avenant", "Remettre en préparation", _G, commentaire=True),
        Transition(
            E.PROPOSE, E.VOTE, "voter_avenant", "Enregistrer le vote", _G,
            "number and day of the deliberation, no rubric changed since",
        ),
        Transition(E.PROPOSE, E.REJETE, "rejeter_avenant", "Enregistrer le rejet", _G, commentaire=True),
    ),
    contraintes=("avenant_vote_reference", "avenant_propose_complet", "avenant_effet_apres_vote"),
)  # fmt: skip

AUTOMATE_MODIFICATION = Automate(
    nom="Proposition de modification d’une fiche",
    objet="la proposition",
    etats=EtatModification,
    acteurs=ACTEURS,
    source="A fiche of an adopted programme changes by an avenant.",
    transitions=(
        Transition("", M.PROPOSEE, "proposer_modification", "Proposer", _GA, "pilote of the fiche, or a manager"),
        Transition(
            M.PROPOSEE, M.RETENUE, "retenir_modification", "Mettre dans un avenant", _G, "an avenant in preparation"
        ),
        Transition(
            M.RETENUE, M.PROPOSEE, "liberer_modification", "Sortir de l’avenant", _G, "an avenant in preparation"
        ),
        Transition(M.PROPOSEE, M.ECARTEE, "ecarter_modification", "Écarter", _GA, commentaire=True),
        Transition(
            M.RETENUE, M.ECARTEE, "rejeter_modification", "Écarter avec son avenant", _G, "the avenant is rejected"
        ),
        Transition(
            M.RETENUE, M.APPLIQUEE, "appliquer_modification", "Appliquer", _G, "the avenant is voted and in effect"
        ),
    ),
    contraintes=("modification_retenue_dans_un_avenant", "modification_une_par_rubrique"),
)  # fmt: skip

TONS_AVENANT = {
    E.PREPARATION: ("neutre", "pencil-square"), E.PROPOSE: ("info", "send"), E.VOTE: ("bon", "check-lg"),
    E.REJETE: ("neutre", "x-lg"),
}  # fmt: skip
TONS_MODIFICATION = {
    M.PROPOSEE: ("info", "hourglass-split"), M.RETENUE: ("neutre", "journal-check"), M.APPLIQUEE: ("bon", "check-lg"),
    M.ECARTEE: ("neutre", "x-lg"),
}  # fmt: skip


def faute_de_vote(vote: datetime.date, effet: datetime.date | None, jour: datetime.date) -> tuple[str, str] | None:
    """Return (field, sentence) when a vote cannot be recorded so, None when it can."""
    if vote > jour:
        return "vote_le", "Ce vote est à venir\u00a0: il s’enregistre une fois passé."
    if effet is not None and effet < vote:
        return "effet", f"Un avenant prend effet au plus tôt le jour de son vote, le {date_longue(vote)}."
    return None
