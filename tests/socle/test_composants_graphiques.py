"""Drawings: inside their box, holes shown as holes, the same facts in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdi.socle import graphiques
from pdi.socle.graphiques import LARGEUR, barres, barres_empilees, courbe, decrire, etincelle, graduations, part

valeurs = st.one_of(st.none(), st.floats(-1e9, 1e9, allow_nan=False))
series = st.lists(valeurs, max_size=12).map(lambda vs: [(str(2015 + i), v) for i, v in enumerate(vs)])
cibles = st.one_of(st.none(), st.floats(-1e9, 1e9, allow_nan=False))


def nombres(textes) -> list[float]:
    return [float(n) for texte in textes for n in re.findall(r"-?\d+(?:\.\d+)?", texte)]


@given(series, cibles)
def test_sparkline_stays_in_its_box(points, cible):
    dessin = etincelle(points, cible)
    for segment in dessin.segments:
        for paire in segment.split():
            x, y = map(float, paire.split(","))
            assert 0 <= x <= 104
            assert 0 <= y <= 28
    mesures = [v for _, v in points if v is not None]
    assert (dessin.dernier is None) == (not mesures)
    assert dessin.texte.count("non mesuré") == (len(points) - len(mesures) if mesures else 0)


def test_sparkline_shows_a_missing_year_as_a_hole_and_says_it():
    dessin = etincelle([("2022", 1), ("2023", 2), ("2024", None), ("2025", 4), ("2026", 5)], 6, "%")
    assert len(dessin.segments) == 2
    assert "2024 : non mesuré" in dessin.texte
    assert dessin.texte.startswith("Cible : 6\u00a0%.")


def test_sparkline_without_value_says_so():
    assert etincelle([("2024", None)]).texte == "Aucune valeur mesurée"


@given(series, cibles, st.sampled_from([graphiques.LARGEUR, graphiques.ETROITE]))
def test_line_chart_stays_in_its_box(points, cible, largeur):
    dessin = courbe(points, cible, "", largeur)
    for repere in dessin.points:
        assert float(dessin.gauche) - 1 <= float(repere.x) <= largeur
        assert 0 <= float(repere.y) <= 220
    if dessin.cible is not None:
        assert 0 <= float(dessin.cible) <= 220
    assert len(dessin.points) + len(dessin.absents) == len(points)


@given(st.floats(-1e6, 1e6, allow_nan=False), st.floats(0.01, 1e6, allow_nan=False))
def test_graduations_cover_the_values_and_are_few(bas, etendue):
    marques = graduations(bas, bas + etendue)
    assert marques[0] <= bas + etendue * 1e-6
    assert marques[-1] >= (bas + etendue) * (1 - 1e-6) - 1e-6 or marques[-1] >= bas + etendue - etendue * 1e-6
    assert 2 <= len(marques) <= 8
    assert marques == sorted(set(marques))


@given(st.lists(st.tuples(st.text(max_size=200), valeurs), max_size=8), cibles)
def test_bars_stay_in_their_box(points, cible):
    dessin = barres(points, None, "", cible)
    for barre in dessin.barres:
        assert float(barre.y) + 18 <= dessin.hauteur
        for segment in barre.segments:
            assert 0 <= float(segment.x) + float(segment.largeur) <= LARGEUR


@given(st.lists(st.lists(st.integers(0, 500), min_size=3, max_size=3), max_size=6))
def test_stacked_bars_are_as_long_as_their_total(lignes):
    series_ = [("Validé", "bon"), ("Soumis", "info"), ("À rédiger", "neutre")]
    donnees = [(f"Axe {i}", valeurs) for i, valeurs in enumerate(lignes)]
    dessin = barres_empilees(donnees, series_)
    longueurs = [sum(float(s.largeur) for s in barre.segments) for barre in dessin.barres]
    for (_, valeurs_), longueur, barre in zip(donnees, longueurs, dessin.barres, strict=True):
        assert longueur <= LARGEUR
        assert len(barre.segments) == sum(1 for v in valeurs_ if v)
        assert (longueur == 0) == (sum(valeurs_) == 0)


@pytest.mark.parametrize(
    ("valeur", "maximum", "attendu"),
    [(50, 100, 100.0), (150, 100, 200.0), (-5, 100, 0.0), (5, 0, None), (None, 100, None)],
    ids=["moitié", "au-delà", "négatif", "sans maximum", "sans valeur"],
)
def test_gauge_is_clamped(valeur, maximum, attendu):
    assert part(valeur, maximum, 200) == attendu


def test_description_gives_every_value_with_the_same_decimals():
    points = graphiques.lire_points([("2024", 78.2), ("2025", 81), ("2026", None)])
    assert decrire(points, 90, "%") == ("2024 : 78,2\u00a0%, 2025 : 81,0\u00a0%, 2026 : non mesuré. Cible : 90\u00a0%.")
