"""Letters on screen: write one, follow a lot, accept what is too long, print, open in Word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parcours.documents.courrier import Lettre
from parcours.droits.courriers import peut_imprimer_lot, peut_lire_courrier, peut_lire_lot, peut_preparer_courriers
from parcours.forms.courriers import CourrierForm
from parcours.models import Courrier, EtatCourrier, LotCourriers, Personne
from parcours.operations import courriers as operations
from parcours.operations.consultations import consigner, consigner_liste
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import cles_postees, envoi
from pdi.socle.tri import Colonne

from .acces import personne_lue, personne_suivie
from .lecture_contrat import reponse_document

COLONNES_LOT = (Colonne("Personne, naissance"), Colonne("État"), Colonne("Pages", nb=True), Colonne("Courrier"))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def courrier_nouveau(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a letter to one person."""
    personne = personne_suivie(request, pk)
    modeles = operations.modeles_en_vigueur(timezone.localdate())
    form = CourrierForm(envoi(request), modeles=modeles)
    trop_long = False
    if form.is_valid():
        try:
            operations.ecrire_courrier(personne=personne, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            trop_long = isinstance(erreur, operations.CourrierTropLong)
            form.add_error(erreur.champ if erreur.champ in form.fields else None, erreur.message)
        else:
            messages.success(request, "Le courrier est prêt : ouvrez-le dans « Documents » pour l’imprimer.")
            return redirect(personne)
    _montrer_accepter(form, montrer=trop_long or "accepter" in request.POST)
    contexte = {"personne": personne, "form": form, "modeles": modeles}
    statut = 422 if form.is_bound and form.errors else 200
    return render(request, "parcours/courriers/nouveau.html", contexte, status=statut)


def _montrer_accepter(form: forms.Form, *, montrer: bool) -> None:
    """Ask to accept a long letter only once one is."""
    if not montrer:
        form.fields["accepter"].widget = forms.HiddenInput()


def _courrier(request: HttpRequest, pk: int) -> Courrier:
    """Return a letter that the reader may read, its reading recorded; 404 outside what they may find."""
    exiger(peut_preparer_courriers(request.user))
    courrier = get_object_or_404(Courrier.objects.select_related("modele"), pk=pk, etat=EtatCourrier.PRET)
    courrier.personne = personne_lue(request, courrier.personne_id)
    exiger(peut_lire_courrier(request.user, courrier))
    consigner(personne=courrier.personne, par=request.user, ecran="Courrier")
    return courrier


def _fichier(champ: Any, nom: str) -> FileResponse:
    try:
        ouvert = champ.open("rb")
    except (FileNotFoundError, ValueError) as absent:
        raise Http404("Le fichier est absent du stockage.") from absent
    reponse = FileResponse(ouvert, as_attachment=True, filename=nom, content_type="application/pdf")
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@login_required
@require_GET
def courrier_pdf(request: HttpRequest, pk: int) -> FileResponse:
    """Download a letter as it was made."""
    return _fichier(_courrier(request, pk).fichier, f"courrier-{pk}.pdf")


@login_required
@require_GET
def courrier_word(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a letter as a Word file that can be edited."""
    from parcours.documents.word import TYPE_WORD, courrier_en_word  # noqa: PLC0415  # python-docx is heavy

    courrier = _courrier(request, pk)
    return reponse_document(
        courrier_en_word(Lettre.lire(courrier.contenu)), nom=f"courrier-{pk}.docx", type_mime=TYPE_WORD
    )


def _lot(request: HttpRequest, pk: int) -> LotCourriers:
    """Return one of the reader's lots; those of others do not exist for them."""
    exiger(peut_preparer_courriers(request.user))
    lot = get_object_or_404(LotCourriers.objects.select_related("modele", "traitement"), pk=pk)
    if not peut_lire_lot(request.user, lot):
        raise Http404
    return lot


@login_required
@never_cache
@require_GET
def courriers_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a lot; once every page is counted, print it, and settle what is too long or cannot be written."""
    lot = _lot(request, pk)
    courriers = list(
        lot.courriers.select_related("personne").defer(
            "personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche", "contenu"
        ).order_by("personne__nom_affiche", "pk")
    )  # fmt: skip
    par_etat = {etat.value: [c for c in courriers if c.etat == etat] for etat in EtatCourrier}
    contexte = {"lot": lot, "courriers": courriers, "colonnes": COLONNES_LOT, "prets": par_etat["pret"],
                "longs": par_etat["deborde"], "ecartes": par_etat["ecarte"]}  # fmt: skip
    return render(request, "parcours/courriers/lot.html", contexte)


@login_required
@require_GET
def courriers_lot_pdf(request: HttpRequest, pk: int) -> FileResponse:
    """Download what is to be printed; the reading of each letter is recorded."""
    lot = _lot(request, pk)
    if not lot.fichier:
        raise Http404("Rien n’est prêt à imprimer.")
    exiger(peut_imprimer_lot(request.user, lot))
    ecrites = Personne.objects.filter(courriers__lot=lot, courriers__etat=EtatCourrier.PRET).only("pk")
    consigner_liste(personnes=ecrites, par=request.user, ecran="Lot de courriers")
    return _fichier(lot.fichier, f"courriers-lot-{pk}.pdf")


@login_required
@require_POST
def courriers_lot_accepter(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep letters that are too long."""
    lot = _lot(request, pk)
    choisis = cles_postees(request, "courrier")
    try:
        operations.accepter_debordements(lot=lot, courriers=choisis, par=request.user)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, "Ces courriers sont acceptés : le lot est assemblé de nouveau.")
    return redirect(lot)
