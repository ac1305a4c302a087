"""Imports of orientations, référents, contracts: the same rules as the screens and the database, by sets."""

from __future__ import annotations

import datetime
from random import Random

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from parcours.models import AffectationReferent, CapaciteAccueil, Contrat, Orientation
from pdi.comptes.models import Role
from pdi.socle.imports import corrections
from pdi.socle.models import EntreeJournal, LotImport
from tests.fabriques import DepartementFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AffectationFactory,
    ContratFactory,
    DemandeReorientationFactory,
    MotifFactory,
    OrientationFactory,
    PersonneFactory,
    RegimeFactory,
)
from tests.imports_essai import csv_de, deposer, etats, importer, messages

pytestmark = pytest.mark.django_db
QUI = ("Nom", "Prénom", "Né le")
ALI = ("Modèle", "Ali", "02/07/1984")
D = datetime.date


@pytest.fixture(autouse=True)
def ali():
    return PersonneFactory.create(nom_naissance="Modèle", prenoms="Ali", date_naissance=D(1984, 7, 2))


@pytest.fixture(autouse=True)
def structure():
    return StructureFactory.create(nom="Mission locale Nord", sigle="MLN")


# -- orientations --------------------------------------------------------------------------------------

ORIENTATIONS = (*QUI, "Orienté le", "Type", "Organisme", "Structure", "Date de fin")


def orientations(*lignes, **plus) -> LotImport:
    """Deposit rows of (day, type, organism, structure, last day) about Ali."""
    completes = [(*ALI, *ligne, *("", "sociale", "CD", "MLN", "")[len(ligne) :]) for ligne in lignes]
    return deposer("orientations", csv_de(ORIENTATIONS, completes), **plus)


def periodes(modele):
    return [(o.periode.lower, o.periode.upper) for o in modele.objects.order_by("periode")]


def test_un_organisme_qui_ne_va_pas_a_la_structure_est_signale(ali, structure):
    structure.nature = "emploi"
    structure.save()
    lot = orientations(("15/01/2025", "emploi", "Pôle emploi"))
    assert etats(lot) == {2: "nouvelle"}, "signalé, sans être refusé"
    (dite,) = lot.lignes.get().anomalies.all()
    assert (dite.code, dite.bloquante, dite.attendu) == ("organisme_structure", False, "«\u00a0Mission locale\u00a0»")


def test_une_histoire_d_orientations_se_suit(ali, structure):
    lot = orientations(("15/01/2025", "emploi", "Pôle emploi"), ("10/06/2024", "socio-pro"))
    assert etats(lot) == {2: "nouvelle", 3: "nouvelle"}
    importer(lot)
    assert periodes(Orientation) == [(D(2024, 6, 10), D(2025, 1, 15)), (D(2025, 1, 15), None)]
    derniere = Orientation.objects.latest("decidee_le")
    assert (derniere.rang, derniere.type_decide, derniere.organisme, derniere.mode, derniere.origine) == (
        2, "emploi", "france_travail", "emploi", "import",
    )  # fmt: skip
    assert (derniere.personne, derniere.structure) == (ali, structure)
    encore = orientations(("15/01/2025", "emploi", "Pôle emploi"), ("10/06/2024", "socio-pro"))
    assert etats(encore) == {2: "identique", 3: "identique"}


def test_ce_qui_court_encore_ne_finit_que_si_on_le_demande(ali):
    OrientationFactory.create(personne=ali, decidee_le=D(2024, 1, 10))
    refuse = orientations(("15/01/2025",))
    ((colonne, code, valeur, message, attendu, _),) = messages(refuse)[2]
    assert (colonne, code, valeur) == ("decidee_le", "chevauchement_en_cours", "15/01/2025")
    assert message == "L’orientation commencée depuis le 10/01/2024 court toujours."
    assert attendu.startswith("déposez le fichier en demandant d’y mettre fin la veille")
    lot = orientations(("15/01/2025",), options=["raccourcir"])
    assert messages(lot, remarques=True)[2][0][3] == (
        "L’orientation commencée depuis le 10/01/2024 prendra fin la veille."
    )
    importer(lot)
    assert periodes(Orientation) == [(D(2024, 1, 10), D(2025, 1, 15)), (D(2025, 1, 15), None)]


