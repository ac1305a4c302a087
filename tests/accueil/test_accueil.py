"""The home page: what waits for me, and nothing of what does not concern me."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from actions.models import EtatBilan, TypeRole
from pdi.accueil.file import echeance
from pdi.comptes.models import Role
from tests.fabriques import (
    BilanFactory,
    CampagneFactory,
    FicheFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)
from tests.fabriques_parcours import AideFactory, ContratFactory, EntretienFactory, personne_suivie

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilote(client: Client):
    """A pilote logged in, with one fiche in an open campaign of the running year."""
    service = StructureFactory.create()
    utilisateur = UtilisateurFactory.create(prenom="Claire", role=Role.PILOTE, structure=service)
    annee = timezone.localdate().year
    programme = ProgrammeFactory.create(annee_debut=annee - 3, annee_fin=annee + 1)
    campagne = CampagneFactory.create(programme=programme, annee=annee)
    fiche = FicheFactory.create(programme=programme, numero="2.1")
    RoleFicheFactory.create(fiche=fiche, structure=service, type=TypeRole.PILOTE)
    client.force_login(utilisateur)
    return {"service": service, "campagne": campagne, "fiche": fiche, "programme": programme}


def test_un_bilan_a_rediger_ouvre_la_journee(client: Client, pilote) -> None:
    """The pilote reads it in the title, and the queue leads straight to the writing page."""
    bilan = BilanFactory.create(campagne=pilote["campagne"], fiche=pilote["fiche"], etat=EtatBilan.A_RENSEIGNER)
    page = client.get(reverse("accueil:accueil")).content.decode()
    assert "Bonjour Claire, un bilan à rédiger" in page
    assert reverse("actions:bilan_ecrire", args=[bilan.pk]) in page
    assert "fiche que je pilote" in page


def test_le_bilan_d_un_autre_service_ne_me_concerne_pas(client: Client, pilote) -> None:
    """Another service's bilan is not in my queues."""
    BilanFactory.create(
        campagne=pilote["campagne"], fiche=FicheFactory.create(programme=pilote["programme"], numero="9.9")
    )
    page = client.get(reverse("accueil:accueil")).content.decode()
    assert "bilan à rédiger" not in page
    assert "9.9" not in page


def test_le_charge_de_programme_voit_les_bilans_a_relire(client: Client, pilote) -> None:
    """The manager's queue counts the submitted bilans."""
    BilanFactory.create(campagne=pilote["campagne"], fiche=pilote["fiche"], etat=EtatBilan.SOUMIS)
    client.force_login(UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    page = client.get(reverse("accueil:accueil")).content.decode()
    assert "bilan à relire" in page
    assert "Le programme par axe" in page


def test_le_programme_qui_suit_ne_cache_pas_celui_qui_court(client: Client, pilote) -> None:
    """While two programmes overlap, each fiche keeps the bilan of its own campaign; one in preparation waits."""
    annee = timezone.localdate().year
    BilanFactory.create(campagne=pilote["campagne"], fiche=pilote["fiche"], etat=EtatBilan.SOUMIS)
    ProgrammeFactory.create(annee_debut=annee, annee_fin=annee + 4, intitule_court="Brouillon", etat="preparation")
    suivant = ProgrammeFactory.create(annee_debut=annee, annee_fin=annee + 4, intitule_court="Suivant")
    fiche = FicheFactory.create(programme=suivant, numero="7.7")
    RoleFicheFactory.create(fiche=fiche, structure=pilote["service"], type=TypeRole.PILOTE)
    page = client.get(reverse("accueil:accueil")).content.decode()
    assert "Attendre la relecture" in page
    assert f"Campagne {annee} du programme {pilote['programme']}" in page
    assert f"Programme {suivant}. Aucune campagne de bilans n’est ouverte." in page
    assert "Brouillon" not in page


def test_un_referent_sans_tache_sait_ou_aller(client: Client) -> None:
    """No queue: the page says so and offers what can be read."""
    client.force_login(UtilisateurFactory.create(role=Role.REFERENT))
    page = client.get(reverse("accueil:accueil")).content.decode()
    assert "Aucune tâche ne vous attend" in page
    assert reverse("actions:indicateurs") in page


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_fiches(
    client: Client, pilote, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """One fiche or thirty: the same queries, few of them."""
    for numero in range(30):
        fiche = FicheFactory.create(programme=pilote["programme"], numero=f"5.{numero}")
        RoleFicheFactory.create(fiche=fiche, structure=pilote["service"], type=TypeRole.PILOTE)
        BilanFactory.create(campagne=pilote["campagne"], fiche=fiche, etat=EtatBilan.A_RENSEIGNER)
    with django_assert_max_num_queries(20):
        reponse = client.get(reverse("accueil:accueil"))
    assert "30 bilans à rédiger" in reponse.content.decode()


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 12, 31)), st.integers(-400, 400))
def test_une_echeance_passee_est_toujours_en_retard(jour: datetime.date, decalage: int) -> None:
    """The limit day is included; the day after it is late, and the words count the days."""
    ton, mots, _icone = echeance(jour, jour + datetime.timedelta(days=decalage))
    assert (ton == "retard") == (decalage < 0)
    if decalage < 0:
        assert str(-decalage) in mots


