"""Filters of the reading lists: fiches of a programme, all fiches, all indicators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from actions.models import (
    Anomalie,
    Axe,
    Bilan,
    CadreAction,
    EtatAnomalie,
    NatureIndicateur,
    Priorite,
    Programme,
    RoleFiche,
    SourceIndicateur,
    StatutFiche,
    TypeRole,
)
from actions.querysets import fiche_en_retard, sous
from actions.regles.bilans import PHASES
from pdi.socle.filtres import Choix, Filtre, FiltreAnnee, FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.structures.models import Structure
from pdi.structures.regles import cle_nom

from .commun import nom_service

RETRAIT = "\u00a0\u00a0\u00a0"  # indentation of a tree inside a select
PILOTES = (TypeRole.PILOTE, TypeRole.COPILOTE)


class FiltreMots(FiltreTexte):
    """Every word is found in the search text of the fiche (accents and case ignored, trigram index)."""

    def condition(self, valeur: Any) -> Q:
        """Return: each word in the column."""
        [champ] = self.champs
        condition = Q()
        for mot in cle_nom(valeur).split():
            condition &= Q(**{f"{champ}__contains": mot})
        return condition


def pilotee_par_structure(valeur: str, cle: str = "pk") -> Q:
    """Return « a pilote or copilote is that structure or one of its services »."""
    return Q(Exists(RoleFiche.objects.filter(sous("structure", [int(valeur)]), fiche=OuterRef(cle), type__in=PILOTES)))


def de_cadre(valeur: str) -> Q:
    """Return « the fiche belongs to that framework »."""
    return Q(
        Exists(CadreAction.fiches.through._default_manager.filter(ficheaction=OuterRef("pk"), cadreaction=int(valeur)))
    )


def dans_axe(valeur: str, cle: str = "axe") -> Q:
    """Return « under that node of the tree, whatever the depth »."""
    return Q(**{cle: valeur}) | Q(**{f"{cle}__parent": valeur}) | Q(**{f"{cle}__parent__parent": valeur})


def avec_anomalie() -> Q:
    """Return « an anomaly waits for an answer »."""
    return Q(Exists(Anomalie.objects.filter(fiche=OuterRef("pk"), etat=EtatAnomalie.OUVERTE)))


def bilan_en_phase(annee: int, phase: str) -> Q:
    """Return « the bilan of the year is in that phase » (« aucun »: there is none)."""
    bilans = Bilan.objects.filter(fiche=OuterRef("pk"), campagne__annee=annee)
    if phase == "aucun":
        return Q(~Exists(bilans))
    if phase in {"a_rediger", "en_redaction"}:
        return Q(Exists(bilans.filter(etat="a_renseigner", modifie_le__isnull=phase == "a_rediger")))
    return Q(Exists(bilans.filter(etat=phase)))


CHOIX_BILAN = [(cle, a.libelle) for cle, a in PHASES.items()] + [("aucun", "Sans bilan")]


class FiltreRetard(FiltreBooleen):
    """Fiches behind their calendar, today."""

    def __init__(self, libelle: str) -> None:
        """The condition depends on the day: it is made when asked."""
        super().__init__(libelle, si_vrai=Q())

    def condition(self, valeur: Any) -> Q:  # noqa: ARG002
        """Return the condition of today."""
        return fiche_en_retard(timezone.localdate())


class FiltreAnomalie(FiltreBooleen):
    """Fiches with an anomaly to treat."""

    def __init__(self, libelle: str) -> None:
        """The condition is a subquery: it is made when asked."""
        super().__init__(libelle, si_vrai=Q())

    def condition(self, valeur: Any) -> Q:  # noqa: ARG002
        """Return the condition."""
        return avec_anomalie()


class FiltresProgramme(Filtres):
    """The fiches of one programme. The state of bilans is for the département's staff (`suivi`)."""

    q = FiltreMots("Mot du titre ou du contenu", champs=("recherche",), large=True)
    axe = FiltreChoix("Axe", q=dans_axe, vide="Tous")
    pilote = FiltreChoix("Service pilote", q=pilotee_par_structure, vide="Tous les services")
    statut = FiltreChoix("Statut", champ="statut", choix=StatutFiche.choices, vide="Tous")
    bilan = FiltreChoix("État du bilan", choix=CHOIX_BILAN, vide="Tous")
    cadre = FiltreChoix("Cadre", q=de_cadre, vide="Tous")
    annee = FiltreAnnee("Année", q=lambda _valeur: Q())
    retard = FiltreRetard("Échéance dépassée")

    def __init__(
        self,
        donnees: Any,
        *,
        annee: int,
        annee_par_defaut: int,
        choix: dict[str, Choix],
        libelle_axe: str,
        suivi: bool,
    ) -> None:
        """Fit the filters to the programme: year of the bilan, word for « axe », what this reader may filter on."""
        super().__init__(donnees, choix=choix)
        declares: dict[str, Filtre] = dict(type(self).declares)
        declares["axe"] = FiltreChoix(libelle_axe.capitalize(), q=dans_axe, vide="Tous")
        declares["bilan"] = FiltreChoix(
            f"Bilan {annee}", q=lambda v: bilan_en_phase(annee, v), choix=CHOIX_BILAN, vide="Tous les états"
        )
        declares["annee"] = FiltreAnnee("Année", q=lambda _valeur: Q(), vide=f"{annee_par_defaut} (la dernière)")
        for nom in ("axe", "pilote", "cadre", "annee"):
            if not choix.get(nom):
                del declares[nom]
        if not suivi:
            del declares["bilan"]
        self.declares = declares  # type: ignore[misc]  # the class holds the full set, the screen its own


