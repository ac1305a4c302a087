"""Meetings: planned, moved, held, missed; the diary and its feed; nothing personal where it must not be."""

from __future__ import annotations

import datetime
import json

import icalendar
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from parcours.models import AbonnementAgenda, Entretien, EtatEntretien
from parcours.operations.agenda import abonnement_de, fermer_flux, jeton, ouvrir_flux, regler_flux
from parcours.operations.entretiens import (
    EntretienModifie,
    RendezVous,
    Simultane,
    annuler_entretien,
    deplacer_entretien,
    dire_issue,
    planifier_entretien,
    rendre_compte,
    rouvrir_entretien,
)
from parcours.regles.entretiens import AUTOMATE_ENTRETIEN, assiduite, chevauche
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import Avis, EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import DiagnosticFactory, EntretienFactory, RegimeFactory, il_y_a, personne_suivie

pytestmark = pytest.mark.django_db
SECRET = "Elle a parlé de sa séparation."


def a(jours: int, heure: int = 10, minute: int = 0) -> datetime.datetime:
    """Return that hour, `jours` from today."""
    jour = timezone.localdate() + datetime.timedelta(days=jours)
    return timezone.make_aware(datetime.datetime.combine(jour, datetime.time(heure, minute)))


@pytest.fixture
def referent(client: Client):
    utilisateur = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def personne(referent):
    return personne_suivie(referent=referent, nom_naissance="Exemple", prenoms="Jeanne")


def rdv(referent, debut: datetime.datetime, **plus) -> RendezVous:
    structure = plus.pop("structure", None) or referent.habilitations_actives[0].structure
    return RendezVous("suivi", debut, plus.pop("duree_min", 45), structure, referent, **plus)


def test_deux_rendez_vous_a_la_meme_heure_demandent_une_confirmation(referent, personne):
    autre = personne_suivie(referent=referent)
    premier = planifier_entretien(personne=personne, rdv=rdv(referent, a(3)), par=referent)
    with pytest.raises(Simultane) as refus:
        planifier_entretien(personne=autre, rdv=rdv(referent, a(3, 10, 30)), par=referent)
    assert refus.value.autres == [premier]
    assert "10:00" in refus.value.message
    assert "EXEMPLE" not in refus.value.message
    planifier_entretien(personne=autre, rdv=rdv(referent, a(3, 10, 45)), par=referent)
    planifier_entretien(personne=autre, rdv=rdv(referent, a(3, 10, 30)), par=referent, malgre=True)
    assert autre.entretiens.filter(etat="prevu").count() == 2


def test_un_rendez_vous_annule_libere_son_heure(referent, personne):
    pris = planifier_entretien(personne=personne, rdv=rdv(referent, a(3)), par=referent)
    annuler_entretien(entretien=pris, motif="Fermeture de l’antenne", par=referent)
    planifier_entretien(personne=personne, rdv=rdv(referent, a(3)), par=referent)
    assert personne.entretiens.get(etat="prevu").debut == a(3)


def test_se_deplacer_sur_soi_meme_n_est_pas_un_conflit(referent, personne):
    pris = planifier_entretien(personne=personne, rdv=rdv(referent, a(3)), par=referent)
    deplace = deplacer_entretien(entretien=pris, rdv=rdv(referent, a(3, 10, 15)), par=referent)
    assert deplace.debut == a(3, 10, 15)
    with pytest.raises(EntretienModifie):
        deplacer_entretien(entretien=pris, rdv=rdv(referent, a(4)), par=referent, version=pris.version)


def test_une_date_trop_lointaine_est_une_faute_de_frappe(referent, personne):
    with pytest.raises(RegleMetier, match="vérifiez l’année"):
        planifier_entretien(personne=personne, rdv=rdv(referent, a(700)), par=referent)


