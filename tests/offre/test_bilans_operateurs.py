"""The operators' campaign: asked for, written, sent with frozen figures, sent back, validated, reminded."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from offre.models import BilanOperateur, EtatConvention, Realisation, TypeRealisation
from offre.operations.bilans import (
    ouvrir_campagne_operateurs,
    rappeler_bilans,
    relancer_operateurs,
    renvoyer_bilan,
    soumettre_bilan,
    valider_bilan,
)
from offre.operations.realisations import charger_types
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import Avis
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_offre import ConventionFactory, ObjectifFactory, annee

ANNEE = annee() - 1  # the campaign is on last year


@pytest.fixture
def service(db):
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


@pytest.fixture
def convention(db):
    """A convention with a computed objective (filled by realisations) and a declared one."""
    convention = ConventionFactory.create()
    ObjectifFactory.create(
        convention=convention, annee=ANNEE, libelle="Immersions", calcul="pmsmp-personnes", cible=5, ordre=1
    )
    ObjectifFactory.create(convention=convention, annee=ANNEE, libelle="Satisfaits", cible=80, unite="%", ordre=2)
    charger_types()
    immersion(convention, 3)
    return convention


@pytest.fixture
def operateur(convention):
    return UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=convention.operateur)


def immersion(convention, personnes: int) -> None:
    Realisation.objects.create(
        type=TypeRealisation.objects.get(code="pmsmp"), structure=convention.operateur, convention=convention,
        intitule="Immersion", debut=datetime.date(ANNEE, 3, 1), valeurs={"personnes": str(personnes), "duree": "2"},
    )  # fmt: skip


def ouvrir(service):
    jour = timezone.localdate()
    return ouvrir_campagne_operateurs(
        annee=ANNEE, limite_saisie=jour + datetime.timedelta(20), limite_validation=jour + datetime.timedelta(40),
        par=service,
    )  # fmt: skip


def ecrire(client, bilan, **plus):
    """Post the form as the operator fills it; `texte_` and `valeur_` are named by the label of the objective."""
    objectifs = {o.libelle: o.pk for o in bilan.convention.objectifs.all()}
    donnees = {"realisations": "Douze ateliers.", "difficultes": "", "perspectives": ""}
    for nom, valeur in plus.items():
        quoi, _, libelle = nom.partition("_")
        donnees[f"{quoi}_{objectifs[libelle]}" if libelle in objectifs else nom] = valeur
    return client.post(reverse("offre:bilan_operateur_ecrire", args=[bilan.pk]), donnees, follow=True)


def test_une_campagne_demande_un_bilan_par_convention_en_vigueur(service, convention, operateur):
    ConventionFactory.create(etat=EtatConvention.PROJET, signee_le=None)
    sans_compte = ConventionFactory.create(operateur=StructureFactory.create(nom="Personne ici"))
    fait = ouvrir(service)
    assert set(BilanOperateur.objects.values_list("convention", flat=True)) == {convention.pk, sans_compte.pk}
    assert (fait.prevenus, fait.sans_compte) == (1, ["Personne ici"])
    assert Avis.objects.get(destinataire=operateur).titre == f"Votre bilan {ANNEE} est à écrire"
    assert ouvrir(service).bilans == 0, "la compléter n’ajoute que ce qui manque"


def test_seul_le_service_ouvre_et_pas_trop_tot(service, operateur):
    with pytest.raises(DroitInsuffisant):
        ouvrir(operateur)
    with pytest.raises(RegleMetier, match="n’est pas assez avancée"):
        ouvrir_campagne_operateurs(
            annee=annee() + 1, limite_saisie=timezone.localdate(), limite_validation=timezone.localdate(), par=service
        )
    with pytest.raises(RegleMetier, match="quand les bilans sont rendus") as refus:
        ouvrir_campagne_operateurs(
            annee=ANNEE, limite_saisie=timezone.localdate(), limite_validation=datetime.date(ANNEE, 1, 1), par=service
        )
    assert refus.value.champ == "limite_validation"


def test_l_operateur_explique_chaque_ecart_puis_envoie_des_chiffres_geles(client, service, convention, operateur):
    ouvrir(service)
    bilan = BilanOperateur.objects.get()
    client.force_login(operateur)
    assert "de 0 à 100" in ecrire(client, bilan, valeur_Satisfaits="120", suite="soumettre").content.decode()
    incomplet = ecrire(client, bilan, valeur_Satisfaits="85", suite="soumettre").content.decode()
    assert "« Immersions » : expliquez l’écart" in incomplet.replace("\u00a0", " ")
    bilan.refresh_from_db()
    assert (bilan.etat, bilan.realisations) == ("a_renseigner", "Douze ateliers."), "rien n’est perdu"
    ecrire(client, bilan, valeur_Satisfaits="85", texte_Immersions="Deux entreprises ont fermé.", suite="soumettre")
    bilan.refresh_from_db()
    assert bilan.etat == "soumis"
    immersion(convention, 9)
    page = client.get(bilan.get_absolute_url()).content.decode()
    lignes = {c["libelle"]: (c["valeur"], c["explication"]) for c in bilan.chiffres}
    assert lignes == {"Immersions": ("3", "Deux entreprises ont fermé."), "Satisfaits": ("85", "")}
    assert "Chiffres gelés" in page
    assert "Deux entreprises ont fermé." in page
    convention_lue = client.get(convention.get_absolute_url(), {"annee": ANNEE}).content.decode()
    assert "3 au bilan envoyé" in convention_lue, "le recompte (12) et le chiffre gelé (3) se lisent ensemble"
    assert client.get(reverse("offre:bilan_operateur_ecrire", args=[bilan.pk])).status_code == 403


def test_le_service_renvoie_avec_un_commentaire_puis_valide(client, service, convention, operateur):
    ouvrir(service)
    bilan = BilanOperateur.objects.get()
    client.force_login(operateur)
    ecrire(client, bilan, valeur_Satisfaits="70", texte_Immersions="Vacances.", texte_Satisfaits="Peu de réponses.",
           suite="soumettre")  # fmt: skip
    with pytest.raises(DroitInsuffisant):
        valider_bilan(bilan=bilan, par=operateur)
    with pytest.raises(RegleMetier, match="dites pourquoi"):
        renvoyer_bilan(bilan=bilan, commentaire="", par=service)
    client.force_login(service)
    decider = reverse("offre:bilan_operateur_decider", args=[bilan.pk])
    client.post(decider, {"geste": "renvoyer", "commentaire": "Détaillez les ateliers."})
    assert Avis.objects.filter(destinataire=operateur, texte="Détaillez les ateliers.").exists()
    client.force_login(operateur)
    immersion(convention, 9)
    ecrire(client, bilan, valeur_Satisfaits="81", suite="soumettre")
    bilan.refresh_from_db()
    assert bilan.chiffres[0]["valeur"] == "12", "renvoyé, il reprend les chiffres du jour"
    assert valider_bilan(bilan=bilan, par=service).etat == "valide"
    with pytest.raises(PasMaintenant):
        renvoyer_bilan(bilan=bilan, commentaire="Encore.", par=service)


def test_un_bilan_change_depuis_ne_se_decide_pas(service, operateur, client):
    ouvrir(service)
    bilan = BilanOperateur.objects.get()
    client.force_login(operateur)
    ecrire(client, bilan, valeur_Satisfaits="90", texte_Immersions="Vacances.")
    soumettre_bilan(bilan=bilan, par=operateur)
    with pytest.raises(PasMaintenant, match="a changé"):
        valider_bilan(bilan=bilan, par=service, version=1)


def test_les_relances_ne_se_repetent_pas_avant_une_semaine(service, convention, operateur):
    campagne = ouvrir(service).campagne
    jour = campagne.limite_saisie
    assert rappeler_bilans(jour=jour - datetime.timedelta(10)) == 0, "trop tôt"
    assert rappeler_bilans(jour=jour - datetime.timedelta(7)) == 1
    assert rappeler_bilans(jour=jour - datetime.timedelta(3)) == 0
    assert rappeler_bilans(jour=jour + datetime.timedelta(1)) == 1
    assert relancer_operateurs(campagne=campagne, par=service) == (1, 1)


def test_les_files_de_l_accueil_disent_ce_qui_attend(client, service, convention, operateur):
    ouvrir(service)
    client.force_login(operateur)
    assert "Écrire le bilan" in client.get(reverse("accueil:accueil")).content.decode()
    ecrire(client, BilanOperateur.objects.get(), valeur_Satisfaits="90", texte_Immersions="Vacances.",
           suite="soumettre")  # fmt: skip
    client.force_login(service)
    assert "bilan d’opérateur à relire" in client.get(reverse("accueil:accueil")).content.decode()


def test_le_tableau_s_exporte_ligne_a_ligne_et_coute_autant_pour_trente(
    client, service, convention, django_assert_num_queries, django_assert_max_num_queries
):
    ouvrir(service)
    client.force_login(service)
    adresses = [reverse("offre:bilans_operateurs"), reverse("offre:bilans_operateurs_export") + "?format=csv"]
    couts = []
    for adresse in adresses:
        with django_assert_max_num_queries(30) as compte:
            b"".join(client.get(adresse))
        couts.append(len(compte))
    for autre in ConventionFactory.create_batch(29):
        ObjectifFactory.create(convention=autre, annee=ANNEE, calcul="pmsmp-terrains")
    ouvrir(service)
    for adresse, cout in zip(adresses, couts, strict=True):
        with django_assert_num_queries(cout):
            contenu = b"".join(client.get(adresse))
    lignes = list(csv.DictReader(io.StringIO(contenu.decode("utf-8-sig")), delimiter=";"))
    assert len(lignes) == 31
    premiere = next(ligne for ligne in lignes if ligne["Objectif"] == "Immersions")
    assert (premiere["Réalisé"], premiere["Cible atteinte"]) == ("3", "non")
