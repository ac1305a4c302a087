"""Answers without an account: who receives a link, what it shows, that it serves once; and reminders."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parcours.models import LienReponse, NatureMotif, Prescription, ReglageReponse
from parcours.operations import prescriptions as ops
from parcours.operations.liens_reponse import jeton, regler_reponse
from parcours.operations.reponses import relancer_prescription, relancer_tardives, repondre_par_lien
from parcours.views import reponses as vues
from pdi.comptes.models import Habilitation, Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.journalisation import epurer
from pdi.socle.models import Avis, EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import MotifFactory, OffreFactory, PrescriptionFactory, il_y_a, personne_suivie

pytestmark = pytest.mark.django_db


@pytest.fixture
def operateur():
    structure = StructureFactory.create(nom="Atelier du Cycle")
    ReglageReponse.objects.create(structure=structure, courriel="accueil@cycle.exemple.fr", actif=True)
    return structure


@pytest.fixture
def personne(referent):
    return personne_suivie(
        referent=referent, nom_naissance="Exemplaire", prenoms="Maëlle Jeanne", telephone="0600000001"
    )


@pytest.fixture
def signee(operateur, referent, personne):
    offre = OffreFactory.create(numero="2.4", intitule="Atelier vélo", operateurs=[operateur])
    return PrescriptionFactory.create(
        personne=personne, offre=offre, operateur=operateur, etat="signee", prescripteur=referent,
        motivation="Reprendre un rythme.", renseignee_le=il_y_a(1),
    )  # fmt: skip


@pytest.fixture
def lien(signee, referent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ops.transmettre(prescription=signee, par=referent)
    return LienReponse.objects.get()


def adresse(lien: LienReponse) -> str:
    return reverse("parcours:reponse", args=[jeton(lien)])


def test_le_courriel_donne_un_lien_et_ne_nomme_personne(lien, personne, mailoutbox):
    (courriel,) = mailoutbox
    assert courriel.to == ["accueil@cycle.exemple.fr"]
    assert f"http://testserver{adresse(lien)}" in courriel.body
    assert "Atelier vélo" in courriel.body
    for mot in (personne.nom_naissance, "Maëlle", personne.telephone):
        assert mot not in courriel.subject + courriel.body
    assert lien.expire_le == timezone.localdate() + datetime.timedelta(days=15)


def test_sans_reglage_aucun_lien_ne_part(signee, referent, mailoutbox, django_capture_on_commit_callbacks):
    ReglageReponse.objects.update(actif=False)
    with django_capture_on_commit_callbacks(execute=True):
        ops.transmettre(prescription=signee, par=referent)
    assert not LienReponse.objects.exists()
    assert mailoutbox == []


def test_la_page_du_lien_montre_le_strict_necessaire(lien, personne):
    reponse = Client().get(adresse(lien))
    page = reponse.content.decode()
    assert "Reprendre un rythme." in page
    assert "Maëlle E." in page
    assert personne.nom_naissance not in page
    assert personne.telephone not in page
    assert personne.nom_naissance not in adresse(lien)
    assert reponse["Referrer-Policy"] == "same-origin"
    assert reponse["X-Robots-Tag"] == "noindex"


def test_ouvrir_le_lien_ne_repond_pas(lien):
    Client().get(adresse(lien))
    assert Prescription.objects.get().etat == "transmise"


def test_l_operateur_retient_la_personne_une_seule_fois(lien, referent):
    visiteur = Client()
    reponse = visiteur.post(adresse(lien), {"reponse": "retenue", "commentaire": "Entrée lundi."})
    assert "Votre réponse est enregistrée" in reponse.content.decode()
    assert referent.courriel in reponse.content.decode()
    lue = Prescription.objects.get()
    assert (lue.etat, lue.commentaire_operateur, lue.repondue_le) == ("retenue", "Entrée lundi.", timezone.localdate())
    assert Avis.objects.filter(destinataire=referent, titre="L’opérateur retient la personne").exists()
    assert EntreeJournal.objects.filter(verbe="repondre_par_lien", par=None).exists()
    encore = visiteur.post(adresse(lien), {"reponse": "refusee"})
    assert encore.status_code == 410
    assert "Vous avez déjà répondu" in encore.content.decode()
    assert Prescription.objects.get().etat == "retenue"


def test_un_refus_se_motive(lien):
    visiteur = Client()
    reponse = visiteur.post(adresse(lien), {"reponse": "refusee", "commentaire": "Complet."})
    assert reponse.status_code == 422
    assert "choisissez un motif" in reponse.content.decode()
    assert "Complet." in reponse.content.decode()
    motif = MotifFactory.create(nature=NatureMotif.REFUS_PRESCRIPTION, libelle="Plus de place")
    visiteur.post(adresse(lien), {"reponse": "refusee", "motif": motif.pk})
    assert Prescription.objects.get().motif_refus == motif


@pytest.mark.parametrize("cas", ["expire", "annulee", "repondue", "remplace", "adresse_changee"])
def test_un_lien_qui_n_a_plus_lieu_d_etre_ne_repond_plus(cas, lien, referent, operateur):
    lue = Prescription.objects.get()
    if cas == "expire":
        LienReponse.objects.update(expire_le=il_y_a(1))
    elif cas == "annulee":
        ops.annuler_prescription(prescription=lue, motif="Déménagement", par=referent)
    elif cas == "repondue":
        ops.repondre(prescription=lue, retenue=True, par=referent)
    elif cas == "remplace":
        relancer_prescription(prescription=lue, par=referent)
    else:
        service = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
        regler_reponse(structure=operateur, courriel="autre@cycle.exemple.fr", actif=True, par=service)
    avant = Prescription.objects.get().etat
    reponse = Client().post(adresse(lien), {"reponse": "retenue"})
    assert reponse.status_code == 410
    assert "Reprendre un rythme" not in reponse.content.decode()
    with pytest.raises(RegleMetier, match="ne permet plus de répondre"):
        repondre_par_lien(jeton=jeton(lien), retenue=True)
    assert Prescription.objects.get().etat == avant


def test_une_adresse_fausse_n_ouvre_rien(lien):
    graine, _, signature = jeton(lien).partition(".")
    for faux in (f"{graine}x.{signature}", graine, "n-importe.quoi"):
        assert Client().get(reverse("parcours:reponse", args=[faux])).status_code == 404


def test_les_journaux_techniques_taisent_l_adresse(lien):
    assert epurer(f"Gone: {adresse(lien)}") == "Gone: /parcours/reponse/[jeton]/"


def test_trop_d_ouvertures_font_attendre(lien, monkeypatch):
    cache.clear()
    monkeypatch.setattr(vues, "MAXIMUM", 3)
    statuts = [Client().get(adresse(lien), REMOTE_ADDR="203.0.113.9").status_code for _ in range(5)]
    assert statuts == [200, 200, 200, 429, 429]
    assert Client().get(adresse(lien), REMOTE_ADDR="203.0.113.10").status_code == 200


# -- reminders --------------------------------------------------------------------------------


def test_l_operateur_silencieux_est_relance_une_fois_et_le_prescripteur_prevenu(
    lien, operateur, referent, mailoutbox, django_capture_on_commit_callbacks
):
    prestataire = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur)
    Prescription.objects.update(transmise_le=il_y_a(20), signee_le=il_y_a(20), renseignee_le=il_y_a(20))
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert relancer_tardives(avant=il_y_a(15)) == 1
        assert relancer_tardives(avant=il_y_a(15)) == 0
    (relance,) = [m for m in mailoutbox if m.to == ["accueil@cycle.exemple.fr"]]
    assert Avis.objects.filter(destinataire=prestataire, titre="Une prescription attend votre réponse").count() == 1
    assert Avis.objects.filter(destinataire=referent, titre__startswith="L’opérateur n’a pas répondu").count() == 1
    neuf = re.search(r"http://testserver(\S+)", relance.body)
    assert neuf is not None
    assert Client().get(neuf[1]).status_code == 200


def page_de(lecteur, prescription):
    client = Client()
    client.force_login(lecteur)
    return client.get(prescription.get_absolute_url()).content.decode()


def test_le_referent_relance_une_fois_par_jour_et_jamais_apres_la_reponse(lien, referent, operateur):
    lue = Prescription.objects.get()
    relancer_prescription(prescription=lue, par=referent)
    with pytest.raises(RegleMetier, match="déjà été relancé"):
        relancer_prescription(prescription=lue, par=referent)
    with pytest.raises(DroitInsuffisant):
        relancer_prescription(
            prescription=lue, par=UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur)
        )
    # Without an account nor an address, nothing would reach the operator: it is said, not written.
    ReglageReponse.objects.update(actif=False)
    Habilitation.objects.filter(structure=operateur).delete()
    Prescription.objects.update(relancee_le=None)
    with pytest.raises(RegleMetier, match="ni compte ni adresse"):
        relancer_prescription(prescription=lue, par=referent)
    assert "Ni compte ni adresse" in page_de(referent, lue)
    ops.repondre(prescription=lue, retenue=True, par=referent)
    with pytest.raises(PasMaintenant):
        relancer_prescription(prescription=lue, par=referent)


def test_regler_les_liens_demande_une_adresse(client, operateur):
    prestataire = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur)
    client.force_login(prestataire, backend="django.contrib.auth.backends.ModelBackend")
    ecran = reverse("parcours:reponse_reglage", args=[operateur.pk])
    reponse = client.post(ecran, {"courriel": "", "actif": "on"})
    assert reponse.status_code == 422
    assert "Donnez l’adresse" in reponse.content.decode()
    client.post(ecran, {"courriel": "contact@cycle.exemple.fr", "actif": "on"})
    assert ReglageReponse.objects.get().courriel == "contact@cycle.exemple.fr"
