"""Whose people: what an habilitation covers, who follows whom; as conditions on Personne, and as sets of keys."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from parcours.regles.delais import plus_mois
from pdi.comptes.models import Role

MOIS_OUVERTS_APRES_SORTIE = 13  # the last follow-up is due at twelve months
TOUTES = Q(pk__isnull=False)  # everybody: an empty Q would vanish in an « or »


def portee(utilisateur: Any, *roles: str) -> Q | None:
    """Return the condition on Personne given by the habilitations for `roles`, None when there is none.

    Without structure nor territory, an habilitation covers the whole département (`TOUTES`). With a structure: those
    oriented to it or to one of its services, or followed by it. With a territory: the people who live there now.
    """
    zones = _zones(utilisateur, roles)
    if zones is None:
        return TOUTES
    condition: Q | None = None
    for de_la_structure, habitants in zones:
        une = Q()
        for lues in de_la_structure:
            une |= Q(Exists(lues.filter(personne=OuterRef("pk"))))
        if habitants is not None:
            une &= Q(Exists(habitants.filter(personne=OuterRef("pk"))))
        condition = une if condition is None else condition | une
    return condition


def cles_de_portee(utilisateur: Any, *roles: str) -> list[Any] | None:
    """Return the querysets of keys whose union is `portee`, None for the whole département."""
    zones = _zones(utilisateur, roles)
    if zones is None:
        return None
    cles = []
    for de_la_structure, habitants in zones:
        ici = None if habitants is None else habitants.order_by().values("personne")
        dedans = [lues.order_by().values("personne") for lues in de_la_structure]
        cles += [lues if ici is None else lues.filter(personne__in=ici) for lues in dedans] or [ici]
    return cles


def _zones(utilisateur: Any, roles: Collection[str]) -> list[tuple[list[Any], Any]] | None:
    """Return, an habilitation, the rows that tie people to its structure and the addresses in its territory.

    None: one of them covers the whole département. A référent without a structure has a portfolio and nothing around.
    """
    jour, zones = timezone.localdate(), []
    for habilitation in utilisateur.habilitations_actives:
        if habilitation.role not in roles:
            continue
        par_territoire = habilitation.role != Role.REFERENT and habilitation.territoire_id
        structure = habilitation.structure_id if not par_territoire else None
        habitants = _habitants(habilitation, jour) if habilitation.territoire_id else None
        if structure or habitants is not None:
            zones.append((_de_la_structure(structure, jour) if structure else [], habitants))
        elif habilitation.role != Role.REFERENT:
            return None
    return zones


def _de_la_structure(structure: int, jour: datetime.date) -> list[Any]:
    from .models import AffectationReferent, Orientation

    dessous = Q(structure=structure) | Q(structure__parent=structure)
    en_cours = [modele.objects.filter(dessous, periode__contains=jour) for modele in (Orientation, AffectationReferent)]
    return [*en_cours, _sorties(dessous)]


def _adresses(territoire: int, jour: datetime.date) -> Any:
    """Return the addresses in that territory on `jour`.

    Its communes, some dozens, are read first: looked for row by row in their dated index, they cost more than all the
    rest of a search.
    """
    from pdi.territoires.models import CommuneTerritoire

    from .models import Adresse

    dedans = CommuneTerritoire.objects.filter(territoire=territoire, validite__contains=jour)
    communes = list(dedans.values_list("commune_id", flat=True))
    return Adresse.objects.filter(periode__contains=jour, commune__in=communes)


def habite(territoire: int, jour: datetime.date) -> Any:
    """Return the addresses of the outer person in that territory on `jour`."""
    return _adresses(territoire, jour).filter(personne=OuterRef("pk"))


def _habitants(habilitation: Any, jour: datetime.date) -> Any:
    """Return the addresses in the territory of an habilitation, its communes read once a request."""
    if not hasattr(habilitation, "habitants"):
        habilitation.habitants = _adresses(habilitation.territoire_id, jour)
    return habilitation.habitants


def _affectations(utilisateur: Any) -> Any:
    from .models import AffectationReferent

    de = Q(referent=utilisateur) | Q(binome=utilisateur)
    return AffectationReferent.objects.filter(de, periode__contains=timezone.localdate())


def _sorties(qui: Q) -> Any:
    from .models import Sortie

    depuis = plus_mois(timezone.localdate(), -MOIS_OUVERTS_APRES_SORTIE)
    return Sortie.objects.filter(qui, nature="accompagnement", date__gte=depuis)


def suivies_par(utilisateur: Any) -> Any:
    """Return today's affectations of the user, as référent or binôme, for the outer person."""
    return _affectations(utilisateur).filter(personne=OuterRef("pk"))


def sorties_recentes(qui: Q) -> Any:
    """Return the recent ends of accompaniment of the outer person, by who followed her.

    They stay open to whoever ended the accompaniment as long as its follow-ups run (the last is due at twelve months).
    """
    return _sorties(qui).filter(personne=OuterRef("pk"))


def cles_suivies(utilisateur: Any) -> list[Any]:
    """Return the querysets of keys whose union is `suit_ou_a_suivi`: read from the portfolio, not person by person."""
    siennes = _affectations(utilisateur), _sorties(Q(referent=utilisateur))
    return [lues.order_by().values("personne") for lues in siennes]


def suit_ou_a_suivi(utilisateur: Any) -> Q:
    """Return « followed by the user today, or until a recent end of accompaniment »."""
    return Q(Exists(suivies_par(utilisateur))) | Q(Exists(sorties_recentes(Q(referent=utilisateur))))
