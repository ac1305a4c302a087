"""Alerts of kept searches: asked for, told once, silent when nothing is new, stopped by the link of the e-mail."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offre.models import AlerteOffres, EtatOffre
from offre.operations.alertes import activer_alerte, envoyer_toutes
from offre.operations.fiches import publier_offre
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from pdi.socle.recherches import garder_recherche
from tests.fabriques import UtilisateurFactory

from .fiches import charge, une_offre

pytestmark = pytest.mark.django_db


@pytest.fixture
def referent():
    return UtilisateurFactory.create(role=Role.REFERENT)


@pytest.fixture
def alerte(referent) -> AlerteOffres:
    recherche = garder_recherche(par=referent, liste="offre:offres", nom="Vélo", requete="mot=velo")
    return activer_alerte(recherche=recherche, par=referent)


def test_une_offre_nouvelle_est_dite_une_seule_fois(alerte, referent) -> None:
    ancienne = une_offre(numero="1", publiee_le=timezone.now() - datetime.timedelta(days=9))
    nouvelle = une_offre(numero="2", etat=EtatOffre.BROUILLON)
    hors_sujet = une_offre(numero="3", etat=EtatOffre.BROUILLON, intitule="Couture", objectifs=["Coudre"])
    assert envoyer_toutes() == 0
    for offre in (nouvelle, hors_sujet):
        publier_offre(offre=offre, par=charge())
    assert envoyer_toutes() == 1
    courriel = mail.outbox[0]
    assert courriel.to == [referent.courriel]
    assert courriel.subject == "1 nouvelle offre : Vélo"
    assert nouvelle.get_absolute_url() in courriel.body
    assert ancienne.get_absolute_url() not in courriel.body
    assert hors_sujet.get_absolute_url() not in courriel.body
    assert envoyer_toutes() == 0
    assert len(mail.outbox) == 1


def test_le_lien_du_courriel_arrete_l_alerte_sans_compte(alerte) -> None:
    publier_offre(offre=une_offre(etat=EtatOffre.BROUILLON), par=charge())
    envoyer_toutes()
    courriel = mail.outbox[0]
    lien = re.search(r"http://testserver(\S*/arreter/\S+)", str(courriel.body))
    assert lien is not None
    assert courriel.extra_headers["List-Unsubscribe"] == f"<http://testserver{lien[1]}>"
    client = Client()
    assert "Arrêter cette alerte" in client.get(lien[1]).content.decode()
    assert AlerteOffres.objects.exists()
    assert "C’est fait" in client.post(lien[1]).content.decode()
    assert not AlerteOffres.objects.exists()
    assert "déjà arrêtée" in client.get(lien[1]).content.decode()
    assert "déjà arrêtée" in client.get(lien[1].replace("arreter/", "arreter/9")).content.decode()


def test_un_compte_ferme_ou_sans_role_ne_recoit_rien(alerte, referent) -> None:
    publier_offre(offre=une_offre(etat=EtatOffre.BROUILLON), par=charge())
    referent.habilitations.all().delete()
    assert envoyer_toutes() == 0
    referent.is_active = False
    referent.save()
    assert envoyer_toutes() == 0
    assert not mail.outbox


def test_l_alerte_se_regle_sur_sa_page_et_seulement_sur_les_siennes(client, referent) -> None:
    recherche = garder_recherche(par=referent, liste="offre:offres", nom="Vélo", requete="mot=velo")
    autre = UtilisateurFactory.create(role=Role.REFERENT)
    with pytest.raises(RegleMetier, match="vos recherches"):
        activer_alerte(recherche=recherche, par=autre)
    client.force_login(referent, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("offre:alerte_regler", args=[recherche.pk])
    assert "Ne plus être prévenu" in client.post(url, {"alerte": "oui"}, follow=True).content.decode()
    assert "Me prévenir par courriel" in client.post(url, {"alerte": "non"}, follow=True).content.decode()
