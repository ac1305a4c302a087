"""Lines of campaigns and bilans: managers conduct, pilotes write theirs, others read what is validated."""

from __future__ import annotations

from typing import Any

from actions.models import EtatBilan, EtatCampagne, TypeRole
from tests.fabriques import BilanFactory, CampagneFactory, FicheFactory, RoleFicheFactory

from .monde import Monde
from .table import Ligne, statuts

GESTION = statuts(404, agents=403, gestion=200)
GESTION_ECRIT = statuts(404, agents=403, gestion=302)
ECRIRE = statuts(404, pilote=200, gestion=200)
RELIRE = statuts(404, pilote=403, gestion=200)
RELIRE_ECRIT = statuts(404, pilote=403, gestion=302)
TEXTES = {"version": 1, "realisations": "Fait.", "perspectives": "Prévu.", "evolution_proposee": "non"}


def preparer(m: Any) -> None:
    """A bilan in each state, a campaign in each state."""
    for nom, etat in (("soumis", EtatBilan.SOUMIS), ("valide", EtatBilan.VALIDE)):
        fiche = FicheFactory.create(axe=m.axe, numero=f"9.{nom}")
        RoleFicheFactory.create(fiche=fiche, structure=m.service, type=TypeRole.PILOTE)
        setattr(m, f"bilan_{nom}", BilanFactory.create(campagne=m.campagne, fiche=fiche, etat=etat))
    CampagneFactory.create(programme=m.programme, annee=2024, etat=EtatCampagne.CLOSE)
    CampagneFactory.create(programme=m.programme, annee=2026, etat=EtatCampagne.PREPAREE)


def campagne(annee: int) -> Any:
    return lambda m: {"code": m.programme.code, "annee": annee}


def bilan(m: Monde) -> dict[str, Any]:
    return {"pk": m.bilan.pk}


def soumis(m: Monde) -> dict[str, Any]:
    return {"pk": m.bilan_soumis.pk}  # type: ignore[attr-defined]


def valide(m: Monde) -> dict[str, Any]:
    return {"pk": m.bilan_valide.pk}  # type: ignore[attr-defined]


def programme(m: Monde) -> dict[str, Any]:
    return {"code": m.programme.code}


def dates(annee: int) -> dict[str, Any]:
    jours = ("12-01", "12-10", "12-15", "12-20")
    noms = ("ouverture", "soumission_avant", "relecture_avant", "assemblee_avant")
    return {nom: f"{annee}-{jour}" for nom, jour in zip(noms, jours, strict=True)}


MATRICE = [
    Ligne("actions:campagnes", statuts(200)),
    Ligne("actions:campagne_creer", statuts(403, gestion=200), objet=programme),
    Ligne(
        "actions:campagne_creer", statuts(403, gestion=302), objet=programme, methode="POST",
        donnees=lambda m: {"annee": 2023} | dates(2023),
    ),
    Ligne("actions:campagne", statuts(404, agents=200), objet=campagne(2025)),
    Ligne(
        "actions:campagne", statuts(404, agents=200), objet=campagne(2025), requete="?phase=soumis&tri=-etat",
        cas="filtrée",
    ),
    Ligne("actions:campagne_export", statuts(404, agents=200), objet=campagne(2025)),
    Ligne("actions:campagne_export", statuts(404, agents=200), objet=campagne(2025), requete="?format=csv", cas="CSV"),
    Ligne("actions:campagne_modifier", GESTION, objet=campagne(2025)),
    Ligne(
        "actions:campagne_modifier", GESTION_ECRIT, objet=campagne(2026), methode="POST",
        donnees=lambda m: dates(2026),
    ),
    Ligne("actions:campagne_ouvrir", GESTION, objet=campagne(2026)),
    Ligne("actions:campagne_ouvrir", GESTION_ECRIT, objet=campagne(2026), methode="POST"),
    Ligne("actions:campagne_rattraper", GESTION_ECRIT, objet=campagne(2025), methode="POST"),
    Ligne("actions:campagne_relancer", GESTION, objet=campagne(2025)),
    Ligne("actions:campagne_relancer", GESTION_ECRIT, objet=campagne(2025), methode="POST"),
    Ligne("actions:campagne_relire", GESTION_ECRIT, objet=campagne(2025)),
    Ligne(
        "actions:campagne_valider_lot", GESTION, objet=campagne(2025), methode="POST",
        donnees=lambda m: {"bilan": m.bilan_soumis.pk}, cas="aperçu",
    ),
    Ligne(
        "actions:campagne_valider_lot", GESTION_ECRIT, objet=campagne(2025), methode="POST",
        donnees=lambda m: {"bilan": m.bilan_soumis.pk, "confirme": "1"},
    ),
    Ligne("actions:campagne_clore", GESTION, objet=campagne(2025)),
    Ligne(
        "actions:campagne_clore", GESTION_ECRIT, objet=campagne(2025), methode="POST",
        donnees=lambda m: {"commentaire": "Fin de la campagne."},
    ),
    Ligne("actions:campagne_rouvrir", GESTION, objet=campagne(2024)),
    Ligne(
        "actions:campagne_rouvrir", GESTION_ECRIT, objet=campagne(2024), methode="POST",
        donnees=lambda m: {"commentaire": "Un bilan manquait."},
    ),
    Ligne("actions:bilans", statuts(200)),
    Ligne("actions:bilans", statuts(200), requete="?portee=tous&etat=valide&annee=2025", cas="filtrée"),
    Ligne("actions:bilan", ECRIRE, objet=bilan),
    Ligne("actions:bilan", statuts(404, agents=200, partenaire=200), objet=valide, cas="validé"),
    Ligne(
        "actions:bilan", statuts(404, gestion=200), objet=lambda m: {"pk": m.bilan_restreint.pk}, cas="fiche restreinte"
    ),
    Ligne("actions:bilan_ecrire", ECRIRE, objet=bilan),
    Ligne("actions:bilan_ecrire", statuts(404, agents=403, partenaire=403), objet=valide, cas="validé"),
    Ligne(
        "actions:bilan_ecrire", statuts(404, pilote=302, gestion=302), objet=bilan, methode="POST",
        donnees=lambda m: TEXTES,
    ),
    Ligne("actions:bilan_brouillon", ECRIRE, objet=bilan, methode="POST", donnees=lambda m: TEXTES),
    Ligne("actions:bilan_soumettre", statuts(404, pilote=302, gestion=302), objet=bilan, cas="incomplet"),
    Ligne("actions:bilan_soumettre", statuts(404, pilote=302, gestion=302), objet=bilan, methode="POST"),
    Ligne("actions:bilan_relire", RELIRE, objet=soumis),
    Ligne("actions:bilan_renvoyer", RELIRE, objet=soumis),
    Ligne(
        "actions:bilan_renvoyer", RELIRE_ECRIT, objet=soumis, methode="POST",
        donnees=lambda m: {"commentaire": "À compléter."},
    ),
    Ligne("actions:bilan_valider", RELIRE, objet=soumis),
    Ligne("actions:bilan_valider", RELIRE_ECRIT, objet=soumis, methode="POST"),
    Ligne("actions:bilan_rouvrir", statuts(404, agents=403, partenaire=403, gestion=200), objet=valide),
    Ligne(
        "actions:bilan_rouvrir", statuts(404, agents=403, partenaire=403, gestion=302), objet=valide, methode="POST",
        donnees=lambda m: {"commentaire": "Un chiffre a changé."},
    ),
]  # fmt: skip
