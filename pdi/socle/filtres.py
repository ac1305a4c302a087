"""Filters of a list, declared once: the form, the rows kept, the removable badges and the URL follow.

    class FiltresFiches(Filtres):
        mot = FiltreTexte("Mot du titre ou du constat", champs=("titre", "constat"))
        statut = FiltreChoix("Statut", champ="statut", choix=StatutFiche.choices, vide="Tous")
        retard = FiltreBooleen("En retard seulement", si_vrai=Q(echeance__lt=Now()))
        annee = FiltreAnnee("Année", champ="annee", annees=range(2022, 2027))

    filtres = FiltresFiches(request.GET, choix={"pilote": [...]})
    fiches = filtres.appliquer(Fiche.objects.visibles_par(request.user))

State lives in the query string only. A value that is not among the choices is ignored, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, ClassVar, TypeVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from .formats import date_courte

QS = TypeVar("QS", bound=QuerySet[Any])
Choix = Sequence[tuple[Any, str]]

TOUT = "tout"  # « no filter at all »: otherwise a list without any parameter opens on the search kept by default
HORS_FILTRE = ("curseur", TOUT)  # a filter that changes goes back to the first page


@dataclass(kw_only=True)
class Filtre:
    """What every filter has: a label, a place in the form (`large`, or folded under « Plus de filtres »).

    `ephemere`: what is typed may name someone, and is never kept with a saved search.
    """

    libelle: str = field(kw_only=False)
    large: bool = False
    ephemere: bool = False

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:
        """Return the form field."""
        raise NotImplementedError

    def condition(self, valeur: Any) -> Q:
        """Return the condition for a cleaned, non-empty value."""
        raise NotImplementedError

    def dire(self, valeur: Any, champ: forms.Field) -> str:  # noqa: ARG002
        """Return the value in words, for the badge."""
        return str(valeur)


@dataclass(kw_only=True)
class FiltreTexte(Filtre):
    """Words looked for in any of `champs`, accents and case ignored; every word must be found somewhere."""

    champs: Sequence[str]

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:  # noqa: ARG002
        """Return a search field."""
        return forms.CharField(
            label=self.libelle,
            required=False,
            max_length=120,
            widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        )

    def condition(self, valeur: Any) -> Q:
        """Return: each word in one of the columns."""
        return reduce(
            and_,
            (reduce(or_, (Q(**{f"{c}__unaccent__icontains": mot}) for c in self.champs)) for mot in valeur.split()),
        )

    def dire(self, valeur: Any, champ: forms.Field) -> str:  # noqa: ARG002
        """Return the words between French quotation marks."""
        return f"«\u00a0{valeur}\u00a0»"


@dataclass(kw_only=True)
class FiltreChoix(Filtre):
    """One value among `choix` (given here, or to the constructor of the Filtres when they come from the base).

    The value filters `champ`, or goes through `q(valeur) -> Q`.
    """

    champ: str = ""
    choix: Choix | Callable[[], Choix] = ()
    vide: str = "Tous"
    q: Callable[[str], Q] | None = None

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:
        """Return a select with an empty first choice."""
        donnes: Choix = choix if choix is not None else self.choix() if callable(self.choix) else self.choix
        return forms.ChoiceField(label=self.libelle, required=False, choices=[("", self.vide), *donnes])

    def condition(self, valeur: Any) -> Q:
        """Return equality on the column, or the declared condition."""
        return self.q(valeur) if self.q else Q(**{self.champ: valeur})

    def dire(self, valeur: Any, champ: forms.Field) -> str:
        """Return the label of the choice, without the indentation of a tree."""
        for cle, libelle in getattr(champ, "choices", ()):
            groupe = libelle if isinstance(libelle, list | tuple) else [(cle, libelle)]
            for sous_cle, texte in groupe:
                if str(sous_cle) == str(valeur):
                    return str(texte).strip("\u00a0 ")
        return str(valeur)


@dataclass(kw_only=True)
class FiltreAnnee(FiltreChoix):
    """One year among `annees`."""

    annees: Iterable[int] = ()
    vide: str = "Toutes"

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:
        """Return a select of years, latest first."""
        return super().champ_formulaire(
            choix if choix is not None else [(a, str(a)) for a in sorted(self.annees, reverse=True)]
        )


@dataclass(kw_only=True)
class FiltreBooleen(Filtre):
    """A box to tick: `si_vrai` is the condition kept."""

    si_vrai: Q

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:  # noqa: ARG002
        """Return a check box."""
        return forms.BooleanField(label=self.libelle, required=False)

    def condition(self, valeur: Any) -> Q:  # noqa: ARG002
        """Return the declared condition."""
        return self.si_vrai

    def dire(self, valeur: Any, champ: forms.Field) -> str:  # noqa: ARG002
        """Return nothing: the label says it all."""
        return ""


@dataclass(kw_only=True)
class FiltreDate(Filtre):
    """A date: `lookup` is « le__date__gte » or « le__date__lte »; without it, the screen reads the value itself."""

    lookup: str = ""

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:  # noqa: ARG002
        """Return a date field with the browser's calendar."""
        return forms.DateField(
            label=self.libelle, required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        )

    def condition(self, valeur: Any) -> Q:
        """Return the bound."""
        return Q(**{self.lookup: valeur}) if self.lookup else Q()

    def dire(self, valeur: Any, champ: forms.Field) -> str:  # noqa: ARG002
        """Return the date as French writes it."""
        return date_courte(valeur)


