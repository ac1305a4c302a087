"""What a value says: gap to the target, reached or not, rate and its terms. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from actions.models.indicateur import SensIndicateur

# Within this share of the target, a missed target is to watch rather than late.
PART_VEILLE = Decimal("0.10")
# Accepted between a rate as written (often rounded to a decimal) and its terms.
TOLERANCE_TAUX = Decimal("0.051")
TOLERANCE_RATIO = Decimal("0.0051")
UNITES_TAUX = frozenset({"%", "pourcentage"})
UNITES_QUOTIENT = UNITES_TAUX | {"ratio"}
PRECISION = Decimal("0.0001")


def ecart(valeur: Decimal | None, cible: Decimal | None) -> Decimal | None:
    """Return value − target, in the indicator's unit; None when one is missing."""
    return None if valeur is None or cible is None else valeur - cible


def atteinte(valeur: Decimal | None, cible: Decimal | None, sens: str) -> bool | None:
    """Return whether the target is reached; None when there is nothing to judge."""
    difference = ecart(valeur, cible)
    if difference is None or sens == SensIndicateur.NEUTRE:
        return None
    return difference >= 0 if sens == SensIndicateur.HAUSSE else difference <= 0


def ton(valeur: Decimal | None, cible: Decimal | None, sens: str) -> str:
    """Return « bon », « veille » (missed by 10 % of the target at most), « retard » or « neutre »."""
    atteint = atteinte(valeur, cible, sens)
    if atteint is None or valeur is None or cible is None:
        return "neutre"
    if atteint:
        return "bon"
    return "veille" if abs(valeur - cible) <= abs(cible) * PART_VEILLE else "retard"


def juger(valeur: Decimal | None, cible: Decimal | None, sens: str) -> tuple[Decimal | None, bool | None, str]:
    """Return (gap, reached, tone) of a value against its target."""
    return ecart(valeur, cible), atteinte(valeur, cible, sens), ton(valeur, cible, sens)


def est_un_taux(unite: str) -> bool:
    """Return whether a value in `unite` is a numerator over a denominator."""
    return unite in UNITES_QUOTIENT


def quotient(numerateur: Decimal, denominateur: Decimal, unite: str) -> Decimal | None:
    """Return the value of a rate from its terms (in percent for « % »); None when the denominator is zero."""
    if not denominateur:
        return None
    facteur = 100 if unite in UNITES_TAUX else 1
    return (numerateur * facteur / denominateur).quantize(PRECISION, rounding=ROUND_HALF_UP)


def quotient_coherent(valeur: Decimal, numerateur: Decimal, denominateur: Decimal, unite: str) -> bool:
    """Return whether a rate as written agrees with its terms, rounding accepted."""
    attendu = quotient(numerateur, denominateur, unite)
    if attendu is None:
        return False
    return abs(valeur - attendu) <= (TOLERANCE_TAUX if unite in UNITES_TAUX else TOLERANCE_RATIO)


def valeur_deduite(
    valeur: Decimal | None, numerateur: Decimal | None, denominateur: Decimal | None, unite: str
) -> Decimal | None:
    """Return `valeur`, else the quotient of the terms when the unit is one of a rate."""
    if valeur is not None or numerateur is None or denominateur is None or not est_un_taux(unite):
        return valeur
    return quotient(numerateur, denominateur, unite)
