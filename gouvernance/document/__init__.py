"""The report as a document: HTML from the frozen content. Workers print it (pdi.socle.impression)."""

from .composition import FEUILLES, Edition, Entree, composer_corps, composer_document, composer_partie, sommaire

__all__ = ["FEUILLES", "Edition", "Entree", "composer_corps", "composer_document", "composer_partie", "sommaire"]
