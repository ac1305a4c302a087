"""What search engines read first: where they may go, and the addresses of the public pages."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from gouvernance.public import pacte_en_ligne
from offre.adresses import adresse_publique
from offre.models import OffreInsertion
from offre.views.public import ouverte_a_tous

PAGES = ("offre:offres_publiques", "offre:carte_publique", "api:documentation", "api:donnees_ouvertes")
PACTE = "gouvernance:pacte_public"  # its published reports are under it
OUVERTES = (*PAGES, PACTE, "accueil:accessibilite", "accueil:donnees_personnelles", "accueil:aide")


class PagesPubliques(Sitemap):  # type: ignore[type-arg]  # not generic at run time
    """The pages of the public catalogue that are not one offer, and that of the pact when it is online."""

    changefreq = "daily"

    def items(self) -> list[str]:
        """Return the names of the pages."""
        return [*PAGES, *([PACTE] if pacte_en_ligne() else [])]

    def location(self, item: str) -> str:
        """Return the address of a page."""
        return reverse(item)


class OffresPubliques(Sitemap):  # type: ignore[type-arg]  # idem
    """The published offers, each at the address its page says canonical."""

    def items(self) -> QuerySet[OffreInsertion]:
        """Return the published offers (one query, no more than an address and a date of each)."""
        return OffreInsertion.objects.publiees().only("intitule", "modifiee_le").order_by("pk")

    def location(self, item: OffreInsertion) -> str:
        """Return the public page of an offer."""
        return adresse_publique(item)

    def lastmod(self, item: OffreInsertion) -> datetime.datetime:
        """Return when the sheet last changed."""
        return item.modifiee_le


@ouverte_a_tous
def plan_du_site(request: HttpRequest) -> HttpResponse:
    """List the addresses of the public catalogue for search engines."""
    sections: dict[str, Any] = {"pages": PagesPubliques, "offres": OffresPubliques}
    reponse = sitemap(request, sections)
    reponse.render()
    return reponse


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Open the public catalogue to robots and nothing else; a demonstration opens nothing: its data are fictitious."""
    lignes = ["User-agent: *"]
    if settings.DEMONSTRATION:
        lignes.insert(0, "# Démonstration : données fictives, rien à référencer.")
    else:
        lignes += [f"Allow: {reverse(page)}{'' if page in (PAGES[0], PACTE) else '$'}" for page in OUVERTES]
        lignes += ["Allow: /static/"]
    lignes += ["Disallow: /", "", f"Sitemap: {request.build_absolute_uri(reverse('accueil:plan_du_site'))}", ""]
    return HttpResponse("\n".join(lignes), content_type="text/plain; charset=utf-8")
