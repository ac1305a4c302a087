"""The list of prescriptions: the operator's queue and the prescriber's follow-up are the same rows, read two ways."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from offre.models import CategorieOffre
from parcours import chiffres_conventions
from parcours.models import EtatPrescription, OriginePrescription, Personne, Prescription
from parcours.querysets import ROLES_PERSONNES
from parcours.regles.prescriptions import TONS
from parcours.vues_de_liste import ListeAVues
from pdi.comptes.models import Role
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.structures.models import Structure

from .lecture_prescriptions import retard_depuis

TRIS = {
    "date": ("renseignee_le", "pk"),
    "attente": ("attente_depuis", "pk"),
    "personne": ("personne__nom_affiche", "personne__prenoms", "pk"),
    "action": ("intitule", "pk"),
}
E = EtatPrescription


@dataclass(frozen=True)
class Ligne:
    """One row; `attente` is empty when nothing is waited for."""

    p: Prescription
    ton: str
    attente: str = ""
    tardive: bool = False


@dataclass(kw_only=True)
class FiltreChiffre(FiltreChoix):
    """What a figure of a convention counts; offered only where a link asked for it."""

    def condition(self, valeur: Any) -> Q:  # noqa: ARG002
        """Return nothing: the list applies it, which knows the figure."""
        return Q()


class FiltresPrescriptions(Filtres):
    """Filters of the list."""

    mot = FiltreTexte(
        "Nom, offre ou action", large=True,
        champs=(
            "personne__nom_naissance", "personne__nom_usage", "personne__prenoms", "offre__intitule", "action_libre",
        ),
    )  # fmt: skip
    etat = FiltreChoix("État", champ="etat", choix=E.choices)
    operateur = FiltreChoix("Opérateur", champ="operateur")
    prescriptrice = FiltreChoix("Structure qui prescrit", champ="structure_prescriptrice")
    origine = FiltreChoix("Origine", champ="origine", choix=OriginePrescription.choices)
    categorie = FiltreChoix("Catégorie d’offre", champ="offre__categorie")
    portefeuille = FiltreBooleen("Mon portefeuille", si_vrai=Q())
    chiffre = FiltreChiffre("Chiffre de convention")


class FiltresOperateur(Filtres):
    """Filters of an operator's queue: it runs one structure, and the prescribers are its correspondents."""

    mot = FiltresPrescriptions.declares["mot"]
    etat = FiltresPrescriptions.declares["etat"]
    prescriptrice = FiltresPrescriptions.declares["prescriptrice"]
    chiffre = FiltresPrescriptions.declares["chiffre"]


def lit_en_operateur(utilisateur: Any) -> bool:
    """Return whether the user reads the list as an operator only."""
    autres = set(ROLES_PERSONNES) - {Role.PRESTATAIRE}
    return utilisateur.a_role(Role.PRESTATAIRE) and not utilisateur.a_role(*autres)


