"""What the generator draws: one plain class a table, with the attribute names of its model.

Ids are final (the sequences are reserved before drawing). A date range is a `Periode`, half-open.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

Jour = datetime.date


class Periode(NamedTuple):
    """Half-open range of dates; no end when `fin` is None."""

    debut: Jour
    fin: Jour | None

    def contient(self, jour: Jour) -> bool:
        """Return whether `jour` is inside."""
        return self.debut <= jour and (self.fin is None or jour < self.fin)

    def chevauche(self, premier: Jour, dernier: Jour) -> bool:
        """Return whether it shares a day with [premier, dernier], both included."""
        return self.debut <= dernier and (self.fin is None or self.fin > premier)


@dataclass(slots=True)
class Personne:
    """A row of Personne."""

    id: int
    nom_naissance: str
    nom_usage: str
    prenoms: str
    date_naissance: Jour | None
    lieu_naissance: str
    sexe: str
    telephone: str
    courriel: str
    canal: str
    niveau_formation: str
    inscrit_france_travail: bool | None
    recherche: str
    deces_le: Jour | None = None
    dernier_contact: Jour | None = None
    situation_dite_le: Jour | None = None
    fictive: bool = True


@dataclass(slots=True)
class Adresse:
    """A row of Adresse."""

    id: int
    personne_id: int
    lignes: str
    code_postal: str
    commune_id: str | None
    domiciliation: bool
    periode: Periode


@dataclass(slots=True)
class Foyer:
    """A row of Foyer."""

    id: int
    cree_le: Jour
    fictif: bool = True


@dataclass(slots=True)
class SituationFoyer:
    """A row of SituationFoyer."""

    id: int
    foyer_id: int
    situation: str
    enfants: int | None
    periode: Periode


@dataclass(slots=True)
class MembreFoyer:
    """A row of MembreFoyer."""

    id: int
    foyer_id: int
    personne_id: int
    role: str
    periode: Periode


@dataclass(slots=True)
class DossierRSA:
    """A row of DossierRSA."""

    id: int
    numero: str
    matricule: str
    foyer_id: int
    organisme_payeur_id: int
    demande_le: Jour
    ouvert_le: Jour
    clos_le: Jour | None
    motif_cloture: str


@dataclass(slots=True)
class EtatMensuel:
    """A row of EtatMensuel."""

    id: int
    dossier_id: int
    mois: Jour
    etat: str
    nature: str
    montant: Decimal | None
    motif_suspension: str


@dataclass(slots=True)
class SituationDroitsDevoirs:
    """A row of SituationDroitsDevoirs."""

    id: int
    personne_id: int
    dossier_id: int
    periode: Periode
    recu: bool | None
    recalcule: bool | None


@dataclass(slots=True)
class Diagnostic:
    """A row of Diagnostic."""

    id: int
    personne_id: int
    grille_id: int
    date: Jour
    mene_par_id: int | None
    synthese: str
    termine_le: datetime.datetime


@dataclass(slots=True)
class ReponseDiagnostic:
    """A row of ReponseDiagnostic."""

    id: int
    diagnostic_id: int
    theme_id: int
    situation_id: int


@dataclass(slots=True)
class Orientation:
    """A row of Orientation."""

    id: int
    personne_id: int
    rang: int
    periode: Periode
    decidee_le: Jour
    notifiee_le: Jour | None
    type_propose: str
    type_decide: str
    motif_texte: str
    organisme: str
    structure_id: int
    mode: str
    origine: str
    decidee_par_id: int | None


@dataclass(slots=True)
class DemandeReorientation:
    """A row of DemandeReorientation."""

    id: int
    personne_id: int
    orientation_id: int
    type_demande: str
    motif_id: int
    commentaire: str
    demandee_le: Jour
    demandee_par_id: int
    etat: str
    decidee_le: Jour | None
    decidee_par_id: int | None


@dataclass(slots=True)
class AffectationReferent:
    """A row of AffectationReferent."""

    id: int
    personne_id: int
    structure_id: int
    referent_id: int | None
    referent_nom: str
    periode: Periode
    motif_fin_id: int | None


@dataclass(slots=True)
class Entretien:
    """A row of Entretien."""

    id: int
    personne_id: int
    nature: str
    debut: datetime.datetime
    duree_min: int
    structure_id: int
    agent_id: int | None
    etat: str
    resume: str
    prochaines_etapes: str
    motif: str


@dataclass(slots=True)
class Contrat:
    """A row of Contrat."""

    id: int
    personne_id: int
    orientation_id: int
    nature: str
    rang: str
    precedent_id: int | None
    structure_id: int
    referent_id: int | None
    debut: Jour
    fin: Jour
    etat: str
    heures_hebdo: int | None = None
    dispense_motif_id: int | None = None
    dispense_fin: Jour | None = None
    revision_le: Jour | None = None
    foyer_signature: str = "{}"
    engagements_personne: str = "{}"
    engagements_departement: str = "{}"
    signe_personne_le: Jour | None = None
    signe_referent_le: Jour | None = None
    signe_departement_le: Jour | None = None
    signataire_departement: str = ""
    decide_le: Jour | None = None
    clos_le: Jour | None = None
    motif_decision: str = ""


@dataclass(slots=True)
class TransitionContrat:
    """A row of TransitionContrat."""

    id: int
    contrat_id: int
    de: str
    vers: str
    par_id: int | None
    le: datetime.datetime
    commentaire: str


@dataclass(slots=True)
class ObjectifContrat:
    """A row of ObjectifContrat."""

    id: int
    contrat_id: int
    objectif_id: int | None
    libelle: str
    ordre: int
    atteint: bool | None


@dataclass(slots=True)
class ActionContrat:
    """A row of ActionContrat."""

    id: int
    contrat_id: int
    type: str
    intitule: str
    heures_hebdo: int | None
    debut: Jour
    fin: Jour


@dataclass(slots=True)
class Prescription:
    """A row of Prescription."""

    id: int
    personne_id: int
    offre_id: int | None
    action_libre: str
    operateur_id: int | None
    origine: str
    prescripteur_id: int | None
    structure_prescriptrice_id: int | None
    motivation: str
    renseignee_le: Jour
    etat: str = "renseignee"
    signee_le: Jour | None = None
    transmise_le: Jour | None = None
    repondue_le: Jour | None = None
    presentation: str = ""
    motif_refus_id: int | None = None
    entree_le: Jour | None = None
    fin_le: Jour | None = None
    annulee_le: Jour | None = None
    motif_annulation: str = ""
    resultat: str = ""


@dataclass(slots=True)
class TransitionPrescription:
    """A row of TransitionPrescription."""

    id: int
    prescription_id: int
    de: str
    vers: str
    par_id: int | None
    le: datetime.datetime
    commentaire: str


@dataclass(slots=True)
class PalierInsertion:
    """A row of PalierInsertion."""

    id: int
    prescription_id: int
    avant: int
    apres: int | None


@dataclass(slots=True)
class AttributionAide:
    """A row of AttributionAide."""

    id: int
    personne_id: int
    reglement_id: int
    composante: str
    objet: str
    montant: Decimal
    demandee_le: Jour
    etat: str
    reprise_activite_le: Jour | None = None
    decidee_le: Jour | None = None
    versee_le: Jour | None = None
    motif_refus: str = ""


@dataclass(slots=True)
class Sortie:
    """A row of Sortie."""

    id: int
    personne_id: int
    nature: str
    type_id: int
    date: Jour
    prescription_id: int | None
    dossier_id: int | None
    motif_id: int | None
    referent_id: int | None
    structure_id: int | None
    employeur: str


@dataclass(slots=True)
class SuiviPostSortie:
    """A row of SuiviPostSortie."""

    id: int
    sortie_id: int
    mois: int
    du_le: Jour
    situation: str
    recueilli_le: Jour | None


# In the order of the foreign keys: the one the rows are written in.
TABLES: tuple[type[Any], ...] = (
    Foyer, SituationFoyer, Personne, Adresse, MembreFoyer, DossierRSA, EtatMensuel, SituationDroitsDevoirs,
    Diagnostic, ReponseDiagnostic, Orientation, DemandeReorientation, AffectationReferent, Entretien, Contrat,
    TransitionContrat, ObjectifContrat, ActionContrat, Prescription, TransitionPrescription, PalierInsertion,
    AttributionAide, Sortie, SuiviPostSortie,
)  # fmt: skip
