"""What several reading screens share: the year read, who pilots, the names of structures, what a partner sees."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from actions.models import Campagne, EtatCampagne, FicheAction, Programme, RoleFiche, TypeRole
from pdi.socle.formulaires import entier
from pdi.socle.grappe import Grappe
from pdi.structures.models import Structure

STRUCTURE = ("nom", "sigle", "parent")
PILOTES = Grappe(
    "roles",
    champs=("type", "libelle", "structure", "utilisateur", "ordre"),
    avec={"structure": STRUCTURE, "structure.parent": STRUCTURE},
    base=RoleFiche.objects.filter(type__in=[TypeRole.PILOTE, TypeRole.COPILOTE]),
    ordre=("-type", "ordre", "id"),
)
CAMPAGNES = Grappe("campagnes")
ETAPES_FINIES = ("realisee", "abandonnee")


def annee_lue(programme: Programme, demandee: str | None, jour: datetime.date) -> int:
    """Return the year a page shows: the one asked for, else that of the latest campaign begun, else the running one.

    Always a year of the programme.
    """
    if (annee := entier(demandee)) is not None and annee in programme.annees:
        return annee
    commencees = [c.annee for c in programme.campagnes.all() if c.etat != EtatCampagne.PREPAREE]
    return max(commencees, default=programme.annee_de_travail(jour))


def annees_ouvertes(programme: Programme, jour: datetime.date) -> list[int]:
    """Return the years of the programme already begun, the first one at least, latest first."""
    return [a for a in reversed(programme.annees) if a <= max(jour.year, programme.annee_debut)]


def campagne_de(programme: Programme, annee: int) -> Campagne | None:
    """Return the campaign of the year among those read with the programme, once it has begun."""
    return next((c for c in programme.campagnes.all() if c.annee == annee and c.etat != EtatCampagne.PREPAREE), None)


def nom_service(structure: Structure) -> str:
    """Return « DIE – SAARSA » for a service, the short name of any other structure."""
    return f"{structure.parent.nom_court} – {structure.nom_court}" if structure.parent else structure.nom_court


def services(roles: Iterable[RoleFiche], type_role: str = TypeRole.PILOTE) -> list[str]:
    """Return the names of the structures that hold `type_role`, each once, in order."""
    return list(dict.fromkeys(nom_service(r.structure) for r in roles if r.type == type_role))


def compter(modele: type[Model], **conditions: Any) -> Coalesce:
    """Return how many rows of `modele` each fiche has, as a subquery (no join: counts do not multiply)."""
    lignes: QuerySet[Any] = modele._default_manager.filter(fiche=OuterRef("pk"), **conditions).order_by()
    return Coalesce(Subquery(lignes.values("fiche").annotate(n=Count("pk")).values("n")), 0)


def en_retard_depuis(fiche: FicheAction, jour: datetime.date) -> int:
    """Return how many days ago the fiche should have ended; 0 when it is on time, finished or given up."""
    if fiche.fin is None or fiche.statut in {"realisee", "abandonnee"}:
        return 0
    return max(0, (jour - fiche.fin).days)
