"""The demonstration's fiches show computed figures about people: tied, computed for each year, last year frozen."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.conf import settings as reglages
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from actions.models import (
    Bilan,
    ChiffreBilan,
    Indicateur,
    MesureIndicateur,
    Programme,
    ProvenanceMesure,
    SourceIndicateur,
)
from actions.operations.demonstration.charger import charger_demonstration
from offre.operations.chargement import charger_offres
from parcours.indicateurs import PAR_CODE
from parcours.models import ReleveIndicateurs
from parcours.operations.demonstration_indicateurs import calculer_la_demonstration
from parcours.operations.indicateurs import lier_indicateurs
from parcours.operations.population import generer_population
from parcours.operations.referentiels import charger_referentiels
from parcours.statistiques import recompte
from parcours.statistiques.variantes import liaisons
from pdi.comptes.models import Utilisateur

pytestmark = pytest.mark.django_db
DONNEES = Path(reglages.DOSSIER_DONNEES)
JOUR = datetime.date(2026, 11, 22)
ESSONNE = "essonne-2022-2026"


def charger_programme() -> None:
    charger_demonstration(dossier=DONNEES, jour=JOUR, dire=lambda _: None)
    charger_referentiels(dossier=DONNEES / "parcours")
    charger_offres(dossier=DONNEES)


def test_charger_les_referentiels_relie_toutes_les_fiches_une_seule_fois(capsys: pytest.CaptureFixture[str]) -> None:
    """The printed labels are loaded with French typography: the ties must find them all the same."""
    charger_programme()
    call_command("charger_referentiels_parcours")
    dit = capsys.readouterr().out
    lies = Indicateur.objects.filter(fiche__programme__code=ESSONNE, source=SourceIndicateur.CALCULE)
    assert lies.count() == len(liaisons()[ESSONNE])
    assert f"{lies.count()} reliés à leur calcul" in dit
    assert "Introuvables" not in dit
    assert {"2.1", "2.2", "2.5", "2.6", "3.2", "3.5", "3.6", "3.7"} <= set(lies.values_list("fiche__numero", flat=True))
    versions = list(lies.order_by("pk").values_list("version", flat=True))
    assert "reliés" not in _dit_encore(capsys)
    assert list(lies.order_by("pk").values_list("version", flat=True)) == versions


def _dit_encore(capsys: pytest.CaptureFixture[str]) -> str:
    call_command("charger_referentiels_parcours")
    return capsys.readouterr().out


def test_la_demonstration_montre_des_chiffres_calcules(client: Client) -> None:
    charger_programme()
    generer_population(personnes=150, graine=7, au=JOUR)
    assert calculer_la_demonstration(jour=JOUR) == 5 * len(liaisons()[ESSONNE])
    programme = Programme.objects.get(code=ESSONNE)
    taux = Indicateur.objects.get(fiche__programme=programme, calcul="taux_orientation")
    mesures = MesureIndicateur.objects.courantes().filter(indicateur=taux)
    assert {m.annee for m in mesures} == {2022, 2023, 2024, 2025, 2026}
    assert {m.provenance for m in mesures} == {ProvenanceMesure.CALCUL}
    # What the closed bilan froze is what the population tells, target at scale.
    for chiffre in ChiffreBilan.objects.filter(indicateur=taux).select_related("bilan__campagne"):
        assert chiffre.valeur == mesures.get(annee=chiffre.bilan.campagne.annee).valeur
    prescriptions = Indicateur.objects.get(fiche__programme=programme, calcul="prescriptions")
    cible = prescriptions.cibles.get(annee=2025).valeur
    faites = MesureIndicateur.objects.courantes().get(indicateur=prescriptions, annee=2025).valeur
    assert faites is not None
    assert faites / 2 <= cible <= faites * 2
    for bilan in Bilan.objects.filter(fiche=taux.fiche_id, campagne__annee=2025):
        assert "(27" not in bilan.realisations, "le texte ne cite plus les valeurs saisies"
    # Last year's figures are frozen at the end of March: what was entered after explains the gap.
    releve = ReleveIndicateurs.objects.get(annee=2025)
    assert releve.arrete == datetime.date(2026, 3, 31)
    ecarts = [c for f in PAR_CODE.values() if (c := recompte.comparer(f, releve)) and c.ecart]
    assert ecarts
    assert {e.cause for c in ecarts for e in c.explications} == {"Saisie tardive"}
    # The page of the fiche shows it, and a second run changes nothing.
    client.force_login(Utilisateur.objects.get(courriel="helene.modele@essonne.example"))
    page = client.get(reverse("actions:fiche", args=[taux.fiche_id]))
    assert "Taux d’orientation" in page.content.decode()
    avant = MesureIndicateur.objects.count()
    assert calculer_la_demonstration(jour=JOUR) == 0
    assert lier_indicateurs(par=None).lies == 0
    assert MesureIndicateur.objects.count() == avant
