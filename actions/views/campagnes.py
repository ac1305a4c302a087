"""Screens of campaigns: list, prepare, open, follow, close."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from actions.avancement import apercu_ouverture, avancements
from actions.droits import peut_gerer_campagne
from actions.exports_bilans import COLONNES_BILANS, nom_fichier
from actions.forms.bilans import CampagneForm, CommentaireForm, ajouter_erreur
from actions.models import Bilan, Campagne, EtatBilan, Programme
from actions.operations import campagnes as operations
from actions.operations.relecture import trier_lot, valider_en_lot
from actions.regles.bilans import compte_a_rebours, limite_legale, proposer_dates
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_csv, reponse_xlsx
from pdi.socle.formats import compte
from pdi.socle.formulaires import cles_postees, entier

from .tableau_campagne import TableauCampagne

COLONNES_CAMPAGNES = ("Exercice", "État", "Bilans validés", "À rendre avant le", "Assemblée avant le")


def _campagne(request: HttpRequest, code: str, annee: int, *, gestion: bool = True) -> Campagne:
    """Return a visible campaign; with `gestion`, of a programme the user manages."""
    visibles = Campagne.objects.visibles_par(request.user).select_related("programme", "ouverte_par", "close_par")
    campagne = get_object_or_404(visibles, programme__code=code, annee=annee)
    if gestion:
        exiger(peut_gerer_campagne(request.user, campagne.programme))
    return campagne


@login_required
@require_GET
def campagnes(request: HttpRequest) -> HttpResponse:
    """List the campaigns by programme, the département's own first, latest first."""
    lisibles = Programme.objects.visibles_par(request.user).filter(reference=False).order_by("-annee_debut", "code")
    programmes = sorted(lisibles, key=lambda p: p.departement_id != settings.DEPARTEMENT_CODE)
    lues = list(
        Campagne.objects.visibles_par(request.user).filter(programme__in=programmes).select_related("programme")
    )
    comptes, jour = avancements(c.pk for c in lues), timezone.localdate()
    groupes = [
        {
            "programme": programme,
            "gerable": bool(peut_gerer_campagne(request.user, programme)),
            "lignes": [
                (c, comptes.get(c.pk), compte_a_rebours(c.annee, jour)) for c in lues if c.programme_id == programme.pk
            ],
        }
        for programme in programmes
    ]
    contexte = {"groupes": groupes, "nombre": len(lues), "colonnes": COLONNES_CAMPAGNES}
    return render(request, "actions/bilans/campagnes.html", contexte)


def _annees_libres(programme: Programme) -> list[int]:
    """Return the years of the programme without a campaign, the most plausible first."""
    prises = set(programme.campagnes.values_list("annee", flat=True))
    derniere = timezone.localdate().year - 1
    libres = [a for a in programme.annees if a not in prises]
    return sorted(libres, key=lambda a: (a > derniere, -a if a <= derniere else a))


@login_required
def campagne_creer(request: HttpRequest, code: str) -> HttpResponse:
    """Prepare a campaign: the dates are proposed, nothing is opened."""
    programme = get_object_or_404(Programme.objects.visibles_par(request.user), code=code)
    exiger(peut_gerer_campagne(request.user, programme))
    libres, jour = _annees_libres(programme), timezone.localdate()
    annee = libres[0] if libres else programme.annee_fin
    if (demandee := entier(request.GET.get("annee"))) in libres:
        annee = demandee
    initiales = {"annee": annee} | CampagneForm.initiales(proposer_dates(annee, jour))
    form = CampagneForm(request.POST or None, annees=libres, initial=initiales)
    if request.method == "POST" and form.is_valid():
        try:
            campagne = operations.preparer_campagne(
                programme=programme, annee=form.cleaned_data["annee"], dates=form.dates(), par=request.user
            )
        except RegleMetier as erreur:
            ajouter_erreur(form, erreur)
        else:
            messages.success(request, f"La campagne {campagne.annee} est préparée. Rien n’est encore ouvert.")
            return redirect("actions:campagne_ouvrir", code=code, annee=campagne.annee)
    contexte = {
        "form": form,
        "programme": programme,
        "libres": libres,
        "campagne": None,
        "limite": limite_legale(annee),
    }
    return render(request, "actions/bilans/campagne_form.html", contexte)


