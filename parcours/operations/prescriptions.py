"""Writes of prescriptions: written, signed, sent, answered, entered, ended, cancelled. Each tells who must know."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from offre.models import EtatOffre, OffreInsertion
from parcours.droits import peut_suivre
from parcours.droits.prescriptions import (
    acteurs_prescription,
    origines_ouvertes,
    peut_agir_prescription,
    peut_prescrire,
)
from parcours.models import (
    AffectationReferent,
    EtatPrescription,
    Motif,
    OriginePrescription,
    Personne,
    Prescription,
    Presence,
    ReglageReponse,
    ResultatPrescription,
    TransitionPrescription,
)
from parcours.regles.prescriptions import AUTOMATE_PRESCRIPTION, origine_admise, verifier_date
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.operations import journaliser, prevenir
from pdi.structures.models import Structure

from .inscriptions import rendre_les_places
from .liens_reponse import fermer_liens, ouvrir_lien

# Whoever held a place in a session by such a prescription gives it back.
SANS_SUITE = (EtatPrescription.REFUSEE, EtatPrescription.ANNULEE, EtatPrescription.ABANDONNEE)
PAR_LIEN = "Par le lien envoyé à l’opérateur."


@dataclass(frozen=True)
class Saisie:
    """What a prescription says. Either `offre` or `action_libre`."""

    offre: OffreInsertion | None = None
    action_libre: str = ""
    operateur: Structure | None = None
    origine: str = OriginePrescription.REFERENT
    motivation: str = ""
    documents: str = ""


def _verifier(saisie: Saisie, origines: Iterable[str]) -> None:
    if (saisie.offre is None) == (not saisie.action_libre.strip()):
        raise RegleMetier("Choisissez une offre du catalogue ou décrivez l’action, pas les deux.", champ="action_libre")
    if saisie.origine not in origines:
        raise RegleMetier("Votre habilitation ne permet pas de prescrire à ce titre.", champ="origine")
    if not saisie.motivation.strip():
        raise RegleMetier("Dites ce qu’on attend de l’action\u00a0: l’opérateur ne lira que cela.", champ="motivation")
    offre = saisie.offre
    if offre is None:
        return
    if offre.etat != EtatOffre.PUBLIEE:
        raise RegleMetier("Cette offre n’est plus publiée\u00a0: choisissez-en une autre.")
    admise = origine_admise(
        saisie.origine,
        referent=offre.prescription_referent,
        prestataire=offre.prescription_prestataire,
        auto=offre.auto_prescription,
    )
    if not admise:
        qui = ", ".join(offre.prescripteurs) or "personne pour l’instant"
        raise RegleMetier(f"Cette offre se prescrit par\u00a0: {qui}.", champ="origine")
    noms = {o.pk: str(o) for o in offre.operateurs.all()}
    if saisie.operateur is not None and noms and saisie.operateur.pk not in noms:
        raise RegleMetier(
            f"{saisie.operateur} ne porte pas cette offre\u00a0: choisissez {' ou '.join(noms.values())}.",
            champ="operateur",
        )


def _structure_de(par: Any, *, suit: bool) -> int | None:
    """Return the structure in whose name the user prescribes."""
    roles = (Role.REFERENT, Role.ENCADRANT, Role.AGENT_ORIENTATION) if suit else (Role.PRESTATAIRE,)
    return next((h.structure_id for h in par.habilitations_actives if h.role in roles and h.structure_id), None)


@transaction.atomic
def prescrire(*, personne: Personne, saisie: Saisie, par: Any, le: datetime.date | None = None) -> Prescription:
    """Write a prescription for `personne`, today unless `le`; nothing is sent.

    Raises DroitInsuffisant, and RegleMetier: neither offer nor action, an origin the user or the offer does not admit,
    no expectation, an offer no longer published.
    """
    exiger(peut_prescrire(par, personne))
    suit = bool(peut_suivre(par, personne))
    _verifier(saisie, origines_ouvertes(par, suit=suit))
    jour = timezone.localdate()
    verifier_date(le or jour, quoi="La prescription", aujourd_hui=jour, apres=None, quoi_avant="")
    creee = Prescription.objects.create(
        personne=personne,
        offre=saisie.offre,
        action_libre=saisie.action_libre.strip(),
        operateur=saisie.operateur,
        origine=saisie.origine,
        prescripteur=par,
        structure_prescriptrice_id=_structure_de(par, suit=suit),
        motivation=saisie.motivation.strip(),
        documents=saisie.documents.strip(),
        renseignee_le=le or jour,
    )
    TransitionPrescription.objects.create(prescription=creee, de="", vers=EtatPrescription.RENSEIGNEE, par=par)
    journaliser(par=par, verbe="prescrire", objet=creee, apres={"opérateur": str(creee.operateur or "")})
    return creee


@transaction.atomic
def prescrire_et_transmettre(*, personne: Personne, saisie: Saisie, par: Any) -> Prescription:
    """Write, sign and send in one gesture, the person being there. Raises as each of the three does."""
    creee = signer(prescription=prescrire(personne=personne, saisie=saisie, par=par), par=par)
    return transmettre(prescription=creee, par=par)


class Acte:
    """One change on a locked row: the right and the state are judged first, then `ecrire` writes it and logs it."""

    def __init__(
        self, prescription: Prescription, verbe: str, par: Any, *, acteurs: frozenset[str] | None = None
    ) -> None:
        """Lock the row and judge. `acteurs`: what stands for the rights of `par` when nobody is logged in."""
        self.verbe, self.par = verbe, par
        self.lue = (
            Prescription.objects.select_for_update(of=("self",))
            .select_related("personne", "offre", "operateur", "prescripteur")
            .get(pk=prescription.pk)
        )
        self.acteurs = acteurs_prescription(par, self.lue) if acteurs is None else acteurs
        exiger(peut_agir_prescription(par, self.lue, verbe, acteurs=self.acteurs))

    def ecrire(self, valeurs: Mapping[str, Any], commentaire: str = "") -> None:
        """Write the new state and `valeurs`; the journal holds states, not people."""
        avant = self.lue.get_etat_display()
        changer_etat(
            automate=AUTOMATE_PRESCRIPTION, verbe=self.verbe, objet=self.lue, acteurs=self.acteurs,
            ligne=TransitionPrescription, cle="prescription", par=self.par, commentaire=commentaire, valeurs=valeurs,
        )  # fmt: skip
        journaliser(
            par=self.par, verbe=self.verbe, objet=self.lue, avant={"état": avant},
            apres={"état": self.lue.get_etat_display()}, commentaire=commentaire,
        )  # fmt: skip
        if self.lue.transmise_le and self.lue.etat != EtatPrescription.TRANSMISE:
            fermer_liens(self.lue)
        if self.lue.etat in SANS_SUITE:
            rendre_les_places(self.lue, f"Prescription {self.lue.get_etat_display().lower()}")


# -- who is told -------------------------------------------------------------------------------


def operateurs_a_prevenir(prescription: Prescription) -> list[Utilisateur]:
    """Return the accounts that answer for the operator's structure today."""
    if prescription.operateur_id is None:
        return []
    tenues = Habilitation.objects.au(timezone.localdate()).filter(
        role=Role.PRESTATAIRE, structure=prescription.operateur_id
    )
    return list(Utilisateur.objects.filter(habilitations__in=tenues).distinct())


