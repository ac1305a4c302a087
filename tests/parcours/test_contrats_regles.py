"""Contracts: the rules, on worked examples and by properties."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcours.documents.contrat import mentions
from parcours.models import EtatContrat, TypeOrientation
from parcours.regles import contrats as regles
from parcours.regles.delais import Regime, plus_mois
from pdi.socle.etats import TransitionImpossible
from tests.parcours.contrats import PARAMETRES

A = Regime("a", "RSA, jusqu’au 31 décembre 2024", datetime.date(2009, 6, 1), datetime.date(2025, 1, 1), {
    "nature_contrat": "cer", "contrat_non_du": ["france_travail"], "revision_types": ["social"], "revision_mois": 6,
    "revision_max_mois": 12,
})  # fmt: skip
B = Regime("b", "RSA, depuis le 1er janvier 2025", datetime.date(2025, 1, 1), None, PARAMETRES)
JOURS = st.dates(datetime.date(2019, 1, 1), datetime.date(2032, 12, 31))


@pytest.mark.parametrize(
    ("regime", "organisme", "attendue"),
    [(A, "departement", "cer"), (A, "france_travail", "ppae"), (B, "departement", "ce"), (B, "france_travail", "ce")],
    ids=["cer", "ppae-avant-2025", "engagement", "engagement-france-travail"],
)
def test_la_nature_suit_le_regime_et_l_organisme(regime, organisme, attendue):
    assert regles.nature_proposee(regime, organisme) == attendue


def test_six_mois_se_comptent_de_date_a_date_le_dernier_jour_compris():
    assert regles.fin_proposee(B, datetime.date(2026, 1, 15)) == datetime.date(2026, 7, 14)
    assert regles.fin_proposee(B, datetime.date(2025, 8, 31)) == datetime.date(2026, 2, 27)


@pytest.mark.parametrize(
    ("signe", "oriente", "type_orientation", "protege", "due"),
    [
        ("2026-02-10", "2026-01-20", "emploi", False, "2026-08-10"),
        ("2026-02-10", "2026-01-20", "social", True, "2027-02-10"),
        ("2025-08-31", "2025-08-01", "emploi", False, "2026-02-28"),
        ("2024-02-29", "2024-01-10", "social", False, "2024-07-10"),
        ("2024-08-01", "2024-01-10", "social", False, "2025-01-10"),
        ("2024-02-29", "2024-01-10", "emploi", False, None),
    ],
    ids=["b-6-mois", "b-protege-12", "b-fin-de-mois", "a-social", "a-social-apres-6-mois", "a-emploi-aucun"],
)
def test_le_reexamen_suit_le_regime_de_la_signature(signe, oriente, type_orientation, protege, due):
    date = datetime.date.fromisoformat
    trouvee = regles.revision_due(
        [A, B], date(signe), type_orientation=type_orientation, oriente_le=date(oriente), protege=protege
    )
    assert trouvee == (date(due) if due else None)


@given(signe=JOURS, avant=st.integers(0, 300), protege=st.booleans(), quoi=st.sampled_from(TypeOrientation.values))
def test_le_reexamen_n_est_jamais_passe_ni_au_dela_de_douze_mois(signe, avant, protege, quoi):
    due = regles.revision_due(
        [A, B], signe, type_orientation=quoi, oriente_le=signe - datetime.timedelta(avant), protege=protege
    )
    assert due is None or signe < due <= plus_mois(signe, 12)
    if signe >= datetime.date(2025, 1, 1):
        assert due == plus_mois(signe, 12 if protege else 6)


def contenu(**champs: Any) -> regles.ContenuContrat:
    debut = datetime.date(2026, 1, 15)
    complet: dict[str, Any] = {
        "nature": "ce", "debut": debut, "fin": datetime.date(2026, 7, 14), "heures": Decimal(15),
        "heures_min": Decimal(15), "objectifs": 1, "actions": (regles.ActionLue("Atelier"),),
        "engagements_personne": 1, "engagements_departement": 1,
    }  # fmt: skip
    return regles.ContenuContrat(**(complet | champs))


@pytest.mark.parametrize(
    ("champs", "faute"),
    [
        ({}, None),
        ({"heures": None}, "heures_hebdo"),
        ({"heures": Decimal(10)}, "heures_hebdo"),
        ({"heures": Decimal(10), "reduit": True}, "dispense_fin"),
        ({"heures": Decimal(10), "reduit": True, "dispense_fin": datetime.date(2026, 4, 14)}, None),
        ({"heures": Decimal(0), "reduit": True, "dispense_fin": datetime.date(2027, 4, 14)}, "dispense_fin"),
        ({"heures": Decimal(16), "reduit": True, "dispense_fin": datetime.date(2026, 4, 14)}, "dispense_motif"),
        ({"heures_min": None, "heures": None}, None),
        ({"objectifs": 0}, "objectifs"),
        ({"actions": ()}, "actions"),
        ({"actions": (regles.ActionLue("Tard", fin=datetime.date(2026, 9, 1)),)}, "actions"),
        ({"engagements_departement": 0}, "engagements_departement"),
        ({"revision_max": datetime.date(2026, 7, 15)}, "revision_le"),
        ({"duree_max_mois": 3}, "fin"),
        ({"nature": "ppae", "heures": None, "objectifs": 0, "actions": ()}, None),
    ],
)  # fmt: skip
def test_ce_qui_manque_pour_signer(champs, faute):
    assert [m.champ for m in regles.manques_pour_signer(contenu(**champs))][:1] == ([faute] if faute else [])


@given(
    debut=JOURS, duree=st.integers(0, 800), ecart=st.integers(-900, 900), suite=st.booleans(),
    etat=st.sampled_from(EtatContrat.values),
)  # fmt: skip
def test_ce_que_disent_les_dates_est_toujours_un_seul_mot(debut, duree, ecart, suite, etat):
    fin, jour = debut + datetime.timedelta(duree), debut + datetime.timedelta(ecart)
    dit = regles.affichage(etat, debut, fin, jour, suite=suite)
    if etat != "valide":
        assert dit.code == etat
    else:
        assert (dit.code in ("en_cours", "a_renouveler")) == (debut <= jour <= fin)
        assert (dit.code == "a_renouveler") == (debut <= jour <= fin and (fin - jour).days <= 60 and not suite)


@given(st.lists(st.sampled_from(sorted({t.verbe for t in regles.AUTOMATE_CONTRAT.transitions})), max_size=12))
def test_aucun_chemin_ne_valide_sans_signature_ni_ne_quitte_un_etat_final(verbes):
    etat, signe = "", False
    for verbe in verbes:
        try:
            etat = regles.AUTOMATE_CONTRAT.trouver(verbe, etat).vers
        except TransitionImpossible:
            continue
        signe = etat != "brouillon" and (signe or verbe in ("signer_contrat", "consigner_ppae"))
        assert etat not in ("signe", "soumis", "a_corriger", "valide", "clos", "refuse") or signe
    if etat in ("refuse", "clos", "annule"):
        assert not regles.AUTOMATE_CONTRAT.depuis(etat)


def test_les_suites_possibles_sont_dites_selon_le_regime():
    b = Regime("b", "", None, None, {
        "sanctions": [{"palier": 1, "libelle": "Suspension", "taux_min": 30, "mois_min": 1, "mois_max": 2}],
        "contradictoire_jours": 10, "plafond_sanction_foyer": 50,
    })  # fmt: skip
    texte = " ".join(mentions(b))
    assert "suspension de 30 % au moins de 1 à 2 mois" in texte
    assert "10 jours pour présenter vos observations" in texte
    assert not mentions(Regime("x", "", None, None, {}))
