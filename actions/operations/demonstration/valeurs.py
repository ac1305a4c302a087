"""Values and targets of the demonstration."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from actions.models import AgregationIndicateur, CibleIndicateur, Indicateur, MesureIndicateur, ProvenanceMesure
from pdi.comptes.models import Utilisateur
from pdi.socle.formats import date_longue

from .source import Calendrier, Recit, empreinte

SOURCE = "Démonstration : valeur fictive"
COMMENTAIRE_PARTIEL = "Situation provisoire, arrêtée à la fin du dernier mois complet."


def charger_valeurs(*, recit: Recit, calendrier: Calendrier, auteurs: dict[int, Utilisateur]) -> tuple[int, int]:
    """Insert the missing values and targets of the programme; return how many of each.

    An indicator that has a value is left alone for that year, whoever entered it. `auteurs`: {fiche id: pilote}.
    """
    indicateurs = list(Indicateur.objects.filter(fiche__programme=calendrier.programme).select_related("fiche"))
    deja = set(
        MesureIndicateur.objects.filter(indicateur__in=indicateurs).values_list("indicateur_id", "annee").distinct()
    )
    fixees = set(CibleIndicateur.objects.filter(indicateur__in=indicateurs).values_list("indicateur_id", "annee"))
    mesures: list[MesureIndicateur] = []
    cibles: list[CibleIndicateur] = []
    for indicateur in indicateurs:
        dit = recit.indicateurs.get((indicateur.fiche.numero, indicateur.libelle, indicateur.groupe))
        if dit is None:
            continue
        for annee in calendrier.programme.annees:
            cible = recit.lire(dit, "cibles", annee)
            if cible is not None and (indicateur.pk, annee) not in fixees:
                cibles.append(
                    CibleIndicateur(indicateur=indicateur, annee=annee, valeur=Decimal(str(cible)), demonstration=True)
                )
            if annee > calendrier.courante or (indicateur.pk, annee) in deja:
                continue
            mesure = _mesure(indicateur, dit, annee, recit, calendrier)
            if mesure is not None:
                mesure.auteur = auteurs.get(indicateur.fiche_id)
                mesures.append(mesure)
    MesureIndicateur.objects.bulk_create(mesures)
    CibleIndicateur.objects.bulk_create(cibles)
    return len(mesures), len(cibles)


def _mesure(
    indicateur: Indicateur, dit: dict[str, Any], annee: int, recit: Recit, calendrier: Calendrier
) -> MesureIndicateur | None:
    """Return the value told for `annee`; for the current year, what its elapsed months let expect."""
    valeur, texte = recit.lire(dit, "valeurs", annee), recit.lire(dit, "textes", annee) or ""
    if valeur is None and not texte:
        return None
    fin, part = datetime.date(annee + 1, 1, 1), Decimal(1)
    if annee == calendrier.courante:
        if calendrier.arrete is None:
            return None
        fin, part = calendrier.arrete, calendrier.part_ecoulee
    numerateur, denominateur = recit.lire(dit, "numerateurs", annee), recit.lire(dit, "denominateurs", annee)
    nombre = None if valeur is None else Decimal(str(valeur))
    if nombre is not None and part < 1 and indicateur.agregation == AgregationIndicateur.SOMME:
        nombre = (nombre * part).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    partielle = fin < datetime.date(annee + 1, 1, 1)
    return MesureIndicateur(
        indicateur=indicateur,
        annee=annee,
        periode=DateRange(datetime.date(annee, 1, 1), fin),
        valeur=nombre,
        texte=texte,
        numerateur=numerateur,
        denominateur=denominateur,
        commentaire=COMMENTAIRE_PARTIEL if partielle else "",
        source=_source(str(dit.get("source") or SOURCE), fin if partielle else None),
        provenance=ProvenanceMesure.SAISIE,
        saisie_le=_saisie_le(indicateur, annee, calendrier),
        demonstration=True,
    )


def _source(source: str, fin: datetime.date | None) -> str:
    """Return the source; before the end of the year (`fin` excluded), it says until when, not « 31 décembre »."""
    if fin is None:
        return source
    quoi = source.replace(", situation au 31 décembre", "").replace(" au 31 décembre", "")
    return f"{quoi}, situation provisoire au {date_longue(fin - datetime.timedelta(days=1))}"


def _saisie_le(indicateur: Indicateur, annee: int, calendrier: Calendrier) -> datetime.datetime:
    """Return a plausible instant, always in the past: a working morning before the campaign opened."""
    graine = (indicateur.fiche.numero, indicateur.libelle, annee)
    veille = datetime.date(annee + 1, 1, 14) if annee < calendrier.courante else calendrier.ouverture
    jour = min(veille, calendrier.jour) - datetime.timedelta(days=2 + empreinte("saisie", *graine, parmi=9))
    heure = datetime.time(9 + empreinte("heure", *graine, parmi=8), empreinte("minute", *graine, parmi=60))
    return timezone.make_aware(datetime.datetime.combine(jour, heure))
