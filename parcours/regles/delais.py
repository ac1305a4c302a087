"""Legal deadlines of a path, under the regime in force when each clock started. Pure.

A regime is judged at the date of the event that starts the clock: a file received in 2019 keeps the 2019 deadline.
Months are calendar months (code de procédure civile, art. 641): two months from 31 December end on 28 or 29 February.
The day of the event does not count, the last day is still in time.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pdi.socle.formats import compte

Unite = Literal["jours", "semaines", "mois"]
UNITES: tuple[Unite, ...] = ("jours", "semaines", "mois")
_EN_ANGLAIS = {"jours": "days", "semaines": "weeks", "mois": "months"}
_UN = {"jours": "jour", "semaines": "semaine", "mois": "mois"}

# Codes of parcours.models (TypeOrientation, OrganismeOarsa): the rules stay free of the database.
SOCIAL = "social"
FRANCE_TRAVAIL = "france_travail"

# The clocks, as queues and screens name them.
ORIENTATION = "orientation"
CIBLE_ORIENTATION = "cible_orientation"
PREMIER_RDV = "premier_rdv"
CONTRAT = "contrat"
REVISION = "revision"
REVISION_TARDIVE = "revision_tardive"

# Used when a regime is silent, so that a missing parameter never hides a deadline that every regime knows.
PREMIER_RDV_PAR_DEFAUT = 15
# The département's own limits: no text sets them, a regime may (same keys).
REPONSE, REORIENTATION, VALIDATION, CONTACT = "reponse", "reorientation", "validation", "contact"
# Motives that put the review off to twelve months. Source: CASF L262-34 (2025).
MOTIFS_PROTEGES = ("sante", "handicap", "invalidite", "parent_isole_sans_garde")


class RegimeEnBase(Protocol):
    """What is read of a RegimeJuridique row."""

    code: str
    intitule: str
    validite: Any
    parametres: dict[str, Any]


def plus_mois(date: datetime.date, mois: int) -> datetime.date:
    """Return the same day `mois` months later (or before), the last day of the month when that day does not exist."""
    rang = date.year * 12 + date.month - 1 + mois
    annee, numero = divmod(rang, 12)
    dernier = calendar.monthrange(annee, numero + 1)[1]
    return date.replace(year=annee, month=numero + 1, day=min(date.day, dernier))


def mois_ecoules(debut: datetime.date, fin: datetime.date) -> int:
    """Return the number of whole months from `debut` to `fin` (negative when `fin` comes first).

    The largest n such that plus_mois(debut, n) ≤ fin: 31 January to 28 February is one month.
    """
    n = (fin.year - debut.year) * 12 + fin.month - debut.month
    return n if plus_mois(debut, n) <= fin else n - 1


def age_au(naissance: datetime.date, jour: datetime.date) -> int:
    """Return the age in whole years; born on 29 February, one is a year older on 1 March of common years.

    Source: the anniversary is the day of the same date, or the next day when it does not exist.
    """
    return jour.year - naissance.year - ((jour.month, jour.day) < (naissance.month, naissance.day))


@dataclass(frozen=True)
class Duree:
    """A length in days, weeks or calendar months."""

    valeur: int
    unite: Unite

    @classmethod
    def lire(cls, cle: str, brut: Any) -> Duree:
        """Read a parameter: {"valeur": 2, "unite": "mois"}, or a number of months if `cle` ends in _mois, else of days.

        Raises ValueError, with the key, when it cannot be read.
        """
        if isinstance(brut, Mapping):
            valeur, unite = brut.get("valeur"), brut.get("unite")
        else:
            valeur, unite = brut, "mois" if cle.endswith("_mois") else "jours"
        if not isinstance(valeur, int) or isinstance(valeur, bool) or valeur < 0 or unite not in UNITES:
            raise ValueError(f'« {cle} » : une durée s’écrit {{"valeur": 2, "unite": "mois"}}, pas {brut!r}.')
        return cls(valeur, unite)

    def depuis(self, date: datetime.date) -> datetime.date:
        """Return the last day in time when the clock starts on `date`."""
        if self.unite == "mois":
            return plus_mois(date, self.valeur)
        return date + datetime.timedelta(days=self.valeur * (7 if self.unite == "semaines" else 1))

    @property
    def intervalle(self) -> str:
        """Return the PostgreSQL interval: `date + interval` gives the same day as `depuis`."""
        return f"{self.valeur} {_EN_ANGLAIS[self.unite]}"

    def __str__(self) -> str:
        """Return « 2 mois », « 1 jour »."""
        return f"{self.valeur}\u00a0{self.unite if self.valeur > 1 else _UN[self.unite]}"


LIMITES_PAR_DEFAUT: Mapping[str, tuple[str, Duree, str]] = {
    REPONSE: ("delai_reponse_prescription", Duree(15, "jours"), "Réponse à la prescription"),
    REORIENTATION: ("delai_reorientation", Duree(30, "jours"), "Décision sur la réorientation"),
    VALIDATION: ("delai_validation_contrat", Duree(15, "jours"), "Validation du contrat"),
    CONTACT: ("delai_contact", Duree(3, "mois"), "Contact avec la personne"),
}


@dataclass(frozen=True)
class Regime:
    """The parameters in force from `debut` (None: always) to `fin`, excluded (None: still)."""

    code: str
    intitule: str
    debut: datetime.date | None
    fin: datetime.date | None
    parametres: Mapping[str, Any]

    @classmethod
    def lire(cls, ligne: RegimeEnBase) -> Regime:
        """Read a RegimeJuridique row."""
        return cls(ligne.code, ligne.intitule, ligne.validite.lower, ligne.validite.upper, dict(ligne.parametres))

    def couvre(self, jour: datetime.date) -> bool:
        """Return whether the regime is in force on `jour`."""
        return (self.debut is None or self.debut <= jour) and (self.fin is None or jour < self.fin)

    def duree(self, cle: str) -> Duree | None:
        """Return a length, None when the regime does not set it."""
        brut = self.parametres.get(cle)
        return None if brut is None else Duree.lire(cle, brut)

    def reference(self, cle: str) -> str:
        """Return the legal reference of a parameter, empty when none is recorded."""
        return str(self.parametres.get("references", {}).get(cle, ""))

    def libelle_type(self, type_orientation: str) -> str:
        """Return the wording of an orientation type under this regime, its code when the regime gives none."""
        return str(self.parametres.get("types_orientation", {}).get(type_orientation, type_orientation))


def regime_au(regimes: Iterable[Regime], jour: datetime.date) -> Regime:
    """Return the regime in force on `jour`. Raises LookupError when none is."""
    for regime in regimes:
        if regime.couvre(jour):
            return regime
    raise LookupError(f"Aucun régime juridique ne couvre le {jour:%d/%m/%Y}.")


@dataclass(frozen=True)
class Echeance:
    """A deadline: what is due, since when, the last day in time, and the text that says so.

    `cible` marks a target the département gave itself: missed, it is worth a look, it is not against the law.
    """

    code: str
    intitule: str
    depuis: datetime.date
    le: datetime.date
    duree: Duree
    reference: str = ""
    cible: bool = False

    def retard(self, jour: datetime.date) -> int:
        """Return the days past the deadline on `jour`: 0 up to the last day, included."""
        return max((jour - self.le).days, 0)

    def en_retard(self, jour: datetime.date) -> bool:
        """Return whether the last day has passed."""
        return jour > self.le

    def reste(self, jour: datetime.date) -> int:
        """Return the days left on `jour`: 0 on the last day and after."""
        return max((self.le - jour).days, 0)

    def phrase(self, jour: datetime.date) -> str:
        """Return the situation in one sentence, with the reference when there is one."""
        suite = f" ({self.reference})" if self.reference else ""
        if self.en_retard(jour):
            return f"{self.intitule}\u00a0: en retard de {compte(self.retard(jour), 'jour')}{suite}"
        if jour == self.le:
            return f"{self.intitule}\u00a0: dernier jour aujourd’hui{suite}"
        return f"{self.intitule}\u00a0: il reste {compte(self.reste(jour), 'jour')}{suite}"


def _echeance(
    regime: Regime, cle: str, code: str, intitule: str, depuis: datetime.date, *, cible: bool = False
) -> Echeance | None:
    duree = regime.duree(cle)
    if duree is None:
        return None
    return Echeance(code, intitule, depuis, duree.depuis(depuis), duree, regime.reference(cle), cible)


def echeance_orientation(regimes: Iterable[Regime], recu_le: datetime.date) -> Echeance | None:
    """Return the last day to orient a person whose file was received on `recu_le`.

    A: two months (R262-65-2). B: six weeks, then France Travail orients (D262-65-2).
    """
    regime = regime_au(regimes, recu_le)
    return _echeance(regime, "delai_orientation", ORIENTATION, "Orientation", recu_le)


def cible_orientation(regimes: Iterable[Regime], recu_le: datetime.date) -> Echeance | None:
    """Return the département's own target for the orientation (Essonne: one month, fiche 2.1)."""
    regime = regime_au(regimes, recu_le)
    return _echeance(
        regime, "cible_interne_orientation", CIBLE_ORIENTATION, "Orientation, objectif du Département", recu_le,
        cible=True,
    )  # fmt: skip


