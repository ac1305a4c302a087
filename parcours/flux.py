"""The calendar feed (RFC 5545): what a calendar application reads of an agent's meetings. No name, no free text."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import icalendar
from django.utils import timezone

from parcours.models import AbonnementAgenda, Entretien, EtatEntretien, Personne
from pdi.socle.ical import nouveau_calendrier, nouvel_evenement

AVANT, APRES = datetime.timedelta(days=31), datetime.timedelta(days=366)
FREQUENCE = datetime.timedelta(hours=1)


def rendez_vous_du_flux(abonnement: AbonnementAgenda, instant: datetime.datetime) -> Iterable[Entretien]:
    """Return the meetings of the agent, from a month ago to a year from now, with people they may still find."""
    siens = Entretien.objects.agenda_de(abonnement.utilisateur).filter(agent=abonnement.utilisateur)
    lus = siens.entre(instant - AVANT, instant + APRES).select_related("structure", "personne").order_by("debut", "pk")
    return lus.only(
        "nature", "debut", "duree_min", "etat", "version", "modifie_le",
        "structure__nom", "structure__sigle", "personne__nom_naissance", "personne__nom_usage", "personne__prenoms",
    )  # fmt: skip


def initiales(personne: Personne) -> str:
    """Return « M. S. »: the first letter of the first name and of the name used."""
    morceaux = (personne.prenoms, personne.nom_usage or personne.nom_naissance)
    return " ".join(f"{m.strip()[0].upper()}." for m in morceaux if m.strip())


def evenement(entretien: Entretien, *, avec_initiales: bool, hote: str) -> icalendar.Event:
    """Return one meeting. The place is the structure's name: the free text of the place may hold an address."""
    titre = str(entretien.get_nature_display())
    if avec_initiales and (qui := initiales(entretien.personne)):
        titre = f"{titre} – {qui}"
    annule = entretien.etat in (EtatEntretien.ANNULE, EtatEntretien.EXCUSE)
    lu = nouvel_evenement(
        uid=f"rendez-vous-{entretien.pk}@{hote}", modifie_le=entretien.modifie_le, version=entretien.version,
        debut=entretien.debut, fin=entretien.fin, titre=titre, lieu=str(entretien.structure), annule=annule,
    )  # fmt: skip
    lu.add("last-modified", entretien.modifie_le.astimezone(datetime.UTC))
    lu.add("class", "PRIVATE")
    return lu


def calendrier(abonnement: AbonnementAgenda, hote: str) -> bytes:
    """Return the whole calendar, in UTC. `hote` makes the identifiers unique to this deployment."""
    lu = nouveau_calendrier(produit="Agenda", nom="Rendez-vous d’insertion", frequence=FREQUENCE)
    lu.add("x-published-ttl", "PT1H")
    for entretien in rendez_vous_du_flux(abonnement, timezone.now()):
        lu.add_component(evenement(entretien, avec_initiales=abonnement.initiales, hote=hote))
    return bytes(lu.to_ical())
