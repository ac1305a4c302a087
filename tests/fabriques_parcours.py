"""Factories of the third storey: people, files, orientation, contracts, meetings, prescriptions, aids, exits.

`personne_suivie(...)` builds a person with what most tests need: address, open file, orientation, référent.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Maybe, Sequence, SubFactory
from factory.django import DjangoModelFactory

from offre.models import CategorieOffre, EtatOffre, Frein, OffreInsertion
from parcours.models import (
    ActionContrat,
    Adresse,
    AffectationReferent,
    AttributionAide,
    CategorieSortie,
    Contrat,
    DemandePublique,
    DemandeReorientation,
    Diagnostic,
    DossierRSA,
    Entretien,
    EnveloppeAide,
    EtatContrat,
    EtatDossier,
    EtatEntretien,
    EtatMensuel,
    Foyer,
    GrilleDiagnostic,
    MembreFoyer,
    ModeAccompagnement,
    Motif,
    NatureContrat,
    NatureMotif,
    NaturePrestation,
    NatureSortie,
    OrganismeOarsa,
    Orientation,
    OriginePrescription,
    Personne,
    Prescription,
    ReferentielSortie,
    RegimeJuridique,
    ReglementAide,
    RoleFoyer,
    SituationDroitsDevoirs,
    SituationFoyer,
    SituationTheme,
    Sortie,
    SuiviPostSortie,
    ThemeDiagnostic,
    TypeActionContrat,
    TypeOrientation,
    TypeSortie,
)
from pdi.structures.models import NatureStructure
from pdi.territoires.models import Commune, CommuneTerritoire, NatureTerritoire, TerritoireAction
from tests.fabriques import DepartementFactory, StructureFactory, UtilisateurFactory

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


class RegimeFactory(DjangoModelFactory[RegimeJuridique]):
    """Regime B, in force since 2025."""

    class Meta:
        model = RegimeJuridique
        django_get_or_create = ("code",)

    code = "b"
    intitule = "Loi pour le plein emploi"
    validite = depuis(datetime.date(2025, 1, 1))
    parametres = LazyFunction(lambda: {"delai_contrat": 30, "heures_hebdo_min": 15})


class MotifFactory(DjangoModelFactory[Motif]):
    class Meta:
        model = Motif

    nature = NatureMotif.ORIENTATION
    code = Sequence(lambda n: f"motif-{n}")
    libelle = Sequence(lambda n: f"Motif {n}")
    validite = TOUJOURS


class GrilleFactory(DjangoModelFactory[GrilleDiagnostic]):
    class Meta:
        model = GrilleDiagnostic

    code = Sequence(lambda n: f"grille-{n}")
    intitule = "Grille de diagnostic"
    validite = TOUJOURS


class ThemeFactory(DjangoModelFactory[ThemeDiagnostic]):
    class Meta:
        model = ThemeDiagnostic

    grille = SubFactory(GrilleFactory)
    code = Sequence(lambda n: f"theme-{n}")
    libelle = Sequence(lambda n: f"Thème {n}")


class SituationThemeFactory(DjangoModelFactory[SituationTheme]):
    class Meta:
        model = SituationTheme

    theme = SubFactory(ThemeFactory)
    code = Sequence(lambda n: f"situation-{n}")
    libelle = Sequence(lambda n: f"Situation {n}")


class DiagnosticFactory(DjangoModelFactory[Diagnostic]):
    class Meta:
        model = Diagnostic

    personne = SubFactory(PersonneFactory)
    grille = SubFactory(GrilleFactory)
    date = LazyFunction(timezone.localdate)
    mene_par = SubFactory(UtilisateurFactory)


class OrientationFactory(DjangoModelFactory[Orientation]):
    """Decided 300 days ago, to the département; still in force."""

    class Meta:
        model = Orientation

    personne = SubFactory(PersonneFactory)
    decidee_le = LazyFunction(lambda: il_y_a(300))
    periode = LazyAttribute(lambda o: depuis(o.decidee_le))
    notifiee_le = LazyAttribute(lambda o: o.decidee_le)
    type_decide = TypeOrientation.SOCIO_PRO
    organisme = OrganismeOarsa.DEPARTEMENT
    structure = SubFactory(StructureFactory, nature=NatureStructure.SERVICE)
    mode = ModeAccompagnement.SOCIO_PRO


class DemandeReorientationFactory(DjangoModelFactory[DemandeReorientation]):
    class Meta:
        model = DemandeReorientation

    orientation = SubFactory(OrientationFactory)
    personne = LazyAttribute(lambda o: o.orientation.personne)
    type_demande = TypeOrientation.EMPLOI
    motif = SubFactory(MotifFactory, nature=NatureMotif.REORIENTATION)
    demandee_par = SubFactory(UtilisateurFactory)


class AffectationFactory(DjangoModelFactory[AffectationReferent]):
    """Pass `referent=utilisateur`, or leave the name of an agent without account."""

    class Meta:
        model = AffectationReferent

    personne = SubFactory(PersonneFactory)
    structure = SubFactory(StructureFactory, nature=NatureStructure.SERVICE)
    referent = None
    referent_nom = LazyAttribute(lambda o: "" if o.referent else "Noa Exemple")
    periode = LazyFunction(lambda: depuis(il_y_a(290)))


class EntretienFactory(DjangoModelFactory[Entretien]):
    """Held a month ago, at ten."""

    class Meta:
        model = Entretien

    personne = SubFactory(PersonneFactory)
    debut = LazyFunction(lambda: timezone.make_aware(datetime.datetime.combine(il_y_a(30), datetime.time(10))))
    structure = SubFactory(StructureFactory, nature=NatureStructure.SERVICE)
    etat = EtatEntretien.TENU


class ContratFactory(DjangoModelFactory[Contrat]):
    """A draft of six months from today; `etat=EtatContrat.VALIDE` fills signatures and decision."""

    class Meta:
        model = Contrat

    personne = SubFactory(PersonneFactory)
    nature = NatureContrat.CONTRAT_ENGAGEMENT
    structure = SubFactory(StructureFactory, nature=NatureStructure.SERVICE)
    debut = LazyFunction(timezone.localdate)
    fin = LazyAttribute(lambda o: o.debut + datetime.timedelta(days=182))
    heures_hebdo = Decimal(15)
    etat = EtatContrat.BROUILLON
    signe_personne_le = LazyAttribute(lambda o: o.debut if o.etat not in ("brouillon", "annule") else None)
    signe_referent_le = LazyAttribute(lambda o: o.signe_personne_le)
    signe_departement_le = LazyAttribute(lambda o: o.debut if o.etat in ("valide", "clos") else None)
    decide_le = LazyAttribute(lambda o: o.signe_departement_le)
    clos_le = LazyAttribute(lambda o: o.fin if o.etat == "clos" else None)
    motif_decision = LazyAttribute(lambda o: "À préciser" if o.etat in ("refuse", "a_corriger") else "")


class ActionContratFactory(DjangoModelFactory[ActionContrat]):
    class Meta:
        model = ActionContrat

    contrat = SubFactory(ContratFactory)
    type = TypeActionContrat.RECHERCHE_EMPLOI
    intitule = "Atelier de recherche d’emploi"
    heures_hebdo = Decimal(5)


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


def personne_suivie(
    *,
    referent: Any = None,
    structure: Any = None,
    commune: Commune | None = None,
    organisme: str = OrganismeOarsa.DEPARTEMENT,
    entree: datetime.date | None = None,
    **identite: Any,
) -> Personne:
    """Return a person who lives in `commune`, with an open file, an orientation to `structure` and its référent."""
    entree = entree or il_y_a(365)
    personne = PersonneFactory.create(**identite)
    structure = structure or StructureFactory.create(nature=NatureStructure.SERVICE)
    AdresseFactory.create(personne=personne, commune=commune or CommuneFactory.create(), periode=depuis(entree))
    DossierFactory.create(ouvert_le=entree, personne=personne)
    decidee = entree + datetime.timedelta(days=20)
    OrientationFactory.create(personne=personne, structure=structure, organisme=organisme, decidee_le=decidee)
    AffectationFactory.create(
        personne=personne,
        structure=structure,
        referent=referent,
        periode=depuis(decidee + datetime.timedelta(days=5)),
    )
    return personne
