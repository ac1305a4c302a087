"""Structured logs: one JSON object a line, without personal data (no e-mail, no name, no query string)."""

from __future__ import annotations

import logging
import re
from typing import Any

import structlog

from .contexte import ecran_courant, requete_courante

_COURRIEL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_LONG_NUMERO = re.compile(r"\b\d{10,15}\b")
# A social security number, with or without spaces and key; Corsica writes 2A or 2B.
_NIR = re.compile(
    r"\b[1-478](?:[ .\u00a0]?\d{2}){2}[ .\u00a0]?(?:\d{2}|2[AB])(?:[ .\u00a0]?\d{3}){2}(?:[ .\u00a0]?\d{2})?\b",
    re.IGNORECASE,
)
# The secret part of an address that opens something without an account: a seed and its signature.
_JETON = re.compile(r"[\w-]{40,}\.[\w-]{40,}")

# What PostgreSQL adds to an error: the row that it refuses, the statement, the line of a COPY, with their values.
_DETAIL = re.compile(
    r"^(?:LINE \d+|DETAIL|HINT|QUERY|CONTEXT):.*?(?=^The above exception |^During handling |^Traceback |\Z)",
    re.MULTILINE | re.DOTALL,
)


def epurer(texte: str) -> str:
    """Return `texte` with e-mail addresses, long numbers, secret addresses and details of the database replaced."""
    sans_jeton = _JETON.sub("[jeton]", _DETAIL.sub("[détail]\n\n", texte))
    return _LONG_NUMERO.sub("[numéro]", _NIR.sub("[numéro]", _COURRIEL.sub("[courriel]", sans_jeton)))


def _contexte(_logger: Any, _nom: str, evenement: structlog.types.EventDict) -> structlog.types.EventDict:
    evenement["ecran"] = ecran_courant()
    evenement["requete"] = requete_courante()
    evenement["event"] = epurer(str(evenement.get("event", "")))
    return evenement


def _epurer_tout(_logger: Any, _nom: str, evenement: structlog.types.EventDict) -> structlog.types.EventDict:
    """Purge the traceback too: the message of an exception often repeats the value that it refuses."""
    return {cle: epurer(valeur) if isinstance(valeur, str) else valeur for cle, valeur in evenement.items()}


def formateur() -> logging.Formatter:
    """Return the formatter of the console handler."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _contexte,
            structlog.processors.format_exc_info,
            _epurer_tout,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
