"""Lists of the orientation family: requests to reorient, capacities, cases of a simulation."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from parcours.listes import FiltreRecherche, de_qui_est_cherchee, de_territoire
from parcours.models import (
    CapaciteAccueil,
    CasSimulation,
    DemandeReorientation,
    EtatDemande,
    ModeAccompagnement,
    Personne,
    SimulationRegles,
    TypeOrientation,
)
from parcours.regles.accueil import Places
from parcours.regles.reorientation import STAGNE_APRES, attente, limite_de_stagnation, stagne
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.formats import compte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction


def _stagne() -> Q:
    return Q(etat=EtatDemande.EN_ATTENTE, demandee_le__lt=limite_de_stagnation(timezone.localdate()))


class _FiltreStagne(FiltreBooleen):
    """The bound moves every day: read when asked."""

    def condition(self, valeur: Any) -> Q:  # noqa: ARG002
        return _stagne()


def _personne(valeur: str) -> Q:
    return Q(personne__in=Personne.objects.filter(de_territoire(valeur)))


class FiltresDemandes(Filtres):
    """Filters of the list of requests."""

    mot = FiltreRecherche("Nom, date de naissance ou n° de dossier", champs=(), large=True, ephemere=True)
    etat = FiltreChoix("État", champ="etat", choix=EtatDemande.choices)
    stagne = _FiltreStagne(f"En attente depuis plus de {STAGNE_APRES} jours", si_vrai=Q())
    type = FiltreChoix("Orientation demandée", champ="type_demande", choix=TypeOrientation.choices)
    structure = FiltreChoix("Structure actuelle", champ="orientation__structure", vide="Toutes")
    territoire = FiltreChoix("Territoire", q=_personne)


class ListeDemandes:
    """The requests one reader may see: those that wait first, oldest first."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.get, self.jour = get, jour
        self.visibles = DemandeReorientation.objects.visibles_par(utilisateur)
        structures = Structure.objects.filter(orientations__demandes__in=self.visibles).distinct().order_by("nom")
        self.filtres = FiltresDemandes(
            get,
            choix={
                "structure": [(s.pk, str(s)) for s in structures],
                "territoire": [(t.pk, t.nom) for t in TerritoireAction.objects.order_by("nom")],
            },
        )
        self.tri = Tri.lire(
            get,
            {
                "attente": ("rang_etat", "demandee_le", "pk"),
                "nom": ("personne__nom_affiche", "personne__prenoms", "pk"),
            },
            defaut="attente",
        )

    @property
    def lignes(self) -> QuerySet[DemandeReorientation]:
        """Return the rows of the filter."""
        attend = When(etat=EtatDemande.EN_ATTENTE, then=Value(0))
        gardees = self.filtres.appliquer(self.visibles)
        return (
            de_qui_est_cherchee(gardees, self.filtres.valeurs.get("mot", ""), self.jour)
            .select_related(
                "personne", "motif", "orientation__structure", "structure_demandee", "demandee_par", "decidee_par"
            )
            .defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
            .annotate(rang_etat=Case(attend, default=Value(1), output_field=IntegerField()))
        )

    @cached_property
    def page(self) -> PageParCle[DemandeReorientation]:
        """Return one page, each row with its delay in days and whether it is forgotten."""
        page = PageParCle(self.lignes, self.tri.cles, self.get.get("curseur"))
        for d in page.objets:
            decidee = d.decidee_le if d.etat != EtatDemande.EN_ATTENTE else None
            d.attente = attente(d.demandee_le, decidee, self.jour)  # type: ignore[attr-defined]
            d.attente_dite = compte(d.attente, "jour")  # type: ignore[attr-defined]
            d.stagne = stagne(d.demandee_le, decidee, self.jour) and d.etat == EtatDemande.EN_ATTENTE  # type: ignore[attr-defined]
        return page


