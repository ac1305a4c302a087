"""Screens of the rule sets: versions, a set in words, its simulation, the day it applies; gaps to the decisions."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parcours.droits.orientation import (
    peut_appliquer_jeu,
    peut_gerer_regles,
    peut_lire_regles,
    peut_ouvrir_cas,
    peut_simuler_regles,
)
from parcours.forms.orientation import ApplicationForm, PeriodeForm
from parcours.lecture_orientation import AUCUNE, TYPES, Ecarts, tableau
from parcours.lecture_regles import RegleEnMots, regles_en_mots
from parcours.listes_orientation import ListeCas
from parcours.models import JeuRegles, Orientation, SimulationRegles
from parcours.operations.regles_orientation import (
    NATURE,
    appliquer_jeu_regles,
    fautes_du_jeu,
    lancer_simulation,
    preparer_version,
)
from parcours.propositions import jeu_au
from parcours.regles.delais import plus_mois
from parcours.statistiques.droits import peut_lire_observatoire, voit_petits_effectifs
from parcours.statistiques.formule import Restriction
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import entier, mener, signaler
from pdi.socle.models import Traitement
from pdi.socle.tri import Colonne

COLONNES_JEUX = (Colonne("Jeu de règles"), Colonne("Application"), Colonne("Règles", nb=True), Colonne("Source"))
COLONNES_TYPES = (Colonne("Proposé"), *(Colonne(libelle, nb=True) for _, libelle in TYPES), Colonne("Total", nb=True))
COLONNES_VERSIONS = (
    Colonne("Proposé aujourd’hui"), *(Colonne(libelle, nb=True) for _, libelle in [*TYPES, *AUCUNE]),
    Colonne("Total", nb=True),
)  # fmt: skip
COLONNES_DECISIONS = (
    Colonne("Proposé par ce jeu"), *(Colonne(libelle, nb=True) for _, libelle in TYPES), Colonne("Pas encore", nb=True),
    Colonne("Total", nb=True),
)  # fmt: skip
COLONNES_CAS = (
    Colonne("Personne, naissance"),
    Colonne("Proposé par ce jeu"),
    Colonne("Aujourd’hui"),
    Colonne("Décidé"),
)


@login_required
@require_GET
def jeux(request: HttpRequest) -> HttpResponse:
    """List the rule sets and their versions."""
    exiger(peut_lire_regles(request.user))
    jour = timezone.localdate()
    lus = JeuRegles.objects.annotate(nombre=Count("regles")).order_by("-applique_des", "code", "-version")
    contexte = {
        "jeux": lus, "courant": jeu_au(jour), "colonnes": COLONNES_JEUX, "jour": jour,
        "peut_lire_ecarts": peut_lire_observatoire(request.user),
    }  # fmt: skip
    return render(request, "parcours/orientation/jeux.html", contexte)


def _simulation(utilisateur: Any, jeu: JeuRegles) -> dict[str, Any] | None:
    """Return the tables of the last simulation: against the set in force, against the decisions."""
    simulation = SimulationRegles.objects.filter(jeu=jeu).select_related("courant", "lancee_par").first()
    if simulation is None:
        return None
    masque = not voit_petits_effectifs(utilisateur, Restriction())
    cas = simulation.cas.order_by()
    versions = {(a, b): n for a, b, n in cas.values_list("type_courant", "type_simule").annotate(n=Count("pk"))}
    decisions = {(a, b): n for a, b, n in cas.values_list("type_simule", "type_decide").annotate(n=Count("pk"))}
    return {
        "simulation": simulation, "masque": masque,
        "versions": tableau(versions, [*TYPES, *AUCUNE], [*TYPES, *AUCUNE], masque=masque),
        "decisions": tableau(decisions, [*TYPES, *AUCUNE], [*TYPES, ("", "Pas encore")], masque=masque),
    }  # fmt: skip


def _page(
    request: HttpRequest, jeu: JeuRegles, periode: PeriodeForm | None = None, statut: int = 200
) -> HttpResponse:  # fmt: skip
    jour = timezone.localdate()
    regles: list[RegleEnMots] = regles_en_mots(jeu, jour)
    simule = peut_simuler_regles(request.user)
    contexte = {
        "jeu": jeu, "regles": regles, "jour": jour, "en_vigueur": jeu_au(jour) == jeu,
        "fautes": fautes_du_jeu(jeu, jour), "peut_simuler": simule, "peut_ouvrir_cas": peut_ouvrir_cas(request.user),
        "peut_lire_ecarts": peut_lire_observatoire(request.user),
        "peut_gerer": peut_gerer_regles(request.user), "peut_appliquer": peut_appliquer_jeu(request.user, jeu),
        "form": periode or PeriodeForm(initial={"depuis": plus_mois(jour, -12), "jusqu_au": jour}),
        "resultat": _simulation(request.user, jeu) if simule else None,
        "travail": Traitement.objects.actifs().filter(nature=NATURE, cle=str(jeu.pk)).first() if simule else None,
        "colonnes_versions": COLONNES_VERSIONS, "colonnes_decisions": COLONNES_DECISIONS,
    }  # fmt: skip
    return render(request, "parcours/orientation/jeu.html", contexte, status=statut)


@login_required
@require_GET
def jeu(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a rule set in words, and its last simulation to who may run one."""
    exiger(peut_lire_regles(request.user))
    return _page(request, get_object_or_404(JeuRegles, pk=pk))


