"""Reading what a person types: French numbers, lists of one element a line, control of a value. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from pdi.socle.droits import RegleMetier
from pdi.socle.formats import nombre, valeur_unite

from .indicateurs import est_un_taux, hors_bornes, quotient, quotient_coherent

ESPACES = re.compile("[\\s\u00a0\u202f\u2009'’]")
NOMBRE = re.compile(r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)$")
UNITES_ECRITES = re.compile(r"(€|eur|euros?|%|h|heures?|jours?|mois)$", re.IGNORECASE)


def lire_nombre(texte: str) -> Decimal:
    """Return the number written in the French way: « 1 234,56 », « 1234.56 », « 86 % », « 1 350 € », « − 4 ».

    Raises ValueError with a French sentence that says what is expected.
    """
    brut = texte.strip()
    serre = ESPACES.sub("", brut).replace("−", "-").replace("–", "-")
    serre = UNITES_ECRITES.sub("", serre)
    if serre.count(",") + serre.count(".") > 1:
        # « 1.234,56 » and « 1,234.56 » : the last mark is the decimal one, the others group thousands.
        dernier = max(serre.rfind(","), serre.rfind("."))
        groupes = re.split(r"[.,]", serre[:dernier])
        if all(len(g) == 3 for g in groupes[1:]) and serre[dernier] not in serre[:dernier]:
            serre = "".join(groupes) + "." + serre[dernier + 1 :]
    if not NOMBRE.match(serre):
        raise ValueError(f"« {brut} » n’est pas un nombre. Écrivez par exemple 1 234,56.")
    try:
        return Decimal(serre.replace(",", "."))
    except InvalidOperation as erreur:  # pragma: no cover - the pattern has already said it is a number
        raise ValueError(f"« {brut} » n’est pas un nombre. Écrivez par exemple 1 234,56.") from erreur


def verifier_taille(valeur: Decimal, *, chiffres: int, decimales: int) -> None:
    """Raise ValueError when the column cannot hold the number exactly: nothing is rounded in silence."""
    _, digits, exposant = _decomposer(valeur)
    apres = max(0, -exposant)
    avant = max(0, len(digits) + exposant)
    if apres > decimales:
        raise ValueError(f"{decimales} chiffres après la virgule au plus." if decimales else "Un nombre entier.")
    if avant > chiffres - decimales:
        raise ValueError(f"Ce nombre est trop grand : {chiffres - decimales} chiffres avant la virgule au plus.")


def _decomposer(valeur: Decimal) -> tuple[int, tuple[int, ...], int]:
    """Return sign, digits and exponent of a finite number, trailing zeros dropped."""
    signe, digits, exposant = valeur.normalize().as_tuple()
    return signe, digits, int(exposant)


def ecrire_nombre(valeur: Decimal | None) -> str:
    """Return the number as it is shown in a field: exact, French, « 1 234,5 »; empty for None."""
    if valeur is None:
        return ""
    return nombre(valeur, max(0, -_decomposer(valeur)[2])).replace("−", "-")


def lire_lignes(texte: str) -> list[str]:
    """Return one element a line, blank lines and list marks dropped."""
    lignes = (re.sub(r"^\s*[-–•*]\s+", "", ligne).strip() for ligne in texte.splitlines())
    return [ligne for ligne in lignes if ligne]


def ecrire_lignes(elements: Iterable[str]) -> str:
    """Return the elements one a line; a line break inside an element becomes a space."""
    return "\n".join(" ".join(e.split()) for e in elements)


def _refuser_hors_bornes(champ: str, unite: str, valeur: Decimal | None, libelle: str = "") -> None:
    if valeur is not None and (refus := hors_bornes(unite, valeur, libelle=libelle)):
        raise RegleMetier(refus, champ=champ)


def controler_valeur(
    *,
    unite: str,
    valeur: Decimal | None,
    texte: str,
    numerateur: Decimal | None,
    denominateur: Decimal | None,
    libelle: str = "",
) -> Decimal | None:
    """Return the value to keep: as given, else the quotient of its terms. Raises RegleMetier with the field.

    A rate written with its terms must agree with them, the rounding of one decimal accepted. A value out of the
    bounds of its unit is refused; `libelle` tells a part from an evolution.
    """
    _refuser_hors_bornes("numerateur", "nombre", numerateur)
    _refuser_hors_bornes("denominateur", "nombre", denominateur)
    _refuser_hors_bornes("valeur", unite, valeur, libelle)
    if denominateur is not None and numerateur is None:
        raise RegleMetier("Un dénominateur ne va pas sans numérateur.", champ="numerateur")
    if unite == "texte":
        if valeur is not None or numerateur is not None:
            raise RegleMetier("Cet indicateur s’exprime par une appréciation, pas par un nombre.", champ="valeur")
        if not texte:
            raise RegleMetier("Donnez une appréciation.", champ="texte")
        return None
    if est_un_taux(unite) and numerateur is not None and denominateur is not None:
        if not denominateur:
            raise RegleMetier("Le dénominateur est nul : le taux n’a pas de sens.", champ="denominateur")
        attendu = quotient(numerateur, denominateur, unite)
        _refuser_hors_bornes("numerateur", unite, attendu, libelle)
        if valeur is None:
            return attendu
        if not quotient_coherent(valeur, numerateur, denominateur, unite):
            raise RegleMetier(
                f"{valeur_unite(valeur, unite)} ne correspond pas à {nombre(numerateur)} / {nombre(denominateur)}, "
                f"qui fait {valeur_unite(attendu, unite)}. Corrigez l’un des trois, ou videz la valeur pour qu’elle "
                "soit calculée.",
                champ="valeur",
            )
    if valeur is None and not texte:
        raise RegleMetier("Donnez une valeur ou une appréciation.", champ="valeur")
    return valeur
