"""The files of équipes pluridisciplinaires on the home page of who must move them on."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from gouvernance.listes_ep import attendu, de_file
from gouvernance.models import DossierEP, NatureInstance
from gouvernance.querysets import ROLES_GOUVERNANCE
from pdi.comptes.models import Role

from .file import File, echeance

# Queue of the list: its words for one and for several, what is awaited.
MOTS = {
    "a_instruire": ("dossier EP à instruire", "dossiers EP à instruire", "Écrivez à la personne ce qui est envisagé."),
    "contradictoire": (
        "délai de réponse EP en cours",
        "délais de réponse EP en cours",
        "La personne peut encore répondre.",
    ),
    "prets": ("dossier EP à inscrire", "dossiers EP à inscrire", "Choisissez la séance."),
    "a_decider": ("dossier EP à décider", "dossiers EP à décider", "L’avis de l’équipe est rendu."),
    "a_notifier": ("décision EP à notifier", "décisions EP à notifier", "Le délai de recours court de ce jour-là."),
    "a_clore": ("dossier EP à clore", "dossiers EP à clore", "Plus rien n’y court : ni recours, ni sanction."),
    "a_orienter": ("réorientation EP à ouvrir", "réorientations EP à ouvrir", "Elle est décidée, pas encore ouverte."),
}


def _siennes(utilisateur: Any) -> list[str]:
    """Return the queues that are the user's to move on: secretary, decider, whoever follows the people."""
    cles: set[str] = set()
    if (
        utilisateur.a_role(*ROLES_GOUVERNANCE)
        or utilisateur.instances_tenues.filter(nature=NatureInstance.EP, reference=False).exists()
    ):
        cles |= {"a_instruire", "contradictoire", "prets", "a_notifier", "a_clore"}
    if utilisateur.a_role(Role.ENCADRANT):
        cles |= {"a_decider", "a_notifier", "a_orienter"}
    if utilisateur.a_role(Role.REFERENT, Role.AGENT_ORIENTATION):
        cles.add("contradictoire")
    return [cle for cle in MOTS if cle in cles]


def _a_lire(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return what a member reads before the next meeting, with the way to it."""
    lues = DossierEP.objects.a_lire_par(utilisateur).order_by().values("seance", "seance__debut")
    seances = list(lues.annotate(n=Count("pk")).order_by("seance__debut")[:20])
    if not seances:
        return []
    prochaine = seances[0]
    ton, mention, ico = echeance(jour, timezone.localdate(prochaine["seance__debut"]))
    mots = "dossier EP à lire" if prochaine["n"] == 1 else "dossiers EP à lire"
    url = reverse("gouvernance:ep_seance", args=[prochaine["seance"]])
    return [File(prochaine["n"], mots, "Avant la prochaine séance de l’équipe.", url, ton, mention, ico, "Lire")]


def files_ep(utilisateur: Any, jour: datetime.date) -> list[File]:
    """Return the queues of the user that are not empty, how pressing the first one due makes each. Three queries."""
    siennes, files = _siennes(utilisateur), _a_lire(utilisateur, jour)
    if not siennes:
        return files
    visibles = DossierEP.objects.visibles_par(utilisateur).annotate(attendu_le=attendu(jour))
    combien = {f"n_{cle}": Count("pk", filter=de_file(cle)) for cle in siennes}
    lus = visibles.aggregate(**combien, **{f"le_{cle}": Min("attendu_le", filter=de_file(cle)) for cle in siennes})
    for cle in siennes:
        if nombre := lus[f"n_{cle}"]:
            un, plusieurs, detail = MOTS[cle]
            ton, mention, ico = echeance(jour, lus[f"le_{cle}"])
            url = f"{reverse('gouvernance:ep_dossiers')}?file={cle}"
            files.append(File(nombre, un if nombre == 1 else plusieurs, detail, url, ton, mention, ico))
    return files
