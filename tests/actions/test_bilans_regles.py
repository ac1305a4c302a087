"""Rules of campaigns and bilans: dates, what a bilan must say."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from actions.regles.bilans import (
    ContenuBilan,
    compte_a_rebours,
    est_une_phrase,
    limite_legale,
    manques_pour_soumettre,
    proposer_dates,
)

ANNEES = st.integers(2015, 2060)
PHRASE = "La plateforme a conduit 4 108 premières orientations cette année."
COMPLET = ContenuBilan(realisations=PHRASE, perspectives="Nous lancerons une étude avec la DSI au printemps.")


@given(annee=ANNEES)
def test_la_limite_legale_est_le_31_mars_suivant(annee):
    assert limite_legale(annee) == datetime.date(annee + 1, 3, 31)


@pytest.mark.parametrize(
    ("annee", "dates"),
    [
        (2025, ["2026-01-30", "2026-03-01", "2026-03-16"]),
        (2023, ["2024-01-31", "2024-03-01", "2024-03-16"]),
    ],
    ids=["fevrier-28", "fevrier-29"],
)
def test_les_alertes_tombent_60_30_et_15_jours_avant(annee, dates):
    for seuil, date in zip((60, 30, 15), dates, strict=True):
        jour = datetime.date.fromisoformat(date)
        assert compte_a_rebours(annee, jour).seuil == seuil
        assert compte_a_rebours(annee, jour - datetime.timedelta(days=1)).seuil != seuil


@given(annee=ANNEES, decalage=st.integers(-120, 30))
@example(annee=2027, decalage=-31)  # 29 February 2028
def test_le_compte_a_rebours_choisit_le_seuil_le_plus_proche(annee, decalage):
    jour = limite_legale(annee) + datetime.timedelta(days=decalage)
    rebours = compte_a_rebours(annee, jour)
    assert rebours.jours == -decalage
    assert rebours.depassee == (decalage > 0)
    passes = [s for s in (60, 30, 15) if 0 <= -decalage <= s]
    assert rebours.seuil == (min(passes) if passes else None)
    assert rebours.ton == ("retard" if decalage > 0 or rebours.seuil == 15 else "veille" if passes else "neutre")


@given(annee=ANNEES, decalage=st.integers(-200, 500))
@example(annee=2023, decalage=59)  # prepared on 29 February 2024
@example(annee=2024, decalage=58)  # prepared on 28 February 2025
@example(annee=2025, decalage=89)  # prepared on 31 March 2026
def test_les_dates_proposees_se_suivent_et_sont_ouvrees(annee, decalage):
    jour = datetime.date(annee + 1, 1, 1) + datetime.timedelta(days=decalage)
    dates = proposer_dates(annee, jour)
    suite = [dates.ouverture, dates.soumission_avant, dates.relecture_avant, dates.assemblee_avant]
    assert suite == sorted(suite)
    assert all(d.weekday() < 5 for d in (dates.ouverture, dates.relecture_avant, dates.assemblee_avant))
    assert dates.ouverture >= jour
    if dates.ouverture <= datetime.date(annee + 1, 2, 28):
        assert dates.assemblee_avant <= limite_legale(annee)
        assert dates.relecture_avant < dates.assemblee_avant


def test_une_campagne_preparee_a_temps_a_les_dates_du_cycle():
    dates = proposer_dates(2025, datetime.date(2026, 1, 5))
    assert dates.ouverture == datetime.date(2026, 1, 15)
    assert dates.soumission_avant == datetime.date(2026, 2, 16)  # the 15th is a Sunday
    assert dates.relecture_avant == datetime.date(2026, 2, 27)
    assert dates.assemblee_avant == datetime.date(2026, 3, 31)


@pytest.mark.parametrize("texte", ["", "Voir 2024.", "RAS", "idem idem idem idem idem idem", "— — — — — —"])
def test_une_formule_creuse_n_est_pas_une_phrase(texte):
    assert not est_une_phrase(texte)


def test_un_bilan_complet_ne_manque_de_rien():
    assert manques_pour_soumettre(COMPLET) == []


@pytest.mark.parametrize(
    ("changement", "champs"),
    [
        ({"realisations": ""}, ["realisations"]),
        ({"realisations": "mot " * 501}, ["realisations", "realisations"]),
        ({"perspectives": "On verra."}, ["perspectives"]),
        ({"evolution_proposee": True}, ["changement_propose"]),
        ({"ecarts": {7: "Taux d’orientation"}}, ["explication-7"]),
        ({"ecarts": {7: "Taux"}, "explications": {7: "Voir 2024."}}, ["explication-7"]),
        ({"ecarts": {7: "Taux"}, "explications": {7: PHRASE}}, []),
    ],
    ids=["rien", "trop-long", "perspectives", "changement", "ecart", "ecart-creux", "ecart-explique"],
)
def test_ce_qui_manque_est_dit_a_sa_place(changement, champs):
    contenu = ContenuBilan(**{**vars(COMPLET), **changement})
    assert [m.champ for m in manques_pour_soumettre(contenu)] == champs


@given(ecarts=st.dictionaries(st.integers(1, 50), st.just("Indicateur"), max_size=6), dites=st.sets(st.integers(1, 50)))
def test_chaque_cible_manquee_demande_son_explication(ecarts, dites):
    contenu = ContenuBilan(**{**vars(COMPLET), "ecarts": ecarts, "explications": dict.fromkeys(dites, PHRASE)})
    assert [m.champ for m in manques_pour_soumettre(contenu)] == [
        f"explication-{pk}" for pk in ecarts if pk not in dites
    ]
