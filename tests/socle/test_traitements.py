"""Background jobs: one active per key, live progress, stop, launch again, crash and recovery."""

from __future__ import annotations

import datetime
import logging
import threading
import uuid

import pytest
from celery.exceptions import Ignore
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from pdi.comptes.models import Role
from pdi.socle import traitements
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal, EtatTraitement, Traitement
from pdi.socle.traitements import Suivi, TraitementPerdu, annuler, lancer, relancer, reprendre_abandonnes
from tests import taches
from tests.fabriques import UtilisateurFactory


def demander(tache: str = "tests.compter", *, cle: str = "91-2025", par=None, **parametres):
    return lancer(
        nature="essai", cle=cle, intitule="Compter jusqu’à trois", par=par, tache=tache, parametres=parametres
    )


def vieillir(traitement, **delai):
    """Make the last sign of life older, as if time had passed."""
    Traitement.objects.filter(pk=traitement.pk).update(battement=timezone.now() - datetime.timedelta(**delai))


def contenu(traitement) -> bytes:
    with traitement.fichier.open() as fichier:
        return bytes(fichier.read())


@pytest.fixture
def silence(caplog):
    caplog.set_level(logging.CRITICAL, logger="pdi.socle.suivi")


# -- launching -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_un_second_lancement_rejoint_le_premier():
    premier, cree = demander()
    assert cree
    assert demander() == (premier, False)
    autre, cree = demander(cle="91-2024")
    assert cree
    assert autre != premier


@pytest.mark.django_db
def test_un_traitement_fini_laisse_la_place_a_un_nouveau():
    premier, _ = demander()
    taches.compter(str(premier.pk))
    second, cree = demander()
    assert cree
    assert second != premier


