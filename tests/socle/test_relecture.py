"""A page given again as it was: cheap while nothing is written, never an instant late when something is."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import FicheAction
from actions.operations.suivi import ajouter_note
from pdi.comptes.models import Role
from pdi.comptes.operations import changer_preferences, retirer_habilitation
from pdi.socle.ecritures import SANS_TEMOIN, marques, rassembler, tables
from pdi.socle.models import Avis, Ecriture
from tests.actions.lecture import connecter
from tests.fabriques import AxeFactory, FicheFactory, ProgrammeFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db
A_CHAQUE_FOIS = 4  # session, account, what the shell shows, prints of the tables


@pytest.fixture
def fiche() -> FicheAction:
    programme = ProgrammeFactory.create(date_adoption=datetime.date(2022, 3, 28))
    axe = AxeFactory.create(programme=programme, numero="2", intitule="Cibler l’accompagnement")
    return FicheFactory.create(axe=axe, numero="2.1", intitule="Accélérer les premières étapes")


@pytest.fixture
def lectrice():
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, prenom="Hélène", nom="Modèle")


@pytest.fixture
def client(lectrice, fiche) -> Client:
    """Give a browser that has read the page twice: it has its cookies, and the page is kept."""
    client = connecter(lectrice)
    for _ in range(2):
        client.get(fiche.get_absolute_url())
    return client


def lire(client: Client, fiche: FicheAction) -> tuple[str, int]:
    """Return the page and the number of queries it took."""
    with CaptureQueriesContext(connection) as requetes:
        reponse = client.get(fiche.get_absolute_url())
    assert reponse.status_code == 200
    return reponse.content.decode(), len(requetes)


def test_relue_elle_est_la_meme_sans_relire_la_fiche(client, fiche):
    premiere, combien = lire(client, fiche)
    seconde, encore = lire(client, fiche)
    assert premiere == seconde
    assert "Accélérer les premières étapes" in seconde
    assert combien == encore == A_CHAQUE_FOIS


def test_ce_qui_vient_d_etre_ecrit_se_voit_aussitot(client, fiche, lectrice):
    ajouter_note(fiche=fiche, texte="Le partenaire a changé de nom.", par=lectrice)
    assert "Le partenaire a changé de nom." in lire(client, fiche)[0]
    FicheAction.objects.filter(pk=fiche.pk).update(intitule="Accompagner autrement")  # whatever writes it
    assert "Accompagner autrement" in lire(client, fiche)[0]
    AxeFactory.create(programme=fiche.programme, numero="3", intitule="Un axe de plus")
    assert lire(client, fiche)[1] > A_CHAQUE_FOIS


def test_une_ecriture_annulee_ne_laisse_rien(client, fiche):
    with transaction.atomic():
        FicheAction.objects.filter(pk=fiche.pk).update(intitule="Jamais adopté")
        assert "Jamais adopté" in lire(client, fiche)[0]
        transaction.set_rollback(True)
    page, _ = lire(client, fiche)
    assert "Jamais adopté" not in page
    assert "Accélérer les premières étapes" in page


def test_un_droit_retire_ferme_la_page_gardee(client, fiche, lectrice):
    retirer_habilitation(
        habilitation=lectrice.habilitations.get(), par=UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    )
    assert client.get(fiche.get_absolute_url()).status_code in {403, 404}


def test_elle_n_est_que_de_son_lecteur(client, fiche):
    autre = connecter(UtilisateurFactory.create(role=Role.DIRECTION, prenom="Dominique", nom="Exemple"))
    for _ in range(3):
        page, _ = lire(autre, fiche)
    assert "Dominique" in page
    assert "Hélène" not in page
    assert client.get(fiche.get_absolute_url()).content.decode() != page


def test_un_avis_une_preference_et_un_message_se_voient(client, fiche, lectrice):
    avant, _ = lire(client, fiche)
    Avis.objects.create(destinataire=lectrice, titre="Un bilan attend")
    assert lire(client, fiche)[0] != avant
    changer_preferences(par=lectrice, valeurs={"theme": "sombre"})
    assert 'data-theme="sombre"' in lire(client, fiche)[0]
    client.post(reverse("actions:note_ajouter", args=[fiche.pk]), {"texte": "Note lue", "date": "2022-04-01"})
    dite, redite = lire(client, fiche)[0], lire(client, fiche)[0]
    assert 'class="messages"' in dite
    assert 'class="messages"' not in redite
    assert "Note lue" in redite


def test_sans_memoire_la_page_est_faite(client, fiche, settings):
    memoire = dict(settings.CACHES["default"], LOCATION="redis://127.0.0.1:1/0")
    settings.CACHES = {"default": memoire}
    page, combien = lire(client, fiche)
    assert "Accélérer les premières étapes" in page
    assert combien > A_CHAQUE_FOIS


def test_le_formulaire_d_une_page_gardee_s_envoie(lectrice, fiche):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lectrice, backend="django.contrib.auth.backends.ModelBackend")
    for _ in range(3):
        page = client.get(fiche.get_absolute_url()).content.decode()
    jeton = re.search(r'X-CSRFToken": "(\w+)"', page)
    assert jeton
    reponse = client.post(reverse("comptes:deconnexion"), {"csrfmiddlewaretoken": jeton[1]})
    assert reponse.status_code == 302
    assert client.get(fiche.get_absolute_url()).status_code == 302  # the page kept is not for who has left


def test_se_connecter_n_ecrit_rien_qui_se_lise(lectrice):
    avant = marques()
    connecter(lectrice)
    assert dict(marques()).get("comptes_utilisateur") == dict(avant).get("comptes_utilisateur")


def test_chaque_table_a_son_temoin():
    with connection.cursor() as curseur:
        curseur.execute("SELECT relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE tgname = 'temoin'")
        avec = {nom for (nom,) in curseur.fetchall()}
    assert tables() - SANS_TEMOIN == avec


def test_rassembler_garde_une_ligne_par_table_et_change_les_marques(fiche):
    for intitule in ("Un", "Deux", "Trois"):
        FicheAction.objects.filter(pk=fiche.pk).update(intitule=intitule)
    avant = dict(marques())
    assert rassembler() == sum(int(marque.split()[0]) for marque in avant.values())
    apres = dict(marques())
    assert apres.keys() == avant.keys()
    assert all(apres[table] != avant[table] for table in avant)
    assert Ecriture.objects.count() == len(apres)
