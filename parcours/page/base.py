"""What a section of a person's page is given, and what it gives back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from parcours.chronologie import PRESCRIPTION
from parcours.models import EtatPrescription, Prescription


@dataclass(frozen=True)
class Lecture:
    """Who reads whose page, on which day. `ecrit`: may write in this path; `voit_sante`: restricted themes too.

    `personne` comes from `droits.avec_acces`. `genres`: the kinds of events of her timeline, which is read first: a
    section asks nothing about what never happened. `memoire`: what a family read for the timeline and shows again.
    """

    personne: Any
    utilisateur: Any
    jour: datetime.date
    ecrit: bool
    voit_sante: bool
    genres: frozenset[str] | None = None
    memoire: dict[str, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def prescriptions(self) -> list[Prescription]:
        """Return the prescriptions of the person, latest first, but the cancelled ones: read once for every section."""
        if not self.a_vecu(PRESCRIPTION):
            return []
        lues = Prescription.objects.filter(personne=self.personne.pk).exclude(etat=EtatPrescription.ANNULEE)
        return list(lues.select_related("offre", "operateur", "sortie").order_by("-renseignee_le", "-pk"))

    def a_vecu(self, genre: str) -> bool:
        """Return whether the timeline holds an event of that kind; when it was not read, it may."""
        return self.genres is None or genre in self.genres


# Headings of the « Ajouter » menu, in the order of a path.
RENCONTRER = "Rencontrer"
CONTRACTUALISER = "Orienter et contractualiser"
AIDER = "Prescrire et aider"
DOSSIER = "Tenir le dossier"
TERMINER = "Terminer"
GROUPES = (RENCONTRER, CONTRACTUALISER, AIDER, TERMINER, DOSSIER)


@dataclass(frozen=True)
class Geste:
    """A link of the « Ajouter » menu of the page: a verb with its object, under one of GROUPES."""

    intitule: str
    url: str
    groupe: str


@dataclass(frozen=True)
class Section:
    """A part of the page: its template, which reads `s`, where it stands; its heading and the id of its `<h2>`."""

    gabarit: str
    titre: str
    ancre: str
    donnees: dict[str, Any] = field(default_factory=dict)
    place: Literal["principal", "lateral"] = "lateral"
