"""What the ceilings leave: the table of the Pack sortie month by month, and its laws."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcours.regles.aides import Demande, Passee, RegleIllisible, accordable, evaluer, verifier_regles
from parcours.regles.attributions import dire_reglement
from parcours.regles.delais import plus_mois
from parcours.regles.restes import restes

D = Decimal
REGLEMENTS = {
    r["code"]: r
    for r in json.loads((Path(__file__).parents[2] / "fixtures/parcours/reglements-aides.json").read_text())
}
PACK = REGLEMENTS["pack-sortie-rsa"]
PLAFONDS = [r for r in PACK["regles"] if r["nature"] == "plafond"]
REPRISE = datetime.date(2026, 1, 5)
MOIS_1 = [
    Passee(datetime.date(2026, 1, 12), D(75), "transport"),
    Passee(datetime.date(2026, 1, 12), D(100), "vie_quotidienne"),
    Passee(datetime.date(2026, 1, 12), D(150), "garde_enfant"),
]
TRANSPORT_2 = Passee(datetime.date(2026, 2, 6), D(75), "transport")


def pack(passees, demandees=(), jour=datetime.date(2026, 2, 12)):
    return restes(PACK["regles"], PACK["composantes"], passees, demandees, jour=jour, reprise=REPRISE)


def cases(lu, code):
    return [c.reste for ligne in lu.lignes if ligne.code == code for c in ligne.cases]


def test_le_pack_sortie_au_deuxieme_mois():
    lu = pack([*MOIS_1, TRANSPORT_2], [Passee(datetime.date(2026, 2, 9), D(150), "garde_enfant")])
    assert lu.colonnes == ("M2", "M3", "M4-6")
    assert (lu.accorde, lu.plafond, lu.reste) == (D(400), D(1350), D(950))
    assert cases(lu, "transport") == [D(0), None, None]
    assert cases(lu, "vie_quotidienne") == [D(100), D(100), None]
    assert cases(lu, "garde_enfant") == [D(150), D(150), D(450)]
    assert lu.lignes[2].cases[0].demande == D(150)
    assert (lu.debut, lu.fin) == (REPRISE, datetime.date(2026, 7, 4))


def test_une_fois_le_pack_epuise_il_ne_reste_rien():
    passees = [Passee(plus_mois(REPRISE, m), D(225), "garde_enfant") for m in range(6)]
    lu = pack(passees)
    assert lu.reste == 0
    assert set(cases(lu, "garde_enfant")) == {D(0)}


def test_apres_le_sixieme_mois_le_pack_est_ferme():
    lu = pack(MOIS_1, jour=datetime.date(2026, 7, 5))
    assert lu.fermee
    assert not pack(MOIS_1, jour=datetime.date(2026, 7, 4)).fermee


def test_le_fdaj_se_lit_par_an():
    fdaj = REGLEMENTS["fdaj"]
    passees = [
        Passee(datetime.date(2025, 12, 1), D(2000), "projet"), Passee(datetime.date(2026, 2, 1), D(1800), "projet"),
    ]  # fmt: skip
    lu = restes(fdaj["regles"], fdaj["composantes"], passees, [], jour=datetime.date(2026, 3, 1))
    assert (lu.accorde, lu.reste) == (D(1800), D(500))
    assert cases(lu, "projet") == [D(200)]
    assert cases(lu, "urgence") == [D(300)]


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(1, 400), st.sampled_from([c["code"] for c in PACK["composantes"]])),
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
def test_quel_que_soit_l_ordre_les_plafonds_tiennent(demandes, hasard):
    """Grant whatever the ceilings let through, in any order: no ceiling is ever passed."""
    hasard.shuffle(demandes)
    accordees: list[Passee] = []
    for jours, montant, composante in demandes:
        jour = REPRISE + datetime.timedelta(days=jours)
        demande = Demande(jour, D(montant), composante, REPRISE)
        if accordable(evaluer(PLAFONDS, demande, accordees, composantes=PACK["composantes"])):
            accordees.append(Passee(jour, D(montant), composante))
    assert sum(p.montant for p in accordees) <= 1350
    for mois, plafond in ((1, 325), (2, 325), (3, 250), (4, 150), (5, 150), (6, 150)):
        bornes = plus_mois(REPRISE, mois - 1), plus_mois(REPRISE, mois)
        assert sum(p.montant for p in accordees if bornes[0] <= p.date < bornes[1]) <= plafond
    lu = pack(accordees, jour=REPRISE)
    assert all(c.reste is None or 0 <= c.reste <= (lu.reste or 0) for ligne in lu.lignes for c in ligne.cases)


@pytest.mark.parametrize("code", list(REGLEMENTS))
def test_chaque_reglement_se_lit_en_mots(code):
    dits = dire_reglement(REGLEMENTS[code]["regles"], REGLEMENTS[code]["composantes"])
    assert len(dits) == len(REGLEMENTS[code]["regles"])
    assert all(libelle and dit and "{" not in dit for libelle, dit in dits)


def test_les_mots_disent_mois_et_derogation():
    dits = dict(dire_reglement(PACK["regles"], PACK["composantes"]))
    assert dits["Total du mois, mois 1 et 2"] == (
        "Au plus 325\u00a0€ par mois, du mois 1 au mois 2 de la reprise d’activité"
    )
    apre = dict(dire_reglement(REGLEMENTS["apre"]["regles"], REGLEMENTS["apre"]["composantes"]))
    assert "dérogation possible" in apre["Droit commun épuisé"]


def test_on_ne_deroge_pas_a_une_enveloppe():
    with pytest.raises(RegleIllisible, match="enveloppe"):
        verifier_regles([{"nature": "enveloppe", "code": "e", "libelle": "Enveloppe", "derogation": True}])