class FiltresFiches(Filtres):
    """All the fiches of all the programmes."""

    q = FiltreMots("Mot du titre ou du contenu", champs=("recherche",), large=True)
    programme = FiltreChoix("Programme", champ="programme__code", vide="Tous")
    pilote = FiltreChoix("Service pilote", q=pilotee_par_structure, vide="Tous les services")
    statut = FiltreChoix("Statut", champ="statut", choix=StatutFiche.choices, vide="Tous")
    cadre = FiltreChoix("Cadre", q=de_cadre, vide="Tous")
    priorite = FiltreChoix("Priorité", champ="priorite", choix=Priorite.choices, vide="Toutes")
    retard = FiltreRetard("Échéance dépassée")
    anomalie = FiltreAnomalie("Avec une anomalie à traiter")


def choix_programmes(programmes: Iterable[Programme]) -> Choix:
    """Return the programmes, the département's own first."""
    siens: list[tuple[Any, Any]] = [(p.code, str(p)) for p in programmes if not p.reference]
    autres = [(p.code, str(p)) for p in programmes if p.reference]
    if autres:
        siens.append(("Programmes de référence", autres))
    return siens


def choix_structures(structures: Iterable[Structure]) -> Choix:
    """Return the structures by name; a service after its direction."""
    return sorted(((s.pk, nom_service(s)) for s in structures), key=lambda c: cle_nom(c[1]))


def choix_axes(axes: Iterable[Axe]) -> Choix:
    """Return the tree as an indented list, in reading order."""
    par_parent: dict[int | None, list[Axe]] = {}
    for axe in axes:
        par_parent.setdefault(axe.parent_id, []).append(axe)

    def descendre(parent: int | None) -> list[tuple[int, str]]:
        lignes: list[tuple[int, str]] = []
        for axe in par_parent.get(parent, ()):
            lignes += [(axe.pk, RETRAIT * (axe.rang - 1) + str(axe)), *descendre(axe.pk)]
        return lignes

    return descendre(None)


def choix_cadres(cadres: Iterable[CadreAction]) -> Choix:
    """Return the frameworks."""
    return [(c.pk, c.libelle) for c in cadres]


NATURES, SOURCES = NatureIndicateur.choices, SourceIndicateur.choices
