"""The open-data file of the catalogue: one row an offer, documented columns, stable identifiers.

French conventions: UTF-8, commas, ISO dates, decimal points, lower-case headers; a Table Schema describes it.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from offre.models import OffreInsertion
from pdi.socle.exports import neutraliser

from .export import PAQUET, offres_publiees
from .fiches import jour_de, publics_de, source_locale
from .nomenclatures import thematiques

SEPARATEUR_DE_LISTE = "|"
SCHEMA = "https://specs.frictionlessdata.io/schemas/table-schema.json"


@dataclass(frozen=True)
class ColonneOuverte:
    """A column: header, type in Table Schema, what it means, an example, how it is read."""

    nom: str
    type: str
    description: str
    exemple: str
    lire: Callable[[OffreInsertion], Any]
    requise: bool = False

    @property
    def type_en_clair(self) -> str:
        """Return the type in French."""
        return {"string": "texte", "integer": "entier", "number": "nombre", "date": "date", "boolean": "true ou false",
                "list": "liste"}[self.type]  # fmt: skip


C = ColonneOuverte
COLONNES = (
    C("id", "string", "Identifiant stable de l’offre, le même d’une publication à l’autre.", "pdi-91--offre-12",
      lambda o: f"{source_locale()}--offre-{o.pk}", requise=True),
    C("numero", "string", "Numéro de l’offre au catalogue du Département.", "2.6", lambda o: o.numero),
    C("intitule", "string", "Intitulé de l’offre.", "École de la deuxième chance", lambda o: o.intitule, requise=True),
    C("categorie", "string", "Catégorie : emploi, socio-professionnelle ou sociale.", "socio-professionnelle",
      lambda o: o.categorie, requise=True),
    C("objectifs", "list", "Objectifs.", "Obtenir une qualification|Trouver un emploi", lambda o: o.objectifs),
    C("contenu", "list", "Ce que l’offre propose.", "Stages en entreprise", lambda o: o.contenu),
    C("publics", "list", "Publics visés, tels que la fiche les écrit.", "Jeunes de 16 à 25 ans", lambda o: o.publics),
    C("publics_codes", "list", "Publics, dans la nomenclature de data·inclusion v1.", "jeunes|demandeurs-emploi",
      lambda o: sorted(publics_de(o))),
    C("thematiques", "list", "Thématiques, dans la nomenclature de data·inclusion v1.", "famille--garde-denfants",
      lambda o: thematiques((f.code for f in o.freins.all()), o.thematiques)),
    C("freins", "list", "Freins que l’offre aide à lever.", "Mobilité|Garde d’enfants",
      lambda o: [f.libelle for f in o.freins.all()]),
    C("age_min", "integer", "Âge minimal, compris. Vide : aucun.", "16", lambda o: o.age_min),
    C("age_max", "integer", "Âge maximal, compris. Vide : aucun.", "25", lambda o: o.age_max),
    C("beneficiaires_rsa_seulement", "boolean", "Réservée aux bénéficiaires du RSA.", "false",
      lambda o: o.brsa_seulement),
    C("conditions_acces", "list", "Conditions d’accès.", "Être domicilié en Essonne", lambda o: o.conditions_acces),
    C("places", "integer", "Capacité annoncée par la fiche, dans l’unité de places_unite.", "290", lambda o: o.places),
    C("places_unite", "string", "Ce que compte la colonne places.", "places", lambda o: o.places_unite),
    C("duree", "string", "Durée, en clair.", "6 à 12 mois", lambda o: o.duree_texte),
    C("heures_par_semaine", "number", "Heures par semaine.", "15", lambda o: o.heures_hebdo),
    C("operateurs", "list", "Structures qui mettent l’offre en œuvre.", "Mission locale",
      lambda o: [s.nom for s in o.operateurs.all()]),
    C("operateurs_siret", "list", "SIRET de ces structures, quand il est connu.", "13003013300016",
      lambda o: [s.siret for s in o.operateurs.all() if s.siret]),
    C("communes", "list", "Communes des lieux où l’offre se déroule.", "Évry-Courcouronnes",
      lambda o: [lieu.commune.nom for lieu in o.lieux.all() if lieu.commune]),
    C("codes_insee", "list", "Codes officiels géographiques de ces communes.", "91228",
      lambda o: [lieu.commune.code for lieu in o.lieux.all() if lieu.commune]),
    C("auto_prescription", "boolean", "La personne peut s’adresser elle-même à l’opérateur.", "true",
      lambda o: o.auto_prescription),
    C("telephone", "string", "Téléphone à joindre.", "01 60 00 00 00", lambda o: o.contact_telephone),
    C("courriel", "string", "Courriel à joindre.", "accueil@exemple.fr", lambda o: o.contact_courriel),
    C("date_maj", "date", "Dernier jour où la fiche a été modifiée ou confirmée.", "2026-01-31", jour_de, requise=True),
    C("demonstration", "boolean", "Vrai pour une donnée fictive de démonstration.", "false",
      lambda o: o.demonstration),
)  # fmt: skip


def _cellule(valeur: Any) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "true" if valeur else "false"
    if isinstance(valeur, Decimal):
        return f"{valeur.normalize():f}"
    if isinstance(valeur, datetime.date):
        return valeur.isoformat()
    if isinstance(valeur, list | tuple):
        # The separator inside an element would cut it in two.
        valeur = SEPARATEUR_DE_LISTE.join(str(v).replace(SEPARATEUR_DE_LISTE, "/") for v in valeur)
    return neutraliser(str(valeur))


class _Echo:
    @staticmethod
    def write(texte: str) -> str:
        return texte


def lignes() -> Iterator[str]:
    """Yield the file, row by row; offers are read by packets."""
    auteur = csv.writer(_Echo(), lineterminator="\n")
    yield auteur.writerow([c.nom for c in COLONNES])
    for offre in offres_publiees().iterator(chunk_size=PAQUET):
        yield auteur.writerow([_cellule(c.lire(offre)) for c in COLONNES])


def table_schema() -> dict[str, Any]:
    """Return the Table Schema of the file."""
    return {
        "$schema": SCHEMA,
        "name": "offre-insertion",
        "title": "Offre d’insertion du Département",
        "missingValues": [""],
        "primaryKey": "id",
        "fields": [
            {
                "name": c.nom,
                "type": "string" if c.type == "list" else c.type,
                "description": c.description + (" Éléments séparés par « | »." if c.type == "list" else ""),
                "example": c.exemple,
                "constraints": {"required": c.requise},
            }
            for c in COLONNES
        ],
    }
