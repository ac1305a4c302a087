"""What the tests of sheets share: an offer and its people."""

from __future__ import annotations

from typing import Any

from offre.models import CategorieOffre, EtatOffre, LieuOffre, OffreInsertion
from pdi.comptes.models import Role, Utilisateur
from pdi.structures.models import Structure
from pdi.territoires.models import Commune, Epci
from tests.fabriques import DepartementFactory, StructureFactory, UtilisateurFactory

CONTENU: dict[str, Any] = {
    "intitule": "Atelier vélo", "categorie": "emploi", "objectifs": ["Apprendre un métier"],
    "publics": ["Bénéficiaires du RSA"], "prescription_referent": True,
}  # fmt: skip


def une_offre(structure: Structure | None = None, **champs: Any) -> OffreInsertion:
    valeurs = {
        "departement": DepartementFactory.create(code="91"), "categorie": CategorieOffre.EMPLOI,
        "intitule": "Atelier vélo", "objectifs": ["Apprendre un métier"], "publics": ["Bénéficiaires du RSA"],
        "etat": EtatOffre.PUBLIEE,
    } | champs  # fmt: skip
    offre = OffreInsertion.objects.create(**valeurs)
    offre.operateurs.add(structure or StructureFactory.create())
    return offre


def operateur_de(structure: Structure) -> Utilisateur:
    return UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=structure)


def charge() -> Utilisateur:
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


def commune(code: str, nom: str, epci: str = "") -> Commune:
    groupe = Epci.objects.get_or_create(code=epci, defaults={"nom": f"Agglomération {epci}"})[0] if epci else None
    return Commune.objects.create(code=code, nom=nom, departement=DepartementFactory.create(code="91"), epci=groupe)


def un_lieu(offre: OffreInsertion, ou: Commune | None = None, **champs: Any) -> LieuOffre:
    return LieuOffre.objects.create(offre=offre, commune=ou, **champs)
