"""The demonstration looks lived in: a week of appointments, places, diagnoses that suit what was decided."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

import pytest
from django.urls import reverse

from parcours.generation.hasard import Hasard
from parcours.generation.monde import lire_monde
from parcours.models import (
    CapaciteAccueil,
    CapaciteReferent,
    Entretien,
    JeuRegles,
    SituationTheme,
)
from parcours.operations.demonstration_parcours import (
    diagnostiquer_le_portefeuille,
    ouvrir_des_places,
    remplir_la_semaine,
)
from parcours.regles.orientation import Reponse, evaluer
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import EntretienFactory, personne_suivie

from .population import preparer_monde

pytestmark = pytest.mark.django_db
JEUDI = datetime.date(2026, 2, 12)


@pytest.fixture
def nadia() -> Any:
    structure = StructureFactory.create()
    utilisateur = UtilisateurFactory.create(role=Role.REFERENT, structure=structure, demonstration=True)
    for _ in range(22):
        personne_suivie(referent=utilisateur, structure=structure, entree=datetime.date(2025, 6, 1))
    return utilisateur


def test_la_semaine_de_la_referente_est_remplie_jusqu_a_la_suivante(nadia: Any) -> None:
    ancien = EntretienFactory.create(personne=nadia.affectations.first().personne, etat="prevu", agent=nadia)
    ancien.debut += datetime.timedelta(days=3650)
    ancien.save()
    assert remplir_la_semaine(jour=JEUDI) == 19
    siens = Entretien.objects.filter(agent=nadia)
    assert Counter(siens.filter(debut__date__lt=JEUDI).values_list("etat", flat=True)) == {"tenu": 7, "manque": 1}
    assert set(siens.filter(debut__date__gte=JEUDI).values_list("etat", flat=True)) == {"prevu"}
    assert not siens.filter(etat="tenu", resume="").exists()
    assert all(e.debut.weekday() < 5 for e in siens)
    assert max(Counter(siens.values_list("personne", flat=True)).values()) == 1


def test_la_referente_compare_deux_diagnostics_d_une_partie_de_son_portefeuille(nadia: Any, client: Any) -> None:
    preparer_monde()
    assert diagnostiquer_le_portefeuille(jour=datetime.date(2026, 6, 1)) == 12
    personne = nadia.affectations.order_by("pk").first().personne
    assert personne.diagnostics.termines().count() == 2
    client.force_login(nadia)
    lue = client.get(reverse("parcours:diagnostics_comparer", args=[personne.pk])).content.decode()
    assert "Freins levés" in lue
    assert diagnostiquer_le_portefeuille(jour=datetime.date(2026, 6, 1)) == 10


def test_les_structures_qui_recoivent_ont_des_places_une_seule_fois(nadia: Any) -> None:
    ouvrir_des_places(jour=JEUDI)
    combien = CapaciteAccueil.objects.count()
    assert combien >= 1
    assert CapaciteReferent.objects.get(referent=nadia).places == 60
    assert ouvrir_des_places(jour=JEUDI) == 0
    assert CapaciteAccueil.objects.count() == combien


def test_les_diagnostics_font_proposer_les_trois_types() -> None:
    """Each type comes out most often for those it was decided for: a gap stays, and stays a minority."""
    preparer_monde()
    monde = lire_monde(avec_comptes=False)
    assert monde.grille is not None
    situations = {s.pk: s for s in SituationTheme.objects.select_related("theme")}
    regles = _regles()
    for profil in ("emploi", "socio_pro", "social"):
        h = Hasard(f"essai {profil}")
        proposes: Counter[str] = Counter()
        for _ in range(200):
            tires = [situations[h.tirer(reponses[profil])] for _, reponses in monde.grille[1]]
            lues = [Reponse(s.theme.code, s.code, s.niveau, s.libelle, s.theme.restreint) for s in tires]
            proposes[evaluer(regles, lues).type] += 1
        assert 0.6 * 200 < proposes[profil] < 200, (profil, proposes)


def _regles() -> list[Any]:
    jeu = JeuRegles.objects.order_by("pk").first()
    assert jeu is not None
    return list(jeu.regles.order_by("ordre"))
