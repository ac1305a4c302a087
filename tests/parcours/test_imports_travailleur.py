"""An import in a real worker: end to end, and killed in the middle of its writing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import F

from parcours.models import Adresse, Personne
from pdi.socle.imports import application, operations
from pdi.socle.imports.declarations import genre_de
from pdi.socle.models import EntreeJournal, EtatTraitement, LotImport, Traitement
from pdi.socle.querysets import SILENCE
from pdi.socle.traitements import reprendre_abandonnes
from tests.fabriques_parcours import CommuneFactory
from tests.imports_essai import administrateur, csv_de, dernier_traitement

pytestmark = [pytest.mark.celery, pytest.mark.django_db(transaction=True)]
ENTETES = ("Nom", "Prénom", "Né le", "Code postal", "Commune")
LIGNES = 3000
# While this test holds it, the worker's INSERT into addresses waits: people are written by then, not committed.
VERROU = "SELECT pg_advisory_lock(710002)"
DECLENCHEUR = """
CREATE FUNCTION essai_attendre() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared(710002); RETURN NULL; END $$;
CREATE TRIGGER essai_attendre BEFORE INSERT ON parcours_adresse FOR EACH STATEMENT EXECUTE FUNCTION essai_attendre();
"""


def executer(sql: str) -> None:
    with connection.cursor() as curseur:
        curseur.execute(sql)


def relu(traitement: Traitement) -> Traitement:
    traitement.refresh_from_db()
    return traitement


@pytest.fixture
def lot(worker_celery, attendre) -> LotImport:
    """A lot of 3 000 new people, read and checked by the worker."""
    CommuneFactory.create(nom="Corbeil-Essonnes", code="91174", codes_postaux=["91100"])
    lignes = [(f"Nom{n}", "Ali", "02/07/1984", "91100", "Corbeil-Essonnes") for n in range(LIGNES)]
    fichier = SimpleUploadedFile("essai.csv", csv_de(ENTETES, lignes))
    with transaction.atomic():
        depose = operations.deposer(genre=genre_de("personnes"), fichier=fichier, par=administrateur())
    lecture = dernier_traitement(depose)
    attendre(lambda: not relu(lecture).actif, motif="le fichier est lu", delai_s=120)
    assert (lecture.etat, lecture.erreur) == (EtatTraitement.TERMINE, "")
    depose.refresh_from_db()
    assert depose.comptes == {"nouvelle": LIGNES}
    return depose


def test_de_la_lecture_a_l_ecriture_dans_un_vrai_travailleur(lot, attendre):
    traitement = application.lancer_import(lot=lot, attendues=LIGNES, par=lot.depose_par)
    attendre(lambda: not relu(traitement).actif, motif="l’import finit", delai_s=120)
    assert (traitement.etat, traitement.resultat["nouvelle"]) == (EtatTraitement.TERMINE, LIGNES)
    lot.refresh_from_db()
    assert (lot.etat, Personne.objects.count(), Adresse.objects.count()) == ("importe", LIGNES, LIGNES)
    assert lot.depose_par.avis.get().titre == f"Lot {lot.pk} importé : {LIGNES} lignes écrites"


def test_tue_au_milieu_de_l_ecriture_rien_n_est_a_moitie_ecrit(lot, worker_celery, attendre):
    executer(DECLENCHEUR)
    try:
        executer(VERROU)
        traitement = application.lancer_import(lot=lot, attendues=LIGNES, par=lot.depose_par)

        def attend_le_verrou() -> bool:
            with connection.cursor() as curseur:
                curseur.execute(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 710002 AND NOT granted"
                )
                return bool(curseur.fetchone()[0])

        attendre(attend_le_verrou, motif="les personnes sont écrites, les adresses attendent", delai_s=120)
        worker_celery.tuer()
        executer("SELECT pg_advisory_unlock(710002)")
        attendre(lambda: not _verrous_du_travailleur(), motif="la connexion morte est défaite", delai_s=60)
        assert (Personne.objects.count(), Adresse.objects.count()) == (0, 0)
        assert not EntreeJournal.objects.filter(objet_type="parcours.personne").exists()
        lot.refresh_from_db()
        assert (lot.etat, lot.comptes) == ("a_verifier", {"nouvelle": LIGNES})
    finally:
        executer("DROP TRIGGER essai_attendre ON parcours_adresse; DROP FUNCTION essai_attendre()")
    Traitement.objects.filter(pk=traitement.pk).update(battement=F("battement") - 2 * SILENCE)
    worker_celery.demarrer()
    assert reprendre_abandonnes() == 1
    attendre(lambda: not relu(traitement).actif, motif="la reprise finit", delai_s=120)
    assert (traitement.etat, Personne.objects.count()) == (EtatTraitement.TERMINE, LIGNES)


def _verrous_du_travailleur() -> int:
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'parcours_personne'::regclass AND pid <> pg_backend_pid() "
            "AND mode = 'ShareRowExclusiveLock'"
        )
        return int(curseur.fetchone()[0])
