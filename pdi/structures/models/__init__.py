"""Models of organisms and services."""

from .structure import Contact, NatureStructure, NomAlternatif, Structure

__all__ = ["Contact", "NatureStructure", "NomAlternatif", "Structure"]
