"""The list of bodies: filters, order, page, export."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gouvernance.models import Instance, Membre, NatureInstance, NiveauInstance
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.territoires.lecture import territoires_du_departement
from pdi.territoires.models import Departement

# The département's own bodies first.
TRIS = {
    "nom": ("reference", "nom", "pk"),
    "nature": ("reference", "nature", "nom", "pk"),
    "membres": ("reference", "en_fonction", "nom", "pk"),
}


def d_activite(valeur: str) -> Q:
    """Return « meets », « no longer meets », « of another département »."""
    return {
        "active": Q(reference=False, active=True),
        "inactive": Q(reference=False, active=False),
        "reference": Q(reference=True),
    }[valeur]


def de_siege(valeur: str) -> Q:
    """Return « has members in office », « has none »."""
    en_fonction = Membre.objects.filter(instance=OuterRef("pk"), mandat__contains=timezone.localdate())
    return Q(Exists(en_fonction)) if valeur == "oui" else ~Q(Exists(en_fonction))


class FiltresInstances(Filtres):
    """Filters of the list."""

    mot = FiltreTexte("Mot du nom, des missions ou de l’animation", champs=("nom", "animateur"), large=True)
    situation = FiltreChoix(
        "Situation", q=d_activite, vide="Toutes",
        choix=[("active", "Du département"), ("inactive", "Ne se réunit plus"), ("reference", "Autre département")],
    )  # fmt: skip
    nature = FiltreChoix("Nature", champ="nature", choix=NatureInstance.choices, vide="Toutes")
    niveau = FiltreChoix("Niveau", champ="niveau", choix=NiveauInstance.choices)
    departement = FiltreChoix("Département", champ="departement_id")
    territoire = FiltreChoix("Territoire", champ="territoire_id")
    membres = FiltreChoix("Membres", q=de_siege, choix=[("oui", "Composée"), ("non", "Sans membre en fonction")])


class ListeInstances:
    """The bodies one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        departements = Departement.objects.filter(Exists(Instance.objects.filter(departement=OuterRef("pk"))))
        self.filtres = FiltresInstances(
            get,
            choix={
                "departement": [(d.pk, d.nom) for d in departements.order_by("nom")],
                "territoire": [(t.pk, t.nom) for t in territoires_du_departement()],
            },
        )
        self.tri = Tri.lire(get, TRIS, defaut="nom")

    @property
    def visibles(self) -> QuerySet[Instance]:
        """Return every body the reader may see."""
        return Instance.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[Instance]:
        """Return the rows of the filter with what they show, in the same query."""
        en_fonction = Q(membres__mandat__contains=self.jour)
        return (
            self.filtres.appliquer(self.visibles)
            .select_related("departement", "territoire")
            .annotate(en_fonction=Count("membres", filter=en_fonction, distinct=True))
        )

    @cached_property
    def page(self) -> PageParCle[Instance]:
        """Return one page."""
        return PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return how many are the département's, composed, of another département (one query)."""
        return self.visibles.aggregate(
            siennes=Count("pk", filter=d_activite("active"), distinct=True),
            composees=Count("pk", filter=d_activite("active") & de_siege("oui"), distinct=True),
            references=Count("pk", filter=Q(reference=True), distinct=True),
        )


COLONNES_EXPORT = (
    ColonneExport("Instance", "nom", largeur=50),
    ColonneExport("Nature", "get_nature_display", largeur=26),
    ColonneExport("Niveau", "get_niveau_display", largeur=14),
    ColonneExport("Département", "departement.nom", largeur=18),
    ColonneExport("Territoire", lambda i: str(i.territoire or ""), largeur=26),
    ColonneExport("Présidence ou animation", "animateur", largeur=40),
    ColonneExport("Fréquence", "frequence_texte", largeur=24),
    ColonneExport("Séances dues par an", "seances_par_an", type="nombre", largeur=12),
    ColonneExport("Quorum", "quorum", type="nombre", largeur=10),
    ColonneExport("Membres en fonction", "en_fonction", type="nombre", largeur=12),
    ColonneExport("Composition prévue", lambda i: " ; ".join(i.composition), largeur=60),
    ColonneExport("Missions", lambda i: " ; ".join(i.missions), largeur=60),
    ColonneExport("Référence", "reference", largeur=12),
)
