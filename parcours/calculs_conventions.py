"""Harmonised indicators of conventions made of prescriptions, exits and hours. SQL: parcours/sql/conventions.sql.

Found at start-up by the registry of the second storey, which shows them on conventions and statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.urls import reverse

from actions.models import SensIndicateur
from offre.calculs import CalculConvention, Comptes, declarer
from parcours.chiffres_conventions import TERMES as TERMES_LUS
from parcours.chiffres_conventions import bornes_de, code_de
from parcours.querysets import ROLES_PERSONNES

TERMES = ("recues", "reponses", "acceptees", "datees", "jours", "entrees", "finies", "achevees", "sorties", "emplois",
          "positives", "heures", "montant", "places", "heures_prevues")  # fmt: skip


@cache
def _sql() -> str:
    return (settings.RACINE / "parcours" / "sql" / "conventions.sql").read_text(encoding="utf-8")


def prescriptions(conventions: Sequence[int], annee: int) -> Mapping[int, Comptes]:
    """Count what each convention's operator did in the year, up to today; nothing for those out of their dates."""
    debut, fin = bornes_de(annee)
    parametres: dict[str, Any] = {"conventions": list(conventions), "annee": annee, "debut": debut, "fin": fin}
    with connection.cursor() as curseur:
        curseur.execute(_sql(), parametres)
        return {
            pk: dict(zip(TERMES, (None if v is None else Decimal(v) for v in lus), strict=True))
            for pk, *lus in curseur.fetchall()
        }


def lien(utilisateur: Any, convention: Any, annee: int, terme: str) -> str:
    """Return the list of the prescriptions that `terme` counts, as far as the reader may see them."""
    if terme not in TERMES_LUS or not utilisateur.a_role(*ROLES_PERSONNES):
        return ""
    return f"{reverse('parcours:prescriptions')}?{urlencode({'chiffre': code_de(convention, annee, terme)})}"


def _declarer(code: str, libelle: str, definition: str, unite: str, compte: str, compte_dit: str, *termes: str,
              sens: str = SensIndicateur.HAUSSE) -> None:  # fmt: skip
    base, base_dite = termes or ("", "")
    declarer(
        CalculConvention(
            code,
            libelle,
            definition,
            unite,
            prescriptions,
            compte,
            compte_dit,
            base,
            base_dite,
            sens,
            lien=lien,
            personnes=frozenset(TERMES_LUS),
        )
    )


ENTREES = "Personnes entrées en action dans l’année, sur les offres et pendant les dates de la convention."
PLACES = "places conventionnées, à défaut celles des offres"
MONTANT = "montant de l’année\u00a0: mandaté, à défaut prévu (€)"
NEUTRALISEES = "Les sorties neutralisées ou trop brèves ne comptent pas."
PAR_PLACE, PAR_ENTREE, PAR_SORTIE = ("places", PLACES), ("entrees", "entrées"), ("emplois", "sorties vers un emploi")

_declarer(
    "prescriptions-recues", "Prescriptions reçues",
    "Prescriptions transmises à l’opérateur dans l’année, sur les offres de la convention, non annulées.",
    "nombre", "recues", "prescriptions transmises",
)  # fmt: skip
_declarer(
    "prescriptions-acceptees", "Taux d’acceptation", "Part des réponses de l’année qui retiennent la personne.",
    "%", "acceptees", "réponses favorables", "reponses", "réponses",
)  # fmt: skip
_declarer(
    "delai-reponse", "Délai moyen de réponse", "Jours entre la transmission et la réponse de l’opérateur.",
    "jours", "jours", "jours d’attente", "datees", "prescriptions répondues", sens=SensIndicateur.BAISSE,
)  # fmt: skip
_declarer("entrees", "Entrées", ENTREES, "nombre", "entrees", "entrées")
_declarer(
    "occupation", "Taux d’occupation", f"{ENTREES} Rapportées aux {PLACES}.", "%", "entrees", "entrées", *PAR_PLACE
)
_declarer(
    "achevees", "Actions menées à leur terme",
    "Part des actions finies dans l’année qui sont achevées plutôt qu’abandonnées.",
    "%", "achevees", "actions achevées", "finies", "actions finies",
)  # fmt: skip
_declarer(
    "retour-emploi", "Taux de retour à l’emploi",
    f"Part des sorties d’action de l’année vers un emploi. {NEUTRALISEES}",
    "%", "emplois", "sorties vers un emploi", "sorties", "sorties de l’année",
)  # fmt: skip
_declarer("sorties-emploi", "Sorties vers un emploi", f"Sorties d’action de l’année vers un emploi. {NEUTRALISEES}",
          "nombre", *PAR_SORTIE)  # fmt: skip
_declarer(
    "sorties-positives", "Taux de sortie positive",
    f"Part des sorties d’action de l’année vers un emploi, ou une autre sortie positive. {NEUTRALISEES}",
    "%", "positives", "sorties positives", "sorties", "sorties de l’année",
)  # fmt: skip
_declarer("cout-place", "Coût par place", f"Argent de l’année rapporté aux {PLACES}.",
          "€", "montant", MONTANT, *PAR_PLACE, sens=SensIndicateur.BAISSE)  # fmt: skip
_declarer("cout-entree", "Coût par entrée", "Argent de l’année rapporté aux entrées.",
          "€", "montant", MONTANT, *PAR_ENTREE, sens=SensIndicateur.BAISSE)  # fmt: skip
_declarer("cout-sortie-emploi", "Coût par sortie vers un emploi",
          "Argent de l’année rapporté aux sorties vers un emploi.",
          "€", "montant", MONTANT, *PAR_SORTIE, sens=SensIndicateur.BAISSE)  # fmt: skip
_declarer("heures", "Heures consommées", "Heures notées dans les sessions de l’opérateur.",
          "heures", "heures", "heures consommées")  # fmt: skip
_declarer("heures-prevues", "Taux de consommation des heures", "Heures notées rapportées aux heures conventionnées.",
          "%", "heures", "heures consommées", "heures_prevues", "heures conventionnées")  # fmt: skip
