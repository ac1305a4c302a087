"""What the home page shows under the queues: the running campaign, my fiches, or the axes for managers."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from actions.figures import points_annuels
from actions.models import Bilan, Campagne, EtatBilan, FicheAction, Indicateur, Programme
from actions.querysets import ROLES_GESTION
from actions.regles.bilans import affichage
from pdi.comptes.models import Role
from pdi.socle.composants import Affichage, Etape
from pdi.socle.tri import Colonne

COLONNES_FICHES = ("Fiche-action", "Bilan", Colonne("Cibles atteintes", nb=True), "À faire")
COLONNES_AXES = (
    "Axe",
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


def programme_courant(utilisateur: Any, jour: datetime.date) -> Programme | None:
    """Return the département's programme in force on `jour`, else its latest one."""
    programmes = list(Programme.objects.visibles_par(utilisateur).du_departement())
    return next((p for p in programmes if p.annee_debut <= jour.year <= p.annee_fin), next(iter(programmes), None))


def campagne_courante(programme: Programme | None) -> Campagne | None:
    """Return the open campaign with its counts of bilans, else the latest."""
    if programme is None:
        return None
    return (
        programme.campagnes.annotate(
            bilans_total=Count("bilans"), bilans_valides=Count("bilans", filter=Q(bilans__etat=EtatBilan.VALIDE))
        )
        .filter(etat__in=["ouverte", "close"])
        .order_by("-annee")
        .first()
    )


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


def mes_fiches(utilisateur: Any, campagne: Campagne | None) -> list[LigneFiche]:
    """Return the fiches the user pilots, with the bilan of `campagne`. Four queries whatever their number."""
    if not utilisateur.a_role(Role.PILOTE):
        return []
    fiches = list(FicheAction.objects.pilotees_par(utilisateur).filter(programme__reference=False))
    if not fiches:
        return []
    annee = campagne.annee if campagne else fiches[0].programme.annee_debut
    bilans = {b.fiche_id: b for b in Bilan.objects.filter(campagne=campagne, fiche__in=fiches)} if campagne else {}
    atteintes = _atteintes(fiches, annee)
    return [LigneFiche(f, bilans.get(f.pk), *atteintes.get(f.pk, (0, 0)), _a_faire(bilans.get(f.pk))) for f in fiches]


def par_axe(utilisateur: Any, programme: Programme | None, campagne: Campagne | None) -> list[LigneAxe]:
    """Return one row per first-level axis for managers, direction and those without fiches."""
    if programme is None or campagne is None:
        return []
    fiches = list(
        FicheAction.objects.visibles_par(utilisateur).filter(programme=programme).select_related("axe__parent__parent")
    )
    etats = dict(Bilan.objects.filter(campagne=campagne).values_list("fiche_id", "etat"))
    atteintes = _atteintes(fiches, campagne.annee)
    groupes: dict[str, list[FicheAction]] = defaultdict(list)
    for fiche in fiches:
        axe = fiche.axe
        while axe is not None and axe.parent is not None:
            axe = axe.parent
        groupes[str(axe) if axe else "Sans axe"].append(fiche)
    return [
        LigneAxe(
            intitule,
            len(membres),
            sum(f.pk in etats for f in membres),
            sum(etats.get(f.pk) == EtatBilan.VALIDE for f in membres),
            sum(atteintes.get(f.pk, (0, 0))[0] for f in membres),
            sum(atteintes.get(f.pk, (0, 0))[1] for f in membres),
        )
        for intitule, membres in groupes.items()
    ]


def suit_les_axes(utilisateur: Any) -> bool:
    """Return whether the user sees the table by axis (managers, direction, supervisors)."""
    return bool(utilisateur.a_role(*ROLES_GESTION, Role.DIRECTION, Role.ENCADRANT))
