"""Documents of a meeting: preparation pack, minutes, presence sheet."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gouvernance.document.seance import GENRES, DocumentSeance
from gouvernance.droits_instances import peut_tenir_instance, tient
from gouvernance.models import EtatSeance, Seance
from pdi.socle.droits import OUI, exiger, non

MINUTEES = (EtatSeance.OUVERTE, EtatSeance.TENUE)
PROJET = "Le relevé d’une séance se lit une fois la séance close : d’ici là, c’est un projet du secrétariat."


def _lire(request: HttpRequest, pk: int, genre: str) -> DocumentSeance:
    """Return a document the reader may have. Raises Http404, DroitInsuffisant (presence sheet, draft minutes)."""
    if genre not in GENRES:
        raise Http404("Ce document n’existe pas.")
    visibles = Seance.objects.visibles_par(request.user).select_related("instance__territoire")
    lue = get_object_or_404(visibles, pk=pk)
    if genre == "emargement":
        exiger(peut_tenir_instance(request.user, lue.instance))
    if genre == "releve" and lue.etat not in MINUTEES:
        raise Http404("La séance n’a pas encore eu lieu : elle n’a pas de relevé.")
    if genre == "releve" and lue.etat == EtatSeance.OUVERTE:
        exiger(OUI if tient(request.user, lue.instance) else non(PROJET))
    return DocumentSeance.lire(lue, genre, request.user)


def _repondre(octets: bytes, nom: str, type_mime: str) -> HttpResponse:
    reponse = HttpResponse(octets, content_type=type_mime)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@login_required
@never_cache
@require_safe
def seance_pdf(request: HttpRequest, pk: int, genre: str) -> HttpResponse:
    """Print a document of the meeting."""
    document = _lire(request, pk, genre)
    return _repondre(document.imprimer().octets, f"{genre}-seance-{pk}.pdf", "application/pdf")


@login_required
@never_cache
@require_safe
def seance_word(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the minutes as a Word file."""
    from gouvernance.document.seance_word import TYPE_WORD, releve_en_word  # noqa: PLC0415  # python-docx is heavy

    return _repondre(releve_en_word(_lire(request, pk, "releve")), f"releve-seance-{pk}.docx", TYPE_WORD)
