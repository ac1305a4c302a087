"""Freezing of the figures of bilans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.droits import peut_ecrire_bilan
from actions.figures import PointAnnuel, points_annuels
from actions.models import Bilan, ChiffreBilan, Indicateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import NON_RENSEIGNE, valeur_unite
from pdi.socle.operations import journaliser

CHAMPS_GELES = ("valeur", "texte", "numerateur", "denominateur", "cible", "gele_le")


def _geler(bilan_id: int, indicateur_id: int, point: PointAnnuel) -> ChiffreBilan:
    return ChiffreBilan(
        bilan_id=bilan_id,
        indicateur_id=indicateur_id,
        valeur=point.valeur,
        texte=point.texte,
        numerateur=point.numerateur,
        denominateur=point.denominateur,
        cible=point.cible,
        gele_le=timezone.now(),
    )


def geler_chiffres(*, bilans: Iterable[Bilan], annee: int) -> int:
    """Freeze the figures of year `annee` for every followed indicator of `bilans`, in four queries.

    Figures already frozen are left as they are. Returns the number of figures written. Part of opening a campaign
    and of catching up with fiches added since: those operations hold the verdict and the journal.
    """
    bilan_par_fiche = {bilan.fiche_id: bilan.pk for bilan in bilans}
    fiche_par_indicateur = dict(
        Indicateur.objects.filter(fiche__in=bilan_par_fiche, actif=True).values_list("pk", "fiche_id")
    )
    points = points_annuels(list(fiche_par_indicateur), [annee])
    lignes = [_geler(bilan_par_fiche[fiche], pk, points[pk][annee]) for pk, fiche in fiche_par_indicateur.items()]
    ChiffreBilan.objects.bulk_create(lignes, ignore_conflicts=True)
    return len(lignes)


def completer_chiffres(*, bilan: Bilan) -> int:
    """Freeze the figures that were still empty and that have a value today. Part of saving a bilan.

    A value entered while the pilote writes takes its place in the bilan; a figure already frozen never moves.
    Returns the number of figures completed.
    """
    annee = bilan.campagne.annee
    geles = {c.indicateur_id: c for c in ChiffreBilan.objects.filter(bilan=bilan)}
    vides = [
        pk
        for pk in Indicateur.objects.filter(fiche=bilan.fiche_id, actif=True).values_list("pk", flat=True)
        if pk not in geles or (geles[pk].valeur is None and not geles[pk].texte)
    ]
    if not vides:
        return 0
    points = points_annuels(vides, [annee])
    lignes = [_geler(bilan.pk, pk, points[pk][annee]) for pk in vides if points[pk][annee].renseigne]
    ChiffreBilan.objects.bulk_create(
        lignes, update_conflicts=True, unique_fields=["bilan", "indicateur"], update_fields=CHAMPS_GELES
    )
    return len(lignes)


@transaction.atomic
def reprendre_chiffre(*, bilan: Bilan, indicateur: Indicateur, par: Any) -> ChiffreBilan:
    """Replace the frozen figure of `indicateur` by the value of today, at the pilote's request.

    The journal keeps both values. Raises DroitInsuffisant, and RegleMetier when no value was entered for the year
    or when it is the same.
    """
    bilan = (
        Bilan.objects.select_for_update(of=("self",))
        .select_related("campagne__programme", "fiche__programme")
        .get(pk=bilan.pk)
    )
    exiger(peut_ecrire_bilan(par, bilan))
    annee = bilan.campagne.annee
    point = points_annuels([indicateur.pk], [annee])[indicateur.pk][annee]
    if not point.renseigne:
        raise RegleMetier(f"Aucune valeur {annee} n’est saisie pour cet indicateur : il n’y a rien à reprendre.")
    ancien = ChiffreBilan.objects.filter(bilan=bilan, indicateur=indicateur).first()
    if ancien and (ancien.valeur, ancien.texte) == (point.valeur, point.texte):
        raise RegleMetier("Le chiffre du bilan est déjà celui d’aujourd’hui.")
    ChiffreBilan.objects.bulk_create(
        [_geler(bilan.pk, indicateur.pk, point)],
        update_conflicts=True,
        unique_fields=["bilan", "indicateur"],
        update_fields=CHAMPS_GELES,
    )

    def en_mots(valeur: Any, texte: str) -> str:
        return valeur_unite(valeur, indicateur.unite) if valeur is not None else texte or NON_RENSEIGNE

    journaliser(
        par=par,
        verbe="reprendre_chiffre",
        objet=bilan,
        avant={indicateur.libelle: en_mots(ancien.valeur, ancien.texte) if ancien else NON_RENSEIGNE},
        apres={indicateur.libelle: en_mots(point.valeur, point.texte)},
    )
    return ChiffreBilan.objects.get(bilan=bilan, indicateur=indicateur)
