"""The files of a version, made again from its frozen content when the storage has lost them."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from gouvernance.classeur import composer_classeur
from gouvernance.contenu import mettre_a_niveau
from gouvernance.droits import peut_compiler
from gouvernance.models import VersionRapport
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import Traitement
from pdi.socle.operations import journaliser
from pdi.socle.traitements import Suivi, lancer

from .versions import edition, reconstruire_pdf

NATURE, TACHE = "fichiers_rapport", "gouvernance.refaire_fichiers"
GENRES = {"pdf": "Mettre en page le PDF", "xlsx": "Composer le classeur"}


def fichiers_absents(version: VersionRapport) -> list[str]:
    """Return which files of the version the storage no longer has: « pdf », « xlsx »."""
    champs = {genre: getattr(version, genre) for genre in GENRES}
    return [genre for genre, champ in champs.items() if not champ.storage.exists(champ.name)]


def refaire_fichiers(*, version: VersionRapport, par: Any) -> tuple[Traitement, bool]:
    """Launch the making again of the lost files, or join the one in progress. Return the job, whether it is new.

    The content is frozen: neither the version nor its hash changes, published or not.
    Raises DroitInsuffisant, and RegleMetier when no file is lost.
    """
    rapport = version.rapport
    exiger(peut_compiler(par, rapport.programme))
    if not fichiers_absents(version):
        raise RegleMetier("Les fichiers de cette version sont dans le stockage : rien n’est à refaire.")
    return lancer(
        nature=NATURE,
        cle=f"version-{version.pk}",
        intitule=f"Fichiers du rapport {rapport.annee}, version {version.numero}",
        par=par,
        tache=TACHE,
        parametres={"version_id": version.pk},
        url_retour=rapport.get_absolute_url(),
    )


def executer_refaire(*, version_id: int, suivi: Suivi) -> None:
    """Make the lost files again under their own names. Called by the worker."""
    version = VersionRapport.objects.select_related("rapport__programme").get(pk=version_id)
    absents = fichiers_absents(version)
    suivi.demarrer(len(absents))
    for genre in absents:
        suivi.avancer(GENRES[genre])
        if genre == "pdf":
            octets = reconstruire_pdf(version=version)
        else:
            octets = composer_classeur(mettre_a_niveau(version.contenu, version.schema_version), edition(version))
        champ = getattr(version, genre)
        champ.storage.save(champ.name, ContentFile(octets))
    journaliser(par=suivi.traitement.demandeur, verbe="refaire_fichiers", objet=version, apres={"fichiers": absents})
    suivi.terminer({"version": version.pk, "fichiers": absents})
