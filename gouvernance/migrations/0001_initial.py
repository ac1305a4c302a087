"""The annual execution report, its versions and its deliberation."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('actions', '0001_initial'),
        ('socle', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RapportAnnuel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('annee', models.PositiveSmallIntegerField(verbose_name='exercice')),
                ('cree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='créé le')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rapports', to='actions.programme')),
            ],
            options={
                'verbose_name': 'rapport annuel d’exécution',
                'verbose_name_plural': 'rapports annuels d’exécution',
                'ordering': ['-annee'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'annee'), name='rapport_unique', violation_error_message='Un rapport existe déjà pour cet exercice.')],
            },
        ),
        migrations.CreateModel(
            name='VersionRapport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.PositiveSmallIntegerField(verbose_name='version')),
                ('etat', models.CharField(choices=[('travail', 'De travail'), ('publiee', 'Publiée')], default='travail', max_length=8, verbose_name='état')),
                ('intitule', models.CharField(blank=True, max_length=120, verbose_name='vue en')),
                ('schema_version', models.PositiveSmallIntegerField(verbose_name='version du format')),
                ('contenu', models.JSONField(verbose_name='contenu')),
                ('empreinte', models.CharField(max_length=64, verbose_name='empreinte SHA-256')),
                ('resume', models.JSONField(default=list, verbose_name='ce qui change')),
                ('pdf', models.FileField(max_length=200, upload_to='rapports/', verbose_name='PDF')),
                ('xlsx', models.FileField(max_length=200, upload_to='rapports/', verbose_name='classeur')),
                ('pages', models.PositiveSmallIntegerField(verbose_name='pages du PDF')),
                ('compilee_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='compilée le')),
                ('publiee_le', models.DateTimeField(blank=True, null=True, verbose_name='publiée le')),
                ('compilee_par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publiee_par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rapport', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='gouvernance.rapportannuel')),
                ('traitement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='socle.traitement')),
            ],
            options={
                'verbose_name': 'version du rapport',
                'verbose_name_plural': 'versions du rapport',
                'ordering': ['-numero'],
                'constraints': [models.UniqueConstraint(fields=('rapport', 'numero'), name='version_numero_unique'), models.UniqueConstraint(condition=models.Q(('etat', 'publiee')), fields=('rapport',), name='version_une_seule_publiee', violation_error_message='Une version de cet exercice est déjà publiée.'), models.CheckConstraint(condition=models.Q(models.Q(('etat', 'publiee'), ('publiee_le__isnull', False), ('publiee_par__isnull', False)), models.Q(('etat', 'travail'), ('publiee_le__isnull', True), ('publiee_par__isnull', True)), _connector='OR'), name='version_publiee_date_et_auteur'), models.CheckConstraint(condition=models.Q(('empreinte__regex', '^[0-9a-f]{64}$')), name='version_empreinte_sha256')],
            },
        ),
        migrations.CreateModel(
            name='Deliberation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numero', models.CharField(max_length=60, verbose_name='numéro')),
                ('date', models.DateField(verbose_name='date de la séance')),
                ('rapporteur', models.CharField(blank=True, max_length=120, verbose_name='rapporteur')),
                ('pour', models.PositiveSmallIntegerField(verbose_name='voix pour')),
                ('contre', models.PositiveSmallIntegerField(default=0, verbose_name='voix contre')),
                ('abstentions', models.PositiveSmallIntegerField(default=0, verbose_name='abstentions')),
                ('enregistree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='enregistrée le')),
                ('demonstration', models.BooleanField(default=False, verbose_name='donnée de démonstration')),
                ('enregistree_par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='deliberation', to='gouvernance.versionrapport')),
            ],
            options={
                'verbose_name': 'délibération',
                'ordering': ['-date'],
                'constraints': [models.UniqueConstraint(fields=('numero',), name='deliberation_numero_unique', violation_error_message='Ce numéro de délibération est déjà enregistré.'), models.CheckConstraint(condition=models.Q(('numero', ''), _negated=True), name='deliberation_numero_donne', violation_error_message='Le numéro de la délibération est obligatoire.')],
            },
        ),
    ]
