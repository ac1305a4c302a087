"""The frame of the measures: the line it prints, the ratio it computes."""

from __future__ import annotations

import pytest

from tests.bench import registre


@pytest.fixture(autouse=True)
def registre_vide(monkeypatch):
    monkeypatch.setattr(registre, "REGISTRE", {})


def test_une_mesure_donne_sa_ligne_et_son_rapport_a_la_reference(monkeypatch):
    horloge = iter([0.0, 3.0, 10.0, 12.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(horloge))

    @registre.mesure("export", taille=100, reference="lecture", tours=1)
    def _export():
        yield lambda: None
        yield lambda: None

    ligne = registre.executer(registre.REGISTRE["export"])
    assert ligne.texte() == "export\t100\t3.0000\tlecture\t1.500"


def test_sans_reference_le_rapport_est_vide():
    @registre.mesure("chargement", taille=75, tours=2)
    def _chargement():
        yield lambda: None

    champs = registre.executer(registre.REGISTRE["chargement"]).texte().split("\t")
    assert champs[:2] == ["chargement", "75"]
    assert champs[3:] == ["", ""]


def test_un_nom_ne_sert_qu_une_fois():
    registre.mesure("double", taille=1)(lambda: iter(()))
    with pytest.raises(ValueError, match="double"):
        registre.mesure("double", taille=1)(lambda: iter(()))
