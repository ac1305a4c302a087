"""A request of the public: the form without an account, and the confirmation by the link of an e-mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from offre.models import OffreInsertion
from parcours.forms.demandes_publiques import DemandeForm
from parcours.operations.demandes_publiques import (
    attend_confirmation,
    confirmer_demande,
    demande_de,
    deposer_demande,
    lien_de_confirmation,
    se_demande,
)
from pdi.socle.droits import RegleMetier
from pdi.socle.formulaires import ECRITURE, signaler
from pdi.socle.limites import faire_attendre, trop_souvent
from pdi.socle.navigation import garder_secrete

OUVERTURES, ENVOIS, SECONDES = 60, 10, 600  # pages and sendings from one address


def _envoyee(request: HttpRequest, offre: OffreInsertion, form: DemandeForm, demande: Any) -> HttpResponse:
    """Say where the link was sent: the same page whoever the person is, and whatever happened to the request."""
    contexte = {
        "offre": offre, "courriel": form.cleaned_data["courriel"], "jours": settings.DEMANDE_CONFIRMATION_JOURS,
        # Nobody reads the mail of a demonstration.
        "lien_demonstration": lien_de_confirmation(demande) if demande and settings.DEMONSTRATION else "",
    }  # fmt: skip
    return garder_secrete(render(request, "parcours/demandes/envoyee.html", contexte))


@sensitive_post_parameters()
@never_cache
@require_http_methods(ECRITURE)
def demande_creer(request: HttpRequest, offre: int) -> HttpResponse:
    """Ask for an offer open to self-prescription. Nothing is handed over before the confirmation."""
    poste = request.method == "POST"
    if trop_souvent(request, f"demande.{poste}", maximum=ENVOIS if poste else OUVERTURES, secondes=SECONDES):
        return garder_secrete(faire_attendre(request, SECONDES, domaine="offre"))
    lue = get_object_or_404(OffreInsertion.objects.publiees(), pk=offre)
    if not se_demande(lue):
        raise Http404("Cette offre ne se demande pas en ligne.")
    form = DemandeForm(request.POST if poste else None)
    if poste and form.is_valid():
        try:
            demande = None if form.piegee else deposer_demande(offre=lue, saisie=form.saisie())
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            return _envoyee(request, lue, form, demande)
    contexte = {"offre": lue, "form": form, "conservation": settings.CONSERVATION_DEMANDES_JOURS}
    return garder_secrete(
        render(request, "parcours/demandes/demander.html", contexte, status=422 if form.errors else 200)
    )


@never_cache
@require_http_methods(ECRITURE)
def demande_confirmer(request: HttpRequest, jeton: str) -> HttpResponse:
    """Confirm a request by POST: opening the link alone, as mail filters do, confirms nothing."""
    if trop_souvent(request, "demande.lien", maximum=OUVERTURES, secondes=SECONDES):
        return garder_secrete(faire_attendre(request, SECONDES, domaine="offre"))
    demande = demande_de(jeton)
    if demande is None or not attend_confirmation(demande):
        statut = 404 if demande is None else 410
        faite = demande is not None and demande.confirmee_le is not None
        return garder_secrete(render(request, "parcours/demandes/ferme.html", {"faite": faite}, status=statut))
    if request.method == "POST":
        try:
            confirmer_demande(jeton_recu=jeton)
        except RegleMetier:
            return garder_secrete(render(request, "parcours/demandes/ferme.html", {"faite": True}, status=410))
        return garder_secrete(render(request, "parcours/demandes/confirmee.html", {"offre": demande.offre}))
    return garder_secrete(render(request, "parcours/demandes/confirmer.html", {"offre": demande.offre}))