def est_joignable(prescription: Prescription) -> bool:
    """Return whether the operator has an account today, or an address for links: else nothing reaches it."""
    reglages = ReglageReponse.objects.filter(structure=prescription.operateur_id, actif=True)
    return bool(operateurs_a_prevenir(prescription)) or reglages.exists()


def prescripteurs_a_prevenir(prescription: Prescription) -> list[Utilisateur]:
    """Return who wrote the prescription, and today's référent of the person when it is someone else."""
    suivi = AffectationReferent.objects.filter(
        personne=prescription.personne_id, periode__contains=timezone.localdate(), referent__isnull=False
    ).select_related("referent")
    trouves = [prescription.prescripteur, *(a.referent for a in suivi)]
    return [u for u in trouves if u is not None]


def _dire(destinataires: Iterable[Utilisateur], titre: str, prescription: Prescription, par: Any) -> None:
    autres = [u for u in destinataires if par is None or u.pk != par.pk]
    prevenir(destinataires=autres, titre=titre, texte=str(prescription), url=prescription.get_absolute_url())


# -- the prescriber's side ---------------------------------------------------------------------


@transaction.atomic
def modifier_prescription(*, prescription: Prescription, saisie: Saisie, par: Any) -> Prescription:
    """Change what a prescription not signed yet says (operator, expectations, documents). Raises as `prescrire`."""
    acte = Acte(prescription, "modifier_prescription", par)
    lue = acte.lue
    _verifier(replace(saisie, offre=lue.offre, origine=lue.origine), [lue.origine])
    valeurs = {
        "operateur": saisie.operateur,
        "motivation": saisie.motivation.strip(),
        "documents": saisie.documents.strip(),
        "action_libre": saisie.action_libre.strip(),
    }
    if any(getattr(lue, champ) != valeur for champ, valeur in valeurs.items()):
        acte.ecrire(valeurs)
    return lue


