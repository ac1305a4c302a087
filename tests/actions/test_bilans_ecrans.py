"""Bilans: the screens."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import EtatBilan, ExplicationEcart
from actions.operations.bilans import (
    soumettre_bilan,
)
from tests.actions.bilans import FAIT, bilan_de, ecrire, formulaire
from tests.fabriques import (
    BilanFactory,
    CampagneFactory,
    FicheFactory,
)

pytestmark = pytest.mark.django_db


# -- screens --------------------------------------------------------------------------------------


def test_soumettre_depuis_la_page_montre_les_manques_pres_du_champ(client, pilote):
    bilan = bilan_de(pilote, indicateurs=1)
    client.force_login(pilote)
    url = reverse("actions:bilan_ecrire", args=[bilan.pk])
    champ = f"explication-{bilan.fiche.indicateurs.get().pk}"
    reponse = client.post(url, formulaire(bilan, geste="soumettre", **{champ: "Voir 2024."}))
    texte = reponse.content.decode()
    assert "Il reste 1\u00a0champ à reprendre avant de soumettre" in texte
    assert f'href="#id_{champ}"' in texte
    assert "Dites ce qui explique l’écart" in texte
    assert ExplicationEcart.objects.get(bilan=bilan).texte == "Voir 2024."
    bilan.refresh_from_db()
    reponse = client.post(url, formulaire(bilan, geste="soumettre"), follow=True)
    assert "Soumettre ce bilan" in reponse.content.decode()
    bilan.refresh_from_db()
    assert bilan.etat == EtatBilan.A_RENSEIGNER
    client.post(reverse("actions:bilan_soumettre", args=[bilan.pk]), {"version": bilan.version})
    bilan.refresh_from_db()
    assert bilan.etat == EtatBilan.SOUMIS


def test_un_conflit_rend_la_saisie_avec_les_differences(client, pilote):
    bilan = bilan_de(pilote)
    ancienne = formulaire(bilan, realisations="Ma saisie dans le second onglet.")
    ecrire(bilan, pilote)
    client.force_login(pilote)
    url = reverse("actions:bilan_ecrire", args=[bilan.pk])
    reponse = client.post(url, ancienne)
    texte = reponse.content.decode()
    assert reponse.status_code == 409
    assert "Rien n’est écrasé" in texte
    assert texte.count("Ma saisie dans le second onglet.") == 2  # in the field and in the comparison
    assert FAIT in texte
    bilan.refresh_from_db()
    reponse = client.post(url, ancienne | {"version": bilan.version})
    bilan.refresh_from_db()
    assert bilan.realisations == "Ma saisie dans le second onglet."


def test_l_enregistrement_automatique_repond_la_version_et_l_heure(client, pilote):
    bilan = bilan_de(pilote)
    client.force_login(pilote)
    url = reverse("actions:bilan_brouillon", args=[bilan.pk])
    reponse = client.post(url, formulaire(bilan))
    bilan.refresh_from_db()
    assert reponse.json()["version"] == bilan.version == 2
    assert "\u00a0h\u00a0" in reponse.json()["heure"]
    reponse = client.post(url, formulaire(bilan, version=1, realisations="Autre."))
    assert reponse.status_code == 409
    assert "rien n’est écrasé" in reponse.json()["message"]


def test_reprendre_le_texte_de_l_annee_precedente(client, pilote):
    bilan = bilan_de(pilote)
    ancienne = CampagneFactory.create(programme=bilan.campagne.programme, annee=2024)
    BilanFactory.create(fiche=bilan.fiche, campagne=ancienne, etat=EtatBilan.VALIDE, realisations="Texte de 2024.")
    client.force_login(pilote)
    url = reverse("actions:bilan_ecrire", args=[bilan.pk])
    assert "Reprendre le texte de 2024" in client.get(url).content.decode()
    client.post(url, formulaire(bilan, realisations="Début.", geste="texte-realisations"))
    bilan.refresh_from_db()
    assert bilan.realisations == "Début.\n\nTexte de 2024."


def test_la_relecture_enchaine_les_bilans(client, chargee, pilote):
    premier = soumettre_bilan(bilan=ecrire(bilan_de(pilote), pilote), par=pilote)
    fiche = FicheFactory.create(programme=premier.campagne.programme, ordre=premier.fiche.ordre + 1)
    second = BilanFactory.create(fiche=fiche, campagne=premier.campagne, etat=EtatBilan.SOUMIS)
    client.force_login(chargee)
    url = reverse("actions:campagne_relire", args=[premier.campagne.programme.code, premier.campagne.annee])
    reponse = client.get(url, follow=True)
    assert "Bilan 1 sur 2 à relire" in reponse.content.decode()
    reponse = client.post(reverse("actions:bilan_renvoyer", args=[premier.pk]), {"commentaire": "", "suite": "1"})
    assert "demande un commentaire" in reponse.content.decode()
    reponse = client.post(
        reverse("actions:bilan_valider", args=[premier.pk]), {"version": premier.version, "suite": "1"}, follow=True
    )
    assert reponse.redirect_chain[-1][0] == reverse("actions:bilan_relire", args=[second.pk])
    reponse = client.post(
        reverse("actions:bilan_renvoyer", args=[second.pk]), {"commentaire": "À compléter.", "suite": "1"}, follow=True
    )
    assert "Tous les bilans soumis sont relus" in reponse.content.decode()


@pytest.mark.parametrize("nom", ["bilan", "bilan_ecrire"])
def test_la_page_demande_autant_de_requetes_pour_un_indicateur_que_pour_trente(client, pilote, nom):
    client.force_login(pilote)
    mesures = []
    for indicateurs in (1, 30):
        url = reverse(f"actions:{nom}", args=[bilan_de(pilote, indicateurs=indicateurs).pk])
        client.get(url)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(url).status_code == 200
        mesures.append(len(requetes))
    assert mesures[0] == mesures[1]


def test_la_liste_demande_autant_de_requetes_pour_un_bilan_que_pour_trente(client, pilote):
    client.force_login(pilote)
    mesures = []
    for nombre in (1, 20):
        for _ in range(nombre):
            bilan_de(pilote)
        client.get(reverse("actions:bilans"))
        with CaptureQueriesContext(connection) as requetes:
            client.get(reverse("actions:bilans"))
        mesures.append(len(requetes))
    assert mesures[0] == mesures[1]


def test_mes_bilans_commencent_par_le_bilan_renvoye(client, pilote):
    bilan_de(pilote)
    renvoye = bilan_de(pilote, etat=EtatBilan.A_CORRIGER)
    BilanFactory.create()
    client.force_login(pilote)
    reponse = client.get(reverse("actions:bilans"))
    assert reponse.context["a_ecrire"][0] == renvoye
    assert "2\u00a0bilans vous attendent" in reponse.content.decode()
    assert len(reponse.context["rangs"]) == 2


def test_un_bilan_non_valide_d_une_autre_fiche_est_introuvable(client, pilote):
    client.force_login(pilote)
    assert client.get(BilanFactory.create().get_absolute_url()).status_code == 404
    valide = BilanFactory.create(etat=EtatBilan.VALIDE)
    assert client.get(valide.get_absolute_url()).status_code == 200
    assert client.get(reverse("actions:bilan_ecrire", args=[valide.pk])).status_code == 403
