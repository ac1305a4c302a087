"""Imports: the lots, a new one, the help and the template of a kind."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from parcours.droits.imports import peut_importer
from parcours.forms.imports import DepotForm
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.formulaires import signaler
from pdi.socle.imports import operations
from pdi.socle.imports.declarations import Genre, genre_de, genres_permis
from pdi.socle.imports.page import TONS_LOT
from pdi.socle.imports.retours import modele_xlsx
from pdi.socle.models import EtatLot, LotImport
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Lot"), Colonne("Contenu"), Colonne("Lignes", nb=True), Colonne("À traiter", nb=True), Colonne("État"),
    Colonne("Déposé"),
)  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FiltresLots(Filtres):
    """Filters of the list of lots."""

    genre = FiltreChoix("Contenu", champ="genre")
    etat = FiltreChoix("État", champ="etat", choix=EtatLot.choices)
    mot = FiltreTexte("Provenance ou nom du fichier", champs=("source", "nom_fichier"), large=True)


def url_lot(pk: int | str) -> str:
    """Return where a lot is followed; « {pk} » stands for one that has no key yet."""
    return reverse("parcours:import_lot", args=[0]).replace("/0/", f"/{pk}/")


@login_required
@never_cache
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """List the lots."""
    exiger(peut_importer(request.user))
    permis = genres_permis(request.user)
    filtres = FiltresLots(request.GET, choix={"genre": [(g.code, g.titre) for g in permis]})
    lots = filtres.appliquer(LotImport.objects.visibles_par(request.user).select_related("depose_par"))
    page = PageParCle(lots, ["-depose_le"], request.GET.get("curseur"))
    lignes = [(lot, genre_de(lot.genre), TONS_LOT[EtatLot(lot.etat)]) for lot in page.objets]
    contexte = {"filtres": filtres, "page": page, "lignes": lignes, "colonnes": COLONNES, "genres": permis}
    return render(request, "parcours/imports/lots.html", contexte)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_nouveau(request: HttpRequest) -> HttpResponse:
    """Deposit a file."""
    exiger(peut_importer(request.user))
    genres = genres_permis(request.user)
    initial = {"genre": request.GET.get("genre", genres[0].code), "source": request.GET.get("source", "")}
    form = DepotForm(request.POST or None, request.FILES or None, genres=genres, initial=initial)
    if request.method == "POST" and form.is_valid():
        propre = form.cleaned_data
        try:
            lot = operations.deposer(
                genre=propre["genre"], fichier=propre["fichier"], source=propre["source"], options=propre["options"],
                par=request.user, url=url_lot("{pk}"),
            )  # fmt: skip
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            if deja := operations.deja_depose(lot):
                messages.info(request, f"Ce fichier est aussi celui du lot {deja.pk} : rien n’est écrit deux fois.")
            return redirect("parcours:import_lot", lot.pk)
    statut = 422 if request.method == "POST" else 200
    return render(request, "parcours/imports/nouveau.html", {"form": form}, status=statut)


def _genre(request: HttpRequest, code: str) -> Genre:
    exiger(peut_importer(request.user))
    trouve = next((g for g in genres_permis(request.user) if g.code == code), None)
    if trouve is None:
        raise Http404
    return trouve


@login_required
@require_safe
def import_aide(request: HttpRequest, genre: str) -> HttpResponse:
    """Say what a file of this kind holds: columns, accepted values, examples, how a row is recognised."""
    lu = _genre(request, genre)
    champs = [(c, c.exemple or next((v for v in c.choix.values() if v), "")) for c in lu.champs]
    colonnes = (Colonne("Colonne"), Colonne("Accepté"), Colonne("Exemple"), Colonne("Autres titres reconnus"))
    return render(request, "parcours/imports/aide.html", {"genre": lu, "champs": champs, "colonnes": colonnes})


@login_required
@require_safe
def import_modele(request: HttpRequest, genre: str) -> HttpResponse:
    """Download the empty template of a kind."""
    lu = _genre(request, genre)
    reponse = HttpResponse(modele_xlsx(lu), content_type=XLSX)
    reponse["Content-Disposition"] = f'attachment; filename="modele-{lu.code}-{timezone.localdate():%Y-%m-%d}.xlsx"'
    return reponse
