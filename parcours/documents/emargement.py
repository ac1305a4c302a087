"""The presence sheet of a session: a week, one line a person, to sign morning and afternoon."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone

from offre.models import Session
from parcours.models import EtatInscription, Inscription
from pdi.structures.regles import cle_nom
from pdi.territoires.noms import nom_de_la_collectivite

if TYPE_CHECKING:
    from pdi.socle.impression import Imprime

FEUILLES = ("css/contrat-impression.css", "css/emargement-impression.css")
JOURS_OUVRES = 5
LIGNES_VIDES = 3  # somebody may come who is not on the list yet


def semaine_de(session: Session, demandee: str, jour: datetime.date) -> list[datetime.date]:
    """Return the working days of a week within the session: the one asked for (ISO date), this one, else the first."""
    try:
        voulu = datetime.date.fromisoformat(demandee)
    except ValueError:
        voulu = jour
    voulu = max(voulu, session.debut)
    if session.fin is not None:
        voulu = min(voulu, session.fin)
    lundi = voulu - datetime.timedelta(days=voulu.weekday())
    jours = [lundi + datetime.timedelta(days=n) for n in range(JOURS_OUVRES)]
    dedans = [j for j in jours if j >= session.debut and (session.fin is None or j <= session.fin)]
    return dedans or jours


@dataclass(frozen=True)
class DocumentEmargement:
    """What is printed: names only, no birth date nor contact."""

    session: Session
    departement: str
    jours: Sequence[datetime.date]
    noms: Sequence[str]
    fictives: bool

    @classmethod
    def lire(cls, session: Session, utilisateur: Any, demandee: str, jour: datetime.date) -> DocumentEmargement:
        """Read who holds a place, among those the reader may name (one query)."""
        inscrites = (
            Inscription.objects.visibles_par(utilisateur)
            .filter(session=session, etat__in=(EtatInscription.CONFIRMEE, EtatInscription.PRESENTE))
            .select_related("personne")
            .defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
        )
        lues = sorted(inscrites, key=lambda i: cle_nom(str(i.personne)))
        return cls(
            session,
            nom_de_la_collectivite(settings.DEPARTEMENT_CODE),
            semaine_de(session, demandee, jour),
            [str(i.personne) for i in lues],
            any(i.personne.fictive for i in lues),
        )

    @property
    def titre(self) -> str:
        """Return the title of the sheet."""
        return "Feuille de présence"

    @property
    def vides(self) -> range:
        """Return the empty lines at the end."""
        return range(LIGNES_VIDES)

    def html(self) -> str:
        """Return the document to print."""
        return get_template("documents/emargement/feuille.html").render({"d": self, "s": self.session})

    def imprimer(self) -> Imprime:
        """Print to PDF/UA-1."""
        from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy

        identifiant = f"emargement-{self.session.pk}-{self.jours[0]:%Y%m%d}"
        return imprimer(self.html(), feuilles=FEUILLES, date=timezone.now(), identifiant=identifiant)
