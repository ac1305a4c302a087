"""The whole report as a Word file, for the service that edits it before the meeting.

Real heading styles and a table of contents, numbered captions, header rows that repeat, a description on each table,
numbered pages; a table too wide for an upright page has its own page across. The body is written as XML in one go:
python-docx adds a cell in a millisecond, and there are thousands.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from html import escape
from itertools import count
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from gouvernance.contenu import toutes_les_fiches
from parcours.documents.word import POLICE, TYPE_WORD, nouveau, octets
from pdi.socle.formats import compte, date_heure, date_longue

from .blocs import Graphique, Grille, Liste, Texte, Titre
from .blocs_rapport import composer_blocs
from .composition import Edition
from .word_graphiques import dessiner

__all__ = ["TYPE_WORD", "rapport_en_word"]
ENCRE, PETROLE = RGBColor(0x34, 0x45, 0x7A), RGBColor(0x0D, 0x4A, 0x55)
TITRES = ((1, 20, ENCRE), (2, 15, PETROLE), (3, 12, PETROLE), (4, 11, PETROLE), (5, 10, PETROLE))
NIVEAUX_DU_SOMMAIRE = 2
UTILE = {False: 9865, True: 14798}  # width between the margins, in twentieths of a point: upright, across
_INTERDITS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MENTION = (
    "Ce document se modifie : il sert à préparer la séance. La version qui fait foi est le PDF, dont le contenu porte "
    "l’empreinte ci-dessous."
)


def rapport_en_word(contenu: Mapping[str, Any], edition: Edition) -> bytes:
    """Return the report of a frozen content as an editable file. No table is read."""
    couverture = contenu["couverture"]
    titre = f"{couverture['titre']} {couverture['annee']} – {couverture['departement']}"
    document = nouveau(titre, marges_mm=(20, 18, 18, 18))
    document.core_properties.subject = couverture["programme"]
    document.core_properties.created = document.core_properties.modified = edition.compilee_le.replace(tzinfo=None)
    _styles(document)
    corps = document.element.body
    fin = corps.sectPr
    flux = _Flux(document)
    morceaux = [*_couverture(contenu, edition), *flux.ecrire(contenu)]
    sommaire = _sommaire(flux.titres)
    xml = "".join([*morceaux[: flux.debut(contenu)], *sommaire, *morceaux[flux.debut(contenu) :]])
    racine = parse_xml(f"<w:body {nsdecls('w')}>{xml}</w:body>")
    for element in list(racine):
        fin.addprevious(element)
    _pied(document, f"{titre} – version {edition.numero}")
    return octets(document)


def _styles(document: Any) -> None:
    """Set the headings, the caption and the lines of the table of contents, in French."""
    styles = document.styles
    for niveau, taille, couleur in TITRES:
        style = styles[f"Heading {niveau}"]
        style.font.name, style.font.size, style.font.color.rgb = POLICE, Pt(taille), couleur
        style.font.italic = False
        style.element.rPr.rFonts.set(qn("w:asciiTheme"), "")
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(10), Pt(4)
        style.paragraph_format.keep_with_next = True
    legende = styles["Caption"]
    legende.font.name, legende.font.size, legende.font.color.rgb = POLICE, Pt(9), ENCRE
    legende.paragraph_format.keep_with_next = True
    legende.paragraph_format.space_before = Pt(8)
    for niveau in range(1, NIVEAUX_DU_SOMMAIRE + 1):
        style = styles.add_style(f"toc {niveau}", 1)
        style.base_style = styles["Normal"]
        style.paragraph_format.left_indent = Mm(6 * (niveau - 1))
        style.font.bold = niveau == 1
    for reglage in styles.element.iter(qn("w:lang")):
        reglage.set(qn("w:val"), "fr-FR")


# -- pieces of XML ----------------------------------------------------------------------------


def _mots(texte: str, *, gras: bool = False, taille: int = 0) -> str:
    """Return runs of text; a line break stays one."""
    proprietes = ("<w:b/>" if gras else "") + (f'<w:sz w:val="{taille}"/>' if taille else "")
    rpr = f"<w:rPr>{proprietes}</w:rPr>" if proprietes else ""
    lignes = escape(_INTERDITS.sub("", texte), quote=False).split("\n")
    return f"<w:r>{rpr}" + "<w:br/>".join(f'<w:t xml:space="preserve">{x}</w:t>' for x in lignes) + "</w:r>"


def _paragraphe(contenu: str, style: str = "", reglages: str = "") -> str:
    choisi = f'<w:pStyle w:val="{style}"/>' if style else ""
    ppr = f"<w:pPr>{choisi}{reglages}</w:pPr>" if choisi or reglages else ""
    return f"<w:p>{ppr}{contenu}</w:p>"


def _champ(instruction: str, montre: str) -> str:
    """Return a field with what it shows until it is computed again."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{_mots(montre)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _section(*, couchee: bool) -> str:
    """Return the properties that close a section of pages."""
    largeur, hauteur = (16838, 11906) if couchee else (11906, 16838)
    sens = ' w:orient="landscape"' if couchee else ""
    return (
        f'<w:sectPr><w:type w:val="nextPage"/><w:pgSz w:w="{largeur}" w:h="{hauteur}"{sens}/>'
        '<w:pgMar w:top="1134" w:right="1020" w:bottom="1020" w:left="1020" w:header="567" w:footer="510" '
        'w:gutter="0"/>'
        "</w:sectPr>"
    )


