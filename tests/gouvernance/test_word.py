"""The report as a Word file: what a service that edits it finds there, and what a screen reader is told."""

from __future__ import annotations

import datetime
import io
import json
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from gouvernance.contenu import mettre_a_niveau, rassembler, toutes_les_fiches
from gouvernance.document import Edition
from gouvernance.document.blocs import Grille, Titre
from gouvernance.document.blocs_rapport import composer_blocs
from gouvernance.document.word import rapport_en_word
from gouvernance.models import Decision
from pdi.comptes.models import Role
from tests.fabriques import UtilisateurFactory

from .test_chapitres import instance_de, le, tenir

pytestmark = pytest.mark.django_db
EDITION = Edition(3, datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC), "ab" * 32)


def ouvrir(octets):
    return docx.Document(io.BytesIO(octets))


def mots(document):
    return "\n".join(
        [p.text for p in document.paragraphs] + [c.text for t in document.tables for r in t.rows for c in r.cells]
    )


@pytest.fixture
def essai(peupler):
    """A report with two fiches, a meeting and a decision, and its Word file."""
    programme = peupler(2)
    seance = tenir(instance_de(programme), le(2, 5))
    Decision.objects.create(seance=seance, numero=1, texte="Former les référents & suivre <mensuellement>.")
    contenu = rassembler(programme, 2025)
    return contenu, ouvrir(rapport_en_word(contenu, EDITION))


def test_le_word_a_les_titres_et_les_chiffres_du_rapport(essai):
    contenu, document = essai
    titres = {p.text: p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")}
    for fiche in toutes_les_fiches(contenu):
        assert titres[f"Fiche {fiche['numero']} – {fiche['intitule']}"] == "Heading 2"
    assert titres["Les décisions"] == titres["Glossaire"] == "Heading 1"
    lu = mots(document)
    for attendu in (
        "3\u00a0000,20\u00a0€",
        "86\u00a0%",
        "\u2212\u00a04,0\u00a0pts",
        "Former les référents & suivre <mensuellement>.",
    ):
        assert attendu in lu, attendu
    assert "Version 3, compilée le 2" in lu
    assert "ab" * 4 in lu


def test_les_graphiques_se_lisent_et_se_modifient_avec_leurs_nombres(essai):
    contenu, document = essai
    fiche = toutes_les_fiches(contenu)[0]
    images = [e.get("descr") for e in document.element.body.iter(qn("wp:docPr"))]
    assert len(images) == 3  # the steps, and the main indicator of each fiche
    taux = next(i for i in fiche["indicateurs"] if i["id"] == fiche["phare"])
    assert any(d.startswith(f"{taux['libelle']}. Valeur\u00a0: ") and "2025 86\u00a0%" in d for d in images)
    parties = document.part.package.iter_parts()
    dessins = {str(p.partname): p for p in parties if str(p.partname).startswith("/word/charts/")}
    assert sorted(dessins) == [f"/word/charts/chart{n}.xml" for n in (1, 2, 3)]
    courbe = dessins["/word/charts/chart2.xml"]
    assert b'<c:externalData r:id="rId1">' in courbe.blob
    assert b"<c:v>86</c:v>" in courbe.blob
    feuille = CalamineWorkbook.from_filelike(io.BytesIO(courbe.rels["rId1"].target_part.blob)).get_sheet_by_index(0)
    assert feuille.to_python()[-1] == ["2025", 86.0, 90.0]


def test_chaque_tableau_a_sa_legende_sa_description_et_repete_son_entete(essai):
    _contenu, document = essai
    legendes = [p.text for p in document.paragraphs if p.style.name == "Caption" and p.text.startswith("Tableau")]
    assert len(legendes) == len(document.tables) > 5
    assert [texte.split(" – ")[0] for texte in legendes] == [f"Tableau {n}" for n in range(1, len(legendes) + 1)]
    for table in document.tables:
        reglages = table._tbl.tblPr
        assert reglages.find(qn("w:tblCaption")).get(qn("w:val"))
        assert "colonnes" in reglages.find(qn("w:tblDescription")).get(qn("w:val"))
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_le_sommaire_renvoie_aux_titres_et_les_pages_se_numerotent(essai):
    _contenu, document = essai
    corps = document.element.body
    signets = {b.get(qn("w:name")) for b in corps.iter(qn("w:bookmarkStart"))}
    liens = [h.get(qn("w:anchor")) for h in corps.iter(qn("w:hyperlink"))]
    assert liens
    assert set(liens) <= signets
    assert any("TOC" in i.text for i in corps.iter(qn("w:instrText")))
    assert [c.get(qn("w:fldCharType")) for c in corps.iter(qn("w:fldChar"))].count("begin") == len(
        [c for c in corps.iter(qn("w:fldChar")) if c.get(qn("w:fldCharType")) == "end"]
    )
    for section in document.sections:
        champs = [i.text.strip() for i in section.footer._element.iter(qn("w:instrText"))]
        assert champs == ["PAGE", "NUMPAGES"]


def test_seuls_les_tableaux_larges_couchent_la_page(essai):
    contenu, document = essai
    assert [s.orientation for s in document.sections] == [
        WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT,
    ]  # fmt: skip
    larges = [b.legende for b in composer_blocs(contenu) if isinstance(b, Grille) and b.large]
    assert larges == ["Les décisions de l’année"]


def test_le_fichier_est_en_francais_et_bien_forme(essai):
    contenu, _document = essai
    octets = rapport_en_word(contenu, EDITION)
    with ZipFile(io.BytesIO(octets)) as paquet:
        assert paquet.testzip() is None
        assert b'w:lang w:val="fr-FR"' in paquet.read("word/styles.xml")
    assert ouvrir(octets).core_properties.language == "fr-FR"


def test_ce_que_word_refuse_est_ote(peupler):
    programme = peupler(1)
    programme.fiches.update(contexte="Un saut\x0b de page\x0c et\nune ligne")
    lu = mots(ouvrir(rapport_en_word(rassembler(programme, 2025), EDITION)))
    assert "Un saut de page et\nune ligne" in lu


def test_une_version_ancienne_se_telecharge_en_word_sans_lire_de_table(peupler, version_rapide, client):
    ancien = json.loads((Path(__file__).parent / "contenu_v1.json").read_text(encoding="utf-8"))
    version = version_rapide(peupler(0), contenu=ancien, schema_version=1)
    with CaptureQueriesContext(connection) as requetes:
        rapport_en_word(mettre_a_niveau(version.contenu, 1), EDITION)
    assert len(requetes) == 0
    client.force_login(
        UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get(reverse("gouvernance:version", args=[version.pk])).content.decode()
    adresse = reverse("gouvernance:version_document", args=[version.pk, "word"])
    assert adresse in page
    reponse = client.get(adresse)
    assert reponse["Content-Disposition"].endswith(f'v{version.numero}.docx"')
    assert ouvrir(reponse.content).tables
    assert client.get(reverse("gouvernance:version_document", args=[version.pk, "autre"])).status_code == 404


def test_les_niveaux_de_titre_se_suivent(essai):
    contenu, _document = essai
    niveaux = [b.niveau for b in composer_blocs(contenu) if isinstance(b, Titre)]
    assert niveaux[0] == 1
    assert all(suivant <= avant + 1 for avant, suivant in pairwise(niveaux))
