"""Children read in the same query as their parent, for the pages that show an object with everything it holds.

`prefetch_related` costs one round trip a relation; a page with twelve relations would cost twelve. Here each
relation comes as an array of JSON objects built by PostgreSQL, then becomes ordinary model instances in the
prefetch cache: `fiche.etapes.all()` asks nothing more of the database.

    ETAPES = Grappe("etapes")
    ROLES = Grappe("roles", avec={"structure": ("nom", "sigle")})
    fiches = lire_avec(FicheAction.objects.visibles_par(utilisateur), ETAPES, ROLES)

The text of each sub-select is made once per relation: it only names tables and columns of our own models.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import F, Q, Subquery
from django.db.models.expressions import BaseExpression, Expression
from django.db.models.query import QuerySet

M = TypeVar("M", bound=models.Model)
Modele = type[models.Model]
_PREFIXE = "_grappe_"
_A_CONVERTIR = (models.DateField, models.DateTimeField, models.DecimalField, models.UUIDField)


@dataclass(frozen=True)
class Grappe:
    """One relation to bring along: a reverse foreign key or a many-to-many, by its accessor.

    `depuis`: path to the object that has the relation (« programme.gabarit »), the parent itself when empty.
    `champs`: columns to read (all when empty; the others are deferred). `avec`: forward keys to bring too, each
    with its columns (all when empty). `condition` filters the rows, `base` restricts them to those of a queryset
    (the visible ones, for instance). `ordre`: columns of the children.
    """

    relation: str
    depuis: str = ""
    champs: Sequence[str] = ()
    avec: Mapping[str, Sequence[str]] = field(default_factory=dict)
    condition: Q | None = None
    ordre: Sequence[str] = ()
    base: QuerySet[Any] | None = None

    @property
    def annotation(self) -> str:
        """Return the name of the column that carries it."""
        return f"{_PREFIXE}{self.depuis.replace('.', '_')}_{self.relation}"

    @property
    def forme(self) -> _Forme:
        """Return what the text of its sub-select depends on."""
        avec = tuple((chemin, tuple(noms)) for chemin, noms in sorted(self.avec.items()))
        return _Forme(self.relation, self.depuis, tuple(self.champs), avec, tuple(self.ordre))


@dataclass(frozen=True)
class _Forme:
    """The hashable part of a Grappe."""

    relation: str
    depuis: str
    champs: tuple[str, ...]
    avec: tuple[tuple[str, tuple[str, ...]], ...]
    ordre: tuple[str, ...]


def _champ(modele: Modele, nom: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", modele._meta.get_field(nom))


def _suivre(modele: Modele, nom: str) -> Modele:
    return cast("Modele", modele._meta.get_field(nom).related_model)


def _modele_de(modele: Modele, chemin: str) -> Modele:
    for nom in chemin.split(".") if chemin else ():
        modele = _suivre(modele, nom)
    return modele


# -- the sub-select -----------------------------------------------------------------------------------


def _colonnes(modele: Modele, noms: Sequence[str]) -> list[models.Field[Any, Any]]:
    """Return the concrete columns named, the primary key always among them; all of them when none is named."""
    if not noms:
        return list(modele._meta.concrete_fields)
    voulues = {_champ(modele, nom) for nom in noms} | {modele._meta.pk}
    return [c for c in modele._meta.concrete_fields if c in voulues]


def _objet_json(modele: Modele, noms: Sequence[str], alias: str) -> str:
    """Return the SQL of the JSON object of a row, keyed by attribute."""
    paires = (f"'{c.attname}', {alias}.{_q(c.column)}" for c in _colonnes(modele, noms))
    return f"jsonb_build_object({', '.join(paires)})"


def _q(nom: str | None) -> str:
    return connection.ops.quote_name(nom or "")


@cache
def _sous_select(parent: Modele, forme: _Forme) -> tuple[str, str, str]:
    """Return (start of the sub-select up to the parent's key, its end, primary key of the children)."""
    porteur = _modele_de(parent, forme.depuis)
    relation: Any = porteur._meta.get_field(forme.relation)
    modele = _suivre(porteur, forme.relation)
    cle = f"g0.{_q(modele._meta.pk.column)}"
    tables = f"{_q(modele._meta.db_table)} g0"
    if relation.one_to_many:
        rattachement = f"g0.{_q(relation.field.column)}"
    else:
        tables += f" JOIN {_q(relation.m2m_db_table())} gm ON gm.{_q(relation.m2m_reverse_name())} = {cle}"
        rattachement = f"gm.{_q(relation.m2m_column_name())}"
    contenus, alias = [_objet_json(modele, forme.champs, "g0")], {"": "g0"}
    for rang, (chemin, noms) in enumerate(forme.avec, start=1):
        avant, _, nom = chemin.rpartition(".")
        cible, alias[chemin] = _modele_de(modele, chemin), f"g{rang}"
        colonne = f"{alias[avant]}.{_q(_champ(_modele_de(modele, avant), nom).column)}"
        tables += f" LEFT JOIN {_q(cible._meta.db_table)} g{rang} ON g{rang}.{_q(cible._meta.pk.column)} = {colonne}"
        contenus.append(_objet_json(cible, noms, f"g{rang}"))
    noms_tri = [*(forme.ordre or cast("Sequence[str]", modele._meta.ordering)), "pk"]
    tri = ", ".join(_tri(modele, nom) for nom in noms_tri)
    debut = f"ARRAY(SELECT jsonb_build_array({', '.join(contenus)}) FROM {tables} WHERE {rattachement} = "  # noqa: S608  # nosec B608: names of our models only
    return debut, f" ORDER BY {tri})", cle


def _tri(modele: Modele, nom: str) -> str:
    attribut = nom.removeprefix("-")
    champ = modele._meta.pk if attribut == "pk" else _champ(modele, attribut.removesuffix("_id"))
    return f"g0.{_q(champ.column)}{' DESC' if nom.startswith('-') else ''}"


class _Decimales(json.JSONDecoder):
    """Amounts are read as decimals: no cent is lost to floating point."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, parse_float=Decimal)


class _Lignes(Expression):
    """The sub-select of a Grappe, tied to the key of its parent."""

    def __init__(self, texte: tuple[str, str, str], cle: Any, lignes: Subquery | None) -> None:
        super().__init__(output_field=ArrayField(models.JSONField(decoder=_Decimales)))
        self.texte, self.cle, self.lignes = texte, cle, lignes

    def get_source_expressions(self) -> list[Any]:
        """Return the parent's key and the restricting subquery."""
        return [self.cle, self.lignes]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Take what resolution gave back."""
        self.cle, self.lignes = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Sequence[Any]]:  # type: ignore[override]  # noqa: ARG002
        """Return the sub-select around the compiled key."""
        debut, fin, enfant = self.texte
        cle, params = compiler.compile(self.cle)
        if self.lignes is None:
            return f"{debut}{cle}{fin}", params
        lignes, autres = compiler.compile(cast("BaseExpression", self.lignes))
        return f"{debut}{cle} AND {enfant} IN {lignes}{fin}", [*params, *autres]


def _expression(parent: Modele, grappe: Grappe) -> _Lignes:
    cle = F("__".join([*grappe.depuis.split("."), "pk"]) if grappe.depuis else "pk")
    lignes = grappe.base
    if grappe.condition is not None:
        modele = _suivre(_modele_de(parent, grappe.depuis), grappe.relation)
        lignes = (modele._default_manager.all() if lignes is None else lignes).filter(grappe.condition)
    restriction = None if lignes is None else Subquery(lignes.order_by().values("pk"))
    return _Lignes(_sous_select(parent, grappe.forme), cle, restriction)


# -- instances ----------------------------------------------------------------------------------------


@cache
def _conversions(modele: Modele) -> dict[str, Callable[[Any], Any]]:
    """Return what turns JSON into Python, for the columns that need it."""
    champs = (
        (c.attname, c.target_field if isinstance(c, models.ForeignKey) else c) for c in modele._meta.concrete_fields
    )
    return {attname: champ.to_python for attname, champ in champs if isinstance(champ, _A_CONVERTIR)}


def _instance(modele: type[M], valeurs: Mapping[str, Any], base: str) -> M | None:
    """Build an instance from its JSON, as if read by a query; None when the primary key is."""
    if valeurs[modele._meta.pk.attname] is None:
        return None
    convertir = _conversions(modele)
    noms = [c.attname for c in modele._meta.concrete_fields if c.attname in valeurs]
    lus = [convertir[nom](valeurs[nom]) if nom in convertir else valeurs[nom] for nom in noms]
    return modele.from_db(base, noms, lus)


def _rattacher(objet: models.Model, chemin: str, valeurs: Mapping[str, Any], base: str) -> None:
    """Set the object at the end of a forward path (« structure.parent »)."""
    *debut, nom = chemin.split(".")
    for etape in debut:
        suivant = getattr(objet, etape)
        if suivant is None:
            return
        objet = suivant
    cle: Any = _champ(type(objet), nom)
    cle.set_cached_value(objet, _instance(_suivre(type(objet), nom), valeurs, base))


def _deballer(parent: models.Model, grappe: Grappe) -> None:
    porteur = parent
    for nom in grappe.depuis.split(".") if grappe.depuis else ():
        porteur = getattr(porteur, nom)
    relation: Any = type(porteur)._meta.get_field(grappe.relation)
    modele = _suivre(type(porteur), grappe.relation)
    base = parent._state.db or DEFAULT_DB_ALIAS  # noqa: SLF001  # public by the documentation of Model.from_db
    chemins = [chemin for chemin, _ in grappe.forme.avec]
    enfants = []
    for contenu, *suivis in parent.__dict__.pop(grappe.annotation, None) or ():
        enfant = _instance(modele, contenu, base)
        if enfant is None:
            continue
        for chemin, valeurs in zip(chemins, suivis, strict=True):
            _rattacher(enfant, chemin, valeurs, base)
        if relation.one_to_many:
            relation.field.set_cached_value(enfant, porteur)
        enfants.append(enfant)
    lus: Any = modele._default_manager.all()
    lus._result_cache, lus._prefetch_done = enfants, True  # noqa: SLF001  # what prefetch_related does
    porteur.__dict__.setdefault("_prefetched_objects_cache", {})[grappe.relation] = lus


def avec_grappes(queryset: QuerySet[M], *grappes: Grappe) -> QuerySet[M]:
    """Return `queryset` with the columns of `grappes`; give its rows to `deballer` once read."""
    return cast("QuerySet[M]", queryset.annotate(**{g.annotation: _expression(queryset.model, g) for g in grappes}))


def deballer(objets: Iterable[M], *grappes: Grappe) -> list[M]:
    """Turn the columns of `grappes` into prefetched instances."""
    lus = list(objets)
    for objet in lus:
        for grappe in grappes:
            _deballer(objet, grappe)
    return lus


def lire_avec(queryset: QuerySet[M], *grappes: Grappe) -> list[M]:
    """Read `queryset` and its `grappes` in one query."""
    return deballer(avec_grappes(queryset, *grappes), *grappes)
