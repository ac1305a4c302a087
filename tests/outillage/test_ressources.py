"""static/vendor/: built from packages, with exactly the pictograms the pages use."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdi.outillage import ressources

SOURCE = (
    '<svg xmlns="http://www.w3.org/2000/svg">'
    '<symbol class="bi bi-bell" viewBox="0 0 16 16" id="bell"><path d="M1 1"/></symbol>'
    '<symbol class="bi bi-search" viewBox="0 0 16 16" id="search"><path d="M2 2"/></symbol></svg>'
)


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    for nom in ressources.APPLICATIONS:
        (tmp_path / nom).mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("gabarit", "attendu"),
    [
        ('{% ico "search" %}', {"search"}),
        ("{% ico 'search' classe='grand' %}", {"search"}),
        ('{% vide "Rien." icone="bell" %}', {"bell"}),
        ("<use href=\"{% static 'vendor/icones.svg' %}#bell\"></use>", {"bell"}),
        ("{% ico etat.icone %}", set()),
        ("<p>search</p>", set()),
    ],
    ids=["balise", "apostrophes", "argument", "lien", "variable", "texte"],
)
def test_pictogrammes_cites_par_un_gabarit(depot, gabarit, attendu):
    (depot / "templates" / "page.html").write_text(gabarit, encoding="utf-8")
    assert set(ressources.pictogrammes_cites(depot)) == attendu


@pytest.mark.parametrize(
    ("code", "attendu"),
    [
        ('ICONES = {"soumis": "bell"}', {"bell"}),
        ('ICONES_ETAT: dict[str, tuple[str, str]] = {"a": ("search", "bell")}', {"search", "bell"}),
        ('vide(icone="search")', {"search"}),
        ('class Rang:\n    icone = "bell"', {"bell"}),
        ('NOM = "bell"', set()),
    ],
    ids=["table", "table annotée", "argument", "attribut", "autre nom"],
)
def test_pictogrammes_cites_par_le_code(depot, code, attendu):
    (depot / "actions" / "regles.py").write_text(code, encoding="utf-8")
    assert set(ressources.pictogrammes_cites(depot)) == attendu


def test_la_planche_ne_garde_que_les_symboles_cites():
    planche = ressources.planche(SOURCE, {"search": "page.html:1"})
    assert 'id="search"' in planche
    assert "bell" not in planche


def test_un_pictogramme_inconnu_est_nomme_avec_son_lieu(depot):
    (depot / "templates" / "page.html").write_text('<p>\n{% ico "cloche" %}', encoding="utf-8")
    with pytest.raises(ressources.RessourceInconnue, match=r"« cloche » \(templates/page\.html:2\)"):
        ressources.planche(SOURCE, ressources.pictogrammes_cites(depot))


def test_le_dossier_du_projet_est_a_jour_et_complet():
    dossier = ressources.construire()
    planche = (dossier / "icones.svg").read_text(encoding="utf-8")
    for nom in ressources.pictogrammes_cites():
        assert f'id="{nom}"' in planche
    assert b"sourceMappingURL" not in (dossier / "bootstrap.min.css").read_bytes()
    feuille = (dossier / ressources.POLICE / "wght.css").read_text(encoding="utf-8")
    assert feuille.count(".woff2") == len(list((dossier / ressources.POLICE / "files").glob("*-normal.woff2")))


def test_construire_deux_fois_ne_reecrit_rien():
    feuille = ressources.construire() / "bootstrap.min.css"
    avant = feuille.stat().st_mtime_ns
    ressources.construire()
    assert feuille.stat().st_mtime_ns == avant
