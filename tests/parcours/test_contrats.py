"""Contracts: what the regime proposes, drafts, circuit, deadlines."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.operations.commun import ConflitVersion
from parcours.droits.contrats import motif_dispense_dit, peut_changer
from parcours.droits.personnes import lire_avec_acces
from parcours.lecture_contrats import Preparation
from parcours.models import Contrat, EtatContrat, NatureMotif, ObjectifReferentiel, RangContrat
from parcours.operations import circuit_contrats as circuit
from parcours.operations.contrats import (
    empreinte_contrat,
    enregistrer_contrat,
    preparer_contrat,
)
from parcours.regles.delais import plus_mois
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    ContratFactory,
    DiagnosticFactory,
    FreinFactory,
    MotifFactory,
    SituationFoyerFactory,
    SituationThemeFactory,
    ThemeFactory,
    personne_suivie,
)
from tests.parcours.contrats import creer_monde, prepare, saisie, signe, soumis


@pytest.fixture
def monde(db):
    return creer_monde()


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


def test_le_lot_ne_valide_pas_deux_premiers_contrats_d_une_personne_sur_les_memes_jours(monde):
    deux = [
        ContratFactory.create(personne=monde.personne, etat=EtatContrat.SOUMIS, referent=monde.referent)
        for _ in range(2)
    ]
    lot = circuit.valider_en_lot(contrats=[c.pk for c in deux], par=monde.encadrant)
    assert len(lot.valides) == 1
    assert [motif for _, motif in lot.refuses] == ["Un autre contrat validé court déjà sur ces dates."]
    assert Contrat.objects.filter(etat=EtatContrat.VALIDE).count() == 1
