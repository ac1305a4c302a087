"""What `make` says when something is missing or taken."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pdi.outillage import amorce

RACINE = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def port_pris():
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        yield prise.getsockname()[1]


def test_l_amorce_n_importe_que_la_bibliotheque_standard():
    code = (
        "import runpy, sys\n"
        "runpy.run_path('pdi/outillage/amorce.py', run_name='essai')\n"
        "runpy.run_path('pdi/outillage/ressources.py', run_name='essai')\n"
        "runpy.run_path('pdi/outillage/sonde.py', run_name='essai')\n"
        "print([nom for nom in sys.modules if nom.split('.')[0] in ('django', 'celery', 'pdi', 'psycopg', 'redis')])"
    )
    fini = subprocess.run([sys.executable, "-I", "-c", code], cwd=RACINE, capture_output=True, text=True, check=True)
    assert fini.stdout.strip() == "[]"


def test_un_port_pris_donne_la_commande_a_lancer(port_pris, monkeypatch, capsys):
    monkeypatch.setenv("PORT", str(port_pris))
    with pytest.raises(SystemExit):
        amorce.port_demande()
    message = capsys.readouterr().err
    assert f"Le port {port_pris} est déjà pris" in message
    assert "make demo PORT=" in message


@pytest.mark.parametrize("valeur", ["abc", "0", "70000", "-1"])
def test_un_port_impossible_est_refuse(valeur, monkeypatch, capsys):
    monkeypatch.setenv("PORT", valeur)
    with pytest.raises(SystemExit):
        amorce.port_demande()
    assert f"PORT={valeur}" in capsys.readouterr().err


def test_pango_absent_donne_une_phrase_et_la_commande(monkeypatch, capsys):
    monkeypatch.setattr(amorce, "bibliotheque_presente", lambda _nom: False)
    with pytest.raises(SystemExit):
        amorce.verifier_pango()
    message = capsys.readouterr().err.strip()
    assert message.startswith("Pango, qui met en page les PDF, n’est pas installé")
    assert "\n" not in message
    assert "Installez-le : " in message


def test_l_empreinte_change_avec_le_contenu(tmp_path):
    fichier = tmp_path / "verrou"
    fichier.write_text("a", encoding="utf-8")
    premiere = amorce.empreinte(fichier)
    assert premiere == amorce.empreinte(fichier)
    fichier.write_text("b", encoding="utf-8")
    assert amorce.empreinte(fichier) != premiere


def test_make_marche_depuis_un_dossier_avec_espace_et_accent(tmp_path):
    dossier = tmp_path / "dépôt d’essai"
    (dossier / "pdi").mkdir(parents=True)
    (dossier / "Makefile").symlink_to(RACINE / "Makefile")
    (dossier / "pdi" / "outillage").symlink_to(RACINE / "pdi" / "outillage")
    fini = subprocess.run(
        ["make", "demo", "PORT=abc"], cwd=dossier, capture_output=True, text=True, check=False,
        env=os.environ | {"MAKEFLAGS": ""},
    )  # fmt: skip
    assert "PORT=abc n’est pas un numéro de port" in fini.stderr


def test_make_aide_liste_les_cibles():
    fini = subprocess.run(["make", "aide"], cwd=RACINE, capture_output=True, text=True, check=True)
    for cible in ("demo", "demo-reset", "test", "lint", "bench"):
        assert f"make {cible} " in fini.stdout
