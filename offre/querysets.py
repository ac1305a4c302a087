"""Named scopes of the offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, TextField, Value
from django.db.models.functions import Concat

if TYPE_CHECKING:
    from .models import OffreInsertion


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
