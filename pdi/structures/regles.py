"""Pure rules about structures: SIRET, comparison of names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pdi.socle.typographie import cle_nom as cle_nom  # noqa: PLC0414  # said from here by every storey

LA_POSTE = "356000000"


def luhn(chiffres: str) -> bool:
    """Return whether the digits satisfy Luhn's formula."""
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (2 if rang % 2 else 1)
        total += valeur - 9 if valeur > 9 else valeur
    return total % 10 == 0


def siret_valide(siret: str) -> bool:
    """Return whether `siret` has 14 digits and a right key (La Poste's establishments sum to a multiple of 5).

    Source: INSEE, SIRENE.
    """
    if not re.fullmatch(r"\d{14}", siret):
        return False
    if siret.startswith(LA_POSTE) and siret != LA_POSTE + "00048":
        return sum(map(int, siret)) % 5 == 0
    return luhn(siret)


# Words that open a person's position: what follows the last dash is then a precision, not a structure.
FONCTIONS = (
    "animateur",
    "animatrice",
    "charge de",
    "chargee de",
    "chef de service",
    "cheffe de service",
    "directeur",
    "directrice",
    "facilitateur",
    "facilitatrice",
    "la directrice",
    "la prefete",
    "la presidente",
    "le directeur",
    "le prefet",
    "le president",
    "mission de",
    "president",
    "referent",
    "responsable",
)
_SIGLE = re.compile(r"^(?=.*[A-Z]{2})[A-Z][A-Za-z0-9’'&. -]{1,20}$")
_PARENTHESE = re.compile(r"^(?P<nom>.*?)\s*\((?P<dedans>[^()]*)\)$")


@dataclass(frozen=True)
class LibelleStructure:
    """A printed wording taken apart: the organism then its services, and what is not a structure."""

    chemin: tuple[tuple[str, str], ...]  # (name, acronym) from the top down
    precision: str = ""

    @property
    def sans_precision(self) -> str:
        """Return the wording without the position or the remark, as a comparison key."""
        return " ".join(cle_nom(nom) for nom, _ in self.chemin)


def est_une_fonction(partie: str) -> bool:
    """Return whether this part of a wording names a person's position."""
    cle = cle_nom(partie)
    return any(cle == mot or cle.startswith(f"{mot} ") for mot in FONCTIONS)


def decouper_libelle(libelle: str) -> LibelleStructure:
    """Take a wording apart: « Direction (SIGLE) – Service (SIGLE) – Animateur » gives direction, service, precision.

    A last part that names a position, and a parenthesis that is not an acronym, become the precision.
    """
    parties = [p.strip() for p in re.split(r"\s+[–—-]\s+", libelle.strip()) if p.strip()]
    precisions: list[str] = []
    while len(parties) > 1 and est_une_fonction(parties[-1]):
        precisions.insert(0, parties.pop())
    chemin: list[tuple[str, str]] = []
    for partie in parties:
        nom, sigle = partie, ""
        if trouve := _PARENTHESE.match(partie):
            nom = trouve["nom"]
            if _SIGLE.match(trouve["dedans"]):
                sigle = trouve["dedans"]
            else:
                precisions.append(trouve["dedans"])
        chemin.append((nom, sigle))
    return LibelleStructure(tuple(chemin), " – ".join(precisions))
