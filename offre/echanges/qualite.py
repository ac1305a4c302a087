"""Quality of a sheet as data·inclusion scores it, and what would raise it, in words.

The score is the package's own (`score_qualite.score`): the mean of the criteria that apply, each from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from data_inclusion.schema.v1 import Service
from data_inclusion.schema.v1.score_qualite import score as score_du_schema

from offre.models import OffreInsertion

from .fiches import service as fiche_de_service

# Criterion of the package → (what it looks at, what to do when it is not at its best).
CRITERES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "adresse_bien_definie": ("Adresse", "donnez l’adresse du lieu où l’offre se déroule"),
    "modes_mobilisation_bien_definis": (
        "Comment la mobiliser", "donnez un courriel ou un téléphone à joindre, et dites qui peut la prescrire"),
    "au_moins_un_public": ("Public", "nommez le public dans les mots de la liste, « jeunes » par exemple"),
    "au_moins_une_thematique": ("Thématique", "choisissez au moins un frein visé"),
    "au_moins_un_moyen_de_contact": ("Contact", "donnez un courriel ou un téléphone"),
    "courriel_bien_defini": ("Courriel", "donnez le courriel à qui écrire"),
    "date_maj_recente": ("Fraîcheur", "relisez la fiche et confirmez-la : moins de six mois"),
    "frais_bien_definis": ("Frais", "dites si l’accès est gratuit, dans le contenu ou dans « comment y accéder »"),
    "description_bien_definie": ("Description", "visez entre 200 et 2 000 signes d’objectifs et de contenu"),
    "telephone_bien_defini": ("Téléphone", "donnez le numéro à appeler"),
})  # fmt: skip


@dataclass(frozen=True)
class Conseil:
    """One criterion that is not at its best: `gain` is what the whole score would win, in points of 100."""

    critere: str
    faire: str
    gain: int


@dataclass(frozen=True)
class Qualite:
    """The score of a sheet, in points of 100, and what would raise it, the most useful first."""

    points: int
    conseils: list[Conseil]

    @property
    def ton(self) -> tuple[str, str, str]:
        """Return (tone, icon, word)."""
        if self.points >= 80:
            return "bon", "check-circle-fill", "Bonne"
        return ("veille", "pencil", "À compléter") if self.points >= 50 else ("info", "pencil", "Incomplète")


def qualite(service: Service) -> Qualite:
    """Return the quality of a service that is valid against the schema."""
    total, resultats = score_du_schema(service)
    juges = {nom: valeur for nom, valeur in resultats.items() if valeur is not None}
    conseils = [
        Conseil(*CRITERES[nom], gain=max(1, round(100 * (1 - valeur) / len(juges))))
        for nom, valeur in juges.items()
        if round(valeur, 2) < 1
    ]
    return Qualite(round(total * 100), sorted(conseils, key=lambda c: (-c.gain, c.critere)))


@dataclass(frozen=True)
class FicheJugee:
    """A sheet with its quality, None when it does not go out; `raisons` say why, or what is left out of it."""

    offre: OffreInsertion
    qualite: Qualite | None
    raisons: list[str]


def juger(offre: OffreInsertion) -> FicheJugee:
    """Return the quality of a sheet: that of its service at its first operator (relations prefetched)."""
    premier = next(iter(offre.operateurs.all()), None)
    if premier is None:
        return FicheJugee(offre, None, ["aucun opérateur n’est enregistré : un service appartient à une structure"])
    fiche = fiche_de_service(offre, premier)
    raisons = [f"{champ} : laissé de côté, le schéma ne l’accepte pas" for champ, _ in fiche.remarques]
    return FicheJugee(offre, qualite(fiche.valide) if fiche.valide is not None else None, raisons)
