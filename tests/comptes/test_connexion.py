"""Login, throttled attempts, passwords, preferences."""

from __future__ import annotations

import logging
import re

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pdi.comptes import tasks
from pdi.comptes.models import Role
from pdi.comptes.operations import CHAMPS_SUIVIS
from pdi.comptes.views import mot_de_passe as vues
from pdi.socle.limites import adresse_du_visiteur
from pdi.socle.models import EntreeJournal
from tests.fabriques import MOT_DE_PASSE, UtilisateurFactory

pytestmark = pytest.mark.django_db
CONNEXION = "comptes:connexion"
FAUX = "Ce-nest-pas-le-bon-1"


@pytest.fixture
def agent():
    return UtilisateurFactory.create(courriel="jeanne.exemple@exemple.fr", role=Role.CHARGE_PROGRAMME)


def essayer(client, courriel, mot_de_passe=MOT_DE_PASSE, **suite):
    return client.post(
        reverse(CONNEXION) + suite.pop("requete", ""), {"username": courriel, "password": mot_de_passe} | suite
    )


def connecte(client) -> bool:
    return get_user(client).is_authenticated


@pytest.mark.parametrize(
    "saisie", ["jeanne.exemple@exemple.fr", " Jeanne.Exemple@Exemple.FR "], ids=["exacte", "casse"]
)
def test_on_se_connecte_par_courriel_quelle_que_soit_la_casse(client, agent, saisie):
    reponse = essayer(client, saisie)
    assert reponse.status_code == 302
    assert connecte(client)


def test_la_page_demandee_revient_apres_la_connexion(client, agent):
    assert essayer(client, agent.courriel, next="/journal/").headers["Location"] == "/journal/"


def test_on_ne_sort_pas_de_l_application_apres_la_connexion(client, agent):
    assert "ailleurs" not in essayer(client, agent.courriel, next="https://ailleurs.exemple/").headers["Location"]


def test_inconnu_desactive_et_faux_mot_de_passe_ont_la_meme_reponse(client, agent):
    ferme = UtilisateurFactory.create(is_active=False)
    textes = set()
    for courriel, mot_de_passe in [
        (agent.courriel, FAUX),
        ("inconnu@exemple.fr", FAUX),
        (ferme.courriel, MOT_DE_PASSE),
    ]:
        reponse = essayer(client, courriel, mot_de_passe)
        assert reponse.status_code == 200
        page = reponse.content.decode()
        textes.add(tuple(re.findall(r'id="erreurs".*?</div></div>', page, re.DOTALL)))
    assert len(textes) == 1
    assert not connecte(client)


def test_apres_cinq_essais_le_compte_se_ferme_et_la_page_dit_quoi_faire(client, agent):
    for _ in range(4):
        assert essayer(client, agent.courriel, FAUX).status_code == 200
    reponse = essayer(client, agent.courriel, FAUX)
    assert reponse.status_code == 429
    assert reponse.headers["Retry-After"] == "900"
    page = reponse.content.decode()
    assert "attendez 15\xa0minutes" in page
    assert reverse("comptes:mot_de_passe_oublie") in page
    assert essayer(client, agent.courriel).status_code == 429, "même le bon mot de passe attend"
    assert not connecte(client)


def test_changer_la_casse_ne_donne_pas_cinq_essais_de_plus(client, agent):
    essais = [agent.courriel, agent.courriel.upper(), agent.courriel.title(), f" {agent.courriel}", agent.courriel]
    statuts = [essayer(client, saisie, FAUX).status_code for saisie in essais]
    assert statuts == [200, 200, 200, 200, 429]


def test_un_compte_ferme_n_empeche_pas_les_autres(client, agent):
    for _ in range(5):
        essayer(client, agent.courriel, FAUX)
    autre = UtilisateurFactory.create()
    assert essayer(client, autre.courriel).status_code == 302


def test_un_attaquant_ne_ferme_le_compte_qu_a_lui_meme_derriere_un_mandataire(client, agent, settings):
    settings.NOMBRE_MANDATAIRES = 1
    for rang in range(6):  # what stands left of the last address is written by the visitor
        entete = f"198.51.100.{rang}, 203.0.113.66"
        statut = client.post(
            reverse(CONNEXION), {"username": agent.courriel, "password": FAUX}, headers={"X-Forwarded-For": entete}
        ).status_code
    assert statut == 429
    client.post(
        reverse(CONNEXION), {"username": agent.courriel, "password": MOT_DE_PASSE},
        headers={"X-Forwarded-For": "198.51.100.7"},
    )  # fmt: skip
    assert connecte(client)


