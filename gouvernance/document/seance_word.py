"""The minutes of a meeting as a Word file that can be edited: the same words as its PDF."""

from __future__ import annotations

from docx.shared import RGBColor

from gouvernance.lecture_seance import PresenceLue
from gouvernance.models import EtatPresence
from parcours.documents.word import TYPE_WORD, liste, nouveau, octets, table
from pdi.socle.formats import date_courte

from .seance import DocumentSeance, porteur, votes

__all__ = ["TYPE_WORD", "releve_en_word"]
ENCRE = RGBColor(0x34, 0x45, 0x7A)


def releve_en_word(d: DocumentSeance) -> bytes:
    """Return the minutes."""
    document = nouveau(f"{d.titre} – {d.intitule}")
    for nom in ("Title", "Heading 1"):
        document.styles[nom].font.color.rgb = ENCRE
    document.add_paragraph(d.departement).runs[0].bold = True
    document.add_paragraph(d.titre, "Title")
    document.add_paragraph(" – ".join(filter(None, (d.intitule, d.quand, d.seance.lieu))))
    if d.projet:
        document.add_paragraph("Projet : la séance n’est pas close.")
    if d.seance.demonstration:
        document.add_paragraph("Séance fictive : document de démonstration.")
    liste(document, "Présents ou représentés", (_dit(p.nom, p.precision, _represente(p)) for p in d.presents))
    liste(document, "Excusés ou absents", (_dit(p.nom, p.precision) for p in d.absents))
    document.add_heading("Décisions", 1)
    if d.decisions:
        table(
            document, ("N°", "Décision", "Type, vote", "Portée par", "Pour le"),
            ((str(x), x.texte, _dit(x.get_type_display(), votes(x)), porteur(x),
              date_courte(x.echeance) if x.echeance else "") for x in d.decisions),
        )  # fmt: skip
    else:
        document.add_paragraph("Aucune décision n’a été notée.")
    document.add_heading("Points traités", 1)
    for p in d.points:
        document.add_paragraph(f"{p.point.titre} ({p.point.get_etat_display().lower()})", "List Number")
        if p.point.notes:
            document.add_paragraph(p.point.notes)
    return octets(document)


def _represente(presence: PresenceLue) -> str:
    par = presence.presence.represente_par
    if presence.presence.etat != EtatPresence.REPRESENTE:
        return ""
    return f"représenté par {par}" if par else "représenté"


def _dit(*morceaux: str) -> str:
    return ", ".join(m for m in morceaux if m)
