"""Ready-made filters of a list: a word, a condition, and how many rows each holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from django.db.models import Count, Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Vue:
    """A ready-made filter of the list, with what it holds now."""

    code: str
    intitule: str
    compte: int
    ton: str = ""
    choisie: bool = False


class ListeAVues(Generic[M]):
    """A list whose reader may choose a ready-made filter, `vue`, beside the others."""

    vue: str

    @cached_property
    def conditions(self) -> dict[str, tuple[str, Q, str]]:
        """Return {code: (words, condition, tone)} of the ready-made filters."""
        raise NotImplementedError

    @cached_property
    def du_lecteur(self) -> QuerySet[M]:
        """Return the rows the reader may see, through the other filters."""
        raise NotImplementedError

    @cached_property
    def vues(self) -> list[Vue]:
        """Return the ready-made filters and what each holds with the other filters, in one query."""
        comptes = self.du_lecteur.aggregate(**{c: Count("pk", filter=q) for c, (_, q, _) in self.conditions.items()})
        return [Vue(c, mots, comptes[c], ton, self.vue == c) for c, (mots, _, ton) in self.conditions.items()]

    @property
    def trouvees(self) -> QuerySet[M]:
        """Return the rows of the filters."""
        vue = self.conditions.get(self.vue)
        return self.du_lecteur.filter(vue[1]) if vue else self.du_lecteur
