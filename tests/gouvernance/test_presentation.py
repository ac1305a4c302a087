"""The one-page summary for elected members and the slides of the comité de pilotage: what a reader looks for there."""

from __future__ import annotations

import datetime
import io

import pikepdf
import pypdf
import pytest

from actions.models import Bilan, Etape
from gouvernance.contenu import rassembler
from gouvernance.document import Edition
from gouvernance.document.presentation import (
    attendues,
    diapositives,
    imprimer_diapositives,
    imprimer_synthese,
    reperes,
    retards,
)
from gouvernance.models import Decision

from .test_chapitres import instance_de, le, tenir
from .test_document import BALISES_PERMISES, elements, serre, texte

pytestmark = pytest.mark.django_db
EDITION = Edition(3, datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC), "ab" * 32)


@pytest.fixture
def programme(peupler):
    """Six fiches, one late step, a change proposed, a decision to carry out and one carried out."""
    fait = peupler(6)
    Etape.objects.filter(etat="a_venir", fiche__numero="1.0").update(echeance=datetime.date(2025, 5, 1))
    Bilan.objects.filter(fiche__numero="2.1").update(
        evolution_proposee=True, changement_propose="Écrire « quinze jours »."
    )
    seance = tenir(instance_de(fait), le(2, 5))
    Decision.objects.create(seance=seance, numero=1, texte="Cartographier les structures.")
    Decision.objects.create(seance=seance, numero=2, texte="Relancer.", etat="faite", preuve="Relancés.")
    return fait


def verifier_accessible(octets):
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        arbre = elements(pdf.Root.StructTreeRoot)
        assert {str(e.S) for e in arbre} <= BALISES_PERMISES
        assert all(str(f.get("/Alt", "")) for f in arbre if str(f.S) == "/Figure")


def test_la_synthese_tient_sur_une_page_et_dit_l_essentiel(programme):
    imprimee = imprimer_synthese(rassembler(programme, 2025), EDITION)
    assert imprimee.pages == 1
    verifier_accessible(imprimee.octets)
    lu = texte(imprimee.octets)
    for attendu in (
        "6 / 12 étapes réalisées", "1 / 2 décisions tenues", "5 400 € réalisés en 2025",
        "Délibérer sur l’exécution 2025 du programme avant le 31 mars 2026", "Cartographier les structures.",
        "Écrire « quinze jours ».", "1 étape a passé sa date", "version 3",
    ):  # fmt: skip
        assert serre(attendu) in lu, attendu
    assert serre("Relancer.") not in lu


@pytest.mark.parametrize("fiches", [0, 40])
def test_la_synthese_tient_toujours_sur_une_page(peupler, fiches):
    programme = peupler(fiches)
    Bilan.objects.update(
        evolution_proposee=True,
        changement_propose="Réécrire l’étape pour que chacun sache qui la porte et pour quand. " * 4,
    )
    assert imprimer_synthese(rassembler(programme, 2025), EDITION).pages == 1


def test_les_diapositives_sont_en_16_9_une_page_chacune(programme):
    contenu = rassembler(programme, 2025)
    lues = diapositives(contenu)
    imprimees = imprimer_diapositives(contenu, EDITION)
    assert imprimees.pages == len(lues) == 9
    verifier_accessible(imprimees.octets)
    boite = pypdf.PdfReader(io.BytesIO(imprimees.octets)).pages[0].mediabox
    assert round(boite.width / boite.height, 2) == 1.78
    assert [d.titre for d in lues if d.genre == "partie"] == ["Partie 1", "Partie 2"]
    lu = texte(imprimees.octets)
    for attendu in ("Où en sont les étapes", "1 / 2 décisions tenues", "Ce qui est attendu", "3 / 6 étapes réalisées"):
        assert serre(attendu) in lu, attendu


def test_ce_qui_manque_n_est_pas_invente(peupler):
    contenu = rassembler(peupler(0), 2025)
    assert [r.libelle for r in reperes(contenu)] == [
        "étapes réalisées", "indicateurs mesurés", "cibles atteintes", "bilans validés",
    ]  # fmt: skip
    assert all(r.part is None for r in reperes(contenu))
    assert retards(contenu) == []
    assert [qui for qui, _ in attendues(contenu)] == ["Assemblée"]
