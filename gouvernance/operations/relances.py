"""Reminders of convocations that nobody asked for: a week before the meeting, then two days before."""

from __future__ import annotations

import datetime
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from gouvernance.models import EtatSeance, Presence, Seance
from gouvernance.regles.seances import RELANCES, a_relancer
from pdi.socle.operations import journaliser

from .convocations import convoquer_les_membres


@transaction.atomic
def relancer_les_silencieux(*, jour: datetime.date) -> int:
    """Write again to the members who have not answered, when their meeting comes near. Return how many.

    Whoever was written to since the day a reminder was due is left alone: run twice, it writes once.
    """
    fin = jour + datetime.timedelta(days=max(RELANCES))
    muettes = Presence.objects.filter(
        reponse="", seance__etat=EtatSeance.CONVOQUEE, seance__debut__date__gt=jour, seance__debut__date__lte=fin
    ).select_related("seance__instance", "membre__compte", "membre__structure")
    par_seance: dict[Seance, list[Presence]] = defaultdict(list)
    for presence in muettes.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
        ecrites = [le for le in (presence.convoque_le, presence.relance_le) if le is not None]
        dernier = timezone.localdate(max(ecrites)) if ecrites else datetime.date.min
        if a_relancer(timezone.localdate(presence.seance.debut), dernier, jour):
            par_seance[presence.seance].append(presence)
    for seance, presences in par_seance.items():
        Presence.objects.filter(pk__in=[p.pk for p in presences]).update(relance_le=timezone.now())
        journaliser(par=None, verbe="relancer_seance", objet=seance, apres={"Relancés": len(presences)})
        convoquer_les_membres(seance, presences, nature="Rappel")
    return sum(len(p) for p in par_seance.values())
