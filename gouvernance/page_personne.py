"""Section of a person's page: her files before an équipe pluridisciplinaire, for who may read them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from gouvernance.droits_ep import equipes
from gouvernance.models import DossierEP, EtatDossierEP
from gouvernance.operations.ep_decision import mesure_de
from gouvernance.regles.ep import TONS_EP
from gouvernance.regles.sanctions_ep import dire
from parcours.page.base import CONTRACTUALISER, Geste, Lecture, Section
from parcours.regles.delais import Regime

MONTRES = 6


def a_un_dossier_ep() -> Exists:
    """Return « a file names her », read with her."""
    return Exists(DossierEP.objects.filter(personne=OuterRef("pk")))


def equipe_existe() -> Exists:
    """Return « there is a team to submit her to », read with her."""
    return Exists(equipes())


def section(lecture: Lecture) -> Section | None:
    """Return her files, latest facts first (one query, none for who never had any)."""
    if not getattr(lecture.personne, "a_un_dossier_ep", True):
        return None
    visibles = DossierEP.objects.visibles_par(lecture.utilisateur).filter(personne=lecture.personne.pk)
    lus = [d for d in visibles.select_related("regime", "decision")[:MONTRES] if d.a_nommer]  # type: ignore[attr-defined]
    for dossier in lus:
        lu: Any = dossier
        lu.ton, lu.icone = TONS_EP[EtatDossierEP(dossier.etat)]
        decision = getattr(dossier, "decision", None)
        lu.decision_dite = dire(Regime.lire(dossier.regime), mesure_de(decision)) if decision else ""
    return (
        Section("gouvernance/ep/_section.html", "Équipe pluridisciplinaire", "t-ep", {"dossiers": lus}) if lus else None
    )


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added, where a team exists."""
    connue = getattr(lecture.personne, "equipe_existe", None)
    if not (equipes().exists() if connue is None else connue):
        return []
    url = reverse("gouvernance:ep_ouvrir", args=[lecture.personne.pk])
    return [Geste("Saisir l’équipe pluridisciplinaire", url, CONTRACTUALISER)]
