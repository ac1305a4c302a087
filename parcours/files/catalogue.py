"""The queues, in the order of a path: title, rule in words, legal reference, who works them, what resolves a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from parcours.a_faire import CONTRACTUALISER, DESIGNER, ORIENTER, PLANIFIER
from parcours.models import (
    Contrat,
    DemandeReorientation,
    GesteLot,
    Orientation,
    Prescription,
    SituationDroitsDevoirs,
    SuiviPostSortie,
    TypeOrientation,
)
from pdi.comptes.models import Role
from pdi.socle.formats import date_courte

from . import blocages as b
from . import requetes as r
from .horloges import Cadre

Requete = Callable[[QuerySet[Any], Cadre], QuerySet[Any]]
SUIVI = (Role.REFERENT, Role.ENCADRANT)
SUIVIS_EN_LOT = (GesteLot.COURRIER, GesteLot.TRANSFERER)
ORIENTATION = (Role.AGENT_ORIENTATION, Role.ENCADRANT)


@dataclass(frozen=True)
class FileAttente:
    """One queue. `personne`: path from a row to the person; `structure`: to the structure the filter reads.

    `reference`: the text itself, or the parameter of the regime that holds it. `adresse`: the screen of the gesture,
    and the attribute of the row that is its argument; the person's page when it is not installed.
    """

    code: str
    titre: str
    nom: tuple[str, str]  # one row, several, in words
    regle: str
    depuis: str  # what begins the wait: « entrée le »
    modele: type[Model]
    annoter: Requete
    garder: Requete
    geste: str
    adresse: tuple[str, str]
    roles: tuple[Role, ...]
    reference: str = ""
    cle_reference: str = ""
    personne: str = "personne"
    structure: str = "structure"
    referent: str = ""  # path to the account when the row names one; else the référent of today
    joindre: tuple[str, ...] = ()
    detail: Callable[[Any, Cadre], str] = lambda _ligne, _cadre: ""
    bloque: tuple[str, ...] = (b.RENDEZ_VOUS,)  # what may hold a row back, the first that speaks
    gestes: tuple[str, ...] = (GesteLot.COURRIER,)  # what may be done to many rows at once
    retard: str = "en retard"

    def texte(self, ligne: Any, cadre: Cadre) -> str:
        """Return the legal or internal reference of a row."""
        return (cadre.reference(self.cle_reference, ligne.depuis) if self.cle_reference else "") or self.reference


def _cible(ligne: Any, cadre: Cadre) -> str:
    if ligne.cible is None:
        return ""
    if ligne.cible < cadre.jour:
        return f"objectif du Département dépassé depuis le {date_courte(ligne.cible)}"
    return f"objectif du Département\u00a0: {date_courte(ligne.cible)}"


def _orientation(ligne: Any, _cadre: Cadre) -> str:
    return f"{TypeOrientation(ligne.type_decide).label}, {ligne.structure}"


def _contrat(ligne: Any, _cadre: Cadre) -> str:
    return f"{ligne.get_nature_display()}, {ligne.structure}"


def _prescription(ligne: Any, _cadre: Cadre) -> str:
    return str(ligne)


def _demande(ligne: Any, _cadre: Cadre) -> str:
    return f"vers «\u00a0{ligne.get_type_demande_display()}\u00a0»\u00a0: {ligne.motif}"


def _suivi(ligne: Any, _cadre: Cadre) -> str:
    return f"à {ligne.mois}\u00a0mois\u00a0: {ligne.sortie.type}"


FILES = (
    FileAttente(
        "a_orienter", "À orienter", ("personne à orienter", "personnes à orienter"),
        "Soumises aux droits et devoirs, sans orientation en cours. L’échéance légale dépend du régime en vigueur à "
        "l’arrivée du dossier, ou à la fin de la dernière orientation ; le Département vise un mois.",
        "à orienter depuis le", SituationDroitsDevoirs, r.annoter_a_orienter, r.garder_a_orienter, "Orienter",
        (ORIENTER, "personne_id"), ORIENTATION,
        cle_reference="delai_orientation", structure="", detail=_cible,
        bloque=(b.DIAGNOSTIC, b.RENDEZ_VOUS), gestes=(GesteLot.ORIENTER, GesteLot.COURRIER),
        retard="Délai légal dépassé",
    ),
    FileAttente(
        "sans_referent", "Sans référent", ("personne sans référent", "personnes sans référent"),
        "Orientées, mais personne n’est désigné pour les accompagner.",
        "orientée le", Orientation, r.annoter_sans_referent, r.garder_sans_referent, "Désigner",
        (DESIGNER, "personne_id"), (Role.ENCADRANT,),
        reference="CASF L262-27", joindre=("structure",),
        detail=_orientation, bloque=(b.REFERENT,), gestes=(GesteLot.DESIGNER, GesteLot.COURRIER),
        retard="Sans référent",
    ),
    FileAttente(
        "premier_rdv", "Premier rendez-vous à tenir", ("premier rendez-vous à tenir", "premiers rendez-vous à tenir"),
        "Orientées hors France Travail, aucun rendez-vous tenu depuis. Quinze jours après l’orientation.",
        "orientée le", Orientation, r.annoter_premier_rdv, r.garder_premier_rdv, "Fixer un rendez-vous",
        (PLANIFIER, "personne_id"), SUIVI,
        cle_reference="delai_premier_rdv", joindre=("structure",),
        detail=_orientation, gestes=SUIVIS_EN_LOT, retard="Quinze jours dépassés",
    ),
    FileAttente(
        "contrat_a_signer", "Contrat à signer", ("contrat à signer", "contrats à signer"),
        "L’orientation ouvre un délai pour signer le contrat ; aucun n’est valide ni signé depuis.",
        "délai depuis le", Orientation, r.annoter_contrat_a_signer, r.garder_contrat_a_signer, "Préparer le contrat",
        (CONTRACTUALISER, "personne_id"), SUIVI,
        cle_reference="delai_contrat", joindre=("structure",),
        detail=_orientation, bloque=(b.CONTRAT, b.RENDEZ_VOUS),
        gestes=SUIVIS_EN_LOT, retard="Délai légal dépassé",
    ),
    FileAttente(
        "contrat_a_renouveler", "Contrat à renouveler", ("contrat à renouveler", "contrats à renouveler"),
        "Le dernier contrat est fini, ou finit dans les soixante jours, et rien ne le suit.",
        "commencé le", Contrat, r.annoter_contrat_a_renouveler, r.garder_contrat_a_renouveler, "Renouveler",
        ("parcours:contrat", "pk"), SUIVI,
        cle_reference="delai_contrat", joindre=("structure",), detail=_contrat, bloque=(b.CONTRAT, b.RENDEZ_VOUS),
        gestes=SUIVIS_EN_LOT, retard="Contrat échu",
    ),
    FileAttente(
        "contrat_a_valider", "Contrat à valider", ("contrat à valider", "contrats à valider"),
        "Signés et soumis : l’encadrant valide, ou renvoie en disant pourquoi. Le Département vise quinze jours.",
        "soumis le", Contrat, r.annoter_contrat_a_valider, r.garder_contrat_a_valider, "Décider",
        ("parcours:contrat_decider", "pk"), (Role.ENCADRANT,),
        reference="Objectif du Département", joindre=("structure",), detail=_contrat, bloque=(b.RENVOI,), gestes=(),
        retard="Quinze jours dépassés",
    ),
    FileAttente(
        "bilan_contrat", "Bilan de contrat à écrire", ("bilan de contrat à écrire", "bilans de contrats à écrire"),
        "Le contrat finit sous quinze jours, ou est fini depuis moins d’un an, sans bilan ni contrat pour le "
        "remplacer.",
        "commencé le", Contrat, r.annoter_bilan_contrat, r.garder_bilan_contrat, "Écrire le bilan",
        ("parcours:contrat_clore", "pk"), SUIVI,
        cle_reference="delai_contrat", joindre=("structure",), detail=_contrat, retard="Contrat fini sans bilan",
    ),
    FileAttente(
        "reexamen", "Réexamen du contrat", ("réexamen de contrat à tenir", "réexamens de contrats à tenir"),
        "Six mois après la signature, douze pour les situations protégées, un rendez-vous de bilan revoit le contrat.",
        "signé le", Contrat, r.annoter_reexamen, r.garder_reexamen, "Fixer le bilan",
        (PLANIFIER, "personne_id"), SUIVI,
        cle_reference="revision_mois", joindre=("structure",), detail=_contrat, retard="Réexamen en retard",
    ),
    FileAttente(
        "reexamen_social", "Orientation sociale à réexaminer",
        ("orientation sociale à réexaminer", "orientations sociales à réexaminer"),
        "Six mois d’orientation sociale sous l’ancien régime : la situation est revue, au besoin par l’équipe "
        "pluridisciplinaire.",
        "orientée le", Orientation, r.annoter_reexamen_social, r.garder_reexamen_social, "Ouvrir le dossier",
        ("parcours:personne", "personne_id"), (Role.REFERENT, Role.ENCADRANT, Role.AGENT_ORIENTATION),
        cle_reference="revision_mois", joindre=("structure",),
        detail=_orientation, gestes=(GesteLot.ORIENTER, GesteLot.COURRIER),
        retard="Réexamen en retard",
    ),
    FileAttente(
        "reorientation", "Réorientation demandée", ("réorientation à décider", "réorientations à décider"),
        "Une demande attend une décision. Le Département vise trente jours.",
        "demandée le", DemandeReorientation, r.annoter_reorientation, r.garder_reorientation, "Décider",
        ("parcours:reorientation", "pk"), ORIENTATION,
        reference="CASF L262-31", structure="orientation__structure", joindre=("motif",), detail=_demande,
        bloque=(b.DECISION,), gestes=(),
        retard="Sans réponse",
    ),
    FileAttente(
        "prescription", "Prescription sans réponse", ("prescription sans réponse", "prescriptions sans réponse"),
        "Transmises à un opérateur, qui n’a pas répondu. Le Département vise quinze jours.",
        "transmise le", Prescription, r.annoter_prescription, r.garder_prescription, "Suivre la prescription",
        ("parcours:prescription", "pk"), (*SUIVI, Role.PRESTATAIRE),
        reference="Objectif du Département", structure="operateur", joindre=("offre", "operateur"),
        detail=_prescription, bloque=(b.OPERATEUR,), gestes=(), retard="Sans réponse",
    ),
    FileAttente(
        "sans_contact", "Sans contact depuis trois mois", ("personne sans contact", "personnes sans contact"),
        "Accompagnées hors France Travail, sans nouvelles depuis trois mois.",
        "dernier contact le", Orientation, r.annoter_sans_contact, r.garder_sans_contact, "Fixer un rendez-vous",
        (PLANIFIER, "personne_id"), SUIVI,
        reference="Objectif du Département", joindre=("structure",),
        detail=_orientation, gestes=SUIVIS_EN_LOT, retard="Sans nouvelles",
    ),
    FileAttente(
        "suivi_sortie", "Suivi après sortie", ("suivi après sortie à noter", "suivis après sortie à noter"),
        "Un, trois, six et douze mois après un retour à l’emploi, la personne est rappelée : sa situation compte dans "
        "le maintien en emploi.",
        "sortie le", SuiviPostSortie, r.annoter_suivi, r.garder_suivi, "Noter le suivi",
        ("parcours:suivi_sortie", "pk"), SUIVI,
        reference="Fiche 3.7", personne="sortie__personne", structure="sortie__structure", referent="sortie__referent",
        joindre=("sortie__type",), detail=_suivi, bloque=(b.TELEPHONE,), retard="Suivi en retard",
    ),
)  # fmt: skip
PAR_CODE: Mapping[str, FileAttente] = {file.code: file for file in FILES}
