"""Bodies: those of the source documents, the list, one's page, mandates that follow one another, who sees names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gouvernance.models import Instance, Membre
from gouvernance.operations.instances import ajouter_membre, charger_instances, terminer_mandat
from gouvernance.regles.instances import NATURES
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import DepartementFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import il_y_a

FIXTURE = Path(settings.DOSSIER_DONNEES) / "gouvernance.json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def service(client):
    utilisateur = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, nom="Service")
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return utilisateur


@pytest.fixture
def comite():
    return Instance.objects.create(
        departement=DepartementFactory.create(code="91"), nom="Comité de pilotage", nature="comite_pilotage"
    )


def siege(instance, **champs):
    base = {"nom": "Ada Modèle", "mandat": DateRange(il_y_a(100), None)}
    return Membre.objects.create(instance=instance, **(base | champs))


def test_les_instances_des_cinq_documents_se_chargent_une_fois(comite):
    lues = json.loads(FIXTURE.read_text(encoding="utf-8"))["instances"]
    assert charger_instances(chemin=FIXTURE) == len(lues) == 53
    assert charger_instances(chemin=FIXTURE) == 0
    assert {lue["nature"] for lue in lues} <= set(NATURES)
    siennes = Instance.objects.filter(departement="91", reference=False)
    assert siennes.count() == 19 + 1
    assert not Instance.objects.filter(reference=False).exclude(departement="91").exists()
    pilotage = siennes.get(nom="Comité de pilotage du PTI/PDI")
    assert pilotage.seances_par_an == 1
    assert pilotage.animateur == "Élu en charge de l’insertion"


def test_la_liste_filtre_dit_les_references_et_fait_autant_de_requetes_pour_trente(
    client, service, comite, django_assert_num_queries
):
    siege(comite)
    ecran = reverse("gouvernance:instances")
    client.get(ecran)
    with CaptureQueriesContext(connection) as une:
        client.get(ecran)
    charger_instances(chemin=FIXTURE)
    with django_assert_num_queries(len(une)):
        page = client.get(ecran).content.decode()
    assert "Comité de pilotage" in page
    filtree = client.get(ecran, {"departement": "19", "nature": "ep"}).content.decode()
    assert "Référence, Corrèze" in filtree
    assert "Comité technique d’Essonne Mobilités" not in filtree


def test_une_instance_se_cree_puis_une_saisie_depassee_ne_l_ecrase_pas(client, service):
    DepartementFactory.create(code="91")
    envoi = {
        "nom": "Comité de suivi des SIAE", "nature": "comite_suivi", "niveau": "departemental", "active": "on",
        "missions": "Suivre\nProposer", "quorum": "3", "version": "1",
    }  # fmt: skip
    page = client.post(reverse("gouvernance:instance_creer"), envoi, follow=True).content.decode()
    creee = Instance.objects.get()
    assert creee.missions == ["Suivre", "Proposer"]
    assert "3\u00a0voix délibératives" in page
    ecran = reverse("gouvernance:instance_modifier", args=[creee.pk])
    assert client.post(ecran, envoi | {"quorum": "4"}).status_code == 302
    perdue = client.post(ecran, envoi | {"quorum": "5"})
    assert perdue.status_code == 422
    assert "modifiée entre-temps" in perdue.content.decode()
    creee.refresh_from_db()
    assert creee.quorum == 4


def test_un_membre_remplace_finit_la_veille_et_ses_suppleants_suivent_le_siege(client, service, comite):
    caf = StructureFactory.create(nom="Caisse d’allocations familiales")
    titulaire = siege(comite, structure=caf)
    suppleant = siege(comite, nom="Ida Exemple", suppleant_de=titulaire, voix=False)
    debut = il_y_a(10)
    reponse = client.post(
        reverse("gouvernance:membre_remplacer", args=[titulaire.pk]),
        {"nom": "Léo Témoin", "structure": str(caf), "college": "partenaire", "voix": "on", "debut": debut},
    )
    assert reponse.status_code == 302
    titulaire.refresh_from_db()
    suppleant.refresh_from_db()
    nouveau = Membre.objects.get(nom="Léo Témoin")
    assert titulaire.mandat.upper == debut == nouveau.mandat.lower
    assert suppleant.suppleant_de == nouveau
    page = client.get(comite.get_absolute_url()).content.decode()
    assert "Anciens membres (1)" in page
    assert "suppléance\u00a0: Ida Exemple" in page


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        pytest.param({"nom": ""}, "Dites qui siège", id="personne"),
        pytest.param({"structure": "Caisse d’alocations"}, "Vouliez-vous dire", id="structure-mal-ecrite"),
        pytest.param({"fin": "2025-12-31"}, "il ne peut pas finir avant", id="fin-avant-debut"),
        pytest.param({"debut": "bientôt"}, "n’est pas une date", id="date-illisible"),
    ],
)
def test_un_siege_refuse_dit_pourquoi_et_garde_la_saisie(client, service, comite, champs, phrase):
    StructureFactory.create(nom="Caisse d’allocations")
    envoi = {"nom": "Ada Modèle", "qualite": "Directrice", "college": "partenaire", "debut": "2026-01-01"} | champs
    reponse = client.post(reverse("gouvernance:membre_ajouter", args=[comite.pk]), envoi)
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert phrase in page
    assert 'value="Directrice"' in page
    assert not Membre.objects.exists()


def test_une_personne_ne_siege_pas_deux_fois_a_la_fois(comite, service):
    ajouter_membre(instance=comite, compte=service, debut=il_y_a(10), par=service)
    with pytest.raises(RegleMetier, match="siège déjà"):
        ajouter_membre(instance=comite, compte=service, debut=il_y_a(-10), par=service)


def test_un_mandat_ne_finit_pas_avant_de_commencer(comite, service):
    membre = siege(comite)
    with pytest.raises(RegleMetier, match="ne peut pas finir avant"):
        terminer_mandat(membre=membre, fin=il_y_a(101), par=service)


def test_le_nom_d_un_beneficiaire_est_pour_qui_tient_l_instance(client, comite, service):
    siege(comite, nom="Zoé Spécimen", college="beneficiaire")
    assert "Zoé Spécimen" in client.get(comite.get_absolute_url()).content.decode()
    referent = UtilisateurFactory.create(role=Role.REFERENT)
    client.force_login(referent, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(comite.get_absolute_url()).content.decode()
    assert "Zoé Spécimen" not in page
    assert "Représentant des bénéficiaires" in page
    assert "Remplacer" not in page


def test_un_partenaire_voit_l_instance_tant_que_sa_structure_y_siege(client, comite, service):
    caf = StructureFactory.create(nom="Caisse")
    membre = siege(comite, nom="", structure=caf)
    partenaire = UtilisateurFactory.create(role=Role.PARTENAIRE, structure=caf)
    client.force_login(partenaire, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(comite.get_absolute_url()).status_code == 200
    terminer_mandat(membre=membre, fin=il_y_a(1), par=service)
    assert client.get(comite.get_absolute_url()).status_code == 404
    assert "Aucune instance à montrer" in client.get(reverse("gouvernance:instances")).content.decode()


def test_le_reglement_depose_se_telecharge_et_le_journal_le_garde(client, service, comite, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ecran = reverse("gouvernance:reglement_deposer", args=[comite.pk])
    refuse = client.post(ecran, {"fichier": SimpleUploadedFile("regle.exe", b"MZ")})
    assert refuse.status_code == 422
    assert client.post(ecran, {"fichier": SimpleUploadedFile("reglement.pdf", b"%PDF-1.4 x")}).status_code == 302
    recu = client.get(reverse("gouvernance:reglement", args=[comite.reglements.get().pk]))
    assert b"".join(recu.streaming_content) == b"%PDF-1.4 x"
    assert EntreeJournal.objects.filter(verbe="ajouter_piece", objet_id=str(comite.pk)).exists()


def test_une_instance_d_un_autre_departement_ne_se_modifie_pas(client, service, comite):
    Instance.objects.update(reference=True)
    reponse = client.get(reverse("gouvernance:instance_modifier", args=[comite.pk]))
    assert reponse.status_code == 403
    assert "sert de référence" in reponse.content.decode()
    page = client.get(comite.get_absolute_url()).content.decode()
    reprise = page.split(f'href="{reverse("gouvernance:instance_creer")}?modele=')[1].split('"')[0]
    form = client.get(reverse("gouvernance:instance_creer"), {"modele": reprise}).context["form"]
    assert (form.initial["nom"], form.initial["nature"]) == (comite.nom, comite.nature), "on peut s’en inspirer"
