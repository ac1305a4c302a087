"""Wording of one choice of periodicity: what is printed, and the reading kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0004_agregation_versions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="indicateur",
            name="periodicite",
            field=models.CharField(
                choices=[
                    ("mensuelle", "Mensuelle"),
                    ("trimestrielle", "Trimestrielle"),
                    ("semestrielle", "Semestrielle"),
                    ("annuelle", "Annuelle"),
                    ("bisannuelle", "Bi-annuelle (lecture retenue\u00a0: deux fois par an)"),
                    ("permanente", "Permanente"),
                    ("evenement", "À l’événement"),
                ],
                default="annuelle",
                max_length=14,
                verbose_name="périodicité",
            ),
        ),
    ]
