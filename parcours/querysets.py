"""Named scopes of the third storey: who sees which people, at which date."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone

from parcours.portees import portee, suit_ou_a_suivi, suivies_par
from parcours.regles.delais import plus_mois
from pdi.comptes.models import Role
from pdi.structures.regles import cle_nom

if TYPE_CHECKING:
    from .models import (
        CapaciteAccueil,
        CasSimulation,
        Contrat,
        DemandeReorientation,
        Diagnostic,
        Entretien,
        Inscription,
        Lot,
        Orientation,
        Personne,
        Prescription,
    )

# Roles that follow or supervise a path: they read contracts and meetings, a prestataire does not.
ROLES_SUIVI = (Role.ADMINISTRATEUR, Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION)
# Roles that see people at all. Pilotes, programme managers, signing partners and direction see figures only.
ROLES_PERSONNES = (
    Role.ADMINISTRATEUR,
    Role.ENCADRANT,
    Role.REFERENT,
    Role.AGENT_ORIENTATION,
    Role.PRESTATAIRE,
)


def prescriptions_adressees(structures: Collection[int]) -> Any:
    """Return the prescriptions sent to one of `structures` and not cancelled: what opens a person to a prestataire."""
    from .models import Prescription

    sans = Prescription.objects.filter(operateur__in=structures, transmise_le__isnull=False)
    return sans.exclude(etat="annulee")


def _de_suivi(utilisateur: Any) -> Q | None:
    condition = portee(utilisateur, Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION)
    if utilisateur.a_role(Role.REFERENT):
        condition = (condition or Q(pk=None)) | suit_ou_a_suivi(utilisateur)
    return condition


class PersonneQuerySet(models.QuerySet["Personne"]):
    """People."""

    def visibles_par(self, utilisateur: Any) -> PersonneQuerySet:
        """Return the people the user may find. Opening one outside the portfolio asks for a motive and is logged.

        An archived file is found by administrators only.
        """
        if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_PERSONNES):
            return self.none()
        if utilisateur.a_role(Role.ADMINISTRATEUR):
            return self
        condition = _de_suivi(utilisateur)
        structures = utilisateur.structures_du_role(Role.PRESTATAIRE)
        if structures:
            adressee = prescriptions_adressees(structures).filter(personne=OuterRef("pk"))
            condition = Q(Exists(adressee)) if condition is None else condition | Q(Exists(adressee))
        return self.filter(condition, archivee_le__isnull=True) if condition is not None else self.none()

    def suivies_ou_a_portee(self, utilisateur: Any) -> PersonneQuerySet:
        """Return the people the user may find by another title than a prescription received as a prestataire."""
        if utilisateur.a_role(Role.ADMINISTRATEUR):
            return self
        condition = _de_suivi(utilisateur)
        return self.filter(condition, archivee_le__isnull=True) if condition is not None else self.none()

    def portefeuille_de(self, utilisateur: Any) -> PersonneQuerySet:
        """Return the people the user follows today as référent or binôme."""
        return self.filter(Exists(suivies_par(utilisateur)))

    def chercher(self, texte: str) -> PersonneQuerySet:
        """Return those whose search text contains every word (accents, case and order ignored; trigram index)."""
        resultat = self
        for mot in cle_nom(texte).split():
            resultat = resultat.filter(recherche__contains=mot)
        return resultat


class OrientationQuerySet(models.QuerySet["Orientation"]):
    """Orientations."""

    def au(self, jour: datetime.date) -> OrientationQuerySet:
        """Return those in force on `jour`."""
        return self.filter(periode__contains=jour)

    def visibles_par(self, utilisateur: Any) -> OrientationQuerySet:
        """Return those of the people the user may find; a prestataire sees none."""
        lignes: OrientationQuerySet = dans_la_portee(self, utilisateur)
        return lignes


class EntretienQuerySet(models.QuerySet["Entretien"]):
    """Meetings."""

    def visibles_par(self, utilisateur: Any) -> EntretienQuerySet:
        """Return those of the people the user may find; a prestataire sees none."""
        from .models import Personne

        if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_SUIVI):
            return self.none()
        return self.filter(personne__in=Personne.objects.visibles_par(utilisateur))

    def agenda_de(self, utilisateur: Any) -> EntretienQuerySet:
        """Return the diary: one's own meetings, and for an encadrant those of the people in scope (the team)."""
        condition = Q(agent=utilisateur)
        equipe = portee(utilisateur, Role.ENCADRANT)
        if equipe is not None:
            from .models import Personne

            condition |= Q(personne__in=Personne.objects.filter(equipe))
        return self.visibles_par(utilisateur).filter(condition)

    def entre(self, debut: datetime.datetime, fin: datetime.datetime) -> EntretienQuerySet:
        """Return those that begin in the half-open range."""
        return self.filter(debut__gte=debut, debut__lt=fin)

    def sans_textes(self) -> EntretienQuerySet:
        """Return them without their long texts, but with what lists say of these: `en_brouillon`, `a_rediger`."""
        return self.defer("brouillon", "resume", "prochaines_etapes").annotate(
            en_brouillon=Q(brouillon__isnull=False), a_rediger=Q(etat="tenu", resume="")
        )

    def a_renseigner(self, instant: datetime.datetime) -> EntretienQuerySet:
        """Return those whose hour has passed and whose outcome nobody has said."""
        return self.filter(etat="prevu", debut__lt=instant)

    def simultanes(
        self, *, debut: datetime.datetime, duree_min: int, agent: int | None, personne: int
    ) -> EntretienQuerySet:
        """Return the planned meetings of that agent or of that person that overlap the slot."""
        fin = debut + datetime.timedelta(minutes=duree_min)
        qui = Q(personne=personne) if agent is None else Q(personne=personne) | Q(agent=agent)
        # A meeting lasts eight hours at most: the index on `debut` bounds the search.
        proches = self.entre(debut - datetime.timedelta(hours=8), fin).filter(qui, etat="prevu")
        duree = ExpressionWrapper(
            F("duree_min") * Value(datetime.timedelta(minutes=1)), output_field=models.DurationField()
        )
        return proches.annotate(
            se_termine=ExpressionWrapper(F("debut") + duree, output_field=models.DateTimeField())
        ).filter(se_termine__gt=debut)


