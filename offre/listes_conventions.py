"""The list of conventions: filters, order, page, totals, export."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, Func, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.utils import timezone

from actions.models import FicheAction
from offre.models import Convention, MontantConvention
from offre.querysets import structures_operatrices
from offre.regles.conventions import SITUATIONS, ecart_argent, situation
from pdi.socle.composants import Situation
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.formats import dernier_jour, euros
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne, Tri
from pdi.structures.models import Structure

TRIS = {
    "numero": ("numero", "pk"),
    "operateur": ("operateur__nom", "pk"),
    "debut": ("premier", "pk"),
    "fin": ("dernier", "pk"),
}
COLONNES = (
    Colonne("Convention", "numero"), Colonne("Opérateur", "operateur"), Colonne("État"), Colonne("Dernier jour", "fin"),
    Colonne("Prévu", nb=True), Colonne("Mandaté", nb=True), Colonne("Payé", nb=True),
)  # fmt: skip
SANS_FIN = datetime.date(9999, 12, 31)


def _jour(borne: str) -> Func:
    return Func(F("periode"), function=borne, output_field=models.DateField())


def avec_dates(conventions: QuerySet[Convention]) -> QuerySet[Convention]:
    """Add `premier`, `dernier` (last day, far ahead without end) and `seuil` (today plus the warning)."""
    dernier = Func(
        ExpressionWrapper(_jour("upper") - Value(1), output_field=models.DateField()), Value(SANS_FIN),
        function="coalesce", output_field=models.DateField(),
    )  # fmt: skip
    seuil = ExpressionWrapper(Value(timezone.localdate()) + F("alerte_jours"), output_field=models.DateField())
    return conventions.annotate(premier=_jour("lower"), dernier=dernier, seuil=seuil)


def de_situation(code: str) -> Q:
    """Return the condition of a word of `situation`, on rows read by `avec_dates`."""
    jour = timezone.localdate()
    if code in ("projet", "resiliee"):
        return Q(etat=code)
    signee = Q(etat="signee")
    return (
        signee
        & {
            "a_venir": Q(premier__gt=jour),
            "en_vigueur": Q(premier__lte=jour, dernier__gte=jour, dernier__gt=F("seuil")),
            "finit": Q(premier__lte=jour, dernier__gte=jour, dernier__lte=F("seuil")),
            "echue": Q(dernier__lt=jour),
        }[code]
    )


def de_l_annee(valeur: str) -> Q:
    """Return « runs a day at least of that year »."""
    annee = int(valeur)
    return Q(premier__lte=datetime.date(annee, 12, 31), dernier__gte=datetime.date(annee, 1, 1))


class FiltresConventions(Filtres):
    """Filters of the list."""

    mot = FiltreTexte(
        "Numéro, intitulé ou opérateur", champs=("numero", "intitule", "operateur__nom", "operateur__sigle"), large=True
    )
    situation = FiltreChoix("État", q=de_situation, choix=[(s.code, s.libelle) for s in SITUATIONS.values()])
    annee = FiltreChoix("Année", q=de_l_annee, vide="Toutes")
    operateur = FiltreChoix("Opérateur", champ="operateur_id")
    fiche = FiltreChoix("Fiche-action", q=lambda pk: Q(Exists(_de_fiche(pk))), vide="Toutes")


def _de_fiche(pk: str) -> Any:
    return Convention.fiches.through._default_manager.filter(convention=OuterRef("pk"), ficheaction=int(pk))


class ListeConventions:
    """The conventions one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        self.visibles = avec_dates(Convention.objects.visibles_par(utilisateur))
        operateurs = Structure.objects.filter(Exists(self.visibles.filter(operateur=OuterRef("pk"))))
        lien = Convention.fiches.through._default_manager.filter(ficheaction=OuterRef("pk"))
        fiches = FicheAction.objects.visibles_par(utilisateur).filter(Exists(lien)).order_by("programme_id", "ordre")
        noms = [(s.pk, str(s)) for s in operateurs.order_by("nom")]
        self.filtres = FiltresConventions(
            get,
            choix={
                "operateur": noms,
                "fiche": [(f.pk, str(f)) for f in fiches],
                "annee": [(str(a), str(a)) for a in range(jour.year + 1, jour.year - 6, -1)],
            },
        )
        if structures_operatrices(utilisateur) and len(noms) <= 1:
            self.filtres.retirer("operateur")
        self.tri = Tri.lire(get, TRIS, defaut="-debut")

    @property
    def annee(self) -> int | None:
        """Return the year of the filter: amounts are those of that year, else of all of them."""
        valeur = self.filtres.valeurs.get("annee")
        return int(valeur) if valeur else None

    def _montants(self, champ: str) -> Subquery:
        lignes = MontantConvention.objects.filter(convention=OuterRef("pk"))
        if self.annee:
            lignes = lignes.filter(annee=self.annee)
        somme = lignes.order_by().values("convention").annotate(s=Sum(champ)).values("s")
        return Subquery(somme, output_field=models.DecimalField(max_digits=14, decimal_places=2))

    @cached_property
    def decorees(self) -> QuerySet[Convention]:
        """Return the rows of the filter with their amounts, in the same query."""
        return (
            self.filtres.appliquer(self.visibles)
            .select_related("operateur")
            .annotate(prevu=self._montants("prevu"), mandate=self._montants("mandate"), paye=self._montants("paye"))
        )

    @cached_property
    def page(self) -> PageParCle[Convention]:
        """Return one page."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        for convention in page.objets:
            convention.affichage = situation_de(convention, self.jour)  # type: ignore[attr-defined]
        return page

    @cached_property
    def totaux(self) -> dict[str, Decimal | None]:
        """Return the money of the rows of the filter: planned, mandated, paid, and what is left to mandate."""
        lignes = MontantConvention.objects.filter(
            convention__in=self.filtres.appliquer(self.visibles).order_by().values("pk")
        )
        if self.annee:
            lignes = lignes.filter(annee=self.annee)
        lus: dict[str, Decimal | None] = lignes.aggregate(prevu=Sum("prevu"), mandate=Sum("mandate"), paye=Sum("paye"))
        return lus | {"reste": ecart_argent(lus["prevu"], lus["mandate"])}

    @property
    def portee(self) -> str:
        """Say which years the totals are about."""
        return f"en {self.annee}" if self.annee else "toutes les années des conventions listées"

    @property
    def paye_dit(self) -> str:
        """Return what was paid, in words."""
        return "" if self.totaux["paye"] is None else f"dont {euros(self.totaux['paye'])} payés"

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return how many are in force, and how many end soon (one query)."""
        return self.visibles.aggregate(
            vigueur=Count("pk", filter=de_situation("en_vigueur") | de_situation("finit")),
            finit=Count("pk", filter=de_situation("finit")),
        )


def situation_de(convention: Convention, jour: datetime.date) -> Situation:
    """Return how a convention stands on `jour`."""
    return situation(
        convention.etat, convention.periode.lower, dernier_jour(convention.periode), convention.alerte_jours, jour
    )


COLONNES_EXPORT = (
    ColonneExport("Numéro", "numero", largeur=16),
    ColonneExport("Intitulé", "intitule", largeur=50),
    ColonneExport("Opérateur", "operateur.nom", largeur=40),
    ColonneExport("État", lambda c: situation_de(c, timezone.localdate()).libelle, largeur=18),
    ColonneExport("Début", lambda c: c.periode.lower, type="date", largeur=12),
    ColonneExport("Dernier jour", lambda c: dernier_jour(c.periode), type="date", largeur=12),
    ColonneExport("Signée le", "signee_le", type="date", largeur=12),
    ColonneExport("Prévu", "prevu", type="euros", largeur=16),
    ColonneExport("Mandaté", "mandate", type="euros", largeur=16),
    ColonneExport("Payé", "paye", type="euros", largeur=16),
    ColonneExport("Reste à mandater", lambda c: ecart_argent(c.prevu, c.mandate), type="euros", largeur=16),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=10),
)
