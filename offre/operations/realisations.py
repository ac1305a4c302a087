"""Writes of realisations: enter, change, remove; load the kinds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from actions.models import FicheAction
from actions.operations.commun import en_mots, refuser_si_change
from offre.droits_conventions import peut_modifier_realisation, peut_saisir_realisations, structures_saisissables
from offre.models import Convention, OffreInsertion, Realisation, TypeRealisation
from offre.regles.realisations import dire_mesure, fautes, lire_mesures
from offre.types_realisation import types_livres
from pdi.socle.droits import RegleMetier, exiger, non
from pdi.socle.operations import enregistrer, journaliser
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

CHAMPS = ("intitule", "structure", "debut", "fin", "territoire", "offre", "convention", "fiche", "commentaire")


@dataclass(frozen=True)
class SaisieRealisation:
    """What was entered; `valeurs` by code of measure, numbers as Decimals."""

    intitule: str
    structure: Structure
    debut: datetime.date
    valeurs: Mapping[str, Any]
    fin: datetime.date | None = None
    territoire: TerritoireAction | None = None
    offre: OffreInsertion | None = None
    convention: Convention | None = None
    fiche: FicheAction | None = None
    commentaire: str = ""


def etat_realisation(realisation: Realisation) -> dict[str, str]:
    """Return what is stored, in words: for the lock and the journal."""
    etat = {}
    for nom in CHAMPS:
        libelle = str(Realisation._meta.get_field(nom).verbose_name)  # type: ignore[union-attr]
        etat[libelle[:1].upper() + libelle[1:]] = en_mots(getattr(realisation, nom))
    mesures = lire_mesures(realisation.type.mesures)
    return etat | {m.libelle: dire_mesure(m, realisation.valeurs.get(m.code)) for m in mesures}


def _ecrire(realisation: Realisation, saisie: SaisieRealisation, par: Any) -> None:
    """Put what was entered in the row, its measures judged by its kind."""
    permises = structures_saisissables(par)
    if permises is not None and saisie.structure.pk not in permises:
        exiger(non("Vous ne saisissez que les réalisations de votre structure."))
    if saisie.convention is not None and saisie.convention.operateur_id != saisie.structure.pk:
        raise RegleMetier("Cette convention est celle d’une autre structure.", champ="convention")
    trouvees = fautes(lire_mesures(realisation.type.mesures), saisie.valeurs)
    for code, phrase in trouvees.items():
        raise RegleMetier(phrase, champ=f"mesure_{code}")
    for nom in CHAMPS:
        setattr(realisation, nom, getattr(saisie, nom))
    realisation.valeurs = {
        code: f"{valeur.normalize():f}" if isinstance(valeur, Decimal) else valeur
        for code, valeur in saisie.valeurs.items()
        if valeur not in (None, "")
    }
    enregistrer(realisation)


@transaction.atomic
def saisir_realisation(*, type: TypeRealisation, saisie: SaisieRealisation, par: Any) -> Realisation:  # noqa: A002
    """Enter something done. Raises DroitInsuffisant, RegleMetier naming the field at fault."""
    exiger(peut_saisir_realisations(par))
    realisation = Realisation(type=type, saisie_par=par)
    _ecrire(realisation, saisie, par)
    journaliser(par=par, verbe="saisir_realisation", objet=realisation, apres=etat_realisation(realisation))
    return realisation


@transaction.atomic
def modifier_realisation(
    *, realisation: Realisation, saisie: SaisieRealisation, par: Any, vue: str | None = None
) -> Realisation:
    """Change a realisation. Raises DroitInsuffisant, ConflitVersion, RegleMetier naming the field."""
    lue = Realisation.objects.select_for_update(of=("self",)).select_related("type").get(pk=realisation.pk)
    exiger(peut_modifier_realisation(par, lue))
    avant = etat_realisation(lue)
    refuser_si_change(lue, avant, vue)
    lue.version += 1
    _ecrire(lue, saisie, par)
    journaliser(par=par, verbe="modifier_realisation", objet=lue, avant=avant, apres=etat_realisation(lue))
    return lue


@transaction.atomic
def supprimer_realisation(*, realisation: Realisation, par: Any) -> None:
    """Remove a realisation entered by mistake; the journal keeps what it said. Raises DroitInsuffisant."""
    lue = Realisation.objects.select_for_update(of=("self",)).select_related("type").get(pk=realisation.pk)
    exiger(peut_modifier_realisation(par, lue))
    journaliser(par=par, verbe="supprimer_realisation", objet=lue, avant=etat_realisation(lue))
    lue.delete()


@transaction.atomic
def charger_types() -> int:
    """Add the kinds of realisation that miss; one already there is left alone. Return how many were added."""
    connus = set(TypeRealisation.objects.values_list("code", flat=True))
    nouveaux = [
        TypeRealisation(ordre=rang, **lu) for rang, lu in enumerate(types_livres(), 1) if lu["code"] not in connus
    ]
    return len(TypeRealisation.objects.bulk_create(nouveaux))
