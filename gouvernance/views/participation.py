"""Participation of a year: the page, its export, the members of groups, the trainings."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from actions.models import Programme
from gouvernance.droits_instances import peut_tenir_instance
from gouvernance.droits_participation import peut_lire_participation
from gouvernance.forms.participation import FormationForm
from gouvernance.lecture_participation import Participation, participation
from gouvernance.listes_participation import (
    COLONNES_FORMATIONS,
    COLONNES_PARTICIPATION,
    ListeFormations,
    ListeMembres,
    annees,
)
from gouvernance.models import EtatProposition, FormationMembres
from gouvernance.operations.propositions import enregistrer_formation, modifier_formation, supprimer_formation
from gouvernance.regles.participation import TONS_PROPOSITION
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, envoi, mener, signaler
from pdi.socle.tri import Colonne

from .instances import ecrire, instance_tenue

COLONNES_GROUPES = (
    Colonne("Groupe"), Colonne("Membres", nb=True), Colonne("À renouveler", nb=True), Colonne("Séances", nb=True),
    Colonne("Assiduité", nb=True), Colonne("Formés", nb=True), Colonne("Propositions", nb=True),
)  # fmt: skip
COLONNES_INSTANCES = (
    Colonne("Instance"), Colonne("Séances", nb=True), Colonne("Assiduité", nb=True), Colonne("Participation", nb=True),
)  # fmt: skip
COLONNES_MEMBRES = (
    Colonne("Membre"), Colonne("Instance", "instance"), Colonne("Mandat jusqu’au", "fin"),
    Colonne("Formations", nb=True),
)  # fmt: skip
COLONNES_LISTE_FORMATIONS = (
    Colonne("Formation"), Colonne("Instance", "instance"), Colonne("Jour", "jour"), Colonne("Durée", nb=True),
    Colonne("Membres formés", nb=True), Colonne("Gestes", masquee=True),
)  # fmt: skip


def _lire(request: HttpRequest) -> tuple[Participation, Programme | None]:
    """Return the participation of the year asked for, this one by default, and the programme in force then."""
    exiger(peut_lire_participation(request.user))
    jour = timezone.localdate()
    lue = request.GET.get("annee", "")
    annee = int(lue) if lue in {str(a) for a, _ in annees(jour)} else jour.year
    programmes = Programme.objects.visibles_par(request.user).du_departement()
    programme = programmes.filter(annee_debut__lte=annee, annee_fin__gte=annee).order_by("-annee_debut").first()
    return participation(programme, annee), programme


@login_required
@require_safe
def participation_annee(request: HttpRequest) -> HttpResponse:
    """Show the participation of a year; each figure opens its list."""
    lue, programme = _lire(request)
    contexte = {
        "p": lue, "annee_texte": str(lue.annee), "ep_unite": f"sur {lue.ep.tenues}", "programme": programme,
        "annees": [a for a, _ in annees(timezone.localdate())],
        "colonnes_groupes": COLONNES_GROUPES, "colonnes_instances": COLONNES_INSTANCES,
        "issues": [
            (e, EtatProposition(e).label, lue.propositions[e], *TONS_PROPOSITION[EtatProposition(e)])
            for e in EtatProposition.values
        ],
    }  # fmt: skip
    return render(request, "gouvernance/participation/participation.html", contexte)


@login_required
@require_safe
def participation_export(request: HttpRequest) -> HttpResponseBase:
    """Export the bodies of the year: groups, then those that met."""
    lue, _ = _lire(request)
    groupes = {g.pk for g in lue.groupes}
    return reponse_export(
        request, nom=f"participation-{lue.annee}", titre=f"Participation {lue.annee}", colonnes=COLONNES_PARTICIPATION,
        lignes=[*lue.groupes, *(i for i in lue.instances if i.pk not in groupes)], filtres=[f"Année : {lue.annee}"],
    )  # fmt: skip


@login_required
@require_safe
def participation_membres(request: HttpRequest) -> HttpResponse:
    """List the members of groups; a beneficiary is named to who keeps the group."""
    liste = ListeMembres(request.user, request.GET)
    contexte = {"filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES_MEMBRES}
    return render(request, "gouvernance/participation/membres.html", contexte)


@login_required
@require_safe
def formations(request: HttpRequest) -> HttpResponse:
    """List the trainings of members."""
    liste = ListeFormations(request.user, request.GET, timezone.localdate())
    contexte = {"filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES_LISTE_FORMATIONS}
    return render(request, "gouvernance/participation/formations.html", contexte)


@login_required
@require_safe
def formations_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    liste = ListeFormations(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="formations-de-membres", titre="Formations des membres", colonnes=COLONNES_FORMATIONS,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def chemin_participation(*suite: Lien) -> list[Lien]:
    """Return the way to a page of participation."""
    return [Lien("Participation", reverse("gouvernance:participation")), *suite]


def _chemin_formations() -> list[Lien]:
    return chemin_participation(Lien("Formations", reverse("gouvernance:formations")))


@login_required
@never_cache
@require_http_methods(ECRITURE)
def formation_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a training given to members of a body."""
    lue = instance_tenue(request, pk)
    form = FormationForm(envoi(request), instance=lue)
    reponse = mener(
        request, form, lambda: enregistrer_formation(instance=lue, par=request.user, **form.valeurs),
        dit="La formation est enregistrée.", vers="gouvernance:formations",
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre="Enregistrer une formation", bouton="Enregistrer la formation", cote="Formation",
        chemin=[*_chemin_formations(), Lien(str(lue), lue.get_absolute_url())],
    )  # fmt: skip


def _formation(request: HttpRequest, pk: int) -> FormationMembres:
    """Return a training of a body the user keeps. Raises Http404, DroitInsuffisant."""
    visibles = FormationMembres.objects.visibles_par(request.user).select_related("instance__territoire")
    lue = get_object_or_404(visibles, pk=pk)
    exiger(peut_tenir_instance(request.user, lue.instance))
    return lue


@login_required
@never_cache
@require_http_methods(ECRITURE)
def formation_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a training."""
    lue = _formation(request, pk)
    form = FormationForm(envoi(request), instance=lue.instance, formation=lue)
    if request.method == "POST" and form.is_valid():
        try:
            modifier_formation(formation=lue, version=form.cleaned_data["version"], par=request.user, **form.valeurs)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La formation est corrigée.")
            return redirect("gouvernance:formations")
    return ecrire(
        request, form, titre="Corriger la formation", bouton="Enregistrer la formation", cote="Formation",
        chemin=_chemin_formations(),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def formation_supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a training written by mistake, after a confirmation."""
    lue = _formation(request, pk)
    retour = reverse("gouvernance:formations")
    if request.method == "POST":
        supprimer_formation(formation=lue, par=request.user)
        messages.success(request, "La formation est supprimée.")
        return redirect(retour)
    contexte = {
        "titre": "Supprimer cette formation ?", "bouton": "Supprimer la formation", "retour": retour, "grave": True,
        "texte": f"« {lue} » ne comptera plus dans la participation. Le journal garde ce qu’elle disait.",
    }  # fmt: skip
    return render(request, "components/page_confirmation.html", contexte)
