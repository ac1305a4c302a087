"""Template tags and filters of the house, one module per kind; `templatetags/socle.py` exposes them as built-ins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

TONS = ("bon", "veille", "retard", "info", "neutre")


def rendre(nom: str, contexte: Mapping[str, Any]) -> SafeString:
    """Render `components/<nom>.html` with `contexte` alone: a component sees only what it is given."""
    return format_html("{}", get_template(f"components/{nom}.html").render(dict(contexte)))


def ton_connu(ton: str) -> str:
    """Return `ton`, or raise: a tone is one of five, a typing error must not pass as a colourless badge."""
    if ton not in TONS:
        raise template.TemplateSyntaxError(f"Ton inconnu : {ton!r}. Attendu : {', '.join(TONS)}.")
    return ton
