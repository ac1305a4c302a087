"""Whose queues: the portfolio of a référent, the scope of an encadrant or an orientation agent, all for an admin."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

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


class Communes:
    """The people of a scope, read once for several queues of one statement, which begins by `avec`."""

    def __init__(self) -> None:
        """Begin without any."""
        self._ensembles: list[tuple[str, tuple[Any, ...]]] = []

    def lire(self, cles: QuerySet[Any, Any]) -> RawSQL:
        """Return the keys of `cles`, the same when they were asked for before."""
        ensemble = cles.query.sql_with_params()
        if ensemble not in self._ensembles:
            self._ensembles.append(ensemble)
        return RawSQL(f"SELECT personne_id FROM dedans_{self._ensembles.index(ensemble)}", [])  # noqa: S608, S611  # nosec B608 B611

    def avec(self) -> tuple[str, list[Any]]:
        """Return the beginning of the statement and its parameters, empty when nothing was read."""
        lues = enumerate(sql for sql, _ in self._ensembles)
        textes = [f"dedans_{rang} (personne_id) AS MATERIALIZED ({sql})" for rang, sql in lues]
        valeurs = [valeur for _, params in self._ensembles for valeur in params]
        return f"WITH {', '.join(textes)} " if textes else "", valeurs


def _dedans(file: FileAttente, utilisateur: Any, communes: Communes | None) -> Q | None:
    """Return « the person of the row is of those whom the user works as one of the roles »; None: everybody is."""
    encadres = [r for r in file.roles if r in (Role.ENCADRANT, Role.AGENT_ORIENTATION)]
    portee = cles_de_portee(utilisateur, *encadres)
    if portee is None:
        return None
    suit = Role.REFERENT in file.roles and utilisateur.a_role(Role.REFERENT)
    cles = [*portee, *(cles_suivies(utilisateur) if suit else ())]
    if not cles:
        return Q(pk=None)
    toutes = cles[0].union(*cles[1:]) if cles[1:] else cles[0]
    if not portee:
        return Q(Parmi(F(file.personne), ArraySubquery(toutes)))
    return Q(**{f"{file.personne}__in": communes.lire(toutes) if communes else toutes})


def du_perimetre(
    file: FileAttente, lignes: QuerySet[Any], utilisateur: Any, communes: Communes | None = None
) -> QuerySet[Any]:
    """Return the rows that are this user's to work."""
    if utilisateur.a_role(Role.ADMINISTRATEUR):
        return lignes
    garde = _dedans(file, utilisateur, communes)
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


def lignes(file: FileAttente, cadre: Cadre, utilisateur: Any, communes: Communes | None = None) -> QuerySet[Any]:
    """Return the rows of the queue that are this user's; with `communes`, for a statement that it begins."""
    return du_perimetre(file, pretes(file, cadre).gardees.all(), utilisateur, communes)


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
