"""The watcher: nothing survives the process that started it, even killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parent.parent.parent
PARENT = textwrap.dedent(
    """
    import os, subprocess, sys, time
    from pathlib import Path
    from pdi.outillage.gardien import Gardien
    from pdi.outillage.serveurs import Emplacement, ValkeyEmbarque
    emplacement = Emplacement(Path(sys.argv[1]))
    gardien = Gardien(emplacement.dossier, postgresql=False, valkey=True, effacer=True)
    ValkeyEmbarque(emplacement).demarrer()
    enfant = subprocess.Popen(["sleep", "600"], env=os.environ | gardien.environnement, start_new_session=True)
    print(enfant.pid, emplacement.pid_valkey(), flush=True)
    time.sleep(600)
    """
).replace("emplacement.pid_valkey()", "ValkeyEmbarque(emplacement).pid.read_text().strip()")


def _vivant(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="la recherche des orphelins lit /proc")
@pytest.mark.parametrize("fin", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_rien_ne_survit_au_parent(tmp_path, fin, attendre):
    dossier = tmp_path / "var"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(dossier)], cwd=RACINE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        enfant, valkey = map(int, parent.stdout.readline().split())
    assert _vivant(enfant)
    assert _vivant(valkey)
    os.kill(parent.pid, fin)
    parent.wait()
    attendre(lambda: not _vivant(enfant), motif="l’enfant est terminé")
    attendre(lambda: not _vivant(valkey), motif="Valkey est arrêté")
    attendre(lambda: not dossier.exists(), motif="le dossier est effacé")
