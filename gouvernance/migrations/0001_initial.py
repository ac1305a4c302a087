"""Bodies, mandates, meetings, decisions; the annual execution report, its versions and its deliberation."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pdi.socle.models.piece
from django.conf import settings
from django.db import migrations, models

from pdi.socle.ensemble import Ensemble


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('actions', '0001_initial'),
        ('comptes', '0001_initial'),
        ('offre', '0001_initial'),
        ('socle', '0001_initial'),
        ('structures', '0001_initial'),
        ('territoires', '0001_initial'),
    ]

    operations = [
        Ensemble([
        migrations.CreateModel(
            name='Instance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('departement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instances', to='territoires.departement')),
                ('programme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='instances', to='actions.programme')),
                ('nom', models.CharField(max_length=200, verbose_name='nom')),
                ('nature', models.CharField(choices=[('assemblee', 'Assemblée délibérante'), ('comite_pilotage', 'Comité de pilotage'), ('comite_technique', 'Comité technique'), ('comite_territorial', 'Comité territorial'), ('comite_suivi', 'Comité de suivi'), ('comite', 'Comité'), ('commission', 'Commission'), ('ep', 'Équipe pluridisciplinaire'), ('dialogue', 'Dialogue territorial'), ('groupe_ressources', 'Groupe ressources'), ('conseil_consultatif', 'Conseil consultatif'), ('groupe_travail', 'Groupe de travail'), ('coordination', 'Instance de coordination'), ('reseau', 'Réseau'), ('observatoire', 'Observatoire'), ('rencontre', 'Rencontre, forum, atelier'), ('autre', 'Autre')], max_length=20, verbose_name='nature')),
                ('niveau', models.CharField(choices=[('departemental', 'Départemental'), ('territorial', 'Territorial'), ('local', 'Local')], default='departemental', max_length=13, verbose_name='niveau')),
                ('territoire', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='instances', to='territoires.territoireaction')),
                ('composition', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=250), blank=True, default=list, size=None, verbose_name='composition')),
                ('missions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=400), blank=True, default=list, size=None, verbose_name='missions')),
                ('animateur', models.CharField(blank=True, max_length=250, verbose_name='présidence ou animation')),
                ('frequence_texte', models.CharField(blank=True, max_length=120, verbose_name='fréquence')),
                ('seances_par_an', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='séances dues par an')),
                ('quorum', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='quorum')),
                ('active', models.BooleanField(default=True, verbose_name='se réunit encore')),
                ('reference', models.BooleanField(default=False, verbose_name='d’un autre département')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('demonstration', models.BooleanField(default=False, verbose_name='donnée de démonstration')),
                ('secretaires', models.ManyToManyField(blank=True, related_name='instances_tenues', to=settings.AUTH_USER_MODEL, verbose_name='secrétaires')),
            ],
            options={
                'verbose_name': 'instance',
                'ordering': ['nom', 'id'],
                'constraints': [models.UniqueConstraint(fields=('departement', 'nom', 'territoire'), name='instance_unique', nulls_distinct=False, violation_error_message='Cette instance existe déjà.'), models.CheckConstraint(condition=models.Q(('quorum__isnull', True), ('quorum__gt', 0), _connector='OR'), name='instance_quorum_positif', violation_error_message='Un quorum est d’au moins une voix.')],
            },
        ),
        migrations.CreateModel(
            name='ReglementInstance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fichier', models.FileField(max_length=120, upload_to=pdi.socle.models.piece.chemin_piece, verbose_name='fichier')),
                ('nom', models.CharField(max_length=150, verbose_name='nom')),
                ('type', models.CharField(max_length=5, verbose_name='type')),
                ('taille', models.PositiveIntegerField(verbose_name='taille')),
                ('deposee_par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deposee_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='déposée le')),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reglements', to='gouvernance.instance')),
            ],
            options={
                'verbose_name': 'règlement intérieur',
                'verbose_name_plural': 'règlements intérieurs',
                'ordering': ['-deposee_le', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Membre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='membres', to='gouvernance.instance')),
                ('compte', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sieges', to=settings.AUTH_USER_MODEL)),
                ('nom', models.CharField(blank=True, max_length=150, verbose_name='nom et prénom')),
                ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('structure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sieges', to='structures.structure')),
                ('qualite', models.CharField(blank=True, max_length=150, verbose_name='qualité')),
                ('college', models.CharField(choices=[('elu', 'Élu'), ('departement', 'Services du Département'), ('signataire', 'Signataire du pacte'), ('partenaire', 'Partenaire'), ('professionnel', 'Professionnel de l’insertion'), ('beneficiaire', 'Représentant des bénéficiaires'), ('invite', 'Invité')], default='partenaire', max_length=13, verbose_name='collège')),
                ('voix', models.BooleanField(default=True, verbose_name='voix délibérative')),
                ('preside', models.BooleanField(default=False, verbose_name='préside')),
                ('suppleant_de', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='suppleants', to='gouvernance.membre')),
                ('mandat', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='mandat')),
                ('demonstration', models.BooleanField(default=False, verbose_name='donnée de démonstration')),
            ],
            options={
                'verbose_name': 'membre',
                'ordering': ['-preside', 'college', 'nom', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('mandat__isempty', False)), name='membre_mandat_non_vide', violation_error_message='Le mandat finit avant de commencer.'), models.CheckConstraint(condition=models.Q(('compte__isnull', False), models.Q(('nom', ''), _negated=True), ('structure__isnull', False), _connector='OR'), name='membre_nomme', violation_error_message='Donnez un compte, un nom ou une structure.'), models.CheckConstraint(condition=models.Q(('suppleant_de__isnull', True), ('voix', False), _connector='OR'), name='membre_suppleant_sans_voix', violation_error_message='Un suppléant vote à la place de son titulaire : il n’a pas sa propre voix.'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('compte__isnull', False)), expressions=[('instance', '='), ('compte', '='), ('mandat', '&&')], name='membre_un_siege_a_la_fois', violation_error_message='Cette personne siège déjà dans l’instance à ces dates.')],
            },
        ),
        migrations.CreateModel(
            name='RapportAnnuel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rapports', to='actions.programme')),
                ('annee', models.PositiveSmallIntegerField(verbose_name='exercice')),
                ('cree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='créé le')),
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
                ('rapport', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='gouvernance.rapportannuel')),
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
                ('compilee_par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('traitement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='socle.traitement')),
                ('publiee_le', models.DateTimeField(blank=True, null=True, verbose_name='publiée le')),
                ('publiee_par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
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
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='deliberation', to='gouvernance.versionrapport')),
                ('numero', models.CharField(max_length=60, verbose_name='numéro')),
                ('date', models.DateField(verbose_name='date de la séance')),
                ('rapporteur', models.CharField(blank=True, max_length=120, verbose_name='rapporteur')),
                ('pour', models.PositiveSmallIntegerField(verbose_name='voix pour')),
                ('contre', models.PositiveSmallIntegerField(default=0, verbose_name='voix contre')),
                ('abstentions', models.PositiveSmallIntegerField(default=0, verbose_name='abstentions')),
                ('enregistree_le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='enregistrée le')),
                ('enregistree_par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('demonstration', models.BooleanField(default=False, verbose_name='donnée de démonstration')),
            ],
            options={
                'verbose_name': 'délibération',
                'ordering': ['-date'],
                'constraints': [models.UniqueConstraint(fields=('numero',), name='deliberation_numero_unique', violation_error_message='Ce numéro de délibération est déjà enregistré.'), models.CheckConstraint(condition=models.Q(('numero', ''), _negated=True), name='deliberation_numero_donne', violation_error_message='Le numéro de la délibération est obligatoire.')],
            },
        ),
        migrations.CreateModel(
            name='Seance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seances', to='gouvernance.instance')),
                ('debut', models.DateTimeField(verbose_name='début')),
                ('fin', models.DateTimeField(blank=True, null=True, verbose_name='fin')),
                ('objet', models.CharField(blank=True, max_length=200, verbose_name='objet')),
                ('lieu', models.CharField(blank=True, max_length=200, verbose_name='lieu')),
                ('lien', models.URLField(blank=True, max_length=300, verbose_name='lien de visioconférence')),
                ('etat', models.CharField(choices=[('preparee', 'En préparation'), ('convoquee', 'Convoquée'), ('ouverte', 'Ouverte'), ('tenue', 'Tenue'), ('reportee', 'Reportée'), ('annulee', 'Annulée')], default='preparee', max_length=9, verbose_name='état')),
                ('quorum', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='quorum')),
                ('motif', models.CharField(blank=True, max_length=250, verbose_name='motif du report ou de l’annulation')),
                ('reportee_a', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='remplace', to='gouvernance.seance', verbose_name='reportée à')),
                ('convoquee_le', models.DateTimeField(blank=True, null=True, verbose_name='convoquée le')),
                ('ouverte_le', models.DateTimeField(blank=True, null=True, verbose_name='ouverte le')),
                ('close_le', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('demonstration', models.BooleanField(default=False, verbose_name='donnée de démonstration')),
                ('saisi_le', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='saisi le')),
            ],
            options={
                'verbose_name': 'séance',
                'ordering': ['-debut', 'id'],
                'indexes': [models.Index(fields=['debut'], name='seance_debut')],
                'constraints': [models.CheckConstraint(condition=models.Q(('fin__isnull', True), ('fin__gt', models.F('debut')), _connector='OR'), name='seance_heures_dans_l_ordre', violation_error_message='La séance finit avant de commencer.'), models.CheckConstraint(condition=models.Q(models.Q(('etat__in', ['reportee', 'annulee']), _negated=True), models.Q(('motif', ''), _negated=True), _connector='OR'), name='seance_report_motive', violation_error_message='Un report ou une annulation se motive.'), models.CheckConstraint(condition=models.Q(models.Q(('etat', 'tenue'), _negated=True), ('close_le__isnull', False), _connector='OR'), name='seance_tenue_close'), models.CheckConstraint(condition=models.Q(models.Q(('etat', 'ouverte'), _negated=True), ('ouverte_le__isnull', False), _connector='OR'), name='seance_ouverte_datee')],
            },
        ),
        migrations.CreateModel(
            name='TransitionSeance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('de', models.CharField(blank=True, max_length=30, verbose_name='de l’état')),
                ('vers', models.CharField(max_length=30, verbose_name='vers l’état')),
                ('par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('commentaire', models.TextField(blank=True, verbose_name='commentaire')),
                ('seance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transitions', to='gouvernance.seance')),
            ],
            options={
                'verbose_name': 'changement d’état d’une séance',
                'verbose_name_plural': 'changements d’état des séances',
                'ordering': ['-le', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PointOrdreDuJour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='points', to='gouvernance.seance')),
                ('ordre', models.PositiveSmallIntegerField(verbose_name='ordre')),
                ('titre', models.CharField(max_length=250, verbose_name='titre')),
                ('texte', models.TextField(blank=True, verbose_name='présentation')),
                ('duree_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='durée (minutes)')),
                ('raison', models.CharField(blank=True, max_length=250, verbose_name='pourquoi ce point')),
                ('etat', models.CharField(choices=[('a_venir', 'À venir'), ('en_discussion', 'En discussion'), ('traite', 'Traité'), ('reporte', 'Reporté')], default='a_venir', max_length=13, verbose_name='état')),
                ('notes', models.TextField(blank=True, verbose_name='notes')),
                ('fiche', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='actions.ficheaction')),
                ('bilan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='actions.bilan')),
                ('offre', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offre.offreinsertion')),
                ('convention', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offre.convention')),
                ('rapport', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gouvernance.rapportannuel')),
            ],
            options={
                'verbose_name': 'point de l’ordre du jour',
                'verbose_name_plural': 'points de l’ordre du jour',
                'ordering': ['ordre', 'id'],
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('seance', 'ordre'), name='point_ordre_unique'), models.CheckConstraint(condition=models.Q(models.Q(('bilan__isnull', True), ('convention__isnull', True), ('fiche__isnull', True), ('offre__isnull', True), ('rapport__isnull', True)), models.Q(('bilan__isnull', True), ('convention__isnull', True), ('fiche__isnull', False), ('offre__isnull', True), ('rapport__isnull', True)), models.Q(('bilan__isnull', False), ('convention__isnull', True), ('fiche__isnull', True), ('offre__isnull', True), ('rapport__isnull', True)), models.Q(('bilan__isnull', True), ('convention__isnull', True), ('fiche__isnull', True), ('offre__isnull', False), ('rapport__isnull', True)), models.Q(('bilan__isnull', True), ('convention__isnull', False), ('fiche__isnull', True), ('offre__isnull', True), ('rapport__isnull', True)), models.Q(('bilan__isnull', True), ('convention__isnull', True), ('fiche__isnull', True), ('offre__isnull', True), ('rapport__isnull', False)), _connector='OR'), name='point_un_seul_objet', violation_error_message='Un point porte sur un seul objet.')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='gouvernance.seance')),
                ('membre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='presences', to='gouvernance.membre')),
                ('etat', models.CharField(choices=[('attendu', 'Attendu'), ('present', 'Présent'), ('represente', 'Représenté'), ('excuse', 'Excusé'), ('absent', 'Absent')], default='attendu', max_length=10, verbose_name='état')),
                ('represente_par', models.CharField(blank=True, max_length=150, verbose_name='représenté par')),
                ('reponse', models.CharField(blank=True, choices=[('', 'Sans réponse'), ('oui', 'Viendra'), ('non', 'Ne viendra pas'), ('pouvoir', 'Donne pouvoir')], max_length=7, verbose_name='réponse à la convocation')),
                ('repondu_le', models.DateTimeField(blank=True, null=True, verbose_name='a répondu le')),
                ('convoque_le', models.DateTimeField(blank=True, null=True, verbose_name='convoqué le')),
                ('relance_le', models.DateTimeField(blank=True, null=True, verbose_name='relancé le')),
            ],
            options={
                'verbose_name': 'présence',
                'ordering': ['membre'],
                'constraints': [models.UniqueConstraint(fields=('seance', 'membre'), name='presence_unique')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='gouvernance.seance')),
                ('point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='gouvernance.pointordredujour')),
                ('numero', models.PositiveSmallIntegerField(verbose_name='numéro')),
                ('texte', models.TextField(verbose_name='décision')),
                ('type', models.CharField(choices=[('avis', 'Avis'), ('proposition', 'Proposition'), ('validation', 'Validation'), ('ajustement', 'Ajustement')], default='validation', max_length=11, verbose_name='type')),
                ('pour', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='pour')),
                ('contre', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='contre')),
                ('abstentions', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='abstentions')),
                ('unanimite', models.BooleanField(default=False, verbose_name='à l’unanimité')),
                ('responsable', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions_a_tenir', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='structures.structure', verbose_name='service')),
                ('echeance', models.DateField(blank=True, null=True, verbose_name='pour le')),
                ('etat', models.CharField(choices=[('a_faire', 'À faire'), ('en_cours', 'En cours'), ('faite', 'Faite'), ('reportee', 'Reportée'), ('abandonnee', 'Abandonnée')], default='a_faire', max_length=10, verbose_name='état')),
                ('preuve', models.TextField(blank=True, verbose_name='ce qui a été fait')),
                ('cle', models.UUIDField(blank=True, editable=False, null=True, unique=True, verbose_name='clé de saisie')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('demonstration', models.BooleanField(default=False, verbose_name='donnée de démonstration')),
                ('saisi_le', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='saisi le')),
            ],
            options={
                'verbose_name': 'décision',
                'ordering': ['seance', 'numero'],
                'indexes': [models.Index(condition=models.Q(('etat__in', ['a_faire', 'en_cours', 'reportee'])), fields=['echeance'], name='decision_ouvertes')],
                'constraints': [models.UniqueConstraint(fields=('seance', 'numero'), name='decision_numero_unique'), models.CheckConstraint(condition=models.Q(models.Q(('etat', 'faite'), _negated=True), models.Q(('preuve', ''), _negated=True), _connector='OR'), name='decision_faite_prouvee', violation_error_message='Dites ce qui a été fait.'), models.CheckConstraint(condition=models.Q(('unanimite', False), ('contre__isnull', True), ('contre', 0), _connector='OR'), name='decision_unanime_sans_contre', violation_error_message='Une décision unanime n’a pas de voix contre.')],
            },
        ),
        migrations.CreateModel(
            name='TransitionDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('de', models.CharField(blank=True, max_length=30, verbose_name='de l’état')),
                ('vers', models.CharField(max_length=30, verbose_name='vers l’état')),
                ('par', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('le', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('commentaire', models.TextField(blank=True, verbose_name='commentaire')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transitions', to='gouvernance.decision')),
            ],
            options={
                'verbose_name': 'changement d’état d’une décision',
                'verbose_name_plural': 'changements d’état des décisions',
                'ordering': ['-le', '-id'],
                'abstract': False,
            },
        ),
        ]),
    ]
