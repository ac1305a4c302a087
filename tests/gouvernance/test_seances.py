"""Meetings: agenda proposed, convocation and reply by link, presence and quorum, decisions typed live and followed."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path

import docx
import pypdf
import pytest
from django.conf import settings as reglages
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import EtatEtape
from gouvernance.models import Decision, Membre, Presence, Seance
from gouvernance.operations import seances as ops
from gouvernance.operations.convocations import jeton, jeton_agenda
from gouvernance.operations.decisions import noter_decision, suivre_decision
from gouvernance.operations.demonstration import charger_demonstration
from gouvernance.operations.instances import charger_instances, terminer_mandat
from gouvernance.operations.relances import relancer_les_silencieux
from gouvernance.operations.releves import a_qui_envoyer, envoyer_releve, executer_envoi
from pdi.comptes.demo import creer_comptes_de_demonstration
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.etats import TransitionImpossible
from pdi.socle.models import Traitement
from tests.fabriques import (
    BilanFactory,
    EtapeFactory,
    FicheFactory,
    ProgrammeFactory,
    UtilisateurFactory,
)
from tests.fabriques_parcours import il_y_a
from tests.gouvernance.conftest import SuiviEspion, imprime, poster

DONNEES = Path(reglages.DOSSIER_DONNEES)


# -- on screen --------------------------------------------------------------------------------


def imprimer(client, seance, genre):
    nom, texte = imprime(client, reverse("gouvernance:seance_imprimer", args=[seance.pk, genre]))
    assert nom == f"{genre}-seance-{seance.pk}.pdf"
    return texte


def texte_du_pdf(octets):
    return " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(octets)).pages).split())


def noter(seance, par, **champs):
    return noter_decision(seance=seance, par=par, **({"texte": "Étudier", "type": "avis"} | champs))


def test_une_seance_se_prepare_puis_s_ordonne_au_clavier(client, service, comite):
    ecran = reverse("gouvernance:seance_preparer", args=[comite.pk])
    jour = timezone.localdate() + datetime.timedelta(days=20)
    assert "Ce champ" in client.post(ecran, {"jour": "", "heure": "14:00", "version": "1"}).content.decode()
    client.post(ecran, {"jour": jour, "heure": "14 h 00".replace(" ", ""), "lieu": "Salle 204", "version": "1"})
    creee = Seance.objects.get()
    ordre = reverse("gouvernance:seance_ordre", args=[creee.pk])
    for titre in ("Bilan", "Parole des usagers"):
        client.post(ordre, {"geste": "ajouter", "titre": titre})
    dernier = creee.points.get(titre="Parole des usagers")
    client.post(ordre, {"geste": f"monter:{dernier.pk}"})
    assert [p.titre for p in creee.points.all()] == ["Parole des usagers", "Bilan"]
    client.post(ordre, {"geste": f"retirer:{dernier.pk}"})
    assert [p.titre for p in creee.points.all()] == ["Bilan"]


def test_l_ordre_du_jour_propose_dit_pourquoi_et_la_secretaire_choisit(client, service, comite, seance):
    programme = ProgrammeFactory.create(code="essai-2022-2026", annee_debut=2022, annee_fin=timezone.localdate().year)
    fiche = FicheFactory.create(programme=programme, numero="2.1")
    for _ in range(2):
        EtapeFactory.create(fiche=fiche, echeance=il_y_a(5), etat=EtatEtape.EN_COURS)
    passee = Seance.objects.create(instance=comite, debut=timezone.now() - datetime.timedelta(days=300))
    Decision.objects.create(seance=passee, numero=1, texte="Relancer", echeance=il_y_a(30))
    ecran = reverse("gouvernance:seance_ordre", args=[seance.pk])
    page = client.get(ecran).content.decode()
    assert "2\u00a0étapes ont passé leur date" in page
    assert "1\u00a0décision reste à tenir, dont 1 en retard" in page
    client.post(ecran, {"geste": "retenir", "propose": [f"retard-{fiche.pk}", "inconnue"]})
    retenu = seance.points.get(fiche=fiche)
    assert retenu.raison == "2\u00a0étapes ont passé leur date."
    assert f'value="retard-{fiche.pk}"' not in client.get(ecran).content.decode()


def test_convoquer_ecrit_a_chacun_et_le_lien_repond(client, service, seance, membres, settings):
    settings.ADRESSE_PUBLIQUE = "https://insertion.exemple.fr"
    client.post(reverse("gouvernance:seance_geste", args=[seance.pk, "convoquer"]))
    assert "Des courriels partent" in client.get(seance.get_absolute_url()).text
    poster()
    assert sorted(m.to[0] for m in mail.outbox) == ["ada@exemple.fr", "leo@exemple.fr"]
    assert "1. Premier point" in mail.outbox[0].body
    presence = Presence.objects.get(membre=membres[0])
    lien = reverse("gouvernance:convocation_reponse", args=[jeton(presence)])
    assert any(lien in m.body for m in mail.outbox)
    client.logout()
    assert "Viendrez-vous" in client.get(lien).content.decode()
    assert "Dites qui vous représentera" in client.post(lien, {"reponse": "pouvoir"}).content.decode()
    assert client.post(lien, {"reponse": "pouvoir", "represente_par": "Ida"}).status_code == 200
    presence.refresh_from_db()
    assert (presence.reponse, presence.represente_par) == ("pouvoir", "Ida")
    assert client.get(lien[:-2] + "zz").status_code == 404


def test_relancer_n_ecrit_qu_a_ceux_qui_se_taisent(service, seance, membres):
    ops.convoquer_seance(seance=seance, par=service)
    Traitement.objects.all().delete()
    Presence.objects.filter(membre=membres[0]).update(reponse="oui")
    assert ops.relancer_seance(seance=seance, par=service) == 2
    poster()
    assert [m.to[0] for m in mail.outbox] == ["leo@exemple.fr"]
    assert mail.outbox[0].subject.startswith("Rappel")


@pytest.mark.parametrize(
    ("defaire", "phrase"),
    [
        pytest.param(lambda s: s.points.all().delete(), "ordre du jour est vide", id="sans-point"),
        pytest.param(lambda s: Membre.objects.all().delete(), "aucun membre en fonction", id="sans-membre"),
        pytest.param(lambda s: Seance.objects.update(debut=timezone.now()), "est passée", id="date-passee"),
    ],
)
def test_on_ne_convoque_pas_n_importe_quoi(service, seance, membres, defaire, phrase):
    defaire(seance)
    with pytest.raises(RegleMetier, match=phrase):
        ops.convoquer_seance(seance=seance, par=service)
    seance.refresh_from_db()
    assert seance.etat == "preparee"
    assert not mail.outbox


def test_reporter_prepare_une_seance_semblable_et_previent(client, service, seance, membres):
    ops.convoquer_seance(seance=seance, par=service)
    jour = timezone.localdate() + datetime.timedelta(days=40)
    envoi = {"jour": jour, "heure": "10:00", "motif": "Salle indisponible."}
    client.post(reverse("gouvernance:seance_reporter", args=[seance.pk]), envoi)
    poster()  # the convocation that had not left yet is no longer one
    seance.refresh_from_db()
    nouvelle = seance.reportee_a
    assert (seance.etat, nouvelle.etat) == ("reportee", "preparee")
    assert [p.titre for p in nouvelle.points.all()] == ["Premier point", "Second point"]
    assert all("Salle indisponible." in m.body for m in mail.outbox)
    assert len(mail.outbox) == 2
    assert "Cette séance est reportée" in client.get(seance.get_absolute_url()).content.decode()
    ops.annuler_seance(seance=nouvelle, par=service, motif="Faute de points.")
    assert "Faute de points." in client.get(nouvelle.get_absolute_url()).content.decode()
    with pytest.raises(TransitionImpossible):
        ops.ouvrir_seance(seance=seance, par=service)


def test_celui_qui_porte_une_decision_la_suit_et_elle_revient_a_la_seance_suivante(client, service, ouverte, comite):
    porteur = UtilisateurFactory.create(role=Role.PILOTE, nom="Porteur")
    decision = noter(ouverte, service, texte="Cartographier les SIAE", responsable=porteur, echeance=il_y_a(-10))
    assert porteur.avis.get().titre == "Une décision vous est confiée"
    client.force_login(porteur, backend="django.contrib.auth.backends.ModelBackend")
    assert "décision à tenir" in client.get(reverse("accueil:accueil")).content.decode()
    ecran = reverse("gouvernance:decision_suivre", args=[decision.pk, "tenir"])
    assert client.post(ecran, {"commentaire": ""}).status_code == 422
    report = reverse("gouvernance:decision_suivre", args=[decision.pk, "reporter"])
    assert "jour à venir" in client.post(report, {"commentaire": "Retard", "echeance": il_y_a(1)}).content.decode()
    suivante = ops.preparer_seance(instance=comite, par=service, debut=ouverte.debut + datetime.timedelta(days=365))
    client.force_login(service, backend="django.contrib.auth.backends.ModelBackend")
    assert "Cartographier les SIAE" in client.get(suivante.get_absolute_url()).content.decode()
    suivre_decision(decision=decision, verbe="tenir_decision", par=porteur, commentaire="Carte publiée le 3 juin.")
    page = client.get(decision.get_absolute_url()).content.decode()
    assert "Carte publiée le 3 juin." in page


def test_une_decision_ne_se_suit_ni_ne_s_abandonne_par_un_autre(service, ouverte):
    porteur = UtilisateurFactory.create(role=Role.PILOTE)
    decision = noter(ouverte, service, responsable=porteur)
    with pytest.raises(DroitInsuffisant):
        suivre_decision(
            decision=decision, verbe="tenir_decision", par=UtilisateurFactory.create(role=Role.PILOTE),
            commentaire="Fait",
        )  # fmt: skip
    with pytest.raises(DroitInsuffisant):
        suivre_decision(decision=decision, verbe="abandonner_decision", par=porteur, commentaire="Non")


def test_l_agenda_d_un_membre_tient_jusqu_a_la_fin_de_son_mandat(client, service, seance, membres):
    adresse = reverse("gouvernance:agenda_flux", args=[jeton_agenda(membres[0])])
    assert b"VEVENT" not in client.get(adresse).content
    ops.convoquer_seance(seance=seance, par=service)
    assert "Comité de pilotage" in client.get(adresse).content.decode()
    terminer_mandat(membre=membres[0], fin=il_y_a(1), par=service)
    assert client.get(adresse).status_code == 404


def test_les_listes_font_autant_de_requetes_pour_trente(client, service, ouverte, comite):
    noter(ouverte, service)
    ecrans = [reverse(f"gouvernance:{nom}") for nom in ("seances", "seances_calendrier", "decisions")]
    combien = []
    for tour in range(2):
        for ecran in ecrans:
            client.get(ecran)
            with CaptureQueriesContext(connection) as vues:
                client.get(ecran)
            combien.append(len(vues))
        if not tour:
            for n in range(2, 25):
                noter(ouverte, service, texte=f"Décision {n}")
                Seance.objects.create(instance=comite, debut=ouverte.debut + datetime.timedelta(hours=n))
    assert combien[:3] == combien[3:]


def test_le_releve_dit_la_presence_les_votes_et_les_decisions_en_pdf_et_en_word(client, service, ouverte):
    Presence.objects.filter(membre__nom="Ada Modèle").update(etat="represente", represente_par="Ida Exemple")
    Presence.objects.filter(membre__nom="Léo Témoin").update(etat="present")
    noter(ouverte, service, texte="Cartographier les SIAE", pour=2, echeance=il_y_a(-10), responsable=service)
    assert "Projet" in imprimer(client, ouverte, "releve")
    ops.clore_seance(seance=ouverte, par=service)
    dits = imprimer(client, ouverte, "releve")
    assert "Projet" not in dits
    document = docx.Document(io.BytesIO(client.get(reverse("gouvernance:seance_word", args=[ouverte.pk])).content))
    word = " ".join([p.text for p in document.paragraphs] + [c.text for t in document.tables for c in t._cells])
    for phrase in ("Ada Modèle", "Cartographier les SIAE", "Camille Service", "Premier point"):
        assert phrase in dits
        assert phrase in word
    assert "représenté par Ida Exemple" in dits
    assert "représenté par Ida Exemple" in word
    assert "Quorum de 2 voix atteint" in dits


def test_le_dossier_de_seance_porte_le_bilan_de_la_fiche_a_l_ordre_du_jour(client, service, seance):
    fiche = FicheFactory.create(numero="2.1")
    BilanFactory.create(fiche=fiche, etat="valide", realisations="Deux cents rendez-vous tenus.")
    remis = BilanFactory.create(etat="soumis", realisations="Trente ateliers ouverts.", campagne__etat="ouverte")
    ops.ajouter_points(seance=seance, points=[{"titre": "Fiche 2.1", "fiche": fiche}], par=service)
    proposes = f"bilans-{remis.campagne_id}"
    client.post(reverse("gouvernance:seance_ordre", args=[seance.pk]), {"geste": "retenir", "propose": [proposes]})
    assert "Ouvrir les bilans" in client.get(seance.get_absolute_url()).text
    dits = imprimer(client, seance, "dossier")
    assert "Deux cents rendez-vous tenus." in dits
    assert "Trente ateliers ouverts." in dits  # the bilans of a year, under one point
    assert "1. Premier point" in dits
    assert client.post(reverse("gouvernance:seance_imprimer", args=[seance.pk, "releve"])).status_code == 404


def test_le_releve_s_envoie_a_chacun_une_fois_et_de_nouveau_s_il_est_corrige(client, service, ouverte, membres):
    """A member reads no name of a beneficiary; the minutes corrected are sent again."""
    Membre.objects.filter(pk=membres[1].pk).update(college="beneficiaire")
    noter(ouverte, service, texte="Cartographier les SIAE")
    ecran = reverse("gouvernance:releve_envoyer", args=[ouverte.pk])
    assert "une fois la séance close" in client.get(ecran).content.decode()
    ops.clore_seance(seance=ouverte, par=service)
    assert "2\u00a0membres avec une adresse" in client.get(ecran).content.decode()
    client.post(ecran)
    traitement = Traitement.objects.get(nature="releve_seance")
    for _ in range(2):  # taken twice by the worker
        executer_envoi(suivi=SuiviEspion(traitement), **traitement.parametres)  # type: ignore[arg-type]
    recus = [m for m in mail.outbox if m.subject.startswith("Relevé")]
    assert sorted(m.to[0] for m in recus) == ["ada@exemple.fr", "leo@exemple.fr"]
    assert "D1. Cartographier les SIAE" in recus[0].body
    dits = texte_du_pdf(recus[0].attachments[0].content)
    assert "Ada Modèle" in dits
    assert "Léo Témoin" not in dits
    assert "envoyé par courriel à 2\u00a0membres" in client.get(ouverte.get_absolute_url()).content.decode()
    ouverte.refresh_from_db()
    with pytest.raises(RegleMetier, match="déjà reçu"):
        envoyer_releve(seance=ouverte, par=service)
    ops.rouvrir_seance(seance=ouverte, par=service, motif="Une faute.")
    assert len(a_qui_envoyer(ouverte)) == 2


def test_les_silencieux_sont_relances_d_eux_memes_une_semaine_puis_deux_jours_avant(service, seance, membres):
    ops.convoquer_seance(seance=seance, par=service)
    Traitement.objects.all().delete()
    Presence.objects.update(convoque_le=timezone.now() - datetime.timedelta(days=20))
    Presence.objects.filter(membre=membres[0]).update(reponse="oui")
    dits = []
    for reste in (8, 7, 6, 0):
        Seance.objects.update(debut=timezone.now() + datetime.timedelta(days=reste))
        dits.append(relancer_les_silencieux(jour=timezone.localdate()))
    poster()
    assert dits == [0, 2, 0, 0]
    assert [m.to[0] for m in mail.outbox] == ["leo@exemple.fr"]


def test_le_calendrier_dit_ou_en_est_le_cycle(client, service, ouverte):
    annee = timezone.localtime(ouverte.debut).year
    ProgrammeFactory.create(code="essai", annee_debut=annee - 4, annee_fin=annee)
    ecran = reverse("gouvernance:seances_calendrier")
    prevu = client.get(ecran, {"annee": annee}).content.decode()
    assert "Comité technique</strong>à prévoir" in prevu
    assert "Comité de pilotage</strong>prévu le" in prevu
    ops.clore_seance(seance=ouverte, par=service)
    assert ">tenu le" in client.get(ecran, {"annee": annee}).content.decode().replace("</span></strong>", ">")


def test_la_demonstration_raconte_deux_annees_une_seule_fois(db):
    from pdi.structures.annuaire import charger_annuaire

    charger_annuaire(chemin=DONNEES / "structures.json")
    creer_comptes_de_demonstration()
    charger_instances(chemin=DONNEES / "gouvernance.json")
    chemin = DONNEES / "demonstration" / "gouvernance.json"
    bilan = charger_demonstration(chemin=chemin, jour=timezone.localdate())
    assert bilan is not None
    assert (bilan.seances, bilan.decisions) == (6, 16)
    assert charger_demonstration(chemin=chemin, jour=timezone.localdate()) is None
    dits = json.loads(chemin.read_text(encoding="utf-8"))["instances"]
    assert Seance.objects.filter(etat="convoquee", debut__gt=timezone.now()).count() == len(dits)
    assert not Decision.objects.filter(demonstration=False).exists()
    assert not Decision.objects.filter(responsable=None, structure=None).exists()
