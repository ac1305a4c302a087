"""The space of an operator: its queue and figures, and nothing of another; the home page; the demonstration."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q, Sum
from django.urls import reverse

from offre.models import EtatSession, QuotaSession, Session
from offre.operations.demonstration import charger_sessions_demonstration
from parcours.espace import EspaceOperateur
from parcours.models import TENANT_LA_PLACE, EtatInscription, Inscription
from parcours.operations.demonstration_sessions import inscrire_la_demonstration
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import CommuneFactory, OffreFactory, PersonneFactory, PrescriptionFactory, il_y_a

pytestmark = pytest.mark.django_db


@pytest.fixture
def prestataire(client, operateur):
    utilisateur = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur)
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return utilisateur


@pytest.fixture
def recue(offre, operateur):
    def faire(etat: str, **champs):
        return PrescriptionFactory.create(**({"offre": offre, "operateur": operateur, "etat": etat} | champs))

    return faire


def test_l_espace_montre_sa_file_et_pas_celle_d_un_autre(client, prestataire, recue):
    sienne = recue("transmise", personne=PersonneFactory.create(nom_naissance="Adressée"), renseignee_le=il_y_a(40))
    ailleurs = PersonneFactory.create(nom_naissance="Ailleurs")
    recue("transmise", personne=ailleurs, operateur=StructureFactory.create())
    page = client.get(reverse("parcours:espace")).content.decode()
    assert str(sienne.personne) in page
    assert str(ailleurs) not in page
    assert "40\u00a0jours" in page
    assert reverse("parcours:prescription_geste", args=[sienne.pk, "repondre"]) in page


def test_les_chiffres_ont_leur_denominateur(prestataire, recue, offre, operateur):
    recue("transmise")
    recue("retenue", renseignee_le=il_y_a(20), repondue_le=il_y_a(10))
    recue("achevee", resultat="atteint", renseignee_le=il_y_a(60), repondue_le=il_y_a(40), fin_le=il_y_a(5))
    recue("achevee", resultat="non_atteint", renseignee_le=il_y_a(60), repondue_le=il_y_a(60), fin_le=il_y_a(5))
    recue("achevee", resultat="atteint", renseignee_le=il_y_a(900), fin_le=il_y_a(800))
    Session.objects.create(
        offre=offre, operateur=operateur, etat=EtatSession.OUVERTE, debut=il_y_a(-9), capacite=8, prises=Decimal(6)
    )
    f = EspaceOperateur(prestataire, il_y_a(0)).figures
    assert (f.recues, f.repondues, f.retenues) == (4, 3, 3)
    assert f.delai == 10
    assert (f.achevees, f.atteintes) == (2, 1)
    assert f.reussite == 50
    assert f.occupation == 75


def test_une_prescription_annulee_disparait_de_l_espace(prestataire, recue):
    recue("annulee", annulee_le=il_y_a(1), motif_annulation="Erreur", transmise_le=il_y_a(3), signee_le=il_y_a(3))
    espace = EspaceOperateur(prestataire, il_y_a(0))
    assert not espace.recues.exists()
    offres: list[Any] = espace.offres
    assert [o.nombre_recues for o in offres] == [0]


def test_l_accueil_dit_ce_qui_attend_l_operateur(client, prestataire, recue):
    recue("retenue")
    page = client.get(reverse("accueil:accueil")).content.decode()
    assert "personne retenue à faire entrer" in page


def test_trente_prescriptions_coutent_autant_de_requetes_qu_une(
    client, prestataire, recue, django_assert_max_num_queries
):
    def requetes() -> int:
        with django_assert_max_num_queries(60) as lues:
            assert client.get(reverse("parcours:espace")).status_code == 200
        return len(lues)

    recue("transmise")
    requetes()
    seule = requetes()
    for _ in range(7):
        recue("transmise")
    assert requetes() == seule


# -- the demonstration ------------------------------------------------------------------------


def test_la_demonstration_tient_ses_comptes_et_ne_se_charge_qu_une_fois(operateur):
    jour = il_y_a(0)
    CommuneFactory.create(nom="Massy")
    offre = OffreFactory.create(numero="2.8", operateurs=[operateur])
    for n in range(9):
        personne = PersonneFactory.create(sexe="F" if n % 2 else "H")
        PrescriptionFactory.create(personne=personne, offre=offre, operateur=operateur, etat="transmise")
    assert charger_sessions_demonstration(jour=jour) == 5
    assert inscrire_la_demonstration(jour=jour) == 8  # one in six is left to enrol
    assert charger_sessions_demonstration(jour=jour) == inscrire_la_demonstration(jour=jour) == 0
    tenues = Q(inscriptions__etat__in=TENANT_LA_PLACE)
    lues: Any = Session.objects.annotate(somme=Sum("inscriptions__quantite", filter=tenues))
    for session in lues:
        assert session.prises == (session.somme or 0)
        assert session.prises <= session.capacite
        assert session.demonstration
    attente = Inscription.objects.filter(etat=EtatInscription.EN_ATTENTE).count()
    assert attente == sum(Session.objects.values_list("en_attente", flat=True)) == 2
    assert all(q.prises <= q.session.prises for q in QuotaSession.objects.select_related("session"))
    debuts = list(Session.objects.order_by("debut").values_list("debut", flat=True))
    assert debuts[0] < jour < debuts[-1]
    assert all(d.weekday() == 0 for d in debuts)
