"""What waits for an operator on the home page, beside the answers (parcours) and the statements (offre) to write."""

from __future__ import annotations

import datetime
from typing import Any

from django.urls import reverse

from parcours.espace import EspaceOperateur

from .file import File

ICONES = {"veille": "hourglass-split", "neutre": "arrow-right-circle-fill"}


def _entrees(espace: EspaceOperateur) -> File | None:
    nombre = espace.comptes["a_entrer"]
    if not nombre:
        return None
    mots = "personne retenue à faire entrer" if nombre == 1 else "personnes retenues à faire entrer"
    url = f"{reverse('parcours:prescriptions')}?etat=retenue"
    return File(nombre, mots, "Notez le premier jour dans l’action.", url, "neutre", "À noter", ICONES["neutre"])


def _places(espace: EspaceOperateur) -> File | None:
    nombre = espace.places_proposees
    if not nombre:
        return None
    mots = "place proposée sans réponse" if nombre == 1 else "places proposées sans réponse"
    detail = "Sans réponse dans le délai de la session, la place va à la personne suivante."
    return File(nombre, mots, detail, reverse("parcours:espace"), "veille", "En attente", ICONES["veille"])


def files_operateur(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return what waits for the operator. Two queries."""
    espace = EspaceOperateur(utilisateur, jour)
    return [f for f in (_entrees(espace), _places(espace)) if f]
