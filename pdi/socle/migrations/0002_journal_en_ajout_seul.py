"""The journal is append-only: the database itself refuses to change or delete an entry."""

from django.db import migrations

CREER = """
CREATE FUNCTION socle_ajout_seul() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Le journal est en ajout seul : % refusé sur %', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER journal_ajout_seul BEFORE UPDATE OR DELETE ON socle_entreejournal
    FOR EACH ROW EXECUTE FUNCTION socle_ajout_seul();
"""
RETIRER = """
DROP TRIGGER journal_ajout_seul ON socle_entreejournal;
DROP FUNCTION socle_ajout_seul();
"""


class Migration(migrations.Migration):
    """Add the trigger."""

    dependencies = [("socle", "0001_initial")]
    operations = [migrations.RunSQL(CREER, RETIRER)]
