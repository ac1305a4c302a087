"""A compiled content, and what its document prints beside it, never change; a published version is never deleted."""

from django.db import migrations

CREER = """
CREATE OR REPLACE FUNCTION gouvernance_version_figee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.etat = 'publiee' THEN
            RAISE EXCEPTION 'Une version publiée ne se supprime pas' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.etat = 'publiee' THEN
        -- Only the link to a purged job may be emptied.
        IF NEW.traitement_id IS NULL AND to_jsonb(OLD) - 'traitement_id' = to_jsonb(NEW) - 'traitement_id' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'Une version publiée ne change plus' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.contenu IS DISTINCT FROM OLD.contenu OR NEW.empreinte <> OLD.empreinte OR NEW.numero <> OLD.numero
       OR NEW.rapport_id <> OLD.rapport_id OR NEW.pdf <> OLD.pdf OR NEW.xlsx <> OLD.xlsx
       OR NEW.schema_version <> OLD.schema_version OR NEW.compilee_le <> OLD.compilee_le
       OR NEW.pages <> OLD.pages OR NEW.resume IS DISTINCT FROM OLD.resume THEN
        RAISE EXCEPTION 'Le contenu compilé ne change plus' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER version_figee BEFORE UPDATE OR DELETE ON gouvernance_versionrapport
    FOR EACH ROW EXECUTE FUNCTION gouvernance_version_figee();
"""
RETIRER = """
DROP TRIGGER version_figee ON gouvernance_versionrapport;
DROP FUNCTION gouvernance_version_figee();
"""


class Migration(migrations.Migration):
    """Add the trigger."""

    dependencies = [("gouvernance", "0001_initial")]
    operations = [migrations.RunSQL(CREER, RETIRER)]
