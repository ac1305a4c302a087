"""The requests of the public, for who handles them: the queue, one request, its gestures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from parcours.droits import peut_exporter_personnes
from parcours.droits.demandes_publiques import peut_agir_demande, peut_lister_demandes
from parcours.forms.demandes_publiques import ACTES, AccepterForm
from parcours.lecture_demande import LectureDemande
from parcours.listes_demandes import COLONNES, COLONNES_EXPORT, ListeDemandes
from parcours.models import DemandePublique
from parcours.operations.personnes import DoublonsPossibles
from parcours.operations.traitement_demandes import accepter_demande
from parcours.views.actes import poser_acte
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, cles_postees, envoi, signaler


@login_required
@require_GET
def demandes_publiques(request: HttpRequest) -> HttpResponse:
    """List the requests one may handle, the longest wait first."""
    exiger(peut_lister_demandes(request.user))
    liste = ListeDemandes(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "peut_exporter": peut_exporter_personnes(request.user),
    }  # fmt: skip
    return render(request, "parcours/demandes/demandes.html", contexte)


@login_required
@require_GET
def demandes_publiques_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filters."""
    exiger(peut_lister_demandes(request.user))
    exiger(peut_exporter_personnes(request.user))
    liste = ListeDemandes(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="demandes-du-public", titre="Demandes du public", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def _lue(request: HttpRequest, pk: int) -> DemandePublique:
    exiger(peut_lister_demandes(request.user))
    visibles = DemandePublique.objects.visibles_par(request.user)
    return get_object_or_404(visibles.select_related("offre", "commune", "prescription", "traitee_par"), pk=pk)


@login_required
@never_cache
@require_GET
def demande_publique(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request: who asks, for what, who she may be, what to do."""
    lue = _lue(request, pk)
    lecture = LectureDemande(lue, request.user, timezone.localdate())
    return render(request, "parcours/demandes/demande.html", {"d": lue, "lecture": lecture})


@login_required
@never_cache
@require_http_methods(ECRITURE)
def demande_accepter(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn a request into a prescription, for somebody known or for someone new."""
    lue = _lue(request, pk)
    exiger(peut_agir_demande(request.user, lue, "accepter_demande"))
    lecture = LectureDemande(lue, request.user, timezone.localdate())
    form = AccepterForm(envoi(request), lecture=lecture)
    if request.method == "POST" and form.is_valid():
        try:
            prescription = _accepter(request, lue, form)
        except DoublonsPossibles:
            form.add_error("personne", "Quelqu’un de connu lui ressemble : regardez la liste, puis choisissez.")
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La demande est acceptée : la prescription est prête à être signée et transmise.")
            return redirect(prescription)
    contexte = {"d": lue, "lecture": lecture, "form": form}
    return render(request, "parcours/demandes/accepter.html", contexte, status=422 if form.errors else 200)


def _accepter(request: HttpRequest, demande: DemandePublique, form: AccepterForm) -> Any:
    propres = form.cleaned_data
    return accepter_demande(
        demande=demande, personne=form.choisie, motivation=propres["motivation"], operateur=propres["operateur"],
        distinctes=cles_postees(request, "distinctes"), prevenir_demandeur=propres["prevenir"], par=request.user,
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def demande_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Note a call, decline, open again."""
    lue = _lue(request, pk)
    acte = ACTES.get(geste)
    if acte is None:
        raise Http404("Ce geste n’existe pas.")
    exiger(peut_agir_demande(request.user, lue, acte.verbe))
    return poser_acte(request, acte, lue, "parcours/demandes/geste.html", {"d": lue})
