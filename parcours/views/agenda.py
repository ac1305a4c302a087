"""Screens of the diary: week, list, export, and the calendar feed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from parcours.agenda import COLONNES_EXPORT, LISTE, SEMAINE, Agenda
from parcours.droits import peut_lire_agenda
from parcours.flux import calendrier
from parcours.forms.entretiens import AbonnementForm
from parcours.models import AbonnementAgenda
from parcours.operations.agenda import abonnement_de, fermer_flux, jeton, ouvrir_flux, regler_flux
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Date et heure", "date"), Colonne("Personne, naissance"), Colonne("Nature, lieu"), Colonne("Agent"),
    Colonne("État"), Colonne("Gestes", masquee=True),
)  # fmt: skip


@login_required
@never_cache
@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """Show the reader's meetings, or the team's: a week day by day, or a list of any period."""
    exiger(peut_lire_agenda(request.user))
    lu = Agenda(request.user, request.GET, timezone.now())
    contexte = {
        "agenda": lu, "filtres": lu.filtres, "tri": lu.tri,
        "colonnes": [c for c in COLONNES if lu.equipe or c.titre != "Agent"],
        "liste": lu.vue == LISTE, "retour": request.get_full_path(),
        "vers_semaine": lu.vers(SEMAINE), "vers_liste": lu.vers(LISTE),
        "precedente": lu.semaine(-1), "suivante": lu.semaine(1),
    }  # fmt: skip
    return render(request, "parcours/entretiens/agenda.html", contexte)


@login_required
@require_GET
def agenda_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the list's filters."""
    exiger(peut_lire_agenda(request.user))
    get = request.GET.copy()
    get["vue"] = LISTE
    lu = Agenda(request.user, get, timezone.now())
    return reponse_export(
        request, nom="agenda", titre="Agenda", colonnes=COLONNES_EXPORT,
        lignes=lu.visibles.order_by(*lu.tri.cles), filtres=lu.filtres.en_mots,
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def agenda_abonnement(request: HttpRequest) -> HttpResponse:
    """Show the address of the reader's feed; open it, change it, say what it tells, close it."""
    exiger(peut_lire_agenda(request.user))
    if request.method == "POST":
        geste = request.POST.get("geste", "")
        if geste == "ouvrir":
            ouvrir_flux(par=request.user)
            messages.success(
                request, "L’adresse de votre agenda est prête. La précédente, s’il y en avait une, est close."
            )
        elif geste == "fermer":
            fermer_flux(par=request.user)
            messages.success(request, "L’abonnement est fermé : l’adresse ne donne plus rien.")
        elif geste == "regler" and (form := AbonnementForm(request.POST)).is_valid():
            regler_flux(initiales=form.cleaned_data["initiales"], par=request.user)
            messages.success(request, "Le réglage est enregistré.")
        return redirect("parcours:agenda_abonnement")
    abonnement = AbonnementAgenda.objects.filter(utilisateur=request.user.pk).first()
    adresse = ""
    if abonnement:
        adresse = request.build_absolute_uri(reverse("parcours:agenda_flux", args=[jeton(abonnement)]))
    form = AbonnementForm(initial={"initiales": abonnement.initiales if abonnement else False})
    contexte = {"abonnement": abonnement, "adresse": adresse, "form": form}
    return render(request, "parcours/entretiens/abonnement.html", contexte)


@never_cache
@require_http_methods(["GET", "HEAD"])
def agenda_flux(request: HttpRequest, jeton: str) -> HttpResponse:
    """Answer the calendar that a secret address opens. No account: whoever holds the address reads it."""
    abonnement = abonnement_de(jeton)
    if abonnement is None:
        raise Http404("Cet abonnement n’existe pas ou a été fermé.")
    reponse = HttpResponse(calendrier(abonnement, request.get_host()), content_type="text/calendar; charset=utf-8")
    reponse["Content-Disposition"] = 'inline; filename="agenda.ics"'
    reponse["X-Robots-Tag"] = "noindex"
    reponse["Referrer-Policy"] = "no-referrer"
    return reponse
