"""Writing of letters: one to a person, a lot to many, its pages counted before it is offered for printing."""

from __future__ import annotations

import datetime
import logging
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from parcours import lecture_courriers as lecture
from parcours.documents.courrier import Lettre, PagesDesLettres, mettre_en_page
from parcours.droits import avec_acces
from parcours.droits.courriers import peut_ecrire_courrier, peut_lire_lot, peut_preparer_courriers
from parcours.models import Courrier, EtatCourrier, LotCourriers, ModeleCourrier, Personne
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import compte
from pdi.socle.operations import apres_validation, journaliser
from pdi.socle.suivi import Suivi
from pdi.socle.traitements import lancer

logger = logging.getLogger(__name__)

TACHE = "parcours.composer_courriers"
LOT_MAX = 500


class CourrierTropLong(RegleMetier):
    """The letter takes more pages than its model allows: it may be accepted as it is."""


def _enregistrer_fichier(octets: bytes) -> str:
    """Keep a file under a name that says nothing of anyone; return the name."""
    stockage = Courrier._meta.get_field("fichier").storage
    nom: str = stockage.save(f"courriers/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}.pdf", ContentFile(octets))
    return nom


def _effacer(noms: Iterable[str]) -> None:
    stockage = Courrier._meta.get_field("fichier").storage
    for nom in noms:
        if nom:
            stockage.delete(nom)


def _verifier_modele(modele: ModeleCourrier) -> None:
    jour, periode = timezone.localdate(), modele.validite
    if (periode.lower and jour < periode.lower) or (periode.upper and jour >= periode.upper):
        raise RegleMetier("Cette version du modèle n’est plus en vigueur : choisissez-en une autre.", champ="modele")


@transaction.atomic
def ecrire_courrier(*, personne: Personne, modele: ModeleCourrier, par: Any, accepter: bool = False) -> Courrier:
    """Write one letter, print it and keep it.

    Raises DroitInsuffisant, RegleMetier when the address or a field of the model is missing or the model is out of
    date, CourrierTropLong over the pages of the model unless `accepter`.
    """
    exiger(peut_ecrire_courrier(par, personne))
    _verifier_modele(modele)
    prepare = lecture.preparer_lettres([personne.pk], modele, par)[personne.pk]
    if isinstance(prepare, str):
        raise RegleMetier(f"Ce courrier ne peut pas être écrit : {prepare}", champ="modele")
    mise = mettre_en_page({0: prepare}, date=timezone.now())
    pages = mise.pages(0)
    if pages > modele.pages_max and not accepter:
        raise CourrierTropLong(
            f"Ce courrier tient sur {pages} pages, son modèle en prévoit {modele.pages_max} au plus.", champ="accepter"
        )
    fichier = _enregistrer_fichier(mise.octets([0], f"courrier-{uuid.uuid4().hex}"))
    try:
        with transaction.atomic():
            courrier = Courrier.objects.create(
                personne=personne, modele=modele, par=par, etat=EtatCourrier.PRET, accepte=pages > modele.pages_max,
                contenu=prepare.contenu, pages=pages, fichier=fichier,
            )  # fmt: skip
            journaliser(par=par, verbe="ecrire_courrier", objet=courrier, apres={"modèle": str(modele)})
    except BaseException:
        _effacer([fichier])
        raise
    return courrier


@transaction.atomic
def preparer_courriers(*, personnes: Any, modele: ModeleCourrier, par: Any) -> LotCourriers:
    """Prepare a letter to each of `personnes` (a queryset, people or keys), as a job. Return the lot to show.

    People whom `par` does not follow nor supervise are left out without a word: they are not theirs. Raises
    DroitInsuffisant, and RegleMetier for nobody, more than LOT_MAX people, or a model out of date.
    """
    exiger(peut_preparer_courriers(par))
    _verifier_modele(modele)
    siennes = avec_acces(Personne.objects.visibles_par(par).filter(pk__in=_cles(personnes)), par)
    cles = [p.pk for p in siennes.only("pk") if p.a_suivre or p.a_portee]  # type: ignore[attr-defined]
    if not cles:
        raise RegleMetier("Aucune de ces personnes n’est suivie ou encadrée par vous : aucun courrier à préparer.")
    if len(cles) > LOT_MAX:
        raise RegleMetier(
            f"Un lot compte {LOT_MAX} courriers au plus, vous en demandez {len(cles)} : filtrez davantage."
        )
    lot = LotCourriers.objects.create(modele=modele, par=par)
    Courrier.objects.bulk_create(Courrier(personne_id=cle, modele=modele, lot=lot, par=par) for cle in cles)
    journaliser(par=par, verbe="preparer_courriers", objet=lot, apres={"courriers": len(cles)})
    return _composer(lot, par)


def _cles(personnes: Any) -> Any:
    if hasattr(personnes, "values"):
        return personnes.order_by().values("pk")
    return [getattr(p, "pk", p) for p in personnes]


