"""EP files: the list and its export, the page of one, submission, what is put on a meeting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gouvernance.droits_ep import (
    HORS_COMMISSION,
    lit_des_dossiers,
    peut_lister_dossiers_ep,
    peut_ouvrir_dossier_ep,
    peut_tenir_modeles_ep,
    voit_chiffres_ep,
)
from gouvernance.forms.ep import SaisineForm
from gouvernance.lecture_dossier_ep import LectureDossierEP, lire_dossier
from gouvernance.lecture_ep import annees_proposees, tableau_ep
from gouvernance.listes_ep import COLONNES_EXPORT, ListeEP
from gouvernance.models import DossierEP, Seance
from gouvernance.operations import ep as ops
from parcours.operations.consultations import consigner
from parcours.querysets import ROLES_SUIVI
from parcours.views.acces import personne_suivie
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, cles_postees, entier, envoi, signaler
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Personne, naissance"), Colonne("Thème", "theme"), Colonne("État", "etat"),
    Colonne("Étape attendue", "attendu"), Colonne("Équipe, séance"), Colonne("Territoire"),
)  # fmt: skip
CHOISIR = Colonne("Choisir", masquee=True)


def dossier_lu(request: HttpRequest, pk: int) -> DossierEP:
    """Return a file the reader may see. Raises Http404."""
    lu = lire_dossier(request.user, pk)
    if lu is None:
        raise Http404(HORS_COMMISSION)
    return lu


def chemin_ep(dossier: DossierEP | None = None) -> list[Lien]:
    """Return the way to a file, without any name."""
    liens = [Lien("Dossiers d’équipe pluridisciplinaire", reverse("gouvernance:ep_dossiers"))]
    return [*liens, Lien(str(dossier), dossier.get_absolute_url())] if dossier else liens


@login_required
@never_cache
@require_safe
def ep_dossiers(request: HttpRequest) -> HttpResponse:
    """List the files the reader may see, what is late first; the figures of the year for who steers."""
    exiger(peut_lister_dossiers_ep(request.user))
    liste = ListeEP(request.user, request.GET, timezone.localdate())
    demandee = request.GET.get("annee", "")
    annee = int(demandee) if demandee.isdecimal() and len(demandee) == 4 else timezone.localdate().year
    utilisateur: Any = request.user
    tient, suit = peut_tenir_modeles_ep(utilisateur).ok, utilisateur.a_role(*ROLES_SUIVI)
    chiffres = tableau_ep(annee) if voit_chiffres_ep(request.user) else None
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "chiffres": chiffres,
        "annees": annees_proposees(timezone.localdate().year), "annee": annee, "lit": lit_des_dossiers(request.user),
        "tient": tient, "agit": tient or suit,
        "colonnes": (CHOISIR, *COLONNES) if liste.seances else COLONNES,
    }  # fmt: skip
    return render(request, "gouvernance/ep/dossiers.html", contexte)


@login_required
@require_safe
def ep_dossiers_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter, names only where the reader knows them."""
    exiger(peut_lister_dossiers_ep(request.user))
    liste = ListeEP(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="dossiers-ep", titre="Dossiers d’équipe pluridisciplinaire", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@never_cache
@require_safe
def ep_dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a file; read with the name, the consultation of the person is recorded."""
    lu = dossier_lu(request, pk)
    lecture = LectureDossierEP(lu, request.user, timezone.localdate())
    if lecture.nommee:
        consigner(personne=lu.personne, par=request.user, ecran="Dossier d’équipe pluridisciplinaire")
    gabarit = "dossier" if lecture.nommee else "resume"
    return render(request, f"gouvernance/ep/{gabarit}.html", {"dossier": lu, "lecture": lecture})


def _saisir(request: HttpRequest, form: SaisineForm, **contexte: Any) -> HttpResponse:
    return render(request, "gouvernance/ep/saisir.html", {"form": form} | contexte, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def ep_ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit the situation of a person to a team, or keep a draft of it."""
    personne = personne_suivie(request, pk)
    exiger(peut_ouvrir_dossier_ep(request.user, personne))
    form = SaisineForm(envoi(request), territoire=ops.territoire_de(personne, timezone.localdate()))
    if request.method == "POST" and form.is_valid():
        form.cleaned_data.pop("version")
        soumettre = request.POST.get("suite") == "soumettre"
        try:
            ouvert = ops.ouvrir_dossier_ep(
                personne=personne, par=request.user, soumettre=soumettre, **form.cleaned_data
            )
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            dit = "Le dossier est soumis à l’équipe." if soumettre else "Le brouillon est enregistré."
            messages.success(request, dit)
            return redirect(ouvert)
    return _saisir(request, form, personne=personne, titre="Saisir l’équipe pluridisciplinaire", retour=personne)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def ep_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft, and submit it."""
    lu = dossier_lu(request, pk)
    personne = personne_suivie(request, lu.personne_id)
    form = SaisineForm(envoi(request), dossier=lu)
    if request.method == "POST" and form.is_valid():
        champs = dict(form.cleaned_data)
        version = champs.pop("version") or 0
        try:
            soumettre = request.POST.get("suite") == "soumettre"
            ops.modifier_dossier_ep(dossier=lu, version=version, par=request.user, soumettre=soumettre, **champs)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(
                request, "Le dossier est soumis à l’équipe." if soumettre else "Le dossier est enregistré."
            )
            return redirect(lu)
    return _saisir(request, form, personne=personne, titre="Modifier la saisine", retour=lu)


@login_required
@require_POST
def ep_inscrire(request: HttpRequest) -> HttpResponse:
    """Put the ticked files on the chosen meeting: all of them, or none."""
    visibles = Seance.objects.visibles_par(request.user).filter(instance__nature="ep")
    exiger(peut_lister_dossiers_ep(request.user))
    seance = get_object_or_404(visibles.select_related("instance"), pk=entier(request.POST.get("seance")))
    try:
        inscrits = ops.inscrire_dossiers(seance=seance, dossiers=cles_postees(request, "dossier"), par=request.user)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
        return redirect(f"{reverse('gouvernance:ep_dossiers')}?file=prets")
    messages.success(request, f"À l’ordre du jour : {len(inscrits)} dossier{'s' if len(inscrits) > 1 else ''}.")
    return redirect("gouvernance:ep_seance", seance.pk)
