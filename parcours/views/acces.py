"""How every screen about a person opens it: found, opened, or written about. None else reads a person by key."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest
from django.utils import timezone

from parcours import droits
from parcours.models import Adresse, Personne
from pdi.socle.droits import exiger


def personne_lue(request: HttpRequest, pk: int) -> Any:
    """Return the person with `commune` and what `droits.acces` reads, or raise 404 outside what the user may find.

    Opening her page may still ask for a motive: see `droits.acces`.
    """
    exiger(droits.peut_lister_personnes(request.user))
    ici = Adresse.objects.filter(personne=OuterRef("pk"), periode__contains=timezone.localdate())
    visibles = droits.avec_acces(Personne.objects.visibles_par(request.user), request.user)
    lue = (
        visibles.defer("nir_chiffre", "nir_empreinte", "recherche")
        .annotate(commune=Subquery(ici.values("commune__nom")[:1]))
        .filter(pk=pk)
        .first()
    )
    if lue is None or droits.acces(request.user, lue) is droits.Acces.REFUSE:
        raise Http404(droits.HORS_PORTEE)
    return lue


def personne_suivie(request: HttpRequest, pk: int) -> Any:
    """Return the person as `personne_lue`, for a screen that writes in her path: 403 when the user only reads it."""
    lue = personne_lue(request, pk)
    exiger(droits.peut_suivre(request.user, lue))
    return lue
