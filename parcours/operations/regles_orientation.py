"""Rule sets: a next version, its simulation over past diagnoses, the day it applies."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import CharField, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from parcours.droits.orientation import peut_appliquer_jeu, peut_gerer_regles, peut_simuler_regles
from parcours.lecture_diagnostics import grille_au
from parcours.models import (
    CasSimulation,
    Diagnostic,
    JeuRegles,
    Orientation,
    RegleOrientation,
    SimulationRegles,
    SituationTheme,
)
from parcours.propositions import jeu_au, reponses_de
from parcours.regles.orientation import RegleIllisible, evaluer, verifier_regles
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import Traitement
from pdi.socle.operations import enregistrer, journaliser, prevenir
from pdi.socle.traitements import Suivi, lancer

NATURE = "simulation_regles"
PAQUET = 2000


def fautes_du_jeu(jeu: JeuRegles, jour: datetime.date) -> list[str]:
    """Return what is wrong in a set read against the grid in force on `jour`, in French."""
    return verifier_regles(list(jeu.regles.all()), situations_de_la_grille(jour))


def situations_de_la_grille(jour: datetime.date) -> dict[str, list[str]]:
    """Return the answers of each question of the grid in force on `jour`, by code."""
    situations: dict[str, list[str]] = {}
    lues = SituationTheme.objects.filter(theme__grille=grille_au(jour)).values_list("theme__code", "code")
    for theme, code in lues:
        situations.setdefault(theme, []).append(code)
    return situations


@transaction.atomic
def preparer_version(*, jeu: JeuRegles, par: Any) -> JeuRegles:
    """Copy `jeu` into the next version, not applied: its rules may then be changed, simulated, put in force.

    Raises DroitInsuffisant, and RegleMetier when a version already waits to be applied.
    """
    exiger(peut_gerer_regles(par))
    versions = JeuRegles.objects.select_for_update().filter(code=jeu.code)
    list(versions.values_list("pk"))
    if versions.filter(applique_des__isnull=True).exists():
        raise RegleMetier("Une version de ce jeu est déjà en préparation : changez-la, ou appliquez-la.")
    dernier = versions.aggregate(n=Max("version"))["n"]
    copie = JeuRegles(code=jeu.code, version=dernier + 1, intitule=jeu.intitule, source=jeu.source)
    enregistrer(copie)
    regles = list(jeu.regles.all())
    for regle in regles:
        regle.pk, regle.jeu = None, copie
    RegleOrientation.objects.bulk_create(regles)
    journaliser(par=par, verbe="preparer_version", objet=copie)
    return copie


@transaction.atomic
def appliquer_jeu_regles(*, jeu: JeuRegles, le: datetime.date, par: Any) -> JeuRegles:
    """Put `jeu` in force from `le`; the set in force ends the day before. Decisions already made keep their proposal.

    Raises DroitInsuffisant; RegleMetier for a past day, a set that cannot be read against the grid, or a set already
    due to start later.
    """
    jeux = {j.pk: j for j in JeuRegles.objects.select_for_update().order_by("pk")}
    jeu = jeux[jeu.pk]
    exiger(peut_appliquer_jeu(par, jeu))
    if le < timezone.localdate():
        raise RegleMetier("Un jeu de règles s’applique à partir d’aujourd’hui ou d’un jour à venir.", champ="le")
    if fautes := fautes_du_jeu(jeu, le):
        raise RegleMetier(" ".join(fautes))
    for autre in jeux.values():
        if autre.applique_des is None or (autre.jusqu_au is not None and autre.jusqu_au < le):
            continue
        if autre.applique_des >= le:
            raise RegleMetier(
                f"{autre} commence le {autre.applique_des:%d/%m/%Y} : choisissez une date postérieure.", champ="le"
            )
        autre.jusqu_au = le - datetime.timedelta(days=1)
        autre.save(update_fields=["jusqu_au"])
        journaliser(par=par, verbe="fin_jeu_regles", objet=autre, apres={"jusqu’au": autre.jusqu_au})
    jeu.applique_des = le
    enregistrer(jeu)
    journaliser(par=par, verbe="appliquer_jeu_regles", objet=jeu, apres={"appliqué à partir du": le})
    return jeu


@transaction.atomic
def lancer_simulation(*, jeu: JeuRegles, depuis: datetime.date, jusqu_au: datetime.date, par: Any) -> Traitement:
    """Launch the reading of `jeu` over the diagnoses of that period (both days included), or join the one that runs.

    Raises DroitInsuffisant, and RegleMetier for a period the wrong way round or a set that cannot be read.
    """
    exiger(peut_simuler_regles(par))
    if depuis > jusqu_au:
        raise RegleMetier("La période finit avant d’avoir commencé.", champ="jusqu_au")
    if fautes := fautes_du_jeu(jeu, timezone.localdate()):
        raise RegleMetier(" ".join(fautes))
    traitement, _ = lancer(
        nature=NATURE,
        cle=str(jeu.pk),
        intitule=f"Simulation\u00a0: {jeu}",
        par=par,
        tache="parcours.simuler_regles",
        parametres={"jeu_id": jeu.pk, "depuis": depuis.isoformat(), "jusqu_au": jusqu_au.isoformat()},
        url_retour=reverse("parcours:jeu", args=[jeu.pk]),
    )
    return traitement


def executer_simulation(*, jeu_id: int, depuis: datetime.date, jusqu_au: datetime.date, suivi: Suivi) -> None:
    """Read the rules over every diagnosis of the period and keep the cases, in place of the run before."""
    jeu = JeuRegles.objects.get(pk=jeu_id)
    diagnostics = Diagnostic.objects.filter(date__range=(depuis, jusqu_au)).termines()
    suivi.demarrer(diagnostics.count())
    try:
        with transaction.atomic():
            nombre = _simuler(jeu, depuis, jusqu_au, suivi)
            par = suivi.traitement.demandeur
            if par is not None:
                prevenir(
                    destinataires=[par],
                    titre="Simulation terminée",
                    texte=str(jeu),
                    url=jeu.get_absolute_url(),
                )
            suivi.terminer({"diagnostics": nombre})
    except RegleIllisible as erreur:
        raise RegleMetier(str(erreur)) from erreur


def _simuler(jeu: JeuRegles, depuis: datetime.date, jusqu_au: datetime.date, suivi: Suivi) -> int:
    SimulationRegles.objects.filter(jeu=jeu).delete()
    courant = jeu_au(timezone.localdate())
    simulation = SimulationRegles.objects.create(
        jeu=jeu, courant=courant, depuis=depuis, jusqu_au=jusqu_au, lancee_par=suivi.traitement.demandeur,
        traitement=suivi.traitement,
    )  # fmt: skip
    regles, actuelles = list(jeu.regles.all()), list(courant.regles.all()) if courant else []
    nombre = 0
    for paquet in _paquets(depuis, jusqu_au):
        suivi.avancer(f"{nombre + len(paquet)} diagnostics lus", len(paquet))
        reponses = reponses_de([pk for pk, _, _ in paquet])
        CasSimulation.objects.bulk_create(
            CasSimulation(
                simulation=simulation,
                diagnostic_id=pk,
                personne_id=personne,
                type_simule=evaluer(regles, reponses.get(pk, ())).type,
                type_courant=evaluer(actuelles, reponses.get(pk, ())).type,
                type_decide=decide,
            )
            for pk, personne, decide in paquet
        )
        nombre += len(paquet)
    return nombre


def _paquets(depuis: datetime.date, jusqu_au: datetime.date) -> Iterator[list[tuple[int, int, str]]]:
    """Yield (diagnosis, person, type decided) by packets, in the order of the keys: nothing grows with the table."""
    sur_lui = Orientation.objects.filter(diagnostic=OuterRef("pk")).order_by("decidee_le", "pk")
    apres = Orientation.objects.filter(personne=OuterRef("personne"), decidee_le__gte=OuterRef("date"))
    decide = Coalesce(
        Subquery(sur_lui.values("type_decide")[:1]),
        Subquery(apres.order_by("decidee_le", "pk").values("type_decide")[:1]),
        Value(""),
        output_field=CharField(),
    )
    lignes = (
        Diagnostic.objects.filter(termine_le__isnull=False, date__range=(depuis, jusqu_au))
        .annotate(decide=decide)
        .order_by("pk")
        .values_list("pk", "personne_id", "decide")
    )
    dernier = 0
    while paquet := list(lignes.filter(pk__gt=dernier)[:PAQUET]):
        yield paquet
        dernier = paquet[-1][0]
