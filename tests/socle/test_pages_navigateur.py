"""Screens of the ground floor in a real browser: axe at two widths, progress that moves by itself."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from pdi.comptes.models import Role
from pdi.socle.models import EtatTraitement, Traitement
from pdi.socle.operations import journaliser, prevenir
from pdi.structures.models import Contact, NomAlternatif
from tests.fabriques import MOT_DE_PASSE, DepartementFactory, StructureFactory, UtilisateurFactory
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
N = "\u00a0"


@pytest.fixture
def admin():
    return UtilisateurFactory.create(courriel="alix@exemple.fr", role=Role.ADMINISTRATEUR)


@pytest.fixture
def travail(admin):
    instant = timezone.now()
    return Traitement.objects.create(
        nature="essai", cle="1", intitule="Compiler le rapport 2025", etat=EtatTraitement.EN_COURS, total=9, fait=4,
        etape="Mise en page", demandeur=admin, debut=instant, battement=instant, tache="tests.inconnue",
    )  # fmt: skip


def entrer(page, courriel="alix@exemple.fr"):
    page.goto(reverse("comptes:connexion"))
    page.get_by_label("Adresse électronique").fill(courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Se connecter")


@pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "téléphone"])
def test_chaque_page_est_accessible(nouvelle_page, admin, travail, largeur):
    structure = StructureFactory.create(nom="Mission locale", departement=DepartementFactory.create())
    StructureFactory.create(nom="Antenne d’Évry", parent=structure)
    contact = Contact.objects.create(structure=structure, nom="Accueil", telephone="01 00 00 00 00", principal=True)
    NomAlternatif.objects.create(structure=structure, nom="ML")
    prevenir(destinataires=[admin], titre="Le bilan de la fiche 2.1 vous revient", url="/structures/")
    journaliser(par=admin, verbe="modification", objet=structure, avant={"nom": "ML"}, apres={"nom": "Mission locale"})
    pk, cible = [structure.pk], [admin.pk]
    adresses = [
        reverse("socle:traitements"), reverse("socle:traitement", args=[travail.pk]), reverse("socle:avis"),
        reverse("socle:journal"), reverse("comptes:compte"), reverse("comptes:mot_de_passe_changer"),
        reverse("comptes:utilisateurs"), reverse("comptes:utilisateur", args=cible),
        reverse("comptes:utilisateur_creer"), reverse("comptes:habilitation_ajouter", args=cible),
        reverse("structures:structures"), f"{reverse('structures:structures')}?mot=zzz",
        reverse("structures:structures_arbre"), reverse("structures:structure", args=pk),
        reverse("structures:structure_creer"), reverse("structures:structure_fusionner", args=pk),
        reverse("structures:contact_modifier", args=[contact.pk]),
    ]  # fmt: skip
    page = nouvelle_page(largeur=largeur)
    entrer(page)
    for adresse in adresses:
        assert page.goto(adresse).status == 200, adresse
        verifier_page(page)


def test_un_formulaire_refuse_mene_au_champ_en_faute(nouvelle_page, admin):
    page = nouvelle_page()
    entrer(page)
    page.goto(reverse("structures:structure_creer"))
    page.get_by_label("Nom", exact=True).fill("Essai")
    page.get_by_label("SIRET").fill("732829320")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#erreurs")).to_contain_text("SIREN")
    verifier_page(page)
    page.locator("#erreurs").get_by_role("link", name="SIRET").click()
    expect(page.get_by_label("SIRET")).to_be_focused()


def test_l_avancement_bouge_seul_puis_propose_le_fichier(nouvelle_page, admin, travail):
    page = nouvelle_page()
    entrer(page)
    page.goto(reverse("socle:traitement", args=[travail.pk]))
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "4")
    Traitement.objects.filter(pk=travail.pk).update(fait=7, etape="Écriture du PDF")
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "7")
    expect(page.get_by_text("Écriture du PDF")).to_be_visible()
    travail.refresh_from_db()
    travail.etat, travail.fait, travail.fin = EtatTraitement.TERMINE, 9, timezone.now()
    travail.fichier.save("rapport.pdf", ContentFile(b"%PDF"))
    expect(page.get_by_role("link", name="Télécharger le fichier")).to_be_visible()
    expect(page.locator("[hx-trigger]")).to_have_count(0)
    verifier_page(page)


def test_sans_script_on_actualise_et_on_arrete(nouvelle_page, admin, travail):
    page = nouvelle_page(javascript=False)
    entrer(page)
    page.goto(reverse("socle:traitement", args=[travail.pk]))
    Traitement.objects.filter(pk=travail.pk).update(fait=5)
    page.get_by_role("link", name="Actualiser").click()
    expect(page.get_by_text(f"5 sur 9{N}étapes")).to_be_visible()
    page.get_by_role("button", name="Arrêter").click()
    expect(page.get_by_text("Arrêt demandé")).to_be_visible()


def test_le_theme_choisi_reste_apres_la_deconnexion(nouvelle_page, admin):
    page = nouvelle_page()
    entrer(page)
    page.goto(reverse("comptes:compte"))
    page.get_by_role("main").get_by_label("Sombre").check()
    page.get_by_role("button", name="Enregistrer mes préférences").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "sombre")
    page.locator(".menu-compte > summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "sombre")
