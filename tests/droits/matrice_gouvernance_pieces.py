"""Lines of the files of meetings and decisions: read by who reads, put by who works, taken back by who put."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from gouvernance.models import Decision, Instance, Membre, PieceSeance, Seance
from pdi.comptes.models import Role
from tests.fabriques import DepartementFactory
from tests.fabriques_parcours import depuis, il_y_a

from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """Of a body where the partenaire's structure sits: a meeting with a file, a decision that the pilote carries."""
    instance = Instance.objects.create(
        departement=DepartementFactory.create(), nature="comite_technique", nom="Comité des pièces"
    )
    Membre.objects.create(instance=instance, structure=m.signataire, mandat=depuis(il_y_a(30)))
    m.seance_a_pieces = Seance.objects.create(
        instance=instance, debut=timezone.now(), etat="ouverte", ouverte_le=timezone.now()
    )
    m.decision_a_pieces = Decision.objects.create(
        seance=m.seance_a_pieces, numero=1, texte="Faire", responsable=m.qui(Role.PILOTE)
    )
    m.piece_de_seance = PieceSeance(
        seance=m.seance_a_pieces, nom="diaporama.pdf", type="pdf", taille=9, deposee_par=m.qui(Role.CHARGE_PROGRAMME)
    )
    m.piece_de_seance.fichier.save("diaporama.pdf", ContentFile(b"%PDF-1.7"), save=True)


def seance(m: Any) -> dict[str, Any]:
    return {"genre": "seance", "pk": m.seance_a_pieces.pk}


def decision(m: Any) -> dict[str, Any]:
    return {"genre": "decision", "pk": m.decision_a_pieces.pk}


def deposee(m: Any) -> dict[str, Any]:
    return {"genre": "seance", "pk": m.piece_de_seance.pk}


def dossier(m: Any) -> dict[str, Any]:
    return {"genre": "dossier", "pk": m.ep_inscrit.pk}


TENUE = statuts(403, gestion=200, prestataire=404)

MATRICE = [
    Ligne("gouvernance:piece", statuts(200, prestataire=404), objet=deposee),
    Ligne("gouvernance:piece_joindre", TENUE, objet=seance),
    Ligne("gouvernance:piece_joindre", statuts(403, gestion=422, pilote=422, prestataire=404), objet=decision,
          methode="POST", cas="sans fichier"),
    Ligne("gouvernance:piece_joindre", statuts(404, gestion=200, encadrant=200, agent_orientation=200, referent=200,
                                               partenaire=403), objet=dossier, cas="dossier EP"),
    Ligne("gouvernance:piece_retirer", TENUE, objet=deposee),
    Ligne("gouvernance:piece_retirer", statuts(403, gestion=302, prestataire=404), objet=deposee, methode="POST"),
]  # fmt: skip
