"""A data·inclusion file from a partner: round trip, no duplicate, ours never rewritten, what is wrong is named."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.conf import settings as reglages

from offre.echanges.export import ecrire_xlsx, morceaux_json
from offre.models import Frein, LieuOffre, OffreInsertion, ReferenceExterne
from offre.operations.chargement import charger_offres
from pdi.socle.imports import corrections
from pdi.structures.models import Structure
from tests.fabriques import DepartementFactory, StructureFactory
from tests.fabriques_parcours import OffreFactory
from tests.imports_essai import deposer, etats, importer, messages

pytestmark = pytest.mark.django_db
DONNEES = Path(reglages.DOSSIER_DONNEES)
STRUCTURE = {"source": "dora", "id": "dora--s1", "nom": "Centre social « Le Tournesol »", "date_maj": "2026-01-31",
             "telephone": "01 60 00 00 00", "adresse": "2 rue Haute", "code_postal": "91000", "commune": "Évry",
             "code_insee": "91228", "reseaux_porteurs": ["ccas-cias"],
             "site_web": "https://tournesol.exemple.fr/"}  # fmt: skip
SERVICE = {"source": "dora", "id": "dora--1", "structure_id": "dora--s1", "nom": "Apprendre le français",
           "description": "Un atelier chaque semaine.\nAvec un formateur.", "date_maj": "2026-02-14",
           "type": "atelier",
           "thematiques": ["lecture-ecriture-calcul--maitriser-le-francais", "numerique--acquerir-un-equipement"],
           "frais": "payant", "frais_precisions": "10 € par an", "publics": ["familles", "personnes-exilees"],
           "conditions_acces": "Habiter la ville\nDocuments à apporter : un titre de séjour", "adresse": "2 rue Haute",
           "commune": "Évry", "code_insee": "91228", "latitude": 48.62, "longitude": 2.44,
           "modes_accueil": ["a-distance", "en-presentiel"], "zone_eligibilite": ["91", "91228"],
           "lien_mobilisation": "https://tournesol.exemple.fr/inscription", "mobilisable_par": ["usagers"],
           "modes_mobilisation": ["utiliser-lien-mobilisation"], "volume_horaire_hebdomadaire": 3.0,
           "nombre_semaines": 30}  # fmt: skip


def fichier(structures=(STRUCTURE,), services=(SERVICE,)) -> bytes:
    return json.dumps({"structures": structures, "services": services}, ensure_ascii=False).encode()


def tout_importer(contenu: bytes, nom: str = "fichier.json") -> None:
    importer(deposer("di-structures", contenu, nom))
    importer(deposer("di-services", contenu, nom, options=["publier"]))


def exporter():
    lu = json.loads("".join(morceaux_json()))
    return {genre: {o["id"]: o for o in objets} for genre, objets in lu.items()}


def tout_effacer() -> None:
    ReferenceExterne.objects.all().delete()
    OffreInsertion.objects.all().delete()
    Structure.objects.update(parent=None)
    Structure.objects.all().delete()


@pytest.fixture(autouse=True)
def base():
    DepartementFactory.create(code="91")
    for code in ("langue", "numerique", "isolement"):
        Frein.objects.create(code=code, libelle=code)


# -- round trip -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forme", ["json", "xlsx"])
def test_le_catalogue_revient_egal_dans_une_base_vide(forme, settings) -> None:
    Frein.objects.all().delete()
    charger_offres(dossier=DONNEES)
    offre = OffreInsertion.objects.get(numero="2.6")
    offre.documents, offre.age_min, offre.auto_prescription = "pièce d’identité", 16, True
    offre.contact_courriel, offre.contact_telephone, offre.heures_hebdo = "e2c@exemple.fr", "+33160000000", 35
    offre.save()
    LieuOffre.objects.create(
        offre=offre, nom="École", adresse="=1 rue", code_postal="91000", latitude=48.6, longitude=2.4
    )
    LieuOffre.objects.create(offre=offre, a_distance=True, ordre=1)
    avant = exporter()
    tampon = io.BytesIO()
    ecrire_xlsx(tampon)
    contenu = tampon.getvalue() if forme == "xlsx" else "".join(morceaux_json()).encode()
    tout_effacer()

    # the same file at an application that is not the one it comes from
    settings.DEPARTEMENT_CODE = "92"
    DepartementFactory.create(code="92")
    tout_importer(contenu, f"catalogue.{forme}")
    assert exporter() == avant
    assert len(avant["services"]) == OffreInsertion.objects.count()


def test_une_fiche_de_partenaire_repart_telle_quelle_et_se_lit_ici() -> None:
    tout_importer(fichier())
    assert exporter() == {"structures": {"dora--s1": STRUCTURE}, "services": {"dora--1": SERVICE}}
    offre = OffreInsertion.objects.get()
    assert (offre.intitule, offre.etat, offre.categorie) == ("Apprendre le français", "publiee", "sociale")
    assert offre.objectifs == ["Un atelier chaque semaine.", "Avec un formateur."]
    assert (offre.conditions_acces, offre.documents) == (["Habiter la ville"], "un titre de séjour")
    assert (offre.publics, offre.publics_vises) == (["Familles", "Personnes exilées"], ["parents"])
    assert {f.code for f in offre.freins.all()} == {"langue", "numerique"}
    assert [(lieu.adresse, lieu.a_distance) for lieu in offre.lieux.all()] == [("2 rue Haute", False), ("", True)]
    assert offre.operateurs.get().adresse == "2 rue Haute, 91000 Évry"
    assert (offre.prescription_referent, offre.auto_prescription) == (False, True)
    # changed here, it goes out as it is now, still under its own identifier
    offre.intitule, offre.version = "Parler français", offre.version + 1
    offre.save()
    (sortie,) = exporter()["services"].values()
    assert (sortie["id"], sortie["nom"], sortie["lien_mobilisation"]) == (
        "dora--1",
        "Parler français",
        SERVICE["lien_mobilisation"],
    )


# -- again ------------------------------------------------------------------------------------------------


def test_redeposer_ne_double_rien_et_suit_le_partenaire() -> None:
    tout_importer(fichier())
    assert etats(deposer("di-structures", fichier(), "f.json")) == {2: "identique"}
    assert etats(deposer("di-services", fichier(), "f.json")) == {2: "identique"}
    change = {
        **SERVICE,
        "nom": "Parler français",
        "thematiques": ["numerique--acquerir-un-equipement"],
        "adresse": "9 rue Basse",
    }
    lot = deposer("di-services", fichier(services=[change]), "f.json")
    assert set(lot.lignes.get().changements) == {"nom", "thematiques", "adresse"}
    importer(lot)
    offre = OffreInsertion.objects.get()
    assert (offre.intitule, offre.version, [f.code for f in offre.freins.all()]) == (
        "Parler français",
        2,
        ["numerique"],
    )
    assert exporter()["services"]["dora--1"] == change
    assert offre.versions.count() == 2


def test_une_fiche_modifiee_ici_n_est_reecrite_que_si_on_le_demande() -> None:
    tout_importer(fichier())
    OffreInsertion.objects.update(intitule="Notre titre", version=2)
    suite = fichier(services=[{**SERVICE, "nom": "Leur titre"}])
    assert [m[1] for m in messages(deposer("di-services", suite, "f.json"))[2]] == ["modifiee_ici"]
    assert etats(deposer("di-services", fichier(), "f.json")) == {2: "identique"}
    importer(deposer("di-services", suite, "f.json", options=["remplacer"]))
    assert OffreInsertion.objects.get().intitule == "Leur titre"


def test_nos_structures_et_nos_fiches_ne_sont_pas_reecrites() -> None:
    par_siret = StructureFactory.create(nom="Notre nom", siret="13003013300016")
    homonyme = StructureFactory.create(nom="Centre Social Le Tournesol")
    offre = OffreFactory.create(operateurs=[par_siret])
    siret = {**STRUCTURE, "id": "dora--s2", "nom": "Leur nom", "siret": "13003013300016"}
    lot = deposer("di-structures", fichier(structures=[STRUCTURE, siret]), "f.json")
    assert etats(lot) == {2: "a_reconnaitre", 3: "modifiee"}
    corrections.designer(lot=lot, ligne=2, cible=homonyme.pk, par=lot.depose_par)
    lot.refresh_from_db()
    importer(lot)
    par_siret.refresh_from_db()
    assert (par_siret.nom, Structure.objects.count()) == ("Notre nom", 2)
    # a partner's service at one of ours is ours to publish under our own identifier of structure
    importer(deposer("di-services", fichier(), "f.json", options=["publier"]))
    assert exporter()["services"]["dora--1"]["structure_id"] == f"pdi-91--structure-{homonyme.pk}"
    # what we published ourselves comes back: left alone, with a remark
    notre = "".join(morceaux_json()).encode()
    lot = deposer("di-services", notre, "f.json")
    assert set(etats(lot).values()) == {"identique"}
    assert "fiche_d_ici" in {m[1] for ms in messages(lot, remarques=True).values() for m in ms}
    offre.refresh_from_db()
    assert offre.version == 1


# -- what is wrong ----------------------------------------------------------------------------------------


def test_ce_que_le_schema_refuse_se_corrige_sur_place() -> None:
    importer(deposer("di-structures", fichier(), "f.json"))
    fautif = {**SERVICE, "thematiques": ["numerique--acquerir-un-equipment"], "publics": ["tous-publics", "jeunes"],
              "lien_source": "tournesol.exemple.fr", "date_maj": "2999-01-01", "structure_id": "dora--s9"}  # fmt: skip
    lot = deposer("di-services", fichier(services=[fautif]), "f.json")
    lus = {m[0]: (m[1], m[5]) for m in messages(lot)[2]}
    assert lus == {
        "thematiques": ("valeur_inconnue", "Acquérir un équipement"), "publics": ("tous_publics", ""),
        "lien_source": ("url_invalide", "https://tournesol.exemple.fr"), "date_maj": ("date_future", ""),
        "structure_id": ("reference_inconnue", ""),  # dora--s1 is near, and another structure
    }  # fmt: skip
    assert corrections.accepter_propositions(lot=lot, par=lot.depose_par) == 2
    corrections.corriger(lot=lot, ligne=2, colonne="structure_id", valeur="dora--s1", par=lot.depose_par)
    corrections.corriger(lot=lot, ligne=2, colonne="publics", valeur="jeunes", par=lot.depose_par)
    corrections.corriger(lot=lot, ligne=2, colonne="date_maj", valeur="14/02/2026", par=lot.depose_par)
    lot.refresh_from_db()
    assert etats(lot) == {2: "nouvelle"}
    importer(lot)
    assert OffreInsertion.objects.get().etat == "en_relecture"
    assert ReferenceExterne.objects.get(nature="service").contenu["thematiques"] == [
        "numerique--acquerir-un-equipement"
    ]


@pytest.mark.parametrize(
    ("contenu", "raison"),
    [
        (b'{"structures": [', "mal formé"),
        (b'{"autres": []}', "n’a pas de liste « structures »"),
        (b"[1, 2]", "une liste d’objets"),
    ],
    ids=["malforme", "sans-liste", "nombres"],
)
def test_un_json_illisible_dit_pourquoi(contenu, raison) -> None:
    lot = deposer("di-structures", contenu, "f.json")
    assert lot.etat == "illisible"
    assert raison in lot.erreur
    assert not Structure.objects.exists()
