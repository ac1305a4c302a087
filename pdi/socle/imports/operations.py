"""What happens to a lot: deposited, read, its columns told, checked, given up, purged. Nothing leaves staging here."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from pdi.socle import traitements
from pdi.socle.chiffrement import Indechiffrable, chiffrer_octets, dechiffrer_octets
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.models import (
    CorrespondanceImport,
    EtatLot,
    LotImport,
    Traitement,
    TransitionLot,
)
from pdi.socle.operations import journaliser
from pdi.socle.pieces import controler_piece, effacer_fichiers
from pdi.socle.regles import LOT_IMPORT
from pdi.socle.suivi import Suivi
from pdi.socle.typographie import cle_nom as cle

from .colonnes import associer, trouver_entetes
from .controle import Travail
from .declarations import Genre, genre_de
from .fichiers import FichierLu, garder_de_l_etendue, garder_de_la_bombe, ouvrir
from .lecture import mettre_en_attente

ETAPES = 4
OCCUPE = "Un travail est en cours sur ce lot : attendez qu’il finisse, puis recommencez."


def verrouiller(lot_id: int, *, etats: Collection[str] = ()) -> LotImport:
    """Return the lot, locked. Raises RegleMetier when a job holds it, or when its state is not one of `etats`."""
    try:
        lot = LotImport.objects.select_for_update(nowait=True).get(pk=lot_id)
    except OperationalError as erreur:
        raise RegleMetier(OCCUPE) from erreur
    if etats and lot.etat not in etats:
        raise RegleMetier(f"Ce lot est maintenant « {lot.get_etat_display()} » : cette action n’est plus possible.")
    return lot


def changer(lot: LotImport, verbe: str, par: Any, **valeurs: Any) -> None:
    """Move the lot along its machine; a change towards its own state only writes `valeurs`."""
    vers = next(t.vers for t in LOT_IMPORT.transitions if t.verbe == verbe)
    if lot.etat == vers:
        for nom, valeur in valeurs.items():
            setattr(lot, nom, valeur)
        lot.save(update_fields=list(valeurs))
        return
    changer_etat(
        automate=LOT_IMPORT, verbe=verbe, objet=lot, acteurs=("importateur",), ligne=TransitionLot, cle="lot", par=par,
        valeurs=valeurs,
    )  # fmt: skip


# -- depositing --------------------------------------------------------------------------------------


def deposer(
    *, genre: Genre, fichier: UploadedFile[Any], par: Any, source: str = "", options: Sequence[str] = (), url: str = ""
) -> LotImport:
    """Keep the file, encrypted, and launch its reading. `url` is where its requester will follow it, `{pk}` its lot.

    Raises DroitInsuffisant, and RegleMetier when the file is not accepted: what is wrong, what is expected.
    """
    exiger(genre.droit(par))
    controlee = controler_piece(
        nom=fichier.name or "", taille=fichier.size or 0, fichier=fichier, types=settings.TYPES_IMPORT,
        taille_max=settings.TAILLE_MAX_IMPORT,
    )  # fmt: skip
    contenu = fichier.read()
    if controlee.type in {"xlsx", "ods"}:
        garder_de_la_bombe(contenu)
        garder_de_l_etendue(contenu)
    permises = {o.code for o in genre.options}
    lot = LotImport(
        genre=genre.code, source=" ".join(source.split())[:80], nom_fichier=controlee.nom, taille=controlee.taille,
        empreinte=hashlib.sha256(contenu).hexdigest(), options=[o for o in options if o in permises], depose_par=par,
    )  # fmt: skip
    lot.fichier.save("lot", ContentFile(chiffrer_octets(contenu)), save=False)
    try:
        with transaction.atomic():
            lot.save()
            TransitionLot.objects.create(lot=lot, de="", vers=lot.etat, par=par)
            journaliser(par=par, verbe="deposer_import", objet=lot, apres={"Genre": genre.titre})
            lancer(lot, "socle.controler_import", "controle_import", f"Lecture du lot {lot.pk}", par, url)
    except BaseException:
        lot.fichier.delete(save=False)
        raise
    return lot


def deja_depose(lot: LotImport) -> LotImport | None:
    """Return the last earlier lot of the very same file, None when there is none."""
    memes = LotImport.objects.filter(genre=lot.genre, empreinte=lot.empreinte)
    return memes.exclude(pk=lot.pk).order_by("-depose_le").first()


def lancer(lot: LotImport, tache: str, nature: str, intitule: str, par: Any, url: str, **plus: Any) -> Traitement:
    """Launch the job `tache` about a lot, or join the one that runs; `{pk}` in `url` is the lot's."""
    traitement, _ = traitements.lancer(
        nature=nature, cle=str(lot.pk), intitule=intitule, par=par, tache=tache,
        parametres={"lot_id": lot.pk, **plus}, url_retour=url.replace("{pk}", str(lot.pk)),
    )  # fmt: skip
    return traitement


