"""Geometry of the small drawings: gauges, sparklines, bar and line charts. No HTML here.

The same figures serve the page and the PDF: every shape carries its presentation attributes (an inline
`style` would break the CSP, and the PDF engine does not apply the page's stylesheet inside an SVG); on
screen the classes of the charter take over, so that dark mode works.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .formats import en_decimal, valeur_unite

COULEURS = {
    "programme": "#0d4a55",
    "offre": "#4f5710",
    "parcours": "#6b2654",
    "gouvernance": "#34457a",
    "donnees": "#594636",
}
# Fill of each tone in a stacked bar, with the ink that stays legible on it (WCAG AA).
TONS = {
    "bon": ("#17592f", "#ffffff"),
    "info": ("#1c4877", "#ffffff"),
    "veille": ("#f2c46d", "#1b2426"),
    "retard": ("#8f1717", "#ffffff"),
    "neutre": ("#d3d6d4", "#1b2426"),
}
LARGEUR = 640


@dataclass(frozen=True)
class Point:
    """One value of a series, named by `libelle` (a year, an axe). `valeur` None means not measured."""

    libelle: str
    valeur: float | None

    @classmethod
    def lire(cls, brut: Any) -> Point:
        """Read a Point, a (libelle, valeur) pair, or an object with those two attributes."""
        if isinstance(brut, Point):
            return brut
        libelle, valeur = brut if isinstance(brut, tuple | list) else (brut.libelle, brut.valeur)
        lu = en_decimal(valeur)
        return cls(str(libelle), None if lu is None else float(lu))


def lire_points(points: Iterable[Any]) -> list[Point]:
    """Return `points` as a list of Point."""
    return [Point.lire(p) for p in points]


def _n(valeur: float) -> str:
    """Return a coordinate with one decimal, without localisation."""
    return f"{valeur:.1f}".removesuffix(".0")


def part(valeur: Any, maximum: Any, largeur: float) -> float | None:
    """Return the length that `valeur` takes on a ruler of `largeur` for `maximum`, clamped; None if unknown."""
    v, m = en_decimal(valeur), en_decimal(maximum)
    if v is None or m is None or m <= 0:
        return None
    return max(0.0, min(largeur, float(v / m) * largeur))


def dire_serie(serie: Sequence[Point], unite: str) -> list[tuple[Point, str]]:
    """Return each point with its value in words, all with the same number of decimals."""
    decimales = decimales_communes((p.valeur for p in serie), unite)
    return [(p, _dire(p.valeur, unite, decimales)) for p in serie]


@dataclass(frozen=True)
class Etincelle:
    """A sparkline: segments between measured points, the last point, the target line, and its text."""

    segments: list[str]
    dernier: tuple[str, str] | None
    cible: str | None
    texte: str


def etincelle(points: Iterable[Any], cible: Any = None, unite: str = "") -> Etincelle:
    """Compute a sparkline in a 104 × 28 box. Missing values break the line and are said in the text."""
    serie = lire_points(points)
    mesures = [p.valeur for p in serie if p.valeur is not None]
    if not mesures:
        return Etincelle([], None, None, "Aucune valeur mesurée")
    vise = en_decimal(cible)
    bornes = [*mesures, float(vise)] if vise is not None else mesures
    bas, haut = min(bornes), max(bornes)

    def y(valeur: float) -> float:
        return 14.0 if haut - bas < 1e-9 * max(1.0, abs(haut)) else 25 - 22 * (valeur - bas) / (haut - bas)

    pas = 96 / max(1, len(serie) - 1)
    segments: list[list[str]] = [[]]
    dernier = None
    for i, p in enumerate(serie):
        if p.valeur is None:
            segments.append([])
            continue
        dernier = (_n(3 + i * pas), _n(y(p.valeur)))
        segments[-1].append(",".join(dernier))
    valeurs = " ; ".join(f"{p.libelle} : {dit}" for p, dit in dire_serie(serie, unite))
    vers = f"Cible : {_dire(float(vise), unite)}. " if vise is not None else ""
    return Etincelle(
        segments=[" ".join(s) for s in segments if len(s) > 1],
        dernier=dernier,
        cible=_n(y(float(vise))) if vise is not None else None,
        texte=f"{vers}{valeurs}",
    )


def _dire(valeur: float | None, unite: str, decimales: int | None = None) -> str:
    return "non mesuré" if valeur is None else valeur_unite(valeur, unite, decimales)


def decimales_communes(valeurs: Iterable[float | None], unite: str) -> int | None:
    """Return the number of decimals that all the values of a chart share: 78,2 % stands beside 81,0 %."""
    connues = [v for v in valeurs if v is not None]
    if unite in {"%", "pourcentage"} and any(v != int(v) for v in connues):
        return 1
    if unite in {"€", "euro", "euros"} and any(v != int(v) for v in connues):
        return 2
    return None


def graduations(bas: float, haut: float, nombre: int = 4) -> list[float]:
    """Return round graduations (1, 2, 2.5 or 5 times a power of ten) that cover [bas, haut]."""
    if haut - bas <= 1e-6 * max(1.0, abs(bas), abs(haut)):  # one value, or a difference that no one would see
        haut = bas + max(1.0, haut - bas)
    brut = (haut - bas) / nombre
    puissance = 10 ** math.floor(math.log10(brut))
    pas = next(m * puissance for m in (1, 2, 2.5, 5, 10) if m * puissance >= brut * 0.999)
    debut = math.floor(bas / pas + 1e-9)
    fin = math.ceil(haut / pas - 1e-9)
    return [float(Decimal(str(round(i * pas, 10)))) for i in range(debut, fin + 1)]


@dataclass(frozen=True)
class Repere:
    """A label at a place of the drawing, with an optional second coordinate for its value."""

    x: str
    y: str
    texte: str
    valeur: str = ""
    y_valeur: str = ""


@dataclass(frozen=True)
class Courbe:
    """A line chart, 220 high."""

    largeur: int
    gauche: str
    droite: str
    grille: list[Repere]
    segments: list[str]
    points: list[Repere]
    absents: list[Repere]
    cible: str | None
    x_etiquette_cible: str
    y_etiquette_cible: str
    ancre_cible: str
    texte_cible: str


def _etiquetes(nombre: int, largeur: int) -> set[int]:
    """Return which points carry their label: all of them, or one in k, the last always."""
    pas = math.ceil(nombre / (8 if largeur >= LARGEUR else 5))
    return {i for i in range(nombre) if (nombre - 1 - i) % pas == 0}


SOUS, SUR, LIBRE = 22, -11, 32  # where a figure is written from its point; what it needs there


def courbe(points: Iterable[Any], cible: Any = None, unite: str = "", largeur: int = LARGEUR) -> Courbe:
    """Compute a line chart. The scale starts at zero unless the values are far from it; it is always written."""
    serie = lire_points(points)
    vise = en_decimal(cible)
    valeurs = [p.valeur for p in serie if p.valeur is not None]
    bornes = valeurs + ([float(vise)] if vise is not None else [])
    bas, haut = (min(bornes), max(bornes)) if bornes else (0.0, 1.0)
    if bas >= 0 and (haut - bas) > bas * 0.6:
        bas = 0.0
    reperes = graduations(bas, haut)
    bas, haut = reperes[0], reperes[-1]
    gauche = 14.0 + 7 * max(len(valeur_unite(g)) for g in reperes)
    debut, fin = gauche + 30, largeur - 40.0

    def y(valeur: float) -> float:
        return 190 - 152 * (valeur - bas) / (haut - bas)

    y_cible = y(float(vise)) if vise is not None else None
    decimales = decimales_communes(valeurs, unite)
    nommes = _etiquetes(len(serie), largeur)
    segments: list[list[str]] = [[]]
    dessines, absents = [], []
    for i, p in enumerate(serie):
        x = debut + i * (fin - debut) / (len(serie) - 1) if len(serie) > 1 else (debut + fin) / 2
        libelle = p.libelle if i in nommes else ""
        if p.valeur is None:
            segments.append([])
            absents.append(Repere(_n(x), "211", libelle))
            continue
        place = y(p.valeur)
        segments[-1].append(f"{_n(x)},{_n(place)}")
        dit = _dire(p.valeur, unite, decimales) if i in nommes else ""
        ecart = SOUS if place < 150 else SUR
        if y_cible is not None and 0 <= (y_cible - place) * (1 if ecart == SOUS else -1) < LIBRE and place < 172:
            ecart = SUR if ecart == SOUS else SOUS  # the figure would be crossed by the target
        dessines.append(Repere(_n(x), _n(place), libelle, dit, _n(place + ecart)))
    a_droite, dy = _cote_de_la_cible([float(p.y) for p in dessines], y_cible)
    return Courbe(
        largeur=largeur,
        gauche=_n(gauche),
        droite=_n(largeur - 20),
        grille=[Repere(_n(gauche - 8), _n(y(g)), valeur_unite(g), y_valeur=_n(y(g) + 4)) for g in reperes],
        segments=[" ".join(s) for s in segments if len(s) > 1],
        points=dessines,
        absents=absents,
        cible=_n(y_cible) if y_cible is not None else None,
        x_etiquette_cible=_n(largeur - 20) if a_droite else _n(gauche),
        y_etiquette_cible=_n(y_cible + dy) if y_cible is not None else "0",
        ancre_cible="end" if a_droite else "start",
        texte_cible=f"Cible {_dire(float(vise), unite)}" if vise is not None else "",
    )


def _cote_de_la_cible(hauteurs: Sequence[float], y_cible: float | None) -> tuple[bool, float]:
    """Return (at the right end, offset) of the words of the target: the end, then the side, that the values leave."""
    if y_cible is None or not hauteurs:
        return False, -8
    a_droite = abs(hauteurs[-1] - y_cible) > abs(hauteurs[0] - y_cible)
    bout = hauteurs[-1] if a_droite else hauteurs[0]
    if abs(bout - y_cible) < 12:  # the point is on the line: above its figure
        return a_droite, -26
    return a_droite, (19 if bout < y_cible < 180 else -8)


def decrire(serie: Sequence[Point], cible: Any = None, unite: str = "") -> str:
    """Return the sentence that replaces the drawing: every value in words, and the target."""
    if not serie:
        return "Aucune valeur."
    phrase = ", ".join(f"{p.libelle} : {dit}" for p, dit in dire_serie(serie, unite)) + "."
    vise = en_decimal(cible)
    return phrase if vise is None else f"{phrase} Cible : {_dire(float(vise), unite)}."


@dataclass(frozen=True)
class Segment:
    """One rectangle of a bar."""

    x: str
    largeur: str
    fond: str
    encre: str
    ton: str
    texte: str
    x_texte: str


@dataclass(frozen=True)
class Barre:
    """One bar (or one line of stacked segments) with its label on one or two lines above."""

    lignes: list[Repere]
    y: str
    segments: list[Segment]
    valeur: str
    x_valeur: str
    y_valeur: str
    repere: str | None = None


@dataclass(frozen=True)
class Barres:
    """A horizontal bar chart."""

    largeur: int
    hauteur: int
    barres: list[Barre]
    legende: list[tuple[str, str, str]] = field(default_factory=list)


_H_LIGNE, _H_BARRE, _ESPACE = 16, 18, 12
ETROITE = 320


def _etiquettes(libelle: str, haut: int, largeur: int) -> list[Repere]:
    lignes = textwrap.wrap(libelle, int(largeur / 7.2)) or [""]
    return [Repere("0", str(haut + _H_LIGNE * (i + 1) - 4), ligne) for i, ligne in enumerate(lignes)]


def barres(
    points: Iterable[Any], maximum: Any = None, unite: str = "", cible: Any = None, largeur: int = LARGEUR
) -> Barres:
    """Compute one horizontal bar per point, its value written at the end, an optional target tick."""
    serie = lire_points(points)
    connues = [p.valeur for p in serie if p.valeur is not None]
    vise = en_decimal(cible)
    fond = float(en_decimal(maximum) or max([*connues, float(vise or 0), 0])) or 1.0
    decimales = decimales_communes(connues, unite)
    reserve = 20 + 7.5 * max((len(_dire(p.valeur, unite, decimales)) for p in serie), default=0)
    utile, haut, dessinees = largeur - reserve, 0, []
    for p in serie:
        etiquettes = _etiquettes(p.libelle, haut, largeur)
        haut += _H_LIGNE * len(etiquettes) + 2
        longueur = part(p.valeur, fond, utile) or 0.0
        segment = Segment("0", _n(longueur), "", "", "", "", "0")
        dessinees.append(
            Barre(
                lignes=etiquettes,
                y=str(haut),
                segments=[segment] if longueur else [],
                valeur=_dire(p.valeur, unite, decimales),
                x_valeur=_n(longueur + 8 if longueur else 0),
                y_valeur=str(haut + 13),
                repere=_n(part(vise, fond, utile) or 0) if vise is not None else None,
            )
        )
        haut += _H_BARRE + _ESPACE
    return Barres(largeur, max(haut - _ESPACE + 2, 1), dessinees)


def decrire_empilees(lignes: Iterable[tuple[str, Sequence[float]]], series: Sequence[tuple[str, str]]) -> str:
    """Return the sentence that replaces stacked bars."""
    phrases = []
    for libelle, valeurs in lignes:
        details = [f"{nom.lower()} {valeur_unite(v)}" for (nom, _), v in zip(series, valeurs, strict=True) if v]
        phrases.append(f"{libelle} : {', '.join(details) or 'rien'}.")
    return " ".join(phrases) or "Aucune valeur."


def barres_empilees(
    lignes: Iterable[tuple[str, Sequence[float]]], series: Sequence[tuple[str, str]], largeur: int = LARGEUR
) -> Barres:
    """Compute stacked bars: `lignes` gives (label, counts), `series` the (name, tone) of each count, in order.

    Each segment carries its count; the legend carries the names, so that colour never speaks alone.
    """
    donnees = [(str(libelle), [float(v or 0) for v in valeurs]) for libelle, valeurs in lignes]
    fond = max((sum(v) for _, v in donnees), default=0) or 1.0
    haut, dessinees = 0, []
    for libelle, valeurs in donnees:
        etiquettes = _etiquettes(libelle, haut, largeur)
        haut += _H_LIGNE * len(etiquettes) + 2
        segments, x = _segments(valeurs, series, (largeur - 60) / fond)
        dessinees.append(
            Barre(etiquettes, str(haut), segments, valeur_unite(sum(valeurs)), _n(x + 8 if x else 0), str(haut + 13))
        )
        haut += _H_BARRE + _ESPACE
    legende = [(nom, ton, TONS.get(ton, TONS["neutre"])[0]) for nom, ton in series]
    return Barres(largeur, max(haut - _ESPACE + 2, 1), dessinees, legende)


def _segments(
    valeurs: Sequence[float], series: Sequence[tuple[str, str]], echelle: float
) -> tuple[list[Segment], float]:
    """Return the segments of one stacked bar and where it ends; a count is written where it fits."""
    segments, x = [], 0.0
    for valeur, (_, ton) in zip(valeurs, series, strict=True):
        if valeur <= 0:
            continue
        longueur = echelle * valeur
        texte = valeur_unite(valeur)
        fond, encre = TONS.get(ton, TONS["neutre"])
        visible = texte if longueur >= 8 * len(texte) + 6 else ""
        segments.append(
            Segment(_n(x), _n(max(longueur - 1.5, 1)), fond, encre, ton, visible, _n(x + longueur / 2 - 0.75))
        )
        x += longueur
    return segments, x
