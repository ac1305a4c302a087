"""Deadlines of both regimes: worked examples of the texts, month ends, leap years, and what holds for every date."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as reglages
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from parcours.models import OrganismeOarsa, TypeOrientation
from parcours.regles import delais
from parcours.regles.delais import Duree, OrientationLue, Regime

D = datetime.date


def _regimes() -> list[Regime]:
    lus = json.loads((Path(reglages.DOSSIER_DONNEES) / "parcours" / "regimes.json").read_text(encoding="utf-8"))
    lignes = []
    for r in lus:
        bornes = [None if b is None else D.fromisoformat(b) for b in r["validite"]]
        validite = SimpleNamespace(lower=bornes[0], upper=bornes[1])
        lignes.append(Regime.lire(SimpleNamespace(**{**r, "validite": validite})))
    return lignes


REGIMES = _regimes()
dates = st.dates(D(2009, 6, 1), D(2099, 12, 31))
durees = st.builds(Duree, st.integers(0, 60), st.sampled_from(delais.UNITES))


def test_les_codes_sont_ceux_des_modeles() -> None:
    assert delais.SOCIAL == TypeOrientation.SOCIAL
    assert delais.FRANCE_TRAVAIL == OrganismeOarsa.FRANCE_TRAVAIL
    for regime in REGIMES:
        assert set(regime.parametres["types_orientation"]) == set(TypeOrientation.values)
        assert set(regime.parametres.get("contrat_non_du", [])) <= set(OrganismeOarsa.values)


@pytest.mark.parametrize(
    ("depart", "mois", "arrivee"),
    [
        pytest.param(D(2023, 12, 31), 2, D(2024, 2, 29), id="fin-decembre-annee-bissextile"),
        pytest.param(D(2022, 12, 31), 2, D(2023, 2, 28), id="fin-decembre-annee-commune"),
        pytest.param(D(2024, 1, 31), 1, D(2024, 2, 29), id="31-janvier-bissextile"),
        pytest.param(D(2024, 3, 31), 1, D(2024, 4, 30), id="31-mars"),
        pytest.param(D(2024, 2, 29), 12, D(2025, 2, 28), id="29-fevrier-plus-un-an"),
        pytest.param(D(2024, 2, 28), 1, D(2024, 3, 28), id="pas-de-report-en-fin-de-mois"),
        pytest.param(D(2024, 11, 15), 3, D(2025, 2, 15), id="passage-d-annee"),
        pytest.param(D(2024, 3, 31), -1, D(2024, 2, 29), id="en-arriere"),
    ],
)
def test_mois_calendaires(depart, mois, arrivee) -> None:
    assert delais.plus_mois(depart, mois) == arrivee


@given(dates, st.integers(0, 120))
def test_un_mois_ajoute_tombe_dans_le_bon_mois(date, mois) -> None:
    arrivee = delais.plus_mois(date, mois)
    assert (arrivee.year * 12 + arrivee.month) - (date.year * 12 + date.month) == mois
    lendemain = arrivee + datetime.timedelta(days=1)
    assert arrivee.day == date.day or (arrivee.day < date.day and lendemain.day == 1)


@given(dates, dates, st.integers(0, 60))
def test_un_delai_en_mois_respecte_l_ordre_des_departs(un, autre, mois) -> None:
    un, autre = sorted((un, autre))
    assert delais.plus_mois(un, mois) <= delais.plus_mois(autre, mois)


@given(dates, dates)
def test_mois_ecoules_est_le_plus_grand_compte_entier(debut, fin) -> None:
    n = delais.mois_ecoules(debut, fin)
    assert delais.plus_mois(debut, n) <= fin < delais.plus_mois(debut, n + 1)


@pytest.mark.django_db
def test_postgresql_compte_comme_nous() -> None:
    departs = [D(2023, 12, 25) + datetime.timedelta(days=n) for n in range(0, 800, 3)]
    for duree in (Duree(1, "mois"), Duree(2, "mois"), Duree(6, "semaines"), Duree(15, "jours"), Duree(12, "mois")):
        with connection.cursor() as curseur:
            curseur.execute("select (d + %s::interval)::date from unnest(%s::date[]) d", [duree.intervalle, departs])
            assert [ligne[0] for ligne in curseur] == [duree.depuis(d) for d in departs]


def test_un_dossier_est_juge_par_le_regime_de_sa_date() -> None:
    assert delais.regime_au(REGIMES, D(2019, 5, 1)).code == "regime-a"
    assert delais.regime_au(REGIMES, D(2024, 12, 31)).code == "regime-a"
    assert delais.regime_au(REGIMES, D(2025, 1, 1)).code == "regime-b"
    with pytest.raises(LookupError, match="01/01/2000"):
        delais.regime_au(REGIMES, D(2000, 1, 1))


@pytest.mark.parametrize(
    ("recu", "legale", "cible"),
    [
        pytest.param(D(2019, 12, 31), D(2020, 2, 29), D(2020, 1, 31), id="A-deux-mois-bissextile"),
        pytest.param(D(2024, 12, 31), D(2025, 2, 28), D(2025, 1, 31), id="A-dernier-jour-du-regime"),
        pytest.param(D(2025, 1, 1), D(2025, 2, 12), D(2025, 2, 1), id="B-six-semaines"),
        pytest.param(D(2026, 1, 31), D(2026, 3, 14), D(2026, 2, 28), id="B-fin-de-mois"),
    ],
)
def test_orientation(recu, legale, cible) -> None:
    due = delais.echeance_orientation(REGIMES, recu)
    visee = delais.cible_orientation(REGIMES, recu)
    assert due is not None
    assert visee is not None
    assert (due.le, due.cible) == (legale, False)
    assert (visee.le, visee.cible) == (cible, True)


def test_france_travail_prend_le_relais_sous_le_seul_regime_b() -> None:
    assert delais.france_travail_oriente_des(REGIMES, D(2024, 6, 1)) is None
    assert delais.france_travail_oriente_des(REGIMES, D(2025, 1, 1)) == D(2025, 2, 13)


@pytest.mark.parametrize(
    ("orientation", "attendue"),
    [
        pytest.param(OrientationLue(D(2024, 1, 31), "emploi", "mission_locale"), D(2024, 2, 29), id="A-spe-un-mois"),
        pytest.param(OrientationLue(D(2023, 12, 31), "social", "departement"), D(2024, 2, 29), id="A-social-deux-mois"),
        pytest.param(OrientationLue(D(2023, 5, 10), "socio_pro", "ccas"), D(2023, 6, 10), id="A-socio-pro-un-mois"),
        pytest.param(OrientationLue(D(2023, 5, 10), "emploi", "france_travail"), None, id="A-ppae-pas-de-contrat"),
        pytest.param(
            OrientationLue(D(2024, 12, 20), "emploi", "mission_locale", D(2025, 1, 5)), D(2025, 1, 20),
            id="A-notification-sans-effet",
        ),
        pytest.param(
            OrientationLue(D(2025, 1, 20), "social", "departement", D(2025, 1, 31)), D(2025, 2, 28), id="B-notification"
        ),
        pytest.param(OrientationLue(D(2025, 1, 20), "emploi", "france_travail"), D(2025, 2, 20), id="B-tous"),
    ],
)  # fmt: skip
def test_contrat(orientation, attendue) -> None:
    due = delais.echeance_contrat(REGIMES, orientation)
    assert (due.le if due else None) == attendue


def test_l_horloge_du_contrat_repart_a_chaque_orientation() -> None:
    premiere = OrientationLue(D(2025, 3, 1), "social", "departement", D(2025, 3, 3))
    seconde = OrientationLue(D(2025, 9, 1), "emploi", "france_travail", D(2025, 9, 10))
    avant = delais.echeance_contrat_courante(REGIMES, [premiere])
    apres = delais.echeance_contrat_courante(REGIMES, [seconde, premiere])
    assert avant is not None
    assert apres is not None
    assert (avant.le, apres.le) == (D(2025, 4, 3), D(2025, 10, 10))
    assert delais.echeance_contrat_courante(REGIMES, []) is None


def test_premier_rendez_vous_sous_quinze_jours_meme_quand_le_regime_se_tait() -> None:
    assert delais.echeance_premier_rendez_vous(REGIMES, D(2026, 2, 20)).le == D(2026, 3, 7)
    muet = [Regime("muet", "Muet", None, None, {})]
    assert delais.echeance_premier_rendez_vous(muet, D(2024, 2, 20)).le == D(2024, 3, 6)
    assert delais.echeance_orientation(muet, D(2024, 2, 20)) is None


def test_revision_des_deux_regimes() -> None:
    sociale = delais.echeance_revision(REGIMES, D(2023, 8, 31), type_orientation="social")
    tardive = delais.echeance_revision_tardive(REGIMES, D(2023, 8, 31), type_orientation="social")
    assert sociale is not None
    assert tardive is not None
    assert (sociale.le, tardive.le) == (D(2024, 2, 29), D(2024, 8, 31))
    assert delais.echeance_revision(REGIMES, D(2023, 8, 31), type_orientation="emploi") is None
    simple = delais.echeance_revision(REGIMES, D(2025, 8, 31), type_orientation="emploi")
    protegee = delais.echeance_revision(REGIMES, D(2025, 8, 31), type_orientation="emploi", protege=True)
    assert simple is not None
    assert protegee is not None
    assert (simple.le, protegee.le) == (D(2026, 2, 28), D(2026, 8, 31))


@given(dates, durees, dates)
def test_le_retard_commence_le_lendemain_de_l_echeance(depuis, duree, jour) -> None:
    echeance = delais.Echeance("x", "X", depuis, duree.depuis(depuis), duree)
    assert echeance.en_retard(jour) == (echeance.retard(jour) > 0) == (jour > echeance.le)
    assert echeance.retard(jour) == 0 or echeance.reste(jour) == 0
    assert jour == echeance.le + datetime.timedelta(days=echeance.retard(jour) - echeance.reste(jour))


@given(dates)
def test_chaque_date_a_son_echeance_et_sa_reference(jour) -> None:
    due = delais.echeance_orientation(REGIMES, jour)
    visee = delais.cible_orientation(REGIMES, jour)
    assert due is not None
    assert visee is not None
    assert jour < visee.le <= due.le
    assert due.reference.startswith("CASF ")


def test_le_retard_se_dit_avec_la_reference() -> None:
    due = delais.echeance_orientation(REGIMES, D(2025, 1, 1))
    assert due is not None
    assert due.phrase(D(2025, 2, 10)) == "Orientation\u00a0: il reste 2\u00a0jours (CASF D262-65-2)"
    assert due.phrase(D(2025, 2, 12)) == "Orientation\u00a0: dernier jour aujourd’hui (CASF D262-65-2)"
    assert due.phrase(D(2025, 2, 13)) == "Orientation\u00a0: en retard de 1\u00a0jour (CASF D262-65-2)"


@pytest.mark.parametrize("brut", ["deux mois", {"valeur": -1, "unite": "mois"}, {"valeur": 2, "unite": "ans"}, True])
def test_une_duree_illisible_nomme_son_parametre(brut) -> None:
    with pytest.raises(ValueError, match="delai_orientation"):
        Duree.lire("delai_orientation", brut)


def test_une_duree_nue_est_en_jours_ou_en_mois_selon_sa_cle() -> None:
    assert Duree.lire("contradictoire", 10) == Duree(10, "jours")
    assert Duree.lire("revision_mois", 6) == Duree(6, "mois")
    assert (str(Duree(1, "jours")), str(Duree(2, "mois"))) == ("1\u00a0jour", "2\u00a0mois")


@pytest.mark.parametrize(
    ("naissance", "jour", "age"),
    [
        pytest.param(D(2000, 5, 10), D(2026, 5, 9), 25, id="veille"),
        pytest.param(D(2000, 5, 10), D(2026, 5, 10), 26, id="anniversaire"),
        pytest.param(D(2004, 2, 29), D(2025, 2, 28), 20, id="29-fevrier-veille"),
        pytest.param(D(2004, 2, 29), D(2025, 3, 1), 21, id="29-fevrier-lendemain"),
    ],
)
def test_age(naissance, jour, age) -> None:
    assert delais.age_au(naissance, jour) == age
