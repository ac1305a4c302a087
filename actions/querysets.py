"""Named scopes of the first storey. Every view starts with `visibles_par`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.lookups import Unaccent
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower

from pdi.comptes.models import ROLES_DEPARTEMENT, Role
from pdi.structures.regles import cle_nom

if TYPE_CHECKING:
    from .models import (
        Axe,
        Bilan,
        Campagne,
        FicheAction,
        Indicateur,
        MesureIndicateur,
        Programme,
        Signataire,
        VersionFiche,
    )

ROLES_GESTION = (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME)
ROLES_PARTENAIRES = (Role.PRESTATAIRE, Role.PARTENAIRE)


def sous(champ: str, structures: Iterable[int]) -> Q:
    """Return the condition « `champ` is one of `structures` or one of their services »."""
    ids = list(structures)
    return Q(**{f"{champ}__in": ids}) | Q(**{f"{champ}__parent__in": ids}) | Q(**{f"{champ}__parent__parent__in": ids})


def acteur_de_fiche(utilisateur: Any, cle_fiche: str, *types: str) -> Exists:
    """Return the condition « the user's account or structure has a role (of `types`) in the fiche »."""
    from .models import RoleFiche

    structures = {h.structure_id for h in utilisateur.habilitations_actives if h.structure_id}
    roles = RoleFiche.objects.filter(fiche=OuterRef(cle_fiche)).filter(
        Q(utilisateur=utilisateur) | sous("structure", structures)
    )
    return Exists(roles.filter(type__in=types) if types else roles)


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Programmes."""

    def visibles_par(self, utilisateur: Any) -> ProgrammeQuerySet:
        """Return every programme to the département's staff; to a partner, those it signs or acts in."""
        from .models import FicheAction, Signataire

        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        if utilisateur.a_role(*ROLES_DEPARTEMENT):
            return self
        structures = utilisateur.structures_du_role(*ROLES_PARTENAIRES)
        signe = Signataire.objects.filter(programme=OuterRef("pk")).filter(sous("structure", structures))
        agit = FicheAction.objects.filter(programme=OuterRef("pk")).filter(acteur_de_fiche(utilisateur, "pk"))
        return self.filter(Exists(signe) | Exists(agit))

    def du_departement(self) -> ProgrammeQuerySet:
        """Return the programmes of the département that runs this application (not the reference ones)."""
        return self.filter(reference=False, departement=settings.DEPARTEMENT_CODE)

    def en_vigueur(self, jour: datetime.date) -> ProgrammeQuerySet:
        """Return those whose years contain `jour`."""
        return self.filter(annee_debut__lte=jour.year, annee_fin__gte=jour.year)


class SignataireQuerySet(models.QuerySet["Signataire"]):
    """Signatories."""

    def visibles_par(self, utilisateur: Any) -> SignataireQuerySet:
        """Return those of visible programmes."""
        from .models import Programme

        return self.filter(programme__in=Programme.objects.visibles_par(utilisateur))


class VersionFicheQuerySet(models.QuerySet["VersionFiche"]):
    """Versions of fiches."""

    def visibles_par(self, utilisateur: Any) -> VersionFicheQuerySet:
        """Return those of visible fiches."""
        from .models import FicheAction

        return self.filter(fiche__in=FicheAction.objects.visibles_par(utilisateur))

    def dernieres(self, fiches: Iterable[int]) -> VersionFicheQuerySet:
        """Return the last version of each of `fiches`."""
        return self.filter(fiche__in=list(fiches)).order_by("fiche_id", "-numero").distinct("fiche_id")

    def au(self, jour: datetime.date) -> VersionFicheQuerySet:
        """Return, of each fiche, the version in force on `jour`."""
        return self.filter(effet__lte=jour).order_by("fiche_id", "-numero").distinct("fiche_id")


class AxeQuerySet(models.QuerySet["Axe"]):
    """Nodes of strategic trees."""

    def avec_comptes(self) -> AxeQuerySet:
        """Annotate `nombre_fiches`: how many fiches hang from each node itself."""
        return self.annotate(nombre_fiches=Count("fiches"))