@pytest.mark.parametrize("issue", ["tenu", "manque"])
def test_l_avenir_n_est_ni_tenu_ni_manque(referent, personne, issue: str):
    pris = planifier_entretien(personne=personne, rdv=rdv(referent, a(1)), par=referent)
    with pytest.raises(RegleMetier, match="à venir"):
        dire_issue(entretien=pris, issue=issue, par=referent)
    assert dire_issue(entretien=pris, issue="excuse", par=referent).etat == EtatEntretien.EXCUSE


def test_tenir_donne_le_dernier_contact_et_corriger_le_reprend(referent, personne):
    EntretienFactory.create(personne=personne, debut=a(-60), etat="tenu")
    hier = EntretienFactory.create(personne=personne, debut=a(-1), etat="prevu")
    dire_issue(entretien=hier, issue="tenu", par=referent)
    personne.refresh_from_db()
    assert personne.dernier_contact == il_y_a(1)
    rouvrir_entretien(entretien=hier, motif="Ce n’était pas elle", par=referent)
    personne.refresh_from_db()
    assert personne.dernier_contact == il_y_a(60)
    hier.refresh_from_db()
    assert [(t.de, t.vers) for t in hier.transitions.all()] == [("tenu", "prevu"), ("prevu", "tenu")]


def test_corriger_un_rendez_vous_n_efface_pas_le_contact_d_un_diagnostic(referent, personne):
    EntretienFactory.create(personne=personne, debut=a(-60), etat="tenu")
    DiagnosticFactory.create(personne=personne, date=il_y_a(5), termine_le=a(-5))
    hier = EntretienFactory.create(personne=personne, debut=a(-1), etat="prevu")
    dire_issue(entretien=hier, issue="tenu", par=referent)
    rouvrir_entretien(entretien=hier, motif="Ce n’était pas elle", par=referent)
    personne.refresh_from_db()
    assert personne.dernier_contact == il_y_a(5)


def test_un_contact_plus_recent_ne_recule_pas(referent, personne):
    personne.dernier_contact = il_y_a(1)
    personne.save()
    ancien = EntretienFactory.create(personne=personne, debut=a(-30), etat="prevu")
    dire_issue(entretien=ancien, issue="tenu", par=referent)
    personne.refresh_from_db()
    assert personne.dernier_contact == il_y_a(1)


def test_annuler_se_motive_en_base_aussi(referent, personne):
    pris = planifier_entretien(personne=personne, rdv=rdv(referent, a(3)), par=referent)
    with pytest.raises(RegleMetier, match="Dites pourquoi"):
        annuler_entretien(entretien=pris, motif=" ", par=referent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entretien.objects.filter(pk=pris.pk).update(etat="annule", motif="")


def test_un_rendez_vous_tenu_ne_se_deplace_ni_ne_s_annule(referent, personne):
    tenu = EntretienFactory.create(personne=personne, etat="tenu")
    with pytest.raises(PasMaintenant):
        deplacer_entretien(entretien=tenu, rdv=rdv(referent, a(3)), par=referent)
    with pytest.raises(PasMaintenant):
        annuler_entretien(entretien=tenu, motif="Erreur", par=referent)


def test_qui_ne_suit_pas_la_personne_n_ecrit_rien(personne):
    collegue = UtilisateurFactory.create(role=Role.REFERENT, structure=personne.affectations.get().structure)
    with pytest.raises(DroitInsuffisant):
        planifier_entretien(personne=personne, rdv=rdv(collegue, a(3)), par=collegue)


def test_le_compte_rendu_reste_hors_du_journal(referent, personne):
    tenu = EntretienFactory.create(personne=personne, debut=a(-1), etat="tenu")
    rendre_compte(entretien=tenu, resume=SECRET, prochaines_etapes="", par=referent)
    assert SECRET not in json.dumps(list(EntreeJournal.objects.values("avant", "apres", "commentaire")))
    assert EntreeJournal.objects.get(verbe="rendre_compte_entretien").apres == {"compte rendu (mots)": 6}


def test_l_agent_est_prevenu_de_ce_qu_un_autre_inscrit(referent, personne):
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT)
    planifier_entretien(personne=personne, rdv=rdv(referent, a(3)), par=encadrant)
    avis = Avis.objects.get(destinataire=referent)
    assert "EXEMPLE" not in avis.titre + avis.texte


