"""Pure rules about identity: comparison forms, NIR."""

from __future__ import annotations

import datetime

from pdi.structures.regles import cle_nom

CORSE = {"2A": 19, "2B": 18}


def texte_recherche(nom_naissance: str, nom_usage: str, prenoms: str, naissance: datetime.date | None) -> str:
    """Return the search text of a person: names in comparison form, birth date as 12031985 and 1985-03-12."""
    mots = cle_nom(f"{nom_naissance} {nom_usage} {prenoms}")
    return f"{mots} {naissance:%d%m%Y} {naissance:%d %m %Y}" if naissance else mots


def normaliser_nir(saisie: str) -> str:
    """Return the NIR without spaces nor punctuation, in capitals."""
    return "".join(c for c in saisie.upper() if c.isalnum())


def cle_nir(nir13: str) -> int:
    """Return the control key (1 to 97) of the 13 first characters. Source: INSEE; Corsica is 2A → 19, 2B → 18."""
    departement = nir13[5:7]
    corps = f"{nir13[:5]}{CORSE[departement]:02d}{nir13[7:]}" if departement in CORSE else nir13
    return 97 - int(corps) % 97


def nir_valide(saisie: str) -> bool:
    """Return whether `saisie` is a NIR of 13 characters, or of 15 with its right key."""
    nir = normaliser_nir(saisie)
    if len(nir) not in (13, 15):
        return False
    corps = nir[:13]
    chiffres = corps[:5] + corps[7:] + ("" if corps[5:7] in CORSE else corps[5:7])
    if not (chiffres.isascii() and chiffres.isdigit()) or corps[0] not in "1234783":
        return False
    return len(nir) == 13 or (nir[13:].isdigit() and int(nir[13:]) == cle_nir(corps))
