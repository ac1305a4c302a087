"""Rules of campaigns and bilans: who may move them, when they are due, what a bilan must say. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from actions.models import EtatBilan, EtatCampagne
from pdi.socle.composants import Affichage
from pdi.socle.etats import Automate, Transition

PILOTE, GESTION = "pilote", "gestion"
ACTEURS = {PILOTE: "pilotes de la fiche", GESTION: "chargés de programme et administrateurs"}

AUTOMATE_BILAN = Automate(
    nom="Bilan",
    objet="le bilan",
    etats=EtatBilan,
    acteurs=ACTEURS,
    source="CASF L263-1 (yearly deliberation before 31 March); annual cycle of the programme.",
    transitions=(
        Transition(
            "", EtatBilan.A_RENSEIGNER, "ouvrir_campagne", "Ouvrir", (GESTION,), "campaign opened, figures frozen"
        ),
        Transition(
            EtatBilan.A_RENSEIGNER,
            EtatBilan.SOUMIS,
            "soumettre_bilan",
            "Soumettre",
            (PILOTE, GESTION),
            "campaign open; text, perspectives and each missed target explained",
        ),
        Transition(
            EtatBilan.A_CORRIGER,
            EtatBilan.SOUMIS,
            "soumettre_bilan",
            "Soumettre",
            (PILOTE, GESTION),
            "campaign open; text, perspectives and each missed target explained",
        ),
        Transition(
            EtatBilan.SOUMIS,
            EtatBilan.A_CORRIGER,
            "renvoyer_bilan",
            "Renvoyer",
            (GESTION,),
            "campaign open",
            commentaire=True,
        ),
        Transition(
            EtatBilan.SOUMIS,
            EtatBilan.VALIDE,
            "valider_bilan",
            "Valider",
            (GESTION,),
            "campaign open; not by the person who submitted it",
        ),
        Transition(
            EtatBilan.VALIDE,
            EtatBilan.A_CORRIGER,
            "rouvrir_bilan",
            "Rouvrir",
            (GESTION,),
            "campaign open",
            commentaire=True,
        ),
    ),
    contraintes=(
        "bilan_unique",
        "bilan_soumis_date_et_auteur",
        "bilan_renvoi_motive",
        "bilan_valide_date_et_auteur",
        "bilan_soumis_non_vide",
    ),
)

AUTOMATE_CAMPAGNE = Automate(
    nom="Campagne de bilans",
    objet="la campagne",
    etats=EtatCampagne,
    acteurs={GESTION: ACTEURS[GESTION]},
    source="CASF L263-1.",
    transitions=(
        Transition(
            "",
            EtatCampagne.PREPAREE,
            "preparer_campagne",
            "Préparer",
            (GESTION,),
            "a year of the programme; dates in order",
        ),
        Transition(
            EtatCampagne.PREPAREE,
            EtatCampagne.OUVERTE,
            "ouvrir_campagne",
            "Ouvrir",
            (GESTION,),
            "the programme has fiches",
        ),
        Transition(
            EtatCampagne.OUVERTE,
            EtatCampagne.CLOSE,
            "clore_campagne",
            "Clore",
            (GESTION,),
            "every bilan validated, else a comment saying why",
        ),
        Transition(
            EtatCampagne.CLOSE,
            EtatCampagne.OUVERTE,
            "rouvrir_campagne",
            "Rouvrir",
            (GESTION,),
            commentaire=True,
        ),
    ),
    contraintes=("campagne_unique", "campagne_dates_dans_l_ordre", "campagne_dates_selon_etat"),
)

# -- dates --------------------------------------------------------------------------------------

SEUILS_ALERTE = (60, 30, 15)


def limite_legale(annee: int) -> datetime.date:
    """Return the last day to deliberate on year `annee`: 31 March of the next. Source: CASF L263-1."""
    return datetime.date(annee + 1, 3, 31)


@dataclass(frozen=True)
class CompteARebours:
    """Where `jour` stands before the legal date. `seuil`: the nearest threshold passed (60, 30, 15), else None."""

    limite: datetime.date
    jours: int
    seuil: int | None

    @property
    def depassee(self) -> bool:
        """Return whether the legal date has passed."""
        return self.jours < 0

    @property
    def ton(self) -> str:
        """Return the tone: red only once passed or within 15 days."""
        if self.depassee or self.seuil == 15:
            return "retard"
        return "veille" if self.seuil is not None else "neutre"


def compte_a_rebours(annee: int, jour: datetime.date) -> CompteARebours:
    """Return the countdown to 31 March on `jour`."""
    limite = limite_legale(annee)
    jours = (limite - jour).days
    return CompteARebours(limite, jours, min((s for s in SEUILS_ALERTE if 0 <= jours <= s), default=None))


@dataclass(frozen=True)
class DatesCampagne:
    """The four dates of a campaign, each the last day included, in order."""

    ouverture: datetime.date
    soumission_avant: datetime.date
    relecture_avant: datetime.date
    assemblee_avant: datetime.date


def _jour_ouvre_suivant(jour: datetime.date) -> datetime.date:
    return jour + datetime.timedelta(days=max(0, 7 - jour.weekday()) if jour.weekday() >= 5 else 0)


def _jour_ouvre_precedent(jour: datetime.date) -> datetime.date:
    return jour - datetime.timedelta(days=max(0, jour.weekday() - 4))


def proposer_dates(annee: int, jour: datetime.date) -> DatesCampagne:
    """Propose the dates of the campaign on year `annee`, prepared on `jour`.

    Opened on 15 January, bilans due mid-February, reviewed by the end of February, Assemblée before 31 March
    (annual cycle; months are habits of the service, only 31 March is law). Working days. A campaign prepared late
    opens at once and keeps the order; one prepared after the legal date gets four weeks.
    """
    suivante = annee + 1
    assemblee = _jour_ouvre_precedent(limite_legale(annee))
    ouverture = _jour_ouvre_suivant(max(datetime.date(suivante, 1, 15), jour))
    if ouverture > assemblee:
        semaines = [_jour_ouvre_suivant(ouverture + datetime.timedelta(weeks=n)) for n in (2, 3, 4)]
        return DatesCampagne(ouverture, *semaines)
    fin_fevrier = datetime.date(suivante, 3, 1) - datetime.timedelta(days=1)
    relecture = max(_jour_ouvre_precedent(fin_fevrier), min(assemblee, ouverture + datetime.timedelta(days=14)))
    soumission = max(_jour_ouvre_suivant(datetime.date(suivante, 2, 15)), ouverture + datetime.timedelta(days=7))
    return DatesCampagne(ouverture, min(soumission, relecture), relecture, assemblee)


# -- what a bilan must say -----------------------------------------------------------------------

MOTS_AU_PLUS = 500
MOTS_D_UNE_PHRASE = 6
_MOT = re.compile(r"[^\W\d_]{2,}|\d+(?:[.,]\d+)?")


def compter_mots(texte: str) -> int:
    """Return the number of words, as a reader counts them (« l’étude » is one)."""
    return len(texte.split())


def est_une_phrase(texte: str) -> bool:
    """Return whether `texte` says something: six words or more, five of them different (« Voir 2024 » is not)."""
    mots = [mot.lower() for mot in _MOT.findall(texte)]
    return len(mots) >= MOTS_D_UNE_PHRASE and len(set(mots)) >= MOTS_D_UNE_PHRASE - 1


@dataclass(frozen=True)
class Manque:
    """What is missing: the form field at fault and a sentence for the pilote."""

    champ: str
    message: str
    libelle: str


@dataclass(frozen=True)
class ContenuBilan:
    """What a bilan says, ready to be judged. `ecarts`: {indicator id: label} of the missed targets."""

    realisations: str = ""
    perspectives: str = ""
    evolution_proposee: bool = False
    changement_propose: str = ""
    explications: Mapping[int, str] = field(default_factory=dict)
    ecarts: Mapping[int, str] = field(default_factory=dict)


def champ_explication(indicateur_id: int) -> str:
    """Return the name of the form field that explains the gap of an indicator."""
    return f"explication-{indicateur_id}"


def manques_pour_soumettre(contenu: ContenuBilan) -> list[Manque]:
    """Return what keeps the bilan from being submitted, in the order of the page."""
    manques: list[Manque] = []

    def exiger(condition: bool, champ: str, message: str, libelle: str) -> None:
        if not condition:
            manques.append(Manque(champ, message, libelle))

    exiger(
        est_une_phrase(contenu.realisations),
        "realisations",
        "Dites ce qui a été fait, en une phrase au moins.",
        "le bilan de l’année",
    )
    exiger(
        compter_mots(contenu.realisations) <= MOTS_AU_PLUS,
        "realisations",
        f"Ce texte compte {compter_mots(contenu.realisations)} mots : ramenez-le à {MOTS_AU_PLUS} au plus.",
        "la longueur du bilan",
    )
    for indicateur_id, libelle in contenu.ecarts.items():
        exiger(
            est_une_phrase(contenu.explications.get(indicateur_id, "")),
            champ_explication(indicateur_id),
            "Dites ce qui explique l’écart, en une phrase au moins : les élus ne liront que ce texte.",
            f"l’écart de « {libelle} »",
        )
    exiger(
        est_une_phrase(contenu.perspectives),
        "perspectives",
        "Dites ce qui est prévu, en une phrase au moins.",
        "les perspectives",
    )
    exiger(
        not contenu.evolution_proposee or est_une_phrase(contenu.changement_propose),
        "changement_propose",
        "Vous proposez de faire évoluer la fiche : dites quel changement, en une phrase au moins.",
        "le changement proposé",
    )
    return manques


# -- presentation ---------------------------------------------------------------------------------


A_REDIGER = Affichage("À rédiger", "neutre", icone="pencil")
EN_REDACTION = Affichage("En rédaction", "info", icone="pencil-square")
AFFICHAGES: Mapping[str, Affichage] = {
    EtatBilan.SOUMIS: Affichage("Soumis", "info", icone="send-fill"),
    EtatBilan.A_CORRIGER: Affichage("Renvoyé", "veille", icone="arrow-return-left"),
    EtatBilan.VALIDE: Affichage("Validé", "bon", icone="check-circle-fill"),
}
# What the board and its filter call « phase »: the state, « à renseigner » being cut in two by the first save.
PHASES: Mapping[str, Affichage] = {
    "a_rediger": A_REDIGER,
    "en_redaction": EN_REDACTION,
    "soumis": AFFICHAGES[EtatBilan.SOUMIS],
    "a_corriger": AFFICHAGES[EtatBilan.A_CORRIGER],
    "valide": AFFICHAGES[EtatBilan.VALIDE],
}


def phase(etat: str, *, commence: bool) -> str:
    """Return the phase of a bilan in `etat`; `commence`: somebody has saved it once."""
    if etat == EtatBilan.A_RENSEIGNER:
        return "en_redaction" if commence else "a_rediger"
    return etat


def affichage(etat: str, *, commence: bool) -> Affichage:
    """Return how the state is shown."""
    return PHASES[phase(etat, commence=commence)]
