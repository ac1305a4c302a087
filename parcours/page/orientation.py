"""Section of a person's page: the orientation in force with its motive, the last request to change it."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from parcours.droits.orientation import peut_orienter
from parcours.models import DemandeReorientation, EtatDemande, Orientation

from .base import CONTRACTUALISER, Geste, Lecture, Section


def section(lecture: Lecture) -> Section | None:
    """Return the section; the motive is always shown to whoever reads. One query."""
    demandes = DemandeReorientation.objects.filter(personne=lecture.personne).order_by("-demandee_le", "-pk")
    champs = ("pk", "etat", "demandee_le", "reponse", "orientation_id")
    orientation = (
        Orientation.objects.au(lecture.jour)
        .filter(personne=lecture.personne)
        .select_related("structure", "motif")
        .annotate(derniere=Subquery(demandes.values(j=JSONObject(**{c: c for c in champs}))[:1]))
        .first()
    )
    return Section(
        "parcours/orientation/_section.html", "Orientation", "t-orientation",
        {
            "personne": lecture.personne, "orientation": orientation, "demande": _demande(orientation),
            "ecart": bool(orientation and orientation.type_propose not in ("", orientation.type_decide)),
            "peut_orienter": lecture.ecrit and peut_orienter(lecture.utilisateur, lecture.personne),
        },
    )  # fmt: skip


def _demande(orientation: Any) -> DemandeReorientation | None:
    """Return the last request, waiting or about the orientation in force; an older answer is in the timeline."""
    if orientation is None or orientation.derniere is None:
        return None
    demande = DemandeReorientation(**orientation.derniere)
    demande.demandee_le = datetime.date.fromisoformat(orientation.derniere["demandee_le"])
    parlante = demande.etat == EtatDemande.EN_ATTENTE or demande.orientation_id == orientation.pk
    return demande if parlante else None


def gestes(lecture: Lecture) -> list[Geste]:
    """Return the decision for who orients, the request for the others."""
    cle = lecture.personne.pk
    orienter = Geste("Décider l’orientation", reverse("parcours:orienter", args=[cle]), CONTRACTUALISER)
    url = reverse("parcours:reorientation_demander", args=[cle])
    demander = Geste("Demander une réorientation", url, CONTRACTUALISER)
    return [orienter, demander] if peut_orienter(lecture.utilisateur, lecture.personne) else [demander]
