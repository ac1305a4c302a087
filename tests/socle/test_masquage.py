"""Small cells: nothing hidden can be found again from what is shown."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdi.socle.masquage import Masques, masquer_liste, masquer_tableau, masquer_taux, petit


def _avec_totaux(valeurs: list[list[int]]) -> list[list[int]]:
    lignes = [[*ligne, sum(ligne)] for ligne in valeurs]
    return [*lignes, [sum(colonne) for colonne in zip(*lignes, strict=True)]]


def _caches(masques: Masques) -> list[tuple[int, int]]:
    grille = [[*c, t] for c, t in zip(masques.cases, masques.lignes, strict=True)]
    grille.append([*masques.colonnes, masques.total])
    return [(i, j) for i, ligne in enumerate(grille) for j, cache in enumerate(ligne) if cache]


def _determinees(hauteur: int, largeur: int, caches: list[tuple[int, int]]) -> set[int]:
    """Return the unknowns that the equations of the totals determine: Gauss-Jordan on exact fractions."""
    rang = {case: n for n, case in enumerate(caches)}
    equations = [[(i, j, 1 if j < largeur else -1) for j in range(largeur + 1)] for i in range(hauteur + 1)]
    equations += [[(i, j, 1 if i < hauteur else -1) for i in range(hauteur + 1)] for j in range(largeur + 1)]
    matrice = []
    for equation in equations:
        ligne = [Fraction(0)] * len(caches)
        for i, j, signe in equation:
            if (i, j) in rang:
                ligne[rang[i, j]] += signe
        matrice.append(ligne)
    pivots, haut = {}, 0
    for colonne in range(len(caches)):
        choisi = next((r for r in range(haut, len(matrice)) if matrice[r][colonne]), None)
        if choisi is None:
            continue
        matrice[haut], matrice[choisi] = matrice[choisi], matrice[haut]
        tete = matrice[haut][colonne]
        matrice[haut] = [v / tete for v in matrice[haut]]
        for r in range(len(matrice)):
            if r != haut and matrice[r][colonne]:
                facteur = matrice[r][colonne]
                matrice[r] = [a - facteur * b for a, b in zip(matrice[r], matrice[haut], strict=True)]
        pivots[colonne] = haut
        haut += 1
    return {c for c, r in pivots.items() if sum(bool(v) for v in matrice[r]) == 1}


tableaux = st.integers(1, 6).flatmap(
    lambda largeur: st.lists(st.lists(st.integers(0, 30), min_size=largeur, max_size=largeur), min_size=1, max_size=7)
)


@given(tableaux, st.sampled_from([2, 5, 11]))
@settings(max_examples=400)
def test_aucune_case_masquee_ne_se_deduit_des_totaux(valeurs: list[list[int]], seuil: int) -> None:
    masques = masquer_tableau(valeurs, seuil)
    caches, complet = _caches(masques), _avec_totaux(valeurs)
    for i, ligne in enumerate(complet):
        for j, v in enumerate(ligne):
            assert not petit(v, seuil) or (i, j) in caches, "un petit effectif est montré"
    assert all(complet[i][j] for i, j in caches), "un zéro n’apprend rien : il reste montré"
    assert not _determinees(len(valeurs), len(valeurs[0]), caches)


@given(
    st.integers(1, 2).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 4), min_size=n, max_size=n), min_size=1, max_size=2)
    )
)
@settings(max_examples=150)
def test_chaque_case_masquee_garde_plusieurs_valeurs_possibles(valeurs: list[list[int]]) -> None:
    """Every positive table that agrees with what is shown is tried: each hidden cell takes several values."""
    complet = _avec_totaux(valeurs)
    caches = set(_caches(masquer_tableau(valeurs, 3)))
    hauteur, largeur = len(valeurs), len(valeurs[0])
    vues: dict[tuple[int, int], set[int]] = {c: set() for c in caches}
    interieures = [(i, j) for i in range(hauteur) for j in range(largeur) if (i, j) in caches]
    for essai in itertools.product(range(1, 10), repeat=len(interieures)):
        candidat = [list(ligne) for ligne in valeurs]
        for (i, j), v in zip(interieures, essai, strict=True):
            candidat[i][j] = v
        total = _avec_totaux(candidat)
        if all(
            total[i][j] == complet[i][j] or (i, j) in caches for i in range(hauteur + 1) for j in range(largeur + 1)
        ):
            for i, j in caches:
                vues[i, j].add(total[i][j])
    assert all(len(v) > 1 for v in vues.values())


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.sampled_from([5, 11]))
def test_une_liste_ne_se_complete_pas_par_difference(valeurs: list[int], seuil: int) -> None:
    masques = masquer_liste(valeurs, seuil)
    caches = [v for v, cache in zip(valeurs, masques.cases, strict=True) if cache]
    assert all(cache for v, cache in zip(valeurs, masques.cases, strict=True) if petit(v, seuil))
    if caches and not masques.total:
        assert len(caches) > 1
        assert sum(caches) > len(caches), "des uns se devineraient"


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=8))
def test_un_taux_se_masque_par_son_complement_aussi(paires: list[tuple[int, int]]) -> None:
    lignes = [(a, a + b) for a, b in paires]
    caches, _ = masquer_taux(lignes, 5)
    for (n, d), cache in zip(lignes, caches, strict=True):
        assert cache or not (petit(n, 5) or petit(d - n, 5) or petit(d, 5))


def test_sans_petit_effectif_rien_n_est_masque() -> None:
    assert masquer_tableau([[10, 20], [0, 40]], 5).nombre == 0


def test_le_masquage_secondaire_prend_le_moins_de_monde() -> None:
    masques = masquer_tableau([[3, 40, 50], [30, 6, 90], [20, 80, 70]], 5)
    assert masques.cases[0] == (True, True, False)
    assert masques.cases[1] == (True, True, False)
    assert not any(masques.lignes + masques.colonnes)


def test_un_effectif_negatif_est_une_erreur() -> None:
    with pytest.raises(ValueError, match="négatif"):
        masquer_tableau([[-1, 2]], 5)
