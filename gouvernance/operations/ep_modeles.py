"""Writes of the models of EP letters: a new version from a day, the one to come withdrawn, those shipped loaded."""

from __future__ import annotations

import datetime
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from gouvernance.droits_ep import peut_tenir_modeles_ep
from gouvernance.models import GenreLettre, ModeleLettreEP
from gouvernance.regles.lettres_ep import fautes_du_texte
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import date_longue
from pdi.socle.operations import enregistrer, journaliser
from pdi.socle.typographie import typographier_tout


def modeles_livres() -> Path:
    """Return the file of the models we ship."""
    return Path(settings.DOSSIER_DONNEES) / "gouvernance" / "lettres-ep.json"


@cache
def lire_modeles(chemin: Path) -> list[dict[str, Any]]:
    """Return the models of a file, in French typography; the text as one paragraph a line."""
    lus = typographier_tout(json.loads(chemin.read_text(encoding="utf-8")))
    return [m | {"corps": "\n".join(m["corps"])} for m in lus]


@transaction.atomic
def charger_modeles_lettres(*, chemin: Path | None = None, par: Any = None) -> int:
    """Add the models that we ship for the letters that have none; return how many. Those of users are left alone."""
    connus = set(ModeleLettreEP.objects.values_list("genre", flat=True))
    nouveaux = [
        ModeleLettreEP(
            genre=m["genre"], version=m["version"], objet=m["objet"], corps=m["corps"], par=par,
            validite=DateRange(*(datetime.date.fromisoformat(b) if b else None for b in m["validite"])),
        )
        for m in lire_modeles(chemin or modeles_livres())
        if m["genre"] not in connus
    ]  # fmt: skip
    for modele in nouveaux:
        enregistrer(modele)
        journaliser(par=par, verbe="chargement", objet=modele)
    return len(nouveaux)


def modele_en_vigueur(genre: str, jour: datetime.date) -> ModeleLettreEP:
    """Return the model of a letter written on `jour`. Raises RegleMetier when there is none."""
    modele = ModeleLettreEP.objects.filter(genre=genre, validite__contains=jour).first()
    if modele is None:
        raise RegleMetier(
            f"Aucun modèle n’est en vigueur pour la lettre «\u00a0{GenreLettre(genre).label}\u00a0»\u00a0: "
            "le secrétariat ou un administrateur en prépare un, depuis « Modèles des lettres »."
        )
    return modele


@transaction.atomic
def publier_modele_lettre(*, genre: str, objet: str, corps: str, des: datetime.date, par: Any) -> ModeleLettreEP:
    """Write the next version of a letter, used from `des`; the version before ends the day before.

    Letters already written keep theirs. Raises DroitInsuffisant; RegleMetier: unknown field, what the law wants said
    left out, a day already begun, another version still to come.
    """
    exiger(peut_tenir_modeles_ep(par))
    versions = list(ModeleLettreEP.objects.select_for_update(of=("self",)).filter(genre=genre).order_by("-version"))
    if fautes := fautes_du_texte(genre, objet, corps):
        raise RegleMetier(" ".join(fautes), champ="corps")
    derniere, jour = versions[0] if versions else None, timezone.localdate()
    if derniere is not None:
        if derniere.validite.lower and derniere.validite.lower > jour:
            raise RegleMetier(
                f"La version {derniere.version} attend déjà le {date_longue(derniere.validite.lower)}\u00a0: "
                "retirez-la d’abord, ou laissez-la s’appliquer."
            )
        if des <= jour:
            raise RegleMetier(
                "Une nouvelle version s’applique au plus tôt demain\u00a0: les lettres du jour gardent la leur.",
                champ="des",
            )
        derniere.validite = DateRange(derniere.validite.lower, des)
        derniere.save(update_fields=["validite"])
    neuve = ModeleLettreEP(
        genre=genre, version=derniere.version + 1 if derniere else 1, objet=objet, corps=corps,
        validite=DateRange(des, None), par=par,
    )  # fmt: skip
    enregistrer(neuve)
    journaliser(par=par, verbe="publier_modele_lettre", objet=neuve, apres={"s’applique dès": des})
    return neuve


@transaction.atomic
def retirer_modele_lettre(*, modele: ModeleLettreEP, par: Any) -> None:
    """Withdraw a version that does not apply yet: the one before goes on. Raises DroitInsuffisant, RegleMetier."""
    exiger(peut_tenir_modeles_ep(par))
    versions = list(
        ModeleLettreEP.objects.select_for_update(of=("self",)).filter(genre=modele.genre).order_by("-version")
    )
    lue = next((m for m in versions if m.pk == modele.pk), None)
    if lue is None:
        raise RegleMetier("Cette version est déjà retirée.")
    if not lue.a_venir(timezone.localdate()):
        raise RegleMetier("Cette version s’applique ou s’est appliquée : préparez la suivante pour changer le texte.")
    journaliser(par=par, verbe="retirer_modele_lettre", objet=lue)
    lue.delete()
    if precedente := next((m for m in versions if m.version < lue.version), None):
        precedente.validite = DateRange(precedente.validite.lower, None)
        precedente.save(update_fields=["validite"])