@pytest.mark.parametrize("entete", ["", "illisible", "203.0.113.66"], ids=["absente", "illisible", "trop courte"])
def test_sans_adresse_sure_c_est_celle_de_la_connexion(rf, settings, entete):
    settings.NOMBRE_MANDATAIRES = 2 if entete == "203.0.113.66" else 1
    assert adresse_du_visiteur(rf.get("/", headers={"X-Forwarded-For": entete})) == "127.0.0.1"


def test_la_deconnexion_demande_un_formulaire(client, agent):
    client.force_login(agent)
    assert client.get(reverse("comptes:deconnexion")).status_code == 405
    assert connecte(client)
    client.post(reverse("comptes:deconnexion"))
    assert not connecte(client)


# -- forgotten password ----------------------------------------------------------------------------


def recevoir(courriel) -> str | None:
    """Play the worker's part, and return the link received."""
    tasks.envoyer_lien_reinitialisation(courriel=courriel, racine="http://testserver/")
    lien = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body)) if mail.outbox else None
    return lien[1] if lien else None


def test_mot_de_passe_oublie_ne_dit_pas_si_le_compte_existe(client, agent, django_capture_on_commit_callbacks):
    reponses = []
    for courriel in (agent.courriel, "inconnu@exemple.fr"):
        with django_capture_on_commit_callbacks() as messages:
            reponse = client.post(reverse("comptes:mot_de_passe_oublie"), {"email": courriel}, follow=True)
        page = re.sub(r'X-CSRFToken": "\w+"', "", reponse.content.decode())
        reponses.append((reponse.redirect_chain, page, len(messages)))
    assert reponses[0] == reponses[1]
    assert "Si un compte actif" in reponses[0][1]


def test_on_ne_remplit_pas_la_boite_d_un_autre(client, agent, monkeypatch):
    monkeypatch.setattr(vues, "MAXIMUM", 2)
    adresse = reverse("comptes:mot_de_passe_oublie")
    envois = [client.post(adresse, {"email": agent.courriel}, REMOTE_ADDR="203.0.113.20") for _ in range(3)]
    assert [r.status_code for r in envois] == [302, 302, 429]
    assert "Attendez 15\xa0minutes" in envois[-1].content.decode()
    assert client.post(adresse, {"email": agent.courriel}, REMOTE_ADDR="203.0.113.21").status_code == 302


@pytest.mark.parametrize("cas", ["inconnu", "désactivé"])
def test_un_compte_inconnu_ou_desactive_ne_recoit_rien(cas):
    courriel = "inconnu@exemple.fr" if cas == "inconnu" else UtilisateurFactory.create(is_active=False).courriel
    assert recevoir(courriel) is None


class BoiteEnPanne(EmailBackend):
    """A mail server that does not answer the first time."""

    pannes = 1

    def send_messages(self, messages):
        if BoiteEnPanne.pannes:
            BoiteEnPanne.pannes -= 1
            raise ConnectionRefusedError
        return super().send_messages(messages)


def test_un_lien_que_le_serveur_de_courriel_n_a_pas_pris_est_envoye_de_nouveau(agent, settings):
    settings.EMAIL_BACKEND = "tests.comptes.test_connexion.BoiteEnPanne"
    BoiteEnPanne.pannes = 1
    tasks.envoyer_lien_activation.apply(kwargs={"utilisateur_id": agent.pk, "racine": "http://testserver/"})
    assert [m.to for m in mail.outbox] == [[agent.courriel]]


def test_les_sessions_finies_et_les_anciens_essais_s_oublient(client, agent, settings):
    essayer(client, agent.courriel, FAUX)
    essayer(client, agent.courriel)
    Session.objects.create(session_key="finie", session_data="", expire_date=timezone.now())
    tasks.purger_connexions()
    assert [s.session_key for s in Session.objects.all()] == [client.session.session_key]
    assert AccessLog.objects.count() == 1
    settings.CONSERVATION_CONNEXIONS_JOURS = 0
    essayer(Client(), agent.courriel, FAUX)
    assert AccessAttempt.objects.exists()
    tasks.purger_connexions()
    assert not AccessLog.objects.exists()
    assert not AccessAttempt.objects.exists()
    assert connecte(client)


def test_le_lien_recu_change_le_mot_de_passe_une_seule_fois(client, agent):
    lien = recevoir(agent.courriel)
    assert mail.outbox[0].to == [agent.courriel]
    page = client.get(lien, follow=True)
    formulaire = page.redirect_chain[-1][0]
    nouveau = "Une phrase assez longue et neuve"
    reponse = client.post(formulaire, {"new_password1": nouveau, "new_password2": nouveau})
    assert reponse.headers["Location"] == reverse("comptes:reinitialisation_faite")
    assert essayer(client, agent.courriel, nouveau).status_code == 302
    assert "Ce lien ne sert plus" in client.get(lien, follow=True).content.decode()