class _Flux:
    """Write the blocks one after the other: captions and bookmarks are numbered, sections are opened and closed."""

    def __init__(self, document: Any) -> None:
        self.titres: list[tuple[int, str, str]] = []
        self._document = document
        self._tables, self._figures, self._signets = count(1), count(1), count(1)
        self._couchee = False

    @staticmethod
    def debut(contenu: Mapping[str, Any]) -> int:
        """Return how many pieces come before the table of contents."""
        return len(_couverture(contenu, None))

    def ecrire(self, contenu: Mapping[str, Any]) -> list[str]:
        """Return the XML of the blocks."""
        morceaux: list[str] = []
        for bloc in composer_blocs(contenu):
            if isinstance(bloc, Titre):
                morceaux += [*self._debout(), self._titre(bloc)]
            elif isinstance(bloc, Liste):
                morceaux += [_paragraphe(_mots(x), "ListBullet") for x in bloc.lignes]
            elif isinstance(bloc, Graphique):
                morceaux += [*self._debout(), *self._figure(bloc)]
            elif isinstance(bloc, Grille):
                morceaux += [*(self._coucher() if bloc.large else self._debout()), *self._grille(bloc)]
            else:
                morceaux.append(_texte(bloc))
        return [*morceaux, *self._debout()]

    def _coucher(self) -> list[str]:
        if self._couchee:
            return []
        self._couchee = True
        return [_paragraphe("", reglages=_section(couchee=False))]

    def _debout(self) -> list[str]:
        if not self._couchee:
            return []
        self._couchee = False
        return [_paragraphe("", reglages=_section(couchee=True))]

    def _titre(self, bloc: Titre) -> str:
        niveau = min(bloc.niveau, len(TITRES))
        numero = next(self._signets)
        ancre = f"_Toc{numero:06d}"
        if niveau <= NIVEAUX_DU_SOMMAIRE:
            self.titres.append((niveau, ancre, bloc.texte))
        saut = "<w:pageBreakBefore/>" if niveau == 1 else ""
        return _paragraphe(
            f'<w:bookmarkStart w:id="{numero}" w:name="{ancre}"/>{_mots(bloc.texte)}<w:bookmarkEnd w:id="{numero}"/>',
            f"Heading{niveau}", saut,
        )  # fmt: skip

    def _figure(self, g: Graphique) -> list[str]:
        numero = next(self._figures)
        legende = _paragraphe(
            _mots("Figure ") + _champ("SEQ Figure \\* ARABIC", str(numero)) + _mots(f" – {g.titre}"), "Caption"
        )
        return [legende, _paragraphe(dessiner(self._document, g, numero))]

    def _grille(self, g: Grille) -> list[str]:
        numero = next(self._tables)
        rang_dit = _champ("SEQ Tableau \\* ARABIC", str(numero))
        legende = _paragraphe(_mots("Tableau ") + rang_dit + _mots(f" – {g.legende}"), "Caption")
        somme = sum(map(abs, g.largeurs))
        largeurs = [int(UTILE[self._couchee] * abs(x) / somme) for x in g.largeurs]
        lignes = [_rangee(g.entete, g.largeurs, largeurs, entete=True)]
        for rang, ligne in enumerate(g.lignes, 1):
            lignes.append(_rangee(ligne, g.largeurs, largeurs, gras=g.total and rang == len(g.lignes)))
        decrite = f"{compte(len(g.lignes), 'ligne')}, colonnes : {', '.join(g.entete)}."
        colonnes = "".join(f'<w:gridCol w:w="{x}"/>' for x in largeurs)
        table = (
            '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>'
            f'<w:tblW w:w="{sum(largeurs)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" '
            f'w:noVBand="1"/><w:tblCaption w:val={_attribut(g.legende)}/>'
            f"<w:tblDescription w:val={_attribut(decrite)}/></w:tblPr>"
            f"<w:tblGrid>{colonnes}</w:tblGrid>{''.join(lignes)}</w:tbl>"
        )
        return [legende, table, _paragraphe("")]


