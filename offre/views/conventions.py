"""Conventions: list, export, page, signature, cancellation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from offre.droits_conventions import peut_changer_convention, peut_lire_conventions, peut_tenir_conventions
from offre.forms.conventions import ResiliationForm, SignatureConventionForm
from offre.lecture_conventions import LectureConvention
from offre.listes_conventions import COLONNES, COLONNES_EXPORT, ListeConventions
from offre.models import Convention
from offre.operations import conventions as operations
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formats import dernier_jour
from pdi.socle.formulaires import signaler


def convention_lue(request: HttpRequest, pk: int) -> Convention:
    """Return a convention of the reader's scope, or 404."""
    return get_object_or_404(Convention.objects.visibles_par(request.user).select_related("operateur"), pk=pk)


@login_required
@require_safe
def conventions(request: HttpRequest) -> HttpResponse:
    """List the conventions of the reader's scope."""
    exiger(peut_lire_conventions(request.user))
    liste = ListeConventions(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "tenir": bool(peut_tenir_conventions(request.user)),
    }  # fmt: skip
    return render(request, "offre/conventions/conventions.html", contexte)


@login_required
@require_safe
def conventions_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    exiger(peut_lire_conventions(request.user))
    liste = ListeConventions(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="conventions", titre="Conventions", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@require_safe
def convention(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a convention: money, objectives of a year, scales, avenants, history."""
    exiger(peut_lire_conventions(request.user))
    lue = convention_lue(request, pk)
    lecture = LectureConvention(lue, request.user, request.GET.get("annee", ""), timezone.localdate())
    return render(request, "offre/conventions/convention.html", lecture.contexte())


def _geste(request: HttpRequest, lue: Convention, form: forms.Form, **mots: Any) -> HttpResponse:
    statut = 422 if form.is_bound and form.errors else 200
    contexte = {"convention": lue, "form": form, **mots}
    return render(request, "offre/conventions/geste.html", contexte, status=statut)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def convention_signer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the signature."""
    lue = convention_lue(request, pk)
    exiger(peut_changer_convention(request.user, lue, "signer_convention"))
    form = SignatureConventionForm(request.POST or None, initial={"signee_le": timezone.localdate()})
    if form.is_valid():
        try:
            operations.signer_convention(convention=lue, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La convention est signée. Elle ne change plus que par avenant.")
            return redirect(lue)
    return _geste(
        request, lue, form, titre="Noter la signature", bouton="Noter la signature", grave=False,
        texte="Les montants, les objectifs et les barèmes ne changeront plus que par avenant.",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def convention_resilier(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a signed convention, with its motive."""
    lue = convention_lue(request, pk)
    exiger(peut_changer_convention(request.user, lue, "resilier_convention"))
    jour, fin = timezone.localdate(), dernier_jour(lue.periode)
    form = ResiliationForm(request.POST or None, initial={"le": min(jour, fin) if fin else jour})
    if form.is_valid():
        try:
            operations.resilier_convention(convention=lue, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La convention est résiliée. Ce qui a été fait et payé avant reste.")
            return redirect(lue)
    return _geste(
        request, lue, form, titre="Résilier la convention", bouton="Résilier la convention", grave=True,
        texte="La convention finira au jour dit. Ce qui a été fait, mandaté et payé avant ne change pas. "
        "On ne revient pas sur une résiliation.",
    )  # fmt: skip
