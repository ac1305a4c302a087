"""Lines of duplicates, retention, and of what one did to many people at once."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from parcours.models import JeuRegles
from tests.fabriques_parcours import PersonneFactory, personne_suivie

from .monde import Monde
from .table import Ligne, statuts

RAPPROCHER = statuts(403, administrateur=200, agent_orientation=200)
ADMIN = statuts(403, administrateur=200)
LOTS = statuts(403, administrateur=403, encadrant=200, referent=200, agent_orientation=200)


def preparer(m: Any) -> None:
    m.fiche_une = personne_suivie(nom_naissance="Doublon", prenoms="Camille")
    m.jeu_a_ecrire = JeuRegles.objects.create(code="a-ecrire", version=1, intitule="Règles à écrire")
    m.jeu_a_ecrire.regles.create(ordre=1, type="emploi", explication="Par défaut.", par_defaut=True)
    m.fiche_autre = PersonneFactory.create(nom_naissance="Doublon", prenoms="Camille")


def regle(m: Monde) -> dict[str, Any]:
    return {"pk": m.jeu_a_ecrire.pk, "regle": m.jeu_a_ecrire.regles.get().pk}  # type: ignore[attr-defined]


def paire(m: Monde) -> dict[str, Any]:
    return {"une": m.fiche_une.pk, "autre": m.fiche_autre.pk}  # type: ignore[attr-defined]


def une(m: Monde) -> dict[str, Any]:
    return {"pk": m.fiche_une.pk}  # type: ignore[attr-defined]


def plus_tard(_m: Monde) -> dict[str, Any]:
    return {"jusqu_au": (timezone.localdate() + datetime.timedelta(days=40)).isoformat(), "motif": "Recours en cours"}


MATRICE = [
    Ligne("parcours:doublons", RAPPROCHER),
    Ligne("parcours:doublons_export", RAPPROCHER),
    Ligne("parcours:doublon", RAPPROCHER, objet=paire),
    Ligne(
        "parcours:doublon", statuts(403, administrateur=302, agent_orientation=302), objet=paire, methode="POST",
        donnees=lambda _m: {"geste": "distinguer"},
    ),
    Ligne("parcours:conservation", ADMIN),
    Ligne("parcours:conservation_export", ADMIN),
    Ligne("parcours:conserver", ADMIN, objet=une),
    Ligne(
        "parcours:conserver", statuts(403, administrateur=302), objet=une, methode="POST", donnees=plus_tard,
    ),
    Ligne("parcours:jeu_regle_nouvelle", statuts(403, gestion=200), objet=lambda m: {"pk": m.jeu_a_ecrire.pk}),
    Ligne("parcours:jeu_regle", statuts(403, gestion=200), objet=regle),
    Ligne(
        "parcours:jeu_regle_geste", statuts(403, gestion=302), objet=regle, methode="POST",
        donnees=lambda _m: {"geste": "monter"},
    ),
    Ligne("parcours:lots", LOTS),
    Ligne("parcours:courriers_lots", LOTS),
]  # fmt: skip
