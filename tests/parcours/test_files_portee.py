"""Whose queues: the keys that are read are those of the conditions that say who sees whom."""

from __future__ import annotations

import pytest
from django.db.models import Q
from django.utils import timezone

from parcours.files.comptes import compter
from parcours.files.horloges import Cadre
from parcours.files.perimetre import files_de, lignes
from parcours.models import AffectationReferent, Personne
from parcours.portees import portee, suit_ou_a_suivi
from pdi.comptes.models import Role
from pdi.territoires.models import TerritoireAction
from tests.fabriques import HabilitationFactory, UtilisateurFactory

from .population import peupler, preparer_monde

pytestmark = pytest.mark.django_db


def test_chacun_a_les_files_des_personnes_de_sa_portee() -> None:
    preparer_monde()
    peupler(160, 5, timezone.localdate())
    cadre = Cadre.du(timezone.localdate())
    suivie = AffectationReferent.objects.filter(periode__endswith__isnull=True).order_by("pk")[0]
    structure, territoire = suivie.structure, TerritoireAction.objects.order_by("pk")[0]
    lecteurs = [
        UtilisateurFactory.create(role=Role.REFERENT, structure=structure),
        UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure),
        UtilisateurFactory.create(),
        UtilisateurFactory.create(role=Role.REFERENT, structure=structure),
    ]
    for lecteur, role in ((lecteurs[2], Role.AGENT_ORIENTATION), (lecteurs[3], Role.ENCADRANT)):
        HabilitationFactory.create(utilisateur=lecteur, role=role, territoire=territoire)
    for rang, lecteur in enumerate((lecteurs[0], lecteurs[3])):
        siennes = AffectationReferent.objects.filter(structure=structure, periode__endswith__isnull=True)
        siennes.filter(pk__in=[a.pk for a in siennes.order_by("pk")[rang::3]]).update(referent=lecteur)
    admin, trouvees = UtilisateurFactory.create(role=Role.ADMINISTRATEUR), 0
    for lecteur in lecteurs:
        comptes = compter(lecteur, cadre.jour)
        for file in files_de(lecteur):
            encadre = {Role.ENCADRANT, Role.AGENT_ORIENTATION} & set(file.roles)
            condition = portee(lecteur, *encadre) or Q(pk=None)
            if Role.REFERENT in file.roles:
                condition |= suit_ou_a_suivi(lecteur)
            dedans = set(Personne.objects.filter(condition).values_list("pk", flat=True))
            toutes = lignes(file, cadre, admin).values_list("pk", file.personne)
            attendues = {pk for pk, personne in toutes if personne in dedans}
            assert set(lignes(file, cadre, lecteur).values_list("pk", flat=True)) == attendues, file.code
            assert comptes[file.code].total == len(attendues), file.code
            trouvees += len(attendues)
    assert trouvees > 50
