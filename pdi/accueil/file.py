"""One queue of the home page, whatever it is about, and how pressing a date makes it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

FEMININS = frozenset(
    {
        "anomalie",
        "étape",
        "valeur",
        "personne",
        "place",
        "prescription",
        "réorientation",
        "demande",
        "orientation",
        "aide", "convention", "décision", "convocation", "séance", "proposition", "signature", "fiche",
    }
)  # fmt: skip


ICONES = {
    "retard": "clock-fill",
    "proche": "hourglass-split",
    "loin": "calendar-event",
    "attente": "arrow-right-circle-fill",
    "relancer": "arrow-repeat",
    "saisir": "pencil",
    "publie": "lock-fill",
}


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


def echeance(jour: datetime.date, limite: datetime.date | None) -> tuple[str, str, str]:
    """Return (tone, words, icon) for a limit day included, seen from `jour`."""
    if limite is None:
        return "neutre", "Sans échéance", ICONES["loin"]
    reste = (limite - jour).days
    if reste < 0:
        return "retard", f"En retard de {-reste} jour{'s' if reste < -1 else ''}", ICONES["retard"]
    if reste == 0:
        return "veille", "Dernier jour", ICONES["proche"]
    if reste <= 7:
        return "veille", f"Reste {reste} jour{'s' if reste > 1 else ''}", ICONES["proche"]
    return "neutre", f"Avant le {limite:%d/%m/%Y}", ICONES["loin"]