class ListePrescriptions(ListeAVues[Prescription]):
    """The prescriptions one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        self.operateur = lit_en_operateur(utilisateur)
        classe = FiltresOperateur if self.operateur else FiltresPrescriptions
        demande = get.get("chiffre", "")
        self.chiffre = chiffres_conventions.lire(demande, utilisateur) if demande else None
        self.filtres = classe(get, choix=self._choix())
        if self.chiffre is None:
            self.filtres.retirer("chiffre")
        self.tri = Tri.lire(get, TRIS, defaut="attente" if self.operateur else "-date")
        self.vue = get.get("vue", "")

    def _choix(self) -> dict[str, list[tuple[Any, str]]]:
        emettrices = Structure.objects.filter(
            Exists(Prescription.objects.filter(structure_prescriptrice=OuterRef("pk")))
        )
        choix: dict[str, list[tuple[Any, str]]] = {
            "prescriptrice": [(s.pk, str(s)) for s in emettrices.order_by("nom")]
        }
        if self.chiffre is not None:
            choix["chiffre"] = [(self.chiffre.code, self.chiffre.libelle)]
        if not self.operateur:
            recues = Structure.objects.filter(Exists(Prescription.objects.filter(operateur=OuterRef("pk"))))
            choix["operateur"] = [(s.pk, str(s)) for s in recues.order_by("nom")]
            choix["categorie"] = list(CategorieOffre.choices)
        return choix

    @cached_property
    def retard_depuis(self) -> datetime.date:
        """Return the day before which an unanswered prescription is late."""
        return retard_depuis(self.jour)

    @cached_property
    def conditions(self) -> dict[str, tuple[str, Q, str]]:
        """Return {code: (words, condition, tone)} of the ready-made filters."""
        en_attente = Q(etat=E.TRANSMISE)
        tardives = en_attente & Q(transmise_le__lt=self.retard_depuis)
        if self.operateur:
            return {
                "a_repondre": ("À répondre", en_attente, "veille"),
                "retard": ("Sans réponse à temps", tardives, "retard"),
                "a_entrer": ("Retenues, entrée à constater", Q(etat=E.RETENUE), "info"),
                "en_action": ("En action", Q(etat=E.EN_ACTION), "bon"),
            }
        return {
            "a_transmettre": ("À signer ou à transmettre", Q(etat__in=[E.RENSEIGNEE, E.SIGNEE]), "veille"),
            "en_attente": ("En attente de réponse", en_attente, "info"),
            "retard": ("Sans réponse à temps", tardives, "retard"),
            "refusees": ("Refusées depuis 30 jours", self._refusees, "veille"),
            "en_action": ("En action", Q(etat=E.EN_ACTION), "bon"),
        }

    @property
    def _refusees(self) -> Q:
        return Q(etat=E.REFUSEE, repondue_le__gte=self.jour - datetime.timedelta(days=30))

    @cached_property
    def du_lecteur(self) -> QuerySet[Prescription]:
        """Return the rows the reader may see, through the other filters."""
        visibles = Prescription.objects.visibles_par(self.utilisateur)
        if self.filtres.valeurs.get("portefeuille"):
            siennes = Personne.objects.portefeuille_de(self.utilisateur)
            visibles = visibles.filter(personne__in=siennes.values("pk"))
        if self.chiffre is not None:
            visibles = visibles.filter(chiffres_conventions.condition(self.chiffre))
        return self.filtres.appliquer(visibles)

    @property
    def decorees(self) -> QuerySet[Prescription]:
        """Return the rows with what a line shows; `attente_depuis` sorts the unanswered first, oldest first."""
        return (
            self.trouvees.select_related("personne", "offre", "operateur", "structure_prescriptrice", "prescripteur")
            .defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
            .annotate(
                attente_depuis=Case(When(etat=E.TRANSMISE, then=F("transmise_le"))),
                intitule=Case(
                    When(offre__isnull=False, then=Concat("offre__numero", Value(" "), "offre__intitule")),
                    default=F("action_libre"),
                ),
            )
        )

    @cached_property
    def page(self) -> PageParCle[Prescription]:
        """Return one page."""
        return PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))

    @property
    def lignes(self) -> list[Ligne]:
        """Return the rows of the page, each with its tone, its wait in days and whether it is late."""
        return [self._ligne(p) for p in self.page.objets]

    def _ligne(self, p: Prescription) -> Ligne:
        depuis = p.transmise_le if p.etat == E.TRANSMISE else None
        if depuis is None:
            return Ligne(p, TONS[E(p.etat)])
        jours = (self.jour - depuis).days
        attente = f"{jours}\u00a0jour{'s' if jours > 1 else ''}" if jours else "aujourd’hui"
        return Ligne(p, TONS[E(p.etat)], attente, depuis < self.retard_depuis)


COLONNES_EXPORT = (
    ColonneExport("Nom de naissance", "personne.nom_naissance", largeur=24),
    ColonneExport("Prénoms", "personne.prenoms", largeur=24),
    ColonneExport("Date de naissance", "personne.date_naissance", type="date", largeur=14),
    ColonneExport("Action", str, largeur=40),
    ColonneExport("Opérateur", lambda p: str(p.operateur or ""), largeur=30),
    ColonneExport("Prescrite par", lambda p: str(p.structure_prescriptrice or ""), largeur=30),
    ColonneExport("Origine", lambda p: p.get_origine_display(), largeur=24),
    ColonneExport("État", lambda p: p.get_etat_display(), largeur=24),
    ColonneExport("Renseignée le", "renseignee_le", type="date", largeur=14),
    ColonneExport("Transmise le", "transmise_le", type="date", largeur=14),
    ColonneExport("Réponse le", "repondue_le", type="date", largeur=14),
    ColonneExport("Entrée le", "entree_le", type="date", largeur=14),
    ColonneExport("Fin le", "fin_le", type="date", largeur=14),
    ColonneExport("Résultat", lambda p: p.get_resultat_display(), largeur=24),
    ColonneExport("Personne fictive", lambda p: p.personne.fictive, largeur=10),
)