@dataclass(frozen=True)
class Jeton:
    """An active filter: its text and the query string without it."""

    texte: str
    retirer: str


class Filtres:
    """Base of the declared filters of a screen."""

    declares: ClassVar[dict[str, Filtre]] = {}
    gardables: ClassVar[bool] = False  # searches of this list can be kept: an empty query string must be told

    def __init_subclass__(cls) -> None:
        """Collect the declared filters in order, those of the parents first."""
        super().__init_subclass__()
        propres = {nom: f for nom, f in vars(cls).items() if isinstance(f, Filtre)}
        cls.declares = {**cls.declares, **propres}

    def __init__(self, donnees: QueryDict, *, choix: Mapping[str, Choix] | None = None) -> None:
        """Read the query string. `choix` gives the choices that come from the database."""
        self.donnees = donnees
        self._choix = dict(choix or {})

    def retirer(self, *noms: str) -> None:
        """Leave out filters that mean nothing for this reader; their parameters are then ignored."""
        self.declares = {nom: f for nom, f in self.declares.items() if nom not in noms}  # type: ignore[misc]

    @cached_property
    def formulaire(self) -> forms.Form:
        """Return the GET form, bound to the query string."""
        formulaire = forms.Form(self.donnees, prefix=None)
        formulaire.auto_id = "filtre_%s"
        for nom, filtre in self.declares.items():
            formulaire.fields[nom] = filtre.champ_formulaire(self._choix.get(nom))
        formulaire.is_valid()
        return formulaire

    @cached_property
    def valeurs(self) -> dict[str, Any]:
        """Return the cleaned values of the active filters."""
        propres = self.formulaire.cleaned_data
        return {nom: propres[nom] for nom in self.declares if propres.get(nom) not in (None, "", False, [])}

    @property
    def refuses(self) -> list[str]:
        """Return the filters asked for with a value that means nothing, each with what was wrong, in words."""
        erreurs = self.formulaire.errors.as_data()
        return [
            f"{filtre.libelle}\u00a0: {' '.join(m for e in erreurs[nom] for m in e.messages)}"
            for nom, filtre in self.declares.items()
            if nom in erreurs
        ]

    @property
    def actifs(self) -> bool:
        """Return whether a filter is active."""
        return bool(self.valeurs)

    def appliquer(self, queryset: QS) -> QS:
        """Return the rows that every active filter keeps."""
        for nom, valeur in self.valeurs.items():
            queryset = queryset.filter(self.declares[nom].condition(valeur))
        return queryset

    def _sans(self, *noms: str) -> str:
        reste = self.donnees.copy()
        for nom in (*noms, *HORS_FILTRE):
            reste.pop(nom, None)
        if self.gardables and not reste:
            return f"?{TOUT}=1"
        return f"?{reste.urlencode()}"

    @property
    def a_garder(self) -> str:
        """Return the query string to keep under a name: filters and order, not the page nor what is ephemeral."""
        reste = self.donnees.copy()
        for nom in (*(n for n, f in self.declares.items() if f.ephemere), *HORS_FILTRE):
            reste.pop(nom, None)
        for nom in [n for n in reste if not any(reste.getlist(n))]:
            del reste[nom]
        return reste.urlencode()

    @property
    def jetons(self) -> list[Jeton]:
        """Return the badges of the active filters."""
        jetons = []
        for nom, valeur in self.valeurs.items():
            filtre = self.declares[nom]
            dit = filtre.dire(valeur, self.formulaire.fields[nom])
            jetons.append(Jeton(f"{filtre.libelle}\u00a0: {dit}" if dit else filtre.libelle, self._sans(nom)))
        return jetons

    @property
    def sans_filtre(self) -> str:
        """Return the query string with every filter removed; order and view stay."""
        return self._sans(*self.declares)

    @property
    def en_mots(self) -> list[str]:
        """Return the active filters as sentences, to repeat in an export or a print."""
        return [jeton.texte for jeton in self.jetons]

    @property
    def autres_parametres(self) -> list[tuple[str, str]]:
        """Return the parameters that the filter form must keep (order, view), as hidden fields."""
        ecartes = {*self.declares, *HORS_FILTRE}
        return [(nom, v) for nom in self.donnees if nom not in ecartes for v in self.donnees.getlist(nom)]

    @property
    def requete(self) -> str:
        """Return the query string of the same rows without the page, for an export link."""
        return self._sans()
