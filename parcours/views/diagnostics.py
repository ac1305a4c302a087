"""Screens of a diagnosis: start, write, read, compare."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parcours import droits
from parcours.droits.diagnostics import peut_ecrire_diagnostic
from parcours.droits.orientation import peut_orienter
from parcours.forms.diagnostics import DiagnosticForm, NouveauDiagnosticForm
from parcours.lecture_diagnostics import constats_de, dernier_termine
from parcours.models import Diagnostic, ThemeDiagnostic
from parcours.operations.diagnostics import (
    ConflitDiagnostic,
    abandonner_diagnostic,
    demarrer_diagnostic,
    enregistrer_diagnostic,
    saisie_enregistree,
    terminer_diagnostic,
)
from parcours.propositions import proposition_pour
from parcours.regles.diagnostics import comparer
from parcours.views.acces import avec_motif, personne_lue, personne_ouverte, personne_suivie
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import date_heure
from pdi.socle.formulaires import signaler
from pdi.socle.tri import Colonne

COLONNES = (Colonne("Thème"), Colonne("Situation"), Colonne("Frein ou atout"), Colonne("Précision"))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def diagnostic_nouveau(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a diagnosis, or take up the draft already there."""
    personne = personne_suivie(request, pk)
    en_cours = Diagnostic.objects.filter(personne=personne, termine_le__isnull=True).first()
    if en_cours is not None:
        return redirect("parcours:diagnostic_ecrire", en_cours.pk)
    dernier = dernier_termine(personne)
    form = NouveauDiagnosticForm(request.POST or None, dernier=dernier)
    if request.method == "POST" and form.is_valid():
        propres = form.cleaned_data
        try:
            cree = demarrer_diagnostic(
                personne=personne, par=request.user, date=propres["date"], reprendre=propres.get("reprendre", False)
            )
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            return redirect("parcours:diagnostic_ecrire", cree.pk)
    contexte = {"personne": personne, "form": form, "dernier": dernier}
    return render(request, "parcours/diagnostics/nouveau.html", contexte, status=422 if form.errors else 200)


def _brouillon(request: HttpRequest, pk: int) -> tuple[Diagnostic, Any]:
    """Return a diagnosis the user may write in, and its person."""
    diagnostic = get_object_or_404(
        Diagnostic.objects.visibles_par(request.user).select_related("grille", "mene_par"), pk=pk
    )
    personne = personne_lue(request, diagnostic.personne_id)
    exiger(peut_ecrire_diagnostic(request.user, diagnostic, personne))
    return diagnostic, personne


def _options(request: HttpRequest, diagnostic: Diagnostic, personne: Any) -> dict[str, Any]:
    """Return what the form is made with: the themes this reader may see, the answers of the diagnosis before."""
    sante = droits.voit_sante(request.user, personne)
    themes = ThemeDiagnostic.objects.filter(grille=diagnostic.grille_id).prefetch_related("situations")
    precedent = dernier_termine(personne, diagnostic)
    return {
        "themes": themes if sante else themes.filter(restreint=False),
        "avant": constats_de([precedent.pk], sante=sante).get(precedent.pk, []) if precedent else [],
        "sante": sante,
    }


