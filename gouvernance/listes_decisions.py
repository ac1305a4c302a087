"""The list of decisions across bodies: filters, order, page, export."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from gouvernance.models import Decision, EtatDecision, Instance, TypeDecision
from gouvernance.querysets import OUVERTES
from gouvernance.regles.seances import TONS_DECISION
from pdi.comptes.models import Utilisateur
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri

TRIS = {
    "echeance": ("echeance", "pk"),
    "seance": ("seance__debut", "numero", "pk"),
    "etat": ("etat", "echeance", "pk"),
}


def d_avancement(valeur: str) -> Q:
    """Return « to carry out », « late », « within 30 days »."""
    jour = timezone.localdate()
    ouvertes = Q(etat__in=OUVERTES)
    return {
        "ouvertes": ouvertes,
        "retard": ouvertes & Q(echeance__lt=jour),
        "proches": ouvertes & Q(echeance__range=(jour, jour + datetime.timedelta(days=30))),
    }[valeur]


class FiltresDecisions(Filtres):
    """Filters of the list."""

    mot = FiltreTexte("Mot de la décision ou de ce qui a été fait", champs=("texte", "preuve"), large=True)
    avancement = FiltreChoix(
        "Avancement", q=d_avancement, vide="Toutes",
        choix=[("ouvertes", "À tenir"), ("retard", "En retard"), ("proches", "Pour les 30 jours qui viennent")],
    )  # fmt: skip
    etat = FiltreChoix("État", champ="etat", choix=EtatDecision.choices)
    type = FiltreChoix("Type", champ="type", choix=TypeDecision.choices)
    instance = FiltreChoix("Instance", champ="seance__instance_id", vide="Toutes")
    responsable = FiltreChoix("Portée par", champ="responsable_id")
    miennes = FiltreBooleen("Les miennes", si_vrai=Q())


class ListeDecisions:
    """The decisions one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        instances = Instance.objects.visibles_par(utilisateur).filter(seances__decisions__isnull=False).distinct()
        porteurs = Utilisateur.objects.filter(decisions_a_tenir__in=self.visibles).distinct()
        self.filtres = FiltresDecisions(
            get,
            choix={
                "instance": [(i.pk, str(i)) for i in instances.select_related("territoire").order_by("nom")],
                "responsable": [(u.pk, str(u)) for u in porteurs.order_by("nom", "prenom")],
            },
        )
        self.tri = Tri.lire(get, TRIS, defaut="-seance")

    @property
    def visibles(self) -> QuerySet[Decision]:
        """Return every decision the reader may see."""
        return Decision.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[Decision]:
        """Return the rows of the filter."""
        base = self.visibles
        if self.get.get("miennes"):
            base = Decision.objects.portees_par(self.utilisateur)
        return self.filtres.appliquer(base).select_related("seance__instance__territoire", "responsable", "structure")

    @cached_property
    def page(self) -> PageParCle[Decision]:
        """Return one page, each row with the tone of its state and whether it is late."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        for d in page.objets:
            ligne: Any = d
            ligne.ton, ligne.icone = TONS_DECISION[EtatDecision(d.etat)]
            ligne.ouverte = d.etat in OUVERTES
            ligne.en_retard = ligne.ouverte and d.echeance is not None and d.echeance < self.jour
        return page

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return the figures of the head (one query)."""
        return self.visibles.aggregate(
            ouvertes=Count("pk", filter=d_avancement("ouvertes")),
            retard=Count("pk", filter=d_avancement("retard")),
            faites=Count("pk", filter=Q(etat="faite")),
        )


COLONNES_EXPORT = (
    ColonneExport("Instance", lambda d: str(d.seance.instance), largeur=40),
    ColonneExport("Séance", lambda d: timezone.localtime(d.seance.debut).date(), type="date", largeur=12),
    ColonneExport("N°", str, largeur=6),
    ColonneExport("Décision", "texte", largeur=70),
    ColonneExport("Type", "get_type_display", largeur=14),
    ColonneExport("Portée par", lambda d: str(d.responsable or d.structure or ""), largeur=30),
    ColonneExport("Pour le", "echeance", type="date", largeur=12),
    ColonneExport("État", "get_etat_display", largeur=14),
    ColonneExport("Ce qui a été fait", "preuve", largeur=60),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)
