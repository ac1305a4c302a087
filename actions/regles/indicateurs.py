"""What a value says: gap to the target, reached or not, rate and its terms. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from actions.models.indicateur import SensIndicateur
from pdi.structures.regles import cle_nom

# Within this share of the target, a missed target is to watch rather than late.
PART_VEILLE = Decimal("0.10")
# Accepted between a rate as written (often rounded to a decimal) and its terms.
TOLERANCE_TAUX = Decimal("0.051")
TOLERANCE_RATIO = Decimal("0.0051")
UNITES_TAUX = frozenset({"%", "pourcentage"})
UNITES_POSITIVES = frozenset({"nombre", "nombre/mois", "€", "heures", "h", "jours", "mois", "ratio", "ETP"})
# A percentage whose label has one of these words is not a part of a whole.
MOTS_HORS_PART = frozenset(
    {"evolution", "variation", "progression", "hausse", "baisse", "occupation", "remplissage", "consommation"}
)
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


def depasse_cent(libelle: str) -> bool:
    """Return whether a percentage named `libelle` may leave 0–100: an evolution, or a use against a forecast."""
    mots = set(cle_nom(libelle).split())
    return not mots.isdisjoint(MOTS_HORS_PART)


def hors_bornes(unite: str, valeur: Decimal, *, libelle: str = "") -> str:
    """Return the French sentence that refuses an impossible value of `unite`; empty when it is possible.

    Nothing counted, paid or lasted is negative. A percentage is a part, hence within 0–100, unless its label says
    otherwise.
    """
    en_pourcent = unite in UNITES_TAUX
    if en_pourcent and depasse_cent(libelle):
        return ""
    if valeur < 0 and (en_pourcent or unite in UNITES_POSITIVES):
        attendu = "un pourcentage entre 0 et 100" if en_pourcent else "zéro ou un nombre positif"
        return f"Une valeur négative n’est pas possible ici : {attendu} est attendu."
    if en_pourcent and valeur > 100:
        return (
            "Cet indicateur est une part : un pourcentage entre 0 et 100 est attendu, le numérateur ne dépassant pas "
            "le dénominateur."
        )
    return ""
