"""Who writes the programme, and a fiche to write in."""

from __future__ import annotations

import datetime

import pytest

from actions.models import FicheAction
from pdi.comptes.models import Role, Utilisateur
from tests.fabriques import AxeFactory, FicheFactory, ProgrammeFactory, StructureFactory, UtilisateurFactory


@pytest.fixture
def chargee(db: None) -> Utilisateur:
    """Give the programme manager, who may write every fiche."""
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, prenom="Hélène", nom="Modèle")


@pytest.fixture
def pilote(db: None) -> Utilisateur:
    """Give somebody who writes bilans, in a structure of her own."""
    return UtilisateurFactory.create(
        role=Role.PILOTE, structure=StructureFactory.create(), prenom="Claire", nom="Exemple"
    )


@pytest.fixture
def fiche(db: None) -> FicheAction:
    """Give a fiche of an adopted programme of its own."""
    programme = ProgrammeFactory.create(date_adoption=datetime.date(2022, 3, 28), intitule_court="Pacte")
    axe = AxeFactory.create(programme=programme, numero="2", intitule="Cibler l’accompagnement")
    return FicheFactory.create(axe=axe, numero="2.1", intitule="Accélérer les premières étapes")
