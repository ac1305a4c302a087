"""What a rule set would have proposed on past diagnoses, kept until the next simulation of the same set."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from parcours.querysets import CasQuerySet
from pdi.socle.models import Traitement

from .diagnostic import Diagnostic
from .orientation import JeuRegles, TypeOrientation
from .personne import Personne


class SimulationRegles(models.Model):
    """One run of `jeu` over the diagnoses finished from `depuis` to `jusqu_au`, both included. Changes nothing.

    `courant` is the set in force on the day of the run, read over the same diagnoses.
    """

    jeu = models.OneToOneField(JeuRegles, on_delete=models.CASCADE, related_name="simulation")
    courant = models.ForeignKey(JeuRegles, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    depuis = models.DateField("diagnostics depuis le")
    jusqu_au = models.DateField("jusqu’au")
    lancee_le = models.DateTimeField("lancée le", db_default=Now())
    lancee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    traitement = models.ForeignKey(Traitement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "simulation d’un jeu de règles"
        verbose_name_plural = "simulations de jeux de règles"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(depuis__lte=models.F("jusqu_au")), name="simulation_bornes_dans_l_ordre"
            )
        ]

    def __str__(self) -> str:
        """Return the set."""
        return f"Simulation\u00a0: {self.jeu}"


class CasSimulation(models.Model):
    """One diagnosis of a simulation: what each set proposes (empty: nothing), what was decided (empty: nothing yet).

    The decision is the orientation made on this diagnosis, else the first one decided from its date on.
    """

    simulation = models.ForeignKey(SimulationRegles, on_delete=models.CASCADE, related_name="cas")
    diagnostic = models.ForeignKey(Diagnostic, on_delete=models.CASCADE, related_name="+")
    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="+")
    type_simule = models.CharField("proposé par ce jeu", max_length=12, choices=TypeOrientation, blank=True)
    type_courant = models.CharField("proposé aujourd’hui", max_length=12, choices=TypeOrientation, blank=True)
    type_decide = models.CharField("décidé", max_length=12, choices=TypeOrientation, blank=True)

    objects = CasQuerySet.as_manager()

    class Meta:
        verbose_name = "cas d’une simulation"
        verbose_name_plural = "cas d’une simulation"
        constraints = [
            models.UniqueConstraint(fields=["simulation", "diagnostic"], name="un_cas_par_diagnostic"),
        ]

    def __str__(self) -> str:
        """Return what the set proposes."""
        return self.get_type_simule_display() or "Aucune proposition"
