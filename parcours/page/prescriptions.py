"""Section of a person's page: prescriptions."""

from __future__ import annotations

from .base import Geste, Lecture, Section


def section(lecture: Lecture) -> Section | None:  # noqa: ARG001  # nothing to show yet
    """Return the section."""
    return None


def gestes(lecture: Lecture) -> list[Geste]:  # noqa: ARG001  # nothing to add yet
    """Return what may be added."""
    return []
