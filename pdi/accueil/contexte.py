"""What the shell needs on every page."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from pdi.comptes.models import Utilisateur
from pdi.socle.models.traitement import ETATS_ACTIFS
from pdi.territoires.noms import nom_de_la_collectivite

from .files import nombre_bilans_a_ecrire
from .files_parcours import retards_parcours
from .navigation import Groupe, navigation


def _adresse(nom: str) -> str:
    try:
        return reverse(nom)
    except NoReverseMatch:
        return ""


def _bilans(utilisateur: Utilisateur) -> tuple[int, str]:
    return nombre_bilans_a_ecrire(utilisateur), "veille"


def _traitements(utilisateur: Utilisateur) -> tuple[int, str]:
    return utilisateur.traitements.filter(Q(etat__in=ETATS_ACTIFS)).count(), ""


def _parcours(utilisateur: Utilisateur) -> tuple[int, str]:
    return retards_parcours(utilisateur, timezone.localdate()), "retard"


def _navigation(utilisateur: Utilisateur, vue: str) -> list[Groupe]:
    compteurs = {
        "bilans": partial(_bilans, utilisateur),
        "parcours": partial(_parcours, utilisateur),
        "traitements": partial(_traitements, utilisateur),
    }
    return navigation(utilisateur, vue, compteurs)


def coque(request: HttpRequest) -> dict[str, Any]:
    """Return the variables of base.html; lazy, so that error pages and fragments ask nothing of the database."""
    utilisateur: Any = getattr(request, "user", None)
    connecte = utilisateur is not None and utilisateur.is_authenticated
    vue = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "user": utilisateur,
        "navigation": SimpleLazyObject(lambda: _navigation(utilisateur, vue)) if connecte else [],
        "avis_non_lus": SimpleLazyObject(lambda: utilisateur.avis.filter(lu_le__isnull=True).count())
        if connecte
        else 0,
        "theme": getattr(utilisateur, "theme", "auto") if connecte else request.COOKIES.get("theme", "auto"),
        "densite": getattr(utilisateur, "densite", "normale") if connecte else "normale",
        "demonstration": settings.DEMONSTRATION,
        "nom_application": settings.NOM_APPLICATION,
        "nom_departement": nom_de_la_collectivite(settings.DEPARTEMENT_CODE),
        "version_application": settings.VERSION_APPLICATION,
        "date_du_jour": timezone.localdate(),
        "url_connexion": _adresse("comptes:connexion"),
    }
