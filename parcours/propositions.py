"""What the rule set in force proposes for a person, or for many, from their latest finished diagnosis."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from parcours.models import Diagnostic, JeuRegles, RegleOrientation, ReponseDiagnostic, ThemeDiagnostic
from parcours.regles.orientation import Proposition, Reponse, evaluer


def jeu_au(jour: datetime.date) -> JeuRegles | None:
    """Return the rule set in force on `jour`."""
    en_vigueur = Q(jusqu_au__isnull=True) | Q(jusqu_au__gte=jour)
    return JeuRegles.objects.filter(en_vigueur, applique_des__lte=jour).prefetch_related("regles").first()


@dataclass(frozen=True)
class PropositionDatee:
    """What is proposed, from which diagnosis and by which set; `proposition.type` is empty when nothing is."""

    proposition: Proposition = field(default_factory=Proposition)
    diagnostic: Diagnostic | None = None
    jeu: JeuRegles | None = None

    @property
    def questions_sans_reponse(self) -> list[str]:
        """Return what the rules read and nobody answered, restricted themes left unnamed. One query."""
        if self.diagnostic is None or not self.proposition.sans_reponse:
            return []
        themes = ThemeDiagnostic.objects.filter(
            grille=self.diagnostic.grille_id, code__in=self.proposition.sans_reponse
        ).order_by("restreint", "ordre")  # fmt: skip
        nommes = ["une question réservée" if t.restreint else t.libelle for t in themes]
        return list(dict.fromkeys(nommes))

    @property
    def regle(self) -> RegleOrientation | None:
        """Return the rule that proposed."""
        trouvee: RegleOrientation | None = self.proposition.regle
        return trouvee


def reponses_de(diagnostics: Collection[int]) -> dict[int, list[Reponse]]:
    """Return the answers by diagnosis as the rules read them, restricted ones included, in one query.

    They are for the rules alone: no reason names a restricted answer.
    """
    lues: dict[int, list[Reponse]] = defaultdict(list)
    lignes: Any = ReponseDiagnostic.objects.filter(diagnostic__in=diagnostics).values_list(
        "diagnostic_id", "theme__code", "situation__code", "situation__niveau", "situation__libelle", "theme__restreint"
    )
    for diagnostic, *champs in lignes:
        lues[diagnostic].append(Reponse(*champs))
    return lues


def propositions(personnes: Collection[Any], jour: datetime.date) -> dict[int, PropositionDatee]:
    """Return what is proposed on `jour`, by person, for those who have a finished diagnosis. Three queries."""
    jeu = jeu_au(jour)
    derniers = (
        Diagnostic.objects.filter(personne__in=personnes, termine_le__isnull=False)
        .order_by("personne_id", "-date", "-id")
        .distinct("personne_id")
        .select_related("mene_par")
    )
    par_personne = {d.personne_id: d for d in derniers}
    reponses = reponses_de([d.pk for d in par_personne.values()])
    regles = list(jeu.regles.all()) if jeu else []
    return {
        pk: PropositionDatee(evaluer(regles, reponses.get(d.pk, ())) if jeu else Proposition(), d, jeu)
        for pk, d in par_personne.items()
    }


def proposition_pour(personne: Any, jour: datetime.date) -> PropositionDatee:
    """Return what is proposed for one person on `jour`; without finished diagnosis, nothing."""
    return propositions([personne], jour).get(personne.pk, PropositionDatee())
