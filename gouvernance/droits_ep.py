"""Who submits, keeps and decides a file of an équipe pluridisciplinaire, who reads it. See docs/droits.md."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Exists, Q
from django.utils import timezone

from gouvernance.models import DossierEP, Instance, Membre, NatureInstance
from gouvernance.querysets import ROLES_GOUVERNANCE
from gouvernance.regles.ep import AUTOMATE_EP, DECIDEUR, DEMANDEUR, SECRETARIAT
from parcours.droits import lire_avec_acces, peut_suivre
from parcours.models import Personne
from parcours.querysets import ROLES_SUIVI
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .droits_instances import tient

ROLES_CHIFFRES = (*ROLES_GOUVERNANCE, Role.ENCADRANT, Role.DIRECTION)
HORS_COMMISSION = (
    "Les dossiers des équipes pluridisciplinaires se lisent par ceux qui suivent les personnes, par le secrétariat et, "
    "le temps de la séance, par les membres de l’équipe."
)
MODELES_RESERVES = (
    "Le texte des lettres se tient par les administrateurs, les chargés de programme et les secrétaires d’une équipe."
)
SANS_EQUIPE = "Aucune équipe pluridisciplinaire n’est enregistrée : créez-la d’abord parmi les instances."


def peut_lister_dossiers_ep(utilisateur: Any) -> Verdict:
    """Open the list: followers, supervisors, managers, secretaries and members of a team; direction, for figures."""
    if not utilisateur.is_authenticated or not utilisateur.roles():
        return non(HORS_COMMISSION)
    if utilisateur.a_role(*ROLES_SUIVI, *ROLES_CHIFFRES) or _est_d_une_equipe(utilisateur):
        return OUI
    return non(HORS_COMMISSION)


def d_une_equipe(utilisateur: Any, jour: datetime.date) -> Q:
    """Return « the user keeps a team, or sits in one by name on `jour` », for a query."""
    equipes_tenues = Instance.objects.filter(nature=NatureInstance.EP, secretaires=utilisateur)
    sieges = Membre.objects.filter(compte=utilisateur, instance__nature=NatureInstance.EP).au(jour)
    return Q(Exists(equipes_tenues)) | Q(Exists(sieges))


def _est_d_une_equipe(utilisateur: Any) -> bool:
    lu = Utilisateur.objects.filter(d_une_equipe(utilisateur.pk, timezone.localdate()), pk=utilisateur.pk)
    return lu.exists()


def voit_chiffres_ep(utilisateur: Any) -> bool:
    """Return whether the user reads the figures of the year, small cells masked."""
    return bool(utilisateur.is_authenticated and utilisateur.a_role(*ROLES_CHIFFRES))


def lit_des_dossiers(utilisateur: Any) -> bool:
    """Return whether the user may have files to read, and not figures alone."""
    return utilisateur.a_role(*ROLES_SUIVI, *ROLES_GOUVERNANCE) or _est_d_une_equipe(utilisateur)


def peut_tenir_modeles_ep(utilisateur: Any) -> Verdict:
    """Read and write the words of the letters: managers, and whoever keeps a team."""
    if utilisateur.is_authenticated and (
        utilisateur.a_role(*ROLES_GOUVERNANCE) or utilisateur.instances_tenues.filter(nature=NatureInstance.EP).exists()
    ):
        return OUI
    return non(MODELES_RESERVES)


def equipes() -> Any:
    """Return the teams of the département that still meet."""
    return Instance.objects.filter(nature=NatureInstance.EP, active=True, reference=False).select_related("territoire")


def peut_ouvrir_dossier_ep(utilisateur: Any, personne: Personne) -> Verdict:
    """Submit somebody's situation: whoever follows or supervises her path."""
    verdict = peut_suivre(utilisateur, personne)
    if verdict and not equipes().exists():
        return pas_maintenant(SANS_EQUIPE)
    return verdict


def acteurs_du_dossier(utilisateur: Any, dossier: DossierEP) -> frozenset[str]:
    """Return what the user is to a file. Three queries at most."""
    if not utilisateur.is_authenticated or not utilisateur.roles():
        return frozenset()
    acteurs = {SECRETARIAT} if tient(utilisateur, dossier.instance) else set()
    if utilisateur.a_role(*ROLES_SUIVI):
        lue = lire_avec_acces(utilisateur, dossier.personne_id)
        if lue is not None and peut_suivre(utilisateur, lue):
            acteurs.add(DEMANDEUR)
        if lue is not None and lue.a_portee and utilisateur.a_role(Role.ENCADRANT):
            acteurs.add(DECIDEUR)
    return frozenset(acteurs)


def verdict_ep(dossier: DossierEP, verbe: str, acteurs: frozenset[str]) -> Verdict:
    """Judge a change of state; its comment is asked by the form."""
    permis = {q for t in AUTOMATE_EP.transitions if t.verbe == verbe for q in t.qui}
    if not permis & acteurs:
        return AUTOMATE_EP.verdict(
            verbe, de=next(t.de for t in AUTOMATE_EP.transitions if t.verbe == verbe), acteurs=acteurs, commentaire="-"
        )
    verdict = AUTOMATE_EP.verdict(verbe, de=dossier.etat, acteurs=acteurs, commentaire="-")
    return verdict or pas_maintenant(verdict.motif)
