"""Members of a body: add, correct, replace, end a mandate."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gouvernance.droits_instances import peut_tenir_instance
from gouvernance.forms.instances import FinMandatForm, MembreForm
from gouvernance.models import Instance, Membre
from gouvernance.operations.instances import ajouter_membre, modifier_membre, remplacer_membre, terminer_mandat
from pdi.socle.droits import exiger
from pdi.socle.formulaires import ECRITURE, envoi, mener

from .instances import chemin_de, ecrire, instance_tenue


def _membre(request: HttpRequest, pk: int) -> Membre:
    """Return a seat of a body the user keeps. Raises Http404, DroitInsuffisant."""
    visibles = Membre.objects.filter(instance__in=Instance.objects.visibles_par(request.user))
    lu = get_object_or_404(visibles.select_related("instance__territoire", "compte", "structure"), pk=pk)
    exiger(peut_tenir_instance(request.user, lu.instance))
    return lu


@login_required
@never_cache
@require_http_methods(ECRITURE)
def membre_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a seat in a body."""
    lue = instance_tenue(request, pk)
    form = MembreForm(envoi(request), instance=lue)
    reponse = mener(
        request, form, lambda: ajouter_membre(instance=lue, par=request.user, **form.cleaned_data),
        dit="Le membre est ajouté.", vers=lue,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre="Ajouter un membre", bouton="Ajouter le membre", chemin=chemin_de(lue)
    )


@login_required
@never_cache
@require_http_methods(ECRITURE)
def membre_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a seat."""
    lu = _membre(request, pk)
    form = MembreForm(envoi(request), instance=lu.instance, membre=lu, avec_dates=False)
    reponse = mener(
        request, form, lambda: modifier_membre(membre=lu, par=request.user, **form.cleaned_data),
        dit="Le siège est corrigé.", vers=lu.instance,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre=f"Corriger le siège de {lu}", bouton="Enregistrer le siège",
        chemin=chemin_de(lu.instance),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def membre_remplacer(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the seat to somebody else."""
    lu = _membre(request, pk)
    form = MembreForm(envoi(request), instance=lu.instance, membre=lu)
    reponse = mener(
        request, form, lambda: remplacer_membre(membre=lu, par=request.user, **form.cleaned_data),
        dit="Le siège est donné ; le mandat précédent finit la veille.", vers=lu.instance,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre=f"Remplacer {lu}", bouton="Remplacer", chemin=chemin_de(lu.instance),
        texte="Le mandat actuel finit la veille du nouveau. Les séances passées gardent l’ancien membre ; ses "
        "suppléants suivent le siège.",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def membre_terminer(request: HttpRequest, pk: int) -> HttpResponse:
    """End a mandate."""
    lu = _membre(request, pk)
    form = FinMandatForm(envoi(request), initial={"fin": timezone.localdate()})
    reponse = mener(
        request, form, lambda: terminer_mandat(membre=lu, fin=form.cleaned_data["fin"], par=request.user),
        dit="La fin du mandat est enregistrée.", vers=lu.instance,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre=f"Mettre fin au mandat de {lu} ?", bouton="Mettre fin au mandat", grave=True,
        chemin=chemin_de(lu.instance),
        texte="Il ne sera plus convoqué après ce jour. Les séances où il a siégé le gardent.",
    )  # fmt: skip