@pytest.mark.django_db(transaction=True)
def test_deux_lancements_simultanes_font_un_seul_traitement():
    depart, resultats = threading.Barrier(4), []

    def cliquer():
        close_old_connections()
        depart.wait()
        resultats.append(demander("tests.inconnue"))
        connection.close()

    fils = [threading.Thread(target=cliquer) for _ in range(4)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert Traitement.objects.count() == 1
    assert len({t.pk for t, _ in resultats}) == 1
    assert sorted(cree for _, cree in resultats) == [False, False, False, True]


@pytest.mark.django_db
def test_rien_n_est_envoye_si_la_transaction_echoue(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as envois, pytest.raises(ZeroDivisionError), transaction.atomic():
        demander()
        raise ZeroDivisionError
    assert envois == []
    assert not Traitement.objects.exists()


@pytest.mark.django_db
def test_un_courtier_en_panne_n_empeche_pas_de_demander(settings, monkeypatch, django_capture_on_commit_callbacks):
    def en_panne(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("pdi.socle.traitements.current_app.send_task", en_panne)
    with django_capture_on_commit_callbacks(execute=True):
        traitement, _ = demander()
    vieillir(traitement, minutes=3)
    assert reprendre_abandonnes() == 1
    traitement.refresh_from_db()
    assert traitement.etat == EtatTraitement.EN_ATTENTE


# -- doing ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_le_travail_dit_ou_il_en_est_et_rend_son_fichier():
    traitement, _ = demander()
    taches.compter(str(traitement.pk), jusqu_a=3)
    traitement.refresh_from_db()
    assert traitement.etat == EtatTraitement.TERMINE
    assert (traitement.fait, traitement.total, traitement.pourcentage) == (3, 3, 100)
    assert traitement.resultat == {"dernier": 3}
    assert traitement.messages == ["Aucun nombre n’est oublié."]
    assert contenu(traitement).decode() == "0é\n1é\n2"
    assert traitement.tentatives == 1


@pytest.mark.django_db
def test_une_seconde_livraison_ne_refait_rien():
    traitement, _ = demander()
    taches.compter(str(traitement.pk))
    with pytest.raises(Ignore):
        taches.compter(str(traitement.pk))
    with Suivi(demander(cle="autre")[0].pk) as suivi, pytest.raises(Ignore), Suivi(suivi.id):
        pytest.fail("pris deux fois")


@pytest.mark.django_db
@pytest.mark.parametrize("identifiant", [uuid.uuid4(), str(uuid.uuid4())], ids=["uuid", "texte"])
def test_un_traitement_disparu_est_ignore(identifiant):
    with pytest.raises(Ignore), Suivi(identifiant):
        pytest.fail("rien à prendre")


@pytest.mark.django_db(transaction=True)
def test_la_progression_se_voit_pendant_la_transaction_du_travail():
    traitement, _ = demander("tests.inconnue")
    vus = []

    def regarder():
        vus.append(Traitement.objects.values_list("etape", "fait", "total").get(pk=traitement.pk))
        connection.close()

    with Suivi(traitement.pk) as suivi, transaction.atomic():
        suivi.demarrer(5)
        suivi.avancer("Recalcul des indicateurs", n=2)
        fil = threading.Thread(target=regarder)
        fil.start()
        fil.join()
    assert vus == [("Recalcul des indicateurs", 2, 5)]


@pytest.mark.django_db(transaction=True)
def test_la_fin_et_le_travail_sont_enregistres_ensemble_ou_pas_du_tout():
    traitement, _ = demander("tests.inconnue")
    with Suivi(traitement.pk) as suivi, transaction.atomic():
        suivi.terminer({"produit": 1})
        raise RegleMetier("Refusé au dernier moment.")
    traitement.refresh_from_db()
    assert traitement.etat == EtatTraitement.ECHEC
    assert traitement.resultat == {}
    assert traitement.erreur == "Refusé au dernier moment."


@pytest.mark.django_db
def test_une_etape_de_plus_que_prevu_ne_casse_rien():
    traitement, _ = demander()
    with Suivi(traitement.pk) as suivi:
        suivi.demarrer(1)
        suivi.avancer("Une")
        suivi.avancer("Deux")
    traitement.refresh_from_db()
    assert (traitement.fait, traitement.total) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_un_echec_metier_dit_pourquoi_previent_et_n_ecrit_rien():
    agent = UtilisateurFactory.create()
    traitement, _ = demander("tests.inconnue", par=agent)
    taches.echouer(str(traitement.pk), metier=True)
    traitement.refresh_from_db()
    avis = agent.avis.get()
    assert (avis.texte, avis.url) == ("Il manque l’année.", f"/traitements/{traitement.pk}/")
    assert traitement.etat == EtatTraitement.ECHEC
    assert traitement.erreur == "Il manque l’année."
    assert not EntreeJournal.objects.filter(verbe="essai_avorte").exists()


@pytest.mark.django_db(transaction=True)
def test_une_erreur_inattendue_ne_montre_rien_de_l_interieur(silence):
    traitement, _ = demander("tests.inconnue")
    taches.echouer(str(traitement.pk))
    traitement.refresh_from_db()
    assert traitement.etat == EtatTraitement.ECHEC
    assert "marie.curie" not in traitement.erreur
    assert "ValueError" not in traitement.erreur
    assert traitement.pk.hex[:12] in traitement.erreur
    assert not EntreeJournal.objects.filter(verbe="essai_avorte").exists()


# -- stopping, launching again --------------------------------------------------------------------------


@pytest.mark.django_db
def test_un_traitement_en_attente_s_arrete_tout_de_suite():
    agent = UtilisateurFactory.create()
    traitement, _ = demander(par=agent)
    annuler(traitement=traitement, par=agent)
    assert traitement.etat == EtatTraitement.ANNULE
    with pytest.raises(Ignore):
        taches.compter(str(traitement.pk))


@pytest.mark.django_db
def test_un_traitement_en_cours_s_arrete_a_l_etape_suivante():
    agent = UtilisateurFactory.create()
    traitement, _ = demander(par=agent)
    passe = []
    with Suivi(traitement.pk) as suivi:
        suivi.avancer("Première")
        annuler(traitement=traitement, par=agent)
        assert traitement.etat == EtatTraitement.EN_COURS
        suivi.avancer("Seconde")
        passe.append("trop loin")
    traitement.refresh_from_db()
    assert traitement.etat == EtatTraitement.ANNULE
    assert traitement.erreur == ""
    assert passe == []


@pytest.mark.django_db
def test_un_traitement_fini_ne_s_arrete_plus():
    agent = UtilisateurFactory.create()
    traitement, _ = demander(par=agent)
    taches.compter(str(traitement.pk))
    with pytest.raises(RegleMetier, match="déjà fini"):
        annuler(traitement=traitement, par=agent)


@pytest.mark.django_db
@pytest.mark.parametrize("geste", [annuler, relancer], ids=["arrêter", "relancer"])
def test_seuls_le_demandeur_et_les_gestionnaires_agissent(geste):
    traitement, _ = demander(par=UtilisateurFactory.create(), metier=True)
    if geste is relancer:
        taches.echouer(str(traitement.pk), metier=True)
        traitement.refresh_from_db()
    with pytest.raises(DroitInsuffisant):
        geste(traitement=traitement, par=UtilisateurFactory.create(role=Role.PILOTE))
    geste(traitement=traitement, par=UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))


@pytest.mark.django_db
def test_relancer_fait_un_nouveau_traitement_et_garde_l_echec():
    agent = UtilisateurFactory.create()
    echoue, _ = demander("tests.echouer", par=agent, metier=True)
    taches.echouer(str(echoue.pk), metier=True)
    echoue.refresh_from_db()
    nouveau = relancer(traitement=echoue, par=agent)
    assert nouveau.pk != echoue.pk
    assert (nouveau.tache, nouveau.parametres, nouveau.cle) == ("tests.echouer", {"metier": True}, echoue.cle)
    assert relancer(traitement=echoue, par=agent) == nouveau
    echoue.refresh_from_db()
    assert echoue.erreur == "Il manque l’année."


# -- crash and recovery ---------------------------------------------------------------------------------


def en_cours(**champs):
    instant = timezone.now() - datetime.timedelta(minutes=1)
    return Traitement.objects.create(
        nature="essai", cle=uuid.uuid4().hex, intitule="Essai", tache="tests.compter", etat=EtatTraitement.EN_COURS,
        debut=instant, **({"battement": instant, "tentatives": 1} | champs),
    )  # fmt: skip


@pytest.mark.django_db
def test_un_traitement_sans_vie_est_remis_en_file(django_capture_on_commit_callbacks):
    mort, vivant = en_cours(fait=2, total=5), en_cours(battement=timezone.now())
    with django_capture_on_commit_callbacks() as envois:
        assert reprendre_abandonnes() == 1
    assert len(envois) == 1
    mort.refresh_from_db()
    vivant.refresh_from_db()
    assert (mort.etat, mort.fait) == (EtatTraitement.EN_ATTENTE, 0)
    assert vivant.etat == EtatTraitement.EN_COURS
    assert reprendre_abandonnes() == 0
    taches.compter(str(mort.pk))
    mort.refresh_from_db()
    assert (mort.etat, mort.tentatives) == (EtatTraitement.TERMINE, 2)


@pytest.mark.django_db
def test_apres_trois_interruptions_le_traitement_echoue_avec_une_explication():
    mort = en_cours(tentatives=3)
    assert reprendre_abandonnes() == 0
    mort.refresh_from_db()
    assert mort.etat == EtatTraitement.ECHEC
    assert "interrompu 3 fois" in mort.erreur


@pytest.mark.django_db
def test_un_arret_demande_a_un_travailleur_mort_est_honore():
    mort = en_cours(annulation_demandee=True)
    reprendre_abandonnes()
    mort.refresh_from_db()
    assert mort.etat == EtatTraitement.ANNULE


@pytest.mark.django_db
def test_un_travailleur_revenu_trop_tard_ne_peut_plus_rien_ecrire():
    traitement, _ = demander()
    with Suivi(traitement.pk) as fantome:
        vieillir(traitement, minutes=1)
        with Suivi(traitement.pk) as repreneur:
            with pytest.raises(TraitementPerdu):
                fantome.avancer("Je suis encore là")
            repreneur.terminer({"par": "repreneur"})
        with pytest.raises(TraitementPerdu):
            fantome.terminer({"par": "fantome"}, fichier=("double.txt", b"double"))
        raise TraitementPerdu
    traitement.refresh_from_db()
    assert traitement.etat == EtatTraitement.TERMINE
    assert traitement.resultat == {"par": "repreneur"}


@pytest.mark.django_db
def test_un_message_oublie_par_le_courtier_est_renvoye(django_capture_on_commit_callbacks):
    demander(cle="recent")
    oublie, _ = demander(cle="oublie")
    vieillir(oublie, minutes=5)
    with django_capture_on_commit_callbacks() as envois:
        assert reprendre_abandonnes() == 1
    assert len(envois) == 1
    assert reprendre_abandonnes() == 0


@pytest.mark.django_db
def test_la_purge_efface_les_vieux_traitements_et_leurs_fichiers(django_capture_on_commit_callbacks):
    vieux, recent = demander(cle="vieux")[0], demander(cle="recent")[0]
    taches.compter(str(vieux.pk))
    taches.compter(str(recent.pk))
    fin = timezone.now() - datetime.timedelta(days=100)
    Traitement.objects.filter(pk=vieux.pk).update(fin=fin)
    vieux.refresh_from_db()
    stockage, chemin = vieux.fichier.storage, vieux.fichier.name
    with django_capture_on_commit_callbacks(execute=True):
        assert traitements.purger() == 1
    assert list(Traitement.objects.all()) == [recent]
    assert not stockage.exists(chemin)