def france_travail_oriente_des(regimes: Iterable[Regime], recu_le: datetime.date) -> datetime.date | None:
    """Return the first day France Travail orients in place of the département, None when the regime has no such rule.

    Source: CASF D262-65-2, since 1 January 2025.
    """
    duree = regime_au(regimes, recu_le).duree("delai_france_travail")
    return None if duree is None else duree.depuis(recu_le) + datetime.timedelta(days=1)


def echeance_premier_rendez_vous(regimes: Iterable[Regime], oriente_le: datetime.date) -> Echeance:
    """Return the last day of the first appointment after an orientation: fifteen days."""
    regime = regime_au(regimes, oriente_le)
    trouvee = _echeance(regime, "delai_premier_rdv", PREMIER_RDV, "Premier rendez-vous", oriente_le)
    if trouvee is not None:
        return trouvee
    duree = Duree(PREMIER_RDV_PAR_DEFAUT, "jours")
    return Echeance(PREMIER_RDV, "Premier rendez-vous", oriente_le, duree.depuis(oriente_le), duree)


@dataclass(frozen=True)
class OrientationLue:
    """What the clock of the contract reads of an orientation. `type` and `organisme` are the codes of the models."""

    decidee_le: datetime.date
    type: str
    organisme: str = ""
    notifiee_le: datetime.date | None = None


