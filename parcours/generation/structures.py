"""The structures that receive people: those of the annuaire when they are there, else fictitious ones, marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings

from pdi.structures.models import NatureStructure, Structure
from pdi.structures.operations import trouver_structures
from pdi.territoires.models import Departement, TerritoireAction

MARQUE = "Structure fictive de la démonstration."


class _Modele(NamedTuple):
    organisme: str
    nom: str
    nature: NatureStructure
    par_territoire: bool = False  # one by action territory: the name ends with that of the territory
    annuaire: str = ""  # name or acronym of the real one, used when the annuaire holds it
    parent: str = ""


MODELES = (
    _Modele(
        "departement", "Services territorialisés du développement social", NatureStructure.SERVICE, annuaire="STDS"
    ),
    _Modele("france_travail", "Agence France Travail", NatureStructure.EMPLOI, True, parent="Pôle emploi"),
    _Modele("mission_locale", "Mission locale", NatureStructure.EMPLOI, True),
    _Modele("mde_plie", "Maison de l’emploi du Val-Témoin", NatureStructure.EMPLOI),
    _Modele("creation", "Coopérative d’activité Maquette", NatureStructure.ASSOCIATION),
    _Modele("iae", "Jardins d’insertion du Modèle", NatureStructure.SIAE),
    _Modele("autre_spe", "Cap emploi", NatureStructure.EMPLOI, annuaire="Cap emploi"),
    _Modele("caf", "Caisse d’allocations familiales", NatureStructure.PROTECTION_SOCIALE, annuaire="CAF"),
    _Modele("msa", "Mutualité sociale agricole", NatureStructure.PROTECTION_SOCIALE, annuaire="MSA"),
    _Modele("ccas", "CCAS de Valmarche", NatureStructure.COMMUNE),
    _Modele("ccas", "CCAS de Fableville", NatureStructure.COMMUNE),
    _Modele("autre_hors_spe", "Association Cap Spécimen", NatureStructure.ASSOCIATION),
    _Modele("autre_hors_spe", "Association Parcours Exemple", NatureStructure.ASSOCIATION),
    _Modele("plateforme", "Plateforme d’orientation", NatureStructure.SERVICE, annuaire="SAARSA"),
)


@dataclass(frozen=True, slots=True)
class Receptrices:
    """Structures by organism, and by organism and territory."""

    generales: dict[str, list[int]]
    locales: dict[tuple[str, str], int]

    def de(self, organisme: str, territoire: str | None, choix: float) -> int:
        """Return the structure of that organism for a territory; `choix` (0 to 1) settles between several."""
        locale = self.locales.get((organisme, territoire or ""))
        if locale is not None:
            return locale
        toutes = self.generales[organisme]
        return toutes[int(choix * len(toutes))]


def preparer_structures(*, territoires: list[str]) -> Receptrices:
    """Return the receiving structures, creating those that are missing (marked as fictitious in their description)."""
    code = settings.DEPARTEMENT_CODE
    departement, _ = Departement.objects.get_or_create(code=code, defaults={"nom": code})
    noms = dict(TerritoireAction.objects.filter(departement=code, code__in=territoires).values_list("code", "nom"))
    generales: dict[str, list[int]] = {}
    locales: dict[tuple[str, str], int] = {}
    for modele in MODELES:
        structures = generales.setdefault(modele.organisme, [])
        for territoire in territoires if modele.par_territoire else ():
            une = _structure(modele, f"{modele.nom} – {noms[territoire]}", departement)
            locales[modele.organisme, territoire] = une.pk
            structures.append(une.pk)
        if not structures or not modele.par_territoire:
            structures.append(_structure(modele, modele.nom, departement).pk)
    return Receptrices(generales, locales)


def _structure(modele: _Modele, nom: str, departement: Departement) -> Structure:
    for cherche in filter(None, (modele.annuaire, nom)):
        if trouvees := trouver_structures(nom=cherche, departement=departement.pk):
            return trouvees[0]
    parents = trouver_structures(nom=modele.parent, departement=departement.pk) if modele.parent else []
    structure = Structure(
        nom=nom, nature=modele.nature, departement=departement, parent=next(iter(parents), None), description=MARQUE
    )
    structure.save()
    return structure
