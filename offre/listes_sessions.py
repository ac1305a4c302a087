"""The list of sessions: filters read from dates and places, order, page, figures at its head, export."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from offre.models import EtatSession, OffreInsertion, Session
from offre.regles.sessions import ANNULEE, CLOSE, COMPLETE, OUVERTE, PASSEE, PREPAREE, situation
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreAnnee, FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.structures.models import Structure
from pdi.territoires.lecture import territoires_du_departement
from pdi.territoires.models import CommuneTerritoire

TRIS = {
    "proche": ("passee", "debut", "pk"),  # what is over comes last
    "debut": ("debut", "pk"),
    "offre": ("offre__ordre", "debut", "pk"),
    "libres": ("restantes", "pk"),
    "attente": ("en_attente", "pk"),
}
PERIODES = (("a_venir", "À venir"), ("en_cours", "En cours"), ("passees", "Passées"))


def de_periode(valeur: str) -> Q:
    """Return the condition of a period; a permanent entry goes on for ever."""
    jour = timezone.localdate()
    return {
        "a_venir": Q(debut__gt=jour),
        "en_cours": Q(debut__lte=jour) & (Q(fin__isnull=True) | Q(fin__gte=jour)),
        "passees": Q(fin__lt=jour),
    }[valeur]


def de_situation(valeur: str) -> Q:
    """Return the condition of a word of `situation`, the same for a whole list."""
    jour = timezone.localdate()
    vivante = Q(fin__isnull=True) | Q(fin__gte=jour)
    limite = Q(inscription_jusqu_au__isnull=True) | Q(inscription_jusqu_au__gte=jour)
    ouverte, pleine = Q(etat=EtatSession.OUVERTE) & vivante & limite, Q(prises__gte=F("capacite"))
    return {
        OUVERTE.code: ouverte & ~pleine,
        COMPLETE.code: ouverte & pleine,
        CLOSE.code: vivante & (Q(etat=EtatSession.FERMEE) | Q(etat=EtatSession.OUVERTE) & ~limite),
        PREPAREE.code: vivante & Q(etat=EtatSession.PREPAREE),
        PASSEE.code: ~Q(etat=EtatSession.ANNULEE) & Q(fin__lt=jour),
        ANNULEE.code: Q(etat=EtatSession.ANNULEE),
    }[valeur]


def de_l_annee(valeur: str) -> Q:
    """Return « has a day at least in that year »."""
    debut = datetime.date(int(valeur), 1, 1)
    return Q(debut__lt=debut.replace(year=debut.year + 1)) & (Q(fin__isnull=True) | Q(fin__gte=debut))


def de_territoire(valeur: str) -> Q:
    """Return « takes place there »."""
    jour = timezone.localdate()
    la = CommuneTerritoire.objects.filter(
        commune=OuterRef("lieu__commune"), territoire=int(valeur), validite__contains=jour
    )
    return Q(Exists(la))


class FiltresSessions(Filtres):
    """Filters of the list."""

    mot = FiltreTexte(
        "Mot de l’offre, de la session, du lieu ou de l’opérateur", large=True,
        champs=(
            "offre__numero", "offre__intitule", "intitule", "lieu__nom", "lieu__commune__nom", "operateur__nom",
            "operateur__sigle",
        ),
    )  # fmt: skip
    periode = FiltreChoix("Période", q=de_periode, choix=PERIODES, vide="Toutes")
    situation = FiltreChoix(
        "État", q=de_situation,
        choix=[(s.code, s.libelle) for s in (OUVERTE, COMPLETE, CLOSE, PREPAREE, PASSEE, ANNULEE)],
    )  # fmt: skip
    annee = FiltreAnnee("Année", q=de_l_annee, vide="Toutes")
    offre = FiltreChoix("Offre", champ="offre_id", vide="Toutes")
    operateur = FiltreChoix("Opérateur", champ="operateur_id")
    territoire = FiltreChoix("Territoire", q=de_territoire)
    attente = FiltreBooleen("Avec une liste d’attente", si_vrai=Q(en_attente__gt=0))


class ListeSessions:
    """The sessions one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        sienne = Session.objects.filter(operateur=OuterRef("pk"))
        offres = OffreInsertion.objects.filter(Exists(self.visibles.filter(offre=OuterRef("pk"))))
        operateurs = Structure.objects.filter(Exists(sienne)).order_by("nom")
        self.filtres = FiltresSessions(
            get,
            choix={
                "annee": [(str(a), str(a)) for a in range(jour.year + 1, jour.year - 5, -1)],
                "offre": [(o.pk, str(o)) for o in offres.only("numero", "intitule").order_by("ordre")],
                "operateur": [(s.pk, str(s)) for s in operateurs],
                "territoire": [(t.pk, t.nom) for t in territoires_du_departement()],
            },
        )
        self.tri = Tri.lire(get, TRIS, defaut="-debut" if get.get("periode") == "passees" else "proche")

    @property
    def visibles(self) -> QuerySet[Session]:
        """Return every session the reader may see."""
        return Session.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[Session]:
        """Return the rows of the filter with what they show, in the same query."""
        passee = Case(When(fin__lt=self.jour, then=Value(1)), default=Value(0), output_field=IntegerField())
        return (
            self.filtres.appliquer(self.visibles)
            .select_related("offre", "operateur", "lieu__commune")
            .annotate(restantes=F("capacite") - F("prises"), passee=passee)
        )

    @cached_property
    def page(self) -> PageParCle[Session]:
        """Return one page, each row with its `situation`."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        for session in page.objets:
            session.situation = situation(session, self.jour)  # type: ignore[attr-defined]
        return page

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return how many are open with places, full, to open, going on (one query)."""
        return self.visibles.aggregate(
            ouvertes=Count("pk", filter=de_situation(OUVERTE.code)),
            completes=Count("pk", filter=de_situation(COMPLETE.code)),
            attente=Count("pk", filter=Q(en_attente__gt=0) & ~Q(etat=EtatSession.ANNULEE)),
            en_cours=Count("pk", filter=de_periode("en_cours") & Q(etat__in=["ouverte", "fermee"])),
        )


COLONNES_EXPORT = (
    ColonneExport("Offre", "offre.intitule", largeur=40),
    ColonneExport("N° de l’offre", "offre.numero", largeur=10),
    ColonneExport("Session", str, largeur=34),
    ColonneExport("Opérateur", lambda s: str(s.operateur or ""), largeur=34),
    ColonneExport("Début", "debut", type="date", largeur=12),
    ColonneExport("Fin", "fin", type="date", largeur=12),
    ColonneExport("Inscriptions jusqu’au", "inscription_jusqu_au", type="date", largeur=14),
    ColonneExport("Lieu", lambda s: str(s.lieu or ""), largeur=34),
    ColonneExport("État", lambda s: situation(s, timezone.localdate()).libelle, largeur=28),
    ColonneExport("Unité", "get_unite_display", largeur=10),
    ColonneExport("Capacité", "capacite", type="nombre", largeur=10),
    ColonneExport("Prises", "prises", type="nombre", largeur=10),
    ColonneExport("Libres", "libres", type="nombre", largeur=10),
    ColonneExport("En attente", "en_attente", type="nombre", largeur=10),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)
