"""Writes of proposals of change: propose, correct, take up the present text, set aside, put in an avenant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from actions.models import Bilan, FicheAction
from actions.operations.bilans import gestionnaires
from actions.operations.versions import preparer_texte
from actions.versions import MODIFIABLES, texte_actuel
from gouvernance.droits_avenants import (
    acteurs_de_modification,
    peut_corriger_modification,
    peut_ecarter_modification,
    peut_modifier_avenant,
    peut_proposer_modification,
)
from gouvernance.models import (
    Avenant,
    Decision,
    EtatModification,
    ModificationFiche,
    OrigineModification,
    TransitionModification,
)
from gouvernance.regles.avenants import AUTOMATE_MODIFICATION, GESTION
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat_en_lot
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir

CHAMPS = ("champ", "avant", "apres", "motif", "origine")
MEME_TEXTE = "Le texte proposé est le même que le texte actuel."
BOUGE = "Cette proposition a été modifiée entre-temps : relisez-la, puis reprenez votre saisie."


def _preparer(fiche: FicheAction, champ: str, apres: str) -> tuple[str, str]:
    """Return (present text, clean proposed text). Raises RegleMetier when they are the same."""
    propre, _ecrire = preparer_texte(fiche, champ, apres)
    actuel = texte_actuel(fiche, champ)
    if propre == actuel:
        raise RegleMetier(MEME_TEXTE, champ="apres")
    return actuel, propre


@transaction.atomic
def proposer_modification(
    *,
    fiche: FicheAction,
    champ: str,
    apres: str,
    motif: str,
    par: Any,
    vu: str | None = None,
    origine: str = OrigineModification.LIBRE,
    bilan: Bilan | None = None,
    decision: Decision | None = None,
    demonstration: bool = False,
) -> ModificationFiche:
    """Propose a new text for one rubric. `vu`: the text that the page showed (None: no page).

    Raises DroitInsuffisant, and RegleMetier: unknown rubric, line that does not read, same text, rubric changed
    since the page was shown.
    """
    exiger(peut_proposer_modification(par, fiche))
    actuel, propre = _preparer(fiche, champ, apres)
    if vu is not None and vu.split() != actuel.split():
        raise RegleMetier(
            f"«\u00a0{MODIFIABLES[champ]}\u00a0» a changé pendant que vous écriviez. Votre texte est toujours "
            "là\u00a0: comparez-le au texte actuel, puis enregistrez de nouveau.",
            champ="apres",
        )
    lue = ModificationFiche(
        fiche=fiche, champ=champ, avant=actuel, apres=propre, motif=motif.strip(), origine=origine, bilan=bilan,
        decision=decision, par=par, demonstration=demonstration,
    )  # fmt: skip
    return deposer(lue, titre=f"Modification proposée : fiche {fiche.numero}", texte=MODIFIABLES[champ])


def deposer(lue: ModificationFiche, *, titre: str, texte: str) -> ModificationFiche:
    """Save a new proposal and tell the managers. Part of the operations that hold the verdict."""
    enregistrer(lue)
    TransitionModification.objects.create(modification=lue, vers=EtatModification.PROPOSEE, par=lue.par)
    journaliser(par=lue.par, verbe="proposer_modification", objet=lue, apres=etat_de(lue, CHAMPS))
    prevenir(
        destinataires=[u for u in gestionnaires() if u.pk != lue.par_id], titre=titre, texte=texte,
        url=lue.get_absolute_url(),
    )  # fmt: skip
    return lue


def verrouiller_modification(modification: ModificationFiche) -> ModificationFiche:
    """Return the proposal read under lock. Call it inside a transaction."""
    return (
        ModificationFiche.objects.select_for_update(of=("self",))
        .select_related("fiche__programme", "programme", "axe", "avenant__programme", "par")
        .get(pk=modification.pk)
    )


@transaction.atomic
def corriger_modification(
    *, modification: ModificationFiche, version: int, apres: str, motif: str, par: Any
) -> ModificationFiche:
    """Change the proposed text or its reason; what it starts from becomes the present text.

    Raises DroitInsuffisant, and RegleMetier: changed meanwhile, same text, line that does not read.
    """
    lue = a_corriger(modification, version, par)
    avant = etat_de(lue, CHAMPS)
    lue.avant, lue.apres = _preparer(lue.ciblee, lue.champ, apres)
    return garder_correction(lue, motif, avant, par)


def a_corriger(modification: ModificationFiche, version: int, par: Any) -> ModificationFiche:
    """Return the proposal under lock. Raises DroitInsuffisant, RegleMetier when it changed meanwhile."""
    lue = verrouiller_modification(modification)
    exiger(peut_corriger_modification(par, lue))
    if lue.version != version:
        raise RegleMetier(BOUGE)
    return lue


def garder_correction(lue: ModificationFiche, motif: str, avant: dict[str, Any], par: Any) -> ModificationFiche:
    """Save a corrected proposal. Part of the operations that hold the verdict."""
    lue.motif, lue.version = motif.strip(), lue.version + 1
    enregistrer(lue)
    journaliser(par=par, verbe="corriger_modification", objet=lue, avant=avant, apres=etat_de(lue, CHAMPS))
    return lue


def reprendre_texte_actuel(*, modification: ModificationFiche, par: Any) -> ModificationFiche:
    """Confirm a proposal on top of what the fiche says now: the answer to a conflict.

    Raises DroitInsuffisant, and RegleMetier when the fiche already says it.
    """
    return corriger_modification(
        modification=modification, version=modification.version, apres=modification.apres, motif=modification.motif,
        par=par,
    )  # fmt: skip


def changer_modifications(verbe: str, lues: list[ModificationFiche], par: Any, acteurs: set[str], **suite: Any) -> None:
    """Move locked proposals along their machine."""
    changer_etat_en_lot(
        automate=AUTOMATE_MODIFICATION, verbe=verbe, objets=lues, acteurs=acteurs, ligne=TransitionModification,
        cle="modification", par=par, **suite,
    )  # fmt: skip


@transaction.atomic
def ecarter_modification(*, modification: ModificationFiche, commentaire: str, par: Any) -> ModificationFiche:
    """Set a proposal aside, and tell its author. Raises DroitInsuffisant, RegleMetier without a comment."""
    lue = verrouiller_modification(modification)
    exiger(peut_ecarter_modification(par, lue))
    changer_modifications(
        "ecarter_modification", [lue], par, acteurs_de_modification(par, lue), commentaire=commentaire,
        valeurs={"version": lue.version + 1},
    )  # fmt: skip
    journaliser(par=par, verbe="ecarter_modification", objet=lue, commentaire=commentaire)
    if lue.par_id != par.pk:
        prevenir(
            destinataires=[lue.par], titre="Votre proposition de modification est écartée", texte=commentaire,
            url=lue.get_absolute_url(),
        )  # fmt: skip
    return lue


@transaction.atomic
def retenir_modifications(*, avenant: Avenant, modifications: Iterable[int], par: Any) -> int:
    """Put proposals that wait in an avenant in preparation; return how many.

    Raises DroitInsuffisant, and RegleMetier: another programme, no longer waiting, two for one rubric.
    """
    avenant = Avenant.objects.select_for_update(of=("self",)).select_related("programme").get(pk=avenant.pk)
    exiger(peut_modifier_avenant(par, avenant))
    ids = set(modifications)
    lues = list(
        ModificationFiche.objects.select_for_update(of=("self",))
        .du_programme(avenant.programme)
        .filter(pk__in=ids)
        .select_related("fiche")
        .order_by("pk")
    )
    if len(lues) < len(ids):
        raise RegleMetier("Une de ces propositions porte sur un autre programme.", champ="modifications")
    deja = avenant.modifications.exclude(etat=EtatModification.ECARTEE).select_related("fiche")
    prises = {(m.numero, m.champ) for m in deja}
    for lue in lues:
        if (lue.numero, lue.champ) in prises:
            dit = (
                f"L’avenant crée déjà une fiche {lue.numero}"
                if lue.creation
                else f"L’avenant modifie déjà «\u00a0{lue.get_champ_display()}\u00a0» de la fiche {lue.numero}"
            )
            raise RegleMetier(f"{dit}\u00a0: gardez une seule des deux propositions.", champ="modifications")
        prises.add((lue.numero, lue.champ))
    changer_modifications("retenir_modification", lues, par, {GESTION}, valeurs={"avenant": avenant})
    if lues:
        journaliser(
            par=par, verbe="retenir_modifications", objet=avenant, apres={"Propositions": [str(m) for m in lues]}
        )
    return len(lues)


@transaction.atomic
def liberer_modification(*, modification: ModificationFiche, par: Any) -> ModificationFiche:
    """Take a proposal out of its avenant in preparation. Raises DroitInsuffisant, TransitionImpossible."""
    lue = verrouiller_modification(modification)
    avenant = lue.avenant
    if avenant is None:
        raise RegleMetier("Cette proposition n’est dans aucun avenant.")
    exiger(peut_modifier_avenant(par, avenant))
    changer_modifications("liberer_modification", [lue], par, {GESTION}, valeurs={"avenant": None})
    journaliser(par=par, verbe="liberer_modification", objet=avenant, avant={"Propositions": [str(lue)]})
    return lue
