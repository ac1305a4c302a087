"""What the writes of the first storey share: the lock with its conflict, rows of a list, errors of the database."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from pdi.socle.droits import RegleMetier
from pdi.socle.formats import date_courte, nombre
from pdi.socle.models import EntreeJournal

Modele = TypeVar("Modele", bound=models.Model)
Etat = Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One field that somebody else changed: what is stored now."""

    champ: str
    enregistre: str


class ConflitVersion(RegleMetier):
    """Somebody saved the same thing since the page was shown. Nothing is written; the input is shown again.

    `etat` is what is stored now, field by field; `empreinte` lets the author confirm on top of it.
    """

    def __init__(self, etat: Etat, *, qui: str = "", le: datetime.datetime | None = None) -> None:
        """Keep the stored state and who wrote it."""
        super().__init__(
            "Quelqu’un a modifié cette page pendant que vous écriviez. Rien n’est perdu : votre saisie est toujours "
            "là. Comparez, puis enregistrez de nouveau."
        )
        self.etat = dict(etat)
        self.qui = qui
        self.le = le
        self.empreinte = empreinte(etat)

    @property
    def differences(self) -> list[Difference]:
        """Return what is stored now, field by field."""
        return [Difference(champ, valeur or "vide") for champ, valeur in self.etat.items()]


def en_mots(valeur: Any) -> str:
    """Return a stored value as a person reads it: used by the journal, by the lock and by the comparison."""
    if valeur is None or valeur == "":
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, Decimal):
        return nombre(valeur, None if valeur == round(valeur, 2) else 4)
    if isinstance(valeur, datetime.date):
        return date_courte(valeur)
    if isinstance(valeur, list | tuple):
        return "\n".join(en_mots(v) for v in valeur)
    return str(valeur)


def etat_champs(objet: models.Model, champs: Iterable[str]) -> dict[str, str]:
    """Return {French label: value in words} of `champs`."""
    etat = {}
    for nom in champs:
        affichage = getattr(objet, f"get_{nom}_display", None)
        libelle = str(objet._meta.get_field(nom).verbose_name)  # type: ignore[union-attr]
        etat[libelle[:1].upper() + libelle[1:]] = en_mots(affichage() if affichage else getattr(objet, nom))
    return etat


def empreinte(etat: Etat) -> str:
    """Return a short fingerprint of a state: the page carries it, the write compares it under lock."""
    return hashlib.sha256(json.dumps(dict(etat), ensure_ascii=False).encode()).hexdigest()[:16]


def refuser_si_change(objet: models.Model, etat: Etat, attendue: str | None) -> None:
    """Raise ConflitVersion when the state under lock is not the one the page was written on (None: no page)."""
    if attendue is None or attendue == empreinte(etat):
        return
    entree = (
        EntreeJournal.objects.filter(objet_type=objet._meta.label_lower, objet_id=str(objet.pk))
        .select_related("par")
        .first()
    )
    raise ConflitVersion(etat, qui=str(entree.par or "") if entree else "", le=entree.le if entree else None)


def _message_de_contrainte(erreur: IntegrityError, modeles: Sequence[type[models.Model]]) -> tuple[str, str | None]:
    """Return the French message of the constraint that refused the write, and its field when it has only one."""
    diagnostic = getattr(erreur.__cause__, "diag", None)
    nom = getattr(diagnostic, "constraint_name", None)
    for modele in modeles:
        for contrainte in modele._meta.constraints:
            if contrainte.name == nom and contrainte.violation_error_message:
                champs = [c for c in getattr(contrainte, "fields", ()) if c not in {"fiche", "programme"}]
                return str(contrainte.violation_error_message), champs[0] if len(champs) == 1 else None
    return "La base de données a refusé cet enregistrement : deux éléments se contredisent. Rien n’est écrit.", None


@contextmanager
def contraintes_en_francais(*modeles: type[models.Model]) -> Iterator[None]:
    """Turn a constraint of `modeles` that refuses the block into RegleMetier, the block undone.

    Deferred constraints are checked here too, not at the end of the transaction where nobody could answer.
    """
    try:
        with transaction.atomic():
            yield
            with transaction.get_connection().cursor() as curseur:
                curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
                curseur.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as erreur:
        message, champ = _message_de_contrainte(erreur, modeles)
        raise RegleMetier(message, champ=champ) from erreur


def verifier_champs(objet: models.Model, champs: Iterable[str]) -> None:
    """Check `champs` as the model declares them (length, choices…). Raises RegleMetier with the field's name."""
    voulus = set(champs)
    try:
        objet.clean_fields(exclude=[f.name for f in objet._meta.fields if f.name not in voulus])
    except ValidationError as erreur:
        champ, messages = next(iter(erreur.message_dict.items()))
        raise RegleMetier(" ".join(messages), champ=champ) from erreur


def appliquer(objet: models.Model, valeurs: Mapping[str, Any], permis: Iterable[str]) -> list[str]:
    """Set the given fields, all of them among `permis`; return their names. A wrong name is a programming error."""
    inconnus = set(valeurs) - set(permis)
    if inconnus:
        raise TypeError(f"Champs inattendus : {', '.join(sorted(inconnus))}")
    for nom, valeur in valeurs.items():
        setattr(objet, nom, valeur)
    return list(valeurs)


def remplacer_lignes(
    *,
    modele: type[Modele],
    parent: Mapping[str, models.Model],
    lignes: Iterable[Mapping[str, Any]],
    perimetre: Mapping[str, Any] | None = None,
) -> list[Modele]:
    """Make the rows of `parent` exactly `lignes`, in three queries. Return them in order.

    A line with `pk` is one of the rows, changed or not, and keeps its identity; without, a new one; a row in no
    line goes. Fields that lines do not name keep their value. `perimetre` narrows which rows of the parent are
    concerned. Rows that change are deleted and written again with their identifier, so that two rows may
    exchange values under a unique constraint.
    Raises RegleMetier when a `pk` is not one of the rows: it was removed meanwhile.
    """
    actuelles = {
        obj.pk: obj
        for obj in modele._default_manager.select_for_update(of=("self",)).filter(**parent, **(perimetre or {}))
    }
    ecrire: list[Modele] = []
    ordonnees: list[Modele] = []
    for ligne in lignes:
        valeurs = dict(ligne)
        pk = valeurs.pop("pk", None)
        if pk is None:
            objet = modele(**parent, **valeurs)
            ecrire.append(objet)
        elif pk not in actuelles:
            raise RegleMetier("Une des lignes a été retirée par quelqu’un d’autre. Rechargez la page pour la revoir.")
        else:
            objet = actuelles.pop(pk)
            if any(getattr(objet, nom) != valeur for nom, valeur in valeurs.items()):
                appliquer(objet, valeurs, valeurs)
                ecrire.append(objet)
        ordonnees.append(objet)
    modele._default_manager.filter(pk__in=[*actuelles, *(o.pk for o in ecrire if o.pk is not None)]).delete()
    # Rows that keep their identifier go in their own statement: a None would make it drop for all.
    modele._default_manager.bulk_create([o for o in ecrire if o.pk is not None])
    modele._default_manager.bulk_create([o for o in ecrire if o.pk is None])
    return ordonnees
