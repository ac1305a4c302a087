"""Somebody enters a session: the enrolment and the prescription it came from say so together."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from parcours.droits.prescriptions import peut_agir_prescription
from parcours.models import Inscription, Prescription

from .inscriptions import constater_entree
from .prescriptions import entrer, repondre


@transaction.atomic
def faire_entrer(*, inscription: Inscription, le: datetime.date, par: Any) -> Inscription:
    """Note that the person entered the session on `le`; her prescription is answered and in action by the same gesture.

    The prescription is locked first, as everywhere it and a session change together. Raises as `constater_entree`,
    `repondre` and `entrer` do.
    """
    liee = inscription.prescription_id
    suivie = Prescription.objects.select_for_update().get(pk=liee) if liee else None
    entree = constater_entree(inscription=inscription, par=par, le=le)
    if suivie is not None:
        if peut_agir_prescription(par, suivie, "retenir"):
            suivie = repondre(prescription=suivie, retenue=True, par=par)
        if peut_agir_prescription(par, suivie, "entrer"):
            entrer(prescription=suivie, le=le, par=par)
    return entree