@transaction.atomic
def signer(*, prescription: Prescription, par: Any, le: datetime.date | None = None) -> Prescription:
    """Record that the person and the prescriber signed. Raises DroitInsuffisant, RegleMetier (date)."""
    acte = Acte(prescription, "signer", par)
    lue, jour = acte.lue, timezone.localdate()
    verifier_date(le or jour, quoi="La signature", aujourd_hui=jour, apres=lue.renseignee_le, quoi_avant="la rédaction")
    acte.ecrire({"signee_le": le or jour})
    return lue


@transaction.atomic
def transmettre(*, prescription: Prescription, par: Any) -> Prescription:
    """Send to the operator, who is told. Raises DroitInsuffisant, RegleMetier (no operator, offer not published)."""
    acte = Acte(prescription, "transmettre", par)
    lue = acte.lue
    if lue.operateur_id is None:
        raise RegleMetier("Nommez l’opérateur avant de transmettre la prescription.", champ="operateur")
    if lue.offre is not None and lue.offre.etat != EtatOffre.PUBLIEE:
        raise RegleMetier("L’offre n’est plus publiée\u00a0: annulez cette prescription et choisissez une autre offre.")
    acte.ecrire({"transmise_le": timezone.localdate(), "relancee_le": None})
    ouvrir_lien(lue)
    _dire(operateurs_a_prevenir(lue), "Une prescription vous est adressée", lue, par)
    return lue


@transaction.atomic
def annuler_prescription(*, prescription: Prescription, motif: str, par: Any) -> Prescription:
    """Cancel before the entry in action, with its reason; an operator that received it is told.

    Raises DroitInsuffisant, RegleMetier (no reason).
    """
    acte = Acte(prescription, "annuler_prescription", par)
    lue = acte.lue
    recue = lue.transmise_le is not None
    valeurs = {"annulee_le": timezone.localdate(), "motif_annulation": motif.strip()[:200]}
    acte.ecrire(valeurs, motif)
    if recue:
        autres = [u for u in operateurs_a_prevenir(lue) if u.pk != par.pk]
        prevenir(destinataires=autres, titre="Une prescription est annulée", texte=f"{lue}. {motif.strip()}")
    return lue


# -- the operator's side -----------------------------------------------------------------------


def _presence(prescription: Prescription, presentation: str, le: datetime.date | None) -> dict[str, Any]:
    jour = timezone.localdate()
    if presentation not in Presence.values:
        raise RegleMetier("Dites si la personne s’est présentée.", champ="presentation")
    verifier_date(
        le or jour, quoi="La présentation", aujourd_hui=jour, apres=prescription.transmise_le, quoi_avant="l’envoi"
    )
    return {"presentation": presentation, "presentation_le": le or jour}


@transaction.atomic
def renvoyer_prescription(*, prescription: Prescription, commentaire: str, par: Any) -> Prescription:
    """Ask the prescriber to complete it: signature and sending are undone, the prescriber is told.

    Raises DroitInsuffisant, RegleMetier (no comment).
    """
    acte = Acte(prescription, "renvoyer_prescription", par)
    lue = acte.lue
    acte.ecrire({"signee_le": None, "transmise_le": None}, commentaire)
    _dire(prescripteurs_a_prevenir(lue), "L’opérateur demande un complément", lue, par)
    return lue


@transaction.atomic
def constater_presentation(
    *, prescription: Prescription, presentation: str, par: Any, le: datetime.date | None = None, commentaire: str = ""
) -> Prescription:
    """Record whether the person came to the first appointment (oui, non, excuse); the prescriber hears of an absence.

    Raises DroitInsuffisant, RegleMetier (unknown value, date to come or before the sending).
    """
    acte = Acte(prescription, "constater_presentation", par)
    lue = acte.lue
    acte.ecrire(_presence(lue, presentation, le), commentaire)
    if presentation != Presence.OUI:
        quoi = Presence(presentation).label.lower()
        _dire(prescripteurs_a_prevenir(lue), f"Premier rendez-vous chez l’opérateur\u00a0: personne {quoi}", lue, par)
    return lue


