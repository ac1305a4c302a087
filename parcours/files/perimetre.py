"""Whose queues: the portfolio of a référent, the scope of an encadrant or an orientation agent, all for an admin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery

from parcours.models import Adresse, AffectationReferent
from parcours.portees import cles_de_portee, cles_suivies
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

from . import blocages
from .catalogue import FILES, FileAttente
from .horloges import Cadre

SANS_NIR = ("nir_chiffre", "nir_empreinte", "recherche")


class Parmi(Func):
    """« The first is one of the second », a short array worked out once: rows are found by it, not tried by it.

    For a portfolio. Of a long one PostgreSQL would still think it short.
    """

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def _dedans(personne: str, utilisateur: Any, roles: Sequence[str]) -> Q | None:
    """Return « `personne` is of those whom the user works as one of `roles` »; None: everybody is."""
    encadres = [r for r in roles if r in (Role.ENCADRANT, Role.AGENT_ORIENTATION)]
    portee = cles_de_portee(utilisateur, *encadres)
    if portee is None:
        return None
    suivies = cles_suivies(utilisateur) if Role.REFERENT in roles and utilisateur.a_role(Role.REFERENT) else []
    if not portee and not suivies:
        return Q(pk=None)
    cles = [*portee, *suivies]
    toutes = cles[0].union(*cles[1:]) if cles[1:] else cles[0]
    return Q(**{f"{personne}__in": toutes}) if portee else Q(Parmi(F(personne), ArraySubquery(toutes)))


def du_perimetre(file: FileAttente, lignes: QuerySet[Any], utilisateur: Any) -> QuerySet[Any]:
    """Return the rows that are this user's to work."""
    if utilisateur.a_role(Role.ADMINISTRATEUR):
        return lignes
    garde = _dedans(file.personne, utilisateur, file.roles)
    if garde is None:
        return lignes  # the whole département: no need to look each person up again
    structures = utilisateur.structures_du_role(Role.PRESTATAIRE) if Role.PRESTATAIRE in file.roles else ()
    if structures:
        garde |= Q(operateur__in=structures)
    return lignes.filter(garde)


def peut_ouvrir_file(utilisateur: Any, file: FileAttente) -> Verdict:
    """Open a queue: the roles that work it, and administrators."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ADMINISTRATEUR, *file.roles):
        return OUI
    return non("Cette file n’est pas traitée par votre rôle.")


def files_de(utilisateur: Any) -> list[FileAttente]:
    """Return the queues this user works."""
    return [file for file in FILES if peut_ouvrir_file(utilisateur, file)]


class Pretes(NamedTuple):
    """The querysets of a queue: every row with its dates, those in the queue, and the same with what is shown."""

    cadre: Cadre
    annotees: QuerySet[Any]
    gardees: QuerySet[Any]
    decorees: QuerySet[Any]


_PRETES: dict[str, Pretes] = {}


def pretes(file: FileAttente, cadre: Cadre) -> Pretes:
    """Return the querysets of a queue, built once for a day and its regimes: building them costs as much as reading.

    They are bases to filter, for whoever reads: nothing of a user is in them, and they are never read themselves.
    """
    connues = _PRETES.get(file.code)
    if connues is None or connues.cadre != cadre:
        toutes = file.annoter(file.modele._default_manager.all(), cadre)
        connues = Pretes(cadre, toutes, file.garder(toutes, cadre), _decorer(file, toutes, cadre))
        _PRETES[file.code] = connues
    return connues


def annotees(file: FileAttente, cadre: Cadre) -> QuerySet[Any]:
    """Return every row of the model with its dates, in the queue or not."""
    return pretes(file, cadre).annotees.all()


def lignes(file: FileAttente, cadre: Cadre, utilisateur: Any) -> QuerySet[Any]:
    """Return the rows of the queue that are this user's."""
    return du_perimetre(file, pretes(file, cadre).gardees.all(), utilisateur)


def _decorer(file: FileAttente, base: QuerySet[Any], cadre: Cadre) -> QuerySet[Any]:
    """Return the rows with the person, her commune today, and what the row says."""
    ici = Adresse.objects.filter(personne=OuterRef(f"{file.personne}__pk"), periode__contains=cadre.jour)
    lues: QuerySet[Any] = (
        base.select_related(file.personne, *file.joindre)
        .defer(*(f"{file.personne}__{champ}" for champ in SANS_NIR))
        .annotate(commune=Subquery(ici.values("commune__nom")[:1]))
    )
    return blocages.annoter(file, lues, cadre.jour)


def suivies_aujourd_hui(file: FileAttente, referent: int, cadre: Cadre) -> Q:
    """Return « followed by this référent », as the row says or as it stands today."""
    if file.referent:
        return Q(**{file.referent: referent})
    affectations = AffectationReferent.objects.filter(
        personne=OuterRef(file.personne), periode__contains=cadre.jour, referent=referent
    )
    return Q(Exists(affectations))
