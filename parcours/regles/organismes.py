"""Which organisms of the OARSA survey a structure may be: its nature says it, its name too. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from parcours.models import OrganismeOarsa as O
from pdi.structures.models import NatureStructure as N
from pdi.structures.regles import cle_nom

EMPLOI = (O.FRANCE_TRAVAIL, O.MISSION_LOCALE, O.MDE_PLIE, O.CREATION, O.AUTRE_SPE)
# An association may be delegated by the département: its people are then counted with the département's.
ASSOCIATION = (
    O.MISSION_LOCALE, O.MDE_PLIE, O.CREATION, O.IAE, O.AUTRE_SPE, O.DEPARTEMENT, O.CCAS, O.AUTRE_HORS_SPE,
)  # fmt: skip
PAR_NATURE: dict[str, tuple[O, ...]] = {
    N.DEPARTEMENT: (O.DEPARTEMENT,),
    N.DIRECTION: (O.DEPARTEMENT,),
    N.SERVICE: (O.DEPARTEMENT,),
    N.EMPLOI: EMPLOI,
    N.COMMUNE: (O.CCAS, O.MDE_PLIE, O.MISSION_LOCALE, O.AUTRE_HORS_SPE),
    N.PROTECTION_SOCIALE: (O.CAF, O.MSA, O.AUTRE_HORS_SPE),
    N.SIAE: (O.IAE, O.AUTRE_SPE),
    N.ASSOCIATION: ASSOCIATION,
    N.ENTREPRISE: (O.CREATION, O.IAE, O.AUTRE_SPE, O.AUTRE_HORS_SPE),
    N.SANTE: (O.AUTRE_HORS_SPE,),
    N.ENSEIGNEMENT: (O.AUTRE_SPE, O.AUTRE_HORS_SPE),
}
# A name that says what the structure is leaves no choice.
PAR_NOM: tuple[tuple[str, tuple[O, ...]], ...] = (
    ("france travail", (O.FRANCE_TRAVAIL,)),
    ("pole emploi", (O.FRANCE_TRAVAIL,)),
    ("mission locale", (O.MISSION_LOCALE,)),
    ("maison de l'emploi", (O.MDE_PLIE,)),
    ("cap emploi", (O.MDE_PLIE, O.AUTRE_SPE)),
    ("allocations familiales", (O.CAF,)),
    ("mutualite sociale agricole", (O.MSA,)),
    ("ccas", (O.CCAS,)),
    ("cias", (O.CCAS,)),
)


def organismes_possibles(nature: str, nom: str) -> tuple[O, ...]:
    """Return the organisms that a structure of that nature and name may be counted as; all of them when neither says.

    A name is believed only when the nature does not contradict it.
    """
    selon_nature = PAR_NATURE.get(nature, tuple(O))
    mots = cle_nom(nom)
    for dit, organismes in PAR_NOM:
        if cle_nom(dit) in mots and (communs := tuple(o for o in organismes if o in selon_nature)):
            return communs
    return selon_nature


def faute_d_organisme(organisme: str, nature: str, nom: str) -> str:
    """Return why that structure is not counted as that organism, in words; empty when it may be."""
    possibles = organismes_possibles(nature, nom)
    if organisme in possibles:
        return ""
    return f"{nom} ne se compte pas comme «\u00a0{O(organisme).label}\u00a0». Choisissez {dire(possibles)}."


def dire(organismes: Iterable[O]) -> str:
    """Return « France Travail », « CAF ou MSA »."""
    *debut, dernier = (f"«\u00a0{o.label}\u00a0»" for o in organismes)
    return f"{', '.join(debut)} ou {dernier}" if debut else dernier
