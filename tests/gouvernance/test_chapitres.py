"""The later chapters of the report: meetings, decisions, offer, conventions, computed indicators."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.models import Indicateur, SourceIndicateur
from gouvernance.classeur import composer_classeur
from gouvernance.contenu import chapitre, mettre_a_niveau, rassembler, serialiser, tableaux_de
from gouvernance.contenu.tableaux import LIGNES_IMPRIMEES, colonne, dire, parts, tableau
from gouvernance.document import Edition, composer_corps
from gouvernance.models import Decision, Instance, Membre, Presence, Seance
from gouvernance.templatetags import rapport as gabarits_rapport
from offre.models import MontantConvention
from pdi.comptes.models import Role
from pdi.socle.masquage import MASQUE
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_offre import ConventionFactory, ObjectifFactory
from tests.fabriques_parcours import OffreFactory, PrescriptionFactory

pytestmark = pytest.mark.django_db
ANNEE = 2025
EDITION = Edition(1, datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC), "0" * 64)


def le(mois: int, jour: int, annee: int = ANNEE) -> datetime.datetime:
    return datetime.datetime(annee, mois, jour, 10, tzinfo=timezone.get_current_timezone())


def instance_de(programme, nom="Comité technique", **champs):
    base = {"nature": "comite_technique", "seances_par_an": 2}
    return Instance.objects.create(departement=programme.departement, nom=nom, **(base | champs))


def tenir(instance, quand, etats=("present", "represente", "absent")):
    seance = Seance.objects.create(instance=instance, debut=quand, etat="tenue", close_le=quand, quorum=2)
    for n, etat in enumerate(etats):
        membre = Membre.objects.create(instance=instance, nom=f"Ada Modèle {n}", mandat=DateRange(None, None))
        Presence.objects.create(seance=seance, membre=membre, etat=etat)
    return seance


def lignes(contenu, chapitre_code, code):
    return next(t for t in chapitre(contenu, chapitre_code)["tableaux"] if t["code"] == code)["lignes"]


def test_les_seances_tenues_se_lisent_a_cote_de_celles_qui_etaient_dues(peupler):
    programme = peupler(1)
    technique = instance_de(programme)
    instance_de(programme, "Comité muet", seances_par_an=1)
    instance_de(programme, "Comité d’ailleurs", reference=True)
    tenir(technique, le(2, 5))
    tenir(technique, le(2, 5, 2024))
    Seance.objects.create(instance=technique, debut=le(6, 3), etat="annulee", motif="Trop de congés")
    contenu = rassembler(programme, ANNEE)
    lues = {ligne[0]: ligne[2:] for ligne in lignes(contenu, "instances", "instances")}
    assert lues == {"Comité technique": [1, 2, 1, 2, 3, "66.7"], "Comité muet": [0, 1, 0, None, None, None]}
    a_jour = chapitre(contenu, "instances")["chiffres"][2]
    assert (a_jour["valeur"], a_jour["sur"]) == (0, 2)
    assert lignes(contenu, "instances", "seances") == [["2025-02-05", "Comité technique", 2, 3, "atteint", 0, 0]]
    assert "Ada Modèle" not in serialiser(contenu).decode()


def test_une_decision_dit_son_service_jamais_une_personne(peupler):
    programme = peupler(1)
    service = StructureFactory.create(nom="Service insertion")
    agent = UtilisateurFactory.create(role=Role.PILOTE, structure=service, nom="Confidentiel")
    seance = tenir(instance_de(programme), le(2, 5))
    commun = {"seance": seance, "echeance": datetime.date(2025, 3, 1)}
    Decision.objects.create(**commun, numero=1, texte="Relancer les services.", responsable=agent)
    Decision.objects.create(**commun, numero=2, texte="Écrire la fiche.", etat="faite", preuve="Écrite.", type="avis")
    commission = instance_de(programme, "Équipe pluridisciplinaire", nature="ep", seances_par_an=None)
    Decision.objects.create(seance=tenir(commission, le(4, 1)), numero=1, texte="Suspendre le droit de M. Untel.")
    contenu = rassembler(programme, ANNEE)
    lues = lignes(contenu, "decisions", "decisions")
    assert [(ligne[3], ligne[5], ligne[7]) for ligne in lues] == [
        ("Relancer les services.", "Service insertion", "À faire, en retard"),
        ("Écrire la fiche.", "à confier", "Faite"),
    ]
    assert lignes(contenu, "decisions", "decisions-types") == [
        ["Avis", 0, 0, 1, 0, 0, 1], ["Validation", 1, 0, 0, 0, 0, 1],
    ]  # fmt: skip
    texte = serialiser(contenu).decode()
    assert "Confidentiel" not in texte
    assert "Untel" not in texte


def prescrire(offre, transmises, entrees):
    for n in range(transmises):
        jour = datetime.date(2025, 3, 1)
        etat = "en_action" if n < entrees else "transmise"
        PrescriptionFactory.create(offre=offre, etat=etat, renseignee_le=jour)


def test_les_effectifs_d_une_categorie_ne_se_retrouvent_pas_par_difference(peupler):
    programme = peupler(1)
    for categorie, transmises, entrees in (("emploi", 30, 15), ("sociale", 14, 3)):
        offre = OffreFactory.create(
            departement=programme.departement, categorie=categorie, etat="publiee", places=20, places_unite="places"
        )
        prescrire(offre, transmises, entrees)
    contenu = rassembler(programme, ANNEE)
    suites = {ligne[0]: ligne[1:] for ligne in lignes(contenu, "offre", "offre-suites")}
    assert suites["Insertion sociale"] == [MASQUE, MASQUE]
    visibles = [ligne for ligne in suites.values() if MASQUE not in ligne and any(ligne)]
    total = next(t for t in chapitre(contenu, "offre")["tableaux"] if t["code"] == "offre-suites")["total"]
    assert not visibles or MASQUE in total
    assert lignes(contenu, "offre", "offre-categories")[0][1:] == [1, 1, 20]


def test_une_convention_dit_son_argent_et_masque_un_objectif_sur_peu_de_personnes(peupler, settings):
    programme = peupler(1)
    settings.DEPARTEMENT_CODE = programme.departement.code
    annee = timezone.localdate().year - 1
    offre = OffreFactory.create()
    convention = ConventionFactory.create(offres=[offre], intitule="Ateliers")
    projet = ConventionFactory.create(etat="projet", signee_le=None)
    financeur = StructureFactory.create()
    MontantConvention.objects.create(convention=convention, annee=annee, financeur=financeur, prevu=Decimal("900.50"))
    MontantConvention.objects.create(convention=convention, annee=annee - 1, financeur=financeur, prevu=Decimal(7))
    PrescriptionFactory.create_batch(
        3, offre=offre, operateur=convention.operateur, etat="en_action", renseignee_le=datetime.date(annee, 3, 1)
    )
    ObjectifFactory.create(convention=convention, annee=annee, libelle="Entrées", calcul="entrees")
    contenu = rassembler(programme, annee)
    (ligne,) = lignes(contenu, "conventions", "conventions")
    assert (ligne[0], ligne[4:]) == (convention.numero, ["900.5", None, None])
    assert projet.numero not in serialiser(contenu).decode()
    (objectif,) = lignes(contenu, "conventions", "conventions-objectifs")
    assert objectif[3:6] == ["10", MASQUE, "non publié"]
    settings.DEPARTEMENT_CODE = "00"
    assert chapitre(rassembler(programme, annee), "conventions") == {}


def test_un_indicateur_calcule_dit_comment_il_est_compte(peupler):
    programme = peupler(1)
    Indicateur.objects.filter(unite="%").update(source=SourceIndicateur.CALCULE, calcul="taux_orientation")
    contenu = rassembler(programme, ANNEE)
    (valeur,) = lignes(contenu, "calculs", "calculs-valeurs")
    assert valeur[2:4] == ["Taux d’orientation", "86\u00a0%"]
    (definition,) = lignes(contenu, "calculs", "calculs-definitions")
    assert "organisme référent" in definition[1]
    assert "soumises aux droits et devoirs" in definition[3]
    assert "CASF L262-29" in definition[4]
    assert definition[5]


def requetes(programme) -> int:
    with CaptureQueriesContext(connection) as vues:
        rassembler(programme, ANNEE)
    return len(vues)


def test_le_nombre_de_requetes_ne_depend_ni_des_seances_ni_des_offres(peupler):
    programme = peupler(1)
    comite = instance_de(programme)

    def ajouter(combien):
        for n in range(combien):
            seance = tenir(comite, le(3, 1) + datetime.timedelta(days=n))
            Decision.objects.create(seance=seance, numero=1, texte="Avis", structure=StructureFactory.create())
            OffreFactory.create(departement=programme.departement, etat="publiee")

    ajouter(1)
    avant = requetes(programme)
    ajouter(8)
    assert requetes(programme) == avant


def test_un_tableau_long_renvoie_au_classeur_qui_a_tout(peupler):
    programme = peupler(1)
    seance = tenir(instance_de(programme), le(2, 5))
    for n in range(1, LIGNES_IMPRIMEES + 3):
        Decision.objects.create(seance=seance, numero=n, texte=f"Décision numéro {n} bis")
    contenu = rassembler(programme, ANNEE)
    corps = composer_corps(contenu)
    assert f"numéro {LIGNES_IMPRIMEES} bis" in corps
    assert f"numéro {LIGNES_IMPRIMEES + 1} bis" not in corps
    assert "2\u00a0autres lignes se lisent dans le classeur" in corps
    classeur = openpyxl.load_workbook(io.BytesIO(composer_classeur(contenu, EDITION)), read_only=True)
    assert len(list(classeur["Décisions"].iter_rows(min_row=2))) == LIGNES_IMPRIMEES + 2
    assert {t["feuille"] for _, t in tableaux_de(contenu)} <= set(classeur.sheetnames)


def test_une_version_d_avant_ces_chapitres_s_ouvre_encore():
    ancien = json.loads((Path(__file__).parent / "contenu_v1.json").read_text(encoding="utf-8"))
    lu = mettre_a_niveau(ancien, 1)
    assert tableaux_de(lu) == []
    assert "Chiffres clés" in composer_corps(lu)
    assert composer_classeur(lu, EDITION)[:2] == b"PK"


@pytest.mark.parametrize(
    ("valeur", "genre", "dit"),
    [
        pytest.param(None, "entier", "–", id="inconnu"),
        pytest.param(0, "entier", "0", id="zero-n-est-pas-inconnu"),
        pytest.param(MASQUE, "euros", MASQUE, id="secret"),
        pytest.param("2025-02-05", "date", "05/02/2025", id="date"),
        pytest.param("1350", "euros", "1\u00a0350\u00a0€", id="euros"),
        pytest.param("66.7", "pourcentage", "66,7\u00a0%", id="taux"),
    ],
)
def test_une_case_se_dit_en_francais(valeur, genre, dit):
    assert dire(valeur, genre) == dit


def test_les_colonnes_ne_depassent_jamais_la_page():
    lu = tableau("x", "Essai", [colonne("A", largeur=n) for n in (12, 50, 70, 9, 14, 14, 14)], [])
    assert sum(parts(lu)) <= 100
    colonnes = [colonne("Instance", largeur=46), colonne("Nature", largeur=14), colonne("Le", "date", 8)]
    lu = tableau("x", "Essai", colonnes, [["Équipe pluridisciplinaire", "Équipe pluridisciplinaire", "2025-02-05"]])
    instance, nature, jour = parts(lu)
    assert instance + nature + jour <= 100
    assert not any(part % 2 for part in (instance, nature, jour))  # the classes of the style sheet are even
    assert (nature, jour) == (22, 12)  # neither the words nor the date are cut


def test_ce_que_des_lignes_partagent_est_imprime_une_fois():
    """Five objectives of one convention: its number and its operator head them, and leave their width to the rest."""
    colonnes = [colonne("Convention"), colonne("Opérateur", largeur=40), colonne("Objectif", largeur=36)]
    lignes_lues = [["C-1", "Horizons", "Entrées"], ["C-1", "Horizons", "Sorties"], ["C-2", "", "Entrées"]]
    lu = tableau("t", "Objectifs", colonnes, lignes_lues, groupe=2)
    page = render_to_string("documents/rapport/_tableau.html", gabarits_rapport.tableau(lu))
    assert page.count("C-1, Horizons") == 1
    assert '<th scope="rowgroup" colspan="1">C-2</th>' in page
    assert page.count('scope="row"') == 3
    assert "Opérateur" not in page
