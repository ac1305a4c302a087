"""Screens of the directory: search, filters, page, forms with useful errors, contacts, other names, merge."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import TypeRole
from pdi.comptes.models import Role
from pdi.socle.models import EntreeJournal
from pdi.structures.models import Contact, NatureStructure, NomAlternatif, Structure
from tests.fabriques import DepartementFactory, FicheFactory, RoleFicheFactory, StructureFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db
SIRET = "73282932000074"


@pytest.fixture
def gestion(client):
    utilisateur = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    client.force_login(utilisateur)
    return utilisateur


def trouvees(client, **filtres) -> set[str]:
    return {s.nom for s in client.get(reverse("structures:structures"), filtres).context["page"].objets}


def test_la_recherche_trouve_sans_accent_par_sigle_et_par_autre_nom(client, gestion):
    emploi = StructureFactory.create(nom="France Travail", sigle="FT")
    NomAlternatif.objects.create(structure=emploi, nom="Pôle-emploi")
    StructureFactory.create(nom="Fédération des œuvres")
    assert trouvees(client, mot="pole emploi") == {"France Travail"}
    assert trouvees(client, mot="ft") == {"France Travail"}
    assert trouvees(client, mot="federation oeuvres") == {"Fédération des œuvres"}
    assert trouvees(client, mot="rien de tel") == set()


def test_les_filtres_se_combinent(client, gestion):
    essonne = DepartementFactory.create()
    StructureFactory.create(nom="Caisse", nature=NatureStructure.PROTECTION_SOCIALE, departement=essonne)
    StructureFactory.create(nom="Caisse nationale", nature=NatureStructure.PROTECTION_SOCIALE)
    StructureFactory.create(nom="Ancienne", departement=essonne, active=False)
    assert trouvees(client, nature="protection_sociale", departement="91") == {"Caisse"}
    assert trouvees(client, departement="national") == {"Caisse nationale"}
    assert trouvees(client, active="non") == {"Ancienne"}


def test_l_arbre_emboite_directions_et_services(client, gestion):
    departement = StructureFactory.create(nom="Conseil départemental")
    direction = StructureFactory.create(nom="Direction de l’insertion", parent=departement)
    StructureFactory.create(nom="Service du PDI", parent=direction)
    ((racine, ((service, (sous_service,)),)),) = client.get(reverse("structures:structures_arbre")).context["arbre"]
    assert [racine.nom, service.nom, sous_service.nom] == [
        "Conseil départemental", "Direction de l’insertion", "Service du PDI",
    ]  # fmt: skip


def test_la_page_montre_les_roles_dans_les_fiches_que_l_on_peut_lire(client, gestion):
    structure = StructureFactory.create(nom="Mission locale")
    ouverte = FicheFactory.create(numero="2.1", intitule="Accélérer l’orientation")
    fermee = FicheFactory.create(numero="2.2", intitule="Fiche restreinte", restreinte=True)
    for fiche in (ouverte, fermee):
        RoleFicheFactory.create(fiche=fiche, structure=structure, type=TypeRole.PARTENAIRE_EXTERNE)
    url = reverse("structures:structure", args=[structure.pk])
    page = client.get(url).content.decode()
    assert "2.1 Accélérer l’orientation" in page
    assert "Fiche restreinte" in page
    client.force_login(UtilisateurFactory.create(role=Role.ENCADRANT))
    page = client.get(url).content.decode()
    assert "2.1 Accélérer l’orientation" in page
    assert "Fiche restreinte" not in page


@pytest.mark.parametrize(
    ("siret", "dit"),
    [
        ("732829320", "SIREN"),
        ("7328293200007", "en compte 13"),
        ("73282932000075", "clé de contrôle"),
        ("7328293200007O", "autre chose que des chiffres"),
    ],
    ids=["SIREN", "trop court", "clé fausse", "lettre"],
)
def test_un_siret_faux_dit_ce_qui_ne_va_pas(client, gestion, siret, dit):
    donnees = {"nom": "Essai", "nature": "association", "siret": siret, "active": "on"}
    reponse = client.post(reverse("structures:structure_creer"), donnees)
    assert reponse.status_code == 200
    assert dit in str(reponse.context["form"].errors["siret"])
    assert not Structure.objects.filter(nom="Essai").exists()


def test_un_siret_avec_des_espaces_est_accepte_et_montre_par_groupes(client, gestion):
    donnees = {"nom": "Essai", "nature": "association", "siret": "732 829 320 00074", "active": "on"}
    page = client.post(reverse("structures:structure_creer"), donnees, follow=True).content.decode()
    assert Structure.objects.get(nom="Essai").siret == SIRET
    assert "732\xa0829\xa0320\xa000074" in page


def test_un_siret_deja_pris_nomme_la_structure_qui_le_porte(client, gestion):
    StructureFactory.create(nom="Régie de quartier", siret=SIRET)
    donnees = {"nom": "Essai", "nature": "association", "siret": SIRET, "active": "on"}
    reponse = client.post(reverse("structures:structure_creer"), donnees)
    assert "Régie de quartier" in str(reponse.context["form"].errors["siret"])


def test_un_nom_deja_pris_aux_accents_pres_est_refuse(client, gestion):
    StructureFactory.create(nom="Pôle emploi")
    donnees = {"nom": "Pole-Emploi", "nature": "emploi", "active": "on"}
    reponse = client.post(reverse("structures:structure_creer"), donnees)
    assert "existe déjà au même endroit" in str(reponse.context["form"].errors)
    assert Structure.objects.count() == 1


def test_modifier_garde_l_avant_et_l_apres(client, gestion):
    structure = StructureFactory.create(nom="Mission locale")
    client.post(
        reverse("structures:structure_modifier", args=[structure.pk]),
        {"nom": "Mission locale", "sigle": "ML", "nature": "association", "active": "on"},
    )
    structure.refresh_from_db()
    assert structure.sigle == "ML"
    assert ("sigle", "", "ML") in EntreeJournal.objects.de(structure).get().changements


def test_un_service_ne_devient_pas_le_parent_de_sa_direction(client, gestion):
    direction = StructureFactory.create(nom="Direction")
    service = StructureFactory.create(nom="Service", parent=direction)
    donnees = {"nom": "Direction", "nature": "direction", "parent": service.pk, "active": "on"}
    reponse = client.post(reverse("structures:structure_modifier", args=[direction.pk]), donnees)
    assert "propres services" in str(reponse.context["form"].errors["parent"])
    assert "Direction" in reponse.content.decode()


def test_un_contact_principal_remplace_le_precedent(client, gestion):
    structure = StructureFactory.create()
    ancien = Contact.objects.create(structure=structure, nom="Ancien", telephone="01", principal=True)
    client.post(
        reverse("structures:contact_ajouter", args=[structure.pk]),
        {"nom": "Nouveau", "courriel": "accueil@exemple.fr", "principal": "on"},
    )
    ancien.refresh_from_db()
    assert not ancien.principal
    assert structure.contacts.get(principal=True).nom == "Nouveau"


def test_un_contact_sans_moyen_de_le_joindre_est_refuse(client, gestion):
    structure = StructureFactory.create()
    reponse = client.post(reverse("structures:contact_ajouter", args=[structure.pk]), {"nom": "Accueil"})
    assert "telephone" in reponse.context["form"].errors
    assert not structure.contacts.exists()


def test_un_autre_nom_deja_porte_ailleurs_propose_la_fusion(client, gestion):
    StructureFactory.create(nom="Pôle emploi")
    structure = StructureFactory.create(nom="France Travail")
    reponse = client.post(reverse("structures:nom_ajouter", args=[structure.pk]), {"nom": "POLE EMPLOI"})
    assert "fusionnez-les" in str(reponse.context["form"].errors["nom"])
    assert not structure.noms_alternatifs.exists()


def test_fusionner_garde_les_roles_et_le_nom(client, gestion):
    garder, double = StructureFactory.create(nom="Mission locale"), StructureFactory.create(nom="Misson locale")
    RoleFicheFactory.create(structure=double)
    reponse = client.post(reverse("structures:structure_fusionner", args=[double.pk]), {"garder": garder.pk})
    assert reponse.headers["Location"] == reverse("structures:structure", args=[garder.pk])
    assert not Structure.objects.filter(pk=double.pk).exists()
    assert garder.roles_fiches.count() == 1
    assert [n.nom for n in garder.noms_alternatifs.all()] == ["Misson locale"]


def test_l_export_suit_les_filtres_et_ne_lit_pas_ligne_par_ligne(client, gestion):
    StructureFactory.create(nom="Mission locale", departement=DepartementFactory.create())

    def exporter() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as captees:
            reponse = client.get(reverse("structures:structure_export"), {"format": "csv", "mot": "mission"})
            texte = b"".join(reponse.streaming_content).decode()
        return texte, len(captees)

    exporter()
    texte, peu = exporter()
    assert "Mission locale" in texte
    parent = StructureFactory.create(nom="Union des missions")
    for n in range(20):
        enfant = StructureFactory.create(nom=f"Mission {n}", parent=parent)
        NomAlternatif.objects.create(structure=enfant, nom=f"ML {n}")
    assert exporter()[1] == peu


@pytest.mark.parametrize("page", ["structures", "structures_arbre"])
def test_une_liste_coute_autant_pour_une_structure_que_pour_trente(client, gestion, page):
    def requetes() -> int:
        with CaptureQueriesContext(connection) as captees:
            client.get(reverse(f"structures:{page}"))
        return len(captees)

    parent = StructureFactory.create(departement=DepartementFactory.create())
    requetes()
    peu = requetes()
    for _ in range(20):
        StructureFactory.create(parent=parent, departement=DepartementFactory.create())
    assert requetes() == peu


def test_la_page_coute_autant_pour_un_role_que_pour_trente(client, gestion):
    structure = StructureFactory.create()

    def requetes() -> int:
        with CaptureQueriesContext(connection) as captees:
            client.get(reverse("structures:structure", args=[structure.pk]))
        return len(captees)

    RoleFicheFactory.create(structure=structure)
    requetes()
    peu = requetes()
    for _ in range(15):
        RoleFicheFactory.create(structure=structure)
        Contact.objects.create(structure=structure, nom="Accueil", telephone="01")
        StructureFactory.create(parent=structure)
    assert requetes() == peu
