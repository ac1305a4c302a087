"""Filters of the catalogue: facets with several values, words that forgive, a commune and what is near it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
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
        return self.selon(valeur, OffreInsertion.objects.chercher(valeur).order_by().exists())

    def selon(self, valeur: Any, exacts: bool) -> Q:
        """Return the same, knowing whether an offer holds the words."""
        offres = OffreInsertion.objects
        return dans((offres.chercher(valeur) if exacts else offres.ressemblant(valeur)).order_by())


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

    `chemin` filters: a column, or what is behind a link; an array column when `tableau`. `valeur` is the SQL of what
    is counted, on the rows `o` joined with `jointure`. `ouvert`: values come from the offers.
    """

    chemin: str
    valeur: str
    jointure: str = ""
    tableau: bool = False
    choix: Choix = ()
    ouvert: bool = False
    chiffres: bool = False

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:
        """Return a field of several values."""
        return ChampValeurs(
            label=self.libelle, choices=list(choix or self.choix), ouvert=self.ouvert,
            motif="chiffres" if self.chiffres else "",
        )  # fmt: skip

    def condition(self, valeur: Any) -> Q:
        """Return « one of these values »."""
        if self.tableau:
            return Q(**{f"{self.chemin}__overlap": valeur})
        if self.jointure:
            return dans(OffreInsertion.objects.filter(**{f"{self.chemin}__in": valeur}).order_by())
        return Q(**{f"{self.chemin}__in": valeur})


@dataclass(kw_only=True)
class FacettePrescripteur(Facette):
    """Who may prescribe: three columns, one facet."""

    def condition(self, valeur: Any) -> Q:
        """Return « open to one of them »."""
        condition = Q(pk__in=[])
        for code in valeur:
            condition |= Q(**{PRESCRIPTEURS[code][0]: True})
        return condition


def dans(offres: QuerySet[OffreInsertion]) -> Q:
    """Return « is one of these offers »: one set, not a question for each."""
    return Q(pk__in=offres.values("pk"))


def _lien(table: str) -> str:
    """Return the join of a link of the offers, as `l`."""
    return f"JOIN offre_offreinsertion_{table} l ON l.offreinsertion_id = o.id"


PRESCRIPTEURS = {
    "referent": ("prescription_referent", "Les référents de parcours"),
    "prestataire": ("prescription_prestataire", "Les prestataires"),
    "auto": ("auto_prescription", "La personne elle-même"),
}
_OUVERTES = ", ".join(f"('{code}', o.{champ})" for code, (champ, _) in PRESCRIPTEURS.items())
COMPTEES = ("id", "etat", "categorie", "publics_vises", "thematiques", *(champ for champ, _ in PRESCRIPTEURS.values()))


def _autres(cochees: Collection[str], nom: str = "") -> str:
    """Return the SQL of « kept by every facet ticked but `nom` »."""
    return " AND ".join(f"o.garde_{autre}" for autre in cochees if autre != nom) or "true"


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


