"""The API: read-only, by pages, filtered, conditional, limited; keys that are shown once and can be closed."""

from __future__ import annotations

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from offre.api import schemas
from offre.models import EtatSession, Frein, JetonApi, LieuOffre, OffreInsertion, Session
from offre.operations.jetons import creer_jeton, noter_usages, revoquer_jeton
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import OffreFactory, il_y_a

pytestmark = pytest.mark.django_db
BASE = "/api/v1"


@pytest.fixture(autouse=True)
def _cache_vide():
    cache.clear()


@pytest.fixture
def administrateur():
    return UtilisateurFactory.create(role=Role.ADMINISTRATEUR)


def offre(**champs) -> OffreInsertion:
    return OffreFactory.create(operateurs=[StructureFactory.create()], **champs)


def lire(client, chemin: str, **parametres):
    reponse = client.get(f"{BASE}/{chemin}", parametres)
    assert reponse.status_code == 200, reponse.content
    return reponse.json()


def noms(client, **parametres) -> list[str]:
    return [o["intitule"] for o in lire(client, "offres", **parametres)["resultats"]]


# -- lists ------------------------------------------------------------------------------------------------


def test_une_liste_se_suit_jusqu_au_bout_sans_doublon(client) -> None:
    for n in range(5):
        offre(intitule=f"Offre {n}")
    offre(intitule="Brouillon", etat="brouillon")
    vus, suivant, pages = [], f"{BASE}/offres?limite=2", 0
    while suivant:
        reponse = client.get(suivant)
        lu = reponse.json()
        assert lu["total"] == 5
        vus += [o["intitule"] for o in lu["resultats"]]
        assert ('rel="next"' in reponse.get("Link", "")) is (lu["suivant"] is not None)
        suivant, pages = lu["suivant"], pages + 1
    assert (vus, pages) == ([f"Offre {n}" for n in range(5)], 3)


def test_les_filtres_gardent_ce_qui_convient(client) -> None:
    frein = Frein.objects.create(code="mobilite", libelle="Mobilité")
    jeune = offre(intitule="Permis", age_max=25, categorie="emploi")
    jeune.freins.add(frein)
    LieuOffre.objects.create(offre=jeune, adresse="1 rue")
    ancienne = offre(intitule="Atelier", age_min=30, modifiee_le=timezone.now() - datetime.timedelta(days=400))
    assert noms(client, frein="mobilite") == ["Permis"]
    assert noms(client, age=22) == ["Permis"]
    assert noms(client, age=40) == ["Atelier"]
    assert noms(client, categorie="emploi") == ["Permis"]
    assert noms(client, q="atel") == ["Atelier"]
    assert noms(client, operateur=ancienne.operateurs.get().pk) == ["Atelier"]
    assert noms(client, modifiees_depuis=il_y_a(30).isoformat()) == ["Permis"]
    assert [s["offres"] for s in lire(client, "structures", offre=jeune.pk)["resultats"]] == [1]


@pytest.mark.parametrize(
    ("parametres", "parametre", "proche"),
    [
        ({"siret": "130 030"}, "siret", None),
        ({"categori": "emploi"}, "categori", "categorie"),
        ({"categorie": "emplois"}, "categorie", "emploi"),
        ({"age": "vingt"}, "age", None),
        ({"modifiees_depuis": "31/01/2026"}, "modifiees_depuis", None),
        ({"limite": "1000"}, "limite", None),
        ({"frein": "mobilité"}, "frein", "mobilite"),
        ({"commune": "Évry"}, "commune", None),
    ],
    ids=["siret", "inconnu", "valeur", "entier", "date", "limite", "frein", "commune"],
)
def test_une_demande_illisible_dit_ou_et_quoi(client, parametres, parametre, proche) -> None:
    Frein.objects.create(code="mobilite", libelle="Mobilité")
    reponse = client.get(f"{BASE}/{'structures' if parametre == 'siret' else 'offres'}", parametres)
    assert reponse.status_code == 400
    lu = schemas.Erreur.model_validate_json(reponse.content)
    assert (lu.parametre, lu.proche) == (parametre, proche)
    assert lu.attendu
    assert f"« {proche} » ?" in lu.message or proche is None


@pytest.mark.parametrize("adresse", ["offres/", "offre", "autre/chose"])
def test_une_adresse_inconnue_repond_comme_l_api(client, adresse) -> None:
    reponse = client.get(f"{BASE}/{adresse}")
    assert reponse.status_code == 404
    lu = schemas.Erreur.model_validate_json(reponse.content)
    assert lu.proche == (None if "autre" in adresse else "offres")


def test_une_offre_dit_ou_est_sa_page_publique(client) -> None:
    une = offre(intitule="Permis solidaire")
    adresse = lire(client, f"offres/{une.pk}")["page_publique"]
    assert "Permis solidaire" in client.get(adresse).content.decode()
    fichier = client.get(f"{BASE}/data-inclusion.json")
    services = json.loads(b"".join(fichier.streaming_content))["services"]
    assert [s["lien_source"] for s in services] == [adresse]


