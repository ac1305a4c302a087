"""Index of the children of households, whom the list of people leaves out."""

from django.db import migrations, models

from pdi.socle.ensemble import Ensemble


class Migration(migrations.Migration):
    """Add it."""

    dependencies = [("parcours", "0005_index_des_files")]
    operations = [
        Ensemble([
            migrations.AddIndex(
                model_name="membrefoyer",
                index=models.Index(condition=models.Q(("role", "ENF")), fields=["personne"], name="membre_enfant"),
            ),
        ]),
    ]
