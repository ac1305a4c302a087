"""Prescriptions: who writes, who answers, what each sees, who is told, what waits too long."""

from __future__ import annotations

import contextlib
import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offre.models import EtatOffre
from parcours.models import (
    EtatPrescription,
    NatureMotif,
    OriginePrescription,
    TransitionPrescription,
)
from parcours.operations import prescriptions as ops
from parcours.operations.prescriptions import Saisie
from parcours.regles.prescriptions import AUTOMATE_PRESCRIPTION
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import Avis
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    MotifFactory,
    OffreFactory,
    PrescriptionFactory,
    il_y_a,
)
from tests.parcours.prescriptions import ATTENTE, ecrire, envoyer, texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def motif():
    return MotifFactory.create(nature=NatureMotif.REFUS_PRESCRIPTION, libelle="Plus de place")


# -- the life cycle ----------------------------------------------------------------------------


def test_de_la_redaction_au_resultat(personne, offre, referent, prestataire):
    p = ecrire(personne, offre, referent)
    p = ops.signer(prescription=p, par=referent)
    p = ops.transmettre(prescription=p, par=referent)
    p = ops.repondre(prescription=p, retenue=True, presentation="oui", par=prestataire, commentaire="Bienvenue.")
    p = ops.entrer(prescription=p, le=timezone.localdate(), par=prestataire)
    p = ops.consigner_bilan(prescription=p, bilan="Assidue, à l’aise avec les outils.", par=prestataire)
    p = ops.terminer(prescription=p, le=timezone.localdate(), resultat="atteint", bilan="Prête.", par=prestataire)
    p.refresh_from_db()
    assert (p.etat, p.resultat, p.presentation) == ("achevee", "atteint", "oui")
    suite = list(TransitionPrescription.objects.filter(prescription=p).order_by("pk").values_list("vers", flat=True))
    assert suite == ["renseignee", "signee", "transmise", "retenue", "en_action", "en_action", "achevee"]
    titres = set(Avis.objects.filter(destinataire=referent).values_list("titre", flat=True))
    assert titres == {
        "L’opérateur retient la personne", "Entrée en action", "Bilan intermédiaire d’une action",
        "Une action est achevée",
    }  # fmt: skip
    assert Avis.objects.get(destinataire=prestataire).titre == "Une prescription vous est adressée"


def test_un_avis_ne_nomme_personne(personne, offre, referent, prestataire):
    envoyer(personne, offre, referent)
    for avis in Avis.objects.all():
        assert "exemple" not in f"{avis.titre} {avis.texte} {avis.url}".lower()


def test_un_refus_se_motive_et_se_lit(personne, offre, referent, prestataire, motif, client: Client):
    p = envoyer(personne, offre, referent)
    with pytest.raises(RegleMetier, match="choisissez un motif"):
        ops.repondre(prescription=p, retenue=False, par=prestataire)
    p = ops.repondre(prescription=p, retenue=False, motif=motif, commentaire="Place en mars.", par=prestataire)
    client.force_login(referent)
    page = texte(client.get(p.get_absolute_url()))
    assert "plus de place" in page
    assert "Place en mars." in page


def test_demander_un_complement_defait_la_signature_et_l_envoi(personne, offre, referent, prestataire):
    p = envoyer(personne, offre, referent)
    with pytest.raises(RegleMetier, match="commentaire"):
        ops.renvoyer_prescription(prescription=p, commentaire=" ", par=prestataire)
    p = ops.renvoyer_prescription(prescription=p, commentaire="Il manque le CV.", par=prestataire)
    assert (p.etat, p.signee_le, p.transmise_le) == ("renseignee", None, None)
    with pytest.raises(DroitInsuffisant):
        ops.signer(prescription=p, par=prestataire)


def test_annuler_retire_la_personne_a_l_operateur(personne, offre, referent, prestataire, client: Client):
    p = envoyer(personne, offre, referent)
    client.force_login(prestataire)
    assert client.get(p.get_absolute_url()).status_code == 200
    ops.annuler_prescription(prescription=p, motif="Reprise d’emploi", par=referent)
    assert client.get(p.get_absolute_url()).status_code == 404
    assert Avis.objects.filter(destinataire=prestataire, titre="Une prescription est annulée").exists()


def test_chacun_son_geste(personne, offre, referent, prestataire):
    p = ecrire(personne, offre, referent)
    with pytest.raises(DroitInsuffisant, match="réservé"):
        ops.signer(prescription=p, par=prestataire)
    with pytest.raises(PasMaintenant, match="renseignée"):
        ops.entrer(prescription=p, le=timezone.localdate(), par=referent)
    tiers = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=StructureFactory.create())
    p = ops.transmettre(prescription=ops.signer(prescription=p, par=referent), par=referent)
    with pytest.raises(DroitInsuffisant):
        ops.repondre(prescription=p, retenue=True, par=tiers)


@pytest.mark.parametrize(
    ("le", "mot"), [(-5, "précéder"), (3, "à venir")], ids=["avant l’envoi", "demain"]
)  # fmt: skip
def test_les_dates_se_suivent(personne, offre, referent, prestataire, le, mot):
    p = ops.repondre(prescription=envoyer(personne, offre, referent), retenue=True, par=prestataire)
    jour = timezone.localdate() + datetime.timedelta(days=le)
    with pytest.raises(RegleMetier, match=mot):
        ops.entrer(prescription=p, le=jour, par=prestataire)


