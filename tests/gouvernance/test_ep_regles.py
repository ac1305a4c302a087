"""Rules of équipes pluridisciplinaires: delays by regime and calendar, bounds of sanctions, when the opinion comes."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouvernance.operations.ep_modeles import lire_modeles, modeles_livres
from gouvernance.regles.ep import AUTOMATE_EP, THEMES_DE_SANCTION, contradictoire
from gouvernance.regles.lettres_ep import Faits, ecrire, fautes_du_texte, valeurs
from gouvernance.regles.sanctions_ep import (
    Foyer,
    Mesure,
    attente_du_contradictoire,
    avis_exige,
    effet_opposable,
    faute_de_mesure,
    faute_de_palier,
    fin_contradictoire,
    fin_de_sanction,
    fin_du_recours,
    paliers,
    plafond,
)
from parcours.regles.delais import Regime

from .fabrique_ep import BASCULE, REGIME_A, REGIME_B

A = Regime("regime-a", "RSA avant 2025", None, BASCULE, REGIME_A)
B = Regime("regime-b", "RSA depuis 2025", BASCULE, None, REGIME_B)
JOUR = datetime.date


@pytest.mark.parametrize(
    ("regime", "notifiee", "dernier"),
    [
        pytest.param(A, JOUR(2023, 1, 31), JOUR(2023, 2, 28), id="A-31-janvier"),
        pytest.param(A, JOUR(2024, 1, 31), JOUR(2024, 2, 29), id="A-31-janvier-bissextile"),
        pytest.param(A, JOUR(2024, 2, 29), JOUR(2024, 3, 29), id="A-29-fevrier"),
        pytest.param(A, JOUR(2024, 10, 31), JOUR(2024, 11, 30), id="A-31-octobre"),
        pytest.param(B, JOUR(2027, 2, 18), JOUR(2027, 2, 28), id="B-28-fevrier"),
        pytest.param(B, JOUR(2028, 2, 19), JOUR(2028, 2, 29), id="B-29-fevrier"),
        pytest.param(B, JOUR(2025, 12, 25), JOUR(2026, 1, 4), id="B-fin-d-annee"),
    ],
)
def test_le_delai_de_reponse_suit_le_regime_des_faits(regime, notifiee, dernier):
    assert fin_contradictoire(regime, notifiee) == dernier
    attente = attente_du_contradictoire("non_respect", dernier, dernier, observe=False)
    assert "inclus" in attente
    assert attente_du_contradictoire("non_respect", dernier, dernier, observe=True) == ""
    assert "n’a pas commencé" in attente_du_contradictoire("non_respect", None, dernier, observe=True)
    lendemain = dernier + datetime.timedelta(days=1)
    assert attente_du_contradictoire("non_respect", dernier, lendemain, observe=False) == ""


def test_une_sanction_finit_le_meme_quantieme_ou_le_dernier_jour_du_mois():
    assert fin_de_sanction(JOUR(2028, 12, 31), 2) == JOUR(2029, 2, 28)
    assert fin_de_sanction(JOUR(2027, 12, 31), 2) == JOUR(2028, 2, 29)
    assert fin_de_sanction(JOUR(2027, 3, 1), None) is None
    assert effet_opposable(JOUR(2028, 2, 1), JOUR(2028, 1, 31)) == JOUR(2028, 2, 1)
    assert effet_opposable(JOUR(2028, 2, 1), JOUR(2028, 2, 29)) == JOUR(2028, 3, 1)
    assert fin_du_recours(B, JOUR(2027, 12, 31)) == JOUR(2028, 2, 29)


@given(
    st.sampled_from([A, B]), st.sampled_from([1, 2, 3]), st.integers(-5, 200), st.integers(-2, 30), st.integers(1, 9)
)
def test_ce_qui_passe_est_dans_les_bornes_et_ce_qui_ne_passe_pas_dit_le_plus_proche(regime, numero, taux, mois, foyer):
    palier = paliers(regime)[numero - 1]
    faute = faute_de_mesure(regime, "non_respect", Mesure("sanction", numero, taux, mois), Foyer(foyer))
    if palier.definitif:
        assert faute is not None
        assert faute_de_mesure(regime, "non_respect", Mesure("sanction", numero), Foyer(foyer)) is None
        return
    bas, haut = plafond(regime, palier, Foyer(foyer))
    bon = bas <= taux <= haut and palier.mois_min <= mois <= palier.mois_max
    assert (faute is None) is bon
    assert haut <= 50 or foyer == 1
    if faute is not None:
        assert "CASF" in faute.message
        assert "plus proche" in faute.message


@pytest.mark.parametrize(
    ("regime", "mesure", "foyer", "champ", "mots"),
    [
        pytest.param(A, Mesure("sanction", 1, 90, 2), 1, "taux", "1 à 80", id="A-90-pour-cent"),
        pytest.param(A, Mesure("sanction", 1, 80, 2), 3, "taux", "foyer, qui compte 3 personnes", id="A-foyer"),
        pytest.param(B, Mesure("sanction", 1, 80, 1), Foyer(1, majoration=True), "taux", "RSA majoré", id="B-majore"),
        pytest.param(A, Mesure("sanction", 1, 50, 4), 1, "mois", "1 à 3 mois", id="A-4-mois"),
        pytest.param(B, Mesure("sanction", 1, 20, 1), 1, "taux", "30 à 100", id="B-20-pour-cent"),
        pytest.param(B, Mesure("sanction", 3, 20, None), 1, "taux", "ni taux ni durée", id="B-suppression-chiffree"),
        pytest.param(B, Mesure("sanction", 4, 50, 1), 1, "palier", "1 (suspension)", id="B-palier-inconnu"),
        pytest.param(B, Mesure("maintenir"), 1, "sens", "aucune sanction", id="sens-hors-theme"),
    ],
)
def test_un_refus_nomme_la_regle_la_borne_et_la_source(regime, mesure, foyer, champ, mots):
    faute = faute_de_mesure(regime, "non_respect", mesure, foyer if isinstance(foyer, Foyer) else Foyer(foyer))
    assert faute is not None
    assert faute.champ == champ
    assert mots in faute.message.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("regime", "theme", "mesure", "exige"),
    [
        pytest.param(A, "non_respect", Mesure("sanction", 1, 50, 1), True, id="A-toute-sanction"),
        pytest.param(A, "non_respect", Mesure("aucune"), False, id="A-aucune-sanction"),
        pytest.param(B, "non_respect", Mesure("sanction", 1, 50, 1), False, id="B-suspension"),
        pytest.param(B, "non_respect", Mesure("sanction", 3), True, id="B-suppression"),
        pytest.param(B, "maintien", Mesure("maintenir"), True, id="B-maintien"),
        pytest.param(B, "non_respect", Mesure("reorienter"), True, id="B-reorientation"),
    ],
)
def test_quand_l_avis_precede_la_decision(regime, theme, mesure, exige):
    assert bool(avis_exige(regime, theme, mesure)) is exige


def test_un_palier_suivant_suppose_une_sanction_avant_les_faits():
    mesure, faits = Mesure("sanction", 2, 50, 2), JOUR(2025, 6, 1)
    sans, apres = faute_de_palier(mesure, None, faits), faute_de_palier(mesure, JOUR(2025, 7, 1), faits)
    assert sans is not None
    assert "antérieure" in sans.message
    assert apres is not None
    assert faute_de_palier(mesure, JOUR(2025, 1, 1), faits) is None


def test_chaque_theme_a_une_issue_et_les_manquements_seuls_passent_par_le_contradictoire():
    assert {t for t in THEMES_DE_SANCTION if contradictoire(t)} == set(THEMES_DE_SANCTION)
    assert not contradictoire("reorientation")
    assert {t.vers for t in AUTOMATE_EP.transitions} >= {"clos", "retire", "sans_suite"}


MODELES = {m["genre"]: m for m in lire_modeles(modeles_livres())}


def lettre(genre, regime, faits):
    objet, lignes = ecrire(genre, MODELES[genre]["objet"], MODELES[genre]["corps"], valeurs(regime, faits))
    return objet, " ".join(lignes).replace("\u00a0", " ")


def test_la_lettre_d_intention_dit_le_delai_les_droits_et_les_risques_du_regime():
    faits = Faits("Madame", "Exemple", "Contrat non respecté", JOUR(2025, 3, 3), "Trois rendez-vous manqués.")
    objet, texte = lettre("intention", B, faits)
    assert "rsa" not in objet.lower()
    assert "10 jours" in texte
    assert "de 30 à 100 %" in texte
    assert "personne de votre choix" in texte
    assert "ou si votre RSA est majoré, la baisse ne dépasse pas 50 %" in texte
    sous_a = lettre("intention", A, faits)[1]
    assert "1 mois" in sous_a
    assert "majoré" not in sous_a


def test_la_lettre_de_decision_dit_les_dates_les_motifs_et_les_recours():
    faits = Faits(
        "Madame", "Exemple", "Contrat non respecté", JOUR(2025, 3, 3), "…", decision=Mesure("sanction", 1, 50, 2),
        motifs="Aucune réponse.", decidee_le=JOUR(2025, 4, 10), effet_le=JOUR(2025, 5, 1), fin=JOUR(2025, 7, 1),
    )  # fmt: skip
    texte = lettre("decision", B, faits)[1]
    assert "suspension de 50 % pendant 2 mois" in texte
    assert "du 1er mai 2025 au 30 juin 2025 inclus" in texte
    assert "recours préalable" in texte
    assert "tribunal administratif" in texte
    assert "avait rendu cet avis" not in texte


@pytest.mark.parametrize("genre", ["intention", "invitation", "decision"])
def test_un_modele_dit_ce_que_la_loi_veut_et_rien_qu_il_ne_connaisse(genre):
    livre = MODELES[genre]
    assert fautes_du_texte(genre, livre["objet"], livre["corps"]) == []
    fautes = " ".join(fautes_du_texte(genre, "Votre RSA", "{civilité} {nom}, venez."))
    assert "Vouliez-vous dire {civilite}" in fautes
    assert "doit contenir" in fautes
    assert "L’objet se devine" in fautes
