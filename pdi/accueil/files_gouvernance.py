"""The queues of governance on the home page: decisions to carry out, convocations to answer, meetings to close."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from gouvernance.models import Decision, Instance, Presence, Seance
from gouvernance.operations.convocations import jeton

from .file import ICONES, File, echeance
from .files_ep import files_ep


def files_gouvernance(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return what waits for somebody who carries a decision, sits in a body, or keeps one."""
    lues = (_decisions(utilisateur, jour), _convocations(utilisateur, jour), _a_clore(utilisateur))
    return [*(f for f in lues if f is not None), *files_ep(utilisateur, jour)]


def _decisions(utilisateur: Any, jour: datetime.date) -> File | None:
    lues = Decision.objects.portees_par(utilisateur).ouvertes().aggregate(combien=Count("pk"), plus_tot=Min("echeance"))
    if not lues["combien"]:
        return None
    ton, mention, ico = echeance(jour, lues["plus_tot"])
    mots = "décision à tenir" if lues["combien"] == 1 else "décisions à tenir"
    url = f"{reverse('gouvernance:decisions')}?miennes=on&avancement=ouvertes&tri=echeance"
    return File(lues["combien"], mots, "Dites où elles en sont.", url, ton, mention, ico, "Voir mes décisions")


def _convocations(utilisateur: Any, jour: datetime.date) -> File | None:
    muettes = Presence.objects.filter(
        membre__compte=utilisateur, reponse="", seance__etat="convoquee", seance__debut__gte=timezone.now()
    )
    lues = list(muettes.select_related("seance__instance").order_by("seance__debut")[:20])
    if not lues:
        return None
    premiere = lues[0].seance
    ton, mention, ico = echeance(jour, timezone.localdate(premiere.debut))
    mots = "convocation sans réponse" if len(lues) == 1 else "convocations sans réponse"
    url = reverse("gouvernance:convocation_reponse", args=[jeton(lues[0])])
    return File(len(lues), mots, f"{premiere.instance.nom}.", url, ton, mention, ico, "Répondre")


def _a_clore(utilisateur: Any) -> File | None:
    tenues = Instance.objects.tenues_par(utilisateur)
    passees = Q(debut__lt=timezone.now(), etat__in=["preparee", "convoquee", "ouverte"])
    combien = Seance.objects.filter(passees, instance__in=tenues).count()
    if not combien:
        return None
    mots = "séance passée à clore" if combien == 1 else "séances passées à clore"
    url = f"{reverse('gouvernance:seances')}?periode=a_clore"
    return File(combien, mots, "Close, reportée ou annulée : dites-le.", url, "veille", "À clore", ICONES["attente"])
