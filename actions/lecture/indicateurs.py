"""Lists and page of indicators: figures, due dates, history of values."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from actions.figures import PointAnnuel, points_annuels, points_depuis
from actions.lecture.filtres import FiltreMots, dans_axe, pilotee_par_structure
from actions.models import (
    Indicateur,
    MesureIndicateur,
    NatureIndicateur,
    Periodicite,
    SourceIndicateur,
)
from actions.querysets import pilote_par
from actions.regles.anomalies import programme_echu
from actions.regles.echeances import Periode, a_saisir_avant, echeances, jours_de_retard
from pdi.comptes.models import Role
from pdi.socle.filtres import FiltreAnnee, FiltreBooleen, FiltreChoix, Filtres
from pdi.socle.formats import date_courte, date_longue, nombre, typographier, valeur_unite
from pdi.socle.formulaires import entier
from pdi.socle.grappe import Grappe, avec_grappes, deballer
from pdi.socle.tri import Colonne

from . import commun
from .chiffres import ChiffreCle, LigneIndicateur, chiffre_d_indicateur, separer
from .commun import CAMPAGNES
from .valeurs import avec_retards, avec_valeur

CIBLES = Grappe("cibles")
CAMPAGNES_DU_PROGRAMME = Grappe(CAMPAGNES.relation, depuis="fiche.programme")
ANNEES_LISTE = 4
TRIS = {
    "fiche": (
        "fiche__programme__reference", "-fiche__programme__annee_debut", "fiche__programme__code",
        "fiche__ordre", "fiche_id", "ordre", "pk",
    ),
    "libelle": ("plat", "pk"),
    "valeur": ("valeur_annee", "pk"),
    "periodicite": ("periodicite", "plat", "pk"),
}  # fmt: skip


class FiltresIndicateurs(Filtres):
    """All the indicators. The year is the one whose value is shown and judged."""

    q = FiltreMots("Mot de l’indicateur", champs=("plat",), large=True)
    programme = FiltreChoix("Programme", champ="fiche__programme__code", vide="Tous")
    axe = FiltreChoix("Axe", q=lambda v: dans_axe(v, "fiche__axe"), vide="Tous")
    pilote = FiltreChoix("Service pilote", q=lambda v: pilotee_par_structure(v, "fiche"), vide="Tous les services")
    nature = FiltreChoix("Nature", champ="nature", choix=NatureIndicateur.choices, vide="Toutes")
    source = FiltreChoix("Source", champ="source", choix=SourceIndicateur.choices, vide="Toutes")
    periodicite = FiltreChoix("Périodicité", champ="periodicite", choix=Periodicite.choices, vide="Toutes")
    annee = FiltreAnnee("Année", q=lambda _valeur: Q())
    valeur = FiltreChoix(
        "Valeur",
        choix=(("oui", "Renseignée"), ("non", "Manquante")),
        q=lambda v: Q(renseigne=v == "oui"),
        vide="Toutes",
    )
    cible = FiltreChoix(
        "Cible",
        choix=(("atteinte", "Atteinte"), ("manquee", "Non atteinte"), ("sans", "Sans cible")),
        q=lambda v: {"atteinte": Q(atteint=True), "manquee": Q(atteint=False)}.get(v, Q(cible_annee__isnull=True)),
        vide="Toutes",
    )
    retard = FiltreBooleen("En retard de saisie", si_vrai=Q(retards__gt=0))


def annee_demandee(brute: str | None, jour: datetime.date) -> int:
    """Return the year of the list: the one asked for, else the last one that is over."""
    annee = entier(brute)
    return annee if annee and 1988 <= annee <= 2100 else jour.year - 1


def lignes_de(indicateurs: Sequence[Any], annee: int) -> list[LigneIndicateur]:
    """Return the rows of a list with their figures, in two queries."""
    annees = range(annee - ANNEES_LISTE + 1, annee + 1)
    points = points_annuels([i.pk for i in indicateurs], annees)
    return [LigneIndicateur(i, points[i.pk][annee], [points[i.pk][a] for a in annees]) for i in indicateurs]


def indicateurs_lisibles(utilisateur: Any, annee: int, jour: datetime.date) -> QuerySet[Indicateur]:
    """Return the visible indicators with what the filters of the list judge."""
    visibles = Indicateur.objects.visibles_par(utilisateur).select_related("fiche__programme__departement")
    return avec_retards(avec_valeur(visibles.a_plat(), annee), annee, jour)


def dire_periode(debut: datetime.date, fin: datetime.date) -> str:
    """Return a half-open range in words: « année 2025 », « 2e trimestre 2025 », else its two dates."""
    periode = Periode(debut, fin)
    entiers = (
        debut.day == 1 and fin.day == 1 and periode.mois in {1, 3, 6, 12} and (debut.month - 1) % periode.mois == 0
    )
    if entiers:
        return periode.libelle[:1].upper() + periode.libelle[1:]
    if periode.dernier_jour == debut:
        return f"Le {date_longue(debut)}"
    return f"Du {date_courte(debut)} au {date_courte(periode.dernier_jour)}"


# -- one indicator -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Echeance:
    """One period whose value is due: entered or not, how late, and what is known of a part of it."""

    libelle: str
    avant_le: datetime.date
    mesure: MesureIndicateur | None
    retard: int
    partielle: str = ""

    @property
    def titre(self) -> str:
        """Return the period with a capital."""
        return self.libelle[:1].upper() + self.libelle[1:]

    @property
    def a_venir(self) -> bool:
        """Return whether it is neither entered nor late."""
        return self.mesure is None and not self.retard


def lire_indicateur(utilisateur: Any, pk: int) -> Any | None:
    """Return the indicator with its fiche, programme and targets, in one query; None when it is not visible."""
    grappes = (CIBLES, CAMPAGNES_DU_PROGRAMME)
    structures = utilisateur.structures_du_role(Role.PILOTE)
    queryset = (
        Indicateur.objects.visibles_par(utilisateur)
        .filter(pk=pk)
        .select_related("fiche__programme", "fiche__axe")
        .annotate(pilotee=pilote_par(utilisateur, structures, "fiche"))
    )
    indicateur: Any = next(iter(deballer(avec_grappes(queryset, *grappes), *grappes)), None)
    if indicateur is not None:
        indicateur.fiche.pilotage_connu = (utilisateur.pk, indicateur.pilotee)
    return indicateur


class PageIndicateur:
    """Everything the page of an indicator shows."""

    def __init__(self, indicateur: Any, annee: str | None, jour: datetime.date) -> None:
        """Read the values, replaced ones included, in one query."""
        self.indicateur, self.jour = indicateur, jour
        self.fiche, self.programme = indicateur.fiche, indicateur.fiche.programme
        self.annee = commun.annee_lue(self.programme, annee, jour)
        self.mesures: list[Any] = list(
            indicateur.mesures.select_related("auteur").order_by("-annee", "-periode", "remplacee_le", "-saisie_le")
        )
        # The current value of a period comes before those it replaced.
        self.mesures.sort(key=lambda m: m.remplacee_le is not None)
        self.mesures.sort(key=lambda m: (m.periode.lower, m.periode.upper), reverse=True)
        for mesure in self.mesures:
            mesure.periode_en_mots = dire_periode(mesure.periode.lower, mesure.periode.upper)
        self.points = points_depuis(indicateur, indicateur.cibles.all(), self.mesures, self.annees)

    @cached_property
    def annees(self) -> list[int]:
        """Return the years of the chart: those of the programme begun, and any with a value."""
        begun = set(commun.annees_ouvertes(self.programme, self.jour))
        return sorted(begun | {m.annee for m in self.mesures} | ({self.annee}))

    @property
    def annees_choix(self) -> list[int]:
        """Return the years to choose among, latest first."""
        return [a for a in reversed(self.annees) if a in self.programme.annees]

    @property
    def lien_fiche(self) -> str:
        """Return the fiche's name in the breadcrumb."""
        return f"Fiche {self.fiche.numero}"

    @property
    def titre_courbe(self) -> str:
        """Return the title of the chart, the unit said."""
        unite = self.indicateur.unite
        return typographier(self.indicateur.libelle) + ("" if unite in {"nombre", "texte"} else f" ({unite})")

    @property
    def chiffres(self) -> list[ChiffreCle]:
        """Return the figure of the year, its target and how complete the year is."""
        if not self.indicateur.chiffrable:
            return []
        cible, i = self.point.cible, self.indicateur
        attendues, saisies = len(self.echeances), sum(e.mesure is not None for e in self.echeances)
        if self.programme.reference and not self.mesures and cible is None:
            return []
        chiffres = [replace(chiffre_d_indicateur(self.ligne), titre=f"Valeur {self.annee}", url="")]
        if cible is None:
            chiffres.append(ChiffreCle(f"Cible {self.annee}", "à fixer", base="aucun écart ne se juge sans cible"))
        else:
            base = "imprimée dans le document" if self.point.cible_imprimee else i.get_sens_display()
            chiffres.append(ChiffreCle(f"Cible {self.annee}", *separer(cible, i.unite), base))
        if attendues and saisies == 0 and self.echeances[-1].partielle:
            e = self.echeances[-1]
            base = f"{e.partielle}, valeur de l’année à saisir avant le {date_courte(e.avant_le)}"
            chiffres.append(ChiffreCle(f"Saisie {self.annee}", "partielle", base=base))
        elif attendues and not self.programme.reference:
            chiffres.append(
                ChiffreCle(
                    f"Saisies {self.annee}",
                    str(saisies),
                    f"sur {attendues}",
                    i.get_periodicite_display(),
                    plein=Decimal(saisies),
                    maximum=Decimal(attendues),
                )
            )
        return chiffres

    @property
    def a_des_cibles(self) -> bool:
        """Return whether a target is known."""
        return any(p.cible is not None for p in self.points.values())

    colonnes_annees = (
        Colonne("Année"),
        Colonne("Valeur", nb=True),
        Colonne("Numérateur / dénominateur", nb=True),
        Colonne("Cible", nb=True),
        Colonne("Écart", nb=True),
    )
    colonnes_echeances = (Colonne("Période"), Colonne("À saisir avant le"), Colonne("État"))
    colonnes_valeurs = (
        Colonne("Période"),
        Colonne("Valeur", nb=True),
        Colonne("Saisie"),
        Colonne("Source et commentaire"),
    )

    @property
    def point(self) -> PointAnnuel:
        """Return the figure of the year shown."""
        return self.points[self.annee]

    @property
    def ligne(self) -> LigneIndicateur:
        """Return the row of the indicator, as in the table of its fiche."""
        return LigneIndicateur(self.indicateur, self.point, [self.points[a] for a in self.annees])

    @cached_property
    def serie(self) -> list[tuple[str, Decimal | None]]:
        """Return the yearly values for the chart."""
        return [(str(a), self.points[a].valeur) for a in self.annees]

    @property
    def a_une_courbe(self) -> bool:
        """Return whether there is something to draw."""
        return any(valeur is not None for _, valeur in self.serie)

    @cached_property
    def donnees(self) -> list[list[Any]]:
        """Return the rows of the chart's data table: year, value, terms, target, gap."""
        lignes = []
        for annee in reversed(self.annees):
            p = self.points[annee]
            termes = (
                f"{nombre(p.numerateur)} / {nombre(p.denominateur)}"
                if p.numerateur is not None and p.denominateur is not None
                else ""
            )
            lignes.append([annee, p, termes])
        return lignes

    @cached_property
    def historique(self) -> list[MesureIndicateur]:
        """Return every value, latest period first; replaced ones after the one in force."""
        return self.mesures

    @cached_property
    def remplacees(self) -> int:
        """Return how many values were replaced."""
        return sum(m.remplacee_le is not None for m in self.mesures)

    @cached_property
    def attendu(self) -> bool:
        """Return whether values are still expected: not of another département's programme, nor of an expired one."""
        return not self.programme.reference and not programme_echu(self.programme.annee_fin, self.jour)

    @cached_property
    def echeances(self) -> list[Echeance]:
        """Return the periods due for the year shown."""
        courantes = [m for m in self.mesures if m.remplacee_le is None]
        lignes = []
        for periode in echeances(self.indicateur.periodicite, self.annee):
            mesure = next(
                (m for m in courantes if m.periode.lower <= periode.debut and periode.fin <= m.periode.upper), None
            )
            retard = 0 if mesure or not self.attendu else jours_de_retard(periode, self.jour)
            partielle = "" if mesure else self._partielle(periode, courantes)
            lignes.append(Echeance(periode.libelle, a_saisir_avant(periode), mesure, retard, partielle))
        return lignes

    def _partielle(self, periode: Periode, courantes: Sequence[MesureIndicateur]) -> str:
        """Return « 88 % au 31/10 (partiel) » when values cover a part of the period; they are latest first."""
        for mesure in courantes:
            if mesure.valeur is not None and periode.debut <= mesure.periode.lower < periode.fin:
                jour = mesure.periode.upper - datetime.timedelta(days=1)
                return f"{valeur_unite(mesure.valeur, self.indicateur.unite)} au {jour:%d/%m} (partiel)"
        return ""

    @cached_property
    def definition(self) -> list[tuple[str, str]]:
        """Return what is known of the indicator, term by term."""
        i = self.indicateur
        reference = ""
        if i.reference_valeur is not None:
            reference = nombre(i.reference_valeur) + (f" en {i.reference_annee}" if i.reference_annee else "")
        termes = [
            ("Définition", i.definition),
            ("Au numérateur", i.numerateur_libelle),
            ("Au dénominateur", i.denominateur_libelle),
            ("Unité", "appréciation en mots" if i.unite == "texte" else i.unite),
            ("Nature, telle qu’imprimée", i.get_nature_display()),
            ("Sens", i.get_sens_display()),
            ("Périodicité", i.get_periodicite_display()),
            ("Valeur de l’année", i.get_agregation_display()),
            ("Source", i.get_source_display()),
            ("Producteur de la donnée", i.producteur),
            ("Valeur de référence", reference),
            ("Méthode et limites", i.methode),
        ]
        return [(terme, str(texte)) for terme, texte in termes if texte]
