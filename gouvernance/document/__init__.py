"""The report as a document: HTML from the frozen content, PDF from that HTML."""

from .composition import Edition, Entree, composer_corps, composer_document, sommaire
from .impression import Imprime, imprimer

__all__ = ["Edition", "Entree", "Imprime", "composer_corps", "composer_document", "imprimer", "sommaire"]
