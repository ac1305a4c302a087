"""Pages under four clients against a bare authenticated view, loading the programmes, exporting 100 000 rows."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.crypto import get_random_string

from actions.models import FicheAction, Programme
from pdi.comptes.models import Utilisateur
from pdi.socle.exports import Colonne, ecrire_xlsx
from pdi.socle.models import EntreeJournal

from .registre import mesure

Action = Callable[[], object]
CLIENTS, REQUETES, LIGNES = 4, 200, 100_000
ATTENTE_S = 30.0


def _port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


@contextmanager
def _serveur() -> Iterator[int]:
    """Run gunicorn with two workers on the measured database; yield its port."""
    port = _port_libre()
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.reglages"}
    commande = [
        sys.executable,
        "-m",
        "gunicorn",
        "pdi.wsgi",
        "-w",
        "2",
        "-b",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    processus = subprocess.Popen(commande, env=env, cwd=settings.RACINE, stdout=subprocess.DEVNULL)
    try:
        limite = time.monotonic() + ATTENTE_S
        while time.monotonic() < limite:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        processus.terminate()
        processus.wait(timeout=20)


def _temoin(*, connu: bool) -> str:
    """Return the cookies of the programme manager; with its token when `connu`, as a browser that has read a page.

    Without it a page is never kept: it is made at each reading.
    """
    utilisateur = Utilisateur.objects.get(courriel="helene.modele@essonne.example")
    session = SessionStore()
    session[SESSION_KEY] = str(utilisateur.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = utilisateur.get_session_auth_hash()
    session.create()
    jeton = f"; {settings.CSRF_COOKIE_NAME}={get_random_string(32)}" if connu else ""
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}{jeton}"


def _rafale(port: int, chemin: str, temoin: str) -> Action:
    def un_client(_rang: int) -> None:
        for _ in range(REQUETES // CLIENTS):
            connexion = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connexion.request("GET", chemin, headers={"Cookie": temoin})
            reponse = connexion.getresponse()
            reponse.read()
            connexion.close()
            if reponse.status != http.HTTPStatus.OK:
                raise RuntimeError(f"{chemin} répond {reponse.status}.")

    def rafale() -> None:
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(un_client, range(CLIENTS)))

    return rafale


def _page(chemin: Callable[[], str], *, faite: bool = False) -> Iterator[Action]:
    call_command("charger_demo", verbosity=0)
    with _serveur() as port:
        temoin, adresse = _temoin(connu=not faite), chemin()
        _rafale(port, adresse, temoin)()  # warm-up: templates compiled, connections open, page kept when it may be
        yield _rafale(port, adresse, temoin)
        yield _rafale(port, "/banc/nue", temoin)


def _programme() -> str:
    return Programme.objects.get(code="essonne-2022-2026").get_absolute_url()


def _fiche() -> str:
    return FicheAction.objects.get(programme__code="essonne-2022-2026", numero="2.1").get_absolute_url()


@mesure("page_programme_4_clients", taille=REQUETES, reference="vue_nue_authentifiee", tours=5)
def page_programme() -> Iterator[Action]:
    """Read the page of Essonne's programme again, 200 times, 4 clients, 2 processes, nothing being written."""
    yield from _page(_programme)


@mesure("page_fiche_4_clients", taille=REQUETES, reference="vue_nue_authentifiee", tours=5)
def page_fiche() -> Iterator[Action]:
    """Read the page of fiche 2.1 again, 200 times, 4 clients, 2 processes, nothing being written."""
    yield from _page(_fiche)


@mesure("page_programme_faite_4_clients", taille=REQUETES, reference="vue_nue_authentifiee")
def page_programme_faite() -> Iterator[Action]:
    """Make the page of Essonne's programme 200 times: what its first reading after a write costs."""
    yield from _page(_programme, faite=True)


@mesure("page_fiche_faite_4_clients", taille=REQUETES, reference="vue_nue_authentifiee")
def page_fiche_faite() -> Iterator[Action]:
    """Make the page of fiche 2.1 200 times: what its first reading after a write costs."""
    yield from _page(_fiche, faite=True)


@mesure("charger_75_fiches", taille=75, reference="recharger_sans_rien_changer", tours=1)
def charger_75_fiches() -> Iterator[Action]:
    """Load the four programmes where there is none; baseline: the same command when all is there already."""
    with transaction.atomic():
        with connection.cursor() as curseur:
            curseur.execute(f"TRUNCATE {Programme._meta.db_table} CASCADE")
        yield lambda: call_command("charger_demo", verbosity=0)
        yield lambda: call_command("charger_demo", verbosity=0)
        transaction.set_rollback(True)


@mesure("export_xlsx_100000", taille=LIGNES, reference="lecture_des_memes_lignes", tours=1)
def export_xlsx() -> Iterator[Action]:
    """Write 100 000 rows of the journal as XLSX; baseline: reading the same rows from PostgreSQL."""
    colonnes = [
        Colonne("Le", "le", type="date"),
        Colonne("Opération", "verbe"),
        Colonne("Objet", "objet_libelle", largeur=40),
        Colonne("Écran", "ecran"),
    ]
    with transaction.atomic():
        with connection.cursor() as curseur:
            curseur.execute(
                "INSERT INTO socle_entreejournal (le, ecran, verbe, objet_type, objet_id, objet_libelle, avant, apres,"
                " commentaire) SELECT now() - n * interval '1 minute', 'banc', 'modifier', 'actions.ficheaction', n,"
                " 'Fiche ' || n || ' =1+1', '{}', '{}', '' FROM generate_series(1, %s) n",
                [LIGNES],
            )
        lignes = EntreeJournal.objects.order_by("-le", "-id")

        def ecrire() -> int:
            with tempfile.TemporaryFile() as fichier:
                return ecrire_xlsx(fichier, titre="Journal", colonnes=colonnes, lignes=lignes.iterator(2000))

        yield ecrire
        yield lambda: sum(1 for _ in lignes.iterator(2000))
        transaction.set_rollback(True)
