"""Calendar feeds (RFC 5545): the envelope of a calendar and the common part of its events, in UTC."""

from __future__ import annotations

import datetime

import icalendar


def nouveau_calendrier(*, produit: str, nom: str, frequence: datetime.timedelta) -> icalendar.Calendar:
    """Return an empty published calendar named `nom`, which a client is asked to read again every `frequence`."""
    lu = icalendar.Calendar()
    lu.add("prodid", f"-//Programme d'insertion//{produit}//FR")
    lu.add("version", "2.0")
    lu.add("calscale", "GREGORIAN")
    lu.add("method", "PUBLISH")
    lu.add("x-wr-calname", nom)
    lu.add("refresh-interval", frequence, parameters={"VALUE": "DURATION"})
    return lu


def nouvel_evenement(
    *,
    uid: str,
    modifie_le: datetime.datetime,
    version: int,
    debut: datetime.datetime,
    fin: datetime.datetime,
    titre: str,
    lieu: str,
    annule: bool,
) -> icalendar.Event:
    """Return an event. `uid` is unique in the world and stable; `version` grows with each change."""
    lu = icalendar.Event()
    lu.add("uid", uid)
    lu.add("dtstamp", modifie_le.astimezone(datetime.UTC))
    lu.add("sequence", version)
    lu.add("dtstart", debut.astimezone(datetime.UTC))
    lu.add("dtend", fin.astimezone(datetime.UTC))
    lu.add("summary", titre)
    lu.add("location", lieu)
    lu.add("status", "CANCELLED" if annule else "CONFIRMED")
    lu.add("transp", "TRANSPARENT" if annule else "OPAQUE")
    return lu
