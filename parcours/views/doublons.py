"""Files that may be those of one person: the queue, the comparison, then one file or two."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from parcours import droits
from parcours.droits.doublons import peut_rapprocher
from parcours.droits.personnes import peut_exporter_personnes
from parcours.listes_doublons import COLONNES_EXPORT, ListeDoublons
from parcours.models import Personne
from parcours.operations.consultations import consigner
from parcours.operations.fusion import ecarter_doublon, fusionner, obstacles
from parcours.rapprochements import comparaison, la_plus_remplie
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Une fiche"), Colonne("L’autre"), Colonne("Pourquoi"), Colonne("Gestes", masquee=True),
)  # fmt: skip
ECRAN, MOTIF = "Rapprochement de deux fiches", "Rapprochement de deux fiches qui se ressemblent"


@login_required
@never_cache
@require_GET
def doublons(request: HttpRequest) -> HttpResponse:
    """List the pairs of files that look alike, the surest first."""
    exiger(peut_rapprocher(request.user))
    liste = ListeDoublons(request.user, request.GET)
    contexte = {
        "liste": liste, "filtres": liste.filtres, "page": liste.page, "total": len(liste.toutes),
        "exporter": peut_exporter_personnes(request.user).ok, "colonnes": COLONNES,
    }  # fmt: skip
    return render(request, "parcours/doublons/doublons.html", contexte)


@login_required
@never_cache
@require_GET
def doublons_export(request: HttpRequest) -> HttpResponseBase:
    """Export the pairs of the filter."""
    exiger(peut_rapprocher(request.user))
    exiger(peut_exporter_personnes(request.user))
    liste = ListeDoublons(request.user, request.GET)
    return reponse_export(
        request, nom="doublons", titre="Doublons à rapprocher", colonnes=COLONNES_EXPORT, lignes=liste.trouvees,
        filtres=liste.filtres.en_mots,
    )  # fmt: skip


def _fiches(request: HttpRequest, une: int, autre: int) -> tuple[Any, Any]:
    """Return both files, in that order, or raise 404 when one is not to be found."""
    exiger(peut_rapprocher(request.user))
    lues = droits.avec_acces(Personne.objects.visibles_par(request.user), request.user)
    trouvees = {p.pk: p for p in lues.defer("nir_chiffre", "recherche").filter(pk__in=(une, autre))}
    if une == autre or len(trouvees) != 2:
        raise Http404("Ces deux fiches ne sont pas dans votre périmètre.")
    return trouvees[une], trouvees[autre]


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def doublon(request: HttpRequest, une: int, autre: int) -> HttpResponse:
    """Show two files side by side; make one of them, or say that they are two people."""
    fiches = _fiches(request, une, autre)
    erreur = ""
    if request.method == "POST":
        try:
            return _decider(request, une, autre)
        except RegleMetier as refus:
            erreur = refus.message
    else:
        for fiche in fiches:
            libre = droits.acces(request.user, fiche) is droits.Acces.LIBRE
            consigner(personne=fiche, par=request.user, ecran=ECRAN, motif="" if libre else MOTIF)
    garde = request.POST.get("garde") or str(la_plus_remplie(une, autre))
    contexte = {
        "une": fiches[0], "autre": fiches[1], "traits": comparaison(une, autre), "garde": garde, "erreur": erreur,
        "obstacles": obstacles(*fiches), "motif": request.POST.get("motif", ""), "jour": timezone.localdate(),
        "colonnes": (Colonne("Donnée"), Colonne(f"Fiche {une}"), Colonne(f"Fiche {autre}")),
    }  # fmt: skip
    return render(request, "parcours/doublons/comparer.html", contexte, status=422 if erreur else 200)


def _decider(request: HttpRequest, une: int, autre: int) -> HttpResponse:
    """Do what was asked; raises RegleMetier."""
    if request.POST.get("geste") == "distinguer":
        ecarter_doublon(une=une, autre=autre, par=request.user)
        messages.success(request, "Ce sont deux personnes : ces deux fiches ne seront plus rapprochées.")
        return redirect("parcours:doublons")
    garde = request.POST.get("garde", "")
    if garde not in (str(une), str(autre)):
        raise RegleMetier("Choisissez la fiche qui reste.")
    absorbee = autre if garde == str(une) else une
    fusionner(garde=int(garde), absorbee=absorbee, par=request.user, motif=request.POST.get("motif", ""))
    messages.success(request, "Les deux fiches n’en font plus qu’une. Ce qui a été déplacé est gardé en trace.")
    return redirect("parcours:personne", int(garde))