def test_un_referent_trouve_ses_rendez_vous_et_ses_raccourcis(client: Client) -> None:
    """The next meetings are read on the home page; those of a colleague, or held already, are not."""
    structure = StructureFactory.create()
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    collegue = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    client.force_login(referent)
    personne = personne_suivie(referent=referent, nom_naissance="Attendue")
    tenue = personne_suivie(referent=referent, nom_naissance="Recue")
    autre = personne_suivie(referent=collegue, nom_naissance="Voisine")
    dans_deux_jours = timezone.now() + datetime.timedelta(days=2)
    for qui, agent, etat in ((personne, referent, "prevu"), (tenue, referent, "tenu"), (autre, collegue, "prevu")):
        quand = dans_deux_jours if etat == "prevu" else timezone.now() - datetime.timedelta(days=1)
        EntretienFactory.create(personne=qui, agent=agent, etat=etat, debut=quand)
    page = client.get(reverse("accueil:accueil")).content.decode()
    assert "ATTENDUE" in page
    assert "RECUE" not in page
    assert "VOISINE" not in page
    assert "Mon agenda" in page
    assert ">Le programme<" not in page


def test_ce_qui_attend_une_decision_ou_revient_ouvre_la_journee(client: Client) -> None:
    """A contract sent back is on the home page of its référent, an aid to decide on that of the encadrant."""
    structure = StructureFactory.create()
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure)
    personne = personne_suivie(referent=referent, structure=structure)
    contrat = ContratFactory.create(
        personne=personne, orientation=personne.orientations.get(), referent=referent, etat="a_corriger"
    )
    aide = AideFactory.create(personne=personne, demandee_par=referent)
    le_contrat, l_aide = reverse("parcours:contrat", args=[contrat.pk]), reverse("parcours:aide", args=[aide.pk])
    for qui, mots, ouvre, tait in (
        (referent, "contrat renvoyé à corriger", le_contrat, l_aide),
        (encadrant, "aide à décider", l_aide, le_contrat),
    ):
        client.force_login(qui)
        page = client.get(reverse("accueil:accueil")).content.decode()
        assert mots in page
        assert f'href="{ouvre}"' in page
        assert f'href="{tait}"' not in page


def test_un_pilote_n_a_pas_d_agenda_sur_son_accueil(client: Client, pilote) -> None:
    """Who follows nobody keeps the programme first."""
    page = client.get(reverse("accueil:accueil")).content.decode()
    assert "Mes prochains rendez-vous" not in page
    assert "Chercher une personne</a>" not in page
