"""The screens that write beside the sections: values, targets, follow-up, attachments, programmes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.models import FicheAction, Indicateur, Programme
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.models import Traitement
from tests.actions.edition import champs_du_formset, empreinte_de, formset, section, texte
from tests.actions.lecture import connecter
from tests.fabriques import (
    AxeFactory,
    CibleFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    IndicateurFactory,
    MesureFactory,
    NiveauFactory,
    ObjectifFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(chargee: Utilisateur) -> Client:
    return connecter(chargee)


# -- values -----------------------------------------------------------------------------------


def test_la_saisie_d_une_annee_calcule_le_taux_et_dit_le_nombre_de_valeurs(client: Client, fiche: FicheAction):
    taux = IndicateurFactory.create(fiche=fiche, unite="%")
    appreciation = IndicateurFactory.create(fiche=fiche, unite="texte")
    adresse = reverse("actions:mesures_saisir", args=[fiche.pk, 2025])
    lignes = (
        {"indicateur": taux.pk, "periode": "2025-01-12", "numerateur": "27 073", "denominateur": "31 480"},
        {"indicateur": appreciation.pk, "periode": "2025-01-12", "texte": "Bonne dynamique."},
    )
    reponse = client.post(adresse, formset("mesures", *lignes), follow=True)
    assert "2 valeurs enregistrées." in texte(reponse)
    assert round(taux.mesures.get().valeur or 0, 1) == round(27073 / 31480 * 100, 1)
    assert appreciation.mesures.get().texte == "Bonne dynamique."


def test_un_taux_contraire_a_ses_termes_montre_le_calcul(client: Client, fiche: FicheAction):
    taux = IndicateurFactory.create(fiche=fiche, unite="%", libelle="Taux d’orientation")
    ligne = {
        "indicateur": taux.pk, "periode": "2025-01-12", "valeur": "58", "numerateur": "27073", "denominateur": "31480",
    }  # fmt: skip
    lu = texte(client.post(reverse("actions:mesures_saisir", args=[fiche.pk, 2025]), formset("mesures", ligne)))
    assert "58 % ne correspond pas à 27 073 / 31 480, qui fait 86,0 %" in lu
    assert "Taux d’orientation, année 2025, valeur" in lu
    assert not taux.mesures.exists()


def test_les_valeurs_cachees_d_une_ligne_ne_se_perdent_pas(client: Client, fiche: FicheAction):
    """A count has no box for words; what an import wrote there survives an ordinary save."""
    nombre = IndicateurFactory.create(fiche=fiche)
    MesureFactory.create(indicateur=nombre, valeur=80, texte="Hors Sud-Essonne", source="Import")
    page = client.get(reverse("actions:mesures_saisir", args=[fiche.pk, 2025]))
    ligne = champs_du_formset(page, "mesures")[0] | {"valeur": "81"}
    propre = {nom: "" if valeur is None else valeur for nom, valeur in ligne.items()}
    client.post(page.request["PATH_INFO"], formset("mesures", propre))
    courante = nombre.mesures.get(remplacee_le=None)
    assert (courante.valeur, courante.texte, courante.source) == (Decimal(81), "Hors Sud-Essonne", "Import")


def test_un_indicateur_mensuel_propose_ses_douze_mois(client: Client, fiche: FicheAction):
    IndicateurFactory.create(fiche=fiche, periodicite="mensuelle")
    lu = texte(client.get(reverse("actions:mesures_saisir", args=[fiche.pk, 2024])))
    assert "Janvier 2024" in lu
    assert "Décembre 2024" in lu


def test_une_valeur_remplacee_se_retablit_depuis_son_ecran(client: Client, fiche: FicheAction, chargee: Utilisateur):
    indicateur = IndicateurFactory.create(fiche=fiche)
    adresse = reverse("actions:mesure_saisir", args=[indicateur.pk]) + "?annee=2025"
    for valeur in ("80", "8"):
        courante = indicateur.mesures.filter(remplacee_le=None).first()
        vue = courante.pk if courante else ""
        ligne = {"indicateur": indicateur.pk, "periode": "2025-01-12", "valeur": valeur, "vue": vue}
        client.post(adresse, formset("mesures", ligne))
    assert "Valeurs remplacées" in texte(client.get(adresse))
    ancienne = indicateur.mesures.exclude(remplacee_le=None).get()
    reponse = client.post(reverse("actions:mesure_retablir", args=[ancienne.pk]), follow=True)
    assert "est rétablie" in texte(reponse)
    assert indicateur.mesures.get(remplacee_le=None).valeur == 80


@pytest.mark.parametrize("ailleurs", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)", "ici"])
def test_le_retour_ne_mene_jamais_ailleurs(client: Client, fiche: FicheAction, ailleurs: str):
    adresse = reverse("actions:fiche_suivre", args=[fiche.pk])
    page = client.get(adresse, {"retour": ailleurs})
    assert page.context["retour"] == fiche.get_absolute_url()
    voulue = client.get(adresse, {"retour": "/bilans/3/ecrire/"})
    assert voulue.context["retour"] == "/bilans/3/ecrire/"


def test_les_cibles_d_une_fiche_se_saisissent_en_grille(client: Client, fiche: FicheAction):
    a, b = (IndicateurFactory.create(fiche=fiche) for _ in range(2))
    CibleFactory.create(indicateur=b, annee=2025, valeur=5)
    adresse = reverse("actions:cibles_modifier", args=[fiche.pk])
    vue = empreinte_de(client.get(adresse)) if b.cibles.exists() else ""
    reponse = client.post(adresse, {f"c{a.pk}_2025": "1 000", f"c{b.pk}_2026": "7,5", "empreinte": vue}, follow=True)
    assert "3 cibles changées." in texte(reponse)
    assert list(a.cibles.values_list("annee", "valeur")) == [(2025, Decimal(1000))]
    assert [str(v) for v in b.cibles.values_list("valeur", flat=True)] == ["7.5000"]


# -- indicators, follow-up, attachments, programmes -------------------------------------------


def test_une_unite_ecrite_autrement_est_reconnue(client: Client, fiche: FicheAction):
    donnees = {
        "libelle": "Taux de présence", "nature": "quantitatif", "unite": "Pourcentage", "sens": "hausse",
        "periodicite": "annuelle", "source": "saisi", "actif": "on",
    }  # fmt: skip
    adresse = reverse("actions:indicateur_creer", args=[fiche.pk])
    assert "Vouliez-vous écrire « nombre » ?" in texte(client.post(adresse, donnees | {"unite": "noubre"}))
    client.post(adresse, donnees)
    cree = Indicateur.objects.get()
    assert (cree.unite, cree.agregation) == ("%", "derniere")


def test_le_suivi_garde_la_saisie_fautive_et_nomme_l_etape(client: Client, fiche: FicheAction):
    etape = EtapeFactory.create(fiche=fiche, intitule="Étudier l’automatisation")
    donnees = {"statut": "en_cours", "statut_motif": ""} | formset("depenses")
    donnees |= formset("etapes", {"pk": etape.pk, "etat": "en_cours", "avancement": "100"})
    lu = texte(client.post(reverse("actions:fiche_suivre", args=[fiche.pk]), donnees))
    assert "Étudier l’automatisation, état : Une étape à 100 % est réalisée : choisissez l’état « Réalisée »." in lu


def test_un_executable_renomme_est_refuse_a_l_ecran(client: Client, fiche: FicheAction):
    fichier = SimpleUploadedFile("facture.pdf", b"MZ\x90\x00")
    lu = texte(client.post(reverse("actions:piece_ajouter", args=[fiche.pk]), {"fichier": fichier}))
    assert "Le contenu de « facture.pdf » n’est pas celui d’un fichier .pdf" in lu
    assert not fiche.pieces.exists()


def test_un_niveau_nomme_sans_celui_du_dessus_est_refuse(client: Client):
    programme = ProgrammeFactory.create()
    champs = ("intitule", "intitule_court", "nature", "annee_debut", "annee_fin", "etat")
    donnees = {nom: getattr(programme, nom) for nom in champs}
    donnees |= {"gabarit": programme.gabarit_id, "niveau_2_singulier": "thématique"}
    lu = texte(client.post(reverse("actions:programme_modifier", args=[programme.code]), donnees))
    assert "Nommez d’abord le niveau au-dessus." in lu


def test_supprimer_un_axe_demande_confirmation_puis_le_retire(client: Client):
    programme = ProgrammeFactory.create()
    NiveauFactory.create(programme=programme)
    axe = AxeFactory.create(programme=programme)
    adresse = reverse("actions:axe_supprimer", args=[axe.pk])
    assert "Supprimer «" in texte(client.get(adresse))
    assert programme.axes.exists()
    client.post(adresse)
    assert not programme.axes.exists()


def test_un_axe_occupe_dit_pourquoi_il_reste(client: Client):
    fiche = FicheFactory.create(axe=AxeFactory.create())
    reponse = client.post(reverse("actions:axe_supprimer", args=[fiche.axe_id]), follow=True)
    assert "1 fiche y est rattachée" in texte(reponse)


def test_creer_un_programme_mene_a_son_arbre(client: Client, fiche: FicheAction):
    donnees = {
        "intitule": "PDI 2027-2031", "intitule_court": "PDI", "nature": "PDI", "annee_debut": "2027",
        "annee_fin": "2031", "etat": "preparation", "gabarit": fiche.programme.gabarit_id,
        "niveau_1_singulier": "Axe",
    }  # fmt: skip
    reponse = client.post(reverse("actions:programme_creer"), donnees)
    assert reponse.headers["Location"] == reverse("actions:axes", args=["pdi-2027-2031"])
    assert Programme.objects.get(code="pdi-2027-2031").niveaux.get().pluriel == "axes"


@pytest.mark.parametrize("nom", ["fiche_modifier", "fiche_suivre", "mesures_saisir_annee_courante", "cibles_modifier"])
def test_autant_de_requetes_pour_1_et_30_lignes(client: Client, nom: str, django_assert_max_num_queries: Any):
    def compter(nombre: int) -> int:
        fiche = FicheFactory.create()
        for rang in range(nombre):
            ObjectifFactory.create(fiche=fiche, numero=rang + 1)
            EtapeFactory.create(fiche=fiche)
            FinancementFactory.create(fiche=fiche)
            RoleFicheFactory.create(fiche=fiche)
            MesureFactory.create(indicateur=IndicateurFactory.create(fiche=fiche), annee=timezone.localdate().year)
        with django_assert_max_num_queries(60) as requetes:
            assert client.get(reverse(f"actions:{nom}", args=[fiche.pk])).status_code == 200
        return len(requetes)

    assert compter(1) == compter(30)


@pytest.mark.parametrize("nom", ["objectifs", "pilotage", "financement", "liens", "resultats"])
def test_une_section_de_30_lignes_demande_autant_de_requetes_que_d_une(
    client: Client, nom: str, django_assert_max_num_queries: Any
):
    def compter(nombre: int) -> int:
        fiche = FicheFactory.create()
        for rang in range(nombre):
            ObjectifFactory.create(fiche=fiche, numero=rang + 1)
            EtapeFactory.create(fiche=fiche)
            FinancementFactory.create(fiche=fiche)
            RoleFicheFactory.create(fiche=fiche)
            FicheFactory.create(programme=fiche.programme)
        with django_assert_max_num_queries(60) as requetes:
            client.get(section(fiche, nom))
        return len(requetes)

    assert compter(1) == compter(30)


@pytest.mark.celery
def test_le_calcul_demande_a_l_ecran_est_fait_par_un_vrai_travailleur(worker_celery: Any, attendre: Any):
    agent = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    fiche = FicheFactory.create()
    indicateur = IndicateurFactory.create(fiche=fiche, source="calcule", calcul="etapes_realisees", unite="%")
    EtapeFactory.create(fiche=fiche, etat="realisee")
    client = connecter(agent)
    reponse = client.post(reverse("actions:indicateurs_calculer", args=[fiche.programme.code]), {"annee": "2025"})
    traitement = Traitement.objects.get(nature="calcul_indicateurs")
    assert reponse.headers["Location"] == reverse("socle:traitement", args=[traitement.pk])
    attendre(indicateur.mesures.exists, motif="l’indicateur est calculé")
    mesure = indicateur.mesures.get()
    assert (mesure.valeur, mesure.auteur, mesure.traitement) == (Decimal(100), agent, traitement)
    attendre(lambda: not Traitement.objects.actifs().exists(), motif="le traitement est terminé")
    traitement.refresh_from_db()
    assert traitement.resultat == {"calcules": 1, "changes": 1, "inconnus": []}
