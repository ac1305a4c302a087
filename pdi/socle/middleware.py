"""Middleware of the ground floor."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import Resolver404, resolve

from .contexte import depuis


class ContexteMiddleware:
    """Tell the journal and the logs which screen the request is for, by URL name."""

    def __init__(self, suite: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.suite = suite

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the request inside its context."""
        try:
            ecran = resolve(request.path_info).view_name
        except Resolver404:
            ecran = "inconnu"
        identifiant = uuid.uuid4().hex[:12]
        with depuis(ecran, identifiant):
            reponse = self.suite(request)
        reponse["X-Requete"] = identifiant
        return reponse


class GesteMiddleware:
    """Answer a page to who reads, in a browser, an address that only writes: the refusal of Django is empty."""

    def __init__(self, suite: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.suite = suite

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the request; dress a bare 405."""
        reponse = self.suite(request)
        nue = isinstance(reponse, HttpResponseNotAllowed) and not reponse.content
        if not (nue and request.method == "GET" and "text/html" in request.headers.get("Accept", "")):
            return reponse
        page = render(request, "erreurs/405.html", status=405)
        page["Allow"] = reponse["Allow"]
        return page
