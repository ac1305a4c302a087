"""Offers that fit a person, and why the others do not."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from offre.models import CategorieOffre, OffreInsertion
from parcours import correspondances, droits
from parcours.droits.prescriptions import origines_admises, origines_ouvertes
from parcours.operations.consultations import consigner
from parcours.views.acces import personne_suivie
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle


class FiltresOffresAdaptees(Filtres):
    """Filters of the offers of a person."""

    mot = FiltreTexte("Mot de l’offre", champs=("intitule",), large=True)
    categorie = FiltreChoix("Catégorie", champ="categorie", choix=CategorieOffre.choices, vide="Toutes")
    communs = FiltreBooleen("Lève un de ses freins", si_vrai=Q(communs__gt=0))
    places = FiltreBooleen("Places libres dans une session", si_vrai=Q(libres__gt=0))
    proche = FiltreBooleen("Dans sa commune, sur son territoire ou à distance", si_vrai=Q(proximite__lte=2))


@login_required
@never_cache
@require_safe
def offres_adaptees(request: HttpRequest, pk: int) -> HttpResponse:
    """List the offers that fit a person (`?voir=ecartees`: those that do not), each with its reasons."""
    personne, jour = personne_suivie(request, pk), timezone.localdate()
    demande = correspondances.demande_de(personne, jour, sante=droits.voit_sante(request.user, personne))
    ecartee = correspondances.condition_ecartee(demande.profil)
    publiees = OffreInsertion.objects.visibles_par(request.user).publiees()
    origines = origines_ouvertes(request.user, suit=True)
    ecartees = request.GET.get("voir") == "ecartees"
    filtres = FiltresOffresAdaptees(request.GET)
    choisies = publiees.filter(ecartee) if ecartees else publiees.exclude(ecartee)
    trouvees = filtres.appliquer(correspondances.classees(choisies, demande, jour))
    decrites: Any = trouvees.prefetch_related("freins", "operateurs")
    page = PageParCle(decrites, correspondances.ORDRE, request.GET.get("curseur"))
    consigner(personne=personne, par=request.user, ecran="Offres adaptées")
    contexte = {
        "personne": personne, "page": page, "filtres": filtres, "ecartees": ecartees, "demande": demande,
        "lignes": [
            (correspondances.dire(offre, demande), bool(origines_admises(offre, origines))) for offre in page.objets
        ],
    }  # fmt: skip
    return render(request, "parcours/correspondances/offres.html", contexte)
