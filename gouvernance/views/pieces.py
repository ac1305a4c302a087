"""Files of meetings, of decisions and of EP files: join, read, take back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gouvernance.droits_pieces import (
    peut_joindre,
    peut_retirer,
    pieces_de_decisions,
    pieces_de_dossiers,
    pieces_de_seances,
)
from gouvernance.forms.instances import PieceForm
from gouvernance.models import Decision, DossierEP, PieceDossierEP, Seance
from gouvernance.operations.pieces import joindre_piece, retirer_piece
from parcours.operations.consultations import consigner
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.formulaires import ECRITURE, envoi, mener
from pdi.socle.pieces import servir_piece

from .ep import chemin_ep
from .instances import ecrire
from .tenue_seances import chemin_seance


@dataclass(frozen=True)
class Genre:
    """What files are joined to: those the user reads, what a page about joining says."""

    porteurs: Callable[[Any], QuerySet[Any]]
    pieces: Callable[[Any], QuerySet[Any]]
    chemin: Callable[[Any], list[Lien]]
    cote: str
    texte: str = "Elle se lit par tous ceux qui lisent cette page. N’y mettez pas de nom de bénéficiaire."


GENRES = {
    "seance": Genre(
        lambda par: Seance.objects.visibles_par(par).select_related("instance__territoire"),
        pieces_de_seances, chemin_seance, "Séance",
    ),
    "decision": Genre(
        lambda par: Decision.objects.visibles_par(par).select_related("seance__instance__territoire"),
        pieces_de_decisions,
        lambda d: [*chemin_seance(d.seance), Lien(f"Décision {d}", d.get_absolute_url())], "Décision",
    ),
    "dossier": Genre(
        lambda par: DossierEP.objects.nommes_pour(par).select_related("personne", "instance"),
        pieces_de_dossiers, chemin_ep, "Dossier EP",
        "Courrier de la personne, accusé de réception, attestation : la pièce se lit par ceux qui lisent le dossier "
        "avec son nom, et s’efface avec lui.",
    ),
}  # fmt: skip


def _genre(nom: str) -> Genre:
    try:
        return GENRES[nom]
    except KeyError as inconnu:
        raise Http404("Ce genre de pièce n’existe pas.") from inconnu


@login_required
@require_safe
def piece(request: HttpRequest, genre: str, pk: int) -> FileResponse:
    """Download a file; that of an EP file leaves a consultation line."""
    lue = get_object_or_404(_genre(genre).pieces(request.user), pk=pk)
    if isinstance(lue, PieceDossierEP):
        consigner(personne=lue.dossier.personne, par=request.user, ecran="Pièce d’un dossier EP")
    return servir_piece(lue)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def piece_joindre(request: HttpRequest, genre: str, pk: int) -> HttpResponse:
    """Join a file."""
    dit = _genre(genre)
    porteur = get_object_or_404(dit.porteurs(request.user), pk=pk)
    exiger(peut_joindre(request.user, porteur))
    form = PieceForm(envoi(request), request.FILES if request.method == "POST" else None)
    reponse = mener(
        request, form, lambda: joindre_piece(porteur=porteur, fichier=form.cleaned_data["fichier"], par=request.user),
        dit="La pièce est jointe.", vers=porteur,
    )  # fmt: skip
    if reponse:
        return reponse
    return ecrire(
        request, form, titre="Joindre une pièce", bouton="Joindre la pièce", chemin=dit.chemin(porteur),
        cote=dit.cote, texte=dit.texte,
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def piece_retirer(request: HttpRequest, genre: str, pk: int) -> HttpResponse:
    """Ask, then take a file back."""
    lue = get_object_or_404(_genre(genre).pieces(request.user), pk=pk)
    exiger(peut_retirer(request.user, lue))
    porteur = lue.porteur
    if request.method == "POST":
        retirer_piece(piece=lue, par=request.user)
        messages.success(request, "La pièce est retirée.")
        return redirect(porteur)
    contexte = {
        "titre": f"Retirer « {lue.nom} »", "texte": "Le fichier est effacé. Le journal garde son nom et sa taille.",
        "bouton": "Retirer la pièce", "retour": porteur.get_absolute_url(), "grave": True,
    }  # fmt: skip
    return render(request, "components/page_confirmation.html", contexte)
