"""The words of the letters of the procedure, under the regime of the facts. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from gouvernance.models.ep import GenreLettre, SensEP
from parcours.regles.delais import Regime
from pdi.socle.formats import date_longue

from .sanctions_ep import Mesure, delai_contradictoire, dire, paliers, source

ASSISTANCE = "Vous pouvez être accompagnée ou accompagné de la personne de votre choix."
CHOIX = "Vos observations seront lues avant toute décision. Ne pas répondre n’empêche pas la décision."

EN_VOTRE_ABSENCE = (
    "Si vous ne pouvez pas venir, écrivez-nous : vos observations lui seront lues. Elle peut examiner votre situation "
    "en votre absence."
)
LEVEE = (
    "Elle peut être levée plus tôt si vous tenez de nouveau vos engagements : parlez-en à la personne qui vous "
    "accompagne."
)
RECOURS_PREALABLE = (
    "Si vous n’êtes pas d’accord, vous avez deux mois à compter de la réception de ce courrier pour présenter un "
    "recours préalable, par lettre au président du conseil départemental (CASF L262-47). Ce recours est obligatoire "
    "avant le tribunal."
)
TRIBUNAL = (
    "S’il est rejeté, ou sans réponse pendant deux mois, vous avez deux mois pour saisir le tribunal administratif, "
    "par courrier ou sur www.telerecours.fr."
)


@dataclass(frozen=True)
class Faits:
    """What a letter says of a file. `seance`: day, hour and place in words; `avis` and `decision` in words."""

    civilite: str
    nom: str
    theme: str
    faits_le: datetime.date
    expose: str
    seance: str = ""
    avis: str = ""
    decision: Mesure | None = None
    motifs: str = ""
    ecart: str = ""
    decidee_le: datetime.date | None = None
    effet_le: datetime.date | None = None
    fin: datetime.date | None = None


def ecrire(genre: str, regime: Regime, faits: Faits) -> tuple[str, list[str]]:
    """Return the object and the paragraphs of a letter; « - » opens a list item."""
    objet, milieu = {
        GenreLettre.INTENTION: _intention, GenreLettre.INVITATION: _invitation, GenreLettre.DECISION: _decision,
    }[GenreLettre(genre)](regime, faits)  # fmt: skip
    return objet, [f"{faits.civilite} {faits.nom},", *milieu]


def _alineas(texte: str) -> list[str]:
    return [ligne.strip() for ligne in texte.splitlines() if ligne.strip()]


def _intention(regime: Regime, faits: Faits) -> tuple[str, list[str]]:
    risques = [
        f"- palier {p.numero} : {p.libelle.lower()}"
        + ("" if p.definitif else f", de {p.taux_min} à {p.taux_max} %, pendant {p.mois_min} à {p.mois_max} mois")
        for p in paliers(regime)
    ]
    plafond = regime.parametres.get("plafond_sanction_foyer")
    limite = [f"Si votre foyer compte plusieurs personnes, la baisse ne dépasse pas {plafond} %."] if plafond else []
    delai = (
        f"Rien n’est décidé. Vous avez {delai_contradictoire(regime)} à compter de la réception de ce courrier pour "
        f"présenter vos observations, par écrit ou de vive voix ({source(regime, 'contradictoire_jours')})."
    )
    return "Votre situation : vos observations avant décision", [
        f"Nous examinons votre situation : {faits.theme.lower()}, faits du {date_longue(faits.faits_le)}.",
        *_alineas(faits.expose),
        f"La loi permet alors ({source(regime, 'sanctions')}) :",
        *risques,
        *limite,
        delai,
        f"Vous pouvez demander à être entendue ou entendu par l’équipe pluridisciplinaire. {ASSISTANCE}",
        CHOIX,
    ]


def _invitation(_regime: Regime, faits: Faits) -> tuple[str, list[str]]:
    return "Invitation à être entendue ou entendu", [
        f"L’équipe pluridisciplinaire examine votre situation {faits.seance}.",
        f"Elle vous invite à lui dire ce que vous souhaitez. {ASSISTANCE}",
        EN_VOTRE_ABSENCE,
    ]


def _effet(faits: Faits) -> list[str]:
    if faits.effet_le is None:
        return []
    if faits.fin is None:
        return [f"Elle s’applique à partir du {date_longue(faits.effet_le)}."]
    dernier = date_longue(faits.fin - datetime.timedelta(days=1))
    return [f"Elle s’applique du {date_longue(faits.effet_le)} au {dernier} inclus.", LEVEE]


def _decision(regime: Regime, faits: Faits) -> tuple[str, list[str]]:
    mesure = faits.decision or Mesure(SensEP.AUCUNE)
    return f"Décision du {date_longue(faits.decidee_le or faits.faits_le)}", [
        f"Votre situation a été examinée : {faits.theme.lower()}, faits du {date_longue(faits.faits_le)}.",
        f"Le président du conseil départemental décide : {dire(regime, mesure).lower()}.",
        *_effet(faits),
        "Les motifs de cette décision :",
        *_alineas(faits.motifs),
        *([f"L’équipe pluridisciplinaire avait rendu cet avis : {faits.avis.lower()}."] if faits.avis else []),
        *_alineas(faits.ecart),
        RECOURS_PREALABLE,
        TRIBUNAL,
    ]


def manques(genre: str, *, intention: bool, seance: bool, decision: bool) -> Sequence[str]:
    """Return what a letter lacks, in words."""
    if genre == GenreLettre.INVITATION and not seance:
        return ("Inscrivez d’abord le dossier à une séance : l’invitation en donne le jour et le lieu.",)
    if genre == GenreLettre.DECISION and not decision:
        return ("Aucune décision n’est encore prise : il n’y a rien à notifier.",)
    if genre == GenreLettre.INTENTION and not intention:
        return ("Ce thème n’entraîne pas de sanction : il n’y a pas d’intention à notifier.",)
    return ()
