"""What the page of a request shows: who may be the person, what may be done, what happened."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from parcours.doublons import Candidat, candidats
from parcours.droits.demandes_publiques import peut_agir_demande
from parcours.droits.identite import peut_creer_personne
from parcours.droits.prescriptions import peut_prescrire
from parcours.models import DemandePublique, EtatDemandePublique, Personne
from parcours.operations.demandes_publiques import identite_declaree
from parcours.regles.delais import age_au
from parcours.regles.demandes_publiques import TONS
from pdi.socle.composants import Evenement

E = EtatDemandePublique
ICONES = {
    E.A_CONFIRMER: "envelope", E.A_TRAITER: "inbox", E.A_RAPPELER: "telephone", E.ACCEPTEE: "check-lg",
    E.DECLINEE: "x-lg",
}  # fmt: skip


class LectureDemande:
    """One request for one reader."""

    def __init__(self, demande: DemandePublique, utilisateur: Any, jour: Any) -> None:
        """Keep the request, read through `visibles_par`."""
        self.demande, self.utilisateur, self.jour = demande, utilisateur, jour

    @property
    def ton(self) -> str:
        """Return the tone of the state."""
        return TONS[E(self.demande.etat)]

    @property
    def age(self) -> int:
        """Return the age today."""
        return age_au(self.demande.date_naissance, self.jour)

    @property
    def ouverte(self) -> bool:
        """Return whether somebody has still to handle it."""
        return self.demande.etat in (E.A_TRAITER, E.A_RAPPELER)

    @cached_property
    def gestes(self) -> frozenset[str]:
        """Return the verbs the reader may do."""
        verbes = ("accepter_demande", "rappeler_demande", "decliner_demande", "rouvrir_demande")
        return frozenset(v for v in verbes if peut_agir_demande(self.utilisateur, self.demande, v))

    @cached_property
    def candidats(self) -> list[Candidat]:
        """Return who may be the person, surest first; outside the reader's scope only the fact is told."""
        if not self.ouverte:
            return []
        return candidats(identite_declaree(self.demande), utilisateur=self.utilisateur)

    @cached_property
    def a_choisir(self) -> list[Any]:
        """Return the known people the reader may prescribe to, the one recognised at the confirmation first."""
        visibles = [c.personne for c in self.candidats if c.visible]
        visibles.sort(key=lambda p: p.pk != self.demande.personne_id)
        return [p for p in visibles if peut_prescrire(self.utilisateur, Personne(pk=p.pk))]

    @property
    def hors_portee(self) -> bool:
        """Return whether somebody known elsewhere may be she."""
        return any(not c.visible for c in self.candidats)

    @property
    def peut_ouvrir_dossier(self) -> bool:
        """Return whether the reader may open a file for someone new."""
        return bool(peut_creer_personne(self.utilisateur))

    @property
    def evenements(self) -> list[Evenement]:
        """Return the log of changes, latest first, in one query."""
        return [
            Evenement(
                ligne.jour,
                E(ligne.vers).label,
                ". ".join(m for m in (str(ligne.par or ""), ligne.commentaire) if m),
                ICONES[E(ligne.vers)],
                TONS[E(ligne.vers)],
            )
            for ligne in self.demande.transitions.select_related("par")
        ]
