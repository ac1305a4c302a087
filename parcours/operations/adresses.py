"""Addresses: one at a date, so that the territory is known at a date; a move ends the one before."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from parcours.droits.identite import peut_modifier_identite
from parcours.models import Adresse, Personne
from parcours.regles.periodes import faire_suite
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser
from pdi.territoires.models import Commune

CHAMPS = ("lignes", "complement", "code_postal", "commune", "domiciliation", "periode")


@dataclass(frozen=True)
class SaisieAdresse:
    """Where someone lives from `debut` on; `commune` None: outside the known communes, the postcode says where."""

    debut: datetime.date
    commune: Commune | None
    lignes: str = ""
    complement: str = ""
    code_postal: str = ""
    domiciliation: bool = False


def installer(*, personne: Personne, saisie: SaisieAdresse) -> Adresse:
    """Write an address that begins on `saisie.debut`, ending the one before the day before. The caller judges.

    Raises RegleMetier for the date.
    """
    if saisie.debut > timezone.localdate():
        raise RegleMetier(
            "Une adresse ne commence pas dans l’avenir : saisissez le déménagement une fois fait.", champ="debut"
        )
    autres = {a.pk: a for a in personne.adresses.select_for_update()}
    suite = faire_suite([(pk, a.periode) for pk, a in autres.items()], saisie.debut, "une adresse")
    if suite.faute:
        raise RegleMetier(suite.faute, champ="debut")
    if suite.finie is not None:
        ancienne = autres[suite.finie]
        ancienne.periode = DateRange(ancienne.periode.lower, saisie.debut)
        ancienne.save(update_fields=["periode"])
    adresse = Adresse(
        personne=personne, lignes=saisie.lignes, complement=saisie.complement, code_postal=saisie.code_postal,
        commune=saisie.commune, domiciliation=saisie.domiciliation, periode=DateRange(saisie.debut, None),
    )  # fmt: skip
    enregistrer(adresse)
    return adresse


@transaction.atomic
def demenager(*, personne: Personne, saisie: SaisieAdresse, par: Any) -> Adresse:
    """Record a move: the address before ends the day before. Raises DroitInsuffisant, RegleMetier."""
    exiger(peut_modifier_identite(par, Personne(pk=personne.pk)))
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=personne.pk)
    adresse = installer(personne=personne, saisie=saisie)
    journaliser(par=par, verbe="demenager", objet=personne, apres=etat_de(adresse, ("commune", "periode")))
    return adresse


@transaction.atomic
def corriger_adresse(*, adresse: Adresse, saisie: SaisieAdresse, par: Any) -> Adresse:
    """Correct an address written wrong; its dates stay (`saisie.debut` is not read). Raises DroitInsuffisant."""
    exiger(peut_modifier_identite(par, Personne(pk=adresse.personne_id)))
    adresse = Adresse.objects.select_for_update(of=("self",)).get(pk=adresse.pk)
    adresse.lignes, adresse.complement = saisie.lignes, saisie.complement
    adresse.code_postal, adresse.commune = saisie.code_postal, saisie.commune
    adresse.domiciliation = saisie.domiciliation
    enregistrer(adresse)
    journaliser(
        par=par, verbe="corriger_adresse", objet=adresse.personne, apres=etat_de(adresse, ("commune", "periode"))
    )
    return adresse
