"""Satisfaction questionnaires: their states, the ready-made model, what answers may be shown. Pure."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gouvernance.models.questionnaire import NOTE_MAX, AccesQuestionnaire, EtatQuestionnaire, GenreQuestion
from pdi.socle.etats import Automate, Transition
from pdi.socle.formats import date_longue
from pdi.socle.masquage import SEUIL_INTERNE

REDACTEUR = "redacteur"
SEUIL = SEUIL_INTERNE  # under five answers, a figure or a text would tell who gave it
QUESTIONS_MAX, CHOIX_MAX = 8, 8
TEXTE_MAX = 600
OUVERTURE_MAX_JOURS = 366
BILLETS_MAX = 300
NOTES = {1: "1 – Pas du tout", 2: "2", 3: "3", 4: "4", 5: "5 – Tout à fait"}

AUTOMATE_QUESTIONNAIRE = Automate(
    nom="Questionnaire de satisfaction",
    objet="le questionnaire",
    etats=EtatQuestionnaire,
    acteurs={REDACTEUR: "secrétaires de l’instance, qui tient la session, chargés de programme et administrateurs"},
    transitions=(
        Transition("", EtatQuestionnaire.BROUILLON, "creer_questionnaire", "Préparer", (REDACTEUR,)),
        Transition(
            EtatQuestionnaire.BROUILLON, EtatQuestionnaire.OUVERT, "ouvrir_questionnaire", "Ouvrir", (REDACTEUR,),
            "a question at least, a last day to come",
        ),
        Transition(EtatQuestionnaire.OUVERT, EtatQuestionnaire.CLOS, "clore_questionnaire", "Clore", (REDACTEUR,)),
    ),
    contraintes=("questionnaire_un_seul_objet", "questionnaire_maximum_plausible"),
)  # fmt: skip
TONS_QUESTIONNAIRE = {
    EtatQuestionnaire.BROUILLON: ("neutre", "pencil-square"), EtatQuestionnaire.OUVERT: ("info", "record-circle-fill"),
    EtatQuestionnaire.CLOS: ("bon", "lock-fill"),
}  # fmt: skip

# The ready-made model: short on purpose, so that it is answered standing up.
MODELE: tuple[dict[str, Any], ...] = (
    {"genre": GenreQuestion.ECHELLE, "intitule": "Ce moment m’a été utile.", "obligatoire": True},
    {"genre": GenreQuestion.ECHELLE, "intitule": "J’ai pu m’exprimer et être écouté.", "obligatoire": True},
    {"genre": GenreQuestion.ECHELLE, "intitule": "Les explications étaient claires."},
    {"genre": GenreQuestion.CHOIX, "intitule": "Je suis venu en tant que",
     "choix": ["Personne accompagnée", "Professionnel", "Partenaire ou élu"]},
    {"genre": GenreQuestion.TEXTE, "intitule": "Qu’est-ce qui serait à améliorer ?"},
)  # fmt: skip


def refus_de_repondre(etat: str, dernier_jour: datetime.date, maximum: int, recues: int, jour: datetime.date) -> str:
    """Return why nobody may answer now, empty when they may."""
    if etat == EtatQuestionnaire.BROUILLON:
        return "Ce questionnaire n’est pas encore ouvert."
    if jour > dernier_jour:
        return f"Ce questionnaire est clos : les réponses étaient attendues jusqu’au {date_longue(dernier_jour)}."
    if etat == EtatQuestionnaire.CLOS:
        return "Ce questionnaire est clos."
    if recues >= maximum:
        return "Ce questionnaire a reçu toutes les réponses attendues."
    return ""


def faute_de_billets(acces: str, maximum: int) -> str:
    """Return why so many cards cannot be printed, empty when they can."""
    if acces == AccesQuestionnaire.BILLETS and maximum > BILLETS_MAX:
        return f"Un questionnaire à billets en imprime {BILLETS_MAX} au plus : ramenez-y le nombre de réponses."
    return ""


def faute_d_ouverture(questions: int, dernier_jour: datetime.date, jour: datetime.date) -> str:
    """Return why a questionnaire cannot be opened, empty when it can."""
    if not questions:
        return "Écrivez au moins une question avant d’ouvrir."
    if dernier_jour < jour:
        return f"Le dernier jour pour répondre, le {date_longue(dernier_jour)}, est passé : changez-le."
    if (dernier_jour - jour).days > OUVERTURE_MAX_JOURS:
        return "Un questionnaire reste ouvert un an au plus : relisez l’année du dernier jour."
    return ""


@dataclass(frozen=True)
class Repartition:
    """What was answered to a closed question: counts in order. `masquee`: too few answers to be told."""

    points: list[tuple[str, int]]
    reponses: int
    moyenne: Decimal | None = None

    @property
    def masquee(self) -> bool:
        """Return whether fewer than five people answered."""
        return self.reponses < SEUIL


def repartition_notes(notes: Iterable[int]) -> Repartition:
    """Count the marks from 1 to 5, with their mean."""
    comptes = Counter(notes)
    total = sum(comptes.values())
    somme = sum(note * n for note, n in comptes.items())
    moyenne = (Decimal(somme) / total).quantize(Decimal("0.1")) if total else None
    return Repartition([(NOTES[n], comptes[n]) for n in range(1, NOTE_MAX + 1)], total, moyenne)


def repartition_choix(choix: Sequence[str], reponses: Iterable[str]) -> Repartition:
    """Count the choices in their order."""
    comptes = Counter(r for r in reponses if r in choix)
    return Repartition([(c, comptes[c]) for c in choix], sum(comptes.values()))
