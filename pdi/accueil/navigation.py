"""The left navigation: one group per storey, only the links that lead somewhere for this user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gouvernance.querysets import ROLES_LECTURE_GOUVERNANCE
from offre.droits_conventions import LECTEURS_CONVENTIONS
from parcours.querysets import ROLES_PERSONNES
from parcours.statistiques.droits import LECTEURS
from pdi.comptes.models import ROLES_DEPARTEMENT, Role
from pdi.socle.navigation import adresse_si

SUIVI = (Role.ADMINISTRATEUR, Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION)
GESTION = (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME)
DOSSIERS_EP = (*SUIVI, Role.CHARGE_PROGRAMME, Role.DIRECTION)


@dataclass(frozen=True)
class Entree:
    """One link: `roles` empty means every habilitated user; `prefixes` are the URL names it is current for.

    `ou`: name of a fact that shows it too to whoever has none of the roles.
    """

    intitule: str
    url: str
    roles: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    compteur: str = ""
    ou: str = ""


@dataclass(frozen=True)
class Lien:
    """A link ready to draw; `ton` colours the count (a state), never the domain."""

    intitule: str
    url: str
    courant: bool = False
    compte: int | None = None
    ton: str = ""


@dataclass(frozen=True)
class Groupe:
    """A titled group of links, in the ink of its storey."""

    titre: str
    domaine: str
    liens: list[Lien] = field(default_factory=list)


PLAN: tuple[tuple[str, str, tuple[Entree, ...]], ...] = (
    ("", "", (Entree("Accueil", "accueil:accueil", prefixes=("accueil:accueil",)),)),
    (
        "Programme",
        "programme",
        (
            Entree("Programmes", "actions:programmes", prefixes=("actions:programme", "actions:axe")),
            Entree("Fiches-actions", "actions:fiches", prefixes=("actions:fiche",)),
            Entree(
                "Bilans",
                "actions:bilans",
                roles=(Role.PILOTE, *GESTION),
                prefixes=("actions:bilan",),
                compteur="bilans",
            ),
            Entree("Campagnes", "actions:campagnes", roles=ROLES_DEPARTEMENT, prefixes=("actions:campagne",)),
            Entree("Indicateurs", "actions:indicateurs", prefixes=("actions:indicateur", "actions:mesure")),
        ),
    ),
    (
        "Offre d’insertion",
        "offre",
        (
            Entree("Mon espace", "parcours:espace", roles=(Role.PRESTATAIRE,), prefixes=("parcours:espace",)),
            Entree("Catalogue", "offre:offres", prefixes=("offre:offre", "offre:alerte", "offre:carte")),
            Entree(
                "Fiches d’offre",
                "offre:fiches_a_tenir",
                roles=(*GESTION, Role.PRESTATAIRE),
                prefixes=("offre:fiches", "offre:proposition"),
            ),
            Entree("Sessions", "offre:sessions", prefixes=("offre:session", "parcours:session")),
            Entree("Échanges", "offre:echanges", roles=GESTION, prefixes=("offre:echange", "offre:jeton")),
            Entree("Conventions", "offre:conventions", roles=LECTEURS_CONVENTIONS, prefixes=("offre:convention",)),
            Entree(
                "Bilans des opérateurs",
                "offre:bilans_operateurs",
                roles=LECTEURS_CONVENTIONS,
                prefixes=("offre:bilan", "offre:campagne"),
            ),
            Entree("Réalisations", "offre:realisations", roles=LECTEURS_CONVENTIONS, prefixes=("offre:realisation",)),
            Entree("Pilotage de l’offre", "parcours:gestion_offre", roles=LECTEURS, prefixes=("parcours:gestion",)),
        ),
    ),
    (
        "Parcours",
        "parcours",
        (
            Entree(
                "À traiter",
                "parcours:files",
                roles=ROLES_PERSONNES,
                prefixes=("parcours:file", "parcours:doublon", "parcours:controle"),
                compteur="parcours",
            ),
            Entree(
                "Personnes",
                "parcours:personnes",
                roles=ROLES_PERSONNES,
                prefixes=("parcours:personne", "parcours:diagnostic", "parcours:orient", "parcours:conserv"),
            ),
            Entree(
                "Réorientations",
                "parcours:reorientations",
                roles=SUIVI,
                prefixes=("parcours:reorientation",),
            ),
            Entree("Agenda", "parcours:agenda", roles=SUIVI, prefixes=("parcours:agenda", "parcours:entretien")),
            Entree("Contrats", "parcours:contrats", roles=SUIVI, prefixes=("parcours:contrat",)),
            Entree(
                "Prescriptions",
                "parcours:prescriptions",
                roles=ROLES_PERSONNES,
                prefixes=("parcours:prescri",),
            ),
            Entree("Demandes du public", "parcours:demandes_publiques", roles=SUIVI, prefixes=("parcours:demande",)),
            Entree("Aides", "parcours:aides", roles=SUIVI, prefixes=("parcours:aide", "parcours:enveloppe")),
            Entree(
                "Enveloppes d’aides",
                "parcours:enveloppes",
                roles=(Role.CHARGE_PROGRAMME, Role.DIRECTION),
                prefixes=("parcours:enveloppe", "parcours:aide_reglements"),
            ),
            Entree(
                "Portefeuilles",
                "parcours:portefeuilles",
                roles=(Role.ADMINISTRATEUR, Role.ENCADRANT),
                prefixes=("parcours:portefeuille", "parcours:transfer", "parcours:lot"),
            ),
            Entree(
                "Capacités d’accueil",
                "parcours:capacites",
                roles=(*SUIVI, Role.CHARGE_PROGRAMME),
                prefixes=("parcours:capacite",),
            ),
            Entree(
                "Règles d’orientation",
                "parcours:jeux",
                roles=ROLES_DEPARTEMENT,
                prefixes=("parcours:jeu", "parcours:ecarts"),
            ),
            Entree(
                "Observatoire",
                "parcours:observatoire",
                roles=LECTEURS,
                prefixes=("parcours:observatoire", "parcours:indicateur", "parcours:oarsa"),
            ),
            Entree("Imports", "parcours:imports", roles=(Role.ADMINISTRATEUR,), prefixes=("parcours:import",)),
        ),
    ),
    (
        "Gouvernance",
        "gouvernance",
        (
            Entree(
                "Instances",
                "gouvernance:instances",
                prefixes=("gouvernance:instance", "gouvernance:membre", "gouvernance:reglement"),
            ),
            Entree("Séances", "gouvernance:seances", prefixes=("gouvernance:seance",)),
            Entree("Décisions", "gouvernance:decisions", prefixes=("gouvernance:decision",)),
            Entree("Avenants", "gouvernance:avenants", prefixes=("gouvernance:avenant", "gouvernance:modification")),
            Entree(
                "Dossiers EP", "gouvernance:ep_dossiers", roles=DOSSIERS_EP, prefixes=("gouvernance:ep_",), ou="equipe"
            ),
            Entree(
                "Participation",
                "gouvernance:participation",
                roles=ROLES_LECTURE_GOUVERNANCE,
                prefixes=("gouvernance:participation", "gouvernance:formation", "gouvernance:proposition"),
            ),
            Entree("Dialogues territoriaux", "gouvernance:dialogues", prefixes=("gouvernance:dialogue",)),
            Entree("Questionnaires", "gouvernance:questionnaires", prefixes=("gouvernance:questionnaire",)),
            Entree(
                "Rapport annuel",
                "gouvernance:rapports",
                prefixes=("gouvernance:rapport", "gouvernance:version", "gouvernance:deliberation"),
            ),
        ),
    ),
    (
        "Données",
        "donnees",
        (
            Entree("Structures", "structures:structures", prefixes=("structures:",)),
            Entree(
                "Travaux en cours",
                "socle:traitements",
                roles=ROLES_DEPARTEMENT,
                prefixes=("socle:traitement",),
                compteur="traitements",
            ),
            Entree("Journal", "socle:journal", roles=GESTION, prefixes=("socle:journal",)),
            Entree(
                "Comptes",
                "comptes:utilisateurs",
                roles=(Role.ADMINISTRATEUR,),
                prefixes=("comptes:utilisateur", "comptes:habilitation"),
            ),
        ),
    ),
)


def navigation(
    utilisateur: Any, vue: str, compteurs: Mapping[str, Callable[[], tuple[int, str]]],
    faits: Mapping[str, Callable[[], bool]],
) -> list[Groupe]:  # fmt: skip
    """Return the groups this user sees; `compteurs` gives (number, tone) by name, read only when shown.

    `faits` gives what `Entree.ou` names, read only for who has none of the roles.
    """
    groupes = []
    for titre, domaine, entrees in PLAN:
        liens = []
        for entree in entrees:
            url = adresse_si(entree.url)
            permise = not entree.roles or utilisateur.a_role(*entree.roles) or (entree.ou and faits[entree.ou]())
            if not url or not permise:
                continue
            nombre, ton = compteurs[entree.compteur]() if entree.compteur in compteurs else (0, "")
            courant = any(vue == p or vue.startswith(p) for p in entree.prefixes)
            liens.append(Lien(entree.intitule, url, courant, nombre or None, ton))
        if liens:
            groupes.append(Groupe(titre, domaine, liens))
    return groupes
