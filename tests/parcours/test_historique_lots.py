"""One's bulk actions and lots of letters: what was done, for whom it was left out; a colleague's stay hers."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parcours.models import Lot
from pdi.comptes.models import Role
from pdi.socle.models import Avis
from tests.fabriques import HabilitationFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import CommuneFactory, MotifFactory, TerritoireFactory, personne_suivie

pytestmark = pytest.mark.django_db


def lot(auteur: Any, *, fait: bool = True, **plus: Any) -> Lot:
    rapport = {"faites": 3, "constats": [], "suite": [], "ecartees": [["Décédée.", 1, [4]]]} if fait else {}
    return Lot.objects.create(
        **{"geste": "designer", "auteur": auteur, "personnes": [1, 2, 3, 4], "filtre": ["File « Sans référent »"]}
        | {"rapport": rapport, "execute_le": timezone.now() if fait else None}
        | plus
    )


@pytest.fixture
def encadrant(client: Client) -> Any:
    utilisateur = UtilisateurFactory.create(role=Role.ENCADRANT)
    client.force_login(utilisateur)
    return utilisateur


def test_mes_actions_groupees_disent_ce_qui_a_ete_fait(client: Client, encadrant: Any) -> None:
    mien = lot(encadrant)
    celui_d_une_autre = lot(UtilisateurFactory.create(role=Role.ENCADRANT))
    contenu = client.get(reverse("parcours:lots")).content.decode()
    assert mien.get_absolute_url() in contenu
    assert celui_d_une_autre.get_absolute_url() not in contenu
    assert "3 confiées, 1 écartée" in contenu
    assert "File « Sans référent »" in contenu


def test_les_actions_groupees_se_filtrent(client: Client, encadrant: Any) -> None:
    fait, prepare = lot(encadrant), lot(encadrant, fait=False, geste="courrier")
    contenu = client.get(reverse("parcours:lots"), {"fait": "non"}).content.decode()
    assert prepare.get_absolute_url() in contenu
    assert fait.get_absolute_url() not in contenu
    contenu = client.get(reverse("parcours:lots"), {"geste": "designer"}).content.decode()
    assert prepare.get_absolute_url() not in contenu


def test_trente_lots_coutent_autant_de_requetes_qu_un(client: Client, encadrant: Any) -> None:
    couts = []
    for combien in (1, 20):
        for _ in range(combien):
            lot(encadrant)
        client.get(reverse("parcours:lots"))
        with CaptureQueriesContext(connection) as requetes:
            client.get(reverse("parcours:lots"))
        couts.append(len(requetes))
    assert couts[0] == couts[1]


def test_une_demande_de_reorientation_previent_qui_decide_le_plus_pres() -> None:
    from parcours.operations.reorientation import demander_reorientation

    territoire = TerritoireFactory.create()
    structure = StructureFactory.create()
    commune = CommuneFactory.create(territoire=territoire)
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure)
    voisin = UtilisateurFactory.create(role=Role.ENCADRANT, structure=StructureFactory.create())
    agent = HabilitationFactory.create(role=Role.AGENT_ORIENTATION, territoire=territoire).utilisateur
    partout = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    personne = personne_suivie(referent=referent, structure=structure, commune=commune)
    motif = MotifFactory.create(nature="reorientation", libelle="Projet professionnel")
    demande = demander_reorientation(personne=personne, type_demande="emploi", motif=motif, par=referent)
    avis = Avis.objects.filter(url=demande.get_absolute_url())
    assert set(avis.values_list("destinataire", flat=True)) == {encadrant.pk, agent.pk}
    assert not {voisin.pk, partout.pk} & set(avis.values_list("destinataire", flat=True))
    assert personne.nom_naissance not in avis[0].titre + avis[0].texte