@pytest.mark.parametrize(
    ("lignes", "numero", "code"),
    [
        ([("15/01/2023",)], 2, "chevauchement"),
        ([("15/01/2025", "", "", "", "31/12/2025")], 2, "chevauchement"),
        ([("15/01/2025", "sociale", "CD", "MLN", "10/01/2025")], 2, "fin_avant_debut"),
        ([("15/01/1980", "sociale", "CD", "MLN", "10/01/1981")], 2, "avant_naissance"),
        ([("15/01/2025",), ("15/01/2025", "emploi")], 3, "meme_debut"),
        ([("15/01/2025", "sociale", "CD", "MLN", "01/03/2025"), ("01/02/2025",)], 2, "chevauchement_fichier"),
    ],
    ids=["avant l’existante", "au milieu", "fin avant début", "avant la naissance", "même jour", "dans le fichier"],
)  # fmt: skip
def test_un_chevauchement_est_dit_avant_que_la_base_ne_refuse(ali, lignes, numero, code):
    OrientationFactory.create(personne=ali, decidee_le=D(2024, 1, 10))
    completes = [
        (j, *(v or d for v, d in zip(reste, ("sociale", "CD", "MLN", ""), strict=False))) for j, *reste in lignes
    ]
    lot = orientations(*completes, options=["raccourcir"])
    assert code in {m[1] for m in messages(lot)[numero]}
    if lot.pretes:
        importer(lot)  # what is ready is ready for the constraints too


def test_une_orientation_connue_se_corrige_champ_par_champ(ali, structure):
    connue = OrientationFactory.create(personne=ali, decidee_le=D(2024, 1, 10), type_decide="social",
                                       structure=structure, organisme="departement", mode="social")  # fmt: skip
    lot = orientations(("10/01/2024", "emploi", "CD", "Mission locale nord"))
    assert lot.lignes.get().changements == {"type_decide": ["social", "emploi"]}
    importer(lot)
    connue.refresh_from_db()
    assert connue.type_decide == "emploi"
    entree = EntreeJournal.objects.get(objet_type="parcours.orientation")
    assert (entree.verbe, entree.objet_id) == ("importer_modification", str(connue.pk))


def test_une_personne_inconnue_propose_celles_qui_ressemblent(ali):
    fichier = csv_de(ORIENTATIONS, [
        ("Modele-Dupont", "Ali", "02/07/1984", "15/01/2025", "emploi", "FT", "MLN", ""),
        ("Personne", "Zoé", "01/01/1990", "15/01/2025", "emploi", "FT", "MLN", ""),
    ])  # fmt: skip
    lot = deposer("orientations", fichier)
    assert etats(lot) == {2: "a_reconnaitre", 3: "a_reconnaitre"}
    assert messages(lot)[2][0][3] == "Aucune personne connue de ce nom, née ce jour-là. Est-ce l’une de celles-ci ?"
    assert "Importez d’abord les personnes" in messages(lot)[3][0][3]
    corrections.designer(lot=lot, ligne=2, cible=ali.pk, par=lot.depose_par)
    lot.refresh_from_db()
    assert etats(lot)[2] == "nouvelle"
    importer(lot)
    assert Orientation.objects.get().personne == ali


def test_une_structure_inconnue_propose_la_plus_proche():
    lot = orientations(("15/01/2025", "emploi", "FT", "Mision locale Nord"), ("15/02/2024", "emploi", "FT", "zzz"))
    (_, code, valeur, message, attendu, suggestion) = messages(lot)[2][0]
    assert (code, valeur, suggestion) == ("reference_inconnue", "Mision locale Nord", "Mission locale Nord")
    assert message == "Aucune structure de ce nom. Vouliez-vous dire « Mission locale Nord » ?"
    assert attendu == "nom, sigle ou SIRET d’une structure en activité"
    assert messages(lot)[3][0][5] == ""


def test_de_plusieurs_structures_du_meme_sigle_celle_d_ici_est_prise():
    ailleurs = DepartementFactory.create(code="71")
    for nom in ("Caisse d’allocations de Saône-et-Loire", "Caisse d’allocations de l’Ain"):
        StructureFactory.create(nom=nom, sigle="CAF", departement=ailleurs)
    StructureFactory.create(nom="Caisse d’allocations de l’Essonne", sigle="CAF")
    lot = orientations(("15/01/2025", "sociale", "CAF", "CAF"), ("15/02/2024", "sociale", "CAF", "Caisse d'alocations"))
    assert etats(lot)[2] == "nouvelle"
    assert messages(lot)[3][0][5] == "Caisse d’allocations de l’Essonne"


