"""Sections of a person's page: address, household, RSA file, rights and duties."""

from __future__ import annotations

from django.urls import reverse

from parcours.droits.identite import peut_modifier_identite
from parcours.lecture_foyer import FoyerEtDroits

from .base import DOSSIER, TERMINER, Geste, Lecture, Section


def section(lecture: Lecture) -> Section | None:
    """Return « Foyer et droits »."""
    return Section(
        "parcours/foyer/_section.html",
        "Foyer et droits",
        "t-foyer",
        {
            "personne": lecture.personne,
            "f": FoyerEtDroits(lecture.personne.pk, lecture.jour),
            "ecrit": bool(peut_modifier_identite(lecture.utilisateur, lecture.personne)),
        },
    )


GESTES = (
    ("Corriger l’identité", "personne_identite", DOSSIER),
    ("Mettre à jour les contacts", "personne_contacts", DOSSIER),
    ("Noter un déménagement", "adresse_ajouter", DOSSIER),
    ("Ajouter un membre du foyer", "membre_ajouter", DOSSIER),
    ("Changer la situation familiale", "foyer_situation", DOSSIER),
    ("Ajouter un dossier RSA", "dossier_ajouter", DOSSIER),
    ("Ajouter une période de droits et devoirs", "droits_devoirs_ajouter", DOSSIER),
    ("Signaler un décès", "personne_deces", TERMINER),
)


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be written about the identity and the household."""
    if not peut_modifier_identite(lecture.utilisateur, lecture.personne):
        return []
    return [
        Geste(titre, reverse(f"parcours:{nom}", args=[lecture.personne.pk]), groupe) for titre, nom, groupe in GESTES
    ]
