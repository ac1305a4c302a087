"""Answering a prescription without an account, by the link its operator received; and the setting of these links."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parcours.droits.reponses import peut_regler_reponse
from parcours.forms.reponses import ReglageForm, ReponseLienForm
from parcours.models import LienReponse, ReglageReponse
from parcours.operations.liens_reponse import lien_de, regler_reponse, sert_encore
from parcours.operations.reponses import repondre_par_lien
from parcours.regles.delais import age_au
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import ECRITURE, envoi, signaler
from pdi.socle.limites import faire_attendre, trop_souvent
from pdi.socle.navigation import garder_secrete
from pdi.structures.models import Structure

MAXIMUM, SECONDES = 60, 600  # openings of these pages from one address


def _ferme(request: HttpRequest, lien: LienReponse | None) -> HttpResponse:
    """Say that the link no longer answers, and what to do; nothing of the prescription."""
    contexte = {"lien": lien}
    return garder_secrete(
        render(request, "parcours/reponses/ferme.html", contexte, status=404 if lien is None else 410)
    )


def _resume(lien: LienReponse) -> dict[str, Any]:
    """Return what answering needs: the action, what is expected, the first name and the age, who to ask."""
    p = lien.prescription
    naissance = p.personne.date_naissance
    return {
        "p": p, "lien": lien, "prenom": p.personne.prenoms.split(" ")[0], "initiale": p.personne.nom_naissance[:1],
        "age": age_au(naissance, timezone.localdate()) if naissance else None,
    }  # fmt: skip


@never_cache
@require_http_methods(ECRITURE)
def reponse(request: HttpRequest, jeton: str) -> HttpResponse:
    """Show the prescription of a link, and answer it by POST, once. No account: whoever holds the address answers."""
    if trop_souvent(request, "parcours.reponse", maximum=MAXIMUM, secondes=SECONDES):
        return garder_secrete(faire_attendre(request, SECONDES, domaine="parcours"))
    lien = lien_de(jeton)
    if lien is None or not sert_encore(lien, timezone.localdate()):
        return _ferme(request, lien)
    form = ReponseLienForm(envoi(request))
    if request.method == "POST" and form.is_valid():
        retenue = form.cleaned_data["reponse"] == "retenue"
        try:
            repondre_par_lien(
                jeton=jeton, retenue=retenue, motif=form.cleaned_data["motif"],
                commentaire=form.cleaned_data["commentaire"],
            )  # fmt: skip
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            faite = {**_resume(lien), "retenue": retenue}
            return garder_secrete(render(request, "parcours/reponses/faite.html", faite))
    contexte = {**_resume(lien), "form": form}
    return garder_secrete(
        render(request, "parcours/reponses/repondre.html", contexte, status=422 if form.errors else 200)
    )


@login_required
@never_cache
@require_http_methods(ECRITURE)
def reponse_reglage(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where an operator is written to, and whether links let it answer."""
    structure = get_object_or_404(Structure, pk=pk)
    exiger(peut_regler_reponse(request.user, structure))
    reglage = ReglageReponse.objects.filter(structure=structure).first()
    initial = {
        "courriel": reglage.courriel if reglage else structure.courriel, "actif": bool(reglage and reglage.actif),
    }  # fmt: skip
    form = ReglageForm(envoi(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            regler_reponse(structure=structure, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "Le réglage des réponses par lien est enregistré.")
            return redirect("parcours:reponse_reglage", structure.pk)
    contexte = {"structure": structure, "form": form, "reglage": reglage, "jours": settings.LIEN_REPONSE_JOURS}
    return render(request, "parcours/reponses/reglage.html", contexte, status=422 if form.errors else 200)
