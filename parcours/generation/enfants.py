"""The children of a household: births, departures, and the family situation that follows from them.

Drawn from a source of their own: with or without children, the same seed gives the same adults.
"""

from __future__ import annotations

import datetime

from parcours.generation import noms
from parcours.generation import parametres as p
from parcours.regles.identite import texte_recherche

from .contexte import Contexte
from .evenements import Jour, MembreFoyer, Periode, Personne, SituationFoyer
from .groupes import Menage
from .hasard import plus

ENTRE_NAISSANCES_J = 400


def grandir(
    ctx: Contexte, menage: Menage, debut: Jour, isole_le: Jour | None, *, couple: bool, ages_connus: bool
) -> None:
    """Draw the children and write the situations of the household; of a share of them, write the children themselves.

    `isole_le`: the day somebody alone has a child. `ages_connus`: the household told the ages of its children.
    """
    if menage.enfants is None:
        _situer(ctx, menage, menage.situation, None, Periode(debut, None))
        return
    parent = max(adulte.naissance for adulte in menage.membres)
    naissances = _deja_nes(ctx, menage, debut, parent)
    if isole_le and _en_age(parent, isole_le):
        naissances.append(isole_le)
    elif couple:
        naissances += _a_naitre(ctx, max([*naissances, plus(debut, -ENTRE_NAISSANCES_J)]), debut, parent)
    departs = [plus(n, int(ctx.enfance.entier(18, 24) * p.JOURS_AN)) for n in naissances]
    menage.charges = [
        Periode(max(naissance, debut), depart if depart <= ctx.au else None)
        for naissance, depart in zip(naissances, departs, strict=True)
    ]
    _situations(ctx, menage, debut, isole_le)
    if ages_connus or ctx.enfance.chance(p.PART_ENFANTS_CONNUS):
        for naissance, periode in zip(naissances, menage.charges, strict=True):
            _inscrire(ctx, menage, naissance, periode)


def _en_age(parent: Jour, jour: Jour) -> bool:
    return (jour - parent).days < p.DERNIERE_NAISSANCE_ANS * p.JOURS_AN


def _deja_nes(ctx: Contexte, menage: Menage, debut: Jour, parent: Jour) -> list[Jour]:
    """Return when the children of the first day were born: no sooner than the eighteen years of the younger adult."""
    h = ctx.enfance
    annees = int((debut - parent).days / p.JOURS_AN) - 18
    menage.enfants = min(menage.enfants or 0, 1 + max(annees, 0) // 3)
    if not menage.enfants:
        return []
    possibles = 365 * min(max(annees, 0), 17) - 1095 * (menage.enfants - 1)
    naissances = [plus(debut, -h.entier(0, max(possibles, 0)))]
    while len(naissances) < menage.enfants:
        naissances.append(plus(naissances[-1], -h.entier(ENTRE_NAISSANCES_J, 1095)))
    return naissances


def _a_naitre(ctx: Contexte, derniere: Jour, debut: Jour, parent: Jour) -> list[Jour]:
    """Return the births of a couple from `debut` to the last day."""
    naissances: list[Jour] = []
    while True:
        espacee = max(plus(derniere, ENTRE_NAISSANCES_J), debut)
        derniere = plus(espacee, ctx.enfance.attente(p.JOURS_AN / p.NAISSANCES_PAR_AN))
        if derniere > ctx.au or not _en_age(parent, derniere):
            return naissances
        naissances.append(derniere)


def _situations(ctx: Contexte, menage: Menage, debut: Jour, isole_le: Jour | None) -> None:
    """Write one situation for each number of children: it changes at births and departures."""
    jours = {debut, *(c.debut for c in menage.charges), *(c.fin for c in menage.charges if c.fin)}
    changements = sorted(jours)
    for jour, suivant in zip(changements, [*changements[1:], None], strict=True):
        dite = "ISO" if isole_le and isole_le in jours and jour >= isole_le else menage.situation
        _situer(ctx, menage, dite, menage.enfants_au(jour), Periode(jour, suivant))


def _situer(ctx: Contexte, menage: Menage, dite: str, enfants: int | None, periode: Periode) -> None:
    menage.situations.append(SituationFoyer(ctx.ids[SituationFoyer](), menage.foyer.id, dite, enfants, periode))


def _inscrire(ctx: Contexte, menage: Menage, naissance: datetime.date, periode: Periode) -> None:
    """Write a child of the household, with nothing of its own but its name and birth, as an agent writes it."""
    h = ctx.enfance
    nom, fille = menage.membres[0].personne.nom_naissance, h.chance(0.49)
    prenom = h.parmi(noms.FEMMES if fille else noms.HOMMES)
    enfant = Personne(
        id=ctx.ids[Personne](),
        nom_naissance=nom,
        nom_usage="",
        prenoms=prenom,
        date_naissance=naissance,
        lieu_naissance=h.parmi(noms.LIEUX),
        sexe="F" if fille else "H",
        telephone="",
        courriel="",
        canal="courrier",
        niveau_formation="",
        inscrit_france_travail=None,
        recherche=texte_recherche(nom, "", prenom, naissance),
    )
    menage.lignes += [enfant, MembreFoyer(ctx.ids[MembreFoyer](), menage.foyer.id, enfant.id, "ENF", periode)]
