"""What the two kinds of a data·inclusion file share: columns named as the schema names them, the record kept.

A row is known again by its source and identifier (`ReferenceExterne`). The record is kept as it came: a later import
compares with it, and what our sheets do not hold goes out again with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum

from pydantic import HttpUrl, TypeAdapter, ValidationError

from offre.echanges.fiches import source_locale
from pdi.socle.imports.controle import Comparaison, Travail
from pdi.socle.imports.declarations import TYPES_SQL, Champ
from pdi.socle.imports.valeurs import Lecture, lire_liste, lire_texte

_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


def lire_url(texte: str) -> Lecture:
    """Read a web address, in the form the schema writes it."""
    try:
        return Lecture(str(_URL.validate_python(texte)))
    except ValidationError:
        attendu = "une adresse entière, https://…"
        suggestion = f"https://{texte}" if "." in texte and " " not in texte and "://" not in texte else ""
        return Lecture(None, "url_invalide", "Ce n’est pas une adresse internet.", attendu, suggestion)


def texte(code: str, longueur: int = 250, *, requis: bool = False) -> Champ:
    """Return a column of prose: line breaks and no-break spaces are kept as they came."""
    return Champ(code, code, requis=requis, longueur=longueur, lignes=True)


def nom(longueur: int = 150) -> Champ:
    """Return the column of the name: one line."""
    return Champ("nom", "nom", requis=True, lignes=True, longueur=longueur,
                 lecteur=lambda t: lire_texte(t.replace("\n", " "), longueur=longueur))  # fmt: skip


def url(code: str) -> Champ:
    """Return a column of web addresses."""
    return Champ(code, code, lecteur=lire_url, aide="Une adresse entière, https://…")


def nombre(code: str, minimum: int, maximum: int, *, entier: bool = False) -> Champ:
    """Return a column of numbers."""
    return Champ(code, code, "entier" if entier else "decimal", minimum=Decimal(minimum), maximum=Decimal(maximum))


def liste(code: str, nomenclature: type[Enum]) -> Champ:
    """Return a column of several values of a nomenclature of the schema."""
    choix = {str(v.value): str(getattr(v, "label", v.value)) for v in nomenclature}
    aide = "Codes de la nomenclature, séparés par des virgules."
    return Champ(code, code, lecteur=lambda t: lire_liste(t, choix), lignes=True, longueur=3000, aide=aide)


IDENTITE = (
    Champ("source", "source", requis=True, longueur=80, exemple="dora", aide="Identifiant du producteur."),
    Champ("identifiant", "id", requis=True, longueur=200, exemple="dora--42", synonymes=("identifiant",),
          aide="Avec le producteur, il reconnaît la fiche d’un fichier à l’autre."),
)  # fmt: skip


def contenu(champs: Sequence[Champ], listes: Sequence[str]) -> str:
    """Return the SQL of the record of a row, as the schema writes it: what is empty is not there."""
    paires = []
    for champ in champs:
        if champ.code in {"source", "identifiant"}:
            continue
        valeur = (
            f"to_jsonb(string_to_array(t.{champ.code}, ', '))" if champ.code in listes else f"to_jsonb(t.{champ.code})"
        )
        paires.append(f"'{champ.code}', {valeur}")
    return f"jsonb_strip_nulls(jsonb_build_object({', '.join(paires)}))"


def comparaisons(champs: Sequence[Champ], listes: Sequence[str]) -> list[Comparaison]:
    """Return how each column is compared with the record kept (alias `c`)."""
    rendues = []
    for champ in champs:
        if champ.code in {"source", "identifiant"}:
            continue
        avant = f"c.contenu->>'{champ.code}'"
        if champ.code in listes:
            avant = (
                f"(SELECT string_agg(v, ', ' ORDER BY v) FROM jsonb_array_elements_text(c.contenu->'{champ.code}') v)"  # nosec B608
            )
        elif champ.type in TYPES_SQL:
            avant = f"({avant})::{TYPES_SQL[champ.type]}"
        rendues.append(Comparaison(champ.code, avant))
    return rendues


def signaler_les_notres(travail: Travail) -> None:
    """Leave alone, with a remark, the rows that this application published itself."""
    travail.signaler(
        code="fiche_d_ici", colonne="identifiant", valeur="t.identifiant", bloquante=False,
        message="'Cette fiche vient d’ici : rien n’en est changé.'", ou="t.source = %s AND t.cible IS NOT NULL",
        params=[source_locale()],
    )  # fmt: skip


def table_de(paires: Mapping[str, str] | Sequence[tuple[str, str]], alias: str) -> str:
    """Return a small table (code, valeur) as SQL, for a join. The pairs are constants of ours."""
    lignes = paires.items() if isinstance(paires, Mapping) else paires
    document = json.dumps([{"code": c, "valeur": v} for c, v in lignes], ensure_ascii=False).replace("'", "''")
    return f"jsonb_to_recordset('{document}'::jsonb) AS {alias}(code text, valeur text)"
