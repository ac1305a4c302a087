"""Names of communes, looked up by imports."""

from __future__ import annotations

from pdi.socle.imports.controle import cle_sql
from pdi.socle.imports.declarations import Reference

COMMUNES = Reference(
    sql=f"""SELECT {cle_sql("nom")} AS cle, code AS id, nom AS libelle FROM territoires_commune
    UNION ALL SELECT lower(code), code, nom FROM territoires_commune
    UNION ALL SELECT replace(replace({cle_sql("nom")}, 'sainte ', 'ste '), 'saint ', 'st '), code, nom
      FROM territoires_commune WHERE nom ILIKE '%%saint%%'""",  # noqa: S608  # nosec B608
    inconnu="Commune inconnue.",
    type="text",
)
