"""The offers to prescribe to a person: those that fit her first, and why the others do not."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parcours import droits
from parcours.correspondances import Demande, demande_de
from parcours.droits.prescriptions import origines_ouvertes, peut_prescrire
from parcours.lecture_prescriptions import OffresAPrescrire
from parcours.operations.consultations import consigner
from parcours.regles.correspondances import Profil
from parcours.views.acces import personne_lue
from pdi.socle.droits import exiger


@login_required
@never_cache
@require_safe
def prescription_choisir(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose an offer for a person, each with its reasons; a prestataire, which reads no diagnosis, sees none."""
    personne, jour = personne_lue(request, pk), timezone.localdate()
    exiger(peut_prescrire(request.user, personne))
    entiere = bool(droits.peut_suivre(request.user, personne))
    demande = Demande(Profil(contrat=True))
    if entiere:
        demande = demande_de(personne, jour, sante=droits.voit_sante(request.user, personne))
        consigner(personne=personne, par=request.user, ecran="Offres adaptées")
    liste = OffresAPrescrire(request.user, request.GET, demande, jour, entiere=entiere)
    contexte: dict[str, Any] = {
        "personne": personne, "demande": demande, "entiere": entiere, "liste": liste, "filtres": liste.filtres,
        "page": liste.page, "lignes": liste.lignes(origines_ouvertes(request.user, suit=entiere)),
    }  # fmt: skip
    return render(request, "parcours/prescriptions/choisir.html", contexte)
