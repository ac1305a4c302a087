"""Screens of référentiels: administrators open each of them and export it; people are never there."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as reglages
from django.contrib import admin
from django.urls import reverse

from offre.models import Frein
from parcours import models
from parcours.operations.referentiels import charger_referentiels
from pdi.comptes.models import Role
from pdi.socle.administration import PeriodeWidget
from tests.fabriques import UtilisateurFactory

pytestmark = pytest.mark.django_db

REFERENTIELS = (
    *(models.RegimeJuridique, models.Motif, models.GrilleDiagnostic, models.ThemeDiagnostic, Frein),
    *(models.ObjectifReferentiel, models.JeuRegles, models.ReglementAide, models.ReferentielSortie),
)
NOMINATIFS = (models.Personne, models.Contrat, models.Diagnostic, models.Entretien, models.AttributionAide)


@pytest.fixture
def administrateur(client):
    compte = UtilisateurFactory.create(role=Role.ADMINISTRATEUR, is_staff=True)
    client.force_login(compte, backend="django.contrib.auth.backends.ModelBackend")
    charger_referentiels(dossier=Path(reglages.DOSSIER_DONNEES) / "parcours")
    return client


def test_chaque_referentiel_se_liste_se_lit_et_s_exporte(administrateur) -> None:
    for modele in REFERENTIELS:
        nom = f"admin:{modele._meta.app_label}_{modele._meta.model_name}"
        liste = administrateur.get(reverse(f"{nom}_changelist"))
        assert liste.status_code == 200, modele
        objet = modele._default_manager.first()
        assert objet is not None
        assert administrateur.get(reverse(f"{nom}_change", args=[objet.pk])).status_code == 200, modele
        ressource = admin.site._registry[modele].get_export_resource_classes(None)[0]()  # type: ignore[attr-defined]
        assert len(ressource.export()) == modele._default_manager.count()


def test_les_referentiels_sont_fermes_aux_autres(client) -> None:
    compte = UtilisateurFactory.create(role=Role.REFERENT, is_staff=True)
    client.force_login(compte, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("admin:parcours_motif_changelist")).status_code in {302, 403}


@pytest.mark.parametrize(
    ("cellule", "dit"),
    [
        ("2024-01-01/2026-13-01", "« 2026-13-01 » n’est pas une date"),
        ("2024-02-31/", "« 2024-02-31 » n’est pas une date"),
        ("01/01/2024", "« 01 » n’est pas une date"),
        ("2024-01-01", "une période s’écrit"),
        ("2026-01-01/2024-01-01", "doit suivre le début"),
    ],
)
def test_une_periode_illisible_n_ouvre_pas_pour_toujours(cellule, dit) -> None:
    with pytest.raises(ValueError, match=dit):
        PeriodeWidget().clean(cellule)
    assert str(PeriodeWidget().clean("2024-01-01/")) == "[2024-01-01, None)"


@pytest.mark.parametrize("modele", NOMINATIFS, ids=lambda m: m.__name__)
def test_aucune_personne_dans_ces_ecrans(modele) -> None:
    assert modele not in admin.site._registry
