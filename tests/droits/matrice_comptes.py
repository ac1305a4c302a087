"""Lines of accounts."""

from __future__ import annotations

from .monde import Monde
from .table import Ligne, statuts

TOUS = statuts(200, anonyme=200)
ADMINISTRATION = statuts(403, administrateur=200)
ADMINISTRATION_ECRIT = statuts(403, administrateur=302)
CONNECTES_ECRIVENT = statuts(302)


def cible(m: Monde) -> dict[str, int]:
    return {"pk": m.sans_role.pk}


def habilitation(m: Monde) -> dict[str, int]:
    return {"pk": m.habilitation.pk}


MATRICE = [
    Ligne("comptes:connexion", statuts(302, anonyme=200)),
    Ligne("comptes:deconnexion", statuts(405, anonyme=405)),
    Ligne("comptes:mot_de_passe_oublie", TOUS),
    Ligne("comptes:mot_de_passe_oublie_envoye", TOUS),
    Ligne(
        "comptes:reinitialisation", TOUS, objet=lambda m: {"uidb64": "MQ", "token": "faux-jeton"}, cas="jeton faux",
        ouvert="sans jeton valide, la page dit seulement que le lien ne sert plus",
    ),
    Ligne("comptes:reinitialisation_faite", TOUS),
    Ligne("comptes:mot_de_passe_changer", statuts(200)),
    Ligne("comptes:compte", statuts(200)),
    Ligne("comptes:preferences", statuts(405, anonyme=405)),
    Ligne(
        "comptes:preferences", statuts(302), methode="POST", donnees=lambda m: {"theme": "sombre"},
        ouvert="chacun règle son propre affichage",
    ),
    Ligne("comptes:utilisateurs", ADMINISTRATION),
    Ligne("comptes:utilisateurs_export", ADMINISTRATION),
    Ligne("comptes:utilisateurs_export", ADMINISTRATION, requete="?format=csv", cas="CSV"),
    Ligne("comptes:utilisateur_creer", ADMINISTRATION),
    Ligne(
        "comptes:utilisateur_creer", ADMINISTRATION_ECRIT, methode="POST",
        donnees=lambda m: {"courriel": "nouvelle@exemple.fr", "nom": "Nouvelle"},
    ),
    Ligne("comptes:utilisateur", ADMINISTRATION, objet=cible),
    Ligne("comptes:utilisateur_modifier", ADMINISTRATION, objet=cible),
    Ligne(
        "comptes:utilisateur_modifier", ADMINISTRATION_ECRIT, objet=cible, methode="POST",
        donnees=lambda m: {"courriel": m.sans_role.courriel, "nom": "Autrement"},
    ),
    Ligne("comptes:utilisateur_desactiver", ADMINISTRATION, objet=cible),
    Ligne("comptes:utilisateur_desactiver", ADMINISTRATION_ECRIT, objet=cible, methode="POST"),
    Ligne("comptes:utilisateur_reactiver", statuts(405), objet=cible),
    Ligne("comptes:utilisateur_reactiver", ADMINISTRATION_ECRIT, objet=cible, methode="POST"),
    Ligne("comptes:utilisateur_activation", statuts(405), objet=cible),
    Ligne("comptes:utilisateur_activation", ADMINISTRATION_ECRIT, objet=cible, methode="POST"),
    Ligne("comptes:habilitation_ajouter", ADMINISTRATION, objet=cible),
    Ligne(
        "comptes:habilitation_ajouter", ADMINISTRATION_ECRIT, objet=cible, methode="POST",
        donnees=lambda m: {"role": "direction", "debut": "2026-01-01"},
    ),
    Ligne("comptes:habilitation_retirer", ADMINISTRATION, objet=habilitation),
    Ligne("comptes:habilitation_retirer", ADMINISTRATION_ECRIT, objet=habilitation, methode="POST"),
]  # fmt: skip
