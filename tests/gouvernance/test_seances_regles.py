"""Meetings: the rules, in plain values."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouvernance.operations.demonstration import dates_des_seances
from gouvernance.regles.seances import a_relancer, compte_a_rebours, deplacer, faute_de_votes, heures, quorum


@pytest.mark.parametrize(
    ("presences", "requis", "atteint"),
    [
        pytest.param([(True, "present"), (True, "represente"), (True, "excuse")], 2, True, id="represente-compte"),
        pytest.param([(True, "present"), (False, "present")], 2, False, id="voix-consultative-ne-compte-pas"),
        pytest.param([(True, "absent")], None, None, id="sans-regle"),
        pytest.param([], 1, False, id="personne"),
    ],
)
def test_le_quorum_compte_les_voix_presentes_ou_representees(presences, requis, atteint):
    assert quorum(presences, requis).atteint is atteint


@given(st.lists(st.integers(1, 50), unique=True, min_size=1), st.data())
def test_deplacer_un_point_ne_perd_ni_ne_double_rien(rangs, data):
    lequel, pas = data.draw(st.sampled_from(rangs)), data.draw(st.integers(-60, 60))
    deplaces = deplacer(rangs, lequel, pas)
    assert sorted(deplaces) == sorted(rangs)
    assert [r for r in deplaces if r != lequel] == [r for r in rangs if r != lequel]


def test_les_heures_s_enchainent_un_point_muet_compte_un_quart_d_heure():
    debut = datetime.datetime(2026, 2, 26, 14, tzinfo=datetime.UTC)
    assert [f"{h:%H:%M}" for h in heures(debut, [20, None, 5])] == ["14:00", "14:20", "14:35"]


def test_les_votes_ne_depassent_pas_les_voix_presentes():
    assert faute_de_votes(4, 3, 1, 0, unanimite=False) == ""
    assert "5 voix notées pour 4" in faute_de_votes(4, 3, 1, 1, unanimite=False)
    assert "ni voix contre" in faute_de_votes(4, 3, 1, 0, unanimite=True)


@pytest.mark.parametrize(
    ("jour", "suivante"),
    [
        pytest.param(datetime.date(2026, 2, 25), 2026, id="veille"),
        pytest.param(datetime.date(2026, 2, 26), 2027, id="jour-meme"),
        pytest.param(datetime.date(2028, 2, 29), 2029, id="29-fevrier"),
    ],
)
def test_la_demonstration_se_date_d_aujourd_hui(jour, suivante):
    assert [d.year for d in dates_des_seances(2, 26, jour)] == [suivante, suivante - 1, suivante - 2]


@pytest.mark.parametrize(
    ("jour", "vote", "ton", "phrase"),
    [
        pytest.param(datetime.date(2028, 2, 28), None, "veille", "Reste 32\u00a0jours", id="28-fevrier-bissextile"),
        pytest.param(datetime.date(2028, 2, 29), None, "veille", "Reste 31\u00a0jours", id="29-fevrier"),
        pytest.param(datetime.date(2028, 3, 31), None, "veille", "Dernier jour", id="31-mars"),
        pytest.param(datetime.date(2028, 4, 1), None, "retard", "1\u00a0jour de retard", id="lendemain"),
        pytest.param(datetime.date(2028, 6, 1), datetime.date(2028, 3, 31), "bon", "avant l’échéance", id="a-temps"),
        pytest.param(datetime.date(2028, 6, 1), datetime.date(2028, 4, 2), "veille", "2\u00a0jours après", id="tard"),
    ],
)
def test_le_compte_a_rebours_va_jusqu_au_31_mars_compris(jour, vote, ton, phrase):
    lu = compte_a_rebours(datetime.date(2028, 3, 31), jour, vote)
    assert lu[0] == ton
    assert phrase in lu[1]


@pytest.mark.parametrize(
    ("reste", "dernier", "due"),
    [
        pytest.param(8, 20, False, id="trop-tot"),
        pytest.param(7, 20, True, id="une-semaine-avant"),
        pytest.param(5, 7, False, id="relance-faite"),
        pytest.param(5, 9, True, id="la-semaine-manquee-se-rattrape"),
        pytest.param(2, 6, True, id="deux-jours-avant"),
        pytest.param(1, 2, False, id="seconde-relance-faite"),
        pytest.param(0, 20, False, id="le-jour-meme"),
    ],
)
def test_on_relance_une_semaine_puis_deux_jours_avant_une_seance_du_1er_mars(reste, dernier, due):
    """Counted in days, across 28 and 29 February alike."""
    for annee in (2027, 2028):
        seance = datetime.date(annee, 3, 1)
        jours = [seance - datetime.timedelta(days=n) for n in (dernier, reste)]
        assert a_relancer(seance, *jours) is due
