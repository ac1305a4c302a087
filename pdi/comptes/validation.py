"""Password rules."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError

CLASSES = {
    "une minuscule": r"[a-zà-ÿ]",
    "une majuscule": r"[A-ZÀ-Ý]",
    "un chiffre": r"\d",
    "un signe (ponctuation, espace…)": r"[^\w]",
}
LONGUEUR_PHRASE = 20


class ComplexiteValidator:
    """Three kinds of characters out of four, or a passphrase of 20 characters. Source: CNIL, 2022 guidance."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002  # the signature is Django’s
        """Raise ValidationError naming what is missing."""
        if len(password) >= LONGUEUR_PHRASE:
            return
        manquants = [nom for nom, motif in CLASSES.items() if not re.search(motif, password)]
        if len(manquants) > 1:
            raise ValidationError(
                f"Ajoutez {' ou '.join(manquants)} : trois sortes de caractères sur quatre sont attendues, "
                f"ou une phrase d’au moins {LONGUEUR_PHRASE} caractères."
            )

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return (
            "Trois sortes de caractères parmi minuscules, majuscules, chiffres et signes, "
            f"ou une phrase d’au moins {LONGUEUR_PHRASE} caractères."
        )
