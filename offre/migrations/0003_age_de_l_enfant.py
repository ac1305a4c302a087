"""An offer may say how old the child is that its condition on the household asks for."""

from django.db import migrations, models

from pdi.socle.ensemble import Ensemble


class Migration(migrations.Migration):

    dependencies = [
        ('offre', '0002_recherche'),
    ]

    operations = [
        Ensemble([
        migrations.AddField(
            model_name='offreinsertion',
            name='enfant_age_max',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='âge maximal de l’enfant'),
        ),
        migrations.AddConstraint(
            model_name='offreinsertion',
            constraint=models.CheckConstraint(condition=models.Q(('enfant_age_max__isnull', True), models.Q(('foyer_requis', ''), _negated=True), _connector='OR'), name='offre_age_enfant_d_un_foyer', violation_error_message='L’âge de l’enfant précise une condition de foyer\u00a0: choisissez-la.'),
        ),
        ]),
    ]