# -- screens -------------------------------------------------------------------------------------


def test_planifier_propose_montre_l_echeance_et_ne_perd_rien(client: Client, referent, personne):
    RegimeFactory.create(parametres={"delai_premier_rdv": 15, "references": {"delai_premier_rdv": "D262-65"}})
    personne.orientations.update(decidee_le=il_y_a(3))
    url = reverse("parcours:entretien_planifier", args=[personne.pk])
    contenu = client.get(url).content.decode()
    assert "a une échéance" in contenu
    assert "D262-65" in contenu
    EntretienFactory.create(personne=personne_suivie(referent=referent), agent=referent, debut=a(3), etat="prevu")
    saisie = {
        "jour": a(3).date().isoformat(), "heure": "10:15", "duree_min": 45, "nature": "suivi", "lieu": "Bureau 4",
        "agent": referent.pk, "structure": personne.affectations.get().structure_id,
    }  # fmt: skip
    refus = client.post(url, saisie)
    assert refus.status_code == 422
    assert "Bureau 4" in refus.content.decode()
    assert "Garder les deux" in refus.content.decode()
    assert client.post(url, saisie | {"malgre": "on"}).status_code == 302
    assert personne.entretiens.get(etat="prevu").lieu == "Bureau 4"


def test_l_agenda_dit_ce_qui_attend_et_se_regle_d_un_geste(client: Client, referent, personne):
    hier = EntretienFactory.create(personne=personne, agent=referent, debut=a(-1, 9), etat="prevu")
    contenu = client.get(reverse("parcours:agenda"), {"jour": a(-1).date().isoformat()}).content.decode()
    assert "Issue à dire" in contenu
    assert "1 rendez-vous passé attend" in contenu.replace("\u00a0", " ")
    retour = f"{reverse('parcours:agenda')}?vue=liste"
    donnees = {"issue": "manque", "suite": retour, "version": hier.version}
    assert client.post(reverse("parcours:entretien_issue", args=[hier.pk]), donnees).headers["Location"] == retour
    hier.refresh_from_db()
    assert hier.etat == EtatEntretien.MANQUE
    assert client.post(reverse("parcours:entretien_issue", args=[hier.pk]), donnees).status_code == 403


def test_l_agenda_d_un_referent_est_le_sien_celui_d_un_encadrant_l_equipe(client: Client, referent, personne):
    structure = personne.affectations.get().structure
    collegue = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    autre = personne_suivie(referent=collegue, structure=structure, nom_naissance="Ailleurs")
    for p, agent in ((personne, referent), (autre, collegue)):
        EntretienFactory.create(personne=p, agent=agent, debut=a(0, 9), etat="prevu")
    contenu = client.get(reverse("parcours:agenda")).content.decode()
    assert "EXEMPLE" in contenu
    assert "AILLEURS" not in contenu
    client.force_login(UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure))
    contenu = client.get(reverse("parcours:agenda")).content.decode()
    assert "EXEMPLE" in contenu
    assert "AILLEURS" in contenu
    filtre = client.get(reverse("parcours:agenda"), {"agent": collegue.pk}).content.decode()
    assert "EXEMPLE" not in filtre.split("<main")[1]


@pytest.mark.parametrize("requete", [{}, {"vue": "liste"}, {"jour": "2026-02-31"}, {"jour": "demain"}])
def test_le_cout_de_l_agenda_ne_depend_pas_du_nombre(
    client: Client, referent, django_assert_max_num_queries, requete: dict[str, str]
):
    for _ in range(2):
        EntretienFactory.create(personne=personne_suivie(referent=referent), agent=referent, debut=a(0))
    with django_assert_max_num_queries(12):
        assert client.get(reverse("parcours:agenda"), requete).status_code == 200
    for _ in range(6):
        EntretienFactory.create(personne=personne_suivie(referent=referent), agent=referent, debut=a(0))
    with django_assert_max_num_queries(12):
        client.get(reverse("parcours:agenda"), requete)