def test_une_ligne_n_est_pas_fermee_par_une_ligne_refusee():
    lot = orientations(("10/06/2024",), ("15/01/2025", "emploi", "FT", "zzz"), ("01/02/2025", "emploi"))
    assert messages(lot)[2][0][1] == "ligne_liee"
    assert etats(lot) == {2: "a_corriger", 3: "a_corriger", 4: "nouvelle"}
    corrections.corriger(lot=lot, ligne=3, colonne="structure", valeur="MLN", par=lot.depose_par)
    lot.refresh_from_db()
    assert lot.comptes == {"nouvelle": 3}
    importer(lot)


def test_une_structure_pleine_demande_un_motif(ali, structure):
    CapaciteAccueil.objects.create(structure=structure, places=1, periode=DateRange(D(2020, 1, 1), None))
    PersonneFactory.create(nom_naissance="Spécimen", prenoms="Lina", date_naissance=D(1990, 1, 1))
    entetes = (*QUI, "Orienté le", "Type", "Organisme", "Structure", "Motif")
    lignes = [(*ALI, "15/01/2025", "emploi", "ML", "MLN", ""),
              ("Spécimen", "Lina", "01/01/1990", "15/01/2025", "emploi", "ML", "MLN", "")]  # fmt: skip
    lot = deposer("orientations", csv_de(entetes, lignes))
    assert etats(lot) == {2: "nouvelle", 3: "a_corriger"}
    assert messages(lot)[3][0][:4] == (
        "motif_texte", "capacite_depassee", "", "La structure n’a plus de place (1 en tout).",
    )  # fmt: skip
    corrections.corriger(lot=lot, ligne=3, colonne="motif_texte", valeur="Fratrie suivie", par=lot.depose_par)
    lot.refresh_from_db()
    importer(lot)
    assert list(Orientation.objects.order_by("pk").values_list("depassement", flat=True)) == [False, True]


def test_une_demande_de_reorientation_se_repond_d_abord(ali):
    precedente = OrientationFactory.create(personne=ali, decidee_le=D(2024, 1, 10))
    DemandeReorientationFactory.create(orientation=precedente)
    lot = orientations(("15/01/2025",), options=["raccourcir"])
    assert "demande_en_attente" in {m[1] for m in messages(lot)[2]}


# -- référents -----------------------------------------------------------------------------------------

REFERENTS = (*QUI, "Référent", "Structure", "Début", "Fin")


def referents(*lignes, **plus) -> LotImport:
    return deposer("referents", csv_de(REFERENTS, [(*ALI, *ligne) for ligne in lignes]), **plus)


def test_un_referent_est_un_compte_ou_un_nom(ali, structure):
    compte = UtilisateurFactory.create(role=Role.REFERENT, prenom="Noé", nom="Témoin", courriel="noe@exemple.fr")
    lot = referents(("noe@exemple.fr", "MLN", "01/02/2024", "31/05/2024"),
                    ("TEMOIN noe", "MLN", "01/06/2024", "31/12/2024"),
                    ("Une Inconnue", "MLN", "01/01/2025", ""))  # fmt: skip
    assert lot.comptes == {"nouvelle": 3}
    assert messages(lot, remarques=True)[4][0][3].startswith("Aucun compte de référent à ce nom : inscrit par son nom.")
    importer(lot)
    lus = [(a.referent, a.referent_nom) for a in AffectationReferent.objects.order_by("periode")]
    assert lus == [(compte, ""), (compte, ""), (None, "Une Inconnue")]
    assert periodes(AffectationReferent)[0] == (D(2024, 2, 1), D(2024, 6, 1))  # the last day is included


def test_une_adresse_sans_compte_est_refusee():
    lot = referents(("inconnu@exemple.fr", "MLN", "01/02/2024", ""))
    assert "compte_inconnu" in {m[1] for m in messages(lot)[2]}


def test_le_suivi_en_cours_finit_la_veille_avec_son_motif_et_le_reimport_ne_change_rien(ali, structure):
    motif = MotifFactory.create(nature="fin_referent", libelle="Changement de secteur")
    AffectationFactory.create(personne=ali, periode=DateRange(D(2023, 1, 1), None))
    entetes, ligne = (*REFERENTS, "Motif de fin"), (*ALI, "Une Inconnue", "MLN", "01/02/2024", "")
    lot = deposer("referents", csv_de(entetes, [(*ligne, "")]), options=["raccourcir"])
    assert messages(lot)[2][0][:4] == ("motif_fin", "fin_sans_motif", "", "Dites pourquoi le suivi en cours prend fin.")
    corrections.corriger(lot=lot, ligne=2, colonne="motif_fin", valeur="changement de secteur", par=lot.depose_par)
    lot.refresh_from_db()
    importer(lot)
    assert periodes(AffectationReferent) == [(D(2023, 1, 1), D(2024, 2, 1)), (D(2024, 2, 1), None)]
    assert AffectationReferent.objects.order_by("periode")[0].motif_fin == motif
    assert etats(deposer("referents", csv_de(entetes, [(*ligne, "")]))) == {2: "identique"}


