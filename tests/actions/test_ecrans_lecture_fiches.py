"""What is read of a fiche and of the list of fiches: sections, figures, anomalies, bilans, limits, attachments."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from actions.models import EtatAnomalie, EtatBilan, EtatEtape, LienFiche, SectionGabarit, TypeRole
from pdi.comptes.models import Role
from pdi.socle.operations import journaliser
from tests.actions.lecture import client_de, principal
from tests.fabriques import (
    AnomalieFactory,
    BilanFactory,
    CampagneFactory,
    CibleFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    GabaritFactory,
    IndicateurFactory,
    MesureFactory,
    NoteFactory,
    ObjectifFactory,
    PieceFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    SignataireFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_de()


def page(client, fiche, **parametres):
    return client.get(reverse("actions:fiche", args=[fiche.pk]), parametres)


def blocs(reponse):
    return [(b.titre, [s.libelle for s in b.sections]) for b in reponse.context["page"].blocs]


# -- sections ------------------------------------------------------------------------------------


def test_les_indicateurs_se_lisent_d_abord_puis_les_sections_dans_l_ordre_et_les_mots_du_gabarit(client):
    gabarit = GabaritFactory.create(rubriques=["contexte", "publics", "pilotage", "indicateurs", "objectifs"])
    SectionGabarit.objects.filter(gabarit=gabarit, rubrique="contexte").update(libelle="Rappel de la problématique")
    SectionGabarit.objects.filter(gabarit=gabarit, rubrique="publics").update(libelle="Pour quels publics ?")
    fiche = FicheFactory.create(programme__gabarit=gabarit, contexte="Des besoins d'écoute", publics=["BRSA"])
    reponse = page(client, fiche)
    assert blocs(reponse) == [
        ("Indicateurs", ["Indicateurs"]),
        ("Rappel de la problématique", ["Rappel de la problématique"]),
        ("Public et acteurs", ["Pour quels publics ?", "Pilotage"]),
        ("Objectifs opérationnels et mise en œuvre", ["Objectifs opérationnels et mise en œuvre"]),
    ]
    lu = principal(reponse)
    assert "Des besoins d’écoute" in lu
    assert "Pour quels publics ? BRSA" in lu


def test_une_section_vide_est_dite_et_non_cachee(client, fiche):
    lu = principal(page(client, fiche))
    assert "Constat Non imprimé dans le document adopté." in lu
    assert "Conditions de réussite Non imprimé dans le document adopté." in lu
    ProgrammeFactory.create()
    autre = FicheFactory.create()
    assert "Constat Pas encore renseigné." in principal(page(client, autre))


def test_ce_que_le_gabarit_ne_prevoit_pas_reste_lisible(client):
    fiche = FicheFactory.create(
        programme__gabarit=GabaritFactory.create(rubriques=["contexte"]), conditions_reussite=["Un local"]
    )
    assert "Conditions de réussite Un local" in principal(page(client, fiche))


def test_objectifs_numerotes_avec_leurs_etapes_leur_etat_et_leur_retard(client, fiche):
    objectif = ObjectifFactory.create(fiche=fiche, numero=1, intitule="Orienter sous un mois")
    EtapeFactory.create(
        fiche=fiche, objectif=objectif, intitule="Étudier l'automatisation", echeance=datetime.date(2023, 1, 1),
        etat=EtatEtape.EN_COURS, avancement=35,
    )  # fmt: skip
    EtapeFactory.create(
        fiche=fiche, objectif=objectif, intitule="Donner la date", etat=EtatEtape.REALISEE,
        realisee_le=datetime.date(2024, 4, 2), details=["Courrier", "Entretien"],
    )  # fmt: skip
    EtapeFactory.create(fiche=fiche, intitule="Évaluer")
    lu = principal(page(client, fiche))
    assert "1 étape réalisée sur 3" in lu
    assert "Orienter sous un mois Étudier l’automatisation En retard de " in lu
    assert "35 % fait, échéance le 01/01/2023" in lu
    assert "Donner la date Réalisée le 02/04/2024 Courrier Entretien" in lu
    assert "Autres actions Évaluer" in lu


def test_les_acteurs_menent_a_leur_structure(client, fiche):
    direction = StructureFactory.create(nom="Direction", sigle="DIE")
    service = StructureFactory.create(nom="Service", sigle="SAARSA", parent=direction)
    RoleFicheFactory.create(
        fiche=fiche, structure=service, utilisateur=UtilisateurFactory.create(prenom="Claire", nom="Exemple")
    )
    partenaire = StructureFactory.create(nom="Pôle emploi")
    RoleFicheFactory.create(
        fiche=fiche, structure=partenaire, type=TypeRole.PARTENAIRE_EXTERNE, precision="agences du nord"
    )
    reponse = page(client, fiche)
    lu = principal(reponse)
    assert "Pilote DIE – SAARSA , Claire Exemple" in lu
    assert "Pôle emploi (agences du nord)" in lu
    assert reverse("structures:structure", args=[partenaire.pk]) in reponse.content.decode()


def test_le_calendrier_garde_le_texte_imprime(client):
    fiche = FicheFactory.create(
        debut=datetime.date(2022, 1, 1), fin=datetime.date(2026, 12, 31), calendrier_texte="Durée du PDI"
    )
    lu = principal(page(client, fiche))
    assert "du 1er janvier 2022 au 31 décembre 2026 Tel qu’imprimé : Durée du PDI" in lu


# -- indicators -----------------------------------------------------------------------------------


def test_chaque_indicateur_porte_sa_valeur_sa_cible_son_ecart_et_son_histoire(client, fiche):
    taux = CibleFactory.create(
        indicateur__fiche=fiche, indicateur__libelle="Taux d'orientation", indicateur__unite="%", valeur=Decimal(90)
    ).indicateur
    MesureFactory.create(indicateur=taux, annee=2024, valeur=Decimal("83.1"))
    MesureFactory.create(indicateur=taux, valeur=Decimal(86), numerateur=Decimal(27073), denominateur=Decimal(31480))
    lu = principal(page(client, fiche, annee=2025))
    assert "Taux d’orientation Saisi : 27 073 / 31 480 86 % 90 % − 4,0 pts" in lu
    assert "Cible : 90 %. 2022 : non mesuré ; 2023 : non mesuré ; 2024 : 83,1 % ; 2025 : 86,0 %" in lu
    assert "Taux d’orientation 86 % 27 073 / 31 480 + 2,9 pts en un an, cible 90 %" in lu  # the key figure


def test_une_appreciation_se_lit_en_entier_et_une_cible_manquante_est_a_fixer(client, fiche):
    texte = IndicateurFactory.create(fiche=fiche, libelle="Nouveau guide", unite="texte", nature="qualitatif")
    MesureFactory.create(indicateur=texte, valeur=None, texte="Guide mis en ligne en septembre.")
    nombre = IndicateurFactory.create(fiche=fiche, libelle="Réunions")
    MesureFactory.create(indicateur=nombre, valeur=Decimal(12))
    lu = principal(page(client, fiche, annee=2025))
    assert "Nouveau guide Saisi Guide mis en ligne en septembre." in lu
    assert "Réunions Saisi 12 à fixer" in lu


def test_une_fiche_sans_valeur_garde_trois_chiffres_cles(client, fiche):
    EtapeFactory.create(fiche=fiche)
    IndicateurFactory.create(fiche=fiche)
    FinancementFactory.create(fiche=fiche, prevu=Decimal(1000))
    chiffres = [c.titre for c in page(client, fiche, annee=2025).context["page"].chiffres]
    assert chiffres == ["Étapes réalisées", "Indicateurs renseignés en 2025", "Financement prévu"]


def test_il_manque(client, fiche):
    IndicateurFactory.create(fiche=fiche)
    lu = principal(page(client, fiche, annee=2025))
    assert "Il manque à cette fiche un pilote" in lu
    assert "une cible pour 1 indicateur" in lu
    assert "une valeur 2025 pour 1 indicateur" in lu


# -- anomalies, funding, links ----------------------------------------------------------------------


def test_une_anomalie_alerte_avec_ses_valeurs_et_sa_reponse_la_range(client, fiche):
    anomalie = AnomalieFactory.create(
        fiche=fiche, titre="27 458,82 € n'ont pas de financeur", source="plan d’actions, fiche 2-8",
        pese=[{"libelle": "Montant global imprimé", "valeur": "115 210,66 €"}],
    )  # fmt: skip
    AnomalieFactory.create(
        fiche=fiche, titre="Action imprimée deux fois", etat=EtatAnomalie.CONSERVEE, reponse="Gardée telle quelle.",
        repondu_le="2026-01-20T10:00:00Z", repondu_par=UtilisateurFactory.create(prenom="Hélène", nom="Modèle"),
    )  # fmt: skip
    autre = AnomalieFactory.create(fiche=fiche, titre="Calendrier absent")
    reponse = page(client, fiche)
    html, lu = reponse.content.decode(), principal(reponse)
    assert "2 anomalies relevées 27 458,82 € n’ont pas de financeur Calendrier absent" in lu
    for a in (anomalie, autre):  # the short alert leads to the detail, which stands after the indicators
        places = [html.index(x) for x in (f'href="#anomalie-{a.pk}"', 'id="indicateurs"', f'id="anomalie-{a.pk}"')]
        assert places == sorted(places)
    assert "Montant global imprimé 115 210,66 € Source : plan d’actions, fiche 2-8." in lu
    assert "Anomalies qui ont une réponse" in lu
    assert "Réponse : Gardée telle quelle. Hélène Modèle" in lu


def test_le_plan_de_financement_montre_ce_qui_n_a_pas_de_financeur(client, fiche):
    type(fiche).objects.filter(pk=fiche.pk).update(cout_total=Decimal("115210.66"))
    departement, fse = StructureFactory.create(nom="Département"), StructureFactory.create(nom="FSE")
    FinancementFactory.create(fiche=fiche, financeur=departement, prevu=Decimal("35100.74"), annee=None)
    FinancementFactory.create(fiche=fiche, financeur=fse, prevu=Decimal("52651.10"), annee=None)
    lu = principal(page(client, fiche))
    assert "Département 35 100,74 € 30,5 %" in lu
    assert "FSE 52 651,10 € 45,7 %" in lu
    assert "Financeur non indiqué Anomalie 27 458,82 € 23,8 %" in lu
    assert "Montant global imprimé 115 210,66 €" in lu


def test_le_financement_additionne_les_annees_et_garde_le_detail(client, fiche):
    financeur = StructureFactory.create(nom="État")
    FinancementFactory.create(fiche=fiche, financeur=financeur, annee=2024, prevu=Decimal(100), realise=Decimal(90))
    FinancementFactory.create(fiche=fiche, financeur=financeur, annee=2025, prevu=Decimal(200))
    lu = principal(page(client, fiche))
    assert "État 300 € 90 € 100,0 %" in lu
    assert "Détail par année" in lu
    assert "2025 État 200 € 2024 État 100 € 90 €" in lu


def test_les_fiches_liees_sont_celles_que_le_lecteur_peut_ouvrir(fiche):
    liee = FicheFactory.create(axe=fiche.axe, numero="2.5", intitule="Différencier")
    cachee = FicheFactory.create(axe=fiche.axe, numero="2.6", intitule="Réservée", restreinte=True)
    LienFiche.objects.create(source=fiche, cible=liee)
    LienFiche.objects.create(source=cachee, cible=fiche)
    assert "2.6 Réservée" in principal(page(client_de(), fiche))
    lu = principal(page(client_de(Role.DIRECTION), fiche))
    assert "2.5 Différencier" in lu
    assert "Réservée" not in lu


# -- bilans and gestures ----------------------------------------------------------------------------


@pytest.fixture
def pilote(fiche):
    service = StructureFactory.create(nom="SAARSA")
    RoleFicheFactory.create(fiche=fiche, structure=service)
    return client_de(Role.PILOTE, structure=service)


def test_le_pilote_voit_le_renvoi_et_le_bouton_pour_corriger(pilote, fiche):
    campagne = CampagneFactory.create(programme=fiche.programme, annee=2025)
    BilanFactory.create(campagne=campagne, fiche=fiche, etat=EtatBilan.A_CORRIGER, motif_renvoi="Expliquez l’écart.")
    lu = principal(page(pilote, fiche))
    assert "Ce bilan est renvoyé pour correction « Expliquez l’écart. »" in lu
    assert "Corriger le bilan 2025" in lu


def test_la_chargee_de_programme_voit_le_bilan_et_ne_l_ecrit_qu_en_secours(client, fiche):
    campagne = CampagneFactory.create(programme=fiche.programme, annee=2025)
    bilan = BilanFactory.create(campagne=campagne, fiche=fiche, etat=EtatBilan.A_CORRIGER, motif_renvoi="À préciser.")
    reponse = page(client, fiche)
    assert (reponse.context["geste"].intitule, reponse.context["geste"].url) == (
        "Voir le bilan 2025",
        bilan.get_absolute_url(),
    )
    assert reponse.context["gestes"][0].intitule == "Corriger le bilan 2025"


def test_le_chargement_de_programme_relit_un_bilan_soumis(client, fiche):
    campagne = CampagneFactory.create(programme=fiche.programme, annee=2025)
    BilanFactory.create(campagne=campagne, fiche=fiche, etat=EtatBilan.SOUMIS)
    assert "Relire le bilan 2025" in principal(page(client, fiche))


def test_la_direction_ne_lit_que_le_bilan_valide_et_sait_pourquoi_elle_ne_modifie_pas(fiche):
    ouverte = CampagneFactory.create(programme=fiche.programme, annee=2025)
    BilanFactory.create(campagne=ouverte, fiche=fiche, etat=EtatBilan.SOUMIS, realisations="Brouillon confidentiel.")
    passee = CampagneFactory.create(programme=fiche.programme, annee=2024)
    BilanFactory.create(campagne=passee, fiche=fiche, etat=EtatBilan.VALIDE, realisations="Plateforme ouverte.")
    lu = principal(page(client_de(Role.DIRECTION), fiche))
    assert "Brouillon confidentiel" not in lu
    assert "Le bilan 2025 se lira ici une fois validé." in lu
    assert "Bilan 2024 – validé" in lu
    assert "Plateforme ouverte." in lu


def test_un_geste_refuse_est_montre_avec_sa_raison(pilote, fiche):
    reponse = page(pilote, fiche, annee=2025)
    lu, html = principal(reponse), reponse.content.decode()
    assert "Modifier la fiche Seuls les administrateurs et les chargés de programme" in lu
    assert reverse("actions:fiche_modifier", args=[fiche.pk]) not in html
    assert reverse("actions:mesures_saisir", args=[fiche.pk, 2025]) in html


def test_qui_tient_le_suivi_retire_notes_et_pieces_et_remet_une_anomalie_a_traiter(client, fiche):
    note, piece = NoteFactory.create(fiche=fiche), PieceFactory.create(fiche=fiche)
    reponse_faite = {"etat": EtatAnomalie.TRAITEE, "reponse": "Corrigé.", "repondu_le": "2026-01-20T10:00:00Z"}
    anomalie = AnomalieFactory.create(fiche=fiche, repondu_par=note.auteur, **reponse_faite)
    adresses = [
        reverse("actions:note_retirer", args=[note.pk]),
        reverse("actions:piece_retirer", args=[piece.pk]),
        reverse("actions:anomalie_reprendre", args=[anomalie.pk]),
    ]
    html = page(client, fiche).content.decode()
    assert all(adresse in html for adresse in adresses)
    lecture_seule = page(client_de(Role.DIRECTION), fiche).content.decode()
    assert not any(adresse in lecture_seule for adresse in adresses)


def test_un_partenaire_ne_lit_ni_notes_ni_historique(fiche):
    caf = StructureFactory.create()
    SignataireFactory.create(programme=fiche.programme, structure=caf)
    NoteFactory.create(fiche=fiche, texte="Réunion tendue avec la CAF.")
    journaliser(par=None, verbe="modifier_fiche", objet=fiche, avant={"intitulé": "A"}, apres={"intitulé": "B"})
    agent, partenaire = (
        principal(page(client_de(), fiche)),
        principal(page(client_de(Role.PARTENAIRE, structure=caf), fiche)),
    )
    assert "Réunion tendue avec la CAF." in agent
    assert "Fiche modifiée" in agent
    assert "Accélérer les premières étapes" in partenaire
    assert "Réunion tendue" not in partenaire
    assert "Historique" not in partenaire
