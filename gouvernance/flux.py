"""The calendar feed (RFC 5545) of a member: the meetings of the bodies where they sit. No name, no agenda."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import icalendar
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from gouvernance.models import EtatSeance, Membre, Seance
from gouvernance.operations.convocations import jeton_agenda
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


@dataclass(frozen=True)
class Agenda:
    """An address to subscribe to, for the meetings of `mots`."""

    mots: str
    url: str

    @property
    def adresse(self) -> str:
        """Return the whole address."""
        return settings.ADRESSE_PUBLIQUE + self.url


def agendas_de(utilisateur: Any, jour: datetime.date) -> list[Agenda]:
    """Return the calendars of the user today: one for every body where they sit by name, one by seat of a structure."""
    lus, nommee = [], False
    for siege in Membre.objects.de(utilisateur).au(jour).select_related("instance__territoire").order_by("pk"):
        if siege.compte_id and nommee:
            continue
        nommee = nommee or bool(siege.compte_id)
        mots = "Toutes les instances où vous siégez" if siege.compte_id else str(siege.instance)
        lus.append(Agenda(mots, reverse("gouvernance:agenda_flux", args=[jeton_agenda(siege)])))
    return lus


def evenement(seance: Seance, hote: str) -> icalendar.Event:
    """Return one meeting, in UTC; two hours long when its end is not said."""
    annulee = seance.etat in (EtatSeance.ANNULEE, EtatSeance.REPORTEE)
    return nouvel_evenement(
        uid=f"seance-{seance.pk}@{hote}", modifie_le=seance.saisi_le, version=seance.version, debut=seance.debut,
        fin=seance.fin or seance.debut + DUREE, titre=seance.titre, lieu=seance.lieu,
        annule=annulee,
    )  # fmt: skip


def calendrier(membre: Membre, hote: str) -> bytes:
    """Return the whole calendar. `hote` makes the identifiers unique to this deployment."""
    lu = nouveau_calendrier(produit="Instances", nom="Instances du programme d’insertion", frequence=FREQUENCE)
    for seance in seances_du_flux(membre, timezone.now()):
        lu.add_component(evenement(seance, hote))
    return bytes(lu.to_ical())
