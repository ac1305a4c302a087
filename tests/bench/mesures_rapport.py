"""The annual report: its content for 17 and for 500 fiches, its PDF against the same HTML printed by chromium."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from actions.models import MesureIndicateur, Programme
from gouvernance.contenu import empreinte, rassembler
from gouvernance.document import FEUILLES, Edition, composer_document
from pdi.socle.impression import imprimer
from tests.fabriques import (
    AxeFactory,
    BilanFactory,
    CampagneFactory,
    EtapeFactory,
    FicheFactory,
    IndicateurFactory,
    MesureFactory,
    ProgrammeFactory,
    UtilisateurFactory,
)

from .registre import mesure

ANNEE, INDICATEURS_PAR_FICHE = 2025, 6
Action = Callable[[], object]


def _programme(fiches: int) -> Programme:
    programme = ProgrammeFactory.create(code=f"bench-{fiches}")
    campagne, axe = CampagneFactory.create(programme=programme, annee=ANNEE), AxeFactory.create(programme=programme)
    auteur = UtilisateurFactory.create()
    for n in range(fiches):
        fiche = FicheFactory.create(axe=axe, numero=str(n), contexte="Le constat tient en quelques phrases. " * 6)
        EtapeFactory.create_batch(4, fiche=fiche)
        for indicateur in IndicateurFactory.create_batch(INDICATEURS_PAR_FICHE, fiche=fiche):
            for annee in range(ANNEE - 2, ANNEE + 1):
                MesureFactory.create(indicateur=indicateur, annee=annee)
        BilanFactory.create(campagne=campagne, fiche=fiche, etat="valide", auteur=auteur)
    return programme


def _lire_les_mesures(programme: Programme) -> int:
    return len(
        list(MesureIndicateur.objects.filter(indicateur__fiche__axe__programme=programme).select_related("indicateur"))
    )


def _contenu(fiches: int) -> Iterator[Action]:
    with transaction.atomic():
        programme = _programme(fiches)
        yield lambda: rassembler(programme, ANNEE)
        yield lambda: _lire_les_mesures(programme)
        transaction.set_rollback(True)


@mesure("rapport_contenu_17", taille=17, reference="lecture_des_memes_mesures")
def contenu_17() -> Iterator[Action]:
    """Compile the content of 17 fiches; baseline: reading their measured values."""
    yield from _contenu(17)


@mesure("rapport_contenu_500", taille=500, reference="rapport_contenu_17")
def contenu_500() -> Iterator[Action]:
    """Compile the content of 500 fiches; baseline: 17 fiches (29.4 times fewer: a linear growth stays under)."""
    with transaction.atomic():
        grand, petit = _programme(500), _programme(17)
        yield lambda: rassembler(grand, ANNEE)
        yield lambda: rassembler(petit, ANNEE)
        transaction.set_rollback(True)


def _chromium(page: Path, sortie: Path) -> Action:
    chemin = os.environ.get("PDI_CHROMIUM") or shutil.which("chromium") or "chromium"
    commande = [chemin, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={sortie}"]
    if os.getuid() == 0:
        commande.append("--no-sandbox")
    return lambda: subprocess.run([*commande, page.as_uri()], check=True, capture_output=True)


@mesure("rapport_pdf_essonne", taille=17, reference="chromium_meme_html", tours=1)
def pdf_essonne() -> Iterator[Action]:
    """Print Essonne's report, and the same HTML with chromium."""
    with transaction.atomic(), tempfile.TemporaryDirectory() as dossier:
        call_command("charger_demo", verbosity=0)
        contenu = rassembler(Programme.objects.get(code="essonne-2022-2026"), ANNEE)
        date = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)
        html = composer_document(contenu, Edition(1, date, empreinte(contenu)))
        statiques: Any = settings.RACINE / "static"
        liens = "".join(f'<link rel="stylesheet" href="{(statiques / nom).as_uri()}">' for nom in FEUILLES)
        page = Path(dossier) / "rapport.html"
        page.write_text(html.replace("</head>", f"{liens}</head>"), encoding="utf-8")
        yield lambda: imprimer(html, feuilles=FEUILLES, date=date, identifiant="bench")
        yield _chromium(page, Path(dossier) / "rapport.pdf")
        transaction.set_rollback(True)
