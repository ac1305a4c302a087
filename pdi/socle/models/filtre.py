"""A search kept under a name: the query string of a list, for one user."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from pdi.socle.querysets import FiltreEnregistreQuerySet


class FiltreEnregistre(models.Model):
    """`liste` is the URL name of the list, `requete` its query string without « ? », page and typed words."""

    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="filtres")
    liste = models.CharField("liste", max_length=60)
    nom = models.CharField("nom", max_length=60)
    requete = models.CharField("requête", max_length=1000, blank=True)
    par_defaut = models.BooleanField("affichée à l’ouverture de la liste", default=False)

    objects = FiltreEnregistreQuerySet.as_manager()

    class Meta:
        verbose_name = "recherche gardée"
        verbose_name_plural = "recherches gardées"
        ordering = ["nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "liste", "nom"],
                name="filtre_nom_unique",
                violation_error_message="Vous avez déjà une recherche de ce nom.",
            ),
            models.UniqueConstraint(
                fields=["utilisateur", "liste"], condition=Q(par_defaut=True), name="filtre_un_seul_par_defaut"
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom
