"""Harmonised indicators that the second storey computes itself: the realisations tied to a convention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from offre.calculs import CalculConvention, Comptes, declarer
from offre.lecture_realisations import sommes_des_conventions
from offre.regles.realisations import TOUTES, de_personnes, lire_mesures
from offre.types_realisation import indicateurs_livres

GROUPE = "Réalisations"


def realisations(conventions: Sequence[int], annee: int) -> Mapping[int, Comptes]:
    """Count the realisations of each convention: « kind:measure », « kind:* » for how many."""
    comptes: dict[int, dict[str, Decimal | None]] = {pk: _Zeros() for pk in conventions}
    for (genre, convention), sommes in sommes_des_conventions(conventions, annee).items():
        if convention is not None:
            comptes[convention] |= {f"{genre}:{mesure}": somme for mesure, somme in sommes.items()}
    return comptes


class _Zeros(dict[str, Decimal | None]):
    """What was not counted is zero."""

    def get(self, cle: str, defaut: Decimal | None = None) -> Decimal | None:  # type: ignore[override]  # noqa: ARG002
        """Return the count, zero when there is none."""
        return super().get(cle, Decimal(0))


def _dit(genre: Mapping[str, Any], mesure: str) -> str:
    """Return a measure in words."""
    libelles = {m["code"]: m["libelle"] for m in genre["mesures"]} | {TOUTES: "Réalisations", "": ""}
    return str(libelles[mesure])


def _declarer_tous() -> None:
    for genre, i in indicateurs_livres():
        declarer(
            CalculConvention(
                code=f"{genre['code']}-{i.code}",
                libelle=f"{genre['libelle']}\u00a0: {i.libelle[:1].lower()}{i.libelle[1:]}",
                definition=i.definition or "Réalisations rattachées à la convention et commencées dans l’année.",
                unite=i.unite,
                famille=realisations,
                compte=f"{genre['code']}:{i.numerateur}",
                compte_dit=_dit(genre, i.numerateur),
                base=f"{genre['code']}:{i.denominateur}" if i.denominateur else "",
                base_dite=_dit(genre, i.denominateur),
                groupe=GROUPE,
                personnes=frozenset(f"{genre['code']}:{m}" for m in de_personnes(lire_mesures(genre["mesures"]))),
            )
        )


_declarer_tous()
