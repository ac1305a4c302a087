"""Communes, EPCI and action territories, with the PostgreSQL extensions that the storeys above use."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models

from pdi.socle.ensemble import Ensemble


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        Ensemble([
        migrations.CreateModel(
            name='Departement',
            fields=[
                ('code', models.CharField(max_length=3, primary_key=True, serialize=False, verbose_name='code')),
                ('nom', models.CharField(max_length=60, verbose_name='nom')),
            ],
            options={
                'verbose_name': 'département',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Epci',
            fields=[
                ('code', models.CharField(max_length=9, primary_key=True, serialize=False, verbose_name='SIREN')),
                ('nom', models.CharField(max_length=150, verbose_name='nom')),
                ('nature', models.CharField(blank=True, max_length=10, verbose_name='nature')),
            ],
            options={
                'verbose_name': 'EPCI',
                'verbose_name_plural': 'EPCI',
                'ordering': ['nom'],
            },
        ),
        migrations.CreateModel(
            name='Commune',
            fields=[
                ('code', models.CharField(max_length=5, primary_key=True, serialize=False, verbose_name='code INSEE')),
                ('nom', models.CharField(max_length=80, verbose_name='nom')),
                ('departement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='communes', to='territoires.departement')),
                ('epci', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='communes', to='territoires.epci')),
                ('codes_postaux', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), blank=True, default=list, size=None)),
                ('population', models.PositiveIntegerField(blank=True, null=True, verbose_name='population')),
            ],
            options={
                'verbose_name': 'commune',
                'ordering': ['nom', 'code'],
            },
        ),
        migrations.CreateModel(
            name='TerritoireAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('departement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='territoires', to='territoires.departement')),
                ('nature', models.CharField(choices=[('TAD', 'Territoire d’action départementale'), ('MSD', 'Maison de la solidarité départementale'), ('CTI', 'Comité territorial d’insertion'), ('AUTRE', 'Autre territoire')], max_length=10, verbose_name='nature')),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('nom', models.CharField(max_length=120, verbose_name='nom')),
                ('validite', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='validité')),
                ('demonstration', models.BooleanField(default=False, verbose_name='donnée de démonstration')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
            ],
            options={
                'verbose_name': 'territoire d’action',
                'verbose_name_plural': 'territoires d’action',
                'ordering': ['departement_id', 'nature', 'nom'],
                'constraints': [models.UniqueConstraint(fields=('departement', 'code'), name='territoire_code_unique'), models.CheckConstraint(condition=models.Q(('validite__isempty', False)), name='territoire_validite_non_vide', violation_error_message='La période de validité est vide.')],
            },
        ),
        migrations.CreateModel(
            name='CommuneTerritoire',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rattachements', to='territoires.commune')),
                ('territoire', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rattachements', to='territoires.territoireaction')),
                ('validite', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='validité')),
            ],
            options={
                'verbose_name': 'rattachement d’une commune',
                'verbose_name_plural': 'rattachements des communes',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('commune'), '='), ('validite', '&&')], name='commune_un_territoire_a_une_date', violation_error_message='Cette commune appartient déjà à un autre territoire sur cette période.'), models.CheckConstraint(condition=models.Q(('validite__isempty', False)), name='rattachement_validite_non_vide', violation_error_message='La période de rattachement est vide.')],
            },
        ),
        ]),
        migrations.AddField(
            model_name='territoireaction',
            name='communes',
            field=models.ManyToManyField(related_name='territoires', through='territoires.CommuneTerritoire', to='territoires.commune'),
        ),
    ]
