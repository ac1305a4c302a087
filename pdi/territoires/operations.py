"""Writes of the territories: official geography from the npm référentiel, action territories from fixtures."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from pdi.socle.droits import RegleMetier

from .models import Commune, CommuneTerritoire, Departement, Epci, TerritoireAction


@dataclass(frozen=True)
class BilanTerritoires:
    """How many rows each table holds for the loaded départements."""

    departements: int
    epci: int
    communes: int


def _lire(nom: str) -> list[dict[str, Any]]:
    """Return one file of the référentiel; RegleMetier with what to do when it is missing."""
    chemin = Path(settings.DECOUPAGE_ADMINISTRATIF) / nom
    try:
        contenu: list[dict[str, Any]] = json.loads(chemin.read_text(encoding="utf-8"))
    except FileNotFoundError as erreur:
        raise RegleMetier(
            f"Le découpage administratif est introuvable ({chemin}). Lancez « npm ci » à la racine du projet, "
            "ou indiquez son dossier dans le réglage DECOUPAGE_ADMINISTRATIF."
        ) from erreur
    return contenu


@transaction.atomic
def charger_decoupage(*, departements: Collection[str]) -> BilanTerritoires:
    """Insert or refresh départements, EPCI and communes in force, by sets; nothing is ever deleted.

    `departements` holds INSEE codes. A commune keeps its identifier from one year to the next; a merged one stays
    because past data refer to it. Raises RegleMetier when the référentiel is missing or a code is unknown.
    Source: COG (INSEE) and BANATIC, as published by Etalab.
    """
    voulus = set(departements)
    noms = {d["code"]: d["nom"] for d in _lire("departements.json")}
    if inconnus := sorted(voulus - noms.keys()):
        raise RegleMetier(f"Département inconnu du découpage administratif : {', '.join(inconnus)}.")
    communes = [c for c in _lire("communes.json") if c["type"] == "commune-actuelle" and c.get("departement") in voulus]
    codes = {c["code"] for c in communes}
    epci_de: dict[str, str] = {}
    epci: list[Epci] = []
    for groupement in _lire("epci.json"):
        membres = [m["code"] for m in groupement["membres"] if m["code"] in codes]
        if membres:
            epci.append(Epci(code=groupement["code"], nom=groupement["nom"][:150], nature=groupement["type"][:10]))
            epci_de |= dict.fromkeys(membres, groupement["code"])

    Departement.objects.bulk_create(
        [Departement(code=code, nom=noms[code]) for code in sorted(voulus)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["nom"],
    )
    Epci.objects.bulk_create(epci, update_conflicts=True, unique_fields=["code"], update_fields=["nom", "nature"])
    Commune.objects.bulk_create(
        [
            Commune(
                code=c["code"],
                nom=c["nom"],
                departement_id=c["departement"],
                epci_id=epci_de.get(c["code"]),
                codes_postaux=c.get("codesPostaux", []),
                population=c.get("population"),
            )
            for c in communes
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["nom", "departement", "epci", "codes_postaux", "population"],
        batch_size=2000,
    )
    return BilanTerritoires(len(voulus), len(epci), len(communes))


def territoire_de(commune: Commune, choix: Iterable[dict[str, Any]]) -> str | None:
    """Return the code of the action territory that holds `commune`: named itself, else by its EPCI, else by default.

    `choix` lists {"code", "communes": [INSEE], "epci": [SIREN], "defaut": bool}.
    """
    territoires = list(choix)
    for territoire in territoires:
        if commune.code in territoire.get("communes", ()):
            return str(territoire["code"])
    for territoire in territoires:
        if commune.epci_id in territoire.get("epci", ()):
            return str(territoire["code"])
    return next((str(t["code"]) for t in territoires if t.get("defaut")), None)


@transaction.atomic
def charger_territoires_action(*, donnees: dict[str, Any]) -> int:
    """Create the missing action territories of one département and attach its communes that have none.

    `donnees`: {"departement", "nature", "debut" (ISO), "demonstration", "source", "territoires": [...]}.
    What exists is left alone: an administrator may have redrawn it. Returns the number of communes attached.
    """
    departement = donnees["departement"]
    validite = DateRange(datetime.date.fromisoformat(donnees["debut"]), None)
    TerritoireAction.objects.bulk_create(
        [
            TerritoireAction(
                departement_id=departement,
                nature=donnees["nature"],
                code=t["code"],
                nom=t["nom"],
                validite=validite,
                demonstration=donnees["demonstration"],
                source=donnees["source"],
            )
            for t in donnees["territoires"]
        ],
        ignore_conflicts=True,
    )
    ids = dict(TerritoireAction.objects.filter(departement=departement).values_list("code", "id"))
    libres = Commune.objects.filter(departement=departement, rattachements__isnull=True)
    rattachements = [
        CommuneTerritoire(commune=commune, territoire_id=ids[code], validite=validite)
        for commune in libres
        if (code := territoire_de(commune, donnees["territoires"])) is not None
    ]
    CommuneTerritoire.objects.bulk_create(rattachements)
    return len(rattachements)


def charger_fichiers_territoires(*, dossier: Path) -> int:
    """Load every file of `dossier` whose département is loaded; return the number of communes attached."""
    connus = set(Departement.objects.values_list("code", flat=True))
    total = 0
    for chemin in sorted(dossier.glob("*.json")):
        donnees = json.loads(chemin.read_text(encoding="utf-8"))
        if donnees["departement"] in connus:
            total += charger_territoires_action(donnees=donnees)
    return total
