"""The buttons of a page: what may be done from it, and why not when it may not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from actions.droits import (
    est_pilote,
    peut_ecrire_bilan,
    peut_gerer_campagne,
    peut_modifier_fiche,
    peut_modifier_programme,
    peut_relire_bilan,
    peut_saisir_mesure,
    peut_suivre_fiche,
)
from actions.models import EtatBilan, Indicateur, Programme
from pdi.socle.droits import Verdict


@dataclass(frozen=True)
class Geste:
    """One button or link. Without `url` it is shown disabled, with `motif`."""

    intitule: str
    url: str = ""
    motif: str = ""
    icone: str = ""


def _adresse(nom: str, *args: Any) -> str:
    try:
        return reverse(f"actions:{nom}", args=args)
    except NoReverseMatch:
        return ""


def _geste(intitule: str, nom: str, args: Iterable[Any], verdict: Verdict, *, icone: str = "") -> Geste | None:
    """Return the link when allowed, the disabled button with its reason when not, nothing when no screen does it."""
    url = _adresse(nom, *args)
    if not url:
        return None
    return Geste(intitule, url, icone=icone) if verdict.ok else Geste(intitule, motif=verdict.motif, icone=icone)


def _presents(gestes: Iterable[Geste | None]) -> list[Geste]:
    return [g for g in gestes if g is not None]


def gestes_programme(utilisateur: Any, programme: Programme, campagne: Any | None) -> list[Geste]:
    """Return what may be done to a programme. Nobody is offered what their role never does."""
    modifier = peut_modifier_programme(utilisateur, programme)
    if not modifier and not programme.reference:
        return []
    gestes = [
        _geste("Modifier le programme", "programme_modifier", [programme.code], modifier, icone="pencil-square"),
        _geste("Modifier l’arbre stratégique", "axes", [programme.code], modifier, icone="diagram-3"),
        _geste("Modifier les signataires", "signataires_modifier", [programme.code], modifier, icone="pen"),
        _geste("Ajouter une fiche-action", "fiche_creer", [programme.code], modifier, icone="plus-lg"),
        _proposer_fiche(programme),
    ]
    gerer = peut_gerer_campagne(utilisateur, programme)
    if gerer and campagne is None:
        gestes.append(
            _geste("Préparer une campagne de bilans", "campagne_creer", [programme.code], gerer, icone="calendar-plus")
        )
    return _presents(gestes)


def _proposer_fiche(programme: Programme) -> Geste | None:
    """Return the proposal of a new fiche that a storey above takes, once the programme is adopted."""
    if programme.date_adoption is None or programme.reference:
        return None
    try:
        url = reverse("gouvernance:fiche_proposer", args=[programme.code])
    except NoReverseMatch:
        return None
    return Geste("Proposer une fiche par avenant", url, icone="journal-plus")


def geste_bilan(utilisateur: Any, bilan: Any | None) -> Geste | None:
    """Return the main act of a fiche: its pilote writes or corrects the bilan, the manager reads or reviews it."""
    if bilan is None:
        return None
    annee = bilan.campagne.annee
    if bilan.etat == EtatBilan.SOUMIS and peut_relire_bilan(utilisateur, bilan):
        return Geste(f"Relire le bilan {annee}", _adresse("bilan_relire", bilan.pk), icone="clipboard-check")
    if not peut_ecrire_bilan(utilisateur, bilan):
        return None
    if est_pilote(utilisateur, bilan.fiche):
        return _ecrire_bilan(bilan)
    return Geste(f"Voir le bilan {annee}", bilan.get_absolute_url(), icone="file-text")


def _ecrire_bilan(bilan: Any) -> Geste:
    verbe = "Corriger" if bilan.etat == EtatBilan.A_CORRIGER else "Écrire"
    return Geste(f"{verbe} le bilan {bilan.campagne.annee}", _adresse("bilan_ecrire", bilan.pk), icone="pencil-square")


def gestes_fiche(utilisateur: Any, fiche: Any, annee: int, bilan: Any | None) -> list[Geste]:
    """Return the other acts on a fiche; those of the pilote are shown disabled with the reason to who may read it.

    A manager may write the bilan in the pilote's stead: it is here, not their main act.
    """
    modifier, suivre = peut_modifier_fiche(utilisateur, fiche), peut_suivre_fiche(utilisateur, fiche)
    secours = bilan is not None and peut_ecrire_bilan(utilisateur, bilan) and not est_pilote(utilisateur, fiche)
    return _presents(
        [
            *([_ecrire_bilan(bilan)] if secours else []),
            _geste("Mettre à jour le suivi", "fiche_suivre", [fiche.pk], suivre, icone="list-check"),
            _geste(f"Saisir les valeurs {annee}", "mesures_saisir", [fiche.pk, annee], suivre, icone="table"),
            _geste("Ajouter une note datée", "note_ajouter", [fiche.pk], suivre, icone="chat-left-text"),
            _geste("Joindre une pièce", "piece_ajouter", [fiche.pk], suivre, icone="paperclip"),
            *_vie(fiche, suivre),
            _geste("Modifier la fiche", "fiche_modifier", [fiche.pk], modifier, icone="pencil"),
            _geste("Fixer les cibles", "cibles_modifier", [fiche.pk], modifier, icone="bullseye"),
            _geste("Ajouter un indicateur", "indicateur_creer", [fiche.pk], modifier, icone="plus-lg"),
        ]
    )


def _vie(fiche: Any, suivre: Verdict) -> list[Geste | None]:
    """Return what changes the text of a fiche: its versions, and the proposal that a storey above takes."""
    try:
        proposer = reverse("gouvernance:modification_proposer", args=[fiche.pk])
    except NoReverseMatch:
        proposer = ""
    gestes: list[Geste | None] = [
        Geste("Voir ses versions", _adresse("fiche_versions", fiche.pk), icone="clock-history")
    ]
    if proposer and suivre.ok:
        gestes.append(Geste("Proposer une modification", proposer, icone="pencil-square"))
    return gestes


def gestes_indicateur(utilisateur: Any, indicateur: Indicateur) -> list[Geste]:
    """Return the acts on an indicator: enter a value first."""
    return _presents(
        [
            _geste(
                "Saisir une valeur",
                "mesure_saisir",
                [indicateur.pk],
                peut_saisir_mesure(utilisateur, indicateur),
                icone="plus-lg",
            ),
            _geste(
                "Modifier la définition",
                "indicateur_modifier",
                [indicateur.pk],
                peut_modifier_fiche(utilisateur, indicateur.fiche),
                icone="pencil",
            ),
        ]
    )
