"""What is read of indicators: the list with its judgements, the page with its chart, due dates and every value."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.figures import points_annuels
from actions.lecture.valeurs import avec_retards, avec_valeur
from actions.models import Indicateur, Periodicite, SensIndicateur
from actions.regles.echeances import echeances, jours_de_retard
from pdi.comptes.models import Role
from tests.actions.lecture import classeur, client_de, principal
from tests.fabriques import (
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
JOUR = datetime.date(2026, 11, 22)


@pytest.fixture
def client():
    return client_de()


def liste(client, **parametres):
    return client.get(reverse("actions:indicateurs"), {"annee": 2025} | parametres)


def page(client, indicateur, **parametres):
    return client.get(reverse("actions:indicateur", args=[indicateur.pk]), parametres)


# -- the list --------------------------------------------------------------------------------------


@pytest.fixture
def indicateurs():
    programme = ProgrammeFactory.create(code="pacte", intitule_court="Pacte")
    fiche = FicheFactory.create(programme=programme, numero="2.1", intitule="Accélérer")

    def creer(libelle, valeur=None, cible=None, **champs):
        indicateur = IndicateurFactory.create(fiche=fiche, libelle=libelle, **champs)
        if cible is not None:
            CibleFactory.create(indicateur=indicateur, valeur=Decimal(cible))
        if valeur is not None:
            MesureFactory.create(indicateur=indicateur, valeur=Decimal(valeur))
        return indicateur

    return {
        "atteint": creer("Actions menées", 14, 12),
        "manque": creer("Taux d’orientation", "86", "90", unite="%"),
        "delai": creer("Délai d’orientation", "1.7", "1", unite="mois", sens=SensIndicateur.BAISSE),
        "vide": creer("Économies générées", None, 100, periodicite=Periodicite.TRIMESTRIELLE),
        "sans_cible": creer("Réunions", 3, nature="qualitatif"),
    }


@pytest.mark.parametrize(
    ("filtre", "gardes"),
    [
        pytest.param({"q": "economies"}, ["vide"], id="mots-sans-accent"),
        pytest.param({"cible": "atteinte"}, ["atteint"], id="cible-atteinte"),
        pytest.param({"cible": "manquee"}, ["manque", "delai"], id="cible-non-atteinte"),
        pytest.param({"cible": "sans"}, ["sans_cible"], id="sans-cible"),
        pytest.param({"valeur": "non"}, ["vide"], id="valeur-manquante"),
        pytest.param({"valeur": "oui", "nature": "qualitatif"}, ["sans_cible"], id="renseigne-et-qualitatif"),
        pytest.param({"periodicite": "trimestrielle"}, ["vide"], id="periodicite"),
        pytest.param({"retard": "on"}, ["vide"], id="en-retard-de-saisie"),
        pytest.param({"programme": "ailleurs"}, None, id="choix-inconnu-ignore"),
    ],
)
def test_filtres(client, indicateurs, filtre, gardes):
    lus = [ligne.indicateur.libelle for ligne in liste(client, **filtre).context["liste"].lignes]
    assert lus == [indicateurs[nom].libelle for nom in (gardes or indicateurs)]


def test_chaque_ligne_dit_la_fiche_la_valeur_l_ecart_et_le_retard(client, indicateurs):
    lu = principal(liste(client))
    assert "5 indicateurs" in lu
    assert "Taux d’orientation Accélérer 2.1 Essonne 2022-2026 86 % 90 % − 4,0 pts" in lu
    assert "Économies générées Accélérer 2.1 Essonne 2022-2026 non renseigné 4 saisies en retard 100" in lu


def test_le_filtre_axe_vient_avec_le_programme(client, indicateurs):
    assert "Axe" not in str(liste(client).context["filtres"].formulaire.fields.get("axe", ""))


def test_tri_et_export(client, indicateurs):
    reponse = client.get(reverse("actions:indicateurs_export"), {"annee": 2025, "programme": "pacte", "tri": "libelle"})
    entetes, lignes = classeur(reponse)
    lues = [dict(zip(entetes, ligne, strict=True)) for ligne in lignes]
    assert [ligne["Indicateur"] for ligne in lues] == sorted(
        (i.libelle for i in indicateurs.values()), key=lambda libelle: libelle.replace("É", "E")
    )
    delai = next(ligne for ligne in lues if ligne["Indicateur"] == "Délai d’orientation")
    assert (delai["Valeur 2025"], delai["Cible 2025"], round(delai["Écart"], 2)) == (1.7, 1, 0.7)
    assert delai["Cible atteinte"] == "non"


def test_etats_vides(client):
    assert "Aucun indicateur n’est ouvert à votre habilitation" in principal(client.get(reverse("actions:indicateurs")))
    assert "Aucun indicateur ne correspond" in principal(liste(client, q="rien"))


def test_les_indicateurs_d_une_fiche_restreinte_sont_caches(indicateurs):
    fiche = FicheFactory.create(programme=indicateurs["vide"].fiche.programme, restreinte=True)
    cache = IndicateurFactory.create(fiche=fiche, libelle="Signalements")
    direction = client_de(Role.DIRECTION)
    assert "Signalements" in principal(liste(client_de()))
    assert "Signalements" not in principal(liste(direction))
    assert page(direction, cache).status_code == 404


# -- SQL and Python say the same ---------------------------------------------------------------------

valeurs_possibles = st.one_of(st.none(), st.integers(0, 200))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    periodicite=st.sampled_from(["annuelle", "trimestrielle", "semestrielle", "mensuelle"]),
    unite=st.sampled_from(["nombre", "%"]),
    sens=st.sampled_from(SensIndicateur.values),
    cible=valeurs_possibles,
    annuelle=valeurs_possibles,
    saisies=st.lists(valeurs_possibles, min_size=12, max_size=12),
)
def test_le_filtre_juge_comme_la_page(db, periodicite, unite, sens, cible, annuelle, saisies):
    indicateur = IndicateurFactory.create(periodicite=periodicite, unite=unite, sens=sens)
    if cible is not None:
        CibleFactory.create(indicateur=indicateur, valeur=Decimal(cible))
    periodes = [DateRange(p.debut, p.fin) for p in echeances(periodicite, 2025)]
    if annuelle is not None and periodicite != "annuelle":
        MesureFactory.create(indicateur=indicateur, valeur=Decimal(annuelle))
    for periode, valeur in zip(periodes, saisies, strict=False):
        if valeur is not None:
            MesureFactory.create(indicateur=indicateur, periode=periode, valeur=Decimal(valeur))
    point = points_annuels([indicateur.pk], [2025])[indicateur.pk][2025]
    lu: Any = avec_retards(avec_valeur(Indicateur.objects.filter(pk=indicateur.pk), 2025), 2025, JOUR).get()
    assert (lu.valeur_annee, lu.cible_annee, lu.atteint, lu.renseigne) == (
        point.valeur, point.cible, point.atteint, point.renseigne,
    )  # fmt: skip
    courantes = [(m.periode.lower, m.periode.upper) for m in indicateur.mesures.all()]
    manquantes = [
        p
        for p in echeances(periodicite, 2025)
        if jours_de_retard(p, JOUR) and not any(debut <= p.debut and p.fin <= fin for debut, fin in courantes)
    ]
    assert lu.retards == len(manquantes)


def test_un_indicateur_calcule_ou_de_reference_n_est_jamais_en_retard_de_saisie():
    calcule = IndicateurFactory.create(source="calcule", calcul="etapes")
    reference = IndicateurFactory.create(fiche__programme__reference=True)
    lus: Any = avec_retards(Indicateur.objects.filter(pk__in=[calcule.pk, reference.pk]), 2025, JOUR)
    assert [i.retards for i in lus] == [0, 0]


def test_rien_n_est_en_retard_dans_un_programme_echu(client):
    """Corrèze's PTI ended in 2018: its missing values are told, not chased."""
    indicateur = IndicateurFactory.create(fiche__programme__annee_debut=2016, fiche__programme__annee_fin=2018)
    lus: Any = avec_retards(Indicateur.objects.filter(pk=indicateur.pk), 2018, JOUR)
    assert [i.retards for i in lus] == [0]
    lu = principal(page(client, indicateur, annee=2018))
    assert "Année 2018 31/01/2019 Non saisie" in lu
    assert "En retard" not in lu


