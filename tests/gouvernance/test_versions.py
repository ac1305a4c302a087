"""The life of a version: frozen, published, deliberated."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gouvernance.models import Deliberation, EtatVersion, RapportAnnuel, VersionRapport
from gouvernance.operations import compiler_rapport, enregistrer_deliberation, intituler_version, publier_version
from gouvernance.operations.compilation import nettoyer_orphelins
from gouvernance.operations.fichiers import executer_refaire, refaire_fichiers
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import Avis, EntreeJournal
from tests.fabriques import UtilisateurFactory
from tests.gouvernance.conftest import SuiviEspion


@pytest.fixture
def publiee(peupler, version_rapide, gestionnaire):
    compilee = datetime.datetime(2026, 2, 20, 9, tzinfo=datetime.UTC)
    return publier_version(version=version_rapide(peupler(1), compilee_le=compilee), par=gestionnaire)


def modifier(version, **champs):
    with transaction.atomic():
        VersionRapport.objects.filter(pk=version.pk).update(**champs)


@pytest.mark.parametrize(
    "champs",
    [{"contenu": {}}, {"empreinte": "0" * 64}, {"numero": 9}, {"pdf": "autre.pdf"}, {"pages": 99}, {"resume": []}],
    ids=lambda c: next(iter(c)),
)
def test_un_contenu_compile_ne_change_plus(peupler, version_rapide, champs):
    with pytest.raises(IntegrityError, match="ne change plus"):
        modifier(version_rapide(peupler(1)), **champs)


def test_une_version_publiee_ne_change_plus_du_tout(publiee):
    for champs in ({"intitule": "autre"}, {"etat": EtatVersion.TRAVAIL, "publiee_le": None, "publiee_par": None}):
        with pytest.raises(IntegrityError, match="ne change plus"):
            modifier(publiee, **champs)
    with pytest.raises(IntegrityError, match="ne se supprime pas"), transaction.atomic():
        VersionRapport.objects.filter(pk=publiee.pk).delete()


def test_publier_verrouille_previent_la_direction_et_laisse_une_trace(peupler, version_rapide, gestionnaire):
    direction = UtilisateurFactory.create(role=Role.DIRECTION)
    publiee = publier_version(version=version_rapide(peupler(1)), par=gestionnaire)
    publiee.refresh_from_db()
    assert (publiee.etat, publiee.publiee_par) == (EtatVersion.PUBLIEE, gestionnaire)
    assert Avis.objects.get(destinataire=direction).url == publiee.get_absolute_url()
    assert EntreeJournal.objects.filter(verbe="publier_version", objet_id=str(publiee.pk)).exists()


def test_publier_refuse_s_il_manque_un_bilan(peupler, version_rapide, gestionnaire):
    version = version_rapide(peupler(2, valides=False))
    with pytest.raises(RegleMetier, match="2\u00a0fiches attendent un bilan validé"):
        publier_version(version=version, par=gestionnaire)
    version.refresh_from_db()
    assert version.etat == EtatVersion.TRAVAIL


def test_publier_refuse_une_version_depassee(peupler, version_rapide, gestionnaire):
    programme = peupler(1)
    ancienne, recente = version_rapide(programme), version_rapide(programme)
    with pytest.raises(RegleMetier, match="version 2 est plus récente"):
        publier_version(version=ancienne, par=gestionnaire)
    publier_version(version=recente, par=gestionnaire)
    with pytest.raises(RegleMetier, match="déjà publiée"):
        publier_version(version=ancienne, par=gestionnaire)


def test_une_seule_version_publiee_par_exercice(publiee, version_rapide, gestionnaire):
    autre = version_rapide(publiee.rapport.programme)
    with pytest.raises(IntegrityError, match="version_une_seule_publiee"):
        modifier(
            autre, etat=EtatVersion.PUBLIEE, publiee_le=datetime.datetime.now(datetime.UTC), publiee_par=gestionnaire
        )


@pytest.mark.parametrize("role", [Role.DIRECTION, Role.PILOTE, Role.PARTENAIRE])
def test_seule_la_gestion_compile_publie_et_delibere(peupler, version_rapide, role):
    version, autre = version_rapide(peupler(1)), UtilisateurFactory.create(role=role)
    with pytest.raises(DroitInsuffisant):
        publier_version(version=version, par=autre)
    with pytest.raises(DroitInsuffisant):
        intituler_version(version=version, intitule="comité", par=autre)
    with pytest.raises(DroitInsuffisant):
        compiler_rapport(programme=version.rapport.programme, annee=2025, par=autre)


def test_un_exercice_publie_ne_se_compile_plus(publiee, gestionnaire):
    with pytest.raises(RegleMetier, match="ne se compile plus"):
        compiler_rapport(programme=publiee.rapport.programme, annee=2025, par=gestionnaire)


@pytest.mark.parametrize("annee", [2021, 2027])
def test_l_annee_doit_etre_du_programme(peupler, gestionnaire, annee):
    with pytest.raises(RegleMetier, match="2022-2026"):
        compiler_rapport(programme=peupler(0), annee=annee, par=gestionnaire)


def test_l_intitule_d_une_version_de_travail(peupler, version_rapide, gestionnaire):
    version = intituler_version(version=version_rapide(peupler(1)), intitule=" comité technique ", par=gestionnaire)
    version.refresh_from_db()
    assert version.intitule == "comité technique"


VOTE: dict[str, Any] = {"numero": "2026-03-0011", "date": datetime.date(2026, 3, 23), "pour": 36, "abstentions": 4}


def test_la_deliberation_s_enregistre_sur_la_version_publiee(publiee, gestionnaire):
    deliberation = enregistrer_deliberation(version=publiee, par=gestionnaire, rapporteur="Vice-présidence", **VOTE)
    assert (deliberation.pour, deliberation.contre, deliberation.abstentions) == (36, 0, 4)
    corrigee = enregistrer_deliberation(version=publiee, par=gestionnaire, **(VOTE | {"pour": 35}))
    assert (Deliberation.objects.count(), corrigee.pour) == (1, 35)
    ligne = EntreeJournal.objects.get(verbe="corriger_deliberation")
    assert (ligne.avant["voix pour"], ligne.apres["voix pour"]) == (36, 35)


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"date": datetime.date(2025, 12, 1)}, "date"),
        ({"date": datetime.date(2099, 1, 1)}, "date"),
        ({"date": datetime.date(2026, 2, 19)}, "date"),
        ({"pour": 0, "abstentions": 0}, "pour"),
    ],
    ids=["avant la fin de l’exercice", "à venir", "avant la version", "sans voix"],
)
def test_une_deliberation_impossible(publiee, gestionnaire, champs, champ):
    with pytest.raises(RegleMetier) as refus:
        enregistrer_deliberation(version=publiee, par=gestionnaire, **(VOTE | champs))
    assert refus.value.champ == champ
    assert not Deliberation.objects.exists()


def test_une_deliberation_anterieure_se_reprend_en_disant_pourquoi(publiee, gestionnaire):
    veille = VOTE | {"date": datetime.date(2026, 2, 19)}
    enregistrer_deliberation(version=publiee, par=gestionnaire, reprise="Rapport voté sur papier", **veille)
    assert "voté sur papier" in EntreeJournal.objects.get(verbe="enregistrer_deliberation").commentaire
    enregistrer_deliberation(version=publiee, par=gestionnaire, **(veille | {"pour": 30}))
    assert Deliberation.objects.get().pour == 30


def test_un_numero_de_deliberation_ne_sert_qu_une_fois(publiee, peupler, version_rapide, gestionnaire):
    enregistrer_deliberation(version=publiee, par=gestionnaire, **VOTE)
    autre = publier_version(version=version_rapide(peupler(1, code="autre")), par=gestionnaire)
    with pytest.raises(RegleMetier, match="déjà enregistré"):
        enregistrer_deliberation(version=autre, par=gestionnaire, reprise="Vote sur papier", **VOTE)


def test_pas_de_deliberation_sur_une_version_de_travail(peupler, version_rapide, gestionnaire):
    with pytest.raises(DroitInsuffisant, match="publiez d’abord"):
        enregistrer_deliberation(version=version_rapide(peupler(1)), par=gestionnaire, **VOTE)


def test_les_fichiers_sans_version_sont_nettoyes(peupler, version_rapide):
    from django.core.files.base import ContentFile

    version = version_rapide(peupler(1))
    stockage = version.pdf.storage
    orphelin = stockage.save("rapports/essai/2025/tue.pdf", ContentFile(b"moitie"))
    assert nettoyer_orphelins("rapports/essai/2025") == 1
    assert not stockage.exists(orphelin)
    assert stockage.exists(version.pdf.name)
    assert nettoyer_orphelins("rapports/absent/2025") == 0


def test_un_echec_a_l_enregistrement_ne_laisse_rien(peupler, compiler, monkeypatch):
    programme = peupler(1)

    def echouer(**_):
        raise RuntimeError("panne")

    monkeypatch.setattr("gouvernance.operations.compilation.journaliser", echouer)
    with pytest.raises(RuntimeError, match="panne"):
        compiler(programme)
    assert not VersionRapport.objects.exists()
    assert not RapportAnnuel.objects.exists()
    stockage = VersionRapport._meta.get_field("pdf").storage
    assert stockage.listdir(f"rapports/{programme.code}/2025")[1] == []


def test_des_fichiers_perdus_se_refont_du_contenu_gele(publiee, gestionnaire):
    pdf, avant = publiee.pdf.storage, publiee.empreinte
    with pytest.raises(RegleMetier, match="rien n’est à refaire"):
        refaire_fichiers(version=publiee, par=gestionnaire)
    for champ in (publiee.pdf, publiee.xlsx):
        pdf.delete(champ.name)
    with pytest.raises(DroitInsuffisant):
        refaire_fichiers(version=publiee, par=UtilisateurFactory.create(role=Role.DIRECTION))
    traitement, _ = refaire_fichiers(version=publiee, par=gestionnaire)
    executer_refaire(suivi=SuiviEspion(traitement), **traitement.parametres)  # type: ignore[arg-type]
    publiee.refresh_from_db()
    with publiee.pdf.open("rb") as refait:
        assert refait.read(5) == b"%PDF-"
    assert pdf.exists(publiee.xlsx.name)
    assert publiee.empreinte == avant
