"""Sections of a person's page: address, household, RSA file, rights and duties."""

from __future__ import annotations

from django.urls import reverse

from parcours.droits.identite import peut_modifier_identite
from parcours.lecture_foyer import FoyerEtDroits

from .base import Geste, Lecture, Section


def section(lecture: Lecture) -> Section | None:
    """Return « Foyer et droits »."""
    return Section(
        "parcours/foyer/_section.html",
        {
            "personne": lecture.personne,
            "f": FoyerEtDroits(lecture.personne.pk, lecture.jour),
            "ecrit": bool(peut_modifier_identite(lecture.utilisateur, lecture.personne)),
        },
    )


GESTES = (
    ("Corriger l’identité", "personne_identite"),
    ("Mettre à jour les contacts", "personne_contacts"),
    ("Noter un déménagement", "adresse_ajouter"),
    ("Ajouter un membre du foyer", "membre_ajouter"),
    ("Changer la situation familiale", "foyer_situation"),
    ("Ajouter un dossier RSA", "dossier_ajouter"),
    ("Ajouter une période de droits et devoirs", "droits_devoirs_ajouter"),
    ("Signaler un décès", "personne_deces"),
)


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be written about the identity and the household."""
    if not peut_modifier_identite(lecture.utilisateur, lecture.personne):
        return []
    return [Geste(titre, reverse(f"parcours:{nom}", args=[lecture.personne.pk])) for titre, nom in GESTES]
