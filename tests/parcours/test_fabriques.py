"""The factories of the third storey build rows the database accepts."""

from __future__ import annotations

import pytest

from parcours.models import AffectationReferent, EtatContrat, EtatPrescription, Personne
from pdi.comptes.models import Role
from tests import fabriques_parcours as fabriques
from tests.fabriques import UtilisateurFactory

pytestmark = pytest.mark.django_db

FABRIQUES = [getattr(fabriques, nom) for nom in fabriques.__all__ if nom.endswith("Factory")]


@pytest.mark.parametrize("fabrique", FABRIQUES, ids=lambda f: f.__name__)
def test_each_factory_builds_a_row(fabrique):
    assert fabrique.create().pk


@pytest.mark.parametrize("etat", EtatContrat.values)
def test_a_contract_in_every_state(etat):
    assert fabriques.ContratFactory.create(etat=etat).etat == etat


def test_a_followed_person_is_in_the_portfolio():
    nadia = UtilisateurFactory.create(role=Role.REFERENT)
    personne = fabriques.personne_suivie(referent=nadia, nom_naissance="Élan-Témoin")
    assert list(Personne.objects.portefeuille_de(nadia)) == [personne]
    assert AffectationReferent.objects.get().structure == personne.orientations.get().structure
    assert fabriques.PrescriptionFactory.create(personne=personne).etat == EtatPrescription.RENSEIGNEE
