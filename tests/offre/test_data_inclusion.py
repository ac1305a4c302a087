"""Export to data·inclusion v1: valid at 100 %, honest about what it leaves out, scored with what would raise it."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path

import openpyxl
import pytest
from data_inclusion.schema.v1 import Categorie, Public, Service, Structure, Thematique, TypeService
from django.conf import settings as reglages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offre.echanges import nomenclatures as noms
from offre.echanges.export import Bilan, empreinte_catalogue, morceaux_json, services_de
from offre.echanges.fiches import adresse_en_parties, mois_de, nom_court
from offre.echanges.qualite import qualite
from offre.models import Frein, LieuOffre, OffreInsertion
from offre.operations.chargement import charger_offres
from tests.fabriques import StructureFactory
from tests.fabriques_parcours import OffreFactory

DONNEES = Path(reglages.DOSSIER_DONNEES)


def document(bilan: Bilan | None = None):
    return json.loads("".join(morceaux_json(bilan)))


def une(**champs) -> OffreInsertion:
    operateur = champs.pop("operateur", None) or StructureFactory.create()
    return OffreFactory.create(operateurs=[operateur], **champs)


# -- the tables -------------------------------------------------------------------------------------------


def test_chaque_valeur_de_nos_tables_existe_dans_le_schema() -> None:
    thematiques, publics, types = ({v.value for v in n} for n in (Thematique, Public, TypeService))
    categories = {c.value for c in Categorie}
    assert {t for ts in noms.THEMATIQUES_DU_FREIN.values() for t in ts} <= thematiques
    assert {t for ts in noms.THEMATIQUES_DU_THEME.values() for t in ts} <= thematiques
    assert {code for code, _ in noms.PUBLICS_DES_MOTS} | {noms.TOUS_PUBLICS, *noms.PUBLIC_DU_CODE.values()} <= publics
    assert {t for t, _ in noms.TYPES_DES_THEMES} | {"accompagnement"} <= types
    assert set(noms.FREIN_DE_LA_CATEGORIE) == categories
    assert set(noms.CATEGORIE_DE_LA_THEMATIQUE) <= categories
    freins = {f["code"] for f in json.loads((DONNEES / "parcours" / "freins.json").read_text(encoding="utf-8"))}
    assert set(noms.THEMATIQUES_DU_FREIN) == freins
    assert set(noms.FREIN_DE_LA_CATEGORIE.values()) <= freins


@pytest.mark.parametrize(
    ("textes", "attendus"),
    [
        ([], {"tous-publics"}),
        (["Jeunes femmes de 16 à 25 ans fragilisées"], {"jeunes", "femmes"}),
        (["BRSA"], {"beneficiaires-des-minimas-sociaux"}),
        (["Salariés et demandeurs d’emploi"], {"actifs", "demandeurs-emploi"}),
        (["Présidents de club"], set()),
    ],
    ids=["aucun", "deux", "sigle", "apostrophe", "mot-entier"],
)
def test_les_publics_se_lisent_dans_les_phrases(textes, attendus) -> None:
    assert noms.publics(textes) == attendus


@pytest.mark.parametrize(
    ("adresse", "parties"),
    [
        ("2 rue Haute, 91000 Évry", {"adresse": "2 rue Haute", "code_postal": "91000", "commune": "Évry"}),
        ("91000 Évry", {"code_postal": "91000", "commune": "Évry"}),
        ("Boulevard de France", {"adresse": "Boulevard de France"}),
        ("", {}),
    ],
    ids=["entière", "sans-rue", "rue-seule", "vide"],
)
def test_une_adresse_se_partage(adresse, parties) -> None:
    assert adresse_en_parties(adresse) == parties


def test_un_nom_tient_dans_le_schema() -> None:
    assert nom_court("Atelier.") == "Atelier"
    assert nom_court("Aides, conseils, etc.") == "Aides, conseils, etc."
    assert len(nom_court("é" * 200)) == 150


@pytest.mark.parametrize("semaines", [1, 3, 26, 52, 104])
@pytest.mark.django_db
def test_les_semaines_reviennent_telles_quelles(semaines) -> None:
    offre = une(duree_max_mois=mois_de(semaines))
    (service,) = document()["services"]
    assert (service["nombre_semaines"], offre.duree_max_mois) == (semaines, mois_de(semaines))


# -- the export -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_le_catalogue_entier_est_valide_sans_rien_perdre() -> None:
    charger_offres(dossier=DONNEES)
    bilan = Bilan()
    lu = document(bilan)
    assert not bilan.refusees
    assert not bilan.retirees
    for brut in lu["services"]:
        Service.model_validate(brut, context={"ignore_warnings": False})
    for brut in lu["structures"]:
        Structure.model_validate(brut, context={"ignore_warnings": False})
    couples = sum(o.operateurs.count() for o in OffreInsertion.objects.all())
    assert (len(lu["services"]), bilan.services) == (couples, couples)
    assert {s["structure_id"] for s in lu["services"]} == {s["id"] for s in lu["structures"]}
    assert len({s["id"] for s in lu["services"]}) == couples
    assert all(s["thematiques"] and s["publics"] for s in lu["services"])
    # the fingerprint holds while nothing moves, and moves with an obstacle as with a word
    empreinte = empreinte_catalogue()
    assert empreinte_catalogue() == empreinte
    OffreInsertion.objects.earliest("pk").freins.clear()
    assert empreinte_catalogue() != empreinte


@pytest.mark.django_db
def test_une_fiche_dit_ou_quand_et_comment() -> None:
    offre = une(
        intitule="Permis solidaire", objectifs=["Passer le permis"], contenu=["Code et conduite gratuits"], age_min=18,
        documents="pièce d’identité", auto_prescription=True, contact_telephone="01 60 00 00 00",
        contact_courriel="permis@exemple.fr", contact_nom="Jeanne Modèle", modalites="Écrire d’abord.", heures_hebdo=15,
    )  # fmt: skip
    offre.freins.set([Frein.objects.create(code="mobilite", libelle="Mobilité")])
    LieuOffre.objects.create(offre=offre, adresse="1 rue Basse", code_postal="91000", horaires="Mo-Fr 09:00-12:00")
    (lu,) = document()["services"]
    assert (lu["frais"], lu["type"], lu["modes_accueil"]) == ("gratuit", "accompagnement", ["en-presentiel"])
    assert lu["thematiques"] == ["mobilite--etre-accompagne-dans-son-parcours-mobilite"]
    assert lu["conditions_acces"] == "Âge : 18 ans ou plus\nDocuments à apporter : pièce d’identité"
    assert (lu["mobilisable_par"], lu["zone_eligibilite"]) == (["professionnels", "usagers"], ["91"])
    assert lu["modes_mobilisation"] == ["envoyer-un-courriel", "telephoner"]
    assert (lu["horaires_accueil"], lu["volume_horaire_hebdomadaire"]) == ("Mo-Fr 09:00-12:00", 15.0)
    assert "Jeanne" not in json.dumps(lu, ensure_ascii=False)


@pytest.mark.django_db
def test_ce_que_le_schema_refuse_reste_ici_et_se_dit() -> None:
    une(contact_courriel="accueil@serveur.invalid", intitule="Atelier")
    une(intitule="Un", operateur=StructureFactory.create(nom="Autre"))
    une(intitule="Pas publiée", etat="brouillon")
    bilan = Bilan()
    lu = document(bilan)
    assert [s["nom"] for s in lu["services"]] == ["Atelier"]
    assert "courriel" not in lu["services"][0]
    assert [(champ) for _, champ, _ in bilan.retirees] == ["courriel"]
    assert [(champ) for _, champ, _ in bilan.refusees] == ["nom"]


@pytest.mark.django_db
def test_les_requetes_ne_croissent_pas_avec_le_catalogue() -> None:
    def compter() -> int:
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            document()
        return len(requetes)

    une()
    avant = compter()
    for n in range(15):
        LieuOffre.objects.create(offre=une(operateur=StructureFactory.create(nom=f"S{n}")), adresse="1 rue")
    assert compter() == avant


@pytest.mark.django_db
def test_le_classeur_a_les_deux_feuilles_du_schema(client) -> None:
    une(intitule="=Atelier")
    reponse = client.get("/api/v1/data-inclusion.xlsx")
    classeur = openpyxl.load_workbook(io.BytesIO(b"".join(reponse.streaming_content)))
    assert classeur.sheetnames == ["Structures", "Services"]
    titres, ligne = (list(r) for r in classeur["Services"].iter_rows(values_only=True))
    assert titres == list(Service.model_fields)
    lu = dict(zip(titres, ligne, strict=True))
    assert (lu["nom"], lu["zone_eligibilite"], lu["source"]) == ("'=Atelier", "91", "pdi-91")


# -- quality ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_la_qualite_dit_ce_qui_la_ferait_monter() -> None:
    pauvre = une(
        publics=["Présidents"], confirmee_le=None, modifiee_le=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    )
    (fiche,) = services_de(pauvre)
    faible = qualite(fiche.valide)
    criteres = {c.critere for c in faible.conseils}
    assert {"Contact", "Description", "Frais", "Fraîcheur", "Public", "Thématique"} <= criteres
    assert all(c.faire and c.gain > 0 for c in faible.conseils)

    pauvre.contact_courriel, pauvre.contact_telephone = "a@exemple.fr", "01 60 00 00 00"
    pauvre.modifiee_le, pauvre.publics = datetime.datetime.now(datetime.UTC), ["Jeunes"]
    pauvre.contenu = ["Un atelier gratuit pour reprendre confiance, avec un groupe et un formateur. " * 4]
    pauvre.save()
    pauvre.freins.set([Frein.objects.create(code="isolement", libelle="Isolement")])
    (fiche,) = services_de(OffreInsertion.objects.get(pk=pauvre.pk))
    bonne = qualite(fiche.valide)
    assert (bonne.points, bonne.conseils, bonne.ton[2]) == (100, [], "Bonne")
    assert faible.points < 50
