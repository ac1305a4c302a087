"""Who is in a session: places taken, waiting list, and how many of them the reader may not name."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from offre.models import Session
from offre.regles.sessions import SituationSession, situation
from parcours.lecture_inscriptions import PUBLICS, InscriptionLue, lire_inscriptions
from parcours.models import TENANT_LA_PLACE, EtatInscription, Inscription
from parcours.querysets import InscriptionQuerySet
from pdi.socle.exports import Colonne as ColonneExport
from pdi.structures.regles import cle_nom


class InscritsSession:
    """The enrolments of one session that one reader may see."""

    def __init__(self, session: Session, utilisateur: Any, jour: datetime.date) -> None:
        """Rows are read when asked."""
        self.session, self.utilisateur, self.jour = session, utilisateur, jour

    @property
    def visibles(self) -> InscriptionQuerySet:
        """Return the enrolments of the reader's scope."""
        siennes: InscriptionQuerySet = Inscription.objects.visibles_par(self.utilisateur).filter(session=self.session)
        return siennes

    @cached_property
    def lues(self) -> list[InscriptionLue]:
        """Return them in the order of the requests."""
        return lire_inscriptions(self.visibles.order_by("rang"), self.utilisateur)

    @property
    def inscrites(self) -> list[InscriptionLue]:
        """Return who holds a place: to answer first, then by name."""
        tenues = [i for i in self.lues if i.i.etat in TENANT_LA_PLACE]
        return sorted(tenues, key=lambda i: (i.i.etat != EtatInscription.PROPOSEE, cle_nom(str(i.i.personne))))

    @property
    def attente(self) -> list[InscriptionLue]:
        """Return who waits, in order."""
        return [i for i in self.lues if i.i.etat == EtatInscription.EN_ATTENTE]

    @property
    def finies(self) -> list[InscriptionLue]:
        """Return who left: absent, released, cancelled."""
        return [i for i in self.lues if not i.active]

    @cached_property
    def autres(self) -> int:
        """Return how many enrolled or waiting people the reader may not name."""
        actives = [*TENANT_LA_PLACE, EtatInscription.EN_ATTENTE]
        toutes = Inscription.objects.filter(session=self.session, etat__in=actives).count()
        return toutes - len(self.inscrites) - len(self.attente)

    @cached_property
    def situation(self) -> SituationSession:
        """Return how the session stands."""
        return situation(self.session, self.jour)


COLONNES_EXPORT = (
    ColonneExport("Nom de naissance", "personne.nom_naissance", largeur=24),
    ColonneExport("Prénoms", "personne.prenoms", largeur=24),
    ColonneExport("Date de naissance", "personne.date_naissance", type="date", largeur=14),
    ColonneExport("Session", lambda i: str(i.session), largeur=34),
    ColonneExport("État", "get_etat_display", largeur=24),
    ColonneExport("Rang dans la liste d’attente", "position", type="nombre", largeur=12),
    ColonneExport("Parts réservées", lambda i: ", ".join(PUBLICS[p] for p in i.publics), largeur=30),
    ColonneExport("Quantité", "quantite", type="nombre", largeur=10),
    ColonneExport("Demandée le", "demandee_le", type="date", largeur=12),
    ColonneExport("Répondre avant le", "repondre_avant", type="date", largeur=12),
    ColonneExport("Inscrite le", "confirmee_le", type="date", largeur=12),
    ColonneExport("Entrée le", "entree_le", type="date", largeur=12),
    ColonneExport("Place rendue le", "fin_le", type="date", largeur=12),
    ColonneExport("Personne fictive", lambda i: i.personne.fictive, largeur=10),
)
