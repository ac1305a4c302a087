"""The yearly figure of an indicator: sum or last value, target, gap, tone."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from actions.figures import Decompte, decompter, points_annuels
from actions.models import Indicateur, Periodicite, SensIndicateur
from actions.regles.indicateurs import juger
from tests.fabriques import CibleFactory, IndicateurFactory, MesureFactory

pytestmark = pytest.mark.django_db


def trimestre(rang, annee=2025):
    debut = datetime.date(annee, 3 * rang - 2, 1)
    return DateRange(debut, datetime.date(annee + (rang == 4), 1 if rang == 4 else 3 * rang + 1, 1))


def point(indicateur, annee=2025):
    return points_annuels([indicateur.pk], [annee])[indicateur.pk][annee]


@pytest.mark.parametrize(
    ("valeur", "cible", "sens", "attendu"),
    [
        pytest.param(100, 100, "hausse", (0, True, "bon"), id="hausse-juste-atteinte"),
        pytest.param(106, 100, "hausse", (6, True, "bon"), id="hausse-depassee"),
        pytest.param(90, 100, "hausse", (-10, False, "veille"), id="hausse-manquee-de-dix-pour-cent"),
        pytest.param("89.9", 100, "hausse", ("-10.1", False, "retard"), id="hausse-manquee-de-plus"),
        pytest.param("0.9", 1, "baisse", ("-0.1", True, "bon"), id="baisse-atteinte"),
        pytest.param("1.1", 1, "baisse", ("0.1", False, "veille"), id="baisse-manquee-de-peu"),
        pytest.param("1.7", 1, "baisse", ("0.7", False, "retard"), id="baisse-manquee-de-loin"),
        pytest.param(1, 0, "baisse", (1, False, "retard"), id="cible-zero-sans-marge"),
        pytest.param(12, 10, "neutre", (2, None, "neutre"), id="sens-neutre-rien-a-juger"),
        pytest.param(None, 10, "hausse", (None, None, "neutre"), id="sans-valeur"),
        pytest.param(10, None, "hausse", (None, None, "neutre"), id="sans-cible"),
    ],
)
def test_juger(valeur, cible, sens, attendu):
    def en_decimal(nombre):
        return None if nombre is None else Decimal(str(nombre))

    ecart, atteint, ton = attendu
    assert juger(en_decimal(valeur), en_decimal(cible), sens) == (en_decimal(ecart), atteint, ton)


def test_sans_valeur_le_point_existe_avec_sa_cible():
    indicateur = CibleFactory.create(valeur=Decimal(90)).indicateur
    lu = point(indicateur)
    assert (lu.valeur, lu.cible, lu.atteint, lu.renseigne) == (None, Decimal(90), None, False)


def test_la_cible_imprimee_vaut_pour_les_annees_sans_cible_propre():
    indicateur = IndicateurFactory.create(unite="mois", sens=SensIndicateur.BAISSE, cible_imprimee=Decimal(1))
    CibleFactory.create(indicateur=indicateur, annee=2024, valeur=Decimal(2))
    points = points_annuels([indicateur.pk], [2024, 2025])[indicateur.pk]
    assert (points[2024].cible, points[2024].cible_imprimee) == (Decimal(2), False)
    assert (points[2025].cible, points[2025].cible_imprimee) == (Decimal(1), True)


def test_les_trimestres_d_un_denombrement_s_additionnent():
    indicateur = IndicateurFactory.create(periodicite=Periodicite.TRIMESTRIELLE)
    for rang in (1, 2, 3):
        MesureFactory.create(indicateur=indicateur, periode=trimestre(rang), valeur=Decimal(10 * rang), manquants=1)
    lu = point(indicateur)
    assert (lu.valeur, lu.partiel, lu.manquants, lu.nombre_valeurs) == (Decimal(60), True, 3, 3)
    MesureFactory.create(indicateur=indicateur, periode=trimestre(4), valeur=Decimal(40))
    lu = point(indicateur)
    assert (lu.valeur, lu.partiel) == (Decimal(100), False)


def test_un_trimestre_oublie_au_milieu_rend_la_somme_partielle():
    indicateur = IndicateurFactory.create(periodicite=Periodicite.TRIMESTRIELLE)
    for rang in (1, 2, 4):
        MesureFactory.create(indicateur=indicateur, periode=trimestre(rang), valeur=Decimal(1))
    assert point(indicateur).partiel


def test_le_dernier_taux_vaut_pour_l_annee():
    indicateur = IndicateurFactory.create(periodicite=Periodicite.TRIMESTRIELLE, unite="%")
    MesureFactory.create(
        indicateur=indicateur,
        periode=trimestre(4),
        valeur=Decimal(86),
        numerateur=Decimal(43),
        denominateur=Decimal(50),
    )
    MesureFactory.create(
        indicateur=indicateur,
        periode=trimestre(1),
        valeur=Decimal(80),
        numerateur=Decimal(40),
        denominateur=Decimal(50),
    )
    lu = point(indicateur)
    assert (lu.valeur, lu.numerateur, lu.denominateur, lu.partiel) == (Decimal(86), Decimal(43), Decimal(50), False)


def test_une_valeur_annuelle_ne_s_ajoute_pas_a_ses_trimestres():
    indicateur = IndicateurFactory.create(periodicite=Periodicite.TRIMESTRIELLE)
    MesureFactory.create(indicateur=indicateur, periode=trimestre(1), valeur=Decimal(10))
    MesureFactory.create(indicateur=indicateur, valeur=Decimal(75))
    assert (point(indicateur).valeur, point(indicateur).partiel) == (Decimal(75), False)


def test_une_valeur_remplacee_ne_compte_plus():
    indicateur = IndicateurFactory.create()
    MesureFactory.create(indicateur=indicateur, valeur=Decimal(1), remplacee_le=timezone.now())
    MesureFactory.create(indicateur=indicateur, valeur=Decimal(2))
    assert point(indicateur).valeur == Decimal(2)


def test_une_appreciation_en_mots_vaut_renseignement():
    indicateur = IndicateurFactory.create(unite="texte", nature="qualitatif")
    MesureFactory.create(indicateur=indicateur, valeur=None, texte="Bilan partagé avec les partenaires")
    lu = point(indicateur)
    assert lu.renseigne
    assert (lu.valeur, lu.texte) == (None, "Bilan partagé avec les partenaires")


def test_une_action_a_l_evenement_n_est_jamais_partielle():
    indicateur = IndicateurFactory.create(periodicite=Periodicite.EVENEMENT)
    MesureFactory.create(indicateur=indicateur, periode=DateRange(datetime.date(2025, 5, 2), datetime.date(2025, 5, 3)))
    assert not point(indicateur).partiel


def test_deux_requetes_quel_que_soit_le_nombre(django_assert_num_queries):
    for _ in range(5):
        indicateur = CibleFactory.create().indicateur
        for annee in (2023, 2024, 2025):
            MesureFactory.create(indicateur=indicateur, annee=annee)
    with django_assert_num_queries(2):
        points = points_annuels(Indicateur.objects.all(), range(2023, 2026))
    assert len(points) == 5
    assert all(set(par_annee) == {2023, 2024, 2025} for par_annee in points.values())


def test_decompter():
    atteint, manque, vide = (CibleFactory.create(valeur=Decimal(v)).indicateur for v in (10, 500, 3))
    sans_cible = IndicateurFactory.create()
    for indicateur in (atteint, manque, sans_cible):
        MesureFactory.create(indicateur=indicateur)
    lus = points_annuels([i.pk for i in (atteint, manque, vide, sans_cible)], [2025])
    compte = decompter(p[2025] for p in lus.values())
    assert compte == Decompte(total=4, renseignes=3, avec_cible=3, atteintes=1)
    assert (compte.manquants, compte.sans_cible) == (1, 1)
