"""The charts of the Word report: drawn by the word processor, each with the sheet of its numbers, both to be edited.

The chart itself is written by the engine of our workbooks: the same file format serves both.
"""

from __future__ import annotations

import io
from html import escape
from typing import Any
from zipfile import ZipFile

import xlsxwriter
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from pdi.socle import formats

from .blocs import Graphique

FEUILLE = "Données"
LARGEUR_MM, HAUTEUR_MM, PAR_BARRE_MM, AUTOUR_MM = 170, 62, 11, 26
EMU = 36_000  # in a millimetre
CLASSEUR_LIE = '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'
SANS_ZERO = "#,##0;;"
FORMATS = {"%": '0.0" %"', "€": '#,##0" €"'}
DESSIN = (
    '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/>'
    '<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="{numero}" name="Figure {numero}" descr="{description}"/>'
    '<wp:cNvGraphicFramePr/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
    '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="{lien}"/>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
)


def dessiner(document: Any, g: Graphique, numero: int) -> str:
    """Put a chart and its numbers in the file; return the run that shows it."""
    classeur = _classeur(g)
    paquet = document.part.package
    donnees = Part(
        PackURI(f"/word/embeddings/graphique{numero}.xlsx"), CONTENT_TYPE.SML_SHEET, classeur, package=paquet
    )
    partie = Part(PackURI(f"/word/charts/chart{numero}.xml"), CONTENT_TYPE.DML_CHART, _chart(classeur), package=paquet)
    partie.relate_to(donnees, RELATIONSHIP_TYPE.PACKAGE)  # the first: rId1
    hauteur = AUTOUR_MM + PAR_BARRE_MM * len(g.categories) if g.empile else HAUTEUR_MM
    return DESSIN.format(
        cx=LARGEUR_MM * EMU, cy=hauteur * EMU, numero=numero, description=escape(g.description),
        lien=document.part.relate_to(partie, RELATIONSHIP_TYPE.CHART),
    )  # fmt: skip


def _chart(classeur: bytes) -> bytes:
    """Return the chart of the workbook, linked to its numbers."""
    with ZipFile(io.BytesIO(classeur)) as ouvert:
        xml = ouvert.read("xl/charts/chart1.xml").decode()
    debut, separe, _marges = xml.partition("<c:printSettings>")
    if not separe:
        debut = xml.removesuffix("</c:chartSpace>")
    return (debut.replace('val="en-US"', 'val="fr-FR"') + CLASSEUR_LIE + "</c:chartSpace>").encode()


def _classeur(g: Graphique) -> bytes:
    """Return the workbook of the numbers, with the chart that draws them."""
    sortie = io.BytesIO()
    with xlsxwriter.Workbook(sortie, {"in_memory": True}) as classeur:
        feuille = classeur.add_worksheet(FEUILLE)
        nombre = classeur.add_format({"num_format": FORMATS.get(g.unite, "#,##0.##")})
        feuille.write_row(0, 1, [s.nom for s in g.series])
        feuille.write_column(1, 0, g.categories)
        for rang, serie in enumerate(g.series, 1):
            for ligne, texte in enumerate(serie.valeurs, 1):
                if (lu := formats.en_decimal(texte)) is not None:
                    feuille.write_number(ligne, rang, float(lu), nombre)
        feuille.insert_chart(0, len(g.series) + 2, _dessin(classeur, g))
    return sortie.getvalue()


def _dessin(classeur: Any, g: Graphique) -> Any:
    genre = {"type": "bar", "subtype": "stacked"} if g.empile else {"type": "line"}
    dessin, fin = classeur.add_chart(genre), len(g.categories)
    for rang, serie in enumerate(g.series, 1):
        reglages: dict[str, Any] = {
            "name": [FEUILLE, 0, rang], "categories": [FEUILLE, 1, 0, fin, 0], "values": [FEUILLE, 1, rang, fin, rang],
        }  # fmt: skip
        if g.empile:
            police = {"size": 9, "bold": True, "color": serie.encre}
            etiquettes = {"value": True, "num_format": SANS_ZERO, "font": police}
            reglages |= {"fill": {"color": serie.couleur}, "gap": 60, "data_labels": etiquettes}
        else:
            trait = {"color": serie.couleur, "width": 1.25 if serie.cible else 2.25}
            reglages["line"] = trait | ({"dash_type": "dash"} if serie.cible else {})
            point = {"fill": {"color": serie.couleur}, "border": {"color": serie.couleur}}
            reglages["marker"] = {"type": "none"} if serie.cible else {"type": "circle", "size": 6, **point}
            if not serie.cible:
                reglages["data_labels"] = {"value": True, "position": "above", "font": {"size": 9}}
        dessin.add_series(reglages)
    texte = {"name": "Arial", "size": 9}
    dessin.set_legend({"position": "bottom", "font": texte})
    dessin.set_x_axis({"num_font": texte, "major_gridlines": {"visible": False}, "visible": not g.empile})
    dessin.set_y_axis({"num_font": texte, "major_gridlines": {"visible": not g.empile, "line": {"color": "#d8d5cb"}},
                       "reverse": g.empile})  # fmt: skip
    dessin.show_blanks_as("gap")
    dessin.set_chartarea({"border": {"none": True}})
    return dessin
