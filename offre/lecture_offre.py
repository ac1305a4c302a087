"""What the page of an offer shows: the sheet, what is left, next sessions, its history, what may be done."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from actions.models import FicheAction
from offre.droits_fiches import (
    est_du_service,
    peut_changer_offre,
    peut_modifier_offre,
    peut_tenir_fiche,
    voit_cout,
)
from offre.echanges.qualite import FicheJugee, juger
from offre.models import (
    CapaciteOffre,
    EtatOffre,
    EtatProposition,
    LieuOffre,
    OffreInsertion,
    PropositionOffre,
    Session,
    TransitionOffre,
    TypeAdmis,
)
from offre.regles.fiches import FRAICHE_JOURS, Completude, Fraicheur, completude, fraicheur
from offre.regles.publics import PublicVise
from offre.versions import contenu_de
from pdi.socle.composants import Evenement
from pdi.socle.droits import Verdict
from pdi.socle.formats import nombre
from pdi.socle.tri import Colonne

SESSIONS_MONTREES = 6
TONS: dict[str, tuple[str, str]] = {
    EtatOffre.BROUILLON: ("neutre", "pencil"),
    EtatOffre.EN_RELECTURE: ("info", "eye"),
    EtatOffre.PUBLIEE: ("bon", "check-circle"),
    EtatOffre.SUSPENDUE: ("veille", "pause-circle-fill"),
    EtatOffre.ARCHIVEE: ("neutre", "archive-fill"),
}


def offre_lisible(utilisateur: Any) -> QuerySet[OffreInsertion]:
    """Return the offers the user may read, with what their page shows."""
    fiches = FicheAction.objects.visibles_par(utilisateur).select_related("programme")
    return OffreInsertion.objects.visibles_par(utilisateur).prefetch_related(
        "operateurs", "freins", Prefetch("fiches", queryset=fiches),
        Prefetch("lieux", queryset=LieuOffre.objects.select_related("commune")),
        Prefetch("capacites", queryset=CapaciteOffre.objects.select_related("territoire")),
    )  # fmt: skip


@dataclass(frozen=True)
class LigneCapacite:
    """A capacity of a year and what its sessions have taken of it."""

    capacite: CapaciteOffre
    prises: Decimal

    @property
    def restent(self) -> Decimal:
        """Return what is left, never negative."""
        return max(self.capacite.quantite - self.prises, Decimal(0))


@dataclass(frozen=True)
class Geste:
    """A change of state offered on the page; `commentaire` leads to a page that asks why."""

    verbe: str
    libelle: str
    icone: str
    commentaire: bool = False


GESTES = (
    Geste("soumettre_offre", "Envoyer en relecture", "send"),
    Geste("publier_offre", "Publier", "check-lg"),
    Geste("reprendre_offre", "Reprendre pour corriger", "arrow-return-left"),
    Geste("renvoyer_offre", "Renvoyer pour correction", "arrow-return-left", commentaire=True),
    Geste("suspendre_offre", "Suspendre", "pause-circle-fill", commentaire=True),
    Geste("archiver_offre", "Archiver", "archive-fill", commentaire=True),
    Geste("desarchiver_offre", "Reprendre de l’archive", "arrow-counterclockwise"),
)


class LectureOffre:
    """One sheet for one reader."""

    def __init__(self, offre: OffreInsertion, utilisateur: Any, jour: datetime.date) -> None:
        """Keep the sheet, read by `offre_lisible`."""
        self.offre, self.utilisateur, self.jour = offre, utilisateur, jour

    @cached_property
    def contenu(self) -> dict[str, Any]:
        """Return its content; no query."""
        return contenu_de(self.offre)

    @property
    def completude(self) -> Completude:
        """Return what is missing."""
        return completude(self.contenu)

    @property
    def fraicheur(self) -> Fraicheur:
        """Return how fresh it is."""
        return fraicheur(self.offre.confirmee_le, self.jour)

    @cached_property
    def qualite(self) -> FicheJugee | None:
        """Return its quality in data·inclusion, for those who keep a published sheet (two queries)."""
        return juger(self.offre) if self.tient and self.offre.etat == EtatOffre.PUBLIEE else None

    @property
    def dire_completude(self) -> str:
        """Return « complète », or how much of it is written."""
        lue = self.completude
        return "Fiche complète" if not lue.manques else f"Complète à {lue.pourcentage}\u00a0%"

    @property
    def publics(self) -> list[str]:
        """Return the publics aimed at, in words."""
        return [str(PublicVise(code).label) for code in self.offre.publics_vises]

    @property
    def orientations(self) -> list[str]:
        """Return the orientation types admitted, in words."""
        return [str(TypeAdmis(code).label) for code in self.offre.types_orientation]

    @property
    def duree(self) -> str:
        """Return the structured duration in words: months, hours, hours a week."""
        o = self.offre
        bornes = [nombre(m) for m in dict.fromkeys((o.duree_min_mois, o.duree_max_mois)) if m is not None]
        morceaux = [f"{' à '.join(bornes)} mois" if bornes else ""]
        morceaux += [f"{nombre(o.heures)}\u00a0h en tout" if o.heures else ""]
        morceaux += [f"{nombre(o.heures_hebdo)}\u00a0h par semaine" if o.heures_hebdo else ""]
        return ", ".join(m for m in morceaux if m)

    @property
    def cout_visible(self) -> bool:
        """Tell whether the cost is shown."""
        return self.offre.cout is not None and voit_cout(self.utilisateur, self.offre)

    @cached_property
    def sessions(self) -> list[Session]:
        """Return the sessions to come or running (one query)."""
        visibles = Session.objects.visibles_par(self.utilisateur).exclude(etat="annulee")
        a_venir = visibles.filter(offre=self.offre).filter(Q(fin__isnull=True) | Q(fin__gte=self.jour))
        return list(a_venir.select_related("lieu__commune").order_by("debut", "pk")[: SESSIONS_MONTREES + 1])

    @property
    def sessions_montrees(self) -> list[Session]:
        """Return the first of them."""
        return self.sessions[:SESSIONS_MONTREES]

    @property
    def sessions_de_plus(self) -> bool:
        """Return whether there are others, later."""
        return len(self.sessions) > SESSIONS_MONTREES

    colonnes_capacites = (
        Colonne("Année"), Colonne("Territoire"), Colonne("Capacité", nb=True), Colonne("Prises", nb=True),
        Colonne("Restent", nb=True),
    )  # fmt: skip

    @cached_property
    def capacites(self) -> list[LigneCapacite]:
        """Return the capacities of this year and after, with what the sessions that begin in it have taken."""
        lues = [c for c in self.offre.capacites.all() if c.annee >= self.jour.year]
        if not lues:
            return []
        ici = Q(lieu__commune__rattachements__validite__contains=self.jour)
        sessions = Session.objects.filter(offre=self.offre, debut__year__gte=self.jour.year).exclude(etat="annulee")
        par_annee = {
            (annee, unite): prises
            for annee, unite, prises in sessions.order_by()
            .values_list("debut__year", "unite")
            .annotate(n=Sum("prises"))
        }
        par_territoire: dict[tuple[int, str, int | None], Decimal] = {
            (annee, unite, territoire): prises
            for annee, unite, territoire, prises in sessions.filter(ici)
            .order_by()
            .values_list("debut__year", "unite", "lieu__commune__rattachements__territoire")
            .annotate(n=Sum("prises"))
        }
        return [
            LigneCapacite(
                c,
                (
                    par_territoire.get((c.annee, c.unite, c.territoire_id))
                    if c.territoire_id
                    else par_annee.get((c.annee, c.unite))
                )
                or Decimal(0),
            )
            for c in lues
        ]

    # -- what may be done ------------------------------------------------------------------------

    @cached_property
    def tient(self) -> bool:
        """Return whether the reader keeps this sheet."""
        return bool(peut_tenir_fiche(self.utilisateur, self.offre))

    @property
    def modifier(self) -> Verdict:
        """Tell whether the form opens."""
        return peut_modifier_offre(self.utilisateur, self.offre)

    @cached_property
    def gestes(self) -> list[Geste]:
        """Return the changes of state the reader may ask for."""
        return [g for g in GESTES if peut_changer_offre(self.utilisateur, self.offre, g.verbe)] if self.tient else []

    @cached_property
    def proposition(self) -> PropositionOffre | None:
        """Return the change that is open, for who keeps the sheet (one query)."""
        if not self.tient:
            return None
        return PropositionOffre.objects.filter(offre=self.offre).ouvertes().select_related("par").first()

    @property
    def a_proposer(self) -> bool:
        """Return whether changing goes through a proposal for this reader."""
        publiee = self.offre.etat in (EtatOffre.PUBLIEE, EtatOffre.SUSPENDUE)
        return self.tient and publiee and not est_du_service(self.utilisateur)

    @cached_property
    def versions(self) -> list[Any]:
        """Return the published versions, newest first, for who keeps the sheet (one query)."""
        return list(self.offre.versions.select_related("par").defer("contenu")) if self.tient else []

    @cached_property
    def histoire(self) -> list[Evenement]:
        """Return the changes of state, newest first, for who keeps the sheet (one query)."""
        if not self.tient:
            return []
        lignes = TransitionOffre.objects.filter(offre=self.offre).select_related("par")
        return [
            Evenement(
                le=ligne.jour,
                titre=str(EtatOffre(ligne.vers).label),
                texte=" – ".join(filter(None, [str(ligne.par or ""), ligne.commentaire])),
                ton=TONS[ligne.vers][0],
                icone=TONS[ligne.vers][1],
            )
            for ligne in lignes
        ]

    @property
    def contexte(self) -> dict[str, Any]:
        """Return what the template reads."""
        ton, icone = TONS[self.offre.etat]
        return {
            "offre": self.offre, "lu": self, "ton": ton, "icone": icone, "completude": self.completude,
            "fraicheur": self.fraicheur, "jour": self.jour,
        }  # fmt: skip


# -- the sheets one keeps ----------------------------------------------------------------------------


def fiches_a_tenir(utilisateur: Any) -> QuerySet[OffreInsertion]:
    """Return the sheets the user keeps, with the state of the change that is open."""
    ouvertes = PropositionOffre.objects.ouvertes().select_related("par")
    return (
        OffreInsertion.objects.a_tenir_par(utilisateur)
        .select_related("modifiee_par")
        .prefetch_related(
            "operateurs", "freins", "fiches", "lieux__commune", "capacites__territoire",
            Prefetch("propositions", queryset=ouvertes, to_attr="proposees"),
        )
    )  # fmt: skip


def comptes_a_tenir(utilisateur: Any, jour: datetime.date) -> dict[str, int]:
    """Return how many wait: to review, to correct, to confirm (one query)."""
    limite = jour - datetime.timedelta(days=FRAICHE_JOURS)
    return OffreInsertion.objects.a_tenir_par(utilisateur).aggregate(
        a_relire=Count("pk", filter=Q(etat="en_relecture") | Q(propositions__etat="soumise"), distinct=True),
        a_corriger=Count(
            "pk",
            filter=(Q(etat="brouillon") & ~Q(motif_renvoi="")) | Q(propositions__etat=EtatProposition.A_CORRIGER),
            distinct=True,
        ),
        a_confirmer=Count(
            "pk", filter=Q(etat="publiee") & (Q(confirmee_le__isnull=True) | Q(confirmee_le__lte=limite)), distinct=True
        ),
        brouillons=Count("pk", filter=Q(etat="brouillon"), distinct=True),
    )


def sans_reserves(utilisateur: Any, offre: OffreInsertion) -> tuple[str, ...]:
    """Return the keys of the content that this reader does not see."""
    return () if voit_cout(utilisateur, offre) else ("cout",)
