"""Completeness, contradictions, progress of steps, attachments: pure rules."""

from __future__ import annotations

import datetime
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.models import EtatEtape, RubriqueFiche, StatutFiche
from actions.regles import anomalies, completude, etapes
from pdi.socle import pieces
from pdi.socle.droits import RegleMetier

D = Decimal
JOUR = datetime.date(2026, 3, 1)
EUROS = st.decimals(D(0), D(10_000_000), places=2, allow_nan=False, allow_infinity=False)
RUBRIQUES = st.sets(st.sampled_from(RubriqueFiche.values))


def faits(**changes: object) -> completude.FaitsFiche:
    complets: dict[str, Any] = {
        "remplies": set(RubriqueFiche.values), "attendues": set(RubriqueFiche.values),
        "prevues": set(RubriqueFiche.values), "a_un_pilote": True, "a_des_dates": True, "indicateurs": 3,
        "sans_cible": 0, "sans_valeur": 0, "annee": 2025,
    }  # fmt: skip
    return completude.FaitsFiche(**(complets | changes))


# -- completeness -----------------------------------------------------------------------------


def test_une_fiche_complete_ne_manque_de_rien():
    assert completude.manques(faits()) == []


def test_les_manques_se_disent_en_phrases():
    trouves = completude.manques(faits(a_un_pilote=False, a_des_dates=False, sans_cible=2, sans_valeur=1))
    assert [str(m) for m in trouves] == [
        "un pilote",
        "des dates",
        "une cible pour 2 indicateurs",
        "une valeur 2025 pour 1 indicateur",
    ]
    assert completude.enumerer(trouves[:3]) == "un pilote, des dates et une cible pour 2 indicateurs"


@given(RUBRIQUES, RUBRIQUES)
def test_une_section_remplie_ne_manque_jamais(remplies: set[str], attendues: set[str]):
    trouves = completude.manques(faits(remplies=remplies, attendues=attendues))
    assert not {m.code for m in trouves} & (remplies | (set(RubriqueFiche.values) - attendues))


@given(RUBRIQUES)
def test_remplir_une_section_ne_fait_jamais_manquer_davantage(remplies: set[str]):
    avant = {m.code for m in completude.manques(faits(remplies=remplies))}
    for rubrique in RubriqueFiche.values:
        assert {m.code for m in completude.manques(faits(remplies=remplies | {rubrique}))} <= avant


def test_un_gabarit_sans_calendrier_ne_demande_pas_de_dates():
    prevues = set(RubriqueFiche.values) - {RubriqueFiche.CALENDRIER}
    assert completude.manques(faits(prevues=prevues, a_des_dates=False)) == []


# -- contradictions ---------------------------------------------------------------------------


def ligne(financeur: str, prevu: D | None, annee: int | None = None) -> anomalies.FaitFinancement:
    return anomalies.FaitFinancement(financeur, annee, prevu)


def titre(constat: anomalies.Constat | None) -> str:
    assert constat is not None
    return constat.titre


def test_correze_2_8_il_manque_un_financeur():
    plan = [ligne("Conseil départemental", D("35100.74")), ligne("FSE", D("52651.10"))]
    constat = anomalies.financement_different_du_total(D("115210.66"), plan)
    assert constat is not None
    assert constat.titre.replace("\u00a0", " ") == "27 458,82 € du plan de financement n’ont pas de financeur"
    assert dict(constat.pese)["Écart"].replace("\u00a0", " ") == "27 458,82 €"


@given(st.lists(EUROS, min_size=1, max_size=6))
def test_un_plan_qui_fait_le_total_n_a_pas_d_anomalie(montants: list[D]):
    plan = [ligne(f"F{i}", m) for i, m in enumerate(montants)]
    assert anomalies.financement_different_du_total(sum(montants, D(0)), plan) is None


@given(st.lists(EUROS, min_size=1, max_size=6), EUROS.filter(bool))
def test_l_ecart_est_dit_au_centime_dans_les_deux_sens(montants: list[D], ecart: D):
    plan = [ligne(f"F{i}", m) for i, m in enumerate(montants)]
    somme = sum(montants, D(0))
    assert titre(anomalies.financement_different_du_total(somme + ecart, plan)).endswith("n’ont pas de financeur")
    if ecart <= somme:
        assert "de plus que le coût total" in titre(anomalies.financement_different_du_total(somme - ecart, plan))


