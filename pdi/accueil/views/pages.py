"""Pages of text: accessibility statement, personal data, help. Open to everyone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def accessibilite(request: HttpRequest) -> HttpResponse:
    """Accessibility statement (law 2005-102, art. 47; RGAA 4.1)."""
    return render(request, "accueil/pages/accessibilite.html")


@require_safe
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    """What personal data the application keeps, why, how long, and whom to ask."""
    return render(request, "accueil/pages/donnees_personnelles.html")


@require_safe
def aide(request: HttpRequest) -> HttpResponse:
    """Help: what each page is for, the words used, the keyboard."""
    return render(request, "accueil/pages/aide.html")
