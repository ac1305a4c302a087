"""Enrolling from a prescription: places for this person, shares explained, waiting list, who sees whom."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from offre.models import EtatSession, QuotaSession, Session
from offre.operations.sessions import annuler_session
from parcours.lecture_sessions import SessionsPour, etat_des_places
from parcours.models import Inscription, NatureMotif, Prescription
from parcours.operations import prescriptions as ops
from parcours.operations.entrees import faire_entrer
from parcours.operations.inscriptions import annuler_inscription, inscrire, liberer_toutes
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from pdi.socle.models import Avis
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import MotifFactory, OffreFactory, PrescriptionFactory, il_y_a, personne_suivie

pytestmark = pytest.mark.django_db


@pytest.fixture
def referent(client):
    utilisateur = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return utilisateur


@pytest.fixture
def session(offre, operateur):
    return Session.objects.create(
        offre=offre, operateur=operateur, etat=EtatSession.OUVERTE, debut=il_y_a(2), fin=il_y_a(-30),
        capacite=Decimal(1), intitule="Session d’hiver",
    )  # fmt: skip


@pytest.fixture
def prescrire(offre, operateur, referent):
    def faire(**champs) -> Prescription:
        nom = {"nom_naissance": champs.pop("nom")} if "nom" in champs else {}
        personne = personne_suivie(referent=referent, **nom)
        base = {"offre": offre, "operateur": operateur, "etat": "transmise", "prescripteur": referent}
        return PrescriptionFactory.create(personne=personne, **(base | champs))

    return faire


def choisir(prescription: Prescription) -> str:
    return reverse("parcours:inscription_choisir", args=[prescription.pk])


def inscrite(prescription: Prescription, session: Session, par) -> Inscription:
    return inscrire(session=session, personne=prescription.personne, prescription=prescription, par=par)


def test_le_referent_inscrit_puis_met_en_attente_et_lit_le_rang(client, session, prescrire):
    premiere, seconde = prescrire(), prescrire()
    page = client.post(choisir(premiere), {"session": session.pk}, follow=True).content.decode()
    assert "La personne est inscrite dans la session." in page
    assert "elle serait au rang 1" in client.get(choisir(seconde)).content.decode()
    page = client.post(choisir(seconde), {"session": session.pk}, follow=True).content.decode()
    assert "en liste d’attente, au rang 1" in page
    assert "Rang 1 sur 1 dans la liste d’attente" in page


def test_une_part_reservee_s_explique(session, prescrire):
    Session.objects.filter(pk=session.pk).update(capacite=10, prises=6)
    QuotaSession.objects.create(session=session, public="jeunes", reservees=Decimal(4))
    (choix,) = SessionsPour(prescrire(), il_y_a(0)).choix
    assert choix.libres == 0
    assert choix.parts == ["4 encore gardées\u00a0: moins de 26 ans (elles ne sont pas pour elle)"]


def test_la_session_d_un_autre_operateur_ne_se_choisit_pas(client, session, prescrire, referent):
    ailleurs = StructureFactory.create()
    prescription = prescrire(operateur=ailleurs)
    assert SessionsPour(prescription, il_y_a(0)).choix == []
    assert client.post(choisir(prescription), {"session": session.pk}).status_code == 422
    with pytest.raises(RegleMetier, match="ne tient pas cette session"):
        inscrite(prescription, session, referent)
    with pytest.raises(RegleMetier, match="n’est pas celle de l’offre prescrite"):
        inscrite(prescrire(offre=OffreFactory.create()), session, referent)


def test_une_session_pleine_se_voit_depuis_la_prescription(client, session, prescrire, referent, offre):
    inscrite(prescrire(), session, referent)
    etat = etat_des_places(offre, il_y_a(0))
    assert etat is not None
    assert etat.complet
    page = client.get(reverse("parcours:prescription", args=[prescrire().pk])).content.decode()
    assert "Les sessions ouvertes sont complètes" in page


def test_la_prescription_refusee_rend_la_place_et_la_liste_bouge(session, prescrire, referent):
    premiere, seconde = prescrire(), prescrire()
    inscrite(premiere, session, referent)
    attente = inscrite(seconde, session, referent)
    motif = MotifFactory.create(nature=NatureMotif.REFUS_PRESCRIPTION)
    ops.repondre(prescription=premiere, retenue=False, motif=motif, par=referent)
    attente.refresh_from_db()
    assert attente.etat == "proposee"
    assert Inscription.objects.get(prescription=premiere).motif == "Prescription refusée par l’opérateur"
    avis = Avis.objects.get(titre__startswith="Une place s’est libérée")
    assert (avis.destinataire, avis.url) == (referent, seconde.get_absolute_url())


def test_le_silence_previent_que_la_place_est_perdue(session, prescrire, referent):
    Inscription.objects.create(
        session=session, personne=prescrire().personne, prescription=Prescription.objects.get(), etat="proposee",
        rang=1, demandee_le=il_y_a(20), proposee_le=il_y_a(9), repondre_avant=il_y_a(2),
    )  # fmt: skip
    Session.objects.update(prises=1)
    assert liberer_toutes(jour=il_y_a(0)) == 1
    assert Avis.objects.filter(destinataire=referent, titre="Une place proposée n’a pas été prise à temps").exists()
    session.refresh_from_db()
    assert session.prises == 0


def test_qui_ne_vient_pas_dans_le_delai_rend_sa_place(session, prescrire, referent):
    Session.objects.filter(pk=session.pk).update(capacite=2, debut=il_y_a(9), delai_reponse_jours=5)
    venue, manquante, suivante = (inscrite(prescrire(), session, referent) for _ in range(3))
    Inscription.objects.filter(etat="confirmee").update(confirmee_le=il_y_a(12))
    assert liberer_toutes(jour=il_y_a(0)) == 0  # nobody was noted present yet
    faire_entrer(inscription=venue, le=il_y_a(9), par=referent)
    assert liberer_toutes(jour=il_y_a(4)) == 0  # last day of the delay
    assert liberer_toutes(jour=il_y_a(3)) == 1
    manquante.refresh_from_db()
    suivante.refresh_from_db()
    assert (manquante.etat, suivante.etat) == ("absente", "proposee")
    assert Avis.objects.filter(destinataire=referent, titre="Une personne inscrite n’est pas venue").count() == 1


def test_l_entree_dans_la_session_fait_entrer_la_prescription(session, prescrire, operateur):
    prestataire = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur)
    prescription = prescrire()
    inscription = inscrite(prescription, session, prestataire)
    faire_entrer(inscription=inscription, le=il_y_a(0), par=prestataire)
    prescription.refresh_from_db()
    assert (prescription.etat, prescription.entree_le) == ("en_action", il_y_a(0))


def test_chacun_ne_nomme_que_les_siens(client, session, prescrire, referent):
    Session.objects.filter(pk=session.pk).update(capacite=5)
    sienne = prescrire(nom="Visible")
    inscrite(sienne, session, referent)
    autre = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    ailleurs = personne_suivie(referent=autre, nom_naissance="Invisible")
    inscrire(session=session, personne=ailleurs, par=autre)
    page = client.get(reverse("parcours:session_inscrits", args=[session.pk])).content.decode()
    assert str(sienne.personne) in page
    assert str(ailleurs) not in page
    assert "1\u00a0personne inscrite ou en attente n’est pas de celles que vous pouvez nommer" in page


def test_les_gestes_d_une_inscription(client, session, prescrire, referent):
    inscription = inscrite(prescrire(), session, referent)
    geste = reverse("parcours:inscription_geste", args=[inscription.pk, "entree"])
    futur = client.post(geste, {"le": il_y_a(-3).isoformat()})
    assert futur.status_code == 422
    assert "dans le futur" in futur.content.decode()
    client.post(geste, {"le": il_y_a(1).isoformat()})
    inscription.refresh_from_db()
    assert inscription.etat == "presente"
    assert client.get(reverse("parcours:inscription_geste", args=[inscription.pk, "absence"])).status_code == 403


def test_des_heures_se_demandent_puis_se_notent(client, session, prescrire):
    Session.objects.filter(pk=session.pk).update(unite="heures", capacite=20)
    prescription = prescrire()
    sans = client.post(choisir(prescription), {"session": session.pk})
    assert sans.status_code == 422
    assert "combien d’heures" in sans.content.decode()
    client.post(choisir(prescription), {"session": session.pk, "quantite": "12,5"})
    inscription = Inscription.objects.get()
    assert inscription.quantite == Decimal("12.5")
    for geste, envoi in (("entree", {"le": il_y_a(2)}), ("heures", {"le": il_y_a(1), "heures": "3,5"})):
        client.post(reverse("parcours:inscription_geste", args=[inscription.pk, geste]), envoi)
    page = client.get(reverse("parcours:session_inscrits", args=[session.pk])).content.decode()
    assert "3,5 h consommées sur 12,5" in page


def test_la_feuille_de_presence_nomme_les_inscrits_sans_naissance(session, prescrire, referent, operateur):
    from parcours.documents.emargement import DocumentEmargement

    prestataire = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur)
    prescription = prescrire()
    inscrite(prescription, session, referent)
    document = DocumentEmargement.lire(session, prestataire, "pas-une-date", il_y_a(0))
    html = document.html()
    assert str(prescription.personne) in html
    assert f"{prescription.personne.date_naissance:%d/%m/%Y}" not in html
    assert all(session.debut <= j <= session.fin for j in document.jours)
    assert document.imprimer().octets.startswith(b"%PDF")


def test_trente_inscrits_coutent_autant_de_requetes_qu_un(
    client, session, prescrire, referent, django_assert_max_num_queries
):
    def requetes() -> int:
        with django_assert_max_num_queries(60) as lues:
            assert client.get(reverse("parcours:session_inscrits", args=[session.pk])).status_code == 200
        return len(lues)

    Session.objects.filter(pk=session.pk).update(capacite=3)
    inscrite(prescrire(), session, referent)
    inscrite(prescrire(), session, referent)
    requetes()
    seule = requetes()
    for _ in range(6):
        inscrite(prescrire(), session, referent)
    assert requetes() == seule


def test_une_prescription_annulee_entre_temps_n_inscrit_plus(session, prescrire, referent):
    lue = prescrire()
    ops.annuler_prescription(prescription=lue, motif="Déménagement", par=referent)
    with pytest.raises(RegleMetier, match="annulée"):
        inscrite(lue, session, referent)
    assert not Inscription.objects.exists()


def test_l_annulation_d_une_session_ne_previent_que_pour_qui_y_est_encore(session, prescrire, referent, operateur):
    partie, restee = prescrire(), prescrire()
    remplacant = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    annuler_inscription(inscription=inscrite(partie, session, referent), motif="Autre projet", par=referent)
    partie.personne.affectations.update(referent=remplacant)
    inscrite(restee, session, referent)
    annuler_session(session=session, par=UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME), motif="Pas de salle")
    prevenus = Avis.objects.filter(titre="Une session est annulée").values_list("destinataire", flat=True)
    assert list(prevenus) == [referent.pk]
