"""Models of programmes, fiches-actions, indicators and yearly bilans."""

from .anomalie import Anomalie, EtatAnomalie
from .bilan import Bilan, CauseEcart, ChiffreBilan, EtatBilan, ExplicationEcart, RelanceBilan, TransitionBilan
from .campagne import Campagne, EtatCampagne, TransitionCampagne
from .fiche import CadreAction, FicheAction, LienFiche, Priorite, RoleFiche, StatutFiche, TypeRole
from .financement import Financement
from .gabarit import GabaritFiche, RubriqueFiche, SectionGabarit
from .indicateur import (
    AgregationIndicateur,
    CibleIndicateur,
    Indicateur,
    NatureIndicateur,
    Periodicite,
    SensIndicateur,
    SourceIndicateur,
    agregation_par_defaut,
)
from .mesure import MesureIndicateur, ProvenanceMesure
from .objectif import Etape, EtatEtape, ObjectifOperationnel, ResultatAttendu
from .programme import (
    Axe,
    EtatProgramme,
    EtatSignature,
    NatureProgramme,
    NiveauStrategique,
    PreuveSignature,
    Programme,
    Signataire,
)
from .suivi import NoteFiche, PieceJointe
from .version import VersionFiche

__all__ = [
    "AgregationIndicateur",
    "Anomalie",
    "Axe",
    "Bilan",
    "CadreAction",
    "Campagne",
    "CauseEcart",
    "ChiffreBilan",
    "CibleIndicateur",
    "Etape",
    "EtatAnomalie",
    "EtatBilan",
    "EtatCampagne",
    "EtatEtape",
    "EtatProgramme",
    "EtatSignature",
    "ExplicationEcart",
    "FicheAction",
    "Financement",
    "GabaritFiche",
    "Indicateur",
    "LienFiche",
    "MesureIndicateur",
    "NatureIndicateur",
    "NatureProgramme",
    "NiveauStrategique",
    "NoteFiche",
    "ObjectifOperationnel",
    "Periodicite",
    "PieceJointe",
    "PreuveSignature",
    "Priorite",
    "Programme",
    "ProvenanceMesure",
    "RelanceBilan",
    "ResultatAttendu",
    "RoleFiche",
    "RubriqueFiche",
    "SectionGabarit",
    "SensIndicateur",
    "Signataire",
    "SourceIndicateur",
    "StatutFiche",
    "TransitionBilan",
    "TransitionCampagne",
    "TypeRole",
    "VersionFiche",
    "agregation_par_defaut",
]
