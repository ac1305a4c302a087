"""What was written, by table: a row a statement, noted by a trigger that `poser_temoins` puts on every table."""

from django.db import migrations, models

import pdi.socle.models.ecriture
from pdi.socle.ensemble import Ensemble

CREER = """
CREATE OR REPLACE FUNCTION socle_noter_ecriture() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO socle_ecriture (table_ecrite) VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION socle_noter_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO socle_ecriture (table_ecrite)
    SELECT DISTINCT TG_TABLE_NAME || ':' || split_part(objet_type, '.', 1) FROM nouvelles;
    RETURN NULL;
END $$;
"""
RETIRER = """
DROP FUNCTION socle_noter_ecriture() CASCADE;
DROP FUNCTION socle_noter_journal() CASCADE;
"""


class Migration(migrations.Migration):
    """Add the table and the functions of the triggers."""

    dependencies = [("socle", "0002_journal_en_ajout_seul")]
    operations = [
        Ensemble([
            migrations.CreateModel(
                name="Ecriture",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("table_ecrite", models.CharField(max_length=120)),
                    ("le", models.DateTimeField(db_default=pdi.socle.models.ecriture.Horloge())),
                ],
                options={"verbose_name": "écriture", "verbose_name_plural": "écritures"},
            ),
            migrations.AddIndex(
                model_name="ecriture",
                index=models.Index(models.F("table_ecrite"), name="ecriture_par_table"),
            ),
        ]),
        migrations.RunSQL(CREER, RETIRER),
    ]
