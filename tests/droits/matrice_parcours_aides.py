"""Lines of aids: those who follow ask, the encadrant decides, a prestataire sees nothing; envelopes are figures."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from parcours.models import PieceAide
from pdi.comptes.models import Role
from tests.fabriques_parcours import AideFactory, EnveloppeFactory, ReglementAideFactory, il_y_a, personne_suivie

from .monde import Monde
from .table import Ligne, statuts

SUIVI = {"administrateur": 200, "encadrant": 200, "referent": 200, "agent_orientation": 200}


def preparer(m: Any) -> None:
    """An aid of the référent's portfolio, with a document; another of somebody else's person; an envelope."""
    m.reglement = ReglementAideFactory.create()
    m.enveloppe = EnveloppeFactory.create(reglement=m.reglement)
    suivie = personne_suivie(referent=m.qui(Role.REFERENT))
    communs = {"reglement": m.reglement, "demandee_le": il_y_a(0)}
    m.aide = AideFactory.create(personne=suivie, demandee_par=m.qui(Role.REFERENT), **communs)
    m.autre_aide = AideFactory.create(personne=personne_suivie(), **communs)
    for nom, aide in (("piece_aide", m.aide), ("autre_piece_aide", m.autre_aide)):
        piece = PieceAide(aide=aide, nom="facture.pdf", type="pdf", taille=8, deposee_par=m.qui(Role.REFERENT))
        piece.fichier.save("facture.pdf", ContentFile(b"%PDF-1.4"), save=True)
        setattr(m, nom, piece)


def de(nom: str, **plus: Any) -> Any:
    return lambda m: {"pk": getattr(m, nom).pk, **plus}


def chez(nom: str) -> Any:
    return lambda m: {"pk": getattr(m, nom).personne_id}


def demande(nom: str) -> Any:
    return lambda m: {"pk": getattr(m, nom).personne_id, "reglement": m.reglement.pk}


def saisie(m: Monde) -> dict[str, Any]:
    return {"objet": "Pass Navigo", "montant": "40", "demandee_le": il_y_a(0).isoformat()}


LISTE = statuts(403, **SUIVI)
# Scope of encadrant and agent (whole département); the administrateur gives a motive; the référent's own portfolio.
LUE = statuts(403, administrateur=302, encadrant=200, referent=200, agent_orientation=200)
INVISIBLE = LUE | {"referent": 404}
DECIDEE = statuts(403, administrateur=302, encadrant=200)
ECRITE = statuts(403, encadrant=200, referent=200, agent_orientation=200)
FIGURES = statuts(403, charge_programme=200, direction=200, **SUIVI)

MATRICE = [
    Ligne("parcours:aides", LISTE),
    Ligne("parcours:aides", LISTE, requete="?vue=a_decider&mot=specimen&annee=2026&tri=montant", cas="filtrée"),
    Ligne("parcours:aides_export", LISTE),
    Ligne("parcours:aide", LUE, objet=de("aide"), cas="portefeuille"),
    Ligne("parcours:aide", INVISIBLE, objet=de("autre_aide"), cas="autre"),
    Ligne("parcours:aide_geste", DECIDEE, objet=de("aide", geste="accorder"), cas="accorder"),
    Ligne("parcours:aide_geste", INVISIBLE | {"agent_orientation": 403}, objet=de("autre_aide", geste="refuser"),
          cas="autre"),
    Ligne("parcours:aide_geste", LUE, objet=de("aide", geste="annuler"), cas="annuler"),
    Ligne("parcours:aide_geste", LUE, objet=de("aide", geste="joindre"), cas="joindre"),
    Ligne("parcours:aide_geste", DECIDEE | {"encadrant": 302}, objet=de("aide", geste="accorder"), methode="POST",
          cas="accorder"),
    Ligne("parcours:aide_corriger", LUE, objet=de("aide")),
    Ligne("parcours:aide_corriger", INVISIBLE, objet=de("autre_aide"), cas="autre"),
    Ligne("parcours:aide_piece", LUE, objet=de("piece_aide")),
    Ligne("parcours:aide_piece", INVISIBLE, objet=de("autre_piece_aide"), cas="autre"),
    Ligne("parcours:aide_choisir", ECRITE | {"prestataire": 404}, objet=chez("aide")),
    Ligne("parcours:aide_choisir", ECRITE | {"referent": 404, "prestataire": 404}, objet=chez("autre_aide"),
          cas="autre"),
    Ligne("parcours:aide_demander", ECRITE | {"prestataire": 404}, objet=demande("aide")),
    Ligne("parcours:aide_demander", ECRITE | {"encadrant": 302, "referent": 302, "agent_orientation": 302,
          "prestataire": 404}, objet=demande("aide"), methode="POST", donnees=saisie),
    Ligne("parcours:aide_reglements", FIGURES),
    Ligne("parcours:enveloppes", FIGURES),
    Ligne("parcours:enveloppes", FIGURES, requete="?annee=2026&tri=reste", cas="triée"),
    Ligne("parcours:enveloppes_export", FIGURES),
    Ligne("parcours:enveloppe_ouvrir", statuts(403, gestion=200)),
    Ligne("parcours:enveloppe_fixer", statuts(403, gestion=200), objet=de("enveloppe")),
    Ligne("parcours:enveloppe_fixer", statuts(403, gestion=302), objet=de("enveloppe"), methode="POST",
          donnees=lambda m: {"montant": "12 000"}),
]  # fmt: skip
