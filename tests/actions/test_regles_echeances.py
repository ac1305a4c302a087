"""Deadlines: the periods of a year are disjoint, cover it, and lateness counts from their end."""

from __future__ import annotations

import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.models import Periodicite
from actions.regles import echeances as regles

ANNEES = st.integers(1988, 2100)
PERIODICITES = st.sampled_from(list(Periodicite))
NOMBRES = {
    Periodicite.MENSUELLE: 12,
    Periodicite.TRIMESTRIELLE: 4,
    Periodicite.SEMESTRIELLE: 2,
    Periodicite.BISANNUELLE: 2,
    Periodicite.ANNUELLE: 1,
    Periodicite.PERMANENTE: 0,
    Periodicite.EVENEMENT: 0,
}


@pytest.mark.parametrize("periodicite", list(Periodicite), ids=str)
@given(annee=ANNEES)
def test_nombre_d_echeances(periodicite: Periodicite, annee: int):
    assert len(regles.echeances(periodicite, annee)) == NOMBRES[periodicite]


@given(PERIODICITES, ANNEES)
def test_les_periodes_se_suivent_et_couvrent_l_annee(periodicite: Periodicite, annee: int):
    periodes = regles.periodes_saisissables(periodicite, annee)
    assert periodes[0].debut == datetime.date(annee, 1, 1)
    assert periodes[-1].fin == datetime.date(annee + 1, 1, 1)
    assert all(a.fin == b.debut for a, b in pairwise(periodes))
    assert {p.annee for p in periodes} == {annee}


@given(PERIODICITES, ANNEES)
def test_le_code_redonne_la_periode(periodicite: Periodicite, annee: int):
    for periode in regles.periodes_saisissables(periodicite, annee):
        assert regles.periode_de_code(periode.code) == periode


@pytest.mark.parametrize(
    "code", ["", "2025", "2025-13-1", "2025-02-3", "2025-01-5", "12-01-1", "abcd-01-1", "2025-0-1"]
)
def test_un_code_inconnu_est_refuse(code: str):
    with pytest.raises(ValueError, match="Période inconnue"):
        regles.periode_de_code(code)


@given(PERIODICITES, ANNEES, st.integers(0, 90), st.integers(1, 400))
def test_le_retard_commence_apres_le_delai(periodicite: Periodicite, annee: int, delai: int, apres: int):
    for periode in regles.echeances(periodicite, annee):
        limite = regles.a_saisir_avant(periode, delai)
        assert regles.jours_de_retard(periode, limite, delai) == 0
        assert regles.jours_de_retard(periode, limite + datetime.timedelta(days=apres), delai) == apres


@pytest.mark.parametrize(
    ("periodicite", "rang", "libelle"),
    [
        (Periodicite.MENSUELLE, 7, "août 2025"),
        (Periodicite.TRIMESTRIELLE, 0, "1er trimestre 2025"),
        (Periodicite.BISANNUELLE, 1, "2e semestre 2025"),
        (Periodicite.ANNUELLE, 0, "année 2025"),
    ],
    ids=["mois", "trimestre", "semestre", "annee"],
)
def test_les_periodes_se_disent_en_francais(periodicite: Periodicite, rang: int, libelle: str):
    assert regles.echeances(periodicite, 2025)[rang].libelle == libelle
