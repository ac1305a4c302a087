"""What the home page shows under the queues: the running campaign, my fiches, or the axes for managers."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from actions.figures import points_annuels
from actions.models import Bilan, Campagne, EtatBilan, EtatProgramme, FicheAction, Indicateur, Programme
from actions.querysets import ROLES_GESTION
from actions.regles.bilans import affichage
from pdi.comptes.models import Role
from pdi.socle.composants import Affichage, Etape
from pdi.socle.tri import Colonne

COLONNES_FICHES = ("Fiche-action", "Bilan", Colonne("Cibles atteintes", nb=True), "À faire")
COLONNES_AXES = (
    Colonne("Fiches", nb=True),
    Colonne("Bilans validés", nb=True),
    Colonne("Cibles atteintes", nb=True),
)


@dataclass(frozen=True)
class LigneFiche:
    """One of my fiches: its bilan of the campaign and its targets reached."""

    fiche: FicheAction
    bilan: Bilan | None
    atteintes: int
    cibles: int
    a_faire: str

    @property
    def affichage(self) -> Affichage | None:
        """Return how the bilan's state is shown, in the words of every other screen."""
        return affichage(self.bilan.etat, commence=self.bilan.modifie_le is not None) if self.bilan else None


@dataclass(frozen=True)
class LigneAxe:
    """One first-level axis: fiches, validated bilans, targets reached."""

    intitule: str
    fiches: int
    bilans: int
    valides: int
    atteintes: int
    cibles: int


@dataclass(frozen=True)
class Situation:
    """Where one programme stands: its running campaign and, for who follows it, its table by axis."""

    programme: Programme
    campagne: Any
    axes: list[LigneAxe]
    jour: datetime.date

    @property
    def etapes(self) -> list[Etape]:
        """Return the steps of the campaign, none without one."""
        return etapes_de(self.campagne, self.jour) if self.campagne else []

    @property
    def jours_assemblee(self) -> int:
        """Return how many days are left before the Assemblée, negative once it is past."""
        return int((self.campagne.assemblee_avant - self.jour).days)

    @property
    def mot_axe(self) -> str:
        """Return what this programme calls its first level."""
        return next((n.singulier for n in self.programme.niveaux.all()), "axe")

    @property
    def libelle(self) -> str:
        """Return what the table is, for who does not see the title above it."""
        return f"Fiches, bilans et cibles de {self.programme} par {self.mot_axe}"

    @property
    def colonnes(self) -> tuple[Colonne | str, ...]:
        """Return the columns of the table by axis, in the words of the programme."""
        return (self.mot_axe.capitalize(), *COLONNES_AXES)


def situations_de(utilisateur: Any, jour: datetime.date) -> list[Situation]:
    """Return the département's programmes in force on `jour`, each with its running campaign and its axes.

    While one programme follows another, both are there, the one whose bilans are being written first. Those in
    preparation wait. Without any in force, the latest one. The queries do not depend on the number of programmes.
    """
    avec_axes = suit_les_axes(utilisateur)
    tous = list(
        Programme.objects.visibles_par(utilisateur)
        .du_departement()
        .prefetch_related(*(["niveaux"] if avec_axes else []))
    )
    adoptes = [p for p in tous if p.etat != EtatProgramme.PREPARATION] or tous
    programmes = [p for p in adoptes if p.annee_debut <= jour.year <= p.annee_fin] or adoptes[:1]
    campagnes = _campagnes_courantes(programmes)
    tables = _par_axe(utilisateur, campagnes) if avec_axes else {}
    situations = [Situation(p, campagnes.get(p.pk), tables.get(p.pk, []), jour) for p in programmes]
    return sorted(situations, key=lambda s: -s.campagne.bilans_total if s.campagne else 0)


def _campagnes_courantes(programmes: Sequence[Programme]) -> dict[int, Any]:
    """Return {programme: its latest campaign open or closed, with its counts of bilans}."""
    campagnes = (
        Campagne.objects.filter(programme__in=[p.pk for p in programmes], etat__in=["ouverte", "close"])
        .annotate(bilans_total=Count("bilans"), bilans_valides=Count("bilans", filter=Q(bilans__etat=EtatBilan.VALIDE)))
        .select_related("programme")
        .order_by("annee")
    )
    return {campagne.programme_id: campagne for campagne in campagnes}


def etapes_de(campagne: Any, jour: datetime.date) -> list[Etape]:
    """Return the steps of the campaign, from the opening to the vote of the Assemblée."""
    remis = campagne.bilans_total and campagne.bilans_valides == campagne.bilans_total
    etapes = [
        ("Campagne ouverte", f"le {campagne.ouverture:%d/%m/%Y}", campagne.etat != "preparee"),
        (
            "Bilans",
            (
                f"{campagne.bilans_valides} validés sur {campagne.bilans_total}, "
                f"à rendre avant le {campagne.soumission_avant:%d/%m/%Y}"
            ),
            bool(remis) or campagne.etat == "close",
        ),
        ("Relecture", f"avant le {campagne.relecture_avant:%d/%m/%Y}", campagne.etat == "close"),
        ("Assemblée", f"avant le {campagne.assemblee_avant:%d/%m/%Y}", jour > campagne.assemblee_avant),
    ]
    resultat, courant = [], False
    for intitule, detail, fait in etapes:
        if fait and not courant:
            etat = "fait"
        else:
            etat = "" if courant else "courant"
            courant = True
        resultat.append(Etape(intitule, detail, etat))
    return resultat


