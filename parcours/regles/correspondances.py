"""Does an offer fit a person? Each condition in words: held, not held, or not known. Pure.

The same conditions are written in SQL by `parcours.correspondances.condition_ecartee`; a test holds them equal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

LIBELLES_TYPE = {
    "emploi": "emploi (professionnelle)",
    "socio_pro": "socio-professionnelle (globale)",
    "social": "sociale (remobilisation)",
}


class OffreLue(Protocol):
    """What is read of an OffreInsertion."""

    age_min: Any
    age_max: Any
    sexe: Any
    brsa_seulement: Any
    types_orientation: Any
    inscription_france_travail: Any
    contrat_requis: Any
    foyer_requis: Any
    enfant_age_max: Any
    anciennete_rsa_max_mois: Any


@dataclass(frozen=True)
class Profil:
    """What eligibility reads of a person on a day. None, or an empty text: not known.

    `anciennete_mois`: whole months since the last entry; `enfants`: dependent children; `seul`: no partner.
    `ages_enfants`: the ages known among those children, in whole years.
    """

    age: int | None = None
    sexe: str = ""
    brsa: bool | None = None
    type_orientation: str = ""
    contrat: bool = False
    inscrit_france_travail: bool | None = None
    enfants: int | None = None
    ages_enfants: tuple[int, ...] = ()
    seul: bool | None = None
    anciennete_mois: int | None = None

    @property
    def plus_jeune(self) -> int | None:
        """Return the age of the youngest child; None when one of them has an age that is not known."""
        complet = self.enfants is not None and len(self.ages_enfants) >= self.enfants > 0
        return min(self.ages_enfants) if complet else None


@dataclass(frozen=True)
class Condition:
    """One condition of an offer, and whether the person meets it (None: to be checked with her)."""

    texte: str
    tenue: bool | None


def conditions(offre: OffreLue, profil: Profil) -> list[Condition]:
    """Return the conditions the offer sets, each judged for the person; an offer without conditions gives none."""
    return [*_identite(offre, profil), *_parcours(offre, profil), *_foyer(offre, profil)]


def convient(juges: Collection[Condition]) -> bool:
    """Return whether no condition refuses. What is not known does not refuse: it is to be checked."""
    return all(c.tenue is not False for c in juges)


def _identite(offre: OffreLue, p: Profil) -> Iterator[Condition]:
    bornes = (offre.age_min, offre.age_max)
    if bornes != (None, None):
        bas, haut = offre.age_min or 0, offre.age_max if offre.age_max is not None else 200
        yield Condition(_ages(*bornes), None if p.age is None else bas <= p.age <= haut)
    if offre.sexe:
        pour = "Réservée aux femmes" if offre.sexe == "F" else "Réservée aux hommes"
        yield Condition(pour, p.sexe == offre.sexe if p.sexe else None)


def _ages(bas: int | None, haut: int | None) -> str:
    if bas is not None and haut is not None:
        return f"De {bas} à {haut}\u00a0ans"
    return f"{bas}\u00a0ans ou plus" if bas is not None else f"Moins de {(haut or 0) + 1}\u00a0ans"


def _parcours(offre: OffreLue, p: Profil) -> Iterator[Condition]:
    if offre.brsa_seulement:
        yield Condition("Bénéficiaire du RSA", p.brsa)
    if offre.types_orientation:
        admis = " ou ".join(LIBELLES_TYPE.get(t, t) for t in offre.types_orientation)
        tenue = p.type_orientation in offre.types_orientation if p.type_orientation else None
        yield Condition(f"Orientation {admis}", tenue)
    if offre.inscription_france_travail:
        yield Condition("Inscription à France Travail", p.inscrit_france_travail)
    if offre.contrat_requis:
        yield Condition("Contrat validé en cours", p.contrat)
    if offre.anciennete_rsa_max_mois is not None:
        tenue = None if p.anciennete_mois is None else p.anciennete_mois <= offre.anciennete_rsa_max_mois
        yield Condition(f"Au RSA depuis {offre.anciennete_rsa_max_mois}\u00a0mois au plus", tenue)


def _foyer(offre: OffreLue, p: Profil) -> Iterator[Condition]:
    enfant = None if p.enfants is None else p.enfants > 0
    if offre.foyer_requis and offre.enfant_age_max is not None:
        yield _enfant_de(offre.enfant_age_max, p)
    elif offre.foyer_requis == "enfant":
        yield Condition("Au moins un enfant à charge", enfant)
    if offre.foyer_requis == "parent_isole":
        refuse = enfant is False or p.seul is False
        yield Condition("Parent isolé", False if refuse else None if enfant is None or p.seul is None else True)


def _enfant_de(age_max: int, p: Profil) -> Condition:
    """Judge « a child of `age_max` years at most »; with an age missing, the ones known cannot refuse."""
    texte = f"Un enfant de moins de {age_max + 1}\u00a0ans"
    if p.enfants == 0:
        return Condition(texte, tenue=False)
    if any(age <= age_max for age in p.ages_enfants):
        return Condition(texte, tenue=True)
    if p.plus_jeune is None:
        return Condition(texte, tenue=None)
    return Condition(f"{texte} (le plus jeune a {p.plus_jeune}\u00a0ans)", tenue=False)
