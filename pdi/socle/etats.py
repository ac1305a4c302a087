"""State machines: a table of transitions, one way to judge them, one way to write them.

A machine (`Automate`) is declared in an app's `regles`, without database access. Its operations call
`verdict` before writing and `changer_etat` to write; `documenter_etats` turns every table into docs/etats.md.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from django.utils import timezone

from .droits import OUI, RegleMetier, Verdict, exiger, non
from .models import LigneEtat

Objet = TypeVar("Objet", bound=models.Model)


class TransitionImpossible(RegleMetier):
    """No such change from this state: the object moved since the page was shown, or the change never exists."""


@dataclass(frozen=True)
class Transition:
    """One change of state. `de` empty is the creation.

    `qui`: codes of the actors of the machine who may ask for it; `garde`: what must hold, in English, for the
    documentation; `commentaire`: whether the author must say why.
    """

    de: str
    vers: str
    verbe: str
    libelle: str
    qui: tuple[str, ...]
    garde: str = ""
    commentaire: bool = False


@dataclass(frozen=True)
class Automate:
    """A state machine: its states, who acts on it, its transitions. `source` is the text or decision behind it."""

    nom: str
    objet: str
    etats: type[models.TextChoices]
    acteurs: Mapping[str, str]
    transitions: tuple[Transition, ...]
    contraintes: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a table that names an unknown state or actor, or says the same change twice."""
        vues: set[tuple[str, str]] = set()
        for transition in self.transitions:
            if transition.vers not in self.etats.values or (transition.de and transition.de not in self.etats.values):
                raise ValueError(f"{self.nom} : état inconnu dans {transition}.")
            if not transition.qui or not set(transition.qui) <= set(self.acteurs):
                raise ValueError(f"{self.nom} : acteur inconnu dans {transition}.")
            if (transition.verbe, transition.de) in vues:
                raise ValueError(f"{self.nom} : deux fois {transition.verbe} depuis « {transition.de} ».")
            vues.add((transition.verbe, transition.de))

    def depuis(self, etat: str) -> tuple[Transition, ...]:
        """Return what may happen to an object in `etat`."""
        return tuple(t for t in self.transitions if t.de == etat)

    def trouver(self, verbe: str, de: str) -> Transition:
        """Return the transition named `verbe` from the state `de`, or raise TransitionImpossible."""
        for transition in self.transitions:
            if transition.verbe == verbe and transition.de == de:
                return transition
        libelle = next((t.libelle.lower() for t in self.transitions if t.verbe == verbe), verbe)
        actuel = self.etats(de).label.lower() if de else "en création"
        raise TransitionImpossible(f"Impossible de {libelle} : {self.objet} est maintenant « {actuel} ».")

    def verdict(
        self, verbe: str, *, de: str, acteurs: Collection[str], commentaire: str = "", manques: Sequence[str] = ()
    ) -> Verdict:
        """Judge a change: does it exist, may one of `acteurs` ask for it, is the comment there, is nothing missing.

        `acteurs` are the codes that the user holds on this object; `manques` the sentences of unmet guards.
        """
        try:
            transition = self.trouver(verbe, de)
        except TransitionImpossible as erreur:
            return non(erreur.message)
        if not set(transition.qui) & set(acteurs):
            qui = " et ".join(self.acteurs[code] for code in transition.qui)
            return non(f"{transition.libelle} est réservé : {qui}.")
        if manques:
            return non(" ".join(manques))
        if transition.commentaire and not commentaire.strip():
            return non(f"{transition.libelle} demande un commentaire : dites pourquoi.")
        return OUI


def _juger(automate: Automate, verbe: str, etat: str, acteurs: Collection[str], commentaire: str) -> Transition:
    """Return the transition, or raise: TransitionImpossible, DroitInsuffisant, RegleMetier (comment missing)."""
    transition = automate.trouver(verbe, etat)
    if not set(transition.qui) & set(acteurs):
        exiger(automate.verdict(verbe, de=etat, acteurs=acteurs, commentaire=commentaire))
    if transition.commentaire and not commentaire.strip():
        raise RegleMetier(f"{transition.libelle} demande un commentaire : dites pourquoi.", champ="commentaire")
    return transition


