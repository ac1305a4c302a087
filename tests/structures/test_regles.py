"""Pure rules: keys of names, SIRET, wordings taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdi.structures.regles import cle_nom, decouper_libelle, luhn, siret_valide

CHIFFRES = st.text(alphabet="0123456789", min_size=13, max_size=13)


def _avec_cle(corps: str) -> str:
    return next(corps + str(cle) for cle in range(10) if luhn(corps + str(cle)))


@given(corps=CHIFFRES.filter(lambda c: not c.startswith("356000000")))
def test_une_seule_cle_rend_un_siret_valide(corps) -> None:
    valides = [cle for cle in range(10) if siret_valide(corps + str(cle))]
    assert len(valides) == 1


@given(corps=CHIFFRES, position=st.integers(0, 13), ecart=st.integers(1, 9))
def test_un_chiffre_faux_est_toujours_detecte(corps, position, ecart) -> None:
    siret = _avec_cle(corps)
    faux = siret[:position] + str((int(siret[position]) + ecart) % 10) + siret[position + 1 :]
    assert not luhn(faux)


@given(texte=st.text(max_size=20))
def test_un_siret_a_quatorze_chiffres_ascii(texte) -> None:
    assert siret_valide(texte) is False or (len(texte) == 14 and texte.isascii() and texte.isdigit())


def test_la_poste_suit_sa_propre_regle() -> None:
    assert siret_valide("35600000049837")
    assert siret_valide("35600000000048")


@given(nom=st.text(max_size=60))
def test_la_cle_d_un_nom_est_stable(nom) -> None:
    assert cle_nom(cle_nom(nom)) == cle_nom(nom)


@pytest.mark.parametrize(
    "graphie", ["Pôle emploi", "Pole Emploi", "PÔLE-EMPLOI", "  pôle   emploi "], ids=["usuelle", "sans", "maj", "esp"]
)
def test_les_graphies_de_pole_emploi_ont_une_cle(graphie) -> None:
    assert cle_nom(graphie) == "pole emploi"


CAS = {
    "direction et service": (
        "Direction de l'insertion et de l'emploi (DIE) – Service accompagnement des allocataires RSA (SAARSA)",
        (
            ("Direction de l'insertion et de l'emploi", "DIE"),
            ("Service accompagnement des allocataires RSA", "SAARSA"),
        ),
        "",
    ),
    "fonction en dernier": (
        "Conseil départemental de la Corrèze – DASFI – Service Emploi Insertion – Animateur PTI",
        (("Conseil départemental de la Corrèze", ""), ("DASFI", ""), ("Service Emploi Insertion", "")),
        "Animateur PTI",
    ),
    "signataire": ("État – le Préfet", (("État", ""),), "le Préfet"),
    "remarque": ("Jobi Joba (maintenance du site)", (("Jobi Joba", ""),), "maintenance du site"),
    "trait d'union": ("CPAM-CRESLI", (("CPAM-CRESLI", ""),), ""),
    "responsable sans fonction": ("Responsable insertion", (("Responsable insertion", ""),), ""),
}


@pytest.mark.parametrize(("libelle", "chemin", "precision"), CAS.values(), ids=CAS.keys())
def test_un_libelle_se_decoupe(libelle, chemin, precision) -> None:
    lu = decouper_libelle(libelle)
    assert (lu.chemin, lu.precision) == (chemin, precision)


@given(texte=st.text(max_size=80))
def test_decouper_ne_perd_aucun_mot(texte) -> None:
    lu = decouper_libelle(texte)
    rendus = " ".join([*(f"{nom} {sigle}" for nom, sigle in lu.chemin), lu.precision])
    assert sorted(cle_nom(rendus).split()) == sorted(cle_nom(texte).split())
