"""The public page of the pact, and its published reports."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gouvernance.public import LecturePacte, pacte_en_ligne, rapports_publies
from offre.views.public import ouverte_a_tous
from pdi.socle.limites import faire_attendre, trop_souvent

HORS_LIGNE = "La page du pacte n’est pas en ligne."
MAXIMUM, SECONDES = 20, 300  # files from one address


@ouverte_a_tous
def pacte_public(request: HttpRequest) -> HttpResponse:
    """Show the pact to everybody."""
    programme = pacte_en_ligne()
    if programme is None:
        raise Http404(HORS_LIGNE)
    contexte = {
        "programme": programme, "lecture": LecturePacte(programme, timezone.localdate()), "indexable": not request.GET,
        "canonique": request.build_absolute_uri(reverse("gouvernance:pacte_public")),
    }  # fmt: skip
    return render(request, "gouvernance/vie/pacte.html", contexte)


@require_safe
def pacte_rapport(request: HttpRequest, annee: int) -> FileResponse | HttpResponse:
    """Give the published report of a year, as PDF."""
    programme = pacte_en_ligne()
    publiee = rapports_publies(programme).filter(rapport__annee=annee).first() if programme else None
    if publiee is None:
        raise Http404("Aucun rapport n’est publié pour cette année.")
    if trop_souvent(request, "gouvernance.pacte_rapport", maximum=MAXIMUM, secondes=SECONDES):
        return faire_attendre(request, SECONDES, domaine="gouvernance")
    try:
        ouvert = publiee.pdf.open("rb")
    except FileNotFoundError as absent:
        raise Http404("Le fichier de ce rapport est absent du stockage.") from absent
    fichier = FileResponse(ouvert, as_attachment=True, filename=f"rapport-{programme.code}-{annee}.pdf")  # type: ignore[union-attr]
    fichier["Cache-Control"] = "public, max-age=3600"
    return fichier
