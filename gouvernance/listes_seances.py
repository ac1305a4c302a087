"""Meetings: the list and its export. The calendar is in calendrier.py."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from gouvernance.models import EtatSeance, Instance, NatureInstance, Seance
from gouvernance.regles.seances import PRESENTS, TONS_SEANCE
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreAnnee, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.formats import MOIS
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri

TRIS = {"debut": ("debut", "pk"), "instance": ("instance__nom", "debut", "pk")}
VIVANTES = ("preparee", "convoquee", "ouverte")


def de_periode(valeur: str) -> Q:
    """Return « to come » (neither put off nor cancelled), « past », « to close »: past without having been closed."""
    maintenant = timezone.now()
    return {
        "a_venir": Q(debut__gte=maintenant, etat__in=VIVANTES),
        "passees": Q(debut__lt=maintenant),
        "a_clore": Q(debut__lt=maintenant, etat__in=VIVANTES),
    }[valeur]


class FiltresSeances(Filtres):
    """Filters of the list."""

    mot = FiltreTexte("Mot de l’instance, de l’objet ou du lieu", champs=("instance__nom", "objet", "lieu"), large=True)
    periode = FiltreChoix(
        "Période", q=de_periode, vide="Toutes",
        choix=[("a_venir", "À venir"), ("passees", "Passées"), ("a_clore", "Passées, non closes")],
    )  # fmt: skip
    etat = FiltreChoix("État", champ="etat", choix=EtatSeance.choices)
    instance = FiltreChoix("Instance", champ="instance_id", vide="Toutes")
    nature = FiltreChoix("Nature", champ="instance__nature", choix=NatureInstance.choices, vide="Toutes")
    annee = FiltreAnnee("Année", champ="debut__year")
    mois = FiltreChoix(
        "Mois", champ="debut__month", choix=[(str(n), nom.capitalize()) for n, nom in enumerate(MOIS, 1)], vide="Tous"
    )


class ListeSeances:
    """The meetings one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        instances = Instance.objects.visibles_par(utilisateur).filter(seances__isnull=False).distinct()
        self.filtres = FiltresSeances(
            get,
            choix={
                "instance": [(i.pk, str(i)) for i in instances.select_related("territoire").order_by("nom")],
                "annee": [(a, str(a)) for a in range(jour.year + 1, jour.year - 6, -1)],
            },
        )
        self.tri = Tri.lire(get, TRIS, defaut="debut" if get.get("periode") == "a_venir" else "-debut")

    @property
    def visibles(self) -> QuerySet[Seance]:
        """Return every meeting the reader may see."""
        return Seance.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[Seance]:
        """Return the rows of the filter with what they show, in the same query."""
        return (
            self.filtres.appliquer(self.visibles)
            .select_related("instance__territoire")
            .annotate(
                nb_decisions=Count("decisions", distinct=True),
                convoques=Count("presences", distinct=True),
                presents=Count("presences", filter=Q(presences__etat__in=PRESENTS), distinct=True),
            )
        )

    @cached_property
    def page(self) -> PageParCle[Seance]:
        """Return one page, each row with the tone of its state."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        for seance in page.objets:
            teinter(seance)
        return page

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return the figures of the head (one query)."""
        return self.visibles.aggregate(
            a_venir=Count("pk", filter=de_periode("a_venir")),
            tenues=Count("pk", filter=Q(etat="tenue", debut__year=self.jour.year)),
            a_clore=Count("pk", filter=de_periode("a_clore")),
        )


def teinter(seance: Any) -> Any:
    """Give a meeting the tone and the icon of its state."""
    seance.ton, seance.icone = TONS_SEANCE[EtatSeance(seance.etat)]
    return seance


COLONNES_EXPORT = (
    ColonneExport("Instance", lambda s: str(s.instance), largeur=44),
    ColonneExport("Objet", "objet", largeur=40),
    ColonneExport("Jour", lambda s: timezone.localtime(s.debut).date(), type="date", largeur=12),
    ColonneExport("Heure", lambda s: f"{timezone.localtime(s.debut):%H:%M}", largeur=8),
    ColonneExport("Lieu", "lieu", largeur=34),
    ColonneExport("État", "get_etat_display", largeur=16),
    ColonneExport("Convoqués", "convoques", type="nombre", largeur=10),
    ColonneExport("Présents ou représentés", "presents", type="nombre", largeur=12),
    ColonneExport("Décisions", "nb_decisions", type="nombre", largeur=10),
    ColonneExport("Motif", "motif", largeur=40),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)