@login_required
def campagne_modifier(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Change the dates."""
    campagne = _campagne(request, code, annee)
    initiales = {nom: getattr(campagne, nom) for nom in operations.CHAMPS}
    form = CampagneForm(request.POST or None, initial=initiales)
    if request.method == "POST" and form.is_valid():
        try:
            operations.modifier_campagne(campagne=campagne, dates=form.dates(), par=request.user)
        except RegleMetier as erreur:
            ajouter_erreur(form, erreur)
        else:
            messages.success(request, "Les dates de la campagne sont enregistrées.")
            return redirect(campagne)
    contexte = {"form": form, "programme": campagne.programme, "campagne": campagne, "limite": limite_legale(annee)}
    return render(request, "actions/bilans/campagne_form.html", contexte)


@login_required
def campagne_ouvrir(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Show what opening will do, then open."""
    campagne = _campagne(request, code, annee)
    if request.method == "POST":
        try:
            fait = operations.ouvrir_campagne(campagne=campagne, par=request.user)
        except RegleMetier as erreur:
            messages.error(request, erreur.message)
        else:
            messages.success(request, f"{compte(fait.bilans, 'bilan créé')}, {compte(fait.pilotes, 'pilote prévenu')}.")
        return redirect(campagne)
    if campagne.etat != "preparee":
        return redirect(campagne)
    contexte = {"campagne": campagne, "apercu": apercu_ouverture(campagne), "rebours": _rebours(campagne)}
    return render(request, "actions/bilans/campagne_ouvrir.html", contexte)


def _rebours(campagne: Campagne) -> Any:
    return compte_a_rebours(campagne.annee, timezone.localdate())


@login_required
@require_POST
def campagne_rattraper(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Create the bilans of the fiches added since the opening."""
    campagne = _campagne(request, code, annee)
    try:
        fait = operations.rattraper_fiches(campagne=campagne, par=request.user)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, f"{compte(fait.bilans, 'bilan ajouté')}, {compte(fait.pilotes, 'pilote prévenu')}.")
    return redirect(campagne)


@login_required
@require_GET
def campagne(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Show the progress board: key figures, columns by state, table with filters."""
    objet = _campagne(request, code, annee, gestion=False)
    tableau = TableauCampagne(objet, request, timezone.localdate())
    return render(request, "actions/bilans/campagne.html", tableau.contexte())


@login_required
@require_GET
def campagne_export(request: HttpRequest, code: str, annee: int) -> HttpResponseBase:
    """Export the rows of the current filter, as XLSX or CSV."""
    objet = _campagne(request, code, annee, gestion=False)
    tableau = TableauCampagne(objet, request, timezone.localdate())
    exporter = reponse_csv if request.GET.get("format") == "csv" else reponse_xlsx
    return exporter(
        request,
        nom=nom_fichier(objet),
        titre=f"Bilans {objet.annee} – {objet.programme}",
        colonnes=COLONNES_BILANS,
        lignes=tableau.rangs_filtres,
        filtres=tableau.filtres.en_mots,
    )


@login_required
def campagne_relancer(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Show who would be reminded, then remind."""
    campagne = _campagne(request, code, annee)
    if request.method == "POST":
        try:
            fait = operations.relancer_pilotes(campagne=campagne, par=request.user)
        except RegleMetier as erreur:
            messages.error(request, erreur.message)
        else:
            _dire_relance(request, fait)
        return redirect(campagne)
    tableau = TableauCampagne(campagne, request, timezone.localdate())
    return render(request, "actions/bilans/campagne_relancer.html", tableau.contexte_relance())


def _dire_relance(request: HttpRequest, fait: operations.Relance) -> None:
    """Say what the reminder did, and did not do."""
    if fait.pilotes:
        texte = f"{compte(fait.pilotes, 'pilote relancé')} pour {compte(fait.bilans, 'bilan')}."
        messages.success(request, texte)
    elif fait.deja:
        messages.info(
            request, "Les pilotes concernés ont déjà été relancés aujourd’hui : aucun avis de plus n’est parti."
        )
    else:
        messages.info(request, "Aucun bilan n’est attendu d’un pilote : personne n’est relancé.")
    if fait.sans_pilote:
        texte = f"{compte(fait.sans_pilote, 'bilan')} sans pilote habilité : personne n’a pu être relancé pour eux."
        messages.warning(request, texte)


@login_required
def campagne_clore(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Show what remains, then close; a comment is asked when something remains."""
    campagne = _campagne(request, code, annee)
    form = CommentaireForm(request.POST or None, libelle="Pourquoi clore sans ces bilans ?")
    if request.method == "POST" and form.is_valid():
        try:
            operations.clore_campagne(campagne=campagne, par=request.user, commentaire=form.cleaned_data["commentaire"])
        except RegleMetier as erreur:
            ajouter_erreur(form, erreur)
        else:
            messages.success(request, f"La campagne {campagne.annee} est close : ses bilans ne bougent plus.")
            return redirect(campagne)
    restants = campagne.bilans.exclude(etat=EtatBilan.VALIDE).select_related("fiche").order_by("fiche__ordre")
    contexte = {"campagne": campagne, "form": form, "restants": list(restants)}
    return render(request, "actions/bilans/campagne_clore.html", contexte)


@login_required
def campagne_rouvrir(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Reopen a closed campaign, saying why."""
    campagne = _campagne(request, code, annee)
    form = CommentaireForm(request.POST or None, libelle="Pourquoi rouvrir la campagne ?")
    if request.method == "POST" and form.is_valid():
        try:
            operations.rouvrir_campagne(
                campagne=campagne, commentaire=form.cleaned_data["commentaire"], par=request.user
            )
        except RegleMetier as erreur:
            ajouter_erreur(form, erreur)
        else:
            messages.success(request, f"La campagne {campagne.annee} est rouverte.")
            return redirect(campagne)
    contexte: dict[str, Any] = {
        "form": form,
        "titre": f"Rouvrir la campagne {annee} ?",
        "texte": "Les bilans gardent leur état ; les pilotes et les relecteurs pourront de nouveau les faire avancer.",
        "bouton": "Rouvrir la campagne",
        "retour": campagne.get_absolute_url(),
        "cote": f"Campagne {annee}",
    }
    return render(request, "actions/bilans/decision.html", contexte)


@login_required
@require_GET
def campagne_relire(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Go to the first bilan to review."""
    campagne = _campagne(request, code, annee)
    premier = campagne.bilans.filter(etat=EtatBilan.SOUMIS).order_by("fiche__ordre", "fiche_id").first()
    if premier is None:
        messages.info(request, "Aucun bilan n’attend de relecture.")
        return redirect(campagne)
    return redirect("actions:bilan_relire", pk=premier.pk)


@login_required
@require_POST
def campagne_valider_lot(request: HttpRequest, code: str, annee: int) -> HttpResponse:
    """Show what validating the ticked bilans would do; with `confirme`, do it."""
    campagne = _campagne(request, code, annee)
    ids = cles_postees(request, "bilan")
    if not ids:
        messages.info(request, "Cochez d’abord les bilans soumis à valider.")
        return redirect(campagne)
    if request.POST.get("confirme"):
        lot = valider_en_lot(campagne=campagne, bilans=ids, par=request.user)
        if lot.valides:
            messages.success(request, f"{compte(len(lot.valides), 'bilan validé')}.")
        for bilan, motif in lot.refuses:
            messages.warning(request, f"Fiche {bilan.fiche.numero} : {motif}")
        return redirect(campagne)
    choisis = Bilan.objects.filter(campagne=campagne, pk__in=ids).select_related("campagne__programme", "fiche")
    lot = trier_lot(bilans=choisis.order_by("fiche__ordre"), par=request.user)
    return render(request, "actions/bilans/valider_lot.html", {"campagne": campagne, "lot": lot})