def echeance_contrat(regimes: Iterable[Regime], orientation: OrientationLue) -> Echeance | None:
    """Return the last day to sign the contract due after `orientation`, None when that orientation owes none here.

    A: the orientation starts the clock; none at Pôle emploi (its PPAE is not a contract of the département), two
    months for social follow-up, one month elsewhere (L262-34 to L262-36). B: one month from the notification, or from
    the decision as long as no notification is recorded (L262-34). Each new orientation starts its own clock.
    """
    regime = regime_au(regimes, orientation.decidee_le)
    if orientation.organisme and orientation.organisme in regime.parametres.get("contrat_non_du", ()):
        return None
    depuis = orientation.decidee_le
    if regime.parametres.get("contrat_depuis") == "notification":
        depuis = orientation.notifiee_le or orientation.decidee_le
    sociale = orientation.type == SOCIAL and regime.parametres.get("delai_contrat_social_mois") is not None
    cle = "delai_contrat_social_mois" if sociale else "delai_contrat"
    return _echeance(regime, cle, CONTRAT, str(regime.parametres.get("nom_contrat", "Contrat")), depuis)


def echeance_contrat_courante(regimes: Iterable[Regime], orientations: Iterable[OrientationLue]) -> Echeance | None:
    """Return the deadline of the latest orientation: the clock starts again at each one."""
    regimes = list(regimes)
    derniere = max(orientations, key=lambda o: o.decidee_le, default=None)
    return None if derniere is None else echeance_contrat(regimes, derniere)


def echeance_revision(
    regimes: Iterable[Regime], depuis: datetime.date, *, type_orientation: str, protege: bool = False
) -> Echeance | None:
    """Return when the situation is to be looked at again, None when the regime asks for nothing.

    A: `depuis` is the orientation; six months of social orientation without a move, the file goes to the équipe
    pluridisciplinaire (L262-31); the other types have no such review. B: `depuis` is the signature; six months, twelve
    for the protected cases (`protege`: health, handicap, invalidity, single parent without childcare).
    """
    regime = regime_au(regimes, depuis)
    limites = regime.parametres.get("revision_types")
    if limites is not None and type_orientation not in limites:
        return None
    cle = "revision_protegee_mois" if protege and "revision_protegee_mois" in regime.parametres else "revision_mois"
    return _echeance(regime, cle, REVISION, "Réexamen de la situation", depuis)


def echeance_revision_tardive(
    regimes: Iterable[Regime], depuis: datetime.date, *, type_orientation: str
) -> Echeance | None:
    """Return the last day of the review where the law gives it a bound: A, twelve months of social orientation."""
    regime = regime_au(regimes, depuis)
    limites = regime.parametres.get("revision_types")
    if limites is not None and type_orientation not in limites:
        return None
    return _echeance(regime, "revision_max_mois", REVISION_TARDIVE, "Réexamen, au plus tard", depuis)


def limite_interne(regimes: Iterable[Regime], code: str, depuis: datetime.date) -> Echeance:
    """Return the département's own limit `code` (REPONSE, REORIENTATION, VALIDATION, CONTACT) from `depuis`."""
    cle, duree, intitule = LIMITES_PAR_DEFAUT[code]
    regime = next((r for r in regimes if r.couvre(depuis)), None)
    fixee = (regime.duree(cle) if regime else None) or duree
    reference = regime.reference(cle) if regime else ""
    return Echeance(code, intitule, depuis, fixee.depuis(depuis), fixee, reference, cible=True)
