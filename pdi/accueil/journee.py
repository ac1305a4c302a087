"""What the home page shows to who follows people: the meetings of the coming days, and the ways in."""

from __future__ import annotations

import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from parcours.droits.entretiens import peut_lire_agenda
from parcours.droits.identite import peut_creer_personne
from parcours.models import Entretien, EtatEntretien

JOURS = 8  # today and the week that follows
MONTRES = 6


def rendez_vous_de(utilisateur: Any, jour: datetime.date) -> list[Entretien] | None:
    """Return the user's next planned meetings, from the start of `jour`; None for who keeps no diary. One query."""
    if not peut_lire_agenda(utilisateur):
        return None
    debut = timezone.make_aware(datetime.datetime.combine(jour, datetime.time()))
    lus = Entretien.objects.agenda_de(utilisateur).filter(agent=utilisateur, etat=EtatEntretien.PREVU)
    prochains = lus.entre(debut, debut + datetime.timedelta(days=JOURS)).sans_textes().select_related("personne")
    sans_secret = prochains.defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
    return list(sans_secret.order_by("debut", "pk")[:MONTRES])


def raccourcis_de(utilisateur: Any) -> list[tuple[str, str]]:
    """Return the ways in of who follows people (words, address), nothing for the others."""
    if not peut_lire_agenda(utilisateur):
        return []
    liens = [("Chercher une personne", reverse("parcours:personnes"))]
    if peut_creer_personne(utilisateur):
        liens.append(("Créer une personne", reverse("parcours:personne_creer")))
    return [*liens, ("Mon agenda", reverse("parcours:agenda"))]
