"""The journal is append-only: the database itself refuses to change or delete an entry.

What it says of an erased person may be blanked, and nothing else, in a transaction that says so.
"""

from django.db import migrations

CREER = """
CREATE OR REPLACE FUNCTION socle_ajout_seul() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('pdi.effacement', true) = 'oui'
        AND NEW.id = OLD.id AND NEW.le = OLD.le AND NEW.par_id IS NOT DISTINCT FROM OLD.par_id
        AND NEW.ecran = OLD.ecran AND NEW.verbe = OLD.verbe
        AND NEW.objet_type = OLD.objet_type AND NEW.objet_id = OLD.objet_id
        AND NEW.objet_libelle = 'Effacé' AND NEW.avant = '{}' AND NEW.apres = '{}' AND NEW.commentaire = ''
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Le journal est en ajout seul : % refusé sur %', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER journal_ajout_seul BEFORE UPDATE OR DELETE ON socle_entreejournal
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
