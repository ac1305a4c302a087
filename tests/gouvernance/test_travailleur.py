"""The compilation in a real worker: end to end, joined, stopped, launched again, killed and taken up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from actions.models import Programme
from gouvernance.models import VersionRapport
from gouvernance.operations import compiler_rapport
from pdi.socle.models import EtatTraitement, Traitement
from pdi.socle.traitements import annuler, relancer, reprendre_abandonnes

pytestmark = [pytest.mark.celery, pytest.mark.django_db(transaction=True)]
DELAI_S = 120.0


def lancer(programme: Programme, par: Any) -> Traitement:
    with transaction.atomic():
        traitement, cree = compiler_rapport(programme=programme, annee=2025, par=par)
    assert cree
    return traitement


def relu(traitement: Traitement) -> Traitement:
    traitement.refresh_from_db()
    return traitement


def fichiers() -> list[str]:
    stockage = VersionRapport._meta.get_field("pdf").storage
    try:
        return stockage.listdir("rapports/essai-2022-2026/2025")[1]
    except FileNotFoundError:
        return []


@pytest.fixture(autouse=True)
def _ranger():
    yield
    for nom in fichiers():
        VersionRapport._meta.get_field("pdf").storage.delete(f"rapports/essai-2022-2026/2025/{nom}")


def en_mise_en_page(traitement: Traitement) -> bool:
    return relu(traitement).etape.startswith("Mettre en page : page")


def test_de_bout_en_bout(worker_celery, attendre, peupler, gestionnaire):
    programme = peupler(2)
    traitement = lancer(programme, gestionnaire)
    rejoint, cree = compiler_rapport(programme=programme, annee=2025, par=gestionnaire)
    assert (rejoint.pk, cree) == (traitement.pk, False)
    attendre(lambda: not relu(traitement).actif, motif="la compilation finit", delai_s=DELAI_S)
    assert (traitement.etat, traitement.erreur) == (EtatTraitement.TERMINE, "")
    assert traitement.fait == traitement.total > 0
    version = VersionRapport.objects.get()
    assert traitement.resultat["version"] == version.pk
    for champ, debut in ((version.pdf, b"%PDF-"), (version.xlsx, b"PK")):
        with champ.open("rb") as ouvert:
            assert ouvert.read(len(debut)) == debut
    assert version.compilee_par == gestionnaire
    assert gestionnaire.avis.get().titre == "Rapport 2025 : la version 1 est prête"
    assert len(fichiers()) == 2


def test_arretee_puis_relancee(worker_celery, attendre, peupler, gestionnaire):
    traitement = lancer(peupler(16), gestionnaire)
    attendre(lambda: en_mise_en_page(traitement), motif="la mise en page commence", delai_s=DELAI_S)
    annuler(traitement=traitement, par=gestionnaire)
    attendre(lambda: not relu(traitement).actif, motif="la compilation s’arrête", delai_s=DELAI_S)
    assert traitement.etat == EtatTraitement.ANNULE
    assert not VersionRapport.objects.exists()
    assert fichiers() == []
    with transaction.atomic():
        nouveau = relancer(traitement=traitement, par=gestionnaire)
    attendre(lambda: not relu(nouveau).actif, motif="la relance finit", delai_s=DELAI_S)
    assert nouveau.etat == EtatTraitement.TERMINE
    assert VersionRapport.objects.get().numero == 1


def test_tuee_en_plein_milieu_puis_reprise(worker_celery, attendre, peupler, gestionnaire):
    traitement = lancer(peupler(16), gestionnaire)
    attendre(lambda: en_mise_en_page(traitement), motif="la mise en page commence", delai_s=DELAI_S)
    worker_celery.tuer()
    assert relu(traitement).etat == EtatTraitement.EN_COURS
    assert not VersionRapport.objects.exists()
    # What a worker killed between its files and its commit leaves behind.
    stockage = VersionRapport._meta.get_field("pdf").storage
    from django.core.files.base import ContentFile

    stockage.save("rapports/essai-2022-2026/2025/rapport-tue.pdf", ContentFile(b"moitie"))
    vieillir(traitement)
    worker_celery.demarrer()
    assert reprendre_abandonnes() == 1
    attendre(lambda: not relu(traitement).actif, motif="la reprise finit", delai_s=DELAI_S)
    assert (traitement.etat, traitement.tentatives) == (EtatTraitement.TERMINE, 2)
    version = VersionRapport.objects.get()
    assert version.numero == 1
    assert sorted(fichiers()) == sorted(Path(str(n)).name for n in (version.pdf.name, version.xlsx.name))


def vieillir(traitement) -> None:
    """Let the last beat be old, without waiting for it."""
    from django.db.models import F

    from pdi.socle.querysets import SILENCE

    Traitement.objects.filter(pk=traitement.pk).update(battement=F("battement") - 2 * SILENCE)


def test_la_commande_de_demonstration(worker_celery, peupler, gestionnaire, capsys):
    peupler(1)
    options = {"programme": "essai-2022-2026", "annee": 2025}
    call_command("compiler_demo", **options)
    chemin = capsys.readouterr().out.strip()
    assert os.path.getsize(chemin) > 10_000  # noqa: PTH202
    call_command("compiler_demo", **options)
    sortie = capsys.readouterr()
    assert sortie.out.strip() == chemin
    assert "est à jour" in sortie.err
    assert VersionRapport.objects.count() == 1
