"""Models of EP letters: the versions of each, one with its preview under every regime, the next one written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gouvernance.droits_ep import peut_tenir_modeles_ep
from gouvernance.forms.ep_modeles import ModeleLettreForm
from gouvernance.lecture_modeles_ep import LectureModele, apercus, lettres_et_versions
from gouvernance.models import GenreLettre, ModeleLettreEP
from gouvernance.operations import ep_lettres, ep_modeles
from gouvernance.regles.lettres_ep import CHAMPS, OBLIGATOIRES
from parcours.models import RegimeJuridique
from parcours.regles.delais import Regime
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import ECRITURE, envoi, signaler

from .ep import chemin_ep


def _chemin(modele: ModeleLettreEP | None = None) -> list[Lien]:
    liens = [*chemin_ep(), Lien("Modèles des lettres", reverse("gouvernance:ep_modeles"))]
    return [*liens, Lien(str(modele), modele.get_absolute_url())] if modele else liens


def _modele(request: HttpRequest, pk: int) -> ModeleLettreEP:
    exiger(peut_tenir_modeles_ep(request.user))
    return get_object_or_404(ModeleLettreEP.objects.select_related("par"), pk=pk)


@login_required
@require_safe
def ep_modeles_liste(request: HttpRequest) -> HttpResponse:
    """List the letters of the procedure, each with its versions."""
    exiger(peut_tenir_modeles_ep(request.user))
    contexte = {"lettres": lettres_et_versions(timezone.localdate()), "liens": [*chemin_ep(), Lien("Modèles")]}
    return render(request, "gouvernance/ep/modeles.html", contexte)


@login_required
@require_safe
def ep_modele(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a version, and how it reads under every regime."""
    modele = _modele(request, pk)
    contexte = {"modele": modele, "lecture": LectureModele(modele, timezone.localdate()), "liens": _chemin(modele)}
    return render(request, "gouvernance/ep/modele.html", contexte)


@login_required
@require_safe
def ep_modele_pdf(request: HttpRequest, pk: int, regime: str) -> HttpResponse:
    """Print a version about an invented file, under a regime."""
    modele = _modele(request, pk)
    lu = get_object_or_404(RegimeJuridique, code=regime)
    reponse = HttpResponse(
        ep_lettres.imprimer_apercu(modele, Regime.lire(lu), request.user), content_type="application/pdf"
    )
    reponse["Content-Disposition"] = f'inline; filename="modele-lettre-{modele.genre}-v{modele.version}.pdf"'
    return reponse


@login_required
@never_cache
@require_http_methods(ECRITURE)
def ep_modele_ecrire(request: HttpRequest, genre: str) -> HttpResponse:
    """Write the next version of a letter; read it first under every regime."""
    exiger(peut_tenir_modeles_ep(request.user))
    if genre not in GenreLettre.values:
        raise Http404("Cette lettre n’existe pas.")
    form, lus = ModeleLettreForm(envoi(request), genre=genre, jour=timezone.localdate()), []
    if request.method == "POST" and form.is_valid():
        saisie: dict[str, Any] = form.cleaned_data
        if request.POST.get("suite") == "apercu":
            lus = apercus(genre, saisie["objet"], saisie["corps"], timezone.localdate())
        else:
            try:
                neuf = ep_modeles.publier_modele_lettre(genre=genre, par=request.user, **saisie)
            except RegleMetier as erreur:
                signaler(form, erreur)
            else:
                messages.success(request, "La nouvelle version est enregistrée.")
                return redirect(neuf)
    contexte = {
        "form": form, "genre": GenreLettre(genre).label, "apercus": lus,
        "liens": [*_chemin(), Lien("Nouvelle version")],
        "permis": [(nom, mots, nom in OBLIGATOIRES[genre]) for nom, mots in CHAMPS[genre].items()],
    }  # fmt: skip
    return render(request, "gouvernance/ep/modele_ecrire.html", contexte, status=422 if form.errors else 200)


@login_required
@require_POST
def ep_modele_retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a version that does not apply yet."""
    modele = _modele(request, pk)
    try:
        ep_modeles.retirer_modele_lettre(modele=modele, par=request.user)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
        return redirect(modele)
    messages.success(request, f"{modele} : retirée. La version précédente continue.")
    return redirect("gouvernance:ep_modeles")
