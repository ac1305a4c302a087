"""What the report gathers, in how many queries, and how it is frozen."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.models import Bilan, ChiffreBilan, EtatBilan, EtatEtape, ExplicationEcart, FicheAction, Indicateur
from gouvernance.contenu import (
    Chapitre,
    chapitre,
    empreinte,
    enregistrer,
    rassembler,
    retirer,
    serialiser,
    toutes_les_fiches,
)
from tests.fabriques import (
    AnomalieFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    IndicateurFactory,
    MesureFactory,
)


def requetes(programme, annee=2025) -> int:
    with CaptureQueriesContext(connection) as vues:
        rassembler(programme, annee)
    return len(vues)


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_fiches(peupler):
    comptes = {n: requetes(peupler(n, code=f"p-{n}")) for n in (1, 30, 200)}
    assert len(set(comptes.values())) == 1, comptes
    assert comptes[1] <= 60


def test_essonne_entiere(essonne):
    contenu = rassembler(essonne.programme, 2025)
    fiches = toutes_les_fiches(contenu)
    assert len(fiches) == 17
    assert sum(len(f["indicateurs"]) for f in fiches) == 102
    assert {f["numero"] for f in fiches} == set(essonne.programme.fiches.values_list("numero", flat=True))
    assert [n["numero"] for n in chapitre(contenu, "fiches")["noeuds"]] == ["1", "2", "3"]
    assert len(chapitre(contenu, "methode")["indicateurs"]) == 102


def test_trois_annees_la_cible_l_ecart_et_le_ton(peupler):
    ligne = toutes_les_fiches(rassembler(peupler(1), 2025))[0]["indicateurs"][0]
    assert [(p["annee"], p["valeur"]) for p in ligne["points"][-3:]] == [(2023, "78.2"), (2024, "83.1"), (2025, "86")]
    assert (ligne["cible"], ligne["ecart"], ligne["ton"], ligne["evolution"]) == ("90", "-4", "veille", "hausse")


def test_le_chiffre_gele_du_bilan_prevaut_et_le_recomptage_se_voit(peupler):
    programme = peupler(1)
    bilan = Bilan.objects.get()
    taux = Indicateur.objects.get(unite="%")
    ChiffreBilan.objects.update_or_create(
        bilan=bilan, indicateur=taux, defaults={"valeur": Decimal(92), "gele_le": bilan.soumis_le or timezone.now()}
    )
    ligne = toutes_les_fiches(rassembler(programme, 2025))[0]["indicateurs"][0]
    assert ligne["points"][-1]["valeur"] == "92"
    assert (ligne["recompte"], ligne["ecart"], ligne["ton"]) == ("86", "2", "bon")


def test_un_bilan_pas_encore_rendu_ne_livre_pas_son_texte(peupler):
    programme = peupler(1)
    bilan = Bilan.objects.get()
    Bilan.objects.filter(pk=bilan.pk).update(
        etat=EtatBilan.A_RENSEIGNER, valide_le=None, valide_par=None, realisations="Brouillon confidentiel"
    )
    contenu = rassembler(programme, 2025)
    assert "Brouillon confidentiel" not in serialiser(contenu).decode()
    assert [m["nature"] for m in chapitre(contenu, "anomalies")["manques"] if m["bloquant"]] == ["bilan"]


def test_une_fiche_restreinte_reste_hors_du_rapport(peupler):
    programme = peupler(2)
    FicheAction.objects.filter(numero="1.0").update(restreinte=True, intitule="Affaire réservée")
    contenu = rassembler(programme, 2025)
    assert [f["numero"] for f in toutes_les_fiches(contenu)] == ["2.1"]
    assert contenu["couverture"]["fiches_restreintes"] == 1
    assert "Affaire réservée" not in serialiser(contenu).decode()


def test_aucun_nom_de_personne(peupler):
    contenu = serialiser(rassembler(peupler(2), 2025)).decode()
    assert "Camille" not in contenu
    assert "@" not in contenu


def test_ce_qui_manque_est_dit(peupler):
    contenu = rassembler(peupler(1), 2025)
    manques = {m["nature"]: m["texte"] for m in chapitre(contenu, "anomalies")["manques"]}
    assert set(manques) == {"valeur", "explication", "financement"}
    assert "non mesuré en 2025" in manques["valeur"]
    ExplicationEcart.objects.create(
        bilan=Bilan.objects.get(), indicateur=Indicateur.objects.get(unite="%"), texte="Deux postes vacants."
    )
    contenu = rassembler(Bilan.objects.get().fiche.programme, 2025)
    assert "explication" not in {m["nature"] for m in chapitre(contenu, "anomalies")["manques"]}


def test_le_financement_additionne_sans_inventer(peupler):
    donnees = chapitre(rassembler(peupler(2), 2025), "financement")
    assert donnees["total"] == {
        "prevu": "3000.2", "realise": "1800", "prevu_total": "3000.2", "realise_total": "1800",
    }  # fmt: skip
    par_financeur = {f["financeur"]: f["realise"] for f in donnees["financeurs"]}
    assert par_financeur == {"Département": "1800", "État": None}
    assert sum(Decimal(a["prevu"]) for a in donnees["axes"]) == Decimal("3000.2")


def test_ce_qui_est_depense_apres_l_exercice_n_y_figure_pas(peupler):
    programme = peupler(1)
    fiche, financeur = programme.fiches.get(), programme.fiches.get().financements.first().financeur
    FinancementFactory.create(fiche=fiche, financeur=financeur, annee=2026, prevu=Decimal(700), realise=Decimal(650))
    FinancementFactory.create(fiche=fiche, financeur=financeur, annee=2024, prevu=Decimal(300), realise=Decimal(250))
    montants = toutes_les_fiches(rassembler(programme, 2025))[0]["montants"]
    assert montants == {
        "prevu": "1500.1", "realise": "900", "prevu_total": "2500.1", "realise_total": "1150",
    }  # fmt: skip


def etapes_lues(programme, annee):
    fiche = toutes_les_fiches(rassembler(programme, annee))[0]
    return fiche, {e["intitule"]: e for o in fiche["objectifs"] for e in o["etapes"]}


def test_les_etapes_sont_celles_de_l_exercice(peupler):
    programme = peupler(1)
    fiche = programme.fiches.get()
    EtapeFactory.create(fiche=fiche, intitule="Commence après", debut=datetime.date(2026, 1, 1))
    EtapeFactory.create(
        fiche=fiche, intitule="Faite après", etat=EtatEtape.REALISEE,
        echeance=datetime.date(2025, 6, 30), realisee_le=datetime.date(2026, 2, 1),
    )  # fmt: skip
    EtapeFactory.create(
        fiche=fiche, intitule="Faite à temps", etat=EtatEtape.REALISEE, realisee_le=datetime.date(2025, 12, 31)
    )
    lue, etapes = etapes_lues(programme, 2025)
    assert "Commence après" not in etapes
    tardive = etapes["Faite après"]
    assert (tardive["etat_libelle"], tardive["realisee_le"], tardive["retard"]) == ("En cours", None, True)
    assert etapes["Faite à temps"]["etat"] == EtatEtape.REALISEE
    assert (lue["etapes_faites"], lue["etapes_total"]) == (2, 4)
    lue, etapes = etapes_lues(programme, 2026)
    assert etapes["Faite après"]["etat"] == EtatEtape.REALISEE
    assert "Commence après" in etapes
    assert (lue["etapes_faites"], lue["etapes_total"]) == (3, 5)


def test_une_anomalie_faite_de_faits_posterieurs_reste_hors_du_rapport(peupler):
    programme = peupler(1)
    fiche = programme.fiches.get()
    fiche.anomalies.all().delete()
    EtapeFactory.create(fiche=fiche, intitule="Due en 2025", echeance=datetime.date(2025, 11, 30))
    EtapeFactory.create(fiche=fiche, intitule="Due en 2026", echeance=datetime.date(2026, 1, 31))
    for code in ("etapes-en-retard", "taux-hors-bornes-7-2026", "taux-hors-bornes-7-2025"):
        AnomalieFactory.create(fiche=fiche, code=code, calculee=True, titre=f"Relevé {code}")
    AnomalieFactory.create(fiche=fiche, code="notee", titre="Notée par une personne")
    titres = {
        annee: [a["titre"] for a in chapitre(rassembler(programme, annee), "anomalies")["anomalies"]]
        for annee in (2024, 2025)
    }
    assert titres[2024] == ["Notée par une personne"]
    assert titres[2025] == [
        "1\u00a0étape a dépassé son échéance", "Relevé taux-hors-bornes-7-2025", "Notée par une personne",
    ]  # fmt: skip


def test_le_glossaire_ne_garde_que_les_sigles_employes(peupler):
    termes = {t["sigle"] for t in chapitre(rassembler(peupler(1), 2025), "glossaire")["termes"]}
    assert "CAF" in termes
    assert "MSA" not in termes


@pytest.mark.parametrize("annee", [2022, 2024, 2026])
def test_une_annee_sans_campagne_se_compile_quand_meme(peupler, annee):
    contenu = rassembler(peupler(1), annee)
    assert contenu["annees"][-3:] == [annee - 2, annee - 1, annee]
    assert toutes_les_fiches(contenu)[0]["bilan"] is None


def test_un_programme_vide(peupler):
    contenu = rassembler(peupler(0), 2025)
    assert toutes_les_fiches(contenu) == []
    assert chapitre(contenu, "chiffres")["fiches"] == 0


def test_des_fiches_sans_axe_viennent_en_dernier(peupler):
    programme = peupler(1)
    FicheFactory.create(programme=programme, numero="libre")
    noeuds = chapitre(rassembler(programme, 2025), "fiches")["noeuds"]
    assert noeuds[-1]["intitule"] == "Autres fiches-actions"
    assert [f["numero"] for f in noeuds[-1]["fiches"]] == ["libre"]


def test_le_meme_contenu_a_la_meme_empreinte(peupler):
    programme = peupler(2)
    premier, second = rassembler(programme, 2025), rassembler(programme, 2025)
    assert empreinte(premier) == empreinte(second)
    assert empreinte(json.loads(serialiser(premier))) == empreinte(premier)
    MesureFactory.create(
        indicateur=IndicateurFactory.create(fiche=programme.fiches.first()), annee=2025, valeur=Decimal(1)
    )
    assert empreinte(rassembler(programme, 2025)) != empreinte(premier)


def test_un_autre_sujet_ajoute_son_chapitre(peupler):
    programme = peupler(1)
    enregistrer(
        Chapitre(
            "seances",
            "Instances et séances",
            45,
            "documents/rapport/glossaire.html",
            rassembler=lambda matiere, _avant: {"termes": [{"sigle": "COPIL", "libelle": matiere.memoire["seances"]}]},
            lire=lambda _matiere: "Comité de pilotage",
        )
    )
    try:
        contenu = rassembler(programme, 2025)
    finally:
        retirer("seances")
    codes = [c["code"] for c in contenu["chapitres"]]
    assert codes.index("financement") < codes.index("seances") < codes.index("anomalies")
    assert chapitre(contenu, "seances")["termes"][0]["libelle"] == "Comité de pilotage"