def dans_la_portee(lignes: Any, utilisateur: Any) -> Any:
    """Return the rows, with a `personne`, of the people whose path the user may read."""
    from .models import Personne

    if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_SUIVI):
        return lignes.none()
    return lignes.filter(personne__in=Personne.objects.visibles_par(utilisateur))


class DiagnosticQuerySet(models.QuerySet["Diagnostic"]):
    """Diagnoses."""

    def termines(self) -> DiagnosticQuerySet:
        """Return those that are finished, latest first."""
        return self.filter(termine_le__isnull=False).order_by("-date", "-id")

    def visibles_par(self, utilisateur: Any) -> DiagnosticQuerySet:
        """Return those of the people the user may find; a prestataire sees none."""
        lignes: DiagnosticQuerySet = dans_la_portee(self, utilisateur)
        return lignes


class DemandeQuerySet(models.QuerySet["DemandeReorientation"]):
    """Requests to reorient."""

    def en_attente(self) -> DemandeQuerySet:
        """Return those that wait for a decision."""
        return self.filter(etat="en_attente")

    def visibles_par(self, utilisateur: Any) -> DemandeQuerySet:
        """Return those of the people the user may find; a prestataire sees none."""
        lignes: DemandeQuerySet = dans_la_portee(self, utilisateur)
        return lignes


class CasQuerySet(models.QuerySet["CasSimulation"]):
    """Cases of a simulation."""

    def visibles_par(self, utilisateur: Any) -> CasQuerySet:
        """Return those of the people the user may find; a prestataire sees none."""
        lignes: CasQuerySet = dans_la_portee(self, utilisateur)
        return lignes


class CapaciteQuerySet(models.QuerySet["CapaciteAccueil"]):
    """Capacities of receiving structures."""

    def au(self, jour: datetime.date) -> CapaciteQuerySet:
        """Return those in force on `jour`."""
        return self.filter(periode__contains=jour)

    def avec_occupation(self, jour: datetime.date) -> CapaciteQuerySet:
        """Annotate `prises`: the people oriented there on `jour`, in that accompaniment mode (empty: all of them)."""
        from .models import Orientation

        ici = Orientation.objects.filter(
            Q(mode=OuterRef("mode")) | Q(Exact(OuterRef("mode"), Value(""))),
            structure=OuterRef("structure"),
            periode__contains=jour,
        )
        compte = ici.order_by().values("structure").annotate(n=models.Count("pk")).values("n")
        return self.annotate(prises=Coalesce(models.Subquery(compte), 0))


