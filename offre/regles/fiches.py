"""State machines of offer sheets and of the changes operators propose; completeness and freshness. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from offre.models import EtatOffre, EtatProposition
from pdi.socle.etats import Automate, Transition

OPERATEUR, SERVICE = "operateur", "service"
ACTEURS = {OPERATEUR: "opérateur de l’offre", SERVICE: "chargés de programme et administrateurs"}
TOUS, LE_SERVICE = (OPERATEUR, SERVICE), (SERVICE,)
MINIMUM = "title, objectives, publics and an operator are written"

AUTOMATE_OFFRE = Automate(
    nom="Fiche d’offre",
    objet="la fiche",
    etats=EtatOffre,
    acteurs=ACTEURS,
    source="Catalogue of the offer: who writes a sheet, who publishes it.",
    transitions=(
        Transition("", EtatOffre.BROUILLON, "creer_offre", "Créer", TOUS),
        Transition(EtatOffre.BROUILLON, EtatOffre.EN_RELECTURE, "soumettre_offre", "Envoyer en relecture", TOUS,
                   MINIMUM),
        Transition(EtatOffre.EN_RELECTURE, EtatOffre.BROUILLON, "renvoyer_offre", "Renvoyer", LE_SERVICE,
                   commentaire=True),
        Transition(EtatOffre.EN_RELECTURE, EtatOffre.BROUILLON, "reprendre_offre", "Reprendre", TOUS),
        *(
            Transition(etat, EtatOffre.PUBLIEE, "publier_offre", "Publier", LE_SERVICE, f"{MINIMUM}; a version is kept")
            for etat in (EtatOffre.BROUILLON, EtatOffre.EN_RELECTURE, EtatOffre.SUSPENDUE)
        ),
        Transition(EtatOffre.PUBLIEE, EtatOffre.SUSPENDUE, "suspendre_offre", "Suspendre", LE_SERVICE,
                   "nobody is prescribed any more", commentaire=True),
        *(
            Transition(etat, EtatOffre.ARCHIVEE, "archiver_offre", "Archiver", LE_SERVICE,
                       "no session is open to enrolments", commentaire=True)
            for etat in (EtatOffre.BROUILLON, EtatOffre.EN_RELECTURE, EtatOffre.PUBLIEE, EtatOffre.SUSPENDUE)
        ),
        Transition(EtatOffre.ARCHIVEE, EtatOffre.BROUILLON, "desarchiver_offre", "Reprendre de l’archive", LE_SERVICE),
    ),
    contraintes=("offre_numero_unique", "offre_ages_dans_l_ordre", "offre_durees_dans_l_ordre", "version_offre_unique"),
)  # fmt: skip

AUTOMATE_PROPOSITION = Automate(
    nom="Modification proposée d’une fiche d’offre",
    objet="la modification",
    etats=EtatProposition,
    acteurs=ACTEURS,
    source="An operator changes a published sheet: what is published stays, unchanged, until the service accepts.",
    transitions=(
        Transition("", EtatProposition.REDACTION, "commencer_proposition", "Commencer", (OPERATEUR,),
                   "the sheet is published or suspended, no other change of it is open"),
        *(
            Transition(etat, EtatProposition.SOUMISE, "soumettre_proposition", "Envoyer en relecture", (OPERATEUR,),
                       "it changes something")
            for etat in (EtatProposition.REDACTION, EtatProposition.A_CORRIGER)
        ),
        Transition(EtatProposition.SOUMISE, EtatProposition.REDACTION, "reprendre_proposition", "Reprendre",
                   (OPERATEUR,)),
        Transition(EtatProposition.SOUMISE, EtatProposition.A_CORRIGER, "renvoyer_proposition", "Renvoyer", LE_SERVICE,
                   commentaire=True),
        Transition(EtatProposition.SOUMISE, EtatProposition.ACCEPTEE, "accepter_proposition", "Accepter", LE_SERVICE,
                   "the sheet takes it; a version is kept when it is published"),
        *(
            Transition(etat, EtatProposition.RETIREE, "retirer_proposition", "Retirer", TOUS)
            for etat in (EtatProposition.REDACTION, EtatProposition.SOUMISE, EtatProposition.A_CORRIGER)
        ),
    ),
    contraintes=("proposition_une_seule_ouverte", "proposition_soumise_datee", "proposition_renvoi_motive",
                 "proposition_acceptee_signee"),
)  # fmt: skip

# (keys, any of which is enough; what is missing, in words; whether a sheet is published without it)
ATTENDUS: tuple[tuple[tuple[str, ...], str, bool], ...] = (
    (("intitule",), "l’intitulé", True),
    (("objectifs",), "les objectifs", True),
    (("publics",), "à qui elle s’adresse", True),
    (("operateurs",), "au moins un opérateur", True),
    (("contenu",), "le contenu", False),
    (("freins",), "les freins à lever", False),
    (("thematiques",), "les thèmes", False),
    (("publics_vises",), "les publics visés", False),
    (("conditions_acces",), "les conditions d’accès", False),
    (("duree_texte", "duree_max_mois", "heures"), "la durée", False),
    (("capacites", "places", "places_detail"), "la capacité", False),
    (("lieux",), "au moins un lieu", False),
    (("modalites",), "comment y accéder", False),
    (("documents",), "les documents à apporter", False),
    (("contact_telephone", "contact_courriel"), "un contact", False),
    (("prescription_referent", "prescription_prestataire", "auto_prescription"), "qui peut la prescrire", False),
)


@dataclass(frozen=True)
class Completude:
    """How far a sheet is written: `manques` in words, `bloquants` those without which it is not published."""

    remplis: int
    attendus: int
    manques: tuple[str, ...]
    bloquants: tuple[str, ...]

    @property
    def pourcentage(self) -> int:
        """Return the share of what is expected that is written."""
        return round(100 * self.remplis / self.attendus)

    @property
    def ton(self) -> str:
        """Return the tone of its badge."""
        return "bon" if not self.manques else "veille" if self.pourcentage < 80 or self.bloquants else "neutre"


def completude(contenu: Mapping[str, Any]) -> Completude:
    """Judge the content of a sheet (offre.versions.contenu_de). A zero, an empty list and a blank say nothing."""
    vides = [(quoi, bloque) for cles, quoi, bloque in ATTENDUS if not any(contenu.get(cle) for cle in cles)]
    return Completude(
        remplis=len(ATTENDUS) - len(vides),
        attendus=len(ATTENDUS),
        manques=tuple(quoi for quoi, _ in vides),
        bloquants=tuple(quoi for quoi, bloque in vides if bloque),
    )


FRAICHE_JOURS, PERIMEE_JOURS = 183, 365


@dataclass(frozen=True)
class Fraicheur:
    """How long ago somebody said the sheet is right."""

    code: str
    libelle: str
    ton: str
    icone: str


FRAICHE = Fraicheur("fraiche", "À jour", "bon", "check-circle")
A_CONFIRMER = Fraicheur("a_confirmer", "À confirmer", "veille", "clock-fill")
PERIMEE = Fraicheur("perimee", "Non confirmée depuis un an", "veille", "exclamation-triangle")
JAMAIS = Fraicheur("jamais", "Jamais confirmée", "neutre", "info-circle")


def fraicheur(confirmee_le: datetime.date | None, jour: datetime.date) -> Fraicheur:
    """Return how fresh a sheet confirmed on `confirmee_le` is: six months fresh, then to confirm, a year stale."""
    if confirmee_le is None:
        return JAMAIS
    age = (jour - confirmee_le).days
    return FRAICHE if age < FRAICHE_JOURS else A_CONFIRMER if age < PERIMEE_JOURS else PERIMEE