def _a_faire(bilan: Bilan | None) -> str:
    if bilan is None:
        return "Pas de bilan dans la campagne"
    if bilan.etat == EtatBilan.A_CORRIGER:
        return "Reprendre le bilan"
    if bilan.etat == EtatBilan.SOUMIS:
        return "Attendre la relecture"
    if bilan.etat == EtatBilan.VALIDE:
        return "Rien"
    manque = [nom for nom, texte in (("bilan", bilan.realisations), ("perspectives", bilan.perspectives)) if not texte]
    return f"Écrire : {' et '.join(manque)}" if manque else "Soumettre"


def _atteintes(fiches: list[FicheAction], annee: int) -> dict[int, tuple[int, int]]:
    """Return {fiche: (targets reached, targets)} for the year."""
    indicateurs = dict(
        Indicateur.objects.filter(fiche__in=[f.pk for f in fiches], actif=True).values_list("id", "fiche_id")
    )
    comptes: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for identifiant, points in points_annuels(list(indicateurs), [annee]).items():
        point = points.get(annee)
        if point is not None and point.atteint is not None:
            comptes[indicateurs[identifiant]][0] += bool(point.atteint)
            comptes[indicateurs[identifiant]][1] += 1
    return {fiche: (a, c) for fiche, (a, c) in comptes.items()}


def mes_fiches(utilisateur: Any, situations: Sequence[Situation]) -> list[LigneFiche]:
    """Return the fiches the user pilots in these programmes, each with the bilan of its programme's campaign."""
    if not utilisateur.a_role(Role.PILOTE):
        return []
    campagnes = {s.programme.pk: s.campagne for s in situations}
    fiches = list(
        FicheAction.objects.pilotees_par(utilisateur).filter(programme__in=campagnes).select_related("programme")
    )
    bilans = {
        b.fiche_id: b for b in Bilan.objects.filter(campagne__in=[c for c in campagnes.values() if c], fiche__in=fiches)
    }
    atteintes = _atteintes_des_campagnes(fiches, campagnes)
    return [
        LigneFiche(
            f,
            bilans.get(f.pk),
            *atteintes.get(f.pk, (0, 0)),
            _a_faire(bilans.get(f.pk)) if campagnes[f.programme_id] else "Aucune campagne n’est ouverte",
        )
        for f in fiches
    ]


def _atteintes_des_campagnes(fiches: Sequence[FicheAction], campagnes: Mapping[int, Any]) -> dict[int, tuple[int, int]]:
    """Return {fiche: (targets reached, targets)}, each for the year of its programme's campaign."""
    annees: dict[int, list[FicheAction]] = defaultdict(list)
    for fiche in fiches:
        if campagne := campagnes.get(fiche.programme_id):
            annees[campagne.annee].append(fiche)
    return {fiche: compte for annee, membres in annees.items() for fiche, compte in _atteintes(membres, annee).items()}


def _par_axe(utilisateur: Any, campagnes: Mapping[int, Any]) -> dict[int, list[LigneAxe]]:
    """Return {programme: one row per first-level axis}, for the programmes that have a campaign."""
    fiches = list(
        FicheAction.objects.visibles_par(utilisateur)
        .filter(programme__in=campagnes)
        .select_related("axe__parent__parent")
    )
    etats = dict(Bilan.objects.filter(campagne__in=campagnes.values()).values_list("fiche_id", "etat"))
    atteintes = _atteintes_des_campagnes(fiches, campagnes)
    groupes: dict[int, dict[str, list[FicheAction]]] = defaultdict(lambda: defaultdict(list))
    for fiche in fiches:
        axe = fiche.axe
        while axe is not None and axe.parent is not None:
            axe = axe.parent
        groupes[fiche.programme_id][str(axe) if axe else "Hors de l’arbre"].append(fiche)
    return {
        programme: [
            LigneAxe(
                intitule,
                len(membres),
                sum(f.pk in etats for f in membres),
                sum(etats.get(f.pk) == EtatBilan.VALIDE for f in membres),
                sum(atteintes.get(f.pk, (0, 0))[0] for f in membres),
                sum(atteintes.get(f.pk, (0, 0))[1] for f in membres),
            )
            for intitule, membres in axes.items()
        ]
        for programme, axes in groupes.items()
    }


def suit_les_axes(utilisateur: Any) -> bool:
    """Return whether the user sees the table by axis (managers, direction, supervisors)."""
    return bool(utilisateur.a_role(*ROLES_GESTION, Role.DIRECTION, Role.ENCADRANT))
