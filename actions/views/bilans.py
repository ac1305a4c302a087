"""Screens of a bilan: list, reading, writing, submission."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from actions.chiffres import ChiffreAffiche, chiffres_du_bilan, contenu_du_bilan
from actions.droits import peut_ecrire_bilan
from actions.forms.bilans import BilanForm
from actions.models import Bilan
from actions.operations.bilans import (
    BilanIncomplet,
    ConflitVersion,
    enregistrer_brouillon,
    saisie_enregistree,
    soumettre_bilan,
)
from actions.operations.chiffres_bilan import reprendre_chiffre
from actions.regles.bilans import manques_pour_soumettre
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import INSECABLE
from pdi.socle.formulaires import entier

from .lecture_bilan import LectureBilan, etapes_du_bilan, titre_renvoi
from .liste_bilans import ListeBilans


def bilan_visible(request: HttpRequest, pk: int) -> Bilan:
    """Return a bilan that the user may read, with what every screen shows."""
    visibles = Bilan.objects.visibles_par(request.user).select_related(
        "campagne__programme", "fiche__programme", "modifie_par", "soumis_par", "renvoye_par", "valide_par"
    )
    return get_object_or_404(visibles, pk=pk)


@login_required
@require_GET
def bilans(request: HttpRequest) -> HttpResponse:
    """List the bilans of the user: theirs to write, or all of them for a manager."""
    return render(request, "actions/bilans/bilans.html", ListeBilans(request, timezone.localdate()).contexte())


@login_required
@require_GET
def bilan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a bilan: texts, gaps, figures, history, comparison with the year before."""
    lecture = LectureBilan(bilan_visible(request, pk), request.user)
    return render(request, "actions/bilans/bilan.html", lecture.contexte())


def _heure(request: HttpRequest) -> str:
    maintenant = timezone.localtime()
    return f"{maintenant.hour}{INSECABLE}h{INSECABLE}{maintenant:%M}"


def _page(
    request: HttpRequest, objet: Bilan, form: BilanForm, chiffres: list[ChiffreAffiche], **plus: Any
) -> HttpResponse:
    """Render the writing page around `form`."""
    contenu = contenu_du_bilan(objet, chiffres)
    contexte = {
        "bilan": objet,
        "campagne": objet.campagne,
        "fiche": objet.fiche,
        "form": form,
        "chiffres": chiffres,
        "manques": manques_pour_soumettre(contenu),
        "etapes": etapes_du_bilan(objet),
        "precedent": _precedent(objet),
        "sans_valeur": [c for c in chiffres if c.a_saisir],
        "conflit": None,
        "incomplet": [],
        "titre_renvoi": titre_renvoi(objet),
    }
    return render(request, "actions/bilans/ecrire.html", contexte | plus, status=409 if plus.get("conflit") else 200)


def _precedent(objet: Bilan) -> Bilan | None:
    """Return the bilan of the same fiche for the year before."""
    return Bilan.objects.filter(fiche=objet.fiche_id, campagne__annee=objet.campagne.annee - 1).first()


