"""Letters as documents: what is printed, where the address stands, how many pages each takes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template

from parcours.regles import courriers as regles

if TYPE_CHECKING:
    from pdi.socle.impression import MisEnPage

FEUILLES = ("css/courrier-impression.css",)


@dataclass(frozen=True)
class Lettre:
    """One letter, frozen: `date` in ISO; `paragraphes` one a line, « - » opens a list item."""

    expediteur: Sequence[str]
    destinataire: Sequence[str]
    date: str
    objet: str
    paragraphes: Sequence[str]
    signataire: str
    fonction: str
    fictive: bool = False

    @classmethod
    def lire(cls, contenu: Mapping[str, Any]) -> Lettre:
        """Read what a Courrier keeps."""
        return cls(**contenu)

    @property
    def contenu(self) -> dict[str, Any]:
        """Return what a Courrier keeps."""
        return asdict(self)

    @property
    def jour(self) -> datetime.date:
        """Return the date of the letter."""
        return datetime.date.fromisoformat(self.date)

    @property
    def blocs(self) -> list[tuple[str, list[str]]]:
        """Return the text as ("p", [paragraph]) and ("ul", items)."""
        return blocs_de(self.paragraphes)


def blocs_de(paragraphes: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return lines as ("p", [paragraph]) and ("ul", items)."""
    blocs: list[tuple[str, list[str]]] = []
    for ligne in paragraphes:
        if ligne.startswith("- "):
            if not blocs or blocs[-1][0] != "ul":
                blocs.append(("ul", []))
            blocs[-1][1].append(ligne[2:])
        else:
            blocs.append(("p", [ligne]))
    return blocs


def expediteur(departement: str, structure: Any) -> list[str]:
    """Return the sender: the département, and the structure only when its name may show through the window."""
    lignes = [departement]
    if structure is not None:
        lignes += [ligne for ligne in (structure.nom, *structure.adresse.splitlines()) if ligne]
    return [ligne for ligne in lignes if regles.discret(ligne)][:5]


def mettre_en_page(lettres: Mapping[int, Lettre], *, date: datetime.datetime) -> PagesDesLettres:
    """Lay out the letters, each on its own pages: {key: letter}. One layout counts, prints apart and together."""
    from pdi.socle.impression import mettre_en_page as disposer  # noqa: PLC0415  # WeasyPrint is heavy

    html = get_template("documents/courrier/lettres.html").render({"lettres": list(lettres.items())})
    return PagesDesLettres(disposer(html, feuilles=FEUILLES, date=date), list(lettres))


class PagesDesLettres:
    """Which pages each letter takes."""

    def __init__(self, mise: MisEnPage, cles: Sequence[int]) -> None:
        """Read where each letter begins."""
        self._mise = mise
        debuts = [mise.ancres[f"lettre-{cle}"] for cle in cles]
        bornes = [*debuts[1:], mise.pages + 1]
        self.numeros = {cle: list(range(a, b)) for cle, a, b in zip(cles, debuts, bornes, strict=True)}

    def pages(self, cle: int) -> int:
        """Return how many pages a letter takes."""
        return len(self.numeros[cle])

    def octets(self, cles: Sequence[int], identifiant: str) -> bytes:
        """Return the PDF of some letters, in order."""
        return self._mise.ecrire(identifiant, [n for cle in cles for n in self.numeros[cle]]).octets
