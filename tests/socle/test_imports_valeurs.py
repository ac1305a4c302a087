"""Cells, one by one: what is understood, repaired, refused, and how it is said."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdi.socle.formats import nombre
from pdi.socle.imports import valeurs as v

JOUR = datetime.date(2026, 2, 10)
DATES = st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31))
MOIS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre")  # fmt: skip


@given(DATES)
def test_une_date_se_lit_sous_toutes_ses_formes(jour):
    formes = (
        f"{jour:%d/%m/%Y}", f"{jour.day}-{jour.month}-{jour.year}", f"{jour:%d.%m.%Y}", f"{jour:%Y-%m-%d}",
        f"{jour:%Y-%m-%d} 00:00:00", f"{jour:%d%m%Y}", f"{jour.day} {MOIS[jour.month - 1]} {jour.year}",
        v.texte_cellule(jour), v.texte_cellule(datetime.datetime.combine(jour, datetime.time())),
    )  # fmt: skip
    for forme in formes:
        lu = v.lire_date(forme, aujourd_hui=JOUR)
        assert (lu.valeur, lu.code) == (jour.isoformat(), ""), forme


@given(st.dates(datetime.date(1911, 1, 1), datetime.date(2099, 12, 31)))
def test_un_nombre_du_tableur_redevient_sa_date(jour):
    lu = v.lire_date(v.texte_cellule(float((jour - datetime.date(1899, 12, 30)).days)), aujourd_hui=JOUR)
    assert (lu.valeur, lu.code, lu.bloquante) == (jour.isoformat(), "date_tableur", False)
    assert lu.message == f"Le tableur a remplacé la date par un nombre, qui vaut {jour:%d/%m/%Y}."


@given(st.text(max_size=40))
def test_aucun_texte_ne_fait_tomber_un_lecteur(texte):
    lecteurs = (
        lambda t: v.lire_date(t, aujourd_hui=JOUR, passe=True), v.lire_telephone, v.lire_code_postal, v.lire_nombre,
        v.lire_booleen, v.lire_courriel, lambda t: v.lire_choix(t, {"f": "Femme"}),
    )  # fmt: skip
    propre = v.texte_cellule(texte)
    for lire in lecteurs:
        lu = lire(propre)
        assert (lu.valeur is None) == bool(lu.code and lu.bloquante)
        assert not lu.code or lu.message


@pytest.mark.parametrize(
    ("texte", "passe", "code", "message", "suggestion"),
    [
        ("31/02/2026", False, "date_inexistante", "Cette date n’existe pas.", ""),
        ("03/25/1985", True, "date_inexistante",
         "Cette date n’existe pas : le mois 25 est plus grand que 12. Jour et mois semblent inversés.", "25/03/1985"),
        ("11/02/2026", True, "date_future", "Cette date est à venir.", ""),
        ("12/03/1885", True, "date_ancienne", "L’année 1885 précède 1900.", ""),
        ("bientôt", False, "date_illisible", "Ce n’est pas une date.", ""),
    ],
    ids=["31 février", "à l’américaine", "à venir", "ancienne", "mot"],
)  # fmt: skip
def test_une_date_refusee_dit_pourquoi(texte, passe, code, message, suggestion):
    lu = v.lire_date(texte, aujourd_hui=JOUR, passe=passe)
    assert (lu.valeur, lu.code, lu.message, lu.suggestion) == (None, code, message, suggestion)
    assert lu.attendu


@pytest.mark.parametrize(
    ("texte", "passe", "annee"), [("12/03/85", True, 1985), ("12/03/27", True, 1927), ("12/03/27", False, 2027),
                                  ("12/03/26", False, 2026)],
)  # fmt: skip
def test_une_annee_courte_se_complete_avec_une_remarque(texte, passe, annee):
    lu = v.lire_date(texte, aujourd_hui=JOUR, passe=passe)
    assert (lu.valeur, lu.code, lu.bloquante) == (f"{annee}-03-12", "annee_courte", False)


@given(st.integers(100_000_000, 999_999_999), st.sampled_from(["", "0", "+33", "0033", "+33 (0)", "+33 "]))
def test_un_telephone_francais_se_lit_sous_toutes_ses_formes(chiffres, debut):
    attendu = " ".join(f"0{chiffres}"[i : i + 2] for i in range(0, 10, 2))
    lu = v.lire_telephone(f"{debut}{chiffres}")
    assert lu.valeur == attendu
    assert lu.code == ("" if debut else "zero_perdu")


@pytest.mark.parametrize(
    ("texte", "code", "message"),
    [
        ("06 12 34", "telephone_invalide", "Numéro de téléphone à 6 chiffres."),
        ("6,12E+08", "numero_abime",
         "Le tableur a écrit ce numéro en notation scientifique : des chiffres sont perdus."),
        ("voir dossier", "telephone_invalide", "Numéro de téléphone à 0 chiffres."),
    ],
    ids=["court", "scientifique", "mots"],
)  # fmt: skip
def test_un_telephone_refuse_dit_pourquoi(texte, code, message):
    lu = v.lire_telephone(texte)
    assert (lu.valeur, lu.code, lu.message) == (None, code, message)


@given(st.integers(1000, 98_999))
def test_un_code_postal_retrouve_son_zero(nombre):
    attendu = f"{nombre:05d}"
    lu = v.lire_code_postal(v.texte_cellule(float(nombre)))
    assert (lu.valeur, lu.bloquante) == (attendu, not lu.code)
    assert (lu.code == "zero_perdu") == (nombre < 10_000)


def test_un_code_postal_de_quatre_chiffres_de_chez_nous_est_tronque():
    lu = v.lire_code_postal("9121", departement="91")
    assert (lu.valeur, lu.code, lu.message) == (None, "code_postal_invalide", "Code postal à 4 chiffres.")


@pytest.mark.parametrize(
    ("texte", "options", "valeur", "code"),
    [("1 234,50", {}, "1234.50", ""), ("12", {"entier": True}, "12", ""), ("1,5", {"entier": True}, None,
     "nombre_non_entier"), ("50", {"maximum": Decimal(48)}, None, "nombre_hors_bornes"), ("1/2", {}, None,
     "nombre_illisible")],
)  # fmt: skip
def test_nombres(texte, options, valeur, code):
    lu = v.lire_nombre(texte, **options)
    assert (lu.valeur, lu.code) == (valeur, code)


def test_les_bornes_se_lisent_en_francais():
    lu = v.lire_nombre("-3", minimum=Decimal("0.1"), maximum=Decimal(1_000_000))
    assert lu.attendu == f"un nombre, au moins 0,1, au plus {nombre(1_000_000)}"


def test_une_longue_liste_ne_nomme_que_les_valeurs_proches():
    choix = {f"atelier-{n}": f"Atelier n° {n}" for n in range(60)} | {"cv": "Réaliser un CV"}
    lu = v.lire_choix("realiser cv", choix)
    assert lu.suggestion == "Réaliser un CV"
    assert lu.attendu.startswith("l’une des 61 valeurs de la liste, par exemple Réaliser un CV")
    assert len(lu.attendu) < 120


def test_une_valeur_hors_liste_propose_la_plus_proche():
    choix = {"france_travail": "France Travail", "departement": "Conseil départemental"}
    assert v.lire_choix("FRANCE-TRAVAIL", choix).valeur == "france_travail"
    assert v.lire_choix("Pôle emploi", choix, {"Pole Emploi": "france_travail"}).valeur == "france_travail"
    lu = v.lire_choix("Frnce travail", choix)
    assert (lu.valeur, lu.code, lu.suggestion) == (None, "valeur_inconnue", "France Travail")
    assert lu.message == "Cette valeur n’est pas dans la liste. Vouliez-vous dire « France Travail » ?"
    assert lu.attendu == "France Travail, Conseil départemental"
    assert v.lire_choix(lu.suggestion, choix).valeur == "france_travail"
    assert v.lire_choix("zzz", choix).suggestion == ""


@pytest.mark.parametrize(
    ("brut", "texte"),
    [(612345678.0, "612345678"), (1.5, "1,5"), (True, "oui"), ("  a\u00a0 b ", "a b"), (None, ""),
     ("'+33612", "+33612"),
     ("'=1+1", "=1+1"), ("l'été", "l'été")],
)  # fmt: skip
def test_le_texte_d_une_cellule(brut, texte):
    assert v.texte_cellule(brut) == texte
