"""A real browser: chromium driven by Playwright, axe on demand, CSP left as strict as in production."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, sync_playwright

NOMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LARGEUR_BUREAU, LARGEUR_TELEPHONE = 1280, 320
RESSOURCES = {"stylesheet", "script", "font", "image"}


def trouver_chromium() -> str | None:
    """Return the path of the installed browser (PDI_CHROMIUM wins), or None."""
    return os.environ.get("PDI_CHROMIUM") or next(filter(None, map(shutil.which, NOMS)), None)


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Browser]:
    """The browser, one a session."""
    chemin = trouver_chromium()
    if chemin is None:
        pytest.skip("chromium est absent : installez-le (Debian : apt-get install chromium) pour les parcours")
    options = OPTIONS + (["--no-sandbox"] if os.getuid() == 0 else [])
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chemin, args=options)
        yield chromium
        chromium.close()


class Surveillance:
    """What the browser complained about: script errors, CSP refusals, missing files."""

    def __init__(self) -> None:
        self.plaintes: list[str] = []

    def suivre(self, page: Page) -> None:
        page.on("pageerror", lambda erreur: self.plaintes.append(f"erreur de script : {erreur}"))
        page.on("console", self._console)
        page.on("response", self._reponse)

    def _console(self, message: Any) -> None:
        # A refused page (403, 404) is logged by the browser too; missing files are seen by _reponse.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.plaintes.append(f"console : {message.text}")

    def _reponse(self, reponse: Response) -> None:
        if reponse.status >= 400 and reponse.request.resource_type in RESSOURCES:
            self.plaintes.append(f"{reponse.status} sur {reponse.url}")


NouvellePage = Callable[..., Page]


@pytest.fixture
def surveillance() -> Surveillance:
    """The complaints of every page of this test; checked at its end."""
    return Surveillance()


@pytest.fixture
def nouvelle_page(navigateur: Browser, live_server: Any, surveillance: Surveillance) -> Iterator[NouvellePage]:
    """Open pages: `nouvelle_page(largeur=320, sombre=True, javascript=False)`. Each has its own cookies.

    At the end of the test, any script error, CSP refusal or missing file fails it.
    """
    contextes = []

    def ouvrir(
        *, largeur: int = LARGEUR_BUREAU, hauteur: int = 900, sombre: bool = False, javascript: bool = True
    ) -> Page:
        contexte = navigateur.new_context(
            base_url=live_server.url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": largeur, "height": hauteur},
            color_scheme="dark" if sombre else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        contexte.set_default_timeout(15_000)
        contextes.append(contexte)
        page = contexte.new_page()
        surveillance.suivre(page)
        return page

    yield ouvrir
    for contexte in contextes:
        contexte.close()
    assert not surveillance.plaintes, "\n".join(surveillance.plaintes)


@pytest.fixture
def page(nouvelle_page: NouvellePage) -> Page:
    """One page at desktop width."""
    return nouvelle_page()


@pytest.fixture
def page_telephone(nouvelle_page: NouvellePage) -> Page:
    """One page 320 px wide."""
    return nouvelle_page(largeur=LARGEUR_TELEPHONE, hauteur=640)
