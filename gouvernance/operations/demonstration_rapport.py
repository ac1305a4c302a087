"""The published report of the demonstration: an earlier year, compiled by the software, its vote fictive."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from actions.models import Campagne, EtatBilan, EtatCampagne, Programme
from gouvernance.models import EtatVersion, VersionRapport
from gouvernance.regles import rapport as regles
from pdi.socle.traitements import Suivi, lancer

from .compilation import executer_compilation
from .versions import enregistrer_deliberation, motifs_de_refus, publier_version

TACHE = "gouvernance.publier_demonstration"
REPRISE = "Démonstration : séance fictive, antérieure à la compilation du rapport par le logiciel."


def exercice_a_publier(programme: Programme, avant: int) -> int | None:
    """Return the last year before `avant` whose campaign is closed and bilans validated, None when there is none."""
    closes = Campagne.objects.filter(programme=programme, etat=EtatCampagne.CLOSE, annee__lt=avant)
    a_valider = closes.exclude(bilans__isnull=True).exclude(
        pk__in=closes.filter(bilans__etat__in=set(EtatBilan) - {EtatBilan.VALIDE}).values("pk")
    )
    return a_valider.order_by("-annee").values_list("annee", flat=True).first()


def lancer_publication(*, programme: Programme, annee: int, par: Any) -> bool:
    """Have a worker compile the report of `annee`, then publish it; return whether there was something to do."""
    versions = VersionRapport.objects.filter(rapport__programme=programme, rapport__annee=annee)
    if versions.filter(etat=EtatVersion.PUBLIEE).exists():
        return False
    with transaction.atomic():
        lancer(
            nature=regles.NATURE, cle=regles.cle_compilation(programme.code, annee),
            intitule=f"Rapport {annee} – {programme.intitule_court} (démonstration)", par=par, tache=TACHE,
            parametres={"programme_id": programme.pk, "annee": annee},
        )  # fmt: skip
    return True


def executer_publication(*, programme_id: int, annee: int, suivi: Suivi) -> VersionRapport:
    """Compile, then publish and record the vote, in the name of who asked. Called by the worker."""
    version = executer_compilation(programme_id=programme_id, annee=annee, suivi=suivi)
    return publier_avec_son_vote(version=version, par=suivi.traitement.demandeur)


@transaction.atomic
def publier_avec_son_vote(*, version: VersionRapport, par: Any) -> VersionRapport:
    """Publish a version of the demonstration and record its fictive deliberation; as it is when it cannot be."""
    if motifs_de_refus(version):
        return version
    annee = version.rapport.annee
    publiee = publier_version(version=version, par=par)
    enregistrer_deliberation(
        version=publiee, numero=f"{annee + 1}-03-0007", date=datetime.date(annee + 1, 3, 24), pour=38, contre=0,
        abstentions=4, rapporteur="Dominique Maquette", reprise=REPRISE, par=par,
    )  # fmt: skip
    return publiee
