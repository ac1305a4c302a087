"""A person's page: her files before an équipe pluridisciplinaire and their steps in time, for who may read them."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse

from gouvernance.droits_ep import equipes
from gouvernance.models import DossierEP, EtatDossierEP, NatureRecours, ObservationEP, RecoursEP
from gouvernance.operations.ep_decision import mesure_de
from gouvernance.regles.ep import TONS_EP
from gouvernance.regles.sanctions_ep import dire
from parcours.chronologie import EP, Fait
from parcours.page.base import CONTRACTUALISER, Geste, Lecture, Section
from parcours.regles.delais import Regime

MONTRES = 6


def a_un_dossier_ep() -> Exists:
    """Return « a file names her », read with her."""
    return Exists(DossierEP.objects.filter(personne=OuterRef("pk")))


def equipe_existe() -> Exists:
    """Return « there is a team to submit her to », read with her."""
    return Exists(equipes())


def _dossiers(lecture: Lecture) -> list[Any]:
    """Return her files, latest facts first: one query for the section and the timeline, none for who never had any."""
    if not getattr(lecture.personne, "a_un_dossier_ep", True):
        return []
    if "dossiers_ep" not in lecture.memoire:
        visibles = DossierEP.objects.visibles_par(lecture.utilisateur).filter(personne=lecture.personne.pk)
        observations = ObservationEP.objects.filter(dossier=OuterRef("pk"))
        recours = RecoursEP.objects.filter(dossier=OuterRef("pk"))
        lus: Any = visibles.select_related("regime", "decision", "avis").annotate(
            observations_lues=ArraySubquery(observations.values(ligne=JSONObject(le="recue_le", tardive="tardive"))),
            recours_lus=ArraySubquery(recours.values(ligne=JSONObject(le="recu_le", nature="nature"))),
        )
        lecture.memoire["dossiers_ep"] = [_decore(d) for d in lus if d.a_nommer]
    lus_deja: list[Any] = lecture.memoire["dossiers_ep"]
    return lus_deja


def _decore(dossier: Any) -> Any:
    regime = Regime.lire(dossier.regime)
    dossier.ton, dossier.icone = TONS_EP[EtatDossierEP(dossier.etat)]
    for nom in ("avis", "decision"):
        ligne = getattr(dossier, nom, None)
        setattr(dossier, f"{nom}_lue", ligne)
        setattr(dossier, f"{nom}_dite", dire(regime, mesure_de(ligne)) if ligne else "")
    return dossier


def section(lecture: Lecture) -> Section | None:
    """Return her files, for who may read them."""
    lus = _dossiers(lecture)[:MONTRES]
    return (
        Section("gouvernance/ep/_section.html", "Équipe pluridisciplinaire", "t-ep", {"dossiers": lus}) if lus else None
    )


def faits(lecture: Lecture) -> list[Fait]:
    """Return the dated steps of her files, latest first, as events of her timeline; none is asked of the database."""
    dits = [(le, *mots, d) for d in _dossiers(lecture) for le, *mots in _etapes(d) if le is not None]
    dits.sort(key=lambda x: x[0])
    return [
        Fait(le, EP, d.pk, None, None, f"Équipe pluridisciplinaire\u00a0: {titre}", texte, "", d.get_absolute_url())
        for le, titre, texte, d in reversed(dits)
    ]


def _etapes(d: Any) -> list[tuple[datetime.date | None, str, str]]:
    """Return (day, words, detail) of what happened to a file; a day that is None did not come."""
    avis, decision, theme = d.avis_lue, d.decision_lue, d.get_theme_display().lower()
    limite = f"elle peut répondre jusqu’au {d.observations_jusqu_au:%d/%m/%Y}" if d.observations_jusqu_au else ""
    dites: list[tuple[datetime.date | None, str, str]] = [
        (d.soumis_le, "dossier soumis", theme), (d.intention_le, "intention notifiée", limite),
        *((_lu(o), "observations reçues", "hors délai" if o["tardive"] else "") for o in d.observations_lues),
    ]  # fmt: skip
    if avis is not None:
        dites.append((avis.rendu_le, "avis rendu", d.avis_dite.lower()))
    if decision is not None:
        recours = f"recours possible jusqu’au {decision.recours_jusqu_au:%d/%m/%Y}" if decision.recours_jusqu_au else ""
        dites += [
            (decision.decidee_le, "décision", d.decision_dite.lower()),
            (decision.notifiee_le, "décision notifiée", recours),
            (decision.levee_le, "sanction levée", decision.levee_motif),
        ]
    return [*dites, *((_lu(r), NatureRecours(r["nature"]).label.lower(), "") for r in d.recours_lus)]


def _lu(ligne: dict[str, Any]) -> datetime.date:
    return datetime.date.fromisoformat(ligne["le"])


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added, where a team exists."""
    connue = getattr(lecture.personne, "equipe_existe", None)
    if not (equipes().exists() if connue is None else connue):
        return []
    url = reverse("gouvernance:ep_ouvrir", args=[lecture.personne.pk])
    return [Geste("Saisir l’équipe pluridisciplinaire", url, CONTRACTUALISER)]
