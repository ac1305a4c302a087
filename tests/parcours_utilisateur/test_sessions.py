"""A référent prescribes and enrols; the operator answers by its link, without an account; the waiting list moves."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import Page, expect

from offre.models import EtatSession, Session
from parcours.models import Inscription, NatureMotif, Prescription, ReglageReponse
from parcours.operations.inscriptions import inscrire
from pdi.comptes.models import Role
from tests.fabriques import MOT_DE_PASSE, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import MotifFactory, OffreFactory, PrescriptionFactory, il_y_a, personne_suivie
from tests.navigateur import verifier_page

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def entrer(page: Page, utilisateur) -> None:
    page.goto("/comptes/connexion")
    page.get_by_label("Adresse électronique").fill(utilisateur.courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "connexion" not in url)


@pytest.mark.parametrize("largeur", [1280, 320], ids=["bureau", "320px"])
def test_prescrire_inscrire_repondre_par_lien_et_la_liste_bouge(nouvelle_page, largeur):
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    operateur = StructureFactory.create(nom="Atelier du Cycle")
    ReglageReponse.objects.create(structure=operateur, courriel="accueil@cycle.exemple.fr", actif=True)
    MotifFactory.create(nature=NatureMotif.REFUS_PRESCRIPTION, libelle="Autre projet")
    offre = OffreFactory.create(intitule="Atelier vélo", operateurs=[operateur])
    session = Session.objects.create(
        offre=offre, operateur=operateur, etat=EtatSession.OUVERTE, debut=il_y_a(-10), capacite=Decimal(1),
        intitule="Session d’hiver",
    )  # fmt: skip
    personne = personne_suivie(referent=referent, nom_naissance="Premier")

    page = nouvelle_page(largeur=largeur)
    entrer(page, referent)
    page.goto(f"/parcours/personnes/{personne.pk}/prescrire/{offre.pk}/")
    page.get_by_label("Ce qu’on attend de l’action").fill("Reprendre un rythme.")
    page.get_by_label(re.compile("transmettre aussitôt")).check()
    page.get_by_role("button", name="Prescrire").click()
    page.get_by_role("link", name="Inscrire dans une session").click()
    page.wait_for_url("**/inscrire/")
    verifier_page(page)
    page.get_by_role("button", name=re.compile("Inscrire")).click()
    expect(page.get_by_text("La personne est inscrite dans la session.")).to_be_visible()
    verifier_page(page)

    suivante = PrescriptionFactory.create(
        personne=personne_suivie(referent=referent, nom_naissance="Second"), offre=offre, operateur=operateur,
        etat="transmise",
    )  # fmt: skip
    inscrire(session=session, personne=suivante.personne, prescription=suivante, par=referent)
    page.goto(suivante.get_absolute_url())
    expect(page.get_by_text(re.compile(r"Rang\s1 sur\s1"))).to_be_visible()
    page.goto(f"/parcours/sessions/{session.pk}/inscrits/")
    verifier_page(page)

    (courriel,) = [m for m in mail.outbox if m.to == ["accueil@cycle.exemple.fr"]]
    lien = re.search(re.escape(settings.ADRESSE_PUBLIQUE) + r"(\S+)", str(courriel.body))
    assert lien is not None
    visiteur = nouvelle_page(largeur=largeur)
    visiteur.goto(lien[1])
    expect(visiteur.get_by_text("Reprendre un rythme.")).to_be_visible()
    expect(visiteur.get_by_text("PREMIER")).to_have_count(0)
    verifier_page(visiteur)
    visiteur.get_by_label("La personne n’est pas retenue").check()
    visiteur.get_by_label(re.compile("Motif du refus")).select_option(label="Autre projet")
    visiteur.get_by_role("button", name="Envoyer la réponse").click()
    expect(visiteur.get_by_role("heading", name="Votre réponse est enregistrée")).to_be_visible()
    verifier_page(visiteur)

    page.goto(suivante.get_absolute_url())
    expect(page.get_by_text("Une place est proposée")).to_be_visible()
    verifier_page(page)
    page.get_by_role("link", name="Prendre la place").click()
    verifier_page(page)
    page.get_by_role("button", name="Prendre la place").click()
    expect(page.get_by_text("La place est prise")).to_be_visible()
    assert Inscription.objects.get(prescription=suivante).etat == "confirmee"
    assert Prescription.objects.get(personne=personne).etat == "refusee"
