"""What the imports of the offer share: numbers of offers, insertion with the defaults of the model, versions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Max

from offre.models import EtatOffre, OffreInsertion, VersionOffre
from offre.versions import A_LIRE, contenu_de
from pdi.socle.imports.controle import Travail, cle_sql
from pdi.socle.imports.declarations import Champ, Reference
from pdi.socle.imports.valeurs import Lecture
from pdi.structures.references import STRUCTURES

LIGNE = "E'\\n'"  # between the elements of a list, in staging and in SQL
PAQUET = 500
NOUVELLES = "t.etat = 'nouvelle'"
_DECIMAL = re.compile(r"^\d+,\d+$")


def lire_numero(texte: str) -> Lecture:
    """Read the number of an offer: « 2,1 » was made by a spreadsheet, and may have been 2.1 as well as 2.10."""
    if _DECIMAL.match(texte):
        lu = texte.replace(",", ".")
        ambigu = len(texte.rpartition(",")[2]) == 1  # 2.10 lost its zero: to accept 2.1 would rewrite another offer
        return Lecture(
            None, "numero_en_nombre",
            f"Le tableur a pris ce numéro pour un nombre : {lu}{f' ou {lu}0' if ambigu else ''}.",
            f"{f'{lu} ou {lu}0' if ambigu else 'le numéro tel quel'}, dans une colonne au format texte",
            "" if ambigu else lu,
        )  # fmt: skip
    return Lecture(texte) if len(texte) <= 10 else Lecture(None, "texte_long", "Ce numéro est trop long.", "10 signes")


OFFRES = Reference(
    sql=f"""SELECT {cle_sql("o.numero")} AS cle, o.id, o.numero || ' ' || o.intitule AS libelle
    FROM offre_offreinsertion o WHERE o.numero <> '' AND o.etat <> 'archivee'
    UNION ALL SELECT {cle_sql("o.intitule")}, o.id, btrim(o.numero || ' ' || o.intitule)
    FROM offre_offreinsertion o WHERE o.etat <> 'archivee'
    UNION ALL SELECT {cle_sql("o.numero || ' ' || o.intitule")}, o.id, o.numero || ' ' || o.intitule
    FROM offre_offreinsertion o WHERE o.numero <> '' AND o.etat <> 'archivee'""",  # nosec B608
    inconnu="Aucune offre de ce numéro ni de cet intitulé.",
)


def lire_offre(texte: str) -> Lecture:
    """Read what names an offer: its number, or its title."""
    return lire_numero(texte) if _DECIMAL.match(texte) else Lecture(texte[:250])


OFFRE = Champ(
    "offre", "Offre", "reference", requis=True, reference=OFFRES, lecteur=lire_offre, longueur=250, exemple="2.6",
    synonymes=("numéro de l’offre", "n° de l’offre", "intitulé de l’offre"),
    aide="Numéro ou intitulé d’une offre du catalogue.",
)  # fmt: skip


def structure(code: str, titre: str, *, requis: bool = False, aide: str = "", **plus: Any) -> Champ:
    """Return a column that names a structure."""
    return Champ(code, titre, "reference", requis=requis, reference=STRUCTURES, longueur=200,
                 aide=aide or "Nom, sigle ou SIRET d’une structure en activité.", **plus)  # fmt: skip


def inserer(
    travail: Travail, modele: type[models.Model], valeurs: Mapping[str, str], *, source: str = "", ou: str = ""
) -> int:
    """Insert one row of `modele` for each row `t` that `ou` keeps (the new ones), the rest from the model's defaults.

    `valeurs` gives, by column, the SQL of its value; `source` is what follows the table in FROM.
    """
    colonnes, expressions, params = [], [], []
    for champ in modele._meta.concrete_fields:
        colonne = str(champ.column)
        if colonne in valeurs:
            colonnes.append(colonne)
            expressions.append(valeurs[colonne])
        elif champ.has_default() or (not champ.null and champ.empty_strings_allowed and not champ.has_db_default()):
            colonnes.append(colonne)
            expressions.append("%s")
            params.append(champ.get_db_prep_save(champ.get_default(), connection))
    sql = f"INSERT INTO {modele._meta.db_table} ({', '.join(colonnes)}) SELECT {', '.join(expressions)} "  # nosec B608
    return travail.executer(f"{sql} FROM {travail.table} t {source} WHERE {ou or NOUVELLES}", params)


def modifier(travail: Travail, table: str, valeurs: Mapping[str, tuple[str, str]], *, plus: str = "") -> int:
    """Update the rows that change: `valeurs` gives, by code of column, (column of the table, SQL of its value)."""
    fixees = [
        f"{colonne} = CASE WHEN t.changements ? '{code}' THEN {sql} ELSE c.{colonne} END"
        for code, (colonne, sql) in valeurs.items()
    ]
    return travail.executer(
        f"UPDATE {table} c SET {', '.join(fixees)}{plus} FROM {travail.table} t "  # nosec B608
        "WHERE c.id = t.cible AND t.etat = 'modifiee'",
        [],
    )


def auteur(travail: Travail) -> str:
    """Return the SQL of who imports: a number, or NULL."""
    return str(int(travail.par.pk)) if travail.par else "NULL"


def cibles(travail: Travail, *etats: str) -> list[int]:
    """Return what the rows in these states are about."""
    return [c for (c,) in travail.lire(f"SELECT cible FROM {travail.table} WHERE etat = ANY(%s)", [list(etats)])]  # nosec B608


def garder_versions(offres: Collection[int], par: Any) -> None:
    """Keep the content of these sheets, those that are published, as a version."""
    publiees = OffreInsertion.objects.filter(pk__in=offres, etat=EtatOffre.PUBLIEE).order_by("pk")
    lues: Any = publiees.annotate(derniere=Max("versions__numero")).prefetch_related(*A_LIRE)
    versions = [
        VersionOffre(offre=offre, numero=(offre.derniere or 0) + 1, contenu=contenu_de(offre), par=par)
        for offre in lues.iterator(chunk_size=PAQUET)
    ]
    VersionOffre.objects.bulk_create(versions, batch_size=PAQUET)


def transitions(travail: Travail, table: str, cle: str, vers: str, *, de: str = "''", ou: str = "") -> None:
    """Add a change of state for each row that `ou` keeps (the new ones)."""
    travail.executer(
        f"INSERT INTO {table} ({cle}, de, vers, par_id, le, commentaire) SELECT t.cible, {de}, {vers}, "  # nosec B608
        f"{auteur(travail)}, statement_timestamp(), 'Import, lot ' || %s FROM {travail.table} t "
        f"WHERE {ou or NOUVELLES}",
        [str(travail.lot.pk)],
    )


def lier(travail: Travail, table: str, colonne: str, paires: str, params: Sequence[Any] = ()) -> int:
    """Add links from offers: `paires` selects (offer, other); those already there stay."""
    return travail.executer(
        f"INSERT INTO {table} (offreinsertion_id, {colonne}) {paires} ON CONFLICT DO NOTHING",
        list(params),  # nosec B608
    )
