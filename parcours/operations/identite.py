"""Writes of a person's social security number (NIR): checked, encrypted, known again by its keyed hash."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from parcours.droits import peut_enregistrer_nir
from parcours.models import Personne
from parcours.querysets import PersonneQuerySet
from parcours.regles.identite import nir_valide, normaliser_nir
from pdi.socle.chiffrement import chiffrer, empreinte
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import journaliser

INVALIDE = (
    "Ce numéro de sécurité sociale n’est pas valide\u00a0: 13 caractères, ou 15 avec une clé juste "
    "(2A ou 2B pour une naissance en Corse)."
)


@sensitive_variables()
def empreinte_nir(nir: str) -> str:
    """Return the keyed hash by which a NIR is matched: of its 13 first characters, with or without its key."""
    return empreinte(normaliser_nir(nir)[:13], usage="nir")


@sensitive_variables()
def chiffrer_nir(nir: str) -> tuple[bytes, str]:
    """Return (encrypted NIR, keyed hash), for imports that write by sets. Raises RegleMetier on an invalid number."""
    if not nir_valide(nir):
        raise RegleMetier(INVALIDE, champ="nir")
    return chiffrer(normaliser_nir(nir)), empreinte_nir(nir)


@sensitive_variables()
def personnes_de_ce_nir(nir: str) -> PersonneQuerySet:
    """Return the people recorded under this NIR: more than one is a duplicate to look at, never a refusal."""
    return Personne.objects.filter(nir_empreinte=empreinte_nir(nir))


@sensitive_variables()
@transaction.atomic
def enregistrer_nir(*, personne: Personne, nir: str, par: Any) -> Personne:
    """Record the NIR of `personne`, or remove it when `nir` is empty. `par` None means an import.

    Raises DroitInsuffisant, and RegleMetier on an invalid number; neither message holds the number. The journal says
    that it changed, not what it is. Source: DOMAINE annex, sections 3 and 4.
    """
    if par is not None:
        exiger(peut_enregistrer_nir(par, personne))
    if nir.strip():
        personne.nir_chiffre, personne.nir_empreinte = chiffrer_nir(nir)
        commentaire = "Numéro de sécurité sociale enregistré."
    else:
        personne.nir_chiffre, personne.nir_empreinte = None, None
        commentaire = "Numéro de sécurité sociale retiré."
    personne.save(update_fields=["nir_chiffre", "nir_empreinte"])
    journaliser(par=par, verbe="modification", objet=personne, commentaire=commentaire)
    return personne
