"""What the journal records in code names, said in French: operations and screens.

An operation is journalised under its domain verb (`soumettre_bilan`); a reader sees « Bilan soumis ». Labels of
all storeys stand here because they are words, not rules: no storey is imported. A test refuses a verb without label.
"""

from __future__ import annotations

from collections.abc import Mapping

VERBES: Mapping[str, str] = {
    "creer_programme": "Programme créé",
    "modifier_programme": "Programme modifié",
    "definir_signataires": "Signataires modifiés",
    "ajouter_axe": "Élément de l’arbre ajouté",
    "modifier_axe": "Élément de l’arbre modifié",
    "deplacer_axe": "Élément de l’arbre déplacé",
    "supprimer_axe": "Élément de l’arbre supprimé",
    "creer_gabarit": "Gabarit créé",
    "modifier_gabarit": "Gabarit modifié",
    "creer_cadre": "Cadre créé",
    "creer_fiche": "Fiche créée",
    "modifier_fiche": "Fiche modifiée",
    "suivre_fiche": "Suivi mis à jour",
    "supprimer_fiche": "Fiche supprimée",
    "definir_cadres": "Cadres modifiés",
    "definir_financements": "Plan de financement modifié",
    "definir_liens": "Fiches liées modifiées",
    "definir_objectifs": "Objectifs et étapes modifiés",
    "definir_resultats": "Résultats attendus modifiés",
    "definir_roles": "Acteurs modifiés",
    "ajouter_note": "Note ajoutée",
    "retirer_note": "Note retirée",
    "ajouter_piece": "Pièce jointe ajoutée",
    "retirer_piece": "Pièce jointe retirée",
    "repondre_anomalie": "Réponse à une anomalie",
    "reprendre_anomalie": "Réponse à une anomalie reprise",
    "rouvrir_anomalie": "Anomalie rouverte",
    "creer_indicateur": "Indicateur créé",
    "modifier_indicateur": "Définition de l’indicateur modifiée",
    "supprimer_indicateur": "Indicateur supprimé",
    "deplacer_indicateur": "Ordre des indicateurs changé",
    "lier_indicateurs": "Indicateurs reliés à leur calcul",
    "calculer_indicateurs": "Indicateurs calculés",
    "compiler_indicateurs": "Indicateurs compilés",
    "geler_indicateurs": "Indicateurs gelés",
    "saisir_mesures": "Valeurs saisies",
    "retablir_mesure": "Valeur rétablie",
    "definir_cibles": "Cibles modifiées",
    "preparer_campagne": "Campagne préparée",
    "modifier_campagne": "Campagne modifiée",
    "ouvrir_campagne": "Campagne ouverte",
    "rouvrir_campagne": "Campagne rouverte",
    "clore_campagne": "Campagne close",
    "rattraper_fiches": "Bilans ajoutés à la campagne",
    "relancer_pilotes": "Pilotes relancés",
    "enregistrer_bilan": "Bilan enregistré",
    "soumettre_bilan": "Bilan soumis",
    "renvoyer_bilan": "Bilan renvoyé",
    "rouvrir_bilan": "Bilan rouvert",
    "valider_bilan": "Bilan validé",
    "valider_en_lot": "Bilans validés ensemble",
    "reprendre_chiffre": "Chiffre du bilan repris",
    "compiler_rapport": "Rapport compilé",
    "intituler_version": "Version du rapport intitulée",
    "publier_version": "Version du rapport publiée",
    "enregistrer_deliberation": "Délibération enregistrée",
    "corriger_deliberation": "Délibération corrigée",
    "constater_sortie_action": "Sortie d’une action constatée",
    "constater_sortie_rsa": "Sortie du RSA constatée",
    "terminer_accompagnement": "Accompagnement terminé",
    "annuler_sortie": "Sortie annulée",
    "noter_suivi": "Suivi après sortie noté",
    "noter_palier": "Palier d’insertion noté",
    "chargement": "Chargement du document",
    "designer_referent": "Référent désigné",
    "terminer_suivi": "Suivi terminé",
    "transferer_portefeuille": "Référent changé par transfert de portefeuille",
    "fixer_capacite_referent": "Capacité du référent fixée",
    "executer_lot": "Action groupée faite",
    "creer_personne": "Personne créée",
    "modifier_identite": "Identité modifiée",
    "modifier_contacts": "Contacts modifiés",
    "declarer_deces": "Décès enregistré",
    "distinguer_personnes": "Personnes distinguées",
    "demenager": "Déménagement enregistré",
    "corriger_adresse": "Adresse corrigée",
    "ajouter_membre": "Membre du foyer ajouté",
    "terminer_membre": "Sortie du foyer",
    "definir_situation_foyer": "Situation familiale modifiée",
    "ouvrir_dossier_rsa": "Dossier RSA enregistré",
    "modifier_dossier_rsa": "Dossier RSA modifié",
    "declarer_droits_devoirs": "Droits et devoirs enregistrés",
    "deposer_import": "Fichier d’import déposé",
    "abandonner_import": "Lot d’import abandonné",
    "importer": "Lot importé",
    "importer_creation": "Créé par import",
    "importer_modification": "Modifié par import",
    "enregistrer_nir": "Numéro de sécurité sociale enregistré",
}

# The longest beginning wins.
ECRANS: Mapping[str, str] = {
    "accueil:": "accueil",
    "actions:bilan": "écran des bilans",
    "actions:campagne": "écran des campagnes",
    "actions:fiche": "écran des fiches-actions",
    "actions:indicateur": "écran des indicateurs",
    "actions:mesure": "saisie des valeurs",
    "actions:programme": "écran des programmes",
    "actions:": "écran des programmes et fiches",
    "comptes:": "écran des comptes",
    "gouvernance:": "écran du rapport annuel",
    "offre:": "catalogue de l’offre",
    "parcours:": "écran des parcours",
    "socle:": "écran des travaux",
    "structures:": "écran des structures",
    "admin:": "écran des référentiels",
    "traitement:import": "import",
    "traitement:rapport": "compilation du rapport",
    "traitement:": "travail en arrière-plan",
    "charger_demo": "chargement de la démonstration",
    "charger_": "chargement des référentiels",
    "generer_": "chargement de la démonstration",
    "calculer_": "calcul des indicateurs",
}


def verbe_en_clair(verbe: str) -> str:
    """Return what an operation did, in words; a verb already in French is only capitalised."""
    return VERBES.get(verbe) or (verbe[:1].upper() + verbe[1:])


def ecran_en_clair(ecran: str) -> str:
    """Return the screen, job or command an entry came from, in words; empty when unknown."""
    debuts = [debut for debut in ECRANS if ecran.startswith(debut)]
    return ECRANS[max(debuts, key=len)] if debuts else ""
