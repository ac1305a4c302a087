"""The application's URLs, and a bare authenticated view: session, user, an empty answer."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from pdi import urls as application
from pdi.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_required
def nue(request: HttpRequest) -> HttpResponse:
    """Answer the user's identifier: what every page pays before its own work."""
    return HttpResponse(str(request.user.pk))


urlpatterns: list[URLPattern | URLResolver] = [*application.urlpatterns, path("banc/nue", nue)]
