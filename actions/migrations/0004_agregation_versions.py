"""How the values of a year combine; versions for the optimistic lock."""

from django.db import migrations, models

import actions.models.indicateur


def deriver_agregation(apps, schema_editor):
    """Fill the new column from the unit."""
    indicateurs = apps.get_model("actions", "Indicateur").objects
    indicateurs.filter(unite__in=["nombre", "€", "heures", "h", "jours", "nombre/mois"]).update(agregation="somme")
    indicateurs.filter(agregation="").update(agregation="derniere")


class Migration(migrations.Migration):
    atomic = True
    dependencies = [("actions", "0003_transitions_campagne_relances")]

    operations = [
        migrations.AddField(
            "indicateur",
            "agregation",
            actions.models.indicateur.ChampAgregation(
                blank=True,
                choices=[("somme", "Somme des valeurs de l’année"), ("derniere", "Dernière valeur de l’année")],
                default="",
                max_length=8,
                verbose_name="valeur de l’année",
            ),
        ),
        migrations.AddField("indicateur", "version", models.PositiveIntegerField(default=1, verbose_name="version")),
        migrations.AddField("programme", "version", models.PositiveIntegerField(default=1, verbose_name="version")),
        migrations.RunPython(deriver_agregation, migrations.RunPython.noop),
        migrations.AddConstraint(
            "indicateur",
            models.CheckConstraint(
                condition=models.Q(agregation__in=["somme", "derniere"]), name="indicateur_agregation_connue"
            ),
        ),
    ]
