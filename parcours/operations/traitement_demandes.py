"""Requests of the public, the agent's side: accepted into a prescription, to be called back, declined, opened again."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from parcours.droits.demandes_publiques import acteurs_demande, peut_agir_demande
from parcours.models import (
    Canal,
    DemandePublique,
    MotifDeclin,
    OriginePrescription,
    Personne,
    Prescription,
    TransitionDemandePublique,
)
from parcours.regles.demandes_publiques import AUTOMATE_DEMANDE_PUBLIQUE
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.operations import apres_validation, journaliser
from pdi.structures.models import Structure

from .adresses import SaisieAdresse
from .personnes import creer_personne
from .prescriptions import Saisie, prescrire

SUITE_OBJET = "La suite de votre demande"


class _Acte:
    """One change on a locked request: right and state first, then `ecrire` writes it and logs it."""

    def __init__(self, demande: DemandePublique, verbe: str, par: Any) -> None:
        self.verbe, self.par = verbe, par
        self.lue = (
            DemandePublique.objects.select_for_update(of=("self",))
            .select_related("offre", "personne", "commune")
            .get(pk=demande.pk)
        )
        exiger(peut_agir_demande(par, self.lue, verbe))

    def ecrire(self, valeurs: Mapping[str, Any], commentaire: str = "") -> None:
        avant = self.lue.get_etat_display()
        changer_etat(
            automate=AUTOMATE_DEMANDE_PUBLIQUE, verbe=self.verbe, objet=self.lue, acteurs=acteurs_demande(self.par),
            ligne=TransitionDemandePublique, cle="demande", par=self.par, commentaire=commentaire, valeurs=valeurs,
        )  # fmt: skip
        journaliser(
            par=self.par, verbe=self.verbe, objet=self.lue, avant={"état": avant},
            apres={"état": self.lue.get_etat_display()},
        )  # fmt: skip


def _traitee(par: Any) -> dict[str, Any]:
    return {"traitee_le": timezone.now(), "traitee_par": par, "rappeler_le": None}


def _ecrire_au_demandeur(demande: DemandePublique) -> None:
    """Tell the person what was decided, without a name nor a detail: whoever reads this address learns nothing."""
    contexte = {
        "nom_application": settings.NOM_APPLICATION, "offre": demande.offre.intitule,
        "motif": demande.get_motif_display(), "acceptee": demande.motif == "",
    }  # fmt: skip
    corps, adresse = render_to_string("courriels/demande_suite.txt", contexte), demande.courriel
    apres_validation(send_mail, SUITE_OBJET, corps, None, [adresse])


@transaction.atomic
def accepter_demande(
    *, demande: DemandePublique, personne: Personne | None, motivation: str, par: Any,
    operateur: Structure | None = None, distinctes: Collection[int] = (), prevenir_demandeur: bool = True,
) -> Prescription:  # fmt: skip
    """Turn a request into a prescription of origin « auto-prescription » for `personne`; None opens a file for her.

    Nothing is sent to the operator yet. Raises DroitInsuffisant; DoublonsPossibles when somebody known may be she and
    is not among `distinctes`; RegleMetier as `creer_personne` and `prescrire`.
    """
    acte = _Acte(demande, "accepter_demande", par)
    lue = acte.lue
    if personne is None:
        personne = creer_personne(valeurs=_identite(lue), adresse=_adresse(lue), par=par, distinctes=distinctes)
    saisie = Saisie(
        offre=lue.offre, operateur=operateur, origine=OriginePrescription.AUTO, motivation=motivation,
        documents=lue.offre.documents,
    )  # fmt: skip
    prescription = prescrire(personne=Personne(pk=personne.pk), saisie=saisie, par=par)
    acte.ecrire(_traitee(par) | {"personne": personne, "prescription": prescription})
    if prevenir_demandeur:
        _ecrire_au_demandeur(lue)
    return prescription


def _identite(demande: DemandePublique) -> dict[str, Any]:
    canal = Canal.TELEPHONE if demande.telephone else Canal.COURRIEL
    return {
        "nom_naissance": demande.nom, "prenoms": demande.prenom, "date_naissance": demande.date_naissance,
        "telephone": demande.telephone, "courriel": demande.courriel, "canal": canal, "fictive": demande.fictive,
    }  # fmt: skip


def _adresse(demande: DemandePublique) -> SaisieAdresse | None:
    if demande.commune is None:
        return None
    codes = demande.commune.codes_postaux
    return SaisieAdresse(
        debut=timezone.localdate(), commune=demande.commune, code_postal=codes[0] if len(codes) == 1 else ""
    )


@transaction.atomic
def rappeler_demande(
    *, demande: DemandePublique, le: datetime.date, par: Any, commentaire: str = ""
) -> DemandePublique:
    """Note that the person is to be called (again) on `le`. Raises DroitInsuffisant, RegleMetier (a day gone by)."""
    if le < timezone.localdate():
        raise RegleMetier("Ce jour est passé : choisissez aujourd’hui ou un jour à venir.", champ="le")
    acte = _Acte(demande, "rappeler_demande", par)
    acte.ecrire({"rappeler_le": le}, commentaire)
    return acte.lue


@transaction.atomic
def decliner_demande(
    *, demande: DemandePublique, motif: str, par: Any, commentaire: str = "", prevenir_demandeur: bool = True
) -> DemandePublique:
    """Close a request without a prescription, with a reason of the list; the person may be told by e-mail.

    Raises DroitInsuffisant, RegleMetier (unknown reason).
    """
    if motif not in MotifDeclin.values:
        raise RegleMetier("Dites pourquoi la demande est déclinée : choisissez un motif.", champ="motif")
    acte = _Acte(demande, "decliner_demande", par)
    acte.ecrire(_traitee(par) | {"motif": motif}, commentaire)
    if prevenir_demandeur and motif != MotifDeclin.FANTAISISTE:
        _ecrire_au_demandeur(acte.lue)
    return acte.lue


@transaction.atomic
def rouvrir_demande(*, demande: DemandePublique, commentaire: str, par: Any) -> DemandePublique:
    """Take up again a request declined too soon. Raises DroitInsuffisant, RegleMetier (no comment)."""
    acte = _Acte(demande, "rouvrir_demande", par)
    acte.ecrire({"motif": "", "traitee_le": None, "traitee_par": None}, commentaire)
    return acte.lue
