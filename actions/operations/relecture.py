"""Writes of a bilan by its reviewer: send back, validate, reopen; one by one or by lot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from actions.avancement import pilotes_par_fiche
from actions.droits import (
    acteurs_du_bilan,
    peut_gerer_campagne,
    peut_relire_bilan,
    peut_rouvrir_bilan,
    peut_valider_bilan,
)
from actions.models import Bilan, Campagne, TransitionBilan
from actions.regles.bilans import AUTOMATE_BILAN, GESTION
from pdi.comptes.models import Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat, changer_etat_en_lot
from pdi.socle.operations import journaliser, prevenir

from .bilans import verrouiller


def _auteurs(bilan: Bilan, par: Any) -> list[Utilisateur]:
    """Return who is told of a decision: the pilotes of the fiche and who submitted, without the decider."""
    pilotes = pilotes_par_fiche([bilan.fiche_id]).get(bilan.fiche_id, [])
    return [u for u in [*pilotes, bilan.soumis_par] if u is not None and u.pk != par.pk]


def _verifier_version(bilan: Bilan, version: int | None) -> None:
    if version is not None and version != bilan.version:
        raise RegleMetier("Ce bilan a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")


def _renvoyer(bilan: Bilan, verbe: str, commentaire: str, par: Any) -> None:
    """Move to « à corriger », tell the pilotes why."""
    changer_etat(
        automate=AUTOMATE_BILAN,
        verbe=verbe,
        objet=bilan,
        acteurs=acteurs_du_bilan(par, bilan),
        ligne=TransitionBilan,
        cle="bilan",
        par=par,
        commentaire=commentaire,
        valeurs={
            "renvoye_le": timezone.now(),
            "renvoye_par": par,
            "motif_renvoi": commentaire.strip(),
            "valide_le": None,
            "valide_par": None,
            "version": bilan.version + 1,
        },
    )
    journaliser(par=par, verbe=verbe, objet=bilan, commentaire=commentaire.strip())
    prevenir(
        destinataires=_auteurs(bilan, par),
        titre=f"Bilan {bilan.campagne.annee} à corriger : fiche {bilan.fiche.numero}",
        texte=commentaire.strip(),
        url=bilan.get_absolute_url(),
    )


@transaction.atomic
def renvoyer_bilan(*, bilan: Bilan, commentaire: str, par: Any, version: int | None = None) -> Bilan:
    """Send a submitted bilan back to its pilote, saying what to correct.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier without a comment or when the bilan changed
    since `version` was read.
    """
    bilan = verrouiller(bilan)
    exiger(peut_relire_bilan(par, bilan))
    _verifier_version(bilan, version)
    _renvoyer(bilan, "renvoyer_bilan", commentaire, par)
    return bilan


@transaction.atomic
def rouvrir_bilan(*, bilan: Bilan, commentaire: str, par: Any) -> Bilan:
    """Reopen a validated bilan: it goes back to its pilote, saying why.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier without a comment.
    """
    bilan = verrouiller(bilan)
    exiger(peut_rouvrir_bilan(par, bilan))
    _renvoyer(bilan, "rouvrir_bilan", commentaire, par)
    return bilan


@transaction.atomic
def valider_bilan(*, bilan: Bilan, par: Any, version: int | None = None) -> Bilan:
    """Validate a submitted bilan: it enters the annual report as it stands.

    Raises DroitInsuffisant (also for who submitted it), TransitionImpossible, and RegleMetier when the bilan
    changed since `version` was read.
    """
    bilan = verrouiller(bilan)
    exiger(peut_valider_bilan(par, bilan))
    _verifier_version(bilan, version)
    changer_etat(
        automate=AUTOMATE_BILAN,
        verbe="valider_bilan",
        objet=bilan,
        acteurs=acteurs_du_bilan(par, bilan),
        ligne=TransitionBilan,
        cle="bilan",
        par=par,
        valeurs={"valide_le": timezone.now(), "valide_par": par, "version": bilan.version + 1},
    )
    journaliser(par=par, verbe="valider_bilan", objet=bilan)
    prevenir(
        destinataires=_auteurs(bilan, par),
        titre=f"Bilan {bilan.campagne.annee} validé : fiche {bilan.fiche.numero}",
        texte="Il entre tel quel dans le rapport annuel.",
        url=bilan.get_absolute_url(),
    )
    return bilan


@dataclass(frozen=True)
class Lot:
    """What a validation by lot did, or would do: bilans validated, and those refused with their reason."""

    valides: list[Bilan]
    refuses: list[tuple[Bilan, str]]


def trier_lot(*, bilans: Iterable[Bilan], par: Any) -> Lot:
    """Tell which bilans `par` would validate and which not, with the reason. Nothing is written."""
    lot = Lot([], [])
    for bilan in bilans:
        verdict = peut_valider_bilan(par, bilan)
        if verdict:
            lot.valides.append(bilan)
        else:
            lot.refuses.append((bilan, verdict.motif))
    return lot


@transaction.atomic
def valider_en_lot(*, campagne: Campagne, bilans: Iterable[int], par: Any) -> Lot:
    """Validate the submitted bilans among `bilans`; the others are returned with the reason, nothing is forced.

    Set-based. Raises DroitInsuffisant when `par` does not manage the campaign.
    """
    exiger(peut_gerer_campagne(par, campagne.programme))
    lus = list(
        Bilan.objects.select_for_update(of=("self",))
        .filter(campagne=campagne, pk__in=list(bilans))
        .select_related("campagne__programme", "fiche", "soumis_par")
        .order_by("fiche__ordre", "fiche_id")
    )
    lot = trier_lot(bilans=lus, par=par)
    if not lot.valides:
        return lot
    for bilan in lot.valides:
        bilan.version += 1
    Bilan.objects.bulk_update(lot.valides, ["version"])
    changer_etat_en_lot(
        automate=AUTOMATE_BILAN,
        verbe="valider_bilan",
        objets=lot.valides,
        acteurs={GESTION},
        ligne=TransitionBilan,
        cle="bilan",
        par=par,
        valeurs={"valide_le": timezone.now(), "valide_par": par},
    )
    numeros = [b.fiche.numero for b in lot.valides]
    journaliser(par=par, verbe="valider_en_lot", objet=campagne, apres={"bilans validés": numeros})
    pilotes = pilotes_par_fiche(b.fiche_id for b in lot.valides)
    auteurs = [b.soumis_par for b in lot.valides if b.soumis_par is not None]
    prevenir(
        destinataires=[u for u in [*auteurs, *(p for liste in pilotes.values() for p in liste)] if u.pk != par.pk],
        titre=f"Bilans {campagne.annee} validés",
        texte="Vos bilans validés entrent tels quels dans le rapport annuel.",
        url=reverse("actions:bilans"),
    )
    return lot
