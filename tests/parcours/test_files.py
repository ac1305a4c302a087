"""Work queues: who is in them, who sees them, what a row says, one person after the other."""

from __future__ import annotations

import datetime
import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parcours.files.catalogue import FILES, PAR_CODE
from parcours.files.comptes import compter
from parcours.files.controles import CONTROLES, MomentControle, completude
from parcours.files.controles import compter as compter_controles
from parcours.files.controles import personnes as personnes_a_corriger
from parcours.files.horloges import Cadre
from parcours.files.perimetre import files_de, lignes
from parcours.models import DemandeReorientation, EtatContrat, Motif, Orientation, Personne
from parcours.models import TransitionContrat as Transition
from parcours.operations.referentiels import charger_referentiels
from parcours.regles.delais import plus_mois
from pdi.comptes.models import Role
from tests.fabriques import HabilitationFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AdresseFactory,
    CommuneFactory,
    ContratFactory,
    EntretienFactory,
    MotifFactory,
    PrescriptionFactory,
    RegimeFactory,
    SortieFactory,
    SuiviFactory,
    TerritoireFactory,
    depuis,
    il_y_a,
    personne_suivie,
)

from .population import peupler, preparer_monde
from .regles_files import Regles, dossiers

pytestmark = pytest.mark.django_db
JOURS_D_ESSAI = (datetime.date(2024, 12, 31), datetime.date(2025, 2, 28), datetime.date(2026, 3, 31))


def administrateur() -> Any:
    return UtilisateurFactory.create(role=Role.ADMINISTRATEUR)


def url(code: str, nom: str = "file") -> str:
    return reverse(f"parcours:{nom}", args=[code])


def regime_courant() -> None:
    RegimeFactory.create(
        validite=depuis(datetime.date(2020, 1, 1)),
        parametres={
            "delai_orientation": {"valeur": 6, "unite": "semaines"},
            "cible_interne_orientation": {"valeur": 1, "unite": "mois"},
            "delai_contrat": {"valeur": 1, "unite": "mois"},
            "revision_mois": 6,
            "references": {"delai_orientation": "CASF D262-65-2", "delai_contrat": "CASF L262-34"},
        },
    )


@pytest.mark.parametrize("graine", [3, 17, 91])
def test_le_sql_trouve_ce_que_disent_les_regles(graine: int) -> None:
    preparer_monde()
    peupler(160, graine, timezone.localdate())
    auteur = UtilisateurFactory.create(role=Role.REFERENT)
    motif = Motif.objects.filter(nature="reorientation")[0]
    for orientation in Orientation.objects.au(timezone.localdate()).order_by("pk")[:8]:
        DemandeReorientation.objects.create(
            personne=orientation.personne, orientation=orientation, type_demande="emploi", motif=motif,
            demandee_par=auteur, demandee_le=il_y_a(orientation.pk % 60),
        )  # fmt: skip
    lus, admin, trouvees = dossiers(), administrateur(), 0
    for jour in (timezone.localdate(), *JOURS_D_ESSAI):
        cadre = Cadre.du(jour)
        regles = Regles(list(cadre.regimes), jour)
        for file in FILES:
            en_base = set(lignes(file, cadre, admin).values_list("pk", "depuis", "echeance"))
            assert en_base == regles.file(file.code, lus), f"{file.code} au {jour}"
            trouvees += len(en_base)
    assert trouvees > 200


def test_les_comptes_sont_ceux_des_listes_en_deux_requetes() -> None:
    preparer_monde()
    peupler(160, 5, timezone.localdate())
    admin, cadre = administrateur(), Cadre.du(timezone.localdate())
    admin.roles()
    with CaptureQueriesContext(connection) as requetes:
        comptes = compter(admin, cadre.jour)
    assert len(requetes) == 2
    for file in FILES:
        lues = lignes(file, cadre, admin)
        attendu = (lues.count(), lues.filter(echeance__lt=cadre.jour).count())
        assert (comptes[file.code].total, comptes[file.code].en_retard) == attendu, file.code


