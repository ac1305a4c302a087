"""Pages by key: every row once, in order, both ways, whatever the order, the ties, the NULLs and the changes."""

from __future__ import annotations

import datetime
from contextlib import suppress

import pytest
from django.core.signing import Signer
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdi.comptes.models import Utilisateur
from pdi.socle.models import Traitement
from pdi.socle.pagination import CleTri, PageParCle
from tests.fabriques import UtilisateurFactory

pytestmark = pytest.mark.django_db
DEPART = datetime.datetime(2026, 2, 12, 9, 0, 0, 123456, tzinfo=datetime.UTC)

lignes = st.lists(
    st.tuples(
        st.sampled_from(["a", "B", "é", "z", ""]),
        st.integers(0, 3),
        st.one_of(st.none(), st.integers(0, 4)),
        st.booleans(),
    ),
    max_size=14,
)
TRIS = [
    ["intitule"],
    ["-intitule", "tentatives"],
    ["debut"],
    ["-debut"],
    ["-debut", "-tentatives"],
    ["demandeur__nom", "intitule"],
    ["-demandeur__nom"],
    ["tentatives", "-debut", "intitule"],
    ["-cree_le"],
    [],
]


class Annulation(Exception):
    """Undo the rows of an example."""


def creer(brutes, demandeur):
    return Traitement.objects.bulk_create(
        Traitement(
            nature="essai",
            cle=str(i),
            intitule=intitule,
            tentatives=tentatives,
            etat="termine",
            fin=DEPART,
            debut=None if jours is None else DEPART + datetime.timedelta(days=jours),
            cree_le=DEPART + datetime.timedelta(microseconds=i // 2),
            demandeur=demandeur if connu else None,
        )
        for i, (intitule, tentatives, jours, connu) in enumerate(brutes)
    )


def parcourir(tri, taille, *, sens="suivant", curseur=None):
    """Walk from `curseur` to the end; return the pages and the cursor of each."""
    pages = []
    while True:
        page = PageParCle(Traitement.objects.all(), tri, curseur, taille)
        pages.append(page)
        curseur = getattr(page, sens)
        if curseur is None:
            return pages


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(brutes=lignes, taille=st.integers(1, 6), tri=st.sampled_from(TRIS))
def test_every_row_once_in_order_both_ways(brutes, taille, tri, db):
    with suppress(Annulation), transaction.atomic():
        creer(brutes, UtilisateurFactory(nom="Exemple"))
        entier = [t.pk for t in PageParCle(Traitement.objects.all(), tri, None, 1000)]
        assert len(entier) == len(brutes)

        aller = parcourir(tri, taille)
        assert [t.pk for page in aller for t in page] == entier
        assert aller[0].precedent is None
        assert all(len(page) == taille for page in aller[:-1])

        retour = parcourir(tri, taille, sens="precedent", curseur=aller[-1].precedent) if len(aller) > 1 else []
        lus = [t.pk for page in reversed(retour) for t in page] + [t.pk for t in aller[-1]]
        assert lus == entier
        if retour:
            assert retour[-1].precedent is None
            assert retour[0].suivant is not None
        raise Annulation


def test_order_is_the_one_asked_for_with_empty_values_last():
    creer([("b", 0, None, False), ("a", 0, 2, False), ("c", 0, 1, False)], None)
    assert [t.intitule for t in PageParCle(Traitement.objects.all(), ["debut"])] == ["c", "a", "b"]
    assert [t.intitule for t in PageParCle(Traitement.objects.all(), ["-debut"])] == ["a", "c", "b"]


def test_rows_added_or_removed_between_pages_never_shift_the_list():
    creees = creer([(lettre, 0, None, False) for lettre in "bdfhj"], None)
    premiere = PageParCle(Traitement.objects.all(), ["intitule"], None, 2)
    assert [t.intitule for t in premiere] == ["b", "d"]
    creer([("a", 0, None, False), ("e", 0, None, False)], None)
    creees[0].delete()
    seconde = PageParCle(Traitement.objects.all(), ["intitule"], premiere.suivant, 2)
    assert [t.intitule for t in seconde] == ["e", "f"]


def test_row_of_the_cursor_that_left_the_filter_still_marks_the_place():
    creees = creer([(lettre, 0, None, False) for lettre in "abcd"], None)
    filtre = Traitement.objects.filter(tentatives=0)
    curseur = PageParCle(filtre, ["intitule"], None, 2).suivant
    Traitement.objects.filter(pk=creees[1].pk).update(tentatives=9)
    assert [t.intitule for t in PageParCle(filtre, ["intitule"], curseur, 2)] == ["c", "d"]


def test_vanished_row_of_the_cursor_shows_the_first_page():
    creees = creer([(lettre, 0, None, False) for lettre in "abcd"], None)
    page = PageParCle(Traitement.objects.all(), ["intitule"], None, 2)
    curseur = page.suivant
    creees[1].delete()
    assert [t.intitule for t in PageParCle(Traitement.objects.all(), ["intitule"], curseur, 2)] == ["a", "c"]


@pytest.mark.parametrize(
    "curseur",
    ["", "nimporte", "s.1:faux", Signer(salt="pdi.socle.pagination").sign("s.pas-un-identifiant"), "x" * 5000],
    ids=["vide", "texte", "signature", "identifiant", "long"],
)
def test_tampered_cursor_shows_the_first_page(curseur):
    creer([("a", 0, None, False), ("b", 0, None, False)], None)
    assert [t.intitule for t in PageParCle(Traitement.objects.all(), ["intitule"], curseur, 1)] == ["a"]


def test_cursor_holds_no_value_of_the_row():
    UtilisateurFactory(nom="Confidentiel", courriel="confidentiel@exemple.fr")
    UtilisateurFactory(nom="Zèbre")
    page = PageParCle(Utilisateur.objects.all(), ["nom"], None, 1)
    assert page.suivant is not None
    assert "onfidentiel" not in page.suivant


def test_first_key_is_bounded_so_that_an_index_can_serve():
    creees = creer([(lettre, 0, None, False) for lettre in "abcd"], None)
    page = PageParCle(Traitement.objects.all(), ["intitule"], None, 2)
    suivante = PageParCle(Traitement.objects.all(), ["intitule"], page.suivant, 2)
    condition = str(suivante._apres(["b", creees[1].pk], inverse=False))
    assert "intitule__gte" in condition


def test_queries_do_not_depend_on_the_number_of_rows(django_assert_num_queries):
    demandeur = UtilisateurFactory()
    creer([("t", i * 7 % 4, i * 11 % 5, True) for i in range(40)], demandeur)
    with django_assert_num_queries(1):
        premiere = PageParCle(Traitement.objects.all(), ["debut"], None, 5)
        curseur = premiere.suivant
    with django_assert_num_queries(2):
        suite = PageParCle(Traitement.objects.all(), ["debut"], curseur, 30)
        assert len(suite) == 30
        assert suite.suivant
        assert suite.precedent
    with django_assert_num_queries(1):
        assert suite.total == 40
        assert suite.total == 40


def test_explicit_key_and_impossible_size():
    creer([("a", 0, None, False)], None)
    assert len(PageParCle(Traitement.objects.all(), [CleTri("intitule", descendant=True, nuls=False)])) == 1
    with pytest.raises(ValueError, match="au moins une ligne"):
        PageParCle(Traitement.objects.all(), ["intitule"], None, 0)