def retenues(lot: LotImport) -> dict[str, str]:
    """Return the headers remembered for the source of the lot: column to comparison form."""
    connue = CorrespondanceImport.objects.filter(genre=lot.genre, source=lot.source).first() if lot.source else None
    return dict(connue.colonnes) if connue else {}


def lire_fichier(lot: LotImport) -> FichierLu:
    """Open the kept file. Raises RegleMetier when it is gone or cannot be read."""
    try:
        with lot.fichier.open("rb") as ouvert:
            contenu = dechiffrer_octets(ouvert.read())
    except (OSError, ValueError, Indechiffrable) as erreur:
        raise RegleMetier("Le fichier de ce lot n’est plus gardé : déposez-le de nouveau.") from erreur
    return ouvrir(contenu, lot.nom_fichier.rsplit(".", 1)[-1].lower(), genre_de(lot.genre).feuilles)


# -- reading and checking ----------------------------------------------------------------------------


def executer_controle(*, lot_id: int, suivi: Suivi) -> None:
    """Read the file when it is not yet, check every row, inside a job. Nothing leaves staging."""
    par = suivi.traitement.demandeur
    suivi.demarrer(ETAPES)
    try:
        with transaction.atomic():
            lot = verrouiller(lot_id, etats=(*AVANT_IMPORT, EtatLot.PARTIEL))
            sans_limite()
            if lot.etat == EtatLot.DEPOSE and not lire(lot, suivi.avancer):
                changer(lot, "demander_colonnes", par, entetes=lot.entetes, correspondance=lot.correspondance,
                         lecture=lot.lecture)  # fmt: skip
            else:
                suivi.avancer("Vérifier les lignes")
                controler(lot, par=par)
            suivi.terminer({"lot": lot.pk})
    except RegleMetier as erreur:
        with transaction.atomic():
            lot = verrouiller(lot_id)
            if lot.etat == EtatLot.DEPOSE:
                changer(lot, "refuser_fichier", par, erreur=erreur.message)
        raise


AVANT_IMPORT = (EtatLot.DEPOSE, EtatLot.A_ASSOCIER, EtatLot.A_VERIFIER)


def sans_limite() -> None:
    """Lift the time limit of statements, made for pages: a lot may be large."""
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL statement_timeout = 0")


def lire(lot: LotImport, avancer: Callable[[str], None] = lambda _: None) -> bool:
    """Read the file into staging; return False when mandatory columns are missing and somebody must tell them."""
    genre = genre_de(lot.genre)
    avancer("Ouvrir le fichier")
    fichier = lire_fichier(lot)
    numero, entetes, deja = trouver_entetes(fichier, genre.champs, retenues(lot))
    if not entetes:
        raise RegleMetier("Ce fichier ne contient aucune ligne.")
    dites = lot.correspondance if lot.entetes == entetes else {}
    lot.correspondance = dites or associer(genre.champs, entetes, retenues(lot))
    lot.entetes = entetes
    lot.lecture = {**fichier.description, "Titres des colonnes": f"ligne {numero}"}
    if any(c.requis and c.code not in lot.correspondance for c in genre.champs):
        return False
    avancer("Lire les lignes")
    vider(lot)

    def reste() -> Any:
        yield from deja
        yield from fichier.lignes

    lot.total = mettre_en_attente(
        lot_id=lot.pk, genre=genre, correspondance=lot.correspondance, lignes=reste(),
        aujourd_hui=timezone.localdate(),
    )  # fmt: skip
    if not lot.total:
        raise RegleMetier("Sous les titres des colonnes, ce fichier ne contient aucune ligne.")
    lot.save(update_fields=["entetes", "correspondance", "lecture", "total"])
    return True