@pytest.mark.parametrize("code", [f.code for f in FILES])
def test_chaque_file_s_ouvre_se_filtre_se_parcourt_et_s_exporte(client: Client, code: str) -> None:
    charger_referentiels(dossier=_donnees())
    personne = personne_suivie()
    ContratFactory.create(personne=personne, etat=EtatContrat.SOUMIS)
    PrescriptionFactory.create(personne=personne, etat="transmise", transmise_le=il_y_a(30))
    SuiviFactory.create(sortie=SortieFactory.create(personne=personne))
    client.force_login(administrateur())
    for adresse in (url(code), url(code, "file_traiter")):
        for requete in ({}, {"delai": "retard", "tri": "-nom"}, {"delai": "semaine", "territoire": "1"}):
            assert client.get(adresse, requete).status_code == 200
    export: Any = client.get(url(code, "file_export"))
    assert b"".join(export.streaming_content)[:2] == b"PK"


def _donnees() -> Any:
    from pathlib import Path

    from django.conf import settings

    return Path(settings.DOSSIER_DONNEES) / "parcours"


def test_une_ligne_dit_depuis_quand_de_combien_selon_quel_texte_et_quoi_faire(client: Client) -> None:
    regime_courant()
    personne = personne_suivie(entree=il_y_a(50), nom_naissance="Exemple")
    personne.orientations.all().delete()
    client.force_login(administrateur())
    page = client.get(url("a_orienter")).content.decode()
    rangee = page.split("<tbody")[1]
    assert "EXEMPLE" in rangee
    assert "12/03/1985" in rangee
    assert "Valmarche" in rangee
    assert re.search(rf"à orienter depuis le {il_y_a(50):%d/%m/%Y}", rangee)
    assert "CASF D262-65-2" in rangee
    assert re.search(r"8\sjours", rangee)
    assert "objectif du Département dépassé" in rangee


def test_un_referent_ne_traite_que_son_portefeuille(client: Client) -> None:
    regime_courant()
    structure = StructureFactory.create()
    nadia = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    personne_suivie(referent=nadia, structure=structure, nom_naissance="Sienne")
    personne_suivie(structure=structure, nom_naissance="Collegue")
    client.force_login(nadia)
    page = client.get(url("contrat_a_signer")).content.decode()
    assert "SIENNE" in page
    assert "COLLEGUE" not in page
    assert client.get(url("a_orienter")).status_code == 403


def test_un_encadrant_traite_son_territoire(client: Client) -> None:
    regime_courant()
    nord = TerritoireFactory.create()
    personne_suivie(commune=CommuneFactory.create(territoire=nord), nom_naissance="Dunord")
    personne_suivie(nom_naissance="Ailleurs")
    encadrant = UtilisateurFactory.create()
    HabilitationFactory.create(utilisateur=encadrant, role=Role.ENCADRANT, territoire=nord)
    client.force_login(encadrant)
    page = client.get(url("contrat_a_signer")).content.decode()
    assert "DUNORD" in page
    assert "AILLEURS" not in page
    assert "DUNORD" in client.get(url("contrat_a_signer"), {"territoire": nord.pk}).content.decode()


def test_un_prestataire_ne_voit_que_les_prescriptions_a_lui_adressees(client: Client) -> None:
    structure = StructureFactory.create()
    prestataire = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=structure)
    envoi = {"offre": None, "action_libre": "Atelier vélo", "etat": "transmise", "transmise_le": il_y_a(20)}
    PrescriptionFactory.create(personne=personne_suivie(nom_naissance="Adressee"), operateur=structure, **envoi)
    PrescriptionFactory.create(personne=personne_suivie(nom_naissance="Tierce"), **envoi)
    assert [f.code for f in files_de(prestataire)] == ["prescription"]
    client.force_login(prestataire)
    page = client.get(url("prescription")).content.decode()
    assert "ADRESSEE" in page
    assert "TIERCE" not in page
    assert client.get(url("prescription", "file_export")).status_code == 403


def test_un_rendez_vous_tenu_fait_sortir_de_la_file(client: Client) -> None:
    regime_courant()
    personne = personne_suivie(nom_naissance="Exemple")
    client.force_login(administrateur())
    EntretienFactory.create(personne=personne, etat="manque")
    assert "EXEMPLE" in client.get(url("premier_rdv")).content.decode()
    EntretienFactory.create(personne=personne)
    assert "EXEMPLE" not in client.get(url("premier_rdv")).content.decode()


