"""Accounts and habilitations."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from pdi.socle.ensemble import Ensemble


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('structures', '0001_initial'),
        ('territoires', '0001_initial'),
    ]

    operations = [
        Ensemble([
        migrations.CreateModel(
            name='Utilisateur',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('courriel', models.EmailField(max_length=254, unique=True, verbose_name='adresse électronique')),
                ('prenom', models.CharField(blank=True, max_length=80, verbose_name='prénom')),
                ('nom', models.CharField(max_length=80, verbose_name='nom')),
                ('fonction', models.CharField(blank=True, max_length=120, verbose_name='fonction')),
                ('telephone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('theme', models.CharField(choices=[('auto', 'Automatique'), ('clair', 'Clair'), ('sombre', 'Sombre')], default='auto', max_length=10, verbose_name='thème')),
                ('densite', models.CharField(choices=[('compacte', 'Compacte'), ('normale', 'Normale'), ('aeree', 'Aérée')], default='normale', max_length=10, verbose_name='densité')),
                ('avis_par_courriel', models.BooleanField(default=True, verbose_name='recevoir aussi les avis par courriel')),
                ('demonstration', models.BooleanField(default=False, verbose_name='compte de démonstration')),
                ('is_active', models.BooleanField(default=True, verbose_name='actif')),
                ('is_staff', models.BooleanField(default=False, verbose_name='accès à l’administration des référentiels')),
                ('cree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='créé le')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'utilisateur',
                'ordering': ['nom', 'prenom', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('courriel', django.db.models.functions.text.Lower('courriel'))), name='courriel_en_minuscules', violation_error_message='L’adresse électronique s’écrit en minuscules.')],
            },
        ),
        migrations.CreateModel(
            name='Habilitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('utilisateur', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='habilitations', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('administrateur', 'Administrateur'), ('charge_programme', 'Chargé de programme'), ('pilote', 'Pilote de fiches'), ('encadrant', 'Encadrant'), ('referent', 'Référent de parcours'), ('agent_orientation', 'Agent d’orientation'), ('prestataire', 'Prestataire'), ('partenaire', 'Partenaire signataire'), ('direction', 'Direction, élu')], max_length=20, verbose_name='rôle')),
                ('structure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='habilitations', to='structures.structure')),
                ('territoire', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='habilitations', to='territoires.territoireaction')),
                ('periode', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
            ],
            options={
                'verbose_name': 'habilitation',
                'ordering': ['utilisateur_id', 'role'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('utilisateur'), '='), (models.F('role'), '='), (django.db.models.functions.comparison.Coalesce(models.F('structure'), 0), '='), (django.db.models.functions.comparison.Coalesce(models.F('territoire'), 0), '='), ('periode', '&&')], name='habilitation_sans_chevauchement', violation_error_message='Cette personne a déjà ce rôle sur une partie de la période.'), models.CheckConstraint(condition=models.Q(('periode__isempty', False)), name='habilitation_periode_non_vide', violation_error_message='La période de l’habilitation est vide.'), models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['pilote', 'prestataire', 'partenaire']), _negated=True), ('structure__isnull', False), _connector='OR'), name='habilitation_structure_exigee', violation_error_message='Ce rôle s’exerce pour une structure : indiquez laquelle.')],
            },
        ),
        ]),
    ]
