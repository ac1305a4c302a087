"""How numbers, dates and text read in French."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdi.socle import formats

N = "\u00a0"


@pytest.mark.parametrize(
    ("valeur", "decimales", "attendu"),
    [
        (27458.82, None, f"27{N}458,82"),
        (Decimal("115210.66"), None, f"115{N}210,66"),
        (1000, None, f"1{N}000"),
        (86, 1, "86,0"),
        (1.70, None, "1,7"),
        (-4, None, "−4"),
        (-0.001, 1, "0,0"),
        (0, None, "0"),
        (999999.999, 2, f"1{N}000{N}000,00"),
        (None, None, "non renseigné"),
        ("", 2, "non renseigné"),
        ("NaN", None, "non renseigné"),
    ],
    ids=str,
)
def test_number_is_grouped_with_no_break_spaces(valeur, decimales, attendu):
    assert formats.nombre(valeur, decimales) == attendu


@given(st.integers(-(10**12), 10**12))
def test_number_keeps_its_value(valeur):
    lu = formats.nombre(valeur).replace(N, "").replace("−", "-")
    assert int(lu) == valeur


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False))
def test_amount_keeps_its_cents(montant):
    lu = formats.euros(montant, 2).removesuffix(f"{N}€").replace(N, "").replace("−", "-").replace(",", ".")
    assert Decimal(lu) == montant


@pytest.mark.parametrize(
    ("montant", "attendu"),
    [
        (1350, f"1{N}350{N}€"),
        ("27458.82", f"27{N}458,82{N}€"),
        ("35100.70", f"35{N}100,70{N}€"),
        (Decimal("150.00"), f"150{N}€"),
    ],
    ids=["rond", "centimes", "dizaine de centimes", "rond en décimal"],
)
def test_amount_shows_cents_only_when_there_are_some(montant, attendu):
    assert formats.euros(montant) == attendu


@pytest.mark.parametrize(
    ("valeur", "unite", "attendu"),
    [
        (86, "%", f"86{N}%"),
        (79.4, "%", f"79,4{N}%"),
        (1.7, "mois", f"1,7{N}mois"),
        (1, "jour", f"1{N}jour"),
        (12, "jour", f"12{N}jours"),
        (1, "places", f"1{N}place"),
        (290, "places", f"290{N}places"),
        (1, "mois", f"1{N}mois"),
        (1106, "nombre", f"1{N}106"),
        (3, "réunions/an", f"3{N}réunions par an"),
        (40, "nombre/mois", "40 par mois"),
        (4, "", "4"),
        (None, "%", "non renseigné"),
    ],
    ids=str,
)
def test_value_is_said_with_its_unit(valeur, unite, attendu):
    assert formats.valeur_unite(valeur, unite) == attendu


@pytest.mark.parametrize(
    ("valeur", "unite", "attendu"),
    [
        (-4, "%", f"−{N}4,0{N}pts"),
        (1.7, "%", f"+{N}1,7{N}pt"),
        (106, "nombre", f"+{N}106"),
        (0.7, "mois", f"+{N}0,7{N}mois"),
        (0, "%", f"0,0{N}pt"),
        (0, "", "0"),
    ],
    ids=str,
)
def test_gap_is_signed_and_percentages_become_points(valeur, unite, attendu):
    assert formats.ecart(valeur, unite) == attendu


@pytest.mark.parametrize(
    ("n", "attendu"),
    [(0, f"0{N}fiche"), (1, f"1{N}fiche"), (1.5, f"1,5{N}fiche"), (2, f"2{N}fiches")],
    ids=str,
)
def test_plural_starts_at_two(n, attendu):
    assert formats.compte(n, "fiche") == attendu


def test_plural_of_several_words_and_irregular_plural():
    assert formats.compte(3, "bilan renvoyé") == f"3{N}bilans renvoyés"
    assert formats.compte(3, "travail", "travaux") == f"3{N}travaux"


def test_dates_in_words():
    assert formats.date_longue(datetime.date(2026, 3, 1)) == f"1er{N}mars 2026"
    assert formats.date_longue(datetime.date(2026, 2, 12), jour=True) == f"jeudi 12{N}février 2026"
    assert formats.date_longue(datetime.date(2026, 8, 2), annee=False) == f"2{N}août"
    assert formats.date_longue(None) == "sans date"
    aware = datetime.datetime(2026, 2, 11, 22, 42, tzinfo=datetime.UTC)
    assert formats.date_heure(aware) == f"11{N}février 2026 à 23{N}h{N}42"
    assert formats.date_courte(datetime.datetime(2026, 2, 11, 23, 30, tzinfo=datetime.UTC)) == "12/02/2026"


@pytest.mark.parametrize(
    ("jours", "duree", "delai", "ton"),
    [
        (-3, f"depuis 3{N}jours", f"3{N}jours de retard", "retard"),
        (-1, f"depuis 1{N}jour", f"1{N}jour de retard", "retard"),
        (0, "aujourd’hui", "dernier jour", "veille"),
        (4, f"reste 4{N}jours", f"reste 4{N}jours", "veille"),
        (30, f"reste 30{N}jours", f"reste 30{N}jours", "neutre"),
    ],
    ids=str,
)
def test_delays_in_days(jours, duree, delai, ton):
    ref = datetime.date(2026, 2, 12)
    date = ref + datetime.timedelta(days=jours)
    assert formats.duree_jours(date, ref) == duree
    assert formats.echeance(date, ref) == delai
    assert formats.ton_echeance(date, reference=ref) == ton


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [
        ("l'accès aux droits", "l’accès aux droits"),
        ('le "droit juste"', f"le «{N}droit juste{N}»"),
        ("Objectif : 1 350 €", f"Objectif{N}: 1{N}350{N}€"),
        ("« oui » ?", f"«{N}oui{N}»{N}?"),
        ("à 14:30, voir http://exemple.fr", "à 14:30, voir http://exemple.fr"),
        ("86 %, n° 12", f"86{N}%, n°{N}12"),
        ("et ainsi...", "et ainsi…"),
        ("de 2018 à 2021", "de 2018 à 2021"),
    ],
    ids=str,
)
def test_french_typography(brut, attendu):
    assert formats.typographier(brut) == attendu


@given(st.text(alphabet="aé'«»:;!?% €0123456789.\n", max_size=60))
def test_typography_is_stable(texte):
    une_fois = formats.typographier(texte)
    assert "'" not in une_fois
    assert formats.typographier(une_fois) == une_fois


@pytest.mark.parametrize(
    ("octets", "attendu"),
    [(1, f"1{N}octet"), (214_000, f"214{N}ko"), (2_140_000, f"2,1{N}Mo"), (35_000_000, f"35{N}Mo")],
    ids=str,
)
def test_file_sizes(octets, attendu):
    assert formats.taille_fichier(octets) == attendu
