"""Versions of a fiche: what they keep, how a rubric is changed from its text, what a bilan was written for."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from actions.models import (
    Bilan,
    CibleIndicateur,
    Etape,
    EtatCampagne,
    EtatEtape,
    FicheAction,
    ObjectifOperationnel,
    Programme,
    RoleFiche,
    StatutFiche,
    TypeRole,
)
from actions.operations.campagnes import ouvrir_campagne
from actions.operations.fiches import modifier_fiche
from actions.operations.programmes import modifier_programme
from actions.operations.versions import figer_version, figer_versions, modifier_texte, preparer_texte
from actions.versions import differences, texte_actuel
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from tests.fabriques import (
    CampagneFactory,
    FicheFactory,
    IndicateurFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db
JOUR = datetime.date(2026, 1, 5)


@pytest.fixture
def fiche() -> FicheAction:
    fiche = FicheFactory.create(numero="2.1", intitule="Accélérer", contexte="Un constat.", publics=["Jeunes"])
    objectif = ObjectifOperationnel.objects.create(fiche=fiche, numero=1, intitule="Orienter vite")
    Etape.objects.create(
        fiche=fiche, objectif=objectif, ordre=1, intitule="Simplifier", etat=EtatEtape.EN_COURS, avancement=40
    )
    Etape.objects.create(fiche=fiche, objectif=objectif, ordre=2, intitule="Mesurer")
    service = StructureFactory.create(nom="Service insertion")
    RoleFiche.objects.create(fiche=fiche, type=TypeRole.PILOTE, structure=service, precision="chef de service")
    indicateur = IndicateurFactory.create(fiche=fiche, libelle="Taux d’orientation", unite="%")
    CibleIndicateur.objects.create(indicateur=indicateur, annee=2026, valeur=90)
    return fiche


def figer(fiche: FicheAction, par: Any, origine: str = "Essai") -> Any:
    return figer_versions(fiches=[fiche.pk], origine=origine, effet=JOUR, par=par)[fiche.pk]


def ouvrir_2025(fiche: FicheAction, par: Any) -> Bilan:
    campagne = CampagneFactory.create(programme=fiche.programme, annee=2025, etat=EtatCampagne.PREPAREE)
    ouvrir_campagne(campagne=campagne, par=par)
    return Bilan.objects.get(fiche=fiche)


def test_une_version_garde_ce_que_la_fiche_dit(fiche: FicheAction, chargee: Any) -> None:
    version = figer(fiche, chargee, "Document adopté")
    assert (version.numero, version.origine) == (1, "Document adopté")
    assert version.contenu["objectifs"] == "Orienter vite\n– Simplifier\n– Mesurer"
    assert version.contenu["pilotes"] == "Pilote\u00a0: Service insertion"
    assert version.contenu["cibles"] == "Taux d’orientation – 2026\u00a0: 90"


def test_l_adoption_garde_la_premiere_version_de_chaque_fiche(fiche: FicheAction, chargee: Any) -> None:
    Programme.objects.filter(pk=fiche.programme_id).update(date_adoption=None)
    adopter = {"date_adoption": JOUR, "reference_deliberation": "2022-03-0011"}
    for _fois in range(2):
        modifier_programme(programme=fiche.programme, par=chargee, valeurs=adopter)
    assert [(v.numero, v.effet, v.origine) for v in fiche.versions.all()] == [(1, JOUR, "Document adopté")]


def test_une_fiche_inchangee_ne_fait_pas_de_nouvelle_version(fiche: FicheAction, chargee: Any) -> None:
    assert figer(fiche, chargee).pk == figer(fiche, chargee).pk
    modifier_fiche(fiche=fiche, par=chargee, section="contexte", valeurs={"contexte": "Un autre constat."})
    seconde = figer(fiche, chargee)
    premiere = fiche.versions.get(numero=1)
    assert seconde.numero == 2
    assert premiere.contenu["contexte"] == "Un constat."
    assert [(d.libelle, d.apres) for d in differences(premiere.contenu, seconde.contenu)] == [
        ("Constat", "Un autre constat.")
    ]


def test_figer_trente_fiches_coute_autant_qu_une(chargee: Any, django_assert_max_num_queries: Any) -> None:
    fiches = FicheFactory.create_batch(30)
    with django_assert_max_num_queries(18):
        figer_versions(fiches=[f.pk for f in fiches], origine="Essai", effet=JOUR, par=chargee)


def test_un_bilan_garde_la_version_pour_laquelle_il_est_ecrit(fiche: FicheAction, chargee: Any) -> None:
    figer(fiche, chargee)
    ouvrir_campagne(
        campagne=CampagneFactory.create(programme=fiche.programme, annee=2025, etat=EtatCampagne.PREPAREE), par=chargee
    )
    bilan = Bilan.objects.get(fiche=fiche)
    modifier_fiche(fiche=fiche, par=chargee, section="contexte", valeurs={"contexte": "Après la campagne."})
    figer(fiche, chargee)
    assert bilan.version_fiche is not None
    assert bilan.version_fiche.numero == 1
    assert bilan.version_fiche.contenu["contexte"] == "Un constat."


def test_la_campagne_fige_les_corrections_faites_depuis(fiche: FicheAction, chargee: Any) -> None:
    figer(fiche, chargee)
    modifier_fiche(fiche=fiche, par=chargee, section="contexte", valeurs={"contexte": "Corrigé."})
    ouvrir_campagne(
        campagne=CampagneFactory.create(programme=fiche.programme, annee=2025, etat=EtatCampagne.PREPAREE), par=chargee
    )
    version = Bilan.objects.get(fiche=fiche).version_fiche
    assert version is not None
    assert (version.numero, version.origine) == (2, "Texte à l’ouverture de la campagne 2025")


def test_garder_une_version_depuis_sa_page_mais_pas_deux_fois(client: Client, fiche: FicheAction, chargee: Any) -> None:
    client.force_login(chargee)
    garder, page = (reverse(f"actions:{nom}", args=[fiche.pk]) for nom in ("version_garder", "fiche_versions"))
    assert "Garder cette version" in client.get(page).content.decode()
    refus = client.post(garder, {"origine": "Correction", "effet": "01/01/2099"}).content.decode()
    assert "donnez une date passée" in refus
    client.post(garder, {"origine": "Fiche écrite après l’adoption", "effet": f"{JOUR:%d/%m/%Y}"})
    gardee = client.get(page).content.decode()
    assert "Fiche écrite après l’adoption" in gardee
    assert "Garder cette version" not in gardee
    with pytest.raises(RegleMetier, match="donnez une date à partir de ce jour"):
        figer_version(fiche=fiche, origine="Avant", effet=JOUR - datetime.timedelta(days=1), par=chargee)
    with pytest.raises(RegleMetier, match="dit la même chose que sa version 1"):
        figer_version(fiche=fiche, origine="Correction", effet=JOUR, par=chargee)
    with pytest.raises(DroitInsuffisant):
        figer_version(fiche=fiche, origine="Non", effet=JOUR, par=UtilisateurFactory.create(role=Role.PILOTE))


TEXTES = [
    ("intitule", "Accélérer   les étapes", "Accélérer les étapes"),
    ("contexte", "Deux\nparagraphes", "Deux\nparagraphes"),
    ("publics", "Jeunes\n- Familles", "Jeunes\nFamilles"),
    ("objectifs", "1. Orienter vite\n- Simplifier\n- Relancer\nAgir", "Orienter vite\n– Simplifier\n– Relancer\nAgir"),
    ("cibles", "Taux d’orientation - 2026 : 92,5", "Taux d’orientation – 2026\u00a0: 92,5"),
    ("pilotes", "Copilote : Direction emploi\nPilote : service INSERTION",
     "Pilote\u00a0: Service insertion\nCopilote\u00a0: Direction emploi"),
    ("cout_total", "12 000 €", "12\u00a0000"),
    ("financements", "Service insertion – 2026 : 5 000\nDirection emploi – ensemble :",
     "Service insertion – 2026\u00a0: 5\u00a0000\nDirection emploi – ensemble\u00a0:"),
    ("arret", "Action reprise par la Région.", "Action reprise par la Région."),
]  # fmt: skip


@pytest.mark.parametrize(("champ", "texte", "attendu"), TEXTES, ids=[t[0] for t in TEXTES])
def test_un_texte_change_la_rubrique_par_son_operation(
    fiche: FicheAction, chargee: Any, champ: str, texte: str, attendu: str
) -> None:
    StructureFactory.create(nom="Direction emploi")
    modifier_texte(fiche=fiche, champ=champ, texte=texte, par=chargee)
    assert set(texte_actuel(fiche, champ).split("\n")) == set(attendu.split("\n"))
    propre, _ = preparer_texte(FicheAction.objects.get(pk=fiche.pk), champ, texte_actuel(fiche, champ))
    assert propre == texte_actuel(fiche, champ)  # what is written reads back as itself


def test_une_etape_inchangee_garde_son_avancement_et_un_pilote_sa_precision(fiche: FicheAction, chargee: Any) -> None:
    modifier_texte(fiche=fiche, champ="objectifs", texte="Autre objectif\n– Simplifier", par=chargee)
    etape = fiche.etapes.get()
    assert (etape.avancement, etape.objectif and etape.objectif.intitule) == (40, "Autre objectif")
    StructureFactory.create(nom="Direction emploi")
    modifier_texte(
        fiche=fiche, champ="pilotes", texte="Pilote : Direction emploi\nPilote : Service insertion", par=chargee
    )
    assert fiche.roles.get(structure__nom="Service insertion").precision == "chef de service"


def test_arreter_puis_reprendre_une_action(fiche: FicheAction, chargee: Any) -> None:
    modifier_texte(fiche=fiche, champ="arret", texte="Reprise par la Région.", par=chargee)
    fiche.refresh_from_db()
    assert (fiche.statut, fiche.statut_motif) == (StatutFiche.ABANDONNEE, "Reprise par la Région.")
    modifier_texte(fiche=fiche, champ="arret", texte="", par=chargee)
    fiche.refresh_from_db()
    assert fiche.statut == StatutFiche.EN_COURS


FAUTES = [
    ("cibles", "Taux d’orientatio – 2026 : 9", "Ligne 1.*aucun indicateur.*Taux d’orientation"),
    ("cibles", "Taux d’orientation 90", "Ligne 1.*ne se lit pas.*par exemple"),
    ("cibles", "Taux d’orientation – 2026 : beaucoup", "Ligne 1.*n’est pas un nombre"),
    ("pilotes", "Pilote : Service insertio", "Ligne 1.*Service insertion"),
    ("pilotes", "Copilote : Service insertion", "au moins un pilote"),
    ("intitule", " ", "a un intitulé"),
    ("cout_total", "-3", "négatif"),
    ("numero", "9", "ne se modifie pas par un avenant"),
]


@pytest.mark.parametrize(("champ", "texte", "message"), FAUTES, ids=[f"{f[0]}-{n}" for n, f in enumerate(FAUTES)])
def test_une_faute_est_dite_avec_sa_ligne(fiche: FicheAction, champ: str, texte: str, message: str) -> None:
    with pytest.raises(RegleMetier, match=message):
        preparer_texte(fiche, champ, texte)
