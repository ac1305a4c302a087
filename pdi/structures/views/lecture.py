"""Structures: list, tree, page, export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from pdi.socle.exports import reponse_export
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne, Tri
from pdi.structures.droits import peut_gerer_structures
from pdi.structures.exports import COLONNES_STRUCTURES
from pdi.structures.models import NatureStructure, Structure
from pdi.structures.rubriques import rubriques_de
from pdi.territoires.models import Departement

COLONNES = (
    Colonne("Structure", "nom"),
    Colonne("Nature", "nature"),
    Colonne("Rattachée à", "parent"),
    Colonne("Département", "departement"),
    Colonne("Services", nb=True),
)
TRIS = {
    "nom": ("cle",),
    "nature": ("nature", "cle"),
    "parent": ("parent__cle", "cle"),
    "departement": ("departement__nom", "cle"),
}
NATIONAL = "national"


@dataclass(kw_only=True)
class FiltreNom(FiltreTexte):
    """Every word in the name, the acronym or another spelling, accents and punctuation ignored."""

    def condition(self, valeur: Any) -> Q:
        """Return what the scope `chercher` finds."""
        return Q(pk__in=Structure.objects.chercher(valeur).order_by().values("pk"))


class FiltresStructures(Filtres):
    """Filters of the directory."""

    mot = FiltreNom("Nom, sigle ou autre nom", champs=(), large=True)
    nature = FiltreChoix("Nature", champ="nature", choix=NatureStructure.choices, vide="Toutes")
    departement = FiltreChoix(
        "Département",
        q=lambda code: Q(departement=None) if code == NATIONAL else Q(departement=code),
    )
    active = FiltreChoix(
        "Activité",
        choix=[("oui", "En activité"), ("non", "Fermées")],
        vide="Toutes",
        q=lambda valeur: Q(active=valeur == "oui"),
    )


def _filtrer(request: HttpRequest) -> tuple[FiltresStructures, QuerySet[Structure]]:
    departements = [(d.code, str(d)) for d in Departement.objects.filter(structures__isnull=False).distinct()]
    filtres = FiltresStructures(request.GET, choix={"departement": [*departements, (NATIONAL, "Organismes nationaux")]})
    visibles = Structure.objects.visibles_par(request.user).select_related("parent", "departement")
    return filtres, filtres.appliquer(visibles)


@login_required
@require_safe
def structures(request: HttpRequest) -> HttpResponse:
    """List the directory."""
    filtres, trouvees = _filtrer(request)
    tri = Tri.lire(request.GET, TRIS, defaut="nom")
    page = PageParCle(trouvees.annotate(services=Count("enfants")), tri.cles, request.GET.get("curseur"))
    contexte = {
        "filtres": filtres,
        "tri": tri,
        "page": page,
        "colonnes": COLONNES,
        "peut_gerer": peut_gerer_structures(request.user),
    }
    return render(request, "structures/structures.html", contexte)


@login_required
@require_safe
def structures_arbre(request: HttpRequest) -> HttpResponse:
    """Show who belongs to whom, three levels deep, in one query."""
    filtres, trouvees = _filtrer(request)
    par_parent: dict[int | None, list[Structure]] = {}
    presentes = {s.pk: s for s in trouvees.order_by("cle", "pk")}
    for s in presentes.values():
        par_parent.setdefault(s.parent_id if s.parent_id in presentes else None, []).append(s)
    arbre = [
        (racine, [(service, par_parent.get(service.pk, [])) for service in par_parent.get(racine.pk, [])])
        for racine in par_parent.get(None, [])
    ]
    contexte = {
        "filtres": filtres, "arbre": arbre, "total": len(presentes), "peut_gerer": peut_gerer_structures(request.user),
    }  # fmt: skip
    return render(request, "structures/arbre.html", contexte)


@login_required
@require_safe
def structure_export(request: HttpRequest) -> HttpResponseBase:
    """Export the structures of the filter."""
    filtres, trouvees = _filtrer(request)
    return reponse_export(
        request,
        nom="structures",
        titre="Annuaire des structures",
        colonnes=COLONNES_STRUCTURES,
        lignes=trouvees.prefetch_related("noms_alternatifs").order_by("cle", "pk"),
        filtres=filtres.en_mots,
    )


@login_required
@require_safe
def structure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one structure: what it is, its services, its other names, who to reach, what it does."""
    visibles = Structure.objects.visibles_par(request.user)
    montree = get_object_or_404(visibles.select_related("parent__parent", "departement"), pk=pk)
    contexte = {
        "structure": montree,
        "services": montree.enfants.order_by("-active", "cle"),
        "autres_noms": montree.noms_alternatifs.all(),
        "contacts": montree.contacts.all(),
        "rubriques": rubriques_de(montree, request.user),
        "peut_gerer": peut_gerer_structures(request.user),
    }
    return render(request, "structures/structure.html", contexte)
