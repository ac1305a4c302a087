"""Sheets: who writes, what is published, what an operator proposes, versions kept, completeness, freshness."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from actions.operations.commun import ConflitVersion, empreinte
from offre.models import EtatOffre, EtatProposition, OffreInsertion, PropositionOffre, Session
from offre.operations import fiches as operations
from offre.operations import propositions
from offre.operations.fiches import etat_de_la_fiche
from offre.regles.fiches import ATTENDUS, completude, fraicheur
from offre.regles.publics import publics_reconnus
from offre.versions import CHAMPS_LIEU, contenu_de, differences, en_mots
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import Avis, EntreeJournal
from tests.fabriques import DepartementFactory, StructureFactory, UtilisateurFactory

from .fiches import CONTENU, charge, commune, operateur_de, un_lieu, une_offre

JOUR = datetime.date(2026, 6, 15)
SANS_LIGNES = {f"{p}-{c}": "0" for p in ("operateurs", "lieux", "capacites") for c in ("TOTAL_FORMS", "INITIAL_FORMS")}


# -- rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "code"),
    [
        pytest.param(0, "fraiche", id="aujourd-hui"),
        pytest.param(182, "fraiche", id="veille-des-six-mois"),
        pytest.param(183, "a_confirmer", id="six-mois"),
        pytest.param(364, "a_confirmer", id="veille-d-un-an"),
        pytest.param(365, "perimee", id="un-an"),
    ],
)
def test_une_fiche_se_confirme_tous_les_six_mois(age: int, code: str) -> None:
    assert fraicheur(JOUR - datetime.timedelta(days=age), JOUR).code == code
    assert fraicheur(None, JOUR).code == "jamais"


@given(remplis=st.sets(st.sampled_from([cles[0] for cles, _, _ in ATTENDUS])))
def test_la_completude_compte_ce_qui_manque(remplis: set[str]) -> None:
    lue = completude(dict.fromkeys(remplis, "x"))
    assert lue.remplis + len(lue.manques) == lue.attendus
    assert (lue.pourcentage == 100) == (not lue.manques)
    assert set(lue.bloquants) <= set(lue.manques)
    assert bool(lue.bloquants) == (not {"intitule", "objectifs", "publics", "operateurs"} <= remplis)


def test_les_publics_se_reconnaissent_dans_les_phrases() -> None:
    assert publics_reconnus(["Travailleurs non-salariés bénéficiaires du RSA"]) == ["rsa", "independants"]
    assert publics_reconnus(["Demandeurs d'emploi de longue durée", "Jeunes de 16 à 25 ans"]) == [
        "jeunes",
        "demandeurs",
    ]


def test_une_ancienne_version_incomplete_se_lit_toujours() -> None:
    assert {r.texte for r in en_mots({})} == {""}
    assert [d.libelle for d in differences({}, {"intitule": "A"})] == ["Intitulé"]
    assert differences({"objectifs": ["ACI\u00a0: un poste"]}, {"objectifs": ["ACI : un poste"]}) == []


# -- direct writing ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_un_operateur_cree_une_fiche_pour_sa_structure_et_le_service_la_publie() -> None:
    DepartementFactory.create(code="91")
    structure, autre = StructureFactory.create(), StructureFactory.create()
    operateur, service = operateur_de(structure), charge()
    offre = operations.creer_offre(contenu={**CONTENU, "operateurs": [{"id": autre.pk, "nom": "x"}]}, par=operateur)
    assert list(offre.operateurs.all()) == [structure]
    with pytest.raises(DroitInsuffisant):
        operations.publier_offre(offre=offre, par=operateur)
    operations.soumettre_offre(offre=offre, par=operateur)
    assert Avis.objects.filter(destinataire=service, titre="Une fiche d’offre est à relire").exists()
    with pytest.raises(RegleMetier, match="dites pourquoi"):
        operations.renvoyer_offre(offre=offre, par=service, commentaire=" ")
    operations.renvoyer_offre(offre=offre, par=service, commentaire="Donnez les horaires.")
    offre.refresh_from_db()
    assert (offre.etat, offre.motif_renvoi) == (EtatOffre.BROUILLON, "Donnez les horaires.")
    operations.soumettre_offre(offre=offre, par=operateur)
    operations.publier_offre(offre=offre, par=service)
    offre.refresh_from_db()
    assert (offre.etat, offre.motif_renvoi, offre.publiee_par) == (EtatOffre.PUBLIEE, "", service)
    assert offre.versions.get().contenu["intitule"] == "Atelier vélo"
    assert list(offre.transitions.order_by("id").values_list("vers", flat=True)) == [
        "brouillon", "en_relecture", "brouillon", "en_relecture", "publiee",
    ]  # fmt: skip


@pytest.mark.django_db
def test_une_fiche_sans_public_ne_se_publie_pas() -> None:
    offre = une_offre(publics=[], etat=EtatOffre.BROUILLON)
    with pytest.raises(RegleMetier, match="il manque : à qui elle s’adresse"):
        operations.publier_offre(offre=offre, par=charge())
    offre.refresh_from_db()
    assert offre.etat == EtatOffre.BROUILLON


@pytest.mark.django_db
def test_modifier_une_fiche_publiee_garde_une_version_sans_la_depublier() -> None:
    offre, service = une_offre(), charge()
    operations.modifier_offre(offre=offre, contenu={"intitule": "Atelier vélo et trottinette"}, par=service)
    operations.modifier_offre(offre=offre, contenu={"documents": "Carte d’identité"}, par=service)
    operations.modifier_offre(offre=offre, contenu={"documents": "Carte d’identité"}, par=service)
    offre.refresh_from_db()
    assert offre.etat == EtatOffre.PUBLIEE
    assert [v.numero for v in offre.versions.all()] == [2, 1]
    with pytest.raises(RegleMetier, match="à qui elle s’adresse"):
        operations.modifier_offre(offre=offre, contenu={"publics": []}, par=service)
    assert OffreInsertion.objects.get(pk=offre.pk).publics == ["Bénéficiaires du RSA"]
    entree = EntreeJournal.objects.filter(verbe="modifier_offre").order_by("pk").first()
    assert entree is not None
    assert entree.apres == {"Intitulé": "Atelier vélo et trottinette"}


@pytest.mark.django_db
def test_deux_auteurs_ne_s_ecrasent_pas() -> None:
    offre, service = une_offre(), charge()
    vue = empreinte(etat_de_la_fiche(contenu_de(offre)))
    operations.modifier_offre(offre=offre, contenu={"documents": "Carte d’identité"}, par=charge(), vue=vue)
    with pytest.raises(ConflitVersion):
        operations.modifier_offre(offre=offre, contenu={"documents": "Passeport"}, par=service, vue=vue)
    assert OffreInsertion.objects.get(pk=offre.pk).documents == "Carte d’identité"


@pytest.mark.django_db
def test_un_lieu_garde_son_identite_pour_ses_sessions() -> None:
    offre, service = une_offre(), charge()
    lieu = un_lieu(offre, commune("91228", "Évry-Courcouronnes"), nom="Maison des emplois")
    perdu = un_lieu(offre, nom="Ancien site", a_distance=True)
    session = Session.objects.create(offre=offre, debut=JOUR, capacite=5, lieu=lieu)
    contenu = contenu_de(offre)
    contenu["lieux"] = [{**contenu["lieux"][0], "horaires": "de 9 h à 17 h"}]
    operations.modifier_offre(offre=offre, contenu=contenu, par=service)
    session.refresh_from_db()
    assert session.lieu_id == lieu.pk
    assert offre.lieux.get().horaires == "de 9 h à 17 h"
    assert set(CHAMPS_LIEU) <= set(contenu["lieux"][0])
    assert not offre.lieux.filter(pk=perdu.pk).exists()


@pytest.mark.django_db
def test_une_fiche_ne_s_archive_pas_avec_une_session_ouverte() -> None:
    offre, service = une_offre(), charge()
    session = Session.objects.create(offre=offre, debut=JOUR, capacite=5, etat="ouverte")
    with pytest.raises(RegleMetier, match="fermez-la d’abord"):
        operations.archiver_offre(offre=offre, par=service, commentaire="Fin du marché")
    session.etat = "fermee"
    session.save(update_fields=["etat"])
    operations.archiver_offre(offre=offre, par=service, commentaire="Fin du marché")
    with pytest.raises(DroitInsuffisant, match="archivée"):
        operations.modifier_offre(offre=offre, contenu={"documents": "x"}, par=service)


# -- proposals ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_une_proposition_ne_change_rien_avant_d_etre_acceptee() -> None:
    structure = StructureFactory.create()
    offre, operateur, service = une_offre(structure, cout=900), operateur_de(structure), charge()
    with pytest.raises(DroitInsuffisant, match="proposez une modification"):
        operations.modifier_offre(offre=offre, contenu={"documents": "x"}, par=operateur)
    proposee = propositions.proposer_modification(
        offre=offre, contenu={**CONTENU, "documents": "Carte d’identité", "cout": "1", "operateurs": []}, par=operateur
    )
    propositions.soumettre_proposition(proposition=proposee, par=operateur)
    offre.refresh_from_db()
    assert (offre.documents, offre.etat) == ("", EtatOffre.PUBLIEE)
    with pytest.raises(DroitInsuffisant):
        propositions.accepter_proposition(proposition=proposee, par=operateur)
    # Meanwhile the service corrects another field: accepting keeps both.
    operations.modifier_offre(offre=offre, contenu={"modalites": "Sur rendez-vous"}, par=service)
    propositions.accepter_proposition(proposition=proposee, par=service)
    offre.refresh_from_db()
    assert (offre.documents, offre.modalites, offre.cout) == ("Carte d’identité", "Sur rendez-vous", Decimal(900))
    assert offre.operateurs.get() == structure
    assert offre.confirmee_le is not None
    derniere = offre.versions.first()
    assert derniere is not None
    assert derniere.contenu["documents"] == "Carte d’identité"
    assert Avis.objects.filter(destinataire=operateur, titre__contains="est publiée").exists()


@pytest.mark.django_db
def test_une_proposition_renvoyee_se_corrige_et_une_vide_se_refuse() -> None:
    structure = StructureFactory.create()
    offre, operateur, service = une_offre(structure), operateur_de(structure), charge()
    with pytest.raises(RegleMetier, match="Rien ne change"):
        propositions.proposer_modification(offre=offre, contenu=contenu_de(offre), par=operateur)
    proposee = propositions.proposer_modification(offre=offre, contenu={"documents": "Carte"}, par=operateur)
    propositions.soumettre_proposition(proposition=proposee, par=operateur)
    with pytest.raises(RegleMetier, match="en cours de relecture"):
        propositions.proposer_modification(offre=offre, contenu={"documents": "Passeport"}, par=operateur)
    propositions.renvoyer_proposition(proposition=proposee, par=service, commentaire="Laquelle ?")
    reprise = propositions.proposer_modification(offre=offre, contenu={"documents": "Passeport"}, par=operateur)
    assert (reprise.pk, reprise.etat, reprise.motif_renvoi) == (proposee.pk, EtatProposition.A_CORRIGER, "Laquelle ?")
    propositions.retirer_proposition(proposition=reprise, par=operateur)
    assert not PropositionOffre.objects.ouvertes().exists()
    assert OffreInsertion.objects.get(pk=offre.pk).documents == ""


# -- screens -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_le_formulaire_ecrit_la_fiche_entiere(client) -> None:
    offre = une_offre(StructureFactory.create(nom="Horizons"))
    commune("91228", "Évry-Courcouronnes")
    client.force_login(charge(), backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("offre:offre_modifier", args=[offre.pk])
    page = client.get(url)
    donnees = SANS_LIGNES | {
        "empreinte": page.context["empreinte"], "intitule": "Atelier vélo", "categorie": "sociale",
        "objectifs": "Apprendre\nRéparer", "publics": "Tous", "age_min": "18", "age_max": "25", "cout": "1 350,50",
        "operateurs-TOTAL_FORMS": "1", "operateurs-0-structure": "Horizons",
        "lieux-TOTAL_FORMS": "1", "lieux-0-commune": "evry courcouronnes", "lieux-0-horaires": "9 h – 17 h",
        "capacites-TOTAL_FORMS": "1", "capacites-0-annee": "2026", "capacites-0-quantite": "30",
        "capacites-0-unite": "places", "capacites-0-dont_brsa": "10",
    }  # fmt: skip
    faute = client.post(url, donnees | {"age_max": "12", "lieux-0-commune": "Evri-Courcouronne"})
    assert "L’âge maximal est inférieur" in faute.content.decode()
    assert "Vouliez-vous dire « Évry-Courcouronnes »" in faute.content.decode()
    assert client.post(url, donnees).status_code == 302
    offre.refresh_from_db()
    assert (offre.categorie, offre.objectifs, offre.ages) == ("sociale", ["Apprendre", "Réparer"], "de 18 à 25 ans")
    assert (str(offre.cout), str(offre.lieux.get().commune)) == ("1350.50", "Évry-Courcouronnes")
    assert str(offre.capacites.get()) == "30 places en 2026"
    page = client.get(offre.get_absolute_url()).content.decode()
    for attendu in ("9 h – 17 h", "1 350,50".replace(" ", "\u00a0"), "dont 10 pour le RSA", "Versions et historique"):
        assert attendu in page


@pytest.mark.django_db
def test_l_operateur_propose_et_le_service_voit_la_difference(client) -> None:
    structure = StructureFactory.create()
    offre, operateur, service = une_offre(structure, cout=900), operateur_de(structure), charge()
    client.force_login(operateur, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("offre:offre_modifier", args=[offre.pk])
    page = client.get(url)
    assert "cout" not in page.context["form"].fields
    donnees = SANS_LIGNES | {
        "empreinte": page.context["empreinte"], "intitule": "Atelier vélo", "categorie": "emploi", "publics": "Tous",
        "objectifs": "Apprendre un métier", "prescription_referent": "on",
    }  # fmt: skip
    suite = client.post(url, donnees, follow=True)
    assert "1\u00a0champ changerait" in suite.content.decode() or "1 champ changerait" in suite.content.decode()
    proposition = PropositionOffre.objects.get()
    client.post(reverse("offre:proposition_etat", args=[proposition.pk, "soumettre_proposition"]))
    client.force_login(service, backend="django.contrib.auth.backends.ModelBackend")
    file = client.get(reverse("offre:fiches_a_tenir"), {"attente": "a_relire"})
    assert [f.pk for f in file.context["page"].objets] == [offre.pk]
    relue = client.get(proposition.get_absolute_url()).content.decode()
    assert "<del>Bénéficiaires du RSA</del>" in relue
    assert "<ins>Tous</ins>" in relue
    client.post(reverse("offre:proposition_etat", args=[proposition.pk, "accepter_proposition"]))
    assert OffreInsertion.objects.get(pk=offre.pk).publics == ["Tous"]


@pytest.mark.django_db
def test_un_referent_ne_voit_ni_le_cout_ni_l_historique(client) -> None:
    offre = une_offre(cout=900)
    client.force_login(
        UtilisateurFactory.create(role=Role.REFERENT), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get(offre.get_absolute_url()).content.decode()
    assert "900" not in page
    assert "Versions et historique" not in page
    assert "Modifier la fiche" not in page


@pytest.mark.django_db
def test_deux_versions_se_comparent(client) -> None:
    offre, service = une_offre(), charge()
    for documents in ("Carte d’identité", "Passeport"):
        operations.modifier_offre(offre=offre, contenu={"documents": documents}, par=service)
    client.force_login(service, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("offre:offre_versions", args=[offre.pk])).content.decode()
    assert "<del>Carte d’identité</del>" in page
    assert "<ins>Passeport</ins>" in page
    egale = client.get(reverse("offre:offre_versions", args=[offre.pk]), {"avant": "2", "apres": "maintenant"})
    assert "Aucune différence" in egale.content.decode()
    assert not mail.outbox