def test_choisir_un_nouveau_mot_de_passe_rouvre_le_compte_ferme(client, agent):
    for _ in range(5):
        essayer(client, agent.courriel, FAUX)
    formulaire = client.get(recevoir(agent.courriel), follow=True).redirect_chain[-1][0]
    nouveau = "Une phrase assez longue et neuve"
    client.post(formulaire, {"new_password1": nouveau, "new_password2": nouveau})
    assert essayer(client, agent.courriel, nouveau).status_code == 302


@pytest.mark.parametrize(
    ("propose", "dit"),
    [
        ("Court1!", "12 caractères"),
        ("motdepassesimple", "Ajoutez"),
        ("123456789012", "numérique"),
        ("jeanne.exemple@1", "trop semblable|ressembl"),
    ],
    ids=["court", "une seule sorte", "chiffres seuls", "proche du courriel"],
)
def test_un_mot_de_passe_faible_est_refuse_avec_la_raison(client, agent, propose, dit):
    formulaire = client.get(recevoir(agent.courriel), follow=True).redirect_chain[-1][0]
    reponse = client.post(formulaire, {"new_password1": propose, "new_password2": propose})
    assert reponse.status_code == 200
    assert re.search(dit, reponse.content.decode())
    agent.refresh_from_db()
    assert agent.check_password(MOT_DE_PASSE)


def test_changer_son_mot_de_passe_ferme_les_autres_sessions(client, agent):
    from django.test import Client

    ailleurs = Client()
    ailleurs.force_login(agent)
    client.force_login(agent)
    nouveau = "Une phrase assez longue et neuve"
    donnees = {"old_password": MOT_DE_PASSE, "new_password1": nouveau, "new_password2": nouveau}
    assert client.post(reverse("comptes:mot_de_passe_changer"), donnees).status_code == 302
    assert connecte(client)
    assert not connecte(ailleurs)
    entree = EntreeJournal.objects.get(verbe="changement de mot de passe")
    assert nouveau not in str(entree.avant) + str(entree.apres) + entree.commentaire
    assert "password" not in CHAMPS_SUIVIS


# -- preferences -----------------------------------------------------------------------------------


def test_le_theme_suit_le_compte_et_le_navigateur(client, agent):
    client.force_login(agent)
    reponse = client.post(reverse("comptes:preferences"), {"theme": "sombre", "densite": "aeree", "suite": "/journal/"})
    assert reponse.headers["Location"] == "/journal/"
    assert client.cookies["theme"].value == "sombre"
    assert client.cookies["theme"]["httponly"]
    agent.refresh_from_db()
    assert (agent.theme, agent.densite, agent.avis_par_courriel) == ("sombre", "aeree", True)
    assert 'data-theme="sombre"' in client.get(reverse("comptes:compte")).content.decode()


def test_la_page_du_compte_enregistre_aussi_les_avis_par_courriel(client, agent):
    client.force_login(agent)
    client.post(reverse("comptes:preferences"), {"theme": "clair", "densite": "normale", "complet": "True"})
    agent.refresh_from_db()
    assert (agent.theme, agent.avis_par_courriel) == ("clair", False)


@pytest.mark.parametrize("suite", ["https://ailleurs.exemple/", "//ailleurs.exemple", "javascript:alert(1)"])
def test_le_retour_reste_dans_l_application(client, agent, suite):
    client.force_login(agent)
    reponse = client.post(reverse("comptes:preferences"), {"theme": "clair", "suite": suite})
    assert reponse.headers["Location"] == reverse("comptes:compte")


def test_un_visiteur_garde_son_theme_sans_compte(client):
    client.post(reverse("comptes:preferences"), {"theme": "sombre"})
    assert 'data-theme="sombre"' in client.get(reverse(CONNEXION)).content.decode()


@pytest.mark.parametrize("champ", ["theme", "densite"])
def test_une_preference_inconnue_n_est_pas_enregistree(client, agent, champ):
    client.force_login(agent)
    assert client.post(reverse("comptes:preferences"), {champ: "fluo"}).status_code == 422
    agent.refresh_from_db()
    assert agent.theme == "auto"


def test_les_essais_rates_ne_mettent_aucune_adresse_dans_les_journaux(client, agent, caplog):
    caplog.set_level(logging.DEBUG)
    for _ in range(5):
        essayer(client, agent.courriel, FAUX)
    from pdi.socle.journalisation import formateur

    lignes = [formateur().format(enregistrement) for enregistrement in caplog.records]
    assert not [ligne for ligne in lignes if agent.courriel in ligne or FAUX in ligne]
