"""Fictitious accounts of the demonstration: one per role, and the pilotes who sign the bilans.

They share a password that is public: they are created by the demonstration only, and marked.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

from .models import Habilitation, Role, Utilisateur

MOT_DE_PASSE = "Insertion-demo-91"  # nosec B105  # public on purpose, demonstration accounts only
DOMAINE = "essonne.example"  # reserved by RFC 2606: no message can leave for it
DEPUIS = datetime.date(2022, 1, 1)
DEPARTEMENT = "91"


class CompteDemonstration(NamedTuple):
    """What the demonstration shows of an account."""

    role: str
    courriel: str
    mot_de_passe: str


class _Personne(NamedTuple):
    prenom: str
    nom: str
    fonction: str
    role: Role
    structure: str = ""  # key of the name or acronym, in the demonstration's département or national
    territoire: str = ""
    place: str = ""  # what the account shows that its role does not say

    @property
    def courriel(self) -> str:
        sans_accents = str.maketrans("éèêëïîôûçàâÉ", "eeeeiioucaaE")
        return f"{self.prenom}.{self.nom}@{DOMAINE}".lower().translate(sans_accents)


PERSONNES = (
    _Personne("Alix", "Modèle", "Administration de l’application", Role.ADMINISTRATEUR, "DSI"),
    _Personne("Hélène", "Modèle", "Cheffe de projet PDI, DIE", Role.CHARGE_PROGRAMME, "DIE"),
    _Personne("Claire", "Exemple", "Responsable du SAARSA", Role.PILOTE, "SAARSA"),
    _Personne("Karim", "Spécimen", "Encadrant insertion", Role.ENCADRANT, "STDS", "tad-sud-est"),
    _Personne("Nadia", "Spécimen", "Référente de parcours", Role.REFERENT, "STDS", "tad-sud-est"),
    _Personne(
        "Sacha", "Spécimen", "Agent de la plateforme d’orientation", Role.AGENT_ORIENTATION, "SAARSA", "tad-sud-est"
    ),
    _Personne("Andréa", "Témoin", "Directrice d’Act’Essonne", Role.PRESTATAIRE, "Act’Essonne"),
    _Personne("Camille", "Échantillon", "Chargée de mission insertion, CAF", Role.PARTENAIRE, "CAF"),
    _Personne("Dominique", "Maquette", "Vice-présidence, insertion et emploi", Role.DIRECTION, "CD91"),
    _Personne(
        "Charlie",
        "Spécimen",
        "Membre du Groupe Ressources RSA",
        Role.PARTENAIRE,
        "Groupe Ressources RSA",
        place="Membre, bénéficiaire",
    ),
    _Personne("Marc", "Exemple", "Responsable du SARSA", Role.PILOTE, "SARSA"),
    _Personne("Inès", "Témoin", "Responsable du SCD", Role.PILOTE, "SCD"),
    _Personne("Laure", "Modèle", "Directrice des projets transversaux", Role.PILOTE, "DPT"),
    _Personne("Yann", "Spécimen", "Responsable du SISVE", Role.PILOTE, "SISVE"),
    _Personne("Rose", "Échantillon", "Responsable de la Cellule emploi", Role.PILOTE, "Cellule emploi"),
)


def comptes_de_demonstration() -> list[CompteDemonstration]:
    """Return one account per role, in the order of the roles, then a member who represents beneficiaries.

    Each as (role in words, e-mail, password).
    """
    vus: dict[str, CompteDemonstration] = {}
    for personne in PERSONNES:
        mots = personne.place or personne.role.label
        vus.setdefault(mots, CompteDemonstration(mots, personne.courriel, MOT_DE_PASSE))
    return list(vus.values())


@transaction.atomic
def creer_comptes_de_demonstration() -> dict[str, Utilisateur]:
    """Create the missing accounts with their habilitation; return all of them by e-mail.

    An account that exists keeps its password and its habilitations. Structures must be loaded.
    """
    # One hash for all: the password is public, and hashing fourteen times would cost seconds.
    connus = set(Utilisateur.objects.filter(courriel__in=[p.courriel for p in PERSONNES]).values_list("courriel"))
    nouvelles = [p for p in PERSONNES if (p.courriel,) not in connus]
    hachage = make_password(MOT_DE_PASSE) if nouvelles else ""
    Utilisateur.objects.bulk_create(
        [
            Utilisateur(
                courriel=p.courriel,
                prenom=p.prenom,
                nom=p.nom,
                fonction=p.fonction,
                password=hachage,
                demonstration=True,
                is_staff=p.role == Role.ADMINISTRATEUR,
                avis_par_courriel=False,
            )
            for p in nouvelles
        ]
    )
    comptes = {u.courriel: u for u in Utilisateur.objects.filter(courriel__in=[p.courriel for p in PERSONNES])}
    structures = _structures()
    territoires = dict(TerritoireAction.objects.filter(departement=DEPARTEMENT).values_list("code", "id"))
    Habilitation.objects.bulk_create(
        [
            Habilitation(
                utilisateur=comptes[p.courriel],
                role=p.role,
                structure=structures.get(p.structure),
                territoire_id=territoires.get(p.territoire),
                periode=DateRange(DEPUIS, None),
            )
            for p in nouvelles
        ]
    )
    return comptes


def _structures() -> dict[str, Structure]:
    """Return the structures of the département by acronym and by name."""
    lues = Structure.objects.filter(departement=DEPARTEMENT).order_by("-pk")
    return {s.nom: s for s in lues} | {s.sigle: s for s in lues if s.sigle}
