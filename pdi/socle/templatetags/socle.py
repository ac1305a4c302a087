"""Template library of the house, declared as a built-in: templates use it without `{% load %}`."""

from __future__ import annotations

from pdi.socle.balises import composants, formulaires, listes, register, textes, traits

__all__ = ["composants", "formulaires", "listes", "register", "textes", "traits"]