COLONNES_EXPORT_DEMANDES = (
    ColonneExport("Personne", lambda d: str(d.personne), largeur=28),
    ColonneExport("Date de naissance", lambda d: d.personne.date_naissance, type="date", largeur=14),
    ColonneExport("Orientation actuelle", lambda d: d.orientation.get_type_decide_display(), largeur=28),
    ColonneExport("Structure actuelle", lambda d: str(d.orientation.structure), largeur=28),
    ColonneExport("Orientation demandée", lambda d: d.get_type_demande_display(), largeur=28),
    ColonneExport("Motif", lambda d: d.motif.libelle, largeur=36),
    ColonneExport("Demandée le", "demandee_le", type="date", largeur=14),
    ColonneExport("État", lambda d: d.get_etat_display(), largeur=14),
    ColonneExport("Décidée le", "decidee_le", type="date", largeur=14),
    ColonneExport("Réponse", "reponse", largeur=40),
    ColonneExport("Personne fictive", lambda d: d.personne.fictive, largeur=10),
)


# -- capacities --------------------------------------------------------------------------------------


class FiltresCapacites(Filtres):
    """Filters of the list of capacities."""

    mot = FiltreTexte("Structure", champs=("structure__nom", "structure__sigle"), large=True)
    mode = FiltreChoix("Accompagnement", champ="mode", choix=ModeAccompagnement.choices)
    complet = FiltreBooleen("Complètes ou dépassées", si_vrai=Q(prises__gte=F("places")))


class ListeCapacites:
    """The capacities in force today, with the places taken."""

    def __init__(self, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.filtres = FiltresCapacites(get)
        self.tri = Tri.lire(
            get,
            {"structure": ("structure__nom", "mode", "pk"), "libres": ("reste", "structure__nom", "pk")},
            defaut="libres",
        )
        capacites = CapaciteAccueil.objects.au(jour).avec_occupation(jour)
        self.lignes = self.filtres.appliquer(
            capacites.select_related("structure").annotate(reste=F("places") - F("prises"))
        )
        self.get = get

    @cached_property
    def page(self) -> PageParCle[CapaciteAccueil]:
        """Return one page, each row with its `accueil`."""
        page = PageParCle(self.lignes, self.tri.cles, self.get.get("curseur"))
        for c in page.objets:
            c.accueil = Places(c.structure_id, c.mode, c.places, c.prises)  # type: ignore[attr-defined]
        return page


COLONNES_EXPORT_CAPACITES = (
    ColonneExport("Structure", lambda c: str(c.structure), largeur=40),
    ColonneExport("Accompagnement", lambda c: c.get_mode_display() or "Tous ensemble", largeur=28),
    ColonneExport("Places", "places", type="nombre", largeur=10),
    ColonneExport("Prises", "prises", type="nombre", largeur=10),
    ColonneExport("Libres", lambda c: max(c.places - c.prises, 0), type="nombre", largeur=10),
    ColonneExport("Au-delà", lambda c: max(c.prises - c.places, 0), type="nombre", largeur=10),
)


# -- cases of a simulation ---------------------------------------------------------------------------


def _cas(valeur: str) -> Q:
    return {
        "decision": ~Q(type_decide="") & ~Q(type_simule=F("type_decide")),
        "version": ~Q(type_simule=F("type_courant")),
        "les_deux": ~Q(type_simule=F("type_courant")) & Q(type_simule=F("type_decide")),
    }[valeur]


CAS = (
    ("version", "La proposition change"),
    ("decision", "Autre chose a été décidé"),
    ("les_deux", "La proposition change et rejoint la décision"),
)


class FiltresCas(Filtres):
    """Filters of the cases."""

    cas = FiltreChoix("Ce qui diffère", choix=CAS, q=_cas)
    simule = FiltreChoix("Proposé par ce jeu", champ="type_simule", choix=TypeOrientation.choices)
    decide = FiltreChoix("Décidé", champ="type_decide", choix=TypeOrientation.choices)


class ListeCas:
    """The cases of a simulation about people the reader may find."""

    def __init__(self, utilisateur: Any, simulation: SimulationRegles, get: Any) -> None:
        """Read the query string; rows are read when asked."""
        self.filtres = FiltresCas(get)
        visibles = CasSimulation.objects.filter(simulation=simulation).visibles_par(utilisateur)
        lignes = self.filtres.appliquer(visibles).select_related("personne", "diagnostic")
        self.lignes = lignes.defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
        self.page = PageParCle(
            self.lignes, ["personne__nom_affiche", "personne__prenoms", "pk"], get.get("curseur")
        )  # fmt: skip
