"""The circuit of sheets: those one keeps, their changes of state, their confirmation, their versions."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offre.droits_fiches import peut_changer_offre, peut_tenir_des_fiches, peut_tenir_fiche
from offre.exports import COLONNES_FICHES
from offre.filtres import FiltreMot
from offre.lecture_offre import GESTES, TONS, comptes_a_tenir, sans_reserves
from offre.lecture_offre import fiches_a_tenir as lues_a_tenir
from offre.models import EtatOffre, OffreInsertion, VersionOffre
from offre.operations import fiches as operations
from offre.regles.fiches import FRAICHE_JOURS, completude, fraicheur
from offre.versions import contenu_de, differences
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.filtres import FiltreChoix, Filtres
from pdi.socle.formats import date_heure
from pdi.socle.formulaires import signaler
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne, Tri

TRIS = {"fiche": ("ordre", "pk"), "confirmee": ("confirmee_le", "pk"), "modifiee": ("modifiee_le", "pk")}
COLONNES = (
    Colonne("Fiche", "fiche"), Colonne("État"), Colonne("Complétude"), Colonne("Confirmée", "confirmee"),
    Colonne("Modifiée", "modifiee"),
)  # fmt: skip
ATTENTES = (
    ("a_relire", "À relire par le service"), ("a_corriger", "À corriger par l’opérateur"),
    ("a_confirmer", "À confirmer"),
)  # fmt: skip


def en_attente(valeur: str) -> Q:
    """Return the condition « waits for this »."""
    limite = timezone.localdate() - datetime.timedelta(days=FRAICHE_JOURS)
    condition = {
        "a_relire": Q(etat="en_relecture") | Q(propositions__etat="soumise"),
        "a_corriger": (Q(etat="brouillon") & ~Q(motif_renvoi="")) | Q(propositions__etat="a_corriger"),
        "a_confirmer": Q(etat="publiee") & (Q(confirmee_le__isnull=True) | Q(confirmee_le__lte=limite)),
    }[valeur]
    return Q(pk__in=OffreInsertion.objects.filter(condition).order_by().values("pk"))


class FiltresFiches(Filtres):
    """Filters of the sheets one keeps."""

    mot = FiltreMot("Mot de la fiche ou opérateur", champs=(), large=True)
    etat = FiltreChoix("État", champ="etat", choix=EtatOffre.choices)
    attente = FiltreChoix("Ce qui attend", q=en_attente, choix=ATTENTES, vide="Tout")


def _liste(request: HttpRequest) -> tuple[FiltresFiches, QuerySet[OffreInsertion], Tri]:
    exiger(peut_tenir_des_fiches(request.user))
    filtres = FiltresFiches(request.GET)
    return filtres, filtres.appliquer(lues_a_tenir(request.user)), Tri.lire(request.GET, TRIS, defaut="fiche")


@login_required
@require_safe
def fiches_a_tenir(request: HttpRequest) -> HttpResponse:
    """List the sheets one keeps, and what waits on each."""
    filtres, fiches, tri = _liste(request)
    page = PageParCle(fiches, tri.cles, request.GET.get("curseur"))
    jour = timezone.localdate()
    for fiche in page.objets:
        lue: Any = fiche
        lue.completude = completude(contenu_de(fiche))
        lue.fraicheur = fraicheur(fiche.confirmee_le, jour)
        lue.ton, lue.icone = TONS[fiche.etat]
        lue.proposition = lue.proposees[0] if lue.proposees else None
    contexte = {
        "filtres": filtres, "tri": tri, "page": page, "colonnes": COLONNES,
        "comptes": comptes_a_tenir(request.user, jour),
    }  # fmt: skip
    return render(request, "offre/fiches.html", contexte)


@login_required
@require_safe
def fiches_export(request: HttpRequest) -> HttpResponseBase:
    """Export the sheets of the filter."""
    filtres, fiches, tri = _liste(request)
    return reponse_export(
        request, nom="fiches-offre", titre="Fiches d’offre à tenir", colonnes=COLONNES_FICHES,
        lignes=fiches.order_by(*tri.cles), filtres=filtres.en_mots,
    )  # fmt: skip


def _offre(request: HttpRequest, pk: int) -> OffreInsertion:
    visibles = OffreInsertion.objects.visibles_par(request.user).prefetch_related("operateurs")
    return get_object_or_404(visibles, pk=pk)


@login_required
@require_POST
def offre_confirmer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the sheet is right today."""
    lue = _offre(request, pk)
    operations.confirmer_offre(offre=lue, par=request.user)
    messages.success(request, "La fiche est confirmée à jour aujourd’hui.")
    return redirect(lue)