def test_un_montant_non_imprime_n_est_pas_zero():
    plan = [ligne("Conseil départemental", D(100)), ligne("État", None)]
    assert anomalies.financement_different_du_total(D(500), plan) is None


def test_les_annees_d_un_financeur_s_additionnent_sans_son_total():
    plan = [ligne("État", D(10), 2024), ligne("État", D(20), 2025), ligne("CAF", D(70)), ligne("CAF", D(30), 2024)]
    assert anomalies.plan_prevu(plan) == {"État": D(30), "CAF": D(70)}


def test_un_taux_parmi_les_qualitatifs():
    indicateur = anomalies.FaitIndicateur(1, "Taux de satisfaction", "qualitatif", "%")
    assert titre(anomalies.nature_contraire_a_l_unite(indicateur)) == "Un taux classé parmi les indicateurs qualitatifs"
    assert anomalies.nature_contraire_a_l_unite(anomalies.FaitIndicateur(1, "T", "quantitatif", "%")) is None


def test_les_etapes_en_retard_sont_nommees():
    trois = [
        anomalies.FaitEtape("Étudier", EtatEtape.EN_COURS, JOUR - datetime.timedelta(days=1)),
        anomalies.FaitEtape("Faire", EtatEtape.REALISEE, JOUR - datetime.timedelta(days=9)),
        anomalies.FaitEtape("Clore", EtatEtape.A_VENIR, JOUR),
    ]
    constat = anomalies.etapes_en_retard(trois, JOUR)
    assert constat is not None
    assert constat.titre.replace("\u00a0", " ") == "1 étape a dépassé son échéance"
    assert [nom for nom, _ in constat.pese] == ["Étudier"]


@pytest.mark.parametrize(("annee_fin", "dit"), [(2026, True), (2025, False)], ids=["en-cours", "echu"])
def test_rien_n_est_en_retard_dans_un_programme_echu(annee_fin: int, dit: bool):
    etape = anomalies.FaitEtape("Étudier", EtatEtape.EN_COURS, JOUR - datetime.timedelta(days=90))
    faits = anomalies.FaitsAnomalies(
        statut=StatutFiche.EN_COURS,
        debut=None,
        fin=None,
        annee_debut=2022,
        annee_fin=annee_fin,
        cout_total=None,
        financements=[],
        etapes=[etape],
        indicateurs=[],
        mesures=[],
    )
    assert ("etapes-en-retard" in {c.code for c in anomalies.constater(faits, JOUR)}) == dit


def test_une_fiche_realisee_aux_etapes_ouvertes():
    ouverte = [anomalies.FaitEtape("Étudier", EtatEtape.EN_COURS, None)]
    assert anomalies.statut_contraire_aux_etapes(StatutFiche.REALISEE, ouverte) is not None
    assert anomalies.statut_contraire_aux_etapes(StatutFiche.EN_COURS, ouverte) is None


@given(st.decimals(D(-50), D(200), places=1, allow_nan=False, allow_infinity=False))
def test_un_taux_hors_de_0_a_100_se_signale(valeur: D):
    indicateur = anomalies.FaitIndicateur(1, "Taux", "quantitatif", "%")
    constat = anomalies.mesure_douteuse(anomalies.FaitMesure(indicateur, 2025, valeur, None, None))
    assert (constat is None) is (0 <= valeur <= 100)


# -- progress ---------------------------------------------------------------------------------


@given(
    st.sampled_from(EtatEtape.values),
    st.none() | st.integers(-5, 120),
    st.none() | st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1)),
)
def test_un_avancement_accepte_tient_les_contraintes_de_la_base(
    etat: str, part: int | None, date: datetime.date | None
):
    try:
        lu = etapes.avancement_coherent(etat=etat, avancement=part, realisee_le=date, jour=JOUR)
    except RegleMetier:
        return
    assert (lu.etat == EtatEtape.REALISEE) is (lu.avancement == 100)
    assert (lu.realisee_le is not None) is (lu.etat == EtatEtape.REALISEE)
    assert lu.realisee_le is None or lu.realisee_le <= JOUR


