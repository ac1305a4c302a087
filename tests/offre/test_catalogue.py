"""The catalogue: 25 offers loaded true to their sheets, found by word, obstacle, public and age."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.conf import settings as reglages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from offre.models import EtatOffre, OffreInsertion
from offre.operations.chargement import charger_offres
from pdi.comptes.models import Role
from pdi.structures.models import Structure
from tests.fabriques import AxeFactory, FicheFactory, ProgrammeFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db

DONNEES = Path(reglages.DOSSIER_DONNEES)
LUES = {o["numero"]: o for o in json.loads((DONNEES / "offre-essonne.json").read_text(encoding="utf-8"))["offres"]}


@pytest.fixture
def catalogue() -> None:
    assert charger_offres(dossier=DONNEES) == 25


@pytest.fixture
def visiteur(client):
    client.force_login(
        UtilisateurFactory.create(role=Role.REFERENT), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def numeros(client, **filtres: object) -> set[str]:
    reponse = client.get(reverse("offre:offres"), filtres)
    assert reponse.status_code == 200
    return {o.numero for o in reponse.context["page"].objets}


def test_les_offres_sont_publiees_avec_leurs_chiffres(catalogue) -> None:
    offres = {o.numero: o for o in OffreInsertion.objects.prefetch_related("freins", "operateurs")}
    assert {o.etat for o in offres.values()} == {EtatOffre.PUBLIEE}
    for numero, lue in LUES.items():
        offre = offres[numero]
        assert (offre.age_min, offre.age_max, offre.places) == (lue["age_min"], lue["age_max"], lue["places"]["valeur"])
        assert len(offre.freins.all()) == len(lue["freins_vises"])
        assert offre.operateurs.all()
        assert len(offre.contenu) >= len(lue["contenu"]) + len(lue["aides"])


def test_une_structure_sert_plusieurs_offres_sans_doublon(catalogue) -> None:
    horizons = Structure.objects.get(nom="Horizons")
    assert set(horizons.offres.values_list("numero", flat=True)) == {"1.2", "2.7", "3.4"}
    conseil = Structure.objects.get(nom="Conseil départemental de l’Essonne")
    assert set(conseil.offres.values_list("numero", flat=True)) == {"1.8", "2.1", "3.3"}
    assert Structure.objects.filter(nom="Cellule emploi").get().offres.get().numero == "1.6"
    fdaj = OffreInsertion.objects.get(numero="2.1")
    assert "Partenaire\u00a0: Caisse d’allocations familiales (cofinanceur)" in fdaj.contenu


def test_qui_peut_prescrire(catalogue) -> None:
    assert not OffreInsertion.objects.filter(prescription_referent=False).exists()
    assert [o.numero for o in OffreInsertion.objects.filter(prescription_prestataire=True)] == ["3.5"]


def test_les_fiches_sont_celles_que_le_document_nomme() -> None:
    axe = AxeFactory.create(programme=ProgrammeFactory.create(code="essonne-2022-2026"))
    fiches = {n: FicheFactory.create(axe=axe, numero=n) for n in ("3.2", "3.3", "3.4", "3.5")}
    charger_offres(dossier=DONNEES)
    assert set(fiches["3.2"].offres.values_list("numero", flat=True)) == {"1.1", "1.5", "1.6", "1.8"}
    assert set(fiches["3.3"].offres.values_list("numero", flat=True)) == {"1.3"}
    assert set(fiches["3.4"].offres.values_list("numero", flat=True)) == {"2.10", "2.11"}
    assert fiches["3.5"].offres.count() == 5


def test_recharger_n_ecrase_rien(catalogue) -> None:
    OffreInsertion.objects.filter(numero="2.11").update(intitule="Se déplacer", etat=EtatOffre.SUSPENDUE)
    structures = Structure.objects.count()
    assert charger_offres(dossier=DONNEES) == 0
    assert OffreInsertion.objects.get(numero="2.11").intitule == "Se déplacer"
    assert Structure.objects.count() == structures


@pytest.mark.parametrize(
    ("filtres", "attendues"),
    [
        pytest.param({"mot": "benevolat"}, {"3.2"}, id="mot-sans-accent"),
        pytest.param({"mot": "Horizons"}, {"1.2", "2.7", "3.4"}, id="operateur"),
        pytest.param({"mot": "handicap psychologue"}, {"2.8"}, id="deux-mots"),
        pytest.param({"frein": "mobilite"}, {"1.8", "2.1", "2.11"}, id="frein"),
        pytest.param({"frein": "garde-enfants", "age": "40"}, {"1.8", "2.10"}, id="frein-et-age"),
        pytest.param({"public": "parents"}, {"2.10"}, id="public"),
        pytest.param({"categorie": "sociale", "age": "25"}, {"3.1", "3.2", "3.3", "3.4", "3.5", "3.6"}, id="age-borne"),
        pytest.param({"categorie": "sociale", "age": "26"}, {"3.2", "3.3", "3.4", "3.5", "3.6"}, id="age-passe"),
        pytest.param({"mot": "licorne"}, set(), id="rien"),
    ],
)
def test_le_catalogue_se_filtre(catalogue, visiteur, filtres, attendues) -> None:
    assert numeros(visiteur, **filtres) == attendues


def test_une_valeur_inconnue_est_ignoree(catalogue, visiteur) -> None:
    assert len(numeros(visiteur, categorie="lune", age="-3", frein="x")) == 25


def test_la_page_d_une_offre_dit_l_essentiel(catalogue, visiteur) -> None:
    offre = OffreInsertion.objects.get(numero="2.1")
    page = visiteur.get(offre.get_absolute_url()).content.decode()
    for attendu in (
        "de 18 à 25 ans",
        "Les référents de parcours",
        "Conseil départemental de l’Essonne",
        "Résider en Essonne",
    ):
        assert attendu in page
    assert "2000\u00a0€" in page or "2 000" in page


def test_une_fiche_restreinte_ne_se_lit_pas_depuis_l_offre(catalogue, visiteur) -> None:
    offre = OffreInsertion.objects.get(numero="1.3")
    offre.fiches.add(
        FicheFactory.create(intitule="Fiche ouverte"), FicheFactory.create(intitule="Fiche secrète", restreinte=True)
    )
    page = visiteur.get(offre.get_absolute_url()).content.decode()
    assert "Fiche ouverte" in page
    assert "Fiche secrète" not in page


def test_une_offre_retiree_n_est_ni_listee_ni_lisible(catalogue, visiteur) -> None:
    offre = OffreInsertion.objects.get(numero="2.11")
    OffreInsertion.objects.filter(pk=offre.pk).update(etat=EtatOffre.SUSPENDUE)
    assert "2.11" not in numeros(visiteur)
    assert visiteur.get(offre.get_absolute_url()).status_code == 404


def test_l_export_suit_les_filtres(catalogue, visiteur) -> None:
    reponse = visiteur.get(reverse("offre:offres_export"), {"format": "csv", "frein": "mobilite"})
    lignes = list(csv.reader(io.StringIO(b"".join(reponse.streaming_content).decode("utf-8-sig")), delimiter=";"))
    assert [ligne[0] for ligne in lignes[1:]] == ["1.8", "2.1", "2.11"]
    classeur = visiteur.get(reverse("offre:offres_export"))
    assert b"".join(classeur.streaming_content).startswith(b"PK")
    classeur.close()


def test_les_etats_vides_disent_quoi_faire(visiteur) -> None:
    assert "Le catalogue est vide" in visiteur.get(reverse("offre:offres")).content.decode()
    assert "retirez un filtre" in visiteur.get(reverse("offre:offres"), {"mot": "x"}).content.decode()


@pytest.mark.parametrize("vue", ["offre:offres", "offre:offres_export"])
def test_autant_de_requetes_pour_une_offre_que_pour_toutes(catalogue, visiteur, vue) -> None:
    def requetes() -> int:
        with CaptureQueriesContext(connection) as vues:
            reponse = visiteur.get(reverse(vue), {"format": "csv"})
            if reponse.streaming:
                b"".join(reponse.streaming_content)
        return len(vues)

    toutes = requetes()
    OffreInsertion.objects.exclude(numero="2.1").update(etat=EtatOffre.ARCHIVEE)
    assert requetes() == toutes
