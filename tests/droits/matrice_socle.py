"""Lines of the ground floor: jobs, notices, journal."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from pdi.comptes.models import Role
from pdi.socle.models import Avis, EtatTraitement, FiltreEnregistre, Traitement

from .monde import Monde
from .table import Ligne, statuts

GESTION = statuts(403, gestion=200)
PROPRIETAIRE = statuts(404, gestion=200, direction=200)
PROPRIETAIRE_ECRIT = statuts(404, gestion=302, direction=302)


def preparer(m: Any) -> None:
    """Two jobs asked by the direction (one waits, one has failed with a file), a notice to the direction."""
    instant = timezone.now() - datetime.timedelta(minutes=5)
    communs = {"nature": "essai", "intitule": "Essai", "demandeur": m.qui(Role.DIRECTION), "tache": "tests.inconnue"}
    m.traitement = Traitement.objects.create(cle="a", battement=instant, **communs)
    m.traitement_echoue = Traitement.objects.create(cle="b", etat=EtatTraitement.ECHEC, fin=instant, **communs)
    m.traitement_echoue.fichier.save("essai.txt", ContentFile(b"essai"))
    m.recherche = FiltreEnregistre.objects.create(
        utilisateur=m.qui(Role.ENCADRANT), liste="parcours:personnes", nom="Sans référent", requete="etat=sans_referent"
    )
    m.avis = Avis.objects.create(destinataire=m.qui(Role.DIRECTION), titre="Le rapport est prêt")


def traitement(m: Monde) -> dict[str, Any]:
    return {"pk": m.traitement.pk}  # type: ignore[attr-defined]


def echoue(m: Monde) -> dict[str, Any]:
    return {"pk": m.traitement_echoue.pk}  # type: ignore[attr-defined]


def recherche(m: Monde) -> dict[str, Any]:
    return {"pk": m.recherche.pk}  # type: ignore[attr-defined]


def avis(m: Monde) -> dict[str, Any]:
    return {"pk": m.avis.pk}  # type: ignore[attr-defined]


MATRICE = [
    Ligne("socle:traitements", statuts(200)),
    Ligne("socle:traitement", PROPRIETAIRE, objet=traitement),
    Ligne("socle:traitement_fragment", PROPRIETAIRE, objet=traitement),
    Ligne("socle:traitement_annuler", PROPRIETAIRE_ECRIT, objet=traitement, methode="POST"),
    Ligne("socle:traitement_relancer", PROPRIETAIRE_ECRIT, objet=echoue, methode="POST"),
    Ligne("socle:traitement_fichier", PROPRIETAIRE, objet=echoue),
    Ligne("socle:traitement_fichier", statuts(404), objet=traitement, cas="sans fichier"),
    Ligne("socle:avis", statuts(200)),
    Ligne("socle:avis_lire", statuts(404, direction=302), objet=avis, methode="POST"),
    Ligne("socle:avis_tout_lire", statuts(302), methode="POST", ouvert="chacun lit ses propres avis"),
    Ligne(
        "socle:recherche_garder",
        statuts(302),
        methode="POST",
        ouvert="chacun garde ses propres recherches",
        donnees=lambda m: {"liste": "actions:fiches", "nom": "Les miennes", "requete": ""},
    ),
    Ligne("socle:recherche_ouvrir", statuts(404, encadrant=302), objet=recherche, methode="POST"),
    Ligne("socle:recherche_oublier", statuts(404, encadrant=302), objet=recherche, methode="POST"),
    Ligne("socle:journal", GESTION),
    Ligne("socle:journal_export", GESTION),
    Ligne("socle:journal_export", GESTION, requete="?format=csv", cas="CSV"),
]
