"""The list of people and the page of one: who finds, who opens, what is shown, what is recorded."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parcours.models import Consultation, OrganismeOarsa, Personne
from parcours.operations.consultations import purger_consultations
from parcours.recherche import chercher, comprendre
from parcours.regles.delais import plus_mois
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    ContratFactory,
    DemandeReorientationFactory,
    PrescriptionFactory,
    RegimeFactory,
    depuis,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
JOUR = datetime.date(2026, 3, 1)
MOTIF = "Remplacement d’une collègue absente"


def page(personne: Personne) -> str:
    return reverse("parcours:personne", args=[personne.pk])


@pytest.fixture
def referent(client: Client):
    utilisateur = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    client.force_login(utilisateur)
    return utilisateur


@pytest.mark.parametrize(
    "saisie",
    ["12/03/1985", "12-3-85", "12.03.1985", "12031985", "120385", "1985-03-12", "12 mars 1985", "né le 12/03/85"],
)
def test_chaque_forme_de_date_se_comprend(saisie: str):
    assert comprendre(saisie, JOUR).naissance == datetime.date(1985, 3, 12)


@pytest.mark.parametrize("saisie", ["lefevre-tampon", "ÉLODIE Lefèvre", "lefevre tapon", "lefevre 12/03/1985"])
def test_la_recherche_pardonne(saisie: str):
    personne = personne_suivie(nom_naissance="Lefèvre-Tampon", prenoms="Élodie")
    personne_suivie(nom_naissance="Zborowski", prenoms="Ivan", date_naissance=datetime.date(1970, 1, 1))
    trouvees, _ = chercher(Personne.objects.all(), saisie, aujourd_hui=JOUR)
    assert list(trouvees) == [personne]


@pytest.mark.parametrize("ecran", ["contrats", "reorientations"])
def test_les_listes_d_actes_cherchent_comme_celle_des_personnes(client: Client, referent, ecran: str):
    for nom, prenom, ne in (("Lefèvre-Tampon", "Élodie", (1985, 3, 12)), ("Zborowski", "Ivan", (1970, 1, 1))):
        personne = personne_suivie(
            referent=referent, nom_naissance=nom, prenoms=prenom, date_naissance=datetime.date(*ne)
        )
        ContratFactory.create(personne=personne)
        DemandeReorientationFactory.create(orientation=personne.orientations.get())
    for saisie in ("lefevre tapon", "12/03/85"):
        liste = client.get(reverse(f"parcours:{ecran}"), {"mot": saisie}).content.decode()
        assert ("LEFÈVRE-TAMPON" in liste, "ZBOROWSKI" in liste) == (True, False), saisie


def test_le_numero_de_dossier_mene_a_la_personne():
    personne = personne_suivie()
    personne_suivie()
    numero = personne.places.get().foyer.dossiers.get().numero
    trouvees, _ = chercher(Personne.objects.all(), numero, aujourd_hui=JOUR)
    assert list(trouvees) == [personne]


def test_un_referent_ouvre_son_portefeuille_et_laisse_une_trace(client: Client, referent):
    personne = personne_suivie(referent=referent, nom_naissance="Exemple")
    reponse = client.get(page(personne))
    contenu = reponse.content.decode()
    assert reponse.status_code == 200
    assert "EXEMPLE" in contenu
    assert "Personne fictive" in contenu
    assert "Orientation" in contenu
    assert "1 85" not in contenu
    trace = Consultation.objects.get()
    assert (trace.par, trace.personne, trace.exceptionnelle) == (referent, personne, False)


def test_hors_portefeuille_un_motif_est_exige_puis_conserve(client: Client, referent):
    structure = referent.habilitations_actives[0].structure
    personne = personne_suivie(structure=structure)
    acces = reverse("parcours:personne_acces", args=[personne.pk])
    assert client.get(page(personne)).headers["Location"] == acces
    assert client.post(acces, {"motif": "voir"}).status_code == 422
    assert not Consultation.objects.exists()
    assert client.post(acces, {"motif": MOTIF}).headers["Location"] == page(personne)
    assert MOTIF in client.get(page(personne)).content.decode()
    assert set(Consultation.objects.values_list("motif", "exceptionnelle")) == {(MOTIF, True)}


def test_hors_de_sa_structure_la_personne_est_introuvable(client: Client, referent):
    assert client.get(page(personne_suivie())).status_code == 404
    assert not Consultation.objects.exists()


def test_un_prestataire_ne_voit_que_ses_prescriptions(client: Client):
    structure = StructureFactory.create()
    client.force_login(UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=structure))
    personne = personne_suivie(nom_naissance="Exemple")
    adressee = {"personne": personne, "offre": None, "etat": "transmise", "transmise_le": il_y_a(5)}
    PrescriptionFactory.create(action_libre="Atelier vélo", operateur=structure, **adressee)
    PrescriptionFactory.create(action_libre="Bilan ailleurs", **adressee)
    contenu = client.get(page(personne)).content.decode()
    assert "Atelier vélo" in contenu
    assert "Bilan ailleurs" not in contenu
    assert "Référent" not in contenu.split("<main")[1].split("Ce que vous voyez")[0]


@pytest.mark.parametrize("role", [Role.PILOTE, Role.CHARGE_PROGRAMME, Role.PARTENAIRE, Role.DIRECTION])
def test_qui_ne_lit_que_des_chiffres_n_ouvre_ni_liste_ni_personne(client: Client, role: str):
    client.force_login(UtilisateurFactory.create(role=role))
    assert client.get(reverse("parcours:personnes")).status_code == 403
    assert client.get(page(personne_suivie())).status_code == 403


def test_un_encadrant_voit_qui_a_consulte(client: Client):
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, prenom="Karim", nom="Spécimen")
    client.force_login(encadrant)
    contenu = client.get(page(personne_suivie())).content.decode()
    assert "Qui a consulté" in contenu
    assert "Karim Spécimen" in contenu.split("Qui a consulté")[1]


def test_la_liste_montre_la_naissance_et_son_cout_ne_depend_pas_du_nombre(
    client: Client, referent, django_assert_max_num_queries
):
    personne_suivie(referent=referent)
    with django_assert_max_num_queries(14):
        assert "12/03/1985" in client.get(reverse("parcours:personnes")).content.decode()
    for _ in range(5):
        personne_suivie(referent=referent)
    with django_assert_max_num_queries(14):
        client.get(reverse("parcours:personnes"), {"portefeuille": "on"})


def test_la_page_tient_en_vingt_six_requetes(client: Client, referent, django_assert_max_num_queries):
    personne = personne_suivie(referent=referent)
    with django_assert_max_num_queries(26):
        assert client.get(page(personne)).status_code == 200


def test_le_contrat_se_doit_un_mois_apres_la_notification(client: Client, referent):
    RegimeFactory.create(
        validite=depuis(datetime.date(2020, 1, 1)),
        parametres={"delai_contrat": {"valeur": 1, "unite": "mois"}, "contrat_depuis": "notification"},
    )
    personne = personne_suivie(referent=referent)
    notifiee = il_y_a(10)
    personne.orientations.update(notifiee_le=notifiee)
    reste = (plus_mois(notifiee, 1) - timezone.localdate()).days
    assert re.search(rf"reste {reste}\sjours", client.get(page(personne)).content.decode())


def test_aucun_contrat_n_est_du_la_ou_l_organisme_n_en_signe_pas(client: Client, referent):
    RegimeFactory.create(
        validite=depuis(datetime.date(2020, 1, 1)),
        parametres={"delai_contrat": 30, "nom_contrat": "Contrat à signer", "contrat_non_du": ["france_travail"]},
    )
    personne = personne_suivie(referent=referent)
    assert "Contrat à signer" in client.get(page(personne)).content.decode()
    personne.orientations.update(organisme=OrganismeOarsa.FRANCE_TRAVAIL)
    assert "Contrat à signer" not in client.get(page(personne)).content.decode()


def test_le_journal_des_consultations_se_garde_un_an():
    personne, jour = personne_suivie(), timezone.localdate()
    par = UtilisateurFactory.create(role=Role.ENCADRANT)
    ages = {400: False, 366: False, 364: True, 1: True}
    lignes = {n: Consultation.objects.create(personne=personne, par=par, ecran=f"{n}") for n in ages}
    for n, ligne in lignes.items():
        Consultation.objects.filter(pk=ligne.pk).update(le=timezone.now() - datetime.timedelta(days=n))
    assert purger_consultations(jour=jour) == 2
    assert {int(e) for e in Consultation.objects.values_list("ecran", flat=True)} == {
        n for n, garde in ages.items() if garde
    }


def test_la_liste_suit_le_nom_montre_celui_d_usage(client: Client, referent):
    for naissance, usage in (("Zèle", "Abricot"), ("Bruyère", ""), ("Ardoise", "Yourte")):
        personne_suivie(referent=referent, nom_naissance=naissance, nom_usage=usage)
    client.force_login(referent)
    lus = client.get(reverse("parcours:personnes")).context["page"].objets
    assert [p.nom_affiche for p in lus] == ["Abricot", "Bruyère", "Yourte"]
