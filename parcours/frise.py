"""The timeline as the page shows it: words, links, filters, months. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from pdi.socle.formats import MOIS, euros

from . import chronologie as c
from .chronologie import FAMILLES, Fait
from .models import (
    EtatAide,
    EtatDemande,
    EtatEntretien,
    EtatInscription,
    EtatPrescription,
    NatureContrat,
    NatureCorrection,
    NatureEntretien,
    NatureSortie,
    SituationSuivi,
    TypeOrientation,
)
from .regles.contrats import affichage

ICONES = {
    c.ORIENTATION: "compass", c.REORIENTATION: "arrow-left-right", c.REFERENT: "person-circle",
    c.ENTRETIEN: "calendar-event", c.CONTRAT: "file-earmark-check", c.PRESCRIPTION: "signpost-split",
    c.INSCRIPTION: "people", c.AIDE: "cash-coin", c.SORTIE: "briefcase", c.SUIVI: "telephone",
    c.DIAGNOSTIC: "clipboard-check", c.ENTREE: "arrow-right-circle-fill", c.ADRESSE: "house",
    c.COURRIER: "envelope", c.CORRECTION: "pencil", c.EP: "people-fill",
}  # fmt: skip
DOMAINES = {
    c.AIDE: "offre", c.PRESCRIPTION: "offre", c.INSCRIPTION: "offre", c.CONTRAT: "parcours",
    c.ORIENTATION: "parcours", c.REORIENTATION: "parcours", c.REFERENT: "parcours", c.ENTRETIEN: "parcours",
    c.DIAGNOSTIC: "parcours", c.EP: "gouvernance",
}  # fmt: skip
# The badge of an event, by kind and state: a tone; states left out say nothing more than the words.
TONS = {
    c.PRESCRIPTION: {"renseignee": "neutre", "signee": "info", "transmise": "info", "refusee": "veille",
                     "retenue": "info", "en_action": "info", "achevee": "bon", "abandonnee": "veille",
                     "annulee": "neutre"},
    c.INSCRIPTION: {"en_attente": "neutre", "proposee": "veille", "confirmee": "info", "presente": "info",
                    "absente": "veille", "liberee": "neutre", "annulee": "neutre"},
    c.AIDE: {"demandee": "veille", "a_corriger": "veille", "accordee": "info", "refusee": "retard", "versee": "bon",
             "annulee": "neutre"},
    c.ENTRETIEN: {"prevu": "info", "tenu": "bon", "manque": "retard", "excuse": "veille", "annule": "neutre"},
    c.REORIENTATION: {"en_attente": "veille", "acceptee": "bon", "refusee": "neutre", "retiree": "neutre"},
}  # fmt: skip
ETATS: dict[str, Any] = {
    c.PRESCRIPTION: EtatPrescription, c.INSCRIPTION: EtatInscription, c.AIDE: EtatAide,
    c.ENTRETIEN: EtatEntretien, c.REORIENTATION: EtatDemande,
}  # fmt: skip
LIGNES_AU_PLUS = 120  # events drawn at once: a longer history unfolds on demand


@dataclass(frozen=True)
class Ligne:
    """One event as the page shows it; `etat` and `ton_etat` make its badge."""

    le: datetime.date
    titre: str
    texte: str
    icone: str
    domaine: str = ""
    ton: str = ""
    url: str = ""
    etat: str = ""
    ton_etat: str = ""


@dataclass(frozen=True)
class Mois:
    """The events of one month, or of one year long past, latest first. `ancien`: folded until it is asked for."""

    titre: str
    lignes: list[Ligne] = field(default_factory=list)
    ancien: bool = False


def _phrases(*morceaux: str) -> str:
    return ", ".join(m for m in morceaux if m)


def _heures(brut: str) -> str:
    return f"{brut.removesuffix('.0').replace('.', ',')}\u00a0h par semaine" if brut else ""


def _periode(fait: Fait, *, sans_fin: str = "") -> str:
    if fait.debut and fait.fin:
        return f"du {fait.debut:%d/%m/%Y} au {fait.fin:%d/%m/%Y}"
    return f"depuis le {fait.debut:%d/%m/%Y}" if fait.debut else sans_fin


def _entretien(fait: Fait) -> tuple[str, str]:
    suite = {"brouillon": "saisie en brouillon", "sans_compte_rendu": "compte rendu à écrire"}.get(fait.d, "")
    return NatureEntretien(fait.a).label, _phrases(fait.c, suite)


def _situation(fait: Fait) -> tuple[str, str]:
    fin = f"jusqu’au {fait.fin:%d/%m/%Y}" if fait.fin else ""
    if fait.a != "true":
        return "Hors du champ des droits et devoirs", fin
    ecart = "le recalcul dit le contraire" if fait.b == "false" else ""
    return "Droits et devoirs ouverts", _phrases(fin, ecart)


def _correction(fait: Fait) -> tuple[str, str]:
    jour = datetime.date.fromisoformat(fait.a)
    verbe = "retirée" if fait.b == NatureCorrection.RETIREE else "corrigée"
    return f"Orientation du {jour:%d/%m/%Y} {verbe}", fait.c


def _suivi(fait: Fait) -> tuple[str, str]:
    return f"Suivi à {fait.a}\u00a0mois de la sortie", SituationSuivi(fait.b).label if fait.b else ""


MOTS: dict[str, Callable[[Fait], tuple[str, str]]] = {
    c.ORIENTATION: lambda f: (f"Orientation\u00a0: {TypeOrientation(f.a).label}", _phrases(f.b, f.c)),
    c.REORIENTATION: lambda f: (f"Réorientation demandée\u00a0: {TypeOrientation(f.a).label}", _phrases(f.c, f.d)),
    c.CORRECTION: _correction,
    c.REFERENT: lambda f: (f"Référent\u00a0: {f.a}", _phrases(f.b, f.c and f"fin\u00a0: {f.c}")),
    c.ENTRETIEN: _entretien,
    c.CONTRAT: lambda f: (NatureContrat(f.a).label, _phrases(_periode(f), _heures(f.c))),
    c.PRESCRIPTION: lambda f: (f"Prescription\u00a0: {f.a}", _phrases(f.c, _periode(f))),
    c.INSCRIPTION: lambda f: (f"Inscription à une session\u00a0: {f.a}", _phrases(_periode(f), f.c)),
    c.AIDE: lambda f: (f"Aide\u00a0: {f.a}, {euros(f.c)}", f.d),
    c.SORTIE: lambda f: (f"{NatureSortie(f.b).label}\u00a0: {f.a}", f.c),
    c.SUIVI: _suivi,
    c.DIAGNOSTIC: lambda f: ("Diagnostic", "en brouillon" if f.a else ""),
    c.COURRIER: lambda f: (f"Courrier\u00a0: {f.a}", f.c),
    c.EP: lambda f: (f.a, f.b),
    c.ENTREE: _situation,
    c.ADRESSE: lambda f: (f"Domicile\u00a0: {f.a or 'commune inconnue'}", "domiciliation" if f.b == "true" else ""),
}


Badge = tuple[str, str]  # tone, words


def _badge(fait: Fait) -> Badge:
    """Return the badge of an event that says its state, empty when it says no more than the words."""
    ton = TONS.get(fait.genre, {}).get(fait.b, "")
    return (ton, ETATS[fait.genre](fait.b).label) if ton else ("", "")


def badges_contrats(faits: Sequence[Fait], jour: datetime.date) -> dict[int, Badge]:
    """Return how each contract stands on `jour`, in the words of its own page: in force, over, replaced."""
    badges = {}
    for f in faits:
        if f.genre == c.CONTRAT:
            lu = affichage(f.b, f.debut or f.le, f.fin or f.le, jour, suite=f.d == "true")
            badges[f.objet] = (lu.ton, lu.libelle)
    return badges


def ligne(fait: Fait, url: str = "", badge: Badge | None = None) -> Ligne:
    """Return the words, the marks and the badge of one event."""
    titre, texte = MOTS[fait.genre](fait)
    ton_etat, etat = _badge(fait) if badge is None else badge
    icone = "calendar-x" if fait.genre == c.ENTRETIEN and fait.b in ("manque", "excuse") else ICONES[fait.genre]
    ton = "bon" if fait.genre == c.SORTIE and fait.d == "true" else ""
    return Ligne(fait.le, titre, texte, icone, DOMAINES.get(fait.genre, ""), ton, url, etat, ton_etat)


class FiltreFrise:
    """Which families are shown: some (`montrer`, several), or all but some (`sauf`, several). State in the URL."""

    def __init__(self, get: QueryDict) -> None:
        """Read the query string; unknown families are ignored."""
        self.get = get
        self.montrer = [f for f in FAMILLES if f in get.getlist("montrer")]
        self.sauf = [] if self.montrer else [f for f in FAMILLES if f in get.getlist("sauf")]
        self.tout = bool(get.get("tout"))

    def garde(self, fait: Fait) -> bool:
        """Return whether the event is shown. A follow-up still to be made is a next step, not an event."""
        if fait.genre == c.SUIVI and not fait.b:
            return False
        return fait.famille in self.montrer if self.montrer else fait.famille not in self.sauf

    @property
    def actif(self) -> bool:
        """Return whether something is filtered out."""
        return bool(self.montrer or self.sauf)

    def _requete(self, montrer: Sequence[str], sauf: Sequence[str]) -> str:
        params = QueryDict(mutable=True)
        params.setlist("montrer", list(montrer))
        params.setlist("sauf", list(sauf))
        return f"?{params.urlencode()}#t-frise"

    @property
    def jetons(self) -> list[tuple[str, str]]:
        """Return the removable badges: (words, query string without it)."""
        return [
            *((FAMILLES[f], self._requete([x for x in self.montrer if x != f], [])) for f in self.montrer),
            *((f"Tout sauf {FAMILLES[f].lower()}", self._requete([], [x for x in self.sauf if x != f]))
              for f in self.sauf),
        ]  # fmt: skip

    @property
    def ajouts(self) -> list[tuple[str, str]]:
        """Return what may be shown too: (family, query string with it)."""
        return [(nom, self._requete([*self.montrer, f], [])) for f, nom in FAMILLES.items() if f not in self.montrer]

    @property
    def exclusions(self) -> list[tuple[str, str]]:
        """Return what may be left out: (family, query string without it)."""
        return [(nom, self._requete([], [*self.sauf, f])) for f, nom in FAMILLES.items() if f not in self.sauf]

    @property
    def deplier(self) -> str:
        """Return the query string that unfolds the whole history, filters kept."""
        params = self.get.copy()
        params["tout"] = "1"
        return f"?{params.urlencode()}#t-frise"


def mois_de(lignes: Sequence[Ligne], jour: datetime.date) -> list[Mois]:
    """Return the events grouped by month, by year beyond the last twelve months, in the order given.

    The first group is never folded: someone whose last event is old still shows one.
    """
    groupes: list[Mois] = []
    recent = (jour - datetime.timedelta(days=365)).replace(day=1)
    for une in lignes:
        ancien = une.le < recent
        titre = str(une.le.year) if ancien else f"{MOIS[une.le.month - 1].capitalize()} {une.le.year}"
        if not groupes or groupes[-1].titre != titre:
            groupes.append(Mois(titre, ancien=ancien and bool(groupes)))
        groupes[-1].lignes.append(une)
    return groupes


@dataclass(frozen=True)
class Frise:
    """The timeline of a page: months, and how many older events are folded."""

    mois: list[Mois]
    repliees: int
    filtre: FiltreFrise


def frise(faits: Sequence[Fait], filtre: FiltreFrise, lien: Callable[[Fait], str], jour: datetime.date) -> Frise:
    """Return the timeline of `faits`, latest first, on `jour`. `lien` gives the page of an event, empty for none."""
    gardes = [f for f in faits if filtre.garde(f)]
    montres = gardes if filtre.tout else gardes[:LIGNES_AU_PLUS]
    contrats = badges_contrats(faits, jour)
    lignes = [ligne(f, lien(f), contrats.get(f.objet) if f.genre == c.CONTRAT else None) for f in montres]
    return Frise(mois_de(lignes, jour), len(gardes) - len(montres), filtre)
