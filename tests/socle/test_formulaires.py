"""What an address or a form carries is read without ever failing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from pdi.comptes.models import Role
from pdi.socle.formulaires import entier
from tests.fabriques import StructureFactory, UtilisateurFactory


@pytest.mark.parametrize(
    ("texte", "lu"),
    [("12", 12), ("0", 0), ("", None), (None, None), ("-1", None), ("²", None), ("1.5", None), ("9" * 5000, None)],
    ids=["nombre", "zéro", "vide", "absent", "négatif", "exposant", "décimal", "démesuré"],
)
def test_un_nombre_se_lit_ou_vaut_rien(texte, lu):
    assert entier(texte) == lu


@pytest.mark.django_db
def test_une_annee_qui_n_est_pas_un_nombre_laisse_la_page_a_son_annee(client):
    client.force_login(UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    assert client.get(reverse("actions:indicateurs"), {"annee": "²"}).status_code == 200


@pytest.mark.django_db
def test_un_numero_demesure_n_est_celui_de_rien(client):
    client.force_login(UtilisateurFactory.create(role=Role.ENCADRANT, structure=StructureFactory.create()))
    envoi = {"geste": "designer", "portee": "filtre", "origine": "9" * 5000}
    assert client.post(reverse("parcours:lot_creer"), envoi).status_code == 404
