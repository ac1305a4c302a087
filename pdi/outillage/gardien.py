"""A watcher that cleans up after its parent, however the parent ends: Ctrl-C, SIGTERM or SIGKILL.

The parent holds the writing end of a pipe. When it closes (on purpose, or because the parent died), the
watcher ends the processes that carry its token in their environment, stops the embedded servers it was
told about and, for tests, deletes their folder. It lives in its own session: a Ctrl-C does not reach it.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import subprocess  # nosec B404
import sys
import time
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent.parent
JETON = "PDI_GARDIEN"  # environment variable that marks the processes to end
DELAI_S = 10.0


def _processus_portant(jeton: str) -> list[int]:
    """Return the living processes started with this token (none where /proc does not exist)."""
    cherche = f"{JETON}={jeton}".encode()
    trouves = []
    for dossier in Path("/proc").glob("[0-9]*"):
        try:
            porteur = cherche in (dossier / "environ").read_bytes().split(b"\0")
            mort = (dossier / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except (OSError, ValueError):
            continue
        if porteur and not mort and int(dossier.name) != os.getpid():
            trouves.append(int(dossier.name))
    return trouves


def _signaler(pids: list[int], numero: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, numero)
        except ProcessLookupError:
            continue


def terminer(jeton: str, delai_s: float = DELAI_S) -> None:
    """Ask the processes of this token to end, then make them."""
    limite = time.monotonic() + delai_s
    _signaler(_processus_portant(jeton), signal.SIGTERM)
    while _processus_portant(jeton):
        if time.monotonic() > limite:
            _signaler(_processus_portant(jeton), signal.SIGKILL)
        time.sleep(0.05)


class Gardien:
    """The parent's side: start it first, give its environment to every child, close it last."""

    def __init__(self, dossier: Path, *, postgresql: bool, valkey: bool, effacer: bool = False) -> None:
        """Start watching. `postgresql` and `valkey` say which servers of `dossier` to stop, `effacer` to delete it."""
        self.jeton = secrets.token_hex(8)
        commande = [sys.executable, __file__, str(dossier), self.jeton]
        commande += ["--postgresql"] * postgresql + ["--valkey"] * valkey + ["--effacer"] * effacer
        environnement = {cle: valeur for cle, valeur in os.environ.items() if cle != JETON}
        self._processus = subprocess.Popen(  # nosec B603
            commande, stdin=subprocess.PIPE, start_new_session=True, cwd=RACINE, env=environnement
        )

    @property
    def environnement(self) -> dict[str, str]:
        """What children add to their environment so that they can be found."""
        return {JETON: self.jeton}

    def fermer(self) -> None:
        """Have everything stopped, and wait until it is."""
        if self._processus.stdin and not self._processus.stdin.closed:
            self._processus.stdin.close()
        self._processus.wait()


def main() -> None:
    """Wait for the parent's end, then clean up."""
    analyse = argparse.ArgumentParser(description=__doc__)
    analyse.add_argument("dossier", type=Path)
    analyse.add_argument("jeton")
    analyse.add_argument("--postgresql", action="store_true")
    analyse.add_argument("--valkey", action="store_true")
    analyse.add_argument("--effacer", action="store_true")
    choix = analyse.parse_args()
    for numero in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(numero, signal.SIG_IGN)
    sys.stdin.buffer.read()
    terminer(choix.jeton)
    # Imported only now: waiting costs nothing, and what is imported while all starts would slow it down.
    sys.path.insert(0, str(RACINE))
    from pdi.outillage.serveurs import Emplacement, PostgresEmbarque, ServeurIndisponible, ValkeyEmbarque  # noqa: PLC0415

    emplacement = Emplacement(choix.dossier)
    try:
        if choix.valkey:
            ValkeyEmbarque(emplacement).arreter()
        if choix.postgresql:
            PostgresEmbarque(emplacement).arreter()
    except ServeurIndisponible as erreur:
        print(erreur, file=sys.stderr)
    if choix.effacer:
        shutil.rmtree(choix.dossier, ignore_errors=True)
        shutil.rmtree(emplacement.sockets, ignore_errors=True)


if __name__ == "__main__":
    main()
