"""What is read of programmes: the list, the tree and its figures, filters, views, export, limits of a partner."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from actions.models import EtatBilan, EtatEtape, EtatProgramme, StatutFiche
from pdi.comptes.models import Role
from pdi.structures.regles import cle_nom
from tests.actions.lecture import classeur, client_de, principal
from tests.fabriques import (
    AnomalieFactory,
    AxeFactory,
    BilanFactory,
    CadreFactory,
    CampagneFactory,
    CibleFactory,
    DepartementFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    IndicateurFactory,
    MesureFactory,
    NiveauFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    SignataireFactory,
    StructureFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_de()


@pytest.fixture
def programme():
    programme = ProgrammeFactory.create(code="essonne", intitule_court="Pacte Solidarité")
    NiveauFactory.create(programme=programme, rang=1, singulier="orientation", pluriel="orientations")
    NiveauFactory.create(programme=programme, rang=2, singulier="thématique", pluriel="thématiques")
    return programme


def fiche(axe, numero, intitule):
    return FicheFactory.create(axe=axe, numero=numero, intitule=intitule, recherche=cle_nom(f"{intitule} école"))


@pytest.fixture
def arbre(programme):
    """Two orientations, a thématique under the first, a fiche in each place."""
    droits = AxeFactory.create(programme=programme, numero="1", intitule="Accès aux droits", ordre=1)
    logement = AxeFactory.create(parent=droits, numero="1-1", intitule="Logement", ordre=2)
    emploi = AxeFactory.create(programme=programme, numero="2", intitule="Retour à l’emploi", ordre=3)
    return {
        "programme": programme,
        "droits": droits,
        "logement": logement,
        "emploi": emploi,
        "domiciliation": fiche(droits, "1.1", "Domicilier"),
        "bail": fiche(logement, "1.2", "Garantir le bail"),
        "chantier": fiche(emploi, "2.1", "Ouvrir un chantier"),
    }


def page(client, code="essonne", **parametres):
    return client.get(reverse("actions:programme", args=[code]), parametres)


# -- the list ---------------------------------------------------------------------------------


def test_la_liste_separe_les_programmes_du_departement_et_ceux_des_autres(client, arbre):
    correze = DepartementFactory.create(code="19", nom="Corrèze")
    ProgrammeFactory.create(intitule_court="PTI de la Corrèze", departement=correze, annee_debut=2016, annee_fin=2018)
    lu = principal(client.get(reverse("actions:programmes")))
    assert lu.index("Pacte Solidarité 2022-2026") < lu.index("Autres départements") < lu.index("PTI de la Corrèze")
    assert "3 fiches 0 indicateur" in lu


def test_sans_programme_la_liste_dit_quoi_faire(client):
    assert "Aucun programme n’est ouvert à votre habilitation" in principal(client.get(reverse("actions:programmes")))


def test_un_partenaire_ne_voit_que_les_programmes_qu_il_signe(programme):
    ProgrammeFactory.create(intitule_court="Autre schéma")
    caf = StructureFactory.create()
    SignataireFactory.create(programme=programme, structure=caf)
    lu = principal(client_de(Role.PARTENAIRE, structure=caf).get(reverse("actions:programmes")))
    assert "Pacte Solidarité" in lu
    assert "Autre schéma" not in lu


def test_un_programme_inconnu_repond_404_sans_rien_reveler(client):
    reponse = page(client, "inconnu")
    assert reponse.status_code == 404


# -- the tree -----------------------------------------------------------------------------------


def test_l_arbre_parle_les_mots_du_programme_et_compte_chaque_branche(client, arbre):
    lu = principal(page(client))
    assert "Orientation 1 – Accès aux droits 2 fiches" in lu
    assert "Thématique 1-1 – Logement 1 fiche" in lu
    assert lu.index("1.1 Domicilier") < lu.index("Thématique 1-1") < lu.index("1.2 Garantir le bail")
    assert lu.index("1.2 Garantir le bail") < lu.index("Orientation 2") < lu.index("2.1 Ouvrir un chantier")


def test_une_branche_vide_et_une_fiche_sans_axe_se_voient(client, programme):
    AxeFactory.create(programme=programme, numero="1", intitule="Accès aux droits")
    FicheFactory.create(programme=programme, axe=None, numero="9", intitule="Transversale")
    lu = principal(page(client))
    assert "Orientation 1 – Accès aux droits aucune fiche" in lu
    assert "Sans orientation 1 fiche" in lu


def test_un_programme_sans_fiche_dit_quoi_faire(client, programme):
    assert "Ce programme n’a pas encore de fiche" in principal(page(client))


def test_les_pilotes_se_lisent_direction_puis_service(client, arbre):
    direction = StructureFactory.create(nom="Direction de l’insertion", sigle="DIE")
    service = StructureFactory.create(nom="Service accueil", sigle="SARSA", parent=direction)
    RoleFicheFactory.create(fiche=arbre["bail"], structure=service)
    assert "1.2 Garantir le bail DIE – SARSA" in principal(page(client))


def test_une_fiche_restreinte_est_cachee_a_qui_n_en_est_pas_acteur(client, arbre):
    FicheFactory.create(axe=arbre["emploi"], numero="2.2", intitule="Dossiers sensibles", restreinte=True)
    assert "Dossiers sensibles" in principal(page(client))
    lu = principal(page(client_de(Role.DIRECTION)))
    assert "Dossiers sensibles" not in lu
    assert "3 fiches" in lu


# -- figures ------------------------------------------------------------------------------------


def test_les_chiffres_cles_portent_leur_base(client, arbre):
    campagne = CampagneFactory.create(programme=arbre["programme"], annee=2025)
    BilanFactory.create(campagne=campagne, fiche=arbre["domiciliation"], etat=EtatBilan.VALIDE)
    BilanFactory.create(campagne=campagne, fiche=arbre["bail"], etat=EtatBilan.SOUMIS)
    BilanFactory.create(campagne=campagne, fiche=arbre["chantier"])
    atteint = CibleFactory.create(indicateur__fiche=arbre["bail"], valeur=Decimal(50)).indicateur
    MesureFactory.create(indicateur=atteint, valeur=Decimal(80))
    IndicateurFactory.create(fiche=arbre["bail"])
    EtapeFactory.create(fiche=arbre["bail"], etat=EtatEtape.REALISEE)
    EtapeFactory.create(fiche=arbre["bail"], echeance=datetime.date(2023, 1, 1))
    lu = principal(page(client))
    assert "Bilans 2025 validés 1 sur 3 1 soumis, 1 à écrire" in lu
    assert "Indicateurs 2025 renseignés 1 sur 2 1 indicateur manquant" in lu
    assert "Cibles 2025 atteintes 1 sur 1 1 indicateur n’a pas de cible" in lu
    assert "Étapes réalisées 1 sur 2 1 étape en retard" in lu
    assert "1.2 Garantir le bail Soumis 1 sur 2 1 sur 1" in lu


def test_a_signaler_dit_le_bilan_attendu_l_anomalie_et_le_retard(client, arbre):
    campagne = CampagneFactory.create(programme=arbre["programme"], annee=2025)
    BilanFactory.create(campagne=campagne, fiche=arbre["chantier"], etat=EtatBilan.A_CORRIGER)
    AnomalieFactory.create(fiche=arbre["chantier"])
    lu = principal(page(client))
    assert "Bilan à reprendre, " in lu  # the campaign of 2025 was due in February 2026
    assert "1 anomalie à traiter" in lu


def test_l_annee_se_choisit_et_reste_dans_le_programme(client, arbre):
    indicateur = IndicateurFactory.create(fiche=arbre["bail"])
    MesureFactory.create(indicateur=indicateur, annee=2023)
    assert "Indicateurs 2023 renseignés 1 sur 1" in principal(page(client, annee=2023))
    assert "Indicateurs 2026 renseignés 0 sur 1" in principal(page(client, annee=1999))


# -- filters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filtre", "gardees"),
    [
        pytest.param(lambda a: {"q": "Chantier ÉCOLE"}, ["2.1"], id="mots-sans-accent"),
        pytest.param(lambda a: {"axe": a["droits"].pk}, ["1.1", "1.2"], id="axe-et-ses-thematiques"),
        pytest.param(lambda a: {"axe": a["logement"].pk}, ["1.2"], id="thematique"),
        pytest.param(lambda a: {"pilote": a["service"].pk}, ["1.2"], id="service-pilote"),
        pytest.param(lambda a: {"statut": "bloquee"}, ["1.1"], id="statut"),
        pytest.param(lambda a: {"cadre": a["cadre"].pk}, ["2.1"], id="cadre"),
        pytest.param(lambda a: {"retard": "on"}, ["1.2", "2.1"], id="en-retard"),
        pytest.param(lambda a: {"bilan": "soumis"}, ["1.1"], id="bilan-soumis"),
        pytest.param(lambda a: {"bilan": "aucun"}, ["1.2", "2.1"], id="sans-bilan"),
    ],
)
def test_filtres(client, arbre, filtre, gardees):
    arbre["service"] = StructureFactory.create()
    RoleFicheFactory.create(fiche=arbre["bail"], structure=arbre["service"])
    arbre["cadre"] = CadreFactory.create()
    arbre["chantier"].cadres.add(arbre["cadre"])
    type(arbre["domiciliation"]).objects.filter(pk=arbre["domiciliation"].pk).update(statut=StatutFiche.BLOQUEE)
    type(arbre["bail"]).objects.filter(pk=arbre["bail"].pk).update(fin=datetime.date(2024, 1, 1))
    EtapeFactory.create(fiche=arbre["chantier"], echeance=datetime.date(2024, 1, 1))
    campagne = CampagneFactory.create(programme=arbre["programme"], annee=2025)
    BilanFactory.create(campagne=campagne, fiche=arbre["domiciliation"], etat=EtatBilan.SOUMIS)
    reponse = page(client, **filtre(arbre))
    lignes = [ligne.fiche.numero for ligne in reponse.context["page"].lignes]
    assert lignes == gardees
    assert "Tout retirer" in principal(reponse)


def test_un_filtre_actif_est_un_jeton_qui_se_retire_et_l_etat_vide_dit_comment_sortir(client, arbre):
    reponse = page(client, q="introuvable", vue="fiches", annee=2024)
    lu = principal(reponse)
    assert "Mot du titre ou du contenu : « introuvable »" in lu
    assert "Aucune fiche ne correspond" in lu
    assert 'href="?vue=fiches&amp;annee=2024"' in reponse.content.decode()


# -- other views ----------------------------------------------------------------------------------


def test_avancement_des_bilans_range_chaque_fiche_dans_son_etat(client, arbre):
    campagne = CampagneFactory.create(programme=arbre["programme"], annee=2025)
    BilanFactory.create(campagne=campagne, fiche=arbre["domiciliation"], etat=EtatBilan.VALIDE)
    BilanFactory.create(campagne=campagne, fiche=arbre["chantier"])
    lu = principal(page(client, vue="bilans"))
    assert "À rédiger 1 2.1 Ouvrir un chantier" in lu
    assert "Validé 1 1.1 Domicilier" in lu


def test_finances_par_financeur_par_axe_et_ce_qui_manque(client, arbre):
    etat, fse = StructureFactory.create(nom="État"), StructureFactory.create(nom="FSE")
    FinancementFactory.create(fiche=arbre["bail"], financeur=etat, prevu=Decimal("35100.74"), realise=Decimal(30000))
    FinancementFactory.create(fiche=arbre["bail"], financeur=fse, prevu=Decimal("52651.10"))
    FinancementFactory.create(fiche=arbre["chantier"], financeur=fse, prevu=None, annee=None)
    type(arbre["bail"]).objects.filter(pk=arbre["bail"].pk).update(cout_total=Decimal("115210.66"))
    lu = principal(page(client, vue="financement"))
    assert "27 458,82 € du plan de financement n’ont pas de financeur" in lu
    assert "FSE 1 montant à fixer 2 52 651,10 €" in lu
    assert "État 1 35 100,74 € 30 000 € 85,5 %" in lu
    assert "Orientation 1 – Accès aux droits 1 87 751,84 €" in lu
    assert "Orientation 2 – Retour à l’emploi 1 montant à fixer 1 à fixer" in lu
    assert "un montant absent ne compte pas pour zéro" in lu


def test_finances_vides(client, arbre):
    assert "Aucun plan de financement n’est enregistré" in principal(page(client, vue="financement"))


def test_cadres_repete_une_fiche_sous_chacun_des_siens(client, arbre):
    arbre["chantier"].cadres.add(CadreFactory.create(), CadreFactory.create(code="fse", libelle="FSE"))
    lu = principal(page(client, vue="cadres"))
    assert lu.count("2.1 Ouvrir un chantier") == 2
    assert "Aucune fiche n’est rattachée" in principal(page(client, vue="cadres", q="domicilier"))


def test_document_dit_ce_qui_n_est_pas_imprime(client, arbre):
    SignataireFactory.create(programme=arbre["programme"], structure__nom="Caisse d’allocations familiales")
    lu = principal(page(client, vue="document"))
    assert "Caisse d’allocations familiales non imprimée date non imprimée" in lu
    assert "Date non imprimée dans le document" in lu
    assert "orientations, puis thématiques" in lu


# -- who reads what ------------------------------------------------------------------------------


def test_un_signataire_ne_lit_ni_les_bilans_en_cours_ni_les_signalements(arbre):
    caf = StructureFactory.create()
    SignataireFactory.create(programme=arbre["programme"], structure=caf)
    campagne = CampagneFactory.create(programme=arbre["programme"], annee=2025)
    BilanFactory.create(campagne=campagne, fiche=arbre["bail"], etat=EtatBilan.A_CORRIGER)
    AnomalieFactory.create(fiche=arbre["bail"])
    partenaire = client_de(Role.PARTENAIRE, structure=caf)
    lu = principal(page(partenaire))
    assert "1.2 Garantir le bail" in lu
    assert "Renvoyé" not in lu
    assert "anomalie à traiter" not in lu
    assert "Avancement des bilans" not in lu
    entetes, _ = classeur(partenaire.get(reverse("actions:programme_export", args=["essonne"])))
    assert not [e for e in entetes if e.startswith("Bilan")]


def test_un_programme_de_reference_dit_pourquoi_il_ne_se_modifie_pas(client):
    ProgrammeFactory.create(code="correze", reference=True, etat=EtatProgramme.ECHU, annee_debut=2016, annee_fin=2018)
    lu = principal(page(client, "correze"))
    assert "Programme de référence" in lu


# -- export ---------------------------------------------------------------------------------------


def test_l_export_suit_les_filtres_et_dit_l_axe_de_chaque_fiche(client, arbre):
    RoleFicheFactory.create(fiche=arbre["bail"], structure=StructureFactory.create(nom="SARSA"))
    url = reverse("actions:programme_export", args=["essonne"])
    entetes, lignes = classeur(client.get(url, {"axe": arbre["droits"].pk}))
    lues = [dict(zip(entetes, ligne, strict=True)) for ligne in lignes]
    assert [ligne["N° de fiche"] for ligne in lues] == ["1.1", "1.2"]
    assert (lues[1]["Axe"], lues[1]["Thématique"]) == ("1 – Accès aux droits", "1-1 – Logement")
    assert (lues[0]["Axe"], lues[0]["Thématique"]) == ("1 – Accès aux droits", None)
    assert lues[1]["Pilotes"] == "SARSA"


def test_l_export_csv(client, arbre):
    reponse = client.get(reverse("actions:programme_export", args=["essonne"]), {"format": "csv"})
    assert "Garantir le bail" in b"".join(reponse.streaming_content).decode()
    assert reponse["Content-Disposition"].endswith('.csv"')


# -- queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("vue", ["fiches", "bilans", "financement", "cadres", "document"])
def test_autant_de_requetes_pour_une_fiche_que_pour_trente(client, programme, django_assert_max_num_queries, vue):
    campagne = CampagneFactory.create(programme=programme, annee=2025)
    SignataireFactory.create(programme=programme)

    def une_fiche():
        fiche = FicheFactory.create(axe=AxeFactory.create(programme=programme))
        RoleFicheFactory.create(fiche=fiche)
        fiche.cadres.add(CadreFactory.create())
        BilanFactory.create(campagne=campagne, fiche=fiche)
        FinancementFactory.create(fiche=fiche)
        MesureFactory.create(indicateur=CibleFactory.create(indicateur__fiche=fiche).indicateur)
        EtapeFactory.create(fiche=fiche)

    une_fiche()
    page(client, vue=vue)
    with django_assert_max_num_queries(12) as avant:
        page(client, vue=vue)
    for _ in range(29):
        une_fiche()
    with django_assert_max_num_queries(12) as apres:
        page(client, vue=vue)
    assert len(apres) == len(avant)
