"""The poster of a questionnaire: its QR code, its address, A4, PDF/UA-1."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from gouvernance.models import Questionnaire
from pdi.territoires.noms import nom_de_la_collectivite

if TYPE_CHECKING:
    from pdi.socle.impression import Imprime

FEUILLES = ("css/contrat-impression.css", "css/seance-impression.css")


def adresse_publique(questionnaire: Questionnaire) -> str:
    """Return the whole address where anybody answers."""
    return settings.ADRESSE_PUBLIQUE + reverse("gouvernance:avis", args=[questionnaire.jeton])


@dataclass(frozen=True)
class Affiche:
    """What is shown and printed to bring people to a questionnaire."""

    questionnaire: Questionnaire

    @property
    def adresse(self) -> str:
        """Return the address."""
        return adresse_publique(self.questionnaire)

    @property
    def adresse_courte(self) -> str:
        """Return it without « https:// », to be typed."""
        parties = urlsplit(self.adresse)
        return f"{parties.netloc}{parties.path}"

    @property
    def departement(self) -> str:
        """Return the name of the collectivité."""
        return nom_de_la_collectivite(settings.DEPARTEMENT_CODE)

    @cached_property
    def _code(self) -> segno.QRCode:
        return segno.make_qr(self.adresse, error="m")  # read even when a corner of the sheet is torn or folded

    @property
    def svg(self) -> SafeString:
        """Return the code as inline SVG, dark on white in both themes: readers need that contrast."""
        tampon = io.BytesIO()
        titre = "Code à scanner pour répondre"
        self._code.save(
            tampon, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True, title=titre,
            svgclass="code-qr", lineclass=None, omitsize=True,
        )  # fmt: skip
        svg = tampon.getvalue().decode().replace("<svg ", '<svg role="img" ', 1)
        return mark_safe(svg)  # noqa: S308  # nosec  # made here, of an address of ours

    @property
    def image(self) -> str:
        """Return the code as a data: address, for the page to print."""
        return self._code.svg_data_uri(scale=10, border=4, dark="#000", light="#fff")

    def imprimer(self, avancer_page: Callable[[int], None] | None = None) -> Imprime:
        """Print the poster; `avancer_page` is told each page laid out."""
        from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy

        html = get_template("documents/questionnaire/affiche.html").render({"d": self, "q": self.questionnaire})
        identifiant = f"affiche-{self.questionnaire.pk}-{self.questionnaire.version}"
        return imprimer(
            html, feuilles=FEUILLES, date=timezone.now(), identifiant=identifiant, avancer_page=avancer_page
        )


@dataclass(frozen=True)
class Billets:
    """The cards of a questionnaire that have not served, to cut out: a code each, ten a page."""

    questionnaire: Questionnaire

    @cached_property
    def codes(self) -> list[tuple[str, str]]:
        """Return (image of the code, address to type) of each card, in the order of their secret: at random."""
        lus = self.questionnaire.billets.filter(servi=False).values_list("jeton", flat=True)
        adresses = [settings.ADRESSE_PUBLIQUE + reverse("gouvernance:avis", args=[j]) for j in lus]
        return [(_image(a), "".join(urlsplit(a)[1:3])) for a in adresses]

    def imprimer(self, avancer_page: Callable[[int], None] | None = None) -> Imprime:
        """Print the cards; `avancer_page` is told each page laid out."""
        from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy

        departement = nom_de_la_collectivite(settings.DEPARTEMENT_CODE)
        contexte = {"d": self, "q": self.questionnaire, "departement": departement}
        html = get_template("documents/questionnaire/billets.html").render(contexte)
        identifiant = f"billets-{self.questionnaire.pk}-{self.questionnaire.version}"
        return imprimer(
            html, feuilles=FEUILLES, date=timezone.now(), identifiant=identifiant, avancer_page=avancer_page
        )


def _image(adresse: str) -> str:
    code = segno.make_qr(adresse, error="m")
    return code.svg_data_uri(scale=10, border=4, dark="#000", light="#fff")
