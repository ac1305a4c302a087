"""What is made on demand from the frozen content of a version, in less than a few seconds: nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .composition import Edition
from .presentation import imprimer_diapositives, imprimer_synthese
from .word import TYPE_WORD, rapport_en_word


@dataclass(frozen=True)
class Derive:
    """One document: how it is made, what it is."""

    composer: Callable[[Mapping[str, Any], Edition], bytes]
    extension: str
    type: str


PDF = "application/pdf"
DERIVES: dict[str, Derive] = {
    "word": Derive(rapport_en_word, "docx", TYPE_WORD),
    "synthese": Derive(lambda contenu, edition: imprimer_synthese(contenu, edition).octets, "pdf", PDF),
    "diapositives": Derive(lambda contenu, edition: imprimer_diapositives(contenu, edition).octets, "pdf", PDF),
}
