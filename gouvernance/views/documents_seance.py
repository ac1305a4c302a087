"""Documents of a meeting: preparation pack, minutes, presence sheet, printed by a job; minutes as Word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gouvernance.document.seance import GENRES, DocumentSeance
from gouvernance.droits_seances import peut_envoyer_releve, peut_imprimer
from gouvernance.models import EtatSeance, Seance
from gouvernance.operations.impressions import imprimer
from gouvernance.operations.releves import a_qui_envoyer, envoyer_releve
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import compte
from pdi.socle.formulaires import ECRITURE

MINUTEES = (EtatSeance.OUVERTE, EtatSeance.TENUE)


def _seance(request: HttpRequest, pk: int, genre: str) -> Seance:
    """Return a visible meeting that may have this document. Raises Http404."""
    visibles = Seance.objects.visibles_par(request.user).select_related("instance__territoire")
    lue = get_object_or_404(visibles, pk=pk)
    if genre not in GENRES or (genre == "releve" and lue.etat not in MINUTEES):
        raise Http404("Ce document n’existe pas.")
    return lue


def imprimer_suivi(request: HttpRequest, genre: str, objet: Any) -> HttpResponse:
    """Launch the printing of a document of `objet` and go to follow it; a refusal is told on its page."""
    try:
        traitement = imprimer(genre=genre, pk=objet.pk, par=request.user)
    except RegleMetier as refus:
        messages.warning(request, refus.message)
        return redirect(objet)
    return redirect("socle:traitement", traitement.pk)


@login_required
@never_cache
@require_POST
def seance_imprimer(request: HttpRequest, pk: int, genre: str) -> HttpResponse:
    """Launch the printing of a document, then follow it."""
    return imprimer_suivi(request, genre, _seance(request, pk, genre))


@login_required
@never_cache
@require_safe
def seance_word(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the minutes as a Word file."""
    from gouvernance.document.seance_word import TYPE_WORD, releve_en_word  # noqa: PLC0415  # python-docx is heavy

    lue = _seance(request, pk, "releve")
    exiger(peut_imprimer(request.user, lue, "releve"))
    reponse = HttpResponse(releve_en_word(DocumentSeance.lire(lue, "releve", request.user)), content_type=TYPE_WORD)
    reponse["Content-Disposition"] = f'attachment; filename="releve-seance-{pk}.docx"'
    return reponse


@login_required
@never_cache
@require_http_methods(ECRITURE)
def releve_envoyer(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then send the minutes to the members."""
    lue = _seance(request, pk, "releve")
    exiger(peut_envoyer_releve(request.user, lue))
    if request.method == "POST":
        try:
            traitement = envoyer_releve(seance=lue, par=request.user)
        except RegleMetier as refus:
            messages.warning(request, refus.message)
            return redirect(lue)
        return redirect("socle:traitement", traitement.pk)
    qui = compte(len(a_qui_envoyer(lue)), "membre")
    contexte = {
        "titre": "Envoyer le relevé aux membres ?", "bouton": "Envoyer le relevé", "grave": False,
        "retour": lue.get_absolute_url(),
        "texte": f"Le relevé part en PDF par courriel ({qui} avec une adresse). Si la séance est rouverte, il pourra "
        "être envoyé de nouveau.",
    }  # fmt: skip
    return render(request, "components/page_confirmation.html", contexte)
