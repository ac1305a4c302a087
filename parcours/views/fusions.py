"""Merges made: who became one, when, by whom; and the way back while nothing was written since."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from parcours.droits.doublons import peut_rapprocher
from parcours.forms.doublons import SeparationForm
from parcours.models import Fusion, Personne
from parcours.operations.separation import ce_qui_empeche, separer
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import ECRITURE, envoi, signaler
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Fiche gardée"), Colonne("Fiche absorbée"), Colonne("Quand, par qui"), Colonne("Suite", masquee=True),
)  # fmt: skip


def _visibles(request: HttpRequest) -> QuerySet[Fusion]:
    exiger(peut_rapprocher(request.user))
    siennes = Personne.objects.visibles_par(request.user).values("pk")
    return Fusion.objects.filter(garde__in=siennes).select_related("garde", "par", "separee_par")


def _nom(fusion: Fusion) -> str:
    lue: dict[str, Any] = fusion.absorbee
    return f"{(lue.get('nom_usage') or lue.get('nom_naissance') or '').upper()} {lue.get('prenoms') or ''}".strip()


@login_required
@never_cache
@require_GET
def fusions(request: HttpRequest) -> HttpResponse:
    """List the merges, latest first."""
    page = PageParCle(_visibles(request), ["-le", "-pk"], request.GET.get("curseur"))
    contexte = {"page": page, "lignes": [(f, _nom(f)) for f in page.objets], "colonnes": COLONNES}
    return render(request, "parcours/doublons/fusions.html", contexte)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def fusion_separer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what would be given back, or why it cannot be; then do it."""
    fusion = get_object_or_404(_visibles(request), pk=pk)
    form = SeparationForm(envoi(request))
    if request.method == "POST" and form.is_valid():
        try:
            rendue = separer(fusion=fusion, motif=form.cleaned_data["motif"], par=request.user)
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(
                request, f"Les deux fiches sont séparées : {fusion.garde}, et {rendue} (fiche {rendue.pk})."
            )
            return redirect("parcours:fusions")
    contexte = {
        "fusion": fusion, "absorbee": _nom(fusion), "form": form, "obstacles": ce_qui_empeche(fusion),
        "deplacees": sum(map(len, fusion.deplaces.values())), "ecartees": sum(map(len, fusion.ecartes.values())),
    }  # fmt: skip
    return render(request, "parcours/doublons/separer.html", contexte, status=422 if form.errors else 200)
