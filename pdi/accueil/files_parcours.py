"""The queues of people's paths on the home page: those of the user's roles, the late ones first."""

from __future__ import annotations

import datetime
from typing import Any

from django.urls import reverse

from parcours.files.catalogue import FileAttente
from parcours.files.comptes import Compte, comptes_de, retards_connus
from parcours.files.perimetre import files_de
from parcours.querysets import ROLES_PERSONNES
from pdi.socle.formats import nombre

from .file import File

MONTREES = 6  # the others are one click away
DECISIONS = ("contrat_a_valider", "reorientation")  # a colleague waits for these: they are always among those shown
ICONES = {"retard": "clock-fill", "veille": "hourglass-split", "neutre": "calendar-event"}


def _presente(file: FileAttente, compte: Compte, jour: datetime.date) -> File:
    """Return a queue in words. When something is late, it is what is late that is counted."""
    retards = compte.en_retard
    combien = retards or compte.total
    ancien = datetime.date.fromisoformat(compte.ancien) if compte.ancien else jour
    if retards:
        ton, mention = "retard", file.retard
        jours = (jour - ancien).days
        detail = (
            f"Jusqu’à {nombre(jours)}\u00a0jour{'s' if jours > 1 else ''} de retard. {nombre(compte.total)} en tout."
        )
        if retards == compte.total:
            detail = f"Jusqu’à {nombre(jours)}\u00a0jour{'s' if jours > 1 else ''} de retard."
        url = f"{reverse('parcours:file', args=[file.code])}?delai=retard"
    else:
        ton = "veille" if (ancien - jour).days <= 7 else "neutre"
        mention, detail = f"Avant le {ancien:%d/%m/%Y}", "Aucun retard."
        url = reverse("parcours:file", args=[file.code])
    return File(combien, file.nom[combien > 1], detail, url, ton, mention, ICONES[ton], f"Voir\u00a0: {file.titre}")


def files_parcours(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return the queues that hold something, six at most: decisions, then the fullest of late rows.

    Two queries, kept a minute.
    """
    if not utilisateur.a_role(*ROLES_PERSONNES):
        return []
    comptes = comptes_de(utilisateur, jour)
    pleines = [(file, comptes[file.code]) for file in files_de(utilisateur) if comptes[file.code].total]
    pleines.sort(key=lambda paire: (paire[0].code not in DECISIONS, -paire[1].en_retard, -paire[1].total))
    return [_presente(file, compte, jour) for file, compte in pleines[:MONTREES]]


def retards_parcours(utilisateur: Any, jour: datetime.date) -> int:
    """Return how many rows are late in all the queues of the user, as last counted, for the navigation."""
    return retards_connus(utilisateur, jour)
