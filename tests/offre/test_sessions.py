"""Sessions on screen: what lists say of them, who prepares, changes, copies, cancels, and what is refused."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from offre.models import EtatSession, QuotaSession, Session
from offre.operations.sessions import dupliquer_session, ouvrir_session, preparer_session
from offre.regles.sessions import SITUATIONS, Dates, situation
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import OffreFactory, il_y_a

JOUR, VEILLE = datetime.date(2026, 6, 15), datetime.date(2026, 6, 14)


def une(**champs) -> Session:
    base = {"debut": JOUR, "fin": JOUR, "etat": EtatSession.OUVERTE, "capacite": Decimal(2), "prises": Decimal(0)}
    return Session(**(base | champs))


@pytest.mark.parametrize(
    ("champs", "attendue"),
    [
        pytest.param({}, "ouverte", id="ouverte"),
        pytest.param({"prises": Decimal(2)}, "complete", id="pleine"),
        pytest.param({"etat": "fermee"}, "close", id="close"),
        pytest.param({"inscription_jusqu_au": VEILLE}, "close", id="limite-passee"),
        pytest.param({"inscription_jusqu_au": JOUR}, "ouverte", id="dernier-jour-compris"),
        pytest.param({"debut": JOUR - datetime.timedelta(9), "fin": VEILLE}, "passee", id="finie"),
        pytest.param({"fin": None}, "ouverte", id="entrees-permanentes"),
        pytest.param({"etat": "annulee", "fin": VEILLE}, "annulee", id="annulee"),
        pytest.param({"etat": "preparee"}, "preparee", id="en-preparation"),
    ],
)
def test_une_session_se_dit_en_un_mot(champs, attendue):
    assert situation(une(**champs), JOUR) is SITUATIONS[attendue]


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1)), st.integers(0, 200), st.integers(-400, 400))
def test_une_copie_garde_la_duree(debut, duree, ecart):
    dates = Dates(debut, debut + datetime.timedelta(duree), debut)
    copie = dates.a_partir_du(debut + datetime.timedelta(ecart))
    assert copie.fin is not None
    assert copie.fin - copie.debut == datetime.timedelta(duree)
    assert copie.inscription_jusqu_au == copie.debut


# -- on screen --------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def operateur():
    return StructureFactory.create(nom="Atelier du Cycle")


@pytest.fixture
def prestataire(operateur, client):
    utilisateur = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur)
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return utilisateur


@pytest.fixture
def offre(operateur):
    return OffreFactory.create(intitule="Atelier vélo", operateurs=[operateur, StructureFactory.create()])


@pytest.fixture
def session(offre, operateur):
    creee = preparer_session(
        offre=offre, operateur=operateur, par=None, debut=il_y_a(-10), fin=il_y_a(-20), capacite=Decimal(12),
        parts={"brsa": Decimal(4)}, intitule="Session d’automne",
    )  # fmt: skip
    service = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    return ouvrir_session(session=creee, par=service)


def test_un_operateur_prepare_une_session_avec_une_part_reservee_et_l_ouvre(client, prestataire, operateur, offre):
    envoi = {
        "operateur": operateur.pk, "debut": "07/09/2026", "fin": "25/09/2026", "unite": "places", "capacite": "12",
        "part_brsa": "4", "delai_reponse_jours": "5",
    }  # fmt: skip
    reponse = client.post(reverse("offre:session_preparer", args=[offre.pk]), envoi, follow=True)
    creee = Session.objects.get()
    assert creee.etat == EtatSession.PREPAREE
    assert creee.operateur == operateur
    assert "Bénéficiaires du RSA : 4 réservées, 0 prises ; 4 encore gardées" in reponse.content.decode()
    client.post(reverse("offre:session_geste", args=[creee.pk, "ouvrir"]))
    creee.refresh_from_db()
    assert creee.etat == EtatSession.OUVERTE


def test_un_operateur_ne_prepare_rien_pour_un_autre(client, prestataire, offre):
    autre = offre.operateurs.exclude(nom="Atelier du Cycle").get()
    envoi = {"operateur": autre.pk, "debut": "2026-09-07", "unite": "places", "capacite": "12"}
    assert client.post(reverse("offre:session_preparer", args=[offre.pk]), envoi).status_code == 422
    envoi["operateur"] = ""
    assert client.post(reverse("offre:session_preparer", args=[offre.pk]), envoi).status_code == 403
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        pytest.param({"fin": "2026-09-01"}, "finirait avant de commencer", id="fin-avant-debut"),
        pytest.param({"capacite": "0"}, "supérieure à zéro", id="capacite-nulle"),
        pytest.param({"capacite": "3", "part_brsa": "4"}, "dépasse la capacité de 1", id="part-trop-grande"),
        pytest.param({"debut": "demain"}, "« demain » n’est pas une date", id="date-illisible"),
    ],
)
def test_une_saisie_refusee_dit_pourquoi_et_garde_tout(client, prestataire, operateur, offre, champs, phrase):
    envoi = {"operateur": operateur.pk, "debut": "2026-09-07", "unite": "places", "capacite": "12", "horaires": "9 h"}
    reponse = client.post(reverse("offre:session_preparer", args=[offre.pk]), envoi | champs)
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert phrase in page
    assert 'value="9 h"' in page
    assert not Session.objects.exists()


def test_une_copie_reprend_tout_sauf_les_inscrits(session):
    Session.objects.filter(pk=session.pk).update(prises=3)
    session.refresh_from_db()
    copie = dupliquer_session(session=session, debut=il_y_a(-40), par=None)
    assert (copie.debut, copie.fin) == (il_y_a(-40), il_y_a(-50))
    assert copie.prises == 0
    assert copie.etat == EtatSession.PREPAREE
    assert QuotaSession.objects.get(session=copie).reservees == 4


def test_la_liste_commence_par_ce_qui_vient(client, prestataire, session, offre, operateur):
    Session.objects.create(
        offre=offre, operateur=operateur, etat="fermee", capacite=Decimal(3), debut=il_y_a(90), fin=il_y_a(60),
        intitule="Session passée",
    )  # fmt: skip
    page = client.get(reverse("offre:sessions")).content.decode()
    assert page.index("Session d’automne") < page.index("Session passée")


def test_une_part_dont_des_places_sont_prises_ne_se_retire_plus(client, prestataire, session):
    QuotaSession.objects.update(prises=2)
    Session.objects.update(prises=2)
    ecran = reverse("offre:session_modifier", args=[session.pk])
    sans = {"debut": session.debut, "capacite": "12", "delai_reponse_jours": "7"}
    reponse = client.post(ecran, sans)
    assert reponse.status_code == 422
    assert "2 places de cette part sont prises" in reponse.content.decode()
    assert client.post(ecran, sans | {"part_brsa": "2"}).status_code == 302
    assert QuotaSession.objects.get().reservees == 2


def test_deux_saisies_de_la_meme_session_ne_s_ecrasent_pas(client, prestataire, session):
    ecran = reverse("offre:session_modifier", args=[session.pk])
    vue = client.get(ecran).context["empreinte"]
    saisie = {"debut": session.debut, "capacite": "14", "delai_reponse_jours": "7", "part_brsa": "4"}
    Session.objects.filter(pk=session.pk).update(prises=3)  # who enrols meanwhile does not disturb
    assert client.post(ecran, saisie | {"empreinte": vue}).status_code == 302
    retard = client.post(ecran, saisie | {"empreinte": vue, "capacite": "20"})
    assert retard.status_code == 422
    texte = retard.content.decode()
    assert "Quelqu’un a enregistré pendant que vous écriviez" in texte
    assert 'value="20"' in texte
    session.refresh_from_db()
    assert session.capacite == 14
    ensuite = {"empreinte": retard.context["empreinte"], "capacite": "20"}
    assert client.post(ecran, saisie | ensuite).status_code == 302
    session.refresh_from_db()
    assert session.capacite == 20


def test_la_session_pleine_se_trouve_par_son_etat_et_pas_parmi_les_ouvertes(client, prestataire, session):
    Session.objects.filter(pk=session.pk).update(prises=12)
    liste = reverse("offre:sessions")
    assert "Session d’automne" in client.get(f"{liste}?situation=complete").content.decode()
    assert "Aucune session ne correspond" in client.get(f"{liste}?situation=ouverte").content.decode()


def test_trente_sessions_coutent_autant_de_requetes_qu_une(
    client, prestataire, offre, operateur, django_assert_max_num_queries
):
    def requetes() -> int:
        with django_assert_max_num_queries(60) as lues:
            assert client.get(reverse("offre:sessions")).status_code == 200
        return len(lues)

    commun = {"offre": offre, "operateur": operateur, "etat": "ouverte", "capacite": Decimal(5)}
    Session.objects.create(**commun, debut=il_y_a(-1))
    requetes()
    seule = requetes()
    Session.objects.bulk_create(Session(**commun, debut=il_y_a(-n)) for n in range(2, 31))
    assert requetes() == seule
