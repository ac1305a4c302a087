"""Factories. `UtilisateurFactory(role=Role.PILOTE, structure=…)` comes with its habilitation."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from factory.declarations import LazyAttribute, Maybe, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory, FileField, Password
from factory.helpers import lazy_attribute

from actions.models import (
    Anomalie,
    Axe,
    Bilan,
    CadreAction,
    Campagne,
    CibleIndicateur,
    Etape,
    EtatBilan,
    EtatCampagne,
    EtatEtape,
    EtatProgramme,
    FicheAction,
    Financement,
    GabaritFiche,
    Indicateur,
    MesureIndicateur,
    NatureIndicateur,
    NatureProgramme,
    NiveauStrategique,
    NoteFiche,
    ObjectifOperationnel,
    PieceJointe,
    Programme,
    ProvenanceMesure,
    RoleFiche,
    RubriqueFiche,
    SectionGabarit,
    Signataire,
    StatutFiche,
    TypeRole,
)
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.structures.models import NatureStructure, Structure
from pdi.territoires.models import Departement

MOT_DE_PASSE = "Essai-de-passe-2026"
DEPUIS_TOUJOURS = DateRange(datetime.date(2020, 1, 1), None)
ROLES_AVEC_STRUCTURE = (Role.PILOTE, Role.PRESTATAIRE, Role.PARTENAIRE)


def annee_pleine(annee: int) -> DateRange:
    """Return the half-open range of a whole year."""
    return DateRange(datetime.date(annee, 1, 1), datetime.date(annee + 1, 1, 1))


class DepartementFactory(DjangoModelFactory[Departement]):
    class Meta:
        model = Departement
        django_get_or_create = ("code",)

    code = "91"
    nom = "Essonne"


class StructureFactory(DjangoModelFactory[Structure]):
    class Meta:
        model = Structure

    nom = Sequence(lambda n: f"Structure {n}")
    nature = NatureStructure.ASSOCIATION


class UtilisateurFactory(DjangoModelFactory[Utilisateur]):
    """An account; with `role` (and `structure`) it holds that habilitation, without it holds none."""

    class Meta:
        model = Utilisateur

    courriel = Sequence(lambda n: f"agent{n}@exemple.fr")
    prenom = "Camille"
    nom = Sequence(lambda n: f"Exemple{n}")
    password = Password(MOT_DE_PASSE)
    role: str | None = None
    structure: Structure | None = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Utilisateur:
        role, structure = kwargs.pop("role"), kwargs.pop("structure")
        utilisateur: Utilisateur = super()._create(model_class, *args, **kwargs)
        if role:
            if structure is None and role in ROLES_AVEC_STRUCTURE:
                structure = StructureFactory.create()
            HabilitationFactory.create(utilisateur=utilisateur, role=role, structure=structure)
        return utilisateur


class HabilitationFactory(DjangoModelFactory[Habilitation]):
    class Meta:
        model = Habilitation

    utilisateur = SubFactory(UtilisateurFactory)
    role = Role.CHARGE_PROGRAMME
    structure = None
    periode = DEPUIS_TOUJOURS


class GabaritFactory(DjangoModelFactory[GabaritFiche]):
    """A layout with every section in the default order and words, or those of `rubriques` only."""

    class Meta:
        model = GabaritFiche

    nom = Sequence(lambda n: f"Gabarit {n}")
    rubriques: Any = RubriqueFiche.values

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> GabaritFiche:
        rubriques = kwargs.pop("rubriques")
        gabarit: GabaritFiche = super()._create(model_class, *args, **kwargs)
        SectionGabarit.objects.bulk_create(
            SectionGabarit(gabarit=gabarit, rubrique=r, libelle=RubriqueFiche(r).label, ordre=rang)
            for rang, r in enumerate(rubriques)
        )
        return gabarit


class ProgrammeFactory(DjangoModelFactory[Programme]):
    class Meta:
        model = Programme

    code = Sequence(lambda n: f"programme-{n}")
    intitule = Sequence(lambda n: f"Pacte territorial d’insertion {n}")
    intitule_court = Sequence(lambda n: f"Pacte {n}")
    nature = NatureProgramme.PTI_PDI
    departement = SubFactory(DepartementFactory)
    annee_debut = 2022
    annee_fin = 2026
    etat = EtatProgramme.EN_VIGUEUR
    gabarit = SubFactory(GabaritFactory)


class NiveauFactory(DjangoModelFactory[NiveauStrategique]):
    class Meta:
        model = NiveauStrategique

    programme = SubFactory(ProgrammeFactory)
    rang = 1
    singulier = "axe"
    pluriel = "axes"


class AxeFactory(DjangoModelFactory[Axe]):
    """A node of the first level, or under `parent`."""

    class Meta:
        model = Axe

    parent: Axe | None = None
    programme = Maybe(
        "parent", yes_declaration=SelfAttribute("parent.programme"), no_declaration=SubFactory(ProgrammeFactory)
    )
    rang = LazyAttribute(lambda o: o.parent.rang + 1 if o.parent else 1)
    numero = Sequence(lambda n: str(n + 1))
    intitule = Sequence(lambda n: f"Favoriser l’accès aux droits {n}")
    ordre = Sequence(int)


class SignataireFactory(DjangoModelFactory[Signataire]):
    class Meta:
        model = Signataire

    programme = SubFactory(ProgrammeFactory)
    structure = SubFactory(StructureFactory)


class CadreFactory(DjangoModelFactory[CadreAction]):
    class Meta:
        model = CadreAction
        django_get_or_create = ("code",)

    code = "spie"
    libelle = "SPIE"


class FicheFactory(DjangoModelFactory[FicheAction]):
    """A fiche; `axe` gives its programme when `programme` is not given."""

    class Meta:
        model = FicheAction

    axe: Axe | None = None
    programme = Maybe(
        "axe", yes_declaration=SelfAttribute("axe.programme"), no_declaration=SubFactory(ProgrammeFactory)
    )
    numero = Sequence(lambda n: f"1.{n}")
    ordre = Sequence(int)
    intitule = Sequence(lambda n: f"Accélérer les premières étapes {n}")
    statut = StatutFiche.EN_COURS


class RoleFicheFactory(DjangoModelFactory[RoleFiche]):
    class Meta:
        model = RoleFiche

    fiche = SubFactory(FicheFactory)
    structure = SubFactory(StructureFactory)
    type = TypeRole.PILOTE


class ObjectifFactory(DjangoModelFactory[ObjectifOperationnel]):
    class Meta:
        model = ObjectifOperationnel

    fiche = SubFactory(FicheFactory)
    numero = Sequence(lambda n: n + 1)
    intitule = Sequence(lambda n: f"Orienter chaque personne sous un mois {n}")


class EtapeFactory(DjangoModelFactory[Etape]):
    class Meta:
        model = Etape

    fiche = SubFactory(FicheFactory)
    ordre = Sequence(int)
    intitule = Sequence(lambda n: f"Simplifier la prise de rendez-vous {n}")
    etat = EtatEtape.A_VENIR
    avancement = LazyAttribute(lambda o: 100 if o.etat == EtatEtape.REALISEE else 0)


class FinancementFactory(DjangoModelFactory[Financement]):
    class Meta:
        model = Financement

    fiche = SubFactory(FicheFactory)
    financeur = SubFactory(StructureFactory)
    annee = 2025
    prevu = Decimal(1000)


class IndicateurFactory(DjangoModelFactory[Indicateur]):
    class Meta:
        model = Indicateur

    fiche = SubFactory(FicheFactory)
    ordre = Sequence(int)
    libelle = Sequence(lambda n: f"Nombre de personnes accompagnées {n}")
    nature = NatureIndicateur.QUANTITATIF
    unite = "nombre"


class CibleFactory(DjangoModelFactory[CibleIndicateur]):
    class Meta:
        model = CibleIndicateur

    indicateur = SubFactory(IndicateurFactory)
    annee = 2025
    valeur = Decimal(100)


class MesureFactory(DjangoModelFactory[MesureIndicateur]):
    """The value of a whole year, unless `periode` says otherwise."""

    class Meta:
        model = MesureIndicateur

    indicateur = SubFactory(IndicateurFactory)
    annee = 2025
    periode = LazyAttribute(lambda o: annee_pleine(o.annee))
    valeur: Any = Decimal(80)
    provenance = ProvenanceMesure.SAISIE


class AnomalieFactory(DjangoModelFactory[Anomalie]):
    class Meta:
        model = Anomalie

    fiche = SubFactory(FicheFactory)
    code = Sequence(lambda n: f"anomalie-{n}")
    titre = "27 458,82 € du plan de financement n’ont pas de financeur"
    constat = "La somme des financeurs ne fait pas le total imprimé."


class NoteFactory(DjangoModelFactory[NoteFiche]):
    class Meta:
        model = NoteFiche

    fiche = SubFactory(FicheFactory)
    texte = "Réunion tenue avec les partenaires."
    auteur = SubFactory(UtilisateurFactory)


class PieceFactory(DjangoModelFactory[PieceJointe]):
    class Meta:
        model = PieceJointe

    fiche = SubFactory(FicheFactory)
    fichier = FileField(filename="note.pdf", data=b"%PDF-1.7 essai")
    nom = "Note de cadrage.pdf"
    type = "pdf"
    taille = 14
    deposee_par = SubFactory(UtilisateurFactory)


class CampagneFactory(DjangoModelFactory[Campagne]):
    """A campaign, open unless `etat` says otherwise."""

    class Meta:
        model = Campagne

    programme = SubFactory(ProgrammeFactory)
    annee = 2025
    ouverture = LazyAttribute(lambda o: datetime.date(o.annee + 1, 1, 10))
    soumission_avant = LazyAttribute(lambda o: datetime.date(o.annee + 1, 2, 16))
    relecture_avant = LazyAttribute(lambda o: datetime.date(o.annee + 1, 2, 27))
    assemblee_avant = LazyAttribute(lambda o: datetime.date(o.annee + 1, 3, 31))
    etat = EtatCampagne.OUVERTE

    @lazy_attribute
    def ouverte_le(self):
        return None if self.etat == EtatCampagne.PREPAREE else timezone.now()

    @lazy_attribute
    def ouverte_par(self):
        return None if self.etat == EtatCampagne.PREPAREE else UtilisateurFactory.create()

    @lazy_attribute
    def close_le(self):
        return timezone.now() if self.etat == EtatCampagne.CLOSE else None

    @lazy_attribute
    def close_par(self):
        return UtilisateurFactory.create() if self.etat == EtatCampagne.CLOSE else None


class BilanFactory(DjangoModelFactory[Bilan]):
    """A bilan with the dates and authors that its `etat` demands; one author for all of them."""

    class Meta:
        model = Bilan
        exclude = ("auteur",)

    campagne = LazyAttribute(lambda o: CampagneFactory.create(programme=o.fiche.programme))
    fiche = SubFactory(FicheFactory)
    etat = EtatBilan.A_RENSEIGNER
    auteur = LazyAttribute(lambda o: None if o.etat == EtatBilan.A_RENSEIGNER else UtilisateurFactory.create())
    realisations = LazyAttribute(
        lambda o: "" if o.etat == EtatBilan.A_RENSEIGNER else "La plateforme a conduit 4 108 orientations."
    )
    soumis_le = LazyAttribute(lambda o: timezone.now() if o.auteur else None)
    soumis_par = LazyAttribute(lambda o: o.auteur)
    renvoye_le = LazyAttribute(lambda o: timezone.now() if o.etat == EtatBilan.A_CORRIGER else None)
    renvoye_par = LazyAttribute(lambda o: o.auteur if o.etat == EtatBilan.A_CORRIGER else None)
    motif_renvoi = LazyAttribute(lambda o: "À compléter." if o.etat == EtatBilan.A_CORRIGER else "")
    valide_le = LazyAttribute(lambda o: timezone.now() if o.etat == EtatBilan.VALIDE else None)
    valide_par = LazyAttribute(lambda o: o.auteur if o.etat == EtatBilan.VALIDE else None)