@transaction.atomic
def repondre(
    *, prescription: Prescription, retenue: bool, par: Any, motif: Motif | None = None, commentaire: str = "",
    presentation: str = "", le: datetime.date | None = None, acteurs: frozenset[str] | None = None,
) -> Prescription:  # fmt: skip
    """Answer: the person is taken (`retenue`), or refused with a reason of the list; the prescriber is told.

    `presentation` and `le` record the first appointment in the same gesture. `acteurs`: see Acte (answers by a link).
    Raises DroitInsuffisant, RegleMetier.
    """
    acte = Acte(prescription, "retenir" if retenue else "refuser_prescription", par, acteurs=acteurs)
    lue = acte.lue
    if not retenue and motif is None:
        raise RegleMetier("Un refus se motive\u00a0: choisissez un motif.", champ="motif")
    valeurs: dict[str, Any] = {
        "repondue_le": timezone.localdate(),
        "motif_refus": None if retenue else motif,
        "commentaire_operateur": commentaire.strip(),
    }
    if presentation:
        valeurs |= _presence(lue, presentation, le)
    acte.ecrire(valeurs, commentaire if acteurs is None else f"{PAR_LIEN} {commentaire}".strip())
    titre = "L’opérateur retient la personne" if retenue else "L’opérateur refuse une prescription"
    _dire(prescripteurs_a_prevenir(lue), titre, lue, par)
    return lue


@transaction.atomic
def entrer(*, prescription: Prescription, le: datetime.date, par: Any) -> Prescription:
    """Record the entry in action on `le`. Raises DroitInsuffisant, RegleMetier (to come, or before the sending)."""
    acte = Acte(prescription, "entrer", par)
    lue = acte.lue
    verifier_date(le, quoi="L’entrée", aujourd_hui=timezone.localdate(), apres=lue.transmise_le, quoi_avant="l’envoi")
    valeurs: dict[str, Any] = {"entree_le": le}
    if lue.presentation != Presence.OUI:
        valeurs |= {"presentation": Presence.OUI, "presentation_le": le}
    acte.ecrire(valeurs)
    _dire(prescripteurs_a_prevenir(lue), "Entrée en action", lue, par)
    return lue


@transaction.atomic
def consigner_bilan(*, prescription: Prescription, bilan: str, par: Any) -> Prescription:
    """Write the mid-term review; the prescriber is told. Raises DroitInsuffisant, RegleMetier (empty)."""
    acte = Acte(prescription, "consigner_bilan", par)
    lue = acte.lue
    if not bilan.strip():
        raise RegleMetier("Écrivez le bilan.", champ="bilan")
    valeurs = {"bilan_intermediaire": bilan.strip(), "bilan_intermediaire_le": timezone.localdate()}
    acte.ecrire(valeurs)
    _dire(prescripteurs_a_prevenir(lue), "Bilan intermédiaire d’une action", lue, par)
    return lue


@transaction.atomic
def terminer(*, prescription: Prescription, le: datetime.date, resultat: str, bilan: str, par: Any) -> Prescription:
    """End the action on `le` with its final review and result; the prescriber is told.

    Raises DroitInsuffisant, RegleMetier (no review, unknown result, end to come or before the entry).
    """
    acte = Acte(prescription, "terminer", par)
    lue = acte.lue
    if resultat not in ResultatPrescription.values:
        raise RegleMetier("Dites si l’objectif est atteint.", champ="resultat")
    if not bilan.strip():
        raise RegleMetier("Écrivez le bilan final.", champ="bilan")
    verifier_date(le, quoi="La fin", aujourd_hui=timezone.localdate(), apres=lue.entree_le, quoi_avant="l’entrée")
    acte.ecrire({"fin_le": le, "resultat": resultat, "bilan_final": bilan.strip()})
    _dire(prescripteurs_a_prevenir(lue), "Une action est achevée", lue, par)
    return lue


@transaction.atomic
def abandonner(*, prescription: Prescription, le: datetime.date, commentaire: str, par: Any) -> Prescription:
    """Record that the person gave up, before or after the entry, and why; the prescriber is told.

    Raises DroitInsuffisant, RegleMetier (no comment, end to come or before the entry).
    """
    acte = Acte(prescription, "abandonner", par)
    lue = acte.lue
    debut = (lue.entree_le, "l’entrée") if lue.entree_le else (lue.transmise_le, "l’envoi")
    verifier_date(le, quoi="La fin", aujourd_hui=timezone.localdate(), apres=debut[0], quoi_avant=debut[1])
    acte.ecrire({"fin_le": le, "bilan_final": commentaire.strip()}, commentaire)
    _dire(prescripteurs_a_prevenir(lue), "Une action est abandonnée", lue, par)
    return lue
