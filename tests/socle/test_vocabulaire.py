"""The journal speaks French: every verb and screen of the code has its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pdi.socle.etats import Automate, automates_declares
from pdi.socle.regles import LOT_IMPORT
from pdi.socle.vocabulaire import VERBES, ecran_en_clair, verbe_en_clair

RACINE = Path(__file__).resolve().parent.parent.parent
VERBE = re.compile(r'verbe="([a-z_]+_[a-z_]+)"')


def test_chaque_verbe_du_code_a_ses_mots() -> None:
    """A new operation without label fails here, by name."""
    cites = {
        verbe
        for app in ("pdi", "actions", "offre", "parcours", "gouvernance")
        for chemin in (RACINE / app).rglob("*.py")
        for verbe in VERBE.findall(chemin.read_text(encoding="utf-8"))
    }
    assert len(cites) > 30
    manquants = sorted(cites - set(VERBES))
    assert not manquants, f"Ajoutez à pdi/socle/vocabulaire.py : {', '.join(manquants)}"


@pytest.mark.parametrize("automate", [a for a in automates_declares() if a is not LOT_IMPORT], ids=lambda a: a.nom)
def test_chaque_changement_d_etat_a_ses_mots(automate: Automate) -> None:
    """They are journalised under the verb of the transition. The states of an import are steps of a job, kept by it."""
    assert not sorted({t.verbe for t in automate.transitions} - set(VERBES))


@pytest.mark.parametrize(
    ("ecran", "mots"),
    [
        ("actions:bilan_ecrire", "écran des bilans"),
        ("traitement:rapport", "compilation du rapport"),
        ("gouvernance:version_publier", "écran du rapport annuel"),
        ("inconnu", ""),
    ],
    ids=["bilan", "rapport", "version", "inconnu"],
)
def test_un_ecran_se_dit_en_mots(ecran: str, mots: str) -> None:
    """The longest known beginning wins."""
    assert ecran_en_clair(ecran) == mots


def test_un_verbe_deja_en_francais_reste_tel_quel() -> None:
    """Older entries keep their words."""
    assert verbe_en_clair("retrait d’habilitation") == "Retrait d’habilitation"
