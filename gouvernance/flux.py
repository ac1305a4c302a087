"""The calendar feed (RFC 5545) of a member: the meetings of the bodies where they sit. No name, no agenda."""

from __future__ import annotations

import datetime

import icalendar
from django.db.models import Q
from django.utils import timezone

from gouvernance.models import EtatSeance, Membre, Seance
from pdi.socle.ical import nouveau_calendrier, nouvel_evenement

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
    return nouvel_evenement(
        uid=f"seance-{seance.pk}@{hote}", modifie_le=seance.saisi_le, version=seance.version, debut=seance.debut,
        fin=seance.fin or seance.debut + DUREE, titre=seance.objet or str(seance.instance), lieu=seance.lieu,
        annule=annulee,
    )  # fmt: skip


def calendrier(membre: Membre, hote: str) -> bytes:
    """Return the whole calendar. `hote` makes the identifiers unique to this deployment."""
    lu = nouveau_calendrier(produit="Instances", nom="Instances du programme d’insertion", frequence=FREQUENCE)
    for seance in seances_du_flux(membre, timezone.now()):
        lu.add_component(evenement(seance, hote))
    return bytes(lu.to_ical())
