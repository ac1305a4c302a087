"""The requests of the public on the home page of who handles them."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from parcours.droits.demandes_publiques import ROLES_TRAITEMENT
from parcours.models import DemandePublique
from parcours.regles.demandes_publiques import est_tardive

from .file import File

ICONES = {"retard": "clock-fill", "veille": "inbox"}


def files_demandes(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return the requests to answer today, those to be called back later aside. One query."""
    if not utilisateur.a_role(*ROLES_TRAITEMENT):
        return []
    ouvertes = DemandePublique.objects.visibles_par(utilisateur).ouvertes()
    a_faire = ouvertes.filter(Q(rappeler_le__isnull=True) | Q(rappeler_le__lte=jour))
    lus = a_faire.aggregate(n=Count("pk"), ancienne=Min("confirmee_le"))
    if not lus["n"]:
        return []
    depuis = timezone.localtime(lus["ancienne"]).date()
    tardive = est_tardive(depuis, jour)
    ton = "retard" if tardive else "veille"
    mots = "demande du public à traiter" if lus["n"] == 1 else "demandes du public à traiter"
    attente = (jour - depuis).days
    mention = f"Attend depuis {attente} jour{'s' if attente > 1 else ''}" if attente else "Reçue aujourd’hui"
    url = reverse("parcours:demandes_publiques")
    detail = "Des personnes demandent elles-mêmes une offre."
    return [File(lus["n"], mots, detail, url, ton, mention, ICONES[ton], "Voir les demandes")]
