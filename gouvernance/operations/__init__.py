"""Writes of governance."""

from .compilation import compiler_rapport, executer_compilation
from .versions import enregistrer_deliberation, intituler_version, publier_version, reconstruire_pdf

__all__ = [
    "compiler_rapport",
    "enregistrer_deliberation",
    "executer_compilation",
    "intituler_version",
    "publier_version",
    "reconstruire_pdf",
]
