"""The searched column of a sheet, written by the database itself."""

from django.db import migrations

# The words of a sheet, of its operators, obstacles and places: whoever writes them, the search finds them.
RECHERCHE = """
CREATE OR REPLACE FUNCTION offre_recherche() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recherche := btrim(regexp_replace(lower(unaccent(concat_ws(' ',
        NEW.numero, NEW.intitule, array_to_string(NEW.objectifs, ' '), array_to_string(NEW.publics, ' '),
        array_to_string(NEW.conditions_acces, ' '), array_to_string(NEW.contenu, ' '),
        array_to_string(NEW.thematiques, ' '), NEW.modalites,
        (SELECT string_agg(concat_ws(' ', s.nom, s.sigle), ' ' ORDER BY s.nom) FROM offre_offreinsertion_operateurs l
            JOIN structures_structure s ON s.id = l.structure_id WHERE l.offreinsertion_id = NEW.id),
        (SELECT string_agg(f.libelle, ' ' ORDER BY f.ordre) FROM offre_offreinsertion_freins l
            JOIN offre_frein f ON f.id = l.frein_id WHERE l.offreinsertion_id = NEW.id),
        (SELECT string_agg(concat_ws(' ', u.nom, c.nom), ' ' ORDER BY u.id) FROM offre_lieuoffre u
            LEFT JOIN territoires_commune c ON c.code = u.commune_id WHERE u.offre_id = NEW.id)
    ))), '[^a-z0-9]+', ' ', 'g'));
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER offre_recherche BEFORE INSERT OR UPDATE OF numero, intitule, objectifs, publics, conditions_acces,
    contenu, thematiques, modalites, recherche ON offre_offreinsertion
    FOR EACH ROW EXECUTE FUNCTION offre_recherche();

CREATE OR REPLACE FUNCTION offre_recherche_des_liens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE offre_offreinsertion SET recherche = '' WHERE id IN (SELECT offreinsertion_id FROM lignes);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION offre_recherche_des_lieux() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE offre_offreinsertion SET recherche = '' WHERE id IN (SELECT offre_id FROM lignes);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION offre_recherche_des_structures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE offre_offreinsertion SET recherche = '' WHERE id IN
        (SELECT offreinsertion_id FROM offre_offreinsertion_operateurs WHERE structure_id = NEW.id);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER offre_recherche_ajout AFTER INSERT ON offre_offreinsertion_operateurs
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_liens();
CREATE OR REPLACE TRIGGER offre_recherche_retrait AFTER DELETE ON offre_offreinsertion_operateurs
    REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_liens();
CREATE OR REPLACE TRIGGER offre_recherche_ajout AFTER INSERT ON offre_offreinsertion_freins
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_liens();
CREATE OR REPLACE TRIGGER offre_recherche_retrait AFTER DELETE ON offre_offreinsertion_freins
    REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_liens();
CREATE OR REPLACE TRIGGER offre_recherche_ajout AFTER INSERT ON offre_lieuoffre
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_lieux();
CREATE OR REPLACE TRIGGER offre_recherche_change AFTER UPDATE ON offre_lieuoffre
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_lieux();
CREATE OR REPLACE TRIGGER offre_recherche_retrait AFTER DELETE ON offre_lieuoffre
    REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_lieux();
CREATE OR REPLACE TRIGGER offre_recherche_nom AFTER UPDATE ON structures_structure
    FOR EACH ROW WHEN (OLD.nom IS DISTINCT FROM NEW.nom OR OLD.sigle IS DISTINCT FROM NEW.sigle)
    EXECUTE FUNCTION offre_recherche_des_structures();
"""
RETIRER = """
DROP TRIGGER offre_recherche_nom ON structures_structure;
DROP TRIGGER offre_recherche_retrait ON offre_lieuoffre;
DROP TRIGGER offre_recherche_change ON offre_lieuoffre;
DROP TRIGGER offre_recherche_ajout ON offre_lieuoffre;
DROP TRIGGER offre_recherche_retrait ON offre_offreinsertion_freins;
DROP TRIGGER offre_recherche_ajout ON offre_offreinsertion_freins;
DROP TRIGGER offre_recherche_retrait ON offre_offreinsertion_operateurs;
DROP TRIGGER offre_recherche_ajout ON offre_offreinsertion_operateurs;
DROP TRIGGER offre_recherche ON offre_offreinsertion;
DROP FUNCTION offre_recherche_des_structures();
DROP FUNCTION offre_recherche_des_lieux();
DROP FUNCTION offre_recherche_des_liens();
DROP FUNCTION offre_recherche();
"""


class Migration(migrations.Migration):
    """Add the functions and the triggers."""

    dependencies = [("offre", "0001_initial"), ("structures", "0001_initial"), ("territoires", "0001_initial")]
    operations = [migrations.RunSQL(RECHERCHE, RETIRER)]
