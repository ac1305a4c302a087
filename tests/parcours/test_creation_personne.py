"""Creation without silent duplicates, NIR never shown back, what someone new still lacks."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from parcours.doublons import candidats
from parcours.models import (
    Personne,
    PersonnesDistinctes,
)
from parcours.operations.identite import enregistrer_nir
from parcours.operations.personnes import MODIFIEE, modifier_identite
from parcours.regles.doublons import Identite, Rapport, comparer, dates_proches
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from pdi.socle.models import EntreeJournal
from pdi.structures.models import NatureStructure
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    CommuneFactory,
    TerritoireFactory,
    personne_suivie,
)
from tests.parcours.creation import creer

pytestmark = pytest.mark.django_db
NIR = "185057800608491"
NAISSANCE = datetime.date(1985, 3, 12)


@pytest.fixture
def agent(client: Client) -> Any:
    utilisateur = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    client.force_login(utilisateur)
    return utilisateur


# -- duplicates ------------------------------------------------------------------------------------


def identite(nom: str, prenoms: str, naissance: datetime.date | None = NAISSANCE, usage: str = "") -> Identite:
    return Identite(nom, usage, prenoms, naissance)


@pytest.mark.parametrize(
    ("une", "autre", "attendu"),
    [
        (identite("Lefèvre", "Élodie"), identite("LEFEVRE", "elodie marie"), Rapport.MEME),
        (identite("Lefèvre", "Élodie"), identite("Martin", "Élodie", usage="Lefevre"), Rapport.MEME),
        (identite("Lefèvre", "Élodie"), identite("Lefebvre", "Elodie"), Rapport.PROCHE),
        (identite("Dupont", "Jean"), identite("Jean", "Dupont"), Rapport.PROCHE),
        (identite("Dupont", "Jean"), identite("Dupont", "Jean", datetime.date(1985, 12, 3)), Rapport.PROCHE),
        (identite("Dupont", "Jean"), identite("Dupont", "Jean", None), Rapport.PROCHE),
        (identite("Lefèvre", "Élodie"), identite("Lefèvre-Martin", "Élodie"), Rapport.PROCHE),
        (identite("Dupont", "Jean"), identite("Dupont", "Jean", datetime.date(1999, 7, 1)), Rapport.AUTRE),
        (identite("Dupont", "Jean"), identite("Durand", "Sophie"), Rapport.AUTRE),
    ],
    ids=["accents", "usage", "faute", "inverses", "jour et mois", "sans date", "nom composé", "date", "autre"],
)  # fmt: skip
def test_deux_identites_se_comparent(une: Identite, autre: Identite, attendu: Rapport):
    assert comparer(une, autre) is attendu


@given(st.dates(datetime.date(1930, 1, 1), datetime.date(2020, 12, 31)), st.dates(datetime.date(1930, 1, 1)))
def test_la_proximite_des_dates_est_symetrique(une: datetime.date, autre: datetime.date):
    assert dates_proches(une, une)
    assert dates_proches(une, autre) == dates_proches(autre, une)


def test_une_personne_connue_se_montre_avant_d_etre_creee_deux_fois(client: Client, agent):
    connue = personne_suivie(nom_naissance="LEFEVRE TAMPON", prenoms="Elodie", date_naissance=NAISSANCE)
    reponse = creer(client)
    assert reponse.status_code == 422
    contenu = reponse.content.decode()
    assert connue.get_absolute_url() in contenu
    assert "12/03/1985" in contenu
    assert Personne.objects.count() == 1
    reponse = creer(client, distinctes=[connue.pk])
    creee = Personne.objects.exclude(pk=connue.pk).get()
    assert reponse.headers["Location"] == creee.get_absolute_url()
    assert PersonnesDistinctes.objects.get().premiere == connue
    # Told apart once for all: neither is proposed for the other again.
    assert candidats(Identite("Lefèvre-Tampon", "", "Élodie", NAISSANCE), utilisateur=agent, personne=creee.pk) == []


def test_hors_de_son_perimetre_le_doublon_se_dit_sans_nommer(client: Client):
    ici = TerritoireFactory.create()
    agent = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    agent.habilitations.update(territoire=ici)
    client.force_login(agent)
    connue = personne_suivie(nom_naissance="Lefèvre Tampon", prenoms="Élodie Zoé", date_naissance=NAISSANCE)
    contenu = creer(client).content.decode()
    assert "hors de votre périmètre" in contenu
    assert connue.get_absolute_url() not in contenu
    assert "Zoé" not in contenu


def test_le_meme_nir_designe_la_meme_personne(client: Client, agent):
    connue = personne_suivie(nom_naissance="Autrement", prenoms="Nommée", date_naissance=datetime.date(1970, 1, 1))
    enregistrer_nir(personne=connue, nir=NIR, par=None)
    contenu = creer(client, nir=NIR[:13]).content.decode()
    assert "même numéro de sécurité sociale" in contenu
    assert NIR[:13] not in contenu


def test_le_nir_voyage_scelle_et_ne_se_reaffiche_jamais(client: Client, agent):
    connue = personne_suivie(nom_naissance="Lefèvre-Tampon", prenoms="Élodie", date_naissance=NAISSANCE)
    contenu = creer(client, nir=NIR).content.decode()
    assert NIR not in contenu
    scelle = contenu.split('name="nir_scelle" value="')[1].split('"')[0]
    creer(client, distinctes=[connue.pk], nir_scelle=scelle)
    creee = Personne.objects.exclude(pk=connue.pk).get()
    assert creee.nir_empreinte is not None
    page = client.get(reverse("parcours:personne_identite", args=[creee.pk])).content.decode()
    assert "Numéro de sécurité sociale enregistré" in page
    assert NIR[:13] not in page
    assert not EntreeJournal.objects.filter(commentaire__contains=NIR[:13]).exists()


def test_un_nir_faux_garde_le_reste_de_la_saisie(client: Client, agent):
    reponse = creer(client, nir="185057800608400")
    assert reponse.status_code == 422
    contenu = reponse.content.decode()
    assert "n’est pas valide" in contenu
    assert "Lefèvre-Tampon" in contenu
    assert "185057800608400" not in contenu


def test_on_ne_cree_pas_une_personne_qu_on_ne_retrouverait_pas(client: Client):
    ici, ailleurs = TerritoireFactory.create(), TerritoireFactory.create()
    proche, lointaine = CommuneFactory.create(territoire=ici), CommuneFactory.create(territoire=ailleurs)
    agent = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    agent.habilitations.update(territoire=ici)
    client.force_login(agent)
    contenu = creer(client, commune=lointaine.nom).content.decode()
    assert f"relève de {ailleurs.nom}" in contenu
    assert f"Vous suivez {ici.nom}." in contenu
    assert not Personne.objects.exists()
    assert creer(client, commune=proche.nom).status_code == 302


def test_la_modification_d_un_autre_n_est_pas_ecrasee(agent):
    personne = personne_suivie()
    modifier_identite(personne=personne, valeurs={"lieu_naissance": "Évry"}, par=agent, version=1)
    with pytest.raises(RegleMetier, match=MODIFIEE):
        modifier_identite(personne=personne, valeurs={"lieu_naissance": "Massy"}, par=agent, version=1)
    personne.refresh_from_db()
    assert personne.lieu_naissance == "Évry"


def test_le_telephone_s_ecrit_par_paires(client: Client, agent):
    personne = personne_suivie()
    adresse = reverse("parcours:personne_contacts", args=[personne.pk])
    assert client.post(adresse, {"telephone": "12", "canal": "sms"}).status_code == 422
    client.post(adresse, {"telephone": "+33 1.60.12-34 56", "canal": "telephone"})
    personne.refresh_from_db()
    assert personne.telephone == "01 60 12 34 56"


# -- someone new -----------------------------------------------------------------------------------


def test_une_personne_nouvelle_dit_ce_qui_lui_manque_pour_entrer(client: Client, agent: Any):
    reponse = creer(client)
    assert reponse.status_code == 302
    personne = Personne.objects.get(nom_naissance="Lefèvre-Tampon")
    page = reverse("parcours:personne", args=[personne.pk])
    contenu = client.get(page).content.decode()
    assert "Enregistrer le dossier RSA" in contenu
    assert "Rien n’est en attente" not in contenu

    caf = StructureFactory.create(nom="CAF d’essai", nature=NatureStructure.PROTECTION_SOCIALE)
    StructureFactory.create(nom="Caisse primaire d’assurance maladie", nature=NatureStructure.PROTECTION_SOCIALE)
    ecran = reverse("parcours:dossier_ajouter", args=[personne.pk])
    contenu = client.get(ecran).content.decode()
    assert "CAF d’essai" in contenu
    assert "assurance maladie" not in contenu
    dossier = {"numero": "91026004512", "organisme_payeur": caf.pk, "demande_le": "2026-01-05"}
    client.post(ecran, dossier)
    contenu = client.get(page).content.decode()
    assert "Dire si les droits et devoirs s’appliquent" in contenu
    assert "1\u00a0personne" in contenu

    droits = {"dossier": personne.places.get().foyer.dossiers.get().pk, "debut": "2026-01-05", "recu": "oui"}
    client.post(reverse("parcours:droits_devoirs_ajouter", args=[personne.pk]), droits)
    contenu = client.get(page).content.decode()
    assert "Dire si les droits et devoirs s’appliquent" not in contenu
