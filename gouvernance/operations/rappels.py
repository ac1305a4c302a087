"""Remind who carries decisions that were to be carried out: one notice a person and a week."""

from __future__ import annotations

import datetime
from collections import defaultdict

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from gouvernance.models import Decision
from gouvernance.querysets import ROLES_SIEGE
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.formats import compte
from pdi.socle.operations import prevenir

INTERVALLE = datetime.timedelta(days=7)
ROLES_PORTEURS = (Role.PILOTE, *ROLES_SIEGE)


def _porteurs(decisions: list[Decision], jour: datetime.date) -> dict[Utilisateur, list[Decision]]:
    """Return the late decisions of each person: those of their account, those of the service they act for."""
    services: dict[int, list[Utilisateur]] = defaultdict(list)
    de_service = {d.structure_id for d in decisions if d.responsable_id is None and d.structure_id}
    habilitations = Habilitation.objects.au(jour).filter(
        structure__in=de_service, role__in=ROLES_PORTEURS, utilisateur__is_active=True
    )
    for habilitation in habilitations.select_related("utilisateur").order_by("pk"):
        if habilitation.structure_id and habilitation.utilisateur not in services[habilitation.structure_id]:
            services[habilitation.structure_id].append(habilitation.utilisateur)
    par_personne: dict[Utilisateur, list[Decision]] = defaultdict(list)
    for decision in decisions:
        siens = [decision.responsable] if decision.responsable else services.get(decision.structure_id or 0, [])
        for personne in siens:
            par_personne[personne].append(decision)
    return par_personne


@transaction.atomic
def rappeler_les_decisions(*, jour: datetime.date) -> int:
    """Tell each person which of their decisions are late, by e-mail too if they ask for it. Return how many are told.

    Whoever was told of one of their decisions within the week is left alone, whatever became of it.
    """
    recentes = Q(rappelee_le__gt=jour - INTERVALLE)
    tardives = Q(pk__in=Decision.objects.en_retard_au(jour).values("pk"))
    lues = list(
        Decision.objects.filter(recentes | tardives)
        .select_related("responsable", "seance__instance__territoire")
        .select_for_update(of=("self",))
        .order_by("echeance", "pk")
    )
    en_retard = set(Decision.objects.en_retard_au(jour).values_list("pk", flat=True))
    rappelees: set[int] = set()
    prevenus = 0
    for personne, siennes in _porteurs(lues, jour).items():
        if any(d.rappelee_le and d.rappelee_le > jour - INTERVALLE for d in siennes):
            continue
        dues = [d for d in siennes if d.pk in en_retard]
        prevenus += prevenir(
            destinataires=[personne],
            titre=compte(len(dues), "décision à tenir a passé sa date", "décisions à tenir ont passé leur date"),
            texte=" ; ".join(f"{d}, {d.seance}" for d in dues[:3]),
            url=f"{reverse('gouvernance:decisions')}?miennes=on&avancement=retard&tri=echeance",
        )
        rappelees |= {d.pk for d in dues}
    Decision.objects.filter(pk__in=rappelees).update(rappelee_le=jour)
    return prevenus
