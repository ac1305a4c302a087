"""Encryption: what is written comes back, keys are renewed without losing anything, hashes need the key."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from pdi.outillage.verifications import environnement_de_production
from pdi.socle.chiffrement import Indechiffrable, chiffrer, dechiffrer, empreinte, rechiffrer
from pdi.socle.journalisation import epurer


@given(st.text())
def test_ce_qui_est_chiffre_se_dechiffre(texte) -> None:
    jeton = chiffrer(texte)
    assert dechiffrer(jeton) == dechiffrer(memoryview(jeton)) == texte
    assert texte == "" or len(texte.encode()) < 4 or texte.encode() not in jeton


def test_deux_chiffrements_ne_se_comparent_pas() -> None:
    assert chiffrer("185057800608436") != chiffrer("185057800608436")


def test_une_valeur_alteree_ne_se_lit_pas() -> None:
    jeton = bytearray(chiffrer("185057800608436"))
    jeton[-1] ^= 1
    with pytest.raises(Indechiffrable) as refus:
        dechiffrer(bytes(jeton))
    assert "185057800608436" not in str(refus.value)


def test_la_cle_se_renouvelle_sans_rien_perdre(settings) -> None:
    ancienne = settings.CLES_CHIFFREMENT
    jeton = chiffrer("2 85 05 2A 006 084")
    settings.CLES_CHIFFREMENT = [Fernet.generate_key().decode(), *ancienne]
    assert dechiffrer(jeton) == "2 85 05 2A 006 084"
    neuf = rechiffrer(jeton)
    settings.CLES_CHIFFREMENT = settings.CLES_CHIFFREMENT[:1]
    assert dechiffrer(neuf) == "2 85 05 2A 006 084"
    with pytest.raises(Indechiffrable):
        dechiffrer(jeton)
    with pytest.raises(Indechiffrable):
        rechiffrer(jeton)


@given(st.text(), st.text())
def test_une_empreinte_ne_confond_ni_valeurs_ni_usages(un, autre) -> None:
    assert (empreinte(un, usage="a") == empreinte(autre, usage="a")) == (un == autre)
    assert empreinte(un, usage="a") != empreinte(un, usage="b")
    assert len(empreinte(un, usage="a")) == 64


def test_une_empreinte_depend_de_la_cle(settings) -> None:
    avant = empreinte("1850578006084", usage="nir")
    settings.CLE_EMPREINTE = "une autre clé"
    assert empreinte("1850578006084", usage="nir") != avant


@pytest.mark.parametrize(
    ("variable", "valeur"),
    [("PDI_CLES_CHIFFREMENT", ""), ("PDI_CLES_CHIFFREMENT", "trop-court"), ("PDI_CLE_EMPREINTE", "")],
    ids=["chiffrement-absente", "chiffrement-illisible", "empreinte-absente"],
)
def test_la_production_refuse_de_demarrer_sans_ses_cles(variable, valeur) -> None:
    fini = subprocess.run(
        [sys.executable, "-c", "import pdi.settings.prod"],
        env={**os.environ, **environnement_de_production(), variable: valeur},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert fini.returncode != 0
    assert variable in fini.stderr


@pytest.mark.parametrize(
    "nir", ["185057800608436", "1850578006084", "1 85 05 78 006 084 36", "285052A006084", "2 85 05 2b 006 084 51"]
)
def test_les_journaux_ne_gardent_pas_de_nir(nir) -> None:
    assert epurer(f"valeur {nir} refusée") == "valeur [numéro] refusée"


@pytest.mark.parametrize("texte", ["le 12 février 2026 à 17 h 42", "1 350 € sur 2 300 €", "fiche 2.1, 102 indicateurs"])
def test_les_journaux_gardent_les_autres_nombres(texte) -> None:
    assert epurer(texte) == texte
