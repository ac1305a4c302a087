"""The directory drawn from the documents: one explicit table, then wordings resolved to structures by sets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from .models import NatureStructure, NomAlternatif, Structure
from .operations import trouver_ou_creer_structure
from .regles import cle_nom, decouper_libelle

Cle = tuple[str | None, str]


@dataclass(frozen=True)
class StructureCitee:
    """What a wording names: a structure, and what the wording adds (a position, a remark)."""

    structure: Structure
    precision: str = ""


@dataclass
class Annuaire:
    """Wordings already known, so that loading four programmes costs no query per wording."""

    par_cle: dict[Cle, Structure] = field(default_factory=dict)
    particuliers: dict[Cle, list[StructureCitee]] = field(default_factory=dict)
    crees: int = 0

    def citees(self, libelle: str, departement: str) -> list[StructureCitee]:
        """Return the structures named by `libelle` in a document of `departement`; an unknown one is created."""
        for zone in (departement, None):
            if trouvees := self.particuliers.get((zone, cle_nom(libelle))):
                return trouvees
        lu = decouper_libelle(libelle)
        for cle, precision in (
            (cle_nom(libelle), ""),
            (lu.sans_precision, lu.precision),
            (cle_nom(lu.chemin[-1][0]) if lu.chemin else "", lu.precision),
        ):
            for zone in (departement, None):
                if connue := self.par_cle.get((zone, cle)):
                    return [StructureCitee(connue, precision)]
        structure, precision, creee = trouver_ou_creer_structure(libelle=libelle, departement=departement)
        self.crees += creee
        self.par_cle[departement, lu.sans_precision] = structure
        return [StructureCitee(structure, precision)]


def _graphies(entree: dict[str, Any]) -> list[tuple[str | None, str]]:
    """Return the spellings under which an entry of the table answers, each with the département it stands for."""
    zone = entree["departement"]
    graphies = [(zone, nom) for nom in (entree["nom"], entree["sigle"], *entree["autres_noms"]) if nom]
    graphies += [(departement, nom) for departement, noms in entree.get("libelles", {}).items() for nom in noms]
    return graphies


@transaction.atomic
def charger_annuaire(*, chemin: Path) -> Annuaire:
    """Create the missing structures of the table and their other spellings, by sets; return the directory.

    A structure is known by (parent, département, name): an existing one is left alone. Levels load from the top.
    Source: `chemin`, the explicit table of correspondences between printed wordings and structures.
    """
    table = json.loads(chemin.read_text(encoding="utf-8"))
    entrees: list[dict[str, Any]] = table["structures"]
    refs: dict[str, Structure] = {}
    reste = entrees
    while reste:
        niveau = [e for e in reste if e["parent"] is None or e["parent"] in refs]
        if not niveau:
            raise ValueError(f"{chemin.name} : parent inconnu ({', '.join(e['ref'] for e in reste)})")
        reste = [e for e in reste if e not in niveau]
        refs |= _charger_niveau(niveau, refs)

    annuaire = Annuaire()
    autres: list[NomAlternatif] = []
    for entree in entrees:
        structure = refs[entree["ref"]]
        for departement, nom in _graphies(entree):
            annuaire.par_cle.setdefault((departement, cle_nom(nom)), structure)
            if nom not in (entree["nom"], entree["sigle"]):
                autres.append(NomAlternatif(structure=structure, nom=nom, cle=cle_nom(nom)))
    NomAlternatif.objects.bulk_create(autres, ignore_conflicts=True)
    for cas in table["libelles_particuliers"]:
        annuaire.particuliers[cas["departement"], cle_nom(cas["libelle"])] = [
            StructureCitee(refs[ref], cas["precision"]) for ref in cas["structures"]
        ]
    return annuaire


def _charger_niveau(niveau: list[dict[str, Any]], refs: dict[str, Structure]) -> dict[str, Structure]:
    """Create the missing structures of one level of the tree; return those of the level by reference."""
    identite = {}
    for entree in niveau:
        parent = refs[entree["parent"]].pk if entree["parent"] else None
        identite[entree["ref"]] = (parent, entree["departement"], cle_nom(entree["nom"]))
    cles = {cle for _, _, cle in identite.values()}

    def existantes() -> dict[tuple[int | None, str | None, str], Structure]:
        return {(s.parent_id, s.departement_id, s.cle): s for s in Structure.objects.filter(cle__in=cles)}

    connues = existantes()
    Structure.objects.bulk_create(
        [
            Structure(
                nom=e["nom"],
                sigle=e["sigle"],
                cle=identite[e["ref"]][2],
                nature=NatureStructure(e["nature"]),
                parent_id=identite[e["ref"]][0],
                departement_id=e["departement"],
            )
            for e in niveau
            if identite[e["ref"]] not in connues
        ]
    )
    connues = existantes()
    return {ref: connues[cle] for ref, cle in identite.items()}
