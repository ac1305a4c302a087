"""The annual reports: list, page of a year, launch of the compilation, comparison of two versions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from actions.models import Programme
from gouvernance import lecture_ecrans as lecture
from gouvernance import operations
from gouvernance.contenu import mettre_a_niveau
from gouvernance.droits import peut_compiler, peut_deliberer, peut_publier
from gouvernance.models import VersionRapport
from gouvernance.regles import rapport as regles
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.tri import Colonne

COLONNES_RAPPORTS = tuple(
    Colonne(titre) for titre in ("Exercice", "Campagne de bilans", "Rapport", "Délibération", "Fichiers")
)
COLONNES_VERSIONS = (Colonne("Version"), Colonne("Compilée"), Colonne("Ce qui change"), Colonne("Fichiers"))
COLONNES_CHANGEMENTS = (Colonne("Fiche ou chapitre"), Colonne("Objet"), Colonne("Avant"), Colonne("Après"))


@login_required
@require_safe
def rapports(request: HttpRequest) -> HttpResponse:
    """List the reports by programme and year."""
    exercices = lecture.exercices(request.user)
    return render(request, "gouvernance/rapports.html", {"exercices": exercices, "colonnes": COLONNES_RAPPORTS})


def _programme(request: HttpRequest, code: str) -> Programme:
    return get_object_or_404(Programme.objects.visibles_par(request.user).select_related("departement"), code=code)


@login_required
@never_cache
@require_safe
def rapport(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Show the year's report: steps, compilation, points to settle, versions, deliberation."""
    programme = _programme(request, code)
    if annee not in programme.annees:
        raise Http404
    page = lecture.page_rapport(programme, annee, request.user)
    contexte = {
        "page": page,
        "programme": programme,
        "annee": annee,
        "compiler": peut_compiler(request.user, programme),
        "publier": peut_publier(request.user, page.derniere) if page.derniere else None,
        "deliberer": peut_deliberer(request.user, page.publiee) if page.publiee else None,
        "phrase_bilans": lecture.phrase_bilans(page.bilans),
        "colonnes": COLONNES_VERSIONS,
    }
    return render(request, "gouvernance/rapport.html", contexte)


@login_required
@require_POST
def rapport_compiler(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Launch the compilation, or join the one in progress."""
    programme = _programme(request, code)
    exiger(peut_compiler(request.user, programme))
    try:
        _, cree = operations.compiler_rapport(programme=programme, annee=annee, par=request.user)
    except RegleMetier as erreur:
        messages.warning(request, erreur.message)
    else:
        if not cree:
            messages.info(request, "La compilation est déjà en cours : la voici.")
    return redirect("gouvernance:rapport", code, annee)


@login_required
@require_safe
def version_comparer(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Compare two versions of a year: `avant` and `apres` are version numbers, the last two by default."""
    programme = _programme(request, code)
    versions = VersionRapport.objects.visibles_par(request.user).filter(
        rapport__programme=programme, rapport__annee=annee
    )
    numeros = list(versions.order_by("-numero").values_list("numero", flat=True))
    if len(numeros) < 2:
        raise Http404
    apres = _numero(request, "apres", numeros, numeros[0])
    avant = _numero(request, "avant", numeros, next((n for n in numeros if n < apres), numeros[-1]))
    deux = {v.numero: v for v in versions.filter(numero__in=[avant, apres]).select_related("rapport")}
    lus = {n: mettre_a_niveau(v.contenu, v.schema_version) for n, v in deux.items()}
    changements = regles.comparer(lus[avant], lus[apres])
    contexte = {
        "programme": programme,
        "annee": annee,
        "avant": deux[avant],
        "apres": deux[apres],
        "numeros": numeros,
        "groupes": lecture.par_genre(changements),
        "total": len(changements),
        "colonnes": COLONNES_CHANGEMENTS,
    }
    return render(request, "gouvernance/comparer.html", contexte)


def _numero(request: HttpRequest, parametre: str, numeros: list[int], defaut: int) -> int:
    demande = request.GET.get(parametre, "")
    if not demande:
        return defaut
    if not demande.isdecimal() or int(demande) not in numeros:
        raise Http404
    return int(demande)
