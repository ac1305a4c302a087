"""Writes of the ground floor: the journal and notices. Jobs are in traitements.py."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from psycopg.types.range import Range

from .contexte import ecran_courant
from .droits import RegleMetier
from .formats import periode
from .models import Avis, EntreeJournal


def _json(valeur: Any) -> Any:
    """Return `valeur` as JSON can hold it: dates in ISO, decimals as text, objects by their label."""
    if isinstance(valeur, datetime.datetime | datetime.date):
        return valeur.isoformat()
    if isinstance(valeur, decimal.Decimal):
        return str(valeur.normalize() if valeur else valeur)
    if isinstance(valeur, models.Model):
        return str(valeur)
    if isinstance(valeur, Range):
        return periode(valeur)
    if isinstance(valeur, list | tuple | set | frozenset):
        return [_json(v) for v in valeur]
    if isinstance(valeur, str | int | float | bool) or valeur is None:
        return valeur
    return str(valeur)


def etat_de(objet: models.Model, champs: Iterable[str]) -> dict[str, Any]:
    """Return the values of `champs`, labelled in French, ready for the journal."""
    etat = {}
    for nom in champs:
        champ = objet._meta.get_field(nom)
        affichage = getattr(objet, f"get_{nom}_display", None)
        etat[str(getattr(champ, "verbose_name", nom))] = _json(affichage() if affichage else getattr(objet, nom))
    return etat


def journaliser(
    *,
    par: Any,
    verbe: str,
    objet: models.Model,
    avant: Mapping[str, Any] | None = None,
    apres: Mapping[str, Any] | None = None,
    commentaire: str = "",
) -> EntreeJournal:
    """Append one write to the journal; of `avant` and `apres` only what differs is kept.

    `par` None means the system (a job, a command).
    """
    avant_, apres_ = dict(avant or {}), dict(apres or {})
    for cle in [c for c in avant_ if c in apres_ and avant_[c] == apres_[c]]:
        del avant_[cle], apres_[cle]
    return EntreeJournal.objects.create(
        par=par,
        ecran=ecran_courant(),
        verbe=verbe,
        objet_type=objet._meta.label_lower,
        objet_id=str(objet.pk),
        objet_libelle=str(objet)[:250],
        avant={k: _json(v) for k, v in avant_.items()},
        apres={k: _json(v) for k, v in apres_.items()},
        commentaire=commentaire,
    )


def effacer_du_journal(*, objets: Mapping[str, Iterable[str]]) -> int:
    """Blank what the journal says of `objets` ({model label: [keys]}): labels, values, comments. Return how many lines.

    Who wrote what kind of thing, and when, stays: the trigger lets nothing else change, and only in this transaction.
    """
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SELECT set_config('pdi.effacement', 'oui', true)")
        combien = sum(
            EntreeJournal.objects.filter(objet_type=etiquette, objet_id__in=list(cles)).update(
                objet_libelle="Effacé", avant={}, apres={}, commentaire=""
            )
            for etiquette, cles in objets.items()
        )
        curseur.execute("SELECT set_config('pdi.effacement', '', true)")
    return combien


def enregistrer(objet: models.Model) -> None:
    """Validate and save; what a field, a constraint or the database refuses becomes a RegleMetier naming the field.

    The database has the last word: a race lost after validation gives the same sentence.
    """
    try:
        objet.full_clean()
        with transaction.atomic():
            objet.save()
    except ValidationError as erreur:
        for champ, messages in erreur.message_dict.items():
            raise RegleMetier(" ".join(messages), champ=None if champ == NON_FIELD_ERRORS else champ) from erreur
        raise
    except IntegrityError as erreur:
        for regle in objet._meta.constraints:
            if f'"{regle.name}"' in str(erreur):
                raise RegleMetier(str(regle.violation_error_message)) from erreur
        raise


def apres_validation(geste: Callable[..., object], *arguments: Any) -> None:
    """Call `geste(*arguments)` once the write is committed; a failure is logged, it undoes nothing and stops nothing.

    Django names the function in the log: a `partial`, which has no name, would raise there.
    """

    def faire() -> None:
        geste(*arguments)

    transaction.on_commit(faire, robust=True)


def prevenir(*, destinataires: Iterable[Any], titre: str, texte: str = "", url: str = "") -> int:
    """Send a notice to each user, and by e-mail to those who ask for it once the write is committed.

    Returns the number of notices. The e-mail carries the title only: details stay behind the login.
    """
    uniques = {u.pk: u for u in destinataires if u.is_active}
    Avis.objects.bulk_create([Avis(destinataire=u, titre=titre, texte=texte, url=url) for u in uniques.values()])
    for adresse in [u.courriel for u in uniques.values() if u.avis_par_courriel and not u.demonstration]:
        # One by one: an address that the mail server refuses deprives nobody else.
        apres_validation(send_mail, titre, "Connectez-vous à l’application pour lire cet avis.", None, [adresse])
    return len(uniques)


def lire_avis(*, avis: Avis) -> Avis:
    """Mark a notice as read."""
    if avis.lu_le is None:
        avis.lu_le = timezone.now()
        avis.save(update_fields=["lu_le"])
    return avis


@transaction.atomic
def lire_tous_les_avis(*, par: Any) -> int:
    """Mark every notice of the user as read. Return how many were not."""
    return Avis.objects.visibles_par(par).non_lus().update(lu_le=timezone.now())
