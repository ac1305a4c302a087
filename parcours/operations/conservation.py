"""Archive what has run its time, erase what has been archived long enough; each night, by sets, with its trace."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from parcours.conservation import a_archiver, a_effacer, peut_gerer_conservation, rouvertes
from parcours.models import Contrat, Courrier, DossierRSA, Foyer, Inscription, LotCourriers, Personne, Sortie
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import EntreeJournal, Piece
from pdi.socle.operations import effacer_du_journal, journaliser
from pdi.socle.pieces import effacer_fichiers

PAQUET = 500


def _noter(verbe: str, cles: Iterable[int], **apres: str) -> None:
    """Write one line a person, without her name: the line outlives her file."""
    EntreeJournal.objects.bulk_create(
        [
            EntreeJournal(
                par=None, verbe=verbe, objet_type=Personne._meta.label_lower, objet_id=str(cle),
                objet_libelle=f"Personne {cle}", apres=apres,
            )
            for cle in cles
        ],
        batch_size=PAQUET,
    )  # fmt: skip


@transaction.atomic
def archiver_personnes(*, jour: datetime.date) -> int:
    """Take out of everyday use the files that ended long enough before `jour`; bring back those that live again.

    Returns how many went in. Only administrators find an archived file, with a motive. Source: docs/rgpd.md.
    """
    revenues = list(rouvertes(jour).values_list("pk", flat=True))
    Personne.objects.filter(pk__in=revenues).update(archivee_le=None)
    _noter("desarchiver_personnes", revenues, le=jour.isoformat())
    parties = list(a_archiver(jour).values_list("pk", flat=True))
    Personne.objects.filter(pk__in=parties).update(archivee_le=jour)
    _noter("archiver_personnes", parties, le=jour.isoformat())
    return len(parties)


def effacer_personnes(*, jour: datetime.date) -> int:
    """Erase the files archived long enough before `jour`, some hundreds a transaction; return how many.

    Their letters go with them, those of a lot printed together included, their attachments, and what the journal says
    of them; that they existed, and who wrote when, stays. Source: docs/rgpd.md.
    """
    cles = list(a_effacer(jour).order_by("pk").values_list("pk", flat=True))
    for debut in range(0, len(cles), PAQUET):
        _effacer(cles[debut : debut + PAQUET])
    return len(cles)


def _pieces(personnes: list[int]) -> list[Piece]:
    """Return the files joined to what is about these people, on this storey and on those above it."""
    lues: list[Piece] = []
    for modele in (m for m in apps.get_models() if issubclass(m, Piece)):
        for lien in modele._meta.fields:
            porteur: Any = lien.related_model
            if porteur is not None and any(c.name == "personne" for c in porteur._meta.fields):
                lues += modele._default_manager.filter(**{f"{lien.name}__personne__in": personnes}).only("fichier")
    return lues


@transaction.atomic
def _effacer(cles: list[int]) -> None:
    lues = Personne.objects.filter(pk__in=cles).select_for_update(of=("self",)).order_by("pk")
    tenues = list(lues.values_list("pk", flat=True))
    objets: dict[str, list[str]] = {Personne._meta.label_lower: [str(cle) for cle in tenues]}
    for lien in Personne._meta.related_objects:
        modele: Any = lien.related_model
        siennes = modele._base_manager.filter(**{f"{lien.field.name}__in": tenues})
        objets.setdefault(modele._meta.label_lower, []).extend(map(str, siennes.values_list("pk", flat=True)))
    courriers = Courrier.objects.filter(personne__in=tenues).exclude(fichier="").only("fichier")
    lots = LotCourriers.objects.filter(courriers__personne__in=tenues).exclude(fichier="").distinct()
    joints: list[Any] = [*courriers, *lots, *_pieces(tenues)]
    effacer_fichiers(joint.fichier for joint in joints)
    LotCourriers.objects.filter(pk__in=[lot.pk for lot in lots]).update(fichier="", pages=0)
    foyers = list(Foyer.objects.filter(membres__personne__in=tenues).values_list("pk", flat=True).distinct())
    dossiers = DossierRSA.objects.filter(foyer__in=foyers)
    objets[DossierRSA._meta.label_lower] = [str(cle) for cle in dossiers.values_list("pk", flat=True)]
    effacer_du_journal(objets=objets)
    _effacer_les_suites(tenues)
    Personne.objects.filter(pk__in=tenues).delete()
    vides = list(Foyer.objects.filter(pk__in=foyers, membres__isnull=True).values_list("pk", flat=True))
    DossierRSA.objects.filter(foyer__in=vides).delete()
    Foyer.objects.filter(pk__in=vides).delete()
    _noter("effacer_personnes", tenues)


def _effacer_les_suites(personnes: list[int]) -> None:
    """Erase first what leans on other rows of the same people: exits and enrolments, then contracts, latest first."""
    for modele in (Sortie, Inscription):
        modele._default_manager.filter(personne__in=personnes).delete()
    suites = Contrat.objects.filter(precedent=OuterRef("pk"))
    while True:
        dernieres = Contrat.objects.filter(~Exists(suites), personne__in=personnes).values_list("pk", flat=True)
        cles = list(dernieres)
        if not cles:
            return
        Contrat.objects.filter(pk__in=cles).delete()


@transaction.atomic
def conserver_personne(*, personne: int, jusqu_au: datetime.date, motif: str, par: Any) -> Personne:
    """Keep the file of `personne` until `jusqu_au` included, with a motive (litigation, request of the person).

    Raises DroitInsuffisant, and RegleMetier for a day past or without motive.
    """
    exiger(peut_gerer_conservation(par))
    if jusqu_au <= timezone.localdate():
        raise RegleMetier(
            "Indiquez un jour à venir : le dossier est conservé jusqu’à ce jour inclus.", champ="jusqu_au"
        )
    if not motif.strip():
        raise RegleMetier("Dites pourquoi ce dossier est conservé plus longtemps.", champ="motif")
    lue = Personne.objects.select_for_update(of=("self",)).get(pk=personne)
    avant, lue.conserver_jusqu_au = lue.conserver_jusqu_au, jusqu_au
    lue.save(update_fields=["conserver_jusqu_au"])
    journaliser(
        par=par, verbe="conserver_personne", objet=lue, avant={"à conserver jusqu’au": avant},
        apres={"à conserver jusqu’au": jusqu_au}, commentaire=motif.strip(),
    )  # fmt: skip
    return lue


def entretenir(*, jour: datetime.date) -> tuple[int, int]:
    """Archive, then erase; return how many of each. Run each night."""
    return archiver_personnes(jour=jour), effacer_personnes(jour=jour)
