"""Organisms, their tree and their contacts."""

import django.db.models.deletion
import pdi.structures.models.structure
from django.db import migrations, models

from pdi.socle.ensemble import Ensemble


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('territoires', '0001_initial'),
    ]

    operations = [
        Ensemble([
        migrations.CreateModel(
            name='Structure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nom', models.CharField(max_length=200, verbose_name='nom')),
                ('sigle', models.CharField(blank=True, max_length=30, verbose_name='sigle')),
                ('cle', models.CharField(editable=False, max_length=200)),
                ('nature', models.CharField(choices=[('departement', 'Conseil départemental'), ('direction', 'Direction du Département'), ('service', 'Service du Département'), ('etat', 'Service de l’État'), ('region', 'Conseil régional'), ('commune', 'Commune, intercommunalité, CCAS'), ('emploi', 'Service public de l’emploi'), ('protection_sociale', 'Organisme de protection sociale'), ('siae', 'Structure d’insertion par l’activité économique'), ('association', 'Association'), ('entreprise', 'Entreprise, chambre consulaire'), ('sante', 'Organisme de santé'), ('enseignement', 'Enseignement, formation'), ('collectif', 'Catégorie d’acteurs'), ('autre', 'Autre organisme')], default='autre', max_length=20, verbose_name='nature')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enfants', to='structures.structure', verbose_name='rattachée à')),
                ('departement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='structures', to='territoires.departement')),
                ('siret', models.CharField(blank=True, max_length=14, validators=[pdi.structures.models.structure.valider_siret], verbose_name='SIRET')),
                ('description', models.TextField(blank=True, verbose_name='présentation')),
                ('site', models.URLField(blank=True, verbose_name='site internet')),
                ('telephone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('adresse', models.CharField(blank=True, max_length=250, verbose_name='adresse')),
                ('active', models.BooleanField(default=True, verbose_name='en activité')),
            ],
            options={
                'verbose_name': 'structure',
                'ordering': ['nom', 'id'],
                'constraints': [models.UniqueConstraint(fields=('parent', 'departement', 'cle'), name='structure_nom_unique', nulls_distinct=False, violation_error_message='Une structure de ce nom existe déjà au même endroit.'), models.UniqueConstraint(condition=models.Q(('siret', ''), _negated=True), fields=('siret',), name='structure_siret_unique', violation_error_message='Une autre structure porte déjà ce SIRET.'), models.CheckConstraint(condition=models.Q(('siret', ''), ('siret__regex', '^\\d{14}$'), _connector='OR'), name='structure_siret_14_chiffres', violation_error_message='Un SIRET compte 14 chiffres.'), models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='structure_pas_son_propre_parent')],
            },
        ),
        migrations.CreateModel(
            name='NomAlternatif',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='noms_alternatifs', to='structures.structure')),
                ('nom', models.CharField(max_length=250, verbose_name='autre nom')),
                ('cle', models.CharField(editable=False, max_length=250)),
            ],
            options={
                'verbose_name': 'autre nom',
                'verbose_name_plural': 'autres noms',
                'ordering': ['nom'],
                'indexes': [models.Index(fields=['cle'], name='autre_nom_cle')],
                'constraints': [models.UniqueConstraint(fields=('structure', 'nom'), name='autre_nom_unique')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='structures.structure')),
                ('nom', models.CharField(max_length=120, verbose_name='nom ou service')),
                ('fonction', models.CharField(blank=True, max_length=120, verbose_name='fonction')),
                ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('telephone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('principal', models.BooleanField(default=False, verbose_name='contact principal')),
            ],
            options={
                'verbose_name': 'contact',
                'ordering': ['-principal', 'nom'],
            },
        ),
        ]),
    ]
