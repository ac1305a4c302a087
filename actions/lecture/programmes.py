"""The page of a programme: its fiches by axis, where their bilans stand, its key figures. Constant in queries."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from actions.droits import peut_lire_suivi
from actions.figures import Decompte, decomptes_par_fiche
from actions.models import (
    Axe,
    CadreAction,
    EtatBilan,
    FicheAction,
    Indicateur,
    Programme,
)
from actions.presentation import ETATS_PROGRAMME
from actions.regles.bilans import PHASES
from pdi.socle.composants import Affichage
from pdi.socle.formats import compte
from pdi.socle.grappe import Grappe, avec_grappes, deballer, lire_avec

from . import commun
from .commun import CAMPAGNES, PILOTES, STRUCTURE
from .filtres import FiltresProgramme, choix_axes, choix_cadres, choix_structures
from .lignes import LigneFiche, a_signaler, decorer

NIVEAUX, AXES = Grappe("niveaux"), Grappe("axes")
SIGNATAIRES = Grappe("signataires", avec={"structure": STRUCTURE, "structure.parent": STRUCTURE})
CADRES = Grappe("cadres", champs=("libelle",))
GRAPPES = (NIVEAUX, AXES, SIGNATAIRES, CAMPAGNES)
CARTES = 8
SIGNATAIRES_EN_TETE = 7
# The chart has one tone a state: both ways of not having submitted yet make one.
SERIES = (("À écrire", "neutre"), ("Soumis", "info"), ("Renvoyé", "veille"), ("Validé", "bon"))
SERIE_DE_PHASE = {"a_rediger": 0, "en_redaction": 0, "soumis": 1, "a_corriger": 2, "valide": 3}
CHAMPS_BILAN = ("etat", "modifie_le", "soumis_le", "renvoye_le", "valide_le", "fiche", "campagne")


def programmes_lisibles(utilisateur: Any) -> QuerySet[Programme]:
    """Return the visible programmes with what their page shows, the département's own first."""
    return avec_grappes(Programme.objects.visibles_par(utilisateur).select_related("departement", "gabarit"), *GRAPPES)


def lire_programme(utilisateur: Any, code: str) -> Programme | None:
    """Return the programme with its tree, signatories and campaigns in one query; None when it is not visible."""
    return next(iter(deballer(programmes_lisibles(utilisateur).filter(code=code), *GRAPPES)), None)


def tous_les_programmes(utilisateur: Any) -> list[Any]:
    """Return the visible programmes with the counts their list shows, in one query."""
    fiches = FicheAction.objects.visibles_par(utilisateur).filter(programme=OuterRef("pk")).order_by()
    nombre = fiches.values("programme").annotate(n=Count("pk")).values("n")
    indicateurs = Indicateur.objects.visibles_par(utilisateur).filter(fiche__programme=OuterRef("pk")).order_by()
    suivis = indicateurs.values("fiche__programme").annotate(n=Count("pk")).values("n")
    lisibles = programmes_lisibles(utilisateur).annotate(
        nb_fiches=Coalesce(Subquery(nombre), 0), nb_indicateurs=Coalesce(Subquery(suivis), 0)
    )
    programmes: list[Any] = deballer(lisibles, *GRAPPES)
    for programme in programmes:
        programme.affichage = ETATS_PROGRAMME[programme.etat]
    return programmes


@dataclass
class Groupe:
    """A node of the tree with its own rows; `fiches` and `valides` count the whole branch."""

    intitule: str
    rang: int
    lignes: list[LigneFiche] = field(default_factory=list)
    fiches: int = 0
    valides: int = 0
    ancre: str = ""


@dataclass(frozen=True)
class ChiffreCle:
    """One key figure with its base."""

    titre: str
    valeur: int
    total: int
    base: str

    @property
    def sur(self) -> str:
        """Return « sur 17 », nothing for a plain count."""
        return f"sur {self.total}" if self.total else ""

    @property
    def plein(self) -> int | None:
        """Return what the gauge shows, None for a plain count."""
        return self.valeur if self.total else None


