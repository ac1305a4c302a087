"""The log of consultations: every page of a person that is opened leaves a line."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone

from parcours.droits import MOTIF_EXIGE, MOTIF_MIN
from parcours.models import Consultation, Personne
from pdi.socle.droits import RegleMetier


def consigner(*, personne: Personne, par: Any, ecran: str, motif: str = "") -> Consultation:
    """Record that `par` opened `ecran` about `personne`; with `motif`, as an « accès exceptionnel ».

    The only write a GET may do (RGPD, accountability). The verdict is the caller's.
    """
    return Consultation.objects.create(personne=personne, par=par, ecran=ecran, motif=motif, exceptionnelle=bool(motif))


def consigner_liste(*, personnes: Iterable[Personne], par: Any, ecran: str) -> int:
    """Record that a list told `par` something of each of those people; return how many. See `consigner`."""
    lignes = [Consultation(personne=personne, par=par, ecran=ecran[:120]) for personne in personnes]
    return len(Consultation.objects.bulk_create(lignes, batch_size=1000))


def motif_du_jour(*, personne: Personne, par: Any) -> str:
    """Return the motive `par` gave today to open `personne`, empty when there is none: it holds until midnight."""
    du_jour = Consultation.objects.filter(
        personne=personne, par=par, exceptionnelle=True, le__date=timezone.localdate()
    )
    return du_jour.values_list("motif", flat=True).first() or ""


def motiver(*, personne: Personne, par: Any, motif: str) -> Consultation:
    """Record the motive of an « accès exceptionnel ». Raises RegleMetier when it says nothing."""
    if len(motif.strip()) < MOTIF_MIN:
        raise RegleMetier(MOTIF_EXIGE, champ="motif")
    return consigner(personne=personne, par=par, ecran="Demande d’accès exceptionnel", motif=motif.strip())


def purger_consultations(*, jour: datetime.date) -> int:
    """Erase the lines older than CONSERVATION_CONSULTATIONS_JOURS on `jour`; return how many.

    Source: CNIL, logs of access are kept one year at most.
    """
    limite = jour - datetime.timedelta(days=settings.CONSERVATION_CONSULTATIONS_JOURS)
    return Consultation.objects.filter(le__date__lt=limite).delete()[0]
