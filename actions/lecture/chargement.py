"""One fiche read with everything its page shows, in one query."""

from __future__ import annotations

from typing import Any

from actions.models import FicheAction, LienFiche
from actions.querysets import pilote_par
from pdi.comptes.models import Role
from pdi.socle.grappe import Grappe, avec_grappes, deballer

from .commun import STRUCTURE

AUTEUR = ("nom", "prenom")
GRAPPES = (
    Grappe("sections", depuis="programme.gabarit"),
    Grappe("niveaux", depuis="programme"),
    Grappe("campagnes", depuis="programme"),
    Grappe("cadres"),
    Grappe("roles", avec={"structure": STRUCTURE, "structure.parent": STRUCTURE, "utilisateur": AUTEUR}),
    Grappe("objectifs"),
    Grappe("etapes"),
    Grappe("resultats_attendus"),
    Grappe("financements", avec={"financeur": STRUCTURE}),
    Grappe("indicateurs"),
    Grappe("anomalies", avec={"repondu_par": AUTEUR}),
    Grappe("notes", avec={"auteur": AUTEUR}),
    Grappe("pieces", avec={"deposee_par": AUTEUR}),
)
LIEE = ("numero", "intitule")


def lire_fiche(utilisateur: Any, pk: int) -> Any | None:
    """Return the fiche with everything its page shows, in one query; None when the user may not read it.

    `pilotee`: whether the user is pilote of it (verdicts need not ask again).
    """
    visibles = FicheAction.objects.visibles_par(utilisateur)
    grappes = (
        *GRAPPES,
        Grappe("liens_sortants", avec={"cible": LIEE}, base=LienFiche.objects.filter(cible__in=visibles)),
        Grappe("liens_entrants", avec={"source": LIEE}, base=LienFiche.objects.filter(source__in=visibles)),
    )
    queryset = (
        visibles.filter(pk=pk)
        .select_related("programme__gabarit", "programme__departement", "axe__parent__parent")
        .annotate(pilotee=pilote_par(utilisateur, utilisateur.structures_du_role(Role.PILOTE), "pk"))
    )
    fiche: Any = next(iter(deballer(avec_grappes(queryset, *grappes), *grappes)), None)
    if fiche is not None:
        fiche.pilotage_connu = (utilisateur.pk, fiche.pilotee)
    return fiche
