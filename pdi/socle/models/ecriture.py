"""What was written, by table: enough to know that a page read before would be the same now."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func


class Horloge(Func):
    """PostgreSQL's `clock_timestamp()`: the instant of the statement, not of its transaction."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class Ecriture(models.Model):
    """One statement that wrote in `table_ecrite`, whatever the number of rows; noted by a trigger of that table.

    Rows are added and never changed, so writers never wait for each other; they are seen when their transaction ends,
    with what it wrote. Old ones are gathered by `pdi.socle.ecritures.rassembler`.
    """

    table_ecrite = models.CharField(max_length=120)
    le = models.DateTimeField(db_default=Horloge())

    class Meta:
        """Found by table."""

        verbose_name = "écriture"
        verbose_name_plural = "écritures"
        indexes = [models.Index(F("table_ecrite"), name="ecriture_par_table")]

    def __str__(self) -> str:
        """Return the table and the instant."""
        return f"{self.table_ecrite}, {self.le:%d/%m/%Y %H:%M:%S}"