def test_les_places_qui_restent_sont_celles_de_l_instant(client) -> None:
    une = offre()
    commun = {"offre": une, "debut": il_y_a(-10), "capacite": Decimal(10)}
    ouverte = Session.objects.create(**commun, prises=Decimal(4), etat=EtatSession.OUVERTE)
    Session.objects.create(**commun, prises=Decimal(10), etat=EtatSession.OUVERTE, intitule="Pleine")
    Session.objects.create(**commun, intitule="En préparation")
    Session.objects.create(**commun | {"debut": il_y_a(90)}, fin=il_y_a(60), etat=EtatSession.OUVERTE)
    (libre,) = lire(client, "sessions", places_libres="true")["resultats"]
    assert (libre["id"], libre["libres"], libre["situation"]["code"]) == (ouverte.pk, 6.0, "ouverte")
    assert lire(client, "sessions")["total"] == 2
    Session.objects.filter(pk=ouverte.pk).update(prises=Decimal(7))
    assert lire(client, "sessions", places_libres="true")["resultats"][0]["libres"] == 3.0


@pytest.mark.parametrize("chemin", ["offres", "structures", "sessions"])
def test_autant_de_requetes_pour_une_ligne_que_pour_trente(client, chemin) -> None:
    def remplir(n: int) -> None:
        for _ in range(n):
            une = offre()
            une.freins.add(Frein.objects.create(code=f"f{une.pk}", libelle="F"))
            lieu = LieuOffre.objects.create(offre=une, adresse="1 rue")
            Session.objects.create(offre=une, lieu=lieu, operateur=une.operateurs.get(), debut=il_y_a(-1),
                                   capacite=Decimal(1), etat=EtatSession.OUVERTE)  # fmt: skip

    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            lire(client, chemin, limite=50)
        return len(requetes)

    remplir(1)
    avant = compter()
    remplir(29)
    assert compter() == avant


# -- the door ---------------------------------------------------------------------------------------------


def test_rien_n_est_renvoye_quand_rien_n_a_change(client) -> None:
    une = offre()
    for chemin in ("offres", f"offres/{une.pk}", "offres.csv", "data-inclusion.json", "data-inclusion.xlsx"):
        reponse = client.get(f"{BASE}/{chemin}")
        marque = reponse["ETag"]
        b"".join(reponse)
        deja = client.get(f"{BASE}/{chemin}", headers={"If-None-Match": marque})
        assert (deja.status_code, b"".join(deja)) == (304, b""), chemin
        OffreInsertion.objects.filter(pk=une.pk).update(intitule=f"Changée pour {chemin}")
        change = client.get(f"{BASE}/{chemin}", headers={"If-None-Match": marque})
        assert (change.status_code, bool(b"".join(change))) == (200, True), chemin


