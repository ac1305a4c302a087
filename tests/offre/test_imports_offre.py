"""Imports of offers, sessions, conventions: nothing written before it is asked for, the same rules as the screens."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from offre.models import Convention, Frein, LieuOffre, MontantConvention, OffreInsertion, Session
from pdi.socle.imports.operations import controler
from pdi.socle.models import EntreeJournal
from tests.fabriques import DepartementFactory, StructureFactory
from tests.fabriques_parcours import OffreFactory
from tests.imports_essai import administrateur, csv_de, deposer, etats, importer, messages, xlsx_de

pytestmark = pytest.mark.django_db
D = datetime.date
ENTETES = ("N°", "Intitulé", "Catégorie", "Objectifs", "Publics", "Freins visés", "Âge minimal", "Âge maximal",
           "Opérateur", "Publics visés (liste)", "Commune du lieu", "Adresse du lieu")  # fmt: skip


@pytest.fixture(autouse=True)
def departement():
    return DepartementFactory.create(code="91")


@pytest.fixture(autouse=True)
def freins():
    return [Frein.objects.create(code=c, libelle=n, ordre=i) for i, (c, n) in
            enumerate([("mobilite", "Mobilité"), ("garde-enfants", "Garde d’enfants")])]  # fmt: skip


@pytest.fixture(autouse=True)
def operateur():
    return StructureFactory.create(nom="Mission locale Nord", sigle="MLN")


def offres(*lignes, **plus):
    """Deposit rows of offers, as a workbook; what is left out is filled."""
    defaut = ("9.1", "Permis", "Emploi", "Passer le permis\nConduire", "Jeunes", "mobilité, garde d'enfants", 18, 25,
              "MLN", "Jeunes", "", "1 rue Haute")  # fmt: skip
    completes = [(*ligne, *defaut[len(ligne) :]) for ligne in lignes]
    return deposer("offres", xlsx_de(ENTETES, completes), "offres.xlsx", **plus)


# -- offers -----------------------------------------------------------------------------------------------


def test_une_offre_nouvelle_arrive_en_brouillon_entiere(operateur) -> None:
    lot = offres(())
    assert etats(lot) == {2: "nouvelle"}
    assert not OffreInsertion.objects.exists()
    importer(lot)
    offre = OffreInsertion.objects.get()
    assert (offre.numero, offre.etat, offre.categorie, offre.age_min, offre.age_max) == (
        "9.1",
        "brouillon",
        "emploi",
        18,
        25,
    )
    assert offre.objectifs == ["Passer le permis", "Conduire"]
    assert ([f.code for f in offre.freins.all()], list(offre.operateurs.all())) == (
        ["mobilite", "garde-enfants"],
        [operateur],
    )
    assert (offre.prescription_referent, offre.publics_vises) == (True, ["jeunes"])
    assert offre.lieux.get().adresse == "1 rue Haute"
    assert offre.transitions.get().vers == "brouillon"
    assert EntreeJournal.objects.filter(verbe="importer_creation", objet_id=str(offre.pk)).exists()


def test_la_redeposer_ne_cree_rien_et_ce_qui_change_se_voit() -> None:
    importer(offres((), options=["publier"]))
    assert OffreInsertion.objects.get().etat == "publiee"
    assert etats(offres(())) == {2: "identique"}
    lot = offres(("9.1", "Permis B", "", "", "", "mobilité", "", 30))
    assert messages(lot)[2][0][:2] == ("categorie", "valeur_manquante")
    lot = offres(("9.1", "Permis B", "Emploi", "", "", "mobilité", "", 30))
    ligne = lot.lignes.get()
    assert ligne.changements == {
        "intitule": ["Permis", "Permis B"], "age_max": [25, 30], "freins": ["Mobilité, Garde d’enfants", "Mobilité"],
    }  # fmt: skip
    importer(lot)
    offre = OffreInsertion.objects.get()
    assert (offre.intitule, offre.age_min, offre.age_max, offre.version) == ("Permis B", 18, 30, 2)
    assert offre.objectifs == ["Passer le permis", "Conduire"]  # an empty cell erases nothing
    assert [v.contenu["intitule"] for v in offre.versions.order_by("numero")] == ["Permis", "Permis B"]
    assert offre.lieux.count() == 1


def test_ce_qui_ne_va_pas_dit_ou_quoi_et_le_plus_proche() -> None:
    lot = offres(
        ("9.1", "A", "Emplois"), ("9.2", "B", "Sociale", "x", "y", "mobilte"),
        ("9.3", "C", "Sociale", "x", "y", "", 30, 20),
        ("9.4", "D", "Sociale", "x", "y", "", "", "", "Mision locale Nord"), ("9.1", "E"),
        ("9.6", "F", "Sociale", "x", "y", "", "", "", "", "Jeune, handicap"), (2.1, "G"),
    )  # fmt: skip
    lus = {numero: [(m[0], m[1], m[5]) for m in ms] for numero, ms in messages(lot).items()}
    assert lus == {
        2: [("categorie", "valeur_inconnue", "Emploi")],
        3: [("freins", "frein_inconnu", "Mobilité")],
        4: [("age_max", "bornes_inversees", "")],
        5: [("operateur", "reference_inconnue", "Mission locale Nord")],
        6: [("numero_offre", "doublon_fichier", "")],
        7: [("publics_vises", "valeur_inconnue", "Jeunes, Personnes en situation de handicap")],
        8: [("numero_offre", "numero_en_nombre", "")],  # 2.1 or 2.10: nothing is proposed
    }


def test_publier_demande_ce_que_l_ecran_demande() -> None:
    lot = offres(("9.1", "Permis", "Emploi", "", "", "", "", "", ""), options=["publier"])
    assert {m[0] for m in messages(lot)[2]} == {"objectifs", "publics", "operateur"}


def test_le_modele_se_remplit_et_se_redepose(client) -> None:
    client.force_login(administrateur(), backend="django.contrib.auth.backends.ModelBackend")
    for genre in ("offres", "sessions", "conventions", "montants", "di-structures", "di-services"):
        reponse = client.get(reverse("parcours:import_modele", args=[genre]))
        classeur = openpyxl.load_workbook(io.BytesIO(reponse.content))
        assert classeur.sheetnames == ["À remplir", "Valeurs acceptées", "Explications"]
        assert client.get(reverse("parcours:import_aide", args=[genre])).status_code == 200
    classeur = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("parcours:import_modele", args=["offres"])).content)
    )
    titres = [c.value for c in classeur["À remplir"][1]]
    for titre, valeur in {"N°": "1.9", "Intitulé": "Atelier", "Catégorie": "Insertion sociale"}.items():
        classeur["À remplir"].cell(2, titres.index(titre) + 1, valeur)
    tampon = io.BytesIO()
    classeur.save(tampon)
    assert etats(deposer("offres", tampon.getvalue(), "modele.xlsx")) == {2: "nouvelle"}


# -- sessions ---------------------------------------------------------------------------------------------

SESSIONS = ("Offre", "Premier jour", "Dernier jour", "Capacité", "Opérateur", "Lieu", "État")


def test_des_sessions_se_preparent_s_ouvrent_et_se_retrouvent(operateur) -> None:
    offre = OffreFactory.create(numero="2.6", operateurs=[operateur])
    lieu = LieuOffre.objects.create(offre=offre, nom="Maison de l’emploi")
    lignes = [("2.6", "14/09/2026", "18/12/2026", "12", "MLN", "maison de l'emploi", ""),
              ("2.6", "05/10/2026", "", "8,5", "", "", "Ouverte aux inscriptions")]  # fmt: skip
    lot = deposer("sessions", csv_de(SESSIONS, lignes))
    assert etats(lot) == {2: "nouvelle", 3: "nouvelle"}
    importer(lot)
    preparee, ouverte = Session.objects.order_by("debut")
    assert (preparee.etat, preparee.lieu, int(preparee.capacite), preparee.operateur) == (
        "preparee",
        lieu,
        12,
        operateur,
    )
    assert (ouverte.etat, ouverte.fin, ouverte.capacite) == ("ouverte", None, Decimal("8.5"))
    assert [t.vers for t in ouverte.transitions.order_by("pk")] == ["preparee", "ouverte"]
    assert etats(deposer("sessions", csv_de(SESSIONS, lignes))) == {2: "identique", 3: "identique"}
    Session.objects.filter(pk=ouverte.pk).update(prises=6)
    lignes = [("2.6", "14/09/2026", "", "20", "MLN", "", "ouverte"), ("2.6", "05/10/2026", "", "5", "", "", "")]
    lot = deposer("sessions", csv_de(SESSIONS, lignes))
    assert messages(lot) == {
        3: [("capacite", "capacite_prise", "5", "Plus de places sont déjà prises.", "au moins 6", "")]
    }
    importer(lot)
    preparee.refresh_from_db()
    assert (preparee.etat, int(preparee.capacite), preparee.fin) == ("ouverte", 20, D(2026, 12, 18))


def test_une_session_a_tort_s_explique(operateur) -> None:
    OffreFactory.create(numero="2.6", intitule="École", operateurs=[])
    lignes = [("2.6", "14/09/2026", "01/09/2026", "12", "MLN", "Nulle part", ""),
              ("Ecol", "14/09/2026", "", "3", "", "", ""),
              ("2.6", "14/09/2026", "01/09/2027", "12", "", "", ""),
              ("école", "14/09/2026", "", "12", "", "", "")]  # fmt: skip
    lot = deposer("sessions", csv_de(SESSIONS, lignes))
    assert {n: {m[1] for m in ms} for n, ms in messages(lot).items()} == {
        2: {"dates_en_desordre", "operateur_etranger"}, 3: {"reference_inconnue"}, 5: {"meme_session"},
    }  # fmt: skip
    assert [m[1] for m in messages(lot, remarques=True)[2]] == ["lieu_inconnu"]
    assert messages(lot)[3][0][5] == "2.6 École"


# -- conventions ------------------------------------------------------------------------------------------

CONVENTIONS = ("N°", "Intitulé", "Opérateur", "Début", "Fin", "Signée le", "Offres")
MONTANTS = ("Convention", "Année", "Financeur", "Prévu (€)", "Payé (€)")


def test_une_convention_se_signe_et_ne_se_reecrit_plus(operateur) -> None:
    offre = OffreFactory.create(numero="2.6")
    projet = ("2026-14", "Permis", "MLN", "01/01/2026", "31/12/2026", "", "2.6")
    importer(deposer("conventions", csv_de(CONVENTIONS, [projet])))
    convention = Convention.objects.get()
    assert (convention.etat, convention.periode) == ("projet", DateRange(D(2026, 1, 1), D(2027, 1, 1)))
    assert list(convention.offres.all()) == [offre]
    assert etats(deposer("conventions", csv_de(CONVENTIONS, [projet]))) == {2: "identique"}
    signee = (*projet[:4], "30/06/2027", "15/02/2026", "")
    lot = deposer("conventions", csv_de(CONVENTIONS, [signee]))
    assert set(lot.lignes.get().changements) == {"fin", "signee_le", "statut"}
    importer(lot)
    convention.refresh_from_db()
    assert (convention.etat, convention.signee_le, convention.periode.upper) == (
        "signee",
        D(2026, 2, 15),
        D(2027, 7, 1),
    )
    assert [t.vers for t in convention.transitions.order_by("pk")] == ["projet", "signee"]
    encore = (*signee[:4], "31/12/2028", "", "2.6 ; 9.9")
    lot = deposer("conventions", csv_de(CONVENTIONS, [encore], separateur="|"))
    assert [(m[0], m[1]) for m in messages(lot)[2]] == [("offres", "offre_inconnue"), ("debut", "convention_signee")]


def test_les_montants_suivent_leur_convention(operateur) -> None:
    StructureFactory.create(nom="Conseil régional")
    importer(deposer("conventions", csv_de(CONVENTIONS, [("2026-14", "P", "MLN", "01/01/2026", "31/12/2026", "", "")])))
    lignes = [("2026-14", "2026", "Conseil régional", "25 000,50", ""),
              ("2026-14", "2026", "conseil regional", "1", ""),
              ("2026-15", "2026", "Conseil régional", "1", ""),
              ("2026-14", "2025", "Conseil régional", "", "")]  # fmt: skip
    lot = deposer("montants", csv_de(MONTANTS, lignes))
    assert {n: [m[1] for m in ms] for n, ms in messages(lot).items()} == {
        3: ["meme_montant"], 4: ["reference_inconnue"], 5: ["valeur_manquante"],
    }  # fmt: skip
    assert messages(lot)[4][0][5] == "2026-14 – P"
    importer(lot)
    assert MontantConvention.objects.get().prevu == Decimal("25000.50")
    importer(deposer("montants", csv_de(MONTANTS, [("2026-14", "2026", "Conseil régional", "", "12000")])))
    montant = MontantConvention.objects.get()
    assert (montant.prevu, montant.paye) == (Decimal("25000.50"), Decimal(12000))


def test_une_fois_la_ligne_importee_sa_double_reste_a_corriger() -> None:
    lot = offres(("9.1", "Permis"), ("9.1", "Autre titre"))
    importer(lot)
    lot.refresh_from_db()
    with transaction.atomic():
        controler(lot, par=lot.depose_par)
    assert etats(lot) == {2: "importee", 3: "a_corriger"}
    assert OffreInsertion.objects.get().intitule == "Permis"
