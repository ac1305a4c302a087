"""Lines of the corrections: of a decision of orientation, by whoever may decide it."""

from __future__ import annotations

from typing import Any

from pdi.comptes.models import Role
from tests.fabriques_parcours import personne_suivie

from .table import Ligne, statuts

# Someone of the portfolio: the référent reads, agent and encadrant decide; unseen by the others.
CORRIGENT = statuts(404, administrateur=403, encadrant=200, referent=403, agent_orientation=200)
CORRIGES = statuts(404, administrateur=403, encadrant=302, referent=403, agent_orientation=302)


def preparer(m: Any) -> None:
    """Two people of the portfolio, each oriented by mistake."""
    m.mal_orientee = personne_suivie(referent=m.qui(Role.REFERENT)).orientations.get()
    m.a_tort = personne_suivie(referent=m.qui(Role.REFERENT)).orientations.get()


def corrigee(m: Any) -> dict[str, Any]:
    o = m.mal_orientee
    return {
        "type_decide": "social", "organisme": "departement", "structure": o.structure_id, "mode": "global",
        "le": o.decidee_le.isoformat(), "pourquoi": "Accompagnement mal choisi",
    }  # fmt: skip


MATRICE = [
    Ligne("parcours:orientation_corriger", CORRIGENT, objet=lambda m: {"pk": m.mal_orientee.pk}),
    Ligne(
        "parcours:orientation_corriger", CORRIGES, objet=lambda m: {"pk": m.mal_orientee.pk}, methode="POST",
        donnees=corrigee,
    ),
    Ligne("parcours:orientation_retirer", CORRIGENT, objet=lambda m: {"pk": m.a_tort.pk}),
    Ligne(
        "parcours:orientation_retirer", CORRIGES, objet=lambda m: {"pk": m.a_tort.pk}, methode="POST",
        donnees=lambda _m: {"pourquoi": "Saisie pour une autre personne"},
    ),
]  # fmt: skip
