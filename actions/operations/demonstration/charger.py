"""Loading of the whole demonstration, step by step."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.db.models import OuterRef, Subquery

from actions.models import Bilan, FicheAction, Programme, VersionFiche
from actions.operations.anomalies import actualiser_anomalies
from actions.operations.chargement import BilanChargement, charger_programmes
from actions.versions import a_lire, textes_de
from pdi.comptes.demo import creer_comptes_de_demonstration
from pdi.comptes.models import Role
from pdi.territoires.operations import charger_decoupage, charger_fichiers_territoires

from .campagnes import charger_campagnes
from .source import Calendrier, Recit
from .suivi import attribuer_pilotes, charger_avancement, charger_financements, statuer_programmes_echus
from .valeurs import charger_valeurs

DEPARTEMENTS = ("91", "71", "19", "78")
REFERENCES = frozenset({"saone-et-loire-2013-2018", "yvelines-2010-2015"})
ECHUS = REFERENCES | {"correze-2016-2018"}


@transaction.atomic
def charger_demonstration(*, dossier: Path, jour: datetime.date, dire: Callable[[str], object]) -> BilanChargement:
    """Load territories, structures, programmes, accounts, values and campaigns, in one transaction.

    Loading again adds what is missing and overwrites nothing. Raises RegleMetier when the référentiel of communes
    is missing. `dire` receives one French sentence a step.
    """
    geographie = charger_decoupage(departements=DEPARTEMENTS)
    charger_fichiers_territoires(dossier=dossier / "territoires")
    dire(
        f"Territoires : {geographie.communes} communes, {geographie.epci} EPCI, {geographie.departements} départements."
    )

    bilan = charger_programmes(dossier=dossier, references=REFERENCES, demonstration=True)
    statuer_programmes_echus(codes=set(ECHUS))
    dire(
        f"Programmes : {bilan.programmes} programmes, {bilan.fiches} fiches, {bilan.indicateurs} indicateurs, "
        f"{bilan.anomalies} anomalies des sources."
    )

    comptes = creer_comptes_de_demonstration()
    dire(f"Comptes : {len(comptes)} comptes de démonstration.")

    recit = Recit(dossier / "demonstration" / "essonne.json")
    programme = Programme.objects.get(code=recit.programme)
    calendrier = Calendrier(programme, jour)
    pilotes = attribuer_pilotes(programme=programme, comptes=comptes)
    mesures, cibles = charger_valeurs(recit=recit, calendrier=calendrier, auteurs=pilotes)
    dire(f"Valeurs : {mesures} mesures et {cibles} cibles ajoutées (fictives).")

    avancees = charger_avancement(recit=recit, calendrier=calendrier)
    financements = charger_financements(recit=recit, calendrier=calendrier)
    dire(f"Suivi : {avancees} fiches avancées, {financements} lignes de financement (fictives).")

    responsable = next(
        c for c in comptes.values() if any(h.role == Role.CHARGE_PROGRAMME for h in c.habilitations.all())
    )
    campagnes = charger_campagnes(recit=recit, calendrier=calendrier, pilotes=pilotes, responsable=responsable)
    if campagnes:
        versions_d_origine(programme)
    actualiser_anomalies(fiches=FicheAction.objects.values_list("pk", flat=True), jour=jour)
    dire(f"Campagnes : {campagnes} ajoutées, jusqu’à l’exercice {calendrier.courante}, en cours.")
    return bilan


def versions_d_origine(programme: Programme) -> None:
    """Put the fictive targets and amounts in the first versions, and tie the bilans to them."""
    versions = list(VersionFiche.objects.filter(fiche__programme=programme, numero=1))
    textes = {fiche.pk: textes_de(fiche) for fiche in a_lire(v.fiche_id for v in versions)}
    for version in versions:
        version.contenu, version.demonstration = textes[version.fiche_id], True
    VersionFiche.objects.bulk_update(versions, ["contenu", "demonstration"])
    premiere = VersionFiche.objects.filter(fiche=OuterRef("fiche"), numero=1).values("pk")
    Bilan.objects.filter(fiche__programme=programme, version_fiche=None).update(version_fiche=Subquery(premiere))
