"""Contracts and letters as Word files that can be edited: headings, lists and tables, nothing drawn."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from pdi.socle.formats import date_courte, date_longue

from .contrat import DocumentContrat
from .courrier import Lettre

TYPE_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
POLICE = "Arial"  # on every workstation: the file is made to be edited
PRUNE = RGBColor(0x6B, 0x2A, 0x5B)


def nouveau(titre: str, *, marges_mm: tuple[float, float, float, float] = (18, 18, 16, 18)) -> Any:
    """Return an empty A4 document in French. `marges_mm`: top, right, bottom, left."""
    document = docx.Document()
    document.core_properties.title = titre
    document.core_properties.language = "fr-FR"
    document.core_properties.author = ""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.right_margin, page.bottom_margin, page.left_margin = (Mm(m) for m in marges_mm)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = POLICE, Pt(10)
    normal.paragraph_format.space_after = Pt(3)
    langue = OxmlElement("w:lang")
    langue.set(qn("w:val"), "fr-FR")
    normal.element.get_or_add_rPr().append(langue)
    for nom, taille in (("Title", 18), ("Heading 1", 12)):
        style = document.styles[nom]
        style.font.name, style.font.size, style.font.color.rgb = POLICE, Pt(taille), PRUNE
        style.element.rPr.rFonts.set(qn("w:asciiTheme"), "")
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(8), Pt(3)
    return document


def octets(document: Any) -> bytes:
    """Return the file."""
    sortie = io.BytesIO()
    document.save(sortie)
    return sortie.getvalue()


def liste(document: Any, titre: str, lignes: Iterable[str], style: str = "List Bullet") -> None:
    """Add a titled list, nothing when it is empty."""
    lignes = list(lignes)
    if lignes:
        document.add_heading(titre, 1)
        for ligne in lignes:
            document.add_paragraph(ligne, style)


def table(document: Any, entetes: Sequence[str], lignes: Iterable[Sequence[str]]) -> None:
    """Add a table whose header row is repeated on each page."""
    grille = document.add_table(rows=1, cols=len(entetes), style="Table Grid")
    for case, texte in zip(grille.rows[0].cells, entetes, strict=True):
        case.paragraphs[0].add_run(texte).bold = True
    repete = OxmlElement("w:tblHeader")
    repete.set(qn("w:val"), "true")
    grille.rows[0]._tr.get_or_add_trPr().append(repete)  # noqa: SLF001  # python-docx has no word for it
    for ligne in lignes:
        for case, texte in zip(grille.add_row().cells, ligne, strict=True):
            case.text = texte


def contrat_en_word(d: DocumentContrat) -> bytes:
    """Return a contract as a Word file: the same words as its PDF."""
    c, document = d.contrat, nouveau(d.titre)
    document.add_paragraph(d.departement).runs[0].bold = True
    document.add_paragraph(d.titre, "Title")
    precision = " – ".join(filter(None, (d.rang, "projet, non signé" if d.projet else "", d.fondement)))
    document.add_paragraph(precision)
    if c.personne.fictive:
        document.add_paragraph("Personne fictive : document de démonstration.")
    qui = [("Personne", str(c.personne)), ("Référent", str(c.referent or "")), ("Structure", str(c.structure))]
    if c.personne.date_naissance:
        qui.insert(1, ("Naissance", date_courte(c.personne.date_naissance)))
    qui += [("Commune", d.commune), ("Orientation", d.orientation), ("Foyer à la signature", d.foyer)]
    for titre, valeur in [
        *qui,
        ("Commune", d.commune),
        ("Orientation", d.orientation),
        ("Foyer à la signature", d.foyer),
        *d.reperes,
    ]:
        if valeur:
            paragraphe = document.add_paragraph()
            paragraphe.add_run(f"{titre} : ").bold = True
            paragraphe.add_run(valeur)
    liste(document, "Objectifs", (o.libelle for o in d.objectifs), "List Number")
    if d.actions:
        document.add_heading("Actions", 1)
        table(document, ("Action", "Type", "Par semaine", "Dates"), d.lignes)
    liste(document, "La personne s’engage à", c.engagements_personne)
    liste(document, "Le Département s’engage à", c.engagements_departement)
    liste(document, "Observations de la personne", filter(None, [c.observations_personne]), "Normal")
    liste(document, "Observations du référent", filter(None, [c.observations_referent]), "Normal")
    liste(document, "À savoir", d.mentions, "Normal")
    document.add_heading("Signatures", 1)
    table(
        document, [s.titre for s in d.signatures],
        [[f"{s.qui}\n{f'le {date_longue(s.le)}' if s.le else 'le'}\n\n\n" for s in d.signatures]],
    )  # fmt: skip
    return octets(document)


def courrier_en_word(lettre: Lettre) -> bytes:
    """Return a letter as a Word file: the address stands where the window of the envelope is."""
    document = nouveau("Courrier", marges_mm=(18, 20, 18, 20))
    document.styles["Normal"].font.size = Pt(11)
    cadre = document.add_table(rows=1, cols=2)
    cadre.autofit = False
    rangee = cadre.rows[0]
    rangee.height = Mm(87)
    for case, largeur, lignes, avant in zip(
        rangee.cells, (80, 88), (lettre.expediteur, lettre.destinataire), (0, 37), strict=True
    ):
        case.width = Mm(largeur)
        paragraphe = case.paragraphs[0]
        paragraphe.paragraph_format.space_before = Mm(avant)
        paragraphe.add_run("\n".join(lignes)).font.size = Pt(10)
    document.add_paragraph(f"Le {date_longue(lettre.jour)}").paragraph_format.left_indent = Mm(100)
    document.add_paragraph().add_run(f"Objet : {lettre.objet}").bold = True
    for genre, lignes in lettre.blocs:
        for ligne in lignes:
            document.add_paragraph(ligne, "List Bullet" if genre == "ul" else "Normal")
    signature = document.add_paragraph("\n".join(filter(None, (lettre.signataire, lettre.fonction))))
    signature.paragraph_format.left_indent, signature.paragraph_format.space_before = Mm(90), Mm(12)
    return octets(document)
