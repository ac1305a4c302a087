"""What the shell needs on every page."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from gouvernance.droits_ep import d_une_equipe
from pdi.comptes.models import Utilisateur
from pdi.socle.compilees import Compilee
from pdi.socle.models import Avis, Traitement
from pdi.socle.models.traitement import ETATS_ACTIFS
from pdi.socle.navigation import adresse_si
from pdi.territoires.noms import nom_de_la_collectivite

from .files import nombre_bilans_a_ecrire
from .files_parcours import retards_parcours
from .navigation import Groupe, navigation


def _bilans(utilisateur: Utilisateur) -> tuple[int, str]:
    return nombre_bilans_a_ecrire(utilisateur), "veille"


def _combien(lignes: QuerySet[Any], de: str) -> Coalesce:
    """Return the count of `lignes` whose `de` is the outer user."""
    comptees = lignes.filter(**{de: OuterRef("pk")}).order_by().values(de).annotate(n=Count("pk"))
    return Coalesce(Subquery(comptees.values("n")), 0)


def _attendu_par(utilisateur: int, jour: datetime.date) -> QuerySet[Any, Any]:
    avis = _combien(Avis.objects.filter(lu_le__isnull=True), "destinataire")
    travaux = _combien(Traitement.objects.filter(etat__in=ETATS_ACTIFS), "demandeur")
    equipe = ExpressionWrapper(d_une_equipe(OuterRef("pk"), jour), output_field=BooleanField())
    return Utilisateur.objects.filter(pk=utilisateur).values_list(avis, travaux, equipe)


_ATTENTES = Compilee(_attendu_par, -1, datetime.date.min)


def _en_attente(request: HttpRequest) -> tuple[int, int, bool]:
    """Return how many notices are unread, how many jobs run, whether the user is of an EP, in one query a request."""
    lue: tuple[int, int, bool] | None = getattr(request, "attente_lue", None)
    if lue is None:
        avis, travaux, equipe = _ATTENTES.lire(request.user.pk, timezone.localdate())[0]
        lue = avis, travaux, equipe
        setattr(request, "attente_lue", lue)  # noqa: B010 - the request has no such attribute of its own
    return lue


def etat_de_la_coque(request: HttpRequest) -> tuple[tuple[int, int, bool], int]:
    """Return what the shell shows that changes without the page: notices, jobs and EP of the user, queues late."""
    return _en_attente(request), retards_parcours(request.user, timezone.localdate())


def _parcours(utilisateur: Utilisateur) -> tuple[int, str]:
    return retards_parcours(utilisateur, timezone.localdate()), "retard"


def _navigation(utilisateur: Utilisateur, vue: str, attente: Any) -> list[Groupe]:
    compteurs: dict[str, Callable[[], tuple[int, str]]] = {
        "bilans": partial(_bilans, utilisateur),
        "parcours": partial(_parcours, utilisateur),
        "traitements": lambda: (attente[1], ""),
    }
    return navigation(utilisateur, vue, compteurs, {"equipe": lambda: attente[2]})


def coque(request: HttpRequest) -> dict[str, Any]:
    """Return the variables of base.html; lazy, so that error pages and fragments ask nothing of the database."""
    utilisateur: Any = getattr(request, "user", None)
    connecte = utilisateur is not None and utilisateur.is_authenticated
    attente = SimpleLazyObject(lambda: _en_attente(request))
    vue = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "user": utilisateur,
        "navigation": SimpleLazyObject(lambda: _navigation(utilisateur, vue, attente)) if connecte else [],
        "avis_non_lus": SimpleLazyObject(lambda: attente[0]) if connecte else 0,
        "theme": getattr(utilisateur, "theme", "auto") if connecte else request.COOKIES.get("theme", "auto"),
        "densite": getattr(utilisateur, "densite", "normale") if connecte else "normale",
        "demonstration": settings.DEMONSTRATION,
        "nom_application": settings.NOM_APPLICATION,
        "nom_departement": nom_de_la_collectivite(settings.DEPARTEMENT_CODE),
        "version_application": settings.VERSION_APPLICATION,
        "date_du_jour": timezone.localdate(),
        "url_connexion": adresse_si("comptes:connexion"),
    }
