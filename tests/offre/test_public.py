"""The catalogue without an account: what it shows and hides, its addresses, its caches, its map."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from offre.adresses import adresse_publique
from offre.models import EtatOffre, LieuOffre, Session
from offre.views import public as vues
from pdi.comptes.models import Role
from pdi.socle.formats import compte
from pdi.territoires.contours import centre_de, communes_a_moins_de, contours_de, distance_km
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import CommuneFactory, OffreFactory

pytestmark = pytest.mark.django_db
LISTE, CARTE = "/offres/public/", "/offres/public/carte/"


@pytest.fixture(autouse=True)
def _sans_compteur():
    cache.clear()


@pytest.fixture
def evry():
    return CommuneFactory.create(code="91228", nom="Évry-Courcouronnes")


@pytest.fixture
def permis(evry):
    offre = OffreFactory.create(
        intitule="Permis solidaire à l’essai", auto_prescription=True, cout=Decimal("1234.56"),
        contact_nom="Jeanne Interne", contact_telephone="01 60 00 00 00", motif_renvoi="Texte interne",
        operateurs=[StructureFactory.create(nom="Mobilité Sud")], objectifs=["Passer le permis."],
    )  # fmt: skip
    LieuOffre.objects.create(offre=offre, commune=evry, nom="Maison de l’emploi")
    return offre


def lire(adresse, **get):
    return Client().get(adresse, get).content.decode()


def test_la_page_publique_montre_l_offre_sans_ce_qui_est_interne(permis):
    page = lire(adresse_publique(permis))
    for mot in ("Passer le permis.", "Mobilité Sud", "Maison de l’emploi", "01 60 00 00 00", "Demander cette offre"):
        assert mot in page
    for mot in ("1 234", "1234", "Jeanne Interne", "Texte interne"):
        assert mot not in page


@pytest.mark.parametrize("etat", [e.value for e in EtatOffre if e != EtatOffre.PUBLIEE])
def test_une_offre_non_publiee_n_existe_pas_pour_le_public(permis, etat):
    type(permis).objects.update(etat=etat)
    assert Client().get(adresse_publique(permis)).status_code == 404
    assert permis.intitule not in lire(LISTE, etat=etat)
    assert permis.intitule not in lire(CARTE)


def test_l_adresse_porte_le_titre_et_l_ancienne_y_mene(permis):
    assert adresse_publique(permis).endswith("/permis-solidaire-a-lessai/")
    for ancienne in (f"/offres/public/{permis.pk}/", f"/offres/public/{permis.pk}/autre-titre/"):
        reponse = Client().get(ancienne)
        assert (reponse.status_code, reponse["Location"]) == (301, adresse_publique(permis))
    assert f'rel="canonical" href="http://testserver{adresse_publique(permis)}"' in lire(adresse_publique(permis))


def test_seule_la_liste_entiere_est_indexee(permis):
    assert "noindex" not in lire(LISTE)
    assert "noindex" in lire(LISTE, mot="permis")


@pytest.mark.parametrize("ou", ["liste", "carte", "offre"])
def test_un_cache_partage_peut_garder_la_page_d_un_visiteur(permis, ou):
    adresse = {"liste": LISTE, "carte": CARTE, "offre": adresse_publique(permis)}[ou]
    visiteur = Client()
    reponse = visiteur.get(adresse)
    assert "public" in reponse["Cache-Control"]
    assert not reponse.cookies
    assert visiteur.get(adresse, headers={"If-None-Match": reponse["ETag"]}).status_code == 304
    agent = Client()
    agent.force_login(
        UtilisateurFactory.create(role=Role.REFERENT), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert "private" in agent.get(adresse)["Cache-Control"]


def test_trop_de_pages_font_attendre(permis, monkeypatch):
    monkeypatch.setattr(vues, "MAXIMUM", 2)
    statuts = [Client().get(LISTE, REMOTE_ADDR="203.0.113.7").status_code for _ in range(3)]
    assert statuts == [200, 200, 429]
    assert Client().get(LISTE, REMOTE_ADDR="203.0.113.8").status_code == 200


def test_la_page_de_connexion_mene_au_catalogue_public():
    assert f'href="{LISTE}"' in lire(reverse("comptes:connexion"))


def test_le_public_filtre_comme_les_agents(permis):
    autre = OffreFactory.create(intitule="Atelier couture")
    page = lire(LISTE, prescripteur="auto")
    assert permis.intitule in page
    assert autre.intitule not in page
    assert "Se demande en ligne" in page
    assert "Comparer" not in page


def test_la_carte_et_la_liste_disent_la_meme_chose(permis, evry):
    ailleurs = OffreFactory.create(intitule="Partout en Essonne")
    for rang in range(8):
        LieuOffre.objects.create(offre=OffreFactory.create(intitule=f"Atelier n° {rang}"), commune=evry)
    LieuOffre.objects.create(offre=permis, commune=evry, nom="Second lieu")
    page = lire(CARTE)
    assert 'data-commune="91228" data-latitude="48.6237" data-longitude="2.4' in page
    assert 'data-total="9"' in page  # two places in one commune are one offer
    assert "Voir les 9" in page
    assert f"{LISTE}?commune=91228&amp;portee=commune" in page
    assert ailleurs.intitule in page
    assert lire(LISTE, commune="91228", portee="commune").count('<article class="offre">') == 9


def test_la_carte_fait_autant_de_requetes_pour_trente_offres(permis, evry):
    def compter():
        with CaptureQueriesContext(connection) as lues:
            lire(CARTE)
        return len(lues)

    compter()
    une = compter()
    for _ in range(29):
        LieuOffre.objects.create(offre=OffreFactory.create(), commune=evry)
    assert compter() == une


def test_autour_d_une_commune_en_kilometres(permis, evry):
    corbeil, dourdan = (
        CommuneFactory.create(code="91174", nom="Corbeil-Essonnes"),
        CommuneFactory.create(code="91200", nom="Dourdan"),
    )
    loin = OffreFactory.create(intitule="Atelier de Dourdan")
    LieuOffre.objects.create(offre=loin, commune=dourdan)
    page = lire(LISTE, commune=corbeil.pk, portee="km10")
    assert permis.intitule in page
    assert loin.intitule not in page
    assert "à 4\u00a0km environ" in page or "à 3\u00a0km environ" in page
    assert loin.intitule not in lire(CARTE, commune=corbeil.pk, portee="km10")


def test_le_fond_de_carte_est_celui_du_departement(settings):
    settings.DEPARTEMENT_CODE = "91"
    reponse = Client().get(reverse("offre:carte_fond"))
    assert reponse["Content-Type"] == "application/geo+json"
    assert Client().get(reverse("offre:carte_fond"), headers={"If-None-Match": reponse["ETag"]}).status_code == 304
    contours = contours_de("91")
    assert contours is not None
    assert len(contours.centres) == 194
    settings.DEPARTEMENT_CODE = "48"
    assert Client().get(reverse("offre:carte_fond")).status_code == 404
    assert communes_a_moins_de(10, "48095") == ["48095"]


def test_les_distances_sont_celles_du_terrain():
    evry, massy = centre_de("91228"), centre_de("91377")
    assert evry is not None
    assert massy is not None
    assert 16 < distance_km(evry, massy) < 18
    proches = communes_a_moins_de(5, "91228")
    assert "91228" in proches
    assert "91174" in proches
    assert "91377" not in proches


def test_les_seances_a_venir_se_lisent_sans_compte(permis):
    jour = timezone.localdate()
    commun = {"offre": permis, "operateur": permis.operateurs.get(), "capacite": 10, "debut": jour}
    Session.objects.create(**commun, fin=jour + datetime.timedelta(days=30), prises=4, etat="ouverte")
    page = lire(adresse_publique(permis))
    assert "<b>6</b> places libres" in page


def test_une_offre_complete_se_dit_a_qui_la_cherche(permis):
    Session.objects.create(offre=permis, debut=timezone.localdate(), etat="ouverte", capacite=4, prises=4)
    page = lire(LISTE)
    assert "Complet pour l’instant" in page
    assert "Demandez-la quand même" in page
    assert "inscrivez en liste" not in page
    type(permis).objects.update(auto_prescription=False)
    assert "Parlez-en à votre référent" in lire(LISTE)


def test_des_heures_ne_se_disent_pas_des_places(permis):
    jour = timezone.localdate()
    Session.objects.create(offre=permis, debut=jour, etat="ouverte", capacite=1404, unite="heures")
    assert compte(1404, "heures libres") in lire(LISTE)
    Session.objects.create(offre=permis, debut=jour, etat="ouverte", capacite=6)
    assert compte(6, "places libres") in lire(LISTE)  # never added up


def test_les_communes_accentuees_sont_a_leur_place_dans_l_alphabet(permis):
    for code, nom in (("91223", "Étampes"), ("91687", "Viry-Châtillon")):
        LieuOffre.objects.create(offre=permis, commune=CommuneFactory.create(code=code, nom=nom))
    for page in (lire(CARTE), lire(LISTE)):
        rangs = [page.index(f'{code}"') for code in ("91223", "91228", "91687")]
        assert rangs == sorted(rangs)


def test_les_robots_vont_au_catalogue_et_nulle_part_ailleurs(permis, settings):
    lignes = lire("/robots.txt").splitlines()
    assert "Allow: /offres/public/" in lignes
    assert "Disallow: /" in lignes
    assert "Sitemap: http://testserver/sitemap.xml" in lignes
    settings.DEMONSTRATION = True
    assert "Allow" not in lire("/robots.txt")


def test_le_plan_du_site_nomme_les_offres_publiees(permis):
    OffreFactory.create(intitule="Brouillon", etat="brouillon")
    plan = lire("/sitemap.xml")
    assert f"<loc>http://testserver{adresse_publique(permis)}</loc>" in plan
    assert f"<loc>http://testserver{LISTE}</loc>" in plan
    assert "brouillon" not in plan
