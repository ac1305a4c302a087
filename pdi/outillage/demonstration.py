"""The demonstration: embedded servers, data, one worker, beat and the site, watched until Ctrl-C.

The supervisor starts everything, restarts what dies, and stops everything. A watcher process does the same
stop if the supervisor itself is killed, so nothing survives it.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib
import importlib.util
import os
import shutil
import signal
import subprocess  # nosec B404
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.conf import settings
from django.core.management import call_command, get_commands

from pdi.outillage.gardien import Gardien
from pdi.outillage.serveurs import Emplacement, PostgresEmbarque, ServeurIndisponible, ValkeyEmbarque
from pdi.outillage.sonde import interroger

RACINE = Path(__file__).resolve().parent.parent.parent
ATTENTE_SERVICE_S = 60.0
ATTENTE_ARRET_S = 10.0
RELANCES_MAX, FENETRE_RELANCES_S = 3, 60.0
PERIODE_S = 0.5
PERIODE_SERVEURS_S = 5.0
SIGNAUX = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DemonstrationImpossible(RuntimeError):
    """The demonstration cannot start or go on; the message says why and what to do."""


def dire(message: str) -> None:
    """Say what is being done."""
    print(f"· {message}", flush=True)


@dataclass
class Processus:
    """One child: its command, its log, and when it was started again."""

    nom: str
    commande: list[str]
    journal: Path
    environnement: dict[str, str]
    relances: list[float] = field(default_factory=list)
    _enfant: subprocess.Popen[bytes] | None = None

    def demarrer(self) -> None:
        """Start in a session of its own: a Ctrl-C in the terminal reaches the supervisor only."""
        with self.journal.open("ab") as sortie:
            self._enfant = subprocess.Popen(  # nosec B603
                self.commande, cwd=RACINE, env=os.environ | self.environnement, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=sortie, stderr=subprocess.STDOUT,
            )  # fmt: skip

    @property
    def mort(self) -> bool:
        """Return whether it ended by itself."""
        return self._enfant is not None and self._enfant.poll() is not None

    def demander_arret(self) -> None:
        """Ask it to end (it may finish what it is doing)."""
        if self._enfant and self._enfant.poll() is None:
            self._enfant.terminate()

    def achever(self, limite: float) -> None:
        """Wait until `limite` (monotonic clock), then kill it and its children."""
        if not self._enfant:
            return
        try:
            self._enfant.wait(timeout=max(0.1, limite - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._enfant.pid, signal.SIGKILL)
            self._enfant.wait()

    def fin_du_journal(self) -> str:
        """Return the last lines of the log, with its path."""
        lignes = self.journal.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        return "\n".join([*lignes, "", f"Journal entier : {self.journal}"])

    def relancer(self) -> None:
        """Start again, unless it dies over and over."""
        maintenant = time.monotonic()
        self.relances = [t for t in self.relances if maintenant - t < FENETRE_RELANCES_S] + [maintenant]
        if len(self.relances) > RELANCES_MAX:
            raise DemonstrationImpossible(
                f"{self.nom} s’est arrêté {len(self.relances)} fois en une minute.\n\n{self.fin_du_journal()}"
            )
        dire(f"{self.nom} s’est arrêté ; il est relancé. Son journal : {self.journal}")
        self.demarrer()


def _interrompre(_numero: int, _cadre: FrameType | None) -> NoReturn:
    for numero in SIGNAUX:
        signal.signal(numero, signal.SIG_IGN)  # stopping has begun: a second Ctrl-C must not leave orphans
    raise KeyboardInterrupt


class Demonstration:
    """One run of the demonstration of this checkout."""

    def __init__(self, *, port: int) -> None:
        """Nothing starts yet."""
        emplacement = getattr(settings, "EMPLACEMENT", None)
        if not isinstance(emplacement, Emplacement):
            raise DemonstrationImpossible("La démonstration ne tourne pas avec les réglages de production.")
        self.port = port
        self.emplacement = emplacement
        self.dossier = emplacement.dossier
        self.journaux = self.dossier / "journaux"
        self.serveurs: list[PostgresEmbarque | ValkeyEmbarque] = []
        self.processus: list[Processus] = []

    @property
    def adresse(self) -> str:
        """Address of the site."""
        return f"http://localhost:{self.port}/"

    # -- start ------------------------------------------------------------------------------------

    def tourner(self, *, effacer: bool = False) -> None:
        """Start everything, stay until a signal, stop everything. `effacer` deletes the data first."""
        for numero in SIGNAUX:
            signal.signal(numero, _interrompre)
        with self._seule():
            try:
                if effacer:
                    self._effacer()
                self._demarrer()
                self._surveiller()
            except KeyboardInterrupt:
                print("\nArrêt…", flush=True)
            except ServeurIndisponible as erreur:
                raise DemonstrationImpossible(str(erreur)) from erreur
            finally:
                self._arreter()
        print("Tout est arrêté. Les données sont gardées : « make demo » les reprend.", flush=True)

    @contextmanager
    def _seule(self) -> Iterator[None]:
        """Hold the folder's lock: two demonstrations on the same data would break each other."""
        self.dossier.mkdir(parents=True, exist_ok=True)
        with (self.dossier / "demo.verrou").open("a+", encoding="utf-8") as verrou:
            try:
                fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                verrou.seek(0)
                adresse = verrou.read().strip() or "une autre adresse"
                raise DemonstrationImpossible(
                    f"La démonstration de ce dossier tourne déjà sur {adresse} : arrêtez-la par Ctrl-C."
                ) from None
            verrou.truncate(0)
            verrou.write(self.adresse)
            verrou.flush()
            yield

    def _effacer(self) -> None:
        if os.environ.get("DATABASE_URL"):
            raise DemonstrationImpossible(
                "« make demo-reset » n’efface que la base embarquée. Pour repartir de zéro avec DATABASE_URL, "
                "recréez vous-même cette base, puis lancez « make demo »."
            )
        dire("Effacement des données de la démonstration")
        PostgresEmbarque(self.emplacement).arreter()
        ValkeyEmbarque(self.emplacement).arreter()
        for chemin in self.dossier.iterdir():
            if chemin.name == "demo.verrou":
                continue
            if chemin.is_dir():
                shutil.rmtree(chemin)
            else:
                chemin.unlink()

    def _demarrer(self) -> None:
        shutil.rmtree(self.journaux, ignore_errors=True)
        for dossier in (settings.MEDIA_ROOT, settings.STATIC_ROOT, self.journaux):
            dossier.mkdir(parents=True, exist_ok=True)
        if not os.environ.get("DATABASE_URL"):
            self.serveurs.append(PostgresEmbarque(self.emplacement))
        if not os.environ.get("REDIS_URL"):
            self.serveurs.append(ValkeyEmbarque(self.emplacement))
        noms = {type(serveur) for serveur in self.serveurs}
        self.gardien = Gardien(self.emplacement, postgresql=PostgresEmbarque in noms, valkey=ValkeyEmbarque in noms)
        dire("Base de données et courtier")
        with ThreadPoolExecutor() as fils:
            list(fils.map(lambda serveur: serveur.demarrer(), self.serveurs))
        connue = self._marque.exists() and self._marque.read_text(encoding="ascii") == self._version_donnees()
        if connue:
            self._lancer_processus()  # same data as last time: the site starts while migrations are checked
        dire("Structure de la base")
        call_command("migrate", verbosity=0, interactive=False)
        if not connue:
            self._lancer_processus()
            dire("Données de démonstration")
            _commande_si_presente("charger_demo")
            self._marque.write_text(self._version_donnees(), encoding="ascii")
        self._attendre_le_site()
        dire("Rapport annuel d’exécution")
        rapport = _commande_si_presente("compiler_demo")
        self._accueillir(rapport)

    @property
    def _marque(self) -> Path:
        return self.dossier / "demo.chargee"

    def _version_donnees(self) -> str:
        """Fingerprint of the database's address and of the fixtures: the data are loaded when it changes."""
        resume = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode())
        for chemin in sorted((RACINE / "fixtures").rglob("*")):
            if chemin.is_file():
                resume.update(chemin.relative_to(RACINE).as_posix().encode() + b"\0" + chemin.read_bytes())
        return resume.hexdigest()

    def _lancer_processus(self) -> None:
        celery = [sys.executable, "-m", "celery", "--app", "pdi.celery"]
        commandes = {
            "Le site": [
                sys.executable, "-m", "gunicorn", "pdi.wsgi:application", "--bind", f"127.0.0.1:{self.port}",
                "--workers", "2", "--worker-class", "sync", "--preload", "--timeout", "60", "--no-control-socket",
            ],
            "Le travailleur": [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-gossip"],
            "Le planificateur": [
                *celery, "beat", "--loglevel", "INFO", "--pidfile", "",
                "--schedule", str(self.dossier / "planification"),
            ],
        }  # fmt: skip
        environnement = {"DJANGO_SETTINGS_MODULE": "pdi.settings.dev", **self.gardien.environnement}
        for (nom, commande), fichier in zip(commandes.items(), ("site", "travailleur", "planificateur"), strict=True):
            processus = Processus(nom, commande, self.journaux / f"{fichier}.log", environnement)
            self.processus.append(processus)
            processus.demarrer()

    def _attendre_le_site(self) -> None:
        dire("Attente du site et du travailleur")
        limite = time.monotonic() + ATTENTE_SERVICE_S
        while True:
            etat = interroger(f"http://127.0.0.1:{self.port}/sante")
            if etat and all(etat.values()):
                return
            for processus in self.processus:
                if processus.mort:
                    raise DemonstrationImpossible(f"{processus.nom} n’a pas démarré.\n\n{processus.fin_du_journal()}")
            if time.monotonic() > limite:
                muets = ", ".join(nom for nom, va in etat.items() if not va) or "le site"
                raise DemonstrationImpossible(
                    f"Pas de réponse après {ATTENTE_SERVICE_S:.0f} s ({muets}). Journaux : {self.journaux}"
                )
            time.sleep(0.1)

    def _accueillir(self, rapport: str | None) -> None:
        lignes = ["", f"  {settings.NOM_APPLICATION} – démonstration", "", f"  Adresse   {self.adresse}"]
        if rapport:
            lignes.append(f"  Rapport   {rapport}")
        comptes = _comptes()
        if comptes:
            larges = [max(len(compte[i]) for compte in comptes) for i in range(2)]
            lignes += ["", "  Comptes (rôle, adresse, mot de passe)"]
            lignes += [f"    {role:<{larges[0]}}  {courriel:<{larges[1]}}  {mot}" for role, courriel, mot in comptes]
        lignes += ["", "  Ctrl-C arrête tout. « make demo » reprend ces données,"]
        lignes += ["  « make demo-reset » recommence à zéro.", ""]
        print("\n".join(lignes), flush=True)

    # -- watch and stop -----------------------------------------------------------------------------

    def _surveiller(self) -> None:
        prochaine = time.monotonic() + PERIODE_SERVEURS_S
        while True:
            time.sleep(PERIODE_S)
            for processus in self.processus:
                if processus.mort:
                    processus.relancer()
            if time.monotonic() > prochaine:
                for serveur in self.serveurs:
                    if not serveur.en_marche():
                        dire("Un serveur embarqué s’est arrêté ; il est relancé.")
                        serveur.demarrer()
                prochaine = time.monotonic() + PERIODE_SERVEURS_S

    def _arreter(self) -> None:
        for numero in SIGNAUX:
            signal.signal(numero, signal.SIG_IGN)
        for processus in self.processus:
            processus.demander_arret()
        limite = time.monotonic() + ATTENTE_ARRET_S
        for processus in self.processus:
            processus.achever(limite)
        if hasattr(self, "gardien"):
            self.gardien.fermer()


def _commande_si_presente(nom: str) -> str | None:
    """Run the command `nom` when an installed application has it; return what it returns."""
    if nom not in get_commands():
        return None
    resultat = call_command(nom)
    return str(resultat) if resultat else None


def _comptes() -> list[tuple[str, str, str]]:
    """Return (role, e-mail, password) of the demonstration accounts, when accounts are installed."""
    if importlib.util.find_spec("pdi.comptes.demo") is None:
        return []
    lister: Callable[[], list[tuple[str, str, str]]] = importlib.import_module(
        "pdi.comptes.demo"
    ).comptes_de_demonstration
    return lister()
