"""The avenants of the demonstration: made by the operations, dated from today, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from actions.models import Bilan, EtatSignature, RoleFiche, TypeRole
from gouvernance.models import Avenant, ModificationFiche
from gouvernance.operations.demonstration import PROGRAMME, SECRETAIRE
from gouvernance.operations.demonstration_avenants import charger_avenants
from pdi.comptes.models import Role
from tests.fabriques import (
    BilanFactory,
    CampagneFactory,
    DepartementFactory,
    FicheFactory,
    ProgrammeFactory,
    SignataireFactory,
    StructureFactory,
    UtilisateurFactory,
)

CHEMIN = Path(settings.DOSSIER_DONNEES) / "demonstration" / "avenants.json"


@pytest.fixture
def programme(db: None) -> Any:
    programme = ProgrammeFactory.create(code=PROGRAMME, departement=DepartementFactory.create(code="91"))
    service = StructureFactory.create(nom="Service insertion")
    for numero in ("1.2", "2.1", "2.3", "2.5", "3.1", "3.6", "3.7"):
        fiche = FicheFactory.create(programme=programme, numero=numero)
        RoleFiche.objects.create(fiche=fiche, type=TypeRole.PILOTE, structure=service)
    for rang in range(5):
        SignataireFactory.create(programme=programme, structure=StructureFactory.create(), signe_le=None, ordre=rang)
    UtilisateurFactory.create(courriel=SECRETAIRE, role=Role.CHARGE_PROGRAMME)
    return programme


def test_la_demonstration_raconte_trois_avenants_une_seule_fois(programme: Any) -> None:
    jour = timezone.localdate()
    bilans = [
        BilanFactory.create(
            campagne=CampagneFactory.create(programme=programme, annee=annee), fiche=programme.fiches.get(numero="3.6")
        )
        for annee in (jour.year - 4, jour.year)
    ]
    assert charger_avenants(chemin=CHEMIN, jour=jour) == 3
    assert charger_avenants(chemin=CHEMIN, jour=jour) is None
    assert list(Avenant.objects.order_by("numero").values_list("etat", flat=True)) == ["vote", "rejete", "preparation"]
    assert not Avenant.objects.filter(demonstration=False).exists()
    vote, _rejete, prepare = Avenant.objects.order_by("numero")
    assert vote.vote_le is not None
    assert vote.vote_le < jour
    assert [str(m) for m in prepare.modifications.filter(etat="retenue").dans_l_ordre()][-1] == "Nouvelle fiche 3.8"
    assert prepare.modifications.filter(etat="retenue").count() == 4
    assert ModificationFiche.objects.filter(etat="proposee").count() == 1
    versions = {m.numero: m.version_fiche for m in vote.modifications.select_related("fiche", "version_fiche")}
    assert {n: v.effet for n, v in versions.items() if v} == {"1.2": vote.effet, "3.6": vote.effet}
    assert [Bilan.objects.get(pk=b.pk).version_fiche == versions["3.6"] for b in bilans] == [False, True]
    assert [s.etat for s in programme.signataires.all()] == [EtatSignature.SIGNEE] * 4 + [EtatSignature.ATTENDUE]
    programme.refresh_from_db()
    assert programme.en_ligne
