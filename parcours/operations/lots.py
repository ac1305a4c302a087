"""Bulk actions: freeze the set, keep what was typed, do it once, at once or as a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from parcours.gestes_lot import GESTES, formulaire, personnes_de
from parcours.models import GesteLot, Lot
from parcours.querysets import PersonneQuerySet
from parcours.regles.lots import SEUIL_ARRIERE_PLAN, Apercu
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import Traitement
from pdi.socle.operations import journaliser
from pdi.socle.suivi import Suivi
from pdi.socle.traitements import lancer

DEJA_FAIT = "Cette action groupée est déjà faite : son compte rendu est sur cette page."
MAX = 50_000


@transaction.atomic
def figer_lot(*, geste: str, personnes: PersonneQuerySet, par: Any, filtre: list[str], origine: Any = None) -> Lot:
    """Freeze who the action is about: what happens to the filter afterwards changes nothing.

    `origine`: the référent whose portfolio is transferred. Raises DroitInsuffisant, RegleMetier when nobody is chosen.
    """
    exiger(GESTES[geste].verdict(par))
    cles = list(personnes.order_by().values_list("pk", flat=True)[: MAX + 1])
    if not cles:
        raise RegleMetier("Choisissez au moins une personne.")
    if len(cles) > MAX:
        raise RegleMetier(f"Une action groupée porte sur {MAX} personnes au plus : ajoutez un filtre.")
    return Lot.objects.create(geste=geste, auteur=par, filtre=filtre, personnes=sorted(set(cles)), origine=origine)


@transaction.atomic
def enregistrer_saisie(*, lot: Lot, donnees: Mapping[str, str]) -> Lot:
    """Keep what the author typed, for the preview. Raises RegleMetier when the lot is done or running."""
    lot = _a_faire(lot)
    lot.saisie = dict(donnees)
    lot.save(update_fields=["saisie"])
    return lot


def apercevoir(lot: Lot) -> Apercu:
    """Return what the action would do now, without writing."""
    form = formulaire(lot)
    if not form.is_valid():  # what was typed no longer holds: an account closed since, a reason withdrawn
        raise RegleMetier("Ce qui a été saisi n’est plus valable : complétez de nouveau le formulaire.")
    return GESTES[lot.geste].apercevoir(personnes_de(lot), form.saisie(), lot.auteur)


def _a_faire(lot: Lot) -> Lot:
    lot = Lot.objects.select_for_update(of=("self",)).select_related("auteur", "traitement").get(pk=lot.pk)
    if lot.execute_le is not None or (lot.traitement is not None and lot.traitement.actif):
        raise RegleMetier(DEJA_FAIT if lot.execute_le else "Cette action groupée est en cours.")
    return lot


@transaction.atomic
def executer_lot(*, lot: Lot, empreinte: str, par: Any) -> Lot:
    """Do what the preview `empreinte` showed, whole, or nothing. Raises DroitInsuffisant, RegleMetier."""
    exiger(GESTES[lot.geste].verdict(par))
    lot = Lot.objects.select_for_update(of=("self",)).select_related("auteur").get(pk=lot.pk)
    if lot.execute_le is not None:
        raise RegleMetier(DEJA_FAIT)
    form = formulaire(lot)
    if not form.is_valid():
        raise RegleMetier("Ce qui a été saisi n’est plus valable : complétez de nouveau le formulaire.")
    fait = GESTES[lot.geste].executer(personnes_de(lot), form.saisie(), par, empreinte)
    lot.rapport, lot.execute_le = fait.rapport(), timezone.now()
    lot.save(update_fields=["rapport", "execute_le"])
    journaliser(
        par=par, verbe="executer_lot", objet=lot,
        apres={"choisies": len(lot.personnes), "faites": len(fait.retenues), "laissées": fait.hors},
    )  # fmt: skip
    return lot


@transaction.atomic
def confirmer_lot(*, lot: Lot, empreinte: str, par: Any) -> Traitement | None:
    """Do the action at once, or above SEUIL_ARRIERE_PLAN people launch the job that does it, and return it."""
    lot = _a_faire(lot)
    if len(lot.personnes) <= SEUIL_ARRIERE_PLAN or GESTES[lot.geste].immediat:
        executer_lot(lot=lot, empreinte=empreinte, par=par)
        return None
    exiger(GESTES[lot.geste].verdict(par))
    traitement, _ = lancer(
        nature="lot", cle=str(lot.pk), intitule=f"{GesteLot(lot.geste).label} : {len(lot.personnes)} personnes",
        par=par, tache="parcours.faire_lot", parametres={"lot_id": str(lot.pk), "empreinte": empreinte},
        url_retour=lot.get_absolute_url(),
    )  # fmt: skip
    lot.traitement = traitement
    lot.save(update_fields=["traitement"])
    return traitement


def executer_travail(*, lot_id: str, empreinte: str, suivi: Suivi) -> None:
    """Do the action in a worker; the report and the end of the job are written together."""
    suivi.demarrer(2)
    suivi.avancer("Vérification de chaque personne")
    with transaction.atomic():
        lot = executer_lot(lot=Lot.objects.get(pk=lot_id), empreinte=empreinte, par=suivi.traitement.demandeur)
        suivi.avancer("Compte rendu")
        suivi.terminer({"faites": lot.rapport["faites"]})
