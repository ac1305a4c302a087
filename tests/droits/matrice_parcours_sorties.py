"""Lines of exits: those who follow write, the operator of an action writes its exit, others see nothing of it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from parcours.models import NatureSortie, PieceSortie
from pdi.comptes.models import Role
from pdi.socle.pieces import garder_piece
from tests.fabriques_parcours import PrescriptionFactory, SortieFactory, SuiviFactory, il_y_a, personne_suivie

from .table import Ligne, statuts

MIENNE = statuts(403, administrateur=403, encadrant=200, referent=200, agent_orientation=200, prestataire=403)
AUTRE = statuts(403, administrateur=403, encadrant=200, referent=404, agent_orientation=200, prestataire=404)
ACTION = statuts(404, administrateur=403, encadrant=200, referent=200, agent_orientation=200, prestataire=200)
LECTURE = statuts(404, administrateur=403, encadrant=200, referent=200, agent_orientation=200)


def preparer(m: Any) -> None:
    """A person of the référent's portfolio in an action of the prestataire's, with an exit, a follow-up, a file."""
    m.sortante = personne_suivie(referent=m.qui(Role.REFERENT))
    m.ailleurs = personne_suivie()
    en_action = {"operateur": m.prestataire, "etat": "en_action", "transmise_le": il_y_a(60), "signee_le": il_y_a(61),
                 "repondue_le": il_y_a(50), "entree_le": il_y_a(40)}  # fmt: skip
    m.action = PrescriptionFactory.create(personne=m.sortante, offre=None, action_libre="Atelier vélo", **en_action)
    m.sortie_suivie = SortieFactory.create(personne=m.sortante, nature=NatureSortie.RSA, date=il_y_a(5))
    m.sortie_ailleurs = SortieFactory.create(personne=m.ailleurs, nature=NatureSortie.RSA, date=il_y_a(5))
    m.suivi_du = SuiviFactory.create(sortie=m.sortie_suivie)
    fichier = SimpleUploadedFile("attestation.pdf", b"%PDF-1.7 fictive")
    m.piece_sortie = garder_piece(
        piece=PieceSortie(sortie=m.sortie_suivie), fichier=fichier, par=m.qui(Role.REFERENT), journal=m.sortie_suivie
    )


def suivie(m: Any) -> dict[str, Any]:
    return {"pk": m.sortante.pk}


def ailleurs(m: Any) -> dict[str, Any]:
    return {"pk": m.ailleurs.pk}


def sortie(m: Any) -> dict[str, Any]:
    return {"pk": m.sortie_suivie.pk}


def sortie_ailleurs(m: Any) -> dict[str, Any]:
    return {"pk": m.sortie_ailleurs.pk}


SORTIE_AILLEURS = statuts(404, administrateur=403, encadrant=200, agent_orientation=200)
MATRICE = [
    Ligne("parcours:accompagnement_terminer", MIENNE, objet=suivie, cas="portefeuille"),
    Ligne("parcours:accompagnement_terminer", AUTRE, objet=ailleurs, cas="autre"),
    Ligne("parcours:sortie_rsa", MIENNE, objet=suivie, cas="portefeuille"),
    Ligne("parcours:sortie_rsa", AUTRE, objet=ailleurs, cas="autre"),
    Ligne("parcours:sortie_action", ACTION, objet=lambda m: {"pk": m.action.pk}),
    Ligne("parcours:palier", ACTION, objet=lambda m: {"pk": m.action.pk}),
    Ligne("parcours:sortie", LECTURE, objet=sortie, cas="portefeuille"),
    Ligne("parcours:sortie", SORTIE_AILLEURS, objet=sortie_ailleurs, cas="autre"),
    Ligne("parcours:sortie_annuler", LECTURE, objet=sortie, cas="portefeuille"),
    Ligne("parcours:sortie_annuler", SORTIE_AILLEURS, objet=sortie_ailleurs, cas="autre"),
    Ligne(
        "parcours:sortie_piece_ajouter", objet=sortie, methode="POST",
        attendus=statuts(404, administrateur=403, encadrant=422, referent=422, agent_orientation=422),
    ),
    Ligne("parcours:sortie_piece", LECTURE, objet=lambda m: {"pk": m.piece_sortie.pk}),
    Ligne("parcours:suivi_sortie", LECTURE, objet=lambda m: {"pk": m.suivi_du.pk}),
]  # fmt: skip
