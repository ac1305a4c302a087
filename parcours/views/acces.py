"""How every screen about a person opens it: found, opened, or written about. None else reads a person by key."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from parcours import droits
from parcours.annotations import a_lire_avec
from parcours.models import Adresse, Personne
from parcours.operations.consultations import consigner, motif_du_jour
from pdi.socle.droits import exiger

P = ParamSpec("P")


def personne_lue(request: HttpRequest, pk: int) -> Any:
    """Return the person with `commune` and what `droits.acces` reads, or raise 404 outside what the user may find.

    Opening her page may still ask for a motive: see `droits.acces`.
    """
    exiger(droits.peut_lister_personnes(request.user))
    ici = Adresse.objects.filter(personne=OuterRef("pk"), periode__contains=timezone.localdate())
    visibles = droits.avec_acces(Personne.objects.visibles_par(request.user), request.user)
    lue = (
        visibles.defer("nir_chiffre", "nir_empreinte", "recherche")
        .annotate(commune=Subquery(ici.values("commune__nom")[:1]), **a_lire_avec())
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


class MotifAttendu(Exception):
    """What is asked for belongs to a person whose page opens on a motive only."""

    def __init__(self, personne: int) -> None:
        """Keep her key."""
        super().__init__("motif attendu")
        self.personne = personne


def personne_ouverte(request: HttpRequest, pk: int, ecran: str, *, entiere: bool = False) -> Any:
    """Return the person as `personne_lue`, for a screen that shows what her page holds: the consultation is recorded.

    `entiere`: the screen is about more than what a prestataire may read. Raises Http404, and MotifAttendu when no
    motive was given today (the view is then under `avec_motif`).
    """
    lue = personne_lue(request, pk)
    if entiere and droits.acces(request.user, lue) is droits.Acces.REDUIT:
        raise Http404(droits.HORS_PORTEE)
    motif = ""
    if droits.acces(request.user, lue) is droits.Acces.MOTIVE:
        motif = motif_du_jour(personne=lue, par=request.user)
        if not motif:
            raise MotifAttendu(pk)
    consigner(personne=lue, par=request.user, ecran=ecran, motif=motif)
    return lue


def avec_motif(vue: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Send to the form of the motive when the view opens somebody's page without one."""

    @wraps(vue)
    def ouvrir(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return vue(*args, **kwargs)
        except MotifAttendu as attendu:
            return redirect("parcours:personne_acces", attendu.personne)

    return ouvrir
