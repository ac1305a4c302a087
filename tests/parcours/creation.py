"""What the tests of the creation of a person share: the form as an agent fills it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

CREATION = {
    "nom_naissance": "Lefèvre-Tampon", "prenoms": "Élodie", "date_naissance": "1985-03-12", "canal": "courrier",
    "debut": "2026-01-02",
}  # fmt: skip


def creer(client: Client, **plus: Any) -> Any:
    """Send the form of a new person, with `plus` beside or instead."""
    return client.post(reverse("parcours:personne_creer"), {**CREATION, **plus})
