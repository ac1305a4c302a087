"""Rules of contracts: the circuit, what a signature needs, how dates read. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from parcours.models import EtatContrat, NatureContrat
from pdi.socle.composants import Situation
from pdi.socle.etats import Automate, Transition
from pdi.socle.formats import date_courte, nombre

from .delais import Regime, echeance_revision, echeance_revision_tardive, plus_mois, regime_au

SUIVI, ENCADREMENT = "suivi", "encadrement"
ACTEURS = {
    SUIVI: "le référent et les agents dont la personne relève",
    ENCADREMENT: "les encadrants dont la personne relève",
}
_COMPLET = "objectives, actions, commitments of both sides, hours of the regime or motive, dates within the contract"

AUTOMATE_CONTRAT = Automate(
    nom="Contrat",
    objet="le contrat",
    etats=EtatContrat,
    acteurs=ACTEURS,
    source="CASF L262-34 to L262-36; « en cours », « à renouveler » and « échu » are read from dates, never stored.",
    transitions=(
        Transition("", EtatContrat.BROUILLON, "preparer_contrat", "Préparer", (SUIVI,), "a structure follows"),
        Transition(EtatContrat.BROUILLON, EtatContrat.SIGNE, "signer_contrat", "Signer", (SUIVI,), _COMPLET),
        Transition(EtatContrat.A_CORRIGER, EtatContrat.SIGNE, "signer_contrat", "Signer", (SUIVI,), _COMPLET),
        Transition(
            EtatContrat.BROUILLON, EtatContrat.VALIDE, "consigner_ppae", "Consigner le PPAE", (SUIVI,),
            "a PPAE, signed at France Travail",
        ),
        Transition(EtatContrat.SIGNE, EtatContrat.BROUILLON, "reprendre_contrat", "Reprendre", (SUIVI,),
                   "signatures are erased"),
        Transition(EtatContrat.SIGNE, EtatContrat.SOUMIS, "soumettre_contrat", "Soumettre", (SUIVI,)),
        Transition(
            EtatContrat.A_CORRIGER, EtatContrat.SOUMIS, "soumettre_contrat", "Soumettre", (SUIVI,),
            "not changed since it was sent back (else signed again first)",
        ),
        Transition(
            EtatContrat.SOUMIS, EtatContrat.A_CORRIGER, "renvoyer_contrat", "Renvoyer", (ENCADREMENT,),
            commentaire=True,
        ),
        Transition(
            EtatContrat.SOUMIS, EtatContrat.VALIDE, "valider_contrat", "Valider", (ENCADREMENT,),
            "not one’s own contract, unless the reason is written; no other first contract over the same days",
        ),
        Transition(
            EtatContrat.SOUMIS, EtatContrat.REFUSE, "refuser_contrat", "Refuser", (ENCADREMENT,), commentaire=True
        ),
        Transition(EtatContrat.VALIDE, EtatContrat.CLOS, "clore_contrat", "Clore", (SUIVI,), "a written bilan"),
        *(
            Transition(etat, EtatContrat.ANNULE, "annuler_contrat", "Annuler", (SUIVI,), commentaire=True)
            for etat in (EtatContrat.BROUILLON, EtatContrat.SIGNE, EtatContrat.A_CORRIGER)
        ),
        Transition(
            EtatContrat.VALIDE, EtatContrat.ANNULE, "annuler_contrat", "Annuler", (ENCADREMENT,), commentaire=True
        ),
    ),
    contraintes=(
        "contrat_dates_dans_l_ordre",
        "contrat_signe_par_les_deux",
        "contrat_valide_date_et_signature",
        "contrat_refus_motive",
        "contrat_clos_date",
        "contrat_suite_d_un_precedent",
    ),
)  # fmt: skip
MODIFIABLES = (EtatContrat.BROUILLON, EtatContrat.A_CORRIGER)

# -- what the regime proposes ---------------------------------------------------------------------

DUREE_PAR_DEFAUT = 6  # months, where the regime says nothing: most contracts are signed for six months
# Motives that the law protects, where the regime names none. Source: CASF L262-34 (2025).
MOTIFS_PROTEGES = ("sante", "handicap", "invalidite", "parent_isole_sans_garde")


def nature_proposee(regime: Regime, organisme: str) -> NatureContrat:
    """Return the nature of the contract due: a PPAE where the organism signs it itself, else that of the regime."""
    if organisme and organisme in regime.parametres.get("contrat_non_du", ()):
        return NatureContrat.PPAE
    return NatureContrat(regime.parametres.get("nature_contrat", NatureContrat.CER))


def fin_proposee(regime: Regime, debut: datetime.date) -> datetime.date:
    """Return the last day of a contract begun on `debut`, for the length of the regime (six months by default)."""
    return plus_mois(debut, int(regime.parametres.get("duree_contrat_mois", DUREE_PAR_DEFAUT))) - datetime.timedelta(1)


def heures_min(regime: Regime, nature: str) -> Decimal | None:
    """Return the hours of activity a week that the regime asks of such a contract, None when it asks none."""
    heures = regime.parametres.get("heures_hebdo_min")
    return None if heures is None or nature == NatureContrat.PPAE else Decimal(str(heures))


def motif_protege(regime: Regime, code: str) -> bool:
    """Return whether a motive of reduction is protected by the law: the review comes after twelve months, not six."""
    return code in regime.parametres.get("motifs_proteges", MOTIFS_PROTEGES)


def revision_due(
    regimes: Iterable[Regime],
    signe_le: datetime.date,
    *,
    type_orientation: str,
    oriente_le: datetime.date | None,
    protege: bool = False,
) -> datetime.date | None:
    """Return the last day to look at the situation again, None when the regime of the signature asks for nothing.

    A: from the social orientation, six months, twelve at most (L262-31). B: from the signature, six months, twelve
    for the protected motives (L262-34).
    """
    regimes = list(regimes)
    if regime_au(regimes, signe_le).parametres.get("revision_types") is None:
        due = echeance_revision(regimes, signe_le, type_orientation=type_orientation, protege=protege)
        return due.le if due else None
    if oriente_le is None:
        return None
    for calculer in (echeance_revision, echeance_revision_tardive):
        due = calculer(regimes, oriente_le, type_orientation=type_orientation)
        if due and due.le > signe_le:
            return due.le
    return None


# -- what a signature needs -----------------------------------------------------------------------


@dataclass(frozen=True)
class ActionLue:
    """What is judged of an action line."""

    intitule: str
    debut: datetime.date | None = None
    fin: datetime.date | None = None


@dataclass(frozen=True)
class ContenuContrat:
    """What a contract says, ready to be judged. `revision_max`: the last day of the legal review."""

    nature: str
    debut: datetime.date
    fin: datetime.date
    heures: Decimal | None = None
    heures_min: Decimal | None = None
    reduit: bool = False
    dispense_fin: datetime.date | None = None
    revision_le: datetime.date | None = None
    revision_max: datetime.date | None = None
    duree_max_mois: int | None = None
    objectifs: int = 0
    actions: tuple[ActionLue, ...] = ()
    engagements_personne: int = 0
    engagements_departement: int = 0


@dataclass(frozen=True)
class Manque:
    """What keeps a contract from being signed: the form field at fault, and a sentence."""

    champ: str
    message: str


def manques_pour_signer(contrat: ContenuContrat) -> list[Manque]:
    """Return what is missing, in the order of the form; empty when the contract may be signed. A PPAE needs dates."""
    manques: list[Manque] = []

    def exiger(condition: object, champ: str, message: str) -> None:
        if not condition:
            manques.append(Manque(champ, message))

    if contrat.duree_max_mois:
        limite = plus_mois(contrat.debut, contrat.duree_max_mois) - datetime.timedelta(1)
        exiger(
            contrat.fin <= limite, "fin",
            f"Ce contrat dépasse {contrat.duree_max_mois} mois : il finit au plus tard le {date_courte(limite)}.",
        )  # fmt: skip
    if contrat.nature == NatureContrat.PPAE:
        return manques
    _heures(contrat, exiger)
    exiger(
        contrat.revision_max is None or (contrat.revision_le and contrat.revision_le <= contrat.revision_max),
        "revision_le",
        f"Le réexamen a lieu au plus tard le {date_courte(contrat.revision_max)}." if contrat.revision_max else "",
    )
    exiger(contrat.objectifs, "objectifs", "Retenez au moins un objectif.")
    exiger(contrat.actions, "actions", "Inscrivez au moins une action.")
    for action in contrat.actions:
        exiger(
            (action.debut or contrat.debut) >= contrat.debut and (action.fin or contrat.fin) <= contrat.fin,
            "actions",
            f"L’action « {action.intitule} » sort des dates du contrat.",
        )
    exiger(contrat.engagements_personne, "engagements_personne", "Écrivez au moins un engagement de la personne.")
    exiger(contrat.engagements_departement, "engagements_departement", "Écrivez au moins un engagement du Département.")
    return manques


def _heures(contrat: ContenuContrat, exiger: Callable[[object, str, str], None]) -> None:
    """Judge the weekly hours: those of the regime, or fewer with a motive and its end. Source: CASF L262-34."""
    minimum = contrat.heures_min
    if minimum is None:
        return
    texte = f"{nombre(minimum)} h"
    exiger(contrat.heures is not None, "heures_hebdo", f"Indiquez les heures d’activité par semaine ({texte}).")
    if contrat.heures is None:
        return
    exiger(
        contrat.heures >= minimum or contrat.reduit, "heures_hebdo",
        f"Le contrat prévoit au moins {texte} d’activité par semaine. Moins d’heures demande un motif de réduction.",
    )  # fmt: skip
    if not contrat.reduit:
        return
    exiger(
        contrat.heures < minimum, "dispense_motif",
        f"Une réduction ramène l’activité sous {texte} par semaine : baissez les heures, ou retirez le motif.",
    )  # fmt: skip
    exiger(contrat.dispense_fin, "dispense_fin", "Dites jusqu’à quand court la réduction ou la dispense.")
    exiger(
        contrat.dispense_fin is None or contrat.debut <= contrat.dispense_fin <= contrat.fin, "dispense_fin",
        "La réduction ou la dispense finit pendant le contrat.",
    )  # fmt: skip


def heures_sans_action(heures: Decimal | None, actions: Iterable[Decimal | None]) -> Decimal | None:
    """Return the weekly hours that no action tells, None when they are all told or when an action has none written."""
    dites = list(actions)
    if heures is None or not dites or None in dites:
        return None
    reste = heures - sum((h for h in dites if h is not None), Decimal(0))
    return reste if reste > 0 else None


def manques_de_signature(dates: Mapping[str, datetime.date], jour: datetime.date) -> list[Manque]:
    """Return the signature dates that cannot be: a signature is never in the future."""
    return [
        Manque(champ, f"Une signature ne se date pas d’avance : le {date_courte(jour)} au plus tard.")
        for champ, date in dates.items()
        if date > jour
    ]


# -- what dates say -------------------------------------------------------------------------------

ALERTES = (60, 30)  # days before the end of a contract
VALIDATION_LENTE = 15  # days after which a submitted contract has waited too long


A_VENIR = Situation("a_venir", "Validé, à venir", "info", icone="calendar-event")
EN_COURS = Situation("en_cours", "En cours", "bon", icone="check-circle-fill")
A_RENOUVELER = Situation("a_renouveler", "À renouveler", "veille", icone="hourglass-split")
ECHU = Situation("echu", "Échu", "veille", icone="clock-fill")
REMPLACE = Situation("suivi", "Échu, suivi d’un autre", "neutre", icone="arrow-repeat")
DU_CIRCUIT: Mapping[str, Situation] = {
    EtatContrat.BROUILLON: Situation("brouillon", "Brouillon", "neutre", icone="pencil"),
    EtatContrat.SIGNE: Situation("signe", "Signé, à soumettre", "info", icone="pen"),
    EtatContrat.SOUMIS: Situation("soumis", "Soumis à validation", "info", icone="send-fill"),
    EtatContrat.A_CORRIGER: Situation("a_corriger", "À corriger", "veille", icone="arrow-return-left"),
    EtatContrat.REFUSE: Situation("refuse", "Refusé", "neutre", icone="x-circle-fill"),
    EtatContrat.CLOS: Situation("clos", "Clos", "neutre", icone="lock-fill"),
    EtatContrat.ANNULE: Situation("annule", "Annulé", "neutre", icone="slash-circle"),
}
PAR_DATES = (A_VENIR, EN_COURS, A_RENOUVELER, ECHU, REMPLACE)


def affichage(etat: str, debut: datetime.date, fin: datetime.date, jour: datetime.date, *, suite: bool) -> Situation:
    """Return how a contract stands on `jour`. `suite`: a later contract follows it."""
    if etat != EtatContrat.VALIDE:
        return DU_CIRCUIT[etat]
    if jour < debut:
        return A_VENIR
    if jour > fin:
        return REMPLACE if suite else ECHU
    return A_RENOUVELER if (fin - jour).days <= max(ALERTES) and not suite else EN_COURS
