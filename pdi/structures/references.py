"""Names of structures, looked up by imports."""

from __future__ import annotations

from django.conf import settings

from pdi.socle.imports.controle import cle_sql
from pdi.socle.imports.declarations import Reference

STRUCTURES = Reference(
    sql=f"""SELECT s.cle, s.id, s.nom AS libelle FROM structures_structure s WHERE s.active
    UNION ALL SELECT {cle_sql("s.sigle")}, s.id, s.nom FROM structures_structure s WHERE s.active AND s.sigle <> ''
    UNION ALL SELECT s.siret, s.id, s.nom FROM structures_structure s WHERE s.active AND s.siret <> ''
    UNION ALL SELECT a.cle, s.id, s.nom FROM structures_nomalternatif a
      JOIN structures_structure s ON s.id = a.structure_id AND s.active""",  # noqa: S608  # nosec B608
    inconnu="Aucune structure de ce nom.",
    ici="id IN (SELECT id FROM structures_structure WHERE departement_id IS NULL "  # noqa: S608
    f"OR departement_id = '{settings.DEPARTEMENT_CODE}')",  # nosec B608
)
