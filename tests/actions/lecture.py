"""What the tests of the screens share."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.test import Client
from openpyxl import load_workbook

from pdi.comptes.models import Role, Utilisateur
from tests.fabriques import UtilisateurFactory


def connecter(utilisateur: Utilisateur) -> Client:
    """Return a browser logged in as `utilisateur`."""
    client = Client()
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return client


def client_de(role: str = Role.CHARGE_PROGRAMME, **options: Any) -> Client:
    """Return a browser logged in with `role`."""
    return connecter(UtilisateurFactory.create(role=role, **options))


def principal(reponse: Any) -> str:
    """Return the visible text of the page's main part, the navigation and the footer apart."""
    corps = re.search(r"<main\b.*?</main>", reponse.content.decode(), re.DOTALL)
    assert corps is not None
    assert "VARIABLE INCONNUE" not in corps[0]
    brut = re.sub(r"<[^>]+>", " ", corps[0])
    return " ".join(html.unescape(brut).replace("\u00a0", " ").split())


def classeur(reponse: Any) -> tuple[list[str], list[Sequence[Any]]]:
    """Return the headers and the rows of an exported workbook."""
    feuille = load_workbook(BytesIO(b"".join(reponse.streaming_content))).active
    assert feuille is not None
    lignes = list(feuille.iter_rows(values_only=True))
    debut = next(i for i, ligne in enumerate(lignes) if sum(v is not None for v in ligne) > 3)
    return [str(v) for v in lignes[debut]], [
        ligne for ligne in lignes[debut + 1 :] if any(v is not None for v in ligne)
    ]
