"""Read a frozen content whatever the version of its format. The stored content, and its hash, never change."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from .fiches import additionner, resumer_financeurs
from .formes import SCHEMA_VERSION, chapitre, toutes_les_fiches


def mettre_a_niveau(contenu: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Return the content in the current format; a copy when anything had to be converted.

    `version` is the format it was frozen in (`VersionRapport.schema_version`). Raises ValueError for a format that
    this program does not know yet.
    """
    if version > SCHEMA_VERSION or version < 1:
        raise ValueError(f"Format de contenu inconnu : {version}")
    if version == SCHEMA_VERSION:
        return dict(contenu)
    lu = copy.deepcopy(dict(contenu))
    for depart in range(version, SCHEMA_VERSION):
        _CONVERSIONS[depart](lu)
    lu["schema_version"] = SCHEMA_VERSION
    return lu


def _de_1_a_2(contenu: dict[str, Any]) -> None:
    """Add what version 2 sums up: the funders and the amounts of each fiche, and the day the steps stop at.

    The steps of a version 1 are those of the day of its compilation. Some of its contents already had the sums.
    """
    annee = contenu["couverture"]["annee"]
    for section in toutes_les_fiches(contenu):
        fiche: dict[str, Any] = section  # type: ignore[assignment]  # the shape of version 1
        lignes = fiche["financements"]
        fiche.setdefault("financeurs", resumer_financeurs(lignes, annee))
        fiche.setdefault("montants", additionner(lignes, annee))
        fiche.pop("prevu", None)
        fiche.pop("realise", None)
    avancement = chapitre(contenu, "avancement")
    if avancement:
        avancement.setdefault("arretees_au", None)


def _de_2_a_3(contenu: dict[str, Any]) -> None:
    """Say nothing of the version of the fiche that a bilan was written for: version 2 did not know it."""
    for fiche in toutes_les_fiches(contenu):
        if fiche["bilan"]:
            fiche["bilan"].setdefault("version_fiche", "")


_CONVERSIONS: dict[int, Callable[[dict[str, Any]], None]] = {1: _de_1_a_2, 2: _de_2_a_3}
