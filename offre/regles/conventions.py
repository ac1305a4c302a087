"""Conventions: state machine, how one stands at a date, quotas, targets. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from actions.models import SensIndicateur
from offre.models import EtatConvention
from pdi.socle.composants import Situation
from pdi.socle.etats import Automate, Transition
from pdi.socle.formats import nombre

SERVICE = "service"
E = EtatConvention

AUTOMATE_CONVENTION = Automate(
    nom="Convention",
    objet="la convention",
    etats=EtatConvention,
    acteurs={SERVICE: "chargés de programme et administrateurs"},
    source="Fiche 3.7 : conventions with harmonised objectives.",
    transitions=(
        Transition("", E.PROJET, "creer_convention", "Préparer", (SERVICE,)),
        Transition(
            E.PROJET, E.SIGNEE, "signer_convention", "Signer", (SERVICE,),
            "an amount and an objective are written; the date is not in the future",
        ),
        Transition(E.SIGNEE, E.RESILIEE, "resilier_convention", "Résilier", (SERVICE,), commentaire=True),
    ),
    contraintes=("convention_signee_datee", "convention_resiliation_motivee", "convention_periode_non_vide"),
)  # fmt: skip


# -- how it stands ---------------------------------------------------------------------------------


SITUATIONS = {
    s.code: s
    for s in (
        Situation("projet", "En projet", "neutre", "pencil"),
        Situation("a_venir", "Signée, à venir", "info", "calendar-event"),
        Situation("en_vigueur", "En vigueur", "bon", "check-circle-fill"),
        Situation("finit", "Finit bientôt", "veille", "hourglass-split"),
        Situation("echue", "Échue", "neutre", "clock-fill"),
        Situation("resiliee", "Résiliée", "neutre", "slash-circle"),
    )
}


def situation(
    etat: str, debut: datetime.date, fin: datetime.date | None, alerte: int, jour: datetime.date
) -> Situation:
    """Return how a convention stands on `jour`. `fin`: its last day, None when it has no end; `alerte` in days."""
    if etat != E.SIGNEE:
        return SITUATIONS[etat]
    if jour < debut:
        return SITUATIONS["a_venir"]
    if fin is not None and jour > fin:
        return SITUATIONS["echue"]
    if fin is not None and (fin - jour).days <= alerte:
        return SITUATIONS["finit"]
    return SITUATIONS["en_vigueur"]


# -- quotas ----------------------------------------------------------------------------------------

TYPES_REGLE: Mapping[str, tuple[str, str]] = {
    "places": ("Places conventionnées par an", "places"),
    "heures": ("Heures conventionnées par an", "heures"),
    "part": ("Part réservée à un public", "%"),
    "autre": ("Autre règle", ""),
}


def dire_regle(regle: Mapping[str, Any]) -> str:
    """Return a quota in words: « 90 places conventionnées par an », « Part réservée : bénéficiaires du RSA, 60 % »."""
    libelle, unite = TYPES_REGLE.get(regle.get("type", ""), TYPES_REGLE["autre"])
    quantite, texte = regle.get("quantite"), str(regle.get("libelle") or "")
    dite = f"{nombre(quantite)} {unite}".strip().replace(" ", "\u00a0") if quantite not in (None, "") else ""
    if regle.get("type") == "autre":
        return ", ".join(filter(None, (texte, dite)))
    return f"{libelle}\u00a0: {', '.join(filter(None, (texte, dite)))}"


def fautes_regles(regles: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what makes quotas unusable."""
    fautes = []
    lues = list(regles)
    for rang, regle in enumerate(lues, 1):
        genre, quantite = regle.get("type", ""), regle.get("quantite")
        if genre not in TYPES_REGLE:
            fautes.append(f"Règle {rang} : choisissez sa nature.")
        elif genre == "autre" and not regle.get("libelle"):
            fautes.append(f"Règle {rang} : dites-la en quelques mots.")
        elif genre != "autre" and quantite in (None, ""):
            fautes.append(f"Règle {rang}, {TYPES_REGLE[genre][0].lower()} : donnez la quantité.")
        elif genre == "part" and not Decimal(0) < Decimal(str(quantite)) <= Decimal(100):
            fautes.append(f"Règle {rang} : une part va de 0 à 100 %.")
    fautes += [
        f"Une seule règle donne les {unique} conventionnées."
        for unique in ("places", "heures")
        if sum(r.get("type") == unique for r in lues) > 1
    ]
    parts = sum(
        (Decimal(str(r["quantite"])) for r in lues if r.get("type") == "part" and r.get("quantite")), Decimal(0)
    )
    if parts > 100:
        fautes.append(f"Les parts réservées font {nombre(parts)} % : elles ne dépassent pas 100 %.")
    return fautes


# -- targets ---------------------------------------------------------------------------------------


def atteint(valeur: Decimal | None, cible: Decimal, sens: str) -> bool | None:
    """Return whether a target is reached; None without a value. With « baisse », the target is a ceiling."""
    if valeur is None:
        return None
    return valeur <= cible if sens == SensIndicateur.BAISSE else valeur >= cible


def ecart_argent(prevu: Decimal | None, mandate: Decimal | None) -> Decimal | None:
    """Return what is planned and not yet mandated; None when one is not said."""
    return None if prevu is None or mandate is None else prevu - mandate


def total(montants: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of what is said; None when nothing is."""
    dits = [m for m in montants if m is not None]
    return sum(dits, Decimal(0)) if dits else None


def manques_pour_signer(montants: Sequence[Any], objectifs: Sequence[Any]) -> list[str]:
    """Return what is missing before a convention can be signed."""
    manques = []
    if not any(m.prevu is not None for m in montants):
        manques.append("Écrivez au moins un montant prévu.")
    if not objectifs:
        manques.append("Écrivez au moins un objectif chiffré.")
    return manques


def annees_de(debut: datetime.date, fin: datetime.date | None, jour: datetime.date) -> list[int]:
    """Return the years a convention covers, up to next year when it has no end."""
    return list(range(debut.year, (fin.year if fin else jour.year + 1) + 1))


def annee_lue(annees: Sequence[int], voulue: str, jour: datetime.date) -> int:
    """Return the year asked for when the convention covers it, else the current one, else its last."""
    if voulue.isdecimal() and int(voulue) in annees:
        return int(voulue)
    return jour.year if jour.year in annees else annees[-1] if annees[-1] < jour.year else annees[0]


def lignes_changees(avant: str, apres: str) -> tuple[str, str]:
    """Return the lines of two texts that the other has not: what an avenant removes, what it adds."""
    a, b = avant.splitlines(), apres.splitlines()
    return "\n".join(x for x in a if x not in b), "\n".join(x for x in b if x not in a)
