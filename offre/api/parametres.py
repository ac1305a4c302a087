"""The parameters of the API: declared once, read here, documented by `openapi`. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from django.db.models import QuerySet

from .schemas import Erreur

LIMITE, LIMITE_MAX = 50, 100
OUI, NON = frozenset({"true", "1", "oui"}), frozenset({"false", "0", "non"})


class ParametreRefuse(Exception):
    """A parameter is unknown or its value cannot be read; `erreur` is what the reader is told."""

    def __init__(self, erreur: Erreur) -> None:
        """Keep the answer."""
        super().__init__(erreur.message)
        self.erreur = erreur


@dataclass(frozen=True)
class Parametre:
    """One parameter of a list. `choix` gives the accepted values when they are a list (a function: they may change)."""

    nom: str
    description: str
    filtrer: Callable[[QuerySet[Any], Any], QuerySet[Any]]
    type: Literal["texte", "entier", "date", "booleen"] = "texte"
    choix: Callable[[], Sequence[str]] | None = None
    exemple: str = ""
    forme: tuple[str, str] | None = None  # pattern of a text, and what it is in words

    def lire(self, texte: str) -> Any:
        """Return the value of a text. Raises ParametreRefuse."""
        if self.choix is not None:
            return self._choisir(texte)
        if self.type == "entier":
            if texte.isascii() and texte.isdigit() and len(texte) < 10:
                return int(texte)
            raise self._refus(texte, "un nombre entier")
        if self.type == "booleen":
            if texte.lower() in OUI | NON:
                return texte.lower() in OUI
            raise self._refus(texte, "true ou false")
        if self.type == "date":
            try:
                return datetime.date.fromisoformat(texte)
            except ValueError as erreur:
                raise self._refus(texte, "une date ISO, par exemple 2026-01-31") from erreur
        if self.forme is not None and not re.fullmatch(self.forme[0], texte):
            raise self._refus(texte, self.forme[1])
        return texte[:200]

    def _choisir(self, texte: str) -> str:
        acceptes = list(self.choix()) if self.choix else []
        if texte in acceptes:
            return texte
        proche = get_close_matches(texte.lower(), acceptes, 1, 0.5)
        raise self._refus(texte, ", ".join(acceptes), proche[0] if proche else None)

    def _refus(self, texte: str, attendu: str, proche: str | None = None) -> ParametreRefuse:
        message = f"« {texte[:60]} » n’est pas une valeur de « {self.nom} »."
        if proche:
            message += f" Vouliez-vous dire « {proche} » ?"
        return ParametreRefuse(
            Erreur(code="valeur_refusee", message=message, parametre=self.nom, attendu=attendu, proche=proche)
        )


@dataclass(frozen=True)
class Demande:
    """A query string read: the values of the filters, where the page begins, how long it is."""

    valeurs: Mapping[str, Any]
    apres: int
    limite: int


def lire(get: Mapping[str, str], parametres: Sequence[Parametre]) -> Demande:
    """Read a query string. Raises ParametreRefuse, the nearest name at hand, for what is not declared."""
    connus = {p.nom: p for p in parametres}
    valeurs: dict[str, Any] = {}
    apres, limite = 0, LIMITE
    for nom, texte in get.items():
        if nom == "apres":
            apres = _entier(nom, texte, 0, 10**12)
        elif nom == "limite":
            limite = _entier(nom, texte, 1, LIMITE_MAX)
        elif nom in connus:
            if texte:
                valeurs[nom] = connus[nom].lire(texte)
        else:
            raise _inconnu(nom, [*connus, "apres", "limite"])
    return Demande(valeurs, apres, limite)


def _entier(nom: str, texte: str, minimum: int, maximum: int) -> int:
    if texte.isascii() and texte.isdigit() and len(texte) < 13 and minimum <= int(texte) <= maximum:
        return int(texte)
    attendu = f"un nombre entier de {minimum} à {maximum}"
    message = f"« {texte[:60]} » n’est pas une valeur de « {nom} »."
    raise ParametreRefuse(Erreur(code="valeur_refusee", message=message, parametre=nom, attendu=attendu))


def _inconnu(nom: str, connus: Sequence[str]) -> ParametreRefuse:
    proche = next(iter(get_close_matches(nom, connus, 1, 0.5)), None)
    message = f"Le paramètre « {nom[:60]} » n’existe pas."
    if proche:
        message += f" Vouliez-vous dire « {proche} » ?"
    return ParametreRefuse(
        Erreur(code="parametre_inconnu", message=message, parametre=nom[:60], attendu=", ".join(connus), proche=proche)
    )
