"""Reading numbers, lists, values; judging a value against its target."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.models import SensIndicateur
from actions.regles import indicateurs as regles
from actions.regles import saisie
from pdi.socle.droits import RegleMetier

D = Decimal
MONTANTS = st.decimals(D("-99999999"), D("99999999"), places=4, allow_nan=False, allow_infinity=False)
COMPTES = st.integers(0, 1_000_000).map(D)


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567,5", "1234567.5"),
        ("  86 % ", "86"),
        ("115 210,66 €", "115210.66"),
        ("1 350 euros", "1350"),
        ("−4", "-4"),
        ("+ 7", "7"),
        (",5", "0.5"),
        ("12,", "12"),
        ("1,7 mois", "1.7"),
        ("0", "0"),
    ],
)
def test_les_ecritures_francaises_se_lisent(ecrit: str, lu: str):
    assert saisie.lire_nombre(ecrit) == D(lu)


@pytest.mark.parametrize(
    "ecrit", ["", "abc", "12 personnes", "1,2,3", "1.2.3,4", "--4", "1e5", "NaN", "Infinity", "12/3", "."]
)
def test_un_nombre_mal_ecrit_dit_ce_qui_est_attendu(ecrit: str):
    with pytest.raises(ValueError, match=r"n’est pas un nombre. Écrivez par exemple 1 234,56"):
        saisie.lire_nombre(ecrit)


@given(MONTANTS)
def test_ce_qui_est_affiche_se_relit_a_l_identique(valeur: D):
    assert saisie.lire_nombre(saisie.ecrire_nombre(valeur)) == valeur


@given(st.text(max_size=40))
def test_lire_un_nombre_ne_leve_que_valueerror(texte: str):
    try:
        lu = saisie.lire_nombre(texte)
    except ValueError:
        return
    assert lu.is_finite()


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1), max_size=8))
def test_une_liste_affichee_se_relit(elements: list[str]):
    propres = saisie.lire_lignes("\n".join(elements))
    assert saisie.lire_lignes(saisie.ecrire_lignes(propres)) == propres


def test_les_tirets_de_liste_colles_d_un_document_disparaissent():
    assert saisie.lire_lignes("- Un\n• Deux\n\n   * Trois\n– Quatre\n") == ["Un", "Deux", "Trois", "Quatre"]


@given(MONTANTS, MONTANTS, st.sampled_from([SensIndicateur.HAUSSE, SensIndicateur.BAISSE]))
def test_une_cible_est_atteinte_dans_un_sens_ou_dans_l_autre(valeur: D, cible: D, sens: str):
    ecart, atteint, ton = regles.juger(valeur, cible, sens)
    assert ecart == valeur - cible
    oppose = SensIndicateur.BAISSE if sens == SensIndicateur.HAUSSE else SensIndicateur.HAUSSE
    assert atteint or regles.atteinte(valeur, cible, oppose)
    assert (ton == "bon") is bool(atteint)


@given(MONTANTS, MONTANTS)
def test_un_sens_neutre_ne_juge_pas(valeur: D, cible: D):
    assert regles.juger(valeur, cible, SensIndicateur.NEUTRE)[1:] == (None, "neutre")


@pytest.mark.parametrize(
    ("valeur", "cible", "sens", "ton"),
    [
        ("90", "90", "hausse", "bon"),
        ("86", "90", "hausse", "veille"),
        ("81", "90", "hausse", "veille"),
        ("80.99", "90", "hausse", "retard"),
        ("1.7", "1", "baisse", "retard"),
        ("1.1", "1", "baisse", "veille"),
        ("0", "0", "baisse", "bon"),
        ("1", "0", "baisse", "retard"),
    ],
    ids=str,
)
def test_une_cible_manquee_de_dix_pour_cent_est_a_surveiller(valeur: str, cible: str, sens: str, ton: str):
    assert regles.ton(D(valeur), D(cible), sens) == ton


@given(COMPTES, COMPTES.filter(bool))
def test_un_taux_calcule_s_accorde_avec_ses_termes(un: D, autre: D):
    numerateur, denominateur = min(un, autre), max(un, autre)
    valeur = saisie.controler_valeur(unite="%", valeur=None, texte="", numerateur=numerateur, denominateur=denominateur)
    assert valeur is not None
    assert regles.quotient_coherent(valeur, numerateur, denominateur, "%")
    arrondi = round(valeur, 1)
    assert regles.quotient_coherent(arrondi, numerateur, denominateur, "%")


def test_un_taux_contraire_a_ses_termes_est_refuse_avec_le_calcul():
    with pytest.raises(RegleMetier) as refus:
        saisie.controler_valeur(unite="%", valeur=D(58), texte="", numerateur=D(27073), denominateur=D(31480))
    assert refus.value.champ == "valeur"
    assert refus.value.message.replace("\u00a0", " ").startswith(
        "58 % ne correspond pas à 27 073 / 31 480, qui fait 86,0 %."
    )


@pytest.mark.parametrize(
    ("termes", "champ"),
    [
        ({"unite": "%", "denominateur": D(3)}, "numerateur"),
        ({"unite": "%", "numerateur": D(1), "denominateur": D(0)}, "denominateur"),
        ({"unite": "nombre"}, "valeur"),
        ({"unite": "texte"}, "texte"),
        ({"unite": "texte", "valeur": D(3)}, "valeur"),
        ({"unite": "nombre", "valeur": D(-1)}, "valeur"),
        ({"unite": "€", "valeur": D("-0.01")}, "valeur"),
        ({"unite": "heures", "valeur": D(-5)}, "valeur"),
        ({"unite": "%", "valeur": D(-1)}, "valeur"),
        ({"unite": "%", "valeur": D("100.1")}, "valeur"),
        ({"unite": "%", "numerateur": D(3), "denominateur": D(2)}, "numerateur"),
        ({"unite": "%", "numerateur": D(-3), "denominateur": D(2)}, "numerateur"),
        ({"unite": "nombre", "valeur": D(3), "numerateur": D(1), "denominateur": D(-2)}, "denominateur"),
    ],
    ids=[
        *("denominateur-seul", "denominateur-nul", "rien", "appreciation-vide", "nombre-pour-un-texte"),
        *("nombre-negatif", "montant-negatif", "heures-negatives", "taux-negatif", "taux-de-plus-de-cent"),
        *("part-de-plus-de-tout", "numerateur-negatif", "denominateur-negatif"),
    ],
)
def test_une_valeur_impossible_nomme_son_champ(termes: dict[str, Any], champ: str):
    vide = {"valeur": None, "texte": "", "numerateur": None, "denominateur": None}
    with pytest.raises(RegleMetier) as refus:
        saisie.controler_valeur(**(vide | termes))
    assert refus.value.champ == champ


def test_le_refus_d_un_taux_dit_ce_qui_est_attendu():
    with pytest.raises(RegleMetier) as refus:
        saisie.controler_valeur(unite="%", valeur=D(140), texte="", numerateur=None, denominateur=None)
    assert "un pourcentage entre 0 et 100 est attendu" in refus.value.message


@pytest.mark.parametrize("valeur", [D(-12), D(140)], ids=str)
def test_une_evolution_peut_sortir_de_zero_a_cent(valeur: D):
    libelle = "Évolution du nombre de sorties"
    lue = saisie.controler_valeur(
        unite="%", valeur=valeur, texte="", numerateur=None, denominateur=None, libelle=libelle
    )
    assert lue == valeur
