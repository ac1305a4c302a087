"""The preparation sheet of a territorial dialogue on paper: PDF/UA-1, from its frozen content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone

from gouvernance.models import DialogueTerritorial
from pdi.socle.formats import date_longue
from pdi.territoires.noms import nom_de_la_collectivite

if TYPE_CHECKING:
    from pdi.socle.impression import Imprime

FEUILLES = ("css/contrat-impression.css", "css/seance-impression.css")


@dataclass(frozen=True)
class FicheDialogue:
    """What is printed of a dialogue."""

    dialogue: DialogueTerritorial

    titre = "Fiche de préparation"

    @property
    def departement(self) -> str:
        """Return the name of the collectivité."""
        return nom_de_la_collectivite(settings.DEPARTEMENT_CODE)

    @property
    def intitule(self) -> str:
        """Return the dialogue."""
        return str(self.dialogue)

    @property
    def quand(self) -> str:
        """Return the day of the meeting, or that it has none."""
        seance = self.dialogue.seance
        return date_longue(timezone.localdate(seance.debut), jour=True) if seance else "sans date encore"

    @property
    def projet(self) -> bool:
        """Return whether it is a draft: never, a sheet has no such state."""
        return False

    @property
    def contenu(self) -> dict[str, Any]:
        """Return the frozen content."""
        return self.dialogue.contenu or {}

    def html(self) -> str:
        """Return the document to print."""
        lieu = self.dialogue.seance.lieu if self.dialogue.seance else ""
        seance = {"lieu": lieu, "demonstration": self.dialogue.demonstration}
        return get_template("documents/dialogue/fiche.html").render({"d": self, "s": seance, "c": self.contenu})

    def imprimer(self, avancer_page: Callable[[int], None] | None = None) -> Imprime:
        """Print to PDF/UA-1, dated as the sheet is; `avancer_page` is told each page laid out."""
        from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy

        quand = self.dialogue.preparee_le or timezone.now()
        identifiant = f"dialogue-{self.dialogue.pk}-{quand:%Y%m%d%H%M%S}"
        return imprimer(self.html(), feuilles=FEUILLES, date=quand, identifiant=identifiant, avancer_page=avancer_page)
