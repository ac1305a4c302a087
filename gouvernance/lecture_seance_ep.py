"""The files of a meeting of an équipe pluridisciplinaire, as one reader sees them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from gouvernance.models import DossierEP, EtatDossierEP, Seance
from gouvernance.regles.ep import TONS_EP


class LectureSeanceEP:
    """The order of passage, and the file that is open: `choisi`, else the first without an opinion."""

    def __init__(self, seance: Seance, utilisateur: Any, choisi: int = 0) -> None:
        """Keep them."""
        self.seance, self.utilisateur, self.choisi = seance, utilisateur, choisi

    @cached_property
    def dossiers(self) -> list[Any]:
        """Return the files the reader may see, in order."""
        visibles = DossierEP.objects.visibles_par(self.utilisateur).filter(seance=self.seance)
        lus: list[Any] = list(
            visibles.select_related(
                "personne", "regime", "instance__territoire", "seance", "avis", "decision__orientation"
            )
            .defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
            .order_by("passage", "pk")
        )
        for lu in lus:
            lu.ton, lu.icone = TONS_EP[EtatDossierEP(lu.etat)]
        return lus

    @cached_property
    def courant(self) -> Any:
        """Return the open file, None when there is none to show."""
        demande = next((d for d in self.dossiers if d.pk == self.choisi), None)
        if demande is not None:
            return demande
        restants = [d for d in self.dossiers if d.etat == EtatDossierEP.INSCRIT]
        return restants[0] if restants else (self.dossiers[0] if self.dossiers else None)

    @property
    def restants(self) -> int:
        """Return how many wait for an opinion."""
        return sum(d.etat == EtatDossierEP.INSCRIT for d in self.dossiers)
