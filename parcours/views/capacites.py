"""Screens of capacities: list with overflow, new, change."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from parcours.droits.orientation import peut_fixer_capacite, peut_fixer_capacites, peut_lire_capacites
from parcours.forms.orientation import CapaciteForm, structures_accueillantes
from parcours.listes_orientation import COLONNES_EXPORT_CAPACITES, ListeCapacites
from parcours.models import CapaciteAccueil
from parcours.operations.capacites import fixer_capacite
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import mener, signaler
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Structure", "structure"), Colonne("Accompagnement"), Colonne("Places prises", nb=True),
    Colonne("Libres", "libres", nb=True), Colonne("Occupation"), Colonne("Modifier", masquee=True),
)  # fmt: skip


@login_required
@require_GET
def capacites(request: HttpRequest) -> HttpResponse:
    """List the capacities in force: the fullest first."""
    exiger(peut_lire_capacites(request.user))
    liste = ListeCapacites(request.GET, timezone.localdate())
    contexte = {
        "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "peut_fixer": peut_fixer_capacites(request.user),
    }  # fmt: skip
    return render(request, "parcours/orientation/capacites.html", contexte)


@login_required
@require_GET
def capacites_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    exiger(peut_lire_capacites(request.user))
    liste = ListeCapacites(request.GET, timezone.localdate())
    return reponse_export(
        request, nom="capacites", titre="Capacités d’accueil", colonnes=COLONNES_EXPORT_CAPACITES,
        lignes=liste.lignes.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def capacite_nouvelle(request: HttpRequest) -> HttpResponse:
    """Set the places of a structure that had none."""
    exiger(peut_fixer_capacites(request.user))
    siennes = [s for s in structures_accueillantes() if peut_fixer_capacite(request.user, s)]
    form = CapaciteForm(request.POST or None, structures=siennes)
    if request.method == "POST" and form.is_valid():
        propres = form.cleaned_data
        try:
            fixer_capacite(
                structure=form.structures[propres["structure"]], mode=propres["mode"], places=propres["places"],
                le=propres["le"], par=request.user,
            )  # fmt: skip
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, "La capacité est fixée.")
            return redirect("parcours:capacites")
    contexte = {"form": form, "capacite": None}
    return render(request, "parcours/orientation/capacite.html", contexte, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def capacite_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the places of a structure from a day on, or stop counting them."""
    exiger(peut_lire_capacites(request.user))
    capacite = get_object_or_404(CapaciteAccueil.objects.select_related("structure"), pk=pk)
    exiger(peut_fixer_capacite(request.user, capacite.structure))
    form = CapaciteForm(request.POST or None, initial={"places": capacite.places})
    reponse = mener(
        request, form,
        lambda: fixer_capacite(structure=capacite.structure, mode=capacite.mode, par=request.user, **form.cleaned_data),
        dit="La capacité est modifiée.", vers="parcours:capacites",
    )  # fmt: skip
    if reponse:
        return reponse
    contexte = {"form": form, "capacite": capacite}
    return render(request, "parcours/orientation/capacite.html", contexte, status=422 if form.errors else 200)
