"""Factories of what follows: offers, prescriptions, requests of the public, aids, exits."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Maybe, Sequence, SubFactory
from factory.django import DjangoModelFactory

from offre.models import CategorieOffre, EtatOffre, Frein, OffreInsertion
from parcours.models import (
    AttributionAide,
    CategorieSortie,
    DemandePublique,
    EnveloppeAide,
    NatureMotif,
    NatureSortie,
    OriginePrescription,
    Prescription,
    ReferentielSortie,
    ReglementAide,
    Sortie,
    SuiviPostSortie,
    TypeSortie,
)
from pdi.structures.models import NatureStructure
from tests.fabriques import DepartementFactory, StructureFactory

from .accompagnement import MotifFactory
from .personnes import TOUJOURS, PersonneFactory, il_y_a


class FreinFactory(DjangoModelFactory[Frein]):
    class Meta:
        model = Frein

    code = Sequence(lambda n: f"frein-{n}")
    libelle = Sequence(lambda n: f"Frein {n}")


class OffreFactory(DjangoModelFactory[OffreInsertion]):
    """A published offer; `operateurs=[structure]` names who runs it."""

    class Meta:
        model = OffreInsertion

    departement = SubFactory(DepartementFactory)
    numero = Sequence(lambda n: f"9.{n}")
    categorie = CategorieOffre.SOCIO_PRO
    intitule = Sequence(lambda n: f"Atelier {n}")
    etat = EtatOffre.PUBLIEE
    operateurs: Any = ()

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> OffreInsertion:
        operateurs = kwargs.pop("operateurs")
        offre: OffreInsertion = super()._create(model_class, *args, **kwargs)
        offre.operateurs.set(operateurs)
        return offre


class PrescriptionFactory(DjangoModelFactory[Prescription]):
    """Written ten days ago by a référent. Give `etat`: the dates it asks for follow, unless given."""

    class Meta:
        model = Prescription

    personne = SubFactory(PersonneFactory)
    offre = SubFactory(OffreFactory)
    operateur = SubFactory(StructureFactory)
    structure_prescriptrice = SubFactory(StructureFactory, nature=NatureStructure.SERVICE)
    origine = OriginePrescription.REFERENT
    renseignee_le = LazyFunction(lambda: il_y_a(10))
    signee_le = LazyAttribute(lambda o: None if o.etat in ("renseignee", "annulee") else o.renseignee_le)
    transmise_le = LazyAttribute(lambda o: None if o.etat == "signee" else o.signee_le)
    repondue_le = LazyAttribute(lambda o: None if o.etat == "transmise" else o.transmise_le)
    entree_le = LazyAttribute(lambda o: o.repondue_le if o.etat in ("en_action", "achevee") else None)
    fin_le = LazyAttribute(lambda o: o.entree_le or o.repondue_le if o.etat in ("achevee", "abandonnee") else None)
    etat = "renseignee"


class DemandePubliqueFactory(DjangoModelFactory[DemandePublique]):
    """A request of the public, waiting for its confirmation unless `etat` says otherwise."""

    class Meta:
        model = DemandePublique

    offre = SubFactory(OffreFactory, auto_prescription=True)
    nom = Sequence(lambda n: f"Spécimen{n}")
    prenom = "Maëlle"
    date_naissance = datetime.date(1985, 3, 12)
    courriel = Sequence(lambda n: f"demande{n}@exemple.fr")
    graine = Sequence(lambda n: f"graine-{n}")
    expire_le = LazyAttribute(lambda o: timezone.now() + datetime.timedelta(days=3))
    confirmee_le = LazyAttribute(lambda o: None if o.etat == "a_confirmer" else timezone.now())
    etat = "a_confirmer"
    fictive = True


class ReglementAideFactory(DjangoModelFactory[ReglementAide]):
    class Meta:
        model = ReglementAide

    code = Sequence(lambda n: f"aide-{n}")
    intitule = Sequence(lambda n: f"Aide {n}")
    validite = TOUJOURS
    regles = LazyFunction(
        lambda: [{"nature": "plafond", "code": "total", "libelle": "Plafond annuel", "montant": 600, "par": "an"}]
    )


class EnveloppeFactory(DjangoModelFactory[EnveloppeAide]):
    class Meta:
        model = EnveloppeAide

    reglement = SubFactory(ReglementAideFactory)
    annee = LazyFunction(lambda: timezone.localdate().year)
    montant = Decimal(10_000)


class AideFactory(DjangoModelFactory[AttributionAide]):
    class Meta:
        model = AttributionAide

    personne = SubFactory(PersonneFactory)
    reglement = SubFactory(ReglementAideFactory)
    objet = "Titre de transport"
    montant = Decimal(80)
    demandee_le = LazyFunction(lambda: il_y_a(20))


class ReferentielSortieFactory(DjangoModelFactory[ReferentielSortie]):
    class Meta:
        model = ReferentielSortie

    code = Sequence(lambda n: f"sorties-{n}")
    intitule = "Référentiel des sorties"
    validite = TOUJOURS


class TypeSortieFactory(DjangoModelFactory[TypeSortie]):
    class Meta:
        model = TypeSortie

    referentiel = SubFactory(ReferentielSortieFactory)
    code = Sequence(lambda n: f"type-{n}")
    libelle = "CDI"
    categorie = CategorieSortie.DURABLE
    emploi = LazyAttribute(lambda o: o.categorie in (CategorieSortie.DURABLE, CategorieSortie.TRANSITION))


class SortieFactory(DjangoModelFactory[Sortie]):
    class Meta:
        model = Sortie

    personne = SubFactory(PersonneFactory)
    nature = NatureSortie.ACCOMPAGNEMENT
    type = SubFactory(TypeSortieFactory)
    date = LazyFunction(lambda: il_y_a(40))
    motif = Maybe(
        LazyAttribute(lambda o: o.nature == NatureSortie.ACCOMPAGNEMENT),
        SubFactory(MotifFactory, nature=NatureMotif.FIN_ACCOMPAGNEMENT),
        None,
    )


class SuiviFactory(DjangoModelFactory[SuiviPostSortie]):
    class Meta:
        model = SuiviPostSortie

    sortie = SubFactory(SortieFactory)
    mois = 1
    du_le = LazyFunction(lambda: il_y_a(10))
