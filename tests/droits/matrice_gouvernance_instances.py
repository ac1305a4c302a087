"""Lines of bodies: managers and their secretary keep them, staff and direction read, a partner reads where it sits."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange

from gouvernance.models import Instance, Membre, ReglementInstance
from pdi.comptes.models import Role
from tests.fabriques import DepartementFactory
from tests.fabriques_parcours import il_y_a

from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """A body where the partenaire's structure sits, another where nobody does, kept by the pilote."""
    base = {"departement": DepartementFactory.create(), "nature": "comite_pilotage"}
    m.instance = Instance.objects.create(**base, nom="Comité de pilotage")
    m.siege = Membre.objects.create(instance=m.instance, structure=m.signataire, mandat=DateRange(il_y_a(30), None))
    m.instance_fermee = Instance.objects.create(**base, nom="Comité technique")
    m.instance_fermee.secretaires.add(m.qui(Role.PILOTE))
    m.reglement_interieur = ReglementInstance.objects.create(
        instance=m.instance, fichier=SimpleUploadedFile("r.pdf", b"%PDF-1.4"), nom="r.pdf", type="pdf", taille=8,
        deposee_par=m.qui(Role.ADMINISTRATEUR),
    )  # fmt: skip


def de(nom: str) -> Any:
    return lambda m: {"pk": getattr(m, nom).pk}


LECTURE = statuts(200, prestataire=404)
TENUE, FAITE = statuts(403, gestion=200, prestataire=404), statuts(403, gestion=302, prestataire=404)
CHAMPS = {"nom": "Groupe", "nature": "groupe_travail", "niveau": "local", "version": "1"}

MATRICE = [
    Ligne("gouvernance:instances", statuts(200), requete="?situation=active&tri=-membres"),
    Ligne("gouvernance:instances_export", statuts(200)),
    Ligne("gouvernance:instance", LECTURE, objet=de("instance")),
    Ligne("gouvernance:instance", statuts(200, partenaires=404), objet=de("instance_fermee"), cas="sans siège"),
    Ligne("gouvernance:instance_creer", statuts(403, gestion=200)),
    Ligne("gouvernance:instance_creer", statuts(403, gestion=422), methode="POST", donnees=lambda _m: {"nom": ""}),
    Ligne("gouvernance:instance_modifier", TENUE, objet=de("instance")),
    Ligne("gouvernance:instance_modifier", statuts(403, gestion=302, pilote=302, partenaires=404),
          objet=de("instance_fermee"), methode="POST", donnees=lambda _m: CHAMPS, cas="par sa secrétaire"),
    Ligne("gouvernance:reglement_deposer", TENUE, objet=de("instance")),
    Ligne("gouvernance:reglement", LECTURE, objet=de("reglement_interieur")),
    Ligne("gouvernance:membre_ajouter", TENUE, objet=de("instance")),
    Ligne("gouvernance:membre_ajouter", FAITE, objet=de("instance"), methode="POST",
          donnees=lambda _m: {"nom": "Un invité", "college": "invite", "debut": "2026-01-05"}),
    Ligne("gouvernance:membre_modifier", TENUE, objet=de("siege")),
    Ligne("gouvernance:membre_remplacer", TENUE, objet=de("siege")),
    Ligne("gouvernance:membre_terminer", TENUE, objet=de("siege")),
]  # fmt: skip
