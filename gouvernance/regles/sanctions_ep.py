"""What the dated regimes allow after an équipe pluridisciplinaire: delays, steps, bounds, ceilings. Pure.

Every limit is read from the regime of the day of the facts; a message names the rule, its bound and its source.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gouvernance.models.ep import SensEP
from parcours.regles.delais import Duree, Regime, plus_mois
from pdi.socle.formats import date_longue

from .ep import contradictoire, sens_permis

# When a regime is silent: the longest delay known, so that nobody is heard too little.
CONTRADICTOIRE_PAR_DEFAUT = Duree(1, "mois")
RECOURS_PAR_DEFAUT = Duree(2, "mois")  # CASF L262-47, code des relations entre le public et l’administration L411-2
NBSP = "\u00a0"


@dataclass(frozen=True)
class Palier:
    """A step of sanctions; without months it ends the right (radiation, suppression)."""

    numero: int
    libelle: str
    taux_min: int
    taux_max: int
    mois_min: int | None
    mois_max: int | None

    @classmethod
    def lire(cls, brut: Mapping[str, Any]) -> Palier:
        """Read a step of the parameter « sanctions »."""
        return cls(
            brut["palier"], brut["libelle"], brut.get("taux_min", 1), brut.get("taux_max", 100), brut.get("mois_min"),
            brut.get("mois_max"),
        )  # fmt: skip

    @property
    def definitif(self) -> bool:
        """Return whether it ends the right."""
        return self.mois_max is None


@dataclass(frozen=True)
class Faute:
    """Why a measure cannot be: the field, the sentence."""

    champ: str
    message: str


@dataclass(frozen=True)
class Mesure:
    """What is advised or decided."""

    sens: str
    palier: int | None = None
    taux: int | None = None
    mois: int | None = None


def paliers(regime: Regime) -> list[Palier]:
    """Return the steps of the regime, in order."""
    return sorted((Palier.lire(b) for b in regime.parametres.get("sanctions", [])), key=lambda p: p.numero)


def palier_de(regime: Regime, numero: int | None) -> Palier | None:
    """Return a step by its number."""
    return next((p for p in paliers(regime) if p.numero == numero), None)


def source(regime: Regime, cle: str) -> str:
    """Return « source » of a parameter, the title of the regime when none is recorded."""
    return regime.reference(cle) or regime.intitule


@dataclass(frozen=True)
class Foyer:
    """What the ceiling of a sanction depends on. `majoration`: the RSA is « majoré » (a lone parent, or to be)."""

    personnes: int | None = None
    majoration: bool = False

    def plafonne(self, regime: Regime) -> bool:
        """Return whether the ceiling of the regime holds."""
        majore = self.majoration and bool(regime.parametres.get("plafond_sanction_majoration"))
        return majore or (self.personnes or 1) > 1

    def __str__(self) -> str:
        """Return why the ceiling holds: « foyer, qui compte 3 personnes »."""
        if (self.personnes or 1) > 1:
            return f"foyer, qui compte {self.personnes} personnes"
        return "RSA majoré"


def plafond(regime: Regime, palier: Palier, foyer: Foyer) -> tuple[int, int]:
    """Return the lowest and highest rates: the ceiling holds for several people, and for the RSA majoré in regime B."""
    haut = palier.taux_max
    limite = regime.parametres.get("plafond_sanction_foyer")
    if limite is not None and foyer.plafonne(regime):
        haut = min(haut, int(limite))
    return min(palier.taux_min, haut), haut


def _dire_palier(palier: Palier) -> str:
    return f"le palier {palier.numero} («{NBSP}{palier.libelle}{NBSP}»)"


def faute_de_taux(regime: Regime, palier: Palier, taux: int | None, foyer: Foyer) -> Faute | None:
    """Return why a rate cannot be: missing, out of the step, over the ceiling of the household."""
    bas, haut = plafond(regime, palier, foyer)
    if taux is None:
        return Faute("taux", f"Donnez le taux, de {bas} à {haut}{NBSP}% ({source(regime, 'sanctions')}).")
    if bas <= taux <= haut:
        return None
    proche = f"Valeur la plus proche{NBSP}: {bas if taux < bas else haut}{NBSP}%."
    if haut < taux <= palier.taux_max:
        return Faute(
            "taux",
            f"{taux}{NBSP}% dépasse le plafond de {haut}{NBSP}% dû au {foyer} "
            f"({source(regime, 'plafond_sanction_foyer')}). {proche}",
        )
    return Faute(
        "taux",
        f"{taux}{NBSP}% est hors des bornes{NBSP}: {_dire_palier(palier)} va de {bas} à {haut}{NBSP}% "
        f"({source(regime, 'sanctions')}). {proche}",
    )


def faute_de_duree(regime: Regime, palier: Palier, mois: int | None) -> Faute | None:
    """Return why a length cannot be."""
    bas, haut = palier.mois_min or 1, palier.mois_max or 1
    if mois is not None and bas <= mois <= haut:
        return None
    if mois is None:
        return Faute("mois", f"Donnez la durée, de {bas} à {haut} mois ({source(regime, 'sanctions')}).")
    return Faute(
        "mois",
        f"{mois} mois est hors des bornes{NBSP}: {_dire_palier(palier)} dure de {bas} à {haut} mois "
        f"({source(regime, 'sanctions')}). Valeur la plus proche{NBSP}: {bas if mois < bas else haut} mois.",
    )


def faute_de_mesure(regime: Regime, theme: str, mesure: Mesure, foyer: Foyer) -> Faute | None:
    """Return why a measure cannot be advised nor decided under the regime of the facts, None when it can."""
    permis = sens_permis(theme)
    if mesure.sens not in permis:
        dits = ", ".join(str(SensEP(s).label).lower() for s in permis)
        return Faute("sens", f"Sur ce thème, on peut{NBSP}: {dits}.")
    if mesure.sens != SensEP.SANCTION:
        return None
    palier = palier_de(regime, mesure.palier)
    if palier is None:
        dits = ", ".join(f"{p.numero} ({p.libelle.lower()})" for p in paliers(regime))
        return Faute("palier", f"Choisissez un palier de ce régime{NBSP}: {dits} ({source(regime, 'sanctions')}).")
    if palier.definitif:
        if mesure.taux is not None or mesure.mois is not None:
            champ = "taux" if mesure.taux is not None else "mois"
            return Faute(champ, f"{palier.libelle}{NBSP}: ni taux ni durée. Laissez ces champs vides.")
        return None
    return faute_de_taux(regime, palier, mesure.taux, foyer) or faute_de_duree(regime, palier, mesure.mois)


def avis_exige(regime: Regime, theme: str, mesure: Mesure) -> str:
    """Return why the opinion of the team comes before this decision, empty when it is not compulsory.

    Regime A: before every sanction. Regime B: before the step that ends the right. Always before a reorientation or a
    maintenance that the team was asked about (CASF L262-39).
    """
    if mesure.sens == SensEP.AUCUNE:
        return ""
    if not contradictoire(theme) or mesure.sens != SensEP.SANCTION:
        return "L’avis de l’équipe pluridisciplinaire précède cette décision (CASF L262-39)."
    palier = palier_de(regime, mesure.palier)
    quand = str(regime.parametres.get("avis_ep", ""))
    if quand.startswith("avant une suppression") and palier is not None and not palier.definitif:
        return ""
    return f"L’équipe pluridisciplinaire rend son avis {quand or 'avant toute sanction'} ({source(regime, 'avis_ep')})."


def faute_de_palier(mesure: Mesure, precedente_le: datetime.date | None, faits_le: datetime.date) -> Faute | None:
    """Return why a later step cannot be: it supposes a sanction before the facts."""
    if mesure.sens != SensEP.SANCTION or not mesure.palier or mesure.palier == 1:
        return None
    if precedente_le is None:
        return Faute(
            "precedente_le",
            f"Le palier {mesure.palier} suppose une sanction antérieure{NBSP}: donnez sa date, ou choisissez le palier "
            f"1.",
        )
    if precedente_le > faits_le:
        return Faute("precedente_le", f"La sanction précédente est antérieure aux faits du {date_longue(faits_le)}.")
    return None


def s_ecarte(mesure: Mesure, avis: Mesure | None) -> bool:
    """Return whether the decision departs from the opinion."""
    return avis is not None and mesure != avis


# -- delays -----------------------------------------------------------------------------------


def delai_contradictoire(regime: Regime) -> Duree:
    """Return the time left to answer."""
    return regime.duree("contradictoire_jours") or CONTRADICTOIRE_PAR_DEFAUT


def fin_contradictoire(regime: Regime, notifiee_le: datetime.date) -> datetime.date:
    """Return the last day to answer, included; the day of the notification does not count."""
    return delai_contradictoire(regime).depuis(notifiee_le)


def tardive(recue_le: datetime.date, jusqu_au: datetime.date | None) -> bool:
    """Return whether observations came after the delay."""
    return jusqu_au is not None and recue_le > jusqu_au


def attente_du_contradictoire(theme: str, jusqu_au: datetime.date | None, jour: datetime.date, *, observe: bool) -> str:
    """Return why the file still waits on `jour`, empty when it may be examined or decided.

    `observe`: the person answered the intention. What she wrote before she was told of it is no answer.
    """
    if not contradictoire(theme):
        return ""
    if jusqu_au is None:
        return "L’intention n’est pas encore notifiée à la personne : le délai contradictoire n’a pas commencé."
    if jour <= jusqu_au and not observe:
        return (
            f"La personne peut répondre jusqu’au {date_longue(jusqu_au)} inclus : attendez ce délai, ou ses "
            "observations."
        )
    return ""


def fin_de_sanction(effet_le: datetime.date, mois: int | None) -> datetime.date | None:
    """Return the first day without sanction, None when it ends the right."""
    return None if mois is None else plus_mois(effet_le, mois)


def effet_opposable(effet_le: datetime.date, notifiee_le: datetime.date) -> datetime.date:
    """Return when a sanction takes effect: no day before the person is told of it.

    Told after the planned day, she bears it from the first of the next month. Source: CRPA L221-8.
    """
    return effet_le if notifiee_le <= effet_le else effet_propose(notifiee_le)


def effet_propose(decidee_le: datetime.date) -> datetime.date:
    """Return the first day of the month after the decision."""
    return plus_mois(decidee_le.replace(day=1), 1)


def fin_du_recours(regime: Regime, notifiee_le: datetime.date) -> datetime.date:
    """Return the last day to appeal. Source: CASF L262-47."""
    return (regime.duree("delai_recours_mois") or RECOURS_PAR_DEFAUT).depuis(notifiee_le)


def fin_du_silence(regime: Regime, recu_le: datetime.date) -> datetime.date:
    """Return the day when an unanswered appeal is rejected: the tribunal is open from there. Source: CRPA L231-4."""
    return (regime.duree("delai_silence_mois") or RECOURS_PAR_DEFAUT).depuis(recu_le)


def dire(regime: Regime, mesure: Mesure) -> str:
    """Return a measure in words: « Réduction de 50 % pendant 2 mois »."""
    palier = palier_de(regime, mesure.palier)
    if mesure.sens != SensEP.SANCTION or palier is None:
        return str(SensEP(mesure.sens).label)
    if palier.definitif:
        return palier.libelle
    return f"{palier.libelle} de {mesure.taux}{NBSP}% pendant {mesure.mois} mois"
