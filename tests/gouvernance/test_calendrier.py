"""The calendar of a year with more meetings than a page should show."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gouvernance.calendrier import SEANCES_PAR_MOIS
from gouvernance.models import Instance, Seance
from pdi.comptes.models import Role
from tests.fabriques import DepartementFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lecteur(client):
    utilisateur = UtilisateurFactory.create(role=Role.ENCADRANT)
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return utilisateur


def tenir(combien, mois=5, jour=1):
    instance = Instance.objects.create(
        departement=DepartementFactory.create(code="91"), nom=f"Comité {mois}", nature="comite_technique"
    )
    debut = datetime.datetime(2027, mois, jour, 9, tzinfo=timezone.get_current_timezone())
    Seance.objects.bulk_create(
        [
            Seance(instance=instance, debut=debut + datetime.timedelta(hours=n), objet=f"Réunion {mois}-{n:02}",
                   etat="convoquee")
            for n in range(combien)
        ]
    )  # fmt: skip


def test_un_mois_charge_renvoie_a_la_liste_du_mois(client, lecteur):
    tenir(SEANCES_PAR_MOIS + 5)
    tenir(2, mois=6)
    page = client.get(reverse("gouvernance:seances_calendrier"), {"annee": 2027}).content.decode()
    assert f"Réunion 5-{SEANCES_PAR_MOIS - 1:02}" in page
    assert f"Réunion 5-{SEANCES_PAR_MOIS:02}" not in page
    assert "Réunion 6-01" in page
    adresse = f"{reverse('gouvernance:seances')}?annee=2027&amp;mois=5&amp;tri=debut"
    assert f'<a href="{adresse}">5\u00a0autres séances en mai</a>' in page
    liste = client.get(adresse.replace("&amp;", "&"))
    assert "Réunion 5-24" in liste.content.decode()
    assert "Réunion 6-01" not in liste.content.decode()


def test_le_mois_est_celui_de_l_heure_locale(client, lecteur):
    tenir(1, mois=5, jour=31)
    Seance.objects.update(debut=datetime.datetime(2027, 5, 31, 22, 30, tzinfo=datetime.UTC))
    page = client.get(reverse("gouvernance:seances_calendrier"), {"annee": 2027}).content.decode()
    juin = page.split('id="mois-6"')[1].split('id="mois-7"')[0]
    assert "Réunion 5-00" in juin


def test_le_nombre_de_requetes_du_calendrier_ne_depend_pas_des_seances(client, lecteur):
    def requetes():
        with CaptureQueriesContext(connection) as vues:
            client.get(reverse("gouvernance:seances_calendrier"), {"annee": 2027})
        return len(vues)

    tenir(1)
    requetes()
    avant = requetes()
    tenir(60, mois=7)
    assert requetes() == avant


def test_un_mois_se_lit_jour_par_jour_et_garde_le_filtre_d_un_mois_a_l_autre(client, lecteur):
    tenir(1, mois=12, jour=31)
    tenir(1, mois=11, jour=30)
    instance = Instance.objects.get(nom="Comité 12")
    ecran = reverse("gouvernance:seances_calendrier")
    page = client.get(ecran, {"annee": 2027, "mois": 12, "instance": instance.pk}).content.decode()
    jour = page.split("Vendredi </span>31")[1].split("</td>")[0]
    assert "Réunion 12-00" in jour
    assert "Réunion 11-00" not in page
    suivant = client.get(ecran + page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    assert "Les séances de janvier 2028" in suivant.content.decode()
    assert suivant.context["filtres"].valeurs["instance"] == str(instance.pk)
    fevrier = client.get(ecran, {"annee": 2028, "mois": 2}).content.decode()
    assert "Aucune séance ce mois-ci" in fevrier
    Seance.objects.filter(instance=instance).update(
        debut=datetime.datetime(2028, 2, 29, 23, 30, tzinfo=timezone.get_current_timezone())
    )
    assert "Mardi </span>29" in client.get(ecran, {"annee": 2028, "mois": 2}).content.decode()
