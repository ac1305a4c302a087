"""Screens of référentiels (Django's admin): the staff mark and the role of administrator, both."""

from __future__ import annotations

import pytest
from django.urls import reverse

from actions.models import CadreAction
from pdi.comptes.models import Role
from pdi.socle.models import EntreeJournal
from tests.fabriques import UtilisateurFactory

pytestmark = pytest.mark.django_db
CADRES = "admin:actions_cadreaction_changelist"
LISTES = [CADRES, "admin:actions_gabaritfiche_changelist", "admin:territoires_territoireaction_changelist"]


def entrer(client, **champs):
    utilisateur = UtilisateurFactory.create(**champs)
    client.force_login(utilisateur)
    return utilisateur


@pytest.mark.parametrize("liste", LISTES)
def test_un_visiteur_est_envoye_a_la_seule_page_de_connexion(client, liste):
    reponse = client.get(reverse(liste), follow=True)
    assert reponse.redirect_chain[-1][0].startswith(reverse("comptes:connexion"))


@pytest.mark.parametrize("role", list(Role))
def test_sans_la_marque_aucun_role_n_entre(client, role):
    entrer(client, role=role)
    assert client.get(reverse(CADRES), follow=True).status_code == 403


@pytest.mark.parametrize("role", [None, *(r for r in Role if r != Role.ADMINISTRATEUR)])
def test_sans_le_role_la_marque_n_ouvre_rien(client, role):
    entrer(client, role=role, is_staff=True)
    assert client.get(reverse(CADRES)).status_code == 403
    assert client.post(reverse("admin:actions_cadreaction_add"), {"code": "x", "libelle": "X"}).status_code == 403
    assert not CadreAction.objects.filter(code="x").exists()


@pytest.mark.parametrize("liste", LISTES)
def test_un_administrateur_marque_tient_les_referentiels(client, liste):
    entrer(client, role=Role.ADMINISTRATEUR, is_staff=True)
    assert client.get(reverse(liste)).status_code == 200
    assert client.get(reverse(liste.replace("changelist", "add"))).status_code == 200
    assert client.get(reverse(liste.replace("changelist", "import"))).status_code == 200
    assert client.get(reverse(liste.replace("changelist", "export"))).status_code == 200


def test_chaque_ecriture_est_journalisee(client):
    admin = entrer(client, role=Role.ADMINISTRATEUR, is_staff=True)
    client.post(reverse("admin:actions_cadreaction_add"), {"code": "fse", "libelle": "FSE"})
    cadre = CadreAction.objects.get(code="fse")
    client.post(
        reverse("admin:actions_cadreaction_change", args=[cadre.pk]),
        {"code": "fse", "libelle": "Fonds social européen"},
    )
    modification, creation = EntreeJournal.objects.de(cadre)
    assert (creation.verbe, creation.par) == ("création", admin)
    assert modification.changements == [("libellé", "FSE", "Fonds social européen")]


@pytest.mark.parametrize("modele", ["commune", "epci", "departement"])
def test_la_geographie_officielle_se_lit_sans_se_modifier(client, modele):
    entrer(client, role=Role.ADMINISTRATEUR, is_staff=True)
    assert client.get(reverse(f"admin:territoires_{modele}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:territoires_{modele}_add")).status_code == 403
    assert client.get(reverse(f"admin:territoires_{modele}_import")).status_code == 403
