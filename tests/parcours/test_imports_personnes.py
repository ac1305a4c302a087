"""Import of people: what is recognised, refused, repaired, corrected."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.core.serializers import serialize
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from parcours.models import Adresse, Personne, PersonnesDistinctes
from parcours.operations.identite import enregistrer_nir
from pdi.socle.chiffrement import dechiffrer
from pdi.socle.droits import RegleMetier
from pdi.socle.imports import corrections
from pdi.socle.models import AnomalieImport, EntreeJournal, LigneImport, LotImport
from tests.fabriques_parcours import AdresseFactory, CommuneFactory, DossierFactory, PersonneFactory
from tests.imports_essai import (
    csv_de,
    deposer,
    etats,
    importer,
    messages,
    xlsx_de,
)
from tests.parcours.lignes_personnes import ENTETES, NE, une

pytestmark = pytest.mark.django_db
NIR = "285039100100185"  # fictitious: its key is right


@pytest.fixture(autouse=True)
def corbeil():
    return CommuneFactory.create(nom="Corbeil-Essonnes", code="91174", codes_postaux=["91100"])


def test_une_personne_nouvelle_puis_rien_a_refaire(corbeil):
    fichier = csv_de(ENTETES, [une(tel="612345678", ville="CORBEIL ESSONNES")])
    lot = deposer("personnes", fichier)
    assert (lot.etat, etats(lot), lot.comptes) == ("a_verifier", {2: "nouvelle"}, {"nouvelle": 1})
    assert not Personne.objects.exists()
    importer(lot)
    ali = Personne.objects.get()
    assert (ali.nom_naissance, ali.prenoms, ali.date_naissance) == ("Modèle", "Ali", NE)
    assert (ali.telephone, ali.canal, ali.fictive, ali.nir_chiffre) == ("06 12 34 56 78", "courrier", False, None)
    ecrite = ali.recherche
    ali.save()
    assert ecrite == ali.recherche  # as the screens write it
    adresse = Adresse.objects.get()
    assert (adresse.commune, adresse.code_postal) == (corbeil, "91100")
    assert adresse.periode == DateRange(timezone.localdate(), None)
    entree = EntreeJournal.objects.get(objet_type="parcours.personne")
    assert (entree.verbe, entree.objet_id, entree.par) == ("importer_creation", str(ali.pk), lot.depose_par)
    assert entree.commentaire == f"Lot {lot.pk}, ligne 2"
    encore = deposer("personnes", fichier)
    assert etats(encore) == {2: "identique"}
    importer(encore)
    assert (Personne.objects.count(), Adresse.objects.count()) == (1, 1)
    assert EntreeJournal.objects.filter(objet_type="parcours.personne").count() == 1


def test_chaque_message_dit_ou_quoi_attendu_et_le_plus_proche():
    CommuneFactory.create(nom="Draveil", code="91201", codes_postaux=["91210"])
    lot = deposer(
        "personnes",
        csv_de(
            (*ENTETES, "Sexe", "Courriel"),
            [
                (*une(ville="Corbeil Esonne"), "M", "ali@exemple.fr"),
                (*une(nom="Spécimen", ne="31/02/1999"), "Mme", ""),
                (*une(nom="Témoin", cp="9121", ville="Draveil"), "F", ""),
                (*une(nom="", prenom=""), "Homm", "ali chez exemple"),
                (*une(nom="Croquis", tel="6,12E+08", ville=""), "", ""),
            ],
        ),
    )
    assert messages(lot) == {
        2: [("commune", "reference_inconnue", "Corbeil Esonne",
             "Commune inconnue. Vouliez-vous dire « Corbeil-Essonnes » ?",
             "nom ou code INSEE d’une commune", "Corbeil-Essonnes")],
        3: [("date_naissance", "date_inexistante", "31/02/1999", "Cette date n’existe pas.",
             "jour/mois/année, par exemple 12/03/1985", "")],
        4: [("code_postal", "code_postal_invalide", "9121",
             "Code postal à 4 chiffres. Proposé : 91210, celui de Draveil.", "5 chiffres, par exemple 91000", "91210")],
        5: [("nom_naissance", "valeur_manquante", "", "« Nom de naissance » est vide.", "texte", ""),
            ("prenoms", "valeur_manquante", "", "« Prénoms » est vide.", "texte", ""),
            ("sexe", "valeur_inconnue", "Homm",
             "Cette valeur n’est pas dans la liste. Vouliez-vous dire « Homme » ?", "Femme, Homme", "Homme"),
            ("courriel", "courriel_invalide", "ali chez exemple", "Ce n’est pas une adresse électronique.",
             "une adresse, nom@exemple.fr", "")],
        6: [("telephone", "numero_abime", "6,12E+08",
             "Le tableur a écrit ce numéro en notation scientifique : des chiffres sont perdus.",
             "10 chiffres, par exemple 06 12 34 56 78", "")],
    }  # fmt: skip
    assert lot.comptes == {"a_corriger": 5}


def test_les_valeurs_d_un_classeur_sont_reparees_avec_une_remarque():
    ligne = ["Modèle", "Ali", 30865, 612345678, 91100, "Corbeil-Essonnes"]
    lot = deposer("personnes", xlsx_de(ENTETES, [ligne]), "essai.xlsx")
    assert {c for _, c, *_ in messages(lot, remarques=True)[2]} == {"date_tableur", "zero_perdu"}
    importer(lot)
    lue = Personne.objects.get()
    assert (lue.date_naissance, lue.telephone) == (NE, "06 12 34 56 78")


def test_ce_qui_change_est_montre_avant_puis_ecrit_et_date(corbeil):
    personne = PersonneFactory.create(
        nom_naissance="MODELE", prenoms="Ali Jean", date_naissance=NE, telephone="0612345678"
    )
    ancienne = AdresseFactory.create(personne=personne, periode=DateRange(datetime.date(2020, 1, 1), None))
    fichier = csv_de((*ENTETES, "Courriel"), [(*une(), "ali@exemple.fr")])
    lot = deposer("personnes", fichier)
    ligne = lot.lignes.get()
    assert (ligne.etat, ligne.cible) == ("modifiee", personne.pk)
    assert ligne.changements == {
        "prenoms": ["Ali Jean", "Ali"],
        "courriel": [None, "ali@exemple.fr"],
        "code_postal": ["91000", "91100"],
        "commune": [str(ancienne.commune), "Corbeil-Essonnes"],
    }
    importer(lot)
    personne.refresh_from_db()
    assert (personne.courriel, personne.prenoms, personne.version) == ("ali@exemple.fr", "Ali", 2)
    assert personne.telephone == "0612345678"  # the same number, written otherwise
    aujourd_hui = timezone.localdate()
    assert [(a.periode, a.commune) for a in personne.adresses.order_by("periode")] == [
        (DateRange(datetime.date(2020, 1, 1), aujourd_hui), ancienne.commune),
        (DateRange(aujourd_hui, None), corbeil),
    ]
    entree = EntreeJournal.objects.get(objet_type="parcours.personne")
    assert (entree.verbe, entree.avant["Courriel"], entree.apres["Courriel"]) == (
        "importer_modification", None, "ali@exemple.fr",
    )  # fmt: skip
    assert etats(deposer("personnes", fichier)) == {2: "identique"}


def test_une_cellule_vide_n_efface_rien():
    personne = PersonneFactory.create(nom_naissance="Modèle", prenoms="Ali", date_naissance=NE, telephone="0612345678",
                                      courriel="ali@exemple.fr")  # fmt: skip
    lot = deposer("personnes", csv_de(ENTETES, [une(tel="", cp="", ville="")]))
    assert etats(lot) == {2: "identique"}
    importer(lot)
    personne.refresh_from_db()
    assert (personne.telephone, personne.courriel) == ("0612345678", "ali@exemple.fr")


def test_une_adresse_plus_recente_n_est_pas_ecrasee():
    personne = PersonneFactory.create(nom_naissance="Modèle", prenoms="Ali", date_naissance=NE)
    AdresseFactory.create(personne=personne, periode=DateRange(datetime.date(2024, 5, 1), None))
    lot = deposer("personnes", csv_de((*ENTETES, "Adresse depuis le"), [(*une(), "01/01/2024")]))
    ((colonne, code, valeur, message, _, _),) = messages(lot)[2]
    assert (colonne, code, valeur) == ("adresse_depuis", "adresse_plus_recente", "01/01/2024")
    assert message == "Une adresse plus récente est déjà connue, depuis le 01/05/2024."


def test_doublons_du_fichier():
    lignes = [une(), une(nom="MODELE", prenom="Ali"), une(nom="Autre")]
    lot = deposer("personnes", csv_de(ENTETES, lignes))
    assert etats(lot) == {2: "nouvelle", 3: "a_corriger", 4: "nouvelle"}
    assert messages(lot)[3][0][:2] == ("nom_naissance", "doublon_fichier")
    assert messages(lot)[3][0][3] == "Même nom de naissance, prénoms, date de naissance que la ligne 2."


def test_deux_homonymes_attendent_un_choix():
    deux = [PersonneFactory.create(nom_naissance="Modèle", prenoms="Ali", date_naissance=NE) for _ in range(2)]
    lot = deposer("personnes", csv_de(ENTETES, [une()]))
    assert etats(lot) == {2: "a_reconnaitre"}
    anomalie = AnomalieImport.objects.get(code="reconnaitre_homonymes")
    assert anomalie.message == "2 dossiers possibles : même nom, même prénom et même date de naissance."
    assert sorted(anomalie.candidats) == [-1, *sorted(p.pk for p in deux)]
    with pytest.raises(RegleMetier, match="n’est plus proposé"):
        corrections.designer(lot=lot, ligne=2, cible=999_999, par=lot.depose_par)
    corrections.designer(lot=lot, ligne=2, cible=deux[1].pk, par=lot.depose_par)
    lot.refresh_from_db()
    assert (etats(lot), lot.lignes.get().cible) == ({2: "modifiee"}, deux[1].pk)
    importer(lot)
    deux[1].refresh_from_db()
    assert deux[1].telephone == "06 12 34 56 78"


def test_un_homonyme_peut_etre_une_nouvelle_personne():
    for _ in range(2):
        PersonneFactory.create(nom_naissance="Modèle", prenoms="Ali", date_naissance=NE)
    lot = deposer("personnes", csv_de(ENTETES, [une()]))
    corrections.designer(lot=lot, ligne=2, cible=corrections.DESIGNE_NOUVEAU, par=lot.depose_par)
    lot.refresh_from_db()
    assert etats(lot) == {2: "nouvelle"}
    importer(lot)
    assert Personne.objects.count() == 3


@pytest.mark.parametrize(
    ("prenom", "autre", "meme"),
    [("Ali", "Ali Jean", True), ("Jean-Pierre", "jean pierre", True), ("Jean-Pierre", "Jean-Paul", False)],
    ids=["deuxième prénom", "tiret", "autre composé"],
)  # fmt: skip
def test_un_prenom_se_reconnait_sans_confondre(prenom, autre, meme):
    PersonneFactory.create(nom_naissance="Modèle", prenoms=autre, date_naissance=NE)
    lot = deposer("personnes", csv_de(ENTETES, [une(prenom=prenom)]))
    assert (lot.lignes.get().cible is not None) is meme


@pytest.mark.parametrize(
    ("nom", "prenoms", "ne", "ressemble"),
    [("Modelle", "Ali", NE, True), ("Ali", "Modèle", NE, True), ("Modèle", "Ali", datetime.date(1984, 2, 7), True),
     ("Modèle", "Ali", datetime.date(1985, 7, 2), True), ("Modèle", "Ali", datetime.date(1991, 3, 2), False),
     ("Autrenom", "Ali", NE, False)],
    ids=["faute de frappe", "nom et prénom inversés", "jour et mois inversés", "année", "autre date", "autre nom"],
)  # fmt: skip
def test_une_nouvelle_personne_qui_ressemble_attend_un_choix_retenu(nom, prenoms, ne, ressemble):
    connue = PersonneFactory.create(nom_naissance=nom, prenoms=prenoms, date_naissance=ne)
    lot = deposer("personnes", csv_de(ENTETES, [une()]))
    assert etats(lot) == {2: "a_reconnaitre" if ressemble else "nouvelle"}
    if not ressemble:
        return
    assert messages(lot)[2][0][1] == "reconnaitre_ressemblance"
    corrections.designer(lot=lot, ligne=2, cible=corrections.DESIGNE_NOUVEAU, par=lot.depose_par)
    lot.refresh_from_db()
    importer(lot)
    paire = PersonnesDistinctes.objects.get()
    assert (paire.premiere, paire.par) == (connue, lot.depose_par)


# -- the social security number ------------------------------------------------------------------------


def avec_nir(*nirs, **identite):
    return csv_de((*ENTETES, "N° sécu"), [(*une(**identite), nir) for nir in nirs])


def test_le_nir_est_chiffre_des_la_lecture_et_n_apparait_nulle_part():
    lot = deposer("personnes", avec_nir(NIR))
    traces = serialize("json", [*LigneImport.objects.all(), *AnomalieImport.objects.all(), *EntreeJournal.objects.all(),
                                *LotImport.objects.all()])  # fmt: skip
    assert NIR[:13] not in traces
    with lot.fichier.open() as garde:
        assert NIR[:13].encode() not in garde.read()
    importer(lot)
    ali = Personne.objects.get()
    assert ali.nir_chiffre is not None
    assert dechiffrer(ali.nir_chiffre) == NIR
    assert NIR[:13] not in serialize("json", EntreeJournal.objects.all())
    assert etats(deposer("personnes", avec_nir(NIR[:13]))) == {2: "identique"}


@pytest.mark.parametrize("nir", ["285039100100199", "28503910", "2,85E+14"])
def test_un_nir_refuse_n_est_pas_repete(nir):
    lot = deposer("personnes", avec_nir(nir))
    ((colonne, code, valeur, message, attendu, suggestion),) = messages(lot)[2]
    assert (colonne, valeur, suggestion) == ("nir", "•••", "")
    assert code in {"nir_invalide", "numero_abime"}
    assert nir not in message + attendu
    assert nir not in serialize("json", LigneImport.objects.all())
    corrections.corriger(lot=lot, ligne=2, colonne="nir", valeur=NIR, par=lot.depose_par)
    assert etats(lot) == {2: "nouvelle"}
    assert NIR[:13] not in serialize("json", LigneImport.objects.all())


def test_un_nir_connu_l_emporte_sur_la_date_mais_pas_sur_le_nom():
    connue = PersonneFactory.create(nom_naissance="Modèle", prenoms="Ali", date_naissance=NE)
    enregistrer_nir(personne=connue, nir=NIR, par=None)
    lot = deposer("personnes", avec_nir(NIR, ne="03/07/1984"))
    assert lot.lignes.get().changements["date_naissance"] == ["1984-07-02", "1984-07-03"]
    autre = deposer("personnes", avec_nir(NIR, nom="Spécimen"))
    ((_, code, _, message, _, _),) = messages(autre)[2]
    assert (code, etats(autre)) == ("reconnaitre_nir", {2: "a_reconnaitre"})
    assert message == "Ce numéro de sécurité sociale est déjà celui d’une personne d’un autre nom."


def test_deux_nir_differents_attendent_un_choix():
    connue = PersonneFactory.create(nom_naissance="Modèle", prenoms="Ali", date_naissance=NE)
    enregistrer_nir(personne=connue, nir="1840791174001", par=None)
    lot = deposer("personnes", avec_nir(NIR))
    assert messages(lot)[2][0][1] == "reconnaitre_nir_different"


def test_le_numero_de_dossier_reconnait_qui_a_change_de_nom():
    personne = PersonneFactory.create(nom_naissance="Ancien", prenoms="Ali", date_naissance=NE)
    DossierFactory.create(personne=personne, numero="12345678901")
    lot = deposer("personnes", csv_de((*ENTETES, "N° dossier"), [(*une(), "12345678901")]))
    assert lot.lignes.get().cible == personne.pk


# -- correcting, in part, again ------------------------------------------------------------------------


def test_corriger_sur_place_puis_importer_le_reste():
    fichier = csv_de(ENTETES, [une(), une(nom="Spécimen", ne="31/02/1999"), une(nom="Témoin", ville="Corbeil Esonne")])
    lot = deposer("personnes", fichier)
    assert lot.comptes == {"nouvelle": 1, "a_corriger": 2}
    lot = importer(lot)
    assert (lot.etat, lot.comptes) == ("partiel", {"importee": 1, "a_corriger": 2})
    assert corrections.corriger(lot=lot, ligne=3, colonne="date_naissance", valeur="30/02/1999", par=lot.depose_par)
    assert messages(lot)[3][0][2] == "30/02/1999"  # what was typed is kept, and judged
    corrections.corriger(lot=lot, ligne=3, colonne="date_naissance", valeur="28/02/1999", par=lot.depose_par)
    assert corrections.accepter_propositions(lot=lot, par=lot.depose_par) == 1
    lot.refresh_from_db()
    assert lot.comptes == {"importee": 1, "nouvelle": 2}
    lot = importer(lot)
    assert (lot.etat, lot.ecrites["nouvelle"], Personne.objects.count()) == ("importe", 3, 3)
    with pytest.raises(RegleMetier, match="n’est plus possible"):
        corrections.corriger(lot=lot, ligne=3, colonne="prenoms", valeur="X", par=lot.depose_par)


def test_les_lignes_refusees_reviennent_avec_leurs_raisons_et_se_redeposent(client):
    fichier = csv_de((*ENTETES, "N° sécu"), [(*une(nom="=HYPERLINK(1)", ne="31/02/1999", tel="+41 79 123 45 67"), NIR)])
    lot = deposer("personnes", fichier)
    client.force_login(lot.depose_par, backend="django.contrib.auth.backends.ModelBackend")
    reponse = client.get(f"/parcours/imports/{lot.pk}/refusees/")
    contenu = b"".join(reponse.streaming_content)
    feuille: Any = openpyxl.load_workbook(io.BytesIO(contenu)).active
    cellules = [str(c.value) for rangee in feuille.iter_rows() for c in rangee if c.value is not None]
    assert all(c.data_type != "f" for rangee in feuille.iter_rows() for c in rangee)
    assert "'=HYPERLINK(1)" in cellules
    assert "Le numéro de sécurité sociale n’est jamais rendu : recopiez-le de votre fichier." in cellules
    assert not any(NIR[:13] in c for c in cellules)
    attendu = "Date de naissance : Cette date n’existe pas. Attendu : jour/mois/année, par exemple 12/03/1985."
    assert attendu in cellules
    encore = deposer("personnes", contenu, "corrige.xlsx")
    assert encore.lignes.get().brut["nom_naissance"] == "=HYPERLINK(1)"
    assert encore.lignes.get().brut["telephone"] == "+41 79 123 45 67"
