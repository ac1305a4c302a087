"""Lines of structures: the directory is open to every account, managers keep it."""

from __future__ import annotations

from typing import Any

from pdi.structures.models import Contact, NomAlternatif
from tests.fabriques import StructureFactory

from .monde import Monde
from .table import Ligne, statuts

GESTION = statuts(403, gestion=200)
GESTION_ECRIT = statuts(403, gestion=302)


def preparer(m: Any) -> None:
    """A contact, another name, a double."""
    m.contact = Contact.objects.create(structure=m.structure, nom="Accueil", telephone="01 00 00 00 00")
    m.nom_alternatif = NomAlternatif.objects.create(structure=m.structure, nom="Mission locale nord")
    m.double = StructureFactory.create(nom="Misson locale")


def structure(m: Monde) -> dict[str, Any]:
    return {"pk": m.structure.pk}


def contact(m: Monde) -> dict[str, Any]:
    return {"pk": m.contact.pk}  # type: ignore[attr-defined]


def nom(m: Monde) -> dict[str, Any]:
    return {"pk": m.nom_alternatif.pk}  # type: ignore[attr-defined]


def double(m: Monde) -> dict[str, Any]:
    return {"pk": m.double.pk}  # type: ignore[attr-defined]


MATRICE = [
    Ligne("structures:structures", statuts(200)),
    Ligne("structures:structures", statuts(200), requete="?mot=mission&departement=national", cas="filtrée"),
    Ligne("structures:structures_arbre", statuts(200)),
    Ligne("structures:structure_export", statuts(200)),
    Ligne("structures:structure_export", statuts(200), requete="?format=csv", cas="CSV"),
    Ligne(
        "structures:structure", statuts(200), objet=structure,
        ouvert="l’annuaire ne contient que des coordonnées professionnelles",
    ),
    Ligne("structures:structure_creer", GESTION),
    Ligne(
        "structures:structure_creer", GESTION_ECRIT, methode="POST",
        donnees=lambda m: {"nom": "Nouvelle structure", "nature": "association", "active": "on"},
    ),
    Ligne("structures:structure_modifier", GESTION, objet=structure),
    Ligne(
        "structures:structure_modifier", GESTION_ECRIT, objet=structure, methode="POST",
        donnees=lambda m: {"nom": "Mission locale Nord", "nature": "emploi", "active": "on"},
    ),
    Ligne("structures:structure_fusionner", GESTION, objet=double),
    Ligne(
        "structures:structure_fusionner", GESTION_ECRIT, objet=double, methode="POST",
        donnees=lambda m: {"garder": m.structure.pk},
    ),
    Ligne("structures:contact_ajouter", GESTION, objet=structure),
    Ligne(
        "structures:contact_ajouter", GESTION_ECRIT, objet=structure, methode="POST",
        donnees=lambda m: {"nom": "Secrétariat", "telephone": "01 00 00 00 01"},
    ),
    Ligne("structures:contact_modifier", GESTION, objet=contact),
    Ligne(
        "structures:contact_modifier", GESTION_ECRIT, objet=contact, methode="POST",
        donnees=lambda m: {"nom": "Accueil du public", "telephone": "01 00 00 00 00"},
    ),
    Ligne("structures:contact_retirer", GESTION_ECRIT, objet=contact, methode="POST"),
    Ligne("structures:nom_ajouter", GESTION, objet=structure),
    Ligne(
        "structures:nom_ajouter", GESTION_ECRIT, objet=structure, methode="POST",
        donnees=lambda m: {"nom": "ML du Nord Essonne"},
    ),
    Ligne("structures:nom_retirer", GESTION_ECRIT, objet=nom, methode="POST"),
]  # fmt: skip
