"""Who follows, who decides, who is followed; who runs an action, and the action."""

from __future__ import annotations

from typing import Any

import pytest

from offre.models import OffreInsertion
from parcours.models import Personne, ReglementAide
from pdi.comptes.models import Role
from pdi.structures.models import Structure
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import OffreFactory, ReglementAideFactory, personne_suivie
from tests.parcours.aides import PLAFOND


@pytest.fixture
def structure(db: None) -> Structure:
    """Give the structure where people are followed."""
    return StructureFactory.create(nom="MDS de Valmarche")


@pytest.fixture
def referent(structure: Structure) -> Any:
    """Give a référent of the structure."""
    return UtilisateurFactory.create(role=Role.REFERENT, structure=structure)


@pytest.fixture
def encadrant(structure: Structure) -> Any:
    """Give who decides in the structure."""
    return UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure)


@pytest.fixture
def personne(referent: Any, structure: Structure) -> Personne:
    """Give someone whom the référent follows."""
    return personne_suivie(referent=referent, structure=structure, nom_naissance="Exemple", telephone="0600000000")


@pytest.fixture
def operateur(db: None) -> Structure:
    """Give the operator of `offre`."""
    return StructureFactory.create(nom="Atelier du Cycle")


@pytest.fixture
def prestataire(operateur: Structure) -> Any:
    """Give who answers for the operator."""
    return UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur, nom="Opérateur")


@pytest.fixture
def offre(operateur: Structure) -> OffreInsertion:
    """Give a published offer."""
    return OffreFactory.create(numero="2.4", intitule="Atelier vélo", operateurs=[operateur])


@pytest.fixture
def reglement(db: None) -> ReglementAide:
    """Give an aid with a yearly ceiling."""
    return ReglementAideFactory.create(intitule="Aide à la mobilité", source="Délibération de 2022", regles=[PLAFOND])
