"""Pagination by key: next and previous pages cost the same at row 25 and at row 2 000 000, without OFFSET.

The cursor names the row at the edge of the page (direction and primary key, signed). It never holds the sort
values themselves: they may be a name or a birth date, and a URL is no place for them. They are read again from
the row, which is one indexed query more. Rows inserted or removed between two pages never shift the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.core.signing import BadSignature, Signer
from django.db import connections, models
from django.db.models import Count, F, Q
from django.db.models.expressions import OrderBy

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")

TAILLE = 25
_SUIVANT, _PRECEDENT = "s", "p"


@dataclass(frozen=True)
class CleTri:
    """One key of the order: an order_by name, its direction, and whether it may be NULL (NULLs come last)."""

    champ: str
    descendant: bool = False
    nuls: bool = True

    @classmethod
    def lire(cls, nom: str, modele: type[models.Model]) -> CleTri:
        """Read an order_by name; a non-null column of the model itself is recognised, so that its index serves."""
        champ = nom.removeprefix("-")
        return cls(champ, nom.startswith("-"), not _jamais_nul(modele, champ))


def _jamais_nul(modele: type[models.Model], champ: str) -> bool:
    if champ in {"pk", "id"}:
        return True
    try:
        trouve = modele._meta.get_field(champ)
    except FieldDoesNotExist:
        return False
    return isinstance(trouve, models.Field) and not trouve.is_relation and not trouve.null


@dataclass(frozen=True)
class Denombrement:
    """What to count over a whole list: its rows, or those whose `champ` is `depuis` or after, before `avant`."""

    champ: str = ""
    depuis: Any = None
    avant: Any = None

    @property
    def agregat(self) -> Count:
        """Return the same as an aggregate."""
        bornes = {f"{self.champ}__gte": self.depuis, f"{self.champ}__lt": self.avant}
        gardes = {nom: borne for nom, borne in bornes.items() if borne is not None}
        return Count("pk", filter=Q(**gardes)) if gardes else Count("pk")

    def sql(self, colonnes: Mapping[str, str]) -> tuple[str, list[Any]]:
        """Return the same over `colonnes`, by field."""
        bornes = [(">=", self.depuis), ("<", self.avant)]
        gardes = [(f"{colonnes[self.champ]} {signe} %s", borne) for signe, borne in bornes if borne is not None]
        condition = f" FILTER (WHERE {' AND '.join(texte for texte, _ in gardes)})" if gardes else ""
        return f"count(*){condition}", [borne for _, borne in gardes]


TOUTES = {"_toutes": Denombrement()}


class PageParCle(Generic[M]):
    """One page of `queryset` in the order `tri`.

    `tri` holds order_by names (columns, relations such as "structure__nom", or annotations of the queryset);
    the primary key is added as the last tie-breaker. An unknown, tampered or vanished cursor shows the first
    page rather than an error. Use `objets`, `suivant`, `precedent`, `total`.
    """

    def __init__(
        self,
        queryset: models.QuerySet[M],
        tri: Sequence[str | CleTri],
        curseur: str | None = None,
        taille: int = TAILLE,
        *,
        decorees: models.QuerySet[M] | None = None,
        bords: models.QuerySet[M] | None = None,
        comptes: Mapping[str, Denombrement] = TOUTES,
    ) -> None:
        """Prepare the page; nothing is read before `objets` is.

        For a list whose condition is costly and rows wide: with `decorees`, the keys of the page are read first, the
        whole condition being worked out at once (a LIMIT alone makes PostgreSQL try the rows one by one), then its
        rows, among `decorees`. `bords` gives back the sort values of a row that has left the list.
        `comptes`: what to count over the whole list while its keys are read, see `comptees`.
        """
        self.decorees, self.bords = decorees, bords
        self._comptes = comptes
        self._lus: dict[str, int] | None = None
        if taille < 1:
            raise ValueError("Une page a au moins une ligne.")
        self.taille = taille
        self.base = queryset
        cles = [c if isinstance(c, CleTri) else CleTri.lire(c, queryset.model) for c in tri]
        if not any(c.champ in {"pk", "id"} for c in cles):
            cles.append(CleTri("pk", descendant=bool(cles) and cles[-1].descendant, nuls=False))
        self.cles = cles
        self._signataire = Signer(salt="pdi.socle.pagination")
        self._sens, self._bord = self._lire(curseur)

    # -- the cursor -----------------------------------------------------------------------------
    def _lire(self, curseur: str | None) -> tuple[str, list[Any] | None]:
        if not curseur:
            return _SUIVANT, None
        try:
            sens, _, cle = self._signataire.unsign(curseur).partition(".")
        except BadSignature:
            return _SUIVANT, None
        valeurs = self._valeurs(cle) if sens in {_SUIVANT, _PRECEDENT} else None
        return (_SUIVANT, None) if valeurs is None else (sens, valeurs)

    def _valeurs(self, cle: str) -> list[Any] | None:
        """Read the sort values of the row at the edge, even when it has left the filter since."""
        champs = [c.champ for c in self.cles]
        for source in (self.base.model._base_manager.all(), self.bords, self.base):
            if source is None:
                continue
            try:
                ligne = source.filter(pk=cle).order_by().values_list(*champs).first()
            except (FieldError, ValidationError, ValueError):
                continue
            if ligne is not None:
                return list(ligne)
        return None

    def _curseur(self, sens: str, objet: M) -> str:
        return self._signataire.sign(f"{sens}.{objet.pk}")

    # -- the rows -------------------------------------------------------------------------------
    def _ordre(self, *, inverse: bool) -> list[OrderBy]:
        ordre = []
        for cle in self.cles:
            descendant = cle.descendant != inverse
            nuls: dict[str, Any] = {} if not cle.nuls else {"nulls_first": True} if inverse else {"nulls_last": True}
            ordre.append(F(cle.champ).desc(**nuls) if descendant else F(cle.champ).asc(**nuls))
        return ordre

    @staticmethod
    def _egal(cle: CleTri, valeur: Any) -> Q:
        return Q(**{f"{cle.champ}__isnull": True}) if valeur is None else Q(**{cle.champ: valeur})

    @staticmethod
    def _au_dela(cle: CleTri, valeur: Any, *, inverse: bool) -> Q | None:
        """Return the condition « strictly after `valeur` » for one key, None when nothing can be."""
        if valeur is None:
            return Q(**{f"{cle.champ}__isnull": False}) if inverse else None
        operateur = "lt" if cle.descendant != inverse else "gt"
        condition = Q(**{f"{cle.champ}__{operateur}": valeur})
        if cle.nuls and not inverse:
            condition |= Q(**{f"{cle.champ}__isnull": True})
        return condition

    def _apres(self, bord: list[Any], *, inverse: bool) -> Q:
        """Return the lexicographic condition: key 1 beyond, or equal and key 2 beyond, and so on."""
        condition, prefixe = Q(pk__in=[]), Q()
        for cle, valeur in zip(self.cles, bord, strict=True):
            au_dela = self._au_dela(cle, valeur, inverse=inverse)
            if au_dela is not None:
                condition |= prefixe & au_dela
            prefixe &= self._egal(cle, valeur)
        premiere, valeur = self.cles[0], bord[0]
        if not premiere.nuls and valeur is not None:  # a plain bound that an index can serve
            operateur = "lte" if premiere.descendant != inverse else "gte"
            condition &= Q(**{f"{premiere.champ}__{operateur}": valeur})
        return condition

    @cached_property
    def _lignes(self) -> tuple[list[M], bool]:
        inverse = self._sens == _PRECEDENT
        queryset = self.base.order_by(*self._ordre(inverse=inverse))
        if self._bord is not None:
            queryset = queryset.filter(self._apres(self._bord, inverse=inverse))
        lues = list(queryset[: self.taille + 1]) if self.decorees is None else self._par_cles(queryset, self.decorees)
        en_plus = len(lues) > self.taille
        lues = lues[: self.taille]
        if inverse:
            lues.reverse()
        return lues, en_plus

    def _par_cles(self, queryset: models.QuerySet[M], decorees: models.QuerySet[M]) -> list[M]:
        """Read the keys of the page, then its rows, in the same order."""
        rangees = self._cles_et_comptes(queryset)
        self._lus = dict(zip(self._comptes, rangees[0][1:] if rangees else [0] * len(self._comptes), strict=True))
        cles = [rangee[0] for rangee in rangees]
        lues = {ligne.pk: ligne for ligne in decorees.filter(pk__in=cles)}
        return [lues[cle] for cle in cles if cle in lues]

    def _cles_et_comptes(self, queryset: models.QuerySet[M]) -> list[tuple[Any, ...]]:
        """Read the keys of the page, each with the counts of the list: the sort values are worked out once a row."""
        inverse = self._sens == _PRECEDENT
        champs = dict.fromkeys(["pk", *(c.champ for c in self.cles), *(c.champ for c in self._comptes.values())])
        colonnes = {champ: f"k{rang}" for rang, champ in enumerate(filter(None, champs))}
        sql, params = queryset.order_by().values_list(*colonnes).query.sql_with_params()
        comptes = [compte.sql(colonnes) for compte in self._comptes.values()]
        ordre = ", ".join(
            f"{colonnes[cle.champ]} {'DESC' if cle.descendant != inverse else 'ASC'}"
            + (f" NULLS {'FIRST' if inverse else 'LAST'}" if cle.nuls else "")
            for cle in self.cles
        )
        with connections[queryset.db].cursor() as curseur:
            curseur.execute(
                f"WITH lues ({', '.join(colonnes.values())}) AS MATERIALIZED ({sql}),"  # noqa: S608  # nosec B608: names of ours
                f" comptees AS (SELECT {', '.join(texte for texte, _ in comptes)} FROM lues)"
                f" SELECT k0, comptees.* FROM lues CROSS JOIN comptees ORDER BY {ordre} LIMIT %s",
                [*params, *(valeur for _, valeurs in comptes for valeur in valeurs), self.taille + 1],
            )
            rangees: list[tuple[Any, ...]] = curseur.fetchall()
        return rangees

    @property
    def objets(self) -> list[M]:
        """Return the rows of the page, in order."""
        return self._lignes[0]

    @property
    def comptees(self) -> dict[str, int] | None:
        """Return the `comptes` of the whole list, read with a first page; None beyond it: its rows are not all."""
        return self._lus if self._bord is None and self._lignes else None

    @property
    def suivant(self) -> str | None:
        """Return the cursor of the next page, None on the last one."""
        objets, en_plus = self._lignes
        reste = en_plus if self._sens == _SUIVANT else self._bord is not None
        return self._curseur(_SUIVANT, objets[-1]) if objets and reste else None

    @property
    def precedent(self) -> str | None:
        """Return the cursor of the previous page, None on the first one."""
        objets, en_plus = self._lignes
        reste = en_plus if self._sens == _PRECEDENT else self._bord is not None
        return self._curseur(_PRECEDENT, objets[0]) if objets and reste else None

    @cached_property
    def total(self) -> int:
        """Return the number of rows of the whole list: read with the keys of a first page, else one count query."""
        lus = self.comptees if self.decorees is not None else None
        if lus is not None and "_toutes" in lus:
            return lus["_toutes"]
        return self.base.order_by().count()

    @property
    def plusieurs(self) -> bool:
        """Return whether there is another page."""
        return self.suivant is not None or self.precedent is not None

    def __iter__(self) -> Any:
        """Iterate over the rows of the page."""
        return iter(self.objets)

    def __len__(self) -> int:
        """Return the number of rows of the page."""
        return len(self.objets)


class PageDeListe(Generic[T]):
    """One page of a list that is worked out, not read: same use as `PageParCle`, the cursor is a rank.

    A rank that is no number, or beyond the end, shows the first page.
    """

    def __init__(self, lignes: Sequence[T], curseur: str | None = None, taille: int = TAILLE) -> None:
        """Cut the page out of the whole list."""
        rang = int(curseur) if curseur and curseur.isdecimal() and len(curseur) < 8 else 0
        self.rang = rang if rang < len(lignes) else 0
        self.taille, self.total = taille, len(lignes)
        self.objets = list(lignes[self.rang : self.rang + taille])

    @property
    def suivant(self) -> str | None:
        """Return the cursor of the next page, None on the last one."""
        suite = self.rang + self.taille
        return str(suite) if suite < self.total else None

    @property
    def precedent(self) -> str | None:
        """Return the cursor of the previous page, None on the first one."""
        return str(max(self.rang - self.taille, 0)) if self.rang else None

    @property
    def plusieurs(self) -> bool:
        """Return whether there is another page."""
        return self.total > len(self.objets)

    def __iter__(self) -> Iterator[T]:
        """Iterate over the rows of the page."""
        return iter(self.objets)

    def __len__(self) -> int:
        """Return the number of rows of the page."""
        return len(self.objets)
