"""The state machines: their table, the documentation generated from it, and what no sequence can do."""

from __future__ import annotations

import datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from actions.models import EtatBilan, EtatCampagne
from actions.regles.bilans import AUTOMATE_BILAN, AUTOMATE_CAMPAGNE, GESTION, PILOTE
from offre.models import TransitionSession
from pdi.socle import etats as module_etats
from pdi.socle.etats import Automate, Transition, TransitionImpossible, automates_declares, document_des_etats
from pdi.socle.management.commands import documenter_etats

GESTES = st.tuples(
    st.sampled_from(sorted({t.verbe for t in AUTOMATE_BILAN.transitions})),
    st.sets(st.sampled_from([PILOTE, GESTION])),
    st.sampled_from(["", "   ", "Il manque un chiffre."]),
    st.sampled_from([(), ("Dites ce qui a été fait.",)]),
)


@given(gestes=st.lists(GESTES, max_size=12))
def test_aucune_suite_de_gestes_n_evite_une_garde(gestes):
    etat, passes = "", []
    for verbe, acteurs, commentaire, manques in gestes:
        if not AUTOMATE_BILAN.verdict(verbe, de=etat, acteurs=acteurs, commentaire=commentaire, manques=manques):
            continue
        transition = AUTOMATE_BILAN.trouver(verbe, etat)
        assert acteurs & set(transition.qui)
        assert not manques
        assert commentaire.strip() or not transition.commentaire
        passes.append(transition)
        etat = transition.vers
    for rang, transition in enumerate(passes):
        assert transition.de == (passes[rang - 1].vers if rang else "")
        if transition.vers == EtatBilan.VALIDE:
            assert passes[rang - 1].vers == EtatBilan.SOUMIS
            assert transition.qui == (GESTION,)
        if transition.vers == EtatBilan.A_CORRIGER:
            assert transition.commentaire


@pytest.mark.parametrize("automate", [AUTOMATE_BILAN, AUTOMATE_CAMPAGNE], ids=lambda a: a.nom)
def test_chaque_etat_est_atteint_et_nomme(automate):
    assert {t.vers for t in automate.transitions} == set(automate.etats.values)
    assert automate.depuis("")


def test_un_pilote_ne_valide_pas():
    verdict = AUTOMATE_BILAN.verdict("valider_bilan", de=EtatBilan.SOUMIS, acteurs={PILOTE})
    assert not verdict
    assert "chargés de programme" in verdict.motif


def test_un_renvoi_sans_commentaire_est_refuse():
    verdict = AUTOMATE_BILAN.verdict("renvoyer_bilan", de=EtatBilan.SOUMIS, acteurs={GESTION}, commentaire=" ")
    assert "dites pourquoi" in verdict.motif


def test_une_transition_impossible_dit_l_etat_actuel():
    with pytest.raises(TransitionImpossible, match="maintenant « validé »"):
        AUTOMATE_BILAN.trouver("soumettre_bilan", EtatBilan.VALIDE)


@pytest.mark.parametrize(
    "transition",
    [
        Transition("inconnu", EtatCampagne.OUVERTE, "ouvrir", "Ouvrir", ("g",)),
        Transition("", "inconnu", "ouvrir", "Ouvrir", ("g",)),
        Transition("", EtatCampagne.OUVERTE, "ouvrir", "Ouvrir", ("personne",)),
        Transition("", EtatCampagne.OUVERTE, "ouvrir", "Ouvrir", ()),
    ],
    ids=["depart", "arrivee", "acteur", "sans-acteur"],
)
def test_une_table_fautive_est_refusee(transition):
    with pytest.raises(ValueError, match="inconnu"):
        Automate(nom="Essai", objet="l’essai", etats=EtatCampagne, acteurs={"g": "g"}, transitions=(transition,))


def test_le_document_dit_chaque_transition():
    document = document_des_etats([AUTOMATE_BILAN])
    for transition in AUTOMATE_BILAN.transitions:
        assert f"`{transition.verbe}`" in document
    assert "| Soumis | À corriger | `renvoyer_bilan` |" in document


def test_docs_etats_est_a_jour():
    call_command("documenter_etats", "--verifier", verbosity=0)


def test_un_document_perime_est_signale(tmp_path, monkeypatch):
    chemin = tmp_path / "etats.md"
    monkeypatch.setattr(documenter_etats, "CHEMIN", chemin)
    with pytest.raises(CommandError, match="n’est pas à jour"):
        call_command("documenter_etats", "--verifier")
    call_command("documenter_etats")
    assert chemin.read_text(encoding="utf-8") == module_etats.document_des_etats(automates_declares())


def test_le_jour_d_un_changement_est_celui_de_la_france():
    minuit_passe = datetime.datetime(2026, 6, 30, 22, 30, tzinfo=datetime.UTC)
    assert TransitionSession(le=minuit_passe).jour == datetime.date(2026, 7, 1)
