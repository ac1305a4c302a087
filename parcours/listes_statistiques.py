"""The people behind a statistic: those a figure counts, those to correct before the OARSA survey."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from parcours import anomalies_oarsa
from parcours.anomalies_oarsa import Anomalie
from parcours.models import Personne
from parcours.querysets import PersonneQuerySet
from parcours.statistiques.formule import Formule
from parcours.statistiques.moteur import Moment, personnes_de
from parcours.statistiques.pages import Observatoire
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.pagination import PageParCle

from .listes import COLONNES_EXPORT, ListePersonnes

# What the statistic has already chosen, or that is about today's portfolio: never a second filter of the same name.
DEJA_CHOISIS = ("portefeuille", "attend", "annee", "structure", "territoire")


class ListeDerriere(ListePersonnes):
    """The people a statistic is about, those the reader may find, with the filters of people."""

    @property
    def toutes(self) -> PersonneQuerySet:
        """Return everybody the statistic counts."""
        raise NotImplementedError

    @property
    def base(self) -> PersonneQuerySet:
        """Return those the reader may find."""
        return self.toutes.visibles_par(self.utilisateur)

    @property
    def ailleurs(self) -> int:
        """Return how many others it counts. One query more than the page, two with a filter."""
        siennes = self.base.count() if self.filtres.actifs else self.page.total
        return self.toutes.count() - siennes


class ListeIndicateur(ListeDerriere):
    """The people behind a figure: `portion` says which of them."""

    def __init__(
        self, utilisateur: Any, get: Any, jour: datetime.date, page: Observatoire, formule: Formule, portion: str
    ) -> None:
        """Read the query string, which also holds the choices of the figure."""
        super().__init__(utilisateur, get, jour)
        self.observatoire, self.formule, self.portion = page, formule, portion
        self.filtres.retirer(*DEJA_CHOISIS)

    @property
    def toutes(self) -> PersonneQuerySet:
        """Return everybody the figure counts."""
        page = self.observatoire
        return personnes_de(self.formule, page.source.moment, self.portion, page.restriction)


class ListeCorrections(ListeDerriere):
    """The people an anomaly concerns on 31 December."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date, anomalie: Anomalie, moment: Moment) -> None:
        """Read the query string, whose `annee` is that of the survey."""
        super().__init__(utilisateur, get, jour)
        self.anomalie, self.moment = anomalie, moment
        self.filtres.retirer("portefeuille", "attend", "annee")

    @property
    def toutes(self) -> PersonneQuerySet:
        """Return everybody concerned."""
        return anomalies_oarsa.personnes(self.anomalie, self.moment)

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
