"""Lines of avenants: managers prepare them, the pilote proposes on its fiche, staff and direction read, a partner reads
those put to the vote."""

from __future__ import annotations

from typing import Any

from actions.versions import texte_actuel
from gouvernance.operations.avenants import creer_avenant
from gouvernance.operations.creations import proposer_fiche
from gouvernance.operations.modifications import proposer_modification, retenir_modifications
from pdi.comptes.models import Role

from .matrice_lecture import RESTREINT
from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """One proposal that waits, one in an avenant in preparation, on the fiche of the pilote."""
    par = m.qui(Role.CHARGE_PROGRAMME)
    suite = {"fiche": m.fiche, "motif": "Le bilan le demande.", "par": par}
    m.modification_en_attente = proposer_modification(champ="contexte", apres="Un autre constat.", **suite)
    m.avenant = creer_avenant(programme=m.programme, intitule="Délais", par=par)
    retenue = proposer_modification(champ="calendrier_texte", apres="Deux ans.", **suite)
    retenir_modifications(avenant=m.avenant, modifications=[retenue.pk], par=par)
    m.modification_retenue = retenue
    m.fiche_proposee = proposer_fiche(
        programme=m.programme, axe=None, motif="Aucune fiche ne le couvre.", par=par,
        textes={
            "numero": "99", "intitule": "Une fiche de plus", "contexte": "Un constat.", "objectifs": "Agir.",
            "publics": "Tous", "pilotes": texte_actuel(m.fiche, "pilotes"),
        },
    )  # fmt: skip


def avenant(m: Any) -> dict[str, Any]:
    return {"pk": m.avenant.pk}


def modification(m: Any) -> dict[str, Any]:
    return {"pk": m.modification_en_attente.pk}


def programme(m: Any) -> dict[str, Any]:
    return {"code": m.programme.code}


def fiche(m: Any) -> dict[str, Any]:
    return {"pk": m.fiche.pk}


def geste(code: str, de: str) -> Any:
    return lambda m: {"pk": getattr(m, de).pk, "geste": code}


CHACUN = statuts(200)
LUS = statuts(200, prestataire=404, partenaire=404)
GESTION = statuts(403, gestion=200, prestataire=404, partenaire=404)
GESTION_POST = statuts(403, gestion=302, prestataire=404, partenaire=404)

MATRICE = [
    Ligne("gouvernance:avenants", CHACUN, ouvert="chacun y voit ce qui lui est ouvert"),
    Ligne("gouvernance:avenants_export", CHACUN, ouvert="chacun exporte ce qui lui est ouvert"),
    Ligne("gouvernance:modifications", CHACUN, ouvert="chacun y voit ce qui lui est ouvert"),
    Ligne("gouvernance:modifications_export", CHACUN, ouvert="chacun exporte ce qui lui est ouvert"),
    Ligne("gouvernance:avenant_creer", statuts(403, gestion=200)),
    Ligne("gouvernance:avenant", LUS, objet=avenant),
    Ligne("gouvernance:avenant_annexe", LUS, objet=lambda m: {"pk": m.avenant.pk, "forme": "docx"}),
    Ligne("gouvernance:avenant_modifier", GESTION, objet=avenant),
    Ligne("gouvernance:avenant_composer", GESTION, objet=avenant),
    Ligne("gouvernance:avenant_voter", GESTION, objet=avenant),
    Ligne("gouvernance:avenant_reprendre", GESTION, objet=avenant),
    Ligne("gouvernance:avenant_geste", GESTION, objet=geste("proposer", "avenant")),
    Ligne("gouvernance:avenant_geste", GESTION_POST, objet=geste("proposer", "avenant"), methode="POST"),
    Ligne("gouvernance:modification", LUS, objet=modification),
    Ligne("gouvernance:modification_proposer", statuts(403, gestion=200, pilote=200), objet=fiche),
    Ligne("gouvernance:modification_corriger", GESTION, objet=modification),
    Ligne(
        "gouvernance:modification_corriger", GESTION, objet=lambda m: {"pk": m.fiche_proposee.pk}, cas="nouvelle fiche"
    ),
    Ligne("gouvernance:modification", LUS, objet=lambda m: {"pk": m.fiche_proposee.pk}, cas="nouvelle fiche"),
    Ligne("gouvernance:fiche_proposer", statuts(403, gestion=200, pilote=200), objet=programme),
    Ligne("actions:version_garder", statuts(403, gestion=200), objet=fiche),
    Ligne("gouvernance:modification_ecarter", GESTION, objet=modification),
    Ligne(
        "gouvernance:modification_ecarter", GESTION_POST, objet=modification, methode="POST",
        donnees=lambda _m: {"commentaire": "Déjà prévu."},
    ),
    Ligne("gouvernance:modification_geste", GESTION, objet=geste("sortir", "modification_retenue")),
    Ligne("actions:fiche_versions", CHACUN, objet=fiche),
    Ligne(
        "actions:fiche_versions", RESTREINT, objet=lambda m: {"pk": m.fiche_restreinte.pk}, cas="restreinte",
    ),
]  # fmt: skip
