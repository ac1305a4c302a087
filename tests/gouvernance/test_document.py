"""The PDF, opened: accessible, complete, the same again from the frozen content. And the workbook."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pikepdf
import pypdf
import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from actions.models import FicheAction, Financement, Indicateur
from gouvernance.classeur import composer_classeur
from gouvernance.contenu import chapitre, rassembler, toutes_les_fiches
from gouvernance.document import Edition, composer_corps
from gouvernance.operations import reconstruire_pdf
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from tests.fabriques import UtilisateurFactory

BALISES_PERMISES = {
    "/Document", "/Part", "/Sect", "/Div", "/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/L", "/LI", "/Lbl",
    "/LBody", "/Table", "/TR", "/TH", "/TD", "/THead", "/TBody", "/Caption", "/Figure", "/Link", "/Span", "/NonStruct",
}  # fmt: skip


def elements(noeud: Any) -> list[Any]:
    """Return every structure element under `noeud`."""
    trouves, pile = [], [noeud]
    while pile:
        courant = pile.pop()
        if not isinstance(courant, pikepdf.Dictionary):
            continue
        if "/S" in courant:
            trouves.append(courant)
        enfants = courant.get("/K")
        pile += list(enfants) if isinstance(enfants, pikepdf.Array) else [enfants]
    return trouves


def contenu_de(champ: Any) -> bytes:
    """Return the bytes of a stored file, closed at once."""
    with champ.open("rb") as ouvert:
        return bytes(ouvert.read())


def texte(pdf: bytes) -> str:
    """Return the text of every page, spaces and line-end hyphens undone."""
    pages = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return serre(pages)


def serre(mot: str) -> str:
    """Return letters and digits only: line breaks and hyphenation do not matter."""
    return re.sub(r"[\W_]+", "", mot)


@pytest.fixture
def version(essonne, compiler):
    """The report of Essonne, one fiche out of three printed: a whole one takes a minute and says no more."""
    numeros = essonne.programme.fiches.order_by("ordre").values_list("numero", flat=True)
    essonne.programme.fiches.exclude(numero__in=list(numeros)[::3]).update(restreinte=True)
    return compiler(essonne.programme)


def test_le_pdf_d_essonne(version, essonne):
    octets = contenu_de(version.pdf)
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        racine = pdf.Root
        assert str(racine.Lang) == "fr"
        assert bool(racine.MarkInfo.Marked)
        assert bool(racine.ViewerPreferences.DisplayDocTitle)
        assert "pdfuaid:part" in racine.Metadata.read_bytes().decode().replace("pdfuaid:part=", "pdfuaid:part")
        assert str(pdf.docinfo["/Title"]) == "Rapport annuel d’exécution du PTI-PDI 2025 – Essonne"
        arbre = elements(racine.StructTreeRoot)
        assert {str(e.S) for e in arbre} <= BALISES_PERMISES
        figures = [e for e in arbre if str(e.S) == "/Figure"]
        assert figures
        assert all(str(f.get("/Alt", "")) for f in figures)
        cellules = [e for e in arbre if str(e.S) == "/TD"]
        sans_entete = [c for c in cellules if not len(c.A.get("/Headers", []))]
        assert not sans_entete
        with pdf.open_outline() as plan:
            chapitres = [str(e.title) for e in plan.root]
            fiches = [str(f.title) for e in plan.root for f in e.children]
        assert len(pdf.pages) == version.pages
        assert not [p for p in pdf.pages if "/Annots" in p and any("/URI" in a.get("/A", {}) for a in p.Annots)]
    assert chapitres[:2] == ["Chiffres clés", "État d’avancement"]
    assert chapitres[-4:] == ["Le financement", "Anomalies et données manquantes", "Méthodologie", "Glossaire"]
    assert len(chapitres) == 2 + 3 + 4
    lisibles = essonne.programme.fiches.filter(restreinte=False)
    numeros = list(lisibles.order_by("ordre").values_list("numero", flat=True))
    assert [re.match(r"Fiche (\S+)", f).group(1) for f in fiches] == numeros  # type: ignore[union-attr]
    lu = texte(octets)
    for fiche in toutes_les_fiches(version.contenu):
        assert serre(fiche["intitule"]) in lu, fiche["numero"]
        for ligne in fiche["indicateurs"]:
            assert serre(ligne["libelle"]) in lu, (fiche["numero"], ligne["libelle"])
    assert serre("données de démonstration") in lu
    for terme in chapitre(version.contenu, "glossaire")["termes"]:
        assert serre(terme["libelle"]) in lu
    assert version.espion.fait == version.espion.total
    assert sum(e.startswith("Fiche ") for e in version.espion.etapes) == len(numeros) == 6


def test_les_totaux_du_pdf_sont_ceux_de_la_base_et_le_pdf_se_refait_a_l_octet_pres(peupler, compiler):
    version = compiler(peupler(3))
    totaux = Financement.objects.aggregate(prevu=Sum("prevu"), realise=Sum("realise"))
    octets = contenu_de(version.pdf)
    lu = texte(octets)
    assert totaux == {"prevu": Decimal("4500.30"), "realise": Decimal(2700)}
    assert serre("Total 4 500,30 € 2 700 €") in lu
    for libelle in Indicateur.objects.values_list("libelle", flat=True):
        assert serre(libelle.replace("'", "’")) in lu
    # The same bytes again, from the frozen content alone, whatever the tables have become.
    FicheAction.objects.update(intitule="Tout a changé")
    with CaptureQueriesContext(connection) as requetes:
        refait = reconstruire_pdf(version=version)
    assert len(requetes) == 0
    assert refait == octets


def test_un_contenu_altere_ne_se_reimprime_pas(peupler, version_rapide):
    version = version_rapide(peupler(1))
    version.contenu["couverture"]["titre"] = "Autre"
    with pytest.raises(RegleMetier, match="empreinte"):
        reconstruire_pdf(version=version)


def test_une_version_se_lit_partie_par_partie_et_renvoie_de_l_une_a_l_autre(peupler, version_rapide, client):
    programme = peupler(2)
    version = version_rapide(programme)
    client.force_login(UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    premiere, seconde = programme.fiches.order_by("ordre")
    ouverture = client.get(version.get_absolute_url()).text
    assert "Comment lire ce rapport" in ouverture
    assert 'class="r-fiche"' not in ouverture
    lue = client.get(version.get_absolute_url(), {"partie": f"fiche-{premiere.pk}"}).text
    assert lue.count('class="r-fiche"') == 1
    assert "Comment lire ce rapport" not in lue
    assert 'rel="next" href="?partie=' in lue
    assert f'href="?partie=fiche-{seconde.pk}"' in lue
    axe = client.get(version.get_absolute_url(), {"partie": f"axe-{premiere.axe_id}"}).text
    assert f'href="?partie=fiche-{premiere.pk}"' in axe
    assert client.get(version.get_absolute_url(), {"partie": "tout"}).text.count('class="r-fiche"') == 2
    assert client.get(version.get_absolute_url(), {"partie": "fiche-0"}).status_code == 404


def test_le_html_echappe_ce_que_les_pilotes_ecrivent(peupler):
    programme = peupler(1)
    FicheAction.objects.update(contexte="<script>alert(1)</script>")
    corps = composer_corps(rassembler(programme, 2025))
    assert "<script>" not in corps
    assert "&lt;script&gt;" in corps


def test_le_classeur(peupler, version_rapide):
    programme = peupler(3)
    FicheAction.objects.filter(numero="1.0").update(intitule='=HYPERLINK("http://exemple.fr")')
    version = version_rapide(programme)
    octets = composer_classeur(version.contenu, Edition(1, version.compilee_le, version.empreinte))
    livre = openpyxl.load_workbook(io.BytesIO(octets))
    assert livre.sheetnames == [
        "Synthèse", "Fiches", "Indicateurs", "Financement", "Étapes", "Anomalies", "Méthodologie", "Glossaire",
    ]  # fmt: skip
    assert all(page.freeze_panes == "A2" for page in livre)
    assert all(page.auto_filter.ref for page in livre if page.max_row > 1)
    argent = livre["Financement"]
    lignes = list(argent.iter_rows(min_row=2, values_only=True))
    totaux = Financement.objects.aggregate(prevu=Sum("prevu"), realise=Sum("realise"))
    assert [Decimal(str(v)) for v in lignes[-1][3:5]] == [totaux["prevu"], totaux["realise"]]
    assert sum(Decimal(str(ligne[3])) for ligne in lignes[:-1]) == totaux["prevu"]
    euros = next(r for r in livre["Synthèse"].iter_rows(values_only=True) if str(r[0]).startswith("Euros réalisés"))
    prevus_2025 = Financement.objects.filter(annee=2025).aggregate(prevu=Sum("prevu"), realise=Sum("realise"))
    assert [Decimal(str(v)) for v in euros[1:]] == [prevus_2025["realise"], prevus_2025["prevu"]]
    taux = [ligne for ligne in livre["Indicateurs"].iter_rows(min_row=2, values_only=True) if "Taux" in str(ligne[1])]
    assert len(taux) == 3
    assert taux[0][4:9] == (78.2, 83.1, 86, 90, -4)
    assert [c.value for c in livre["Indicateurs"][1]][4:8] == [2023, 2024, 2025, "Cible 2025"]
    assert {c.value for c in livre["Anomalies"]["D"]} == {"Suite", "À traiter", None}
    textes = [c.value for page in livre for rang in page.iter_rows() for c in rang if isinstance(c.value, str)]
    assert not [t for t in textes if t.startswith("=")]
    assert any(t.startswith("'=HYPERLINK") for t in textes)
    assert all(c.data_type != "f" for page in livre for rang in page.iter_rows() for c in rang)


def test_le_classeur_d_essonne_dit_la_demonstration(essonne):
    contenu = rassembler(essonne.programme, 2025)
    from django.utils import timezone

    livre = openpyxl.load_workbook(io.BytesIO(composer_classeur(contenu, Edition(1, timezone.now(), "0" * 64))))
    assert "démonstration" in str(livre["Synthèse"]["B2"].value)
    assert livre["Indicateurs"].max_row == 103
