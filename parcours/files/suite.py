"""Coming back to a queue: its name, filters and signed cursor travel in the query string, never the person's data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from .catalogue import PAR_CODE
from .lecture import FileLue

PARAMETRE = "file"
GARDES = ("delai", "blocage", "structure", "territoire", "referent", "tri", "curseur")


def vers(lue: FileLue) -> str:
    """Return the query string that the screens opened from a row carry: the row after it comes next."""
    suite = QueryDict(lue.requete, mutable=True)
    suite[PARAMETRE] = lue.file.code
    if lue.page.suivant:
        suite["curseur"] = lue.page.suivant
    return suite.urlencode()


@dataclass(frozen=True)
class Retour:
    """The queue one comes from: its title, and the address of the next row."""

    titre: str
    url: str


def retour(get: Any) -> Retour | None:
    """Return the queue named in a query string, None when there is none."""
    file = PAR_CODE.get(get.get(PARAMETRE, ""))
    if file is None:
        return None
    gardes = QueryDict(mutable=True)
    for nom in GARDES:
        if get.get(nom):
            gardes[nom] = get[nom]
    adresse = reverse("parcours:file_traiter", args=[file.code])
    return Retour(file.titre, f"{adresse}?{gardes.urlencode()}" if gardes else adresse)


def apres(get: Any, defaut: str) -> str:
    """Return where to go once a gesture is done: the next row of the queue one came from, else `defaut`."""
    venu = retour(get)
    return venu.url if venu else defaut
