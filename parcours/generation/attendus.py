"""The expected value of every indicator, counted in plain Python from the drawn events.

No SQL and no shared formula: docs/indicateurs.md is followed a second time, on purpose. A test compares both.
"""

from __future__ import annotations

import datetime
import itertools
import statistics
from decimal import Decimal
from typing import Any

from .comptage import CONTRATS, ORIGINES, SUIVIS, Annee, Case, Entree
from .comptage_oarsa import TableauxOarsa
from .contexte import Contexte
from .evenements import Contrat, Jour
from .groupes import Menage, Parcours

FORMULE = 1
SIGNES = ("signe", "soumis", "a_corriger", "valide", "clos")
AXES = ("territoire", "sexe", "age", "type", "mois", "offre")
DELAIS = ("delai_orientation", "delai_orientation_contrat")
SANS_DENOMINATEUR = ("file_active", "prescriptions")
CODES = (
    "taux_orientation", "taux_orientation_flux", "orientation_1_mois", "taux_referencement",
    "taux_contractualisation", "taux_contractualisation_flux", "taux_contractualisation_delegataires",
    "suivis_delegataires", "delai_orientation", "delai_orientation_contrat", "delai_premier_rdv_15j",
    "taux_presence", "reorientations", "reorientations_vers_spe", "reorientations_hors_spe",
    "taux_sortie_positive", "taux_sortie_positive_participants", "taux_retour_emploi", "taux_retour_emploi_suivis",
    *(f"maintien_{n}_mois" for n in SUIVIS), "file_active", "cout_par_usager", "taux_occupation",
    "prescriptions", *(f"prescriptions_{o}" for o in ORIGINES), "usagers_genres",
)  # fmt: skip


class Attendus:
    """Counts household after household; `resultat()` gives the content of the file."""

    def __init__(self, ctx: Contexte) -> None:
        """Count for each whole or begun year of the five."""
        self.ctx, self.au = ctx, ctx.au
        self.annees = list(range(ctx.debut.year + 1, ctx.au.year + 1))
        self.cases: dict[tuple[str, int, str, str], Case] = {}
        self.places = sum(offre.places for offre in ctx.monde.offres if offre.compte_places)
        self.oarsa = TableauxOarsa()
        self.offres = {offre.id: offre for offre in ctx.monde.offres}

    def compter(self, menage: Menage) -> None:
        """Count every person of the household."""
        for parcours in menage.membres:
            entrees = self._entrees(parcours)
            for annee in self.annees:
                une = Annee(self, menage, parcours, entrees, annee)
                une.compter()
                self.oarsa.compter(une)

    def ajouter(
        self,
        code: str,
        annee: int,
        axes: dict[str, str],
        *,
        num: Decimal | int = 0,
        den: int = 0,
        manquants: int = 0,
        jours: int | None = None,
    ) -> None:
        """Add one item to the total and to its value on each axis."""
        for cle in (("total", ""), *axes.items()):
            case = self.cases.setdefault((code, annee, *cle), Case())
            case.numerateur += num
            case.denominateur += den
            case.manquants += manquants
            if jours is not None:
                case.jours.append(jours)

    def _entrees(self, parcours: Parcours) -> list[Entree]:
        par_dossier: dict[int, Jour] = {}
        for droit in parcours.droits:
            debut = droit.periode.debut
            if droit.recu and debut <= self.au and debut < par_dossier.get(droit.dossier_id, datetime.date.max):
                par_dossier[droit.dossier_id] = debut
        jours = sorted(set(par_dossier.values()))
        entrees = [Entree(j, s) for j, s in itertools.zip_longest(jours, jours[1:])]
        for entree in entrees:
            possibles = [o for o in parcours.orientations if self._dans(o.decidee_le, entree.jour, entree.suivante)]
            if not possibles:
                continue
            entree.orientation = min(possibles, key=lambda o: (o.decidee_le, o.rang))
            premier = entree.orientation.decidee_le
            signatures = [s for c in parcours.contrats if (s := _signature(c))]
            entree.signature = min((s for s in signatures if self._dans(s, premier, entree.suivante)), default=None)
        return entrees

    def _dans(self, jour: Jour, debut: Jour, avant: Jour | None) -> bool:
        return debut <= jour <= self.au and (avant is None or jour < avant)

    def resultat(self) -> dict[str, Any]:
        """Return the object of the expected file (docs/indicateurs.md, section 5)."""
        valeurs: dict[str, Any] = {}
        for code in CODES:
            for annee in self.annees:
                total = self.cases.get((code, annee, "total", ""), Case())
                if code == "taux_occupation":
                    total.denominateur = self.places
                valeurs.setdefault(code, {})[str(annee)] = {"total": _forme(code, total)} | {a: {} for a in AXES}
        for (code, annee, axe, valeur), case in self.cases.items():
            if axe != "total":
                valeurs[code][str(annee)][axe][valeur] = _forme(code, case)
        return {
            "formule": FORMULE,
            "graine": self.ctx.graine,
            "personnes": self.ctx.total,
            "au": self.au.isoformat(),
            "annees": self.annees,
            "valeurs": valeurs,
            "oarsa": self.oarsa.resultat(),
        }


def _forme(code: str, case: Case) -> dict[str, Any]:
    entier = case.numerateur == case.numerateur.to_integral_value() and code != "cout_par_usager"
    return {
        "numerateur": int(case.numerateur) if entier else float(case.numerateur),
        "denominateur": None if code in SANS_DENOMINATEUR else case.denominateur,
        "manquants": case.manquants,
        "mediane": statistics.median(case.jours) if code in DELAIS and case.jours else None,
    }


def _signature(contrat: Contrat) -> Jour | None:
    if contrat.nature not in CONTRATS or contrat.etat not in SIGNES:
        return None
    if contrat.signe_personne_le is None or contrat.signe_referent_le is None:
        return None
    return max(contrat.signe_personne_le, contrat.signe_referent_le)
