"""The list of territorial dialogues of a year: one line a territory; its export."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from gouvernance.models import DialogueTerritorial, EtatSeance
from gouvernance.querysets_participation import EN_ATTENTE
from pdi.socle.composants import Situation
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreAnnee, FiltreChoix, Filtres
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri

TRIS = {
    "territoire": ("territoire__nom", "pk"),
    "seance": ("seance__debut", "territoire__nom", "pk"),
    "propositions": ("proposees", "territoire__nom", "pk"),
}
ANNEES = 5
SITUATIONS = {
    "a_dater": Situation("a_dater", "À dater", "veille", "calendar3"),
    "date": Situation("date", "Daté, fiche à générer", "info", "calendar-event"),
    "prepare": Situation("prepare", "Préparé", "info", "file-text"),
    "tenu": Situation("tenu", "Tenu", "bon", "check-lg"),
}
_VIVANTE = Q(seance__isnull=False) & ~Q(seance__etat=EtatSeance.ANNULEE)


def situation_de(dialogue: DialogueTerritorial) -> Situation:
    """Return how a dialogue stands; its sheet is not read, its date says that there is one."""
    lue = dialogue.seance
    if lue is None or lue.etat == EtatSeance.ANNULEE:
        return SITUATIONS["a_dater"]
    if lue.etat == EtatSeance.TENUE:
        return SITUATIONS["tenu"]
    return SITUATIONS["prepare" if dialogue.preparee_le else "date"]


def de_situation(valeur: str) -> Q:
    """Return the dialogues that stand so."""
    ouverte = _VIVANTE & ~Q(seance__etat=EtatSeance.TENUE)
    return {
        "a_dater": ~_VIVANTE,
        "date": ouverte & Q(preparee_le__isnull=True),
        "prepare": ouverte & Q(preparee_le__isnull=False),
        "tenu": Q(seance__etat=EtatSeance.TENUE),
    }[valeur]


class FiltresDialogues(Filtres):
    """Filters of the list."""

    annee = FiltreAnnee("Année", champ="annee")
    territoire = FiltreChoix("Territoire", champ="territoire_id")
    situation = FiltreChoix(
        "Situation", q=de_situation, vide="Toutes", choix=[(s.code, s.libelle) for s in SITUATIONS.values()]
    )


class ListeDialogues:
    """The dialogues one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        territoires = self.visibles.values_list("territoire", "territoire__nom").order_by("territoire__nom").distinct()
        annees = range(jour.year + 1, jour.year - ANNEES, -1)
        self.filtres = FiltresDialogues(
            get, choix={"territoire": list(territoires), "annee": [(a, str(a)) for a in annees]}
        )
        self.tri = Tri.lire(get, TRIS, defaut="territoire")

    @property
    def visibles(self) -> QuerySet[DialogueTerritorial]:
        """Return every dialogue the reader may see."""
        return DialogueTerritorial.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[DialogueTerritorial]:
        """Return the rows of the filter with their proposals and how many have their outcome; the latest year first."""
        return (
            self.filtres.appliquer(self.visibles)
            .select_related("territoire", "seance", "instance")
            .defer("contenu")
            .annotate(
                proposees=Count("propositions", distinct=True),
                attente=Count("propositions", filter=Q(propositions__etat__in=EN_ATTENTE), distinct=True),
                suivies=Count("propositions", filter=Q(propositions__etat__in=["retenue", "realisee"]), distinct=True),
            )
        )

    @property
    def ordre(self) -> list[str]:
        """Return the order of the rows: the latest year first."""
        return ["-annee", *self.tri.cles]

    @cached_property
    def page(self) -> PageParCle[DialogueTerritorial]:
        """Return one page, each row with how it stands."""
        page = PageParCle(self.decorees, self.ordre, self.get.get("curseur"))
        for d in page.objets:
            ligne: Any = d
            ligne.situation = situation_de(d)
        return page

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return the figures of the head, for the year of the filter or this one (one query)."""
        annee = self.filtres.valeurs.get("annee") or self.jour.year
        siens = self.visibles.filter(annee=annee)
        lus = siens.aggregate(
            total=Count("pk", distinct=True), tenus=Count("pk", filter=de_situation("tenu"), distinct=True),
            proposees=Count("propositions", distinct=True),
            suivies=Count("propositions", filter=Q(propositions__etat__in=["retenue", "realisee"]), distinct=True),
        )  # fmt: skip
        return lus | {"annee": int(annee)}


COLONNES_EXPORT = (
    ColonneExport("Année", "annee", type="nombre", largeur=8),
    ColonneExport("Territoire", lambda d: str(d.territoire), largeur=26),
    ColonneExport("Situation", lambda d: situation_de(d).libelle, largeur=24),
    ColonneExport(
        "Séance", lambda d: timezone.localdate(d.seance.debut) if d.seance else None, type="date", largeur=12
    ),
    ColonneExport("Lieu", lambda d: d.seance.lieu if d.seance else "", largeur=34),
    ColonneExport("Fiche générée le", "preparee_le", type="date", largeur=16),
    ColonneExport("Propositions", "proposees", type="nombre", largeur=12),
    ColonneExport("Sans suite encore", "attente", type="nombre", largeur=12),
    ColonneExport("Retenues ou mises en œuvre", "suivies", type="nombre", largeur=14),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)
