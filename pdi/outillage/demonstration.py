"""The demonstration: embedded servers, data, one worker, beat and the site, watched until Ctrl-C.

    python pdi/outillage/demonstration.py --port 8000 [--effacer]

The supervisor starts everything, restarts what dies, and stops everything. A watcher process does the same
stop if the supervisor itself is killed, so nothing survives it. It does not load Django: migrations, data
and report are prepared by `manage.py preparer_demo`, while the site and the worker start.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import subprocess  # nosec B404
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

RACINE = Path(__file__).resolve().parent.parent.parent
if str(RACINE) not in sys.path:
    sys.path.insert(0, str(RACINE))

from pdi.outillage.gardien import Gardien  # noqa: E402
from pdi.outillage.serveurs import Emplacement, PostgresEmbarque, ServeurIndisponible, ValkeyEmbarque  # noqa: E402

ATTENTE_ARRET_S = 10.0
RELANCES_MAX, FENETRE_RELANCES_S = 3, 60.0
PERIODE_S = 0.2
PERIODE_SERVEURS_S = 5.0
SIGNAUX = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DemonstrationImpossible(RuntimeError):
    """The demonstration cannot start or go on; the message says why and what to do."""


def dire(message: str) -> None:
    """Say what is being done."""
    print(f"· {message}", flush=True)


@dataclass
class Processus:
    """One child: its command, its log (None: the terminal), and when it was started again."""

    nom: str
    commande: list[str]
    journal: Path | None
    environnement: dict[str, str]
    relances: list[float] = field(default_factory=list)
    _enfant: subprocess.Popen[bytes] | None = None

    def demarrer(self) -> None:
        """Start in a session of its own: a Ctrl-C in the terminal reaches the supervisor only."""
        sortie = self.journal.open("ab") if self.journal else None
        try:
            self._enfant = subprocess.Popen(  # nosec B603
                self.commande, cwd=RACINE, env=os.environ | self.environnement, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=sortie, stderr=subprocess.STDOUT if sortie else None,
            )  # fmt: skip
        finally:
            if sortie:
                sortie.close()

    @property
    def code(self) -> int | None:
        """Return its exit code, or None while it runs."""
        return self._enfant.poll() if self._enfant else None

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
        if not self.journal:
            return ""
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
        self.port = port
        self.emplacement = Emplacement.depuis_environnement(RACINE)
        self.dossier = self.emplacement.dossier
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
        lieu = self.emplacement
        shutil.rmtree(lieu.journaux, ignore_errors=True)
        for dossier in (lieu.fichiers, lieu.statiques, lieu.journaux):
            dossier.mkdir(parents=True, exist_ok=True)
        if not os.environ.get("DATABASE_URL"):
            self.serveurs.append(PostgresEmbarque(lieu))
        if not os.environ.get("REDIS_URL"):
            self.serveurs.append(ValkeyEmbarque(lieu))
        noms = {type(serveur) for serveur in self.serveurs}
        self.gardien = Gardien(self.dossier, postgresql=PostgresEmbarque in noms, valkey=ValkeyEmbarque in noms)
        dire("Base de données et courtier")
        with ThreadPoolExecutor() as fils:
            list(fils.map(lambda serveur: serveur.demarrer(), self.serveurs))
        self._lancer("preparation", "site", "travailleur")
        self._attendre_la_preparation()
        self._lancer("planificateur")

    def _lancer(self, *cles: str) -> None:
        celery = ["-m", "celery", "--app", "pdi.celery"]
        commandes = {
            "preparation": ("La préparation", ["manage.py", "preparer_demo", "--port", str(self.port)]),
            "site": ("Le site", [
                "-m", "gunicorn", "pdi.wsgi:application", "--bind", f"127.0.0.1:{self.port}", "--workers", "2",
                "--worker-class", "sync", "--preload", "--timeout", "60", "--no-control-socket",
            ]),
            "travailleur": ("Le travailleur", [
                *celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-gossip", "--without-mingle",
            ]),
            "planificateur": ("Le planificateur", [
                *celery, "beat", "--loglevel", "INFO", "--pidfile", "",
                "--schedule", str(self.dossier / "planification"),
            ]),
        }  # fmt: skip
        environnement = {
            "DJANGO_SETTINGS_MODULE": "pdi.settings.dev",
            "PDI_DEMONSTRATION": "1",
            "PDI_ADRESSE": self.adresse.rstrip("/"),  # the links of e-mails lead to this port
            "PYTHONUNBUFFERED": "1",
            **self.gardien.environnement,
        }
        for cle in cles:
            nom, arguments = commandes[cle]
            journal = None if cle == "preparation" else self.emplacement.journaux / f"{cle}.log"
            processus = Processus(nom, [sys.executable, *arguments], journal, environnement)
            self.processus.append(processus)
            processus.demarrer()

    def _attendre_la_preparation(self) -> None:
        preparation, *autres = self.processus
        while preparation.code is None:
            for processus in autres:
                if processus.code is not None:
                    raise DemonstrationImpossible(f"{processus.nom} n’a pas démarré.\n\n{processus.fin_du_journal()}")
            time.sleep(PERIODE_S)
        if preparation.code != 0:
            raise DemonstrationImpossible(
                f"La démonstration n’a pas pu être préparée (voir ci-dessus). Journaux : {self.emplacement.journaux}"
            )
        self.processus.remove(preparation)

    # -- watch and stop -----------------------------------------------------------------------------

    def _surveiller(self) -> None:
        prochaine = time.monotonic() + PERIODE_SERVEURS_S
        while True:
            time.sleep(PERIODE_S)
            for processus in self.processus:
                if processus.code is not None:
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


def main() -> None:
    """Read the port and run."""
    analyse = argparse.ArgumentParser(description="Démarre la démonstration. Ctrl-C arrête tout.")
    analyse.add_argument("--port", type=int, default=8000, help="port du site (8000 par défaut)")
    analyse.add_argument("--effacer", action="store_true", help="repart de données vides")
    choix = analyse.parse_args()
    try:
        Demonstration(port=choix.port).tourner(effacer=choix.effacer)
    except DemonstrationImpossible as erreur:
        sys.exit(f"\n{erreur}")


if __name__ == "__main__":
    main()