def test_un_referent_ne_se_designe_ni_pour_un_defunt_ni_dans_plus_d_un_an(ali):
    assert "date_lointaine" in {m[1] for m in messages(referents(("Une Inconnue", "MLN", "01/02/2099", "")))[2]}
    ali.deces_le = D(2024, 1, 1)
    ali.save()
    assert "personne_decedee" in {m[1] for m in messages(referents(("Une Inconnue", "MLN", "01/02/2024", "")))[2]}


def test_le_meme_referent_n_est_pas_designe_deux_fois(ali, structure):
    AffectationFactory.create(personne=ali, structure=structure, referent_nom="Une Inconnue",
                              periode=DateRange(D(2023, 1, 1), None))  # fmt: skip
    lot = referents(("Une Inconnue", "MLN", "01/02/2024", ""), options=["raccourcir"])
    assert "Ce référent suit déjà cette personne, depuis le 01/01/2023." in {m[3] for m in messages(lot)[2]}


# -- contracts -----------------------------------------------------------------------------------------

CONTRATS = (*QUI, "Nature", "Du", "Au", "Structure", "Signature de la personne", "Signature du référent",
            "Signature du Département", "Décidé le", "Rang", "État", "Clos le")  # fmt: skip


def contrat(du, au, *, signe="", decide="", rang="", etat="", clos="", nature="CE"):
    return (*ALI, nature, du, au, "MLN", signe, signe, decide, decide, rang, etat, clos)


def contrats(*lignes) -> LotImport:
    return deposer("contrats", csv_de(CONTRATS, lignes))


def test_un_contrat_et_son_renouvellement(ali):
    orientation = OrientationFactory.create(personne=ali, decidee_le=D(2024, 1, 10))
    lignes = (
        contrat("01/08/2024", "31/01/2025", signe="20/07/2024", decide="25/07/2024"),
        contrat("01/02/2024", "31/07/2024", signe="30/01/2024", decide="01/02/2024"),
    )
    lot = contrats(*lignes)
    assert lot.comptes == {"nouvelle": 2}
    importer(lot)
    premier, second = Contrat.objects.order_by("debut")
    assert (premier.rang, premier.etat, premier.precedent, premier.orientation) == (
        "premier",
        "valide",
        None,
        orientation,
    )
    assert (second.rang, second.precedent) == ("renouvellement", premier)
    transition = second.transitions.get()
    assert (transition.de, transition.vers, transition.commentaire) == ("", "valide", f"Import, lot {lot.pk}")
    assert contrats(*lignes).comptes == {"identique": 2}


@pytest.mark.parametrize(
    ("lignes", "numero", "code", "colonne"),
    [
        ([contrat("01/02/2024", "31/01/2024")], 2, "dates_en_desordre", "fin"),
        ([contrat("01/02/2024", "31/07/2024", etat="Validé")], 2, "date_manquante", "decide_le"),
        ([contrat("01/02/2024", "31/07/2024", signe="01/02/2024", decide="01/02/2024", etat="clos")], 2,
         "date_manquante", "clos_le"),
        ([contrat("01/02/2024", "31/07/2024", etat="brouillon", clos="01/03/2024")], 2, "clos_sans_etat", "statut"),
        ([contrat("01/02/2024", "31/07/2024", rang="renouvellement")], 2, "sans_precedent", "rang"),
        ([contrat("01/02/2024", "31/07/2024", signe="30/01/2024", decide="01/02/2024"),
          contrat("01/07/2024", "31/12/2024", signe="30/01/2024", decide="01/02/2024")], 3, "chevauchement_fichier",
         "debut"),
    ],
    ids=["dates", "validé sans date", "clos sans date", "date de clôture seule", "sans précédent", "chevauchement"],
)  # fmt: skip
def test_un_contrat_refuse_dit_pourquoi(lignes, numero, code, colonne):
    lot = contrats(*lignes)
    assert (colonne, code) in {m[:2] for m in messages(lot)[numero]}
    if lot.pretes:
        importer(lot)


