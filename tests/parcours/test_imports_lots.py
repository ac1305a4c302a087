"""The life of a lot of people: in one transaction, by whom, how long."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parcours.models import Adresse, Personne
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.imports import application, corrections, operations, retours
from pdi.socle.imports.controle import Travail
from pdi.socle.imports.declarations import genre_de
from pdi.socle.imports.page import PageLot
from pdi.socle.models import CorrespondanceImport, LigneImport, LotImport
from tests.fabriques import UtilisateurFactory
from tests.fabriques_parcours import CommuneFactory, PersonneFactory
from tests.imports_essai import (
    administrateur,
    csv_de,
    deposer,
    dernier_traitement,
    etats,
    executer,
    importer,
)
from tests.parcours.lignes_personnes import ENTETES, NE, une

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def corbeil():
    return CommuneFactory.create(nom="Corbeil-Essonnes", code="91174", codes_postaux=["91100"])


# -- one transaction, rights, life of a lot --------------------------------------------------------------


def test_un_echec_au_milieu_n_ecrit_rien(monkeypatch):
    lot = deposer("personnes", csv_de(ENTETES, [une(), une(nom="Autre")]))

    def tomber(self, **_):
        raise IntegrityError("au milieu")

    traitement = application.lancer_import(lot=lot, attendues=2, par=lot.depose_par)
    monkeypatch.setattr(Travail, "journaliser", tomber)  # people and addresses are written by then
    assert executer(traitement).etat == "echec"
    assert (Personne.objects.count(), Adresse.objects.count()) == (0, 0)
    lot.refresh_from_db()
    assert (lot.etat, lot.comptes) == ("a_verifier", {"nouvelle": 2})


def test_un_lot_qui_a_change_depuis_la_lecture_n_est_pas_ecrit():
    lot = deposer("personnes", csv_de(ENTETES, [une(), une(nom="Autre")]))
    with pytest.raises(RegleMetier, match="2 lignes sont prêtes au lieu de 1"):
        application.lancer_import(lot=lot, attendues=1, par=lot.depose_par)
    traitement = application.lancer_import(lot=lot, attendues=2, par=lot.depose_par)
    for _ in range(2):  # two homonyms appear meanwhile
        PersonneFactory.create(nom_naissance="Modèle", prenoms="Ali", date_naissance=NE)
    assert executer(traitement).etat == "echec"
    assert "1 lignes sont prêtes au lieu de 2 : rien n’est écrit." in traitement.erreur
    lot.refresh_from_db()
    assert (lot.comptes, Personne.objects.count()) == ({"nouvelle": 1, "a_reconnaitre": 1}, 2)


def test_la_page_lue_pendant_que_le_travail_finit_montre_sa_fin():
    lu_avant = deposer("personnes", csv_de(ENTETES, [une()]))
    importer(LotImport.objects.get(pk=lu_avant.pk))
    page = PageLot(lu_avant, {})
    assert page.lot.etat == "importe"
    assert not page.corrigeable


def test_seul_un_administrateur_importe():
    lot = deposer("personnes", csv_de(ENTETES, [une()]))
    autre = UtilisateurFactory.create(role="encadrant")
    with pytest.raises(DroitInsuffisant):
        application.lancer_import(lot=lot, attendues=1, par=autre)
    with pytest.raises(DroitInsuffisant):
        deposer("personnes", csv_de(ENTETES, [une()]), par=autre)
    assert not LotImport.objects.visibles_par(autre).exists()


def test_une_colonne_obligatoire_inconnue_se_demande_et_se_retient():
    fichier = csv_de(("Patronyme", "Prénom", "Né(e) le"), [("Modèle", "Ali", "02/07/1984")])
    lot = deposer("personnes", fichier, source="Logiciel métier")
    assert (lot.etat, lot.lignes.count()) == ("a_associer", 0)
    with pytest.raises(RegleMetier, match="« Nom de naissance » est obligatoire"):
        operations.dire_les_colonnes(lot=lot, correspondance={"prenoms": 1}, par=lot.depose_par)
    with pytest.raises(RegleMetier, match="« Prénom » sert déjà pour « Prénoms »"):
        operations.dire_les_colonnes(
            lot=lot, correspondance={"prenoms": 1, "nom_naissance": 1, "date_naissance": 2}, par=lot.depose_par
        )
    operations.dire_les_colonnes(
        lot=lot, correspondance={"nom_naissance": 0, "prenoms": 1, "date_naissance": 2}, par=lot.depose_par
    )
    executer(dernier_traitement(lot))
    assert etats(lot) == {2: "nouvelle"}
    assert CorrespondanceImport.objects.get().colonnes["nom_naissance"] == "patronyme"
    assert deposer("personnes", fichier, source="Logiciel métier").etat == "a_verifier"
    assert deposer("personnes", fichier, source="Autre").etat == "a_associer"


@pytest.mark.parametrize(
    ("contenu", "nom", "message"),
    [
        (b"", "vide.csv", "Ce fichier est vide"),
        (b"bonjour", "essai.pdf", "Types acceptés"),
        (b"PK\x03\x04pas un classeur", "essai.xlsx", "n’est pas celui d’un fichier .xlsx"),
    ],
    ids=["vide", "type", "renommé"],
)  # fmt: skip
def test_un_fichier_refuse_dit_pourquoi(contenu, nom, message):
    with pytest.raises(RegleMetier, match=message):
        deposer("personnes", contenu, nom)
    assert not LotImport.objects.exists()


def test_un_fichier_illisible_le_dit_sur_le_lot():
    lot = deposer("personnes", csv_de(ENTETES, []))
    assert (lot.etat, lot.erreur) == (
        "illisible", "Sous les titres des colonnes, ce fichier ne contient aucune ligne.",
    )  # fmt: skip
    assert dernier_traitement(lot).etat == "echec"


def test_abandonner_efface_tout_mais_pas_un_lot_importe(django_capture_on_commit_callbacks):
    lot = deposer("personnes", csv_de(ENTETES, [une()]))
    chemin, stockage = str(lot.fichier.name), lot.fichier.storage
    assert stockage.exists(chemin)
    with django_capture_on_commit_callbacks(execute=True):
        operations.abandonner(lot=lot, par=lot.depose_par)
    assert not LotImport.objects.exists()
    assert not LigneImport.objects.exists()
    assert not stockage.exists(chemin)
    autre = importer(deposer("personnes", csv_de(ENTETES, [une()])))
    with pytest.raises(RegleMetier, match="n’est plus possible"):
        operations.abandonner(lot=autre, par=autre.depose_par)


def test_la_duree_de_conservation_efface_fichiers_et_lignes(settings, django_capture_on_commit_callbacks):
    par = administrateur()
    ecrit = importer(deposer("personnes", csv_de(ENTETES, [une()]), par=par))
    jamais = deposer("personnes", csv_de(ENTETES, [une(nom="Autre")]), par=par)
    recent = deposer("personnes", csv_de(ENTETES, [une(nom="Récent")]), par=par)
    vieux = timezone.now() - datetime.timedelta(days=settings.CONSERVATION_IMPORTS_JOURS + 1)
    LotImport.objects.exclude(pk=recent.pk).update(depose_le=vieux)
    with django_capture_on_commit_callbacks(execute=True):
        assert operations.purger_imports() == 2
    assert not LotImport.objects.filter(pk=jamais.pk).exists()
    ecrit.refresh_from_db()
    assert (bool(ecrit.fichier), ecrit.lignes.count(), ecrit.ecrites["nouvelle"]) == (False, 0, 1)
    assert recent.lignes.count() == 1
    assert operations.purger_imports() == 0


@pytest.mark.django_db(transaction=True)
def test_un_lot_qu_un_travail_tient_n_est_pas_efface_sous_lui(settings):
    vieux = timezone.now() - datetime.timedelta(days=settings.CONSERVATION_IMPORTS_JOURS + 1)
    lot = LotImport.objects.create(
        genre="personnes", nom_fichier="a.csv", fichier="imports/a.chiffre", taille=1, empreinte="", etat="a_verifier",
        depose_par=administrateur(), depose_le=vieux,
    )  # fmt: skip
    travail = connection.copy()
    try:
        travail.set_autocommit(False)
        with travail.cursor() as curseur:
            curseur.execute("SELECT 1 FROM socle_lotimport WHERE id = %s FOR UPDATE", [lot.pk])
            assert operations.purger_imports() == 0
    finally:
        travail.close()
    assert operations.purger_imports() == 1
    assert not LotImport.objects.exists()


def test_autant_de_requetes_pour_une_ligne_que_pour_trente(client):
    par = administrateur()
    client.force_login(par, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/parcours/imports/")  # the counts of the navigation are kept for a while
    nombres = []
    for combien, nom in ((1, "Modèle"), (30, "Spécimen")):
        lignes = [une(nom=f"{nom}{n}", ville="Corbeil Esonne") for n in range(combien)]
        lot = deposer("personnes", csv_de(ENTETES, lignes), par=par)
        with CaptureQueriesContext(connection) as depot:
            corrections.accepter_propositions(lot=lot, par=par)
        lot.refresh_from_db()
        with CaptureQueriesContext(connection) as ecriture:
            importer(lot)
        with CaptureQueriesContext(connection) as page:
            assert client.get(f"/parcours/imports/{lot.pk}/?etat=toutes").status_code == 200
        nombres.append((len(depot), len(ecriture), len(page)))
    assert nombres[0] == nombres[1]


def test_le_modele_se_remplit_et_se_depose(client):
    par = administrateur()
    client.force_login(par, backend="django.contrib.auth.backends.ModelBackend")
    classeur: Any = openpyxl.load_workbook(io.BytesIO(client.get("/parcours/imports/modele/personnes/").content))
    assert classeur.sheetnames == ["À remplir", "Valeurs acceptées", "Explications"]
    acceptees = {c.value for rangee in classeur["Valeurs acceptées"].iter_rows() for c in rangee}
    assert {"Femme", "Homme", "oui", "Corbeil-Essonnes"} <= acceptees
    feuille = classeur["À remplir"]
    titres = [c.value for c in feuille[1]]
    valeurs = {"Nom de naissance": "Modèle", "Prénoms": "Ali", "Date de naissance": NE, "Sexe": "Homme"}
    for titre, valeur in valeurs.items():
        feuille.cell(2, titres.index(titre) + 1, valeur)
    tampon = io.BytesIO()
    classeur.save(tampon)
    lot = deposer("personnes", tampon.getvalue(), "modele.xlsx")
    assert etats(lot) == {2: "nouvelle"}
    assert set(lot.correspondance) == {c.code for c in genre_de("personnes").champs}


def test_les_raisons_sont_dites_par_ligne():
    lot = deposer("personnes", csv_de(ENTETES, [une(ne="x")]))
    raisons = retours.raisons(genre_de("personnes"), lot.lignes.get())
    assert raisons == ["Date de naissance : Ce n’est pas une date. Attendu : jour/mois/année, par exemple 12/03/1985."]
