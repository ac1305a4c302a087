"""Versions of a fiche: the list, and any two compared word by word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from actions.droits import peut_modifier_fiche
from actions.models import Bilan, FicheAction, VersionFiche
from actions.versions import Difference, a_lire, differences, textes_de
from pdi.socle.differences import Morceau, apres_seul, avant_seul, comparer_mots
from pdi.socle.tri import Colonne

COURANTE = "courante"
COLONNES = (Colonne("Version"), Colonne("En vigueur"), Colonne("D’où elle vient"), Colonne("Bilans écrits pour elle"))


@dataclass(frozen=True)
class Comparee:
    """One rubric that differs, word by word."""

    difference: Difference

    @cached_property
    def _morceaux(self) -> list[Morceau]:
        return comparer_mots(self.difference.avant, self.difference.apres)

    @property
    def avant(self) -> list[Morceau]:
        """Return the first text."""
        return avant_seul(self._morceaux)

    @property
    def apres(self) -> list[Morceau]:
        """Return the second text."""
        return apres_seul(self._morceaux)


def _choisies(get: Any, contenus: dict[str, Any]) -> tuple[str, str]:
    """Return the keys of the two versions to compare: those asked for, else the last two."""
    cles = list(contenus)  # from the latest
    apres = get.get("apres", "")
    apres = apres if apres in contenus else cles[0]
    rang = cles.index(apres)
    avant = get.get("avant", "")
    return (avant if avant in contenus else cles[min(rang + 1, len(cles) - 1)]), apres


@login_required
@require_GET
def fiche_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """List the versions of a fiche and compare two of them."""
    fiche = get_object_or_404(FicheAction.objects.visibles_par(request.user).select_related("programme"), pk=pk)
    bilans = Bilan.objects.visibles_par(request.user).select_related("campagne").order_by("campagne__annee")
    versions = list(VersionFiche.objects.filter(fiche=fiche).prefetch_related(Prefetch("bilans", queryset=bilans)))
    for suivante, version in zip([None, *versions], versions, strict=False):
        version.jusqu_au = suivante.effet if suivante else None  # type: ignore[attr-defined]
    actuel = textes_de(a_lire([fiche.pk])[0])
    contenus: dict[str, Any] = {str(v.numero): v.contenu for v in versions}
    corrigee = bool(versions) and versions[0].contenu != actuel
    if corrigee or not versions:
        contenus = {COURANTE: actuel} | contenus
    avant, apres = _choisies(request.GET, contenus)
    noms = {COURANTE: "Texte actuel, pas encore gardé"} | {
        str(v.numero): f"Version {v.numero}, depuis le {v.effet:%d/%m/%Y}" for v in versions
    }
    contexte = {
        "fiche": fiche, "versions": versions, "corrigee": corrigee, "colonnes": COLONNES,
        "choix": [(cle, noms[cle]) for cle in contenus], "avant": avant, "apres": apres,
        "comparees": [Comparee(d) for d in differences(contenus[avant], contenus[apres])],
        "lien_fiche": f"Fiche {fiche.numero}",
        "peut_garder": (corrigee or not versions) and peut_modifier_fiche(request.user, fiche).ok,
    }  # fmt: skip
    return render(request, "actions/lecture/fiche_versions.html", contexte)
