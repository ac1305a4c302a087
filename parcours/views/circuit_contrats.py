"""The circuit of a contract on screen: sign, submit, decide one after another or by lot, close, cancel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from parcours.droits.contrats import est_le_sien, peut_changer, peut_lister_contrats
from parcours.forms.contrats import AnnulationForm, ClotureForm, DecisionForm, PpaeForm, SignatureForm
from parcours.models import Contrat, Motif, NatureMotif
from parcours.operations import circuit_contrats as operations
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import compte
from pdi.socle.formulaires import cles_postees, entier, envoi
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne

from .lecture_contrat import LectureContrat, contrat_lu, numero

COLONNES_FILE = (
    Colonne("Choisir", masquee=True), Colonne("Personne, naissance"), Colonne("Contrat"), Colonne("Soumis"),
    Colonne("Référent, structure"), Colonne("Décider", masquee=True),
)  # fmt: skip


def _version(request: HttpRequest) -> int | None:
    return entier(request.POST.get("version"))


def _refuser(form: forms.Form, erreur: RegleMetier) -> None:
    """Put a refused rule beside its field, or at the head of the form."""
    for champ, message in [(m.champ, m.message) for m in getattr(erreur, "manques", ())] or [
        (erreur.champ, erreur.message)
    ]:
        form.add_error(champ if champ in form.fields else None, message)


def _formulaire(request: HttpRequest, contrat: Contrat, form: forms.Form, **mots: str) -> HttpResponse:
    """Render a short form about a contract; 422 when it was refused."""
    contexte = {"contrat": contrat, "personne": contrat.personne, "form": form, "numero": numero(contrat), **mots}
    statut = 422 if form.is_bound and form.errors else 200
    return render(request, "parcours/contrats/geste.html", contexte, status=statut)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contrat_signer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the two first signatures; for a PPAE, its date."""
    contrat = contrat_lu(request, pk)
    ppae = contrat.nature == "ppae"
    exiger(peut_changer(request.user, contrat, "consigner_ppae" if ppae else "signer_contrat"))
    jour = timezone.localdate()
    initiales = dict.fromkeys(("signe_personne_le", "signe_referent_le", "signe_le"), jour)
    classe: type[forms.Form] = PpaeForm if ppae else SignatureForm
    form = classe(envoi(request), initial=initiales)
    if form.is_valid():
        try:
            if ppae:
                operations.consigner_ppae(contrat=contrat, par=request.user, **form.cleaned_data)
            else:
                operations.signer_contrat(
                    contrat=contrat, par=request.user, version=_version(request), **form.cleaned_data
                )
        except RegleMetier as erreur:
            _refuser(form, erreur)
        else:
            suite = (
                "Le PPAE est consigné." if ppae else "Les signatures sont notées. Soumettez le contrat à validation."
            )
            messages.success(request, suite)
            return redirect(contrat)
    return _formulaire(
        request, contrat, form, titre="Noter les signatures", bouton="Noter les signatures",
        texte="Le texte du contrat ne changera plus. La composition du foyer est gardée telle qu’elle est ce jour-là.",
    )  # fmt: skip


