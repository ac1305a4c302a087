"""Writes of what surrounds a structure: contacts and other names. The structure itself is in operations.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser

from .droits import peut_gerer_structures
from .models import Contact, NomAlternatif, Structure
from .regles import cle_nom

CHAMPS_CONTACT = ("nom", "fonction", "courriel", "telephone", "principal")


def _un_seul_principal(contact: Contact) -> None:
    if contact.principal:
        contact.structure.contacts.exclude(pk=contact.pk).update(principal=False)


@transaction.atomic
def ajouter_contact(*, structure: Structure, par: Any, **champs: Any) -> Contact:
    """Add a contact; a main contact takes the place of the former one. Raises DroitInsuffisant."""
    exiger(peut_gerer_structures(par))
    contact = Contact(structure=structure, **champs)
    enregistrer(contact)
    _un_seul_principal(contact)
    apres = etat_de(contact, CHAMPS_CONTACT)
    journaliser(par=par, verbe="ajout d’un contact", objet=structure, apres=apres)
    return contact


@transaction.atomic
def modifier_contact(*, contact: Contact, valeurs: Mapping[str, Any], par: Any) -> Contact:
    """Change a contact. Raises DroitInsuffisant."""
    exiger(peut_gerer_structures(par))
    avant = etat_de(contact, CHAMPS_CONTACT)
    for champ, valeur in valeurs.items():
        setattr(contact, champ, valeur)
    enregistrer(contact)
    _un_seul_principal(contact)
    apres = etat_de(contact, CHAMPS_CONTACT)
    journaliser(par=par, verbe="modification d’un contact", objet=contact.structure, avant=avant, apres=apres)
    return contact


@transaction.atomic
def retirer_contact(*, contact: Contact, par: Any) -> None:
    """Remove a contact. Raises DroitInsuffisant."""
    exiger(peut_gerer_structures(par))
    avant = etat_de(contact, CHAMPS_CONTACT)
    contact.delete()
    journaliser(par=par, verbe="retrait d’un contact", objet=contact.structure, avant=avant)


@transaction.atomic
def ajouter_nom(*, structure: Structure, nom: str, par: Any) -> NomAlternatif:
    """Say that documents also call the structure `nom`.

    Raises DroitInsuffisant, and RegleMetier when it already has this name, or another structure of the same place has.
    """
    exiger(peut_gerer_structures(par))
    nom = " ".join(nom.split())
    cle = cle_nom(nom)
    if cle == structure.cle or structure.noms_alternatifs.filter(cle=cle).exists():
        raise RegleMetier("La structure porte déjà ce nom, aux accents et à la ponctuation près.", champ="nom")
    autre = (
        Structure.objects.filter(cle=cle, departement=structure.departement_id).exclude(pk=structure.pk).first()
        or Structure.objects.filter(noms_alternatifs__cle=cle, departement=structure.departement_id).first()
    )
    if autre is not None:
        raise RegleMetier(f"Ce nom désigne déjà « {autre} ». Si c’est la même structure, fusionnez-les.", champ="nom")
    ajoute = NomAlternatif(structure=structure, nom=nom)
    enregistrer(ajoute)
    journaliser(par=par, verbe="ajout d’un autre nom", objet=structure, apres={"autre nom": nom})
    return ajoute


@transaction.atomic
def retirer_nom(*, nom: NomAlternatif, par: Any) -> None:
    """Remove another name. Raises DroitInsuffisant."""
    exiger(peut_gerer_structures(par))
    nom.delete()
    journaliser(par=par, verbe="retrait d’un autre nom", objet=nom.structure, avant={"autre nom": nom.nom})
