"""Error pages: the rule and the ways out for our own refusals, nothing leaked otherwise."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pdi.comptes.models import Role
from tests.fabriques import UtilisateurFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.socle.pages_composants")]


@pytest.fixture
def client_souple() -> Client:
    """A browser: a broken view gives the 500 page instead of a traceback."""
    return Client(raise_request_exception=False)


def test_refusal_names_the_rule_and_the_ways_out(client):
    client.force_login(UtilisateurFactory(role=Role.PILOTE, nom="Exemple"))
    reponse = client.get("/refus")
    assert reponse.status_code == 403
    page = reponse.content.decode()
    assert "Seul le chargé de programme valide un bilan." in page
    assert "Pilote de fiches" in page
    assert "Demander un accès" in page
    assert reponse["X-Requete"] in page


def test_refusal_of_the_framework_leaks_nothing(client):
    reponse = client.get("/refus-technique")
    assert reponse.status_code == 403
    assert "internal detail" not in reponse.content.decode()
    assert "Se connecter" in reponse.content.decode()


def test_unknown_page(client):
    reponse = client.get("/nulle/part?nom=Confidentiel")
    assert reponse.status_code == 404
    page = reponse.content.decode()
    assert "Il n’y a rien à cette adresse" in page
    assert "Confidentiel" not in page


def test_an_address_that_only_writes_says_so_to_a_browser(client):
    client.force_login(UtilisateurFactory(role=Role.PILOTE))
    adresse = reverse("comptes:deconnexion")
    reponse = client.get(adresse, headers={"accept": "text/html,*/*"})
    assert (reponse.status_code, reponse["Allow"]) == (405, client.get(adresse)["Allow"])
    assert "Rien n’a été enregistré" in reponse.content.decode()


def test_internal_error_needs_neither_database_nor_session(client_souple, django_assert_num_queries):
    with django_assert_num_queries(0):
        reponse = client_souple.get("/panne")
    assert reponse.status_code == 500
    page = reponse.content.decode()
    assert "L’application n’a pas pu répondre" in page
    assert "PanneVoulue" not in page
    assert "Traceback" not in page


def test_expired_form_says_that_nothing_was_written():
    reponse = Client(enforce_csrf_checks=True).post("/echo", {"a": "b"})
    assert reponse.status_code == 403
    page = reponse.content.decode()
    assert "Ce formulaire n’est plus valable" in page
    assert 'href="/echo"' in page


@pytest.mark.parametrize("chemin", ["/accessibilite", "/donnees-personnelles", "/aide"])
def test_text_pages_are_open_to_all_and_linked_from_every_footer(client, chemin):
    reponse = client.get(chemin)
    assert reponse.status_code == 200
    pied = client.get("/aide").content.decode().split("<footer")[1]
    assert f'href="{chemin}"' in pied
    assert "Accessibilité : partiellement conforme" in pied


def test_policy_forbids_anything_inline(client):
    politique = client.get("/aide")["Content-Security-Policy"]
    assert "unsafe" not in politique
    assert "script-src 'self'" in politique
