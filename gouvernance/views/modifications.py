"""Proposals of change: the list, its export, the page of one; propose, correct, set aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from actions.models import Bilan, FicheAction
from actions.versions import MODIFIABLES, a_lire, texte_actuel, textes_de
from gouvernance.droits_avenants import (
    peut_corriger_modification,
    peut_ecarter_modification,
    peut_modifier_avenant,
    peut_proposer_modification,
)
from gouvernance.forms.avenants import CommentaireForm, ModificationForm
from gouvernance.lecture_avenant import lire_modifications
from gouvernance.listes_avenants import EXPORT_MODIFICATIONS, ListeModifications
from gouvernance.models import Decision, ModificationFiche, OrigineModification
from gouvernance.models.avenant import RETRAIT
from gouvernance.operations import modifications as operations
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, entier, envoi, mener, signaler
from pdi.socle.gestes import Geste, confirmer_geste, geste_de
from pdi.socle.tri import Colonne

from . import creations
from .instances import ecrire

COLONNES = (
    Colonne("Fiche, rubrique", "fiche"), Colonne("Pourquoi"), Colonne("Proposée le", "date"), Colonne("Avenant"),
    Colonne("État", "etat"),
)  # fmt: skip
GESTES = {
    "confirmer": Geste(
        operations.reprendre_texte_actuel, "Confirmer la proposition sur le texte actuel\u00a0?",
        "Le texte proposé remplacera le texte que la fiche dit aujourd’hui, correction comprise.",
        "Confirmer", "La proposition part maintenant du texte actuel de la fiche.",
    ),
    "sortir": Geste(
        operations.liberer_modification, "Sortir la proposition de l’avenant\u00a0?",
        "Elle redevient à examiner, et peut aller dans un autre avenant.", "Sortir de l’avenant",
        "La proposition est sortie de l’avenant.",
    ),
}  # fmt: skip


@login_required
@require_safe
def modifications(request: HttpRequest) -> HttpResponse:
    """List the proposals the reader may see."""
    liste = ListeModifications(request.user, request.GET)
    contexte = {"liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES}
    return render(request, "gouvernance/avenants/modifications.html", contexte)


@login_required
@require_safe
def modifications_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    liste = ListeModifications(request.user, request.GET)
    return reponse_export(
        request, nom="modifications", titre="Propositions de modification des fiches", colonnes=EXPORT_MODIFICATIONS,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def _fiche(request: HttpRequest, pk: int) -> FicheAction:
    lue = get_object_or_404(FicheAction.objects.visibles_par(request.user).select_related("programme"), pk=pk)
    exiger(peut_proposer_modification(request.user, lue))
    return lue


def _chemin(fiche: FicheAction) -> list[Lien]:
    return [
        Lien(str(fiche.programme), fiche.programme.get_absolute_url()),
        Lien(f"Fiche {fiche.numero}", fiche.get_absolute_url()),
    ]


def _formulaire(request: HttpRequest, fiche: FicheAction, champ: str, actuel: str) -> ModificationForm:
    decisions = Decision.objects.visibles_par(request.user).filter(point__fiche=fiche).order_by("-pk")
    bilans = Bilan.objects.visibles_par(request.user).filter(fiche=fiche).select_related("campagne", "fiche")
    bilan = bilans.filter(pk=entier(request.GET.get("bilan")) or 0).first()
    debut: dict[str, Any] = {"apres": actuel, "vu": actuel, "origine": OrigineModification.LIBRE}
    if bilan is not None:
        debut |= {"origine": OrigineModification.BILAN, "bilan": bilan, "motif": bilan.changement_propose}
    return ModificationForm(envoi(request), initial=debut, champ=champ, bilans=bilans, decisions=decisions)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def modification_proposer(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a rubric, then write its new text beside the present one."""
    fiche, champ = _fiche(request, pk), request.GET.get("champ", "")
    if champ not in MODIFIABLES:
        textes = textes_de(a_lire([fiche.pk])[0])
        rubriques = [(cle, nom, textes[cle]) for cle, nom in MODIFIABLES.items() if cle != RETRAIT or textes[cle]]
        contexte = {"fiche": fiche, "rubriques": rubriques, "liens": [*_chemin(fiche), Lien("Proposer")]}
        contexte |= {"bilan": request.GET.get("bilan", "")}
        return render(request, "gouvernance/avenants/choisir.html", contexte)
    actuel = texte_actuel(fiche, champ)
    form = _formulaire(request, fiche, champ, actuel)
    if request.method == "POST" and form.is_valid():
        try:
            lue = operations.proposer_modification(fiche=fiche, champ=champ, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
            form.data = {**request.POST.dict(), "vu": actuel}
        else:
            messages.success(request, "La proposition est enregistrée. Les chargés de programme sont prévenus.")
            return redirect(lue)
    titre = "Proposer de retirer la fiche" if champ == RETRAIT and not actuel else "Proposer une modification"
    return _ecrire(request, form, fiche, champ, actuel, titre, _chemin(fiche))


def _ecrire(
    request: HttpRequest, form: Any, fiche: FicheAction, champ: str, actuel: str, titre: str, chemin: list[Lien]
) -> HttpResponse:
    contexte = {
        "form": form, "fiche": fiche, "rubrique": MODIFIABLES[champ], "actuel": actuel, "titre": titre,
        "liens": [*chemin, Lien(titre)], "retour": chemin[-1].url,
    }  # fmt: skip
    return render(request, "gouvernance/avenants/proposer.html", contexte, status=422 if form.errors else 200)


def _modification(request: HttpRequest, pk: int) -> ModificationFiche:
    visibles = ModificationFiche.objects.visibles_par(request.user)
    lies = (
        "fiche__programme", "programme", "axe", "avenant__programme", "par", "bilan__campagne", "decision__seance",
        "version_fiche",
    )  # fmt: skip
    return get_object_or_404(visibles.select_related(*lies), pk=pk)


@login_required
@require_safe
def modification(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a proposal: what it changes word by word, why, where it stands."""
    lue = _modification(request, pk)
    contexte = {
        "m": lue, "lecture": lire_modifications([lue])[0], "fiche": lue.fiche,
        "peut_corriger": peut_corriger_modification(request.user, lue),
        "peut_ecarter": peut_ecarter_modification(request.user, lue),
        "peut_sortir": lue.avenant is not None and lue.etat == "retenue"
        and peut_modifier_avenant(request.user, lue.avenant).ok,
        "transitions": lue.transitions.select_related("par"),
    }  # fmt: skip
    return render(request, "gouvernance/avenants/modification.html", contexte)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def modification_corriger(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the proposed text or its reason."""
    lue = _modification(request, pk)
    exiger(peut_corriger_modification(request.user, lue))
    if lue.creation:
        return creations.corriger(request, lue)
    actuel = texte_actuel(lue.ciblee, lue.champ)
    debut = {"apres": lue.apres, "motif": lue.motif, "vu": str(lue.version)}
    form = ModificationForm(envoi(request), initial=debut, champ=lue.champ, correction=True)

    def corriger() -> None:
        version = entier(form.cleaned_data.pop("vu")) or 0
        operations.corriger_modification(modification=lue, version=version, par=request.user, **form.cleaned_data)

    if (fait := mener(request, form, corriger, dit="La proposition est corrigée.", vers=lue)) is not None:
        return fait
    chemin = [*_chemin(lue.ciblee), Lien("Proposition", lue.get_absolute_url())]
    return _ecrire(request, form, lue.ciblee, lue.champ, actuel, "Corriger la proposition", chemin)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def modification_ecarter(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a proposal aside, saying why."""
    lue = _modification(request, pk)
    exiger(peut_ecarter_modification(request.user, lue))
    form = CommentaireForm(envoi(request))
    if request.method == "POST" and form.is_valid():
        try:
            operations.ecarter_modification(modification=lue, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La proposition est écartée, son auteur est prévenu.")
            return redirect(lue)
    return ecrire(
        request, form, titre="Écarter la proposition", bouton="Écarter la proposition",
        cote=f"Fiche {lue.numero}",
        chemin=[Lien("Propositions", reverse("gouvernance:modifications")), Lien(str(lue), lue.get_absolute_url())],
        grave=True, texte="Elle reste lisible, avec ce que vous écrivez ici.",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def modification_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Confirm on the present text, or take out of the avenant."""
    fait = geste_de(GESTES, geste)
    lue = _modification(request, pk)
    if geste == "sortir" and lue.avenant is not None:
        exiger(peut_modifier_avenant(request.user, lue.avenant))
    else:
        exiger(peut_corriger_modification(request.user, lue))
    return confirmer_geste(request, fait, modification=lue)
