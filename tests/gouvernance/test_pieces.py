"""Files of meetings and decisions, reminders of late decisions, what the preparation pack holds."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gouvernance.document.seance import DocumentSeance
from gouvernance.models import Decision, Membre, PieceDecision, PieceDossierEP, PieceSeance, PointOrdreDuJour
from gouvernance.operations import ep
from gouvernance.operations.pieces import joindre_piece, retirer_piece
from gouvernance.operations.rappels import rappeler_les_decisions
from gouvernance.tasks import rappeler_decisions
from offre.models import MontantConvention
from parcours.models import Consultation
from parcours.operations.conservation import _effacer
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import Avis, EntreeJournal
from tests.fabriques import CibleFactory, IndicateurFactory, MesureFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_offre import ConventionFactory, ObjectifFactory
from tests.fabriques_parcours import OffreFactory, il_y_a

from .fabrique_ep import inscrit, scene
from .test_chapitres import instance_de, tenir

pytestmark = pytest.mark.django_db
JOUR = datetime.date(2026, 9, 14)


def entrer(client, utilisateur):
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return utilisateur


@pytest.fixture
def service():
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, nom="Service")


@pytest.fixture
def pilote():
    return UtilisateurFactory.create(role=Role.PILOTE, structure=StructureFactory.create(nom="Service insertion"))


@pytest.fixture
def seance(peupler):
    return tenir(instance_de(peupler(1)), timezone.now() - datetime.timedelta(days=40))


def pdf(nom="preuve.pdf", contenu=b"%PDF-1.7 essai"):
    return SimpleUploadedFile(nom, contenu)


# -- files ------------------------------------------------------------------------------------


def test_qui_porte_la_decision_joint_sa_preuve_et_la_reprend(
    client, seance, pilote, django_capture_on_commit_callbacks
):
    decision = Decision.objects.create(seance=seance, numero=1, texte="Former", responsable=pilote)
    entrer(client, pilote)
    adresse = reverse("gouvernance:piece_joindre", args=["decision", decision.pk])
    assert client.post(adresse, {"fichier": pdf()}).status_code == 302
    piece = PieceDecision.objects.get()
    page = client.get(decision.get_absolute_url()).content.decode()
    assert "preuve.pdf" in page
    recue = client.get(piece.get_absolute_url())
    assert b"".join(recue.streaming_content) == b"%PDF-1.7 essai"
    assert "attachment" in recue["Content-Disposition"]
    retirer = reverse("gouvernance:piece_retirer", args=["decision", piece.pk])
    assert "preuve.pdf" in client.get(retirer).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(retirer)
    assert not PieceDecision.objects.exists()
    assert not piece.fichier.storage.exists(str(piece.fichier.name))
    assert [e.verbe for e in EntreeJournal.objects.filter(verbe__endswith="_piece").order_by("pk")] == [
        "ajouter_piece", "retirer_piece",
    ]  # fmt: skip


def test_un_fichier_renomme_est_refuse_et_rien_n_est_garde(client, seance, service):
    entrer(client, service)
    adresse = reverse("gouvernance:piece_joindre", args=["seance", seance.pk])
    reponse = client.post(adresse, {"fichier": pdf(contenu=b"MZ programme")})
    assert reponse.status_code == 422
    assert "n’est pas celui d’un fichier .pdf" in reponse.content.decode()
    assert not PieceSeance.objects.exists()
    assert client.get(reverse("gouvernance:piece_joindre", args=["autre", seance.pk])).status_code == 404


def test_les_pieces_d_une_equipe_pluridisciplinaire_restent_a_ses_membres(client, peupler, service):
    commission = instance_de(peupler(1), "Équipe pluridisciplinaire", nature="ep", seances_par_an=None)
    seance = tenir(commission, timezone.now() - datetime.timedelta(days=2))
    piece = joindre_piece(porteur=seance, fichier=pdf(), par=service)
    encadrant = entrer(client, UtilisateurFactory.create(role=Role.ENCADRANT))
    assert client.get(piece.get_absolute_url()).status_code == 404
    Membre.objects.create(instance=commission, compte=encadrant, mandat=DateRange(il_y_a(9), None))
    recue = client.get(piece.get_absolute_url())
    assert b"".join(recue.streaming_content).startswith(b"%PDF")
    with pytest.raises(DroitInsuffisant):
        retirer_piece(piece=piece, par=encadrant)


def test_la_piece_d_un_dossier_ep_se_lit_avec_le_nom_et_part_avec_la_personne(
    client, service, django_capture_on_commit_callbacks
):
    s = scene()
    dossier = inscrit(s)
    adresse = reverse("gouvernance:piece_joindre", args=["dossier", dossier.pk])
    entrer(client, service)
    assert client.post(adresse, {"fichier": pdf("Accusé.pdf")}).status_code == 302
    piece = PieceDossierEP.objects.get()
    assert "Accusé.pdf" in client.get(dossier.get_absolute_url()).text
    assert "Accusé.pdf" in client.get(reverse("gouvernance:ep_seance", args=[s.seance.pk])).text
    assert b"".join(client.get(piece.get_absolute_url()).streaming_content).startswith(b"%PDF")
    assert Consultation.objects.filter(personne=s.personne, ecran="Pièce d’un dossier EP", par=service).exists()
    anonyme = UtilisateurFactory.create(role=Role.PARTENAIRE)
    Membre.objects.create(instance=s.equipe, compte=anonyme, college="beneficiaire", mandat=DateRange(il_y_a(9), None))
    entrer(client, anonyme)
    assert client.get(dossier.get_absolute_url()).status_code == 200  # the summary, without name
    assert client.get(piece.get_absolute_url()).status_code == 404
    assert client.get(adresse).status_code == 404
    ep.retirer_dossier_ep(dossier=dossier, par=service, commentaire="Erreur")
    with pytest.raises(PasMaintenant, match="ses pièces ne changent plus"):
        retirer_piece(piece=piece, par=service)
    with django_capture_on_commit_callbacks(execute=True):
        _effacer([s.personne.pk])
    assert not piece.fichier.storage.exists(str(piece.fichier.name))


def test_une_seance_ne_devient_pas_un_depot(seance, service, monkeypatch):
    monkeypatch.setattr("gouvernance.operations.pieces.PIECES_MAX", 1)
    joindre_piece(porteur=seance, fichier=pdf(), par=service)
    with pytest.raises(RegleMetier, match="déjà 1 pièces"):
        joindre_piece(porteur=seance, fichier=pdf(), par=service)


# -- reminders --------------------------------------------------------------------------------


def en_retard(seance, numero, **champs):
    base = {"echeance": JOUR - datetime.timedelta(days=3)}
    return Decision.objects.create(seance=seance, numero=numero, texte=f"Décision {numero}", **(base | champs))


def test_un_seul_avis_par_personne_et_par_semaine(seance, pilote):
    for numero in (1, 2):
        en_retard(seance, numero, responsable=pilote)
    en_retard(seance, 3, responsable=pilote, etat="faite", preuve="Fait.")
    en_retard(seance, 4, responsable=pilote, echeance=JOUR)
    assert rappeler_les_decisions(jour=JOUR) == 1
    avis = Avis.objects.get()
    assert avis.titre == "2\u00a0décisions à tenir ont passé leur date"
    assert "avancement=retard" in avis.url
    Decision.objects.filter(numero=1).update(etat="faite", preuve="Fait.")
    en_retard(seance, 5, responsable=pilote)
    assert rappeler_les_decisions(jour=JOUR + datetime.timedelta(days=6)) == 0
    assert rappeler_les_decisions(jour=JOUR + datetime.timedelta(days=7)) == 1
    assert Avis.objects.count() == 2


def test_une_decision_d_un_service_previent_ceux_qui_agissent_pour_lui(seance, pilote):
    structure = pilote.habilitations.get().structure
    parti = UtilisateurFactory.create(role=Role.PILOTE, structure=structure, is_active=False)
    en_retard(seance, 1, structure=structure)
    en_retard(seance, 2)  # nobody carries it
    assert rappeler_les_decisions(jour=JOUR) == 1
    assert Avis.objects.get().destinataire == pilote
    assert not Avis.objects.filter(destinataire=parti).exists()


def test_le_courriel_part_a_qui_le_demande_sans_rien_dire_de_la_decision(
    seance, pilote, django_capture_on_commit_callbacks
):
    en_retard(seance, 1, responsable=pilote, echeance=il_y_a(3))
    pilote.avis_par_courriel = True
    pilote.save()
    with django_capture_on_commit_callbacks(execute=True):
        rappeler_decisions()
    (courriel,) = mail.outbox
    assert courriel.subject == "1\u00a0décision à tenir a passé sa date"
    assert "Décision 1" not in courriel.body


def test_le_nombre_de_requetes_des_rappels_ne_depend_pas_du_nombre_de_services(seance):
    def requetes(combien, depart):
        for n in range(combien):
            agent = UtilisateurFactory.create(role=Role.PILOTE, structure=StructureFactory.create())
            en_retard(seance, depart + n, structure=agent.habilitations.get().structure)
        with CaptureQueriesContext(connection) as vues:
            assert rappeler_les_decisions(jour=JOUR) == combien
        return sum("SELECT" in q["sql"] for q in vues)

    un = requetes(1, 1)
    Decision.objects.all().delete()
    assert requetes(6, 10) == un


# -- preparation pack -------------------------------------------------------------------------


def test_le_dossier_de_seance_donne_les_chiffres_les_offres_et_les_conventions(seance, service):
    fiche = seance.instance.departement.programmes.get().fiches.get()
    annee = timezone.localdate(seance.debut).year - 1
    mesure = IndicateurFactory.create(fiche=fiche, libelle="Rencontres tenues")
    MesureFactory.create(indicateur=mesure, annee=annee, valeur=Decimal(12))
    CibleFactory.create(indicateur=mesure, annee=annee, valeur=Decimal(20))
    offre = OffreFactory.create(intitule="Atelier de mobilité", places=14, places_unite="places")
    convention = ConventionFactory.create(intitule="Ateliers de l’année")
    MontantConvention.objects.create(
        convention=convention, annee=annee, financeur=StructureFactory.create(), prevu=Decimal(12500)
    )
    ObjectifFactory.create(convention=convention, annee=annee, libelle="Entrées", cible=Decimal(30))
    for rang, objet in enumerate(({"fiche": fiche}, {"offre": offre}, {"convention": convention}), 1):
        PointOrdreDuJour.objects.create(seance=seance, ordre=rang, titre=f"Point {rang}", **objet)
    html = DocumentSeance.lire(seance, "dossier", service).html()
    for attendu in ("Rencontres tenues", ">12<", ">20<", ">loin<", "Atelier de mobilité", "14 places",
                    "Ateliers de l’année", "12\u00a0500\u00a0€", "Entrées, cible 30"):  # fmt: skip
        assert attendu in html, attendu
