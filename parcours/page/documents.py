"""Section of a person's page: documents, that is letters sent and evidence received."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, QuerySet, SmallIntegerField, Value
from django.db.models.functions import Concat, TruncDate
from django.urls import reverse

from parcours.chronologie import AIDE, COURRIER, SORTIE
from parcours.models import Courrier, EtatCourrier, PieceAide, PieceSortie

from .base import RENCONTRER, Geste, Lecture, Section

MONTRES = 8
ECRANS = {AIDE: "parcours:aide_piece", SORTIE: "parcours:sortie_piece"}
NATURES = {AIDE: "justificatif d’une aide", SORTIE: "justificatif d’une sortie"}


@dataclass(frozen=True)
class Document:
    """A letter (`version` of its model) or a piece of evidence, by its kind and key."""

    genre: str
    pk: int
    nom: str
    version: int
    le: datetime.date
    par: str

    @property
    def courrier(self) -> bool:
        """Return whether it is a letter, which can be edited too."""
        return self.genre == COURRIER

    @property
    def url(self) -> str:
        """Return where a piece of evidence is downloaded."""
        return reverse(ECRANS[self.genre], args=[self.pk])

    @property
    def nature(self) -> str:
        """Return what it is."""
        return NATURES.get(self.genre, f"version {self.version} du modèle")


def _lignes(base: QuerySet[Any], genre: str, nom: Any, version: Any, le: Any, par: str) -> Any:
    auteur = Concat(F(f"{par}__prenom"), Value(" "), F(f"{par}__nom"))
    colonnes = (Value(genre, CharField()), F("pk"), nom, version, le, auteur)
    return base.order_by().annotate(**{f"c{i}": c for i, c in enumerate(colonnes)}).values_list(
        *(f"c{i}" for i in range(len(colonnes)))
    )  # fmt: skip


def _documents(lecture: Lecture) -> list[Document]:
    """Return the latest documents. One query; pieces of evidence only for who follows the person."""
    cle, zero = lecture.personne.pk, Value(0, SmallIntegerField())
    courriers = Courrier.objects.filter(personne=cle, etat=EtatCourrier.PRET)
    lues = _lignes(courriers, COURRIER, F("modele__intitule"), F("modele__version"), F("le"), "par")
    if lecture.ecrit:
        depot = (F("nom"), zero, TruncDate("deposee_le"), "deposee_par")
        aides = _lignes(PieceAide.objects.filter(aide__personne=cle), AIDE, *depot)
        sorties = _lignes(PieceSortie.objects.filter(sortie__personne=cle), SORTIE, *depot)
        lues = lues.union(aides, sorties, all=True)
    return [Document(*ligne) for ligne in lues.order_by("-c4", "-c1")[:MONTRES]]


def section(lecture: Lecture) -> Section | None:
    """Return the documents, latest first (one query). The contracts are in their own section, with their files."""
    sources = (COURRIER, AIDE, SORTIE) if lecture.ecrit else (COURRIER,)
    if not any(lecture.a_vecu(genre) for genre in sources) or not (lus := _documents(lecture)):
        return None
    return Section(
        "parcours/courriers/_section.html", "Documents", "t-documents", {"documents": lus, "ecrit": lecture.ecrit}
    )


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added."""
    return [Geste("Écrire un courrier", reverse("parcours:courrier_nouveau", args=[lecture.personne.pk]), RENCONTRER)]