# -- attachments ------------------------------------------------------------------------------

TYPES = ("pdf", "docx", "xlsx", "odt", "ods", "csv", "png", "jpg", "jpeg")


def archive(**membres: bytes) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as z:
        for nom, contenu in membres.items():
            z.writestr(nom.replace("__", "/"), contenu)
    return tampon.getvalue()


def controler(nom: str, contenu: bytes, taille_max: int = 10_000) -> pieces.PieceControlee:
    return pieces.controler_piece(
        nom=nom, taille=len(contenu), fichier=io.BytesIO(contenu), types=TYPES, taille_max=taille_max
    )


@pytest.mark.parametrize(
    ("nom", "contenu"),
    [
        ("Note.PDF", b"%PDF-1.7 ..."),
        ("image.png", b"\x89PNG\r\n\x1a\n..."),
        ("photo.jpeg", b"\xff\xd8\xff\xe0..."),
        ("données.csv", "commune;places\nÉvry;3\n".encode()),
        ("données.csv", "commune;places\nÉvry;3\n".encode("cp1252")),
        ("texte.docx", archive(word__document_xml=b"").replace(b"document_xml", b"document.xml")),
    ],
    ids=["pdf", "png", "jpeg", "csv-utf8", "csv-windows", "docx"],
)
def test_un_fichier_attendu_est_accepte(nom: str, contenu: bytes):
    assert controler(nom, contenu).type == nom.rpartition(".")[2].lower()


@pytest.mark.parametrize(
    ("nom", "contenu", "dit"),
    [
        ("virus.pdf", b"MZ\x90\x00 executable", "n’est pas celui d’un fichier .pdf"),
        ("page.pdf", b"<html><script>alert(1)</script>", "n’est pas celui d’un fichier .pdf"),
        ("outil.exe", b"MZ", "Le type « .exe » n’est pas accepté"),
        ("note.pdff", b"%PDF-", "Peut-être « .pdf »"),
        ("sans-extension", b"%PDF-", "n’a pas d’extension"),
        ("vide.pdf", b"", "vide"),
        ("gros.pdf", b"%PDF-" + b"x" * 20_000, "au plus"),
        ("binaire.csv", b"a;b\x00c", "n’est pas celui d’un fichier .csv"),
        ("archive.docx", archive(autre=b""), "n’est pas celui d’un fichier .docx"),
        ("abime.xlsx", b"PK\x03\x04 abime", "n’est pas celui d’un fichier .xlsx"),
        (
            "macros.docx",
            archive(word__document_xml=b"", word__vbaProject_bin=b"")
            .replace(b"document_xml", b"document.xml")
            .replace(b"vbaProject_bin", b"vbaProject.bin"),
            "macros",
        ),
    ],
    ids=["exe-en-pdf", "html-en-pdf", "exe", "faute", "sans", "vide", "gros", "csv", "docx", "xlsx", "macros"],
)
def test_un_fichier_inattendu_est_refuse_avec_sa_raison(nom: str, contenu: bytes, dit: str):
    with pytest.raises(RegleMetier) as refus:
        controler(nom, contenu)
    assert dit in refus.value.message


@given(st.text(max_size=300))
def test_un_nom_propre_est_court_sans_dossier_ni_caractere_cache(nom: str):
    propre = pieces.nom_propre(nom)
    assert 0 < len(propre) <= pieces.LONGUEUR_NOM
    assert not set(propre) & set('/\\\0\n\r\u202e<>"')


def test_un_nom_piege_perd_son_chemin_et_son_sens_d_ecriture():
    assert pieces.nom_propre("../../etc/passwd.pdf") == "passwd.pdf"
    assert pieces.nom_propre("C:\\Documents\\note.pdf") == "note.pdf"
    assert pieces.nom_propre("facture\u202efdp.exe") == "facturefdp.exe"
