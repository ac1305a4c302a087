"""Factories of what accompanies someone: regime, diagnosis, orientation, référent, meetings, contracts."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from parcours.models import (
    ActionContrat,
    AffectationReferent,
    Contrat,
    DemandeReorientation,
    Diagnostic,
    Entretien,
    EtatContrat,
    EtatEntretien,
    GrilleDiagnostic,
    ModeAccompagnement,
    Motif,
    NatureContrat,
    NatureMotif,
    OrganismeOarsa,
    Orientation,
    Personne,
    RegimeJuridique,
    SituationTheme,
    ThemeDiagnostic,
    TypeActionContrat,
    TypeOrientation,
)
from pdi.structures.models import NatureStructure
from pdi.territoires.models import Commune
from tests.fabriques import StructureFactory, UtilisateurFactory

from .personnes import TOUJOURS, AdresseFactory, CommuneFactory, DossierFactory, PersonneFactory, depuis, il_y_a


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
