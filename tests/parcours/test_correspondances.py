"""Offers that fit: the rule in words and the rule in SQL say the same of every offer and every person."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as reglages
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offre.models import EtatSession, LieuOffre, OffreInsertion, Session
from offre.operations.chargement import charger_offres
from parcours import correspondances
from parcours.models import Consultation, Foyer, MembreFoyer, SituationFoyer
from parcours.regles.correspondances import Condition, Profil, conditions, convient
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    CommuneFactory,
    DiagnosticFactory,
    FreinFactory,
    OffreFactory,
    PersonneFactory,
    SituationThemeFactory,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
TYPES = ("emploi", "socio_pro", "social")

profils = st.builds(
    Profil,
    age=st.none() | st.integers(15, 70),
    sexe=st.sampled_from(["", "F", "H"]),
    brsa=st.none() | st.booleans(),
    type_orientation=st.sampled_from(["", *TYPES]),
    contrat=st.booleans(),
    inscrit_france_travail=st.none() | st.booleans(),
    enfants=st.none() | st.integers(0, 3),
    ages_enfants=st.lists(st.integers(0, 20), max_size=3).map(tuple),
    seul=st.none() | st.booleans(),
    anciennete_mois=st.none() | st.integers(0, 40),
)


@pytest.fixture
def variees(db) -> list[OffreInsertion]:
    """One offer for each condition alone, and some that combine them."""
    cas: list[dict[str, Any]] = [
        {}, {"age_min": 18}, {"age_max": 25}, {"age_min": 16, "age_max": 25, "sexe": "F"}, {"sexe": "H"},
        {"brsa_seulement": True}, {"types_orientation": ["emploi"]}, {"types_orientation": ["social", "socio_pro"]},
        {"inscription_france_travail": True}, {"contrat_requis": True}, {"foyer_requis": "enfant"},
        {"foyer_requis": "parent_isole"}, {"foyer_requis": "enfant", "enfant_age_max": 5},
        {"foyer_requis": "parent_isole", "enfant_age_max": 2}, {"anciennete_rsa_max_mois": 12},
        {"age_max": 35, "anciennete_rsa_max_mois": 12, "brsa_seulement": True},
    ]  # fmt: skip
    return [OffreFactory.create(**c) for c in cas]


def test_les_vingt_cinq_offres_reelles_disent_ce_qu_elles_exigent():
    """The printed conditions of the catalogue: a young man on the RSA for two years, oriented to work, childless."""
    charger_offres(dossier=Path(reglages.DOSSIER_DONNEES))
    profil = Profil(
        age=22, sexe="H", brsa=True, type_orientation="emploi", contrat=False, enfants=0, seul=True, anciennete_mois=24
    )
    refus = {
        o.numero: [c.texte for c in conditions(o, profil) if c.tenue is False] for o in OffreInsertion.objects.all()
    }
    assert {n for n, motifs in refus.items() if motifs} == {
        "1.2", "1.8", "2.4", "2.7", "2.8", "2.10", "3.4", "3.5", "3.6",
    }  # fmt: skip
    assert refus["2.4"] == ["Réservée aux femmes"]
    assert refus["1.2"] == ["Au RSA depuis 12\u00a0mois au plus"]
    assert refus["2.7"] == ["Contrat validé en cours"]
    sans_rsa = Profil(age=22, brsa=False)
    ouvertes = {o.numero for o in OffreInsertion.objects.all() if convient(conditions(o, sans_rsa))}
    assert ouvertes == {"1.3", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.11", "3.1", "3.6"}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(profil=profils)
def test_les_mots_et_la_base_disent_la_meme_chose(variees: list[OffreInsertion], profil: Profil):
    ecartee = correspondances.condition_ecartee(profil)
    ecartees = set(OffreInsertion.objects.filter(ecartee).values_list("pk", flat=True))
    gardees = set(OffreInsertion.objects.exclude(ecartee).values_list("pk", flat=True))
    en_mots = {offre.pk for offre in variees if not convient(conditions(offre, profil))}
    assert ecartees == en_mots
    assert gardees == {offre.pk for offre in variees} - en_mots


def test_ce_qui_n_est_pas_connu_se_verifie_et_n_ecarte_pas():
    offre = OffreInsertion(age_max=35, foyer_requis="parent_isole")
    juges = conditions(offre, Profil(seul=True))
    assert [(c.texte, c.tenue) for c in juges] == [("Moins de 36\u00a0ans", None), ("Parent isolé", None)]
    assert convient(juges)


@pytest.mark.parametrize(
    ("enfants", "ages", "texte", "tenue"),
    [
        pytest.param(2, (8, 3), "Un enfant de moins de 6\u00a0ans", True, id="le cadet a trois ans"),
        pytest.param(2, (8, 6), "Un enfant de moins de 6\u00a0ans (le plus jeune a 6\u00a0ans)", False, id="six ans"),
        pytest.param(2, (8,), "Un enfant de moins de 6\u00a0ans", None, id="l’âge de l’autre manque"),
        pytest.param(0, (), "Un enfant de moins de 6\u00a0ans", False, id="sans enfant"),
    ],
)
def test_l_age_de_l_enfant_se_juge_sur_les_ages_connus(enfants, ages, texte, tenue):
    offre = OffreInsertion(foyer_requis="enfant", enfant_age_max=5)
    assert conditions(offre, Profil(enfants=enfants, ages_enfants=ages)) == [Condition(texte, tenue)]


def test_l_enfant_du_foyer_a_l_age_qu_il_a_ce_jour_la(client: Client, jeanne):
    foyer, depuis = Foyer.objects.get(membres__personne=jeanne), DateRange(il_y_a(90), None)
    SituationFoyer.objects.update_or_create(foyer=foyer, defaults={"enfants": 1, "periode": depuis})
    enfant = PersonneFactory.create(date_naissance=il_y_a(7 * 366))
    MembreFoyer.objects.create(foyer=foyer, personne=enfant, role="ENF", periode=depuis)
    OffreFactory.create(intitule="Crèche", foyer_requis="enfant", enfant_age_max=5)
    page = client.get(reverse("parcours:prescription_choisir", args=[jeanne.pk]), {"voir": "ecartees"}).content.decode()
    assert "Un enfant de moins de 6\u00a0ans (le plus jeune a 7\u00a0ans)" in page


@pytest.fixture
def referent(client: Client):
    utilisateur = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def jeanne(referent):
    """26 years old, lives in a commune, with mobility for an obstacle."""
    commune, frein = CommuneFactory.create(), FreinFactory.create(libelle="Mobilité")
    ans = timezone.localdate().year - 26
    personne = personne_suivie(referent=referent, commune=commune, date_naissance=datetime.date(ans, 1, 1), sexe="F")
    situation = SituationThemeFactory.create(niveau=2, frein=frein)
    diagnostic = DiagnosticFactory.create(
        personne=personne, grille=situation.theme.grille, termine_le=timezone.now(), date=il_y_a(3)
    )
    diagnostic.reponses.create(theme=situation.theme, situation=situation)
    return personne


def test_les_offres_utiles_et_proches_viennent_d_abord(client: Client, jeanne):
    loin, proche, utile, jeunes = (
        OffreFactory.create(intitule=n) for n in ("Loin", "Proche", "Utile", "Réservée aux jeunes")
    )
    OffreInsertion.objects.filter(pk=jeunes.pk).update(age_max=25)
    LieuOffre.objects.create(offre=loin, commune=CommuneFactory.create())
    LieuOffre.objects.create(offre=proche, commune=jeanne.adresses.get().commune)
    utile.freins.set(correspondances.demande_de(jeanne, timezone.localdate(), sante=True).freins)
    Session.objects.create(
        offre=utile, debut=il_y_a(-5), capacite=Decimal(8), prises=Decimal(3), etat=EtatSession.OUVERTE
    )
    adresse = reverse("parcours:prescription_choisir", args=[jeanne.pk])
    contenu = client.get(adresse).content.decode()
    assert contenu.index("Utile") < contenu.index("Proche") < contenu.index("Loin")
    assert "Réservée aux jeunes" not in contenu
    assert "Lève : Mobilité" in contenu
    assert "<b>5\u00a0places libres</b>" in contenu
    assert Consultation.objects.filter(personne=jeanne, ecran="Offres adaptées").exists()
    ecartees = client.get(adresse, {"voir": "ecartees"}).content.decode()
    assert "Réservée aux jeunes" in ecartees
    assert "Moins de 26\u00a0ans" in ecartees


def test_la_distance_se_dit_en_kilometres(client: Client, jeanne):
    evry, dourdan = (
        CommuneFactory.create(code="91228", nom="Évry-Courcouronnes"),
        CommuneFactory.create(code="91200", nom="Dourdan"),
    )
    jeanne.adresses.update(commune=evry)
    LieuOffre.objects.create(offre=OffreFactory.create(intitule="Atelier"), commune=dourdan)
    contenu = client.get(reverse("parcours:prescription_choisir", args=[jeanne.pk])).content.decode()
    assert re.search(r"Dourdan, à 3\d\u00a0km environ", contenu)


def test_des_heures_ne_sont_pas_des_places(client: Client, jeanne):
    offre = OffreFactory.create(intitule="Aide à domicile", prescription_referent=True)
    Session.objects.create(
        offre=offre, debut=il_y_a(-5), capacite=Decimal(1404), unite="heures", etat=EtatSession.OUVERTE
    )
    for adresse in (
        reverse("parcours:prescription_choisir", args=[jeanne.pk]),
        reverse("parcours:prescription_creer", args=[jeanne.pk, offre.pk]),
    ):
        assert "1\u00a0404\u00a0heures libres" in client.get(adresse).content.decode()


def test_chaque_vue_dit_combien_d_offres_elle_montre(client: Client, jeanne):
    OffreFactory.create_batch(2)
    jeunes = OffreFactory.create(intitule="Réservée aux jeunes")
    OffreInsertion.objects.filter(pk=jeunes.pk).update(age_max=25)
    adresse = reverse("parcours:prescription_choisir", args=[jeanne.pk])
    liste = client.get(adresse).context["liste"]
    assert {v.code: v.compte for v in liste.vues} == {"conviennent": 2, "ecartees": 1, "toutes": 3}
    for vue in liste.vues:
        assert client.get(adresse + vue.url).context["page"].total == vue.compte


def test_sa_page_mene_aux_offres_et_chacune_se_prescrit(client: Client, jeanne):
    ouverte = OffreFactory.create(intitule="Ouverte", prescription_referent=True)
    fermee = OffreFactory.create(intitule="Fermée", prescription_referent=False)
    adresse = reverse("parcours:prescription_choisir", args=[jeanne.pk])
    assert adresse in client.get(jeanne.get_absolute_url()).content.decode()
    contenu = client.get(adresse).content.decode()
    assert reverse("parcours:prescription_creer", args=[jeanne.pk, ouverte.pk]) in contenu
    assert reverse("parcours:prescription_creer", args=[jeanne.pk, fermee.pk]) not in contenu


def test_autant_de_requetes_pour_trente_offres(client: Client, jeanne):
    adresse = reverse("parcours:prescription_choisir", args=[jeanne.pk])

    def compter() -> int:
        with CaptureQueriesContext(connection) as lues:
            client.get(adresse)
        return len(lues)

    OffreFactory.create(operateurs=[StructureFactory.create()])
    compter()
    une = compter()
    for _ in range(24):
        OffreFactory.create(operateurs=[StructureFactory.create()])
    assert compter() == une