def test_un_contrat_soumis_attend_depuis_son_envoi() -> None:
    contrat = ContratFactory.create(personne=personne_suivie(), etat=EtatContrat.SOUMIS, debut=il_y_a(60))
    admin, cadre, file = administrateur(), Cadre.du(timezone.localdate()), PAR_CODE["contrat_a_valider"]
    assert lignes(file, cadre, admin).get().depuis == il_y_a(60)
    Transition.objects.create(contrat=contrat, de="signe", vers="soumis", par=admin)
    assert lignes(file, cadre, admin).get().depuis == timezone.localdate()


def test_une_par_une_la_suivante_vient_meme_quand_la_ligne_est_traitee(client: Client) -> None:
    regime_courant()
    ordre = [personne_suivie(entree=il_y_a(200 - n), nom_naissance=f"Rang{n}") for n in range(4)]
    client.force_login(administrateur())
    page = client.get(url("contrat_a_signer", "file_traiter")).content.decode()
    assert "RANG0" in page.split("<h1")[1].split("</h1>")[0]
    for attendu in (1, 2):
        if attendu == 2:  # the row at the edge leaves the queue: the next one is still the next one
            ContratFactory.create(personne=ordre[1], etat=EtatContrat.VALIDE)
        suivante = re.search(r'rel="next nofollow" href="([^"]+)"', page)
        assert suivante
        adresse = suivante[1].replace("&amp;", "&")
        assert "RANG" not in adresse.upper()
        page = client.get(url("contrat_a_signer", "file_traiter") + adresse).content.decode()
        assert f"RANG{attendu}" in page.split("<h1")[1].split("</h1>")[0]


def test_du_dossier_on_revient_a_la_file(client: Client) -> None:
    regime_courant()
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT)
    personne_suivie(entree=il_y_a(200), nom_naissance="Premiere")
    personne_suivie(entree=il_y_a(190), nom_naissance="Seconde")
    client.force_login(encadrant)
    page = client.get(url("contrat_a_signer", "file_traiter"), {"delai": "retard"}).content.decode()
    dossier = re.search(r'href="(/parcours/personnes/\d+/\?[^"]+)"', page)
    assert dossier
    page = client.get(dossier[1].replace("&amp;", "&")).content.decode()
    assert "Vous traitez la file" in page
    suite = re.search(r'href="(/parcours/files/contrat_a_signer/traiter/[^"]+)"', page)
    assert suite
    assert "delai=retard" in suite[1]
    assert "SECONDE" in client.get(suite[1].replace("&amp;", "&")).content.decode().split("<h1")[1]


@pytest.mark.parametrize("nom", ["file", "file_traiter", "file_export"])
def test_trente_lignes_coutent_autant_de_requetes_qu_une(client: Client, nom: str) -> None:
    regime_courant()
    client.force_login(administrateur())
    structure = StructureFactory.create()
    personne_suivie(structure=structure)
    couts = []
    for n in (0, 29):
        for _ in range(n):
            personne_suivie(structure=structure)
        cache.clear()
        with CaptureQueriesContext(connection) as requetes:
            reponse: Any = client.get(url("contrat_a_signer", nom))
            if reponse.streaming:
                b"".join(reponse.streaming_content)
        couts.append(len(requetes))
    assert couts[0] == couts[1]


def test_l_export_dit_ce_que_l_ecran_montre(client: Client) -> None:
    regime_courant()
    personne_suivie(nom_naissance="Exemple")
    client.force_login(administrateur())
    reponse: Any = client.get(url("contrat_a_signer", "file_export"), {"delai": "retard"})
    feuille = openpyxl.load_workbook(io.BytesIO(b"".join(reponse.streaming_content))).active
    assert feuille is not None
    valeurs = [[c.value for c in ligne] for ligne in feuille.iter_rows()]
    assert any("Échéance : Dépassée" in str(x[0]).replace("\u00a0", " ") for x in valeurs)
    assert any("Exemple" in x and "CASF L262-34" in x for x in valeurs)


def test_mes_files_et_la_navigation_disent_le_meme_retard(client: Client) -> None:
    regime_courant()
    nadia = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    personne_suivie(referent=nadia)
    client.force_login(nadia)
    page = client.get(reverse("parcours:files")).content.decode()
    titre = page.split("<h1")[1].split("</h1>")[0]
    retards = re.search(r"(\d+)\s", titre.split(">")[1])
    assert retards
    navigation = page.split('aria-label="Navigation principale"')[1].split("</nav>")[0]
    assert re.search(rf'data-ton="retard">{retards[1]}<', navigation)
    accueil = client.get(reverse("accueil:accueil")).content.decode()
    assert "contrat à signer" in accueil
    assert "Délai légal dépassé" in accueil


