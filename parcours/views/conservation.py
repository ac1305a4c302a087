"""Retention: whose file is about to be archived or erased, who is in the archive; keep one longer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from parcours.conservation import durees, peut_gerer_conservation
from parcours.listes_conservation import COLONNES_EXPORT, ListeConservation
from parcours.models import Personne
from parcours.operations.conservation import conserver_personne
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import signaler
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Personne, naissance", "nom"), Colonne("Dossier RSA clos le"), Colonne("Dernier contact"),
    Colonne("Ce qui vient"), Colonne("Gestes", masquee=True),
)  # fmt: skip


@login_required
@never_cache
@require_GET
def conservation(request: HttpRequest) -> HttpResponse:
    """Show what the nightly job is about to do, thirty days ahead, and what it has archived."""
    exiger(peut_gerer_conservation(request.user))
    liste = ListeConservation(request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "durees": durees(), "comptes": liste.comptes,
    }  # fmt: skip
    return render(request, "parcours/conservation/conservation.html", contexte)


@login_required
@require_GET
def conservation_export(request: HttpRequest) -> HttpResponseBase:
    """Export the list shown: the record of what will be destroyed."""
    exiger(peut_gerer_conservation(request.user))
    liste = ListeConservation(request.GET, timezone.localdate())
    return reponse_export(
        request, nom="conservation", titre="Conservation des dossiers", colonnes=COLONNES_EXPORT,
        lignes=liste.lignes.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


class ConserverForm(forms.Form):
    """Until when, and why."""

    jusqu_au = forms.DateField(
        label="Conserver jusqu’au", help_text="Ce jour inclus.", widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    motif = forms.CharField(
        label="Motif", max_length=250, help_text="Par exemple : recours en cours, demande de la personne.",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def conserver(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one file longer than the rule says."""
    exiger(peut_gerer_conservation(request.user))
    personne: Any = get_object_or_404(Personne.objects.defer("nir_chiffre", "recherche"), pk=pk)
    form = ConserverForm(request.POST or None, initial={"jusqu_au": personne.conserver_jusqu_au})
    if request.method == "POST" and form.is_valid():
        try:
            conserver_personne(personne=pk, par=request.user, **form.cleaned_data)
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, f"Le dossier est conservé jusqu’au {form.cleaned_data['jusqu_au']:%d/%m/%Y}.")
            return redirect("parcours:conservation")
    statut = 422 if request.method == "POST" else 200
    return render(request, "parcours/conservation/conserver.html", {"form": form, "personne": personne}, status=statut)