class MotifForm(forms.Form):
    """Why."""

    commentaire = forms.CharField(
        label="Pourquoi", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi : ce motif est lu par ceux qui tiennent la fiche."},
    )  # fmt: skip


SUITES: dict[str, tuple[Callable[..., OffreInsertion], str, str]] = {
    "soumettre_offre": (operations.soumettre_offre, "La fiche est envoyée en relecture.", ""),
    "publier_offre": (operations.publier_offre, "La fiche est publiée ; une version est gardée.", ""),
    "reprendre_offre": (operations.reprendre_offre, "La fiche est reprise : vous pouvez la corriger.", ""),
    "desarchiver_offre": (operations.desarchiver_offre, "La fiche est reprise de l’archive, en brouillon.", ""),
    "renvoyer_offre": (
        operations.renvoyer_offre, "La fiche est renvoyée ; son opérateur est prévenu.",
        "La fiche redevient un brouillon que son opérateur corrige. Dites ce qui est à reprendre.",
    ),
    "suspendre_offre": (
        operations.suspendre_offre, "La fiche est suspendue.",
        "La fiche quitte le catalogue et ne se prescrit plus. Ce qui est déjà prescrit continue.",
    ),
    "archiver_offre": (
        operations.archiver_offre, "La fiche est archivée.",
        "La fiche quitte le catalogue. Rien n’est effacé : on peut la reprendre de l’archive.",
    ),
}  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offre_etat(request: HttpRequest, pk: int, verbe: str) -> HttpResponse:
    """Change the state of a sheet; those that ask why have a page."""
    if verbe not in SUITES:
        raise Http404
    operation, fait, explication = SUITES[verbe]
    lue = _offre(request, pk)
    exiger(peut_changer_offre(request.user, lue, verbe))
    form = MotifForm(request.POST or None)
    if request.method == "POST" and (not explication or form.is_valid()):
        motif = {"commentaire": form.cleaned_data["commentaire"]} if explication else {}
        try:
            operation(offre=lue, par=request.user, **motif)
        except RegleMetier as refus:
            if not explication:
                messages.warning(request, refus.message)
                return redirect(lue)
            signaler(form, refus)
        else:
            messages.success(request, fait)
            return redirect(lue)
    geste = next(g for g in GESTES if g.verbe == verbe)
    contexte = {"offre": lue, "geste": geste, "form": form if explication else None, "explication": explication}
    return render(request, "offre/etat.html", contexte, status=422 if request.method == "POST" else 200)


@login_required
@require_safe
def offre_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare two versions of a sheet, or one with what it says now."""
    lue = _offre(request, pk)
    exiger(peut_tenir_fiche(request.user, lue))
    versions = {str(v.numero): v for v in lue.versions.select_related("par")}
    numeros = list(versions)
    demandees = (request.GET.get("avant", ""), request.GET.get("apres", ""))
    avant = demandees[0] if demandees[0] in versions else (numeros[1] if len(numeros) > 1 else "".join(numeros[:1]))
    apres = demandees[1] if demandees[1] in versions else ("" if demandees[1] == "maintenant" else "".join(numeros[:1]))
    contenus = {n: versions[n].contenu if n else contenu_de(lue) for n in {avant, apres}}
    contexte = {
        "offre": lue, "versions": [(n, dire_version(v)) for n, v in versions.items()], "avant": avant, "apres": apres,
        "differences": differences(contenus[avant], contenus[apres], sans_reserves(request.user, lue)),
    }  # fmt: skip
    return render(request, "offre/versions.html", contexte)


def dire_version(version: VersionOffre) -> str:
    """Return « Version 2, du 12 mars 2026 à 9 h 10, par … »."""
    par = f", par {version.par}" if version.par else ""
    return f"Version {version.numero}, du {date_heure(version.le)}{par}"