def test_un_renouvellement_dont_le_premier_est_refuse_attend_avec_lui():
    lot = contrats(contrat("01/02/2024", "31/01/2024"), contrat("01/08/2024", "31/01/2025", rang="renouvellement"),
                   contrat("01/08/2025", "31/01/2026", rang="renouvellement"))  # fmt: skip
    assert lot.comptes == {"a_corriger": 3}


def test_un_contrat_decide_ne_se_reecrit_pas_mais_se_clot(ali, structure):
    ecrit = ContratFactory.create(personne=ali, debut=D(2024, 2, 1), fin=D(2024, 7, 31), etat="valide", nature="ce",
                                  structure=structure)  # fmt: skip
    refuse = contrats(contrat("01/02/2024", "31/08/2024", signe="01/02/2024", decide="01/02/2024"))
    assert "contrat_decide" in {m[1] for m in messages(refuse)[2]}
    lot = contrats(contrat("01/02/2024", "31/07/2024", signe="01/02/2024", decide="01/02/2024", clos="15/06/2024"))
    assert lot.lignes.get().changements == {"clos_le": [None, "2024-06-15"], "statut": ["valide", "clos"]}
    importer(lot)
    ecrit.refresh_from_db()
    assert (ecrit.etat, ecrit.clos_le) == ("clos", D(2024, 6, 15))
    assert [(t.de, t.vers) for t in ecrit.transitions.all()] == [("valide", "clos")]


def test_un_contrat_valide_de_la_base_ne_se_chevauche_pas(ali, structure):
    ContratFactory.create(personne=ali, debut=D(2024, 2, 1), fin=D(2024, 7, 31), etat="valide", structure=structure)
    lot = contrats(contrat("01/07/2024", "31/12/2024", signe="01/07/2024", decide="01/07/2024"))
    assert messages(lot)[2][0][3] == "Un contrat validé couvre déjà cette période : du 01/02/2024 au 31/07/2024."
    avenant = contrats(contrat("01/07/2024", "31/12/2024", signe="01/07/2024", decide="01/07/2024", rang="avenant"))
    assert avenant.comptes == {"nouvelle": 1}


def test_la_nature_prevue_a_cette_date_est_rappelee():
    RegimeFactory.create(parametres={"nature_contrat": "ce", "nom_contrat": "Contrat d’engagement"})
    lot = contrats(contrat("01/02/2025", "31/07/2025", nature="CER"))
    assert lot.comptes == {"nouvelle": 1}
    assert messages(lot, remarques=True)[2][0][3] == "À cette date, le contrat prévu est : Contrat d’engagement."


# -- the constraints never have to speak -------------------------------------------------------------------


def test_des_histoires_au_hasard_n_enfreignent_jamais_les_contraintes():
    """Whatever the file and the base say, what is declared ready is accepted by the exclusion constraint."""
    hasard = Random(91)
    for tour in range(12):
        personnes = [
            PersonneFactory.create(nom_naissance=f"Hasard{tour}x{n}", prenoms="Ali", date_naissance=D(1984, 7, 2))
            for n in range(12)
        ]
        for personne in personnes:
            jour = D(2020, 1, 1)
            for _ in range(hasard.randint(0, 3)):
                jour += datetime.timedelta(days=hasard.randint(0, 300))
                fin = jour + datetime.timedelta(days=hasard.randint(1, 300))
                OrientationFactory.create(personne=personne, decidee_le=jour, periode=DateRange(jour, fin))
                jour = fin
            if hasard.random() < 0.5:
                OrientationFactory.create(personne=personne, decidee_le=jour)
        lignes = []
        for personne in personnes:
            for _ in range(hasard.randint(1, 4)):
                debut = D(2020, 1, 1) + datetime.timedelta(days=hasard.randint(0, 1500))
                longueur = datetime.timedelta(days=hasard.randint(-5, 400))
                dernier = f"{debut + longueur:%d/%m/%Y}" if hasard.random() < 0.5 else ""
                lignes.append((personne.nom_naissance, "Ali", "02/07/1984", f"{debut:%d/%m/%Y}", "emploi", "FT",
                               "MLN", dernier))  # fmt: skip
        lot = deposer("orientations", csv_de(ORIENTATIONS, lignes), options=["raccourcir"] if tour % 2 else [])
        if lot.pretes:
            importer(lot)
