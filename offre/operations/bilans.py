"""Writes of the operators' campaign: open, remind, close; statements: write, send, send back, validate."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from actions.operations.commun import refuser_si_change
from offre.droits_conventions import acteurs_du_bilan, peut_decider_bilan, peut_ecrire_bilan, peut_tenir_conventions
from offre.lecture_bilans import lignes_de
from offre.models import (
    BilanOperateur,
    CampagneOperateurs,
    Convention,
    EtatBilanOperateur,
    TransitionBilanOperateur,
)
from offre.querysets import ROLES_OPERATEURS
from offre.regles.bilans import A_ECRIRE, AUTOMATE_BILAN_OPERATEUR, manques_pour_soumettre
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import RegleMetier, exiger, pas_maintenant
from pdi.socle.etats import changer_etat
from pdi.socle.formats import date_longue
from pdi.socle.operations import enregistrer, journaliser, prevenir

TEXTES = ("realisations", "difficultes", "perspectives")
RAPPEL_JOURS = 7  # a reminder starts that many days before the limit, and is not sent twice within as many


@dataclass(frozen=True)
class Ouverture:
    """What opening a campaign did. `sans_compte`: operators whom nobody represents here."""

    campagne: CampagneOperateurs
    bilans: int
    prevenus: int
    sans_compte: list[str]


def comptes_des_operateurs(structures: Iterable[int], jour: datetime.date) -> dict[int, list[Utilisateur]]:
    """Return the accounts that act for each structure (one query)."""
    comptes: dict[int, list[Utilisateur]] = {}
    utilisateurs = Utilisateur.objects.filter(
        is_active=True, habilitations__role__in=ROLES_OPERATEURS, habilitations__structure__in=list(structures),
        habilitations__periode__contains=jour,
    )  # fmt: skip
    for utilisateur in utilisateurs.prefetch_related("habilitations").distinct():
        for structure in {h.structure_id for h in utilisateur.habilitations.all() if h.role in ROLES_OPERATEURS}:
            if structure is not None:
                comptes.setdefault(structure, []).append(utilisateur)
    return comptes


@transaction.atomic
def ouvrir_campagne_operateurs(
    *, annee: int, limite_saisie: datetime.date, limite_validation: datetime.date, par: Any
) -> Ouverture:
    """Open the campaign of a year, or complete it: one statement a convention in force that year; tell the operators.

    Raises DroitInsuffisant, and RegleMetier: dates out of order, a year that is not over, no convention.
    """
    exiger(peut_tenir_conventions(par))
    jour = timezone.localdate()
    if jour < datetime.date(annee, 10, 1):
        raise RegleMetier(f"L’année {annee} n’est pas assez avancée : attendez le 1er octobre {annee}.", champ="annee")
    if limite_saisie < jour:
        raise RegleMetier("Laissez du temps aux opérateurs : cette date est passée.", champ="limite_saisie")
    if limite_validation < limite_saisie:
        attendu = f"Attendu\u00a0: le {date_longue(limite_saisie)} au plus tôt, quand les bilans sont rendus."
        raise RegleMetier(attendu, champ="limite_validation")
    campagne = CampagneOperateurs.objects.select_for_update().filter(annee=annee).first()
    if campagne is not None and campagne.close_le is not None:
        raise RegleMetier(f"La campagne {annee} est close.", champ="annee")
    campagne = campagne or CampagneOperateurs(annee=annee, ouverte_le=jour)
    campagne.limite_saisie, campagne.limite_validation = limite_saisie, limite_validation
    enregistrer(campagne)
    deja = campagne.bilans.values("convention")
    conventions = list(Convention.objects.de_l_annee(annee).exclude(pk__in=deja).select_related("operateur"))
    if not conventions and not deja.exists():
        raise RegleMetier(f"Aucune convention n’était en vigueur en {annee} : il n’y a pas de bilan à demander.")
    bilans = BilanOperateur.objects.bulk_create([BilanOperateur(campagne=campagne, convention=c) for c in conventions])
    TransitionBilanOperateur.objects.bulk_create(
        [TransitionBilanOperateur(bilan=b, vers=EtatBilanOperateur.A_RENSEIGNER, par=par) for b in bilans]
    )
    comptes = comptes_des_operateurs({c.operateur_id for c in conventions}, jour)
    prevenus = prevenir(
        destinataires=[u for liste in comptes.values() for u in liste], titre=f"Votre bilan {annee} est à écrire",
        texte=f"Les chiffres de l’année sont déjà remplis. À rendre avant le {date_longue(limite_saisie, jour=True)}.",
        url=reverse("offre:bilans_operateurs"),
    )  # fmt: skip
    sans_compte = sorted({str(c.operateur) for c in conventions if c.operateur_id not in comptes})
    journaliser(par=par, verbe="ouvrir_campagne_operateurs", objet=campagne,
                apres={"Bilans": len(bilans), "Prévenus": prevenus})  # fmt: skip
    return Ouverture(campagne, len(bilans), prevenus, sans_compte)


def _relancer(bilans: Iterable[BilanOperateur], jour: datetime.date) -> int:
    """Remind the operators of these statements; return how many people were told."""
    lus = list(bilans)
    comptes = comptes_des_operateurs({b.convention.operateur_id for b in lus}, jour)
    prevenus = 0
    for bilan in lus:
        prevenus += prevenir(
            destinataires=comptes.get(bilan.convention.operateur_id, []),
            titre=f"Rappel : votre bilan {bilan.campagne.annee} est attendu",
            texte=f"Convention {bilan.convention.numero}, pour le {date_longue(bilan.campagne.limite_saisie)}.",
            url=bilan.get_absolute_url(),
        )  # fmt: skip
    BilanOperateur.objects.filter(pk__in=[b.pk for b in lus]).update(relance_le=jour)
    return prevenus


@transaction.atomic
def relancer_operateurs(*, campagne: CampagneOperateurs, par: Any) -> tuple[int, int]:
    """Remind every operator whose statement is not sent. Return (statements, people told). Raises DroitInsuffisant."""
    exiger(peut_tenir_conventions(par))
    bilans = list(campagne.bilans.filter(etat__in=A_ECRIRE).select_related("campagne", "convention"))
    prevenus = _relancer(bilans, timezone.localdate())
    journaliser(
        par=par, verbe="relancer_operateurs", objet=campagne, apres={"Bilans": len(bilans), "Prévenus": prevenus}
    )
    return len(bilans), prevenus


@transaction.atomic
def rappeler_bilans(*, jour: datetime.date) -> int:
    """Remind by itself, from a week before the limit, at most once a week. Return how many people were told."""
    proche, il_y_a = jour + datetime.timedelta(days=RAPPEL_JOURS), jour - datetime.timedelta(days=RAPPEL_JOURS)
    a_rappeler = BilanOperateur.objects.filter(
        etat__in=A_ECRIRE, campagne__close_le=None, campagne__limite_saisie__lte=proche
    ).exclude(relance_le__gt=il_y_a)
    return _relancer(a_rappeler.select_related("campagne", "convention").select_for_update(of=("self",)), jour)


@transaction.atomic
def clore_campagne_operateurs(*, campagne: CampagneOperateurs, par: Any) -> CampagneOperateurs:
    """Close a campaign: what is not written stays as it is. Raises DroitInsuffisant, RegleMetier when it is closed."""
    exiger(peut_tenir_conventions(par))
    campagne = CampagneOperateurs.objects.select_for_update().get(pk=campagne.pk)
    if campagne.close_le is not None:
        raise RegleMetier("La campagne est déjà close.")
    campagne.close_le = timezone.localdate()
    campagne.save(update_fields=["close_le"])
    journaliser(par=par, verbe="clore_campagne_operateurs", objet=campagne, apres={"Close le": campagne.close_le})
    return campagne


# -- a statement -----------------------------------------------------------------------------------


def _verrouiller(bilan: BilanOperateur) -> BilanOperateur:
    return (
        BilanOperateur.objects.select_for_update(of=("self",))
        .select_related("campagne", "convention__operateur")
        .get(pk=bilan.pk)
    )


def etat_bilan(bilan: BilanOperateur) -> dict[str, str]:
    """Return what is written, in words: for the lock and the journal."""
    etat = {str(bilan._meta.get_field(nom).verbose_name): getattr(bilan, nom) for nom in TEXTES}  # type: ignore[union-attr]
    for ligne in lignes_de(bilan):
        dit = bilan.explications.get(ligne.cle, {})
        etat[ligne.libelle] = " : ".join(filter(None, (dit.get("valeur", ""), dit.get("texte", ""))))
    return etat


@transaction.atomic
def ecrire_bilan(
    *, bilan: BilanOperateur, textes: Mapping[str, str], explications: Mapping[str, Mapping[str, Any]], par: Any,
    vue: str | None = None,
) -> BilanOperateur:  # fmt: skip
    """Save a statement being written: `explications` are {objective: {"texte", "valeur"}}.

    Raises DroitInsuffisant, PasMaintenant, ConflitVersion, RegleMetier.
    """
    bilan = _verrouiller(bilan)
    exiger(peut_ecrire_bilan(par, bilan))
    avant = etat_bilan(bilan)
    refuser_si_change(bilan, avant, vue)
    for nom in TEXTES:
        setattr(bilan, nom, textes[nom].strip())
    lus = {}
    for cle, dit in explications.items():
        valeur = dit.get("valeur")
        lus[cle] = {"texte": str(dit.get("texte") or "").strip(), "valeur": "" if valeur is None else f"{valeur:f}"}
    bilan.explications = {cle: dit for cle, dit in lus.items() if any(dit.values())}
    bilan.version += 1
    enregistrer(bilan)
    journaliser(par=par, verbe="ecrire_bilan_operateur", objet=bilan, avant=avant, apres=etat_bilan(bilan))
    return bilan


@transaction.atomic
def soumettre_bilan(*, bilan: BilanOperateur, par: Any) -> BilanOperateur:
    """Send a statement: its figures are frozen as they stand, whatever happens after.

    Raises DroitInsuffisant, TransitionImpossible, RegleMetier naming each line to explain.
    """
    bilan = _verrouiller(bilan)
    exiger(peut_ecrire_bilan(par, bilan))
    lignes = lignes_de(bilan)
    if manques := manques_pour_soumettre(lignes, bilan.realisations):
        raise RegleMetier(" ".join(manques))
    _changer(bilan, "soumettre_bilan_operateur", par,
             {"chiffres": [ligne.en_json() for ligne in lignes], "soumis_le": timezone.now(), "soumis_par": par,
              "motif_renvoi": ""})  # fmt: skip
    service = Utilisateur.objects.filter(
        is_active=True, habilitations__role=Role.CHARGE_PROGRAMME, habilitations__periode__contains=timezone.localdate()
    )
    prevenir(destinataires=[u for u in service.distinct() if u.pk != par.pk], titre="Un bilan d’opérateur est à relire",
             texte=str(bilan), url=bilan.get_absolute_url())  # fmt: skip
    return bilan


def _changer(bilan: BilanOperateur, verbe: str, par: Any, valeurs: Mapping[str, Any], commentaire: str = "") -> None:
    changer_etat(
        automate=AUTOMATE_BILAN_OPERATEUR, verbe=verbe, objet=bilan, acteurs=acteurs_du_bilan(par, bilan),
        ligne=TransitionBilanOperateur, cle="bilan", par=par, commentaire=commentaire,
        valeurs={**valeurs, "version": bilan.version + 1},
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=bilan, apres={"État": bilan.get_etat_display()}, commentaire=commentaire)


def _verifier_version(bilan: BilanOperateur, version: int | None) -> None:
    if version is not None and version != bilan.version:
        exiger(pas_maintenant("Ce bilan a changé depuis que vous l’avez ouvert : relisez-le avant de décider."))


@transaction.atomic
def renvoyer_bilan(*, bilan: BilanOperateur, commentaire: str, par: Any, version: int | None = None) -> BilanOperateur:
    """Send a statement back, saying what to take up again. Raises DroitInsuffisant, RegleMetier without a comment."""
    bilan = _verrouiller(bilan)
    exiger(peut_decider_bilan(par, bilan))
    _verifier_version(bilan, version)
    _changer(bilan, "renvoyer_bilan_operateur", par, {"motif_renvoi": commentaire.strip()}, commentaire)
    _dire_a_l_operateur(bilan, f"Votre bilan {bilan.campagne.annee} est à reprendre", commentaire.strip())
    return bilan


@transaction.atomic
def valider_bilan(*, bilan: BilanOperateur, par: Any, version: int | None = None) -> BilanOperateur:
    """Validate a statement: it does not change any more. Raises DroitInsuffisant, TransitionImpossible."""
    bilan = _verrouiller(bilan)
    exiger(peut_decider_bilan(par, bilan))
    _verifier_version(bilan, version)
    _changer(bilan, "valider_bilan_operateur", par, {"valide_le": timezone.now(), "valide_par": par})
    _dire_a_l_operateur(bilan, f"Votre bilan {bilan.campagne.annee} est validé", "")
    return bilan


def _dire_a_l_operateur(bilan: BilanOperateur, titre: str, texte: str) -> None:
    structure = bilan.convention.operateur_id
    destinataires = comptes_des_operateurs([structure], timezone.localdate()).get(structure, [])
    prevenir(destinataires=destinataires, titre=titre, texte=texte, url=bilan.get_absolute_url())
