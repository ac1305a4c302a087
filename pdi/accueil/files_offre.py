"""The queues of the offer on the home page: conventions that end, statements and sheets to read or to write."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse

from offre.droits_conventions import LECTEURS_CONVENTIONS, est_du_service
from offre.droits_fiches import peut_tenir_des_fiches
from offre.lecture_offre import comptes_a_tenir
from offre.models import BilanOperateur, Convention, EtatBilanOperateur
from offre.querysets import ROLES_OPERATEURS, structures_operatrices
from offre.regles.bilans import A_ECRIRE

from .file import ICONES, File, echeance


def files_offre(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return what waits for the service, or for an operator."""
    if not utilisateur.a_role(*LECTEURS_CONVENTIONS):
        return []
    files = _service(jour) if est_du_service(utilisateur) else []
    files += _operateur(utilisateur, jour) if utilisateur.a_role(*ROLES_OPERATEURS) else []
    return files + (_fiches(utilisateur, jour) if peut_tenir_des_fiches(utilisateur) else [])


def _fiches(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return the sheets that wait: to review for the service, to correct for their operator."""
    comptes, service = comptes_a_tenir(utilisateur, jour), est_du_service(utilisateur)
    attente = "a_relire" if service else "a_corriger"
    if not (combien := comptes[attente]):
        return []
    suite = "à relire" if service else "à corriger"
    mots = f"fiche d’offre {suite}" if combien == 1 else f"fiches d’offre {suite}"
    detail = "Publiez, ou renvoyez avec un commentaire." if service else "Le service demande une correction."
    url = f"{reverse('offre:fiches_a_tenir')}?attente={attente}"
    return [File(combien, mots, detail, url, "info", "En attente de vous", ICONES["attente"], "Voir les fiches")]


def _service(jour: datetime.date) -> list[File]:
    files = []
    proches = Convention.objects.finissant(jour).aggregate(combien=Count("pk"), fin=Min("dernier"))
    if proches["combien"]:
        mots = "convention finit bientôt" if proches["combien"] == 1 else "conventions finissent bientôt"
        _ton, mention, ico = echeance(jour, proches["fin"])
        files.append(
            File(
                proches["combien"], mots, "Prolonger par avenant, renouveler, ou laisser finir.",
                f"{reverse('offre:conventions')}?situation=finit&tri=fin", "veille", mention, ico,
                "Voir les conventions",
            )
        )  # fmt: skip
    etats = BilanOperateur.objects.filter(campagne__close_le=None).aggregate(
        soumis=Count("pk", filter=Q(etat=EtatBilanOperateur.SOUMIS)),
        limite=Min("campagne__limite_validation", filter=Q(etat=EtatBilanOperateur.SOUMIS)),
    )
    if etats["soumis"]:
        mots = "bilan d’opérateur à relire" if etats["soumis"] == 1 else "bilans d’opérateurs à relire"
        ton, mention, ico = echeance(jour, etats["limite"])
        files.append(
            File(
                etats["soumis"], mots, "Renvoyez avec un commentaire, ou validez.",
                f"{reverse('offre:bilans_operateurs')}?etat=soumis", ton, mention, ico, "Relire les bilans",
            )
        )  # fmt: skip
    return files


def _operateur(utilisateur: Any, jour: datetime.date) -> list[File]:
    siens = BilanOperateur.objects.filter(
        convention__operateur__in=structures_operatrices(utilisateur), etat__in=A_ECRIRE, campagne__close_le=None
    )
    lus = siens.aggregate(
        combien=Count("pk"), renvoyes=Count("pk", filter=Q(etat=EtatBilanOperateur.A_CORRIGER)),
        limite=Min("campagne__limite_saisie"), premier=Min("pk"),
    )  # fmt: skip
    if not lus["combien"]:
        return []
    seul = lus["combien"] == 1
    ton, mention, ico = echeance(jour, lus["limite"])
    detail = "Le service demande une reprise." if lus["renvoyes"] else "Les chiffres de l’année sont déjà remplis."
    url = reverse("offre:bilan_operateur", args=[lus["premier"]]) if seul else reverse("offre:bilans_operateurs")
    mots = "bilan de convention à écrire" if seul else "bilans de conventions à écrire"
    return [
        File(lus["combien"], mots, detail, url, ton, mention, ico, "Écrire le bilan" if seul else "Voir les bilans")
    ]
