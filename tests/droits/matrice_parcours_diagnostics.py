"""Lines of diagnoses: written by those who follow or supervise, read in the same scope, never by a prestataire."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from pdi.comptes.models import Role
from tests.fabriques_parcours import DiagnosticFactory, GrilleFactory, personne_suivie

from .monde import Monde
from .table import Ligne, statuts

SUIVENT = {"encadrant": 200, "referent": 200, "agent_orientation": 200}
ECRIVENT = statuts(403, **SUIVENT, prestataire=404)
BROUILLON = statuts(404, administrateur=403, **SUIVENT)


def preparer(m: Any) -> None:
    """A person of the portfolio with a finished diagnosis, one with a draft, one of somebody else."""
    m.diagnostiquee = personne_suivie(referent=m.qui(Role.REFERENT))
    m.en_diagnostic = personne_suivie(referent=m.qui(Role.REFERENT))
    m.diagnostiquee_ailleurs = personne_suivie()
    grille = GrilleFactory.create()
    m.diagnostic = DiagnosticFactory.create(personne=m.diagnostiquee, grille=grille, termine_le=timezone.now())
    m.brouillon = DiagnosticFactory.create(personne=m.en_diagnostic, grille=grille)
    m.autre_diagnostic = DiagnosticFactory.create(
        personne=m.diagnostiquee_ailleurs, grille=grille, termine_le=timezone.now()
    )  # fmt: skip


def de(nom: str) -> Any:
    def objet(m: Monde) -> dict[str, Any]:
        return {"pk": getattr(m, nom).pk}

    return objet


MATRICE = [
    Ligne("parcours:diagnostic_nouveau", ECRIVENT, objet=de("diagnostiquee"), cas="portefeuille"),
    Ligne(
        "parcours:diagnostic_nouveau", objet=de("diagnostiquee_ailleurs"), cas="autre",
        attendus=statuts(403, encadrant=200, referent=404, agent_orientation=200, prestataire=404),
    ),
    Ligne(
        "parcours:diagnostic_nouveau", objet=de("diagnostiquee"), methode="POST",
        donnees=lambda _m: {"date": timezone.localdate().isoformat()},
        attendus=statuts(403, encadrant=302, referent=302, agent_orientation=302, prestataire=404),
    ),
    Ligne("parcours:diagnostic_ecrire", BROUILLON, objet=de("brouillon")),
    Ligne("parcours:diagnostic_ecrire", statuts(404, administrateur=403, encadrant=403, referent=403,
          agent_orientation=403), objet=de("diagnostic"), cas="terminé"),
    Ligne(
        "parcours:diagnostic_ecrire", objet=de("brouillon"), methode="POST", donnees=lambda _m: {"version": 1},
        attendus=statuts(404, administrateur=403, encadrant=302, referent=302, agent_orientation=302),
    ),
    Ligne("parcours:diagnostic_brouillon", BROUILLON, objet=de("brouillon"), methode="POST",
          donnees=lambda _m: {"version": 1}),
    Ligne("parcours:diagnostic_abandonner", BROUILLON, objet=de("brouillon")),
    Ligne(
        "parcours:diagnostic_abandonner", objet=de("brouillon"), methode="POST",
        attendus=statuts(404, administrateur=403, encadrant=302, referent=302, agent_orientation=302),
    ),
    Ligne("parcours:diagnostic", statuts(404, administrateur=302, **SUIVENT), objet=de("diagnostic")),
    Ligne("parcours:diagnostic", objet=de("autre_diagnostic"), cas="autre",
          attendus=statuts(404, administrateur=302, encadrant=200, agent_orientation=200)),
    Ligne(
        "parcours:diagnostics_comparer", objet=de("diagnostiquee"),
        attendus=statuts(403, administrateur=302, **SUIVENT, prestataire=404),
    ),
    Ligne(
        "parcours:diagnostics_comparer", objet=de("diagnostiquee_ailleurs"), cas="autre",
        attendus=statuts(403, administrateur=302, encadrant=200, referent=404, agent_orientation=200, prestataire=404),
    ),
]  # fmt: skip
