"""Places of a session: never more than its capacity, whoever writes and however many at once."""

from __future__ import annotations

import datetime
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from offre.models import EtatSession, Session
from offre.operations.sessions import annuler_session, modifier_session, ouvrir_session, preparer_session
from offre.regles.places import Part, libres
from parcours.models import TENANT_LA_PLACE, EtatInscription, Inscription
from parcours.operations.inscriptions import (
    annuler_inscription,
    confirmer_inscription,
    constater_absence,
    constater_entree,
    inscrire,
    liberer_toutes,
    noter_heures,
)
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import Avis
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import OffreFactory, il_y_a, personne_suivie


@pytest.fixture
def service(db):
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


@pytest.fixture
def referent(db):
    return UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())


def session_ouverte(service, capacite: int = 2, **champs) -> Session:
    champs = {"debut": il_y_a(-10), "capacite": Decimal(capacite), **champs}
    session = preparer_session(offre=OffreFactory.create(), par=service, **champs)
    return ouvrir_session(session=session, par=service)


def etats(session: Session) -> list[str]:
    return list(session.inscriptions.order_by("rang").values_list("etat", flat=True))


def tient_ses_comptes(session: Session) -> bool:
    session.refresh_from_db()
    tenues = session.inscriptions.filter(etat__in=TENANT_LA_PLACE)
    attente = session.inscriptions.filter(etat=EtatInscription.EN_ATTENTE).count()
    return session.prises == sum((i.quantite for i in tenues), Decimal(0)) and session.en_attente == attente


# -- the rule ---------------------------------------------------------------------------------

entiers = st.integers(0, 40).map(Decimal)


@given(
    capacite=st.integers(1, 40).map(Decimal),
    prises=entiers,
    parts=st.lists(st.tuples(st.sampled_from(["brsa", "femmes", "jeunes"]), entiers, entiers), max_size=3),
    publics=st.sets(st.sampled_from(["brsa", "femmes", "jeunes"])),
)
def test_jamais_plus_que_ce_qui_reste_et_plus_de_publics_ouvrent_plus_de_places(capacite, prises, parts, publics):
    lues = [Part(*p) for p in {p[0]: p for p in parts}.values()]
    reste = libres(capacite, prises, lues, publics)
    assert Decimal(0) <= reste <= max(capacite - prises, Decimal(0))
    assert reste <= libres(capacite, prises, lues, {"brsa", "femmes", "jeunes"})


def test_une_part_reservee_attend_son_public():
    """E2C: 290 places, of which 30 for RSA recipients."""
    part = [Part("brsa", Decimal(30))]
    assert libres(Decimal(290), Decimal(260), part, ()) == 0
    assert libres(Decimal(290), Decimal(260), part, {"brsa"}) == 30
    assert libres(Decimal(290), Decimal(289), [Part("brsa", Decimal(30), Decimal(29))], ()) == 0


# -- the list ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_la_place_rendue_va_a_la_premiere_qui_attend(service, referent):
    session = session_ouverte(service, 1)
    inscrites = [inscrire(session=session, personne=personne_suivie(referent=referent), par=referent) for _ in range(3)]
    assert etats(session) == ["confirmee", "en_attente", "en_attente"]
    annuler_inscription(inscription=inscrites[0], par=referent, motif="A trouvé un emploi")
    assert etats(session) == ["annulee", "proposee", "en_attente"]
    assert tient_ses_comptes(session)
    avis = Avis.objects.get(destinataire=referent)
    assert "Une place s’est libérée" in avis.titre
    confirmer_inscription(inscription=inscrites[1], par=referent)
    assert etats(session) == ["annulee", "confirmee", "en_attente"]


@pytest.mark.django_db
def test_le_silence_libere_la_place_au_lendemain_du_delai(service, referent):
    session = session_ouverte(service, 1, delai_reponse_jours=5)
    premiere, *_ = [
        inscrire(session=session, personne=personne_suivie(referent=referent), par=referent) for _ in range(3)
    ]
    annuler_inscription(inscription=premiere, par=referent, motif="Déménagement")
    dernier = timezone.localdate() + datetime.timedelta(days=5)
    assert liberer_toutes(jour=dernier) == 0
    assert liberer_toutes(jour=dernier + datetime.timedelta(days=1)) == 1
    assert etats(session) == ["annulee", "liberee", "proposee"]
    assert tient_ses_comptes(session)