# -- the page --------------------------------------------------------------------------------------------


def test_la_page_montre_la_definition_la_courbe_et_la_cible(client):
    taux = CibleFactory.create(
        indicateur__libelle="Taux d'orientation", indicateur__unite="%", valeur=Decimal(90),
        indicateur__definition="Part des personnes orientées.", indicateur__numerateur_libelle="orientées",
        indicateur__denominateur_libelle="soumises aux droits et devoirs",
    ).indicateur  # fmt: skip
    MesureFactory.create(indicateur=taux, annee=2024, valeur=Decimal("83.1"))
    MesureFactory.create(indicateur=taux, valeur=Decimal(86), numerateur=Decimal(27073), denominateur=Decimal(31480))
    reponse = page(client, taux, annee=2025)
    lu = principal(reponse)
    assert "Part des personnes orientées." in lu
    assert "27 073 orientées / 31 480 soumises aux droits et devoirs" in lu
    assert "2025 86 % 27 073 / 31 480 90 % − 4,0 pts" in lu
    assert 'role="img"' in reponse.content.decode()
    assert "2024 : 83,1 %, 2025 : 86,0 %" in lu


def test_l_historique_garde_les_valeurs_remplacees_avec_leur_auteur(client):
    indicateur = IndicateurFactory.create(libelle="Orientations")
    claire = UtilisateurFactory.create(prenom="Claire", nom="Exemple")
    MesureFactory.create(
        indicateur=indicateur, valeur=Decimal(4000), auteur=claire, source="flux CAF", remplacee_le=timezone.now()
    )
    MesureFactory.create(indicateur=indicateur, valeur=Decimal(4108), auteur=claire, commentaire="94 saisies tardives")
    lu = principal(page(client, indicateur))
    assert "dont 1 remplacée, gardées barrées" in lu
    assert lu.index("Année 2025 4 108") < lu.index("Année 2025 4 000")
    assert "94 saisies tardives" in lu
    assert "remplacée le" in lu
    assert "flux CAF" in lu


