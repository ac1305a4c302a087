"""Rules of prescriptions: life cycle, who moves it, dates in order, late answers. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from parcours.models.prescription import EtatPrescription as E
from parcours.models.prescription import OriginePrescription
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from pdi.socle.etats import Automate, Transition
from pdi.socle.formats import date_longue

from .delais import Duree, Regime, plus_mois, regime_au

SUIVI, AUTEUR, OPERATEUR, SYSTEME = "suivi", "auteur", "operateur", "systeme"
COTE_PRESCRIPTEUR, TOUS = (SUIVI, AUTEUR), (SUIVI, AUTEUR, OPERATEUR)
REPONDRE = (OPERATEUR, SUIVI)  # the follow-up writes the answer of an operator that has no account

AUTOMATE_PRESCRIPTION = Automate(
    nom="Prescription",
    objet="la prescription",
    etats=E,
    acteurs={
        SUIVI: "référent, encadrant ou agent d’orientation de la personne",
        AUTEUR: "prestataire qui l’a prescrite",
        OPERATEUR: "opérateur à qui elle est adressée",
        SYSTEME: "l’application",
    },
    source="Catalogue of the Essonne offer (who prescribes, by offer); fiche 3.6 of its PTI-PDI (origin).",
    transitions=(
        Transition("", E.RENSEIGNEE, "prescrire", "Prescrire", COTE_PRESCRIPTEUR,
                   "published offer that this origin may prescribe, or a free action"),
        Transition(E.RENSEIGNEE, E.RENSEIGNEE, "modifier_prescription", "Modifier", COTE_PRESCRIPTEUR),
        Transition(E.RENSEIGNEE, E.SIGNEE, "signer", "Signer", COTE_PRESCRIPTEUR, "signature not before the writing"),
        Transition(E.SIGNEE, E.TRANSMISE, "transmettre", "Transmettre", COTE_PRESCRIPTEUR,
                   "an operator is named; the offer is still published"),
        Transition(E.TRANSMISE, E.RENSEIGNEE, "renvoyer_prescription", "Demander un complément", REPONDRE,
                   "signature and sending are undone", commentaire=True),
        Transition(E.TRANSMISE, E.TRANSMISE, "relancer_prescription", "Relancer l’opérateur",
                   (*COTE_PRESCRIPTEUR, SYSTEME), "once a day; by the application once, when the delay has passed"),
        Transition(E.TRANSMISE, E.TRANSMISE, "constater_presentation", "Constater la présentation", REPONDRE),
        Transition(E.RETENUE, E.RETENUE, "constater_presentation", "Constater la présentation", REPONDRE),
        Transition(E.TRANSMISE, E.RETENUE, "retenir", "Retenir la personne", REPONDRE),
        Transition(E.TRANSMISE, E.REFUSEE, "refuser_prescription", "Refuser", REPONDRE, "a reason of the list"),
        Transition(E.RETENUE, E.EN_ACTION, "entrer", "Constater l’entrée", REPONDRE, "not before the sending"),
        Transition(E.EN_ACTION, E.EN_ACTION, "consigner_bilan", "Écrire le bilan intermédiaire", REPONDRE),
        Transition(E.EN_ACTION, E.ACHEVEE, "terminer", "Terminer", REPONDRE,
                   "final review and result; end not before the entry"),
        Transition(E.RETENUE, E.ABANDONNEE, "abandonner", "Constater l’abandon", REPONDRE, commentaire=True),
        Transition(E.EN_ACTION, E.ABANDONNEE, "abandonner", "Constater l’abandon", REPONDRE,
                   "end not before the entry", commentaire=True),
        *(
            Transition(de, E.ANNULEE, "annuler_prescription", "Annuler", COTE_PRESCRIPTEUR, commentaire=True)
            for de in (E.RENSEIGNEE, E.SIGNEE, E.TRANSMISE, E.RETENUE)
        ),
    ),
    contraintes=(
        "prescription_offre_ou_action", "prescription_signature_datee", "prescription_transmission_datee",
        "prescription_reponse_datee", "prescription_refus_motive", "prescription_entree_datee",
        "prescription_fin_datee", "prescription_fin_apres_entree", "prescription_annulation_motivee",
    ),
)  # fmt: skip

# -- who prescribes ----------------------------------------------------------------------------

ORIGINES_DU_ROLE: dict[str, tuple[str, ...]] = {
    Role.REFERENT: (OriginePrescription.REFERENT, OriginePrescription.AUTO),
    Role.ENCADRANT: (OriginePrescription.REFERENT, OriginePrescription.AUTO),
    Role.AGENT_ORIENTATION: (OriginePrescription.PLATEFORME, OriginePrescription.AUTO),
    Role.PRESTATAIRE: (OriginePrescription.PRESTATAIRE,),
}


def origines_du_role(roles: Iterable[str]) -> list[str]:
    """Return the origins that someone with these roles may write, in the order of the list of origins."""
    ouvertes = {origine for role in roles for origine in ORIGINES_DU_ROLE.get(role, ())}
    return [o for o in OriginePrescription.values if o in ouvertes]


def origine_admise(origine: str, *, referent: bool, prestataire: bool, auto: bool) -> bool:
    """Return whether an offer opened to these prescribers admits `origine`; the platform prescribes as a référent."""
    return {
        OriginePrescription.REFERENT: referent, OriginePrescription.PLATEFORME: referent,
        OriginePrescription.PRESTATAIRE: prestataire, OriginePrescription.AUTO: auto,
    }[OriginePrescription(origine)]  # fmt: skip


# -- dates -------------------------------------------------------------------------------------


def verifier_date(
    jour: datetime.date, *, quoi: str, aujourd_hui: datetime.date, apres: datetime.date | None, quoi_avant: str
) -> None:
    """Raise RegleMetier when `jour` is to come, or precedes `apres`. `quoi`: « La signature »; `quoi_avant`: « … »."""
    if jour > aujourd_hui:
        raise RegleMetier(f"{quoi} est datée du {date_longue(jour)}\u00a0: cette date est à venir.", champ="le")
    if apres is not None and jour < apres:
        raise RegleMetier(
            f"{quoi} est datée du {date_longue(jour)}\u00a0: elle ne peut pas précéder {quoi_avant}, "
            f"le {date_longue(apres)}.",
            champ="le",
        )


# -- late answers ------------------------------------------------------------------------------

DELAI_REPONSE = "delai_reponse_prescription"
REPONSE_PAR_DEFAUT = Duree(15, "jours")  # when the regime is silent: a late answer must not hide


def delai_reponse(regimes: Iterable[Regime], jour: datetime.date) -> Duree:
    """Return how long an operator has to answer, as the regime in force on `jour` sets it."""
    try:
        return regime_au(regimes, jour).duree(DELAI_REPONSE) or REPONSE_PAR_DEFAUT
    except LookupError:
        return REPONSE_PAR_DEFAUT


def borne_sans_reponse(delai: Duree, jour: datetime.date) -> datetime.date:
    """Return the day before which a prescription sent and unanswered is late on `jour`."""
    if delai.unite == "mois":
        borne = plus_mois(jour, -delai.valeur)
    else:
        borne = jour - datetime.timedelta(days=delai.valeur * (7 if delai.unite == "semaines" else 1))
    while delai.depuis(borne) < jour:  # month ends: 28 February plus a month is 28 March
        borne += datetime.timedelta(days=1)
    return borne


# -- presentation ------------------------------------------------------------------------------

TONS = {
    E.RENSEIGNEE: "neutre", E.SIGNEE: "neutre", E.TRANSMISE: "veille", E.REFUSEE: "neutre", E.RETENUE: "info",
    E.EN_ACTION: "info", E.ACHEVEE: "bon", E.ABANDONNEE: "neutre", E.ANNULEE: "neutre",
}  # fmt: skip
EN_COURS = (E.RENSEIGNEE, E.SIGNEE, E.TRANSMISE, E.RETENUE, E.EN_ACTION)
