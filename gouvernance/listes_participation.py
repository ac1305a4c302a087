"""Lists of participation: proposals, members of groups, trainings; filters, order, page, export."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from gouvernance.droits_instances import nom_du_membre
from gouvernance.models import (
    EtatProposition,
    FormationMembres,
    Instance,
    Membre,
    Proposition,
    ThemeFormation,
)
from gouvernance.querysets_participation import A_SUIVRE, EN_ATTENTE, PropositionQuerySet
from gouvernance.regles.participation import NATURES_PARTICIPATION, RENOUVELLEMENT, TONS_PROPOSITION, a_renouveler
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreAnnee, FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.formats import dernier_jour
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri

TRIS_PROPOSITIONS = {"deposee": ("deposee_le", "pk"), "etat": ("etat", "-deposee_le", "pk"), "titre": ("titre", "pk")}
TRIS_MEMBRES = {"instance": ("instance__nom", "pk"), "fin": ("mandat__endswith", "pk")}
TRIS_FORMATIONS = {"jour": ("jour", "pk"), "instance": ("instance__nom", "jour", "pk")}
ANNEES = 6


def annees(jour: datetime.date) -> list[tuple[int, str]]:
    """Return the years one may choose."""
    return [(a, str(a)) for a in range(jour.year + 1, jour.year - ANNEES, -1)]


def d_avancement(valeur: str) -> Q:
    """Return « waiting for its outcome », « to follow », « answered »."""
    return {
        "attente": Q(etat__in=EN_ATTENTE),
        "suivre": Q(etat__in=A_SUIVRE),
        "repondues": ~Q(etat__in=EN_ATTENTE),
        "suivies": Q(etat__in=["retenue", "realisee"]),
    }[valeur]


def d_origine(valeur: str) -> Q:
    """Return « a group », « a territorial dialogue »."""
    return Q(dialogue__isnull=False) if valeur == "dialogue" else Q(dialogue__isnull=True)


class FiltresPropositions(Filtres):
    """Filters of the list of proposals."""

    mot = FiltreTexte("Mot de la proposition ou de sa suite", champs=("titre", "texte", "suite"), large=True)
    avancement = FiltreChoix(
        "Avancement", q=d_avancement, vide="Toutes",
        choix=[("attente", "Sans suite encore"), ("suivre", "À suivre"), ("repondues", "Avec une suite"),
               ("suivies", "Retenues ou mises en œuvre")],
    )  # fmt: skip
    etat = FiltreChoix("État", champ="etat", choix=EtatProposition.choices)
    instance = FiltreChoix("Instance", champ="instance_id", vide="Toutes")
    origine = FiltreChoix(
        "Origine", q=d_origine, vide="Toutes", choix=[("groupe", "Un groupe"), ("dialogue", "Un dialogue territorial")]
    )
    territoire = FiltreChoix("Territoire", champ="dialogue__territoire_id")
    annee = FiltreAnnee("Année", champ="deposee_le__year")
    miennes = FiltreBooleen("Des instances que je tiens", si_vrai=Q())


class ListePropositions:
    """The proposals one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        siennes = Instance.objects.filter(propositions__in=self.visibles).distinct().select_related("territoire")
        territoires = self.visibles.filter(dialogue__isnull=False).order_by("dialogue__territoire__nom")
        self.filtres = FiltresPropositions(
            get,
            choix={
                "instance": [(i.pk, str(i)) for i in siennes.order_by("nom")],
                "territoire": list(
                    territoires.values_list("dialogue__territoire", "dialogue__territoire__nom").distinct()
                ),
                "annee": annees(jour),
            },
        )
        self.tri = Tri.lire(get, TRIS_PROPOSITIONS, defaut="-deposee")

    @property
    def visibles(self) -> PropositionQuerySet:
        """Return every proposal the reader may see."""
        return Proposition.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[Proposition]:
        """Return the rows of the filter."""
        liens = ("instance__territoire", "dialogue__territoire", "decision", "fiche")
        base = self.visibles
        if self.get.get("miennes"):
            base = base.tenues_par(self.utilisateur)
        return self.filtres.appliquer(base).select_related(*liens)

    @cached_property
    def page(self) -> PageParCle[Proposition]:
        """Return one page, each row with the tone of its state."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        teinter(page.objets)
        return page

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return the figures of the head (one query)."""
        return self.visibles.aggregate(
            attente=Count("pk", filter=d_avancement("attente")), suivies=Count("pk", filter=d_avancement("suivies")),
            ecartees=Count("pk", filter=Q(etat="ecartee")), total=Count("pk"),
        )  # fmt: skip


