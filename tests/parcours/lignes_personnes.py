"""Rows of a file of people, for the tests of its import."""

from __future__ import annotations

import datetime

ENTETES = ("Nom", "Prénom", "Né(e) le", "Téléphone", "CP", "Ville")
NE = datetime.date(1984, 7, 2)


def une(*, nom="Modèle", prenom="Ali", ne="02/07/1984", tel="0612345678", cp="91100", ville="Corbeil-Essonnes"):
    return (nom, prenom, ne, tel, cp, ville)