def changer_etat_en_lot(
    *,
    automate: Automate,
    verbe: str,
    objets: Sequence[Objet],
    acteurs: Collection[str],
    ligne: type[LigneEtat],
    cle: str,
    par: Any,
    commentaire: str = "",
    valeurs: Mapping[str, Any] | None = None,
) -> None:
    """Move locked `objets` along their machine, with the fields tied to the new state, and log each: two queries.

    Call it inside a transaction, on rows read with select_for_update. `valeurs` are the dates and authors that the
    database ties to the state; `acteurs` the codes that `par` holds on every object; `cle` the foreign key of `ligne`.
    Raises TransitionImpossible, DroitInsuffisant, and RegleMetier when the mandatory comment is missing.
    """
    if not objets:
        return
    champs, maintenant, lignes = dict(valeurs or {}), timezone.now(), []
    for objet in objets:
        courant: Any = objet
        transition = _juger(automate, verbe, courant.etat, acteurs, commentaire)
        courant.etat = transition.vers
        for nom, valeur in champs.items():
            setattr(courant, nom, valeur)
        lien: dict[str, Any] = {cle: objet}
        lignes.append(
            ligne(
                **lien,
                de=transition.de,
                vers=transition.vers,
                par=par,
                le=maintenant,
                commentaire=commentaire.strip(),
            )
        )
    type(objets[0])._default_manager.bulk_update(objets, ["etat", *champs])
    ligne._default_manager.bulk_create(lignes)  # an abstract model declares no public manager


def changer_etat(
    *,
    automate: Automate,
    verbe: str,
    objet: Objet,
    acteurs: Collection[str],
    ligne: type[LigneEtat],
    cle: str,
    par: Any,
    commentaire: str = "",
    valeurs: Mapping[str, Any] | None = None,
) -> None:
    """Move one locked `objet` along its machine: `changer_etat_en_lot` for a single row."""
    changer_etat_en_lot(
        automate=automate,
        verbe=verbe,
        objets=[objet],
        acteurs=acteurs,
        ligne=ligne,
        cle=cle,
        par=par,
        commentaire=commentaire,
        valeurs=valeurs,
    )


# -- documentation ----------------------------------------------------------------------------


def _modules_de_regles() -> Iterator[Any]:
    """Import every `regles` module of the installed storeys, sub-modules included."""
    for app in apps.get_app_configs():
        nom = f"{app.name}.regles"
        try:
            module = importlib.import_module(nom)
        except ModuleNotFoundError as erreur:
            if erreur.name != nom:
                raise
            continue
        yield module
        for infos in pkgutil.iter_modules(getattr(module, "__path__", [])):
            yield importlib.import_module(f"{nom}.{infos.name}")


def automates_declares() -> list[Automate]:
    """Return every machine declared in a `regles` module, by name."""
    trouves: dict[str, Automate] = {}
    for module in _modules_de_regles():
        trouves |= {v.nom: v for v in vars(module).values() if isinstance(v, Automate)}
    return [trouves[nom] for nom in sorted(trouves)]


def _tableau(automate: Automate) -> Iterator[str]:
    def nom(etat: str) -> str:
        return automate.etats(etat).label if etat else "*(création)*"

    yield "| De | Vers | Opération | Qui | Garde | Commentaire |"
    yield "|---|---|---|---|---|---|"
    for t in automate.transitions:
        qui = ", ".join(automate.acteurs[code] for code in t.qui)
        commentaire = "obligatoire" if t.commentaire else "–"
        yield f"| {nom(t.de)} | {nom(t.vers)} | `{t.verbe}` | {qui} | {t.garde or '–'} | {commentaire} |"


def document_des_etats(automates: Iterable[Automate]) -> str:
    """Return docs/etats.md for `automates`: generated, never edited by hand."""
    lignes = [
        "# State machines",
        "",
        "Generated from the transition tables by `python manage.py documenter_etats`; do not edit.",
        "Every change goes through one operation, leaves a typed log line, and is held by database constraints.",
    ]
    for automate in automates:
        lignes += ["", f"## {automate.nom}", ""]
        if automate.source:
            lignes += [f"Source: {automate.source}", ""]
        lignes += ["```mermaid", "stateDiagram-v2"]
        lignes += [f"  {valeur}: {libelle}" for valeur, libelle in automate.etats.choices]
        lignes += [f"  {t.de or '[*]'} --> {t.vers}: {t.verbe}" for t in automate.transitions]
        lignes += ["```", "", *_tableau(automate)]
        if automate.contraintes:
            lignes += ["", "Held by the database: " + ", ".join(f"`{c}`" for c in automate.contraintes) + "."]
    return "\n".join(lignes) + "\n"
