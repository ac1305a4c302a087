"""The list of EP files: what waits and since when, filters, order, page, export."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, ExtractYear, Greatest, Length, LPad, Now, TruncDate
from django.utils import timezone

from gouvernance.droits_ep import equipes
from gouvernance.models import DossierEP, EtatDossierEP, EtatSeance, Instance, Seance, ThemeEP
from gouvernance.operations.ep import A_PREPARER
from gouvernance.querysets_ep import a_repondu
from gouvernance.regles.ep import THEMES_DE_SANCTION, TONS_EP
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.territoires.lecture import territoires_du_departement

TRIS = {
    "attendu": ("attendu_le", "pk"),
    "faits": ("faits_le", "pk"),
    "theme": ("theme", "pk"),
    "etat": ("etat", "attendu_le", "pk"),
}
# The département's own times to move a file on, in days: no text sets them.
INSTRUIRE, DECIDER, NOTIFIER = 30, 30, 15


def _plus(champ: str, jours: int) -> Any:
    suite = ExpressionWrapper(Cast(champ, DateField()) + datetime.timedelta(days=jours), output_field=DateTimeField())
    return Cast(suite, DateField())  # PostgreSQL gives a moment


def attendu(jour: datetime.date) -> Case:
    """Return the day the next step is due: the end of a legal delay, the meeting, or the département's own time."""
    delai_passe = {"etat": "contradictoire", "observations_jusqu_au__lt": jour}
    return Case(
        When(etat="soumis", then=_plus("soumis_le", INSTRUIRE)),
        When(**delai_passe, then=_plus("observations_jusqu_au", INSTRUIRE)),
        When(etat="contradictoire", then=F("observations_jusqu_au")),
        When(etat="inscrit", then=TruncDate("seance__debut")),
        When(etat="examine", then=_plus("avis__rendu_le", DECIDER)),
        When(etat="decide", then=_plus("decision__decidee_le", NOTIFIER)),
        default=Value(None),
        output_field=DateField(),
    )


def prets(jour: datetime.date) -> Q:
    """Return the files that may be put on a meeting held on `jour`."""
    sanction = Q(theme__in=THEMES_DE_SANCTION)
    entendu = Q(observations_jusqu_au__lt=jour) | Q(a_repondu())
    return (Q(etat="soumis") & ~sanction) | (Q(etat="contradictoire") & entendu)


def de_file(valeur: str) -> Q:
    """Return a queue: what somebody has to do now."""
    jour = timezone.localdate()
    return {
        "a_instruire": Q(etat="soumis", theme__in=THEMES_DE_SANCTION),
        "contradictoire": Q(etat="contradictoire", observations_jusqu_au__gte=jour) & ~Q(a_repondu()),
        "prets": prets(jour),
        "a_decider": Q(etat="examine"),
        "a_notifier": Q(etat="decide"),
        "a_orienter": Q(
            decision__sens="reorienter", decision__orientation=None, etat__in=["decide", "notifie", "recours"]
        ),
        "a_clore": Q(etat="notifie", decision__recours_jusqu_au__lt=jour)
        & (Q(decision__fin=None) | Q(decision__fin__lte=jour) | Q(decision__levee_le__isnull=False))
        & ~Q(decision__sens="reorienter", decision__orientation=None),
        "sanctions": Q(decision__sens="sanction", decision__levee_le=None, decision__fin__gt=jour)
        & ~Q(etat__in=["retire", "sans_suite"]),
    }[valeur]


FILES = [
    ("a_instruire", "Intention à notifier"), ("contradictoire", "Délai contradictoire en cours"),
    ("prets", "Prêts à inscrire"), ("a_decider", "À décider"), ("a_notifier", "À notifier"),
    ("a_orienter", "Réorientation à ouvrir"), ("sanctions", "Sanction en cours"),
    ("a_clore", "À clore"),
]  # fmt: skip


class FiltresEP(Filtres):
    """Filters of the list. Names are looked for among the files read with their name only, numbers among all."""

    mot = FiltreTexte("Nom ou numéro de dossier", champs=("cherchable",), large=True, ephemere=True)
    file = FiltreChoix("À faire", q=de_file, choix=FILES, vide="Tout")
    etat = FiltreChoix("État", champ="etat", choix=EtatDossierEP.choices)
    theme = FiltreChoix("Thème", champ="theme", choix=ThemeEP.choices)
    instance = FiltreChoix("Équipe", champ="instance_id", vide="Toutes")
    territoire = FiltreChoix("Territoire", champ="territoire_id")
    retard = FiltreBooleen("En retard", si_vrai=Q(attendu_le__lt=TruncDate(Now())))


