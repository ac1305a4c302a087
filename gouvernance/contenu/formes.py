"""Shape of the frozen content of a report, version 2 (formats.py reads the older ones).

Plain JSON: texts, integers, booleans, lists, objects.

Decimals are written as canonical text (« 86 », « 27458.82 ») so that the same figure always has the same bytes;
dates as ISO text. A value that is unknown is None, never zero.
"""

from __future__ import annotations

from typing import Any, TypedDict

SCHEMA_VERSION = 3

Nombre = str | None


class Couverture(TypedDict):
    """What the cover and the running headers say."""

    titre: str
    annee: int
    departement: str
    departement_code: str
    programme: str
    programme_code: str
    programme_court: str
    nature: str
    periode: str
    adoption: str | None
    deliberation: str
    signataires: list[str]
    niveaux: list[dict[str, str]]
    fiches_restreintes: int
    demonstration: bool


class Point(TypedDict):
    """The value of one indicator for one year."""

    annee: int
    valeur: Nombre
    texte: str
    numerateur: Nombre
    denominateur: Nombre
    cible: Nombre
    partiel: bool


class LigneIndicateur(TypedDict):
    """One indicator in its fiche. `points` runs over the years of the report, oldest first, the last being N."""

    id: int
    libelle: str
    groupe: str
    nature: str
    unite: str
    sens: str
    points: list[Point]
    cible: Nombre
    ecart: Nombre
    ton: str
    evolution: str
    recompte: Nombre
    explication: str
    causes: list[str]


class LigneEtape(TypedDict):
    """One step of the year: its state at the end of it, its percentage on the day of the compilation."""

    intitule: str
    details: list[str]
    etat: str
    etat_libelle: str
    avancement: int
    echeance: str | None
    realisee_le: str | None
    retard: bool
    commentaire: str


class Objectif(TypedDict):
    """A numbered objective and its steps; `numero` None holds the steps tied to none."""

    numero: int | None
    intitule: str
    etapes: list[LigneEtape]


class LigneFinancement(TypedDict):
    """One funder's row; `annee` None is the whole action. What is spent after the year is not of this report."""

    financeur: str
    annee: int | None
    prevu: Nombre
    realise: Nombre
    commentaire: str


class Montants(TypedDict):
    """Amounts of the year, then of the whole programme: planned to its end, spent up to the year."""

    prevu: Nombre
    realise: Nombre
    prevu_total: Nombre
    realise_total: Nombre


class Financeur(Montants):
    """What one funder plans and pays for a fiche."""

    financeur: str
    commentaire: str


class BilanFiche(TypedDict):
    """What the pilote wrote, and the version of the fiche it was written for, in words, empty when unknown."""

    etat: str
    etat_libelle: str
    realisations: str
    perspectives: str
    changement: str
    valide_le: str | None
    version_fiche: str


class AnomalieFiche(TypedDict):
    """A contradiction, shown and never corrected silently."""

    fiche: str
    fiche_id: int
    titre: str
    constat: str
    pese: list[dict[str, str]]
    source: str
    etat: str
    etat_libelle: str
    reponse: str


class SectionFiche(TypedDict):
    """One fiche-action."""

    id: int
    numero: str
    intitule: str
    axe: str
    statut: str
    statut_libelle: str
    statut_motif: str
    libelles: dict[str, str]
    contexte: str
    objectifs_generaux: list[str]
    publics: list[str]
    calendrier: str
    cadres: list[str]
    pilotes: list[str]
    copilotes: list[str]
    partenaires: list[str]
    objectifs: list[Objectif]
    etapes_faites: int
    etapes_total: int
    avancement: int | None
    resultats: list[str]
    indicateurs: list[LigneIndicateur]
    phare: int | None
    financements: list[LigneFinancement]
    financeurs: list[Financeur]
    montants: Montants
    cout_total: Nombre
    cout_commentaire: str
    bilan: BilanFiche | None
    anomalies: list[AnomalieFiche]


class Noeud(TypedDict):
    """A node of the strategic tree with its own fiches and its children."""

    id: int | None
    niveau: str
    rang: int
    numero: str
    intitule: str
    fiches: list[SectionFiche]
    enfants: list[Noeud]


class Manque(TypedDict):
    """Something the report lacks. `bloquant` forbids publication."""

    nature: str
    fiche: str
    fiche_id: int
    texte: str
    compte: int
    bloquant: bool


class ChapitreContenu(TypedDict):
    """One chapter: the code of its declaration (see chapitres.py), its title, its data."""

    code: str
    titre: str
    donnees: dict[str, Any]


class Contenu(TypedDict):
    """The whole report."""

    schema_version: int
    couverture: Couverture
    annees: list[int]
    chapitres: list[ChapitreContenu]


def chapitre(contenu: Contenu | dict[str, Any], code: str) -> dict[str, Any]:
    """Return the data of the chapter `code`, empty when this content has none."""
    for element in contenu["chapitres"]:
        if element["code"] == code:
            donnees: dict[str, Any] = element["donnees"]
            return donnees
    return {}


def toutes_les_fiches(contenu: Contenu | dict[str, Any]) -> list[SectionFiche]:
    """Return every fiche of the report, in the order of the document."""
    fiches: list[SectionFiche] = []

    def visiter(noeuds: list[Noeud]) -> None:
        for noeud in noeuds:
            fiches.extend(noeud["fiches"])
            visiter(noeud["enfants"])

    visiter(chapitre(contenu, "fiches").get("noeuds", []))
    return fiches
