"""Writes of structures: creation, merge. The directory printed in documents is in annuaire.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model, Q

from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser

from .droits import peut_gerer_structures
from .models import NatureStructure, NomAlternatif, Structure
from .regles import cle_nom, decouper_libelle

CHAMPS_SUIVIS = ("nom", "sigle", "nature", "parent", "siret", "active")
PROFONDEUR_MAX = 3
PRECIEUX = ("prevu", "realise", "mandate", "paye", "signe_le", "refuse_le")  # amounts and signatures, of any storey


def trouver_structures(*, nom: str, departement: str | None, parent: Structure | None = None) -> list[Structure]:
    """Return the structures named so (name, acronym or other spelling), those of the département first.

    A structure without département is national and answers everywhere. With `parent`, only those under it.
    """
    cle = cle_nom(nom)
    if not cle:
        return []
    candidates = Structure.objects.filter(Q(departement=departement) | Q(departement=None))
    if parent is not None:
        candidates = candidates.filter(Q(parent=parent) | Q(parent__parent=parent))
    trouvees = candidates.filter(Q(cle=cle) | Q(sigle__iexact=nom.strip()) | Q(noms_alternatifs__cle=cle)).distinct()
    return sorted(trouvees, key=lambda s: (s.cle != cle, s.departement_id is None, s.pk))


@transaction.atomic
def trouver_ou_creer_structure(
    *,
    libelle: str,
    departement: str | None,
    nature: str = NatureStructure.AUTRE,
    par: Any = None,
) -> tuple[Structure, str, bool]:
    """Return (structure, precision, created) for a printed wording, without ever creating a duplicate.

    « Direction (SIGLE) – Service (SIGLE) – Animateur » finds or creates the direction, then its service, and gives
    « Animateur » as precision. Raises RegleMetier when the wording is empty, or names two structures at once.
    """
    lu = decouper_libelle(libelle)
    if not lu.chemin or not cle_nom(lu.chemin[0][0]):
        raise RegleMetier("Donnez le nom de la structure.", champ="nom")
    entier = trouver_structures(nom=" – ".join(nom for nom, _ in lu.chemin), departement=departement)
    if entier:
        return _seule(entier, libelle), lu.precision, False
    structure: Structure | None = None
    creee = False
    for nom, sigle in lu.chemin:
        trouvees = trouver_structures(nom=nom, departement=departement, parent=structure)
        if trouvees:
            structure = _seule(trouvees, nom)
            continue
        structure = creer_structure(
            nom=nom,
            sigle=sigle,
            nature=nature if structure is None else NatureStructure.SERVICE,
            parent=structure,
            departement=departement,
            par=par,
        )
        creee = True
    if structure is None:  # pragma: no cover - the path has at least one part
        raise RegleMetier("Donnez le nom de la structure.", champ="nom")
    return structure, lu.precision, creee


def _seule(trouvees: list[Structure], nom: str) -> Structure:
    """Return the best candidate; RegleMetier when two equally good ones exist."""
    meilleure, *autres = trouvees
    cle = cle_nom(nom)
    rivales = [
        s for s in autres if (s.cle == cle, s.departement_id) == (meilleure.cle == cle, meilleure.departement_id)
    ]
    if rivales:
        noms = ", ".join(f"« {s} »" for s in (meilleure, *rivales))
        raise RegleMetier(f"Plusieurs structures répondent à « {nom} » : {noms}. Précisez laquelle.", champ="nom")
    return meilleure


@transaction.atomic
def creer_structure(
    *,
    nom: str,
    nature: str,
    par: Any,
    sigle: str = "",
    parent: Structure | None = None,
    departement: str | None = None,
    **champs: Any,
) -> Structure:
    """Create a structure.

    Raises DroitInsuffisant, and RegleMetier when one has this name at the same place, or this SIRET.
    """
    _exiger_gestion(par)
    structure = Structure(nom=nom.strip(), sigle=sigle, nature=nature, parent=parent, departement_id=departement)
    for champ, valeur in champs.items():
        setattr(structure, champ, valeur)
    _enregistrer(structure)
    journaliser(par=par, verbe="création", objet=structure, apres=etat_de(structure, CHAMPS_SUIVIS))
    return structure


@transaction.atomic
def modifier_structure(*, structure: Structure, valeurs: Mapping[str, Any], par: Any) -> Structure:
    """Change the given fields; a former name stays as another spelling.

    Raises DroitInsuffisant, and RegleMetier on a duplicate or when the parent would make a loop.
    """
    _exiger_gestion(par)
    avant = etat_de(Structure.objects.get(pk=structure.pk), CHAMPS_SUIVIS)
    ancien_nom = structure.nom
    for champ, valeur in valeurs.items():
        setattr(structure, champ, valeur)
    _verifier_parent(structure)
    _enregistrer(structure)
    if cle_nom(ancien_nom) != structure.cle:
        NomAlternatif.objects.get_or_create(structure=structure, nom=ancien_nom, defaults={"cle": cle_nom(ancien_nom)})
    journaliser(par=par, verbe="modification", objet=structure, avant=avant, apres=etat_de(structure, CHAMPS_SUIVIS))
    return structure


def _exiger_gestion(par: Any) -> None:
    """Raise DroitInsuffisant unless `par` manages the directory; None is the system (loading documents)."""
    if par is not None:
        exiger(peut_gerer_structures(par))


def _verifier_parent(structure: Structure) -> None:
    """Raise RegleMetier when the structure would be its own ancestor."""
    ancetre = structure.parent
    for _ in range(PROFONDEUR_MAX * 2):
        if ancetre is None:
            return
        if ancetre.pk == structure.pk:
            raise RegleMetier(
                "Une structure ne peut pas être rattachée à l’un de ses propres services.", champ="parent"
            )
        ancetre = ancetre.parent
    raise RegleMetier("L’organigramme est trop profond.", champ="parent")


def _enregistrer(structure: Structure) -> None:
    """Validate and save, the comparison key first: a duplicate is told in the words of its constraint."""
    structure.cle = cle_nom(structure.nom)
    enregistrer(structure)


def _references() -> list[tuple[type[Model], str]]:
    """Return every (model, field) that points to a structure, whatever its storey (found by introspection)."""
    return [
        (modele, champ.name)
        for modele in apps.get_models()
        for champ in modele._meta.get_fields()
        if getattr(champ, "concrete", False) and getattr(champ, "related_model", None) is Structure
    ]


@transaction.atomic
def fusionner_structures(*, garder: Structure, absorber: Structure, par: Any) -> Structure:
    """Merge `absorber` into `garder`: every row that named it now names `garder`, its names become other spellings.

    A row that would repeat one of `garder` (same role in the same fiche, same habilitation) cannot move: it is removed
    when it says nothing more. Raises DroitInsuffisant, and RegleMetier on a merge with itself, an ancestor, or that
    would lose a service of the same name, an amount, a signature, some days of an habilitation.
    """
    _exiger_gestion(par)
    if garder.pk == absorber.pk:
        raise RegleMetier("Choisissez deux structures différentes.")
    ancetre = garder.parent
    while ancetre is not None:
        if ancetre.pk == absorber.pk:
            raise RegleMetier("Une structure ne peut pas absorber celle dont elle dépend.")
        ancetre = ancetre.parent
    avant = etat_de(absorber, CHAMPS_SUIVIS)
    for nom in {absorber.nom, *absorber.noms_alternatifs.values_list("nom", flat=True)} - {garder.nom}:
        NomAlternatif.objects.get_or_create(structure=garder, nom=nom, defaults={"cle": cle_nom(nom)})
    absorber.noms_alternatifs.all().delete()
    for modele, champ in _references():
        for ligne in modele._default_manager.filter(**{champ: absorber}).order_by("pk"):
            setattr(ligne, champ, garder)
            try:
                with transaction.atomic():
                    ligne.save(update_fields=[champ])
            except IntegrityError:
                _absorber_doublon(ligne, champ, absorber, garder)
    etiquette = str(absorber)
    absorber.delete()
    journaliser(
        par=par, verbe="fusion", objet=garder, avant=avant, commentaire=f"« {etiquette} » absorbée par « {garder} »."
    )
    return garder


def _absorber_doublon(ligne: Model, champ: str, absorber: Structure, garder: Structure) -> None:
    """Delete a row that repeats one of the kept structure; refuse when it says more, which would be lost."""
    setattr(ligne, champ, absorber)
    if not _se_repete(ligne, champ, garder):
        raise RegleMetier(
            f"Les deux structures ont chacune «\u00a0{ligne}\u00a0» ({ligne._meta.verbose_name}) : "
            "réunissez d’abord les deux, puis fusionnez."
        )
    ligne.delete()


def _se_repete(ligne: Model, champ: str, garder: Structure) -> bool:
    """Return whether nothing is lost with a row: no service, amount nor signature, no day that the other leaves out."""
    if isinstance(ligne, Structure) or any(getattr(ligne, nom, None) is not None for nom in PRECIEUX):
        return False
    if not hasattr(ligne, "periode"):
        return True
    autres = {c.attname for c in ligne._meta.concrete_fields if c.name not in {"id", champ, "periode"}}
    meme = {nom: getattr(ligne, nom) for nom in autres} | {champ: garder, "periode__contains": ligne.periode}
    return type(ligne)._default_manager.filter(**meme).exists()
