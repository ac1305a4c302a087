"""What the screens of orientation read: deadline, words of the regime, places, the orientation in force, gaps."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Subquery

from parcours.etat import Signal
from parcours.models import (
    Adresse,
    AffectationReferent,
    CapaciteAccueil,
    DemandeReorientation,
    Orientation,
    OrigineOrientation,
    RegimeJuridique,
    SituationDroitsDevoirs,
    TypeOrientation,
)
from parcours.propositions import PropositionDatee, proposition_pour
from parcours.regles import delais
from parcours.regles.accueil import Places
from parcours.statistiques.droits import voit_petits_effectifs
from parcours.statistiques.formule import Restriction
from pdi.socle.masquage import MASQUE, SEUIL_INTERNE, masquer_liste, masquer_tableau
from pdi.territoires.models import CommuneTerritoire, TerritoireAction

PROCHES = 8  # structures shown first: enough to choose from, few enough to be read


def regimes() -> list[delais.Regime]:
    """Return the legal regimes."""
    return [delais.Regime.lire(r) for r in RegimeJuridique.objects.all()]


def mots_des_types(lus: list[delais.Regime], jour: datetime.date) -> dict[str, str]:
    """Return how the regime of `jour` words the three types; the labels of the model without regime."""
    regime = next((r for r in lus if r.couvre(jour)), None)
    return {
        t.value: regime.libelle_type(t.value) if regime and regime.libelle_type(t.value) != t.value else t.label
        for t in TypeOrientation
    }


def places_au(jour: datetime.date) -> list[Places]:
    """Return the capacities of every structure on `jour`, with the places taken. One query."""
    lues = CapaciteAccueil.objects.au(jour).avec_occupation(jour)
    return [Places(c.structure_id, c.mode, c.places, c.prises) for c in lues]  # type: ignore[attr-defined]


class LectureOrientation:
    """What the orientation screen of one person shows."""

    def __init__(self, personne: Any, jour: datetime.date) -> None:
        """Nothing is read before it is asked for."""
        self.personne, self.jour = personne, jour

    @cached_property
    def regimes(self) -> list[delais.Regime]:
        """Return the legal regimes."""
        return regimes()

    @cached_property
    def types(self) -> dict[str, str]:
        """Return the words of the three types."""
        return mots_des_types(self.regimes, self.jour)

    @cached_property
    def actuelle(self) -> Orientation | None:
        """Return the orientation in force."""
        en_cours = Orientation.objects.au(self.jour).filter(personne=self.personne)
        return en_cours.select_related("structure", "motif", "decidee_par").first()

    @cached_property
    def demande(self) -> DemandeReorientation | None:
        """Return the request that waits."""
        en_attente = DemandeReorientation.objects.filter(personne=self.personne).en_attente()
        return en_attente.select_related("motif", "demandee_par", "structure_demandee").first()

    @cached_property
    def proposee(self) -> PropositionDatee:
        """Return what the rules propose today."""
        return proposition_pour(self.personne, self.jour)

    @cached_property
    def referent(self) -> AffectationReferent | None:
        """Return who follows the person."""
        suivi = AffectationReferent.objects.filter(personne=self.personne, periode__contains=self.jour)
        return suivi.select_related("referent", "structure").first()

    @cached_property
    def places(self) -> list[Places]:
        """Return the places of every structure."""
        return places_au(self.jour)

    @cached_property
    def territoire(self) -> TerritoireAction | None:
        """Return the territory where the person lives."""
        ici = Adresse.objects.filter(personne=self.personne, periode__contains=self.jour).values("commune")[:1]
        tenues = CommuneTerritoire.objects.filter(commune=Subquery(ici), validite__contains=self.jour)
        tenue = tenues.select_related("territoire").order_by("pk").first()
        return tenue.territoire if tenue else None

    @cached_property
    def proches(self) -> list[int]:
        """Return the structures that receive most people of her territory today, at most eight, fullest first."""
        if self.territoire is None:
            return []
        communes = CommuneTerritoire.objects.filter(territoire=self.territoire, validite__contains=self.jour)
        la = Adresse.objects.filter(
            personne=OuterRef("personne"), periode__contains=self.jour,
            commune__in=list(communes.values_list("commune_id", flat=True)),
        )  # fmt: skip
        recues = Orientation.objects.au(self.jour).filter(Exists(la)).order_by().values_list("structure")
        return [cle for cle, _ in recues.annotate(n=Count("pk")).order_by("-n", "structure")[:PROCHES]]

    @cached_property
    def origines(self) -> list[str]:
        """Return where the decision may come from; the request it answers says it, a first one is no reorientation."""
        if self.demande is not None:
            return []
        deja = self.actuelle is not None or Orientation.objects.filter(personne=self.personne).exists()
        return [o.value for o in OrigineOrientation if deja or o != OrigineOrientation.REORIENTATION]

    def options(self) -> dict[str, Any]:
        """Return what the form of a decision is made with."""
        return {
            "types": self.types, "places": self.places, "origines": self.origines, "proches": self.proches,
            "ici": str(self.territoire or ""), "propose": self.organisme_propose,
        }  # fmt: skip

    @cached_property
    def echeances(self) -> list[delais.Echeance]:
        """Return the legal deadline and the département's target, for someone not oriented; empty otherwise."""
        entree = SituationDroitsDevoirs.objects.filter(
            personne=self.personne, recu=True, periode__contains=self.jour
        ).values_list("periode", flat=True)  # fmt: skip
        periode = entree.order_by("-periode").first()
        if self.actuelle is not None or periode is None or periode.lower is None:
            return []
        try:
            dues = [f(self.regimes, periode.lower) for f in (delais.echeance_orientation, delais.cible_orientation)]
        except LookupError:  # no regime recorded for that date: nothing can be said
            return []
        return [due for due in dues if due is not None]

    @property
    def delais(self) -> list[Signal]:
        """Return the deadlines in words with their tone: red only when the law is past, not the target."""
        dits = []
        for due in self.echeances:
            tard = due.en_retard(self.jour)
            dits.append(
                Signal("retard" if tard and not due.cible else "veille" if tard else "info", due.phrase(self.jour))
            )
        return dits

    @property
    def organisme_propose(self) -> str:
        """Return the organism the rules propose, unless the request asks for another type."""
        proposition, regle = self.proposee.proposition, self.proposee.regle
        ailleurs = self.demande is not None and self.demande.type_demande != proposition.type
        return regle.organisme if regle and not ailleurs else ""

    @property
    def initiales(self) -> dict[str, Any]:
        """Return what the form is filled with: the request when there is one, else the proposal."""
        initiales: dict[str, Any] = {
            "le": self.jour, "type_decide": self.proposee.proposition.type,
            "origine": "reorientation" if self.actuelle else "manuelle",
        }  # fmt: skip
        if self.demande is not None:
            initiales |= {"type_decide": self.demande.type_demande, "structure": self.demande.structure_demandee_id}
        return initiales


