"""A new fiche proposed to the programme: write it, correct it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from actions.lecture.filtres import choix_axes
from actions.models import Axe, Programme
from gouvernance.droits_avenants import peut_proposer_fiche
from gouvernance.forms.avenants import NouvelleFicheForm
from gouvernance.lecture_vie import COMITES
from gouvernance.models import Decision, ModificationFiche
from gouvernance.operations import creations as operations
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.formulaires import ECRITURE, envoi, mener


def _form(request: HttpRequest, programme: Programme, **suite: Any) -> NouvelleFicheForm:
    axes = choix_axes(Axe.objects.filter(programme=programme).order_by("ordre", "pk"))
    pris = programme.fiches.order_by("ordre").values_list("numero", flat=True)
    return NouvelleFicheForm(envoi(request), axes=axes, pris=pris, **suite)


def _axe(programme: Programme, pk: int | None) -> Axe | None:
    return Axe.objects.filter(programme=programme, pk=pk).first() if pk else None


def _ecrire(
    request: HttpRequest, form: NouvelleFicheForm, programme: Programme, titre: str, chemin: list[Lien]
) -> HttpResponse:
    contexte = {
        "form": form, "programme": programme, "titre": titre, "liens": [*chemin, Lien(titre)],
        "retour": chemin[-1].url,
    }  # fmt: skip
    return render(request, "gouvernance/avenants/nouvelle.html", contexte, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def fiche_proposer(request: HttpRequest, code: str) -> HttpResponse:
    """Write the fiche that an avenant may create."""
    programme = get_object_or_404(Programme.objects.visibles_par(request.user), code=code)
    exiger(peut_proposer_fiche(request.user, programme))
    decisions = Decision.objects.visibles_par(request.user).filter(seance__instance__nature__in=COMITES)
    form = _form(request, programme, decisions=decisions.order_by("-pk"))

    def proposer() -> ModificationFiche:
        lues = form.cleaned_data
        return operations.proposer_fiche(
            programme=programme, axe=_axe(programme, lues["axe"]), textes=form.textes, motif=lues["motif"],
            origine=lues["origine"], decision=lues["decision"], par=request.user,
        )  # fmt: skip

    dit = "La proposition est enregistrée. Les chargés de programme sont prévenus."
    if (fait := mener(request, form, proposer, dit=dit)) is not None:
        return fait
    chemin = [Lien(str(programme), programme.get_absolute_url())]
    return _ecrire(request, form, programme, "Proposer une nouvelle fiche", chemin)


def corriger(request: HttpRequest, lue: ModificationFiche) -> HttpResponse:
    """Correct what a proposed fiche would say. The caller holds the verdict."""
    programme = lue.programme_vise
    debut = {**lue.contenu, "axe": lue.axe_id, "motif": lue.motif, "version": lue.version}
    form = _form(request, programme, initial=debut)

    def reprendre() -> None:
        lues = form.cleaned_data
        operations.corriger_fiche_proposee(
            modification=lue, version=lues["version"] or 0, axe=_axe(programme, lues["axe"]), textes=form.textes,
            motif=lues["motif"], par=request.user,
        )  # fmt: skip

    if (fait := mener(request, form, reprendre, dit="La proposition est corrigée.", vers=lue)) is not None:
        return fait
    chemin = [Lien("Propositions", reverse("gouvernance:modifications")), Lien(str(lue), lue.get_absolute_url())]
    return _ecrire(request, form, programme, "Corriger la proposition", chemin)
