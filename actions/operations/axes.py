"""Writes on the strategic tree: add, rename, move, remove a node."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from actions.models import Axe, Programme
from pdi.socle.droits import RegleMetier
from pdi.socle.formats import compte

from .commun import contraintes_en_francais, verifier_champs
from .programmes import ecriture_de_programme


def etat_arbre(programme: Programme) -> dict[str, str]:
    """Return the tree in words, one node a line, indented by level."""
    enfants: dict[int | None, list[Axe]] = {}
    for axe in programme.axes.order_by("ordre", "pk"):
        enfants.setdefault(axe.parent_id, []).append(axe)

    def lignes(parent: int | None, retrait: int) -> list[str]:
        return [
            ligne
            for axe in enfants.get(parent, [])
            for ligne in (f"{'– ' * retrait}{axe}", *lignes(axe.pk, retrait + 1))
        ]

    return {"Arbre stratégique": "\n".join(lignes(None, 0))}


def _rang(programme: Programme, parent: Axe | None) -> int:
    """Return the level under `parent`. Raises RegleMetier when the programme has no name for it."""
    if parent is not None and parent.programme_id != programme.pk:
        raise RegleMetier("Cet élément appartient à un autre programme.", champ="parent")
    rang = parent.rang + 1 if parent else 1
    niveaux = programme.niveaux.count()
    if rang > niveaux:
        detail = f"L’arbre de ce programme compte {compte(niveaux, 'niveau', 'niveaux')}" if niveaux else "Aucun niveau"
        suite = "" if niveaux else " n’est encore nommé"
        raise RegleMetier(f"{detail}{suite} : nommez d’abord le niveau suivant dans le programme.", champ="parent")
    return rang


def _refuser_numero_pris(axe: Axe) -> None:
    freres = axe.programme.axes.filter(parent=axe.parent, numero__iexact=axe.numero).exclude(pk=axe.pk)
    if axe.numero and (pris := freres.first()):
        raise RegleMetier(f"Le numéro {axe.numero} est déjà celui de « {pris.intitule} ».", champ="numero")


def _fin_de_liste(programme: Programme, parent: Axe | None) -> int:
    return (programme.axes.filter(parent=parent).aggregate(m=Max("ordre"))["m"] or 0) + 1


def ajouter_axe(*, programme: Programme, intitule: str, par: Any, numero: str = "", parent: Axe | None = None) -> Axe:
    """Add a node after its brothers. Raises DroitInsuffisant, and RegleMetier (too deep, title already there)."""
    with ecriture_de_programme(programme=programme, par=par, verbe="ajouter_axe", etat=etat_arbre) as verrouille:
        axe = Axe(
            programme=verrouille,
            parent=parent,
            rang=_rang(verrouille, parent),
            numero=numero.strip(),
            intitule=" ".join(intitule.split()),
            ordre=_fin_de_liste(verrouille, parent),
        )
        verifier_champs(axe, ["numero", "intitule"])
        _refuser_numero_pris(axe)
        with contraintes_en_francais(Axe):
            axe.save()
    return axe


def modifier_axe(
    *,
    axe: Axe,
    intitule: str,
    par: Any,
    numero: str = "",
    parent: Axe | None = None,
    empreinte: str | None = None,
) -> Axe:
    """Rename a node, or hang it elsewhere in the tree with everything under it.

    Raises DroitInsuffisant, ConflitVersion, and RegleMetier (under itself, too deep, title already there).
    """
    with ecriture_de_programme(
        programme=axe.programme, par=par, verbe="modifier_axe", etat=etat_arbre, empreinte=empreinte
    ) as verrouille:
        axe = verrouille.axes.select_for_update().get(pk=axe.pk)
        axe.numero, axe.intitule = numero.strip(), " ".join(intitule.split())
        verifier_champs(axe, ["numero", "intitule"])
        descendants = _descendants(verrouille, axe)
        if parent is not None and (parent.pk == axe.pk or parent.pk in {d.pk for d in descendants}):
            raise RegleMetier("Un élément ne peut pas être placé sous lui-même.", champ="parent")
        if parent != axe.parent:
            decalage = _rang(verrouille, parent) - axe.rang
            plus_profond = max((d.rang for d in descendants), default=axe.rang) + decalage
            if plus_profond > verrouille.niveaux.count():
                raise RegleMetier("À cet endroit, ses sous-éléments seraient trop profonds.", champ="parent")
            axe.ordre = _fin_de_liste(verrouille, parent)
            axe.parent, axe.rang = parent, axe.rang + decalage
            for descendant in descendants:
                descendant.rang += decalage
        _refuser_numero_pris(axe)
        with contraintes_en_francais(Axe):
            axe.save()
            Axe.objects.bulk_update(descendants, ["rang"])
    return axe


def _descendants(programme: Programme, axe: Axe) -> list[Axe]:
    """Return everything under `axe`, in one query."""
    axes = list(programme.axes.all())
    trouves, front = [], {axe.pk}
    while front:
        niveau = [a for a in axes if a.parent_id in front]
        trouves += niveau
        front = {a.pk for a in niveau}
    return trouves


def deplacer_axe(*, axe: Axe, sens: int, par: Any) -> Axe:
    """Move a node one rank up (−1) or down (+1) among its brothers. Raises DroitInsuffisant."""
    with ecriture_de_programme(programme=axe.programme, par=par, verbe="deplacer_axe", etat=etat_arbre) as verrouille:
        freres = list(verrouille.axes.filter(parent_id=axe.parent_id).order_by("ordre", "pk"))
        place = next(i for i, a in enumerate(freres) if a.pk == axe.pk)
        cible = max(0, min(len(freres) - 1, place + (1 if sens > 0 else -1)))
        freres.insert(cible, freres.pop(place))
        for ordre, frere in enumerate(freres, 1):
            frere.ordre = ordre
        Axe.objects.bulk_update(freres, ["ordre"])
    return freres[cible]


def raison_de_garder_axe(axe: Axe) -> str:
    """Return why the node cannot be removed, empty when it can."""
    fiches, enfants = axe.fiches.count(), axe.enfants.count()
    if fiches:
        suite = "y est rattachée" if fiches == 1 else "y sont rattachées"
        return f"{compte(fiches, 'fiche')} {suite} : changez d’abord leur place dans l’arbre."
    if enfants:
        return f"{compte(enfants, 'élément')} {'se trouve' if enfants == 1 else 'se trouvent'} en dessous."
    return ""


def supprimer_axe(*, axe: Axe, par: Any) -> None:
    """Remove an empty node. Raises DroitInsuffisant, and RegleMetier when fiches or nodes hang from it."""
    with ecriture_de_programme(programme=axe.programme, par=par, verbe="supprimer_axe", etat=etat_arbre) as verrouille:
        axe = verrouille.axes.select_for_update().get(pk=axe.pk)
        if raison := raison_de_garder_axe(axe):
            raise RegleMetier(raison)
        axe.delete()