def teinter(propositions: Any) -> Any:
    """Give each proposal the tone and the icon of its state."""
    for p in propositions:
        p.ton, p.icone = TONS_PROPOSITION[EtatProposition(p.etat)]
    return propositions


COLONNES_PROPOSITIONS = (
    ColonneExport("Instance", lambda p: str(p.instance), largeur=40),
    ColonneExport("Territoire", lambda p: str(p.dialogue.territoire) if p.dialogue else "", largeur=20),
    ColonneExport("N°", "numero", largeur=6),
    ColonneExport("Déposée le", "deposee_le", type="date", largeur=12),
    ColonneExport("Proposition", "titre", largeur=60),
    ColonneExport("Explication", "texte", largeur=60),
    ColonneExport("État", "get_etat_display", largeur=14),
    ColonneExport("Suite donnée", "suite", largeur=60),
    ColonneExport("Décision", lambda p: p.decision.texte if p.decision else "", largeur=50),
    ColonneExport("Fiche-action", lambda p: str(p.fiche or ""), largeur=40),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)


# -- members of groups ------------------------------------------------------------------------


def de_mandat(valeur: str) -> Q:
    """Return « in office », « to renew within six months », « ended »."""
    jour = timezone.localdate()
    return {
        "fonction": Q(mandat__contains=jour),
        "renouveler": Q(mandat__contains=jour, mandat__endswith__lte=jour + RENOUVELLEMENT),
        "fini": Q(mandat__endswith__lte=jour),
    }[valeur]


class FiltresMembres(Filtres):
    """Filters of the list of members of groups."""

    mandat = FiltreChoix(
        "Mandat", q=de_mandat, vide="Tous",
        choix=[("fonction", "En fonction"), ("renouveler", "À renouveler dans les six mois"), ("fini", "Finis")],
    )  # fmt: skip
    instance = FiltreChoix("Instance", champ="instance_id", vide="Toutes")


