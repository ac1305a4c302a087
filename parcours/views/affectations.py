"""Référents of a person: designation, end; portfolios, their capacity."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from parcours.droits.affectations import (
    peut_designer_referent,
    peut_lire_portefeuilles,
    peut_transferer,
    portefeuilles_visibles,
)
from parcours.forms.affectations import CapaciteForm, DesignerForm, TerminerForm
from parcours.listes import ListePersonnes
from parcours.models import CapaciteReferent
from parcours.operations.affectations import SuiviEnCours, designer_referent, fixer_capacite, terminer_suivi
from parcours.portefeuilles import COLONNES_EXPORT, ListePortefeuilles, lire
from parcours.views.acces import personne_lue
from parcours.views.personnes import CHOISIR
from parcours.views.personnes import COLONNES as COLONNES_PERSONNES
from parcours.views.saisie_personne import retour, saisir
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import entier, signaler
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Référent", "nom"), Colonne("Personnes suivies", nb=True), Colonne("Contrats en retard", nb=True),
    Colonne("Sans contact depuis 3 mois", nb=True), Colonne("Dernier contact"),
)  # fmt: skip
COLONNES_SANS_COMPTE = (Colonne("Agent"), Colonne("Structure"), Colonne("Personnes suivies", nb=True))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def referent_designer(request: HttpRequest, pk: int) -> HttpResponse:
    """Appoint a référent; when one is in place, show him and ask to confirm that his follow-up ends."""
    personne = personne_lue(request, pk)
    exiger(peut_designer_referent(request.user, personne))
    form, en_cours = DesignerForm(request.POST or None, par=request.user), None
    if request.method == "POST" and form.is_valid():
        confirmee = entier(request.POST.get("confirmee"))
        try:
            nouvelle = designer_referent(
                personne=personne, saisie=form.saisie(), par=request.user, confirmee=confirmee
            )  # fmt: skip
        except SuiviEnCours as suivi:
            en_cours = suivi
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, f"{nouvelle} suit cette personne à partir du {nouvelle.periode.lower:%d/%m/%Y}.")
            return retour(request, personne)
    contexte = {"personne": personne, "form": form, "en_cours": en_cours}
    statut = 422 if request.method == "POST" else 200
    return render(request, "parcours/affectations/designer.html", contexte, status=statut)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def referent_terminer(request: HttpRequest, pk: int, affectation: int) -> HttpResponse:
    """End the follow-up without a successor, with its reason."""
    personne = personne_lue(request, pk)
    exiger(peut_designer_referent(request.user, personne))
    suivi = get_object_or_404(personne.affectations.select_related("referent"), pk=affectation)
    form = TerminerForm(request.POST or None)

    def faire() -> str:
        terminer_suivi(affectation=suivi, par=request.user, **form.cleaned_data)
        return f"Le suivi par {suivi} prend fin le {form.cleaned_data['dernier_jour']:%d/%m/%Y}."

    return saisir(
        request, personne, form, faire, titre=f"Terminer le suivi par {suivi}", bouton="Terminer le suivi",
        note="Personne ne suivra plus cette personne ensuite\u00a0: pour un changement, désignez plutôt le successeur.",
    )  # fmt: skip


@login_required
@require_GET
def portefeuilles(request: HttpRequest) -> HttpResponse:
    """List the portfolios: how many people, how many places, what is late."""
    exiger(peut_lire_portefeuilles(request.user))
    liste = ListePortefeuilles(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "lignes": liste.lignes, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page,
        "colonnes": COLONNES, "sans_compte": liste.sans_compte, "colonnes_sans_compte": COLONNES_SANS_COMPTE,
    }  # fmt: skip
    return render(request, "parcours/affectations/portefeuilles.html", contexte)


@login_required
@require_GET
def portefeuilles_export(request: HttpRequest) -> HttpResponseBase:
    """Export the portfolios of the filter: figures, nobody's name but the référents'."""
    exiger(peut_lire_portefeuilles(request.user))
    liste = ListePortefeuilles(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="portefeuilles", titre="Portefeuilles", colonnes=COLONNES_EXPORT, lignes=liste.toutes,
        filtres=liste.filtres.en_mots,
    )  # fmt: skip


def _referent(request: HttpRequest, pk: int) -> Any:
    exiger(peut_lire_portefeuilles(request.user))
    return get_object_or_404(portefeuilles_visibles(request.user), pk=pk)


@login_required
@never_cache
@require_GET
def portefeuille(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a portfolio: its figures, its people, the transfer of all or some of them."""
    referent, jour = _referent(request, pk), timezone.localdate()
    liste = ListePersonnes(request.user, request.GET, jour, portefeuille=referent)
    transfere = bool(peut_transferer(request.user))
    contexte = {
        "referent": referent, "p": lire([referent], request.user, jour)[0], "liste": liste, "page": liste.page,
        "filtres": liste.filtres, "tri": liste.tri, "transfere": transfere, "peut_ouvrir": True,
        "colonnes": (CHOISIR, *COLONNES_PERSONNES) if transfere else COLONNES_PERSONNES,
        "gestes": [("transferer", "Transférer à un autre référent")] if transfere else [],
    }  # fmt: skip
    return render(request, "parcours/affectations/portefeuille.html", contexte)


@login_required
@require_http_methods(["GET", "POST"])
def portefeuille_capacite(request: HttpRequest, pk: int) -> HttpResponse:
    """Set how many people this référent may follow at once."""
    referent = _referent(request, pk)
    exiger(peut_transferer(request.user))
    actuelle = CapaciteReferent.objects.filter(referent=referent, periode__contains=timezone.localdate()).first()
    form = CapaciteForm(request.POST or None, initial={"places": actuelle.places if actuelle else None})
    if request.method == "POST" and form.is_valid():
        fixer_capacite(referent=referent, places=form.cleaned_data["places"], par=request.user)
        messages.success(request, "La capacité est enregistrée, à partir d’aujourd’hui.")
        return redirect("parcours:portefeuille", pk)
    contexte = {"referent": referent, "form": form}
    statut = 422 if form.errors else 200
    return render(request, "parcours/affectations/capacite.html", contexte, status=statut)
