"""Factories of people: territory, address, household, RSA file, rights and duties."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from parcours.models import (
    Adresse,
    DossierRSA,
    EtatDossier,
    EtatMensuel,
    Foyer,
    MembreFoyer,
    NaturePrestation,
    Personne,
    RoleFoyer,
    SituationDroitsDevoirs,
    SituationFoyer,
)
from pdi.structures.models import NatureStructure
from pdi.territoires.models import Commune, CommuneTerritoire, NatureTerritoire, TerritoireAction
from tests.fabriques import DepartementFactory, StructureFactory

TOUJOURS = DateRange(datetime.date(2000, 1, 1), None)


def depuis(jour: datetime.date) -> DateRange:
    """Return the half-open range that begins on `jour`."""
    return DateRange(jour, None)


def il_y_a(jours: int) -> datetime.date:
    """Return the day `jours` ago."""
    return timezone.localdate() - datetime.timedelta(days=jours)


def mois_de(jour: datetime.date) -> datetime.date:
    """Return the first day of the month of `jour`."""
    return jour.replace(day=1)


class TerritoireFactory(DjangoModelFactory[TerritoireAction]):
    class Meta:
        model = TerritoireAction

    departement = SubFactory(DepartementFactory)
    nature = NatureTerritoire.TAD
    code = Sequence(lambda n: f"tad-{n}")
    nom = Sequence(lambda n: f"TAD {n}")
    validite = TOUJOURS


class CommuneFactory(DjangoModelFactory[Commune]):
    """A commune; with `territoire` it is attached to it for ever."""

    class Meta:
        model = Commune

    code = Sequence(lambda n: f"91{n % 1000:03d}")
    nom = Sequence(lambda n: f"Valmarche-{n}")
    departement = SubFactory(DepartementFactory)
    codes_postaux = LazyFunction(lambda: ["91000"])
    population = 10_000
    territoire: TerritoireAction | None = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Commune:
        territoire = kwargs.pop("territoire")
        commune: Commune = super()._create(model_class, *args, **kwargs)
        if territoire:
            CommuneTerritoire.objects.create(commune=commune, territoire=territoire, validite=TOUJOURS)
        return commune


class PersonneFactory(DjangoModelFactory[Personne]):
    class Meta:
        model = Personne

    nom_naissance = Sequence(lambda n: f"Spécimen{n}")
    prenoms = "Maëlle"
    date_naissance = datetime.date(1985, 3, 12)
    sexe = "F"
    niveau_formation = "V"
    fictive = True


class AdresseFactory(DjangoModelFactory[Adresse]):
    class Meta:
        model = Adresse

    personne = SubFactory(PersonneFactory)
    lignes = "12 rue de l’Exemple"
    code_postal = "91000"
    commune = SubFactory(CommuneFactory)
    periode = TOUJOURS


class FoyerFactory(DjangoModelFactory[Foyer]):
    class Meta:
        model = Foyer

    fictif = True


class SituationFoyerFactory(DjangoModelFactory[SituationFoyer]):
    class Meta:
        model = SituationFoyer

    foyer = SubFactory(FoyerFactory)
    situation = "CEL"
    enfants = 0
    periode = TOUJOURS


class MembreFoyerFactory(DjangoModelFactory[MembreFoyer]):
    class Meta:
        model = MembreFoyer

    foyer = SubFactory(FoyerFactory)
    personne = SubFactory(PersonneFactory)
    role = RoleFoyer.DEMANDEUR
    periode = TOUJOURS


class DossierFactory(DjangoModelFactory[DossierRSA]):
    """A file opened a year ago; with `personne`, she joins the household and is subject to rights and duties."""

    class Meta:
        model = DossierRSA

    numero = Sequence(lambda n: f"8{n:010d}")
    matricule = Sequence(lambda n: f"{n:015d}")
    foyer = SubFactory(FoyerFactory)
    organisme_payeur = SubFactory(StructureFactory, nature=NatureStructure.PROTECTION_SOCIALE)
    demande_le = LazyAttribute(lambda o: o.ouvert_le)
    ouvert_le = LazyFunction(lambda: il_y_a(365))
    personne: Personne | None = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> DossierRSA:
        personne = kwargs.pop("personne")
        dossier: DossierRSA = super()._create(model_class, *args, **kwargs)
        if personne:
            debut = dossier.ouvert_le or dossier.demande_le
            MembreFoyerFactory.create(foyer=dossier.foyer, personne=personne, periode=depuis(debut))
            DroitsDevoirsFactory.create(personne=personne, dossier=dossier, periode=DateRange(debut, dossier.clos_le))
            EtatMensuelFactory.create(dossier=dossier)
        return dossier


class EtatMensuelFactory(DjangoModelFactory[EtatMensuel]):
    """The state of this month: open and payable."""

    class Meta:
        model = EtatMensuel

    dossier = SubFactory(DossierFactory)
    mois = LazyFunction(lambda: mois_de(timezone.localdate()))
    etat = EtatDossier.OUVERT
    nature = NaturePrestation.SOCLE
    montant = Decimal("607.75")


class DroitsDevoirsFactory(DjangoModelFactory[SituationDroitsDevoirs]):
    class Meta:
        model = SituationDroitsDevoirs

    personne = SubFactory(PersonneFactory)
    dossier = SubFactory(DossierFactory)
    periode = LazyFunction(lambda: depuis(il_y_a(365)))
    recu = True
    recalcule = True
