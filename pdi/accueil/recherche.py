"""Global search: people, fiches, indicators, structures.

Accents, case and word order do not matter; typos are forgiven.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.lookups import Unaccent
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from actions.models import FicheAction, Indicateur
from parcours.models import Personne
from parcours.recherche import chercher as chercher_personnes
from pdi.socle.formats import naissance
from pdi.structures.models import Structure
from pdi.structures.regles import cle_nom

PAR_GROUPE = 8
RESSEMBLANCE = 0.45
LONGUEUR_MIN = 2
LONGUEUR_MAX = 100
ICONES = {"personnes": "person-circle", "fiches": "file-text", "indicateurs": "graph-up", "structures": "building"}


@dataclass(frozen=True)
class Resultat:
    """One answer: title, context line, address."""

    titre: str
    contexte: str
    url: str


@dataclass(frozen=True)
class GroupeResultats:
    """The answers of one kind, the first ones, and where to see them all."""

    intitule: str
    domaine: str
    ico: str
    total: int
    resultats: list[Resultat]
    tout: str
    approche: bool


def _avec_repli(exacts: QuerySet[Any], tous: QuerySet[Any], champ: Any, texte: str) -> tuple[QuerySet[Any], bool]:
    """Return the exact matches, else those that look like `texte` (trigrams), and whether it is the second."""
    if exacts.exists():
        return exacts, False
    proches = (
        tous.annotate(ressemblance=TrigramWordSimilarity(texte, champ))
        .filter(ressemblance__gte=RESSEMBLANCE)
        .order_by("-ressemblance", "pk")
    )
    return proches, True


def chercher(utilisateur: Any, saisie: str) -> list[GroupeResultats]:
    """Return the groups of answers the user may see, empty for a search under two characters."""
    texte = cle_nom(saisie[:LONGUEUR_MAX])
    if len(texte) < LONGUEUR_MIN:
        return []
    groupes = [
        _personnes(utilisateur, saisie),
        _fiches(utilisateur, texte, saisie),
        _indicateurs(utilisateur, texte, saisie),
    ]
    groupes.append(_structures(utilisateur, texte, saisie))
    return [g for g in groupes if g.total]


def _groupe(
    intitule: str, domaine: str, ico: str, trouves: QuerySet[Any], approche: bool, resultat: Any, tout: str
) -> GroupeResultats:
    total = trouves.count()
    lignes = [resultat(objet) for objet in trouves[:PAR_GROUPE]] if total else []
    return GroupeResultats(intitule, domaine, ico, total, lignes, tout, approche)


def _adresse(nom: str, saisie: str) -> str:
    return reverse(nom, query={"q": saisie})


def _fiches(utilisateur: Any, texte: str, saisie: str) -> GroupeResultats:
    visibles = (
        FicheAction.objects.visibles_par(utilisateur)
        .select_related("programme")
        .order_by("programme__reference", "ordre", "pk")
    )
    trouves, approche = _avec_repli(visibles.chercher(texte), visibles, "recherche", texte)
    return _groupe(
        "Fiches-actions", "programme", ICONES["fiches"], trouves, approche,
        lambda f: Resultat(str(f), str(f.programme), f.get_absolute_url()), _adresse("actions:fiches", saisie),
    )  # fmt: skip


def _indicateurs(utilisateur: Any, texte: str, saisie: str) -> GroupeResultats:
    visibles = (
        Indicateur.objects.visibles_par(utilisateur)
        .select_related("fiche__programme")
        .annotate(plat=Lower(Unaccent("libelle")))
        .order_by("fiche__programme__reference", "fiche__ordre", "ordre")
    )
    exacts = visibles
    for mot in texte.split():
        exacts = exacts.filter(plat__contains=mot)
    trouves, approche = _avec_repli(exacts, visibles, "plat", texte)
    return _groupe(
        "Indicateurs", "donnees", ICONES["indicateurs"], trouves, approche,
        lambda i: Resultat(i.libelle, f"Fiche {i.fiche} – {i.fiche.programme}", i.get_absolute_url()),
        _adresse("actions:indicateurs", saisie),
    )  # fmt: skip


def _personnes(utilisateur: Any, saisie: str) -> GroupeResultats:
    """Return the people the user may find; opening one is another right (parcours.droits)."""
    visibles = Personne.objects.visibles_par(utilisateur).order_by("nom_naissance", "prenoms", "pk")
    trouves, approche = chercher_personnes(visibles, saisie, aujourd_hui=timezone.localdate())
    return _groupe(
        "Personnes", "parcours", ICONES["personnes"], trouves, approche, _resultat_personne,
        reverse("parcours:personnes", query={"mot": saisie}),
    )  # fmt: skip


def _resultat_personne(personne: Personne) -> Resultat:
    dit = naissance(personne.date_naissance)
    return Resultat(str(personne), f"{dit}, personne fictive" if personne.fictive else dit, personne.get_absolute_url())


def _structures(utilisateur: Any, texte: str, saisie: str) -> GroupeResultats:
    visibles = Structure.objects.visibles_par(utilisateur).actives().select_related("parent")
    trouves, approche = _avec_repli(visibles.chercher(texte), visibles, "cle", texte)
    return _groupe(
        "Structures", "gouvernance", ICONES["structures"], trouves, approche,
        _resultat_structure,
        _adresse("structures:structures", saisie),
    )  # fmt: skip


def _resultat_structure(structure: Structure) -> Resultat:
    contexte = str(structure.parent or structure.get_nature_display())
    return Resultat(str(structure), contexte, reverse("structures:structure", args=[structure.pk]))
