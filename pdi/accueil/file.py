"""One queue of the home page, whatever it is about."""

from __future__ import annotations

from dataclasses import dataclass

FEMININS = frozenset(
    {"anomalie", "étape", "valeur", "personne", "place", "prescription", "réorientation", "orientation"}
)


@dataclass(frozen=True)
class File:
    """One queue: how many, of what, the detail, where to go, and how pressing."""

    combien: int
    intitule: str
    detail: str
    url: str
    ton: str
    mention: str
    ico: str
    geste: str = "Ouvrir cette file"

    @property
    def accroche(self) -> str:
        """Return the queue in words, for the title of the page: « un bilan à rédiger », « 4 bilans à relire »."""
        if self.combien > 1:
            return f"{self.combien} {self.intitule}"
        article = "une" if self.intitule.split(" ")[0] in FEMININS else "un"
        return f"{article} {self.intitule}"