@login_required
@require_POST
def jeu_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the next version."""
    exiger(peut_gerer_regles(request.user))
    source = get_object_or_404(JeuRegles, pk=pk)
    try:
        copie = preparer_version(jeu=source, par=request.user)
    except RegleMetier as refus:
        messages.error(request, refus.message)
        return redirect(source)
    messages.success(request, "La version suivante est préparée. Elle ne s’applique pas encore.")
    return redirect(copie)


@login_required
@require_POST
def jeu_simuler(request: HttpRequest, pk: int) -> HttpResponse:
    """Launch the simulation over past diagnoses, or join the one that runs."""
    exiger(peut_simuler_regles(request.user))
    simule = get_object_or_404(JeuRegles, pk=pk)
    form = PeriodeForm(request.POST)
    if form.is_valid():
        try:
            lancer_simulation(jeu=simule, par=request.user, **form.cleaned_data)
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            return redirect(simule)
    return _page(request, simule, form, 422)


@login_required
@require_GET
def jeu_cas(request: HttpRequest, pk: int) -> HttpResponse:
    """List the cases of the simulation, those of the people the reader may find."""
    exiger(peut_ouvrir_cas(request.user))
    simulation = SimulationRegles.objects.filter(jeu=pk).select_related("jeu").first()
    if simulation is None:
        raise Http404("Ce jeu de règles n’a pas été simulé.")
    liste = ListeCas(request.user, simulation, request.GET)
    contexte = {
        "jeu": simulation.jeu, "simulation": simulation, "filtres": liste.filtres, "page": liste.page,
        "colonnes": COLONNES_CAS,
    }  # fmt: skip
    return render(request, "parcours/orientation/cas.html", contexte)


@login_required
@require_http_methods(["GET", "POST"])
def jeu_appliquer(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a version in force from a day on."""
    applique = get_object_or_404(JeuRegles, pk=pk)
    exiger(peut_appliquer_jeu(request.user, applique))
    form = ApplicationForm(request.POST or None, initial={"le": timezone.localdate()})
    reponse = mener(
        request, form, lambda: appliquer_jeu_regles(jeu=applique, le=form.cleaned_data["le"], par=request.user),
        dit="La date d’application est fixée.", vers=applique,
    )  # fmt: skip
    if reponse:
        return reponse
    contexte = {"jeu": applique, "form": form, "courant": jeu_au(timezone.localdate())}
    return render(request, "parcours/orientation/appliquer.html", contexte, status=422 if form.errors else 200)


@login_required
@require_GET
def ecarts(request: HttpRequest) -> HttpResponse:
    """Show proposals against decisions over a year, and why they differ."""
    exiger(peut_lire_observatoire(request.user))
    jour = timezone.localdate()
    premiere: datetime.date | None = (
        Orientation.objects.order_by("decidee_le").values_list("decidee_le", flat=True).first()
    )
    annees = list(range(jour.year, (premiere or jour).year - 1, -1))
    demandee = entier(request.GET.get("annee"))
    annee = demandee if demandee in annees else jour.year
    contexte = {
        "annee": annee, "annees": annees, "ecarts": Ecarts(request.user, annee), "colonnes": COLONNES_TYPES,
        "colonnes_motifs": (Colonne("Motif"), Colonne("Décisions", nb=True)),
    }  # fmt: skip
    return render(request, "parcours/orientation/ecarts.html", contexte)
