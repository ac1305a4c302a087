"""A proposed change of a published sheet: what would change, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from offre.droits_fiches import peut_changer_proposition, reste_a_faire
from offre.models import EtatProposition, OffreInsertion, PropositionOffre
from offre.operations import propositions as operations
from offre.versions import A_LIRE, RESERVES, contenu_de, differences
from pdi.socle.droits import RegleMetier

GESTES: dict[str, tuple[Callable[..., PropositionOffre], str, str]] = {
    "soumettre_proposition": (operations.soumettre_proposition, "Envoyer en relecture", "est en relecture."),
    "reprendre_proposition": (operations.reprendre_proposition, "Reprendre pour changer", "est reprise."),
    "accepter_proposition": (
        operations.accepter_proposition, "Accepter et publier", "est acceptée : la fiche publiée la reprend.",
    ),
    "renvoyer_proposition": (
        operations.renvoyer_proposition, "Renvoyer pour correction",
        "est renvoyée ; son opérateur est prévenu.",
    ),
    "retirer_proposition": (
        operations.retirer_proposition, "Abandonner la modification", "est retirée. La fiche ne change pas.",
    ),
}  # fmt: skip
TONS = {
    EtatProposition.REDACTION: ("neutre", "pencil"), EtatProposition.SOUMISE: ("info", "eye"),
    EtatProposition.A_CORRIGER: ("veille", "arrow-return-left"), EtatProposition.ACCEPTEE: ("bon", "check-circle"),
    EtatProposition.RETIREE: ("neutre", "x-circle"),
}  # fmt: skip


def _lue(request: HttpRequest, pk: int) -> PropositionOffre:
    visibles = PropositionOffre.objects.visibles_par(request.user).select_related("offre", "par", "decidee_par")
    return get_object_or_404(visibles.prefetch_related("offre__operateurs"), pk=pk)


def _actuel(proposition: PropositionOffre) -> dict[str, object]:
    return contenu_de(OffreInsertion.objects.prefetch_related(*A_LIRE).get(pk=proposition.offre_id))


@login_required
@require_safe
def proposition(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what would change, field by field, against what the sheet says now."""
    lue = _lue(request, pk)
    ouverte = lue.etat in (EtatProposition.REDACTION, EtatProposition.SOUMISE, EtatProposition.A_CORRIGER)
    actuel = _actuel(lue) if ouverte else lue.avant
    apres = operations.contenu_fusionne(lue, actuel) if ouverte else lue.contenu
    bouge = {d.cle for d in differences(lue.avant, actuel, RESERVES)}
    changes = {d.cle for d in differences(lue.avant, lue.contenu, RESERVES)}
    ton, icone = TONS[EtatProposition(lue.etat)]
    contexte = {
        "proposition": lue, "offre": lue.offre, "ton": ton, "icone": icone,
        "differences": differences(actuel, apres, RESERVES), "bouge_aussi": bouge & changes,
        "gestes": {v: g[1] for v, g in GESTES.items() if peut_changer_proposition(request.user, lue, v)},
        "a_ecrire": reste_a_faire(lue) and bool(peut_changer_proposition(request.user, lue, "soumettre_proposition")),
    }  # fmt: skip
    return render(request, "offre/proposition.html", contexte)


@login_required
@require_POST
def proposition_etat(request: HttpRequest, pk: int, verbe: str) -> HttpResponse:
    """Send it, take it back, accept it, send it back, give it up."""
    if verbe not in GESTES:
        raise Http404
    operation, _, fait = GESTES[verbe]
    lue = _lue(request, pk)
    motif = {"commentaire": request.POST.get("commentaire", "")[:2000]} if verbe == "renvoyer_proposition" else {}
    try:
        operation(proposition=lue, par=request.user, **motif)
    except RegleMetier as refus:
        messages.warning(request, refus.message)
        return redirect(lue)
    messages.success(request, f"La modification {fait}")
    return redirect(lue.offre if verbe in ("accepter_proposition", "retirer_proposition") else lue)