def _attribut(texte: str) -> str:
    return f'"{escape(_INTERDITS.sub("", texte))}"'


def _rangee(
    cases: Iterable[str], sens: Iterable[int], largeurs: Iterable[int], *, entete: bool = False, gras: bool = False
) -> str:
    """Return a row: never cut between two pages, repeated on each when it is the header."""
    fond = '<w:shd w:val="clear" w:color="auto" w:fill="E8EBF5"/>' if entete else ""
    lues = []
    for texte, signe, largeur in zip(cases, sens, largeurs, strict=True):
        droite = '<w:jc w:val="right"/>' if signe < 0 else ""
        paragraphe = _paragraphe(
            _mots(texte, gras=entete or gras, taille=16), reglages=f'<w:spacing w:before="20" w:after="20"/>{droite}'
        )
        lues.append(f'<w:tc><w:tcPr><w:tcW w:w="{largeur}" w:type="dxa"/>{fond}</w:tcPr>{paragraphe}</w:tc>')
    reglages = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if entete else "") + "</w:trPr>"
    return f"<w:tr>{reglages}{''.join(lues)}</w:tr>"


def _texte(bloc: Texte) -> str:
    avant = _mots(bloc.gras, gras=True) if bloc.gras else ""
    return _paragraphe(avant + (_mots(bloc.texte, taille=17 if bloc.style == "note" else 0) if bloc.texte else ""))


def _couverture(contenu: Mapping[str, Any], edition: Edition | None) -> list[str]:
    c = contenu["couverture"]
    lignes = [
        _paragraphe(_mots(f"Département : {c['departement']}", gras=True)),
        _paragraphe(_mots(f"{c['titre']} {c['annee']}"), "Title"),
        _paragraphe(_mots(c["programme"], taille=26)),
        _paragraphe(_mots(f"{compte(len(toutes_les_fiches(dict(contenu))), 'fiche-action', 'fiches-actions')}.")),
        _paragraphe(_mots(_MENTION)),
        _paragraphe(
            _mots(
                f"Version {edition.numero}, compilée le {date_heure(edition.compilee_le)}. Empreinte du contenu "
                f"(SHA-256) : {edition.empreinte_groupee}" if edition else "",
                taille=16,
            )
        ),
    ]  # fmt: skip
    if c["adoption"] or c["deliberation"]:
        lignes.insert(3, _paragraphe(_mots(_adopte(c))))
    if c["demonstration"]:
        lignes.insert(
            1, _paragraphe(_mots("Données de démonstration : valeurs, bilans et montants fictifs.", gras=True))
        )
    return lignes


def _adopte(c: Mapping[str, Any]) -> str:
    le = f" du {date_longue(datetime.date.fromisoformat(c['adoption']))}" if c["adoption"] else ""
    return f"{c['nature']}, {c['periode']}, délibération {c['deliberation']}{le}".replace(",  ", ", ")


def _sommaire(titres: list[tuple[int, str, str]]) -> list[str]:
    """Return the table of contents as a field: its lines are links, its page numbers come when it is updated."""
    ouvre = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> '
        f'TOC \\o "1-{NIVEAUX_DU_SOMMAIRE}" \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    conseil = "Pour afficher les numéros de page : clic droit sur ce sommaire, « Mettre à jour les champs »."
    lignes = [
        _paragraphe(_mots("Sommaire", gras=True, taille=32), reglages="<w:pageBreakBefore/>"),
        _paragraphe(ouvre + _mots(conseil, taille=17)),
    ]
    for niveau, ancre, texte in titres:
        lien = f'<w:hyperlink w:anchor="{ancre}" w:history="1">{_mots(texte)}</w:hyperlink>'
        lignes.append(_paragraphe(lien, f"toc{niveau}"))
    return [*lignes, _paragraphe('<w:r><w:fldChar w:fldCharType="end"/></w:r>')]


def _pied(document: Any, texte: str) -> None:
    """Number the pages of every section."""
    paragraphe = document.sections[0].footer.paragraphs[0]
    pages = _champ("PAGE", "1") + _mots(" sur ", taille=16) + _champ("NUMPAGES", "1")
    champs = _mots(f"{texte} – page ", taille=16) + pages
    for run in list(parse_xml(f"<w:p {nsdecls('w')}>{champs}</w:p>")):
        paragraphe._p.append(run)  # noqa: SLF001  # python-docx has no word for fields