def _sert_le_territoire(code: str) -> Q:
    """Return « has a place in that territory today, or serves it from afar or everywhere »."""
    ici = {"territoire__code": code, "territoire__departement": settings.DEPARTEMENT_CODE}
    siennes = CommuneTerritoire.objects.filter(validite__contains=timezone.localdate(), **ici)
    return _avec_lieu(commune__in=siennes.values("commune")) | _avec_lieu(a_distance=True) | ~_avec_lieu()


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
    etat = Facette("État de la fiche", chemin="etat", valeur="o.etat", choix=EtatOffre.choices)
    categorie = Facette("Type d’offre", chemin="categorie", valeur="o.categorie", choix=CategorieOffre.choices)
    frein = Facette(
        "Frein à lever", chemin="freins__code", valeur="f.code",
        jointure=f"{_lien('freins')} JOIN offre_frein f ON f.id = l.frein_id",
    )  # fmt: skip
    public = Facette(
        "Public", chemin="publics_vises", valeur="v", tableau=True, choix=PublicVise.choices,
        jointure="CROSS JOIN unnest(o.publics_vises) v",
    )  # fmt: skip
    theme = Facette(
        "Thème", chemin="thematiques", valeur="v", tableau=True, ouvert=True,
        jointure="CROSS JOIN unnest(o.thematiques) v",
    )  # fmt: skip
    prescripteur = FacettePrescripteur(
        "Prescrite par", chemin="", valeur="v.code",
        jointure=f"JOIN LATERAL (VALUES {_OUVERTES}) v(code, ouverte) ON v.ouverte",
        choix=[(code, libelle) for code, (_, libelle) in PRESCRIPTEURS.items()],
    )  # fmt: skip
    operateur = Facette(
        "Opérateur", chemin="operateurs", valeur="l.structure_id", jointure=_lien("operateurs"), ouvert=True,
        chiffres=True,
    )  # fmt: skip
    commune = FiltreCommune("Commune", vide="Tout le département")
    portee = FiltreCommune("Jusqu’où", choix=PORTEES[1:], vide=PORTEES[0][1])
    territoire = FiltreChoix("Territoire", q=_sert_le_territoire, vide="Tout le département")
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

    def appliquer(self, queryset: Any) -> Any:
        """Return the offers that every active filter keeps."""
        for nom, valeur in self.valeurs.items():
            queryset = queryset.filter(self._condition(nom, valeur))
        return queryset

    def compter(self, offres: QuerySet[OffreInsertion], total: str) -> dict[str, dict[str, int]]:
        """Return {facet: {value: offers}}, each facet under the other filters, and under `total` what all keep.

        The conditions are judged once a row: what is not a facet narrows the rows, each facet ticked is a column. Those
        published alone count, unless a state is ticked.
        """
        cochees: dict[str, Q] = {} if "etat" in self.valeurs else {"etat": Q(etat=EtatOffre.PUBLIEE)}
        for nom, valeur in self.valeurs.items():
            if nom in self.facettes:
                cochees[nom] = self._condition(nom, valeur)
            else:
                offres = offres.filter(self._condition(nom, valeur))
        gardees = {f"garde_{nom}": ExpressionWrapper(q, BooleanField()) for nom, q in cochees.items()}
        comptes: dict[str, dict[str, int]] = {}
        try:
            lignes, params = offres.order_by().annotate(**gardees).values(*COMPTEES, *gardees).query.sql_with_params()
        except EmptyResultSet:  # no word looks like those asked for
            return comptes
        morceaux = [
            f"SELECT '{nom}', {f.valeur}::text, count(*) FROM o {f.jointure} WHERE {_autres(cochees, nom)} GROUP BY 2"  # noqa: S608  # nosec B608
            for nom, f in self.facettes.items()
        ]
        morceaux.append(f"SELECT '{total}', '{total}', count(*) FROM o WHERE {_autres(cochees)}")  # noqa: S608  # nosec B608
        with connection.cursor() as curseur:
            curseur.execute(f"WITH o AS MATERIALIZED ({lignes}) {' UNION ALL '.join(morceaux)}", params)  # nosec B608
            for nom, lue, n in curseur.fetchall():
                if lue and n:
                    comptes.setdefault(nom, {})[lue] = n
        return comptes

    @cached_property
    def mots_exacts(self) -> bool:
        """Return whether an offer holds every word asked for (one query)."""
        return bool(OffreInsertion.objects.chercher(self.valeurs["mot"]).order_by().exists())

    def _condition(self, nom: str, valeur: Any) -> Q:
        """Work out the condition of a filter once, whatever the number of times it is applied."""
        if nom not in self._conditions:
            filtre = self.declares[nom]
            self._conditions[nom] = (
                filtre.selon(valeur, self.mots_exacts) if isinstance(filtre, FiltreMot) else filtre.condition(valeur)
            )
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
