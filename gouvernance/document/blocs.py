"""What a word processor is given: titles, paragraphs, lists and tables, in French words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gouvernance.contenu.tableaux import SIGNES_PAR_LIGNE
from pdi.socle import formats
from pdi.socle.formats import euros, valeur_unite

PLUSIEURS_LARGES = 1.2  # times what a portrait page holds: the table is set across the page


@dataclass(frozen=True)
class Titre:
    """A heading; `niveau` from 1."""

    niveau: int
    texte: str


@dataclass(frozen=True)
class Texte:
    """A paragraph; `gras` is what it begins with, in bold."""

    texte: str
    gras: str = ""
    style: str = ""


@dataclass(frozen=True)
class Liste:
    """A bulleted list."""

    lignes: tuple[str, ...]


@dataclass(frozen=True)
class Grille:
    """A table in words. `largeurs`: signs of each column, negative for numbers (set to the right)."""

    legende: str
    entete: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    largeurs: tuple[int, ...]
    total: bool = False

    @property
    def large(self) -> bool:
        """Return whether its rows are too long for a page held upright."""
        return sum(map(abs, self.largeurs)) > PLUSIEURS_LARGES * SIGNES_PAR_LIGNE and len(self.largeurs) > 5


@dataclass(frozen=True)
class Serie:
    """A series of a chart: `valeurs` are numbers as text, None where unknown; `encre` is legible on `couleur`."""

    nom: str
    couleur: str
    valeurs: tuple[str | None, ...]
    encre: str = "#ffffff"
    cible: bool = False


@dataclass(frozen=True)
class Graphique:
    """A chart over `categories`: lines, or bars stacked across the page when `empile`."""

    titre: str
    unite: str
    categories: tuple[str, ...]
    series: tuple[Serie, ...]
    empile: bool = False

    @property
    def description(self) -> str:
        """Return the chart in words, for who does not see it."""
        dites = [
            f"{s.nom}\u00a0: "
            + ", ".join(f"{c} {valeur(v, self.unite)}" for c, v in zip(self.categories, s.valeurs, strict=True))
            for s in self.series
        ]
        return f"{self.titre}. {'. '.join(dites)}."


Bloc = Titre | Texte | Liste | Grille | Graphique


@dataclass
class Contexte:
    """What the year and the programme lend to every block."""

    couverture: Mapping[str, Any]
    annees: Sequence[int]
    partie: str = field(init=False)

    def __post_init__(self) -> None:
        niveaux = self.couverture["niveaux"]
        self.partie = str(niveaux[0]["singulier"]).capitalize() if niveaux else "Partie"

    @property
    def annee(self) -> int:
        """Return the year of the report."""
        return int(self.couverture["annee"])


def montant(nombre: str | None) -> str:
    """Return an amount in euros, a dash when it is not known."""
    return "–" if nombre is None else euros(nombre)


def taux(realise: str | None, prevu: str | None) -> str:
    """Return what is done over what was planned, in percent."""
    haut, bas = formats.en_decimal(realise), formats.en_decimal(prevu)
    return "–" if haut is None or not bas else formats.pourcentage(100 * haut / bas)


def valeur(nombre: str | None, unite: str) -> str:
    """Return a value with its unit, a dash when it is not known."""
    return "–" if nombre is None else valeur_unite(nombre, unite)


def ecart(nombre: str | None, unite: str) -> str:
    """Return a signed difference with its unit, a dash when it is not known."""
    return "–" if nombre is None else formats.ecart(nombre, unite)


def nom_de_partie(a: Mapping[str, Any]) -> str:
    """Return « 1 – Intitulé » for a part of the programme."""
    return f"{a['numero']} – {a['intitule']}" if a["numero"] else str(a["intitule"])


def montants(legende: str, entete: str, lignes: Sequence[Mapping[str, Any]], c: Contexte) -> Grille:
    """Return the table of planned and spent amounts; the last row may be the total."""
    return Grille(
        legende,
        (entete, f"Prévu {c.annee}", f"Réalisé {c.annee}", "Taux", "Prévu, en tout", "Réalisé, à ce jour"),
        tuple(
            (m.get("financeur") or (nom_de_partie(m) if "intitule" in m else "Total"), montant(m["prevu"]),
             montant(m["realise"]), taux(m["realise"], m["prevu"]), montant(m["prevu_total"]),
             montant(m["realise_total"]))
            for m in lignes
        ),
        (40, -16, -16, -10, -16, -16), total="financeur" not in lignes[-1] and "intitule" not in lignes[-1],
    )  # fmt: skip
