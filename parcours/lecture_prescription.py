"""The page of one prescription: where it stands, what is next, the chain it belongs to."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.utils import timezone

from actions.models import FicheAction
from parcours.droits.prescriptions import (
    acteurs_prescription,
    peut_agir_prescription,
    peut_inscrire,
    peut_prescrire,
)
from parcours.forms.prescriptions import ACTES
from parcours.lecture_inscriptions import InscriptionLue, lire_inscriptions
from parcours.lecture_sessions import EtatPlaces, etat_des_places
from parcours.models import EtatPrescription as E
from parcours.models import Prescription
from parcours.operations.prescriptions import est_joignable
from parcours.operations.reponses import INJOIGNABLE
from parcours.regles.prescriptions import OPERATEUR, TONS
from pdi.socle.composants import Etape, Evenement, Maillon

ICONES = {
    E.RENSEIGNEE: "pencil-square", E.SIGNEE: "pencil", E.TRANSMISE: "send-fill", E.REFUSEE: "x-lg",
    E.RETENUE: "check-lg", E.EN_ACTION: "arrow-right-circle-fill", E.ACHEVEE: "check-circle-fill",
    E.ABANDONNEE: "x-lg", E.ANNULEE: "x-lg",
}  # fmt: skip


class LecturePrescription:
    """One prescription as one reader sees it. `personne` comes from `droits.avec_acces`."""

    def __init__(self, prescription: Prescription, utilisateur: Any) -> None:
        """Keep both."""
        self.p, self.utilisateur = prescription, utilisateur

    @cached_property
    def acteurs(self) -> frozenset[str]:
        """Return what the reader is to it."""
        return acteurs_prescription(self.utilisateur, self.p)

    @property
    def operateur_seul(self) -> bool:
        """Return whether the reader only answers for the operator."""
        return self.acteurs == {OPERATEUR}

    @cached_property
    def gestes(self) -> list[tuple[str, Any]]:
        """Return (code, gesture) of what the reader may do now, the next step first."""
        return [
            (code, acte)
            for code, acte in ACTES.items()
            if peut_agir_prescription(self.utilisateur, self.p, acte.verbe, acteurs=self.acteurs)
        ]

    @cached_property
    def inscriptions(self) -> list[InscriptionLue]:
        """Return her enrolments by this prescription, with their place in the list and the gestures of the reader."""
        siennes = self.p.inscriptions.visibles_par(self.utilisateur).order_by("-demandee_le", "-pk")
        return lire_inscriptions(siennes, self.utilisateur)

    @cached_property
    def inscriptible(self) -> bool:
        """Return whether the reader may enrol her now, in a session she is not in."""
        tenue = any(i.active for i in self.inscriptions)
        return not tenue and bool(peut_inscrire(self.utilisateur, self.p, acteurs=self.acteurs))

    @cached_property
    def places(self) -> EtatPlaces | None:
        """Return what is left in the sessions of the offer, None when it has none open."""
        offre, jour = self.p.offre, timezone.localdate()
        return etat_des_places(offre, jour, self.p.operateur_id) if offre else None

    @cached_property
    def injoignable(self) -> str:
        """Return why nothing reaches the operator that is to answer, empty when something does."""
        attend = self.p.etat in (E.SIGNEE, E.TRANSMISE) and self.p.operateur_id and not self.operateur_seul
        return INJOIGNABLE if attend and not est_joignable(self.p) else ""

    @property
    def modifiable(self) -> bool:
        """Return whether the reader may still change what it says."""
        return bool(peut_agir_prescription(self.utilisateur, self.p, "modifier_prescription", acteurs=self.acteurs))

    @property
    def suite(self) -> bool:
        """Return whether the reader may prescribe something else to the same person."""
        return self.p.etat not in (E.RENSEIGNEE, E.SIGNEE) and bool(peut_prescrire(self.utilisateur, self.p.personne))

    @property
    def etapes(self) -> list[Etape]:
        """Return the life cycle as steps; an end that was not the hoped one closes the list."""
        p = self.p
        dates = [
            ("Renseignée", p.renseignee_le), ("Signée", p.signee_le), ("Transmise", p.transmise_le),
            ("Retenue", p.repondue_le if p.etat != E.REFUSEE else None), ("En action", p.entree_le),
            ("Achevée", p.fin_le if p.etat == E.ACHEVEE else None),
        ]  # fmt: skip
        arret = {
            E.REFUSEE: ("Refusée", p.repondue_le), E.ABANDONNEE: ("Abandonnée", p.fin_le),
            E.ANNULEE: ("Annulée", p.annulee_le),
        }.get(E(p.etat))  # fmt: skip
        if arret:
            dates = [*[d for d in dates if d[1]], arret]
        faites = [rang for rang, (_, jour) in enumerate(dates) if jour]
        derniere = faites[-1] if faites else 0
        return [
            Etape(titre, f"{jour:%d/%m/%Y}" if jour else "", "courant" if rang == derniere else "fait" if jour else "")
            for rang, (titre, jour) in enumerate(dates)
        ]

    @property
    def ton(self) -> str:
        """Return the tone of the state."""
        return TONS[E(self.p.etat)]

    @cached_property
    def maillons(self) -> list[Maillon]:
        """Return the chain fiche → offer → prescription → result."""
        p, maillons = self.p, []
        if p.offre is not None:
            fiches = (
                FicheAction.objects.visibles_par(self.utilisateur).filter(offres=p.offre).select_related("programme")
            )
            maillons += [Maillon(f.numero, f.intitule, "programme", f.get_absolute_url()) for f in fiches[:1]]
            maillons.append(Maillon(p.offre.numero or "Offre", p.offre.intitule, "offre", p.offre.get_absolute_url()))
        else:
            maillons.append(Maillon("Hors catalogue", p.action_libre, "offre"))
        maillons.append(Maillon(p.get_etat_display(), f"prescription du {p.renseignee_le:%d/%m/%Y}", "parcours"))
        maillons.append(self._resultat)
        return maillons

    @property
    def _resultat(self) -> Maillon:
        p = self.p
        if p.resultat:
            return Maillon(p.get_resultat_display(), f"action achevée le {p.fin_le:%d/%m/%Y}", "gouvernance")
        if p.etat in (E.REFUSEE, E.ABANDONNEE, E.ANNULEE):
            return Maillon("Sans résultat", p.get_etat_display().lower(), "gouvernance")
        return Maillon("À venir", "résultat de l’action", "gouvernance")

    @property
    def evenements(self) -> list[Evenement]:
        """Return the log of changes, latest first, in one query."""
        lignes = self.p.transitions.select_related("par")
        return [
            Evenement(
                ligne.jour,
                E(ligne.vers).label if ligne.de != ligne.vers else f"{E(ligne.vers).label}, mise à jour",
                ". ".join(m for m in (str(ligne.par or ""), ligne.commentaire) if m),
                ICONES[E(ligne.vers)],
                TONS[E(ligne.vers)],
            )
            for ligne in lignes
        ]