def _composer(lot: LotCourriers, par: Any) -> LotCourriers:
    nombre = lot.courriers.count()
    lot.traitement, _ = lancer(
        nature="courriers", cle=f"lot:{lot.pk}", par=par, tache=TACHE, parametres={"lot_id": lot.pk},
        intitule=f"{lot.modele} : {compte(nombre, 'courrier')}", url_retour=lot.get_absolute_url(),
    )  # fmt: skip
    lot.save(update_fields=["traitement"])
    return lot


@transaction.atomic
def accepter_debordements(*, lot: LotCourriers, courriers: Iterable[int], par: Any) -> LotCourriers:
    """Keep in the lot the letters of `courriers` though they are too long; the lot is composed again.

    Raises DroitInsuffisant, and RegleMetier when none of them is a letter left out for its length.
    """
    lot = LotCourriers.objects.select_for_update(of=("self",)).select_related("modele").get(pk=lot.pk)
    exiger(peut_lire_lot(par, lot))
    acceptes = lot.courriers.filter(pk__in=list(courriers), etat=EtatCourrier.DEBORDE)
    nombre = acceptes.update(accepte=True, etat=EtatCourrier.A_COMPOSER, motif="")
    if not nombre:
        raise RegleMetier("Cochez au moins un courrier trop long.")
    journaliser(par=par, verbe="accepter_debordements", objet=lot, apres={"courriers acceptés": nombre})
    return _composer(lot, par)


def executer_lot(*, lot_id: int, suivi: Suivi) -> LotCourriers:
    """Merge, lay out, count and write the letters of a lot. Called by the worker.

    Nothing is written before the end: letters, files and the end of the job come together.
    """
    lot = LotCourriers.objects.select_related("modele", "par").get(pk=lot_id)
    courriers = list(lot.courriers.exclude(etat=EtatCourrier.ECARTE).order_by("personne__nom_affiche", "pk"))
    suivi.demarrer(4 + len(courriers))
    suivi.avancer("Réunir les adresses et les textes")
    lettres = _lettres(lot, courriers)
    suivi.avancer("Mettre en page et compter les pages")
    maintenant = timezone.now()
    mise = mettre_en_page(lettres, date=maintenant) if lettres else None
    ecrits: list[str] = []
    try:
        for courrier in courriers:
            suivi.avancer("Écrire chaque courrier")
            if mise is not None and courrier.pk in lettres:
                _ecrire(courrier, lettres[courrier.pk], mise, lot.modele, ecrits)
        suivi.avancer("Assembler le lot")
        gardes = [c.pk for c in courriers if c.etat == EtatCourrier.PRET]
        anciens = [lot.fichier.name or ""]
        lot.fichier.name, lot.pages = "", 0
        if mise is not None and gardes:
            lot.fichier.name = _enregistrer_fichier(mise.octets(gardes, f"lot-{lot.pk}-{maintenant:%Y%m%d%H%M%S}"))
            lot.pages = sum(mise.pages(cle) for cle in gardes)
            ecrits.append(lot.fichier.name)
        suivi.avancer("Enregistrer")
        with transaction.atomic():
            Courrier.objects.bulk_update(courriers, ["etat", "motif", "contenu", "pages", "fichier"])
            lot.save(update_fields=["fichier", "pages"])
            suivi.terminer({"prets": len(gardes), "courriers": len(courriers)})
            apres_validation(_effacer, anciens)
    except BaseException:
        _effacer(ecrits)
        raise
    return lot


def _lettres(lot: LotCourriers, courriers: list[Courrier]) -> dict[int, Lettre]:
    """Return the letters by key; those that cannot be written are set aside with the reason. Frozen ones are kept."""
    a_fusionner = [c.personne_id for c in courriers if not c.contenu]
    neuves: Mapping[int, Lettre | str] = lecture.preparer_lettres(a_fusionner, lot.modele, lot.par)
    lettres = {}
    for courrier in courriers:
        lue = Lettre.lire(courrier.contenu) if courrier.contenu else neuves[courrier.personne_id]
        if isinstance(lue, str):
            courrier.etat, courrier.motif = EtatCourrier.ECARTE, lue[:250]
        else:
            lettres[courrier.pk] = lue
    return lettres


def _ecrire(
    courrier: Courrier, lettre: Lettre, mise: PagesDesLettres, modele: ModeleCourrier, ecrits: list[str]
) -> None:
    courrier.contenu, courrier.pages = lettre.contenu, mise.pages(courrier.pk)
    if courrier.pages > modele.pages_max and not courrier.accepte:
        courrier.etat = EtatCourrier.DEBORDE
        courrier.motif = f"{courrier.pages} pages, {modele.pages_max} au plus."
        return
    if not courrier.fichier:
        courrier.fichier.name = _enregistrer_fichier(mise.octets([courrier.pk], f"courrier-{courrier.pk}"))
        ecrits.append(courrier.fichier.name)
    courrier.etat, courrier.motif = EtatCourrier.PRET, ""


def modeles_en_vigueur(jour: datetime.date) -> Any:
    """Return the models of letters in force."""
    return ModeleCourrier.objects.filter(validite__contains=jour)