def contrat_valide_au(jour: datetime.date) -> Q:
    """Return « valid on `jour` » of a contract: début ≤ jour ≤ fin, decision « validé », not closed before."""
    ouvert = Q(clos_le__isnull=True) | Q(clos_le__gt=jour)
    return Q(debut__lte=jour, fin__gte=jour, etat__in=["valide", "clos"]) & ouvert


class ContratQuerySet(models.QuerySet["Contrat"]):
    """Contracts."""

    def valides_au(self, jour: datetime.date) -> ContratQuerySet:
        """Return those valid on `jour`."""
        return self.filter(contrat_valide_au(jour))

    def visibles_par(self, utilisateur: Any) -> ContratQuerySet:
        """Return those of the people the user may find; a prestataire sees none."""
        from .models import Personne

        if not utilisateur.is_authenticated or not (
            utilisateur.a_role(Role.ADMINISTRATEUR, Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION)
        ):
            return self.none()
        return self.filter(personne__in=Personne.objects.visibles_par(utilisateur))


class PrescriptionQuerySet(models.QuerySet["Prescription"]):
    """Prescriptions."""

    def visibles_par(self, utilisateur: Any) -> PrescriptionQuerySet:
        """Return those of visible people; to a prestataire, only those addressed to its structure or written by it."""
        from .models import Personne

        if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_PERSONNES):
            return self.none()
        structures = utilisateur.structures_du_role(Role.PRESTATAIRE)
        recues = Q(operateur__in=structures, transmise_le__isnull=False) & ~Q(etat="annulee")
        siennes = recues | Q(structure_prescriptrice__in=structures)
        if not utilisateur.a_role(Role.ADMINISTRATEUR, Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION):
            return self.filter(siennes)
        return self.filter(Q(personne__in=Personne.objects.suivies_ou_a_portee(utilisateur)) | siennes)

    def sans_reponse(self, avant: datetime.date) -> PrescriptionQuerySet:
        """Return those sent before `avant` that their operator has not answered."""
        return self.filter(etat="transmise", transmise_le__lt=avant)


class InscriptionQuerySet(models.QuerySet["Inscription"]):
    """Enrolments."""

    def visibles_par(self, utilisateur: Any) -> InscriptionQuerySet:
        """Return those of visible people; to a prestataire, only those of its own sessions."""
        from .models import Personne

        if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_PERSONNES):
            return self.none()
        siennes = Q(session__operateur__in=utilisateur.structures_du_role(Role.PRESTATAIRE))
        if not utilisateur.a_role(Role.ADMINISTRATEUR, Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION):
            return self.filter(siennes)
        return self.filter(Q(personne__in=Personne.objects.visibles_par(utilisateur)) | siennes)

    def non_presentees_au(self, jour: datetime.date) -> InscriptionQuerySet:
        """Return the places kept by people who have not come on `jour`: the delay has passed since the first day.

        Only in dated sessions where somebody was noted present: an operator that notes nothing yet loses nobody.
        """
        from .models import Inscription

        venues = Inscription.objects.filter(session=OuterRef("session"), etat="presente")
        passe = ExpressionWrapper(
            F("session__debut") + F("session__delai_reponse_jours"), output_field=models.DateField()
        )
        return self.filter(
            Exists(venues), etat="confirmee", session__fin__isnull=False, session__delai_reponse_jours__isnull=False,
            confirmee_le__lte=F("session__debut"),
        ).annotate(delai_passe=passe).filter(delai_passe__lt=jour)  # fmt: skip

    def avec_position(self) -> InscriptionQuerySet:
        """Annotate `position`: 1 for the first of the session's waiting list, None for who does not wait."""
        from .models import Inscription

        devant = Inscription.objects.filter(
            session=OuterRef("session"), etat="en_attente", rang__lte=OuterRef("rang")
        ).order_by()
        compte = devant.values("session").annotate(n=models.Count("pk")).values("n")
        return self.annotate(position=models.Case(models.When(etat="en_attente", then=models.Subquery(compte))))

    def sans_reponse_au(self, jour: datetime.date) -> InscriptionQuerySet:
        """Return the proposed places whose delay has passed on `jour`."""
        return self.filter(etat="proposee", repondre_avant__lt=jour)


class LotQuerySet(models.QuerySet["Lot"]):
    """Bulk actions."""

    def visibles_par(self, utilisateur: Any) -> LotQuerySet:
        """Return one's own: a lot holds the keys of people its author may find."""
        return self.filter(auteur=utilisateur) if utilisateur.is_authenticated else self.none()
