"""Attachments: which files are accepted (type by extension and by content, size, clean name), kept, served."""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import IO, Any, TypeVar

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

from .droits import RegleMetier
from .formats import taille_fichier
from .models import Piece
from .operations import apres_validation, journaliser

P = TypeVar("P", bound=Piece)

LONGUEUR_NOM = 150
EXTENSION_MAX = 10
ENTREES_ARCHIVE_MAX = 5000
SIGNATURES = {"pdf": (b"%PDF-",), "png": (b"\x89PNG\r\n\x1a\n",), "jpg": (b"\xff\xd8\xff",), "jpeg": (b"\xff\xd8\xff",)}
# A member that every document of the type holds.
MEMBRES = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "odt": "content.xml",
    "ods": "content.xml",
}
TYPES_OPENDOCUMENT = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
# What reading a damaged archive may raise: its directory, its sizes, its compressed data.
ARCHIVE_ABIMEE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
MACROS = ("vbaproject.bin", "basic/script-lc.xml", "basic/")


@dataclass(frozen=True, slots=True)
class PieceControlee:
    """A file that may be kept."""

    nom: str
    type: str
    taille: int


def nom_propre(nom: str) -> str:
    """Return the name without folder, control character or look-alike trick, at most 150 characters.

    The extension is kept whole. An empty name gives « document ».
    """
    base = re.split(r"[\\/]", unicodedata.normalize("NFC", nom))[-1]
    visible = "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    visible = re.sub(r'[<>:"|?*]+', "-", visible)
    visible = re.sub(r"\s+", " ", visible).strip(" .")
    racine, point, extension = visible.rpartition(".")
    if not point or len(extension) > EXTENSION_MAX:
        return visible[:LONGUEUR_NOM] or "document"
    return f"{(racine.strip(' .') or 'document')[: LONGUEUR_NOM - len(extension) - 1]}.{extension}"


def _archive_conforme(fichier: IO[bytes], type_: str) -> bool:
    try:
        with zipfile.ZipFile(fichier) as archive:
            noms = archive.namelist()
            if len(noms) > ENTREES_ARCHIVE_MAX or MEMBRES[type_] not in noms:
                return False
            if any(m in n.lower() for n in noms for m in MACROS):
                raise RegleMetier("Ce document contient des macros : enregistrez-le sans macro.", champ="fichier")
            attendu = TYPES_OPENDOCUMENT.get(type_)
            if attendu is None:
                return True
            if "mimetype" not in noms or archive.getinfo("mimetype").file_size > 200:
                return False
            return archive.read("mimetype").strip() == attendu
    except ARCHIVE_ABIMEE:
        return False


def _texte(debut: bytes) -> bool:
    if b"\x00" in debut:
        return False
    return not any(octet < 9 or 13 < octet < 32 for octet in debut)


def contenu_conforme(fichier: IO[bytes], type_: str) -> bool:
    """Return whether the content is what the extension says. The file is left at its beginning."""
    try:
        fichier.seek(0)
        debut = fichier.read(4096)
        fichier.seek(0)
        if type_ in SIGNATURES:
            return debut.startswith(SIGNATURES[type_])
        if type_ in MEMBRES:
            return debut.startswith(b"PK\x03\x04") and _archive_conforme(fichier, type_)
        if type_ == "json":
            return _texte(debut) and debut.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}
        return type_ == "csv" and _texte(debut)
    finally:
        fichier.seek(0)


def controler_piece(
    *, nom: str, taille: int, fichier: IO[bytes], types: Collection[str], taille_max: int
) -> PieceControlee:
    """Return the file's clean name and type. Raises RegleMetier: what is wrong, what is expected.

    `taille` and `taille_max` in bytes; `types` are the accepted extensions.
    """
    propre = nom_propre(nom)
    extension = propre.rpartition(".")[2].lower() if "." in propre else ""
    acceptes = ", ".join(sorted(types))
    if extension not in types:
        proche = get_close_matches(extension, list(types), 1, 0.6) if extension else []
        suite = f" Peut-être « .{proche[0]} » ?" if proche else ""
        quoi = f"Le type « .{extension} » n’est pas accepté" if extension else "Le nom du fichier n’a pas d’extension"
        raise RegleMetier(f"{quoi}. Types acceptés : {acceptes}.{suite}", champ="fichier")
    if not taille:
        raise RegleMetier("Ce fichier est vide.", champ="fichier")
    if taille > taille_max:
        raise RegleMetier(
            f"Ce fichier pèse {taille_fichier(taille)} : {taille_fichier(taille_max)} au plus.", champ="fichier"
        )
    if not contenu_conforme(fichier, extension):
        raise RegleMetier(
            f"Le contenu de « {propre} » n’est pas celui d’un fichier .{extension} : il a peut-être été renommé, ou "
            "il est abîmé. Enregistrez-le de nouveau dans un type accepté.",
            champ="fichier",
        )
    return PieceControlee(propre, extension, taille)


def garder_piece(*, piece: P, fichier: File[Any], par: Any, journal: Any, nom: str = "") -> P:
    """Check a file and keep it under `piece`, unsaved, which already names its object; `journal` is that object.

    The journal holds the name and the size. A write that fails leaves no file behind. Raises RegleMetier: what is
    wrong with the file, what is expected.
    """
    controlee = controler_piece(
        nom=nom or fichier.name or "",
        taille=fichier.size,
        fichier=fichier,
        types=settings.TYPES_PIECES_JOINTES,
        taille_max=settings.TAILLE_MAX_PIECE_JOINTE,
    )
    piece.nom, piece.type, piece.taille, piece.deposee_par = controlee.nom, controlee.type, controlee.taille, par
    piece.fichier.save(controlee.nom, fichier, save=False)
    try:
        with transaction.atomic():
            piece.save()
            journaliser(
                par=par,
                verbe="ajouter_piece",
                objet=journal,
                apres={"Pièce": f"{piece.nom} ({taille_fichier(piece.taille)})"},
            )
    except BaseException:
        piece.fichier.delete(save=False)
        raise
    return piece


def effacer_fichiers(fichiers: Iterable[FieldFile]) -> None:
    """Delete stored files once the write that forgets them is committed; one that fails keeps no other."""
    for fichier in fichiers:
        if fichier.name:
            apres_validation(fichier.storage.delete, fichier.name)


def servir_piece(piece: Piece) -> FileResponse:
    """Return the file as a download, never shown inside the page. The verdict is the caller's. Raises Http404."""
    try:
        fichier = piece.fichier.open("rb")
    except FileNotFoundError as erreur:
        raise Http404("Le fichier de cette pièce n’est plus dans le magasin de fichiers.") from erreur
    nom = piece.nom if piece.nom.lower().endswith(f".{piece.type}") else f"{piece.nom}.{piece.type}"
    reponse = FileResponse(fichier, as_attachment=True, filename=nom)
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
