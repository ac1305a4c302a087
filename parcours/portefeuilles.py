"""Portfolios: who follows how many people, of those the reader may find, and what is late there."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from parcours.droits.affectations import portefeuilles_visibles
from parcours.models import AffectationReferent, CapaciteReferent, Personne
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.structures.models import Structure

from .retards import contrat_en_retard, sans_contact

TRIS = {"nom": ("nom", "prenom", "pk")}


@dataclass(frozen=True)
class Portefeuille:
    """One référent: people followed, places (None: no limit), contracts late, people unseen for three months."""

    referent: Utilisateur
    suivies: int
    places: int | None
    contrats_en_retard: int
    sans_contact: int
    dernier_contact: datetime.date | None

    @property
    def depasse(self) -> bool:
        """Return whether more people are followed than the capacity says."""
        return self.places is not None and self.suivies > self.places


def lire(referents: list[Utilisateur], utilisateur: Any, jour: datetime.date) -> list[Portefeuille]:
    """Return their portfolios, in the order given. Two queries, and those that read the legal regimes."""
    cles = [u.pk for u in referents]
    lignes: dict[int, Any] = {
        ligne["affectations__referent"]: ligne
        for ligne in Personne.objects.visibles_par(utilisateur)
        .filter(affectations__periode__contains=jour, affectations__referent__in=cles)
        .order_by()
        .values("affectations__referent")
        .annotate(
            suivies=Count("pk"),
            retards=Count("pk", filter=contrat_en_retard(jour)),
            silences=Count("pk", filter=sans_contact(jour)),
            dernier=Max("dernier_contact"),
        )
    }
    capacites = CapaciteReferent.objects.filter(referent__in=cles, periode__contains=jour)
    places = dict(capacites.values_list("referent_id", "places"))
    vide: dict[str, Any] = {"suivies": 0, "retards": 0, "silences": 0, "dernier": None}
    return [
        Portefeuille(u, n["suivies"], places.get(u.pk), n["retards"], n["silences"], n["dernier"])
        for u in referents
        for n in [lignes.get(u.pk, vide)]
    ]


def _de_structure(valeur: str) -> Q:
    tenues = Habilitation.objects.filter(utilisateur=OuterRef("pk"), role=Role.REFERENT, structure=int(valeur))
    suivis = AffectationReferent.objects.filter(referent=OuterRef("pk"), structure=int(valeur), periode__endswith=None)
    return Q(Exists(tenues)) | Q(Exists(suivis))


class FiltresPortefeuilles(Filtres):
    """Filters of the list of portfolios."""

    mot = FiltreTexte("Nom du référent", champs=("nom", "prenom"), large=True)
    structure = FiltreChoix("Structure", q=_de_structure, vide="Toutes")


class ListePortefeuilles:
    """The portfolios one reader may open."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.jour = utilisateur, jour
        structures = Structure.objects.filter(
            Exists(Habilitation.objects.filter(structure=OuterRef("pk"), role=Role.REFERENT))
        )
        self.filtres = FiltresPortefeuilles(
            get, choix={"structure": [(s.pk, str(s)) for s in structures.order_by("nom")]}
        )
        self.tri = Tri.lire(get, TRIS, defaut="nom")
        self.comptes = self.filtres.appliquer(portefeuilles_visibles(utilisateur))
        self.page = PageParCle(self.comptes, self.tri.cles, get.get("curseur"))

    @property
    def lignes(self) -> list[Portefeuille]:
        """Return the portfolios of the page."""
        return lire(self.page.objets, self.utilisateur, self.jour)

    @property
    def toutes(self) -> list[Portefeuille]:
        """Return all the portfolios of the filter: a few hundred at most."""
        return lire(list(self.comptes.order_by(*self.tri.cles)), self.utilisateur, self.jour)

    @property
    def sans_compte(self) -> list[dict[str, Any]]:
        """Return the agents of partner structures who have no account, by name and structure, most people first."""
        suivis = AffectationReferent.objects.filter(
            referent=None, periode__contains=self.jour,
            personne__in=Personne.objects.visibles_par(self.utilisateur),
        )  # fmt: skip
        comptes = (
            suivis.order_by()
            .values("referent_nom", "structure_id", "structure__nom")
            .annotate(n=Count("pk"), un=Max("pk"))
        )
        return [dict(ligne) for ligne in comptes.order_by("-n", "referent_nom")[:50]]


COLONNES_EXPORT = (
    ColonneExport("Référent", lambda p: str(p.referent), largeur=28),
    ColonneExport("Personnes suivies", lambda p: p.suivies, type="nombre", largeur=12),
    ColonneExport("Capacité", lambda p: p.places, type="nombre", largeur=12),
    ColonneExport("Contrats en retard", lambda p: p.contrats_en_retard, type="nombre", largeur=12),
    ColonneExport("Sans contact depuis 3 mois", lambda p: p.sans_contact, type="nombre", largeur=12),
    ColonneExport("Dernier contact", lambda p: p.dernier_contact, type="date", largeur=14),
)
