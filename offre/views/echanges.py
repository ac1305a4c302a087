"""Exchanges: what goes out and comes in, the quality of the sheets, the keys of the API."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from offre.droits import peut_gerer_jetons, peut_voir_echanges
from offre.echanges.qualite import CRITERES
from offre.forms.jetons import JetonForm
from offre.lecture_echanges import COLONNES_QUALITE, ListeQualite, PageEchanges
from offre.models import JetonApi
from offre.operations.jetons import creer_jeton, revoquer_jeton
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, envoi, signaler
from pdi.socle.tri import Colonne


@login_required
@never_cache
@require_safe
def echanges(request: HttpRequest) -> HttpResponse:
    """Gather exports, imports, keys and documentation."""
    exiger(peut_voir_echanges(request.user))
    contexte = {
        "page": PageEchanges(request.user),
        "colonnes_sorties": (Colonne("Fichier ou service"), Colonne("Pour qui"), Colonne("Ouvrir")),
        "colonnes_imports": (Colonne("Contenu"), Colonne("Ce qu’il faut savoir"), Colonne("Faire")),
        "colonnes_jetons": tuple(map(Colonne, ("À qui il sert", "État", "Dernier usage", "Valable jusqu’au", "Faire"))),
        "colonnes_freins": (Colonne("Frein visé"), Colonne("Thématiques")),
    }  # fmt: skip
    return render(request, "offre/echanges/echanges.html", contexte)


@login_required
@require_safe
def echanges_qualite(request: HttpRequest) -> HttpResponse:
    """List the published sheets with their score and what would raise it."""
    exiger(peut_voir_echanges(request.user))
    liste = ListeQualite(request.GET)
    colonnes = (Colonne("Offre"), Colonne("Qualité"), Colonne("Ce qui la ferait monter"))
    contexte = {
        "liste": liste, "page": liste.page, "filtres": liste.filtres, "colonnes": colonnes,
        "criteres": CRITERES.values(), "colonnes_criteres": (Colonne("Critère"), Colonne("À faire")),
    }  # fmt: skip
    return render(request, "offre/echanges/qualite.html", contexte)


@login_required
@require_safe
def echanges_qualite_export(request: HttpRequest) -> HttpResponseBase:
    """Export the score of every sheet of the filter, with what would raise it."""
    exiger(peut_voir_echanges(request.user))
    liste = ListeQualite(request.GET)
    return reponse_export(
        request, nom="qualite-des-fiches", titre="Qualité des fiches publiées", colonnes=COLONNES_QUALITE,
        lignes=liste.toutes, filtres=liste.filtres.en_mots,
    )  # fmt: skip


@sensitive_variables("cle")
@login_required
@never_cache
@require_http_methods(ECRITURE)
def jeton_creer(request: HttpRequest) -> HttpResponse:
    """Create a key and show it, this once."""
    exiger(peut_gerer_jetons(request.user))
    form = JetonForm(envoi(request))
    if request.method == "POST" and form.is_valid():
        try:
            jeton, cle = creer_jeton(par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            return render(request, "offre/echanges/jeton_cree.html", {"jeton": jeton, "cle": cle})
    return render(request, "offre/echanges/jeton.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def jeton_revoquer(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then close a key."""
    exiger(peut_gerer_jetons(request.user))
    jeton = get_object_or_404(JetonApi.objects.visibles_par(request.user), pk=pk)
    retour = reverse("offre:echanges") + "#jetons"
    if request.method == "POST":
        try:
            revoquer_jeton(jeton=jeton, par=request.user)
        except RegleMetier as erreur:
            messages.warning(request, erreur.message)
        else:
            messages.success(request, f"Le jeton « {jeton.nom} » est révoqué : il n’ouvre plus rien.")
        return redirect(retour)
    contexte = {
        "titre": f"Révoquer le jeton « {jeton.nom} » ?", "bouton": "Révoquer ce jeton", "grave": True,
        "texte": "Il cesse de servir aussitôt, et pour toujours. Qui s’en sert lira avec le débit public.",
        "retour": retour,
    }  # fmt: skip
    return render(request, "components/page_confirmation.html", contexte)