# -- the feed ------------------------------------------------------------------------------------


def lire(client: Client, abonnement: AbonnementAgenda):
    reponse = Client().get(reverse("parcours:agenda_flux", args=[jeton(abonnement)]))
    assert reponse.status_code == 200
    assert reponse.headers["Content-Type"].startswith("text/calendar")
    return reponse.content


def test_le_flux_dit_l_heure_et_ne_nomme_personne(client: Client, referent, personne):
    EntretienFactory.create(
        personne=personne, agent=referent, debut=a(2), etat="prevu", lieu="Chez elle, 3 rue de l’Exemple",
        resume=SECRET, motif="Rendez-vous médical",
    )  # fmt: skip
    brut = lire(client, ouvrir_flux(par=referent))
    calendrier = icalendar.Calendar.from_ical(brut)
    (evenement,) = calendrier.walk("VEVENT")
    assert evenement["SUMMARY"] == "Suivi"
    assert evenement.decoded("DTSTART") == a(2)
    assert evenement.decoded("DTEND") - evenement.decoded("DTSTART") == datetime.timedelta(minutes=45)
    for secret in ("Exemple", "EXEMPLE", "Jeanne", "rue", "médical", "séparation"):
        assert secret not in brut.decode()
    assert max(len(ligne) for ligne in brut.split(b"\r\n")) <= 75


def test_les_initiales_sont_un_choix_de_l_agent(client: Client, referent, personne):
    EntretienFactory.create(personne=personne, agent=referent, debut=a(2), etat="prevu")
    abonnement = ouvrir_flux(par=referent)
    regler_flux(initiales=True, par=referent)
    abonnement.refresh_from_db()
    contenu = lire(client, abonnement).decode()
    assert "J. E." in contenu
    assert "Jeanne" not in contenu


def test_changer_ou_fermer_l_adresse_arrete_l_ancienne(referent):
    ancienne = jeton(ouvrir_flux(par=referent))
    nouvelle = jeton(ouvrir_flux(par=referent))
    assert abonnement_de(ancienne) is None
    assert abonnement_de(nouvelle) is not None
    assert Client().get(reverse("parcours:agenda_flux", args=[ancienne])).status_code == 404
    fermer_flux(par=referent)
    assert abonnement_de(nouvelle) is None


def test_un_compte_ferme_ferme_son_flux(referent):
    secret = jeton(ouvrir_flux(par=referent))
    referent.is_active = False
    referent.save()
    assert abonnement_de(secret) is None


def test_l_adresse_ne_se_devine_pas_depuis_la_base(referent):
    abonnement = ouvrir_flux(par=referent)
    assert abonnement_de(abonnement.graine) is None


# -- rules ---------------------------------------------------------------------------------------

MINUTES = st.integers(0, 2000).map(
    lambda m: datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC) + datetime.timedelta(minutes=m)
)
DUREES = st.integers(1, 480).map(lambda m: datetime.timedelta(minutes=m))


@given(a1=MINUTES, d1=DUREES, a2=MINUTES, d2=DUREES)
def test_deux_creneaux_se_chevauchent_dans_les_deux_sens_ou_aucun(a1, d1, a2, d2):
    assert chevauche(a1, a1 + d1, a2, a2 + d2) == chevauche(a2, a2 + d2, a1, a1 + d1)
    assert not chevauche(a1, a1 + d1, a1 + d1, a1 + d1 + d2)


@given(st.lists(st.sampled_from(EtatEntretien.values)))
def test_excuses_et_annulations_ne_comptent_pas_dans_la_presence(etats: list[str]):
    lue = assiduite(etats)
    assert lue.total == sum(e in ("tenu", "manque") for e in etats)
    assert lue.tenus <= lue.total


def test_tout_etat_dit_par_erreur_se_corrige():
    for etat in ("tenu", "manque", "excuse", "annule"):
        assert AUTOMATE_ENTRETIEN.trouver("rouvrir_entretien", etat).commentaire