class FicheQuerySet(models.QuerySet["FicheAction"]):
    """Fiches-actions."""

    def retirees_avant(self, jour: datetime.date) -> FicheQuerySet:
        """Return those withdrawn, whose version in force the day before `jour` already said so."""
        from .models import StatutFiche, VersionFiche

        dites = VersionFiche.objects.filter(fiche=OuterRef("pk"), effet__lt=jour).order_by("-numero")
        arret = dites.annotate(dit=KeyTextTransform("arret", "contenu")).values("dit")[:1]
        return self.filter(statut=StatutFiche.ABANDONNEE).annotate(arret=Subquery(arret)).filter(arret__gt="")

    def visibles_par(self, utilisateur: Any) -> FicheQuerySet:
        """Return the fiches the user may read.

        Administration and programme managers: all. Other staff: all but those restricted to their actors.
        A signing partner: the fiches of the programmes it signs and those it acts in; a prestataire: those it
        acts in.
        """
        from .models import Signataire

        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        if utilisateur.a_role(*ROLES_GESTION):
            return self
        acteur = acteur_de_fiche(utilisateur, "pk")
        if utilisateur.a_role(*ROLES_DEPARTEMENT):
            return self.filter(Q(restreinte=False) | acteur)
        structures = utilisateur.structures_du_role(Role.PARTENAIRE)
        signe = Signataire.objects.filter(programme=OuterRef("programme")).filter(sous("structure", structures))
        return self.filter(acteur | Q(Exists(signe), restreinte=False))

    def pilotees_par(self, utilisateur: Any) -> FicheQuerySet:
        """Return the fiches of which the user, or one of their structures as pilote, is pilote or copilote."""
        if not utilisateur.is_authenticated:
            return self.none()
        structures = utilisateur.structures_du_role(Role.PILOTE)
        return self.filter(pilote_par(utilisateur, structures, "pk"))

    def en_retard(self, jour: datetime.date) -> FicheQuerySet:
        """Return those behind their calendar on `jour`."""
        return self.filter(fiche_en_retard(jour))

    def chercher(self, texte: str) -> FicheQuerySet:
        """Return those whose text contains every word, accents and case ignored (trigram index)."""
        resultat = self
        for mot in cle_nom(texte).split():
            resultat = resultat.filter(recherche__contains=mot)
        return resultat


def fiche_en_retard(jour: datetime.date) -> Q:
    """Return the condition « said late, past its end unfinished, or with a step past its date » for a fiche."""
    from .models import Etape, EtatEtape, StatutFiche

    etapes = Etape.objects.filter(fiche=OuterRef("pk"), echeance__lt=jour).exclude(
        etat__in=[EtatEtape.REALISEE, EtatEtape.ABANDONNEE]
    )
    finies = [StatutFiche.REALISEE, StatutFiche.ABANDONNEE]
    return Q(statut=StatutFiche.EN_RETARD) | (~Q(statut__in=finies) & (Q(fin__lt=jour) | Q(Exists(etapes))))


def pilote_par(utilisateur: Any, structures: Iterable[int], cle_fiche: str) -> Exists:
    """Return the condition « pilote or copilote of the fiche, by account or by structure held as pilote »."""
    from .models import RoleFiche, TypeRole

    roles = RoleFiche.objects.filter(fiche=OuterRef(cle_fiche), type__in=[TypeRole.PILOTE, TypeRole.COPILOTE])
    return Exists(roles.filter(Q(utilisateur=utilisateur) | (Q(utilisateur=None) & sous("structure", structures))))


class IndicateurQuerySet(models.QuerySet["Indicateur"]):
    """Indicators."""

    def visibles_par(self, utilisateur: Any) -> IndicateurQuerySet:
        """Return the indicators of the fiches the user may read."""
        from .models import FicheAction

        return self.filter(fiche__in=FicheAction.objects.visibles_par(utilisateur))

    def a_plat(self) -> IndicateurQuerySet:
        """Add `plat`, the label without accents nor capitals, to search in."""
        return self.annotate(plat=Lower(Unaccent("libelle")))


class MesureQuerySet(models.QuerySet["MesureIndicateur"]):
    """Values of indicators."""

    def courantes(self) -> MesureQuerySet:
        """Return the values in force."""
        return self.filter(remplacee_le__isnull=True)


class CampagneQuerySet(models.QuerySet["Campagne"]):
    """Campaigns."""

    def visibles_par(self, utilisateur: Any) -> CampagneQuerySet:
        """Return the campaigns of visible programmes, for the département's staff only."""
        if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_DEPARTEMENT):
            return self.none()
        return self

    def ouvertes(self) -> CampagneQuerySet:
        """Return the campaigns in progress."""
        return self.filter(etat="ouverte")


class BilanQuerySet(models.QuerySet["Bilan"]):
    """Yearly bilans."""

    def visibles_par(self, utilisateur: Any) -> BilanQuerySet:
        """Return what the user may read: managers all, pilotes their own and validated ones, others validated ones."""
        from .models import EtatBilan, FicheAction

        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        if utilisateur.a_role(*ROLES_GESTION):
            return self
        structures = utilisateur.structures_du_role(Role.PILOTE)
        return self.filter(fiche__in=FicheAction.objects.visibles_par(utilisateur)).filter(
            Q(etat=EtatBilan.VALIDE) | pilote_par(utilisateur, structures, "fiche")
        )

    def a_ecrire_par(self, utilisateur: Any) -> BilanQuerySet:
        """Return the bilans of open campaigns that wait for this pilote."""
        from .models import EtatBilan

        return self.filter(
            pilote_par(utilisateur, utilisateur.structures_du_role(Role.PILOTE), "fiche"),
            campagne__etat="ouverte",
            etat__in=[EtatBilan.A_RENSEIGNER, EtatBilan.A_CORRIGER],
        )
