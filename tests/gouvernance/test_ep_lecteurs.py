"""Who reads EP files, for how long and with what name; what the home page and the figures of the year say of them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.conf import settings as reglages
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gouvernance.lecture_ep import activite_ep
from gouvernance.models import (
    DecisionEP,
    DossierEP,
    EtatDossierEP,
    LectureBeneficiaires,
    Membre,
    ObservationEP,
)
from gouvernance.operations import ep_decision, ep_procedure, seances
from gouvernance.operations.demonstration_ep import charger_equipes
from parcours.models import Adresse, Personne
from pdi.comptes.models import Role
from tests.fabriques import DepartementFactory, ProgrammeFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AffectationFactory,
    CommuneFactory,
    PersonneFactory,
    TerritoireFactory,
    depuis,
    il_y_a,
)

from .fabrique_ep import decider, inscrit, regimes, scene, soumis


@pytest.fixture
def s(db):
    return scene()


def _siege(s, college="partenaire"):
    membre = UtilisateurFactory.create(role=Role.PARTENAIRE, structure=StructureFactory.create(nom=f"Caisse {college}"))
    Membre.objects.create(instance=s.equipe, compte=membre, college=college, mandat=DateRange(il_y_a(10), None))
    return membre


def test_un_membre_lit_de_la_convocation_a_la_cloture_du_releve(s, client):
    dossier, membre = inscrit(s), _siege(s)
    client.force_login(membre)
    assert "EXEMPLE" in client.get(dossier.get_absolute_url()).content.decode()
    type(s.seance).objects.update(debut=timezone.now() + datetime.timedelta(days=3), etat="convoquee", ouverte_le=None)
    page = client.get("/").content.decode()
    assert "dossier EP à lire" in page
    assert "Dossiers EP" in page  # its menu too, although no role of hers opens them
    type(s.seance).objects.update(debut=timezone.now() - datetime.timedelta(days=20))
    assert client.get(dossier.get_absolute_url()).status_code == 404  # forgotten, never closed: it is over
    type(s.seance).objects.update(debut=timezone.now(), etat="ouverte", ouverte_le=timezone.now())
    seances.clore_seance(seance=s.seance, par=s.service)
    assert client.get(dossier.get_absolute_url()).status_code == 404
    assert "EXEMPLE" not in client.get(reverse("gouvernance:ep_dossiers")).content.decode()


def test_un_representant_des_beneficiaires_lit_sans_nom_sauf_reglement_contraire(s, client):
    dossier, membre = inscrit(s), _siege(s, "beneficiaire")
    client.force_login(membre)
    for url in (dossier.get_absolute_url(), reverse("gouvernance:ep_seance", args=[s.seance.pk])):
        page = client.get(url).content.decode()
        assert "EXEMPLE" not in page
        assert "rendez-vous manqués" not in page
    liste = reverse("gouvernance:ep_dossiers")
    assert "Aucun dossier ne correspond" in client.get(liste, {"mot": "Exemple"}).text
    page = client.get(liste, {"mot": dossier.reference}).text
    assert dossier.get_absolute_url() in page
    assert f"{dossier.faits_le:%d/%m/%Y}" not in page  # the month, as in the summary
    assert "Prêts à inscrire" not in page.split("<main")[1].split("filtres")[0]  # nothing to keep, nothing to follow
    s.equipe.lecture_beneficiaires = LectureBeneficiaires.COMPLETE
    s.equipe.save()
    assert "EXEMPLE" in client.get(dossier.get_absolute_url()).content.decode()
    s.equipe.lecture_beneficiaires = LectureBeneficiaires.AUCUNE
    s.equipe.save()
    assert client.get(dossier.get_absolute_url()).status_code == 404


def test_un_referent_lit_les_dossiers_de_ses_personnes_et_d_elles_seules(s, client):
    dossier = soumis(s)
    sien, autre = (UtilisateurFactory.create(role=Role.REFERENT) for _ in range(2))
    AffectationFactory.create(personne=s.personne, referent=sien, periode=depuis(il_y_a(20)))
    client.force_login(sien)
    assert client.get(dossier.get_absolute_url()).status_code == 200
    ep_procedure.notifier_intention(dossier=dossier, le=il_y_a(2), par=s.service)
    frise = client.get(s.personne.get_absolute_url(), {"montrer": "ep"}).content.decode().replace("\u00a0", " ")
    assert "Équipe pluridisciplinaire : dossier soumis" in frise
    assert "Équipe pluridisciplinaire : intention notifiée" in frise
    assert "délai de réponse EP en cours" in client.get("/").content.decode()
    client.force_login(autre)
    assert client.get(dossier.get_absolute_url()).status_code == 404
    Personne.objects.filter(pk=s.personne.pk).update(archivee_le=timezone.localdate())
    for qui, statut in ((s.service, 404), (UtilisateurFactory.create(role=Role.ADMINISTRATEUR), 200)):
        client.force_login(qui)
        assert client.get(dossier.get_absolute_url()).status_code == statut
    client.force_login(autre)
    assert "EP en cours" not in client.get("/").content.decode()


def test_l_accueil_dit_a_chacun_ce_qui_l_attend_et_depuis_quand(s, client):
    ep_procedure.rendre_avis(dossier=inscrit(s), par=s.service, sens="aucune")
    client.force_login(s.encadrant)
    assert "dossier EP à décider" in client.get("/").content.decode()
    decider(s, DossierEP.objects.get(), sens="aucune")
    DecisionEP.objects.update(decidee_le=il_y_a(20))
    client.force_login(s.service)
    accueil = client.get("/").content.decode()
    assert "décision EP à notifier" in accueil
    assert "En retard de 5 jours" in accueil
    assert "à décider" not in accueil
    dossier = ep_decision.notifier_decision_ep(dossier=DossierEP.objects.get(), le=il_y_a(10), par=s.service)
    assert "dossier EP à clore" not in client.get("/").content.decode()
    DecisionEP.objects.update(decidee_le=il_y_a(80), notifiee_le=il_y_a(70), recours_jusqu_au=il_y_a(9))
    assert "dossier EP à clore" in client.get("/").content.decode()
    ep_decision.clore_dossier_ep(dossier=dossier, par=s.service)
    assert "dossier EP à clore" not in client.get("/").content.decode()


def test_la_liste_et_la_page_font_autant_de_requetes_pour_trente_dossiers(s, client):
    client.force_login(s.service)
    comptes = []
    for combien in (1, 12):
        for _ in range(combien):
            s.personne = PersonneFactory.create()
            soumis(s)
        with CaptureQueriesContext(
            connection,
        ) as lues:
            assert client.get(reverse("gouvernance:ep_dossiers")).status_code == 200
        comptes.append(len(lues))
    assert comptes[0] == comptes[1]


def test_l_activite_de_l_annee_masque_les_petits_nombres(s):
    dossier = inscrit(s)
    ep_procedure.rendre_avis(dossier=dossier, par=s.service, sens="aucune")
    annee, programme = timezone.localdate().year, ProgrammeFactory.create()
    (ligne,) = activite_ep(programme, annee).lignes
    assert ligne.libelle == "Contrat non respecté"
    assert set(ligne.issues) == {None, 0}
    assert activite_ep(programme, annee, seuil=1).examines == 1
    assert activite_ep(programme, annee - 1).vide


# -- demonstration ----------------------------------------------------------------------------


def test_la_demonstration_montre_chaque_etat_dans_les_deux_regimes(db):
    regimes()
    for courriel in ("helene.modele", "karim.specimen", "camille.echantillon", "charlie.specimen"):
        UtilisateurFactory.create(courriel=f"{courriel}@essonne.example", demonstration=True)
    territoire = TerritoireFactory.create(code="tad-sud-est", departement=DepartementFactory.create(code="91"))
    commune = CommuneFactory.create(territoire=territoire)
    personnes = Personne.objects.bulk_create(
        [Personne(nom_naissance=f"Fictif{n}", prenoms="Ada", fictive=True) for n in range(75)]
    )
    Adresse.objects.bulk_create(
        [Adresse(personne=p, commune=commune, periode=depuis(datetime.date(2020, 1, 1))) for p in personnes]
    )
    chemin = Path(reglages.DOSSIER_DONNEES) / "demonstration" / "equipes.json"
    assert charger_equipes(chemin=chemin, jour=timezone.localdate())
    lus = DossierEP.objects.all()
    assert set(lus.values_list("etat", flat=True)) == set(EtatDossierEP.values)
    assert set(lus.values_list("regime__code", flat=True)) == {"regime-a", "regime-b"}
    assert all(lus.values_list("demonstration", flat=True))
    assert ObservationEP.objects.filter(tardive=True).exists()
    assert charger_equipes(chemin=chemin, jour=timezone.localdate()) is None