def _page(
    request: HttpRequest, diagnostic: Diagnostic, personne: Any, form: DiagnosticForm, conflit: Any = None
) -> HttpResponse:
    contexte = {"personne": personne, "diagnostic": diagnostic, "form": form, "conflit": conflit}
    statut = 409 if conflit else 422 if form.errors else 200
    return render(request, "parcours/diagnostics/ecrire.html", contexte, status=statut)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def diagnostic_ecrire(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the diagnosis. The button says what follows the save: stay, or finish."""
    diagnostic, personne = _brouillon(request, pk)
    options = _options(request, diagnostic, personne)
    if request.method != "POST":
        saisie = saisie_enregistree(diagnostic, sante=options["sante"])
        return _page(request, diagnostic, personne, DiagnosticForm.ouvrir(diagnostic, saisie, **options))
    form = DiagnosticForm(request.POST, **options)
    if not form.is_valid():
        return _page(request, diagnostic, personne, form)
    try:
        diagnostic = enregistrer_diagnostic(
            diagnostic=diagnostic, version=form.cleaned_data["version"], saisie=form.saisie(), par=request.user
        )
        if request.POST.get("geste") == "terminer":
            terminer_diagnostic(diagnostic=diagnostic, version=diagnostic.version, par=request.user)
            messages.success(request, "Le diagnostic est terminé. Voici ce que les règles en proposent.")
            return redirect(diagnostic)
    except ConflitDiagnostic as conflit:
        form.avec_version(conflit.diagnostic.version)
        return _page(request, conflit.diagnostic, personne, form, conflit)
    except RegleMetier as refus:
        signaler(form, refus)
        form.avec_version(diagnostic.version)
        return _page(request, diagnostic, personne, form)
    messages.success(request, "Brouillon enregistré. Rien n’est encore terminé.")
    return redirect("parcours:diagnostic_ecrire", pk)


@login_required
@require_POST
def diagnostic_brouillon(request: HttpRequest, pk: int) -> JsonResponse:
    """Save what the page sends by itself; answer the new version and the time."""
    diagnostic, personne = _brouillon(request, pk)
    form = DiagnosticForm(request.POST, **_options(request, diagnostic, personne))
    if not form.is_valid():
        return JsonResponse({"message": "Une réponse ne peut pas être enregistrée telle quelle."}, status=422)
    try:
        diagnostic = enregistrer_diagnostic(
            diagnostic=diagnostic, version=form.cleaned_data["version"], saisie=form.saisie(), par=request.user,
            automatique=True,
        )  # fmt: skip
    except ConflitDiagnostic as conflit:
        texte = f"{conflit.message} Cliquez sur « Enregistrer » pour comparer : rien n’est écrasé."
        return JsonResponse({"message": texte}, status=409)
    return JsonResponse({"version": diagnostic.version, "heure": date_heure(timezone.now()).rpartition(" à ")[2]})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def diagnostic_abandonner(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a draft, after confirmation."""
    diagnostic, personne = _brouillon(request, pk)
    if request.method == "POST":
        abandonner_diagnostic(diagnostic=diagnostic, par=request.user)
        messages.success(request, "Le brouillon est supprimé.")
        return redirect(personne)
    contexte = {
        "titre": "Supprimer ce brouillon de diagnostic ?", "bouton": "Supprimer le brouillon", "grave": True,
        "texte": "Les réponses déjà notées dans ce brouillon seront perdues. Les diagnostics terminés restent.",
        "retour": reverse("parcours:diagnostic_ecrire", args=[pk]),
    }  # fmt: skip
    return render(request, "components/page_confirmation.html", contexte)


@login_required
@never_cache
@avec_motif
@require_GET
def diagnostic(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a finished diagnosis, what the rules propose of it, what changed since the one before."""
    lu = get_object_or_404(
        Diagnostic.objects.visibles_par(request.user).select_related("grille", "mene_par"), pk=pk
    )  # fmt: skip
    if lu.termine_le is None:
        return redirect("parcours:diagnostic_ecrire", pk)
    personne = personne_ouverte(request, lu.personne_id, "Diagnostic", entiere=True)
    sante = droits.voit_sante(request.user, personne)
    precedent = dernier_termine(personne, lu)
    constats = constats_de([d.pk for d in (lu, precedent) if d], sante=sante)
    proposee = proposition_pour(personne, timezone.localdate())
    contexte = {
        "personne": personne, "diagnostic": lu, "sante": sante, "constats": constats.get(lu.pk, []),
        "precedent": precedent, "colonnes": COLONNES,
        "comparaison": comparer(constats.get(precedent.pk, []), constats.get(lu.pk, [])) if precedent else None,
        "proposee": proposee if proposee.diagnostic == lu else None,
        "peut_orienter": peut_orienter(request.user, personne),
    }  # fmt: skip
    return render(request, "parcours/diagnostics/diagnostic.html", contexte)


@login_required
@never_cache
@avec_motif
@require_GET
def diagnostics_comparer(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare two finished diagnoses of a person: the latest two unless the query says others."""
    personne = personne_ouverte(request, pk, "Comparaison de diagnostics", entiere=True)
    termines = list(Diagnostic.objects.filter(personne=personne).termines().select_related("grille"))
    par_cle = {str(d.pk): d for d in termines}
    apres = par_cle.get(request.GET.get("apres", ""), termines[0] if termines else None)
    anterieurs = [d for d in termines if apres and (d.date, d.pk) < (apres.date, apres.pk)]
    avant = par_cle.get(request.GET.get("avant", ""), anterieurs[0] if anterieurs else None)
    if avant and apres and (avant.date, avant.pk) > (apres.date, apres.pk):
        avant, apres = apres, avant
    constats = constats_de([d.pk for d in (avant, apres) if d], sante=droits.voit_sante(request.user, personne))
    contexte = {
        "personne": personne, "termines": termines, "avant": avant, "apres": apres,
        "comparaison": comparer(constats.get(avant.pk, []), constats.get(apres.pk, []))
        if avant and apres and avant != apres else None,
    }  # fmt: skip
    return render(request, "parcours/diagnostics/comparer.html", contexte)
