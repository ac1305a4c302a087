"""What changes between two contents, and what stands in the way of publication."""

from __future__ import annotations

import copy
import datetime

import pytest

from gouvernance.contenu import rassembler, toutes_les_fiches
from gouvernance.contenu.tableaux import chiffre, colonne, donnees, tableau
from gouvernance.regles.rapport import comparer, motif_date_deliberation, points_a_regler, resumer


def test_rien_ne_change(peupler):
    contenu = rassembler(peupler(2), 2025)
    assert comparer(contenu, copy.deepcopy(contenu)) == []
    assert resumer(contenu, copy.deepcopy(contenu)) == ["Aucun changement"]


def test_la_premiere_compilation_compte_les_bilans_valides(peupler):
    assert resumer(None, rassembler(peupler(2), 2025)) == ["Première compilation, 2\u00a0bilans validés"]


def test_chaque_difference_est_dite(peupler):
    ancien = rassembler(peupler(3, valides=False), 2025)
    nouveau = copy.deepcopy(ancien)
    une, deux, _ = toutes_les_fiches(nouveau)
    assert une["bilan"]
    assert deux["bilan"]
    une["bilan"]["etat_libelle"] = "Validé"
    une["indicateurs"][0]["points"][-1]["valeur"] = "88"
    deux["montants"]["realise"] = "1200"
    deux["bilan"]["realisations"] = "Tout est refait."
    changements = comparer(ancien, nouveau)
    vus = {(c.genre, c.fiche, c.avant, c.apres) for c in changements}
    assert ("bilan", une["numero"], "Soumis", "Validé") in vus
    assert ("indicateur", une["numero"], "86\u00a0%", "88\u00a0%") in vus
    assert ("financement", deux["numero"], "900\u00a0€", "1\u00a0200\u00a0€") in vus
    assert len(changements) == 4
    phrases = resumer(ancien, nouveau)
    assert phrases[0] == f"Bilans validés ou renvoyés\u00a0: {une['numero']}"
    assert any("88\u00a0%" in p for p in phrases)


def test_une_fiche_ajoutee_ou_retiree(peupler):
    contenu = rassembler(peupler(2), 2025)
    moins = copy.deepcopy(contenu)
    axes = next(c for c in moins["chapitres"] if c["code"] == "fiches")["donnees"]["noeuds"]
    partie = axes[0]["fiches"].pop()
    assert [(c.genre, c.fiche, c.apres) for c in comparer(contenu, moins)] == [("fiche", partie["numero"], "retirée")]
    assert [(c.genre, c.fiche, c.apres) for c in comparer(moins, contenu)] == [("fiche", partie["numero"], "ajoutée")]


def test_les_chapitres_de_tableaux_se_comparent_cellule_par_cellule():
    ancien = {"chapitres": [{"code": "decisions", "titre": "Les décisions", "donnees": suivi("à faire", 1)}]}
    nouveau = copy.deepcopy(ancien)
    nouveau["chapitres"][0]["donnees"] = suivi("faite", 2)
    nouveau["chapitres"][0]["donnees"]["tableaux"][0]["lignes"].append(["3", "Ouvrir un guichet", "à faire"])
    nouveau["chapitres"].append({"code": "ep", "titre": "Équipes", "donnees": donnees([], [])})
    assert [(c.fiche, c.objet, c.avant, c.apres) for c in comparer(ancien, nouveau)] == [
        ("Les décisions", "décisions prises", "1", "2"),
        ("Les décisions", "Suivi\u00a0: 2 (État)", "à faire", "faite"),
        ("Les décisions", "Suivi\u00a0: 3", "absente", "Ouvrir un guichet ; à faire"),
        ("Équipes", "Chapitre", "absent", "ajouté"),
    ]
    assert resumer(ancien, nouveau) == ["Chapitres modifiés\u00a0: Les décisions et Équipes"]
    # rows that nothing tells apart come and go whole
    double = copy.deepcopy(ancien)
    double["chapitres"][0]["donnees"]["tableaux"][0]["lignes"] *= 2
    assert {c.apres for c in comparer(ancien, double)} == {"1 ; Nommer un référent ; faite", "2 ; Former ; à faire"}


def suivi(etat, combien):
    colonnes = [colonne("N°"), colonne("Décision"), colonne("État")]
    lignes = [["1", "Nommer un référent", "faite"], ["2", "Former", etat]]
    return donnees([], [tableau("suivi", "Suivi", colonnes, lignes)], [chiffre(combien, "décisions prises")])


def test_les_points_bloquants_viennent_d_abord(peupler):
    points = points_a_regler(rassembler(peupler(2, valides=False), 2025))
    assert [p.bloquant for p in points] == sorted((p.bloquant for p in points), reverse=True)
    assert sum(p.bloquant for p in points) == 2
    assert any("anomalie à traiter" in p.texte for p in points)


@pytest.mark.parametrize(
    ("date", "possible"),
    [("2025-12-31", False), ("2026-01-01", True), ("2026-03-30", True), ("2026-04-02", False)],
    ids=["pendant l’exercice", "le lendemain", "à temps", "pas encore eu lieu"],
)
def test_la_date_de_la_deliberation(date, possible):
    motif = motif_date_deliberation(datetime.date.fromisoformat(date), 2025, datetime.date(2026, 4, 1))
    assert (motif == "") is possible
