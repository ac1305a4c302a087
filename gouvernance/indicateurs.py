"""Computed indicators of participation, for the fiches about it. Found at start-up by the registry of actions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from actions.models import Programme
from actions.registre import Declaration, Portee, Termes, declarer
from gouvernance.lecture_participation import les_siennes, participation
from gouvernance.models import (
    EtatSeance,
    FormationMembres,
    Membre,
    NatureInstance,
    Seance,
    ThemeFormation,
)
from gouvernance.regles.participation import NATURES_PARTICIPATION

Resultat = Mapping[int | None, Termes]


AUCUN_MEMBRE = "Non alimenté : aucun membre de groupe ressources n’est enregistré."
AUCUNE_SEANCE = "Non alimenté : aucune séance de ce type n’est enregistrée."


def _membres(programme: Programme, annee: int) -> Resultat:
    return {None: Termes(Decimal(participation(programme, annee).membres), texte=_sans_groupe(programme))}


def _sans_groupe(programme: Programme) -> str:
    """Return why a figure about groups cannot be told: nobody ever sat in one here."""
    groupes = les_siennes(programme).filter(nature__in=NATURES_PARTICIPATION)
    return "" if Membre.objects.filter(instance__in=groupes).exists() else AUCUN_MEMBRE


def _en_ep(programme: Programme, annee: int) -> Resultat:
    return {None: Termes(Decimal(participation(programme, annee).ep.personnes))}


def _reseaux(programme: Programme, annee: int) -> Resultat:
    siennes = Seance.objects.filter(instance__in=les_siennes(programme).filter(nature=NatureInstance.RESEAU))
    tenues = siennes.filter(etat=EtatSeance.TENUE, debut__year=annee).count()
    return {None: Termes(Decimal(tenues), texte="" if siennes.exists() else AUCUNE_SEANCE)}


def _assiduite(programme: Programme, annee: int) -> Resultat:
    lues = participation(programme, annee).instances
    convocations = sum(i.convocations for i in lues)
    return {None: Termes(Decimal(sum(i.presences for i in lues)), Decimal(convocations))}


def _formes(programme: Programme, annee: int) -> Resultat:
    """Count the members of groups trained in digital tools since the programme began."""
    formations = FormationMembres.objects.filter(
        instance__in=les_siennes(programme).filter(nature__in=NATURES_PARTICIPATION),
        theme=ThemeFormation.NUMERIQUE, jour__gte=datetime.date(programme.annee_debut, 1, 1), jour__year__lte=annee,
    )  # fmt: skip
    membres = FormationMembres.participants.through.objects.filter(formationmembres__in=formations)
    formes = membres.values("membre").distinct().count()
    return {None: Termes(Decimal(formes), texte=_sans_groupe(programme))}


def _suivies(programme: Programme, annee: int) -> Resultat:
    lue = participation(programme, annee)
    return {None: Termes(Decimal(lue.suivies), Decimal(lue.proposees))}


declarer(
    Declaration(
        code="participants_groupe_ressources", libelle="Participants aux groupes ressources",
        definition="Membres titulaires des groupes ressources et conseils consultatifs, en fonction au 31 décembre ou "
        "au jour du calcul.",
        numerateur="membres en fonction", denominateur="", unite="nombre", version="1", portee=Portee.PROGRAMME,
        requete=_membres, source="Essonne, fiche « Participation »",
    )
)  # fmt: skip
declarer(
    Declaration(
        code="participants_ep", libelle="Bénéficiaires présents en équipe pluridisciplinaire",
        definition="Membres du collège des bénéficiaires présents ou représentés une fois au moins, dans l’année, à "
        "une séance tenue d’équipe pluridisciplinaire.",
        numerateur="membres venus une fois au moins", denominateur="", unite="nombre", version="1",
        portee=Portee.PROGRAMME, requete=_en_ep, source="CASF L262-39",
    )
)  # fmt: skip
declarer(
    Declaration(
        code="membres_formes_numerique", libelle="Membres formés à l’usage du numérique",
        definition="Membres des groupes ressources et conseils consultatifs qui ont suivi une formation à l’usage du "
        "numérique depuis le début du programme, comptés une fois.",
        numerateur="membres formés", denominateur="", unite="nombre", version="1", portee=Portee.PROGRAMME,
        requete=_formes, source="Essonne, fiche « Participation »",
    )
)  # fmt: skip
declarer(
    Declaration(
        code="assiduite_instances", libelle="Participation aux instances",
        definition="Présences et représentations rapportées aux convocations, pour les séances tenues dans l’année.",
        numerateur="présences et représentations", denominateur="convocations", unite="%", version="1",
        portee=Portee.PROGRAMME, requete=_assiduite,
    )
)  # fmt: skip
declarer(
    Declaration(
        code="propositions_suivies", libelle="Propositions suivies d’effet",
        definition="Part des propositions déposées dans l’année par les groupes et les dialogues territoriaux qui sont "
        "retenues ou mises en œuvre au jour du calcul.",
        numerateur="propositions retenues ou mises en œuvre", denominateur="propositions déposées dans l’année",
        unite="%", version="1", portee=Portee.PROGRAMME, requete=_suivies,
    )
)  # fmt: skip
declarer(
    Declaration(
        code="reunions_reseaux", libelle="Réunions des réseaux",
        definition="Séances tenues dans l’année par les instances de nature « Réseau » : le réseau des délégataires de "
        "l’accompagnement en est un.",
        numerateur="séances tenues", denominateur="", unite="nombre", version="1", portee=Portee.PROGRAMME,
        requete=_reseaux, source="Essonne, fiche 2.6",
    )
)  # fmt: skip
CODES = frozenset(
    {"participants_groupe_ressources", "participants_ep", "membres_formes_numerique", "assiduite_instances",
     "propositions_suivies", "reunions_reseaux"}
)  # fmt: skip
