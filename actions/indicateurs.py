"""Computed indicators of the first storey: fiches by status, steps done, budget used, values entered on time."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils import timezone

from .models import (
    Etape,
    EtatEtape,
    FicheAction,
    Financement,
    Periodicite,
    Programme,
    SensIndicateur,
    StatutFiche,
)
from .registre import Declaration, Portee, Requete, Termes, declarer
from .regles.echeances import a_saisir_avant, echeances

SENS_STATUTS = {
    StatutFiche.REALISEE: SensIndicateur.HAUSSE,
    StatutFiche.EN_COURS: SensIndicateur.NEUTRE,
    StatutFiche.A_VENIR: SensIndicateur.NEUTRE,
    StatutFiche.A_DISCUTER: SensIndicateur.NEUTRE,
    StatutFiche.EN_PAUSE: SensIndicateur.BAISSE,
    StatutFiche.ABANDONNEE: SensIndicateur.BAISSE,
    StatutFiche.BLOQUEE: SensIndicateur.BAISSE,
    StatutFiche.EN_RETARD: SensIndicateur.BAISSE,
}

Resultat = Mapping[int | None, Termes]


def _du_programme(requete: Requete) -> Requete:
    """Return the query that adds up the terms of every fiche."""

    def somme(programme: Programme, annee: int) -> Resultat:
        termes = requete(programme, annee).values()
        manquants = [t.manquants for t in termes if t.manquants is not None]
        return {
            None: Termes(
                sum((t.numerateur for t in termes), Decimal(0)),
                sum((t.denominateur or Decimal(0) for t in termes), Decimal(0)),
                sum(manquants) if manquants else None,
            )
        }

    return somme


def _fiches_du_statut(statut: StatutFiche) -> Declaration:
    def requete(programme: Programme, annee: int) -> Resultat:
        del annee
        comptes = FicheAction.objects.filter(programme=programme).aggregate(
            total=Count("pk"), voulues=Count("pk", filter=Q(statut=statut))
        )
        return {None: Termes(Decimal(comptes["voulues"]), Decimal(comptes["total"]))}

    return Declaration(
        code=f"fiches_{statut.value}",
        libelle=f"Part des fiches au statut « {statut.label} »",
        definition=f"Part des fiches-actions du programme dont le statut est « {statut.label} », au jour du calcul.",
        numerateur=f"fiches au statut « {statut.label} »",
        denominateur="fiches-actions du programme",
        unite="%",
        version="1",
        portee=Portee.PROGRAMME,
        requete=requete,
        sens=SENS_STATUTS[statut],
    )


def _etapes(programme: Programme, annee: int) -> Resultat:
    """Count the steps of each fiche, those given up apart; a step counts as done in the year of its date and after."""
    fin = datetime.date(annee, 12, 31)
    realisees = Q(etat=EtatEtape.REALISEE) & (Q(realisee_le__isnull=True) | Q(realisee_le__lte=fin))
    lignes = (
        Etape.objects.filter(fiche__programme=programme)
        .exclude(etat=EtatEtape.ABANDONNEE)
        .values("fiche_id")
        .order_by()
        .annotate(total=Count("pk"), faites=Count("pk", filter=realisees))
    )
    return {x["fiche_id"]: Termes(Decimal(x["faites"]), Decimal(x["total"])) for x in lignes}


def _budgets(programme: Programme, annee: int) -> Resultat:
    """Add the lines of the year that have both a planned and an actual amount; those without actual are missing."""
    connus = Q(prevu__isnull=False, realise__isnull=False)
    lignes = (
        Financement.objects.filter(fiche__programme=programme, annee=annee, prevu__isnull=False)
        .values("fiche_id")
        .order_by()
        .annotate(
            realise_total=Sum("realise", filter=connus),
            prevu_total=Sum("prevu", filter=connus),
            manquants=Count("pk", filter=Q(realise__isnull=True)),
        )
    )
    return {
        x["fiche_id"]: Termes(x["realise_total"] or Decimal(0), x["prevu_total"] or Decimal(0), x["manquants"])
        for x in lignes
    }


_A_TEMPS = """
    SELECT i.fiche_id,
           count(*),
           count(*) FILTER (WHERE EXISTS (
               SELECT 1 FROM actions_mesureindicateur m
               WHERE m.indicateur_id = i.id AND m.periode @> daterange(e.debut, e.fin)
                 AND (m.saisie_le AT TIME ZONE %(zone)s)::date <= e.avant))
    FROM actions_indicateur i
    JOIN actions_ficheaction f ON f.id = i.fiche_id
    JOIN unnest(%(periodicites)s::text[], %(debuts)s::date[], %(fins)s::date[], %(avants)s::date[])
         AS e (periodicite, debut, fin, avant) ON e.periodicite = i.periodicite
    WHERE f.programme_id = %(programme)s AND i.actif AND i.source = 'saisi' AND e.avant < %(jour)s
    GROUP BY i.fiche_id
