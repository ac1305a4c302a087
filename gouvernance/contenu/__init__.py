"""The content of an annual report: gathered from the tables once, then frozen as versioned JSON with its hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from actions.models import Programme
from pdi.socle.formats import typographier

from .annexes import lire_conventions, lire_offre, rassembler_calculs, rassembler_conventions, rassembler_offre
from .axes import rassembler_fiches
from .chapitres import Chapitre, chapitre_declare, chapitres, enregistrer, retirer
from .formats import mettre_a_niveau
from .formes import SCHEMA_VERSION, ChapitreContenu, Contenu, Couverture, chapitre, toutes_les_fiches
from .glossaire import rassembler_glossaire
from .instances import lire_decisions, lire_instances, rassembler_decisions, rassembler_instances
from .lecture import Matiere, lire
from .synthese import (
    rassembler_anomalies,
    rassembler_avancement,
    rassembler_chiffres,
    rassembler_financement,
    rassembler_methode,
)
from .tableaux import GABARIT, tableaux_de
from .vie import (
    lire_avenants,
    lire_ep,
    lire_participation,
    rassembler_avenants,
    rassembler_ep,
    rassembler_participation,
)

__all__ = [
    "SCHEMA_VERSION",
    "Chapitre",
    "Contenu",
    "chapitre",
    "chapitre_declare",
    "chapitres",
    "empreinte",
    "enregistrer",
    "mettre_a_niveau",
    "rassembler",
    "retirer",
    "serialiser",
    "tableaux_de",
    "toutes_les_fiches",
]

# The order of the document is `ordre`; the fiches are gathered first, since the other chapters sum them up, and
# the glossary last, since it reads the words of all.
_GABARITS = "documents/rapport"
enregistrer(Chapitre("chiffres", "Chiffres clés", 10, f"{_GABARITS}/chiffres.html", rassembler_chiffres))
enregistrer(Chapitre("avancement", "État d’avancement", 20, f"{_GABARITS}/avancement.html", rassembler_avancement))
enregistrer(Chapitre("fiches", "Les fiches-actions", 30, f"{_GABARITS}/fiches.html", rassembler_fiches))
enregistrer(Chapitre("financement", "Le financement", 40, f"{_GABARITS}/financement.html", rassembler_financement))
enregistrer(Chapitre("instances", "Instances et participation", 43, GABARIT, rassembler_instances, lire_instances))
enregistrer(Chapitre("avenants", "Les avenants de l’année", 42, GABARIT, rassembler_avenants, lire_avenants))
enregistrer(Chapitre("ep", "Les équipes pluridisciplinaires", 45, GABARIT, rassembler_ep, lire_ep))
enregistrer(
    Chapitre(
        "participation", "La participation des bénéficiaires", 46, GABARIT, rassembler_participation, lire_participation
    )
)
enregistrer(Chapitre("decisions", "Les décisions", 44, GABARIT, rassembler_decisions, lire_decisions))
enregistrer(
    Chapitre("anomalies", "Anomalies et données manquantes", 60, f"{_GABARITS}/anomalies.html", rassembler_anomalies)
)
enregistrer(Chapitre("methode", "Méthodologie", 70, f"{_GABARITS}/methode.html", rassembler_methode))
enregistrer(Chapitre("calculs", "Indicateurs calculés", 72, GABARIT, rassembler_calculs))
enregistrer(Chapitre("offre", "Annexe\u00a0: l’offre d’insertion", 74, GABARIT, rassembler_offre, lire_offre))
enregistrer(
    Chapitre("conventions", "Annexe\u00a0: les conventions", 76, GABARIT, rassembler_conventions, lire_conventions)
)
enregistrer(Chapitre("glossaire", "Glossaire", 80, f"{_GABARITS}/glossaire.html", rassembler_glossaire))


def rassembler(programme: Programme, annee: int) -> Contenu:
    """Return the content of the report of `programme` for `annee`, read in a fixed number of queries."""
    return composer(lire(programme, annee))


def composer(matiere: Matiere) -> Contenu:
    """Return the content made of rows already read."""
    declares = chapitres()
    for declare in declares:
        if declare.lire is not None:
            matiere.memoire[declare.code] = declare.lire(matiere)
    faits: list[ChapitreContenu] = []
    for declare in sorted(declares, key=lambda c: (c.code != "fiches", c.code == "glossaire", c.ordre)):
        donnees = declare.rassembler(matiere, faits)
        if donnees:
            faits.append(ChapitreContenu(code=declare.code, titre=declare.titre, donnees=donnees))
    rang = {c.code: i for i, c in enumerate(declares)}
    return Contenu(
        schema_version=SCHEMA_VERSION,
        couverture=_couverture(matiere),
        annees=matiere.annees,
        chapitres=sorted(faits, key=lambda c: rang[c["code"]]),
    )


def _couverture(matiere: Matiere) -> Couverture:
    programme = matiere.programme
    sigle = "PTI-PDI" if programme.nature == "PTI-PDI" else programme.nature
    return Couverture(
        titre="Rapport annuel d’exécution" + ("" if sigle == "SCHEMA" else f" du {sigle}"),
        annee=matiere.annee,
        departement=programme.departement.nom,
        departement_code=programme.departement.code,
        programme=typographier(programme.intitule),
        programme_code=programme.code,
        programme_court=typographier(programme.intitule_court),
        nature=programme.get_nature_display(),
        periode=programme.periode_texte,
        adoption=programme.date_adoption.isoformat() if programme.date_adoption else None,
        deliberation=programme.reference_deliberation,
        signataires=[typographier(s.libelle or str(s.structure)) for s in matiere.signataires],
        niveaux=[{"singulier": n.singulier, "pluriel": n.pluriel} for _, n in sorted(matiere.niveaux.items())],
        fiches_restreintes=matiere.restreintes,
        demonstration=programme.demonstration or bool(matiere.campagne and matiere.campagne.demonstration),
    )


def serialiser(contenu: Contenu | dict[str, Any]) -> bytes:
    """Return the canonical bytes of a content: sorted keys, no space, UTF-8. The same content, the same bytes."""
    return json.dumps(contenu, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def empreinte(contenu: Contenu | dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(serialiser(contenu)).hexdigest()
