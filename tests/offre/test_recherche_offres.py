"""The search of the catalogue: words that forgive, facets and their counts, near a commune, places, comparison."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as reglages
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from offre.models import EtatOffre, OffreInsertion, Session
from offre.operations.chargement import charger_offres
from pdi.comptes.models import Role
from pdi.structures.models import Structure
from pdi.territoires.contours import distance_km
from pdi.territoires.models import CommuneTerritoire, TerritoireAction
from tests.fabriques import UtilisateurFactory

from .fiches import charge, commune, un_lieu, une_offre

pytestmark = pytest.mark.django_db
DONNEES = Path(reglages.DOSSIER_DONNEES)


@pytest.fixture
def catalogue() -> None:
    charger_offres(dossier=DONNEES)


@pytest.fixture
def visiteur(client):
    client.force_login(
        UtilisateurFactory.create(role=Role.REFERENT), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def numeros(client, **filtres: object) -> list[str]:
    return [o.numero for o in client.get(reverse("offre:offres"), filtres).context["page"].objets]


def facette(client, nom: str, **filtres: object) -> dict[str, int]:
    lues = client.get(reverse("offre:offres"), filtres).context["facettes"]
    return {c.libelle: c.n for f in lues if f.nom == nom for c in (*f.cases, *f.suite)}


@pytest.mark.parametrize(
    ("mot", "attendue"),
    [
        pytest.param("BÉNÉVOLAT", "3.2", id="accents-et-casse"),
        pytest.param("microcredits", "1.7", id="pluriel"),
        pytest.param("linguistiqe", "3.4", id="faute-de-frappe"),
        pytest.param("infirmière santé", "3.3", id="deux-mots"),
    ],
)
def test_la_recherche_pardonne(catalogue, visiteur, mot, attendue) -> None:
    OffreInsertion.objects.filter(numero="1.7").update(modalites="Un microcrédit peut suivre.")
    assert attendue in numeros(visiteur, mot=mot)


def test_renommer_un_operateur_ou_deplacer_un_lieu_change_ce_qu_on_trouve(catalogue, visiteur) -> None:
    horizons = Structure.objects.get(nom="Horizons")
    horizons.nom = "Perspectives"
    horizons.save()
    assert numeros(visiteur, mot="Horizons") == []
    assert set(numeros(visiteur, mot="perspectives")) >= {"1.2", "2.7", "3.4"}
    lieu = un_lieu(OffreInsertion.objects.get(numero="2.9"), commune("91377", "Massy"))
    assert numeros(visiteur, mot="massy") == ["2.9"]
    lieu.delete()
    assert numeros(visiteur, mot="massy") == []


def test_les_facettes_s_additionnent_et_se_comptent_sous_les_autres(catalogue, visiteur) -> None:
    assert set(numeros(visiteur, frein=["mobilite", "garde-enfants"])) == {"1.8", "2.1", "2.10", "2.11"}
    comptes = facette(visiteur, "categorie", frein=["mobilite", "garde-enfants"])
    assert comptes == {"Emploi": 1, "Insertion socio-professionnelle": 3}
    # A facet counts under the other filters, not under itself: one sees what ticking more would bring.
    assert facette(visiteur, "categorie", categorie="emploi") == facette(visiteur, "categorie")
    for nom in ("frein", "theme", "public", "operateur", "prescripteur"):
        for libelle, n in list(facette(visiteur, nom, categorie="sociale").items())[:3]:
            assert n > 0, (nom, libelle)
    assert facette(visiteur, "operateur")["Horizons"] == 3
    assert facette(visiteur, "prescripteur")["Les prestataires"] == 1


def test_chaque_valeur_est_un_jeton_qui_se_retire_seul(catalogue, visiteur) -> None:
    horizons = Structure.objects.get(nom="Horizons")
    page = visiteur.get(reverse("offre:offres"), {"theme": ["Mobilité", "Logement"], "operateur": horizons.pk})
    jetons = {j.texte.replace("\u00a0", " "): j.retirer for j in page.context["filtres"].jetons}
    assert set(jetons) == {"Thème : Mobilité", "Thème : Logement", "Opérateur : Horizons"}
    assert "Logement" in jetons["Thème : Mobilité"]
    assert "Mobilit" not in jetons["Thème : Mobilité"].replace("Logement", "")


def test_une_commune_trouve_ce_qui_est_proche_le_plus_pres_d_abord(visiteur) -> None:
    evry, corbeil = commune("91228", "Évry-Courcouronnes", "A"), commune("91174", "Corbeil-Essonnes", "A")
    etampes = commune("91223", "Étampes", "B")
    ici, agglo, loin, partout, en_ligne = (
        une_offre(numero=n, ordre=o) for n, o in (("1", 5), ("2", 4), ("3", 3), ("4", 2), ("5", 1))
    )
    un_lieu(ici, evry, latitude=Decimal("48.624"), longitude=Decimal("2.440"))
    un_lieu(agglo, corbeil, latitude=Decimal("48.611"), longitude=Decimal("2.482"))
    un_lieu(loin, etampes)
    un_lieu(en_ligne, a_distance=True)
    assert numeros(visiteur, commune="91228") == ["1", "2", "5", "4"]
    assert numeros(visiteur, commune="91228", portee="epci") == ["1", "2"]
    assert numeros(visiteur, commune="91228", portee="commune") == ["1"]
    page = visiteur.get(reverse("offre:offres"), {"commune": "91228"}).content.decode()
    assert re.search("Corbeil-Essonnes, à [2-5]\u00a0km environ", page)
    assert partout.numero in numeros(visiteur)
    tad = TerritoireAction.objects.create(code="tad-e", nom="TAD d’essai", departement=evry.departement,
                                          validite=DateRange(datetime.date(2020, 1, 1), None))  # fmt: skip
    CommuneTerritoire.objects.create(commune=evry, territoire=tad, validite=tad.validite)
    assert set(numeros(visiteur, territoire="tad-e")) == {"1", "4", "5"}


def test_la_distance_est_celle_a_vol_d_oiseau() -> None:
    assert distance_km((48.8566, 2.3522), (45.7640, 4.8357)) == pytest.approx(392, abs=2)
    assert distance_km((48.6, 2.4), (48.6, 2.4)) == 0


def test_les_places_et_la_prochaine_session_sont_dites(visiteur) -> None:
    jour = timezone.localdate()
    pleine, libre, sans = une_offre(numero="1"), une_offre(numero="2"), une_offre(numero="3", places=12)
    commun = {"debut": jour + datetime.timedelta(days=40), "capacite": 10, "etat": "ouverte"}
    Session.objects.create(offre=pleine, prises=10, **commun)
    Session.objects.create(offre=libre, prises=4, **commun)
    Session.objects.create(offre=sans, **commun | {"etat": "preparee"})
    assert numeros(visiteur, places="on") == ["2"]
    assert numeros(visiteur, debute="30") == []
    assert set(numeros(visiteur, debute="60")) == {"1", "2"}
    assert numeros(visiteur, tri="places")[0] == "2"
    page = visiteur.get(reverse("offre:offres")).content.decode()
    for attendu in ("6 places libres", "Complet", "Prochaine session le"):
        assert attendu in page.replace("\u00a0", " ")


def test_la_prochaine_session_annoncee_a_de_la_place(visiteur) -> None:
    jour, offre = timezone.localdate(), une_offre(numero="1")
    for jours, prises in ((10, 5), (20, 2)):
        debut = jour + datetime.timedelta(days=jours)
        Session.objects.create(offre=offre, debut=debut, capacite=5, prises=prises, etat="ouverte")
    (lue,) = visiteur.get(reverse("offre:offres")).context["page"].objets
    assert lue.prochaine == jour + datetime.timedelta(days=20)


def test_les_heures_libres_ne_passent_pas_devant_les_places(visiteur) -> None:
    commun = {"debut": timezone.localdate(), "etat": "ouverte"}
    for numero, capacite, prises, unite in (
        ("1", 1400, 0, "heures"), ("2", 9, 3, "places"), ("3", 12, 12, "places"), ("4", 9, 8, "places"),
    ):  # fmt: skip
        offre = une_offre(numero=numero)
        Session.objects.create(offre=offre, capacite=capacite, prises=prises, unite=unite, **commun)
    une_offre(numero="5")
    assert numeros(visiteur, tri="places") == ["2", "4", "1", "3", "5"]


def test_un_filtre_qui_ne_veut_rien_dire_se_dit(visiteur) -> None:
    commune("91228", "Évry-Courcouronnes")
    offre = une_offre(numero="1")
    page = visiteur.get(reverse("offre:offres"), {"commune": "91228", "portee": "km999", "age": "3"}).content.decode()
    assert offre.intitule in page
    assert "Filtre non appliqué – Jusqu’où" in page
    assert "Filtre non appliqué – Âge de la personne" in page
    assert "Filtre non appliqué" not in visiteur.get(reverse("offre:offres"), {"commune": "91228"}).content.decode()


def test_des_mots_que_rien_n_approche_ne_trouvent_rien(visiteur) -> None:
    une_offre()
    page = visiteur.get(reverse("offre:offres"), {"mot": "xqzwk", "theme": "Logement"})
    assert "Aucune offre ne correspond" in page.content.decode()
    assert page.context["page"].total == 0


def test_les_etats_se_comptent_sous_les_autres_filtres(client) -> None:
    client.force_login(charge(), backend="django.contrib.auth.backends.ModelBackend")
    evry = commune("91228", "Évry-Courcouronnes")
    un_lieu(une_offre(numero="1"), evry)
    un_lieu(une_offre(numero="2", etat=EtatOffre.BROUILLON), evry)
    un_lieu(une_offre(numero="3", etat=EtatOffre.BROUILLON), commune("91223", "Étampes"))
    assert facette(client, "etat", commune="91228") == {"Publiée": 1, "Brouillon": 1}
    assert facette(client, "categorie") == {"Emploi": 1}
    assert facette(client, "categorie", etat="brouillon") == {"Emploi": 2}


def test_le_catalogue_coute_le_meme_nombre_de_requetes_avec_tous_ses_filtres(catalogue, visiteur) -> None:
    def requetes(**filtres: object) -> int:
        with CaptureQueriesContext(connection) as vues:
            visiteur.get(reverse("offre:offres"), filtres)
        return len(vues)

    toutes = requetes(tri="session")
    OffreInsertion.objects.exclude(numero__in=["2.1"]).update(etat=EtatOffre.ARCHIVEE)
    assert requetes(tri="session") == toutes
    assert toutes <= 14


def test_trois_offres_se_comparent_champ_par_champ(catalogue, visiteur) -> None:
    choisies = list(OffreInsertion.objects.filter(numero__in=["2.1", "2.11", "3.2", "3.3"]).order_by("ordre"))
    cachee = une_offre(etat=EtatOffre.BROUILLON)
    page = visiteur.get(reverse("offre:offres_comparer"), {"offre": [cachee.pk, *(o.pk for o in choisies), "x"]})
    assert [o.numero for o in page.context["offres"]] == ["2.1", "2.11", "3.2"]
    lignes = {ligne.libelle: ligne for s in page.context["sections"] for ligne in s.lignes}
    assert lignes["Âge maximal"].textes == ["25\u00a0ans", "", ""]
    assert not lignes["Prescrite par les référents"].differe
    assert "Coût par place" not in lignes
    vide = visiteur.get(reverse("offre:offres_comparer")).content.decode()
    assert "Aucune offre à comparer" in vide