def test_sans_operateur_rien_ne_part(personne, offre, referent):
    p = ops.prescrire(personne=personne, saisie=Saisie(offre=offre, motivation=ATTENTE), par=referent)
    with pytest.raises(RegleMetier, match="Nommez l’opérateur"):
        ops.transmettre(prescription=ops.signer(prescription=p, par=referent), par=referent)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gestes=st.lists(st.integers(0, 999), min_size=4, max_size=9))
def test_aucun_etat_sans_ses_dates(personne, offre, referent, motif, gestes):
    """Whatever the order of the gestures, a state is never reached without the dates that lead to it."""
    with transaction.atomic():
        p = ecrire(personne, offre, referent)
        jour = timezone.localdate()
        faire = {
            "signer": lambda: ops.signer(prescription=p, par=referent),
            "transmettre": lambda: ops.transmettre(prescription=p, par=referent),
            "retenir": lambda: ops.repondre(prescription=p, retenue=True, par=referent),
            "refuser": lambda: ops.repondre(prescription=p, retenue=False, motif=motif, par=referent),
            "entrer": lambda: ops.entrer(prescription=p, le=jour, par=referent),
            "terminer": lambda: ops.terminer(prescription=p, le=jour, resultat="partiel", bilan="Fait.", par=referent),
            "abandonner": lambda: ops.abandonner(prescription=p, le=jour, commentaire="Partie.", par=referent),
            "annuler": lambda: ops.annuler_prescription(prescription=p, motif="Erreur", par=referent),
            "renvoyer": lambda: ops.renvoyer_prescription(prescription=p, commentaire="CV ?", par=referent),
        }
        verbes = {
            "signer": "signer", "transmettre": "transmettre", "retenir": "retenir",
            "refuser_prescription": "refuser", "entrer": "entrer", "terminer": "terminer",
            "abandonner": "abandonner", "annuler_prescription": "annuler", "renvoyer_prescription": "renvoyer",
        }  # fmt: skip
        for tirage in gestes:
            p.refresh_from_db()
            permis = [verbes[t.verbe] for t in AUTOMATE_PRESCRIPTION.depuis(p.etat) if t.verbe in verbes]
            geste = permis[tirage % len(permis)] if permis and tirage % 4 else list(faire)[tirage % len(faire)]
            with contextlib.suppress(PasMaintenant):
                faire[geste]()
            p.refresh_from_db()
            dates: Any = {
                "renseignee": [p.renseignee_le], "signee": [p.signee_le], "transmise": [p.signee_le, p.transmise_le],
                "retenue": [p.transmise_le, p.repondue_le], "refusee": [p.repondue_le, p.motif_refus],
                "en_action": [p.transmise_le, p.repondue_le, p.entree_le], "achevee": [p.entree_le, p.fin_le],
                "abandonnee": [p.fin_le], "annulee": [p.annulee_le, p.motif_annulation],
            }[p.etat]  # fmt: skip
            assert all(dates), p.etat
        transaction.set_rollback(True)


@pytest.mark.parametrize("etat", ["signee", "transmise", "retenue", "en_action", "achevee"])
def test_la_base_refuse_un_etat_sans_sa_signature(etat):
    with pytest.raises(IntegrityError):
        PrescriptionFactory.create(
            etat=etat, signee_le=None, transmise_le=None, repondue_le=il_y_a(1), fin_le=il_y_a(1), entree_le=il_y_a(1)
        )


# -- who prescribes what -----------------------------------------------------------------------


def test_une_offre_s_ouvre_a_certains_prescripteurs(personne, offre, referent):
    offre.prescription_referent = False
    offre.auto_prescription = True
    offre.save()
    with pytest.raises(RegleMetier, match="la personne elle-même"):
        ecrire(personne, offre, referent)
    assert ecrire(personne, offre, referent, origine=OriginePrescription.AUTO).origine == "auto"


def test_la_plateforme_prescrit_a_son_titre(personne, offre):
    agent = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    with pytest.raises(RegleMetier, match="à ce titre"):
        ecrire(personne, offre, agent, origine=OriginePrescription.REFERENT)
    assert ecrire(personne, offre, agent, origine=OriginePrescription.PLATEFORME).structure_prescriptrice is None


def test_un_prestataire_prescrit_une_suite_a_qui_il_a_retenu(personne, offre, referent, prestataire):
    suite = OffreFactory.create(prescription_prestataire=True, operateurs=[StructureFactory.create()])
    p = envoyer(personne, offre, referent)
    with pytest.raises(DroitInsuffisant):
        ecrire(personne, suite, prestataire, origine=OriginePrescription.PRESTATAIRE)
    ops.repondre(prescription=p, retenue=True, par=prestataire)
    ecrite = ecrire(personne, suite, prestataire, origine=OriginePrescription.PRESTATAIRE)
    assert ecrite.structure_prescriptrice == offre.operateurs.get()
    assert ops.signer(prescription=ecrite, par=prestataire).etat == EtatPrescription.SIGNEE


def test_une_offre_suspendue_ne_se_prescrit_ni_ne_se_transmet(personne, offre, referent):
    p = ops.signer(prescription=ecrire(personne, offre, referent), par=referent)
    offre.etat = EtatOffre.SUSPENDUE
    offre.save()
    with pytest.raises(RegleMetier, match="n’est plus publiée"):
        ops.transmettre(prescription=p, par=referent)
    with pytest.raises(RegleMetier, match="n’est plus publiée"):
        ecrire(personne, offre, referent)
