"""The annex of a deliberation: what an avenant changes, rubric by rubric; PDF/UA-1 and Word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone

from gouvernance.lecture_avenant import LectureAvenant
from gouvernance.models import Avenant, EtatAvenant
from pdi.territoires.noms import nom_de_la_collectivite

if TYPE_CHECKING:
    from pdi.socle.impression import Imprime

FEUILLES = ("css/contrat-impression.css", "css/seance-impression.css", "css/avenant-impression.css")


@dataclass(frozen=True)
class AnnexeAvenant:
    """What is printed of an avenant, as its reader may know it."""

    avenant: Avenant
    lecture: LectureAvenant
    departement: str

    @classmethod
    def lire(cls, avenant: Avenant, lecture: LectureAvenant) -> AnnexeAvenant:
        """Read the avenant."""
        return cls(avenant, lecture, nom_de_la_collectivite(settings.DEPARTEMENT_CODE))

    @property
    def titre(self) -> str:
        """Return « Avenant n° 2 au Pacte Solidarité Essonne »."""
        return f"{self.avenant} – {self.avenant.intitule}"

    @property
    def projet(self) -> bool:
        """Return whether the Assemblée has not voted it."""
        return self.avenant.etat != EtatAvenant.VOTE

    def html(self) -> str:
        """Return the document to print."""
        return get_template("documents/avenant/annexe.html").render({"d": self, "a": self.avenant})

    def imprimer(self) -> Imprime:
        """Print to PDF/UA-1."""
        from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy

        identifiant = f"avenant-{self.avenant.pk}-{self.avenant.version}"
        return imprimer(self.html(), feuilles=FEUILLES, date=timezone.now(), identifiant=identifiant)

    def word(self) -> bytes:
        """Write the same words as a Word file."""
        from parcours.documents.word import nouveau, octets, table  # noqa: PLC0415  # python-docx is heavy

        document = nouveau(self.titre)
        document.add_paragraph(self.departement).runs[0].bold = True
        document.add_paragraph(str(self.avenant), "Title")
        document.add_paragraph(f"{self.avenant.intitule} – {self.avenant.programme}")
        if self.projet:
            document.add_paragraph("Projet : l’Assemblée n’a pas voté cet avenant.")
        if self.avenant.demonstration:
            document.add_paragraph("Avenant fictif : document de démonstration.")
        document.add_heading("Exposé des motifs", 1)
        document.add_paragraph(self.avenant.expose or "À écrire.")
        if self.lecture.resume:
            document.add_paragraph(self.lecture.resume).runs[0].bold = True
        for titre, _fiche, lues in self.lecture.par_fiche:
            document.add_heading(titre, 1)
            for creee in (m.modification for m in lues if m.modification.creation):
                document.add_paragraph(f"Motif\u00a0: {creee.motif}")
                table(document, ("Rubrique", "Ce que dit la fiche"), creee.rubriques)
            changees = [m.modification for m in lues if not m.modification.creation]
            if changees:
                table(
                    document, ("Rubrique", "Texte actuel", "Nouveau texte", "Motif"),
                    ((m.get_champ_display(), m.avant or "(vide)", m.apres or "(vide)", m.motif) for m in changees),
                )  # fmt: skip
        return octets(document)
