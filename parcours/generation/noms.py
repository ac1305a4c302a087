"""Names of fictitious people: plainly invented, yet hard to search (accents, hyphens, particles, apostrophes)."""

from __future__ import annotations


def _mots(texte: str) -> tuple[str, ...]:
    return tuple(texte.split())


NOMS = _mots(
    """
    Exemple Modèle Spécimen Témoin Échantillon Maquette Fictif Inventé Imaginé Prototype Essai Gabarit Patron
    Ébauche Esquisse Brouillon Canevas Figurant Doublure Mannequin Simulacre Hypothèse Supposé Factice Rêvé
    Pseudonyme Anonymat Songe Chimère Mirage Utopie Parabole Allégorie Fable Conte Récit Légende Épopée Roman Œuvre
    Poème Nouvelle Chapitre Préface Épilogue Virgule Tréma Cédille Parenthèse Apostrophe Majuscule Ardoise Encrier
    Buvard Pupitre Cahier Crayon Équerre Compas Plumier Trousse Agrafe Classeur Tampon Registre Bordereau Dossier
    Formule Rubrique Colonne Marge Feuillet Onglet Reliure Étiquette Vignette Timbre
    """
)
SECONDS = ("Modèle", "Essai", "Fable", "Songe", "Mirage", "Conte", "Témoin", "Œuvre", "Légende", "Ébauche")
PARTICULES = ("de ", "d’", "Le ", "La ", "Ben ", "El ", "Da ", "N’")
FEMMES = _mots(
    """
    Aïcha Alice Amélie Anaïs Annick Aurélie Awa Béatrice Camille Cécile Chloé Clémence Corinne Danièle Djamila
    Élise Élodie Emma Estelle Fanta Fatoumata Françoise Gaëlle Geneviève Hélène Inès Isabelle Jeanne Joëlle Josiane
    Karine Khadija Laëtitia Leïla Léa Lucie Maëlle Maïté Mariam Marie Maud Mélanie Mireille Nadège Naïma Noémie
    Océane Odile Pascale Patricia Rachida Roxane Salomé Samira Sandrine Sarah Séverine Sophie Stéphanie Sylvie
    Thérèse Valérie Véronique Yasmina Yolande Zoé
    """
)
HOMMES = _mots(
    """
    Abdel Adrien Aimé Alexis Amadou André Antoine Arnaud Aurélien Bastien Benoît Boubacar Bruno Cédric Christophe
    Clément Damien Denis Didier Djibril Émile Éric Étienne Fabien Félix Florent François Gaël Gérard Grégory
    Guillaume Hervé Hugo Ibrahim Jérémie Jérôme Joël Julien Karim Kévin Laurent Léo Loïc Ludovic Mamadou Marc
    Mathieu Maxime Mehdi Mickaël Moussa Nicolas Noé Olivier Pascal Patrice Raphaël Régis Rémi Romain Samuel
    Sébastien Stéphane Théo Thierry Timothée Yanis Yves Zacharie
    """
)
COMPOSES_F = ("Marie-Hélène", "Anne-Sophie", "Marie-Thérèse", "Lou-Anne", "Marie-Noëlle", "Fatima-Zahra")
COMPOSES_H = ("Jean-François", "Jean-Loïc", "Pierre-Yves", "Mohamed-Amine", "Jean-Noël", "Paul-Émile")
LIEUX = ("Valmarche", "Saint-Exemple", "Témoigny", "Fableville", "Contes-sur-Orge", "L’Ébauche", "Mirage-le-Vieux")
VOIES = (
    "rue de l’Exemple", "avenue du Modèle", "allée des Fables", "place du Témoin", "impasse du Songe",
    "boulevard de l’Ébauche", "chemin du Mirage", "résidence Les Légendes", "square de l’Épilogue",
)  # fmt: skip
AGENTS = tuple(f"{prenom} {nom}" for nom in NOMS[:40] for prenom in ("Andrea", "Charlie", "Dominique", "Sacha"))
EMPLOYEURS = (
    "Boulangerie Exemple", "Transports Maquette", "Résidence Le Témoin", "Nettoyage Modèle", "Cantines Spécimen",
    "Entrepôts Échantillon", "Jardins Gabarit", "Bâtiment Ébauche",
)  # fmt: skip
RESUMES = (
    "Point sur les démarches engagées ; la situation avance.",
    "Recherche d’emploi reprise, deux candidatures envoyées.",
    "Dossier de logement complété ensemble.",
    "Mode de garde trouvé, disponible en journée.",
    "Projet de formation confirmé, dates à venir.",
    "Besoin d’un relais pour les démarches en ligne.",
)
ETAPES = (
    "Apporter le justificatif de domicile.",
    "Prendre contact avec l’organisme de formation.",
    "Mettre à jour le curriculum vitæ.",
    "Rappeler le bailleur avant la fin du mois.",
    "Préparer le prochain contrat.",
)
OBJECTIFS = (
    "Retrouver un emploi", "Définir un projet professionnel", "Se former à un métier", "Améliorer sa mobilité",
    "Stabiliser son logement", "Trouver un mode de garde", "Reprendre ses démarches administratives",
    "Rompre l’isolement", "Progresser en français",
)  # fmt: skip
ENGAGEMENT_PERSONNE = "Venir aux rendez-vous fixés, ou prévenir de son absence."
ENGAGEMENTS_DEPARTEMENT = (
    "Proposer un rendez-vous tous les deux mois au moins.", "Appuyer les démarches et les demandes d’aide prévues.",
)  # fmt: skip
ACTIONS_LIBRES = ("Atelier de la vie quotidienne", "Bilan avec un partenaire du quartier", "Visite d’entreprise")
OBJETS_AIDE = (
    "Titres de transport",
    "Frais de formation",
    "Vêtements de travail",
    "Permis de conduire",
    "Frais de garde",
)
