"""Campaigns: prepare, open, catch up, remind, close; the board; rights."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import Bilan, Campagne, ChiffreBilan, EtatBilan, EtatCampagne, RelanceBilan, TransitionCampagne
from actions.operations.campagnes import (
    clore_campagne,
    modifier_campagne,
    ouvrir_campagne,
    preparer_campagne,
    rattraper_fiches,
    relancer_pilotes,
    rouvrir_campagne,
)
from actions.regles.bilans import DatesCampagne, proposer_dates
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.etats import TransitionImpossible
from pdi.socle.models import Avis, EntreeJournal
from tests.fabriques import (
    BilanFactory,
    CampagneFactory,
    CibleFactory,
    FicheFactory,
    IndicateurFactory,
    MesureFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db
DATES = proposer_dates(2025, datetime.date(2026, 1, 5))


def programme_pilote(fiches=1, indicateurs=1):
    """A programme whose fiches are piloted by one account, by its service."""
    programme, service = ProgrammeFactory.create(), StructureFactory.create()
    pilote = UtilisateurFactory.create(role=Role.PILOTE, structure=service)
    for _ in range(fiches):
        fiche = FicheFactory.create(programme=programme)
        RoleFicheFactory.create(fiche=fiche, structure=service)
        for indicateur in IndicateurFactory.create_batch(indicateurs, fiche=fiche):
            MesureFactory.create(indicateur=indicateur, valeur=Decimal("86.0"))
            CibleFactory.create(indicateur=indicateur, valeur=Decimal(90))
    return programme, pilote


def preparee(programme):
    return CampagneFactory.create(programme=programme, etat=EtatCampagne.PREPAREE)


def adresse(nom, campagne):
    return reverse(f"actions:{nom}", args=[campagne.programme.code, campagne.annee])


def lire(reponse):
    """Read a whole answer, streamed or not, and close its file (`close` would drop the connection too)."""
    contenu = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
    for fermer in reponse._resource_closers:
        fermer()
    return contenu


# -- preparing ------------------------------------------------------------------------------------


def test_preparer_ne_cree_aucun_bilan(chargee):
    programme, _ = programme_pilote()
    campagne = preparer_campagne(programme=programme, annee=2025, dates=DATES, par=chargee)
    assert campagne.etat == EtatCampagne.PREPAREE
    assert not campagne.bilans.exists()
    assert EntreeJournal.objects.filter(verbe="preparer_campagne", par=chargee).exists()
    assert TransitionCampagne.objects.get(campagne=campagne).vers == EtatCampagne.PREPAREE


@pytest.mark.parametrize(
    ("annee", "dates", "champ"),
    [
        (2031, DATES, "annee"),
        (2025, DatesCampagne(*[datetime.date(2026, 3, j) for j in (10, 9, 20, 31)]), "soumission_avant"),
        (2025, DatesCampagne(*[datetime.date(2026, 3, j) for j in (1, 20, 10, 31)]), "relecture_avant"),
        (2025, DatesCampagne(*[datetime.date(2026, 3, j) for j in (1, 10, 20, 15)]), "assemblee_avant"),
        (2025, DatesCampagne(*[datetime.date(2025, 3, j) for j in (1, 10, 20, 31)]), "ouverture"),
    ],
    ids=["hors-programme", "remise", "relecture", "assemblee", "trop-tot"],
)
def test_preparer_refuse_et_dit_quel_champ(chargee, annee, dates, champ):
    with pytest.raises(RegleMetier) as refus:
        preparer_campagne(programme=ProgrammeFactory.create(), annee=annee, dates=dates, par=chargee)
    assert refus.value.champ == champ


def test_deux_campagnes_pour_une_annee_sont_refusees(chargee):
    campagne = CampagneFactory.create()
    with pytest.raises(RegleMetier, match="existe déjà"):
        preparer_campagne(programme=campagne.programme, annee=campagne.annee, dates=DATES, par=chargee)


def test_la_base_refuse_des_dates_dans_le_desordre():
    with pytest.raises(IntegrityError, match="campagne_dates_dans_l_ordre"), transaction.atomic():
        CampagneFactory.create(soumission_avant=datetime.date(2025, 1, 1))


def test_la_base_refuse_une_campagne_ouverte_sans_date():
    campagne = preparee(ProgrammeFactory.create())
    with pytest.raises(IntegrityError, match="campagne_dates_selon_etat"), transaction.atomic():
        Campagne.objects.filter(pk=campagne.pk).update(etat=EtatCampagne.OUVERTE)


# -- opening --------------------------------------------------------------------------------------


def test_ouvrir_cree_un_bilan_par_fiche_gele_les_chiffres_et_previent_une_fois(chargee):
    programme, pilote = programme_pilote(fiches=3, indicateurs=2)
    fait = ouvrir_campagne(campagne=preparee(programme), par=chargee)
    assert (fait.bilans, fait.chiffres, fait.pilotes) == (3, 6, 1)
    chiffre = ChiffreBilan.objects.all()[0]
    assert (chiffre.valeur, chiffre.cible) == (Decimal("86.0"), Decimal(90))
    assert Avis.objects.get(destinataire=pilote).url == reverse("actions:bilans")
    assert set(Bilan.objects.values_list("etat", flat=True)) == {EtatBilan.A_RENSEIGNER}


def test_ouvrir_demande_autant_de_requetes_pour_une_fiche_que_pour_trente(chargee):
    mesures = []
    assert chargee.roles()  # read once per request
    for fiches in (1, 30):
        programme, _ = programme_pilote(fiches=fiches)
        campagne = preparee(programme)
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            ouvrir_campagne(campagne=campagne, par=chargee)
        mesures.append(len(requetes))
    assert mesures[0] == mesures[1]


def test_un_pilote_nommement_designe_est_prevenu(chargee):
    programme = ProgrammeFactory.create()
    personne = UtilisateurFactory.create(role=Role.PILOTE)
    autre = UtilisateurFactory.create(role=Role.PILOTE)
    RoleFicheFactory.create(
        fiche=FicheFactory.create(programme=programme),
        structure=autre.habilitations.get().structure,
        utilisateur=personne,
    )
    ouvrir_campagne(campagne=preparee(programme), par=chargee)
    assert list(Avis.objects.values_list("destinataire", flat=True)) == [personne.pk]


def test_ouvrir_deux_fois_est_impossible(chargee):
    programme, _ = programme_pilote()
    campagne = preparee(programme)
    ouvrir_campagne(campagne=campagne, par=chargee)
    with pytest.raises(TransitionImpossible, match="ouverte"):
        ouvrir_campagne(campagne=campagne, par=chargee)


def test_ouvrir_sans_fiche_est_refuse(chargee):
    with pytest.raises(RegleMetier, match="aucune fiche"):
        ouvrir_campagne(campagne=preparee(ProgrammeFactory.create()), par=chargee)


def test_une_fiche_ajoutee_ensuite_se_rattrape_une_seule_fois(chargee):
    programme, _ = programme_pilote()
    campagne = preparee(programme)
    ouvrir_campagne(campagne=campagne, par=chargee)
    FicheFactory.create(programme=programme)
    assert rattraper_fiches(campagne=campagne, par=chargee).bilans == 1
    assert rattraper_fiches(campagne=campagne, par=chargee).bilans == 0
    assert campagne.bilans.count() == 2


def test_reporter_la_remise_previent_ceux_qui_n_ont_pas_rendu(chargee):
    programme, pilote = programme_pilote()
    campagne = preparee(programme)
    ouvrir_campagne(campagne=campagne, par=chargee)
    dates = DatesCampagne(
        campagne.ouverture, datetime.date(2026, 2, 20), campagne.relecture_avant, campagne.assemblee_avant
    )
    modifier_campagne(campagne=campagne, dates=dates, par=chargee)
    assert Avis.objects.filter(destinataire=pilote, titre__contains="nouvelle date").count() == 1
    with pytest.raises(RegleMetier, match="ne change plus"):
        modifier_campagne(campagne=campagne, dates=proposer_dates(2025, datetime.date(2026, 1, 20)), par=chargee)


# -- reminding ------------------------------------------------------------------------------------


def test_relancer_est_idempotent_dans_la_journee(chargee, django_capture_on_commit_callbacks):
    programme, pilote = programme_pilote(fiches=2)
    campagne = preparee(programme)
    ouvrir_campagne(campagne=campagne, par=chargee)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        premiere = relancer_pilotes(campagne=campagne, par=chargee)
        seconde = relancer_pilotes(campagne=campagne, par=chargee)
    assert (premiere.pilotes, premiere.bilans) == (1, 2)
    assert (seconde.pilotes, seconde.bilans, seconde.deja) == (0, 0, 2)
    relances = Avis.objects.filter(destinataire=pilote, titre__contains="2 bilans 2025".replace(" b", "\u00a0b"))
    assert relances.count() == 1
    assert len(mail.outbox) == 1
    assert RelanceBilan.objects.count() == 2


def test_relancer_dit_qui_n_a_pas_de_pilote(chargee):
    fiche = FicheFactory.create()
    BilanFactory.create(fiche=fiche)
    fait = relancer_pilotes(campagne=Bilan.objects.get().campagne, par=chargee)
    assert (fait.pilotes, fait.sans_pilote) == (0, 1)


def test_un_bilan_soumis_ne_se_relance_pas(chargee):
    programme, _ = programme_pilote()
    campagne = CampagneFactory.create(programme=programme)
    BilanFactory.create(campagne=campagne, fiche=programme.fiches.get(), etat=EtatBilan.SOUMIS)
    assert relancer_pilotes(campagne=campagne, par=chargee).bilans == 0


# -- closing --------------------------------------------------------------------------------------


def test_clore_avec_des_bilans_en_cours_demande_pourquoi(chargee):
    bilan = BilanFactory.create()
    with pytest.raises(RegleMetier) as refus:
        clore_campagne(campagne=bilan.campagne, par=chargee)
    assert refus.value.champ == "commentaire"
    close = clore_campagne(campagne=bilan.campagne, par=chargee, commentaire="Le pilote a quitté le service.")
    assert (close.etat, close.close_par) == (EtatCampagne.CLOSE, chargee)


def test_rouvrir_demande_pourquoi(chargee):
    bilan = BilanFactory.create(etat=EtatBilan.VALIDE)
    campagne = clore_campagne(campagne=bilan.campagne, par=chargee)
    with pytest.raises(RegleMetier, match="dites pourquoi"):
        rouvrir_campagne(campagne=campagne, commentaire="", par=chargee)
    assert rouvrir_campagne(campagne=campagne, commentaire="Erreur.", par=chargee).etat == EtatCampagne.OUVERTE


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME}])
def test_seule_la_gestion_conduit_une_campagne(role):
    utilisateur, programme = UtilisateurFactory.create(role=role), programme_pilote()[0]
    campagne = preparee(programme)
    for geste in (
        lambda: preparer_campagne(programme=programme, annee=2024, dates=DATES, par=utilisateur),
        lambda: ouvrir_campagne(campagne=campagne, par=utilisateur),
        lambda: relancer_pilotes(campagne=campagne, par=utilisateur),
        lambda: clore_campagne(campagne=campagne, par=utilisateur),
    ):
        with pytest.raises(DroitInsuffisant, match="chargés de programme"):
            geste()


def test_un_programme_de_reference_n_a_pas_de_campagne(chargee):
    with pytest.raises(DroitInsuffisant, match="sert de référence"):
        preparer_campagne(programme=ProgrammeFactory.create(reference=True), annee=2025, dates=DATES, par=chargee)


# -- screens --------------------------------------------------------------------------------------


def test_le_parcours_de_la_chargee_de_programme(client, chargee):
    programme, pilote = programme_pilote(fiches=2)
    client.force_login(chargee)
    page = client.get(reverse("actions:campagne_creer", args=[programme.code]))
    assert "31\u00a0mars" in page.content.decode()
    saisie = {"annee": 2025} | {k: v.isoformat() for k, v in vars(DATES).items()}
    reponse = client.post(reverse("actions:campagne_creer", args=[programme.code]), saisie, follow=True)
    texte = reponse.content.decode()
    assert "2\u00a0bilans seront créés, 1\u00a0pilote sera prévenu" in texte
    campagne = Campagne.objects.get(programme=programme)
    assert not campagne.bilans.exists()
    reponse = client.post(adresse("campagne_ouvrir", campagne), follow=True)
    assert "2\u00a0bilans créés, 1\u00a0pilote prévenu" in reponse.content.decode()
    page = client.get(adresse("campagne_relancer", campagne))
    assert str(pilote) in page.content.decode()
    assert not RelanceBilan.objects.exists()
    reponse = client.post(adresse("campagne_relancer", campagne), follow=True)
    assert "1\u00a0pilote relancé pour 2\u00a0bilans" in reponse.content.decode()
    reponse = client.post(adresse("campagne_clore", campagne), {"commentaire": ""})
    assert "dites pourquoi la campagne se clôt" in reponse.content.decode()


@pytest.mark.parametrize("nom", ["campagne", "campagne_relancer", "campagne_export"])
def test_le_tableau_demande_autant_de_requetes_pour_un_bilan_que_pour_trente(client, chargee, nom):
    client.force_login(chargee)
    mesures = []
    for fiches in (1, 30):
        programme, _ = programme_pilote(fiches=fiches)
        campagne = preparee(programme)
        ouvrir_campagne(campagne=campagne, par=chargee)
        lire(client.get(adresse(nom, campagne)))
        with CaptureQueriesContext(connection) as requetes:
            reponse = client.get(adresse(nom, campagne))
            lire(reponse)
        assert reponse.status_code == 200
        mesures.append(len(requetes))
    assert mesures[0] == mesures[1]


def test_le_tableau_filtre_trie_et_montre_les_retards(client, chargee):
    programme, _ = programme_pilote(fiches=2)
    campagne = CampagneFactory.create(
        programme=programme,
        annee=2025,
        ouverture=datetime.date(2025, 12, 1),
        soumission_avant=timezone.localdate() - datetime.timedelta(days=3),
        relecture_avant=timezone.localdate() + datetime.timedelta(days=10),
        assemblee_avant=timezone.localdate() + datetime.timedelta(days=30),
    )
    rendue, attendue = programme.fiches.order_by("ordre")
    BilanFactory.create(campagne=campagne, fiche=rendue, etat=EtatBilan.SOUMIS)
    BilanFactory.create(campagne=campagne, fiche=attendue)
    client.force_login(chargee)
    texte = client.get(adresse("campagne", campagne)).content.decode()
    assert "3\u00a0jours de retard" in texte
    reponse = client.get(adresse("campagne", campagne), {"retard": "on"})
    assert [r.bilan.fiche for r in reponse.context["rangs"]] == [attendue]
    reponse = client.get(adresse("campagne", campagne), {"phase": "soumis"})
    assert [r.bilan.fiche for r in reponse.context["rangs"]] == [rendue]
    reponse = client.get(adresse("campagne", campagne), {"tri": "-etat"})
    assert [r.bilan.fiche for r in reponse.context["rangs"]] == [rendue, attendue]
    structure = attendue.roles.get().structure_id
    reponse = client.get(adresse("campagne", campagne), {"service": structure, "mot": attendue.numero})
    assert [r.bilan.fiche for r in reponse.context["rangs"]] == [attendue]


def test_un_pilote_voit_l_avancement_sans_lire_les_textes_des_autres(client):
    programme, pilote = programme_pilote()
    autre = FicheFactory.create(programme=programme)
    campagne = CampagneFactory.create(programme=programme)
    mien = BilanFactory.create(campagne=campagne, fiche=programme.fiches.exclude(pk=autre.pk).get())
    secret = BilanFactory.create(
        campagne=campagne, fiche=autre, etat=EtatBilan.SOUMIS, realisations="Texte confidentiel."
    )
    client.force_login(pilote)
    texte = client.get(adresse("campagne", campagne)).content.decode()
    assert mien.get_absolute_url() in texte
    assert f'href="{secret.get_absolute_url()}"' not in texte
    export = client.get(adresse("campagne_export", campagne), {"format": "csv"})
    assert "Texte confidentiel" not in lire(export).decode("utf-8-sig")


def test_valider_en_lot_montre_l_effet_puis_valide(client, chargee):
    programme, pilote = programme_pilote(fiches=3)
    campagne = CampagneFactory.create(programme=programme)
    bilans = [
        BilanFactory.create(campagne=campagne, fiche=fiche, etat=EtatBilan.SOUMIS, auteur=pilote)
        for fiche in programme.fiches.all()
    ]
    Bilan.objects.filter(pk=bilans[2].pk).update(soumis_par=chargee)
    client.force_login(chargee)
    ids = {"bilan": [b.pk for b in bilans]}
    apercu = client.post(adresse("campagne_valider_lot", campagne), ids).content.decode()
    assert "Valider 2\u00a0bilans" in apercu
    assert "une autre personne le valide" in apercu
    assert not Bilan.objects.filter(etat=EtatBilan.VALIDE).exists()
    reponse = client.post(adresse("campagne_valider_lot", campagne), ids | {"confirme": "1"}, follow=True)
    assert "2\u00a0bilans validés" in reponse.content.decode()
    assert set(Bilan.objects.filter(etat=EtatBilan.VALIDE)) == set(bilans[:2])
    assert Avis.objects.filter(destinataire=pilote).count() == 1
