"""The OpenAPI 3.1 document, written out of the declarations: it cannot say anything else than what is answered."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from . import schemas
from .parametres import LIMITE, LIMITE_MAX, Parametre
from .ressources import RESSOURCES, Ressource

VERSION = "1.0.0"
LICENCE = {"name": "Licence Ouverte 2.0", "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}
_TYPES: dict[str, dict[str, Any]] = {
    "texte": {"type": "string"}, "entier": {"type": "integer", "minimum": 0},
    "date": {"type": "string", "format": "date"}, "booleen": {"type": "boolean"},
}  # fmt: skip
_ENTETES = {
    "ETag": "Empreinte du contenu, à renvoyer dans If-None-Match.",
    "X-Limite": "Demandes permises par minute.",
    "X-Restant": "Demandes encore permises cette minute.",
}


def document(base: str) -> dict[str, Any]:
    """Return the whole document; `base` is the address of the API."""
    modeles = [m for r in RESSOURCES for m in (r.modele, r.page)] + [schemas.Erreur]
    _, definitions = models_json_schema(
        [(m, "serialization") for m in modeles], ref_template="#/components/schemas/{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Offre d’insertion du Département",
            "version": VERSION,
            "description": "Le catalogue publié, en lecture seule. Les listes se suivent par `suivant`.",
            "license": LICENCE,
        },
        "servers": [{"url": base}],
        "security": [{}, {"jeton": []}],
        "tags": [{"name": r.nom, "description": r.description} for r in RESSOURCES],
        "paths": {chemin: corps for r in RESSOURCES for chemin, corps in _chemins(r).items()},
        "components": {
            "schemas": definitions["$defs"],
            "responses": _refus(),
            "headers": {nom: {"description": d, "schema": {"type": "string"}} for nom, d in _ENTETES.items()},
            "securitySchemes": {
                "jeton": {"type": "http", "scheme": "bearer", "description": "Facultatif : il élève le débit permis."}
            },
        },
    }


def _chemins(r: Ressource) -> dict[str, Any]:
    lister = {
        "operationId": f"lister_{r.nom}", "tags": [r.nom], "summary": f"Lister : {r.titre.lower()}",
        "description": r.description, "parameters": [*(_parametre(p) for p in r.parametres), *_pagination()],
        "responses": _reponses(r.page.__name__, "400"),
    }  # fmt: skip
    chemins = {f"/{r.nom}": {"get": lister}}
    if r.detail:
        lire = {
            "operationId": f"lire_{r.nom}", "tags": [r.nom], "summary": f"Lire : {r.titre.lower()}, une seule",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"},
                            "description": "Identifiant."}],
            "responses": _reponses(r.modele.__name__, "404"),
        }  # fmt: skip
        chemins[f"/{r.nom}/{{id}}"] = {"get": lire}
    return chemins


def _parametre(p: Parametre) -> dict[str, Any]:
    schema = dict(_TYPES[p.type])
    if p.choix is not None:
        schema["enum"] = list(p.choix())
    rendu = {"name": p.nom, "in": "query", "description": p.description, "schema": schema}
    return {**rendu, "example": p.exemple} if p.exemple else rendu


def _pagination() -> list[dict[str, Any]]:
    return [
        {"name": "limite", "in": "query", "description": f"Résultats par page, {LIMITE_MAX} au plus.",
         "schema": {"type": "integer", "minimum": 1, "maximum": LIMITE_MAX, "default": LIMITE}},
        {"name": "apres", "in": "query", "description": "Identifiant après lequel la page commence : suivez `suivant`.",
         "schema": {"type": "integer", "minimum": 0}},
    ]  # fmt: skip


def _reponses(modele: str, refus: str) -> dict[str, Any]:
    contenu = {"application/json": {"schema": {"$ref": f"#/components/schemas/{modele}"}}}
    entetes = {nom: {"$ref": f"#/components/headers/{nom}"} for nom in _ENTETES}
    return {
        "200": {"description": "Trouvé.", "headers": entetes, "content": contenu},
        "304": {"description": "Rien n’a changé depuis l’ETag donné."},
        **{code: {"$ref": f"#/components/responses/{code}"} for code in (refus, "401", "429")},
    }


def _refus() -> dict[str, Any]:
    contenu = {"application/json": {"schema": {"$ref": "#/components/schemas/Erreur"}}}
    dits = {
        "400": "Un paramètre est inconnu ou illisible.", "401": "Le jeton est inconnu, révoqué ou expiré.",
        "404": "Il n’y a rien de publié sous cet identifiant.", "429": "Trop de demandes : attendez `Retry-After`.",
    }  # fmt: skip
    refus: dict[str, Any] = {code: {"description": d, "content": contenu} for code, d in dits.items()}
    refus["429"]["headers"] = {"Retry-After": {"description": "Secondes à attendre.", "schema": {"type": "integer"}}}
    return refus
