"""The catalogue at 25 and at 20 000 offers: the whole list with its facets, words, a typo, a commune.

The offers are the printed ones, copied with other words. Each page is asked of the application in this process, its
answer read whole. Baseline: a bare authenticated view asked the same way, in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max

from offre.models import CategorieOffre, EtatOffre, Frein, LieuOffre, OffreInsertion, Session
from offre.operations.chargement import charger_offres
from offre.regles.publics import PublicVise
from pdi.structures.models import Structure
from pdi.territoires.models import Commune, Departement

from .mesures_parcours import AU, Action
from .mesures_parcours_ecrans import _ecrans
from .registre import mesure

OFFRES = 20_000
LIEES = ("offre_offreinsertion_operateurs", "offre_offreinsertion_freins", "offre_lieuoffre")
METIERS = ("maçonnerie", "cuisine", "vélo", "couture", "jardin", "français", "numérique", "permis", "budget", "santé")
THEMES = ("Mobilité", "Logement", "Numérique", "Santé", "Formation", "Langue française", "Jeunes", "Lien social")


def _garnir(offres: int) -> None:
    """Have at least `offres` published offers, each with an operator, an obstacle, a place and an open session."""
    if not OffreInsertion.objects.exists():
        charger_offres(dossier=Path(settings.DOSSIER_DONNEES))
    departement = Departement.objects.get(pk="91")
    communes = [Commune.objects.get_or_create(code=f"91{n:03}", nom=f"Commune {n}", departement=departement)[0]
                for n in range(50)]  # fmt: skip
    manquantes = offres - OffreInsertion.objects.count()
    if manquantes <= 0:
        return
    dernier = OffreInsertion.objects.aggregate(m=Max("pk"))["m"]
    OffreInsertion.objects.bulk_create(
        [
            OffreInsertion(
                departement=departement, ordre=100 + n, categorie=CategorieOffre.values[n % 3],
                intitule=f"Atelier {METIERS[n % 10]} {n}", etat=EtatOffre.PUBLIEE,
                objectifs=[f"Apprendre en {METIERS[(n // 10) % 10]} auprès d’un tuteur, à son rythme, dans un groupe"],
                publics=["Bénéficiaires du RSA et jeunes de moins de 30 ans"], contenu=["Accueil, essai, bilan"] * 5,
                publics_vises=[PublicVise.values[n % 6]], thematiques=[THEMES[n % 8], THEMES[(n // 8) % 8]],
                places=n % 40,
            )
            for n in range(manquantes)
        ],
        batch_size=2000,
    )  # fmt: skip
    nouvelles = list(OffreInsertion.objects.filter(pk__gt=dernier).values_list("pk", flat=True))
    with connection.cursor() as curseur:
        # The words of the links are written once at the end, not at each table.
        for table in LIEES:
            curseur.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        curseur.execute("DROP INDEX offre_recherche_trgm")
        _lier(nouvelles, communes)
        for table in LIEES:
            curseur.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for rang in range(0, len(nouvelles), 2000):
            OffreInsertion.objects.filter(pk__in=nouvelles[rang : rang + 2000]).update(recherche="")
        curseur.execute("CREATE INDEX offre_recherche_trgm ON offre_offreinsertion USING gin (recherche gin_trgm_ops)")
        curseur.execute("ANALYZE")


def _lier(nouvelles: list[int], communes: list[Commune]) -> None:
    structures = list(Structure.objects.values_list("pk", flat=True))
    freins = list(Frein.objects.values_list("pk", flat=True))
    operateur, frein = OffreInsertion.operateurs.through, OffreInsertion.freins.through
    operateur._default_manager.bulk_create(
        operateur(offreinsertion_id=pk, structure_id=structures[pk % len(structures)]) for pk in nouvelles
    )
    frein._default_manager.bulk_create(
        frein(offreinsertion_id=pk, frein_id=freins[pk % len(freins)]) for pk in nouvelles
    )
    LieuOffre.objects.bulk_create(LieuOffre(offre_id=pk, commune=communes[pk % 50]) for pk in nouvelles)
    Session.objects.bulk_create(
        Session(offre_id=pk, debut=AU, capacite=10, prises=pk % 11, etat="ouverte") for pk in nouvelles
    )


@mesure("catalogue_25", taille=25, reference="vue_nue_authentifiee", tours=10)
def catalogue_petit() -> Iterator[Action]:
    """Read the first page of the catalogue of a département, with its facets."""
    _garnir(25)
    yield from _ecrans(["/offres/?tout=1"])


@mesure("catalogue_20000", taille=OFFRES, reference="vue_nue_authentifiee", tours=5)
def catalogue() -> Iterator[Action]:
    """Read the first page of 20 000 offers, every facet counted."""
    _garnir(OFFRES)
    yield from _ecrans(["/offres/?tout=1"])


@mesure("catalogue_recherche_20000", taille=OFFRES, reference="vue_nue_authentifiee", tours=8)
def catalogue_recherche() -> Iterator[Action]:
    """Search 20 000 offers, in turn: two words, a typo, two facets, a commune with places left."""
    _garnir(OFFRES)
    questions = ("mot=couture+groupe", "mot=maconerie", "theme=Logement&public=jeunes", "commune=91007&places=on")
    yield from _ecrans([f"/offres/?{question}" for question in questions])
