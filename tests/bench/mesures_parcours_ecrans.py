"""Screens about people at 50 000 and 200 000 people: search, a person's page, every work queue, offers that fit.

Each screen is asked of the application in this process, its answer read whole. Baseline: a bare authenticated view
asked the same way, in the same run; for the search, the sequential scan of the same rows.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator

from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from offre.models import CategorieOffre, EtatOffre, OffreInsertion
from parcours.files.perimetre import files_de
from parcours.models import AffectationReferent, Orientation, Personne
from parcours.recherche import chercher
from pdi.comptes.models import Role, Utilisateur
from pdi.structures.models import Structure
from pdi.territoires.models import Departement
from tests.fabriques import UtilisateurFactory

from .mesures_parcours import AU, Action, _peupler
from .registre import mesure

NUE = "/banc/nue"
OFFRES, PORTEFEUILLE = 20_000, 100
MOTS = ("martin", "lefevre paul", "durant 1985", "bernar")  # a name, two words, a birth year, a typo


def _encadrant() -> Utilisateur:
    """Return an encadrant of the whole département: nothing is filtered away for it."""
    trouve = Utilisateur.objects.filter(courriel="encadrant@banc.example").first()
    return trouve or UtilisateurFactory.create(courriel="encadrant@banc.example", role=Role.ENCADRANT)


def _referent() -> Utilisateur:
    """Return a référent, given the portfolio of people who are oriented to the structure that follows most of them."""
    trouve = Utilisateur.objects.filter(courriel="referent@banc.example").first()
    if trouve is None:
        structure = (
            Orientation.objects.au(AU).values("structure").annotate(n=Count("pk")).order_by("-n")[0]["structure"]
        )
        trouve = UtilisateurFactory.create(
            courriel="referent@banc.example", role=Role.REFERENT, structure=Structure.objects.get(pk=structure)
        )
        siennes = AffectationReferent.objects.filter(structure=structure, periode__endswith__isnull=True)
        cles = list(siennes.order_by("pk").values_list("pk", flat=True)[:PORTEFEUILLE])
        AffectationReferent.objects.filter(pk__in=cles).update(referent=trouve)
    return trouve


def _client(utilisateur: Utilisateur | None = None) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(utilisateur or _encadrant(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _lire(client: Client, adresse: str) -> None:
    reponse = client.get(adresse)
    if reponse.status_code != 200:
        raise RuntimeError(f"{adresse} répond {reponse.status_code}.")


def _ecrans(adresses: list[str]) -> Iterator[Action]:
    """Read one of `adresses` a call, in turn; then the bare view."""
    with override_settings(ROOT_URLCONF="tests.bench.urls"):
        client, tour = _client(), itertools.cycle(adresses)
        for adresse in adresses:
            _lire(client, adresse)  # templates compiled, plans cached
        yield lambda: _lire(client, next(tour))
        yield lambda: _lire(client, NUE)


def _personnes_chargees() -> list[str]:
    """Return the pages of people with long histories."""
    longues = Personne.objects.annotate(n=Count("entretiens")).order_by("-n")[:10]
    return [reverse("parcours:personne", args=[p.pk]) for p in longues]


@mesure("page_personne_50000", taille=50_000, reference="vue_nue_authentifiee", tours=10)
def page_personne() -> Iterator[Action]:
    """Read the page of one of the ten people with the longest histories."""
    _peupler(50_000)
    yield from _ecrans(_personnes_chargees())


def _file_la_plus_lente(utilisateur: Utilisateur) -> Iterator[Action]:
    """Read the slowest queue of `utilisateur`: the measure is what nobody waits longer than."""
    with override_settings(ROOT_URLCONF="tests.bench.urls"):
        client = _client(utilisateur)
        adresses = [reverse("parcours:file", args=[file.code]) for file in files_de(utilisateur)]
        for adresse in adresses:
            _lire(client, adresse)
        lente = max(adresses, key=lambda a: min(_secondes(client, a) for _ in range(3)))
        print(f"{utilisateur} : {lente}", file=sys.stderr)
        yield lambda: _lire(client, lente)
        yield lambda: _lire(client, NUE)


@mesure("files_de_travail_50000", taille=50_000, reference="vue_nue_authentifiee", tours=5)
def files_de_travail() -> Iterator[Action]:
    """Read the slowest queue of an encadrant of the whole département."""
    _peupler(50_000)
    yield from _file_la_plus_lente(_encadrant())


@mesure("files_d_un_referent_50000", taille=PORTEFEUILLE, reference="vue_nue_authentifiee", tours=5)
def files_d_un_referent() -> Iterator[Action]:
    """Read the slowest queue of a référent who follows a hundred people among 50 000."""
    _peupler(50_000)
    yield from _file_la_plus_lente(_referent())


def _secondes(client: Client, adresse: str) -> float:
    debut = time.perf_counter()
    _lire(client, adresse)
    return time.perf_counter() - debut


@mesure("index_des_files_50000", taille=50_000, reference="vue_nue_authentifiee", tours=3)
def index_des_files() -> Iterator[Action]:
    """Count every queue and what is to correct, for an encadrant of the whole département."""
    _peupler(50_000)
    yield from _ecrans([reverse("parcours:files")])


@mesure("page_oarsa_50000", taille=50_000, reference="vue_nue_authentifiee", tours=3)
def page_oarsa() -> Iterator[Action]:
    """Read the page of the six tables, with what is to correct before the survey."""
    _peupler(50_000)
    yield from _ecrans([reverse("parcours:oarsa")])


@mesure("liste_oarsa_a_corriger_50000", taille=50_000, reference="vue_nue_authentifiee", tours=3)
def liste_oarsa_a_corriger() -> Iterator[Action]:
    """Read the first page of everything to correct before the survey."""
    _peupler(50_000)
    yield from _ecrans([reverse("parcours:oarsa_corrections", args=["toutes"])])


@mesure("offres_adaptees_20000", taille=OFFRES, reference="vue_nue_authentifiee", tours=5)
def offres_adaptees() -> Iterator[Action]:
    """Match 20 000 offers with one person and show the first page."""
    _peupler(50_000)
    departement = Departement.objects.first()
    manquantes = OFFRES - OffreInsertion.objects.count()
    OffreInsertion.objects.bulk_create(
        [
            OffreInsertion(
                departement=departement, ordre=n, categorie=CategorieOffre.EMPLOI, intitule=f"Offre de mesure {n}",
                age_min=18 if n % 3 else None, age_max=30 if n % 5 == 0 else None, contrat_requis=n % 7 == 0,
                etat=EtatOffre.PUBLIEE,
            )
            for n in range(manquantes)
        ],
        batch_size=2000,
    )  # fmt: skip
    personnes = Personne.objects.order_by("pk")[:10]
    yield from _ecrans([reverse("parcours:prescription_choisir", args=[p.pk]) for p in personnes])


@mesure("recherche_personnes_200000", taille=200_000, reference="lecture_sequentielle", tours=12)
def recherche_personnes() -> Iterator[Action]:
    """Search people by name, two words, a birth year, a typo, in turn: the first page of each."""
    _peupler(200_000)
    tour = itertools.cycle(MOTS)

    def une() -> None:
        trouvees, _ = chercher(Personne.objects.all(), next(tour), aujourd_hui=AU)
        list(trouvees[:25])

    def lecture() -> None:
        with connection.cursor() as curseur:
            curseur.execute("SET enable_indexscan = off; SET enable_bitmapscan = off")
            curseur.execute("SELECT count(*) FROM parcours_personne WHERE recherche LIKE '%martin%'")
            curseur.execute("RESET enable_indexscan; RESET enable_bitmapscan")

    yield une
    yield lecture
