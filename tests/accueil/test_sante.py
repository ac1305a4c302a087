"""/sante: what a supervision tool reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.db import OperationalError, connection
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stockage():
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)


def test_sans_travailleur_le_site_se_dit_degrade(client):
    reponse = client.get(reverse("accueil:sante"))
    assert reponse.status_code == 503
    assert reponse.json() == {"etat": "dégradé", "base": True, "courtier": True, "stockage": True, "worker": False}
    assert "no-store" in reponse["Cache-Control"]


@pytest.mark.celery
def test_tout_repond_avec_un_travailleur(client, worker_celery):
    reponse = client.get(reverse("accueil:sante"))
    assert reponse.status_code == 200
    assert reponse.json()["etat"] == "en service"


def test_un_stockage_absent_est_signale(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "absent"
    assert client.get(reverse("accueil:sante")).json()["stockage"] is False


def test_une_base_muette_est_signalee_sans_detail(client):
    def refuser(*_args):
        raise OperationalError('connexion à "10.1.2.3" refusée, utilisateur pdi')

    with connection.execute_wrapper(refuser):
        reponse = client.get(reverse("accueil:sante"))
    assert reponse.status_code == 503
    assert reponse.json()["base"] is False
    assert "10.1.2.3" not in reponse.content.decode()


def test_un_courtier_muet_est_signale(client, monkeypatch):
    perdue = Celery("essai", broker="redis+socket:///nulle/part.sock", set_as_current=False)
    monkeypatch.setattr("pdi.accueil.sante.app", perdue)
    corps = client.get(reverse("accueil:sante")).json()
    assert corps["courtier"] is False
    assert corps["worker"] is False


def test_on_ne_peut_que_lire(client):
    assert client.post(reverse("accueil:sante")).status_code == 405
