"""Statements of operators: state machine, lines, what must be explained before sending. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from actions.models import SensIndicateur
from offre.models import EtatBilanOperateur
from pdi.socle.etats import Automate, Transition

from .conventions import atteint

OPERATEUR, SERVICE = "operateur", "service"
E = EtatBilanOperateur
_COMPLET = "what was done is written; every line off target, or without value, is explained"

AUTOMATE_BILAN_OPERATEUR = Automate(
    nom="Bilan d’opérateur",
    objet="le bilan",
    etats=EtatBilanOperateur,
    acteurs={OPERATEUR: "opérateur de la convention", SERVICE: "chargés de programme et administrateurs"},
    source="Fiche 3.7 : yearly statement of each convention.",
    transitions=(
        Transition("", E.A_RENSEIGNER, "ouvrir_bilan_operateur", "Ouvrir", (SERVICE,), "in force in the year"),
        *(
            Transition(de, E.SOUMIS, "soumettre_bilan_operateur", "Soumettre", (OPERATEUR, SERVICE), _COMPLET)
            for de in (E.A_RENSEIGNER, E.A_CORRIGER)
        ),
        Transition(E.SOUMIS, E.A_CORRIGER, "renvoyer_bilan_operateur", "Renvoyer", (SERVICE,), commentaire=True),
        Transition(E.SOUMIS, E.VALIDE, "valider_bilan_operateur", "Valider", (SERVICE,)),
    ),
    contraintes=("bilan_operateur_soumis", "bilan_operateur_renvoi_motive", "bilan_operateur_valide"),
)  # fmt: skip

A_ECRIRE = (E.A_RENSEIGNER, E.A_CORRIGER)
TONS: Mapping[str, tuple[str, str]] = {
    E.A_RENSEIGNER: ("neutre", "pencil"), E.SOUMIS: ("info", "send-fill"),
    E.A_CORRIGER: ("veille", "arrow-return-left"), E.VALIDE: ("bon", "lock-fill"),
}  # fmt: skip


@dataclass(frozen=True)
class LigneBilan:
    """A line of a statement: an objective of the year and what it reached. `declaree`: the operator types its value.

    `masquee`: hidden from this reader, and never frozen so.
    """

    cle: str
    libelle: str
    unite: str
    cible: Decimal
    valeur: Decimal | None
    compte: Decimal | None = None
    base: Decimal | None = None
    compte_dit: str = ""
    base_dite: str = ""
    sens: str = SensIndicateur.HAUSSE
    declaree: bool = False
    explication: str = ""
    masquee: bool = False

    @property
    def atteint(self) -> bool | None:
        """Return whether the target is reached; None without a value."""
        return atteint(self.valeur, self.cible, self.sens)

    @property
    def a_expliquer(self) -> bool:
        """Return whether the operator owes a word: off target, or no value."""
        return self.atteint is not True

    def en_json(self) -> dict[str, Any]:
        """Return the line as it is frozen: numbers as texts."""
        lus = {n: getattr(self, n) for n in self.__dataclass_fields__ if n != "masquee"}
        return {n: f"{v:f}" if isinstance(v, Decimal) else v for n, v in lus.items()}

    @classmethod
    def depuis_json(cls, brute: Mapping[str, Any]) -> LigneBilan:
        """Return a frozen line."""
        lus = {n: brute[n] for n in cls.__dataclass_fields__ if n in brute}
        for nom in ("cible", "valeur", "compte", "base"):
            if lus.get(nom) is not None:
                lus[nom] = Decimal(str(lus[nom]))
        return cls(**lus)


def manques_pour_soumettre(lignes: Iterable[LigneBilan], realisations: str) -> list[str]:
    """Return what keeps a statement from being sent, in the order of the page."""
    manques = []
    for ligne in lignes:
        if ligne.declaree and ligne.valeur is None and not ligne.explication.strip():
            manques.append(f"« {ligne.libelle} » : donnez le résultat, ou dites pourquoi il manque.")
        elif ligne.a_expliquer and not ligne.explication.strip():
            manques.append(f"« {ligne.libelle} » : expliquez l’écart à la cible.")
    if not realisations.strip():
        manques.append("Écrivez ce qui a été fait.")
    return manques


@dataclass(frozen=True)
class Avancement:
    """Where a campaign stands."""

    total: int
    a_ecrire: int
    soumis: int
    a_corriger: int
    valides: int


def avancement(etats: Sequence[str]) -> Avancement:
    """Count statements by state."""
    return Avancement(
        len(etats), etats.count(E.A_RENSEIGNER), etats.count(E.SOUMIS), etats.count(E.A_CORRIGER),
        etats.count(E.VALIDE),
    )  # fmt: skip