def test_les_echeances_disent_ce_qui_est_saisi_en_retard_ou_a_venir(client):
    indicateur = IndicateurFactory.create(periodicite=Periodicite.TRIMESTRIELLE)
    premier = echeances(Periodicite.TRIMESTRIELLE, 2025)[0]
    MesureFactory.create(indicateur=indicateur, periode=DateRange(premier.debut, premier.fin))
    lu = principal(page(client, indicateur, annee=2025))
    assert "1er trimestre 2025 01/05/2025 Saisie" in lu
    assert "2e trimestre 2025 31/07/2025 En retard de" in lu
    assert "Saisies 2025 1 sur 4" in lu


def test_une_valeur_partielle_ne_se_dit_pas_manquante(client):
    indicateur = IndicateurFactory.create(unite="%", sens=SensIndicateur.HAUSSE)
    octobre = DateRange(datetime.date(2025, 1, 1), datetime.date(2025, 11, 1))
    MesureFactory.create(indicateur=indicateur, periode=octobre, valeur=Decimal(88))
    lu = principal(page(client, indicateur, annee=2025))
    assert "0 sur 1" not in lu
    assert "88 % au 31/10 (partiel), valeur de l’année à saisir avant le 31/01/2026" in lu


def test_sans_valeur_ni_definition_la_page_le_dit(client):
    lu = principal(page(client, IndicateurFactory.create()))
    assert "Aucune valeur n’est encore saisie" in lu
    assert "Le document ne définit pas cet indicateur." in lu


def test_un_indicateur_en_mots_se_lit_sans_courbe(client):
    indicateur = IndicateurFactory.create(unite="texte", nature="qualitatif")
    MesureFactory.create(indicateur=indicateur, valeur=None, texte="Guide publié")
    reponse = page(client, indicateur, annee=2025)
    assert "Guide publié" in principal(reponse)
    assert 'role="img"' not in reponse.content.decode()


def test_un_indicateur_calcule_dit_pourquoi_il_ne_se_saisit_pas(client):
    lu = principal(page(client, IndicateurFactory.create(source="calcule", calcul="etapes")))
    assert "Saisir une valeur Cet indicateur est calculé par l’application : sa valeur ne se saisit pas." in lu


def test_indicateur_inconnu(client):
    assert client.get(reverse("actions:indicateur", args=[999_999])).status_code == 404


# -- queries -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ecran", ["indicateurs", "indicateurs_export"])
def test_la_liste_coute_autant_pour_un_indicateur_que_pour_trente(client, ecran, django_assert_max_num_queries):
    def un_indicateur():
        fiche = FicheFactory.create()
        RoleFicheFactory.create(fiche=fiche)
        MesureFactory.create(indicateur=CibleFactory.create(indicateur__fiche=fiche).indicateur)

    def lire():
        reponse = client.get(reverse(f"actions:{ecran}"), {"annee": 2025})
        return b"".join(reponse.streaming_content) if reponse.streaming else reponse.content

    un_indicateur()
    lire()
    with django_assert_max_num_queries(12) as avant:
        lire()
    for _ in range(23):
        un_indicateur()
    with django_assert_max_num_queries(12) as apres:
        lire()
    assert len(apres) == len(avant)


def test_la_page_coute_autant_pour_une_valeur_que_pour_trente(client, django_assert_max_num_queries):
    indicateur = IndicateurFactory.create()
    StructureFactory.create()

    def une_valeur(rang):
        auteur = UtilisateurFactory.create()
        MesureFactory.create(indicateur=indicateur, auteur=auteur, remplacee_le=timezone.now() if rang else None)

    une_valeur(0)
    page(client, indicateur)
    with django_assert_max_num_queries(12) as avant:
        page(client, indicateur)
    for rang in range(1, 30):
        une_valeur(rang)
    with django_assert_max_num_queries(12) as apres:
        page(client, indicateur)
    assert len(apres) == len(avant)
