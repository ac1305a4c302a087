"""Writes of avenants: prepare, put to the vote, record the vote, apply at the date of effect."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from actions.models import Programme
from actions.operations.bilans import gestionnaires
from actions.operations.nouvelle_fiche import creer_de_textes, preparer_nouvelle
from actions.operations.versions import figer_versions, modifier_texte, preparer_texte
from gouvernance.droits_avenants import peut_modifier_avenant, peut_preparer_avenant
from gouvernance.lecture_avenant import conflits
from gouvernance.models import Avenant, EtatAvenant, EtatModification, ModificationFiche, TransitionAvenant
from gouvernance.regles.avenants import AUTOMATE_AVENANT, GESTION, faute_de_vote
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.formats import date_longue
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir

from .modifications import changer_modifications

CHAMPS = ("intitule", "expose", "effet")
CHAMPS_VOTE = ("deliberation", "vote_le", "effet")
journal_technique = logging.getLogger(__name__)


def _verrouiller(avenant: Avenant) -> Avenant:
    return Avenant.objects.select_for_update(of=("self",)).select_related("programme", "vote_par").get(pk=avenant.pk)


def _retenues(avenant: Avenant) -> list[ModificationFiche]:
    lues = avenant.modifications.filter(etat=EtatModification.RETENUE)
    return list(lues.select_related("fiche__programme", "programme", "axe").dans_l_ordre())


@transaction.atomic
def creer_avenant(
    *, programme: Programme, intitule: str, par: Any, expose: str = "", effet: datetime.date | None = None,
    demonstration: bool = False,
) -> Avenant:  # fmt: skip
    """Create an avenant in preparation, numbered after the last one. Raises DroitInsuffisant, RegleMetier."""
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    exiger(peut_preparer_avenant(par, programme))
    numero = (programme.avenants.aggregate(m=Max("numero"))["m"] or 0) + 1
    lu = Avenant(
        programme=programme, numero=numero, intitule=" ".join(intitule.split()), expose=expose.strip(), effet=effet,
        demonstration=demonstration,
    )  # fmt: skip
    enregistrer(lu)
    TransitionAvenant.objects.create(avenant=lu, vers=EtatAvenant.PREPARATION, par=par)
    journaliser(par=par, verbe="creer_avenant", objet=lu, apres=etat_de(lu, CHAMPS))
    return lu


@transaction.atomic
def modifier_avenant(
    *, avenant: Avenant, version: int | None, intitule: str, expose: str, effet: datetime.date | None, par: Any
) -> Avenant:
    """Change an avenant in preparation. Raises DroitInsuffisant, and RegleMetier when it changed meanwhile."""
    lu = _verrouiller(avenant)
    exiger(peut_modifier_avenant(par, lu))
    if lu.version != version:
        raise RegleMetier("Cet avenant a été modifié entre-temps : relisez-le, puis reprenez votre saisie.")
    avant = etat_de(lu, CHAMPS)
    lu.intitule, lu.expose, lu.effet = " ".join(intitule.split()), expose.strip(), effet
    lu.version += 1
    enregistrer(lu)
    journaliser(par=par, verbe="modifier_avenant", objet=lu, avant=avant, apres=etat_de(lu, CHAMPS))
    return lu


def _refuser_conflits(lues: list[ModificationFiche]) -> None:
    """Raise RegleMetier when a rubric changed since its proposal, or when its new text no longer reads."""
    trouves = conflits(lues)
    if pris := [m.numero for m in lues if m.creation and m.pk in trouves]:
        raise RegleMetier(
            f"Une fiche porte déjà le numéro {', '.join(pris)}\u00a0: donnez-en un autre à la nouvelle fiche, ou "
            "sortez la proposition de l’avenant."
        )
    if trouves:
        noms = ", ".join(f"fiche {m.numero}, {m.get_champ_display()}" for m in lues if m.pk in trouves)
        raise RegleMetier(
            f"La fiche a changé depuis la proposition\u00a0: {noms}. Comparez, puis confirmez la proposition sur le "
            "texte actuel ou sortez-la de l’avenant."
        )
    for lue in lues:
        with _nommant(lue):
            if lue.creation:
                preparer_nouvelle(lue.programme_vise, lue.axe, lue.contenu)
            else:
                preparer_texte(lue.ciblee, lue.champ, lue.apres)


@contextmanager
def _nommant(lue: ModificationFiche) -> Iterator[None]:
    """Say which proposal a refusal is about."""
    try:
        yield
    except RegleMetier as erreur:
        raise RegleMetier(f"{lue}\u00a0: {erreur.message}") from erreur


def _changer(avenant: Avenant, verbe: str, par: Any, commentaire: str = "", **valeurs: Any) -> None:
    changer_etat(
        automate=AUTOMATE_AVENANT, verbe=verbe, objet=avenant, acteurs={GESTION}, ligne=TransitionAvenant,
        cle="avenant", par=par, commentaire=commentaire, valeurs={"version": avenant.version + 1, **valeurs},
    )  # fmt: skip


@transaction.atomic
def proposer_avenant(*, avenant: Avenant, par: Any) -> Avenant:
    """Put an avenant to the vote.

    Raises DroitInsuffisant, and RegleMetier: nothing in it, no explanation, no date of effect, a rubric that changed.
    """
    lu = _verrouiller(avenant)
    exiger(peut_preparer_avenant(par, lu.programme))
    lues = _retenues(lu)
    if not lues:
        raise RegleMetier("Mettez d’abord au moins une proposition dans l’avenant.")
    if not lu.expose or lu.effet is None:
        raise RegleMetier("Écrivez l’exposé des motifs et la date d’effet avant de proposer l’avenant au vote.")
    _refuser_conflits(lues)
    _changer(lu, "proposer_avenant", par)
    journaliser(par=par, verbe="proposer_avenant", objet=lu, apres={"Propositions": [str(m) for m in lues]})
    return lu


@transaction.atomic
def reprendre_avenant(*, avenant: Avenant, commentaire: str, par: Any) -> Avenant:
    """Take an avenant back to its preparation. Raises DroitInsuffisant, RegleMetier without a comment."""
    lu = _verrouiller(avenant)
    exiger(peut_preparer_avenant(par, lu.programme))
    _changer(lu, "reprendre_avenant", par, commentaire)
    journaliser(par=par, verbe="reprendre_avenant", objet=lu, commentaire=commentaire)
    return lu


def _voter(deliberation: str, vote_le: datetime.date, effet: datetime.date | None) -> dict[str, Any]:
    if not deliberation.strip():
        raise RegleMetier("Donnez le numéro de la délibération.", champ="deliberation")
    if faute := faute_de_vote(vote_le, effet, timezone.localdate()):
        raise RegleMetier(faute[1], champ=faute[0])
    return {"deliberation": deliberation.strip(), "vote_le": vote_le}


@transaction.atomic
def voter_avenant(
    *, avenant: Avenant, deliberation: str, vote_le: datetime.date, effet: datetime.date, par: Any
) -> Avenant:
    """Record that the Assemblée adopted the avenant; in effect already, it is applied at once.

    Raises DroitInsuffisant, and RegleMetier: a vote to come, an effect before the vote, a rubric that changed.
    """
    lu = _verrouiller(avenant)
    exiger(peut_preparer_avenant(par, lu.programme))
    valeurs = _voter(deliberation, vote_le, effet)
    _refuser_conflits(_retenues(lu))
    avant = etat_de(lu, CHAMPS_VOTE)
    _changer(lu, "voter_avenant", par, effet=effet, vote_par=par, **valeurs)
    journaliser(par=par, verbe="voter_avenant", objet=lu, avant=avant, apres=etat_de(lu, CHAMPS_VOTE))
    if effet <= timezone.localdate():
        return appliquer_avenant(avenant=lu, par=par)
    return lu


@transaction.atomic
def rejeter_avenant(
    *, avenant: Avenant, deliberation: str, vote_le: datetime.date, commentaire: str, par: Any
) -> Avenant:
    """Record that the Assemblée refused the avenant: its proposals are set aside.

    Raises DroitInsuffisant, RegleMetier: a vote to come, no comment.
    """
    lu = _verrouiller(avenant)
    exiger(peut_preparer_avenant(par, lu.programme))
    valeurs = _voter(deliberation, vote_le, None)
    if lu.effet is not None and lu.effet < vote_le:
        valeurs["effet"] = None
    _changer(lu, "rejeter_avenant", par, commentaire, vote_par=par, **valeurs)
    changer_modifications("rejeter_modification", _retenues(lu), par, {GESTION}, commentaire=str(lu))
    journaliser(par=par, verbe="rejeter_avenant", objet=lu, apres=etat_de(lu, CHAMPS_VOTE), commentaire=commentaire)
    return lu


@transaction.atomic
def appliquer_avenant(*, avenant: Avenant, par: Any) -> Avenant:
    """Write a voted avenant in its fiches: what they said is kept as a version, then each takes a new one.

    What the Assemblée voted is written even where the fiche was corrected between the vote and the effect: the
    correction stays readable in the version before. A new fiche is created, its first version is this one. Raises
    DroitInsuffisant, and RegleMetier: not voted, not in effect yet, a text that no longer reads, a number taken since.
    """
    lu = _verrouiller(avenant)
    exiger(peut_preparer_avenant(par, lu.programme))
    if lu.etat != EtatAvenant.VOTE or lu.effet is None:
        raise RegleMetier("Seul un avenant voté s’applique.")
    if lu.applique_le is not None:
        return lu
    if lu.effet > timezone.localdate():
        raise RegleMetier(f"Cet avenant prend effet le {date_longue(lu.effet)}.")
    lues = _retenues(lu)
    suite: dict[str, Any] = {"effet": lu.effet, "par": par, "demonstration": lu.demonstration}
    changees = [m.ciblee.pk for m in lues if not m.creation]
    figer_versions(fiches=changees, origine=f"Texte avant l’avenant n°\u00a0{lu.numero}", **suite)
    for lue in lues:
        with _nommant(lue):
            if lue.creation:
                lue.fiche = creer_de_textes(programme=lu.programme, axe=lue.axe, textes=lue.contenu, par=par)
            else:
                modifier_texte(fiche=lue.ciblee, champ=lue.champ, texte=lue.apres, par=par)
    touchees = [m.ciblee.pk for m in lues]
    versions = figer_versions(fiches=touchees, origine=f"{lu}\u00a0: {lu.intitule}"[:250], **suite)
    for lue in lues:
        lue.version_fiche = versions[lue.ciblee.pk]
    ModificationFiche.objects.bulk_update(lues, ["fiche", "version_fiche"])
    changer_modifications("appliquer_modification", lues, par, {GESTION})
    lu.applique_le = timezone.now()
    lu.save(update_fields=["applique_le"])
    journaliser(par=par, verbe="appliquer_avenant", objet=lu, apres={"Propositions": [str(m) for m in lues]})
    return lu


def appliquer_avenants_dus() -> int:
    """Apply the voted avenants whose day has come, in the name of who recorded the vote; return how many.

    One that cannot be applied is left as it is, and the managers are told why.
    """
    dus = Avenant.objects.filter(etat=EtatAvenant.VOTE, applique_le=None, effet__lte=timezone.localdate())
    faits = 0
    for avenant in dus.select_related("vote_par"):
        try:
            appliquer_avenant(avenant=avenant, par=avenant.vote_par)
            faits += 1
        except (RegleMetier, PermissionDenied) as erreur:
            journal_technique.warning("avenant non appliqué", extra={"avenant": avenant.pk})
            prevenir(
                destinataires=gestionnaires(), titre=f"{avenant} n’a pas pu être appliqué",
                texte=str(getattr(erreur, "message", "") or erreur)[:500], url=avenant.get_absolute_url(),
            )  # fmt: skip
    return faits
