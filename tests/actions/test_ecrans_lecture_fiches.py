"""What is read of a fiche and of the list of fiches: sections, figures, anomalies, bilans, limits, attachments."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from actions.models import EtatAnomalie, EtatBilan, EtatEtape, LienFiche, SectionGabarit, TypeRole
from pdi.comptes.models import Role
from pdi.socle.operations import journaliser
from tests.actions.lecture import classeur, client_de, principal
from tests.fabriques import (
    AnomalieFactory,
    AxeFactory,
    BilanFactory,
    CadreFactory,
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


@pytest.fixture
def fiche():
    programme = ProgrammeFactory.create(date_adoption=datetime.date(2022, 3, 28), intitule_court="Pacte")
    axe = AxeFactory.create(programme=programme, numero="2", intitule="Cibler l’accompagnement")
    return FicheFactory.create(axe=axe, numero="2.1", intitule="Accélérer les premières étapes")


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


# -- history -----------------------------------------------------------------------------------------


def test_l_historique_complet_se_pagine_et_dit_avant_et_apres(client, fiche):
    for rang in range(30):
        journaliser(
            par=None, verbe="modifier_fiche", objet=fiche, avant={"statut": f"a{rang}"}, apres={"statut": f"b{rang}"}
        )
    reponse = client.get(reverse("actions:fiche_historique", args=[fiche.pk]))
    lu = principal(reponse)
    assert "Statut : a29 b29" in lu
    assert "25 écritures sur 30" in lu
    suite = client.get(
        reverse("actions:fiche_historique", args=[fiche.pk]), {"curseur": reponse.context["page"].suivant}
    )
    assert "Statut : a0 b0" in principal(suite)


def test_l_historique_tait_les_bilans_que_le_lecteur_ne_peut_pas_ouvrir(fiche):
    campagne = CampagneFactory.create(programme=fiche.programme)
    bilan = BilanFactory.create(campagne=campagne, fiche=fiche, etat=EtatBilan.A_CORRIGER)
    journaliser(par=None, verbe="renvoyer_bilan", objet=bilan, commentaire="Trop vague.")
    assert "Trop vague" in principal(page(client_de(), fiche))
    direction = client_de(Role.DIRECTION)
    assert "Trop vague" not in principal(page(direction, fiche))
    assert "Trop vague" not in principal(direction.get(reverse("actions:fiche_historique", args=[fiche.pk])))


# -- attachments -------------------------------------------------------------------------------------


def test_une_piece_se_telecharge_et_ne_s_affiche_jamais_dans_la_page(client, fiche):
    piece = PieceFactory.create(fiche=fiche, nom="Note de cadrage", taille=214_000)
    assert "Note de cadrage (PDF, 214 ko)" in principal(page(client, fiche))
    reponse = client.get(reverse("actions:piece", args=[piece.pk]))
    assert b"".join(reponse.streaming_content) == b"%PDF-1.7 essai"
    assert reponse["Content-Disposition"] == 'attachment; filename="Note de cadrage.pdf"'
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reponse["Content-Security-Policy"]


def test_une_piece_disparue_du_magasin_repond_404(client, fiche):
    piece = PieceFactory.create(fiche=fiche)
    piece.fichier.storage.delete(str(piece.fichier.name))
    assert client.get(reverse("actions:piece", args=[piece.pk])).status_code == 404


def test_la_piece_d_une_fiche_restreinte_repond_404_comme_la_fiche(fiche):
    type(fiche).objects.filter(pk=fiche.pk).update(restreinte=True)
    piece, direction = PieceFactory.create(fiche=fiche), client_de(Role.DIRECTION)
    assert direction.get(reverse("actions:piece", args=[piece.pk])).status_code == 404
    assert page(direction, fiche).status_code == 404


# -- the list ------------------------------------------------------------------------------------------


def test_la_liste_trie_pagine_et_exporte_ce_qu_elle_montre(client):
    programme = ProgrammeFactory.create(intitule_court="Pacte", code="pacte")
    for rang in range(30):
        FicheFactory.create(
            programme=programme, numero=f"3.{rang}", intitule=f"Action {rang:02}", ordre=rang, recherche="action"
        )
    FicheFactory.create(numero="9", intitule="Ailleurs", recherche="ailleurs")
    url = reverse("actions:fiches")
    reponse = client.get(url, {"programme": "pacte", "q": "action", "tri": "-intitule"})
    lu = principal(reponse)
    assert "30 fiches Mot du titre ou du contenu : « action »" in lu
    assert "25 fiches sur 30" in lu
    assert lu.index("Action 29") < lu.index("Action 05")
    suite = principal(
        client.get(url, {"programme": "pacte", "tri": "-intitule", "curseur": reponse.context["page"].suivant})
    )
    assert "Action 04" in suite
    entetes, lignes = classeur(client.get(reverse("actions:fiches_export"), {"programme": "pacte", "tri": "-intitule"}))
    intitules = [ligne[entetes.index("Fiche-action")] for ligne in lignes]
    assert intitules == [f"Action {rang:02}" for rang in reversed(range(30))]


@pytest.mark.parametrize(
    ("filtre", "gardee"),
    [
        pytest.param({"retard": "on"}, "Échue", id="en-retard"),
        pytest.param({"anomalie": "on"}, "Douteuse", id="anomalie"),
        pytest.param({"priorite": "3"}, "Prioritaire", id="priorite"),
        pytest.param({"statut": "bloquee"}, "Bloquée", id="statut"),
    ],
)
def test_filtres_de_la_liste(client, filtre, gardee):
    programme = ProgrammeFactory.create()
    FicheFactory.create(programme=programme, intitule="Échue", fin=datetime.date(2024, 1, 1))
    AnomalieFactory.create(fiche=FicheFactory.create(programme=programme, intitule="Douteuse"))
    FicheFactory.create(programme=programme, intitule="Prioritaire", priorite=3)
    FicheFactory.create(programme=programme, intitule="Bloquée", statut="bloquee")
    fiches = [ligne.fiche.intitule for ligne in client.get(reverse("actions:fiches"), filtre).context["liste"].lignes]
    assert fiches == [gardee]


def test_etats_vides_de_la_liste(client):
    assert "Aucune fiche n’est ouverte à votre habilitation" in principal(client.get(reverse("actions:fiches")))
    assert "Aucune fiche ne correspond" in principal(client.get(reverse("actions:fiches"), {"q": "rien"}))


def test_un_prestataire_ne_liste_que_les_fiches_ou_il_agit(fiche):
    chantier = StructureFactory.create()
    RoleFicheFactory.create(fiche=fiche, structure=chantier, type=TypeRole.PARTENAIRE_EXTERNE)
    FicheFactory.create(intitule="Étrangère")
    prestataire = client_de(Role.PRESTATAIRE, structure=chantier)
    lu = principal(prestataire.get(reverse("actions:fiches")))
    assert "Accélérer les premières étapes" in lu
    assert "Étrangère" not in lu
    _, lignes = classeur(prestataire.get(reverse("actions:fiches_export")))
    assert len(lignes) == 1


# -- queries ---------------------------------------------------------------------------------------------


def garnir(fiche, rang):
    objectif = ObjectifFactory.create(fiche=fiche, numero=rang + 1)
    EtapeFactory.create(fiche=fiche, objectif=objectif)
    RoleFicheFactory.create(fiche=fiche, structure__parent=StructureFactory.create())
    FinancementFactory.create(fiche=fiche)
    MesureFactory.create(indicateur=CibleFactory.create(indicateur__fiche=fiche).indicateur)
    AnomalieFactory.create(fiche=fiche)
    NoteFactory.create(fiche=fiche)
    PieceFactory.create(fiche=fiche)
    fiche.cadres.add(CadreFactory.create(code=f"c{rang}"))
    LienFiche.objects.create(source=fiche, cible=FicheFactory.create(programme=fiche.programme))
    journaliser(par=None, verbe="modifier_fiche", objet=fiche)


@pytest.mark.parametrize("role", [Role.CHARGE_PROGRAMME, Role.PILOTE, Role.DIRECTION])
def test_une_fiche_pleine_coute_autant_de_requetes_qu_une_fiche_maigre(fiche, role, django_assert_max_num_queries):
    service = StructureFactory.create()
    RoleFicheFactory.create(fiche=fiche, structure=service)
    client = client_de(role, structure=service if role == Role.PILOTE else None)
    BilanFactory.create(campagne=CampagneFactory.create(programme=fiche.programme, annee=2025), fiche=fiche)
    garnir(fiche, 0)
    page(client, fiche)
    with django_assert_max_num_queries(12) as avant:
        page(client, fiche)
    for rang in range(1, 30):
        garnir(fiche, rang)
    for annee in (2022, 2023, 2024):
        campagne = CampagneFactory.create(programme=fiche.programme, annee=annee)
        BilanFactory.create(campagne=campagne, fiche=fiche, etat=EtatBilan.VALIDE)
    with django_assert_max_num_queries(12) as apres:
        page(client, fiche)
    assert len(apres) == len(avant)


@pytest.mark.parametrize("ecran", ["fiches", "fiches_export"])
def test_la_liste_coute_autant_pour_une_fiche_que_pour_trente(client, ecran, django_assert_max_num_queries):
    def une_fiche():
        fiche = FicheFactory.create(axe=AxeFactory.create())
        RoleFicheFactory.create(fiche=fiche)
        EtapeFactory.create(fiche=fiche)

    def lire():
        reponse = client.get(reverse(f"actions:{ecran}"))
        return b"".join(reponse.streaming_content) if reponse.streaming else reponse.content

    une_fiche()
    lire()
    with django_assert_max_num_queries(12) as avant:
        lire()
    for _ in range(23):
        une_fiche()
    with django_assert_max_num_queries(12) as apres:
        lire()
    assert len(apres) == len(avant)