@dataclass(frozen=True)
class LigneEcart:
    """A row of the table of gaps: what was proposed, how many of each decision (« s. s. » when masked), the total."""

    intitule: str
    cases: list[tuple[str, Any, bool]]
    total: Any


def tableau(
    effectifs: dict[tuple[str, str], int],
    lignes: list[tuple[str, str]],
    colonnes: list[tuple[str, str]],
    *,
    masque: bool,
) -> tuple[list[LigneEcart], LigneEcart]:
    """Return the rows and the totals of a table of counts {(row, column): n}, small cells hidden when `masque`."""
    valeurs = [[effectifs.get((a, b), 0) for b, _ in colonnes] for a, _ in lignes]
    caches = masquer_tableau(valeurs, SEUIL_INTERNE if masque else 0)

    def dire(valeur: int, *, cache: bool) -> Any:
        return MASQUE if cache else valeur

    rangs = [
        LigneEcart(
            intitule,
            [
                (titre, dire(valeurs[i][j], cache=caches.cases[i][j]), bool(code) and code == colonne)
                for j, (colonne, titre) in enumerate(colonnes)
            ],
            dire(sum(valeurs[i]), cache=caches.lignes[i]),
        )
        for i, (code, intitule) in enumerate(lignes)
    ]
    sommes = [sum(v[j] for v in valeurs) for j in range(len(colonnes))]
    bas = [(titre, dire(sommes[j], cache=caches.colonnes[j]), False) for j, (_, titre) in enumerate(colonnes)]
    return rangs, LigneEcart("Total", bas, dire(sum(sommes), cache=caches.total))


TYPES = [(t.value, t.label) for t in TypeOrientation]
AUCUNE = [("", "Aucune proposition")]


class Ecarts:
    """Proposals against decisions over one year of decisions."""

    def __init__(self, utilisateur: Any, annee: int) -> None:
        """Read once: counts by proposal and decision, then the motives of the gaps."""
        self.annee = annee
        self.masque = not voit_petits_effectifs(utilisateur, Restriction())
        annees = Orientation.objects.filter(decidee_le__year=annee)
        comptes = annees.order_by().values_list("type_propose", "type_decide").annotate(n=Count("pk"))
        self.effectifs = {(propose, decide): n for propose, decide, n in comptes}
        self.lignes, self.total = tableau(self.effectifs, [*TYPES, *AUCUNE], TYPES, masque=self.masque)
        self.proposees = sum(n for (propose, _), n in self.effectifs.items() if propose)
        self.suivies = sum(n for (propose, decide), n in self.effectifs.items() if propose and propose == decide)

    @property
    def taux(self) -> float | None:
        """Return the share of proposals followed, in percent.

        None without proposal, or when a cell it adds up is hidden: the rate would give it back.
        """
        lisibles = [valeur for ligne in self.lignes for _, valeur, suivie in ligne.cases if suivie]
        lisibles += [ligne.total for ligne in self.lignes]
        return None if not self.proposees or MASQUE in lisibles else 100 * self.suivies / self.proposees

    @cached_property
    def motifs(self) -> list[tuple[str, Any]]:
        """Return the motives of the gaps and how many decisions each explains, most frequent first."""
        ecarts = Orientation.objects.filter(decidee_le__year=self.annee).exclude(type_propose="")
        comptes = ecarts.exclude(type_propose=F("type_decide")).order_by().values_list("motif__libelle")
        lus = [(libelle or "Motif écrit en clair", n) for libelle, n in comptes.annotate(n=Count("pk")).order_by("-n")]
        caches = masquer_liste([n for _, n in lus], SEUIL_INTERNE if self.masque else 0)
        return [(m, MASQUE if cache else n) for (m, n), cache in zip(lus, caches.cases, strict=True)]
