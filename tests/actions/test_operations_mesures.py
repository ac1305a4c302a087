"""Values: a new one replaces the current one, never erases it; conflicts, lock, targets, calculations."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from actions.models import (
    Indicateur,
    MesureIndicateur,
    SourceIndicateur,
)
from actions.operations.commun import ConflitVersion
from actions.operations.mesures import Saisie, retablir_mesure, saisir_mesures
from actions.regles.echeances import echeances, periode_annuelle
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.actions.mesures import ANNEE, D, courante, saisir
from tests.fabriques import (
    FicheFactory,
    IndicateurFactory,
    MesureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def taux() -> Indicateur:
    return IndicateurFactory.create(libelle="Taux d’orientation", unite="%")


# -- values -----------------------------------------------------------------------------------


def test_une_valeur_remplacee_reste_dans_l_historique(taux: Indicateur, chargee: Utilisateur):
    saisir(taux, chargee, numerateur=D(27073), denominateur=D(31480))
    assert saisir(taux, chargee, valeur=D("85.7"), commentaire="Recompte") == 1
    assert courante(taux).valeur == D("85.7")
    ancienne = taux.mesures.exclude(remplacee_le=None).get()
    assert ancienne.valeur == D("86.0006")
    assert ancienne.auteur == chargee
    entree = EntreeJournal.objects.filter(verbe="saisir_mesures").first()
    assert entree is not None
    assert list(entree.avant.values()) == ["86\u00a0% (27\u00a0073 / 31\u00a0480)".replace("86\u00a0%", "86,0\u00a0%")]


def test_la_meme_valeur_ne_s_ecrit_pas_deux_fois(taux: Indicateur, chargee: Utilisateur):
    saisir(taux, chargee, valeur=D(86))
    assert saisir(taux, chargee, valeur=D("86.0")) == 0
    assert taux.mesures.count() == 1


def test_tout_vider_retire_la_valeur_sans_l_effacer(taux: Indicateur, chargee: Utilisateur):
    saisir(taux, chargee, valeur=D(86))
    assert saisir(taux, chargee) == 1
    assert not taux.mesures.filter(remplacee_le=None).exists()
    assert taux.mesures.count() == 1


def test_une_saisie_fautive_n_ecrit_aucune_des_autres(taux: Indicateur, chargee: Utilisateur):
    autre = IndicateurFactory.create(fiche=taux.fiche)
    with pytest.raises(RegleMetier, match="Taux d’orientation : 58 % ne correspond pas".replace(" %", "\u00a0%")):
        saisir_mesures(
            fiche=taux.fiche,
            par=chargee,
            saisies=[
                Saisie(autre.pk, ANNEE, valeur=D(12)),
                Saisie(taux.pk, ANNEE, valeur=D(58), numerateur=D(27073), denominateur=D(31480)),
            ],
        )
    assert not MesureIndicateur.objects.exists()


def test_une_periode_a_venir_est_refusee(taux: Indicateur, chargee: Utilisateur):
    with pytest.raises(RegleMetier, match="n’a pas commencé"):
        saisir(taux, chargee, valeur=D(1), periode=periode_annuelle(timezone.localdate().year + 1))


def test_un_indicateur_calcule_ne_se_saisit_pas(chargee: Utilisateur):
    calcule = IndicateurFactory.create(source=SourceIndicateur.CALCULE, calcul="etapes_realisees", unite="%")
    with pytest.raises(DroitInsuffisant, match="calculé par l’application"):
        saisir(calcule, chargee, valeur=D(1))


def test_un_indicateur_d_une_autre_fiche_est_refuse(taux: Indicateur, chargee: Utilisateur):
    etranger = IndicateurFactory.create()
    with pytest.raises(RegleMetier, match="n’est plus dans la fiche"):
        saisir_mesures(fiche=taux.fiche, saisies=[Saisie(etranger.pk, ANNEE, valeur=D(1))], par=chargee)


def test_une_valeur_changee_entre_temps_previent_et_se_confirme(taux: Indicateur, chargee: Utilisateur):
    claire = UtilisateurFactory.create(role=Role.ADMINISTRATEUR, prenom="Claire", nom="Exemple")
    saisir(taux, claire, valeur=D(86), vue=None)
    with pytest.raises(ConflitVersion) as conflit:
        saisir(taux, chargee, valeur=D(84), vue=None)
    assert conflit.value.qui == "Claire Exemple"
    assert conflit.value.etat == {"Taux d’orientation, année 2025": "86\u00a0%"}
    assert courante(taux).valeur == 86
    saisir(taux, chargee, valeur=D(84), vue=courante(taux).pk)
    assert courante(taux).valeur == 84


def test_une_part_au_dela_de_cent_ou_un_nombre_negatif_est_refuse(taux: Indicateur, chargee: Utilisateur):
    for valeur in (D(120), D(-1)):
        with pytest.raises(RegleMetier, match="entre 0 et 100 est attendu") as refus:
            saisir(taux, chargee, valeur=valeur)
        assert refus.value.champ == "valeur"
    assert not MesureIndicateur.objects.filter(indicateur=taux).exists()


def test_un_taux_d_occupation_au_dela_de_cent_s_ecrit_et_ouvre_une_anomalie(taux: Indicateur, chargee: Utilisateur):
    Indicateur.objects.filter(pk=taux.pk).update(libelle="Taux d’occupation des places")
    saisir(taux, chargee, valeur=D(120))
    assert taux.fiche.anomalies.get().titre == "Un taux de 120\u00a0% en 2025"
    saisir(taux, chargee, valeur=D(92))
    assert not taux.fiche.anomalies.exists()


def test_les_trimestres_d_une_annee_se_saisissent_ensemble(chargee: Utilisateur):
    places = IndicateurFactory.create(periodicite="trimestrielle")
    saisies = [Saisie(places.pk, p, valeur=D(10)) for p in echeances("trimestrielle", 2025)]
    assert saisir_mesures(fiche=places.fiche, saisies=saisies, par=chargee) == 4
    assert set(places.mesures.values_list("annee", flat=True)) == {2025}


def test_une_valeur_retablie_redevient_courante(taux: Indicateur, chargee: Utilisateur):
    saisir(taux, chargee, valeur=D(86))
    saisir(taux, chargee, valeur=D(12), commentaire="Faute de frappe")
    ancienne = taux.mesures.exclude(remplacee_le=None).get()
    retablie = retablir_mesure(mesure=ancienne, par=chargee)
    assert courante(taux) == retablie
    assert retablie.valeur == 86
    assert "rétablie" in retablie.commentaire
    assert taux.mesures.count() == 3
    with pytest.raises(RegleMetier, match="déjà celle en vigueur"):
        retablir_mesure(mesure=retablie, par=chargee)
    with pytest.raises(RegleMetier, match="déjà la même"):
        retablir_mesure(mesure=ancienne, par=chargee)


# -- what the database holds by itself --------------------------------------------------------


@pytest.mark.parametrize(
    ("valeurs", "contrainte"),
    [
        ({"valeur": None, "texte": ""}, "mesure_valeur_ou_texte"),
        ({"denominateur": D(3)}, "mesure_numerateur_avec_denominateur"),
        ({}, "mesure_une_courante_par_periode"),
    ],
    ids=["rien", "denominateur-seul", "deux-courantes"],
)
def test_les_contraintes_des_mesures(taux: Indicateur, valeurs: dict[str, Any], contrainte: str):
    if not valeurs:
        MesureFactory.create(indicateur=taux)
    with pytest.raises(IntegrityError, match=contrainte):
        MesureFactory.create(indicateur=taux, **valeurs)


@pytest.mark.parametrize(
    ("valeurs", "contrainte"),
    [
        ({"source": "calcule", "calcul": ""}, "indicateur_calcul_selon_source"),
        ({"source": "saisi", "calcul": "x"}, "indicateur_calcul_selon_source"),
        ({"agregation": "moyenne"}, "indicateur_agregation_connue"),
    ],
    ids=["calcule-sans-calcul", "saisi-avec-calcul", "agregation"],
)
def test_les_contraintes_des_indicateurs(valeurs: dict[str, Any], contrainte: str):
    with pytest.raises(IntegrityError, match=contrainte):
        IndicateurFactory.create(**valeurs)


def test_l_agregation_se_deduit_de_l_unite_meme_en_lot():
    fiche = FicheFactory.create()
    unites = ("nombre", "€", "%", "mois", "texte")
    Indicateur.objects.bulk_create(Indicateur(fiche=fiche, libelle=u, unite=u, nature="quantitatif") for u in unites)
    assert dict(fiche.indicateurs.values_list("unite", "agregation")) == {
        "nombre": "somme", "€": "somme", "%": "derniere", "mois": "derniere", "texte": "derniere",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_deux_saisies_simultanees_font_une_seule_valeur_courante(taux: Indicateur, chargee: Utilisateur):
    barriere = threading.Barrier(2)
    issues: list[str] = []

    def ecrire(valeur: int) -> None:
        try:
            barriere.wait(timeout=10)
            saisir(taux, chargee, valeur=D(valeur), vue=None)
            issues.append("écrite")
        except ConflitVersion:
            issues.append("conflit")
        finally:
            connection.close()

    fils = [threading.Thread(target=ecrire, args=(v,)) for v in (81, 82)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    assert sorted(issues) == ["conflit", "écrite"]
    assert taux.mesures.count() == 1
