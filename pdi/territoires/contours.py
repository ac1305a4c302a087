"""The map of a département: its outline, its communes and their town halls, from fixtures/territoires/contours."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

TERRE_KM = 6371.0
Point = tuple[float, float]  # latitude, longitude, in degrees


@dataclass(frozen=True)
class Contours:
    """The GeoJSON of a département as it is served, and the middle of each of its communes by INSEE code."""

    texte: bytes
    empreinte: str
    centres: Mapping[str, Point]


@lru_cache(maxsize=8)
def contours_de(departement: str) -> Contours | None:
    """Return the map of a département, None when there is no file for it. Read once a process."""
    chemin = settings.DOSSIER_DONNEES / "territoires" / "contours" / f"{departement}.geojson"
    if not departement.isalnum() or not chemin.exists():
        return None
    texte = chemin.read_bytes()
    traits = (trait["properties"] for trait in json.loads(texte)["features"])
    centres = {trait["code"]: (trait["centre"][1], trait["centre"][0]) for trait in traits if "centre" in trait}
    return Contours(texte, hashlib.sha256(texte).hexdigest()[:32], centres)


def centre_de(commune: str) -> Point | None:
    """Return where a commune's town hall is, None outside the département of this deployment."""
    contours = contours_de(settings.DEPARTEMENT_CODE)
    return contours.centres.get(commune) if contours else None


def distance_km(a: Point, b: Point) -> float:
    """Return the distance between two points as the crow flies, in kilometres."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * TERRE_KM * math.asin(math.sqrt(h))


def communes_a_moins_de(km: float, commune: str) -> list[str]:
    """Return the codes of the communes whose town hall is within `km` of that of `commune`, itself included."""
    centre, contours = centre_de(commune), contours_de(settings.DEPARTEMENT_CODE)
    if centre is None or contours is None:
        return [commune]
    return [code for code, point in contours.centres.items() if distance_km(centre, point) <= km]