@login_required
def bilan_ecrire(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the bilan. The button says what follows the save: stay, submit, take back a figure or a text."""
    objet = bilan_visible(request, pk)
    exiger(peut_ecrire_bilan(request.user, objet))
    chiffres = chiffres_du_bilan(objet)
    ecarts = [c for c in chiffres if c.a_expliquer]
    if request.method != "POST":
        form = BilanForm.ouvrir(objet, ecarts, saisie_enregistree(objet))
        return _page(request, objet, form, chiffres)
    form = BilanForm(request.POST, ecarts=ecarts)
    if not form.is_valid():
        return _page(request, objet, form, chiffres)
    try:
        objet = enregistrer_brouillon(
            bilan=objet, version=form.cleaned_data["version"], saisie=form.saisie(), par=request.user
        )
    except ConflitVersion as conflit:
        form.avec_version(conflit.bilan.version)
        return _page(request, conflit.bilan, form, chiffres, conflit=conflit)
    return _apres_enregistrement(request, objet, form)


def _apres_enregistrement(request: HttpRequest, objet: Bilan, form: BilanForm) -> HttpResponse:
    """Do what the button asked for, the text being saved."""
    geste, _, precision = request.POST.get("geste", "enregistrer").partition("-")
    if geste == "soumettre":
        chiffres = chiffres_du_bilan(objet)
        if manques := manques_pour_soumettre(contenu_du_bilan(objet, chiffres)):
            form.avec_version(objet.version)
            form.signaler(manques)
            return _page(request, objet, form, chiffres, incomplet=manques)
        return redirect("actions:bilan_soumettre", pk=objet.pk)
    if geste == "chiffre" and (indicateur := entier(precision)):
        _reprendre_chiffre(request, objet, indicateur)
    elif geste == "texte" and precision in {"realisations", "perspectives"}:
        _reprendre_texte(request, objet, precision)
    else:
        messages.success(request, f"Enregistré à {_heure(request)}. Rien n’est encore soumis.")
    return redirect("actions:bilan_ecrire", pk=objet.pk)


def _reprendre_chiffre(request: HttpRequest, objet: Bilan, indicateur: int) -> None:
    """Replace a frozen figure by the one of today."""
    try:
        reprendre_chiffre(
            bilan=objet, indicateur=get_object_or_404(objet.fiche.indicateurs, pk=indicateur), par=request.user
        )
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, "Le chiffre d’aujourd’hui remplace le chiffre gelé. Vos textes sont enregistrés.")


def _reprendre_texte(request: HttpRequest, objet: Bilan, champ: str) -> None:
    """Add the text of the year before under what is written."""
    ancien = _precedent(objet)
    texte = getattr(ancien, champ, "") if ancien else ""
    if not texte:
        messages.info(request, "L’année précédente n’a pas de texte à reprendre.")
        return
    saisie = saisie_enregistree(objet)
    suite = "\n\n".join(filter(None, [getattr(saisie, champ), texte]))
    enregistrer_brouillon(
        bilan=objet, version=objet.version, saisie=type(saisie)(**{**vars(saisie), champ: suite}), par=request.user
    )
    messages.success(request, "Le texte de l’année précédente est ajouté : adaptez-le avant de soumettre.")


@login_required
@require_POST
def bilan_brouillon(request: HttpRequest, pk: int) -> JsonResponse:
    """Save what the page sends by itself every 20 seconds; answer the new version and the time."""
    objet = bilan_visible(request, pk)
    verdict = peut_ecrire_bilan(request.user, objet)
    if not verdict:
        return JsonResponse({"message": verdict.motif}, status=403)
    form = BilanForm(request.POST, ecarts=[c for c in chiffres_du_bilan(objet) if c.a_expliquer])
    if not form.is_valid():
        return JsonResponse({"message": "Le texte est trop long pour être enregistré."}, status=422)
    try:
        objet = enregistrer_brouillon(
            bilan=objet,
            version=form.cleaned_data["version"],
            saisie=form.saisie(),
            par=request.user,
            automatique=True,
        )
    except ConflitVersion as conflit:
        texte = f"{conflit.message} Cliquez sur « Enregistrer » pour comparer : rien n’est écrasé."
        return JsonResponse({"message": texte}, status=409)
    return JsonResponse({"version": objet.version, "heure": _heure(request)})


@login_required
def bilan_soumettre(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to confirm, showing what leaves as it is and what is missing, then submit."""
    objet = bilan_visible(request, pk)
    exiger(peut_ecrire_bilan(request.user, objet))
    if request.method == "POST":
        try:
            soumettre_bilan(bilan=objet, par=request.user, version=entier(request.POST.get("version")))
        except (BilanIncomplet, ConflitVersion) as erreur:
            messages.error(request, erreur.message)
            return redirect("actions:bilan_ecrire", pk=pk)
        messages.success(request, "Le bilan est soumis. Vous serez prévenu de la relecture.")
        return redirect(objet)
    lecture = LectureBilan(objet, request.user)
    if lecture.manques:
        messages.error(request, " ".join(m.message for m in lecture.manques))
        return redirect("actions:bilan_ecrire", pk=pk)
    return render(request, "actions/bilans/soumettre.html", lecture.contexte())
