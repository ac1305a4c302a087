"""Households: members over time, family situation."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from parcours.droits.identite import peut_modifier_identite
from parcours.models import Foyer, MembreFoyer, Personne, RoleFoyer, SituationFoyer
from parcours.regles.periodes import faire_suite
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser

from .personnes import creer_membre

AVENIR = "Cette date est dans l’avenir : saisissez le changement une fois fait."
UNIQUES = (RoleFoyer.DEMANDEUR, RoleFoyer.CONJOINT)


class FoyerAQuitter(RegleMetier):
    """The person belongs to another household: the author must see it, and confirm that this ends, by its key."""

    def __init__(self, place: MembreFoyer, debut: datetime.date) -> None:
        """Keep the place that would end the day before `debut`."""
        super().__init__("Cette personne appartient déjà à un autre foyer : confirmez qu’elle le quitte.")
        self.place, self.dernier_jour = place, debut - datetime.timedelta(days=1)


def _ecrire(personne: Personne, par: Any, debut: datetime.date) -> None:
    exiger(peut_modifier_identite(par, Personne(pk=personne.pk)))
    if debut > timezone.localdate():
        raise RegleMetier(AVENIR, champ="debut")
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=personne.pk)


def foyer_au(personne: Personne, jour: datetime.date) -> Foyer | None:
    """Return the household of the person on `jour`."""
    return Foyer.objects.filter(membres__personne=personne, membres__periode__contains=jour).first()


def foyer_ou_nouveau(*, personne: Personne, debut: datetime.date) -> Foyer:
    """Return the household of the person on `debut`, else a new one where she is the demandeur. The caller judges."""
    trouve = foyer_au(personne, debut)
    if trouve is not None:
        return trouve
    foyer = Foyer.objects.create(cree_le=timezone.localdate(), fictif=personne.fictive)
    suivante = (
        MembreFoyer.objects.filter(personne=personne, periode__startswith__gt=debut)
        .order_by("periode").values_list("periode__startswith", flat=True).first()
    )  # fmt: skip
    enregistrer(
        MembreFoyer(
            foyer=foyer, personne=personne, role=RoleFoyer.DEMANDEUR, periode=DateRange(debut, suivante)
        )
    )  # fmt: skip
    return foyer


@transaction.atomic
def ajouter_membre(
    *, personne: Personne, membre: Personne, role: str, debut: datetime.date, par: Any, confirmee: int | None = None
) -> MembreFoyer:
    """Bring `membre` into the household of `personne` from `debut` on; `confirmee`: the place elsewhere that ends.

    Raises DroitInsuffisant; FoyerAQuitter; RegleMetier when the role is taken or the date does not hold.
    """
    _ecrire(personne, par, debut)
    if membre.pk == personne.pk:
        raise RegleMetier("Une personne n’est pas membre d’elle-même : choisissez quelqu’un d’autre.")
    foyer = foyer_ou_nouveau(personne=personne, debut=debut)
    presents = foyer.membres.filter(periode__contains=debut).select_related("personne")
    if role in UNIQUES and presents.filter(role=role).exists():
        raise RegleMetier(f"Ce foyer a déjà un {RoleFoyer(role).label.lower()}.", champ="role")
    places = {p.pk: p for p in MembreFoyer.objects.filter(personne=membre)}
    suite = faire_suite([(pk, p.periode) for pk, p in places.items()], debut, "une place dans un foyer")
    if suite.faute:
        raise RegleMetier(suite.faute, champ="debut")
    if suite.finie is not None:
        place = places[suite.finie]
        if place.foyer_id == foyer.pk:
            raise RegleMetier("Cette personne est déjà de ce foyer.")
        if confirmee != place.pk:
            raise FoyerAQuitter(place, debut)
        place.periode = DateRange(place.periode.lower, debut)
        place.save(update_fields=["periode"])
    nouvelle = MembreFoyer(foyer=foyer, personne=membre, role=role, periode=DateRange(debut, None))
    enregistrer(nouvelle)
    journaliser(par=par, verbe="ajouter_membre", objet=nouvelle, apres=etat_de(nouvelle, ("role", "periode")))
    return nouvelle


@transaction.atomic
def ajouter_nouveau_membre(
    *,
    personne: Personne,
    valeurs: Mapping[str, Any],
    role: str,
    debut: datetime.date,
    par: Any,
    distinctes: Collection[int] = (),
) -> MembreFoyer:
    """Open a file for someone and bring them into the household of `personne`, both or none.

    Raises as `ajouter_membre`, and DoublonsPossibles when somebody known may be that person.
    """
    membre = creer_membre(valeurs=valeurs, autour_de=personne, par=par, distinctes=distinctes)
    return ajouter_membre(personne=personne, membre=membre, role=role, debut=debut, par=par)


@transaction.atomic
def terminer_membre(*, personne: Personne, place: MembreFoyer, dernier_jour: datetime.date, par: Any) -> MembreFoyer:
    """End a place in the household of `personne`. Raises DroitInsuffisant, RegleMetier for the date."""
    _ecrire(personne, par, dernier_jour)
    place = MembreFoyer.objects.select_for_update(of=("self",)).get(pk=place.pk)
    if place.periode.lower is not None and dernier_jour < place.periode.lower:
        raise RegleMetier(f"Sa place commence le {place.periode.lower:%d/%m/%Y}.", champ="dernier_jour")
    avant = etat_de(place, ("periode",))
    place.periode = DateRange(place.periode.lower, dernier_jour + datetime.timedelta(days=1))
    enregistrer(place)
    journaliser(par=par, verbe="terminer_membre", objet=place, avant=avant, apres=etat_de(place, ("periode",)))
    return place


@transaction.atomic
def definir_situation(
    *, personne: Personne, situation: str, enfants: int | None, debut: datetime.date, par: Any
) -> SituationFoyer:
    """Set the family situation of the household from `debut` on, ending the one before. Raises as `ajouter_membre`."""
    _ecrire(personne, par, debut)
    foyer = foyer_ou_nouveau(personne=personne, debut=debut)
    autres = {s.pk: s for s in foyer.situations.select_for_update()}
    suite = faire_suite([(pk, s.periode) for pk, s in autres.items()], debut, "une situation familiale")
    if suite.faute:
        raise RegleMetier(suite.faute, champ="debut")
    if suite.finie is not None:
        ancienne = autres[suite.finie]
        ancienne.periode = DateRange(ancienne.periode.lower, debut)
        ancienne.save(update_fields=["periode"])
    nouvelle = SituationFoyer(foyer=foyer, situation=situation, enfants=enfants, periode=DateRange(debut, None))
    enregistrer(nouvelle)
    champs = ("situation", "enfants", "periode")
    journaliser(par=par, verbe="definir_situation_foyer", objet=nouvelle, apres=etat_de(nouvelle, champs))
    return nouvelle