"""


def _saisies_a_temps(programme: Programme, annee: int) -> Resultat:
    """Count the deadlines passed of entered indicators, and those whose first value came in time."""
    attendues = [(p.value, e.debut, e.fin, a_saisir_avant(e)) for p in Periodicite for e in echeances(p, annee)]
    colonnes = [list(colonne) for colonne in zip(*attendues, strict=True)]
    with connection.cursor() as curseur:
        curseur.execute(
            _A_TEMPS,
            {
                "zone": timezone.get_current_timezone_name(),
                "periodicites": colonnes[0],
                "debuts": colonnes[1],
                "fins": colonnes[2],
                "avants": colonnes[3],
                "programme": programme.pk,
                "jour": timezone.localdate(),
            },
        )
        return {fiche: Termes(Decimal(a_temps), Decimal(total)) for fiche, total, a_temps in curseur.fetchall()}


for _statut in StatutFiche:
    declarer(_fiches_du_statut(_statut))

ETAPES: dict[str, Any] = {
    "definition": "Part des étapes réalisées, étapes abandonnées non comprises. Une étape compte à partir de l’année "
    "de sa réalisation ; sans date de réalisation, elle compte pour toutes les années.",
    "numerateur": "étapes réalisées au 31 décembre",
    "denominateur": "étapes prévues et non abandonnées",
    "unite": "%",
    "version": "1",
}
BUDGET: dict[str, Any] = {
    "definition": "Dépenses réalisées rapportées aux montants prévus de l’année, pour les lignes dont les deux sont "
    "connus. Les lignes sans dépense connue sont comptées comme données manquantes.",
    "numerateur": "dépenses réalisées de l’année",
    "denominateur": "montants prévus des mêmes lignes",
    "unite": "%",
    "version": "1",
    "sens": SensIndicateur.NEUTRE,
}
A_TEMPS: dict[str, Any] = {
    "definition": "Part des échéances de saisie passées dont la première valeur a été saisie au plus tard 31 jours "
    "après la fin de la période. Les indicateurs calculés, permanents ou à l’événement n’ont pas d’échéance.",
    "numerateur": "échéances renseignées à temps",
    "denominateur": "échéances passées",
    "unite": "%",
    "version": "1",
}
declarer(
    Declaration(
        code="etapes_realisees", libelle="Étapes réalisées de la fiche", portee=Portee.FICHE, requete=_etapes, **ETAPES
    )
)
declarer(
    Declaration(
        code="etapes_realisees_programme",
        libelle="Étapes réalisées du programme",
        portee=Portee.PROGRAMME,
        requete=_du_programme(_etapes),
        **ETAPES,
    )
)
declarer(
    Declaration(
        code="budget_consomme", libelle="Budget consommé de la fiche", portee=Portee.FICHE, requete=_budgets, **BUDGET
    )
)
declarer(
    Declaration(
        code="budget_consomme_programme",
        libelle="Budget consommé du programme",
        portee=Portee.PROGRAMME,
        requete=_du_programme(_budgets),
        **BUDGET,
    )
)
declarer(
    Declaration(
        code="indicateurs_a_temps",
        libelle="Indicateurs de la fiche renseignés à temps",
        portee=Portee.FICHE,
        requete=_saisies_a_temps,
        **A_TEMPS,
    )
)
declarer(
    Declaration(
        code="indicateurs_a_temps_programme",
        libelle="Indicateurs du programme renseignés à temps",
        portee=Portee.PROGRAMME,
        requete=_du_programme(_saisies_a_temps),
        **A_TEMPS,
    )
)
