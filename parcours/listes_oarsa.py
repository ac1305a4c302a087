"""The people to correct before the OARSA survey: those of one anomaly, or of any, with what each needs."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from parcours import anomalies_oarsa
from parcours.anomalies_oarsa import Anomalie
from parcours.models import Personne
from parcours.querysets import PersonneQuerySet
from parcours.statistiques.moteur import Moment
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.pagination import PageParCle

from .listes import COLONNES_EXPORT, ListePersonnes


class ListeCorrections(ListePersonnes):
    """The people an anomaly concerns on 31 December, those the reader may find, with the filters of people."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date, anomalie: Anomalie, moment: Moment) -> None:
        """Read the query string, whose `annee` is that of the survey."""
        super().__init__(utilisateur, get, jour)
        self.anomalie, self.moment = anomalie, moment
        self.filtres.retirer("attend", "annee", "portefeuille")

    @property
    def base(self) -> PersonneQuerySet:
        """Return the people concerned that the reader may find."""
        return anomalies_oarsa.personnes(self.anomalie, self.moment).visibles_par(self.utilisateur)

    @property
    def ailleurs(self) -> int:
        """Return how many others the anomaly concerns. Two queries."""
        return anomalies_oarsa.personnes(self.anomalie, self.moment).count() - self.base.count()

    @cached_property
    def page(self) -> PageParCle[Personne]:
        """Return one page, each person with what is to correct about her."""
        page = super().page
        lues = anomalies_oarsa.a_corriger(Personne.objects.filter(pk__in=[p.pk for p in page.objets]), self.moment)
        for personne in page.objets:
            personne.anomalies = lues.get(personne.pk, [])  # type: ignore[attr-defined]
        return page

    def colonnes_export(self) -> tuple[ColonneExport, ...]:
        """Return the columns of people, then what is to correct about each, and how."""
        lues = anomalies_oarsa.a_corriger(self.trouvees, self.moment)
        return (
            *COLONNES_EXPORT,
            ColonneExport("À corriger", lambda p: [a.libelle for a in lues.get(p.pk, [])], largeur=50),
            ColonneExport("Que faire", lambda p: [a.correction for a in lues.get(p.pk, [])], largeur=50),
        )
