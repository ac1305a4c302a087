"""Named scopes of the offer."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, TextField, Value
from django.db.models.functions import Concat

from pdi.comptes.models import Role

if TYPE_CHECKING:
    from .models import BilanOperateur, Convention, OffreInsertion, Realisation, Session


def _texte(champ: str) -> Func:
    """Return the elements of an array column as one text."""
    return Func(F(champ), Value(" "), function="array_to_string", output_field=TextField())


class OffreQuerySet(models.QuerySet["OffreInsertion"]):
    """Offers."""

    def visibles_par(self, utilisateur: Any) -> OffreQuerySet:
        """Return published offers to every habilitated user."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        return self.filter(etat="publiee")

    def publiees(self) -> OffreQuerySet:
        """Return the offers that can be prescribed."""
        return self.filter(etat="publiee")

    def chercher(self, texte: str) -> OffreQuerySet:
        """Return those whose sheet, operators or obstacles contain every word, accents and case ignored."""
        from pdi.structures.models import Structure

        from .models import Frein

        arrays = ("objectifs", "publics", "conditions_acces", "contenu", "thematiques")
        resultat = self.annotate(
            tout=Concat(
                "numero", Value(" "), "intitule", *(e for a in arrays for e in (Value(" "), _texte(a))),
                output_field=TextField(),
            )
        )  # fmt: skip
        for mot in texte.split():
            operateurs = Structure.objects.filter(offres=OuterRef("pk")).filter(
                Q(nom__unaccent__icontains=mot) | Q(sigle__unaccent__icontains=mot)
            )
            freins = Frein.objects.filter(offres=OuterRef("pk"), libelle__unaccent__icontains=mot)
            resultat = resultat.filter(Q(tout__unaccent__icontains=mot) | Exists(operateurs) | Exists(freins))
        return resultat

    def pour_public(self, *mots: str) -> OffreQuerySet:
        """Return those whose public names one of these words, accents and case ignored."""
        condition = Q(pk=None)
        for mot in mots:
            condition |= Q(publics_texte__unaccent__icontains=mot)
        return self.annotate(publics_texte=_texte("publics")).filter(condition)

    def pour_age(self, age: int) -> OffreQuerySet:
        """Return those open to someone of `age` years; an offer without bound is open to every age."""
        return self.filter(Q(age_min__isnull=True) | Q(age_min__lte=age), Q(age_max__isnull=True) | Q(age_max__gte=age))


# Roles that steer the offer: they see every sheet, convention and figure.
ROLES_OFFRE = (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME)
# Roles that read sessions and conventions without being party to them. Figures of conventions are not personal data.
ROLES_LECTURE_OFFRE = (*ROLES_OFFRE, Role.PILOTE, Role.ENCADRANT, Role.DIRECTION)
ROLES_OPERATEURS = (Role.PRESTATAIRE, Role.PARTENAIRE)


def structures_operatrices(utilisateur: Any) -> list[int]:
    """Return the structures the user acts for as an operator or a partner."""
    return [*{s for role in ROLES_OPERATEURS for s in utilisateur.structures_du_role(role)}]


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions."""

    def visibles_par(self, utilisateur: Any) -> SessionQuerySet:
        """Return the sessions of published offers once open, and in every state those of one's structure."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        if utilisateur.a_role(*ROLES_OFFRE):
            return self
        ouvertes = Q(offre__etat="publiee") & ~Q(etat="preparee")
        structures = structures_operatrices(utilisateur)
        return self.filter(ouvertes | Q(operateur__in=structures)) if structures else self.filter(ouvertes)

    def ouvertes_au(self, jour: datetime.date) -> SessionQuerySet:
        """Return those one may still be enrolled in on `jour`."""
        return self.filter(etat="ouverte", offre__etat="publiee").filter(
            Q(inscription_jusqu_au__isnull=True) | Q(inscription_jusqu_au__gte=jour),
            Q(fin__isnull=True) | Q(fin__gte=jour),
        )


class ConventionQuerySet(models.QuerySet["Convention"]):
    """Conventions."""

    def visibles_par(self, utilisateur: Any) -> ConventionQuerySet:
        """Return all to the département's managers; to an operator or partner, its own."""
        if not utilisateur.is_authenticated:
            return self.none()
        if utilisateur.a_role(*ROLES_LECTURE_OFFRE):
            return self
        return self.filter(operateur__in=structures_operatrices(utilisateur))

    def au(self, jour: datetime.date) -> ConventionQuerySet:
        """Return those signed and in force on `jour`."""
        return self.filter(etat="signee", periode__contains=jour)


class BilanOperateurQuerySet(models.QuerySet["BilanOperateur"]):
    """Statements of operators."""

    def visibles_par(self, utilisateur: Any) -> BilanOperateurQuerySet:
        """Return those of visible conventions."""
        from .models import Convention

        return self.filter(convention__in=Convention.objects.visibles_par(utilisateur))


class RealisationQuerySet(models.QuerySet["Realisation"]):
    """Typed actions counted by the fiches."""

    def visibles_par(self, utilisateur: Any) -> RealisationQuerySet:
        """Return all to the département's managers; to an operator or partner, its own."""
        if not utilisateur.is_authenticated:
            return self.none()
        if utilisateur.a_role(*ROLES_LECTURE_OFFRE):
            return self
        return self.filter(structure__in=structures_operatrices(utilisateur))