def test_on_lit_d_ailleurs_et_on_n_ecrit_de_nulle_part(client) -> None:
    preliminaire = client.options(f"{BASE}/offres")
    assert (preliminaire.status_code, preliminaire["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Authorization" in preliminaire["Access-Control-Allow-Headers"]
    assert client.get(f"{BASE}/offres", {"x": 1})["Access-Control-Allow-Origin"] == "*"
    refus = Client(enforce_csrf_checks=True).post(f"{BASE}/offres", {})
    assert (refus.status_code, refus["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert client.get(f"{BASE}/offres/999999").json()["code"] == "inconnue"


def test_trop_de_demandes_attendent_et_un_jeton_en_permet_plus(client, settings, administrateur) -> None:
    settings.API_DEBIT_PUBLIC, settings.API_DEBIT_JETON = 2, 4
    reponses = [client.get(f"{BASE}/structures") for _ in range(6)]  # a minute may turn on the way: at most once
    trop = [r for r in reponses if r.status_code == 429]
    assert trop
    assert 0 < int(trop[0]["Retry-After"]) <= 60
    assert (trop[0]["X-Restant"], trop[0].json()["code"]) == ("0", "trop_de_demandes")
    _, cle = creer_jeton(nom="Partenaire", par=administrateur)
    assert client.get(f"{BASE}/structures", headers={"Authorization": f"Bearer {cle}"}).status_code == 200


def test_un_jeton_sert_se_voit_servir_et_se_ferme(client, administrateur) -> None:
    jeton, cle = creer_jeton(nom="  Ville  d’Évry ", par=administrateur)
    assert (jeton.nom, cle.startswith(jeton.debut)) == ("Ville d’Évry", True)
    assert cle not in json.dumps(list(JetonApi.objects.values()), default=str)

    def statut(entete: str):
        return client.get(f"{BASE}/offres", headers={"Authorization": entete}).status_code

    assert statut(f"Bearer {cle}") == 200
    assert (statut(f"Basic {cle}"), statut("Bearer pdi_faux")) == (401, 401)
    jeton.refresh_from_db()
    assert not JetonApi.objects.filter(dernier_usage_le__isnull=False).exists()  # reading wrote nothing
    assert noter_usages() == 1
    assert JetonApi.objects.filter(dernier_usage_le__gt=timezone.now() - datetime.timedelta(minutes=1)).exists()
    revoquer_jeton(jeton=jeton, par=administrateur)
    assert statut(f"Bearer {cle}") == 401
    with pytest.raises(RegleMetier, match="déjà révoqué"):
        revoquer_jeton(jeton=jeton, par=administrateur)
    echu, cle_echue = creer_jeton(nom="Échu", par=administrateur, expire_le=timezone.localdate())
    assert statut(f"Bearer {cle_echue}") == 200
    JetonApi.objects.filter(pk=echu.pk).update(expire_le=il_y_a(1))
    assert statut(f"Bearer {cle_echue}") == 401
    with pytest.raises(DroitInsuffisant):
        creer_jeton(nom="Non", par=UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))


def test_une_api_fermee_demande_un_jeton(client, settings, administrateur) -> None:
    settings.API_PUBLIQUE = False
    refus = client.get(f"{BASE}/offres")
    assert (refus.status_code, refus["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    _, cle = creer_jeton(nom="Partenaire", par=administrateur)
    assert client.get(f"{BASE}/offres", headers={"Authorization": f"Bearer {cle}"}).status_code == 200


# -- documents --------------------------------------------------------------------------------------------


def test_le_document_openapi_decrit_les_routes_et_tient_ses_renvois(client) -> None:
    Frein.objects.create(code="mobilite", libelle="Mobilité")
    document = client.get(f"{BASE}/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {"/offres", "/offres/{id}", "/structures", "/sessions"}

    def renvois(noeud):
        if isinstance(noeud, dict):
            yield from ([noeud["$ref"]] if "$ref" in noeud else [])
            for fils in noeud.values():
                yield from renvois(fils)
        elif isinstance(noeud, list):
            for fils in noeud:
                yield from renvois(fils)

    for renvoi in set(renvois(document)):
        cible = document
        for morceau in renvoi.removeprefix("#/").split("/"):
            cible = cible[morceau]
    parametres = {p["name"]: p for p in document["paths"]["/offres"]["get"]["parameters"]}
    assert parametres["frein"]["schema"]["enum"] == ["mobilite"]
    # every declared parameter is accepted by the route it documents, with its own example
    for chemin, corps in document["paths"].items():
        if "{" not in chemin:
            exemples = {p["name"]: p["example"] for p in corps["get"]["parameters"] if "example" in p}
            assert client.get(f"{BASE}{chemin}", exemples).status_code == 200


def test_le_fichier_ouvert_suit_ses_colonnes(client) -> None:
    une = offre(intitule="=Atelier, « un »", publics=["Jeunes|femmes", "BRSA"], age_min=18, confirmee_le=il_y_a(0))
    contenu = b"".join(client.get(f"{BASE}/offres.csv").streaming_content).decode("utf-8")
    assert not contenu.startswith("\ufeff")
    (ligne,) = csv.DictReader(io.StringIO(contenu))
    schema = client.get(f"{BASE}/offres.schema.json").json()
    assert list(ligne) == [c["name"] for c in schema["fields"]]
    assert ligne["id"] == f"pdi-91--offre-{une.pk}"
    assert (ligne["intitule"], ligne["publics"]) == ("'=Atelier, « un »", "Jeunes/femmes|BRSA")
    assert (ligne["age_min"], ligne["age_max"], ligne["demonstration"]) == ("18", "", "false")
    assert datetime.date.fromisoformat(ligne["date_maj"]) == timezone.localdate()


def test_les_pages_publiques_se_lisent_sans_compte(client) -> None:
    une = offre(intitule="Permis solidaire")
    page = client.get(reverse("api:documentation")).content.decode()
    assert "If-None-Match" in page
    assert f"&quot;id&quot;: {une.pk}" in page
    page = client.get(reverse("api:donnees_ouvertes")).content.decode()
    assert "1\u00a0offre publiée" in page
    assert "publics_codes" in page


# -- the page of exchanges --------------------------------------------------------------------------------


def test_la_page_des_echanges_rassemble_tout(client, administrateur) -> None:
    offre(intitule="Permis")
    OffreFactory.create(intitule="Sans personne")
    client.force_login(administrateur, backend="django.contrib.auth.backends.ModelBackend")
    cree = client.post(reverse("offre:jeton_creer"), {"nom": "Ville"})
    cle = cree.context["cle"]
    assert cle in cree.content.decode()
    assert client.post(reverse("offre:jeton_creer"), {"nom": " "}).status_code == 422
    page = client.get(reverse("offre:echanges")).content.decode()
    assert cle not in page
    assert "Ville" in page
    assert "Sans personne" in page  # published, and does not go out
    qualite = client.get(reverse("offre:echanges_qualite")).content.decode()
    assert "Permis" in qualite
    assert "Aucun opérateur n’est enregistré" in qualite
    export = b"".join(client.get(reverse("offre:echanges_qualite_export"), {"format": "csv"}).streaming_content)
    assert export.decode("utf-8-sig").count("Permis") == 1
    assert "aucun opérateur n’est enregistré" in export.decode("utf-8-sig")
