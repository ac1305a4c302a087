"""An orientation decided by mistake: corrected or withdrawn the same day, with its reason, and its trace stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from parcours.models import CorrectionOrientation, EtatDemande, NatureMotif, Orientation
from parcours.operations.correction_orientation import corriger_orientation, retirer_orientation
from parcours.operations.orientation import SaisieOrientation, orienter
from parcours.operations.reorientation import decider_reorientation
from parcours.regles.organismes import faute_d_organisme, organismes_possibles
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AdresseFactory,
    CommuneFactory,
    ContratFactory,
    DemandeReorientationFactory,
    MotifFactory,
    PersonneFactory,
    TerritoireFactory,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
POURQUOI = "Saisie pour une autre personne"


@pytest.fixture
def agent(client):
    utilisateur = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def service():
    return StructureFactory.create(nom="Service social", nature="service")


def saisie(structure: Any, **plus: Any) -> SaisieOrientation:
    valeurs: dict[str, Any] = {
        "type_decide": "social",
        "organisme": "departement",
        "mode": "social",
        "le": timezone.localdate(),
    }
    return SaisieOrientation(structure=structure, **valeurs | plus)


def reorientee(agent, service) -> tuple[Orientation, Orientation]:
    """An orientation of long ago, and the one decided today that ended it."""
    personne = personne_suivie()
    ancienne = personne.orientations.get()
    nouvelle = orienter(personne=personne, saisie=saisie(service), par=agent, confirmee=ancienne.pk)
    return ancienne, nouvelle


def test_corriger_garde_ce_que_la_decision_disait_et_pourquoi(agent, service):
    _, nouvelle = reorientee(agent, service)
    autre = StructureFactory.create(nom="Mission locale Nord", nature="emploi")
    corrigee = corriger_orientation(
        orientation=nouvelle, pourquoi="Mauvaise ligne de la liste", par=agent,
        saisie=saisie(autre, organisme="mission_locale", type_decide="emploi", mode="emploi"),
    )  # fmt: skip
    assert (corrigee.structure, corrigee.organisme, corrigee.rang) == (autre, "mission_locale", 2)
    trace = corrigee.corrections.get()
    assert ("structure", "Service social", "Mission locale Nord") in trace.lignes
    assert trace.motif == "Mauvaise ligne de la liste"
    assert EntreeJournal.objects.filter(verbe="corriger_orientation", objet_id=str(corrigee.pk), par=agent).exists()


@pytest.mark.parametrize("recul", [5, 0], ids=["plus-tot", "le-meme-jour"])
def test_changer_le_jour_deplace_la_fin_de_la_precedente(agent, service, recul):
    ancienne, nouvelle = reorientee(agent, service)
    corriger_orientation(
        orientation=nouvelle,
        saisie=saisie(service, le=il_y_a(recul), notifiee_le=il_y_a(0)),
        pourquoi="Date",
        par=agent,
    )
    ancienne.refresh_from_db()
    nouvelle.refresh_from_db()
    assert ancienne.periode.upper == nouvelle.periode.lower == nouvelle.decidee_le == il_y_a(recul)


def test_retirer_rend_son_cours_a_la_precedente_et_laisse_une_trace(client, agent, service):
    ancienne, nouvelle = reorientee(agent, service)
    reponse = client.post(reverse("parcours:orientation_retirer", args=[nouvelle.pk]), {"pourquoi": POURQUOI})
    assert reponse.status_code == 302
    ancienne.refresh_from_db()
    assert ancienne.periode.upper is None
    assert not Orientation.objects.filter(pk=nouvelle.pk).exists()
    page = client.get(ancienne.personne.get_absolute_url()).content.decode()
    assert f"Orientation du {il_y_a(0):%d/%m/%Y} retirée" in page
    assert POURQUOI in page
    assert ("structure", "Service social", "") in CorrectionOrientation.objects.get().lignes


def test_retirer_la_premiere_laisse_la_personne_a_orienter(agent, service):
    personne = PersonneFactory.create()
    premiere = orienter(personne=personne, saisie=saisie(service), par=agent)
    retirer_orientation(orientation=premiere, pourquoi=POURQUOI, par=agent)
    assert not personne.orientations.exists()
    assert orienter(personne=personne, saisie=saisie(service), par=agent).rang == 1


def test_retirer_rouvre_la_demande_a_laquelle_elle_repondait(agent, service):
    demande = DemandeReorientationFactory.create(orientation=personne_suivie().orientations.get())
    acceptee = decider_reorientation(
        demande=demande, accepter=True, par=agent, saisie=saisie(service), confirmee=demande.orientation_id
    )
    assert acceptee.orientation_decidee is not None
    retirer_orientation(orientation=acceptee.orientation_decidee, pourquoi=POURQUOI, par=agent)
    demande.refresh_from_db()
    assert (demande.etat, demande.decidee_le, demande.orientation_decidee) == (EtatDemande.EN_ATTENTE, None, None)
    assert demande.transitions.latest("pk").commentaire == POURQUOI


def test_sans_raison_rien_ne_change(client, agent, service):
    _, nouvelle = reorientee(agent, service)
    for ecran, donnees in (
        ("orientation_retirer", {}),
        ("orientation_corriger", {"type_decide": "social", "structure": service.pk, "mode": "emploi",
                                  "le": il_y_a(0).isoformat()}),
    ):  # fmt: skip
        reponse = client.post(reverse(f"parcours:{ecran}", args=[nouvelle.pk]), donnees)
        assert reponse.status_code == 422
        assert "Dites en quelques mots" in reponse.content.decode()
    assert not CorrectionOrientation.objects.exists()
    nouvelle.refresh_from_db()
    assert nouvelle.mode == "social"


def test_un_contrat_fige_la_decision(client, agent, service):
    _, nouvelle = reorientee(agent, service)
    ContratFactory.create(personne=nouvelle.personne, orientation=nouvelle)
    with pytest.raises(PasMaintenant, match="contrat"):
        retirer_orientation(orientation=nouvelle, pourquoi=POURQUOI, par=agent)
    assert "Corriger" not in client.get(nouvelle.get_absolute_url()).content.decode().split("<main")[1]


def test_seule_la_derniere_se_corrige_et_par_qui_oriente(agent, service):
    ancienne, nouvelle = reorientee(agent, service)
    with pytest.raises(PasMaintenant, match="pris fin"):
        corriger_orientation(orientation=ancienne, saisie=saisie(service), pourquoi=POURQUOI, par=agent)
    with pytest.raises(DroitInsuffisant):
        retirer_orientation(
            orientation=nouvelle, pourquoi=POURQUOI, par=UtilisateurFactory.create(role=Role.REFERENT)
        )  # fmt: skip


@pytest.mark.parametrize(
    ("nature", "nom", "attendus"),
    [
        ("emploi", "Agence France Travail – Évry", {"france_travail"}),
        ("emploi", "Mission locale du Val", {"mission_locale"}),
        ("protection_sociale", "Caisse d’allocations familiales", {"caf"}),
        ("service", "Mission locale interne", {"departement"}),
        ("commune", "CCAS de Fableville", {"ccas"}),
    ],
)
def test_une_structure_dit_quels_organismes_elle_peut_etre(nature, nom, attendus):
    assert set(organismes_possibles(nature, nom)) == attendus
    assert "ne se compte pas" in faute_d_organisme("msa", nature, nom)


def test_l_ecran_refuse_un_organisme_etranger_et_deduit_celui_qui_va_de_soi(client, agent, service):
    personne = PersonneFactory.create()
    decision = {"type_decide": "social", "structure": service.pk, "mode": "social", "le": il_y_a(0).isoformat()}
    reponse = client.post(reverse("parcours:orienter", args=[personne.pk]), decision | {"organisme": "caf"})
    assert reponse.status_code == 422
    assert "ne se compte pas comme" in reponse.content.decode()
    client.post(reverse("parcours:orienter", args=[personne.pk]), decision)
    assert personne.orientations.get().organisme == "departement"


def test_les_structures_du_territoire_viennent_en_tete(client, agent, service):
    commune = CommuneFactory.create(territoire=TerritoireFactory.create(nom="Val-Témoin"))
    voisine, a_orienter = personne_suivie(), PersonneFactory.create()
    for personne in (voisine, a_orienter):
        personne.adresses.all().delete()
        AdresseFactory.create(personne=personne, commune=commune)
    la = voisine.orientations.get().structure
    choix = client.get(reverse("parcours:orienter", args=[a_orienter.pk])).context["form"].fields["structure"].choices
    assert choix[1] == ("Accueillent déjà des habitants du territoire Val-Témoin", [(la.pk, str(la))])


def test_une_premiere_orientation_n_est_pas_une_reorientation(client, agent, service):
    MotifFactory.create(nature=NatureMotif.ORIENTATION)
    nouvelle = PersonneFactory.create()
    lue = client.get(reverse("parcours:orienter", args=[nouvelle.pk])).content.decode()
    assert ">Réorientation</option>" not in lue
    deja = client.get(reverse("parcours:orienter", args=[personne_suivie().pk])).content.decode()
    assert ">Réorientation</option>" in deja
    with pytest.raises(RegleMetier, match="première"):
        orienter(personne=nouvelle, saisie=saisie(service, origine="reorientation"), par=agent)
