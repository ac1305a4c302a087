"""Read everything a report needs: one query for each kind of object, whatever the number of fiches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.db import models

from actions.figures import PointAnnuel, points_annuels
from actions.models import (
    Anomalie,
    Axe,
    Bilan,
    Campagne,
    ChiffreBilan,
    Etape,
    ExplicationEcart,
    FicheAction,
    Financement,
    Indicateur,
    NiveauStrategique,
    ObjectifOperationnel,
    Programme,
    ResultatAttendu,
    RoleFiche,
    RubriqueFiche,
    SectionGabarit,
    Signataire,
)

M = TypeVar("M", bound=models.Model)
ANNEES_DE_RECUL = 4


def decimal_texte(valeur: Decimal | None) -> str | None:
    """Return the canonical text of a decimal (« 86 », « 0.5 »), None for None."""
    if valeur is None:
        return None
    texte = format(valeur.normalize(), "f")
    return "0" if texte in {"-0", "0"} else texte


def _par_fiche(lignes: Iterable[M], cle: str = "fiche_id") -> dict[int, list[M]]:
    groupes: dict[int, list[M]] = defaultdict(list)
    for ligne in lignes:
        groupes[getattr(ligne, cle)].append(ligne)
    return groupes


@dataclass(frozen=True)
class Matiere:
    """The rows of a programme for a year, grouped by the key they are read by. Chapters read nothing else."""

    programme: Programme
    annee: int
    annees: list[int]
    campagne: Campagne | None
    niveaux: dict[int, NiveauStrategique]
    axes: list[Axe]
    signataires: list[Signataire]
    fiches: list[FicheAction]
    restreintes: int
    libelles: dict[str, str]
    roles: Mapping[int, list[RoleFiche]]
    objectifs: Mapping[int, list[ObjectifOperationnel]]
    etapes: Mapping[int, list[Etape]]
    resultats: Mapping[int, list[ResultatAttendu]]
    indicateurs: Mapping[int, list[Indicateur]]
    points: Mapping[int, Mapping[int, PointAnnuel]]
    financements: Mapping[int, list[Financement]]
    anomalies: Mapping[int, list[Anomalie]]
    cadres: Mapping[int, list[str]]
    bilans: dict[int, Bilan]
    explications: dict[tuple[int, int], ExplicationEcart]
    chiffres: dict[tuple[int, int], ChiffreBilan]
    memoire: dict[str, Any] = field(default_factory=dict)

    @property
    def tenu_ici(self) -> bool:
        """Return whether the programme is that of the département this deployment serves: what is near is its own."""
        return bool(self.programme.departement.code == settings.DEPARTEMENT_CODE)


def annees_du_rapport(programme: Programme, annee: int) -> list[int]:
    """Return N-2, N-1, N, preceded by the years of the programme within four years, for the curves."""
    debut = min(annee - 2, max(programme.annee_debut, annee - ANNEES_DE_RECUL))
    return list(range(debut, annee + 1))


def lire(programme: Programme, annee: int) -> Matiere:
    """Read the programme and its year. The number of queries does not depend on the number of fiches.

    Fiches restricted to their actors stay out of the report, which is public: they are only counted.
    """
    toutes = list(FicheAction.objects.filter(programme=programme).order_by("ordre", "id"))
    fiches = [f for f in toutes if not f.restreinte]
    retenues = FicheAction.objects.filter(programme=programme, restreinte=False)
    campagne = Campagne.objects.filter(programme=programme, annee=annee).first()
    lus = Bilan.objects.filter(campagne=campagne, fiche__in=retenues).select_related("version_fiche")
    bilans = {b.fiche_id: b for b in lus.defer("version_fiche__contenu")} if campagne else {}
    du_bilan = {"bilan__campagne": campagne, "bilan__fiche__in": retenues}
    indicateurs = list(
        Indicateur.objects.filter(fiche__in=retenues, actif=True).order_by("fiche__ordre", "fiche_id", "ordre", "id")
    )
    annees = annees_du_rapport(programme, annee)
    libelles = dict(RubriqueFiche.choices) | {
        s.rubrique: s.libelle for s in SectionGabarit.objects.filter(gabarit=programme.gabarit_id)
    }
    cadres: dict[int, list[str]] = defaultdict(list)
    for fiche_id, libelle in (
        retenues.filter(cadres__isnull=False).order_by("cadres__libelle").values_list("pk", "cadres__libelle")
    ):
        cadres[fiche_id].append(libelle)
    return Matiere(
        programme=programme,
        annee=annee,
        annees=annees,
        campagne=campagne,
        niveaux={n.rang: n for n in NiveauStrategique.objects.filter(programme=programme)},
        axes=list(Axe.objects.filter(programme=programme).order_by("ordre", "id")),
        signataires=list(Signataire.objects.filter(programme=programme).select_related("structure")),
        fiches=fiches,
        restreintes=len(toutes) - len(fiches),
        libelles={str(k): str(v) for k, v in libelles.items()},
        roles=_par_fiche(
            RoleFiche.objects.filter(fiche__in=retenues).select_related("structure").order_by("ordre", "id")
        ),
        objectifs=_par_fiche(ObjectifOperationnel.objects.filter(fiche__in=retenues).order_by("numero")),
        etapes=_par_fiche(Etape.objects.filter(fiche__in=retenues).order_by("ordre", "id")),
        resultats=_par_fiche(ResultatAttendu.objects.filter(fiche__in=retenues).order_by("ordre", "id")),
        indicateurs=_par_fiche(indicateurs),
        points=points_annuels([i.pk for i in indicateurs], annees),
        financements=_par_fiche(
            Financement.objects.filter(fiche__in=retenues)
            .select_related("financeur")
            .order_by(models.F("annee").asc(nulls_first=True), "id")
        ),
        anomalies=_par_fiche(Anomalie.objects.filter(fiche__in=retenues).order_by("id")),
        cadres=cadres,
        bilans=bilans,
        explications={
            (e.bilan_id, e.indicateur_id): e for e in ExplicationEcart.objects.filter(**du_bilan) if campagne
        },
        chiffres={(c.bilan_id, c.indicateur_id): c for c in ChiffreBilan.objects.filter(**du_bilan) if campagne},
    )
