"""The charter: one value per theme, contrasts that hold, a fallback that follows, no inline style anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pdi.outillage.repli_css import JETONS, avec_repli, jetons

RACINE = Path(JETONS).parent.parent.parent
COULEURS = jetons(JETONS.read_text(encoding="utf-8"))
SURFACES = ("--fond", "--feuille", "--creux", "--survol")
DOMAINES = ("programme", "offre", "parcours", "gouvernance", "donnees")
TONS = ("bon", "veille", "retard", "info", "neutre")


def luminance(couleur: str) -> float:
    h = couleur.lstrip("#")
    h = "".join(c * 2 for c in h) if len(h) == 3 else h
    canaux = [int(h[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    lineaires = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux]
    return 0.2126 * lineaires[0] + 0.7152 * lineaires[1] + 0.0722 * lineaires[2]


def contraste(a: str, b: str) -> float:
    clair, sombre = sorted((luminance(a), luminance(b)), reverse=True)
    return (clair + 0.05) / (sombre + 0.05)


PAIRES = [
    *[("--encre", s, 7.0) for s in SURFACES],
    *[("--encre-2", s, 4.5) for s in SURFACES],
    *[("--action", s, 4.5) for s in SURFACES],
    *[("--focus", s, 3.0) for s in ("--fond", "--feuille", "--creux")],
    *[("--trait-fort", s, 3.0) for s in ("--fond", "--feuille", "--creux")],
    ("--sur-action", "--action", 4.5),
    ("--sur-action", "--action-vif", 4.5),
    *[("--sur-dom", f"--{d}", 4.5) for d in DOMAINES],
    *[(f"--{d}", f"--{d}-doux", 4.5) for d in DOMAINES],
    *[(f"--{t}", f"--{t}-doux", 4.5) for t in TONS],
    *[("--feuille", f"--{t}", 4.5) for t in TONS],
    ("--encre", "--neutre-barre", 4.5),
    ("--sur-barre-claire", "--veille-barre", 4.5),
    ("--encre", "--survol-nav", 4.5),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["clair", "sombre"])
@pytest.mark.parametrize(("texte", "fond", "seuil"), PAIRES, ids=[f"{a} sur {b}" for a, b, _ in PAIRES])
def test_contrast(texte, fond, seuil, theme):
    obtenu = contraste(COULEURS[texte][theme], COULEURS[fond][theme])
    assert obtenu >= seuil, f"{texte} sur {fond} : {obtenu:.2f}, il faut {seuil}"


def test_fallback_without_light_dark_is_up_to_date():
    css = JETONS.read_text(encoding="utf-8")
    assert css == avec_repli(css), "relancez : python -m pdi.outillage.repli_css"


@pytest.mark.parametrize("nom", ["coque", "composants", "adaptation"])
def test_colours_that_depend_on_the_theme_are_tokens(nom):
    css = (JETONS.parent / f"{nom}.css").read_text(encoding="utf-8")
    assert "light-dark(" not in css
    declares = set(re.findall(r"(--[\w-]+)\s*:", css + JETONS.read_text(encoding="utf-8")))
    utilises = {v for v in re.findall(r"var\((--[\w-]+)\)", css) if not v.startswith("--bs-")}
    assert utilises <= declares


def gabarits() -> list[Path]:
    """Return the templates served to a browser: printed documents carry their own style sheet."""
    return sorted(c for c in (RACINE / "templates").rglob("*.html") if "documents" not in c.parts)


@pytest.mark.parametrize("chemin", gabarits(), ids=lambda c: str(c.relative_to(RACINE)))
def test_no_inline_style_nor_script(chemin):
    texte = chemin.read_text(encoding="utf-8")
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", texte)
    assert all("src=" in balise for balise in re.findall(r"<script\b[^>]*>", texte))


@pytest.mark.parametrize("chemin", sorted((RACINE / "static" / "js").glob("*.js")), ids=lambda c: c.name)
def test_scripts_stay_small_and_need_no_eval(chemin):
    texte = chemin.read_text(encoding="utf-8")
    assert texte.count("\n") < 150
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|\.style\b", texte)
