"""Contracts: what the regime proposes, drafts, circuit, deadlines, rights, list, PDF and Word."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import docx
import pikepdf
import pypdf
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import strategies as st

from actions.operations.commun import ConflitVersion
from parcours.documents.contrat import DocumentContrat
from parcours.documents.word import contrat_en_word
from parcours.droits.contrats import motif_dispense_dit, peut_changer
from parcours.droits.personnes import lire_avec_acces
from parcours.lecture_contrats import Preparation
from parcours.models import Contrat, EtatContrat, NatureMotif, ObjectifReferentiel, RangContrat
from parcours.operations import circuit_contrats as circuit
from parcours.operations.contrats import (
    SaisieAction,
    SaisieContrat,
    empreinte_contrat,
    enregistrer_contrat,
    preparer_contrat,
)
from parcours.regles.delais import Regime, plus_mois
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    ActionContratFactory,
    ContratFactory,
    DiagnosticFactory,
    FreinFactory,
    MotifFactory,
    RegimeFactory,
    SituationFoyerFactory,
    SituationThemeFactory,
    ThemeFactory,
    depuis,
    il_y_a,
    personne_suivie,
)

A = Regime("a", "RSA, jusqu’au 31 décembre 2024", datetime.date(2009, 6, 1), datetime.date(2025, 1, 1), {
    "nature_contrat": "cer", "contrat_non_du": ["france_travail"], "revision_types": ["social"], "revision_mois": 6,
    "revision_max_mois": 12,
})  # fmt: skip
B = Regime("b", "RSA, depuis le 1er janvier 2025", datetime.date(2025, 1, 1), None, {
    "nature_contrat": "ce", "heures_hebdo_min": 15, "revision_mois": 6, "revision_protegee_mois": 12,
})  # fmt: skip
JOURS = st.dates(datetime.date(2019, 1, 1), datetime.date(2032, 12, 31))


# -- operations -------------------------------------------------------------------------------------


@pytest.fixture
def monde(db):
    m: Any = SimpleNamespace()
    m.structure = StructureFactory.create(nom="MDS de Valmarche")
    m.referent = UtilisateurFactory.create(role=Role.REFERENT, structure=m.structure, nom="Spécimen", prenom="Nadia")
    m.encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=m.structure, nom="Modèle", prenom="Karim")
    m.regime = RegimeFactory.create(validite=depuis(datetime.date(2015, 1, 1)), parametres=dict(B.parametres))
    m.personne = personne_suivie(referent=m.referent, structure=m.structure, nom_naissance="Exemple", prenoms="Jeanne")
    return m


def saisie(**champs: Any) -> SaisieContrat:
    jour = timezone.localdate()
    complete: dict[str, Any] = {
        "nature": "ce", "debut": jour, "fin": jour + datetime.timedelta(181), "heures_hebdo": Decimal(15),
        "objectifs": ((None, "Retrouver un emploi d’accueil"),), "engagements_personne": ("Venir aux rendez-vous",),
        "engagements_departement": ("Proposer un rendez-vous par mois",),
        "actions": (SaisieAction("recherche_emploi", "Atelier de recherche d’emploi", heures_hebdo=Decimal(6)),),
    }  # fmt: skip
    return SaisieContrat(**(complete | champs))


def prepare(m, **champs) -> Contrat:
    return preparer_contrat(personne=m.personne, saisie=saisie(**champs), par=m.referent)


def signe(m, **champs) -> Contrat:
    jour = timezone.localdate()
    return circuit.signer_contrat(
        contrat=prepare(m, **champs), signe_personne_le=jour, signe_referent_le=jour, par=m.referent
    )


def soumis(m, **champs) -> Contrat:
    return circuit.soumettre_contrat(contrat=signe(m, **champs), par=m.referent)


def test_le_premier_brouillon_vient_du_regime_et_du_dernier_diagnostic(monde):
    frein, autre = FreinFactory.create(libelle="Mobilité"), FreinFactory.create()
    utile = ObjectifReferentiel.objects.create(code="bus", libelle="Savoir prendre le bus")
    utile.freins.add(frein)
    ObjectifReferentiel.objects.create(code="cv", libelle="Écrire un CV").freins.add(autre)
    diagnostic = DiagnosticFactory.create(personne=monde.personne)
    theme = ThemeFactory.create(grille=diagnostic.grille)
    diagnostic.reponses.create(theme=theme, situation=SituationThemeFactory.create(theme=theme, niveau=2, frein=frein))

    premiere = Preparation(monde.personne, timezone.localdate(), voit_sante=False).saisie()
    assert (premiere.nature, premiere.heures_hebdo) == ("ce", Decimal(15))
    assert premiere.fin == plus_mois(premiere.debut, 6) - datetime.timedelta(1)
    assert premiere.revision_le == plus_mois(timezone.localdate(), 6)

    client = Client()
    client.force_login(monde.referent)
    page = client.get(reverse("parcours:contrat_nouveau", args=[monde.personne.pk])).content.decode()
    proposes, autres = page.split("Tous les autres objectifs")
    assert "Savoir prendre le bus" in proposes
    assert "Écrire un CV" in autres
    assert not Contrat.objects.exists()


def test_un_frein_restreint_ne_propose_rien_a_qui_ne_lit_pas_la_sante(monde):
    frein = FreinFactory.create(restreint=True)
    ObjectifReferentiel.objects.create(code="soin", libelle="Se soigner").freins.add(frein)
    diagnostic = DiagnosticFactory.create(personne=monde.personne)
    theme = ThemeFactory.create(grille=diagnostic.grille, restreint=True)
    diagnostic.reponses.create(theme=theme, situation=SituationThemeFactory.create(theme=theme, niveau=3, frein=frein))
    client = Client()
    adresse = reverse("parcours:contrat_nouveau", args=[monde.personne.pk])
    client.force_login(monde.encadrant)
    assert "Proposés d’après" not in client.get(adresse).content.decode()
    client.force_login(monde.referent)
    assert "Proposés d’après" in client.get(adresse).content.decode()


def test_du_brouillon_a_la_validation_et_au_bilan(monde):
    SituationFoyerFactory.create(foyer=monde.personne.places.get().foyer, situation="ISO", enfants=1)
    contrat = soumis(monde)
    assert contrat.foyer_signature["enfants"] == 1
    assert contrat.revision_le == plus_mois(timezone.localdate(), 6)
    assert monde.encadrant.avis.filter(titre__contains="attend votre validation").exists()
    contrat = circuit.renvoyer_contrat(contrat=contrat, commentaire="Précisez l’atelier.", par=monde.encadrant)
    assert contrat.motif_decision == "Précisez l’atelier."
    contrat = circuit.soumettre_contrat(contrat=contrat, par=monde.referent)
    contrat = circuit.valider_contrat(contrat=contrat, par=monde.encadrant)
    contrat.refresh_from_db()
    assert (contrat.etat, contrat.decide_par, contrat.signe_departement_le) == (
        "valide", monde.encadrant, timezone.localdate(),
    )  # fmt: skip
    with pytest.raises(RegleMetier, match="bilan"):
        circuit.clore_contrat(contrat=contrat, bilan=" ", par=monde.referent)
    objectif = contrat.objectifs.get()
    contrat = circuit.clore_contrat(
        contrat=contrat, bilan="CDD de six mois.", objectifs_atteints=[objectif.pk], par=monde.referent
    )
    assert list(contrat.objectifs.values_list("atteint", flat=True)) == [True]
    assert list(contrat.transitions.order_by("id").values_list("vers", flat=True)) == [
        "brouillon", "signe", "soumis", "a_corriger", "soumis", "valide", "clos",
    ]  # fmt: skip


def test_on_ne_signe_ni_incomplet_ni_d_avance(monde):
    contrat = prepare(monde, objectifs=(), heures_hebdo=Decimal(10))
    jour = timezone.localdate()
    with pytest.raises(circuit.ContratIncomplet) as refus:
        circuit.signer_contrat(contrat=contrat, signe_personne_le=jour, signe_referent_le=jour, par=monde.referent)
    assert {m.champ for m in refus.value.manques} == {"heures_hebdo", "objectifs"}
    with pytest.raises(RegleMetier, match="d’avance"):
        circuit.signer_contrat(
            contrat=contrat, signe_personne_le=jour + datetime.timedelta(1), signe_referent_le=jour, par=monde.referent
        )


def test_un_motif_protege_porte_le_reexamen_a_douze_mois(monde):
    motif = MotifFactory.create(nature=NatureMotif.DISPENSE, code="parent_isole_sans_garde")
    fin = timezone.localdate() + datetime.timedelta(90)
    contrat = signe(monde, heures_hebdo=Decimal(5), dispense_motif=motif, dispense_fin=fin)
    assert contrat.revision_le == plus_mois(timezone.localdate(), 12)


def test_le_motif_de_sante_n_est_dit_qu_a_qui_tient_le_diagnostic(monde):
    contrat = ContratFactory.create(
        personne=monde.personne, dispense_motif=MotifFactory.create(nature="dispense", code="sante", libelle="Santé")
    )
    for qui, dit in ((monde.referent, "santé"), (monde.encadrant, "motif protégé par la loi, connu du référent")):
        contrat.personne = lire_avec_acces(qui, monde.personne.pk)
        assert motif_dispense_dit(qui, contrat) == dit


def test_personne_ne_valide_son_propre_contrat_sans_dire_pourquoi(monde):
    monde.personne.affectations.update(referent=monde.encadrant)
    contrat = soumis_par(monde, monde.encadrant)
    with pytest.raises(RegleMetier, match="pourquoi"):
        circuit.valider_contrat(contrat=contrat, par=monde.encadrant)
    raison = "Seul encadrant présent cette semaine."
    contrat = circuit.valider_contrat(contrat=contrat, par=monde.encadrant, justification=raison)
    assert contrat.transitions.values_list("commentaire", flat=True)[0] == raison


def soumis_par(m, qui) -> Contrat:
    jour = timezone.localdate()
    contrat = preparer_contrat(personne=m.personne, saisie=saisie(), par=qui)
    contrat = circuit.signer_contrat(contrat=contrat, signe_personne_le=jour, signe_referent_le=jour, par=qui)
    return circuit.soumettre_contrat(contrat=contrat, par=qui)


def test_corrige_apres_les_signatures_il_se_signe_de_nouveau(monde):
    contrat = circuit.renvoyer_contrat(contrat=soumis(monde), commentaire="À préciser.", par=monde.encadrant)
    contrat = enregistrer_contrat(contrat=contrat, saisie=saisie(observations_personne="D’accord."), par=monde.referent)
    with pytest.raises(RegleMetier, match="signer de nouveau"):
        circuit.soumettre_contrat(contrat=contrat, par=monde.referent)
    jour = timezone.localdate()
    contrat = circuit.signer_contrat(
        contrat=contrat, signe_personne_le=jour, signe_referent_le=jour, par=monde.referent
    )
    assert circuit.soumettre_contrat(contrat=contrat, par=monde.referent).etat == "soumis"


def test_deux_onglets_ne_s_ecrasent_pas(monde):
    contrat = prepare(monde)
    vue = empreinte_contrat(contrat)
    enregistrer_contrat(contrat=contrat, saisie=saisie(heures_hebdo=Decimal(18)), par=monde.referent, vue=vue)
    with pytest.raises(ConflitVersion), transaction.atomic():
        enregistrer_contrat(contrat=contrat, saisie=saisie(heures_hebdo=Decimal(20)), par=monde.referent, vue=vue)
    contrat.refresh_from_db()
    assert contrat.heures_hebdo == 18


def test_un_second_premier_contrat_ne_se_valide_pas_sur_les_memes_jours(monde):
    ContratFactory.create(personne=monde.personne, etat=EtatContrat.VALIDE)
    with pytest.raises(RegleMetier, match="court déjà"):
        circuit.valider_contrat(contrat=soumis(monde), par=monde.encadrant)


def test_le_renouvellement_reprend_ce_qui_reste_a_faire(monde):
    ancien = circuit.valider_contrat(contrat=soumis(monde), par=monde.encadrant)
    ancien.objectifs.create(libelle="Ouvrir un compte", atteint=True)
    preparation = Preparation(
        monde.personne, timezone.localdate(), voit_sante=False, rang=RangContrat.RENOUVELLEMENT, precedent=ancien
    )
    suite = preparation.saisie()
    assert suite.debut == ancien.fin + datetime.timedelta(1)
    assert [libelle for _, libelle in suite.objectifs] == ["Retrouver un emploi d’accueil"]
    contrat = preparer_contrat(
        personne=monde.personne, saisie=suite, par=monde.referent, rang=RangContrat.RENOUVELLEMENT, precedent=ancien
    )
    assert (contrat.precedent, contrat.rang) == (ancien, "renouvellement")
    with pytest.raises(RegleMetier, match="déjà en préparation"):
        preparer_contrat(
            personne=monde.personne, saisie=suite, par=monde.referent, rang=RangContrat.AVENANT, precedent=ancien
        )


def test_un_ppae_se_consigne_sans_validation(monde):
    contrat = prepare(monde, nature="ppae", objectifs=(), actions=(), heures_hebdo=None)
    contrat = circuit.consigner_ppae(contrat=contrat, signe_le=timezone.localdate(), par=monde.referent)
    assert (contrat.etat, contrat.signataire_departement) == ("valide", "France Travail")


def test_qui_n_encadre_pas_ne_decide_pas(monde):
    contrat = soumis(monde)
    for role in (Role.REFERENT, Role.AGENT_ORIENTATION, Role.ADMINISTRATEUR):
        qui = UtilisateurFactory.create(role=role, structure=monde.structure if role == Role.REFERENT else None)
        with pytest.raises(DroitInsuffisant):
            circuit.valider_contrat(contrat=contrat, par=qui)
    ailleurs = UtilisateurFactory.create(role=Role.ENCADRANT, structure=StructureFactory.create())
    assert not peut_changer(ailleurs, contrat, "valider_contrat")


def test_le_lot_laisse_de_cote_les_siens_et_ceux_qui_se_chevauchent(monde):
    bon = soumis(monde)
    autre = personne_suivie(referent=monde.encadrant, structure=monde.structure)
    sien = ContratFactory.create(personne=autre, etat=EtatContrat.SOUMIS, referent=monde.encadrant)
    dehors = ContratFactory.create(personne=personne_suivie(), etat=EtatContrat.SOUMIS)
    lot = circuit.valider_en_lot(contrats=[bon.pk, sien.pk, dehors.pk], par=monde.encadrant)
    assert [c.pk for c in lot.valides] == [bon.pk]
    assert [(c.pk, "un par un" in motif) for c, motif in lot.refuses] == [(sien.pk, True)]
    dehors.refresh_from_db()
    assert dehors.etat == "soumis"


# -- screens ----------------------------------------------------------------------------------------


def formulaire(**champs) -> dict[str, str]:
    jour = timezone.localdate()
    return {
        "nature": "ce", "debut": f"{jour}", "fin": f"{jour + datetime.timedelta(181)}", "heures_hebdo": "15",
        "objectifs_libres": "Retrouver un emploi", "engagements_personne": "Venir\nPrévenir",
        "engagements_departement": "Recevoir", "actions-TOTAL_FORMS": "1", "actions-INITIAL_FORMS": "0",
        "actions-0-type": "recherche_emploi", "actions-0-intitule": "Atelier CV", "actions-0-heures_hebdo": "3,5",
    } | champs  # fmt: skip


def test_le_formulaire_enregistre_et_dit_ce_qui_ne_va_pas(client: Client, monde):
    client.force_login(monde.referent)
    adresse = reverse("parcours:contrat_nouveau", args=[monde.personne.pk])
    refus = client.post(adresse, formulaire(**{"actions-0-intitule": "", "fin": "31/02/2026"}))
    assert refus.status_code == 422
    page = refus.content.decode()
    assert "Dites l’action, ou choisissez une offre" in page
    assert "31/02/2026" in page
    assert "Retrouver un emploi" in page
    reponse = client.post(adresse, formulaire())
    contrat = Contrat.objects.get()
    assert reponse.headers["Location"] == contrat.get_absolute_url()
    assert contrat.engagements_personne == ["Venir", "Prévenir"]
    assert contrat.actions.get().heures_hebdo == Decimal("3.5")
    assert contrat.referent == monde.referent
    modifier = reverse("parcours:contrat_modifier", args=[contrat.pk])
    assert client.post(modifier, formulaire(heures_hebdo="20", empreinte="perimee")).status_code == 409
    assert client.post(modifier, formulaire(heures_hebdo="20")).status_code == 302
    assert "20 h par semaine" in client.get(contrat.get_absolute_url()).content.decode().replace("\u00a0", " ")


def test_l_encadrant_traite_sa_file_l_un_apres_l_autre(client: Client, monde):
    premier = soumis(monde)
    autre = personne_suivie(referent=monde.referent, structure=monde.structure)
    second = ContratFactory.create(personne=autre, etat=EtatContrat.SOUMIS, referent=monde.referent)
    client.force_login(monde.encadrant)
    assert "2 contrats attendent" in client.get(reverse("parcours:contrats_a_valider")).content.decode().replace(
        "\u00a0", " "
    )
    decider = reverse("parcours:contrat_decider", args=[premier.pk])
    refus = client.post(decider, {"geste": "renvoyer", "version": premier.version})
    assert refus.status_code == 422
    assert "demande un commentaire" in refus.content.decode()
    perime = client.post(decider, {"geste": "valider", "version": premier.version - 1})
    assert "a changé depuis" in perime.content.decode()
    suite = client.post(decider, {"geste": "valider", "version": premier.version})
    assert suite.headers["Location"] == reverse("parcours:contrat_decider", args=[second.pk])
    apercu = client.post(reverse("parcours:contrats_valider_lot"), {"contrat": [second.pk]}).content.decode()
    assert "Rien n’est encore écrit" in apercu
    second.refresh_from_db()
    assert second.etat == "soumis"
    client.post(reverse("parcours:contrats_valider_lot"), {"contrat": [second.pk], "confirme": "1"})
    second.refresh_from_db()
    assert second.etat == "valide"


def test_hors_de_son_portefeuille_le_contrat_demande_un_motif(client: Client, monde):
    contrat = ContratFactory.create(personne=personne_suivie(structure=monde.structure))
    client.force_login(monde.referent)
    acces = reverse("parcours:personne_acces", args=[contrat.personne_id])
    for nom in ("contrat", "contrat_pdf", "contrat_word"):
        assert client.get(reverse(f"parcours:{nom}", args=[contrat.pk])).headers["Location"] == acces
    assert client.get(reverse("parcours:contrat_modifier", args=[contrat.pk])).status_code == 403


@pytest.mark.parametrize(
    ("filtre", "trouves"),
    [
        ("situation=a_renouveler", {"proche"}), ("situation=en_cours", {"loin"}), ("situation=echu", {"echu"}),
        ("echeance=30", set()), ("echeance=60", {"proche"}), ("retard=echu", {"echu"}), ("situation=brouillon", {"b"}),
        ("retard=validation", set()), ("", {"proche", "loin", "echu", "b"}),
    ],
)  # fmt: skip
def test_les_filtres_lisent_les_dates(client: Client, monde, filtre, trouves):
    def contrat(debut, fin, etat="valide"):
        return ContratFactory.create(personne=monde.personne, debut=il_y_a(debut), fin=il_y_a(-fin), etat=etat)

    noms = {
        "proche": contrat(140, 45),
        "loin": contrat(10, 170),
        "echu": contrat(300, -20),
        "b": contrat(0, 90, "brouillon"),
    }
    client.force_login(monde.referent)
    page = client.get(f"{reverse('parcours:contrats')}?{filtre}").content.decode()
    assert {nom for nom, c in noms.items() if f'href="{c.get_absolute_url()}"' in page} == trouves


def test_liste_page_et_export_coutent_autant_pour_un_que_pour_trente(
    client: Client, monde, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(monde.encadrant)
    adresses = [reverse(f"parcours:{n}") for n in ("contrats", "contrats_export", "contrats_a_valider")]
    contrat = ContratFactory.create(personne=monde.personne, etat=EtatContrat.SOUMIS, referent=monde.referent)
    ActionContratFactory.create(contrat=contrat)
    adresses.append(contrat.get_absolute_url())
    couts = []
    for adresse in adresses:
        with django_assert_max_num_queries(30) as compte:
            b"".join(client.get(adresse))
        couts.append(len(compte))
    for _ in range(29):
        ContratFactory.create(personne=monde.personne, etat=EtatContrat.SOUMIS, referent=monde.referent)
        ActionContratFactory.create(contrat=contrat)
    for adresse, cout in zip(adresses, couts, strict=True):
        with django_assert_num_queries(cout):
            b"".join(client.get(adresse))


# -- documents --------------------------------------------------------------------------------------


def test_le_pdf_tient_sur_une_page_accessible_et_dit_tout(client: Client, monde):
    contrat = signe(monde)
    client.force_login(monde.referent)
    reponse = client.get(reverse("parcours:contrat_pdf", args=[contrat.pk]))
    assert "Exemple" not in reponse.headers["Content-Disposition"]
    octets = reponse.content
    lu = pypdf.PdfReader(io.BytesIO(octets))
    texte = " ".join(lu.pages[0].extract_text().split())
    assert len(lu.pages) == 1
    for dit in ("Contrat d’engagement n° 1", "EXEMPLE Jeanne", "Retrouver un emploi d’accueil", "L. 262-34",
                "Venir aux rendez-vous", "Pour le Département", "15 h"):  # fmt: skip
        assert dit in texte.replace("\u00a0", " "), dit
    assert "n’est pas encore signé" not in texte
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"


def test_le_brouillon_imprime_se_dit_projet(monde):
    assert "Projet" in DocumentContrat.lire(prepare(monde), 1).html()


def test_le_word_se_modifie_et_porte_les_memes_mots(monde):
    document = docx.Document(io.BytesIO(contrat_en_word(DocumentContrat.lire(signe(monde), 2))))
    texte = "\n".join(p.text for p in document.paragraphs)
    assert "Contrat d’engagement n°\u00a02" in texte
    assert "Retrouver un emploi d’accueil" in texte
    assert document.tables[0].rows[1].cells[0].text == "Atelier de recherche d’emploi"
    assert document.core_properties.language == "fr-FR"


def test_la_page_de_la_personne_montre_son_contrat(client: Client, monde):
    contrat = ContratFactory.create(personne=monde.personne, etat=EtatContrat.VALIDE)
    contrat.objectifs.create(libelle="Faire garder l’enfant", atteint=True)
    client.force_login(monde.referent)
    page = client.get(monde.personne.get_absolute_url()).content.decode()
    assert "Faire garder l’enfant" in page
    assert contrat.get_absolute_url() in page
    assert reverse("parcours:contrat_nouveau", args=[monde.personne.pk]) in page
