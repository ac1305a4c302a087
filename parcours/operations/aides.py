"""Writes of aids: asked, sent back, granted under every rule and within the envelope, refused, paid, cancelled."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from parcours.droits.aides import acteurs_aide, peut_agir_aide, peut_demander_aide, peut_joindre
from parcours.lecture_aides import controler, enveloppe_de
from parcours.models import (
    AffectationReferent,
    AttributionAide,
    EnveloppeAide,
    EtatAide,
    Personne,
    PieceAide,
    ReglementAide,
    TransitionAide,
)
from parcours.regles.aides import Controle, derogeables, evaluer_versement, refus
from parcours.regles.attributions import AUTOMATE_AIDE
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.formats import date_longue
from pdi.socle.operations import journaliser, prevenir
from pdi.socle.pieces import garder_piece

PIECES_MAX = 10


@dataclass(frozen=True)
class SaisieAide:
    """What is asked. `confirmations`: codes of lecture_aides.A_CONFIRMER that the requester vouches for. Euros."""

    reglement: ReglementAide
    objet: str
    montant: Decimal
    demandee_le: datetime.date
    composante: str = ""
    reprise_activite_le: datetime.date | None = None
    naissance_enfant: datetime.date | None = None
    confirmations: Sequence[str] = ()


# The field of the request that each nature of rule is about; the others are about the aid itself.
CHAMP_DE = {
    "plafond": "montant", "enveloppe": "montant", "duree": "reprise_activite_le", "delai": "demandee_le",
    "composante": "aide", "prerequis": "aide", "age": "aide",
}  # fmt: skip


class AideHorsReglement(RegleMetier):
    """A rule refuses; the message names each one and what is left. `controles` is what every rule said."""

    def __init__(self, controles: Iterable[Controle], source: str) -> None:
        """Keep the controls; the sentence names the source."""
        self.controles = list(controles)
        self.refus = refus(self.controles)
        suite = f" (source\u00a0: {source})" if source else ""
        super().__init__(" ".join(c.message for c in self.refus) + suite)
        self.details = [(CHAMP_DE.get(c.nature), c.message) for c in self.refus]


def _source(aide: AttributionAide) -> str:
    return ", ".join(m for m in (aide.reglement.intitule, aide.reglement.source) if m)


def _remplir(aide: AttributionAide, saisie: SaisieAide) -> list[Controle]:
    """Write what was asked on the row and return what every rule says of it today."""
    jour = timezone.localdate()
    if saisie.montant <= 0:
        raise RegleMetier("Le montant demandé est supérieur à zéro.", champ="montant")
    if not saisie.objet.strip():
        raise RegleMetier("Dites ce que l’aide paie.", champ="objet")
    if saisie.demandee_le > jour:
        raise RegleMetier("La demande ne peut pas être datée du futur.", champ="demandee_le")
    if saisie.demandee_le not in saisie.reglement.validite:
        raise RegleMetier(
            f"Le règlement «\u00a0{saisie.reglement}\u00a0» n’est pas en vigueur le {date_longue(saisie.demandee_le)}.",
            champ="demandee_le",
        )
    aide.reglement, aide.objet, aide.montant = saisie.reglement, saisie.objet.strip(), saisie.montant
    aide.demandee_le, aide.composante = saisie.demandee_le, saisie.composante
    aide.reprise_activite_le, aide.naissance_enfant = saisie.reprise_activite_le, saisie.naissance_enfant
    aide.confirmations = sorted(saisie.confirmations)
    controles = controler(aide, jour=jour, enveloppe=enveloppe_de(aide.reglement, aide.personne_id, jour))
    aide.controles = [c.en_json() for c in controles]
    return controles


def examiner(*, personne: Personne, saisie: SaisieAide) -> list[Controle]:
    """Return what every rule says of a request before it is written. Nothing is written. Raises RegleMetier."""
    return _remplir(AttributionAide(personne=personne), saisie)


def _exiger_conforme(aide: AttributionAide, controles: list[Controle], *, malgre: bool) -> None:
    if refus(controles) and not malgre:
        raise AideHorsReglement(controles, _source(aide))


@transaction.atomic
def demander_aide(*, personne: Personne, saisie: SaisieAide, par: Any, malgre: bool = False) -> AttributionAide:
    """Ask for an aid. A request that a rule refuses is turned down at once, unless `malgre`: the encadrant decides.

    Raises DroitInsuffisant, AideHorsReglement (each rule, its source, what is left), RegleMetier.
    """
    exiger(peut_demander_aide(par, personne))
    aide = AttributionAide(personne=personne, demandee_par=par)
    _exiger_conforme(aide, _remplir(aide, saisie), malgre=malgre)
    aide.save()
    TransitionAide.objects.create(aide=aide, de="", vers=EtatAide.DEMANDEE, par=par)
    journaliser(par=par, verbe="demander_aide", objet=aide, apres={"montant": aide.montant})
    _dire(decideurs_de(aide), "Une aide attend votre décision", aide, par)
    return aide


class _Acte:
    """One change on a locked row: the right and the state are judged first, then `ecrire` writes it and logs it."""

    def __init__(self, aide: AttributionAide, verbe: str, par: Any) -> None:
        self.verbe, self.par = verbe, par
        self.lue = (
            AttributionAide.objects.select_for_update(of=("self",))
            .select_related("personne", "reglement", "demandee_par")
            .get(pk=aide.pk)
        )
        self.acteurs = acteurs_aide(par, self.lue)
        exiger(peut_agir_aide(par, self.lue, verbe, acteurs=self.acteurs))

    def ecrire(self, valeurs: Mapping[str, Any], commentaire: str = "") -> None:
        """Write the new state and `valeurs`."""
        avant = self.lue.get_etat_display()
        changer_etat(
            automate=AUTOMATE_AIDE, verbe=self.verbe, objet=self.lue, acteurs=self.acteurs, ligne=TransitionAide,
            cle="aide", par=self.par, commentaire=commentaire, valeurs=valeurs,
        )  # fmt: skip
        journaliser(
            par=self.par, verbe=self.verbe, objet=self.lue, avant={"état": avant},
            apres={"état": self.lue.get_etat_display(), "montant": self.lue.montant}, commentaire=commentaire,
        )  # fmt: skip


# -- who is told -------------------------------------------------------------------------------


def decideurs_de(aide: AttributionAide) -> list[Utilisateur]:
    """Return the encadrants of the structure that follows the person, or of its parent."""
    jour = timezone.localdate()
    suivi = AffectationReferent.objects.filter(personne=aide.personne_id, periode__contains=jour)
    structures = {s for paire in suivi.values_list("structure", "structure__parent") for s in paire if s}
    tenues = Habilitation.objects.au(jour).filter(Q(structure__in=structures), role=Role.ENCADRANT)
    return list(Utilisateur.objects.filter(habilitations__in=tenues).distinct())


def _dire(destinataires: Iterable[Utilisateur | None], titre: str, aide: AttributionAide, par: Any) -> None:
    autres = [u for u in destinataires if u is not None and u.pk != par.pk]
    prevenir(destinataires=autres, titre=titre, texte=str(aide.reglement), url=aide.get_absolute_url())


# -- the requester's side ----------------------------------------------------------------------


@transaction.atomic
def corriger_aide(*, aide: AttributionAide, saisie: SaisieAide, par: Any, malgre: bool = False) -> AttributionAide:
    """Correct a request not decided yet, sent back or not. Raises as `demander_aide`."""
    acte = _Acte(aide, "corriger_aide", par)
    lue, renvoyee = acte.lue, acte.lue.etat == EtatAide.A_CORRIGER
    _exiger_conforme(lue, _remplir(lue, saisie), malgre=malgre)
    lue.save()
    acte.ecrire({"demandee_par": par})
    if renvoyee:
        _dire(decideurs_de(lue), "Une aide corrigée attend votre décision", lue, par)
    return lue


@transaction.atomic
def joindre_justificatif(*, aide: AttributionAide, fichier: File[Any], par: Any) -> PieceAide:
    """Attach a supporting document: type and size checked. Raises DroitInsuffisant, RegleMetier."""
    lue = AttributionAide.objects.select_for_update(of=("self",)).select_related("personne").get(pk=aide.pk)
    exiger(peut_joindre(par, lue))
    if lue.pieces.count() >= PIECES_MAX:
        raise RegleMetier(f"Cette aide a déjà {PIECES_MAX} documents.", champ="fichier")
    return garder_piece(piece=PieceAide(aide=lue), fichier=fichier, par=par, journal=lue)


# -- the decision ------------------------------------------------------------------------------


@transaction.atomic
def renvoyer_aide(*, aide: AttributionAide, commentaire: str, par: Any) -> AttributionAide:
    """Send a request back to be completed; the requester is told. Raises DroitInsuffisant, RegleMetier (comment)."""
    acte = _Acte(aide, "renvoyer_aide", par)
    acte.ecrire({}, commentaire)
    _dire([acte.lue.demandee_par], "Une demande d’aide est à compléter", acte.lue, par)
    return acte.lue


@transaction.atomic
def accorder_aide(*, aide: AttributionAide, par: Any, derogation: str = "") -> AttributionAide:
    """Grant: every rule is judged again under lock, the envelope of the year pays, nothing is ever exceeded.

    The person's row is locked, so that two grants to her never add up over a ceiling; then the envelope's, so that
    two grants never spend the same euro. `derogation` sets aside the rules that allow it, with its reason.
    Raises DroitInsuffisant (not the encadrant, or who asked), AideHorsReglement, RegleMetier.
    """
    acte = _Acte(aide, "accorder_aide", par)
    lue, jour = acte.lue, timezone.localdate()
    lue.personne = Personne.objects.select_for_update(no_key=True).get(pk=lue.personne_id)
    choisie = enveloppe_de(lue.reglement, lue.personne_id, jour)
    enveloppe = EnveloppeAide.objects.select_for_update().get(pk=choisie.pk) if choisie else None
    controles = controler(lue, jour=jour, enveloppe=enveloppe)
    deroge = bool(derogation.strip()) and derogeables(lue.reglement.regles, controles)
    if refus(controles) and not deroge:
        raise AideHorsReglement(controles, _source(lue))
    if enveloppe is not None:
        enveloppe.consomme += lue.montant
        enveloppe.save(update_fields=["consomme"])
    valeurs = {
        "decidee_le": jour, "decidee_par": par, "notifiee_le": timezone.now(), "enveloppe": enveloppe,
        "controles": [c.en_json() for c in controles], "derogation": derogation.strip() if deroge else "",
    }  # fmt: skip
    acte.ecrire(valeurs, derogation.strip() if deroge else "")
    _dire([lue.demandee_par], "Une aide est accordée", lue, par)
    return lue


@transaction.atomic
def refuser_aide(*, aide: AttributionAide, motif: str, par: Any) -> AttributionAide:
    """Refuse, with the reason the person will be given. Raises DroitInsuffisant, RegleMetier (no reason)."""
    acte = _Acte(aide, "refuser_aide", par)
    valeurs = {"decidee_le": timezone.localdate(), "decidee_par": par, "motif_refus": motif.strip()[:250]}
    acte.ecrire(valeurs, motif)
    _dire([acte.lue.demandee_par], "Une aide est refusée", acte.lue, par)
    return acte.lue


@transaction.atomic
def verser_aide(*, aide: AttributionAide, par: Any) -> AttributionAide:
    """Record the payment, today. Raises DroitInsuffisant, AideHorsReglement when a delay has passed."""
    acte = _Acte(aide, "verser_aide", par)
    lue, maintenant = acte.lue, timezone.localtime()
    notifiee = timezone.localtime(lue.notifiee_le) if lue.notifiee_le else None
    if notifiee is not None:
        delais = evaluer_versement(
            lue.reglement.regles, composante=lue.composante, notifie=notifiee, le=max(maintenant, notifiee)
        )
        if refus(delais):
            raise AideHorsReglement(delais, _source(lue))
    acte.ecrire({"versee_le": maintenant.date()})
    return lue


@transaction.atomic
def annuler_aide(*, aide: AttributionAide, motif: str, par: Any) -> AttributionAide:
    """Cancel before the payment; what was granted goes back to its envelope. Raises DroitInsuffisant, RegleMetier."""
    acte = _Acte(aide, "annuler_aide", par)
    lue = acte.lue
    acte.ecrire({"annulee_le": timezone.localdate()}, motif)
    if lue.enveloppe_id is not None:
        enveloppe = EnveloppeAide.objects.select_for_update().get(pk=lue.enveloppe_id)
        enveloppe.consomme -= lue.montant
        enveloppe.save(update_fields=["consomme"])
    _dire([lue.demandee_par], "Une aide est annulée", lue, par)
    return lue
