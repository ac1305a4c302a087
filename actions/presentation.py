"""How the states of the first storey are shown: a word, a tone, a pictogram. No rule here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices

from pdi.socle.composants import Affichage

from .models import EtatAnomalie, EtatEtape, EtatProgramme, StatutFiche
from .regles.bilans import affichage

ICONES_FICHE = {
    StatutFiche.A_VENIR: "calendar-event",
    StatutFiche.EN_COURS: "play-circle-fill",
    StatutFiche.REALISEE: "check-circle-fill",
    StatutFiche.EN_PAUSE: "pause-circle-fill",
    StatutFiche.ABANDONNEE: "x-circle-fill",
    StatutFiche.BLOQUEE: "slash-circle-fill",
    StatutFiche.EN_RETARD: "clock-fill",
    StatutFiche.A_DISCUTER: "chat-left-text-fill",
}
TONS_FICHE = {
    StatutFiche.A_VENIR: "neutre",
    StatutFiche.EN_COURS: "info",
    StatutFiche.REALISEE: "bon",
    StatutFiche.EN_PAUSE: "neutre",
    StatutFiche.ABANDONNEE: "neutre",
    StatutFiche.BLOQUEE: "retard",
    StatutFiche.EN_RETARD: "veille",
    StatutFiche.A_DISCUTER: "veille",
}
ICONES_ETAPE = {
    EtatEtape.A_VENIR: "circle",
    EtatEtape.EN_COURS: "arrow-right-circle-fill",
    EtatEtape.REALISEE: "check-circle-fill",
    EtatEtape.ABANDONNEE: "x-circle-fill",
}
TONS_ETAPE = {
    EtatEtape.A_VENIR: "neutre",
    EtatEtape.EN_COURS: "info",
    EtatEtape.REALISEE: "bon",
    EtatEtape.ABANDONNEE: "neutre",
}
ICONES_PROGRAMME = {
    EtatProgramme.PREPARATION: "pencil",
    EtatProgramme.EN_VIGUEUR: "play-circle-fill",
    EtatProgramme.ECHU: "archive-fill",
}
TONS_PROGRAMME = {
    EtatProgramme.PREPARATION: "info",
    EtatProgramme.EN_VIGUEUR: "bon",
    EtatProgramme.ECHU: "neutre",
}
ICONES_ANOMALIE = {
    EtatAnomalie.OUVERTE: "exclamation-triangle-fill",
    EtatAnomalie.CONSERVEE: "bookmark-check-fill",
    EtatAnomalie.TRAITEE: "check-circle-fill",
}
TONS_ANOMALIE = {EtatAnomalie.OUVERTE: "veille", EtatAnomalie.CONSERVEE: "neutre", EtatAnomalie.TRAITEE: "bon"}


def _table(choix: type[TextChoices], tons: Mapping[Any, str], icones: Mapping[Any, str]) -> dict[str, Affichage]:
    return {etat: Affichage(str(choix(etat).label), tons[etat], icones[etat]) for etat in choix.values}


STATUTS_FICHE = _table(StatutFiche, TONS_FICHE, ICONES_FICHE)
ETATS_ETAPE = _table(EtatEtape, TONS_ETAPE, ICONES_ETAPE)
ETATS_PROGRAMME = _table(EtatProgramme, TONS_PROGRAMME, ICONES_PROGRAMME)
ETATS_ANOMALIE = _table(EtatAnomalie, TONS_ANOMALIE, ICONES_ANOMALIE)

__all__ = ["ETATS_ANOMALIE", "ETATS_ETAPE", "ETATS_PROGRAMME", "STATUTS_FICHE", "Affichage", "affichage"]
