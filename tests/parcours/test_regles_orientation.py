"""Orientation rules: Rueil-Malmaison's three cases, what is said in words, and what holds for any answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as reglages
from hypothesis import given
from hypothesis import strategies as st

from parcours.models import OrganismeOarsa, TypeOrientation
from parcours.regles.orientation import Proposition, RegleIllisible, Reponse, evaluer, themes_lus, verifier_regles

DONNEES = Path(reglages.DOSSIER_DONNEES) / "parcours"
GRILLE = json.loads((DONNEES / "grilles.json").read_text(encoding="utf-8"))[0]
JEU = json.loads((DONNEES / "regles-orientation.json").read_text(encoding="utf-8"))[0]
SITUATIONS = {t["code"]: {s["code"]: s for s in t["situations"]} for t in GRILLE["themes"]}
RESTREINTS = {t["code"] for t in GRILLE["themes"] if t["restreint"]}


@dataclass
class Regle:
    ordre: int
    type: str
    criteres: list[dict[str, Any]] = field(default_factory=list)
    explication: str = ""
    par_defaut: bool = False
    organisme: str = ""


RUEIL = [Regle(ordre=n, **r) for n, r in enumerate(JEU["regles"], 1)]
FAVORABLES = {
    "emploi": "prete", "experience": "recente", "formation": "bac", "mobilite": "transports", "logement": "stable",
    "garde": "sans_objet", "langue": "aisee", "numerique": "autonome", "contraintes_familiales": "sans_contrainte",
    "france_travail": "inscrite", "sante": "sans_frein",
}  # fmt: skip


def reponses(**situations: str) -> list[Reponse]:
    return [
        Reponse(theme, code, SITUATIONS[theme][code]["niveau"], SITUATIONS[theme][code]["libelle"], theme in RESTREINTS)
        for theme, code in situations.items()
    ]


def proposer(**situations: str) -> Proposition:
    return evaluer(RUEIL, reponses(**situations))


def test_le_jeu_de_rueil_est_sain_sur_la_grille() -> None:
    assert verifier_regles(RUEIL, {t: list(s) for t, s in SITUATIONS.items()}) == []
    assert {r.type for r in RUEIL} == set(TypeOrientation.values)
    assert {r.organisme for r in RUEIL} <= set(OrganismeOarsa.values)


def test_autonome_et_proche_de_l_emploi() -> None:
    proposition = proposer(**FAVORABLES)
    assert proposition.type == TypeOrientation.EMPLOI
    assert proposition.organisme == OrganismeOarsa.FRANCE_TRAVAIL
    assert "a travaillé au cours des deux dernières années" in proposition.raisons
    assert proposition.texte.splitlines()[0] == RUEIL[4].explication


def test_mobilisable_ni_trop_loin_ni_assez_proche() -> None:
    proposition = proposer(**FAVORABLES | {"emploi": "appui", "experience": "deux_a_cinq_ans"})
    assert proposition.type == TypeOrientation.SOCIO_PRO
    assert proposition.regle is RUEIL[-1]


@pytest.mark.parametrize(
    "situations",
    [
        pytest.param({"logement": "sans"}, id="sans-domicile"),
        pytest.param({"langue": "interprete"}, id="langue"),
        pytest.param({"emploi": "eloignee", "experience": "jamais"}, id="loin-de-l-emploi"),
        pytest.param(
            {
                "emploi": "appui",
                "mobilite": "limitee",
                "garde": "partielle",
                "numerique": "non",
                "formation": "sans_diplome",
            },
            id="cinq-obstacles",
        ),
    ],
)
def test_tres_eloigne_de_l_emploi(situations) -> None:
    assert proposer(**FAVORABLES | situations).type == TypeOrientation.SOCIAL


@pytest.mark.parametrize("reste", [{}, {"emploi": "eloignee", "experience": "jamais"}], ids=["autonome", "eloigne"])
def test_parent_isole_d_un_enfant_de_moins_de_trois_ans_va_a_la_caf(reste) -> None:
    proposition = proposer(**FAVORABLES | {"contraintes_familiales": "parent_isole_moins_3_ans"} | reste)
    assert (proposition.type, proposition.organisme) == (TypeOrientation.SOCIAL, OrganismeOarsa.CAF)


def test_un_enfant_de_trois_ans_ne_change_rien() -> None:
    assert proposer(**FAVORABLES | {"contraintes_familiales": "parent_isole"}).type == TypeOrientation.EMPLOI


def test_la_raison_nomme_la_situation_mais_jamais_la_sante() -> None:
    logement = proposer(**FAVORABLES | {"logement": "sans"})
    assert logement.raisons == ["une situation passe avant l'emploi\u00a0: sans domicile"]
    sante = proposer(**FAVORABLES | {"sante": "prioritaire"})
    assert sante.type == TypeOrientation.SOCIAL
    assert "santé" not in sante.texte.lower()


def test_sans_reponse_rien_n_est_propose() -> None:
    proposition = evaluer(RUEIL, [])
    assert (proposition.type, proposition.regle, proposition.texte) == ("", None, "")
    assert proposition.sans_reponse == themes_lus(RUEIL)


def test_une_question_sans_reponse_n_est_ni_une_force_ni_un_obstacle() -> None:
    sans_mobilite = {theme: code for theme, code in FAVORABLES.items() if theme != "mobilite"}
    proposition = proposer(**sans_mobilite)
    assert proposition.type == TypeOrientation.SOCIO_PRO
    assert "mobilite" in proposition.sans_reponse


def test_un_jeu_sans_defaut_peut_ne_rien_dire() -> None:
    assert evaluer(RUEIL[:1], reponses(**FAVORABLES)).type == ""


@pytest.mark.parametrize(
    ("regles", "faute"),
    [
        pytest.param([Regle(1, "emploi", [{"theme": "lune", "situations": ["x"], "dit": "x"}])], "lune", id="theme"),
        pytest.param([Regle(1, "emploi", [{"theme": "garde", "situations": ["x"], "dit": "x"}])], "« x »", id="si"),
        pytest.param([Regle(1, "emploi", [{"theme": "garde", "dit": "x"}])], "un seul des trois", id="forme"),
        pytest.param([Regle(1, "emploi", [{"niveau_min": 3}])], "raison en clair", id="raison"),
        pytest.param([Regle(1, "emploi")], "aucun critère", id="vide"),
        pytest.param([Regle(1, "emploi", par_defaut=True), Regle(2, "social", par_defaut=True)], "seule", id="defaut"),
    ],
)  # fmt: skip
def test_un_jeu_malade_dit_ce_qui_ne_va_pas(regles, faute) -> None:
    dites = " ".join(verifier_regles(regles, {t: list(s) for t, s in SITUATIONS.items()})).replace("\u00a0", " ")
    assert faute in dites


def test_un_critere_illisible_arrete_l_evaluation() -> None:
    with pytest.raises(RegleIllisible):
        evaluer([Regle(1, "emploi", [{"theme": "garde", "dit": "x"}])], reponses(garde="aucune"))


questionnaires = st.fixed_dictionaries(
    {}, optional={theme: st.sampled_from(sorted(situations)) for theme, situations in SITUATIONS.items()}
)


@given(questionnaires)
def test_toute_reponse_donne_une_proposition_et_une_seule_raison_de_se_taire(situations) -> None:
    proposition = proposer(**situations)
    assert (proposition.type != "") == bool(situations)
    assert set(proposition.sans_reponse) == set(themes_lus(RUEIL)) - set(situations)
    if proposition.regle is not None:
        assert len(proposition.raisons) == len(proposition.regle.criteres)


@given(questionnaires, st.randoms())
def test_l_ordre_des_regles_et_des_reponses_ne_compte_pas(situations, hasard) -> None:
    melangees, regles = reponses(**situations), list(RUEIL)
    hasard.shuffle(melangees)
    hasard.shuffle(regles)
    attendue = proposer(**situations)
    obtenue = evaluer(regles, melangees)
    assert (obtenue.type, obtenue.regle) == (attendue.type, attendue.regle)


@given(questionnaires, st.sampled_from(sorted(SITUATIONS["sante"])), st.sampled_from(sorted(SITUATIONS["sante"])))
def test_aucun_mot_de_la_sante_ne_sort_dans_les_raisons(situations, une, autre) -> None:
    libelles = [SITUATIONS["sante"][code]["libelle"] for code in (une, autre)]
    texte = proposer(**situations | {"sante": une}).texte
    assert not any(libelle.lower() in texte.lower() for libelle in libelles)