@login_required
@require_POST
def contrat_soumettre(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit a signed contract."""
    return _avancer(request, pk, "soumettre_contrat", "Le contrat est soumis à validation.")


@login_required
@require_POST
def contrat_reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a signed contract back to its draft."""
    return _avancer(request, pk, "reprendre_contrat", "Le contrat est de nouveau un brouillon, sans signature.")


def _avancer(request: HttpRequest, pk: int, verbe: str, dit: str) -> HttpResponse:
    contrat = contrat_lu(request, pk)
    exiger(peut_changer(request.user, contrat, verbe))
    try:
        getattr(operations, verbe)(contrat=contrat, par=request.user)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, dit)
    return redirect(contrat)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contrat_clore(request: HttpRequest, pk: int) -> HttpResponse:
    """End a contract with its bilan."""
    contrat = contrat_lu(request, pk)
    exiger(peut_changer(request.user, contrat, "clore_contrat"))
    initiales = {"clos_le": min(timezone.localdate(), contrat.fin)}
    form = ClotureForm(envoi(request), contrat=contrat, initial=initiales)
    if form.is_valid():
        propres = form.cleaned_data
        try:
            operations.clore_contrat(
                contrat=contrat, par=request.user, bilan=propres["bilan"], clos_le=propres["clos_le"],
                objectifs_atteints=propres.get("objectifs", ()), actions_realisees=propres.get("actions", ()),
            )  # fmt: skip
        except RegleMetier as erreur:
            _refuser(form, erreur)
        else:
            messages.success(request, "Le bilan est enregistré, le contrat est clos.")
            return redirect(contrat)
    return _formulaire(
        request, contrat, form, titre="Faire le bilan et clore", bouton="Clore le contrat",
        texte="Cochez ce qui a été atteint et réalisé : le prochain contrat reprendra le reste.",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contrat_annuler(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a contract, saying why."""
    contrat = contrat_lu(request, pk)
    exiger(peut_changer(request.user, contrat, "annuler_contrat"))
    form = AnnulationForm(envoi(request))
    if form.is_valid():
        try:
            operations.annuler_contrat(contrat=contrat, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            _refuser(form, erreur)
        else:
            messages.success(request, "Le contrat est annulé : il ne compte plus nulle part.")
            return redirect(contrat)
    return _formulaire(
        request, contrat, form, titre="Annuler ce contrat ?", bouton="Annuler le contrat",
        texte="Un contrat annulé reste lisible, il ne compte dans aucun chiffre et ne revient pas en arrière.",
    )  # fmt: skip


# -- the encadrant ---------------------------------------------------------------------------------


def _file(request: HttpRequest) -> Any:
    soumis = operations.a_valider(request.user).select_related("personne", "structure", "referent")
    return soumis.defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche").annotate(
        soumis_le=Max("transitions__le")
    )


@login_required
@require_http_methods(["GET", "HEAD"])
def contrats_a_valider(request: HttpRequest) -> HttpResponse:
    """List the submitted contracts of one's scope, the longest waiting first."""
    exiger(peut_lister_contrats(request.user))
    page = PageParCle(_file(request), ["soumis_le", "pk"], request.GET.get("curseur"))
    return render(request, "parcours/contrats/a_valider.html", {"page": page, "colonnes": COLONNES_FILE})


@login_required
@require_POST
def contrats_valider_lot(request: HttpRequest) -> HttpResponse:
    """Show the effect of validating the ticked contracts, then do it once confirmed."""
    exiger(peut_lister_contrats(request.user))
    choisis = cles_postees(request, "contrat")
    if not choisis:
        messages.info(request, "Cochez au moins un contrat.")
        return redirect("parcours:contrats_a_valider")
    if not request.POST.get("confirme"):
        lot = operations.trier_lot(contrats=choisis, par=request.user)
        return render(request, "parcours/contrats/valider_lot.html", {"lot": lot})
    lot = operations.valider_en_lot(contrats=choisis, par=request.user)
    faits = len(lot.valides)
    messages.success(request, f"{compte(faits, 'contrat est validé', 'contrats sont validés')}.")
    if lot.refuses:
        messages.warning(request, f"{compte(len(lot.refuses), 'contrat laissé', 'contrats laissés')} de côté.")
    return redirect("parcours:contrats_a_valider")


def _suivant(request: HttpRequest, contrat: Contrat) -> Contrat | None:
    suivant: Contrat | None = _file(request).exclude(pk=contrat.pk).order_by("soumis_le", "pk").first()
    return suivant


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contrat_decider(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a submitted contract and validate it, send it back or refuse it; then the next one."""
    contrat = contrat_lu(request, pk)
    exiger(peut_changer(request.user, contrat, "valider_contrat"))
    motifs = Motif.objects.filter(nature=NatureMotif.REFUS_CONTRAT, validite__contains=timezone.localdate())
    sien = est_le_sien(request.user, contrat)
    form = DecisionForm(envoi(request), motifs=motifs, sien=sien)
    if form.is_valid():
        try:
            dit = _decider(request, contrat, form.cleaned_data)
        except RegleMetier as erreur:
            _refuser(form, erreur)
        else:
            messages.success(request, dit)
            suivant = _suivant(request, contrat)
            return (
                redirect("parcours:contrat_decider", suivant.pk) if suivant else redirect("parcours:contrats_a_valider")
            )
    contexte = LectureContrat(contrat, request.user).contexte() | {
        "form": form, "sien": sien, "suivant": _suivant(request, contrat),
        "en_file": operations.a_valider(request.user).count(), "obstacle": operations.chevauchement(contrat),
    }  # fmt: skip
    return render(request, "parcours/contrats/decider.html", contexte, status=422 if form.errors else 200)


def _decider(request: HttpRequest, contrat: Contrat, propres: dict[str, Any]) -> str:
    """Do what the button says."""
    geste, version = request.POST.get("geste", ""), _version(request)
    if geste == "renvoyer":
        operations.renvoyer_contrat(
            contrat=contrat, commentaire=propres["commentaire"], par=request.user, version=version
        )
        return "Le contrat est renvoyé à son référent, qui est prévenu."
    if geste == "refuser":
        operations.refuser_contrat(
            contrat=contrat, motif=propres["motif"], commentaire=propres["commentaire"], par=request.user,
            version=version,
        )  # fmt: skip
        return "Le contrat est refusé, son référent est prévenu."
    operations.valider_contrat(
        contrat=contrat, par=request.user, version=version, justification=propres.get("justification", "")
    )
    return "Le contrat est validé et signé pour le Département."
