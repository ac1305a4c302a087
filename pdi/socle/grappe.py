"""Children read in the same query as their parent, for the pages that show an object with everything it holds.

`prefetch_related` costs one round trip a relation; a page with twelve relations would cost twelve. Here each
relation comes as an array of JSON objects built by PostgreSQL, then becomes ordinary model instances in the
prefetch cache: `fiche.etapes.all()` asks nothing more of the database.

    ETAPES = Grappe("etapes")
    ROLES = Grappe("roles", avec={"structure": ("nom", "sigle")})
    fiches = lire_avec(FicheAction.objects.visibles_par(utilisateur), ETAPES, ROLES)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Cast, JSONObject
from django.db.models.query import QuerySet

M = TypeVar("M", bound=models.Model)
_PREFIXE = "_grappe_"


@dataclass(frozen=True)
class Grappe:
    """One relation to bring along: a reverse foreign key or a many-to-many, by its accessor.

    `depuis`: path to the object that has the relation (« programme.gabarit »), the parent itself when empty.
    `champs`: columns to read (all when empty; the others are deferred). `avec`: forward keys to bring too, each
    with its columns; `condition` filters, `base` replaces the rows (for instance the visible ones only).
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


def _champ(modele: type[models.Model], nom: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", modele._meta.get_field(nom))


def _suivre(modele: type[models.Model], nom: str) -> type[models.Model]:
    return cast("type[models.Model]", modele._meta.get_field(nom).related_model)


def _modele_de(modele: type[models.Model], chemin: str) -> type[models.Model]:
    for nom in chemin.split(".") if chemin else ():
        modele = _suivre(modele, nom)
    return modele


def _colonnes(modele: type[models.Model], noms: Sequence[str]) -> list[models.Field[Any, Any]]:
    """Return the concrete columns named, the primary key always among them; all of them when none is named."""
    if not noms:
        return list(modele._meta.concrete_fields)
    voulues = {_champ(modele, nom) for nom in noms} | {modele._meta.pk}
    return [c for c in modele._meta.concrete_fields if c in voulues]


def _objet_json(modele: type[models.Model], noms: Sequence[str], prefixe: str = "") -> JSONObject:
    """Return the JSON object of a row; amounts travel as text so that no cent is lost to floating point."""
    valeurs: dict[str, Any] = {}
    for colonne in _colonnes(modele, noms):
        expression: Any = F(f"{prefixe}{colonne.attname}")
        if isinstance(colonne, models.DecimalField):
            expression = Cast(expression, models.TextField())
        valeurs[colonne.attname] = expression
    return JSONObject(**valeurs)


def _sous_requete(parent: type[models.Model], grappe: Grappe) -> ArraySubquery:
    porteur = _modele_de(parent, grappe.depuis)
    relation: Any = porteur._meta.get_field(grappe.relation)
    modele = _suivre(porteur, grappe.relation)
    retour = relation.field.name if relation.one_to_many else relation.related_query_name()
    cle = "__".join([*grappe.depuis.split("."), "pk"]) if grappe.depuis else "pk"
    lignes = modele._default_manager.all() if grappe.base is None else grappe.base
    lignes = lignes.filter(**{retour: OuterRef(cle)})
    if grappe.condition is not None:
        lignes = lignes.filter(grappe.condition)
    lignes = lignes.order_by(*(grappe.ordre or modele._meta.ordering or ("pk",)))
    contenu: dict[str, Any] = {"": _objet_json(modele, grappe.champs)}
    for chemin, noms in grappe.avec.items():
        contenu[chemin] = _objet_json(_modele_de(modele, chemin), noms, f"{chemin.replace('.', '__')}__")
    return ArraySubquery(lignes.values(_contenu=JSONObject(**{f"o_{c}": v for c, v in contenu.items()})))


def _instance(modele: type[M], valeurs: Mapping[str, Any], base: str) -> M | None:
    """Build an instance from its JSON, as if read by a query; None when the primary key is."""
    cle = modele._meta.pk
    if valeurs.get(cle.attname) is None:
        return None
    noms = [c.attname for c in modele._meta.concrete_fields if c.attname in valeurs]
    lues = [_champ_par_attname(modele, nom).to_python(valeurs[nom]) for nom in noms]
    return modele.from_db(base, noms, lues)


def _champ_par_attname(modele: type[models.Model], attname: str) -> models.Field[Any, Any]:
    champ = next(c for c in modele._meta.concrete_fields if c.attname == attname)
    return champ.target_field if isinstance(champ, models.ForeignKey) else champ


def _rattacher(objet: models.Model, chemin: str, valeurs: Mapping[str, Any], base: str) -> None:
    """Set the object at the end of a forward path (« structure.parent »)."""
    *debut, nom = chemin.split(".")
    for etape in debut:
        suivant = getattr(objet, etape)
        if suivant is None:
            return
        objet = suivant
    cible = _suivre(type(objet), nom)
    cle: Any = _champ(type(objet), nom)
    cle.set_cached_value(objet, _instance(cible, valeurs, base))


def _deballer(parent: models.Model, grappe: Grappe) -> None:
    porteur = parent
    for nom in grappe.depuis.split(".") if grappe.depuis else ():
        porteur = getattr(porteur, nom)
    relation: Any = type(porteur)._meta.get_field(grappe.relation)
    modele = _suivre(type(porteur), grappe.relation)
    base = parent._state.db or DEFAULT_DB_ALIAS  # noqa: SLF001  # public by the documentation of Model.from_db
    enfants = []
    for contenu in parent.__dict__.pop(grappe.annotation, None) or ():
        enfant = _instance(modele, contenu["o_"], base)
        if enfant is None:
            continue
        for chemin in sorted(grappe.avec):
            _rattacher(enfant, chemin, contenu[f"o_{chemin}"], base)
        if relation.one_to_many:
            relation.field.set_cached_value(enfant, porteur)
        enfants.append(enfant)
    lus: Any = modele._default_manager.all()
    lus._result_cache, lus._prefetch_done = enfants, True  # noqa: SLF001  # what prefetch_related does
    porteur.__dict__.setdefault("_prefetched_objects_cache", {})[grappe.relation] = lus


def avec_grappes(queryset: QuerySet[M], *grappes: Grappe) -> QuerySet[M]:
    """Return `queryset` with the columns of `grappes`; give its rows to `deballer` once read."""
    return cast("QuerySet[M]", queryset.annotate(**{g.annotation: _sous_requete(queryset.model, g) for g in grappes}))


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
