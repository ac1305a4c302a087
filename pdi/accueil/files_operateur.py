"""What waits for an operator on the home page, besides the prescriptions to answer (a queue of the paths)."""

from __future__ import annotations

import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from parcours.espace import EspaceOperateur

from .file import File

ICONES = {"retard": "clock-fill", "veille": "hourglass-split", "neutre": "arrow-right-circle-fill"}
PROCHE = 7  # days


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


def _bilans(espace: EspaceOperateur, jour: datetime.date) -> File | None:
    """Return the yearly statements to write."""
    if not espace.bilans:
        return None
    premier = espace.bilans[0]
    limite = premier.campagne.limite_saisie
    reste = (limite - jour).days
    ton = "retard" if reste < 0 else "veille" if reste <= PROCHE else "neutre"
    mention = f"En retard de {-reste} jour{'s' if reste < -1 else ''}" if reste < 0 else f"Avant le {limite:%d/%m/%Y}"
    try:
        url = premier.get_absolute_url()
    except NoReverseMatch:
        url = reverse("parcours:espace")
    mots = "bilan annuel à écrire" if len(espace.bilans) == 1 else "bilans annuels à écrire"
    return File(len(espace.bilans), mots, str(premier), url, ton, mention, ICONES[ton], "Écrire le bilan")


def files_operateur(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return what waits for the operator. Three queries."""
    espace = EspaceOperateur(utilisateur, jour)
    return [f for f in (_entrees(espace), _places(espace), _bilans(espace, jour)) if f]
