"""Helpers of the browser journeys: accessibility, overflow, screenshots."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as Erreur
from playwright.sync_api import Page

RACINE = Path(__file__).resolve().parent.parent
REGLES_AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _script_axe() -> str:
    return (RACINE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def verifier_axe(page: Page, *, exclure: tuple[str, ...] = ()) -> None:
    """Fail, in readable lines, when axe finds a fault on the page as it stands (WCAG 2.2 AA and good practice).

    axe runs through the browser's debugging channel: the page keeps its strict CSP. `exclure` lists selectors.
    """
    try:
        resultat = _jouer_axe(page, exclure)
    except Erreur:  # the page that was just left went away under axe: read the one that came
        page.wait_for_load_state()
        resultat = _jouer_axe(page, exclure)
    lignes = []
    for faute in resultat["fautes"]:
        lignes.append(f"{faute['id']} ({faute['impact']}) : {faute['help']}")
        for noeud in faute["nodes"][:5]:
            lignes.append(f"    {' '.join(map(str, noeud['target']))}\n        {noeud['html'][:200]}")
            lignes += [f"        {detail['message']}" for detail in noeud["any"][:2]]
    assert not lignes, f"{len(resultat['fautes'])} faute(s) d’accessibilité sur {page.url}\n" + "\n".join(lignes)


def _jouer_axe(page: Page, exclure: tuple[str, ...]) -> dict[str, Any]:
    page.wait_for_load_state()
    page.evaluate(_script_axe())
    resultat: dict[str, Any] = page.evaluate(
        """async ([regles, exclure]) => {
            const portee = {include: [["html"]], exclude: exclure.map((selecteur) => [selecteur])};
            const bilan = await axe.run(portee, {runOnly: regles, resultTypes: ["violations"]});
            return {fautes: bilan.violations};
        }""",
        [REGLES_AXE, list(exclure)],
    )
    return resultat


def verifier_largeur(page: Page) -> None:
    """Fail when the page scrolls sideways (it must fit a 320 px screen)."""
    contenu, fenetre = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert contenu <= fenetre, f"{page.url} déborde : {contenu} px de contenu pour {fenetre} px d’écran"


def verifier_page(page: Page, *, exclure: tuple[str, ...] = ()) -> None:
    """Check what every page owes its reader: axe, no sideways scroll, a title, one h1, French."""
    verifier_axe(page, exclure=exclure)
    verifier_largeur(page)
    assert page.title().strip(), f"{page.url} n’a pas de titre"
    assert page.locator("h1").count() == 1, f"{page.url} a {page.locator('h1').count()} titres h1"
    assert page.locator("html").get_attribute("lang") == "fr"


def capturer(page: Page, nom: str, *, entiere: bool = True) -> Path:
    """Save a screenshot as `nom`.png in PDI_CAPTURES (default: the run's folder) and return its path."""
    dossier = Path(os.environ.get("PDI_CAPTURES") or Path(os.environ["PDI_VAR"]) / "captures")
    dossier.mkdir(parents=True, exist_ok=True)
    chemin = dossier / f"{nom}.png"
    page.screenshot(path=chemin, full_page=entiere)
    return chemin
