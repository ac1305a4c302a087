"""Jobs with a real worker."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from pdi.socle.models import EntreeJournal, Traitement
from pdi.socle.traitements import annuler, reprendre_abandonnes
from tests import taches
from tests.fabriques import UtilisateurFactory

from .test_traitements import contenu, demander, vieillir


def etat(traitement) -> str:
    return Traitement.objects.values_list("etat", flat=True).get(pk=traitement.pk)


@pytest.mark.celery
def test_un_vrai_travailleur_fait_le_travail(worker_celery, attendre):
    traitement, _ = demander(jusqu_a=4)
    attendre(lambda: etat(traitement) == "termine", motif="traitement terminé")
    traitement.refresh_from_db()
    assert traitement.resultat == {"dernier": 4}
    assert contenu(traitement).startswith(b"0")


@pytest.mark.celery
def test_le_journal_d_un_vrai_travailleur_est_epure(worker_celery, attendre):
    traitement, _ = demander("tests.echouer")
    attendre(lambda: etat(traitement) == "echec", motif="traitement en échec")
    lignes = worker_celery.journal.read_text().splitlines()
    (echec,) = (json.loads(ligne) for ligne in lignes if ligne.startswith("{") and traitement.pk.hex[:12] in ligne)
    assert "[courriel]" in echec["exception"]
    assert not [ligne for ligne in lignes if "@exemple.fr" in ligne]


@pytest.mark.celery
def test_un_travailleur_tue_au_milieu_reprend_proprement(worker_celery, attendre):
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_lock(%s)", [taches.VERROU])
        traitement, _ = demander("tests.en_deux_temps")
        attendre(
            lambda: Traitement.objects.filter(pk=traitement.pk, etape="Second temps").exists(),
            motif="le travailleur est à la seconde étape",
        )
        worker_celery.tuer()
        assert etat(traitement) == "en_cours"
        assert reprendre_abandonnes() == 0, "son dernier signe de vie est récent"
        vieillir(traitement, minutes=1)
        assert reprendre_abandonnes() == 1
        assert etat(traitement) == "en_attente"
        curseur.execute("SELECT pg_advisory_unlock(%s)", [taches.VERROU])
    worker_celery.demarrer()
    attendre(lambda: etat(traitement) == "termine", motif="traitement repris et terminé")
    traitement.refresh_from_db()
    assert traitement.tentatives == 2
    assert traitement.resultat == {"productions": 1}
    assert EntreeJournal.objects.filter(verbe="essai_produit").count() == 1


@pytest.mark.celery
def test_l_arret_demande_est_entendu_par_un_vrai_travailleur(worker_celery, attendre):
    agent = UtilisateurFactory.create()
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_lock(%s)", [taches.VERROU])
        traitement, _ = demander("tests.en_deux_temps", par=agent)
        attendre(
            lambda: Traitement.objects.filter(pk=traitement.pk, etape="Second temps").exists(),
            motif="le travailleur est à la seconde étape",
        )
        annuler(traitement=traitement, par=agent)
        curseur.execute("SELECT pg_advisory_unlock(%s)", [taches.VERROU])
    attendre(lambda: etat(traitement) == "annule", motif="traitement arrêté")
    assert not EntreeJournal.objects.filter(verbe="essai_produit").exists()
