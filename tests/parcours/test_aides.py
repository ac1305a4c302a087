"""Rules of aids: the published ceilings, ages, lengths and delays, each rule of the list told apart, chains of aids."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as reglages
from hypothesis import given
from hypothesis import strategies as st

from parcours.regles import aides
from parcours.regles.aides import Controle, Demande, Passee, RegleIllisible, accordable, evaluer, reste_disponible
from parcours.regles.delais import plus_mois

D = datetime.date
DONNEES = Path(reglages.DOSSIER_DONNEES)
REGLEMENTS = {
    r["code"]: r
    for r in json.loads((DONNEES / "parcours" / "reglements-aides.json").read_text(encoding="utf-8"))
}  # fmt: skip
REGLES = json.loads((DONNEES / "regles.json").read_text(encoding="utf-8"))
TOUS_LES_FAITS = dict.fromkeys(aides.EXIGENCES, True)
REPRISE = D(2026, 1, 31)
NE_EN_2004 = D(2004, 5, 10)
UTC = datetime.UTC

# -- every rule of the published list is either in a règlement, or out of its field for a stated reason -------------

NATURES_SUIVIES = {"plafond", "delai", "duree"}
HORS_CHAMP: dict[str, str] = {
    "78-f1-cui-duree-max": "durée d’un contrat de travail aidé, conclu par l’employeur",
    "92-subvention-max": "subvention à une structure : barème de convention",
    "92-age-enfant-caf": "critère d’orientation : jeu de règles de Rueil-Malmaison",
    "91-recours-contentieux": "recours contre une délibération",
    "91-a11-age-retraite": "public visé par une fiche-action : accès à la retraite",
    "91-a13-anciennete-controle": "ciblage du contrôle des dossiers",
    "91-a21-orientation": "délai d’orientation : parcours.regles.delais, régime juridique",
}
PREFIXES_HORS_CHAMP: dict[str, str] = {
    "78-f3-": "conduite d’une fiche-action : suivi et évaluation",
    "78-f4-": "conduite d’une fiche-action : suivi et évaluation",
    "71-": "conduite du programme de Saône-et-Loire",
    "91-pti-": "durée du programme",
    "91-convention-": "durée d’une convention du programme",
    "91-a26-": "condition de délégation d’un accompagnement",
    "91-a34-": "condition d’accès à un projet d’accueil",
    "91-o11-": "durée et contenu d’une offre",
    "91-o12-": "durée et condition d’accès d’une offre",
    "91-o13-": "contrat de travail dans une structure d’insertion",
    "91-o14-": "calendrier d’une offre",
    "91-o15-": "durée d’une offre",
    "91-o17-": "durée d’une offre",
    "91-o22-": "condition d’accès d’une offre et durée de convention",
    "91-o23-": "condition d’accès d’une offre",
    "91-o24-": "durée et condition d’accès d’une offre",
    "91-o25-": "durée et condition d’accès d’une offre",
    "91-o26-": "durée et condition d’accès d’une offre",
    "91-o27-": "durée et rythme d’une offre",
    "91-o28-": "durée d’une offre",
    "91-o29-": "durée d’une offre",
    "91-o210-": "durée et condition d’accès d’une offre",
    "91-o31-": "durée et condition d’accès d’une offre",
    "91-o32-": "durée d’une offre",
    "91-o33-": "durée d’une offre",
    "91-o34-": "durée et rythme d’une offre",
    "91-o35-": "durée et rythme d’une offre",
    "91-o36-": "durée et rythme d’une offre",
    "19-": "conduite du pacte de Corrèze : durées d’actions collectives et dates de bilan",
}


def _motif_hors_champ(code: str) -> str:
    return HORS_CHAMP.get(code) or next((m for p, m in PREFIXES_HORS_CHAMP.items() if code.startswith(p)), "")


def _porte_sur_une_aide(regle: dict[str, Any]) -> bool:
    return str(regle["code"]).startswith(("91-o18-", "91-o21-"))


def _couvertes() -> dict[str, dict[str, Any]]:
    return {code: r for reg in REGLEMENTS.values() for r in reg["regles"] for code in r.get("regles_source", ())}


A_EXPRIMER = [r for r in REGLES if r["nature"] in NATURES_SUIVIES or r["unite"] == "ans"]


@pytest.mark.parametrize("regle", A_EXPRIMER, ids=lambda r: r["code"])
def test_chaque_regle_est_exprimee_ou_hors_champ_pour_une_raison_dite(regle) -> None:
    couverte = regle["code"] in _couvertes()
    if _porte_sur_une_aide(regle):
        assert couverte
        assert not _motif_hors_champ(regle["code"])
    else:
        assert not couverte
        assert _motif_hors_champ(regle["code"]), f"{regle['code']} : {regle['libelle']}"


def test_aucun_motif_ne_traine_sans_regle() -> None:
    codes = {r["code"] for r in A_EXPRIMER}
    assert set(HORS_CHAMP) <= codes
    assert [p for p in PREFIXES_HORS_CHAMP if not any(c.startswith(p) for c in codes)] == []
    assert set(_couvertes()) <= {r["code"] for r in REGLES}


@pytest.mark.parametrize("source", [r for r in REGLES if _porte_sur_une_aide(r)], ids=lambda r: r["code"])
def test_la_valeur_du_reglement_est_celle_du_document(source) -> None:
    regle = _couvertes()[source["code"]]
    valeur, code = source["valeur"], source["code"]
    if regle["nature"] == "plafond":
        assert regle["montant"] == valeur
        if "-m" in code and code.startswith("91-o18-m"):
            assert int(code.removeprefix("91-o18-m")[0]) in regle["mois_de_reprise"]
    elif regle["nature"] == "age":
        borne = "min" if code.endswith("min") else "max"
        assert regle[borne] == (valeur - 1 if code == "91-o18-age-enfant" else valeur)  # « moins de 3 ans »
    elif regle["nature"] == "duree":
        assert regle["max_mois"] == valeur
    else:
        assert (regle["nature"], regle["valeur"]) == ("delai", valeur)
        assert regle["unite"] == source["unite"]


def test_les_totaux_du_pack_sont_ceux_de_ses_composantes() -> None:
    regles = {r["code"]: r for r in REGLEMENTS["pack-sortie-rsa"]["regles"]}
    mensuels = [regles[c] for c in ("transport-mensuel", "vie-quotidienne-mensuel", "garde-mensuel")]
    par_mois = {m: sum(r["montant"] for r in mensuels if m in r["mois_de_reprise"]) for m in range(1, 7)}
    assert par_mois == {1: 325, 2: 325, 3: 250, 4: 150, 5: 150, 6: 150}
    for code in ("total-mois-1-2", "total-mois-3", "total-mois-4-6"):
        assert {par_mois[m] for m in regles[code]["mois_de_reprise"]} == {regles[code]["montant"]}
    assert sum(par_mois.values()) == regles["total"]["montant"] == 1350


# -- worked examples ----------------------------------------------------------------------------------------------


def juger(code: str, demande: Demande, historique: list[Passee] | None = None) -> list[Controle]:
    reglement = REGLEMENTS[code]
    return evaluer(reglement["regles"], demande, historique or [], composantes=reglement["composantes"])


def pack(date: D, montant: int, composante: str, **autres: Any) -> Demande:
    return Demande(
        date, Decimal(montant), composante, reprise_le=REPRISE, naissance_enfant=D(2024, 6, 1), faits=TOUS_LES_FAITS,
        **autres,
    )  # fmt: skip


def refus(controles: list[Controle]) -> list[str]:
    return [c.code for c in controles if not c.ok]


@pytest.mark.parametrize(
    ("date", "montant", "composante", "refuses"),
    [
        pytest.param(D(2026, 1, 31), 75, "transport", [], id="mois-1-transport-au-plafond"),
        pytest.param(D(2026, 1, 31), 76, "transport", ["transport-mensuel"], id="mois-1-transport-un-euro-de-trop"),
        pytest.param(D(2026, 2, 28), 75, "transport", [], id="mois-2-commence-le-28-fevrier"),
        pytest.param(D(2026, 3, 30), 75, "transport", [], id="mois-2-dernier-jour"),
        pytest.param(D(2026, 3, 31), 75, "transport", ["mois-ouverts"], id="mois-3-transport-ferme"),
        pytest.param(D(2026, 3, 31), 100, "vie_quotidienne", [], id="mois-3-vie-quotidienne"),
        pytest.param(D(2026, 4, 30), 1, "vie_quotidienne", ["mois-ouverts"], id="mois-4-vie-quotidienne-fermee"),
        pytest.param(D(2026, 7, 30), 150, "periscolaire", [], id="mois-6-dernier-jour"),
        pytest.param(D(2026, 7, 31), 150, "periscolaire", ["mois-ouverts", "duree"], id="mois-7-tout-est-fini"),
        pytest.param(D(2026, 1, 30), 75, "transport", ["mois-ouverts", "duree"], id="avant-la-reprise"),
        pytest.param(D(2026, 2, 1), 75, "", ["composante"], id="sans-composante"),
    ],
)
def test_pack_sortie_mois_par_mois(date, montant, composante, refuses) -> None:
    controles = juger("pack-sortie-rsa", pack(date, montant, composante))
    assert refus(controles) == refuses
    assert accordable(controles) is (not refuses)


def test_la_garde_d_un_enfant_de_trois_ans_passe_par_le_periscolaire() -> None:
    ne_le = D(2023, 2, 1)
    demande = Demande(
        D(2026, 2, 1), Decimal(100), "garde_enfant", REPRISE, faits=TOUS_LES_FAITS, naissance_enfant=ne_le
    )
    controles = juger("pack-sortie-rsa", demande)
    assert refus(controles) == ["age-enfant"]
    assert "moins de 3 ans\u00a0; l’enfant a 3\u00a0ans." in next(c for c in controles if not c.ok).message
    autre = Demande(D(2026, 2, 1), Decimal(100), "periscolaire", REPRISE, faits=TOUS_LES_FAITS, naissance_enfant=ne_le)
    assert accordable(juger("pack-sortie-rsa", autre))


def test_sans_contrat_valide_le_pack_est_refuse_et_le_dit() -> None:
    demande = Demande(
        D(2026, 2, 1), Decimal(50), "transport", REPRISE, faits=TOUS_LES_FAITS | {"contrat_valide": False}
    )
    controle = next(c for c in juger("pack-sortie-rsa", demande) if c.code == "contrat")
    assert not controle.ok
    assert not controle.a_verifier
    assert controle.message == "Contrat validé\u00a0: aucun contrat validé n’est en cours."


def test_un_fait_inconnu_refuse_et_dit_quoi_verifier() -> None:
    demande = Demande(D(2026, 2, 1), Decimal(50), "transport", REPRISE)
    controle = next(c for c in juger("pack-sortie-rsa", demande) if c.code == "droit-commun")
    assert (controle.ok, controle.a_verifier) == (False, True)
    assert "confirmez que le droit commun est épuisé" in controle.message


def test_le_message_nomme_la_regle_et_ce_qui_reste() -> None:
    passee = Passee(D(2026, 2, 2), Decimal(40), "transport")
    controles = juger("pack-sortie-rsa", pack(D(2026, 2, 10), 50, "transport"), [passee])
    controle = next(c for c in controles if c.code == "transport-mensuel")
    assert (controle.ok, controle.reste) == (False, Decimal(35))
    assert controle.message.replace("\u00a0", " ") == (
        "Plafond « Transport, mois 1 et 2 » : 75 € par mois, 40 € déjà accordés ; "
        "il reste 35 €, la demande est de 50 €."
    )
    assert reste_disponible(controles) == Decimal(35)
    assert controle.en_json()["reste"] == "35"


def fdaj(date: D, montant: int, composante: str, naissance: D = NE_EN_2004) -> Demande:
    return Demande(date, Decimal(montant), composante, naissance=naissance, faits=TOUS_LES_FAITS)


@pytest.mark.parametrize(
    ("date", "refuses"),
    [
        pytest.param(D(2022, 5, 9), ["age"], id="17-ans-la-veille"),
        pytest.param(D(2022, 5, 10), [], id="18-ans-le-jour"),
        pytest.param(D(2030, 5, 9), [], id="25-ans-dernier-jour"),
        pytest.param(D(2030, 5, 10), ["age"], id="26-ans"),
    ],
)
def test_fdaj_de_18_a_25_ans_compris(date, refuses) -> None:
    assert refus(juger("fdaj", fdaj(date, 100, "urgence"))) == refuses


def test_fdaj_les_deux_plafonds_font_le_cumul_et_l_annee_civile_les_remet_a_zero() -> None:
    historique = [Passee(D(2026, 1, 5), Decimal(2000), "projet"), Passee(D(2026, 6, 1), Decimal(250), "urgence")]
    assert accordable(juger("fdaj", fdaj(D(2026, 12, 31), 50, "urgence"), historique))
    assert refus(juger("fdaj", fdaj(D(2026, 12, 31), 51, "urgence"), historique)) == [
        "plafond-urgence",
        "plafond-cumul",
    ]
    assert refus(juger("fdaj", fdaj(D(2026, 12, 31), 1, "projet"), historique)) == ["plafond-projet"]
    assert accordable(juger("fdaj", fdaj(D(2027, 1, 1), 2000, "projet"), historique))


@pytest.mark.parametrize(
    ("composante", "le", "ok"),
    [
        pytest.param("urgence", datetime.datetime(2026, 1, 12, 9, 30, tzinfo=UTC), True, id="48-heures-pile"),
        pytest.param("urgence", datetime.datetime(2026, 1, 12, 9, 31, tzinfo=UTC), False, id="48-heures-et-une-minute"),
        pytest.param("projet", datetime.datetime(2026, 4, 10, 23, 0, tzinfo=UTC), True, id="trois-mois-dernier-jour"),
        pytest.param("projet", datetime.datetime(2026, 4, 11, 0, 0, tzinfo=UTC), False, id="trois-mois-passes"),
        pytest.param("projet", datetime.datetime(2026, 1, 9, 9, 0, tzinfo=UTC), False, id="avant-la-notification"),
    ],
)  # fmt: skip
def test_fdaj_delais_d_utilisation(composante, le, ok) -> None:
    notifie = datetime.datetime(2026, 1, 10, 9, 30, tzinfo=UTC)
    controles = aides.evaluer_versement(REGLEMENTS["fdaj"]["regles"], composante=composante, notifie=notifie, le=le)
    assert [c.ok for c in controles] == [ok]
    assert controles[0].regle in controles[0].message


def test_apre_suit_l_enveloppe_de_son_territoire() -> None:
    demande = Demande(D(2026, 3, 1), Decimal(300), "formation", faits=TOUS_LES_FAITS, enveloppe=Decimal(250))
    controles = juger("apre", demande)
    assert refus(controles) == ["enveloppe"]
    assert controles[-1].message.replace("\u00a0", " ") == (
        "Enveloppe du territoire : il reste 250 €, la demande est de 300 €."
    )
    sans = Demande(D(2026, 3, 1), Decimal(300), "formation", faits=TOUS_LES_FAITS)
    assert "aucune enveloppe" in juger("apre", sans)[-1].message


@pytest.mark.parametrize(
    "regle",
    [
        {"nature": "loterie", "code": "x", "libelle": "X"},
        {"nature": "plafond", "code": "x", "libelle": "X", "montant": 1, "par": "siècle"},
        {"nature": "prerequis", "code": "x", "libelle": "X", "exige": "la lune"},
        {"nature": "plafond", "code": "x", "montant": 1},
    ],
    ids=["nature", "periode", "prerequis", "libelle"],
)
def test_une_regle_illisible_se_nomme(regle) -> None:
    with pytest.raises(RegleIllisible, match="x"):
        evaluer([regle], Demande(D(2026, 1, 1), Decimal(1)))


# -- whatever the chain of requests -------------------------------------------------------------------------------

montants = st.decimals(min_value=Decimal("0.01"), max_value=400, places=2)
composantes_pack = st.sampled_from([c["code"] for c in REGLEMENTS["pack-sortie-rsa"]["composantes"]])
demandes_pack = st.lists(st.tuples(st.integers(-5, 200), montants, composantes_pack), max_size=40)


@given(st.dates(D(2022, 1, 1), D(2030, 12, 31)), demandes_pack)
def test_aucun_enchainement_accepte_ne_depasse_le_pack(reprise, suite) -> None:
    accordees: list[Passee] = []
    for jours, montant, composante in suite:
        date = reprise + datetime.timedelta(days=jours)
        demande = Demande(
            date, montant, composante, reprise, naissance_enfant=date - datetime.timedelta(days=400),
            faits=TOUS_LES_FAITS,
        )  # fmt: skip
        controles = juger("pack-sortie-rsa", demande, accordees)
        if accordable(controles):
            accordees.append(Passee(date, montant, composante))
        elif not [c for c in controles if not c.ok and c.nature != "plafond"]:
            reste = reste_disponible(controles)
            assert reste is not None
            assert montant > reste
    plafonds = {
        "transport": {1: 75, 2: 75},
        "vie_quotidienne": dict.fromkeys((1, 2, 3), 100),
        "garde": dict.fromkeys(range(1, 7), 150),
    }
    familles = {"garde_enfant": "garde", "periscolaire": "garde"}
    totaux: dict[tuple[str, int], Decimal] = {}
    for p in accordees:
        mois = next(m for m in range(1, 8) if plus_mois(reprise, m - 1) <= p.date < plus_mois(reprise, m))
        cle = (familles.get(p.composante, p.composante), mois)
        totaux[cle] = totaux.get(cle, Decimal(0)) + p.montant
    for (famille, mois), total in totaux.items():
        assert total <= plafonds[famille][mois]
    assert sum((p.montant for p in accordees), Decimal(0)) <= 1350


@given(
    st.lists(
        st.tuples(
            st.dates(D(2025, 1, 1), D(2027, 12, 31)),
            st.decimals(1, 2500, places=2),
            st.sampled_from(["urgence", "projet"]),
        ),
        max_size=40,
    )
)
def test_aucun_enchainement_accepte_ne_depasse_le_fdaj(suite) -> None:
    accordees: list[Passee] = []
    for date, montant, composante in suite:
        demande = Demande(date, montant, composante, naissance=D(2005, 1, 1), faits=TOUS_LES_FAITS)
        if accordable(juger("fdaj", demande, accordees)):
            accordees.append(Passee(date, montant, composante))
    for annee in (2025, 2026, 2027):
        par = {
            c: sum((p.montant for p in accordees if p.date.year == annee and p.composante == c), Decimal(0))
            for c in ("urgence", "projet")
        }
        assert par["urgence"] <= 300
        assert par["projet"] <= 2000
        assert sum(par.values()) <= 2300


@given(montants, st.integers(0, 200), st.booleans())
def test_accorder_ce_qui_reste_est_toujours_possible(montant, jours, deja) -> None:
    date = REPRISE + datetime.timedelta(days=jours % 28)
    historique = [Passee(date, Decimal(20), "transport")] if deja else []
    reste = reste_disponible(juger("pack-sortie-rsa", pack(date, 1, "transport"), historique))
    assert reste is not None
    demande = Demande(date, reste, "transport", REPRISE, faits=TOUS_LES_FAITS)
    assert accordable(juger("pack-sortie-rsa", demande, historique))
