"""Lines of the screens that write: managers change the document, pilotes follow their fiches, others read."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from actions.models import EtatAnomalie
from tests.fabriques import (
    AnomalieFactory,
    AxeFactory,
    CadreFactory,
    FicheFactory,
    IndicateurFactory,
    MesureFactory,
    NoteFactory,
    PieceFactory,
)

from .monde import Monde
from .table import Ligne, statuts

GESTION = statuts(403, gestion=200)
GESTION_ECRIT = statuts(403, gestion=302)
# A prestataire sees the fiches it acts in, and no other.
GESTION_SANS_ACTEUR = statuts(403, gestion=200, prestataire=404)
GESTION_SANS_ACTEUR_ECRIT = statuts(403, gestion=302, prestataire=404)
SUIVI = statuts(403, gestion=200, pilote=200)
SUIVI_ECRIT = statuts(403, gestion=302, pilote=302)
INVISIBLE = statuts(404, gestion=200)
PDF = b"%PDF-1.7 essai"


def preparer(m: Any) -> None:
    """Objects to take away, of each scope."""
    pilote = m.utilisateurs["pilote"]
    m.cadre = CadreFactory.create()
    m.axe_vide = AxeFactory.create(programme=m.programme)
    m.fiche_vide = FicheFactory.create(axe=m.axe, numero="8.1")
    m.indicateur_vide = IndicateurFactory.create(fiche=m.fiche)
    m.note = NoteFactory.create(fiche=m.fiche, auteur=pilote)
    m.note_d_un_autre = NoteFactory.create(fiche=m.fiche, auteur=m.utilisateurs["administrateur"])
    m.piece_jointe = PieceFactory.create(fiche=m.fiche, deposee_par=pilote)
    m.anomalie = AnomalieFactory.create(fiche=m.fiche)
    m.anomalie_repondue = AnomalieFactory.create(
        fiche=m.fiche, etat=EtatAnomalie.CONSERVEE, reponse="Imprimée ainsi.", repondu_par=pilote,
        repondu_le=timezone.now(),
    )  # fmt: skip
    m.remplacee = MesureFactory.create(indicateur=m.indicateur, valeur=70, remplacee_le=timezone.now())
    m.remplacee_restreinte = MesureFactory.create(indicateur=m.indicateur_restreint, remplacee_le=timezone.now())


def programme(m: Monde) -> dict[str, Any]:
    return {"code": m.programme.code}


def autre(m: Monde) -> dict[str, Any]:
    return {"code": m.autre_programme.code}


def fiche(m: Monde) -> dict[str, Any]:
    return {"pk": m.fiche.pk}


def restreinte(m: Monde) -> dict[str, Any]:
    return {"pk": m.fiche_restreinte.pk}


def section(nom: str, attribut: str = "fiche") -> Any:
    return lambda m: {"pk": getattr(m, attribut).pk, "section": nom}


def de(attribut: str) -> Any:
    return lambda m: {"pk": getattr(m, attribut).pk}


def vide(*prefixes: str) -> dict[str, str]:
    return {f"{p}-{cle}": "0" for p in prefixes for cle in ("TOTAL_FORMS", "INITIAL_FORMS")}


IDENTITE = {"numero": "7.7", "intitule": "Nouvelle action", "priorite": "2"}
INDICATEUR = {
    "libelle": "Places ouvertes", "nature": "quantitatif", "unite": "nombre", "sens": "hausse",
    "periodicite": "annuelle", "source": "saisi", "actif": "on",
}  # fmt: skip
PROGRAMME = {
    "intitule": "Pacte 2027", "intitule_court": "Pacte", "nature": "PDI", "annee_debut": "2027", "annee_fin": "2031",
    "etat": "preparation", "niveau_1_singulier": "axe",
}  # fmt: skip


def gabarit(m: Monde) -> dict[str, Any]:
    return {"pk": m.programme.gabarit_id}


def avec_gabarit(m: Monde) -> dict[str, Any]:
    return PROGRAMME | {"gabarit": m.programme.gabarit_id}


def sections_d_un_gabarit(_m: Monde) -> dict[str, Any]:
    ligne = {"rubrique": "contexte", "utilisee": "on", "libelle": "Constat", "obligatoire": "", "aide": ""}
    return {"nom": "Gabarit neuf", "sections-TOTAL_FORMS": "1", "sections-INITIAL_FORMS": "0"} | {
        f"sections-0-{nom}": valeur for nom, valeur in ligne.items()
    }


def une_valeur(m: Any) -> dict[str, Any]:
    ligne = {"indicateur": m.indicateur.pk, "periode": "2025-01-12", "vue": m.mesure.pk, "valeur": "91"}
    return {"mesures-TOTAL_FORMS": "1", "mesures-INITIAL_FORMS": "0"} | {
        f"mesures-0-{nom}": valeur for nom, valeur in ligne.items()
    }


def suivi(_m: Monde) -> dict[str, Any]:
    return {"statut": "en_cours", "statut_motif": ""} | vide("etapes", "depenses")


MATRICE = [
    Ligne("actions:programme_creer", GESTION),
    Ligne("actions:programme_creer", GESTION_ECRIT, methode="POST", donnees=avec_gabarit),
    Ligne("actions:programme_modifier", GESTION, objet=programme),
    Ligne("actions:programme_modifier", GESTION_ECRIT, objet=programme, methode="POST", donnees=avec_gabarit),
    Ligne(
        "actions:programme_modifier", statuts(403, gestion=200, partenaires=404), objet=autre,
        cas="inconnu des partenaires",
    ),
    Ligne(
        "actions:programme_modifier", statuts(403, partenaires=404), objet=lambda m: {"code": m.reference.code},
        cas="référence",
    ),
    Ligne("actions:programme_supprimer", GESTION, objet=programme),
    Ligne("actions:programme_supprimer", GESTION_ECRIT, objet=programme, methode="POST"),
    Ligne("actions:signataires_modifier", GESTION, objet=programme),
    Ligne(
        "actions:signataires_modifier", GESTION_ECRIT, objet=programme, methode="POST",
        donnees=lambda m: vide("signataires"),
    ),
    Ligne("actions:axes", GESTION, objet=programme),
    Ligne("actions:axe_creer", GESTION, objet=programme),
    Ligne("actions:axe_creer", GESTION_ECRIT, objet=programme, methode="POST", donnees=lambda m: {"intitule": "Neuf"}),
    Ligne("actions:axe_modifier", GESTION, objet=de("axe")),
    Ligne(
        "actions:axe_modifier", GESTION_ECRIT, objet=de("axe"), methode="POST",
        donnees=lambda m: {"intitule": "Autre"},
    ),
    Ligne(
        "actions:axe_deplacer", GESTION_ECRIT, objet=de("axe"), methode="POST",
        donnees=lambda m: {"sens": "descendre"},
    ),
    Ligne("actions:axe_supprimer", GESTION, objet=de("axe_vide")),
    Ligne("actions:axe_supprimer", GESTION_ECRIT, objet=de("axe_vide"), methode="POST"),
    Ligne("actions:indicateurs_calculer", GESTION_ECRIT, objet=programme, methode="POST"),
    Ligne("actions:fiche_creer", GESTION, objet=programme),
    Ligne("actions:fiche_creer", GESTION_ECRIT, objet=programme, methode="POST", donnees=lambda m: IDENTITE),
    Ligne("actions:fiche_modifier", GESTION, objet=fiche),
    Ligne("actions:fiche_modifier", INVISIBLE, objet=restreinte, cas="restreinte"),
    Ligne("actions:fiche_modifier", statuts(403, partenaires=404), objet=de("fiche_reference"), cas="référence"),
    *(
        Ligne("actions:fiche_section", GESTION, objet=section(nom), cas=nom)
        for nom in (
            "identite", "contexte", "objectifs_generaux", "objectifs", "publics", "territoires", "pilotage",
            "partenaires_internes", "partenaires_externes", "mise_en_oeuvre", "calendrier", "contractualisation",
            "financement", "conditions", "resultats", "periodicite", "liens",
        )
    ),
    Ligne("actions:fiche_section", INVISIBLE, objet=section("contexte", "fiche_restreinte"), cas="restreinte"),
    Ligne("actions:fiche_section", statuts(404, anonyme=404), objet=section("inconnue"), cas="inconnue"),
    Ligne(
        "actions:fiche_section", GESTION_ECRIT, objet=section("contexte"), methode="POST",
        donnees=lambda m: {"contexte": "Neuf"},
    ),
    Ligne("actions:fiche_supprimer", GESTION_SANS_ACTEUR, objet=de("fiche_vide")),
    Ligne("actions:fiche_supprimer", GESTION_SANS_ACTEUR_ECRIT, objet=de("fiche_vide"), methode="POST"),
    Ligne("actions:fiche_suivre", SUIVI, objet=fiche),
    Ligne("actions:fiche_suivre", SUIVI_ECRIT, objet=fiche, methode="POST", donnees=suivi),
    Ligne("actions:fiche_suivre", INVISIBLE, objet=restreinte, cas="restreinte"),
    Ligne("actions:cibles_modifier", GESTION, objet=fiche),
    Ligne("actions:cibles_modifier", GESTION_ECRIT, objet=fiche, methode="POST"),
    Ligne("actions:mesures_saisir_annee_courante", SUIVI, objet=fiche),
    Ligne("actions:mesures_saisir", SUIVI, objet=lambda m: {"pk": m.fiche.pk, "annee": 2025}),
    Ligne(
        "actions:mesures_saisir", SUIVI_ECRIT, objet=lambda m: {"pk": m.fiche.pk, "annee": 2025}, methode="POST",
        donnees=une_valeur,
    ),
    Ligne("actions:mesure_saisir", SUIVI, objet=de("indicateur"), requete="?annee=2025"),
    Ligne("actions:mesure_saisir", INVISIBLE, objet=de("indicateur_restreint"), cas="restreint"),
    Ligne(
        "actions:mesure_saisir", SUIVI_ECRIT, objet=de("indicateur"), requete="?annee=2025", methode="POST",
        donnees=une_valeur,
    ),
    Ligne("actions:mesure_retablir", SUIVI_ECRIT, objet=de("remplacee"), methode="POST"),
    Ligne(
        "actions:mesure_retablir", statuts(404, gestion=302), objet=de("remplacee_restreinte"), methode="POST",
        cas="restreinte",
    ),
    Ligne("actions:note_ajouter", SUIVI, objet=fiche),
    Ligne(
        "actions:note_ajouter", SUIVI_ECRIT, objet=fiche, methode="POST",
        donnees=lambda m: {"date": "2026-01-05", "texte": "Vu."},
    ),
    Ligne("actions:note_retirer", SUIVI, objet=de("note")),
    Ligne("actions:note_retirer", GESTION, objet=de("note_d_un_autre"), cas="d’un autre"),
    Ligne("actions:note_retirer", SUIVI_ECRIT, objet=de("note"), methode="POST"),
    Ligne("actions:piece_ajouter", SUIVI, objet=fiche),
    Ligne(
        "actions:piece_ajouter", SUIVI_ECRIT, objet=fiche, methode="POST",
        donnees=lambda m: {"fichier": SimpleUploadedFile("note.pdf", PDF)},
    ),
    Ligne("actions:piece_retirer", SUIVI, objet=de("piece_jointe")),
    Ligne("actions:piece_retirer", SUIVI_ECRIT, objet=de("piece_jointe"), methode="POST"),
    Ligne("actions:indicateur_creer", GESTION, objet=fiche),
    Ligne("actions:indicateur_creer", GESTION_ECRIT, objet=fiche, methode="POST", donnees=lambda m: INDICATEUR),
    Ligne("actions:indicateur_modifier", GESTION, objet=de("indicateur")),
    Ligne("actions:indicateur_modifier", INVISIBLE, objet=de("indicateur_restreint"), cas="restreint"),
    Ligne(
        "actions:indicateur_modifier", GESTION_ECRIT, objet=de("indicateur"), methode="POST",
        donnees=lambda m: INDICATEUR,
    ),
    Ligne(
        "actions:indicateur_deplacer", GESTION_ECRIT, objet=de("indicateur"), methode="POST",
        donnees=lambda m: {"sens": "monter"},
    ),
    Ligne("actions:indicateur_supprimer", GESTION, objet=de("indicateur_vide")),
    Ligne("actions:indicateur_supprimer", GESTION_ECRIT, objet=de("indicateur_vide"), methode="POST"),
    Ligne("actions:anomalie_repondre", SUIVI, objet=de("anomalie")),
    Ligne(
        "actions:anomalie_repondre", SUIVI_ECRIT, objet=de("anomalie"), methode="POST",
        donnees=lambda m: {"etat": "conservee", "reponse": "Le document l’imprime ainsi."},
    ),
    Ligne("actions:anomalie_reprendre", SUIVI_ECRIT, objet=de("anomalie_repondue"), methode="POST"),
    Ligne("actions:gabarits", GESTION),
    Ligne("actions:gabarit_creer", GESTION),
    Ligne("actions:gabarit_creer", GESTION_ECRIT, methode="POST", donnees=sections_d_un_gabarit),
    Ligne("actions:gabarit_modifier", GESTION, objet=gabarit),
    Ligne("actions:gabarit_modifier", GESTION_ECRIT, objet=gabarit, methode="POST", donnees=sections_d_un_gabarit),
    Ligne("actions:gabarit_supprimer", GESTION, objet=gabarit),
    Ligne("actions:gabarit_supprimer", GESTION_ECRIT, objet=gabarit, methode="POST"),
    Ligne("actions:cadre_modifier", GESTION, objet=de("cadre")),
    Ligne(
        "actions:cadre_modifier", GESTION_ECRIT, objet=de("cadre"), methode="POST",
        donnees=lambda m: {"libelle": "FSE révisé"},
    ),
    Ligne("actions:cadre_supprimer", GESTION, objet=de("cadre")),
    Ligne("actions:cadre_supprimer", GESTION_ECRIT, objet=de("cadre"), methode="POST"),
    Ligne("actions:cadre_creer", GESTION),
    Ligne("actions:cadre_creer", GESTION_ECRIT, methode="POST", donnees=lambda m: {"libelle": "FSE+"}),
]  # fmt: skip
