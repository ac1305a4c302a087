"""Imports of realisations: a template a kind, the rules of the screen, nothing twice; doubles of a partial import."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.db import transaction
from django.urls import reverse

from actions import registre
from offre.models import Realisation, Session
from offre.operations.realisations import charger_types
from pdi.socle.imports.operations import controler
from pdi.socle.models import EntreeJournal
from tests.fabriques import DepartementFactory, FicheFactory, StructureFactory
from tests.fabriques_offre import ConventionFactory, annee
from tests.fabriques_parcours import OffreFactory
from tests.imports_essai import administrateur, csv_de, deposer, etats, importer, messages, xlsx_de

pytestmark = pytest.mark.django_db
PMSMP = ("Intitulé", "Structure", "Début", "Personnes accueillies", "Durée de l’immersion (semaines)",
         "dont bénéficiaires du RSA", "Convention", "Fiche-action")  # fmt: skip
JOUR = f"14/09/{annee()}"


@pytest.fixture(autouse=True)
def maison():
    DepartementFactory.create(code="91")
    charger_types()
    return StructureFactory.create(nom="Maison de l’emploi", sigle="MDE")


def immersions(*lignes, **plus):
    defaut = ("Garage Martin", "MDE", JOUR, 2, 3, "", "", "")
    return deposer("realisations-pmsmp", xlsx_de(PMSMP, [(*x, *defaut[len(x) :]) for x in lignes]), "i.xlsx", **plus)


def test_une_realisation_arrive_avec_ses_mesures_et_compte_sur_la_fiche(maison):
    convention, fiche = ConventionFactory.create(operateur=maison), FicheFactory.create(programme__annee_fin=annee())
    ligne = ("Garage Martin", "mde", JOUR, 2, 3, 1, convention.numero, fiche.numero)
    lot = immersions(ligne)
    assert (messages(lot), Realisation.objects.count()) == ({}, 0)
    importer(lot)
    lue = Realisation.objects.get()
    assert (lue.type.code, lue.structure, lue.convention, lue.fiche) == ("pmsmp", maison, convention, fiche)
    assert lue.valeurs == {"personnes": "2", "duree": "3", "brsa": "1"}
    assert lue.saisie_par == lot.depose_par
    indicateur = registre.trouver("pmsmp-personnes@fiche")
    assert indicateur is not None
    assert indicateur.requete(fiche.programme, annee())[fiche.pk].numerateur == 2
    assert EntreeJournal.objects.filter(verbe="importer_creation", objet_id=str(lue.pk)).exists()
    assert etats(immersions(ligne)) == {2: "identique"}


def test_la_redeposer_corrige_sans_rien_effacer():
    importer(immersions(("Garage Martin", "MDE", JOUR, 2, 3, 1)))
    lot = immersions(("garage martin", "MDE", JOUR, 4, 3, ""))
    assert set(lot.lignes.get().changements) == {"mesure_personnes"}
    importer(lot)
    lue = Realisation.objects.get()
    assert lue.valeurs == {"personnes": "4", "duree": "3", "brsa": "1"}
    assert lue.version == 2


def test_une_ligne_impossible_dit_ou_quoi_et_ce_qui_est_attendu():
    autre = ConventionFactory.create()
    lot = immersions(
        ("A", "MDE", JOUR, 2, 5), ("B", "MDE", JOUR, 2, 2, 3), ("C", "MDE", JOUR, "", 2),
        ("D", "MDE", JOUR, 2, 2, "", autre.numero), ("E", "Maison de l’enploi", JOUR), ("d", "MDE", JOUR, 1, 1),
    )  # fmt: skip
    dits = messages(lot)
    assert {n: [(m[0], m[1]) for m in ms] for n, ms in dits.items()} == {
        2: [("mesure_duree", "nombre_hors_bornes")], 3: [("mesure_brsa", "part_trop_grande")],
        4: [("mesure_personnes", "valeur_manquante")], 5: [("convention", "convention_etrangere")],
        6: [("structure", "reference_inconnue")], 7: [("intitule", "meme_realisation")],
    }  # fmt: skip
    assert dits[3][0][4] == "au plus 2"
    assert dits[6][0][5] == "Maison de l’emploi"
    importer(lot)
    assert not Realisation.objects.exists()


@pytest.mark.parametrize("genre", ["clauses", "parrainage", "creche", "forum"])
def test_chaque_type_a_son_modele_a_remplir(client, genre):
    client.force_login(administrateur())
    page = client.get(reverse("parcours:import_modele", args=[f"realisations-{genre}"]))
    feuille = openpyxl.load_workbook(io.BytesIO(b"".join(page.streaming_content) if page.streaming else page.content))
    entetes = [c.value for c in next(feuille.worksheets[0].iter_rows(max_row=1))]
    assert entetes[:3] == ["Intitulé", "Structure", "Début"]
    attendue = {"clauses": "Heures réservées (heures)", "parrainage": "Personnes parrainées (personnes)",
                "creche": "Heures utilisées (heures)", "forum": "Nature"}[genre]  # fmt: skip
    assert attendue in entetes


def test_la_double_d_une_session_deja_importee_reste_a_corriger():
    OffreFactory.create(numero="2.6", intitule="École")
    entetes = ("Offre", "Premier jour", "Capacité")
    lot = deposer("sessions", csv_de(entetes, [("2.6", JOUR, "12"), ("école", JOUR, "20")]))
    importer(lot)
    lot.refresh_from_db()
    with transaction.atomic():
        controler(lot, par=lot.depose_par)
    assert etats(lot) == {2: "importee", 3: "a_corriger"}
    assert Session.objects.get().capacite == 12


def test_un_numero_d_offre_presque_juste_propose_le_bon():
    OffreFactory.create(numero="2.6", intitule="École de la deuxième chance")
    lot = deposer("sessions", csv_de(("Offre", "Premier jour", "Capacité"), [("2.66", JOUR, "12")]))
    assert messages(lot)[2][0][5].startswith("2.6")
    StructureFactory.create(nom="Mission locale")
    entetes = ("N°", "Intitulé", "Opérateur", "Début", "Fin", "Offres")
    projet = ("2026-14", "Permis", "Mission locale", "01/01/2026", "31/12/2026", "2.66")
    convention = deposer("conventions", csv_de(entetes, [projet]))
    assert "Vouliez-vous dire « 2.6 » ?" in messages(convention)[2][0][3]


def test_la_liste_mene_au_depot_du_type_affiche(client):
    client.force_login(administrateur())
    page = client.get(reverse("offre:realisations"), {"type": "creche"}).content.decode()
    depot = f"{reverse('parcours:import_nouveau')}?genre=realisations-creche"
    assert depot in page
    assert "Réalisations\u00a0: places de crèche" in client.get(depot).content.decode()