def controler(lot: LotImport, *, par: Any) -> None:
    """Check every row of a locked lot again, and count."""
    comptes = Travail(lot, genre_de(lot.genre), timezone.localdate(), par).controler()
    valeurs = {"comptes": comptes, "verifie_le": timezone.now()}
    if lot.etat == EtatLot.PARTIEL:
        for nom, valeur in valeurs.items():
            setattr(lot, nom, valeur)
        lot.save(update_fields=list(valeurs))
    else:
        changer(lot, "verifier", par, **valeurs)


def vider(lot: LotImport) -> None:
    """Delete the rows of the lot and their anomalies, by sets."""
    with connection.cursor() as curseur:
        curseur.execute(
            "DELETE FROM socle_anomalieimport WHERE ligne_id IN (SELECT id FROM socle_ligneimport WHERE lot_id = %s)",
            [lot.pk],
        )
        curseur.execute("DELETE FROM socle_ligneimport WHERE lot_id = %s", [lot.pk])


@transaction.atomic
def dire_les_colonnes(*, lot: LotImport, correspondance: Mapping[str, int], par: Any, url: str = "") -> LotImport:
    """Say which header is which column, remember it for the source, and read the file again.

    Raises DroitInsuffisant, and RegleMetier: a mandatory column is missing, or a header serves twice.
    """
    genre = genre_de(lot.genre)
    exiger(genre.droit(par))
    verrouille = verrouiller(lot.pk, etats=(EtatLot.A_ASSOCIER, EtatLot.A_VERIFIER))
    for champ in genre.champs:
        if champ.requis and champ.code not in correspondance:
            raise RegleMetier(f"La colonne « {champ.titre} » est obligatoire : dites laquelle c’est.", champ=champ.code)
    vus: dict[int, str] = {}
    for code, rang in correspondance.items():
        if rang in vus:
            message = f"La colonne « {verrouille.entetes[rang]} » sert déjà pour « {genre.titre_de(vus[rang])} »."
            raise RegleMetier(message, champ=code)
        vus[rang] = code
    if verrouille.source:
        CorrespondanceImport.objects.update_or_create(
            genre=lot.genre, source=verrouille.source,
            defaults={"colonnes": {c: cle(verrouille.entetes[r]) for c, r in correspondance.items()},
                      "retenue_le": timezone.now()},
        )  # fmt: skip
    changer(verrouille, "dire_les_colonnes", par, correspondance=dict(correspondance))
    lancer(verrouille, "socle.controler_import", "controle_import", f"Lecture du lot {lot.pk}", par, url)
    return verrouille


# -- ending ------------------------------------------------------------------------------------------


@transaction.atomic
def abandonner(*, lot: LotImport, par: Any) -> None:
    """Delete a lot of which nothing was written, with its file. Raises DroitInsuffisant, RegleMetier."""
    exiger(genre_de(lot.genre).droit(par))
    verrouille = verrouiller(lot.pk, etats=(*AVANT_IMPORT, EtatLot.ILLISIBLE))
    journaliser(par=par, verbe="abandonner_import", objet=verrouille, apres={"Lignes": verrouille.total})
    effacer_fichiers([verrouille.fichier])
    vider(verrouille)
    verrouille.delete()


def purger_imports() -> int:
    """Forget the files and the rows of the lots older than CONSERVATION_IMPORTS_JOURS; return how many lots.

    What was imported keeps its counts; what never was disappears.
    """
    limite = timezone.now() - datetime.timedelta(days=settings.CONSERVATION_IMPORTS_JOURS)
    anciens = LotImport.objects.filter(depose_le__lt=limite).exclude(fichier="").values_list("pk", flat=True)
    return sum(_oublier(cle) for cle in list(anciens))


@transaction.atomic
def _oublier(cle: int) -> bool:
    """Forget a lot as it is once locked; one that a job holds is left for the next night. Return whether it was."""
    lot = LotImport.objects.select_for_update(skip_locked=True).filter(pk=cle).first()
    if lot is None:
        return False
    effacer_fichiers([lot.fichier])
    vider(lot)
    if lot.etat in {EtatLot.PARTIEL, EtatLot.IMPORTE}:
        lot.fichier = ""
        lot.save(update_fields=["fichier"])
    else:
        lot.delete()
    return True
