"""What is read to write or sign a contract: regime, household, last diagnosis, what a first draft proposes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Q

from parcours.models import (
    Contrat,
    Diagnostic,
    Foyer,
    MembreFoyer,
    Motif,
    NatureContrat,
    NatureMotif,
    ObjectifReferentiel,
    Personne,
    RangContrat,
    RegimeJuridique,
    RoleFoyer,
    SituationFoyer,
)
from parcours.operations.contrats import SaisieContrat, saisie_enregistree, suivi_du_jour
from parcours.regles import contrats as regles
from parcours.regles.delais import Regime, regime_au

NIVEAU_FREIN = 2  # situations of the grid from which a theme is an obstacle
# The household as it stands at a date, in plain words of the CAF.
ENGAGEMENTS_DU_DEPARTEMENT = (
    "Proposer un rendez-vous au moins une fois par mois",
    "Mobiliser l’offre d’insertion utile aux objectifs retenus",
)
ENGAGEMENTS_DE_LA_PERSONNE = (
    "Participer aux rendez-vous et aux actions prévus, et prévenir en cas d’empêchement",
    "Signaler tout changement de situation",
)


def regimes() -> list[Regime]:
    """Return every regime (one query)."""
    return [Regime.lire(r) for r in RegimeJuridique.objects.all()]


def motifs_de_dispense(jour: datetime.date) -> list[Motif]:
    """Return the motives of reduction in force (one query)."""
    return list(Motif.objects.filter(nature=NatureMotif.DISPENSE, validite__contains=jour))


def freins_du_dernier_diagnostic(personne: Personne, *, voit_sante: bool) -> tuple[Diagnostic | None, set[int]]:
    """Return her last diagnosis and the obstacles it found (two queries); restricted ones only for who may know."""
    dernier = Diagnostic.objects.filter(personne=personne).order_by("-date", "-id").first()
    if dernier is None:
        return None, set()
    trouvees = dernier.reponses.filter(situation__niveau__gte=NIVEAU_FREIN, situation__frein__isnull=False)
    if not voit_sante:
        trouvees = trouvees.filter(theme__restreint=False, situation__frein__restreint=False)
    return dernier, set(trouvees.values_list("situation__frein", flat=True))


def objectifs_proposes(freins: set[int]) -> tuple[list[ObjectifReferentiel], list[ObjectifReferentiel]]:
    """Return the objectives that lift one of `freins`, then the others, each with its `freins` (two queries)."""
    tous = list(ObjectifReferentiel.objects.filter(actif=True).prefetch_related("freins"))
    utiles = [o for o in tous if freins & {f.pk for f in o.freins.all()}]
    return utiles, [o for o in tous if o not in utiles]


def foyer_au(personne: Personne, jour: datetime.date) -> dict[str, Any]:
    """Return the household of `personne` on `jour` as a contract keeps it (three queries): situation, people."""
    place = MembreFoyer.objects.filter(personne=personne, periode__contains=jour).first()
    if place is None:
        return {}
    foyer: Foyer = place.foyer
    situation = SituationFoyer.objects.filter(foyer=foyer, periode__contains=jour).first()
    roles = list(foyer.membres.filter(periode__contains=jour).values_list("role", flat=True))
    return {
        "au": jour.isoformat(),
        "situation": situation.situation if situation else "",
        "situation_dite": situation.get_situation_display() if situation and situation.situation else "",
        "enfants": situation.enfants if situation else roles.count(RoleFoyer.ENFANT),
        "adultes": sum(r in (RoleFoyer.DEMANDEUR, RoleFoyer.CONJOINT) for r in roles),
    }


def revision_legale(contrat: Contrat, signe_le: datetime.date, lus: Sequence[Regime]) -> datetime.date | None:
    """Return the last day of the review of a contract signed on `signe_le`; nothing is read but its orientation."""
    regime = regime_au(lus, signe_le)
    protege = bool(contrat.dispense_motif and regles.motif_protege(regime, contrat.dispense_motif.code))
    return regles.revision_due(
        lus, signe_le, protege=protege,
        type_orientation=contrat.orientation.type_decide if contrat.orientation else "",
        oriente_le=contrat.orientation.decidee_le if contrat.orientation else None,
    )  # fmt: skip


def contenu(contrat: Contrat, signe_le: datetime.date, lus: Sequence[Regime]) -> regles.ContenuContrat:
    """Return what the rules judge of a stored contract, as if signed on `signe_le` (two queries)."""
    regime = regime_au(lus, signe_le)
    return regles.ContenuContrat(
        nature=contrat.nature,
        debut=contrat.debut,
        fin=contrat.fin,
        heures=contrat.heures_hebdo,
        heures_min=regles.heures_min(regime, contrat.nature),
        reduit=contrat.dispense_motif_id is not None,
        dispense_fin=contrat.dispense_fin,
        revision_le=contrat.revision_le,
        revision_max=revision_legale(contrat, signe_le, lus),
        duree_max_mois=regime.parametres.get("duree_contrat_max_mois"),
        objectifs=contrat.objectifs.count(),
        actions=tuple(regles.ActionLue(a.intitule, a.debut, a.fin) for a in contrat.actions.all()),
        engagements_personne=len(contrat.engagements_personne),
        engagements_departement=len(contrat.engagements_departement),
    )


@dataclass
class Preparation:
    """A first draft: what the regime of `jour` and the path propose, or what the previous contract hands over."""

    personne: Any
    jour: datetime.date
    voit_sante: bool
    rang: str = RangContrat.PREMIER
    precedent: Contrat | None = None

    @cached_property
    def regimes(self) -> list[Regime]:
        """Return every regime."""
        return regimes()

    @cached_property
    def regime(self) -> Regime:
        """Return the regime in force. Raises LookupError when none is recorded."""
        return regime_au(self.regimes, self.jour)

    @cached_property
    def suivi(self) -> tuple[Any, Any]:
        """Return orientation and référent of today."""
        return suivi_du_jour(self.personne, self.jour)

    def saisie(self) -> SaisieContrat:
        """Return the entry to show first."""
        orientation, _ = self.suivi
        debut = self.jour
        if self.rang == RangContrat.RENOUVELLEMENT and self.precedent:
            debut = max(self.precedent.fin + datetime.timedelta(1), self.jour)
        nature = regles.nature_proposee(self.regime, orientation.organisme if orientation else "")
        vide = SaisieContrat(
            nature=nature,
            debut=debut,
            fin=regles.fin_proposee(self.regime, debut),
            heures_hebdo=regles.heures_min(self.regime, nature),
            engagements_personne=() if nature == NatureContrat.PPAE else ENGAGEMENTS_DE_LA_PERSONNE,
            engagements_departement=() if nature == NatureContrat.PPAE else ENGAGEMENTS_DU_DEPARTEMENT,
            revision_le=regles.revision_due(
                self.regimes, self.jour,
                type_orientation=orientation.type_decide if orientation else "",
                oriente_le=orientation.decidee_le if orientation else None,
            ),
        )  # fmt: skip
        return self._suite(vide) if self.precedent else vide

    def _suite(self, vide: SaisieContrat) -> SaisieContrat:
        """Take over what is still to do of the previous contract; an amendment keeps its end, its hours and motive."""
        assert self.precedent is not None  # noqa: S101  # nosec B101
        ancien = saisie_enregistree(self.precedent)
        avenant = self.rang == RangContrat.AVENANT
        atteints = set(self.precedent.objectifs.filter(atteint=True).values_list("libelle", flat=True))
        faites = set(self.precedent.actions.filter(realisee=True).values_list("intitule", flat=True))
        return replace(
            vide,
            nature=ancien.nature if avenant else vide.nature,
            fin=max(ancien.fin, vide.debut) if avenant else vide.fin,
            heures_hebdo=ancien.heures_hebdo if avenant else vide.heures_hebdo,
            dispense_motif=ancien.dispense_motif if avenant else None,
            dispense_fin=ancien.dispense_fin if avenant else None,
            revision_le=ancien.revision_le if avenant else vide.revision_le,
            objectifs=tuple(o for o in ancien.objectifs if o[1] not in atteints),
            actions=tuple(
                replace(a, debut=None, fin=None if not avenant else a.fin)
                for a in ancien.actions
                if a.intitule not in faites
            ),
            engagements_personne=ancien.engagements_personne or vide.engagements_personne,
            engagements_departement=ancien.engagements_departement or vide.engagements_departement,
        )


def suites_engagees() -> Q:
    """Return the condition on `suites`: a later contract that was signed."""
    return Q(etat__in=["signe", "soumis", "a_corriger", "valide", "clos"])
