"""Control of a lot by sets: references, duplicates, targets, differences, states. Nothing here reads row by row.

The rows of the lot are laid out in a temporary table typed by the declaration (`Travail.table`): one column a field
of the kind, plus `ligne_id`, `numero`, `designe`, `cible`, `changements`, `etat`; for a text or a reference
`<code>_cle` (comparison form), for a reference `<code>_id`; for a secret, what it was sealed into.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from pdi.socle.models import LotImport

from .declarations import TYPES_SQL, Champ, Genre

TABLE = "import_travail"
RESSEMBLANCE = 0.4  # trigrams: « marseille » is at 0.38 of « mazille », « evri » at 0.43 of « evry »
AILLEURS = 0.75  # what the likeness of a name from elsewhere is worth beside one from here
PRETES = "t.etat IN ('nouvelle', 'modifiee')"


def cle_sql(expression: str) -> str:
    """Return the SQL of the comparison form (`typographie.cle_nom`) of a text expression."""
    return f"btrim(regexp_replace(lower(unaccent({expression})), '[^0-9a-z]+', ' ', 'g'))"


@dataclass(frozen=True)
class Comparaison:
    """A column against what is in the base (alias `c`). `avant`, `apres`: SQL of what is shown; `differe`: condition.

    An empty cell never erases: nothing is compared.
    """

    code: str
    avant: str
    apres: str = ""
    differe: str = ""


class Travail:
    """The rows of a lot that are not imported yet, laid out for SQL. To be used inside one transaction."""

    table = TABLE

    def __init__(self, lot: LotImport, genre: Genre, aujourd_hui: datetime.date, par: Any = None) -> None:
        self.lot, self.genre, self.jour, self.par = lot, genre, aujourd_hui, par

    def executer(self, sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> int:
        """Execute a statement and return how many rows it touched."""
        with connection.cursor() as curseur:
            curseur.execute(sql, params)
            return int(curseur.rowcount)

    def lire(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Execute a query and return its rows."""
        with connection.cursor() as curseur:
            curseur.execute(sql, params)
            return list(curseur.fetchall())

    def option(self, code: str) -> bool:
        """Return whether an option was ticked."""
        return code in self.lot.options

    # -- laying out --------------------------------------------------------------------------------

    def preparer(self) -> None:
        """Lay the rows out, and forget what earlier controls found."""
        colonnes = [c for champ in self.genre.champs for c in _colonnes(champ)]
        self.executer(f"DROP TABLE IF EXISTS {TABLE}")
        self.executer(
            f"CREATE TEMP TABLE {TABLE} ON COMMIT DROP AS SELECT l.id AS ligne_id, l.numero, l.designe, "  # nosec B608
            f"NULL::bigint AS cible, '{{}}'::jsonb AS changements, l.etat, {', '.join(colonnes)} "
            "FROM socle_ligneimport l WHERE l.lot_id = %s AND l.etat <> 'importee'",
            [self.lot.pk],
        )
        self.executer(f"CREATE INDEX ON {TABLE} (ligne_id)")
        self.executer(f"ANALYZE {TABLE}")
        self.executer(
            "DELETE FROM socle_anomalieimport a USING socle_ligneimport l "
            "WHERE a.ligne_id = l.id AND l.lot_id = %s AND l.etat <> 'importee' AND a.origine = 'controle'",
            [self.lot.pk],
        )

    # -- saying what is wrong ----------------------------------------------------------------------

    def signaler(
        self,
        *,
        code: str,
        colonne: str,
        message: str,
        ou: str,
        jointure: str = "",
        valeur: str = "''",
        attendu: str = "''",
        suggestion: str = "''",
        candidats: str = "'{}'::bigint[]",
        bloquante: bool = True,
        params: Sequence[Any] = (),
    ) -> int:
        """Add an anomaly to each row `t` that `jointure` and `ou` keep. All but `code` and `colonne` are SQL."""
        return self.executer(
            "INSERT INTO socle_anomalieimport (ligne_id, origine, colonne, code, valeur, message, attendu, "  # nosec B608
            f"suggestion, bloquante, candidats) SELECT t.ligne_id, 'controle', '{colonne}', '{code}', "
            f"left(coalesce({valeur}, ''), 250), left({message}, 500), {attendu}, "
            f"left(coalesce({suggestion}, ''), 250), "
            f"{bloquante}, {candidats} FROM {TABLE} t {jointure} WHERE {ou}",
            params,
        )

    def references(self) -> None:
        """Look every reference up, by its whole name, accents and case ignored; name the nearest of those unknown."""
        for champ in self.genre.champs:
            if champ.reference is not None:
                self._reference(champ)

    def _reference(self, champ: Champ) -> None:
        reference = champ.reference
        if reference is None:
            return
        noms = f"import_noms_{champ.code}"
        self.executer(f"DROP TABLE IF EXISTS {noms}")
        self.executer(
            f"CREATE TEMP TABLE {noms} ON COMMIT DROP AS SELECT cle, min(id) AS id, count(DISTINCT id) AS combien, "  # nosec B608
            "string_agg(DISTINCT libelle, ' ; ') AS libelles, min(libelle) AS libelle, bool_or(ici) AS ici "
            f"FROM (SELECT *, bool_or(ici) OVER (PARTITION BY cle) AS dont_ici FROM (SELECT *, {reference.ici} AS ici "
            f"FROM ({reference.sql}) lus) tous) noms WHERE cle <> '' AND (ici OR NOT dont_ici) GROUP BY cle"
        )
        code = champ.code
        self.executer(
            f"UPDATE {TABLE} t SET {code}_id = n.id FROM {noms} n WHERE n.cle = t.{code}_cle AND n.combien = 1"  # nosec B608
        )
        self.signaler(
            code="nom_ambigu", colonne=code, valeur=f"t.{code}", bloquante=reference.bloquante,
            message="'Plusieurs portent ce nom : ' || n.libelles || '.'", attendu="'le nom entier de l’un d’eux'",
            jointure=f"JOIN {noms} n ON n.cle = t.{code}_cle", ou="n.combien > 1",
        )  # fmt: skip
        proche = "proches.libelle" if reference.proposer else "NULL::text"
        proches = (
            f"LEFT JOIN (SELECT u.cle, p.libelle FROM (SELECT DISTINCT {code}_cle AS cle FROM {TABLE} "  # nosec B608
            f"WHERE {code} IS NOT NULL AND {code}_id IS NULL) u CROSS JOIN LATERAL (SELECT n.libelle FROM {noms} n "
            f"WHERE similarity(n.cle, u.cle) >= {RESSEMBLANCE} "
            f"ORDER BY similarity(n.cle, u.cle) * CASE WHEN n.ici THEN 1 ELSE {AILLEURS} END DESC, n.cle LIMIT 1) p"
            f") proches ON proches.cle = t.{code}_cle"
        )
        self.signaler(
            code="reference_inconnue", colonne=code, valeur=f"t.{code}", bloquante=reference.bloquante,
            message=f"'{reference.inconnu}' || coalesce(' Vouliez-vous dire « ' || {proche} || ' » ?', '')",
            attendu=f"'{_attendu(champ)}'", suggestion=proche,
            jointure=proches if reference.proposer else "",
            ou=f"t.{code} IS NOT NULL AND t.{code}_id IS NULL AND t.{code}_cle NOT IN (SELECT cle FROM {noms})",  # nosec B608
        )  # fmt: skip

    def doublons(self) -> None:
        """Refuse, after the first, the rows of the file that say the same thing."""
        for groupe in self.genre.memes:
            champs = [c for c in self.genre.champs if c.code in groupe or set(c.scelles) & set(groupe)]
            comparees = {c.code for c in champs if c.type in {"texte", "reference"}}
            cles = [f"{code}_cle" if code in comparees else code for code in groupe]
            titres = ", ".join(c.titre.lower() for c in champs)
            self.memes_lignes(
                code="doublon_fichier", colonne=champs[0].code, cles=", ".join(cles),
                message=f"Même {titres} que la ligne",
            )  # fmt: skip

    def memes_lignes(self, *, code: str, colonne: str, cles: str, message: str) -> None:
        """Refuse, after the first, the rows that agree on the SQL list `cles`; `message` is followed by the line."""
        remplies = " AND ".join(f"{c} IS NOT NULL" for c in cles.split(", "))
        self.signaler(
            code=code, colonne=colonne, message=f"'{message} ' || d.premiere || '.'",
            attendu="'une seule ligne ; supprimez ou corrigez l’une des deux'",
            jointure=(
                "JOIN (SELECT ligne_id, first_value(numero) OVER w AS premiere, row_number() OVER w AS rang "  # nosec B608
                f"FROM {TABLE} WHERE {remplies} WINDOW w AS (PARTITION BY {cles} ORDER BY numero)) d "
                "ON d.ligne_id = t.ligne_id AND d.rang > 1"
            ),
            ou="true",
        )  # fmt: skip

    def differences(self, jointure: str, comparaisons: Sequence[Comparaison]) -> None:
        """Fill `changements` of the rows whose target is known; `jointure` gives the alias `c` on `t.cible`."""
        paires = []
        for une in comparaisons:
            champ = self.genre.champ(une.code)
            apres = une.apres or f"t.{une.code}"
            typee = champ.type in TYPES_SQL
            avant = une.avant if typee else f"nullif({une.avant}, '')"
            differe = une.differe or f"{apres} IS DISTINCT FROM {avant}"
            paires.append(
                f"'{une.code}', CASE WHEN t.{une.code} IS NOT NULL AND ({differe}) "
                f"THEN jsonb_build_array({avant}, {apres}) END"
            )
        self.executer(
            f"UPDATE {TABLE} t SET changements = t.changements || "  # nosec B608
            f"jsonb_strip_nulls(jsonb_build_object({', '.join(paires)})) FROM {jointure}"
        )

    # -- states ------------------------------------------------------------------------------------

    def deja_ecrits(self) -> None:
        """Refuse the rows about what an imported row of the same lot wrote: they are still its double."""
        colonne = self.genre.memes[0][0] if self.genre.memes else self.genre.reprise
        if not colonne:
            return
        self.signaler(
            code="doublon_fichier", colonne=colonne,
            message="'La ligne ' || d.premiere || ' de ce fichier, déjà importée, dit la même chose.'",
            attendu="'une seule ligne ; corrigez celle-ci ou laissez-la'",
            jointure="JOIN (SELECT cible, min(numero) AS premiere FROM socle_ligneimport WHERE lot_id = %s "
            "AND etat = 'importee' AND cible IS NOT NULL GROUP BY cible) d ON d.cible = t.cible",
            ou="true", params=[self.lot.pk],
        )  # fmt: skip

    def conclure(self) -> dict[str, int]:
        """Give each row its state and write it in staging. Return how many rows of the lot are in each."""
        self.deja_ecrits()
        self.executer(
            f"UPDATE {TABLE} t SET etat = CASE WHEN a.autres THEN 'a_corriger' WHEN a.ligne_id IS NOT NULL "  # nosec B608
            "THEN 'a_reconnaitre' WHEN t.cible IS NULL THEN 'nouvelle' WHEN t.changements <> '{}' THEN 'modifiee' "
            f"ELSE 'identique' END FROM {TABLE} u LEFT JOIN (SELECT n.ligne_id, "
            "bool_or(n.code NOT LIKE 'reconnaitre%%') AS autres FROM socle_anomalieimport n "
            f"JOIN {TABLE} w ON w.ligne_id = n.ligne_id WHERE n.bloquante GROUP BY n.ligne_id) a "
            "ON a.ligne_id = u.ligne_id WHERE u.ligne_id = t.ligne_id",
            (),
        )
        self.executer(
            f"UPDATE socle_ligneimport l SET etat = t.etat, cible = t.cible, changements = t.changements "  # nosec B608
            f"FROM {TABLE} t WHERE l.id = t.ligne_id AND (l.etat, l.cible, l.changements) IS DISTINCT FROM "
            "(t.etat, t.cible, t.changements)"
        )
        return dict(
            self.lire("SELECT etat, count(*) FROM socle_ligneimport WHERE lot_id = %s GROUP BY etat", [self.lot.pk])
        )

    def controler(self) -> dict[str, int]:
        """Control the whole lot and return how many rows are in each state."""
        self.preparer()
        self.references()
        self.doublons()
        self.genre.controler(self)
        return self.conclure()

    # -- writing -----------------------------------------------------------------------------------

    def numeroter(self, table: str) -> None:
        """Reserve an identifier of `table` for each new row, in `cible`."""
        self.executer(
            f"UPDATE {TABLE} t SET cible = nextval(pg_get_serial_sequence('{table}', 'id')) WHERE t.etat = 'nouvelle'"  # nosec B608
        )

    def journaliser(self, *, objet_type: str, libelle: str, ecran: str) -> None:
        """Add to the journal one entry for each row written: what changed, from which lot and line. Secrets masked."""
        titres = [(c.code, c.titre) for c in self.genre.champs]
        self.executer(
            "INSERT INTO socle_entreejournal (le, par_id, ecran, verbe, objet_type, objet_id, objet_libelle, avant, "  # nosec B608
            "apres, commentaire) SELECT statement_timestamp(), %s, %s, "
            "CASE t.etat WHEN 'nouvelle' THEN 'importer_creation' ELSE 'importer_modification' END, %s, t.cible::text, "
            f"left({libelle}, 250), coalesce(x.avant, '{{}}'), coalesce(x.apres, '{{}}'), "
            f"'Lot ' || %s || ', ligne ' || t.numero FROM {TABLE} t "
            "LEFT JOIN LATERAL (SELECT jsonb_object_agg(n.titre, v.value->0) AS avant, "
            "jsonb_object_agg(n.titre, v.value->1) AS apres FROM jsonb_each(t.changements) v "
            "JOIN unnest(%s::text[], %s::text[]) AS n(code, titre) ON n.code = v.key) x ON true "
            f"WHERE {PRETES}",
            [
                self.par.pk if self.par else None, ecran, objet_type, str(self.lot.pk),
                [code for code, _ in titres], [titre for _, titre in titres],
            ],
        )  # fmt: skip


def _attendu(champ: Champ) -> str:
    aide = champ.aide or "Un nom connu de l’application."
    return f"{aide[0].lower()}{aide[1:].rstrip('.')}"


def _colonnes(champ: Champ) -> list[str]:
    """Return the SQL of the columns that a field takes in the table."""
    if champ.secret:
        return [f"l.valeurs->>'{nom}' AS {nom}" for nom in champ.scelles]
    lue = f"l.valeurs->>'{champ.code}'"
    if champ.type in TYPES_SQL:
        return [f"({lue})::{TYPES_SQL[champ.type]} AS {champ.code}"]
    colonnes = [f"{lue} AS {champ.code}"]
    if champ.type in {"texte", "reference"}:
        colonnes.append(f"l.valeurs->>'{champ.code}__cle' AS {champ.code}_cle")
    if champ.reference is not None:
        colonnes.append(f"NULL::{champ.reference.type} AS {champ.code}_id")
    return colonnes