@pytest.mark.parametrize("code", [c.code for c in CONTROLES])
def test_chaque_liste_de_controle_ouvre_les_personnes_qu_elle_compte(code: str) -> None:
    preparer_monde()
    peupler(120, 11, timezone.localdate())
    moment, admin = MomentControle.du(timezone.localdate()), administrateur()
    comptes = {c.code: n for c, n in compter_controles(moment, admin)}
    controle = next(c for c in CONTROLES if c.code == code)
    assert personnes_a_corriger(controle, moment, admin).count() == comptes.get(code, 0)


def test_les_listes_de_controle_trouvent_ce_qui_est_faux(client: Client) -> None:
    commune = CommuneFactory.create(territoire=TerritoireFactory.create())
    entiere: dict[str, Any] = {"niveau_formation": "V", "inscrit_france_travail": True, "commune": commune}
    fermee = StructureFactory.create(active=False)
    personne_suivie(structure=fermee, nom_naissance="Fermee", **entiere)
    personne_suivie(nom_naissance="Sansdate", **{**entiere, "date_naissance": None})
    for _ in range(2):
        personne_suivie(nom_naissance="Jumelle", **entiere)
    perdue = personne_suivie(nom_naissance="Perdue", **entiere)
    perdue.adresses.all().delete()
    AdresseFactory.create(personne=perdue, commune=None)
    client.force_login(administrateur())
    for code, noms in (
        ("structure", "FERMEE"),
        ("naissance", "SANSDATE"),
        ("doublon", "JUMELLE"),
        ("commune", "PERDUE"),
    ):
        page = client.get(reverse("parcours:controle", args=[code])).content.decode().split("<tbody")[1]
        assert noms in page
        assert page.count("<tr") == (2 if code == "doublon" else 1)
    page = client.get(reverse("parcours:controles"), {"par": "referent"}).content.decode()
    assert "Noa Exemple" in page
    assert "Doublon possible" in page


def test_un_dossier_sans_defaut_compte_dans_la_completude() -> None:
    """Who has nothing to correct is not in a list: both counts share the population, whatever is left unknown."""
    preparer_monde()
    peupler(120, 11, timezone.localdate())
    moment, admin = MomentControle.du(timezone.localdate()), administrateur()
    groupes = completude("structure", moment, admin)
    fautifs = {p.pk for c in CONTROLES for p in personnes_a_corriger(c, moment, admin)}
    total, complets = sum(g.personnes for g in groupes), sum(g.completes for g in groupes)
    assert fautifs
    assert complets == total - len(fautifs)
    assert complets > total / 2


def test_une_echeance_de_fin_de_mois_est_la_meme_en_base(client: Client) -> None:
    client.force_login(administrateur())
    charger_referentiels(dossier=_donnees())
    recu = datetime.date(2024, 12, 31)
    personne = personne_suivie(entree=recu)
    personne.orientations.all().delete()
    ligne = lignes(PAR_CODE["a_orienter"], Cadre.du(timezone.localdate()), administrateur()).get()
    assert (ligne.depuis, ligne.echeance, ligne.cible) == (recu, plus_mois(recu, 2), plus_mois(recu, 1))


def test_un_motif_protege_repousse_le_reexamen_a_douze_mois() -> None:
    charger_referentiels(dossier=_donnees())
    signe = datetime.date(2026, 5, 31)
    personne = personne_suivie()
    sante = MotifFactory._meta.model.objects.filter(code="sante").first() or MotifFactory.create(code="sante")
    ContratFactory.create(
        personne=personne, etat=EtatContrat.VALIDE, debut=signe, fin=plus_mois(signe, 24), dispense_motif=sante
    )
    jour, admin, file = datetime.date(2027, 5, 15), administrateur(), PAR_CODE["reexamen"]
    assert lignes(file, Cadre.du(jour), admin).get().echeance == datetime.date(2027, 5, 31)
    assert not lignes(file, Cadre.du(datetime.date(2026, 11, 15)), admin).exists()
    assert Personne.objects.count() == 1
