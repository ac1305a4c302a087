"""The histories, household by household, until the number of people asked for."""

from __future__ import annotations

from collections.abc import Iterator

from parcours.generation import parametres as p
from parcours.regles.identite import texte_recherche

from .actions import aider, prescrire, sortir
from .contexte import Contexte
from .contrats import contractualiser
from .evenements import Adresse, Periode, Personne, ReponseDiagnostic
from .groupes import Menage, Parcours
from .hasard import plus
from .menages import tirer_menage
from .suivi import affecter, orienter, rencontrer


def raconter(ctx: Contexte) -> Iterator[Menage]:
    """Yield the households one by one, exactly `ctx.total` people in all, duplicates included."""
    reste = ctx.total
    while reste > 0:
        choisi = ctx.menages_choisis > 0
        menage = tirer_menage(ctx, reste)
        for parcours in menage.membres:
            _vivre(ctx, menage, parcours, choisi=choisi)
        reste -= len(menage.membres)
        if reste > 0 and ctx.hasard.chance(p.DEFAUTS["doublon"] * len(menage.membres)):
            menage.membres.append(_doublon(ctx, menage.membres[0]))
            reste -= 1
        yield menage


def _vivre(ctx: Contexte, menage: Menage, parcours: Parcours, *, choisi: bool) -> None:
    for episode in parcours.episodes:
        orientations = orienter(ctx, parcours, episode, choisi=choisi)
        for orientation in orientations:
            suivis = affecter(ctx, parcours, orientation, choisi=choisi)
            rencontrer(ctx, parcours, orientation, suivis)
            contractualiser(ctx, menage, parcours, orientation, suivis)
        if orientations:
            if orientations[-1].organisme == "france_travail":
                parcours.personne.inscrit_france_travail = ctx.hasard.chance(0.94)
            prescrire(ctx, parcours, episode, orientations)
            aider(ctx, parcours, episode, orientations)
        sortir(ctx, parcours, episode, orientations)
    _accorder(ctx, parcours)


def _accorder(ctx: Contexte, parcours: Parcours) -> None:
    """Have the diagnoses answer what the identity says: one truth. What the identity leaves unknown stays as drawn."""
    for ligne in parcours.lignes:
        if isinstance(ligne, ReponseDiagnostic) and ligne.theme_id in ctx.monde.identites:
            for (champ, valeur), situation in ctx.monde.identites[ligne.theme_id].items():
                if getattr(parcours.personne, champ) == valeur:
                    ligne.situation_id = situation


def _doublon(ctx: Contexte, source: Parcours) -> Parcours:
    """Return a second sheet of the same person, as an agent in a hurry would have typed it."""
    h, vraie = ctx.hasard, source.personne
    nom = vraie.nom_naissance.replace("é", "e").replace("è", "e").replace("-", " ")
    prenoms = vraie.prenoms.split(" ")[0]
    copie = Personne(
        id=ctx.ids[Personne](),
        nom_naissance=nom,
        nom_usage="" if h.chance(0.5) else vraie.nom_usage,
        prenoms=prenoms,
        date_naissance=vraie.date_naissance,
        lieu_naissance="",
        sexe=vraie.sexe,
        telephone=vraie.telephone,
        courriel="",
        canal=vraie.canal,
        niveau_formation="",
        inscrit_france_travail=None,
        recherche="",
    )
    copie.recherche = texte_recherche(nom, copie.nom_usage, prenoms, copie.date_naissance)
    adresse = source.adresses[-1]
    depuis = max(plus(ctx.au, -h.entier(20, 900)), adresse.periode.debut)
    parcours = Parcours(copie, source.naissance)
    parcours.adresses.append(
        Adresse(
            ctx.ids[Adresse](), copie.id, adresse.lignes.upper(), adresse.code_postal, adresse.commune_id,
            False, Periode(depuis, None),
        )
    )  # fmt: skip
    return parcours
