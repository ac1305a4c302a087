"""Writes of the signatures of the pact, and of its public page."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from actions.droits import peut_modifier_programme
from actions.models import EtatSignature, PreuveSignature, Programme, Signataire
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import date_longue
from pdi.socle.operations import enregistrer, etat_de, journaliser
from pdi.socle.pieces import garder_piece

CHAMPS = ("signe_par", "qualite", "signe_le", "refuse_le", "motif_refus")


@transaction.atomic
def enregistrer_signature(
    *,
    signataire: Signataire,
    version: int,
    etat: str,
    par: Any,
    le: datetime.date | None = None,
    signe_par: str = "",
    qualite: str = "",
    motif_refus: str = "",
    fichier: File[Any] | None = None,
) -> Signataire:
    """Say that a partner signed, refused, or is still awaited; `fichier`: the signed page.

    Raises DroitInsuffisant, and RegleMetier: changed meanwhile, no date, a date to come, a refusal without its
    reason, a file that cannot be kept.
    """
    lu = (
        Signataire.objects.select_for_update(of=("self",))
        .select_related("programme", "structure")
        .get(pk=signataire.pk)
    )
    exiger(peut_modifier_programme(par, lu.programme))
    if lu.version != version:
        raise RegleMetier("Cette signature a été modifiée entre-temps : relisez-la, puis reprenez votre saisie.")
    if etat != EtatSignature.ATTENDUE and le is None:
        raise RegleMetier("Donnez la date.", champ="le")
    if le is not None and le > timezone.localdate():
        raise RegleMetier(f"Le {date_longue(le)} est à venir : une signature s’enregistre une fois donnée.", champ="le")
    if etat == EtatSignature.REFUSEE and not motif_refus.strip():
        raise RegleMetier("Dites pourquoi la signature est refusée.", champ="motif_refus")
    avant = etat_de(lu, CHAMPS)
    signee, refusee = etat == EtatSignature.SIGNEE, etat == EtatSignature.REFUSEE
    lu.signe_le, lu.refuse_le = le if signee else None, le if refusee else None
    lu.signe_par, lu.motif_refus = signe_par.strip() if signee else "", motif_refus.strip() if refusee else ""
    lu.qualite, lu.version = qualite.strip(), lu.version + 1
    if fichier is not None:
        preuve = PreuveSignature(programme=lu.programme)
        lu.preuve = garder_piece(piece=preuve, fichier=fichier, par=par, journal=lu)
    enregistrer(lu)
    journaliser(par=par, verbe="enregistrer_signature", objet=lu, avant=avant, apres=etat_de(lu, CHAMPS))
    return lu


@transaction.atomic
def _mettre_en_ligne(programme: Programme, par: Any, *, en_ligne: bool) -> Programme:
    lu = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    exiger(peut_modifier_programme(par, lu))
    if lu.en_ligne != en_ligne:
        lu.en_ligne = en_ligne
        lu.save(update_fields=["en_ligne"])
        verbe = "mettre_en_ligne" if en_ligne else "mettre_hors_ligne"
        journaliser(par=par, verbe=verbe, objet=lu, apres={"Page publique": "en ligne" if en_ligne else "hors ligne"})
    return lu


def mettre_en_ligne(*, programme: Programme, par: Any) -> Programme:
    """Open the public page of the pact to everybody. Raises DroitInsuffisant."""
    return _mettre_en_ligne(programme, par, en_ligne=True)


def mettre_hors_ligne(*, programme: Programme, par: Any) -> Programme:
    """Close the public page of the pact. Raises DroitInsuffisant."""
    return _mettre_en_ligne(programme, par, en_ligne=False)
