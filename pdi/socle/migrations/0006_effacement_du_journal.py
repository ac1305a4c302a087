"""Let what the journal says of an erased person be blanked, and nothing else, in a transaction that says so."""

from django.db import migrations

PERMETTRE = """
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
"""
REVENIR = """
CREATE OR REPLACE FUNCTION socle_ajout_seul() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Le journal est en ajout seul : % refusé sur %', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    """Replace the function of the trigger."""

    dependencies = [("socle", "0005_imports")]
    operations = [migrations.RunSQL(PERMETTRE, REVENIR)]
