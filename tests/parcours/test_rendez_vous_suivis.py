"""When a référent is replaced, the meetings planned with him are handed over, cancelled or left: said before, done."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parcours.models import Entretien, Lot, Personne
from parcours.operations.affectations import SaisieReferent
from parcours.operations.affectations_lot import apercevoir_designation, designer_lot
from parcours.operations.rendez_vous_suivis import ANNULER, CONFIER, LAISSER
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import EntretienFactory, MotifFactory, personne_suivie

pytestmark = pytest.mark.django_db


@pytest.fixture
def equipe(client: Client) -> tuple[Any, Any, Any, Any]:
    """Return the encadrant (logged in), the old référent, the new one, and their structure."""
    structure = StructureFactory.create()
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure)
    ancien, nouveau = (UtilisateurFactory.create(role=Role.REFERENT, structure=structure) for _ in range(2))
    client.force_login(encadrant)
    return encadrant, ancien, nouveau, structure


def rendez_vous(personne: Personne, agent: Any, jours: int, etat: str = "prevu") -> Entretien:
    quand = timezone.now() + datetime.timedelta(days=jours)
    return EntretienFactory.create(personne=personne, agent=agent, etat=etat, debut=quand)


@pytest.mark.parametrize(
    ("choix", "etat", "qui", "dit"),
    [
        (CONFIER, "prevu", "nouveau", "1\u00a0rendez-vous prévu avec l’ancien référent\u00a0: confiés à"),
        (ANNULER, "annule", "ancien", "annulés, les personnes restent à prévenir"),
        (LAISSER, "prevu", "ancien", "restent à son nom"),
    ],
    ids=["confier", "annuler", "laisser"],
)
def test_les_rendez_vous_prevus_suivent_ce_qui_a_ete_choisi(equipe: Any, choix: str, etat: str, qui: str, dit: str):
    encadrant, ancien, nouveau, structure = equipe
    personne = personne_suivie(referent=ancien, structure=structure)
    a_venir, passe = rendez_vous(personne, ancien, 5), rendez_vous(personne, ancien, -5, "tenu")
    d_un_autre = rendez_vous(personne, UtilisateurFactory.create(role=Role.REFERENT), 6)
    saisie = SaisieReferent(
        structure=structure, debut=timezone.localdate(), referent=nouveau, motif_fin=MotifFactory.create(),
        rendez_vous=choix,
    )  # fmt: skip
    toutes = Personne.objects.filter(pk=personne.pk)
    apercu = apercevoir_designation(personnes=toutes, saisie=saisie, par=encadrant)
    assert dit in " ".join([*apercu.constats, *apercu.alertes])
    designer_lot(personnes=toutes, saisie=saisie, par=encadrant, empreinte=apercu.empreinte)
    for ligne in (a_venir, passe, d_un_autre):
        ligne.refresh_from_db()
    assert (a_venir.etat, a_venir.agent) == (etat, {"nouveau": nouveau, "ancien": ancien}[qui])
    assert passe.agent == ancien
    assert d_un_autre.agent not in (ancien, nouveau)
    assert a_venir.transitions.filter(vers="annule").exists() == (choix == ANNULER)


def test_un_rendez_vous_pris_depuis_l_apercu_arrete_le_lot(equipe: Any):
    encadrant, ancien, nouveau, structure = equipe
    personne = personne_suivie(referent=ancien, structure=structure)
    saisie = SaisieReferent(
        structure=structure, debut=timezone.localdate(), referent=nouveau, motif_fin=MotifFactory.create(),
        rendez_vous=CONFIER,
    )  # fmt: skip
    toutes = Personne.objects.filter(pk=personne.pk)
    apercu = apercevoir_designation(personnes=toutes, saisie=saisie, par=encadrant)
    rendez_vous(personne, ancien, 3)
    with pytest.raises(RegleMetier, match="a changé depuis l’aperçu"):
        designer_lot(personnes=toutes, saisie=saisie, par=encadrant, empreinte=apercu.empreinte)


def test_deux_rendez_vous_au_meme_moment_sont_signales(equipe: Any):
    encadrant, ancien, nouveau, structure = equipe
    personne = personne_suivie(referent=ancien, structure=structure)
    pris = rendez_vous(personne, ancien, 4)
    EntretienFactory.create(agent=nouveau, etat="prevu", debut=pris.debut)
    saisie = SaisieReferent(
        structure=structure, debut=timezone.localdate(), referent=nouveau, motif_fin=MotifFactory.create(),
        rendez_vous=CONFIER,
    )  # fmt: skip
    apercu = apercevoir_designation(personnes=Personne.objects.filter(pk=personne.pk), saisie=saisie, par=encadrant)
    assert "1 au même moment qu’un autre rendez-vous" in " ".join(apercu.alertes)


def test_changer_de_referent_propose_de_confier_les_rendez_vous(client: Client, equipe: Any):
    _, ancien, nouveau, structure = equipe
    personne = personne_suivie(referent=ancien, structure=structure)
    a_venir = rendez_vous(personne, ancien, 5)
    motif = MotifFactory.create(nature="fin_referent")
    donnees = {"referent": nouveau.pk, "structure": structure.pk, "debut": timezone.localdate().isoformat()}
    ecran = reverse("parcours:referent_designer", args=[personne.pk])
    contenu = client.post(ecran, donnees).content.decode()
    assert "1\u00a0rendez-vous est prévu avec" in contenu
    confirmee = personne.affectations.get().pk
    client.post(ecran, donnees | {"confirmee": confirmee, "motif_fin": motif.pk, "rendez_vous": CONFIER})
    a_venir.refresh_from_db()
    assert a_venir.agent == nouveau
    assert not Lot.objects.exists()