class ListeMembres:
    """The members of groups, deputies left out; a beneficiary's name is for who keeps the group."""

    def __init__(self, utilisateur: Any, get: Any) -> None:
        """Read the query string."""
        self.utilisateur, self.get = utilisateur, get
        self.groupes = {
            i.pk: i
            for i in Instance.objects.visibles_par(utilisateur)
            .filter(nature__in=NATURES_PARTICIPATION, reference=False)
            .select_related("territoire")
        }
        self.filtres = FiltresMembres(
            get, choix={"instance": [(pk, str(i)) for pk, i in sorted(self.groupes.items(), key=lambda e: e[1].nom)]}
        )
        self.tri = Tri.lire(get, TRIS_MEMBRES, defaut="instance")

    @cached_property
    def _tenues(self) -> set[int]:
        tenues = Instance.objects.tenues_par(self.utilisateur).filter(pk__in=self.groupes)
        return set(tenues.values_list("pk", flat=True))

    @property
    def decorees(self) -> QuerySet[Membre]:
        """Return the rows of the filter."""
        siens = Membre.objects.filter(instance__in=self.groupes, suppleant_de=None)
        formations = Count("formations", distinct=True)
        lus = self.filtres.appliquer(siens).select_related("instance__territoire", "compte", "structure")
        return lus.annotate(nb_formations=formations)

    @cached_property
    def page(self) -> PageParCle[Membre]:
        """Return one page, each row as the reader may know it."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        jour = timezone.localdate()
        for m in page.objets:
            ligne: Any = m
            ligne.dit = nom_du_membre(m, tenue=m.instance_id in self._tenues)
            ligne.dernier_jour = dernier_jour(m.mandat)
            ligne.a_renouveler = a_renouveler(m.mandat.upper, jour)
            ligne.fini = m.mandat.upper is not None and m.mandat.upper <= jour
            ligne.tenu = m.instance_id in self._tenues
        return page


# -- trainings --------------------------------------------------------------------------------


class FiltresFormations(Filtres):
    """Filters of the list of trainings."""

    mot = FiltreTexte("Mot de l’intitulé ou du formateur", champs=("intitule", "organisme"), large=True)
    theme = FiltreChoix("Thème", champ="theme", choix=ThemeFormation.choices)
    instance = FiltreChoix("Instance", champ="instance_id", vide="Toutes")
    annee = FiltreAnnee("Année", champ="jour__year")


class ListeFormations:
    """The trainings of members one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string."""
        self.utilisateur, self.get = utilisateur, get
        siennes = Instance.objects.filter(formations__in=self.visibles).distinct().select_related("territoire")
        self.filtres = FiltresFormations(
            get, choix={"instance": [(i.pk, str(i)) for i in siennes.order_by("nom")], "annee": annees(jour)}
        )
        self.tri = Tri.lire(get, TRIS_FORMATIONS, defaut="-jour")

    @property
    def visibles(self) -> QuerySet[FormationMembres]:
        """Return every training the reader may see."""
        return FormationMembres.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[FormationMembres]:
        """Return the rows of the filter, with how many were trained."""
        lues = self.filtres.appliquer(self.visibles).select_related("instance__territoire")
        return lues.annotate(formes=Count("participants", distinct=True))

    @cached_property
    def page(self) -> PageParCle[FormationMembres]:
        """Return one page, each row with whether the reader keeps its body."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        tenues = set(Instance.objects.tenues_par(self.utilisateur).values_list("pk", flat=True))
        for f in page.objets:
            ligne: Any = f
            ligne.tenue = f.instance_id in tenues
        return page


COLONNES_FORMATIONS = (
    ColonneExport("Instance", lambda f: str(f.instance), largeur=40),
    ColonneExport("Jour", "jour", type="date", largeur=12),
    ColonneExport("Intitulé", "intitule", largeur=50),
    ColonneExport("Thème", "get_theme_display", largeur=30),
    ColonneExport("Durée (heures)", "heures", type="nombre", largeur=10),
    ColonneExport("Formateur", "organisme", largeur=30),
    ColonneExport("Membres formés", "formes", type="nombre", largeur=10),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)
COLONNES_PARTICIPATION = (
    ColonneExport("Instance", "nom", largeur=50),
    ColonneExport("Nature", "nature", largeur=26),
    ColonneExport("Groupe de participation", "groupe", largeur=12),
    ColonneExport("Membres en fonction", "membres", type="nombre", largeur=12),
    ColonneExport("Mandats à renouveler", "a_renouveler", type="nombre", largeur=12),
    ColonneExport("Séances dues", "dues", type="nombre", largeur=10),
    ColonneExport("Séances tenues", "tenues", type="nombre", largeur=10),
    ColonneExport("Convocations", "convocations", type="nombre", largeur=12),
    ColonneExport("Présences ou représentations", "presences", type="nombre", largeur=14),
    ColonneExport("Assiduité", "assiduite", type="pourcentage", largeur=10),
    ColonneExport("Membres venus au moins une fois", "venus", type="nombre", largeur=14),
    ColonneExport("Participation", "participation", type="pourcentage", largeur=12),
    ColonneExport("Formations", "formations", type="nombre", largeur=10),
    ColonneExport("Membres formés", "formes", type="nombre", largeur=10),
    ColonneExport("Propositions", "propositions", type="nombre", largeur=10),
)