class ListeEP:
    """The files one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        self.filtres = FiltresEP(
            get,
            choix={
                "instance": [(e.pk, str(e)) for e in equipes()],
                "territoire": [(t.pk, t.nom) for t in territoires_du_departement()],
            },
        )
        self.tri = Tri.lire(get, TRIS, defaut="attendu")

    def _lues(self, dossiers: Any) -> QuerySet[DossierEP]:
        """Return those the reader may see, with the day their next step is due."""
        nom = Concat("personne__nom_naissance", Value(" "), "personne__nom_usage", Value(" "), "personne__prenoms")
        annee, cle = Cast(ExtractYear("faits_le"), CharField()), Cast("pk", CharField())
        numero = Concat(
            annee, Value("-"), LPad(cle, Greatest(Value(5), Length(cle)), Value("0")), output_field=CharField()
        )
        lues: QuerySet[DossierEP] = dossiers.visibles_par(self.utilisateur).annotate(
            attendu_le=attendu(self.jour),
            cherchable=Concat(numero, Value(" "), Case(When(a_nommer=True, then=nom), default=Value(""))),
        )  # fmt: skip
        return lues

    @property
    def visibles(self) -> QuerySet[DossierEP]:
        """Return every file the reader may see."""
        return self._lues(DossierEP.objects)

    @property
    def decorees(self) -> QuerySet[DossierEP]:
        """Return the rows of the filter, with what is shown of them."""
        return self._decorer(self.filtres.appliquer(self.visibles))

    @staticmethod
    def _decorer(lues: QuerySet[DossierEP]) -> QuerySet[DossierEP]:
        return lues.select_related("personne", "instance__territoire", "seance", "territoire").defer(
            "personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche"
        )

    @cached_property
    def page(self) -> PageParCle[DossierEP]:
        """Return one page, each row with the tone of its state and whether its step is late."""
        page = PageParCle(
            self.filtres.appliquer(self.visibles), self.tri.cles, self.get.get("curseur"),
            decorees=self._decorer(self.visibles), bords=self.visibles,
        )  # fmt: skip
        for dossier in page.objets:
            ligne: Any = dossier
            ligne.ton, ligne.icone = TONS_EP[EtatDossierEP(dossier.etat)]
            ligne.en_retard = ligne.attendu_le is not None and ligne.attendu_le < self.jour
        return page

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return the figures of the head (one query)."""
        return self.visibles.aggregate(
            contradictoire=Count("pk", filter=de_file("contradictoire")),
            prets=Count("pk", filter=de_file("prets")),
            a_decider=Count("pk", filter=Q(etat="examine")),
            a_notifier=Count("pk", filter=Q(etat="decide")),
        )

    @cached_property
    def seances(self) -> list[Seance]:
        """Return the meetings where files may be put, the next one first, when the reader keeps a team."""
        if self.get.get("file") != "prets":
            return []
        tenues = Instance.objects.tenues_par(self.utilisateur).filter(nature="ep")
        lues = Seance.objects.filter(instance__in=tenues, etat__in=A_PREPARER).filter(
            Q(debut__gte=timezone.now()) | Q(etat=EtatSeance.OUVERTE)
        )
        return list(lues.select_related("instance__territoire").order_by("debut")[:20])


def _nom(dossier: Any) -> str:
    return str(dossier.personne) if dossier.a_nommer else "Sans nom"


COLONNES_EXPORT = (
    ColonneExport("Dossier", "reference", largeur=14),
    ColonneExport("Personne", _nom, largeur=30),
    ColonneExport(
        "Date de naissance", lambda d: d.personne.date_naissance if d.a_nommer else None, type="date", largeur=14
    ),
    ColonneExport("Thème", "get_theme_display", largeur=34),
    ColonneExport("Date des faits", lambda d: d.faits_le if d.a_nommer else None, type="date", largeur=12),
    ColonneExport("Équipe", lambda d: str(d.instance), largeur=40),
    ColonneExport("Territoire", lambda d: str(d.territoire or ""), largeur=20),
    ColonneExport("État", "get_etat_display", largeur=22),
    ColonneExport("Étape attendue le", "attendu_le", type="date", largeur=14),
    ColonneExport(
        "Séance", lambda d: timezone.localtime(d.seance.debut).date() if d.seance else None, type="date", largeur=12
    ),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)
