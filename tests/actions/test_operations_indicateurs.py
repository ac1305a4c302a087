"""Indicators: definition, targets, calculations."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest
from django.db import transaction

from actions import registre
from actions.models import (
    CibleIndicateur,
    FicheAction,
    Indicateur,
    ProvenanceMesure,
    SourceIndicateur,
    StatutFiche,
)
from actions.operations.calculs import calculer_indicateurs
from actions.operations.commun import ConflitVersion, empreinte
from actions.operations.indicateurs import (
    creer_indicateur,
    definir_cibles,
    deplacer_indicateur,
    etat_cibles,
    modifier_indicateur,
    supprimer_indicateur,
)
from pdi.comptes.models import Utilisateur
from pdi.socle.droits import RegleMetier
from tests.actions.mesures import D, courante, saisir
from tests.fabriques import (
    CibleFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    IndicateurFactory,
    MesureFactory,
    ProgrammeFactory,
    annee_pleine,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def taux() -> Indicateur:
    return IndicateurFactory.create(libelle="Taux d’orientation", unite="%")


# -- definition and targets -------------------------------------------------------------------


def test_l_unite_ne_change_plus_quand_des_valeurs_existent(taux: Indicateur, chargee: Utilisateur):
    modifier_indicateur(indicateur=taux, par=chargee, valeurs={"unite": "ratio"})
    saisir(taux, chargee, valeur=D("0.86"))
    with pytest.raises(RegleMetier, match="Des valeurs existent déjà en « ratio »") as refus:
        modifier_indicateur(indicateur=taux, par=chargee, valeurs={"unite": "%"})
    assert refus.value.champ == "unite"


@pytest.mark.parametrize(
    ("valeurs", "champ"),
    [
        ({"libelle": " "}, "libelle"),
        ({"source": "calcule", "calcul": "inconnu"}, "calcul"),
        ({"source": "calcule", "calcul": "etapes_realisees", "unite": "nombre"}, "unite"),
        ({"unite": "texte", "cible_imprimee": D(3)}, "unite"),
        ({"reference_valeur": D(3)}, "reference_annee"),
        ({"periodicite": "hebdomadaire"}, "periodicite"),
    ],
    ids=["libelle", "calcul", "unite-du-calcul", "texte-avec-cible", "reference", "periodicite"],
)
def test_une_definition_impossible_nomme_son_champ(chargee: Utilisateur, valeurs: dict[str, Any], champ: str):
    with pytest.raises(RegleMetier) as refus:
        creer_indicateur(
            fiche=FicheFactory.create(), par=chargee, **({"libelle": "L", "nature": "quantitatif"} | valeurs)
        )
    assert refus.value.champ == champ


def test_un_indicateur_double_est_refuse_en_francais(taux: Indicateur, chargee: Utilisateur):
    with pytest.raises(RegleMetier, match="existe déjà dans la fiche"):
        creer_indicateur(fiche=taux.fiche, par=chargee, libelle=taux.libelle, nature="quantitatif")


def test_un_indicateur_qui_a_servi_ne_se_supprime_pas(taux: Indicateur, chargee: Utilisateur):
    saisir(taux, chargee, valeur=D(86))
    with pytest.raises(RegleMetier, match="cessez de le suivre"):
        supprimer_indicateur(indicateur=taux, par=chargee)
    vide = IndicateurFactory.create(fiche=taux.fiche)
    supprimer_indicateur(indicateur=vide, par=chargee)
    assert list(taux.fiche.indicateurs.all()) == [taux]


def test_un_indicateur_se_deplace_dans_sa_fiche(chargee: Utilisateur):
    fiche = FicheFactory.create()
    a, b, c = (IndicateurFactory.create(fiche=fiche, ordre=0) for _ in range(3))
    deplacer_indicateur(indicateur=c, sens=-1, par=chargee)
    assert list(fiche.indicateurs.all()) == [a, c, b]
    deplacer_indicateur(indicateur=a, sens=-1, par=chargee)
    assert list(fiche.indicateurs.all()) == [a, c, b]


def test_les_cibles_se_fixent_se_changent_se_retirent(taux: Indicateur, chargee: Utilisateur):
    CibleFactory.create(indicateur=taux, annee=2024, valeur=80, imprimee=True)
    CibleFactory.create(indicateur=taux, annee=2025, valeur=85)
    cibles = {(taux.pk, 2024): D(82), (taux.pk, 2025): None, (taux.pk, 2026): D(90)}
    assert definir_cibles(fiche=taux.fiche, cibles=cibles, par=chargee) == 3
    assert list(taux.cibles.values_list("annee", "valeur", "imprimee")) == [(2024, D(82), False), (2026, D(90), False)]
    assert definir_cibles(fiche=taux.fiche, cibles={(taux.pk, 2026): D("90.0")}, par=chargee) == 0


def test_des_cibles_changees_entre_temps_ne_s_ecrasent_pas(taux: Indicateur, chargee: Utilisateur):
    vue = empreinte(etat_cibles(taux.fiche))
    definir_cibles(fiche=taux.fiche, cibles={(taux.pk, 2025): D(85)}, par=chargee, empreinte=vue)
    with pytest.raises(ConflitVersion):
        definir_cibles(fiche=taux.fiche, cibles={(taux.pk, 2025): D(99)}, par=chargee, empreinte=vue)
    assert CibleIndicateur.objects.get().valeur == 85


# -- calculations -----------------------------------------------------------------------------


def calcule(fiche: FicheAction, code: str) -> Indicateur:
    declaration = registre.trouver(code)
    assert declaration is not None
    return IndicateurFactory.create(fiche=fiche, source=SourceIndicateur.CALCULE, calcul=code, unite=declaration.unite)


def test_un_calcul_s_ecrit_une_fois_et_se_remplace_quand_il_change(chargee: Utilisateur):
    fiche = FicheFactory.create()
    indicateur = calcule(fiche, "etapes_realisees")
    for etat in ("realisee", "realisee", "a_venir", "abandonnee"):
        EtapeFactory.create(fiche=fiche, etat=etat)
    premier = calculer_indicateurs(programme=fiche.programme, annee=2025, par=chargee)
    assert (premier.calcules, premier.changes) == (1, 1)
    mesure = courante(indicateur)
    assert (mesure.numerateur, mesure.denominateur, round(mesure.valeur or D(0), 1)) == (D(2), D(3), D("66.7"))
    assert (mesure.provenance, mesure.formule_version) == (ProvenanceMesure.CALCUL, "1")
    assert calculer_indicateurs(programme=fiche.programme, annee=2025, par=chargee).changes == 0
    EtapeFactory.create(fiche=fiche, etat="realisee")
    assert calculer_indicateurs(programme=fiche.programme, annee=2025, par=None).changes == 1
    assert indicateur.mesures.count() == 2


def test_une_autre_version_de_formule_se_garde_a_part(chargee: Utilisateur):
    fiche = FicheFactory.create()
    indicateur = calcule(fiche, "fiches_en_cours")
    MesureFactory.create(
        indicateur=indicateur, valeur=100, numerateur=1, denominateur=1, provenance="calcul", formule_version="0"
    )
    calculer_indicateurs(programme=fiche.programme, annee=2025, par=chargee)
    assert set(indicateur.mesures.values_list("formule_version", flat=True)) == {"0", "1"}


def test_les_fiches_par_statut(chargee: Utilisateur):
    programme = ProgrammeFactory.create()
    hote = FicheFactory.create(programme=programme, statut=StatutFiche.REALISEE)
    for statut in (StatutFiche.EN_COURS, StatutFiche.EN_COURS, StatutFiche.BLOQUEE):
        FicheFactory.create(programme=programme, statut=statut)
    indicateurs = {s: calcule(hote, f"fiches_{s}") for s in (StatutFiche.EN_COURS, StatutFiche.REALISEE)}
    calculer_indicateurs(programme=programme, annee=2025, par=chargee)
    assert {s: courante(i).valeur for s, i in indicateurs.items()} == {
        StatutFiche.EN_COURS: 50,
        StatutFiche.REALISEE: 25,
    }


def test_le_budget_consomme_compte_ce_qui_manque(chargee: Utilisateur):
    fiche = FicheFactory.create()
    indicateur = calcule(fiche, "budget_consomme")
    FinancementFactory.create(fiche=fiche, prevu=1000, realise=900)
    FinancementFactory.create(fiche=fiche, prevu=5000, realise=None)
    FinancementFactory.create(fiche=fiche, prevu=7000, realise=7000, annee=2024)
    calculer_indicateurs(programme=fiche.programme, annee=2025, par=chargee)
    mesure = courante(indicateur)
    assert (mesure.valeur, mesure.numerateur, mesure.denominateur, mesure.manquants) == (D(90), D(900), D(1000), 1)


def test_un_denominateur_nul_se_dit_sans_inventer_de_valeur(chargee: Utilisateur):
    indicateur = calcule(FicheFactory.create(), "budget_consomme")
    calculer_indicateurs(programme=indicateur.fiche.programme, annee=2025, par=chargee)
    assert courante(indicateur).valeur is None
    assert courante(indicateur).texte == "Sans objet : le dénominateur est nul."


def test_les_indicateurs_renseignes_a_temps(chargee: Utilisateur):
    fiche = FicheFactory.create()
    indicateur = calcule(fiche, "indicateurs_a_temps")
    a_temps, tard, absent = (IndicateurFactory.create(fiche=fiche) for _ in range(3))
    IndicateurFactory.create(fiche=fiche, periodicite="permanente")
    janvier = datetime.datetime(2025, 1, 20, tzinfo=datetime.UTC)
    mars = datetime.datetime(2025, 3, 20, tzinfo=datetime.UTC)
    MesureFactory.create(indicateur=a_temps, annee=2024, saisie_le=janvier, remplacee_le=mars)
    MesureFactory.create(indicateur=a_temps, annee=2024, saisie_le=mars)
    MesureFactory.create(indicateur=tard, annee=2024, saisie_le=mars)
    calculer_indicateurs(programme=fiche.programme, annee=2024, par=chargee)
    mesure = indicateur.mesures.get()
    assert (mesure.numerateur, mesure.denominateur) == (D(1), D(3))
    assert mesure.periode == annee_pleine(2024)
    assert absent.mesures.count() == 0


def test_un_calcul_demande_le_meme_nombre_de_requetes_pour_1_et_30_fiches(
    chargee: Utilisateur, django_assert_max_num_queries: Any
):
    def compter(programme: Any) -> int:
        with django_assert_max_num_queries(60) as requetes:
            calculer_indicateurs(programme=programme, annee=2025, par=chargee)
        return len(requetes)

    petits, grands = ProgrammeFactory.create(), ProgrammeFactory.create()
    for programme, nombre in ((petits, 1), (grands, 30)):
        for _ in range(nombre):
            fiche = FicheFactory.create(programme=programme)
            calcule(fiche, "etapes_realisees")
            EtapeFactory.create(fiche=fiche)
    compter(FicheFactory.create().programme)  # the user's roles are read once
    assert compter(petits) == compter(grands)


def test_une_annee_hors_du_programme_est_refusee(chargee: Utilisateur):
    programme = ProgrammeFactory.create(annee_debut=2022, annee_fin=2026)
    with pytest.raises(RegleMetier, match="2031"):
        calculer_indicateurs(programme=programme, annee=2031, par=chargee)


def test_le_registre_refuse_deux_fois_le_meme_code_et_un_taux_sans_denominateur():
    connue = registre.declarations()[0]
    with pytest.raises(ValueError, match="déjà déclaré"):
        registre.declarer(dataclasses.replace(connue))
    with pytest.raises(ValueError, match="dénominateur"):
        registre.declarer(dataclasses.replace(connue, code="x", denominateur=""))


def test_ecrire_dans_une_transaction_avortee_ne_laisse_rien(taux: Indicateur, chargee: Utilisateur):
    with pytest.raises(RuntimeError), transaction.atomic():
        saisir(taux, chargee, valeur=D(86))
        raise RuntimeError
    assert not taux.mesures.exists()
