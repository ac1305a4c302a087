"""The figures about people in the demonstration: computed for every year of the programme, last year's frozen."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from actions.figures import points_annuels
from actions.models import (
    Bilan,
    ChiffreBilan,
    CibleIndicateur,
    ExplicationEcart,
    Indicateur,
    MesureIndicateur,
    Programme,
    ProvenanceMesure,
    SourceIndicateur,
)
from actions.operations.calculs import calculer_indicateurs
from actions.operations.demonstration import textes
from actions.operations.demonstration.source import Calendrier, Recit
from offre.indicateurs import CODES as DES_REALISATIONS
from parcours.indicateurs import PAR_CODE
from parcours.models import ReleveIndicateurs
from parcours.operations.indicateurs import compiler_indicateurs, dresser_releve, lier_indicateurs
from parcours.statistiques import moteur
from parcours.statistiques.variantes import liaisons
from pdi.socle.formats import date_longue

GEL = (3, 31)  # month and day of the year after
JOURS_DE_SAISIE, UNE_TARDIVE_SUR, JOURS_TARDIFS = 5, 20, 150
COMPTE = "nombre"

Valeurs = dict[tuple[int, int], MesureIndicateur]  # by (indicator, year)


@transaction.atomic
def calculer_la_demonstration(*, jour: datetime.date) -> int:
    """Tie the indicators of the demonstration's programme, compute its years, freeze the last one. Once.

    The story told by typed values gives way to the one population: what past bilans froze, and the targets of counts,
    come to its scale. Returns how many values were computed.
    """
    lier_indicateurs(par=None)
    programme = Programme.objects.filter(code__in=liaisons(), demonstration=True).first()
    if programme is None or ReleveIndicateurs.objects.filter(gele_le__isnull=False).exists():
        return 0
    _dater_les_saisies(jour)
    _geler(min(jour.year - 1, programme.annee_fin), jour)
    valeurs = 0
    for annee in (a for a in programme.annees if a <= jour.year):
        if annee == jour.year:
            valeurs += compiler_indicateurs(programme=programme, annee=annee, par=None).fiches
        else:
            valeurs += calculer_indicateurs(programme=programme, annee=annee, par=None).calcules
    mettre_a_l_echelle(programme, jour)
    return valeurs


def mettre_a_l_echelle(programme: Programme, jour: datetime.date, codes: Collection[str] | None = None) -> None:
    """Bring to the computed figures (of these `codes`) what the typed story says: targets, bilans and their words."""
    siens = Indicateur.objects.filter(fiche__programme=programme)
    _mettre_a_l_echelle(programme, siens if codes is None else siens.filter(calcul__in=codes))
    _reecrire_les_bilans(programme, jour)


def _dater_les_saisies(jour: datetime.date) -> None:
    """Say when each fictitious row was entered: recounts find late entries, as they would in a real database.

    By rank, not by key, which depends on all that was ever written: the same story each time.
    """
    with connection.cursor() as curseur:
        for table, fait in moteur.FAITS.items():
            curseur.execute(
                f"UPDATE {table} SET saisi_le = least(%(jour)s::date, {fait} + 1 + (r.rang %% %(lot)s)::int"  # noqa: S608  # nosec B608 - names of our code
                " + CASE WHEN r.rang %% %(rare)s = 0 THEN %(tard)s ELSE 0 END)::timestamptz FROM (SELECT id AS cle, "
                f"row_number() OVER (ORDER BY id) AS rang FROM {table}) r WHERE r.cle = id AND {fait} IS NOT NULL",
                {"jour": jour, "lot": JOURS_DE_SAISIE, "rare": UNE_TARDIVE_SUR, "tard": JOURS_TARDIFS},
            )


def _geler(annee: int, jour: datetime.date) -> None:
    """Freeze a past year as it was known at the end of March after it."""
    le = min(datetime.date(annee + 1, *GEL), jour - datetime.timedelta(days=1))
    gele_le = timezone.make_aware(datetime.datetime.combine(le, datetime.time(9)))
    releve, _ = dresser_releve(moment=moteur.Moment.de(annee, le, vu_le=gele_le), par=None)
    releve.calcule_le = releve.gele_le = gele_le
    releve.save(update_fields=["calcule_le", "gele_le"])


def _mettre_a_l_echelle(programme: Programme, indicateurs: QuerySet[Indicateur]) -> None:
    """Bring the typed story to the scale of the population: targets of counts, years before any realisation, bilans."""
    mesures = MesureIndicateur.objects.filter(indicateur__in=indicateurs).select_related("indicateur")
    calculees: Valeurs = {
        (m.indicateur_id, m.annee): m for m in mesures.courantes().filter(provenance=ProvenanceMesure.CALCUL)
    }
    dites: Valeurs = {
        (m.indicateur_id, m.annee): m
        for m in mesures.filter(
            indicateur__in={pk for pk, _ in calculees}, demonstration=True, provenance=ProvenanceMesure.SAISIE
        )
    }
    echelles = _echelles(calculees, dites)
    _reprendre_les_annees_sans_realisation(calculees, dites, echelles)
    cibles = list(CibleIndicateur.objects.filter(indicateur__in=echelles, demonstration=True))
    for cible in cibles:
        cible.valeur = _mis(cible.valeur, _echelle(echelles[cible.indicateur_id], cible.annee))
    CibleIndicateur.objects.bulk_update(cibles, ["valeur"])
    _reprendre_les_bilans(programme, calculees, {(c.indicateur_id, c.annee): c.valeur for c in cibles})


def _echelles(calculees: Valeurs, dites: Valeurs) -> dict[int, dict[int, Decimal]]:
    """Return, for each count, the ratio of the computed value to the typed one, by year."""
    echelles: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for (pk, annee), dite in dites.items():
        calculee = calculees.get((pk, annee))
        if calculee and calculee.indicateur.unite == COMPTE and calculee.valeur and dite.valeur:
            echelles[pk][annee] = calculee.valeur / dite.valeur
    return echelles


def _echelle(annees: dict[int, Decimal], annee: int) -> Decimal:
    """Return the ratio of a year, else of the closest one."""
    return annees[min(annees, key=lambda a: (abs(a - annee), a))]


def _mis(valeur: Decimal, echelle: Decimal) -> Decimal:
    return max(Decimal(1), (valeur * echelle).quantize(Decimal(1)))


def _reprendre_les_annees_sans_realisation(
    calculees: Valeurs, dites: Valeurs, echelles: dict[int, dict[int, Decimal]]
) -> None:
    """Before the first realisation, or meeting, a zero is false: the typed value of the demonstration stands, at scale.

    What the population tells is true from the first year.
    """
    fausses: list[int] = []
    reprises: list[MesureIndicateur] = []
    for cle, calculee in list(calculees.items()):
        dite = dites.get(cle)
        if calculee.valeur or dite is None or _de_la_population(calculee.indicateur.calcul):
            continue
        if dite.valeur is not None and cle[0] in echelles:
            dite.valeur = _mis(dite.valeur, _echelle(echelles[cle[0]], cle[1]))
        dite.remplacee_le = None
        fausses.append(calculee.pk)
        reprises.append(dite)
        calculees[cle] = dite
    MesureIndicateur.objects.filter(pk__in=fausses).delete()
    MesureIndicateur.objects.bulk_update(reprises, ["valeur", "remplacee_le"])


def _de_la_population(calcul: str) -> bool:
    return calcul not in DES_REALISATIONS and calcul.partition("?")[0] in PAR_CODE


def _reprendre_les_bilans(programme: Programme, valeurs: Valeurs, cibles: dict[tuple[int, int], Decimal]) -> None:
    """Put the computed figures and the targets at scale in the bilans of the demonstration."""
    chiffres = []
    for chiffre in ChiffreBilan.objects.filter(
        bilan__campagne__programme=programme, bilan__campagne__demonstration=True
    ).annotate(annee=F("bilan__campagne__annee")):
        cle = (chiffre.indicateur_id, chiffre.annee)
        mesure = valeurs.get(cle)
        if mesure is None:
            continue
        chiffre.valeur, chiffre.texte = mesure.valeur, mesure.texte
        chiffre.numerateur, chiffre.denominateur = mesure.numerateur, mesure.denominateur
        chiffre.cible = cibles.get(cle, chiffre.cible)
        chiffres.append(chiffre)
    ChiffreBilan.objects.bulk_update(
        chiffres, ["valeur", "texte", "numerateur", "denominateur", "cible"], batch_size=500
    )


def _reecrire_les_bilans(programme: Programme, jour: datetime.date) -> None:
    """Have the bilans of the demonstration quote and explain the figures that are now theirs."""
    recit = Recit(Path(settings.DOSSIER_DONNEES) / "demonstration" / "essonne.json")
    calendrier = Calendrier(programme, jour)
    toutes: dict[int, list[Indicateur]] = defaultdict(list)
    for indicateur in Indicateur.objects.filter(fiche__programme=programme, actif=True):
        toutes[indicateur.fiche_id].append(indicateur)
    par_fiche = {pk: liste for pk, liste in toutes.items() if any(i.calcul for i in liste)}
    annees = [programme.annee_debut - 1, *programme.annees]
    points = points_annuels([i.pk for liste in par_fiche.values() for i in liste], annees)
    bilans = list(
        Bilan.objects.filter(campagne__programme=programme, campagne__demonstration=True, fiche__in=par_fiche)
        .exclude(realisations="")
        .select_related("campagne", "fiche")
    )
    for bilan in bilans:
        texte = textes.realisations(
            bilan.fiche, par_fiche[bilan.fiche_id], points, bilan.campagne.annee, recit, calendrier
        )
        if calendrier.arrete is not None:
            fin = calendrier.arrete - datetime.timedelta(days=1)
            texte = texte.replace(f"Au {date_longue(fin)}, ", "À la date du relevé, ")
        bilan.realisations = texte
    Bilan.objects.bulk_update(bilans, ["realisations"])
    ecarts = ExplicationEcart.objects.filter(bilan__in=bilans, indicateur__source=SourceIndicateur.CALCULE)
    sans_cause = set(ecarts.filter(causes=[]).values_list("bilan_id", "indicateur_id"))  # one to write again: kept
    ecarts.exclude(causes=[]).delete()
    explications = []
    for bilan in bilans:
        for indicateur in par_fiche[bilan.fiche_id]:
            point = points[indicateur.pk][bilan.campagne.annee]
            deja = (bilan.pk, indicateur.pk) in sans_cause
            if deja or not bilan.perspectives or not indicateur.calcul or point.atteint is not False:
                continue
            mots, causes = textes.explication(bilan.fiche, indicateur, point, recit, calendrier)
            explications.append(ExplicationEcart(bilan=bilan, indicateur=indicateur, texte=mots, causes=causes))
    ExplicationEcart.objects.bulk_create(explications)
