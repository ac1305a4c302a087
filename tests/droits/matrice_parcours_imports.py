"""Lines of imports: administrators only; nobody else knows that a lot exists."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from pdi.comptes.models import Role
from pdi.socle.chiffrement import chiffrer_octets
from pdi.socle.imports import operations
from pdi.socle.models import LotImport

from .monde import Monde
from .table import Ligne, statuts

FICHIER = b"Nom;Prenom;Ne le\nModele;Ali;02/07/1984\nSpecimen;Lina;31/02/1999\n"
LIT = statuts(403, administrateur=200)
ECRIT = statuts(403, administrateur=302)
GENRE = {"genre": "personnes"}


def preparer(m: Any) -> None:
    """Two lots read and checked, one row ready and one to correct in each; one whose columns are to be told."""
    m.lot_importe, m.lot_bis, m.lot_a_associer = (_lot(m) for _ in range(3))
    LotImport.objects.filter(pk=m.lot_a_associer.pk).update(etat="a_associer", entetes=["Nom"], correspondance={})


def _lot(m: Any) -> LotImport:
    lot = LotImport(genre="personnes", nom_fichier="essai.csv", taille=len(FICHIER), empreinte="0" * 64,
                    depose_par=m.qui(Role.ADMINISTRATEUR), entetes=["Nom", "Prenom", "Ne le"],
                    correspondance={"nom_naissance": 0, "prenoms": 1, "date_naissance": 2}, total=2)  # fmt: skip
    lot.fichier.save("lot", ContentFile(chiffrer_octets(FICHIER)))
    from pdi.socle.imports.declarations import genre_de
    from pdi.socle.imports.lecture import mettre_en_attente

    lignes = [(2, ["Modele", "Ali", "02/07/1984"]), (3, ["Specimen", "Lina", "31/02/1999"])]
    mettre_en_attente(lot_id=lot.pk, genre=genre_de("personnes"), correspondance=lot.correspondance, lignes=lignes,
                      aujourd_hui=timezone.localdate())  # fmt: skip
    operations.controler(lot, par=lot.depose_par)
    return lot


def lot(m: Monde) -> dict[str, Any]:
    return {"pk": m.lot_importe.pk}  # type: ignore[attr-defined]


def bis(m: Monde) -> dict[str, Any]:
    return {"pk": m.lot_bis.pk}  # type: ignore[attr-defined]


def a_associer(m: Monde) -> dict[str, Any]:
    return {"pk": m.lot_a_associer.pk}  # type: ignore[attr-defined]


def depot(_: Monde) -> dict[str, Any]:
    return {"genre": "personnes", "fichier": SimpleUploadedFile("essai.csv", FICHIER)}


CORRECTION = {"ligne": "3", "colonne": "date_naissance", "valeur": "28/02/1999"}
MATRICE = [
    Ligne("parcours:imports", LIT),
    Ligne("parcours:imports", LIT, requete="?genre=personnes&etat=a_verifier", cas="filtrée"),
    Ligne("parcours:import_nouveau", LIT),
    Ligne("parcours:import_nouveau", ECRIT, methode="POST", donnees=depot),
    Ligne("parcours:import_aide", LIT, objet=lambda _: GENRE),
    Ligne("parcours:import_modele", LIT, objet=lambda _: GENRE),
    Ligne("parcours:import_lot", LIT, objet=lot),
    Ligne("parcours:import_lot", LIT, objet=lot, requete="?etat=toutes&colonne=date_naissance&mot=lina", cas="filtrée"),
    Ligne("parcours:import_rejets", LIT, objet=lot),
    Ligne("parcours:import_colonnes", LIT, objet=a_associer),
    Ligne("parcours:import_colonnes", statuts(403, administrateur=422), objet=a_associer, methode="POST"),
    Ligne("parcours:import_corriger", ECRIT, objet=lot, methode="POST", donnees=lambda _: CORRECTION),
    Ligne("parcours:import_accepter", ECRIT, objet=lot, methode="POST"),
    Ligne("parcours:import_designer", ECRIT, objet=lot, methode="POST", donnees=lambda _: {"ligne": "3", "cible": "1"}),
    Ligne("parcours:import_verifier", ECRIT, objet=lot, methode="POST"),
    Ligne("parcours:import_importer", ECRIT, objet=lot, methode="POST", donnees=lambda _: {"attendues": "1"}),
    Ligne("parcours:import_abandonner", LIT, objet=bis),
    Ligne("parcours:import_abandonner", ECRIT, objet=bis, methode="POST"),
]
