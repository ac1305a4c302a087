"""The journal, jobs, notices, kept filters, attachments and imports of every storey."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pdi.socle.models.imports
import uuid
from django.conf import settings
from django.db import migrations, models

from pdi.socle.ensemble import Ensemble


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('comptes', '0001_initial'),
    ]

    operations = [
        Ensemble([
        migrations.CreateModel(
            name='Avis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('destinataire', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='avis', to=settings.AUTH_USER_MODEL)),
                ('titre', models.CharField(max_length=200, verbose_name='titre')),
                ('texte', models.TextField(blank=True, verbose_name='texte')),
                ('url', models.CharField(blank=True, max_length=300, verbose_name='adresse')),
                ('cree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reçu le')),
                ('lu_le', models.DateTimeField(blank=True, null=True, verbose_name='lu le')),
            ],
            options={
                'verbose_name': 'avis',
                'verbose_name_plural': 'avis',
                'ordering': ['-cree_le', '-id'],
                'indexes': [models.Index(condition=models.Q(('lu_le__isnull', True)), fields=['destinataire'], name='avis_non_lus'), models.Index(fields=['destinataire', '-cree_le', '-id'], name='avis_par_date')],
            },
        ),
        migrations.CreateModel(
            name='FiltreEnregistre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('utilisateur', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='filtres', to=settings.AUTH_USER_MODEL)),
                ('liste', models.CharField(max_length=60, verbose_name='liste')),
                ('nom', models.CharField(max_length=60, verbose_name='nom')),
                ('requete', models.CharField(blank=True, max_length=1000, verbose_name='requête')),
                ('par_defaut', models.BooleanField(default=False, verbose_name='affichée à l’ouverture de la liste')),
            ],
            options={
                'verbose_name': 'recherche gardée',
                'verbose_name_plural': 'recherches gardées',
                'ordering': ['nom', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('utilisateur', 'liste', 'nom'), name='filtre_nom_unique', violation_error_message='Vous avez déjà une recherche de ce nom.'), models.UniqueConstraint(condition=models.Q(('par_defaut', True)), fields=('utilisateur', 'liste'), name='filtre_un_seul_par_defaut')],
            },
        ),
        migrations.CreateModel(
            name='LotImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('genre', models.CharField(max_length=40, verbose_name='genre')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='provenance')),
                ('nom_fichier', models.CharField(max_length=150, verbose_name='fichier')),
                ('fichier', models.FileField(blank=True, max_length=120, upload_to=pdi.socle.models.imports.chemin_lot, verbose_name='fichier gardé')),
                ('taille', models.PositiveIntegerField(verbose_name='taille')),
                ('empreinte', models.CharField(editable=False, max_length=64)),
                ('etat', models.CharField(choices=[('depose', 'En lecture'), ('a_associer', 'Colonnes à associer'), ('a_verifier', 'À vérifier'), ('partiel', 'Importé en partie'), ('importe', 'Importé'), ('illisible', 'Fichier illisible')], default='depose', max_length=12, verbose_name='état')),
                ('entetes', models.JSONField(default=list)),
                ('correspondance', models.JSONField(default=dict)),
                ('lecture', models.JSONField(default=dict)),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None)),
                ('total', models.PositiveIntegerField(default=0, verbose_name='lignes')),
                ('comptes', models.JSONField(default=dict)),
                ('ecrites', models.JSONField(default=dict)),
                ('erreur', models.TextField(blank=True, verbose_name='erreur')),
                ('depose_par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('depose_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='déposé le')),
                ('verifie_le', models.DateTimeField(blank=True, null=True, verbose_name='vérifié le')),
                ('importe_par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('importe_le', models.DateTimeField(blank=True, null=True, verbose_name='importé le')),
            ],
            options={
                'verbose_name': 'lot d’import',
                'verbose_name_plural': 'lots d’import',
                'ordering': ['-depose_le', '-id'],
                'indexes': [models.Index(fields=['genre', 'source', '-depose_le'], name='lot_import_precedent')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('etat__in', ['partiel', 'importe']), ('importe_le__isnull', False), ('importe_par__isnull', False)), models.Q(models.Q(('etat__in', ['partiel', 'importe']), _negated=True), ('importe_le__isnull', True), ('importe_par__isnull', True)), _connector='OR'), name='lot_importe_date_et_auteur'), models.CheckConstraint(condition=models.Q(models.Q(('etat', 'illisible'), _negated=True), models.Q(('erreur', ''), _negated=True), _connector='OR'), name='lot_illisible_dit_pourquoi')],
            },
        ),
        migrations.CreateModel(
            name='LigneImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lignes', to='socle.lotimport')),
                ('numero', models.PositiveIntegerField(verbose_name='ligne')),
                ('brut', models.JSONField(default=dict)),
                ('valeurs', models.JSONField(default=dict)),
                ('etat', models.CharField(choices=[('a_corriger', 'À corriger'), ('a_reconnaitre', 'À reconnaître'), ('nouvelle', 'Prête, nouvelle'), ('modifiee', 'Prête, modifie'), ('identique', 'Prête, identique'), ('importee', 'Importée')], default='a_corriger', max_length=13, verbose_name='état')),
                ('cible', models.BigIntegerField(null=True)),
                ('designe', models.BigIntegerField(null=True)),
                ('changements', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'ligne d’import',
                'verbose_name_plural': 'lignes d’import',
                'ordering': ['numero'],
                'indexes': [models.Index(fields=['lot', 'etat', 'numero'], name='ligne_import_etat')],
                'constraints': [models.UniqueConstraint(fields=('lot', 'numero'), name='ligne_import_unique')],
            },
        ),
        migrations.CreateModel(
            name='AnomalieImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ligne', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='anomalies', to='socle.ligneimport')),
                ('origine', models.CharField(default='lecture', max_length=8)),
                ('colonne', models.CharField(blank=True, max_length=40, verbose_name='colonne')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('valeur', models.CharField(blank=True, max_length=250, verbose_name='valeur')),
                ('message', models.CharField(max_length=500, verbose_name='message')),
                ('attendu', models.TextField(blank=True, verbose_name='attendu')),
                ('suggestion', models.CharField(blank=True, max_length=250, verbose_name='proposition')),
                ('bloquante', models.BooleanField(default=True, verbose_name='bloquante')),
                ('candidats', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
            ],
            options={
                'verbose_name': 'anomalie d’import',
                'verbose_name_plural': 'anomalies d’import',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['ligne', 'colonne'], name='anomalie_import_ligne')],
            },
        ),
        migrations.CreateModel(
            name='CorrespondanceImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('genre', models.CharField(max_length=40, verbose_name='genre')),
                ('source', models.CharField(max_length=80, verbose_name='provenance')),
                ('colonnes', models.JSONField(default=dict)),
                ('retenue_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='retenue le')),
            ],
            options={
                'verbose_name': 'correspondance de colonnes',
                'verbose_name_plural': 'correspondances de colonnes',
                'constraints': [models.UniqueConstraint(fields=('genre', 'source'), name='correspondance_unique')],
            },
        ),
        migrations.CreateModel(
            name='TransitionLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('de', models.CharField(blank=True, max_length=30, verbose_name='de l’état')),
                ('vers', models.CharField(max_length=30, verbose_name='vers l’état')),
                ('par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('commentaire', models.TextField(blank=True, verbose_name='commentaire')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transitions', to='socle.lotimport')),
            ],
            options={
                'verbose_name': 'changement d’état d’un lot',
                'verbose_name_plural': 'changements d’état des lots',
                'ordering': ['-le', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EntreeJournal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ecran', models.CharField(blank=True, max_length=120, verbose_name='écran')),
                ('verbe', models.CharField(max_length=60, verbose_name='opération')),
                ('objet_type', models.CharField(max_length=60, verbose_name='type d’objet')),
                ('objet_id', models.CharField(max_length=40, verbose_name='identifiant')),
                ('objet_libelle', models.CharField(max_length=250, verbose_name='objet')),
                ('avant', models.JSONField(default=dict, verbose_name='avant')),
                ('apres', models.JSONField(default=dict, verbose_name='après')),
                ('commentaire', models.TextField(blank=True, verbose_name='commentaire')),
            ],
            options={
                'verbose_name': 'entrée du journal',
                'verbose_name_plural': 'entrées du journal',
                'ordering': ['-le', '-id'],
                'indexes': [models.Index(fields=['objet_type', 'objet_id', '-le'], name='journal_objet'), models.Index(fields=['-le', '-id'], name='journal_date')],
            },
        ),
        migrations.CreateModel(
            name='Traitement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('nature', models.CharField(max_length=60, verbose_name='nature')),
                ('cle', models.CharField(max_length=120, verbose_name='clé')),
                ('intitule', models.CharField(max_length=200, verbose_name='intitulé')),
                ('etat', models.CharField(choices=[('en_attente', 'En attente'), ('en_cours', 'En cours'), ('termine', 'Terminé'), ('echec', 'Échec'), ('annule', 'Arrêté')], default='en_attente', max_length=12, verbose_name='état')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='étapes en tout')),
                ('fait', models.PositiveIntegerField(default=0, verbose_name='étapes faites')),
                ('etape', models.CharField(blank=True, max_length=250, verbose_name='étape en cours')),
                ('messages', models.JSONField(default=list, verbose_name='messages')),
                ('tache', models.CharField(blank=True, max_length=120, verbose_name='tâche')),
                ('parametres', models.JSONField(default=dict, verbose_name='paramètres')),
                ('resultat', models.JSONField(default=dict, verbose_name='résultat')),
                ('url_retour', models.CharField(blank=True, max_length=300, verbose_name='page d’origine')),
                ('fichier', models.FileField(blank=True, max_length=250, upload_to='traitements/%Y/%m/', verbose_name='fichier')),
                ('erreur', models.TextField(blank=True, verbose_name='erreur')),
                ('demandeur', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='traitements', to=settings.AUTH_USER_MODEL)),
                ('tentatives', models.PositiveSmallIntegerField(default=0, verbose_name='tentatives')),
                ('annulation_demandee', models.BooleanField(default=False, verbose_name='arrêt demandé')),
                ('cree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='demandé le')),
                ('debut', models.DateTimeField(blank=True, null=True, verbose_name='commencé le')),
                ('battement', models.DateTimeField(blank=True, null=True, verbose_name='dernier signe de vie')),
                ('fin', models.DateTimeField(blank=True, null=True, verbose_name='fini le')),
            ],
            options={
                'verbose_name': 'traitement',
                'ordering': ['-cree_le', '-id'],
                'indexes': [models.Index(fields=['demandeur', '-cree_le'], name='traitement_demandeur'), models.Index(condition=models.Q(('etat__in', ['en_attente', 'en_cours'])), fields=['battement'], name='traitement_actifs')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('etat__in', ['en_attente', 'en_cours'])), fields=('nature', 'cle'), name='traitement_un_seul_actif', violation_error_message='Ce traitement est déjà en cours.'), models.CheckConstraint(condition=models.Q(('fait__lte', models.F('total'))), name='traitement_fait_dans_total'), models.CheckConstraint(condition=models.Q(models.Q(('etat__in', ['en_attente', 'en_cours']), ('fin__isnull', True)), models.Q(('etat__in', ['termine', 'echec', 'annule']), ('fin__isnull', False)), _connector='OR'), name='traitement_fin_selon_etat'), models.CheckConstraint(condition=models.Q(models.Q(('etat', 'en_cours'), _negated=True), models.Q(('battement__isnull', False), ('debut__isnull', False)), _connector='OR'), name='traitement_debut_si_en_cours')],
            },
        ),
        ]),
    ]
