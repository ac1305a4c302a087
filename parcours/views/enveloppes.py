"""Envelopes by year and territory; the règlements of aids in words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from parcours.droits.aides import peut_fixer_enveloppe, peut_lire_enveloppes
from parcours.forms.aides import EnveloppeForm
from parcours.listes_aides import COLONNES_ENVELOPPES, ListeEnveloppes
from parcours.models import EnveloppeAide, ReglementAide
from parcours.operations.enveloppes import fixer_enveloppe
from parcours.regles.attributions import dire_reglement
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import signaler
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Règlement", "reglement"), Colonne("Territoire"), Colonne("Année", "annee", nb=True),
    Colonne("Montant", "montant", nb=True), Colonne("Consommé", "consomme", nb=True),
    Colonne("Reste", "reste", nb=True),
)  # fmt: skip


@login_required
@require_GET
def enveloppes(request: HttpRequest) -> HttpResponse:
    """List the envelopes: amount, consumed, left."""
    exiger(peut_lire_enveloppes(request.user))
    liste = ListeEnveloppes(request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "peut_fixer": peut_fixer_enveloppe(request.user),
    }  # fmt: skip
    return render(request, "parcours/aides/enveloppes.html", contexte)


@login_required
@require_GET
def enveloppes_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filters."""
    exiger(peut_lire_enveloppes(request.user))
    liste = ListeEnveloppes(request.GET, timezone.localdate())
    return reponse_export(
        request, nom="enveloppes-aides", titre="Enveloppes des aides", colonnes=COLONNES_ENVELOPPES,
        lignes=liste.trouvees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enveloppe_fixer(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Open an envelope, or change the amount of one."""
    exiger(peut_fixer_enveloppe(request.user))
    lue = get_object_or_404(EnveloppeAide.objects.select_related("reglement", "territoire"), pk=pk) if pk else None
    initial = {"montant": lue.montant} if lue else {}
    form = EnveloppeForm(request.POST or None, ouverte=lue is not None, initial=initial)
    if request.method == "POST" and form.is_valid():
        cles: dict[str, Any] = (
            {"reglement": lue.reglement, "annee": lue.annee, "territoire": lue.territoire} if lue else {}
        )
        try:
            fixee = fixer_enveloppe(par=request.user, **form.cleaned_data, **cles)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, f"L’enveloppe {fixee.annee} est fixée.")
            return redirect("parcours:enveloppes")
    contexte = {"enveloppe": lue, "form": form}
    return render(request, "parcours/aides/enveloppe.html", contexte, status=422 if form.errors else 200)


@login_required
@require_GET
def aide_reglements(request: HttpRequest) -> HttpResponse:
    """Show every règlement in words, with its versions and dates."""
    exiger(peut_lire_enveloppes(request.user))
    jour = timezone.localdate()
    lus = [
        {"reglement": r, "regles": dire_reglement(r.regles, r.composantes), "en_vigueur": jour in r.validite}
        for r in ReglementAide.objects.order_by("intitule", "-validite")
    ]
    return render(request, "parcours/aides/reglements.html", {"lus": lus})
