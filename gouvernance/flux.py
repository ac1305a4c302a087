"""The calendar feed (RFC 5545) of a member: the meetings of the bodies where they sit. No name, no agenda."""

from __future__ import annotations

import datetime

import icalendar
from django.db.models import Q
from django.utils import timezone

from gouvernance.models import EtatSeance, Membre, Seance

AVANT, APRES = datetime.timedelta(days=93), datetime.timedelta(days=550)
DUREE = datetime.timedelta(hours=2)
FREQUENCE = datetime.timedelta(hours=6)


def seances_du_flux(membre: Membre, instant: datetime.datetime) -> list[Seance]:
    """Return the meetings convened, held or cancelled of the bodies where the member sits."""
    sieges = Q(instance=membre.instance_id)
    if membre.compte_id:
        siens = Membre.objects.au(timezone.localdate()).filter(compte=membre.compte_id)
        sieges |= Q(instance__in=siens.values("instance"))
    lues = Seance.objects.filter(sieges, debut__range=(instant - AVANT, instant + APRES))
    return list(lues.exclude(etat=EtatSeance.PREPAREE).select_related("instance__territoire").order_by("debut", "pk"))


def evenement(seance: Seance, hote: str) -> icalendar.Event:
    """Return one meeting, in UTC; two hours long when its end is not said."""
    annulee = seance.etat in (EtatSeance.ANNULEE, EtatSeance.REPORTEE)
    lu = icalendar.Event()
    lu.add("uid", f"seance-{seance.pk}@{hote}")
    lu.add("dtstamp", seance.saisi_le.astimezone(datetime.UTC))
    lu.add("sequence", seance.version)
    lu.add("dtstart", seance.debut.astimezone(datetime.UTC))
    lu.add("dtend", (seance.fin or seance.debut + DUREE).astimezone(datetime.UTC))
    lu.add("summary", seance.objet or str(seance.instance))
    lu.add("location", seance.lieu)
    lu.add("status", "CANCELLED" if annulee else "CONFIRMED")
    lu.add("transp", "TRANSPARENT" if annulee else "OPAQUE")
    return lu


def calendrier(membre: Membre, hote: str) -> bytes:
    """Return the whole calendar. `hote` makes the identifiers unique to this deployment."""
    lu = icalendar.Calendar()
    lu.add("prodid", "-//Programme d'insertion//Instances//FR")
    lu.add("version", "2.0")
    lu.add("calscale", "GREGORIAN")
    lu.add("method", "PUBLISH")
    lu.add("x-wr-calname", "Instances du programme d’insertion")
    lu.add("refresh-interval", FREQUENCE, parameters={"VALUE": "DURATION"})
    for seance in seances_du_flux(membre, timezone.now()):
        lu.add_component(evenement(seance, hote))
    return bytes(lu.to_ical())
