"""Indexes of the work queues: contracts of a follow-up read without their rows, and the few people who have died."""

from django.db import migrations, models

from pdi.socle.ensemble import Ensemble


class Migration(migrations.Migration):
    """Add them."""

    dependencies = [("parcours", "0004_separation_et_situation")]
    operations = [
        Ensemble([
            migrations.AddIndex(
                model_name="contrat",
                index=models.Index(
                    condition=models.Q(("nature__in", ["cer", "ce"])),
                    fields=["personne", "debut"],
                    include=("id", "fin", "etat", "clos_le", "signe_personne_le"),
                    name="contrat_suivi",
                ),
            ),
            migrations.AddIndex(
                model_name="contrat",
                index=models.Index(
                    condition=models.Q(("bilan", ""), ("etat", "valide"), ("nature__in", ["cer", "ce"])),
                    fields=["fin"],
                    include=("personne", "debut", "id"),
                    name="contrat_sans_bilan",
                ),
            ),
            migrations.AddIndex(
                model_name="personne",
                index=models.Index(
                    condition=models.Q(("deces_le__isnull", False)), fields=["id"], name="personne_decedee"
                ),
            ),
        ]),
    ]
