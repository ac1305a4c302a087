"""Print HTML to an accessible PDF (PDF/UA-1). A page or two takes less than a second, a long document a worker.

Import it where it is used: WeasyPrint is heavy.
"""

from __future__ import annotations

import datetime
import gc
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import weasyprint
from django.conf import settings
from weasyprint.logger import PROGRESS_LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

_PAGE = re.compile(r"Creating layout - Page (\d+)")
AvancerPage = Callable[[int], None]


class RessourceRefusee(ValueError):
    """The document asked for something that is not one of our static files."""


class _Statiques(URLFetcher):  # type: ignore[misc]
    """Serve the files of static/ and data: URLs; nothing else, so that a document never reaches the network."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        racine = (settings.RACINE / "static").as_uri() + "/"
        if not url.startswith((racine, "data:")):
            raise RessourceRefusee(url)
        return super().fetch(url, headers)


@dataclass(frozen=True)
class Imprime:
    """A printed document."""

    octets: bytes
    pages: int


class MisEnPage:
    """A document laid out: its pages are counted before any is written, and may be written apart."""

    def __init__(self, document: Any, date: datetime.datetime) -> None:
        """Keep the layout. `ancres`: the page, from 1, where each identified element begins."""
        self._document, self._date = document, date
        self.pages = len(document.pages)
        self.ancres = {n: rang for rang, page in reversed(list(enumerate(document.pages, 1))) for n in page.anchors}

    def ecrire(self, identifiant: str, numeros: Iterable[int] | None = None) -> Imprime:
        """Write the pages `numeros` (from 1), all by default, as one PDF."""
        choisies = "all" if numeros is None else [self._document.pages[n - 1] for n in numeros]
        with _horloge_figee(self._date), _sans_ramasser():
            document = self._document.copy(choisies)
            octets = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifiant.encode())
        return Imprime(octets, len(document.pages))


class _Ecoute(logging.Handler):
    """Turn WeasyPrint's own progress messages into calls. What `avancer` raises stops the layout."""

    def __init__(self, avancer: AvancerPage) -> None:
        super().__init__(logging.INFO)
        self._avancer = avancer

    def emit(self, record: logging.LogRecord) -> None:
        trouve = _PAGE.search(record.getMessage())
        if trouve:
            self._avancer(int(trouve.group(1)))


@contextmanager
def _ecouter(avancer: AvancerPage | None) -> Iterator[None]:
    if avancer is None:
        yield
        return
    ecoute, niveau, propage = _Ecoute(avancer), PROGRESS_LOGGER.level, PROGRESS_LOGGER.propagate
    PROGRESS_LOGGER.addHandler(ecoute)
    PROGRESS_LOGGER.setLevel(logging.INFO)
    PROGRESS_LOGGER.propagate = False
    try:
        yield
    finally:
        PROGRESS_LOGGER.removeHandler(ecoute)
        PROGRESS_LOGGER.setLevel(niveau)
        PROGRESS_LOGGER.propagate = propage


@contextmanager
def _horloge_figee(date: datetime.datetime) -> Iterator[None]:
    """Give the embedded fonts the date of the document: fontTools stamps them with the time of day otherwise."""
    avant = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(date.timestamp()))
    try:
        yield
    finally:
        if avant is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = avant


@contextmanager
def _sans_ramasser() -> Iterator[None]:
    """Leave the cyclic garbage alone: a layout makes millions of objects that all live until it is written."""
    actif = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if actif:
            gc.enable()


def mettre_en_page(
    html: str, *, feuilles: Sequence[str], date: datetime.datetime, avancer_page: AvancerPage | None = None
) -> MisEnPage:
    """Lay out `html` with the style sheets `feuilles` (paths under static/), dated `date`.

    `avancer_page` is called with each page number as it is laid out, and may raise to stop.
    """
    polices = FontConfiguration()
    recuperer = _Statiques()
    base = (settings.RACINE / "static").as_uri() + "/"
    with _ecouter(avancer_page), _horloge_figee(date), _sans_ramasser():
        styles = [
            weasyprint.CSS(filename=settings.RACINE / "static" / nom, font_config=polices, url_fetcher=recuperer)
            for nom in feuilles
        ]
        document = weasyprint.HTML(string=html, base_url=base, url_fetcher=recuperer).render(
            font_config=polices, stylesheets=styles, pdf_variant="pdf/ua-1", presentational_hints=False
        )
    document.metadata.created = document.metadata.modified = date.astimezone(datetime.UTC).strftime(
        "%Y-%m-%dT%H:%M:%S+00:00"
    )
    return MisEnPage(document, date)


def imprimer(
    html: str,
    *,
    feuilles: Sequence[str],
    date: datetime.datetime,
    identifiant: str,
    avancer_page: AvancerPage | None = None,
) -> Imprime:
    """Lay out and write `html`. The same arguments give the same bytes with the same library versions."""
    return mettre_en_page(html, feuilles=feuilles, date=date, avancer_page=avancer_page).ecrire(identifiant)
