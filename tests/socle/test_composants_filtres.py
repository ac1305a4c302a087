"""Filters and order of a list: state in the URL, removable badges, nothing lost, nothing guessed."""

from __future__ import annotations

import pytest
from django.db.models import Q
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from pdi.comptes.models import Utilisateur
from pdi.socle.filtres import FiltreAnnee, FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.tri import Colonne, Tri
from tests.fabriques import UtilisateurFactory


class FiltresEssai(Filtres):
    mot = FiltreTexte("Nom ou fonction", champs=("nom", "fonction"), large=True)
    theme = FiltreChoix("Thème", champ="theme", choix=[("clair", "Clair"), ("sombre", "Sombre")])
    service = FiltreChoix("Service", champ="fonction", vide="Tous les services")
    annee = FiltreAnnee("Année", champ="cree_le__year", annees=(2024, 2026, 2025))
    inactif = FiltreBooleen("Comptes fermés", si_vrai=Q(is_active=False))


class FiltresFille(FiltresEssai):
    demo = FiltreBooleen("Démonstration", si_vrai=Q(demonstration=True))


def lire(requete: str, **choix) -> FiltresEssai:
    return FiltresEssai(QueryDict(requete), choix=choix)


def noms(requete: str) -> set[str]:
    return set(lire(requete).appliquer(Utilisateur.objects.all()).values_list("nom", flat=True))


@pytest.fixture
def comptes(db):
    UtilisateurFactory(nom="Élodie", fonction="Pilote", theme="clair")
    UtilisateurFactory(nom="Zoé", fonction="Chargée d’évaluation", theme="sombre")
    UtilisateurFactory(nom="Ancien", fonction="Pilote", is_active=False)


@pytest.mark.parametrize(
    ("requete", "attendus"),
    [
        ("", {"Élodie", "Zoé", "Ancien"}),
        ("mot=elodie", {"Élodie"}),
        ("mot=EVALUATION+zoe", {"Zoé"}),
        ("mot=zoe+pilote", set()),
        ("theme=sombre", {"Zoé"}),
        ("theme=inconnu", {"Élodie", "Zoé", "Ancien"}),
        ("theme=clair&theme=sombre", {"Zoé"}),
        ("inactif=on", {"Ancien"}),
        ("mot=pilote&inactif=on", {"Ancien"}),
        ("annee=1999", {"Élodie", "Zoé", "Ancien"}),
        ("autre=x", {"Élodie", "Zoé", "Ancien"}),
        ("mot=%25", set()),
    ],
)
def test_rows_kept(comptes, requete, attendus):
    assert noms(requete) == attendus


def test_each_badge_removes_itself_and_keeps_the_rest():
    filtres = lire("mot=droit+juste&theme=clair&inactif=on&tri=-nom&curseur=abc")
    assert [j.texte for j in filtres.jetons] == [
        "Nom ou fonction\u00a0: «\u00a0droit juste\u00a0»",
        "Thème\u00a0: Clair",
        "Comptes fermés",
    ]
    assert filtres.jetons[1].retirer == "?mot=droit+juste&inactif=on&tri=-nom"
    assert filtres.sans_filtre == "?tri=-nom"
    assert filtres.requete == "?mot=droit+juste&theme=clair&inactif=on&tri=-nom"
    assert filtres.autres_parametres == [("tri", "-nom")]
    assert filtres.actifs


def test_no_filter_no_badge():
    filtres = lire("tri=nom")
    assert not filtres.actifs
    assert filtres.jetons == []
    assert filtres.en_mots == []


def test_choices_from_the_database_and_latest_year_first():
    filtres = lire("service=3", service=[(3, "\u00a0\u00a0DIE – SARSA")])
    assert filtres.jetons[0].texte == "Service\u00a0: DIE – SARSA"
    annees = [str(cle) for cle, _ in filtres.formulaire.fields["annee"].choices]  # type: ignore[attr-defined]
    assert annees == ["", "2026", "2025", "2024"]


def test_filters_are_inherited_in_order():
    assert list(FiltresFille.declares) == ["mot", "theme", "service", "annee", "inactif", "demo"]


@given(st.dictionaries(st.sampled_from([*FiltresEssai.declares, "tri", "curseur", "x"]), st.text(max_size=20)))
def test_any_query_string_is_read_without_error(brut):
    requete = QueryDict(mutable=True)
    requete.update(brut)
    filtres = FiltresEssai(requete)
    assert len(filtres.jetons) == len(filtres.valeurs)
    for jeton in filtres.jetons:
        assert len(FiltresEssai(QueryDict(jeton.retirer[1:])).jetons) == len(filtres.jetons) - 1


COLONNES = {"nom": "nom", "date": ("cree_le", "-nom")}


@pytest.mark.parametrize(
    ("requete", "cles", "etat"),
    [
        ("", ["-cree_le", "nom"], "descending"),
        ("tri=nom", ["nom"], "ascending"),
        ("tri=-nom", ["-nom"], "descending"),
        ("tri=date", ["cree_le", "-nom"], "ascending"),
        ("tri=mot_de_passe", ["-cree_le", "nom"], "descending"),
        ("tri=--nom", ["-cree_le", "nom"], "descending"),
    ],
)
def test_order_is_declared_and_validated(requete, cles, etat):
    tri = Tri.lire(QueryDict(requete), COLONNES, defaut="-date")
    assert tri.cles == cles
    assert tri.etat(tri.nom) == etat


def test_a_second_click_turns_the_order_round():
    tri = Tri.lire(QueryDict("tri=nom"), COLONNES, defaut="-date")
    assert tri.suivant("nom") == "-nom"
    assert tri.suivant("date") == "date"
    assert tri.etat("date") == "none"
    assert tri.etat("inconnue") == ""
    assert Colonne("Nom").cle == ""