@dataclass(frozen=True)
class ColonneBilans:
    """The rows whose bilan is in one phase; only the first ones are drawn."""

    affichage: Affichage
    lignes: list[LigneFiche]

    @property
    def montrees(self) -> list[LigneFiche]:
        """Return the rows drawn."""
        return self.lignes[:CARTES]

    @property
    def reste(self) -> int:
        """Return how many are left out."""
        return max(0, len(self.lignes) - CARTES)


class PageProgramme:
    """Everything the page of a programme shows, for one reader, one year and one set of filters."""

    def __init__(self, programme: Programme, utilisateur: Any, donnees: Any, jour: datetime.date) -> None:
        """Read the fiches with what their rows show (one query), their figures (two)."""
        self.programme, self.utilisateur, self.jour = programme, utilisateur, jour
        self.suivi = bool(peut_lire_suivi(utilisateur))
        self.annee = commun.annee_lue(programme, donnees.get("annee"), jour)
        self.campagne = commun.campagne_de(programme, self.annee)
        self.toutes = self._lire()
        self.decomptes = decomptes_par_fiche([f.pk for f in self.toutes], self.annee)
        self.filtres = self._filtres(donnees)

    def _lire(self) -> list[Any]:
        lisibles = FicheAction.objects.visibles_par(self.utilisateur).filter(programme=self.programme)
        condition = Q(campagne__annee=self.annee)
        if not self.suivi:
            condition &= Q(etat=EtatBilan.VALIDE)
        bilans = Grappe("bilans", champs=CHAMPS_BILAN, condition=condition, ordre=("id",))
        fiches = lire_avec(
            decorer(lisibles, self.jour).defer("contexte", "recherche").order_by("ordre", "pk"), PILOTES, CADRES, bilans
        )
        for fiche in fiches:
            fiche.programme = self.programme
        return fiches

    def _filtres(self, donnees: Any) -> FiltresProgramme:
        structures = {r.structure_id: r.structure for f in self.toutes for r in f.roles.all()}
        cadres = {c.pk: c for f in self.toutes for c in f.cadres.all()}
        defaut = commun.annee_lue(self.programme, None, self.jour)
        annees = [a for a in commun.annees_ouvertes(self.programme, self.jour) if a != defaut]
        return FiltresProgramme(
            donnees,
            annee=self.annee,
            annee_par_defaut=defaut,
            suivi=self.suivi,
            libelle_axe=self.niveau(1),
            choix={
                "axe": choix_axes(self.programme.axes.all()),
                "pilote": choix_structures(structures.values()),
                "cadre": choix_cadres(sorted(cadres.values(), key=lambda c: c.libelle)),
                "annee": [(a, str(a)) for a in annees],
            },
        )

    def niveau(self, rang: int, *, pluriel: bool = False) -> str:
        """Return what the programme calls the level `rang` of its tree."""
        for niveau in self.programme.niveaux.all():
            if niveau.rang == rang:
                return niveau.pluriel if pluriel else niveau.singulier
        return "axes" if pluriel else "axe"

    # -- rows -----------------------------------------------------------------------------------
    def _ligne(self, fiche: Any) -> LigneFiche:
        bilan = next(iter(fiche.bilans.all()), None)
        decompte = self.decomptes.get(fiche.pk, Decompte())
        return LigneFiche(
            fiche=fiche,
            services=commun.services(fiche.roles.all()),
            bilan=bilan,
            decompte=decompte,
            signaler=a_signaler(fiche, bilan, decompte, self.campagne, self.annee, self.jour) if self.suivi else [],
        )

    @cached_property
    def lignes(self) -> list[LigneFiche]:
        """Return the rows that the filters keep, in the order of the programme."""
        gardees = self.toutes
        if set(self.filtres.valeurs) - {"annee"}:
            ids = self.filtres.appliquer(FicheAction.objects.filter(pk__in=[f.pk for f in self.toutes]))
            voulues = set(ids.values_list("pk", flat=True))
            gardees = [f for f in self.toutes if f.pk in voulues]
        return [self._ligne(f) for f in gardees]

    @cached_property
    def groupes(self) -> list[Groupe]:
        """Return the tree flattened in reading order; without filter, the empty branches too."""
        par_axe: dict[int | None, list[LigneFiche]] = {}
        for ligne in self.lignes:
            par_axe.setdefault(ligne.fiche.axe_id, []).append(ligne)
        enfants: dict[int | None, list[Axe]] = {}
        for axe in self.programme.axes.all():
            enfants.setdefault(axe.parent_id, []).append(axe)
        filtre = bool(set(self.filtres.valeurs) - {"annee"})

        def descendre(axe: Axe) -> list[Groupe]:
            lignes = par_axe.get(axe.pk, [])
            branches = [g for enfant in enfants.get(axe.pk, ()) for g in descendre(enfant)]
            directes = [g for g in branches if g.rang == axe.rang + 1]
            groupe = Groupe(self.intitule_axe(axe), axe.rang, lignes, ancre=f"axe-{axe.pk}")
            groupe.fiches = len(lignes) + sum(g.fiches for g in directes)
            groupe.valides = sum(ligne.phase == "valide" for ligne in lignes) + sum(g.valides for g in directes)
            return [] if filtre and not groupe.fiches else [groupe, *branches]

        groupes = [g for axe in enfants.get(None, ()) for g in descendre(axe)]
        if hors := par_axe.get(None, []):
            valides = sum(ligne.phase == "valide" for ligne in hors)
            intitule = f"Sans {self.niveau(1)}" if groupes else "Toutes les fiches"
            groupes.append(Groupe(intitule, 1, hors, len(hors), valides, "sans-axe"))
        return groupes

    @property
    def signataires_courts(self) -> list[str]:
        """Return the short names of the first signatories."""
        return [s.structure.nom_court for s in self.programme.signataires.all()[:SIGNATAIRES_EN_TETE]]

    @property
    def autres_signataires(self) -> int:
        """Return how many signatories the header leaves to the page of the document."""
        return max(0, len(self.programme.signataires.all()) - SIGNATAIRES_EN_TETE)

    @property
    def mot_axe(self) -> str:
        """Return the programme's word for its first level."""
        return self.niveau(1)

    @property
    def mot_axes(self) -> str:
        """Return the plural of that word."""
        return self.niveau(1, pluriel=True)

    @property
    def colonnes_bilans(self) -> list[ColonneBilans]:
        """Return the board of bilans, one column a phase."""
        return [ColonneBilans(PHASES[cle], lignes) for cle, lignes in self.par_phase.items()]

    def intitule_axe(self, axe: Axe) -> str:
        """Return « Axe 1 – Favoriser l’accès aux droits », in the programme's words."""
        nom = self.niveau(axe.rang)
        return f"{nom[:1].upper()}{nom[1:]} {axe.numero} – {axe.intitule}" if axe.numero else axe.intitule

    @cached_property
    def _racines(self) -> dict[int, Axe]:
        """Return the first-level node above each node."""
        par_pk = {a.pk: a for a in self.programme.axes.all()}

        def racine(axe: Axe) -> Axe:
            return racine(par_pk[axe.parent_id]) if axe.parent_id else axe

        return {pk: racine(axe) for pk, axe in par_pk.items()}

    def branche(self, fiche: FicheAction) -> str:
        """Return the name of the first-level node a fiche stands under."""
        axe = self._racines.get(fiche.axe_id) if fiche.axe_id else None
        return self.intitule_axe(axe) if axe else f"Sans {self.niveau(1)}"

    # -- figures --------------------------------------------------------------------------------
    @cached_property
    def par_phase(self) -> Mapping[str, list[LigneFiche]]:
        """Return the rows of the whole programme by phase of their bilan, every phase present."""
        phases: dict[str, list[LigneFiche]] = {nom: [] for nom in PHASES}
        for ligne in map(self._ligne, self.toutes):
            if ligne.phase:
                phases[ligne.phase].append(ligne)
        return phases

    @cached_property
    def decompte(self) -> Decompte:
        """Return the counts of indicators over the whole programme."""
        return sum(self.decomptes.values(), Decompte())

    @cached_property
    def chiffres(self) -> list[ChiffreCle]:
        """Return the key figures of the whole programme, filters apart."""
        total, etapes = self.decompte, sum(f.nb_etapes for f in self.toutes)
        if self.programme.reference:  # its values are not followed: what it plans is counted, nothing is missing
            dans = f"dans {compte(len(self.toutes), 'fiche')}"
            return [
                ChiffreCle("Indicateurs prévus", total.total, 0, dans),
                ChiffreCle("Étapes prévues", etapes, 0, dans),
            ]
        chiffres = []
        if self.suivi and self.campagne:
            phases = self.par_phase
            details = [
                compte(len(lignes), mot, pluriel)
                for lignes, mot, pluriel in (
                    (phases["soumis"], "soumis", "soumis"),
                    (phases["a_corriger"], "renvoyé", "renvoyés"),
                    (phases["a_rediger"] + phases["en_redaction"], "à écrire", "à écrire"),
                )
                if lignes
            ]
            nombre = sum(map(len, phases.values()))
            base = ", ".join(details) or "tous sont validés"
            chiffres.append(ChiffreCle(f"Bilans {self.annee} validés", len(phases["valide"]), nombre, base))
        en_retard = sum(f.nb_etapes_en_retard for f in self.toutes)
        return [
            *chiffres,
            ChiffreCle(
                f"Indicateurs {self.annee} renseignés",
                total.renseignes,
                total.total,
                compte(total.manquants, "indicateur manquant", "indicateurs manquants")
                if total.manquants
                else "aucun ne manque"
                if total.total
                else "aucun indicateur n’est encore écrit",
            ),
            ChiffreCle(
                f"Cibles {self.annee} atteintes",
                total.atteintes,
                total.avec_cible,
                f"{compte(total.sans_cible, 'indicateur')} {'n’ont' if total.sans_cible > 1 else 'n’a'} pas de cible"
                if total.sans_cible
                else "chaque indicateur a une cible"
                if total.total
                else "aucune cible n’est encore fixée",
            ),
            ChiffreCle(
                "Étapes réalisées",
                sum(f.nb_realisees for f in self.toutes),
                etapes,
                compte(en_retard, "étape en retard", "étapes en retard")
                if en_retard
                else f"dans {compte(len(self.toutes), 'fiche')}",
            ),
        ]

    # -- other views ----------------------------------------------------------------------------
    @cached_property
    def par_cadre(self) -> Sequence[tuple[CadreAction, list[LigneFiche]]]:
        """Return the kept rows under each framework they belong to."""
        cadres: dict[int, tuple[CadreAction, list[LigneFiche]]] = {}
        for ligne in self.lignes:
            for cadre in ligne.fiche.cadres.all():
                cadres.setdefault(cadre.pk, (cadre, []))[1].append(ligne)
        return sorted(cadres.values(), key=lambda c: c[0].libelle)

    @cached_property
    def avancement_par_axe(self) -> list[tuple[str, list[int]]]:
        """Return, for each node of the first level, the number of bilans in each phase."""
        comptes: dict[str, list[int]] = {}
        for axe in self.programme.axes.all():
            if axe.rang == 1:
                comptes[self.intitule_axe(axe)] = [0] * len(SERIES)
        for nom, lignes in self.par_phase.items():
            for ligne in lignes:
                comptes.setdefault(self.branche(ligne.fiche), [0] * len(SERIES))[SERIE_DE_PHASE[nom]] += 1
        return list(comptes.items())
