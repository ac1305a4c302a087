"""The lists of avenants and of proposals of change: filters, order, page, export."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from actions.models import Programme
from gouvernance.models import CREATION, Avenant, EtatAvenant, EtatModification, ModificationFiche, OrigineModification
from gouvernance.models.avenant import CHOIX_RUBRIQUES
from gouvernance.regles.avenants import TONS_AVENANT, TONS_MODIFICATION
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri

TRIS_AVENANTS = {"numero": ("numero", "pk"), "effet": ("effet", "pk"), "etat": ("etat", "numero", "pk")}
TRIS_MODIFICATIONS = {
    "fiche": ("rang", "champ", "pk"),
    "date": ("cree_le", "pk"),
    "etat": ("etat", "cree_le", "pk"),
}


NOUVELLES = Value(32_767)  # the fiches that do not exist yet come after the others


class FiltresAvenants(Filtres):
    """Filters of the list of avenants."""

    mot = FiltreTexte("Mot de l’intitulé ou de l’exposé", champs=("intitule", "expose", "deliberation"), large=True)
    etat = FiltreChoix("État", champ="etat", choix=EtatAvenant.choices)
    programme = FiltreChoix("Programme", champ="programme_id", vide="Tous")


class ListeAvenants:
    """The avenants one reader may see."""

    def __init__(self, utilisateur: Any, get: Any) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur = utilisateur
        programmes = Programme.objects.filter(avenants__in=self.visibles).distinct()
        self.filtres = FiltresAvenants(get, choix={"programme": [(p.pk, str(p)) for p in programmes]})
        self.tri = Tri.lire(get, TRIS_AVENANTS, defaut="-numero")
        self.curseur = get.get("curseur")

    @property
    def visibles(self) -> QuerySet[Avenant]:
        """Return every avenant the reader may see."""
        return Avenant.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[Avenant]:
        """Return the rows of the filter with `nombre` and `nombre_fiches`."""
        return (
            self.filtres.appliquer(self.visibles)
            .select_related("programme")
            .annotate(
                nombre=Count("modifications", filter=~Q(modifications__champ=CREATION)),
                nombre_fiches=Count("modifications__fiche", filter=~Q(modifications__champ=CREATION), distinct=True),
                nombre_creees=Count("modifications", filter=Q(modifications__champ=CREATION)),
            )
        )

    @cached_property
    def page(self) -> PageParCle[Avenant]:
        """Return one page, each row with the tone of its state."""
        page = PageParCle(self.decorees, self.tri.cles, self.curseur)
        for a in page.objets:
            ligne: Any = a
            ligne.ton, ligne.icone = TONS_AVENANT[EtatAvenant(a.etat)]
        return page

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return the figures of the head (one query)."""
        return self.visibles.aggregate(
            preparation=Count("pk", filter=Q(etat="preparation")),
            propose=Count("pk", filter=Q(etat="propose")),
            vote=Count("pk", filter=Q(etat="vote")),
        )


class FiltresModifications(Filtres):
    """Filters of the list of proposals."""

    mot = FiltreTexte("Mot du texte ou du motif", champs=("apres", "motif", "avant"), large=True)
    etat = FiltreChoix("État", champ="etat", choix=EtatModification.choices)
    champ = FiltreChoix("Rubrique", champ="champ", choix=CHOIX_RUBRIQUES, vide="Toutes")
    origine = FiltreChoix("Origine", champ="origine", choix=OrigineModification.choices, vide="Toutes")
    fiche = FiltreChoix("Fiche", champ="fiche_id", vide="Toutes")


class ListeModifications:
    """The proposals one reader may see."""

    def __init__(self, utilisateur: Any, get: Any) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur = utilisateur
        fiches = (
            self.visibles.exclude(fiche=None)
            .order_by("fiche__ordre")
            .values_list("fiche_id", "fiche__numero", "fiche__intitule")
        )
        self.filtres = FiltresModifications(
            get, choix={"fiche": [(pk, f"{numero} {nom}") for pk, numero, nom in dict.fromkeys(fiches)]}
        )
        self.tri = Tri.lire(get, TRIS_MODIFICATIONS, defaut="-date")
        self.curseur = get.get("curseur")

    @property
    def visibles(self) -> QuerySet[ModificationFiche]:
        """Return every proposal the reader may see."""
        return ModificationFiche.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[ModificationFiche]:
        """Return the rows of the filter."""
        lues = self.filtres.appliquer(self.visibles).annotate(rang=Coalesce("fiche__ordre", NOUVELLES))
        return lues.select_related("fiche__programme", "programme", "avenant", "par")

    @cached_property
    def page(self) -> PageParCle[ModificationFiche]:
        """Return one page, each row with the tone of its state."""
        page = PageParCle(self.decorees, self.tri.cles, self.curseur)
        for m in page.objets:
            ligne: Any = m
            ligne.ton, ligne.icone = TONS_MODIFICATION[EtatModification(m.etat)]
        return page


EXPORT_AVENANTS = (
    ColonneExport("Programme", lambda a: str(a.programme), largeur=40),
    ColonneExport("N°", "numero", largeur=6),
    ColonneExport("Intitulé", "intitule", largeur=60),
    ColonneExport("État", "get_etat_display", largeur=16),
    ColonneExport("Délibération", "deliberation", largeur=18),
    ColonneExport("Voté le", "vote_le", type="date", largeur=12),
    ColonneExport("Date d’effet", "effet", type="date", largeur=12),
    ColonneExport("Modifications", "nombre", type="nombre", largeur=12),
    ColonneExport("Nouvelles fiches", "nombre_creees", type="nombre", largeur=12),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)
EXPORT_MODIFICATIONS = (
    ColonneExport("Fiche", "numero", largeur=8),
    ColonneExport("Intitulé", "intitule", largeur=40),
    ColonneExport("Rubrique", "get_champ_display", largeur=30),
    ColonneExport("Texte actuel", "avant", largeur=60),
    ColonneExport("Texte proposé", "apres", largeur=60),
    ColonneExport("Motif", "motif", largeur=60),
    ColonneExport("Origine", "get_origine_display", largeur=24),
    ColonneExport("Proposée le", lambda m: timezone.localtime(m.cree_le).date(), type="date", largeur=12),
    ColonneExport("Par", lambda m: str(m.par), largeur=24),
    ColonneExport("État", "get_etat_display", largeur=16),
    ColonneExport("Avenant", lambda m: str(m.avenant or ""), largeur=16),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)
