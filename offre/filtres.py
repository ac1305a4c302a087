"""Filters of the catalogue: facets with several values, words that forgive, a commune and what is near it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils import timezone

from offre.models import CategorieOffre, EtatOffre, LieuOffre, OffreInsertion, Session
from offre.regles.publics import PublicVise
from pdi.socle.filtres import Choix, Filtre, FiltreBooleen, FiltreChoix, Filtres, FiltreTexte, Jeton
from pdi.territoires.models import CommuneTerritoire

VALEURS_MAX = 20


@dataclass(kw_only=True)
class FiltreMot(FiltreTexte):
    """Every word somewhere in the sheet, its operators, obstacles or places; else words that look like them."""

    def condition(self, valeur: Any) -> Q:
        """Return what `chercher` finds, or `ressemblant` when nothing does."""
        trouvees = OffreInsertion.objects.chercher(valeur).order_by()
        if not trouvees.exists():
            trouvees = OffreInsertion.objects.ressemblant(valeur).order_by()
        return Q(pk__in=trouvees.values("pk"))


@dataclass(kw_only=True)
class FiltreAge(Filtre):
    """The age of the person looked for."""

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:  # noqa: ARG002
        """Return a number field."""
        return forms.IntegerField(label=self.libelle, required=False, min_value=14, max_value=110)

    def condition(self, valeur: Any) -> Q:
        """Return what the scope `pour_age` finds."""
        return Q(pk__in=OffreInsertion.objects.pour_age(valeur).order_by().values("pk"))

    def dire(self, valeur: Any, champ: forms.Field) -> str:  # noqa: ARG002
        """Return « 22 ans »."""
        return f"{valeur} ans"


class ChampValeurs(forms.MultipleChoiceField):
    """Several values of the query string; those that are not among the choices are ignored, never an error.

    `ouvert`: the choices come from the offers themselves, and any value is looked for.
    """

    def __init__(self, *, ouvert: bool = False, motif: str = "", **kwargs: Any) -> None:
        """Keep the shape of an open value."""
        super().__init__(required=False, **kwargs)
        self.ouvert, self.chiffres = ouvert, motif == "chiffres"

    def to_python(self, value: Any) -> list[str]:
        """Keep the known values, each once."""
        connues = {str(choix[0]) for choix in list(self.choices)}  # type: ignore[arg-type]
        lues = dict.fromkeys(str(v)[:80] for v in value or [])
        gardees = [v for v in lues if v and (v in connues or self.ouvert)]
        return [v for v in gardees if not self.chiffres or (v.isascii() and v.isdigit() and len(v) < 10)][:VALEURS_MAX]

    def validate(self, value: Any) -> None:
        """Accept what to_python kept."""


@dataclass(kw_only=True)
class Facette(Filtre):
    """Boxes to tick, counted: an offer is kept when it has one of the ticked values.

    `valeur` is what is counted: a column, or an array column when `tableau`; `chemin` filters. `ouvert`: values come
    from the offers; `libelles` gives their words from the keys.
    """

    valeur: str
    chemin: str = ""
    tableau: bool = False
    choix: Choix = ()
    ouvert: bool = False
    chiffres: bool = False
    libelles: Callable[[Sequence[str]], Mapping[str, str]] | None = None

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:
        """Return a field of several values."""
        return ChampValeurs(
            label=self.libelle, choices=list(choix or self.choix), ouvert=self.ouvert,
            motif="chiffres" if self.chiffres else "",
        )  # fmt: skip

    def condition(self, valeur: Any) -> Q:
        """Return « one of these values »."""
        if self.tableau:
            return Q(**{f"{self.valeur}__overlap": valeur})
        if self.chemin:
            trouvees = OffreInsertion.objects.filter(**{f"{self.chemin}__in": valeur}).order_by().values("pk")
            return Q(pk__in=trouvees)
        return Q(**{f"{self.valeur}__in": valeur})

    def compter(self, nom: str, offres: QuerySet[OffreInsertion]) -> list[QuerySet[Any]]:
        """Return the queries (facet, value, number) to be joined into one."""
        exprimee: Any = (
            Func(F(self.valeur), function="unnest", output_field=TextField(), set_returning=True)
            if self.tableau
            else Cast(F(self.chemin or self.valeur), TextField())
        )
        return [compter_par(offres, nom, exprimee)]


@dataclass(kw_only=True)
class FacettePrescripteur(Facette):
    """Who may prescribe: three columns, one facet."""

    def condition(self, valeur: Any) -> Q:
        """Return « open to one of them »."""
        condition = Q(pk__in=[])
        for code in valeur:
            condition |= Q(**{PRESCRIPTEURS[code][0]: True})
        return condition

    def compter(self, nom: str, offres: QuerySet[OffreInsertion]) -> list[QuerySet[Any]]:
        """Return one query a column."""
        return [
            compter_par(offres.filter(**{champ: True}), nom, Value(code, output_field=TextField()))
            for code, (champ, _) in PRESCRIPTEURS.items()
        ]


def compter_par(offres: QuerySet[OffreInsertion], nom: str, valeur: Any) -> QuerySet[Any]:
    """Return (name, value, number) of offers, a row a value, to be joined with others into one query."""
    return (
        offres.order_by()
        .annotate(facette=Value(nom, output_field=CharField()), v=valeur)
        .values("facette", "v")
        .annotate(n=Count("pk"))
        .values_list("facette", "v", "n")
    )


PRESCRIPTEURS = {
    "referent": ("prescription_referent", "Les référents de parcours"),
    "prestataire": ("prescription_prestataire", "Les prestataires"),
    "auto": ("auto_prescription", "La personne elle-même"),
}


# -- near a commune ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Autour:
    """What « near » means for a commune on a day: itself, its intercommunalité, its territory of action."""

    code: str
    epci: str | None
    territoire: int | None


# Ranks of `proximite`, in words.
PROXIMITES = (
    "Dans la commune",
    "Dans l’intercommunalité",
    "Sur le territoire",
    "À distance",
    "Dans tout le département",
)
KILOMETRES = {"km10": 10, "km20": 20, "km30": 30}  # as the crow flies, between town halls
PORTEES = (
    ("", "Et autour"), ("commune", "Dans la commune seulement"), ("epci", "Dans l’intercommunalité"),
    *((code, f"À moins de {km}\u00a0km") for code, km in KILOMETRES.items()),
)  # fmt: skip


def lieux_de_rang(rang: int, autour: Autour, jour: datetime.date) -> Q:
    """Return the condition « the offer has a place of that rank » (ranks of PROXIMITES)."""
    if rang == 0:
        return _avec_lieu(commune=autour.code)
    if rang == 1:
        return _avec_lieu(commune__epci=autour.epci) if autour.epci else Q(pk__in=[])
    if rang == 2:
        if autour.territoire is None:
            return Q(pk__in=[])
        siennes = CommuneTerritoire.objects.filter(territoire=autour.territoire, validite__contains=jour)
        return _avec_lieu(commune__in=siennes.values("commune"))
    return _avec_lieu(a_distance=True) if rang == 3 else ~_avec_lieu()


def _avec_lieu(**condition: Any) -> Q:
    """Return « has a place such that »: one set for all the offers, not a question for each."""
    return Q(pk__in=LieuOffre.objects.filter(**condition).order_by().values("offre"))


# -- the filters -------------------------------------------------------------------------------------


def _debute(valeur: str) -> Q:
    jour = timezone.localdate()
    ouvertes = Session.objects.ouvertes_au(jour).filter(offre=OuterRef("pk"))
    if valeur == "permanente":
        return Q(Exists(ouvertes.filter(fin__isnull=True)))
    limite = jour + datetime.timedelta(int(valeur))
    return Q(Exists(ouvertes.filter(debut__range=(jour, limite))))


def _places_libres() -> Q:
    ouvertes = Session.objects.ouvertes_au(timezone.localdate()).filter(offre=OuterRef("pk"))
    return Q(Exists(ouvertes.filter(prises__lt=F("capacite"))))


@dataclass(kw_only=True)
class FiltrePlaces(FiltreBooleen):
    """Offers with places left; the day is that of the question."""

    si_vrai: Q = field(default_factory=Q)

    def condition(self, valeur: Any) -> Q:  # noqa: ARG002
        """Return « a session one may be enrolled in has room »."""
        return _places_libres()


class FiltreCommune(FiltreChoix):
    """A commune: the condition is built by the list, which knows what is around."""

    def condition(self, valeur: Any) -> Q:  # noqa: ARG002
        """Return nothing: `ListeOffres` applies it."""
        return Q()


class FiltresOffres(Filtres):
    """Filters of the catalogue."""

    gardables: ClassVar[bool] = True

    mot = FiltreMot("Mot de l’offre, opérateur, lieu ou frein", champs=(), large=True)
    etat = Facette("État de la fiche", valeur="etat", choix=EtatOffre.choices)
    categorie = Facette("Type d’offre", valeur="categorie", choix=CategorieOffre.choices)
    frein = Facette("Frein à lever", valeur="freins__code", chemin="freins__code")
    public = Facette("Public", valeur="publics_vises", tableau=True, choix=PublicVise.choices)
    theme = Facette("Thème", valeur="thematiques", tableau=True, ouvert=True)
    prescripteur = FacettePrescripteur(
        "Prescrite par", valeur="", choix=[(code, libelle) for code, (_, libelle) in PRESCRIPTEURS.items()]
    )
    operateur = Facette("Opérateur", valeur="operateurs", chemin="operateurs", ouvert=True, chiffres=True)
    commune = FiltreCommune("Commune", vide="Tout le département")
    portee = FiltreCommune("Jusqu’où", choix=PORTEES[1:], vide=PORTEES[0][1])
    age = FiltreAge("Âge de la personne")
    debute = FiltreChoix(
        "Une session commence",
        choix=[("30", "dans les 30 jours"), ("60", "dans les 60 jours"), ("90", "dans les 90 jours"),
               ("permanente", "à tout moment (entrées permanentes)")],
        q=_debute, vide="Peu importe",
    )  # fmt: skip
    places = FiltrePlaces("Avec des places libres")

    def __init__(self, donnees: QueryDict, *, choix: Mapping[str, Choix] | None = None) -> None:
        """Know the words of the open facets, once they are counted."""
        super().__init__(donnees, choix=choix)
        self.mots: dict[str, dict[str, str]] = {}

    @property
    def facettes(self) -> dict[str, Facette]:
        """Return the facets, in order."""
        return {nom: f for nom, f in self.declares.items() if isinstance(f, Facette)}

    @cached_property
    def valeurs(self) -> dict[str, Any]:
        """Return the cleaned values; how far around means nothing without a commune."""
        lues = super().valeurs
        if "commune" not in lues:
            lues.pop("portee", None)
        return lues

    def appliquer_sans(self, nom: str, queryset: QuerySet[OffreInsertion]) -> QuerySet[OffreInsertion]:
        """Return the offers kept by every filter but `nom`."""
        for autre, valeur in self.valeurs.items():
            if autre != nom:
                queryset = queryset.filter(self._condition(autre, valeur))
        return queryset

    def appliquer(self, queryset: Any) -> Any:
        """Return the offers that every active filter keeps."""
        return self.appliquer_sans("", queryset)

    def _condition(self, nom: str, valeur: Any) -> Q:
        """Work out the condition of a filter once, whatever the number of times it is applied."""
        if nom not in self._conditions:
            self._conditions[nom] = self.declares[nom].condition(valeur)
        return self._conditions[nom]

    @cached_property
    def _conditions(self) -> dict[str, Q]:
        return {}

    def _sans_valeur(self, nom: str, valeur: str) -> str:
        reste = self.donnees.copy()
        reste.setlist(nom, [v for v in reste.getlist(nom) if v != valeur])
        autres = FiltresOffres(reste)
        return autres._sans()

    def mot_de(self, nom: str, valeur: str) -> str:
        """Return a value of a facet in words."""
        champ = self.formulaire.fields[nom]
        connus = {str(cle): str(mot) for cle, mot in getattr(champ, "choices", ())}
        return connus.get(valeur) or self.mots.get(nom, {}).get(valeur) or valeur

    @property
    def jetons(self) -> list[Jeton]:
        """Return one badge a value: each removes itself."""
        jetons = []
        for nom, valeur in self.valeurs.items():
            filtre = self.declares[nom]
            if isinstance(filtre, Facette):
                jetons += [
                    Jeton(f"{filtre.libelle}\u00a0: {self.mot_de(nom, v)}", self._sans_valeur(nom, v)) for v in valeur
                ]
                continue
            dit = filtre.dire(valeur, self.formulaire.fields[nom])
            retirer = self._sans(nom, "portee") if nom == "commune" else self._sans(nom)
            jetons.append(Jeton(f"{filtre.libelle}\u00a0: {dit}" if dit else filtre.libelle, retirer))
        return jetons
