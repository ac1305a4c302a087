"""Typed realisations: what a kind measures, what makes a value wrong, what its indicators are worth. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from actions.regles.indicateurs import est_un_taux, quotient
from pdi.socle.formats import nombre, valeur_unite
from pdi.socle.masquage import petit

CHOIX = "choix"
ENTIERES = ("nombre", "duree_semaines")
NATURES: Mapping[str, str] = {
    "nombre": "", "heures": "heures", "euros": "€", "duree_semaines": "semaines", CHOIX: "",
}  # fmt: skip
# Units of the measures that count people one by one: few of them tell about somebody.
EN_PERSONNES = frozenset({"personnes", "enfants", "contrats", "réponses"})
TOUTES = "*"  # in an indicator: how many realisations, rather than the sum of a measure


@dataclass(frozen=True)
class Mesure:
    """A measure of a kind. `au_plus`: code of the measure it is a part of."""

    code: str
    libelle: str
    nature: str = "nombre"
    unite: str = ""
    min: Decimal | None = None
    max: Decimal | None = None
    choix: tuple[str, ...] = ()
    requise: bool = False
    au_plus: str = ""

    @property
    def chiffree(self) -> bool:
        """Return whether it is a number."""
        return self.nature != CHOIX


@dataclass(frozen=True)
class IndicateurType:
    """An indicator of a kind, on the sums of its measures."""

    code: str
    libelle: str
    numerateur: str
    denominateur: str = ""
    unite: str = "nombre"
    definition: str = ""


def de_personnes(mesures: Iterable[Mesure]) -> frozenset[str]:
    """Return the codes of the measures that count people."""
    return frozenset(m.code for m in mesures if m.unite in EN_PERSONNES)


def trop_peu(
    indicateur: IndicateurType, personnes: Container[str], compte: Decimal, base: Decimal | None, seuil: int
) -> bool:
    """Return whether an indicator tells about fewer than `seuil` people: a term of it, or what is between both."""
    siens = indicateur.numerateur in personnes, indicateur.denominateur in personnes
    effectifs = [n for n, sien in zip((compte, base), siens, strict=True) if sien and n is not None]
    if all(siens) and base is not None:
        effectifs.append(base - compte)
    return any(petit(n, seuil) for n in effectifs)


def _decimal(valeur: Any) -> Decimal | None:
    return None if valeur in (None, "") else Decimal(str(valeur))


def lire_mesures(brutes: Iterable[Mapping[str, Any]]) -> list[Mesure]:
    """Return the measures that a kind declares."""
    return [
        Mesure(
            code=b["code"], libelle=b["libelle"], nature=b.get("nature", "nombre"),
            unite=b.get("unite") or NATURES.get(b.get("nature", "nombre"), ""),
            min=_decimal(b.get("min")), max=_decimal(b.get("max")), choix=tuple(b.get("choix", ())),
            requise=bool(b.get("requise")), au_plus=b.get("au_plus", ""),
        )
        for b in brutes
    ]  # fmt: skip


def lire_indicateurs(bruts: Iterable[Mapping[str, Any]]) -> list[IndicateurType]:
    """Return the indicators that a kind declares."""
    champs = IndicateurType.__dataclass_fields__
    return [IndicateurType(**{k: v for k, v in b.items() if k in champs}) for b in bruts]


def fautes(mesures: Sequence[Mesure], valeurs: Mapping[str, Any]) -> dict[str, str]:
    """Return {code: sentence} of the values that are wrong or missing. Numbers are Decimals, choices texts."""
    trouvees: dict[str, str] = {}
    par_code = {m.code: m for m in mesures}
    for mesure in mesures:
        valeur = valeurs.get(mesure.code)
        if valeur in (None, ""):
            if mesure.requise:
                trouvees[mesure.code] = "Cette mesure est nécessaire."
            continue
        if not mesure.chiffree:
            if valeur not in mesure.choix:
                trouvees[mesure.code] = f"Attendu : {', '.join(mesure.choix)}."
        elif phrase := _hors_bornes(mesure, Decimal(valeur)):
            trouvees[mesure.code] = phrase
        elif (tout := par_code.get(mesure.au_plus)) and Decimal(valeur) > Decimal(valeurs.get(tout.code) or 0):
            trouvees[mesure.code] = f"Au plus {nombre(valeurs.get(tout.code) or 0)} : « {tout.libelle} »."
    return trouvees


def _hors_bornes(mesure: Mesure, valeur: Decimal) -> str:
    bas = Decimal(0) if mesure.min is None else mesure.min
    if mesure.nature in ENTIERES and valeur != valeur.to_integral_value():
        return "Attendu : un nombre entier."
    if mesure.max is not None and not bas <= valeur <= mesure.max:
        return f"Attendu : de {nombre(bas)} à {nombre(mesure.max)} {mesure.unite}".strip() + "."
    return f"Attendu : {nombre(bas)} au moins." if valeur < bas else ""


@dataclass(frozen=True)
class Valeur:
    """An indicator of a kind over some realisations. `masque`: it tells about too few people for this reader."""

    indicateur: IndicateurType
    compte: Decimal
    base: Decimal | None
    masque: bool = False

    @property
    def valeur(self) -> Decimal | None:
        """Return the value; None when the denominator is zero."""
        if self.base is None:
            return self.compte
        if not self.base:
            return None
        unite = self.indicateur.unite
        return quotient(self.compte, self.base, unite) if est_un_taux(unite) else self.compte / self.base


def evaluer(indicateurs: Iterable[IndicateurType], sommes: Mapping[str, Decimal], combien: int) -> list[Valeur]:
    """Return the indicators from the sums of the measures over `combien` realisations."""

    def terme(code: str) -> Decimal:
        return Decimal(combien) if code == TOUTES else sommes.get(code, Decimal(0))

    return [Valeur(i, terme(i.numerateur), terme(i.denominateur) if i.denominateur else None) for i in indicateurs]


def dire_mesure(mesure: Mesure, valeur: Any) -> str:
    """Return a value in words with its unit."""
    if valeur in (None, ""):
        return ""
    return valeur_unite(valeur, mesure.unite) if mesure.chiffree else str(valeur)
