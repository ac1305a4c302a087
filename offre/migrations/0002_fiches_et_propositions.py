"""Sheets: searched through one column that the database writes, publics in codes, proposed changes, alerts."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# The words of a sheet, of its operators, obstacles and places: whoever writes them, the search finds them.
RECHERCHE = """
CREATE FUNCTION offre_recherche() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER offre_recherche BEFORE INSERT OR UPDATE OF numero, intitule, objectifs, publics, conditions_acces,
    contenu, thematiques, modalites, recherche ON offre_offreinsertion
    FOR EACH ROW EXECUTE FUNCTION offre_recherche();

CREATE FUNCTION offre_recherche_des_liens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE offre_offreinsertion SET recherche = '' WHERE id IN (SELECT offreinsertion_id FROM lignes);
    RETURN NULL;
END $$;
CREATE FUNCTION offre_recherche_des_lieux() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE offre_offreinsertion SET recherche = '' WHERE id IN (SELECT offre_id FROM lignes);
    RETURN NULL;
END $$;
CREATE FUNCTION offre_recherche_des_structures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE offre_offreinsertion SET recherche = '' WHERE id IN
        (SELECT offreinsertion_id FROM offre_offreinsertion_operateurs WHERE structure_id = NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER offre_recherche_ajout AFTER INSERT ON offre_offreinsertion_operateurs
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_liens();
CREATE TRIGGER offre_recherche_retrait AFTER DELETE ON offre_offreinsertion_operateurs
    REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_liens();
CREATE TRIGGER offre_recherche_ajout AFTER INSERT ON offre_offreinsertion_freins
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_liens();
CREATE TRIGGER offre_recherche_retrait AFTER DELETE ON offre_offreinsertion_freins
    REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_liens();
CREATE TRIGGER offre_recherche_ajout AFTER INSERT ON offre_lieuoffre
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_lieux();
CREATE TRIGGER offre_recherche_change AFTER UPDATE ON offre_lieuoffre
    REFERENCING NEW TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_lieux();
CREATE TRIGGER offre_recherche_retrait AFTER DELETE ON offre_lieuoffre
    REFERENCING OLD TABLE AS lignes FOR EACH STATEMENT EXECUTE FUNCTION offre_recherche_des_lieux();
CREATE TRIGGER offre_recherche_nom AFTER UPDATE ON structures_structure
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
# The sheets already there: their publics read in their sentences, their words indexed by the trigger.
REPRISE = """
UPDATE offre_offreinsertion o SET publics_vises = array_remove(ARRAY[
        CASE WHEN t ~ 'rsa' THEN 'rsa' END, CASE WHEN t ~ 'jeune|18-25 ans' THEN 'jeunes' END,
        CASE WHEN t ~ 'enfants' THEN 'parents' END,
        CASE WHEN t ~ 'non-salaries|activite economique' THEN 'independants' END,
        CASE WHEN t ~ 'handicap' THEN 'handicap' END, CASE WHEN t ~ 'demandeurs d.emploi' THEN 'demandeurs' END
    ]::varchar[], NULL)
    FROM (SELECT id, lower(unaccent(array_to_string(publics, ' '))) AS t FROM offre_offreinsertion) lus
    WHERE lus.id = o.id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('actions', '0001_initial'),
        ('offre', '0001_initial'),
        ('socle', '0005_imports'),
        ('structures', '0001_initial'),
        ('territoires', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AlerteOffres',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('vues_jusqu_au', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='offres vues jusqu’au')),
                ('dernier_envoi', models.DateTimeField(blank=True, null=True, verbose_name='dernier envoi')),
            ],
            options={
                'verbose_name': 'alerte du catalogue',
                'verbose_name_plural': 'alertes du catalogue',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PropositionOffre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contenu', models.JSONField(verbose_name='contenu proposé')),
                ('avant', models.JSONField(verbose_name='contenu de départ')),
                ('etat', models.CharField(choices=[('redaction', 'En rédaction'), ('soumise', 'À relire'), ('a_corriger', 'À corriger'), ('acceptee', 'Acceptée'), ('retiree', 'Retirée')], default='redaction', max_length=12, verbose_name='état')),
                ('motif_renvoi', models.TextField(blank=True, verbose_name='motif du renvoi')),
                ('cree_le', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='commencée le')),
                ('soumise_le', models.DateTimeField(blank=True, null=True, verbose_name='soumise le')),
                ('decidee_le', models.DateTimeField(blank=True, null=True, verbose_name='décidée le')),
                ('demonstration', models.BooleanField(default=False, verbose_name='donnée de démonstration')),
            ],
            options={
                'verbose_name': 'proposition de modification',
                'verbose_name_plural': 'propositions de modification',
                'ordering': ['-cree_le', '-id'],
            },
        ),
        migrations.CreateModel(
            name='TransitionProposition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('de', models.CharField(blank=True, max_length=30, verbose_name='de l’état')),
                ('vers', models.CharField(max_length=30, verbose_name='vers l’état')),
                ('le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('commentaire', models.TextField(blank=True, verbose_name='commentaire')),
            ],
            options={
                'verbose_name': 'changement d’état d’une proposition',
                'verbose_name_plural': 'changements d’état des propositions',
                'ordering': ['-le', '-id'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='offreinsertion',
            name='publics_vises',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('rsa', 'Bénéficiaires du RSA'), ('jeunes', 'Jeunes'), ('parents', 'Parents de jeunes enfants'), ('independants', 'Travailleurs indépendants, créateurs'), ('handicap', 'Personnes en situation de handicap'), ('demandeurs', 'Demandeurs d’emploi')], max_length=14), blank=True, default=list, size=None, verbose_name='publics visés'),
        ),
        migrations.AddField(
            model_name='offreinsertion',
            name='recherche',
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AlterField(
            model_name='offreinsertion',
            name='conditions_acces',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='conditions d’accès'),
        ),
        migrations.AlterField(
            model_name='offreinsertion',
            name='contenu',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='contenu'),
        ),
        migrations.AlterField(
            model_name='offreinsertion',
            name='objectifs',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='objectifs'),
        ),
        migrations.AlterField(
            model_name='offreinsertion',
            name='publics',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='publics'),
        ),
        migrations.AlterField(
            model_name='offreinsertion',
            name='thematiques',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name='thèmes'),
        ),
        migrations.AddIndex(
            model_name='offreinsertion',
            index=django.contrib.postgres.indexes.GinIndex(fields=['recherche'], name='offre_recherche_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='offreinsertion',
            index=django.contrib.postgres.indexes.GinIndex(fields=['thematiques'], name='offre_thematiques'),
        ),
        migrations.AddIndex(
            model_name='offreinsertion',
            index=django.contrib.postgres.indexes.GinIndex(fields=['publics_vises'], name='offre_publics'),
        ),
        migrations.AddIndex(
            model_name='offreinsertion',
            index=models.Index(condition=models.Q(('etat', 'publiee')), fields=['ordre', 'id'], name='offre_publiees'),
        ),
        migrations.AddField(
            model_name='alerteoffres',
            name='recherche',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='alerte_offres', to='socle.filtreenregistre'),
        ),
        migrations.AddField(
            model_name='propositionoffre',
            name='decidee_par',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='propositionoffre',
            name='offre',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='propositions', to='offre.offreinsertion'),
        ),
        migrations.AddField(
            model_name='propositionoffre',
            name='par',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transitionproposition',
            name='par',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transitionproposition',
            name='proposition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transitions', to='offre.propositionoffre'),
        ),
        migrations.AddConstraint(
            model_name='propositionoffre',
            constraint=models.UniqueConstraint(condition=models.Q(('etat__in', ['redaction', 'soumise', 'a_corriger'])), fields=('offre',), name='proposition_une_seule_ouverte', violation_error_message='Une modification de cette fiche est déjà en cours.'),
        ),
        migrations.AddConstraint(
            model_name='propositionoffre',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('etat__in', ['soumise', 'a_corriger', 'acceptee']), _negated=True), ('soumise_le__isnull', False), _connector='OR'), name='proposition_soumise_datee'),
        ),
        migrations.AddConstraint(
            model_name='propositionoffre',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('etat', 'a_corriger'), _negated=True), models.Q(('motif_renvoi', ''), _negated=True), _connector='OR'), name='proposition_renvoi_motive', violation_error_message='Un renvoi se motive.'),
        ),
        migrations.AddConstraint(
            model_name='propositionoffre',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decidee_le__isnull', False), ('decidee_par__isnull', False), ('etat', 'acceptee')), models.Q(models.Q(('etat', 'acceptee'), _negated=True), ('decidee_le__isnull', True), ('decidee_par__isnull', True)), _connector='OR'), name='proposition_acceptee_signee'),
        ),
        migrations.RunSQL(RECHERCHE, RETIRER),
        migrations.RunSQL(REPRISE, migrations.RunSQL.noop),
    ]
