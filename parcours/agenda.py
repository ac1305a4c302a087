"""The diary: one week day by day, or a list; the rows of one agent, or of a team."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from parcours.models import Entretien, EtatEntretien, NatureEntretien
from parcours.querysets import EntretienQuerySet
from parcours.regles.entretiens import ICONE, TON, chevauche, lundi
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres
from pdi.socle.formats import date_longue
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri

SEMAINE, LISTE = "semaine", "liste"
A_RENSEIGNER = "a_renseigner"
SEMAINE_AU_PLUS = 300  # meetings of one week on one page: beyond, one agent at a time
A_DIRE_DEPUIS = datetime.timedelta(days=365)


def de_periode(valeur: str) -> Q:
    """Return « to come », « past », « outcome to say »."""
    instant = timezone.now()
    return {
        "a_venir": Q(debut__gte=instant), "passes": Q(debut__lt=instant),
        A_RENSEIGNER: Q(debut__lt=instant, etat=EtatEntretien.PREVU),
    }[valeur]  # fmt: skip


class FiltresAgenda(Filtres):
    """Filters of a week."""

    etat = FiltreChoix("État", champ="etat", choix=EtatEntretien.choices)
    nature = FiltreChoix("Nature", champ="nature", choix=NatureEntretien.choices, vide="Toutes")


class FiltresEquipe(FiltresAgenda):
    """An encadrant reads the meetings of several agents."""

    agent = FiltreChoix("Agent", champ="agent_id", vide="Toute l’équipe", large=True)


class FiltresListe(FiltresAgenda):
    """The list reads any period."""

    periode = FiltreChoix(
        "Période", q=de_periode, vide="Toutes", large=True,
        choix=(("a_venir", "À venir"), ("passes", "Passés"), (A_RENSEIGNER, "Issue à dire")),
    )  # fmt: skip


class FiltresListeEquipe(FiltresEquipe, FiltresListe):
    """The list of several agents."""


@dataclass
class Jour:
    """One day of the week."""

    le: datetime.date
    nom: str
    aujourd_hui: bool
    rendez_vous: list[Any] = field(default_factory=list)


def decorer(lignes: list[Any], instant: datetime.datetime) -> list[Any]:
    """Add to each meeting what its row shows: tone, icon, whether its outcome is to be said, the hours."""
    for e in lignes:
        e.ton, e.icone = TON[e.etat], ICONE[e.etat]
        e.heure, e.heure_fin = timezone.localtime(e.debut), timezone.localtime(e.fin)
        e.jour_venu = e.heure.date() <= timezone.localdate(instant)
        e.a_renseigner = e.etat == EtatEntretien.PREVU and e.debut < instant
        e.simultane = False
    return lignes


def signaler_simultanes(lignes: list[Any]) -> None:
    """Mark the planned meetings of one agent that overlap. `lignes` in order of beginning."""
    en_cours: dict[int, Any] = {}
    for e in lignes:
        if e.agent_id is None or e.etat != EtatEntretien.PREVU:
            continue
        avant = en_cours.get(e.agent_id)
        if avant is not None and chevauche(avant.debut, avant.fin, e.debut, e.fin):
            avant.simultane = e.simultane = True
        if avant is None or e.fin > avant.fin:
            en_cours[e.agent_id] = e


def equipe_de(utilisateur: Any) -> QuerySet[Any, int]:
    """Return the users who follow or orient people for the structures that the encadrant supervises, today."""
    siennes = [h for h in utilisateur.habilitations_actives if h.role == Role.ENCADRANT]
    equipe = Habilitation.objects.au(timezone.localdate()).filter(role__in=(Role.REFERENT, Role.AGENT_ORIENTATION))
    structures = [h.structure_id for h in siennes]
    if all(structures):
        equipe = equipe.filter(Q(structure__in=structures) | Q(structure__parent__in=structures))
    return equipe.values_list("utilisateur", flat=True)


class Agenda:
    """What one reader sees of the diary, from a query string."""

    def __init__(self, utilisateur: Any, get: Any, instant: datetime.datetime) -> None:
        """Read the query string; rows are read when asked. An encadrant first sees the whole team."""
        self.utilisateur, self.get, self.instant = utilisateur, get, instant
        self.jour = timezone.localdate(instant)
        self.vue = LISTE if get.get("vue") == LISTE else SEMAINE
        self.equipe, self.trop = utilisateur.a_role(Role.ENCADRANT), False
        seule, equipe = (FiltresListe, FiltresListeEquipe) if self.vue == LISTE else (FiltresAgenda, FiltresEquipe)
        self.filtres: Filtres = equipe(get, choix={"agent": self.agents}) if self.equipe else seule(get)
        self.tri = Tri.lire(get, {"date": ("debut", "pk")}, defaut="-date")

    @cached_property
    def agents(self) -> list[tuple[int, str]]:
        """Return the agents whose meetings the reader sees, themself first."""
        moi = (self.utilisateur.pk, f"{self.utilisateur} (vous)")
        autres = Utilisateur.objects.filter(is_active=True).exclude(pk=self.utilisateur.pk)
        equipe = autres.filter(pk__in=equipe_de(self.utilisateur))
        return [moi, *((u.pk, str(u)) for u in equipe.order_by("nom", "prenom"))]

    @property
    def visibles(self) -> EntretienQuerySet:
        """Return the rows of the filters, with what a row shows."""
        lus: QuerySet[Entretien] = Entretien.objects.agenda_de(self.utilisateur)
        if not self.equipe:
            lus = lus.filter(agent=self.utilisateur)
        gardes: Any = self.filtres.appliquer(lus)
        decrits: EntretienQuerySet = (
            gardes.sans_textes()
            .select_related("personne", "agent", "structure")
            .defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
        )
        return decrits

    @cached_property
    def lundi(self) -> datetime.date:
        """Return the Monday of the week shown, of today's week when the date asked for is none."""
        try:
            demande = parse_date(self.get.get("jour", ""))
        except ValueError:
            demande = None
        return lundi(demande if demande and 1990 <= demande.year <= 2200 else self.jour)

    @cached_property
    def jours(self) -> list[Jour]:
        """Return the days of the week, Saturday and Sunday only when something is planned then. One query."""
        debut = timezone.make_aware(datetime.datetime.combine(self.lundi, datetime.time()))
        fin = timezone.make_aware(datetime.datetime.combine(self.lundi + datetime.timedelta(days=7), datetime.time()))
        lus = list(self.visibles.entre(debut, fin).order_by("debut", "pk")[: SEMAINE_AU_PLUS + 1])
        self.trop = len(lus) > SEMAINE_AU_PLUS
        lignes = decorer(lus[:SEMAINE_AU_PLUS], self.instant)
        signaler_simultanes(lignes)
        jours = []
        for rang in range(7):
            le = self.lundi + datetime.timedelta(days=rang)
            siens = [e for e in lignes if e.heure.date() == le]
            if rang < 5 or siens:
                jours.append(Jour(le, date_longue(le, jour=True, annee=False), le == self.jour, siens))
        return jours

    @property
    def titre(self) -> str:
        """Return « Semaine du 7 au 11 décembre 2026 »."""
        debut, fin = self.jours[0].le, self.jours[-1].le
        court = date_longue(debut, annee=debut.year != fin.year).split("\u00a0")
        quand = court[0] if (debut.month, debut.year) == (fin.month, fin.year) else "\u00a0".join(court)
        return f"Semaine du {quand} au {date_longue(fin)}"

    @property
    def nombre(self) -> int:
        """Return the number of meetings of the week."""
        return sum(len(j.rendez_vous) for j in self.jours)

    def semaine(self, decalage: int) -> str:
        """Return the query string of the week `decalage` weeks away, filters kept."""
        params = self.get.copy()
        params["jour"] = (self.lundi + datetime.timedelta(weeks=decalage)).isoformat()
        return f"?{params.urlencode()}"

    def vers(self, vue: str) -> str:
        """Return the query string of the other view, filters kept."""
        params = self.get.copy()
        for nom in ("curseur", "vue"):
            params.pop(nom, None)
        if vue == LISTE:
            params["vue"] = LISTE
        return f"?{params.urlencode()}"

    @cached_property
    def page(self) -> PageParCle[Entretien]:
        """Return one page of the list."""
        page = PageParCle(self.visibles, self.tri.cles, self.get.get("curseur"))
        decorer(page.objets, self.instant)
        return page

    @cached_property
    def en_attente(self) -> int:
        """Return how many meetings of the reader's own past year wait for their outcome, whatever the filters."""
        depuis = self.instant - A_DIRE_DEPUIS
        lus = Entretien.objects.agenda_de(self.utilisateur).filter(agent=self.utilisateur, debut__gte=depuis)
        return lus.a_renseigner(self.instant).count()


COLONNES_EXPORT = (
    ColonneExport("Date et heure", lambda e: timezone.localtime(e.debut), type="date", largeur=18),
    ColonneExport("Durée (min)", "duree_min", type="nombre", largeur=10),
    ColonneExport("Personne", lambda e: str(e.personne), largeur=28),
    ColonneExport("Naissance", "personne.date_naissance", type="date", largeur=14),
    ColonneExport("Nature", "get_nature_display", largeur=24),
    ColonneExport("État", "get_etat_display", largeur=12),
    ColonneExport("Lieu", "lieu", largeur=24),
    ColonneExport("Agent", lambda e: str(e.agent or ""), largeur=24),
    ColonneExport("Structure", lambda e: str(e.structure), largeur=28),
)
