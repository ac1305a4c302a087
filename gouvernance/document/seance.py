"""A meeting on paper: preparation pack, minutes, presence sheet; PDF/UA-1, and the minutes as Word."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone

from actions.figures import PointAnnuel, points_annuels
from actions.models import Bilan, FicheAction, Indicateur
from gouvernance.lecture_seance import LectureSeance, PointLu, PresenceLue
from gouvernance.models import Decision, EtatSeance, Seance
from offre.models import Convention, OffreInsertion
from pdi.socle.formats import date_longue, dernier_jour, valeur_unite
from pdi.territoires.noms import nom_de_la_collectivite

if TYPE_CHECKING:
    from pdi.socle.impression import Imprime

FEUILLES = ("css/contrat-impression.css", "css/seance-impression.css")
GENRES = {"dossier": "Dossier de séance", "releve": "Relevé de décisions", "emargement": "Feuille de présence"}
LIGNES_VIDES = 4  # somebody may come who was not convened


@dataclass(frozen=True)
class ChiffreFiche:
    """An indicator in the preparation pack: its last year beside the one before and the target."""

    indicateur: Indicateur
    annee: int
    avant: PointAnnuel
    dernier: PointAnnuel

    def _dire(self, valeur: Any) -> str:
        return "–" if valeur is None else valeur_unite(valeur, self.indicateur.unite)

    @property
    def cases(self) -> tuple[str, str, str, str]:
        """Return the value of the year before, of the year, the target, and how it is met."""
        mots = {"bon": "atteinte", "veille": "proche", "retard": "loin"}
        return (
            self._dire(self.avant.valeur), self._dire(self.dernier.valeur), self._dire(self.dernier.cible),
            mots.get(self.dernier.ton, "–") if self.dernier.ecart is not None else "–",
        )  # fmt: skip


@dataclass(frozen=True)
class DocumentSeance:
    """What is printed of a meeting, as its reader may know it. `genre`: a key of GENRES."""

    seance: Seance
    genre: str
    lecture: LectureSeance
    departement: str

    @classmethod
    def lire(cls, seance: Seance, genre: str, utilisateur: Any) -> DocumentSeance:
        """Read the meeting."""
        lecture = LectureSeance(seance, utilisateur, timezone.localdate())
        return cls(seance, genre, lecture, nom_de_la_collectivite(settings.DEPARTEMENT_CODE))

    @property
    def titre(self) -> str:
        """Return « Relevé de décisions »."""
        return GENRES[self.genre]

    @property
    def intitule(self) -> str:
        """Return the body, and the object of the meeting when it has one."""
        return " – ".join(filter(None, (str(self.seance.instance), self.seance.objet)))

    @property
    def quand(self) -> str:
        """Return « jeudi 26 février 2026, de 14:00 à 16:30 »."""
        debut, fin = timezone.localtime(self.seance.debut), self.seance.fin
        heures = f"de {debut:%H:%M} à {timezone.localtime(fin):%H:%M}" if fin else f"à {debut:%H:%M}"
        return f"{date_longue(debut.date(), jour=True)}, {heures}"

    @property
    def projet(self) -> bool:
        """Return whether the minutes are those of a meeting that is not closed."""
        return self.genre == "releve" and self.seance.etat != EtatSeance.TENUE

    @property
    def points(self) -> list[PointLu]:
        """Return the agenda."""
        return self.lecture.points

    @property
    def presences(self) -> list[PresenceLue]:
        """Return the members."""
        return self.lecture.presences

    @property
    def presents(self) -> list[PresenceLue]:
        """Return who was there or represented."""
        return [p for p in self.presences if p.presence.etat in ("present", "represente")]

    @property
    def absents(self) -> list[PresenceLue]:
        """Return who was not."""
        return [p for p in self.presences if p.presence.etat not in ("present", "represente")]

    @property
    def decisions(self) -> list[Decision]:
        """Return what was decided."""
        return self.lecture.decisions

    @cached_property
    def suites(self) -> list[Decision]:
        """Return the decisions of earlier meetings that are still to carry out."""
        return [d for titre, _ton, lues in self.lecture.suites if titre != "Closes" for d in lues]

    @cached_property
    def bilans(self) -> list[Bilan]:
        """Return the last validated bilan of each fiche on the agenda, the bilan itself, those of a campaign.

        Of a campaign, those sent or validated that the reader may read.
        """
        fiches = [p.point.fiche_id for p in self.points if p.point.fiche_id]
        siens = [p.point.bilan_id for p in self.points if p.point.bilan_id]
        valides = Bilan.objects.filter(fiche__in=fiches, etat="valide").order_by("fiche_id", "-campagne__annee")
        campagnes = [p.point.campagne_id for p in self.points if p.point.campagne_id]
        remis = Bilan.objects.visibles_par(self.lecture.utilisateur).filter(
            campagne__in=campagnes, etat__in=("soumis", "valide")
        )
        ids = {*valides.distinct("fiche_id").values_list("pk", flat=True), *siens, *remis.values_list("pk", flat=True)}
        return list(Bilan.objects.filter(pk__in=ids).select_related("fiche", "campagne").order_by("fiche__ordre", "pk"))

    @cached_property
    def chiffres(self) -> dict[int, list[ChiffreFiche]]:
        """Return by fiche the measured indicators of the year before the meeting (three queries)."""
        annee = timezone.localdate(self.seance.debut).year - 1
        fiches = {p.point.fiche_id for p in self.points if p.point.fiche_id} | {b.fiche_id for b in self.bilans}
        indicateurs = list(Indicateur.objects.filter(fiche__in=fiches, actif=True).order_by("ordre", "pk"))
        points: Any = points_annuels([i.pk for i in indicateurs], [annee - 1, annee]) if indicateurs else {}
        lus: dict[int, list[ChiffreFiche]] = {}
        for i in indicateurs:
            avant, dernier = points[i.pk][annee - 1], points[i.pk][annee]
            if dernier.valeur is not None or dernier.cible is not None:
                lus.setdefault(i.fiche_id, []).append(ChiffreFiche(i, annee, avant, dernier))
        return lus

    @property
    def fiches(self) -> list[tuple[FicheAction, Bilan | None, list[ChiffreFiche]]]:
        """Return the fiches of the agenda, each with its bilan and its figures."""
        siens = {b.fiche_id: b for b in self.bilans}
        lues = {p.point.fiche.pk: p.point.fiche for p in self.points if p.point.fiche is not None}
        lues |= {b.fiche_id: b.fiche for b in self.bilans}
        return [(f, siens.get(pk), self.chiffres.get(pk, [])) for pk, f in lues.items()]

    @cached_property
    def offres(self) -> list[OffreInsertion]:
        """Return the offers of the agenda."""
        ids = [p.point.offre_id for p in self.points if p.point.offre_id]
        return list(OffreInsertion.objects.filter(pk__in=ids).prefetch_related("operateurs").order_by("ordre", "pk"))

    @cached_property
    def conventions(self) -> list[tuple[Convention, datetime.date | None]]:
        """Return the conventions of the agenda, each with its last day."""
        ids = [p.point.convention_id for p in self.points if p.point.convention_id]
        lues = Convention.objects.filter(pk__in=ids).select_related("operateur").order_by("numero")
        return [(c, dernier_jour(c.periode)) for c in lues.prefetch_related("montants", "objectifs")]

    @property
    def vides(self) -> range:
        """Return the empty lines at the end of the presence sheet."""
        return range(LIGNES_VIDES)

    def html(self) -> str:
        """Return the document to print."""
        return get_template(f"documents/seance/{self.genre}.html").render({"d": self, "s": self.seance})

    def imprimer(self, avancer_page: Callable[[int], None] | None = None) -> Imprime:
        """Print to PDF/UA-1; `avancer_page` is told each page laid out."""
        from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy

        identifiant = f"{self.genre}-{self.seance.pk}-{self.seance.version}"
        return imprimer(
            self.html(), feuilles=FEUILLES, date=timezone.now(), identifiant=identifiant, avancer_page=avancer_page
        )


def porteur(decision: Decision) -> str:
    """Return who carries a decision, in words."""
    return str(decision.responsable or decision.structure or "à confier")


def votes(decision: Decision) -> str:
    """Return « à l’unanimité », « 4 pour, 1 abstention », empty when nothing was counted."""
    if decision.unanimite:
        return "à l’unanimité"
    lues = ((decision.pour, "pour"), (decision.contre, "contre"), (decision.abstentions, "abstention(s)"))
    return ", ".join(f"{n} {mot}" for n, mot in lues if n)
