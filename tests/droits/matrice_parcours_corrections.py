"""Lines of the corrections: of a decision of orientation, by whoever may decide it; of a merge, by who merges."""

from __future__ import annotations

from typing import Any

from parcours.operations.fusion import fusionner
from pdi.comptes.models import Role
from tests.fabriques_parcours import PersonneFactory, personne_suivie

from .table import Ligne, statuts

# Someone of the portfolio: the référent reads, agent and encadrant decide; unseen by the others.
CORRIGENT = statuts(404, administrateur=403, encadrant=200, referent=403, agent_orientation=200)
RAPPROCHENT = statuts(403, administrateur=200, agent_orientation=200)
CORRIGES = statuts(404, administrateur=403, encadrant=302, referent=403, agent_orientation=302)


def preparer(m: Any) -> None:
    """Two people of the portfolio, each oriented by mistake."""
    m.mal_orientee = personne_suivie(referent=m.qui(Role.REFERENT)).orientations.get()
    m.reunie = personne_suivie(referent=m.qui(Role.REFERENT), nom_naissance="Réunie")
    m.fusion_a_tort = fusionner(
        garde=m.reunie.pk, absorbee=PersonneFactory.create(nom_naissance="Reunie").pk, par=m.qui(Role.ADMINISTRATEUR)
    )
    m.a_tort = personne_suivie(referent=m.qui(Role.REFERENT)).orientations.get()


def corrigee(m: Any) -> dict[str, Any]:
    o = m.mal_orientee
    return {
        "type_decide": "social", "organisme": "departement", "structure": o.structure_id, "mode": "global",
        "le": o.decidee_le.isoformat(), "pourquoi": "Accompagnement mal choisi",
    }  # fmt: skip


MATRICE = [
    Ligne("parcours:fusions", RAPPROCHENT),
    Ligne("parcours:fusion_separer", RAPPROCHENT, objet=lambda m: {"pk": m.fusion_a_tort.pk}),
    Ligne(
        "parcours:fusion_separer", statuts(403, administrateur=302, agent_orientation=302), methode="POST",
        objet=lambda m: {"pk": m.fusion_a_tort.pk}, donnees=lambda _m: {"motif": "Deux sœurs"},
    ),
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
