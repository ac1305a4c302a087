"""One cell at a time: what was written, what it means, what a spreadsheet did to it. Pure.

Each reader takes the text of a cell and returns a `Lecture`: the value in normal form, or what is wrong and what was
expected. A value damaged by a spreadsheet in a way that leaves no doubt is repaired, with a remark.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from pdi.socle.formats import nombre
from pdi.socle.typographie import cle_nom as cle

EXPOSANT = re.compile(r"^\d[.,]?\d*E\+?\d+$", re.IGNORECASE)
EPOQUE = datetime.date(1899, 12, 30)  # day 0 of spreadsheets
SERIE_MIN, SERIE_MAX = 3654, 73050  # 1910 to 2099: a bare number of a date column
ANNEE_MIN = 1900
VALEURS_DITES = 20  # beyond, a message names only the nearest values of a list
PIVOT = 50  # « 49 » is 2049, « 51 » is 1951, where the date may be to come
MOIS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
)  # fmt: skip
OUI = frozenset({"oui", "o", "vrai", "true", "1", "x", "yes", "y"})
NON = frozenset({"non", "n", "faux", "false", "0", "no"})
DATE_ATTENDUE = "jour/mois/année, par exemple 12/03/1985"
_JMA = re.compile(r"^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})$")
_AMJ = re.compile(r"^(\d{4})[/. -](\d{1,2})[/. -](\d{1,2})$")
_COLLEE = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
_LETTRES = re.compile(r"^(\d{1,2})(?:er)? ([a-z]+) (\d{4})$")
_HEURE = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$")
_BLANCS = re.compile(r"[ \t\f\v]+")
_COURRIEL = re.compile(r"^[^@\s,;]+@[^@\s,;.]+(\.[^@\s,;.]+)+$")


@dataclass(frozen=True, slots=True)
class Lecture:
    """What a cell gives. `code` empty: nothing to say. `bloquante` false with a code: a remark, the value is kept."""

    valeur: str | None
    code: str = ""
    message: str = ""
    attendu: str = ""
    suggestion: str = ""
    bloquante: bool = True


VIDE = Lecture(None)


def texte_cellule(brut: Any) -> str:
    """Return a cell of any type as one would read it: whole numbers without decimals, dates as 12/03/1985."""
    if brut is None:
        return ""
    if isinstance(brut, str):
        texte = " ".join(brut.replace("\x00", "").split())
        # Our own exports write « '+33… » so that a spreadsheet sees no formula: the apostrophe is not of the value.
        return texte[1:] if texte[:1] == "'" and texte[1:2] in {"=", "+", "-", "@"} else texte
    if isinstance(brut, bool):
        return "oui" if brut else "non"
    if isinstance(brut, float):
        return str(int(brut)) if brut.is_integer() and abs(brut) < 1e16 else repr(brut).replace(".", ",")
    if isinstance(brut, datetime.datetime | datetime.date):
        return f"{brut.day:02d}/{brut.month:02d}/{brut.year:04d}"
    return str(brut)


def texte_long(brut: Any) -> str:
    """Return a cell as `texte_cellule` does, its line breaks and no-break spaces kept: prose, or one element a line."""
    if not isinstance(brut, str):
        return texte_cellule(brut)
    lignes = (_BLANCS.sub(" ", ligne).strip(" ") for ligne in brut.replace("\x00", "").splitlines())
    texte = "\n".join(filter(None, lignes))
    return texte[1:] if texte[:1] == "'" and texte[1:2] in {"=", "+", "-", "@"} else texte


def lire_liste(texte: str, choix: Mapping[str, str]) -> Lecture:
    """Read several of `choix` (value: label), separated by commas, semicolons or line breaks.

    The normal form is the values, sorted, joined by « , »; one that is unknown comes with the whole cell corrected.
    """
    lues = [(morceau, lire_choix(morceau, choix)) for morceau in re.split(r"[;,|\n]", texte) if morceau.strip()]
    fautives = [(morceau.strip(), lu) for morceau, lu in lues if lu.code]
    if not fautives:
        return Lecture(", ".join(sorted({lu.valeur for _, lu in lues if lu.valeur})))
    morceau, faute = fautives[0]
    message = f"« {morceau[:80]} » n’est pas dans la liste."
    if not faute.suggestion:
        return Lecture(None, faute.code, message, faute.attendu)
    corrigee = ", ".join(str(lu.suggestion or choix.get(lu.valeur or "", m.strip())) for m, lu in lues)
    message += f" Vouliez-vous dire « {faute.suggestion} » ?"
    entiere = all(lu.suggestion for _, lu in fautives)
    return Lecture(None, faute.code, message, faute.attendu, corrigee if entiere else "")


def _remarque(valeur: str, code: str, message: str) -> Lecture:
    return Lecture(valeur, code, message, bloquante=False)


def en_lettres(iso: str) -> str:
    """Return an ISO date as 12/03/1985."""
    return f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}"


# -- dates -------------------------------------------------------------------------------------------


def _jour(annee: int, mois: int, jour: int) -> datetime.date | None:
    try:
        return datetime.date(annee, mois, jour)
    except ValueError:
        return None


def _date_inexistante(jour: int, mois: int, annee: int) -> Lecture:
    inverse = _jour(annee, jour, mois)
    suggestion = f"{inverse:%d/%m/%Y}" if inverse else ""
    message = "Cette date n’existe pas."
    if inverse:
        message = f"Cette date n’existe pas : le mois {mois} est plus grand que 12. Jour et mois semblent inversés."
    return Lecture(None, "date_inexistante", message, DATE_ATTENDUE, suggestion)


def _annee(texte: str, aujourd_hui: datetime.date, *, passe: bool) -> int:
    annee = int(texte)
    if len(texte) == 4:
        return annee
    siecle = aujourd_hui.year // 100 * 100
    limite = aujourd_hui.year % 100 if passe else PIVOT
    return siecle + annee - (100 if annee > limite else 0)


def lire_date(texte: str, *, aujourd_hui: datetime.date, passe: bool = False) -> Lecture:
    """Read a date; `passe`: it cannot be to come. The normal form is ISO.

    12/03/1985, 12-3-85, 12.03.1985, 12031985, 1985-03-12, 12 mars 1985, with or without a time; a number of a
    spreadsheet (45678) is turned back into its date, with a remark.
    """
    propre = _HEURE.sub("", texte.strip())
    remarque = ("", "")
    if m := _JMA.match(propre):
        jour, mois, annee = int(m[1]), int(m[2]), _annee(m[3], aujourd_hui, passe=passe)
        if len(m[3]) == 2:
            remarque = ("annee_courte", f"Année sur deux chiffres, lue {annee}.")
    elif m := _AMJ.match(propre):
        jour, mois, annee = int(m[3]), int(m[2]), int(m[1])
    elif m := _COLLEE.match(propre):
        jour, mois, annee = int(m[1]), int(m[2]), int(m[3])
    elif (m := _LETTRES.match(cle(propre))) and (proche := get_close_matches(m[2], MOIS, 1, 0.6)):
        jour, mois, annee = int(m[1]), MOIS.index(proche[0]) + 1, int(m[3])
    elif propre.isascii() and propre.isdigit() and SERIE_MIN <= int(propre) <= SERIE_MAX:
        vraie = EPOQUE + datetime.timedelta(days=int(propre))
        jour, mois, annee = vraie.day, vraie.month, vraie.year
        remarque = ("date_tableur", f"Le tableur a remplacé la date par un nombre, qui vaut {vraie:%d/%m/%Y}.")
    else:
        return Lecture(None, "date_illisible", "Ce n’est pas une date.", DATE_ATTENDUE)
    trouvee = _jour(annee, mois, jour)
    if trouvee is None:
        return _date_inexistante(jour, mois, annee)
    if trouvee.year < ANNEE_MIN:
        return Lecture(None, "date_ancienne", f"L’année {trouvee.year} précède {ANNEE_MIN}.", DATE_ATTENDUE)
    if passe and trouvee > aujourd_hui:
        attendu = f"une date, au plus tard le {aujourd_hui:%d/%m/%Y}"
        return Lecture(None, "date_future", "Cette date est à venir.", attendu)
    iso = trouvee.isoformat()
    return _remarque(iso, *remarque) if remarque[0] else Lecture(iso)


# -- what spreadsheets take for numbers ----------------------------------------------------------------


def _abime(texte: str, attendu: str) -> Lecture | None:
    if EXPOSANT.match(texte.replace(" ", "")):
        message = "Le tableur a écrit ce numéro en notation scientifique : des chiffres sont perdus."
        return Lecture(None, "numero_abime", message, attendu)
    return None


def lire_telephone(texte: str) -> Lecture:
    """Read a telephone number; the normal form is « 06 12 34 56 78 », or +41… for a foreign one."""
    attendu = "10 chiffres, par exemple 06 12 34 56 78"
    if abime := _abime(texte, attendu):
        return abime
    compact = re.sub(r"[\s.()/\-\u00a0\u202f]", "", texte)
    compact = re.sub(r"^(\+33|0033)0?(?=[1-9])", "0", compact)
    remarque = False
    if re.fullmatch(r"[1-9]\d{8}", compact, re.ASCII):
        compact, remarque = f"0{compact}", True
    if re.fullmatch(r"0[1-9]\d{8}", compact, re.ASCII):
        normal = " ".join(compact[i : i + 2] for i in range(0, 10, 2))
        if remarque:
            return _remarque(normal, "zero_perdu", f"Le tableur avait retiré le zéro initial : lu {normal}.")
        return Lecture(normal)
    if re.fullmatch(r"(\+|00)\d{8,15}", compact, re.ASCII):
        return Lecture("+" + compact.removeprefix("+").removeprefix("00"))
    chiffres = sum(c.isdigit() for c in compact)
    return Lecture(None, "telephone_invalide", f"Numéro de téléphone à {chiffres} chiffres.", attendu)


def lire_code_postal(texte: str, *, departement: str = "") -> Lecture:
    """Read a postcode. Four digits have lost their leading zero, unless they begin as our own département does."""
    attendu = "5 chiffres, par exemple 91000"
    compact = re.sub(r"\s", "", texte)
    if re.fullmatch(r"\d{5}", compact, re.ASCII):
        return Lecture(compact)
    if re.fullmatch(r"\d{4}", compact, re.ASCII) and not (departement and compact.startswith(departement)):
        entier = f"0{compact}"
        return _remarque(entier, "zero_perdu", f"Le tableur avait retiré le zéro initial : lu {entier}.")
    chiffres = sum(c.isdigit() for c in compact)
    mot = "chiffre" if chiffres < 2 else "chiffres"
    return Lecture(None, "code_postal_invalide", f"Code postal à {chiffres} {mot}.", attendu)


def lire_nombre(
    texte: str, *, entier: bool = False, minimum: Decimal | None = None, maximum: Decimal | None = None
) -> Lecture:
    """Read a number, decimal comma or point; the normal form has a point."""
    bornes = "".join((f", au moins {nombre(minimum, _decimales(minimum))}" if minimum is not None else "",
                      f", au plus {nombre(maximum, _decimales(maximum))}" if maximum is not None else ""))  # fmt: skip
    attendu = f"un nombre{' entier' if entier else ''}{bornes}"
    compact = re.sub(r"[\s\u00a0\u202f€]", "", texte).replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,6})?", compact, re.ASCII):
        return Lecture(None, "nombre_illisible", "Ce n’est pas un nombre.", attendu)
    try:
        valeur = Decimal(compact)
    except InvalidOperation:
        return Lecture(None, "nombre_illisible", "Ce n’est pas un nombre.", attendu)
    if entier and valeur != valeur.to_integral_value():
        return Lecture(None, "nombre_non_entier", "Ce nombre a des décimales.", attendu)
    if (minimum is not None and valeur < minimum) or (maximum is not None and valeur > maximum):
        return Lecture(None, "nombre_hors_bornes", "Ce nombre sort des bornes.", attendu)
    return Lecture(str(int(valeur)) if entier else format(valeur, "f"))


def _decimales(borne: Decimal) -> int:
    return max(0, -int(borne.normalize().as_tuple().exponent))


# -- words ---------------------------------------------------------------------------------------------


def lire_texte(texte: str, *, longueur: int) -> Lecture:
    """Read a text of at most `longueur` characters."""
    if len(texte) > longueur:
        message = f"Ce texte compte {len(texte)} signes."
        return Lecture(None, "texte_long", message, f"{longueur} signes au plus")
    return Lecture(texte)


def lire_booleen(texte: str) -> Lecture:
    """Read yes or no; the normal form is true or false."""
    mot = cle(texte)
    if mot in OUI:
        return Lecture("true")
    if mot in NON:
        return Lecture("false")
    return Lecture(None, "booleen_illisible", "Ni oui ni non.", "oui ou non")


def lire_courriel(texte: str) -> Lecture:
    """Read an e-mail address, in lower case."""
    compact = texte.strip().removeprefix("mailto:").lower()
    if len(compact) <= 254 and _COURRIEL.match(compact):
        return Lecture(compact)
    return Lecture(None, "courriel_invalide", "Ce n’est pas une adresse électronique.", "une adresse, nom@exemple.fr")


def lire_choix(texte: str, choix: Mapping[str, str], synonymes: Mapping[str, str] | None = None) -> Lecture:
    """Read one of `choix` (value: label) by value, label or synonym; unknown, the nearest one is suggested."""
    connus = {cle(v): v for v in choix} | {cle(libelle): v for v, libelle in choix.items()}
    connus |= {cle(mot): v for mot, v in (synonymes or {}).items()}
    lu = connus.get(cle(texte))
    if lu is not None:
        return Lecture(lu)
    mots = {mot: valeur for mot, valeur in connus.items() if mot}
    proche = get_close_matches(cle(texte), list(mots), 1, 0.6)
    suggestion = choix[mots[proche[0]]] if proche else ""
    message = "Cette valeur n’est pas dans la liste."
    if suggestion:
        message += f" Vouliez-vous dire « {suggestion} » ?"
    return Lecture(None, "valeur_inconnue", message, _dire_choix(cle(texte), choix, mots), suggestion)


def _dire_choix(texte: str, choix: Mapping[str, str], mots: Mapping[str, str]) -> str:
    """Return the values expected: all of them, or the nearest of a list so long that it would hide the message."""
    if len(choix) <= VALEURS_DITES:
        return ", ".join(choix.values())
    proches = dict.fromkeys(choix[mots[mot]] for mot in get_close_matches(texte, list(mots), 6, 0.3))
    exemples = list(proches)[:3] or list(choix.values())[:3]
    return f"l’une des {len(choix)} valeurs de la liste, par exemple {', '.join(exemples)}"
