"""A content frozen in an older format is still read, compared and printed; its hash stays that of what was frozen."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.urls import reverse

from gouvernance.contenu import SCHEMA_VERSION, empreinte, mettre_a_niveau, rassembler, toutes_les_fiches
from gouvernance.operations import reconstruire_pdf
from gouvernance.regles.rapport import comparer, resumer


@pytest.fixture
def premier_format() -> dict[str, Any]:
    """A content as the first format wrote it: a fiche without its funders summed up."""
    lu: dict[str, Any] = json.loads((Path(__file__).parent / "contenu_v1.json").read_text())
    return lu


def test_le_premier_format_se_lit(premier_format):
    avant = copy.deepcopy(premier_format)
    lu = mettre_a_niveau(premier_format, 1)
    fiche = toutes_les_fiches(lu)[0]
    assert "montants" not in toutes_les_fiches(premier_format)[0]
    assert fiche["montants"] == {
        "prevu": "1500.1", "realise": "900", "prevu_total": "1500.1", "realise_total": "900",
    }  # fmt: skip
    assert [f["financeur"] for f in fiche["financeurs"]] == ["Département", "État"]
    assert lu["schema_version"] == SCHEMA_VERSION
    assert premier_format == avant


def test_le_format_courant_ne_change_pas_et_un_format_inconnu_est_refuse(peupler):
    contenu = rassembler(peupler(1), 2025)
    assert mettre_a_niveau(contenu, SCHEMA_VERSION) == contenu
    with pytest.raises(ValueError, match="Format de contenu inconnu"):
        mettre_a_niveau(contenu, SCHEMA_VERSION + 1)


def test_une_version_du_premier_format_se_compare_et_se_resume(premier_format, peupler):
    lu = mettre_a_niveau(premier_format, 1)
    assert resumer(lu, copy.deepcopy(lu)) == ["Aucun changement"]
    nouveau = copy.deepcopy(lu)
    toutes_les_fiches(nouveau)[0]["montants"]["realise"] = "1200"
    assert [(c.genre, c.apres) for c in comparer(lu, nouveau)] == [("financement", "1\u00a0200\u00a0€")]


def test_une_version_du_premier_format_s_affiche_et_se_reimprime(
    client, gestionnaire, premier_format, peupler, version_rapide
):
    client.force_login(gestionnaire, backend="django.contrib.auth.backends.ModelBackend")
    programme = peupler(1)
    ancienne = version_rapide(programme, contenu=premier_format, schema_version=1)
    version_rapide(programme)
    assert ancienne.empreinte == empreinte(premier_format)
    page = client.get(ancienne.get_absolute_url(), {"partie": "tout"}).content.decode()
    assert "ceux de la date de compilation" in page
    assert "Département" in page
    assert client.get(reverse("gouvernance:version_comparer", args=[programme.code, 2025])).status_code == 200
    pdf = pypdf.PdfReader(io.BytesIO(reconstruire_pdf(version=ancienne)))
    assert "Département" in "".join(p.extract_text() for p in pdf.pages)
    ancienne.refresh_from_db()
    assert ancienne.empreinte == empreinte(ancienne.contenu)