@pytest.mark.django_db
def test_l_absence_au_demarrage_rend_la_place(service, referent):
    session = session_ouverte(service, 1, debut=il_y_a(1))
    venue, suivante = [
        inscrire(session=session, personne=personne_suivie(referent=referent), par=referent) for _ in range(2)
    ]
    constater_absence(inscription=venue, par=referent, le=il_y_a(0))
    assert etats(session) == ["absente", "proposee"]
    confirmer_inscription(inscription=suivante, par=referent)
    constater_entree(inscription=suivante, par=referent, le=il_y_a(0))
    assert tient_ses_comptes(session)


@pytest.mark.django_db
def test_des_places_ajoutees_vont_a_celles_qui_attendent(service, referent):
    session = session_ouverte(service, 1)
    for _ in range(3):
        inscrire(session=session, personne=personne_suivie(referent=referent), par=referent)
    modifier_session(session=session, par=service, capacite=Decimal(2))
    assert etats(session) == ["confirmee", "proposee", "en_attente"]
    with pytest.raises(RegleMetier, match="déjà prises"):
        modifier_session(session=session, par=service, capacite=Decimal(1))


@pytest.mark.django_db
def test_annuler_la_session_previent_et_rend_tout(service, referent):
    session = session_ouverte(service, 1)
    for _ in range(2):
        inscrire(session=session, personne=personne_suivie(referent=referent), par=referent)
    annuler_session(session=session, par=service, motif="Pas de salle")
    assert etats(session) == ["annulee", "annulee"]
    assert tient_ses_comptes(session)
    assert Avis.objects.filter(destinataire=referent, titre="Une session est annulée").count() == 1


@pytest.mark.django_db
def test_personne_n_entre_deux_fois_ni_dans_une_session_close(service, referent):
    session, personne = session_ouverte(service, 5), personne_suivie(referent=referent)
    inscrire(session=session, personne=personne, par=referent)
    with pytest.raises(RegleMetier, match="déjà inscrite"):
        inscrire(session=session, personne=personne, par=referent)
    Session.objects.filter(pk=session.pk).update(etat=EtatSession.FERMEE)
    with pytest.raises(RegleMetier, match="n’est pas ouverte"):
        inscrire(session=session, personne=personne_suivie(referent=referent), par=referent)


@pytest.mark.django_db
def test_qui_ne_suit_pas_la_personne_ne_l_inscrit_pas(service):
    session = session_ouverte(service)
    with pytest.raises(DroitInsuffisant):
        inscrire(session=session, personne=personne_suivie(), par=service)


@pytest.mark.django_db
def test_les_heures_prennent_dans_la_session_ce_qui_manque_et_jamais_plus(service, referent):
    """TISF: 1 404 hours."""
    session = session_ouverte(service, 10, unite="heures", debut=il_y_a(5))
    inscription = inscrire(
        session=session, personne=personne_suivie(referent=referent), par=referent, quantite=Decimal(4)
    )
    constater_entree(inscription=inscription, par=referent, le=il_y_a(5))
    noter_heures(inscription=inscription, par=referent, le=il_y_a(4), heures=Decimal(3))
    noter_heures(inscription=inscription, par=referent, le=il_y_a(3), heures=Decimal(3))
    session.refresh_from_db()
    assert session.prises == 6
    with pytest.raises(RegleMetier, match="Il ne reste que 4 heures"):
        noter_heures(inscription=inscription, par=referent, le=il_y_a(2), heures=Decimal(8))
    assert tient_ses_comptes(session)


@pytest.mark.django_db
def test_la_base_refuse_une_session_depassee(service):
    session = session_ouverte(service, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(prises=3)


# -- many at once -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_cinquante_inscriptions_simultanees_sur_dix_places_en_donnent_dix():
    service = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    session = session_ouverte(service, 10)
    personnes = [personne_suivie(referent=referent) for _ in range(50)]
    depart, erreurs = threading.Barrier(10), []

    def ecrire(lot) -> None:
        try:
            depart.wait(30)
            for personne in lot:
                inscrire(session=session, personne=personne, par=referent)
        except Exception as erreur:  # noqa: BLE001 - reported by the assertion below
            erreurs.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=ecrire, args=(personnes[n::10],)) for n in range(10)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(60)
    assert erreurs == []
    assert Inscription.objects.filter(etat=EtatInscription.CONFIRMEE).count() == 10
    assert Inscription.objects.filter(etat=EtatInscription.EN_ATTENTE).count() == 40
    assert tient_ses_comptes(session)
