"""The report as a document: HTML from the frozen content. Printing is in impression.py, which only workers load."""

from .composition import Edition, Entree, composer_corps, composer_document, sommaire

__all__ = ["Edition", "Entree", "composer_corps", "composer_document", "sommaire"]
