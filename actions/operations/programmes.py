"""Writes on a programme: identity, names of its levels, signatories. The tree is in axes.py."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Max
from django.utils.text import slugify

from actions.droits import peut_creer_programme, peut_modifier_programme
from actions.models import Axe, NiveauStrategique, PreuveSignature, Programme, Signataire
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import journaliser
from pdi.territoires.models import Departement

from .commun import (
    appliquer,
    contraintes_en_francais,
    en_mots,
    etat_champs,
    refuser_si_change,
    remplacer_lignes,
    verifier_champs,
)
from .versions import DOCUMENT_ADOPTE, figer_versions

CHAMPS_PROGRAMME = (
    "intitule", "intitule_court", "nature", "annee_debut", "annee_fin", "date_adoption", "reference_deliberation",
    "gabarit", "etat",
)  # fmt: skip
NIVEAUX_MAX = 3
PARTIES = (NiveauStrategique, Axe, Signataire, PreuveSignature)  # go with a programme written by mistake
Niveaux = Sequence[tuple[str, str]]


def etat_programme(programme: Programme) -> dict[str, str]:
    """Return {label: value in words} of the identity and of the names of levels."""
    niveaux = programme.niveaux.order_by("rang")
    return etat_champs(programme, CHAMPS_PROGRAMME) | {
        "Niveaux de l’arbre": "\n".join(f"{n.singulier} / {n.pluriel}" for n in niveaux)
    }


def etat_signataires(programme: Programme) -> dict[str, str]:
    """Return {label: value in words} of the list of signatories."""
    return {
        "Signataires": "\n".join(
            " – ".join(m for m in (str(s.structure), s.libelle, s.qualite, en_mots(s.signe_le)) if m)
            for s in programme.signataires.select_related("structure")
        )
    }


def verrouiller_programme(programme: Programme) -> Programme:
    """Return the programme read under lock. Call it inside a transaction."""
    return Programme.objects.select_for_update(of=("self",)).select_related("gabarit").get(pk=programme.pk)


@contextmanager
def ecriture_de_programme(
    *,
    programme: Programme,
    par: Any,
    verbe: str,
    etat: Any,
    empreinte: str | None = None,
    modeles: tuple[type[models.Model], ...] = (),
) -> Iterator[Programme]:
    """Run one write: lock, verdict, conflict, constraints in French, journal, version. `etat` tells it in words."""
    with transaction.atomic():
        verrouille = verrouiller_programme(programme)
        exiger(peut_modifier_programme(par, verrouille))
        avant = etat(verrouille)
        refuser_si_change(verrouille, avant, empreinte)
        with contraintes_en_francais(Programme, *modeles):
            yield verrouille
        apres = etat(verrouille)
        if apres != avant:
            Programme.objects.filter(pk=verrouille.pk).update(version=F("version") + 1)
            verrouille.refresh_from_db(fields=["version"])
            journaliser(par=par, verbe=verbe, objet=verrouille, avant=avant, apres=apres)


def _verifier(programme: Programme) -> None:
    programme.intitule = " ".join(programme.intitule.split())
    programme.intitule_court = " ".join(programme.intitule_court.split())
    verifier_champs(programme, CHAMPS_PROGRAMME)
    if programme.annee_fin < programme.annee_debut:
        raise RegleMetier("La dernière année précède la première.", champ="annee_fin")


def _code_libre(programme: Programme) -> str:
    """Return a short readable code for URLs, not taken yet."""
    base = slugify(f"{programme.intitule_court} {programme.periode_texte}")[:52] or "programme"
    pris = set(Programme.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(c for c in (base, *(f"{base}-{n}" for n in range(2, 1000))) if c not in pris)


@transaction.atomic
def creer_programme(*, par: Any, niveaux: Niveaux = (), **valeurs: Any) -> Programme:
    """Create a programme of the département this deployment serves, in preparation.

    `niveaux`: (singular, plural) of each level of the tree, three at most. Raises DroitInsuffisant, and
    RegleMetier with the field.
    """
    exiger(peut_creer_programme(par))
    departement = Departement.objects.filter(pk=settings.DEPARTEMENT_CODE).first()
    if departement is None:
        raise RegleMetier(
            f"Le département {settings.DEPARTEMENT_CODE} n’est pas chargé : demandez à l’administrateur de charger "
            "le découpage administratif."
        )
    programme = Programme(departement=departement)
    appliquer(programme, valeurs, CHAMPS_PROGRAMME)
    _verifier(programme)
    programme.code = _code_libre(programme)
    with contraintes_en_francais(Programme, NiveauStrategique):
        programme.save()
        _ecrire_niveaux(programme, niveaux)
    journaliser(par=par, verbe="creer_programme", objet=programme, apres=etat_programme(programme))
    return programme


def modifier_programme(
    *,
    programme: Programme,
    par: Any,
    valeurs: Mapping[str, Any],
    niveaux: Niveaux | None = None,
    empreinte: str | None = None,
) -> Programme:
    """Change the identity, and the names of levels unless None; the code, which addresses hold, does not change.

    Once adopted, its fiches have their first version.

    Raises DroitInsuffisant, ConflitVersion, and RegleMetier (years, fewer levels than the tree uses).
    """
    with ecriture_de_programme(
        programme=programme,
        par=par,
        verbe="modifier_programme",
        etat=etat_programme,
        empreinte=empreinte,
        modeles=(NiveauStrategique,),
    ) as verrouille:
        adopte = verrouille.date_adoption
        appliquer(verrouille, valeurs, CHAMPS_PROGRAMME)
        _verifier(verrouille)
        verrouille.save(update_fields=list(valeurs))
        if adopte is None and verrouille.date_adoption is not None:
            _garder_le_document(verrouille, verrouille.date_adoption, par)
        if niveaux is not None:
            _ecrire_niveaux(verrouille, niveaux)
    return verrouille


def raison_de_garder_programme(programme: Programme) -> str:
    """Return why the programme cannot be deleted, empty when nothing has been written under it yet."""
    if programme.date_adoption is not None:
        return "Ce programme est adopté : il ne se supprime plus. Passez-le à l’état « Échu »."
    for relation in Programme._meta.related_objects:  # of every storey, this one or above
        lies: models.Manager[Any] = relation.related_model._base_manager
        if relation.related_model not in PARTIES and lies.filter(**{relation.field.name: programme}).exists():
            quoi = relation.related_model._meta.verbose_name_plural
            return f"D’autres données dépendent de ce programme ({quoi}) : supprimez-les d’abord."
    return ""


@transaction.atomic
def supprimer_programme(*, programme: Programme, par: Any) -> None:
    """Delete a programme created by mistake, with its tree and its signatories.

    Raises DroitInsuffisant, and RegleMetier once it is adopted or has fiches, campaigns, reports.
    """
    programme = verrouiller_programme(programme)
    exiger(peut_modifier_programme(par, programme))
    if raison := raison_de_garder_programme(programme):
        raise RegleMetier(raison)
    journaliser(par=par, verbe="supprimer_programme", objet=programme, avant=etat_programme(programme))
    programme.delete()


def _garder_le_document(programme: Programme, adoption: datetime.date, par: Any) -> None:
    """Keep what each fiche says on the day of adoption as its first version."""
    sans_version = programme.fiches.filter(versions=None).values_list("pk", flat=True)
    figer_versions(fiches=sans_version, origine=DOCUMENT_ADOPTE, effet=adoption, par=par)


def _ecrire_niveaux(programme: Programme, niveaux: Niveaux) -> None:
    if len(niveaux) > NIVEAUX_MAX:
        raise RegleMetier("L’arbre stratégique compte trois niveaux au plus.")
    profondeur = programme.axes.aggregate(m=Max("rang"))["m"] or 0
    if len(niveaux) < profondeur:
        raise RegleMetier(
            f"L’arbre a déjà {profondeur} niveau{'x' if profondeur > 1 else ''} : donnez un nom à chacun."
        )
    programme.niveaux.exclude(rang__lte=len(niveaux)).delete()
    for rang, (singulier, pluriel) in enumerate(niveaux, 1):
        NiveauStrategique.objects.update_or_create(
            programme=programme, rang=rang, defaults={"singulier": singulier, "pluriel": pluriel}
        )


def definir_signataires(
    *, programme: Programme, signataires: Sequence[Mapping[str, Any]], par: Any, empreinte: str | None = None
) -> Programme:
    """Write the whole list: `structure`, optional `libelle`, `qualite`, `signe_le`; rows with `pk` are kept.

    Raises DroitInsuffisant, ConflitVersion, and RegleMetier when a structure signs twice with one capacity.
    """
    doubles = Counter((s["structure"].pk, s.get("qualite", "")) for s in signataires)
    for ligne in signataires:
        if doubles[ligne["structure"].pk, ligne.get("qualite", "")] > 1:
            raise RegleMetier(f"{ligne['structure']} figure deux fois parmi les signataires.", champ="structure")
    with ecriture_de_programme(
        programme=programme,
        par=par,
        verbe="definir_signataires",
        etat=etat_signataires,
        empreinte=empreinte,
        modeles=(Signataire,),
    ) as verrouille:
        remplacer_lignes(
            modele=Signataire,
            parent={"programme": verrouille},
            lignes=[{**ligne, "ordre": rang} for rang, ligne in enumerate(signataires, 1)],
        )
    return verrouille
