"""Structures are found rather than created twice, and merged without losing what named them."""

from __future__ import annotations

import datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from actions.models import Financement, RoleFiche, Signataire
from pdi.comptes.models import Habilitation, Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from pdi.structures.models import NomAlternatif, Structure
from pdi.structures.operations import (
    creer_structure,
    fusionner_structures,
    modifier_structure,
    trouver_ou_creer_structure,
)
from tests.fabriques import (
    DepartementFactory,
    FicheFactory,
    FinancementFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def essonne():
    return DepartementFactory.create(code="91", nom="Essonne")


def test_direction_puis_service_font_un_arbre(essonne) -> None:
    service, precision, creee = trouver_ou_creer_structure(
        libelle="Direction de l’emploi (DE) – Service des parcours (SP) – Chargée de mission", departement="91"
    )
    assert creee
    assert precision == "Chargée de mission"
    assert (service.nom, service.sigle) == ("Service des parcours", "SP")
    assert service.parent is not None
    assert (service.parent.nom, service.parent.sigle) == ("Direction de l’emploi", "DE")


def test_un_libelle_deja_connu_ne_cree_rien(essonne) -> None:
    premiere, _, _ = trouver_ou_creer_structure(libelle="Pôle emploi", departement="91")
    for graphie in ("Pole Emploi", "PÔLE-EMPLOI", "Pôle emploi – la Directrice départementale"):
        trouvee, _, creee = trouver_ou_creer_structure(libelle=graphie, departement="91")
        assert trouvee == premiere
        assert not creee


def test_un_sigle_ou_un_autre_nom_suffit(essonne) -> None:
    caf = StructureFactory.create(nom="Caisse d’allocations familiales", sigle="CAF", departement=essonne)
    NomAlternatif.objects.create(structure=caf, nom="Allocations familiales")
    for graphie in ("CAF", "caf", "allocations familiales"):
        assert trouver_ou_creer_structure(libelle=graphie, departement="91")[0] == caf


def test_deux_structures_possibles_demandent_un_choix(essonne) -> None:
    StructureFactory.create(nom="Maison A", sigle="MSD", departement=essonne)
    StructureFactory.create(nom="Maison B", sigle="MSD", departement=essonne)
    with pytest.raises(RegleMetier, match="Plusieurs structures"):
        trouver_ou_creer_structure(libelle="MSD", departement="91")


@pytest.mark.parametrize("vide", ["", "   ", "–"], ids=["vide", "espaces", "tiret"])
def test_un_nom_vide_est_refuse(essonne, vide) -> None:
    with pytest.raises(RegleMetier, match="nom"):
        trouver_ou_creer_structure(libelle=vide, departement="91")
    assert not Structure.objects.exists()


def test_un_doublon_de_nom_se_dit_en_francais(essonne) -> None:
    creer_structure(nom="Mission locale", nature="emploi", departement="91", par=None)
    with pytest.raises(RegleMetier, match="existe déjà"):
        creer_structure(nom="mission  LOCALE", nature="emploi", departement="91", par=None)


def test_renommer_garde_l_ancien_nom_et_le_journal(essonne) -> None:
    structure = creer_structure(nom="Pôle emploi", nature="emploi", par=None)
    modifier_structure(structure=structure, valeurs={"nom": "France Travail"}, par=None)
    assert structure.noms_alternatifs.get().nom == "Pôle emploi"
    assert trouver_ou_creer_structure(libelle="Pôle Emploi", departement="91")[0] == structure
    entree = EntreeJournal.objects.get(verbe="modification")
    assert (entree.avant["nom"], entree.apres["nom"]) == ("Pôle emploi", "France Travail")


def test_une_structure_ne_depend_pas_de_son_propre_service(essonne) -> None:
    direction = StructureFactory.create(nom="Direction", departement=essonne)
    service = StructureFactory.create(nom="Service", parent=direction, departement=essonne)
    with pytest.raises(RegleMetier, match="propres services"):
        modifier_structure(structure=direction, valeurs={"parent": service}, par=None)


def test_fusionner_reporte_les_roles_les_services_et_les_noms(essonne) -> None:
    garder = StructureFactory.create(nom="Caisse primaire d’assurance maladie", departement=essonne)
    absorber = StructureFactory.create(nom="CPAM de l’Essonne", departement=essonne)
    service = StructureFactory.create(nom="Service social", parent=absorber, departement=essonne)
    role = RoleFicheFactory.create(structure=absorber, libelle="CPAM")
    fusionner_structures(garder=garder, absorber=absorber, par=None)
    role.refresh_from_db()
    service.refresh_from_db()
    assert role.structure == garder
    assert role.libelle == "CPAM"
    assert service.parent == garder
    assert list(garder.noms_alternatifs.values_list("nom", flat=True)) == ["CPAM de l’Essonne"]
    assert not Structure.objects.filter(pk=absorber.pk).exists()
    assert EntreeJournal.objects.filter(verbe="fusion").exists()


def test_fusionner_ne_laisse_pas_deux_fois_le_meme_role(essonne) -> None:
    garder, absorber = StructureFactory.create(departement=essonne), StructureFactory.create(departement=essonne)
    role = RoleFicheFactory.create(structure=garder)
    RoleFicheFactory.create(structure=absorber, fiche=role.fiche, type=role.type)
    fusionner_structures(garder=garder, absorber=absorber, par=None)
    assert RoleFiche.objects.filter(fiche=role.fiche).count() == 1


def test_fusionner_refuse_de_perdre_un_montant(essonne) -> None:
    garder, absorber = StructureFactory.create(departement=essonne), StructureFactory.create(departement=essonne)
    fiche = FicheFactory.create()
    FinancementFactory.create(fiche=fiche, financeur=garder, annee=2025, prevu=1000)
    FinancementFactory.create(fiche=fiche, financeur=absorber, annee=2025, prevu=500)
    with pytest.raises(RegleMetier, match="réunissez d’abord"):
        fusionner_structures(garder=garder, absorber=absorber, par=None)
    assert Financement.objects.filter(fiche=fiche).count() == 2
    assert Structure.objects.filter(pk=absorber.pk).exists()


@pytest.mark.parametrize("quoi", ["service", "signature", "habilitation"])
def test_fusionner_refuse_de_perdre_ce_que_l_autre_ne_dit_pas(essonne, quoi) -> None:
    garder, absorber = StructureFactory.create(departement=essonne), StructureFactory.create(departement=essonne)
    depuis = DateRange(datetime.date(2024, 1, 1), None)
    if quoi == "service":
        for parent in (garder, absorber):
            FinancementFactory.create(
                financeur=StructureFactory.create(nom="Service social", parent=parent, departement=essonne)
            )
    elif quoi == "signature":
        programme = FicheFactory.create().programme
        Signataire.objects.create(programme=programme, structure=garder, libelle="CD")
        Signataire.objects.create(programme=programme, structure=absorber, libelle="CD", signe_le=depuis.lower)
    else:
        agent = UtilisateurFactory.create(role=Role.PILOTE, structure=absorber)
        absorbee = agent.habilitations.get()
        depuis = DateRange(absorbee.periode.lower + datetime.timedelta(days=30), None)
        Habilitation.objects.create(utilisateur=agent, role=Role.PILOTE, structure=garder, periode=depuis)
    with pytest.raises(RegleMetier, match="réunissez d’abord"):
        fusionner_structures(garder=garder, absorber=absorber, par=None)
    assert Structure.objects.filter(pk=absorber.pk).exists()


def test_fusionner_retire_une_habilitation_que_l_autre_contient(essonne) -> None:
    garder, absorber = StructureFactory.create(departement=essonne), StructureFactory.create(departement=essonne)
    agent = UtilisateurFactory.create(role=Role.PILOTE, structure=absorber)
    depuis = agent.habilitations.get().periode.lower - datetime.timedelta(days=30)
    Habilitation.objects.create(utilisateur=agent, role=Role.PILOTE, structure=garder, periode=DateRange(depuis, None))
    fusionner_structures(garder=garder, absorber=absorber, par=None)
    assert agent.habilitations.get().structure == garder


def test_une_structure_ne_s_absorbe_pas_elle_meme_ni_son_parent(essonne) -> None:
    direction = StructureFactory.create(departement=essonne)
    service = StructureFactory.create(parent=direction, departement=essonne)
    with pytest.raises(RegleMetier, match="différentes"):
        fusionner_structures(garder=service, absorber=service, par=None)
    with pytest.raises(RegleMetier, match="dépend"):
        fusionner_structures(garder=service, absorber=direction, par=None)


def test_seule_la_gestion_tient_l_annuaire(essonne) -> None:
    pilote = UtilisateurFactory.create(role=Role.PILOTE)
    structure = StructureFactory.create(departement=essonne)
    with pytest.raises(DroitInsuffisant):
        creer_structure(nom="Autre", nature="association", par=pilote)
    with pytest.raises(DroitInsuffisant):
        modifier_structure(structure=structure, valeurs={"nom": "Autre"}, par=pilote)
    with pytest.raises(DroitInsuffisant):
        fusionner_structures(garder=structure, absorber=StructureFactory.create(), par=pilote)
    gestion = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    assert creer_structure(nom="Autre", nature="association", par=gestion).pk
