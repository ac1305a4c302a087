"""The state machine of a file of an équipe pluridisciplinaire, what its theme allows. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gouvernance.models.ep import EtatDossierEP as Etat
from gouvernance.models.ep import SensEP, ThemeEP
from pdi.socle.etats import Automate, Transition

DEMANDEUR, SECRETARIAT, DECIDEUR = "demandeur", "secretariat", "decideur"
ACTEURS = {
    DEMANDEUR: "ceux qui suivent ou encadrent la personne",
    SECRETARIAT: "secrétaires de l’équipe, chargés de programme et administrateurs",
    DECIDEUR: "encadrants dont relève la personne, par délégation du président du conseil départemental",
}
_DS, _SD, _S, _D = (DEMANDEUR, SECRETARIAT), (SECRETARIAT, DECIDEUR), (SECRETARIAT,), (DECIDEUR,)

# Facts that may end in a sanction: the intention is notified first (CASF L262-37). The others go straight to the team.
THEMES_DE_SANCTION = (ThemeEP.NON_CONCLUSION, ThemeEP.NON_RESPECT, ThemeEP.RADIATION, ThemeEP.CONTROLE)
SENS: Mapping[bool, tuple[SensEP, ...]] = {
    True: (SensEP.AUCUNE, SensEP.SANCTION, SensEP.REORIENTER),
    False: (SensEP.REORIENTER, SensEP.MAINTENIR),
}


def contradictoire(theme: str) -> bool:
    """Return whether the theme may end in a sanction, hence a contradictory procedure."""
    return theme in THEMES_DE_SANCTION


def sens_permis(theme: str) -> tuple[SensEP, ...]:
    """Return what may be advised or decided on the theme."""
    return SENS[contradictoire(theme)]


AUTOMATE_EP = Automate(
    nom="Dossier d’équipe pluridisciplinaire",
    objet="le dossier",
    etats=Etat,
    acteurs=ACTEURS,
    source="CASF L262-31, L262-37, L262-39; the regime is the one of the day of the facts.",
    transitions=(
        Transition("", Etat.BROUILLON, "ouvrir_dossier_ep", "Ouvrir", (DEMANDEUR,)),
        Transition(Etat.BROUILLON, Etat.SOUMIS, "soumettre_dossier_ep", "Soumettre", _DS),
        Transition(Etat.SOUMIS, Etat.BROUILLON, "renvoyer_dossier_ep", "Renvoyer", _S, commentaire=True),
        Transition(
            Etat.SOUMIS, Etat.CONTRADICTOIRE, "notifier_intention", "Notifier l’intention", _S,
            "a theme that may end in a sanction",
        ),
        Transition(Etat.SOUMIS, Etat.INSCRIT, "inscrire_dossier_ep", "Inscrire", _S, "no contradictory procedure"),
        Transition(
            Etat.CONTRADICTOIRE, Etat.INSCRIT, "inscrire_dossier_ep", "Inscrire", _S,
            "the delay is over on the day of the meeting, or the observations came",
        ),
        Transition(Etat.INSCRIT, Etat.SOUMIS, "desinscrire_dossier_ep", "Retirer de l’ordre du jour", _S),
        Transition(Etat.INSCRIT, Etat.CONTRADICTOIRE, "rendre_au_contradictoire", "Retirer de l’ordre du jour", _S),
        Transition(
            Etat.INSCRIT, Etat.EXAMINE, "rendre_avis", "Rendre l’avis", _S, "the meeting is open and has its quorum"
        ),
        Transition(
            Etat.CONTRADICTOIRE, Etat.DECIDE, "decider_dossier_ep", "Décider", _D,
            "the delay is over or the observations came; no opinion is compulsory for this decision",
        ),
        Transition(
            Etat.EXAMINE, Etat.DECIDE, "decider_dossier_ep", "Décider", _D,
            "the delay is over or the observations came",
        ),
        Transition(Etat.DECIDE, Etat.NOTIFIE, "notifier_decision_ep", "Notifier", _SD),
        Transition(Etat.NOTIFIE, Etat.RECOURS, "recevoir_recours_ep", "Enregistrer un recours", _SD),
        Transition(Etat.RECOURS, Etat.NOTIFIE, "trancher_recours_ep", "Enregistrer l’issue", _SD),
        Transition(
            Etat.NOTIFIE, Etat.CLOS, "clore_dossier_ep", "Clore", _SD,
            "what was decided has taken effect, the delay of appeal is over",
        ),
        *(
            Transition(e, Etat.RETIRE, "retirer_dossier_ep", "Retirer", _DS, commentaire=True)
            for e in (Etat.BROUILLON, Etat.SOUMIS, Etat.CONTRADICTOIRE, Etat.INSCRIT)
        ),
        *(
            Transition(e, Etat.SANS_SUITE, "classer_dossier_ep", "Classer sans suite", _D, commentaire=True)
            for e in (Etat.SOUMIS, Etat.CONTRADICTOIRE, Etat.INSCRIT, Etat.EXAMINE)
        ),
    ),
    contraintes=("ep_saisine_motivee", "ep_inscrit_a_sa_seance", "ep_contradictoire_date"),
)  # fmt: skip

ICONE_AVIS = "chat-dots-fill"
TONS_EP = {
    Etat.BROUILLON: ("neutre", "pencil-square"), Etat.SOUMIS: ("info", "send"),
    Etat.CONTRADICTOIRE: ("veille", "hourglass-split"), Etat.INSCRIT: ("info", "list-ol"),
    Etat.EXAMINE: ("info", ICONE_AVIS), Etat.DECIDE: ("info", "check-circle-fill"),
    Etat.NOTIFIE: ("bon", "check-lg"), Etat.RECOURS: ("veille", "exclamation-circle-fill"),
    Etat.CLOS: ("neutre", "lock-fill"), Etat.RETIRE: ("neutre", "x-lg"), Etat.SANS_SUITE: ("neutre", "x-lg"),
}  # fmt: skip
