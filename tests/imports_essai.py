"""What the tests of imports share: a file deposited and read as the worker would, its messages, its import."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from pdi.comptes.models import Role
from pdi.socle import tasks
from pdi.socle.imports import application, operations
from pdi.socle.imports.declarations import genre_de
from pdi.socle.models import LotImport, Traitement
from tests.fabriques import UtilisateurFactory


def csv_de(entetes: Sequence[str], lignes: Iterable[Sequence[Any]], *, separateur: str = ";") -> bytes:
    """Return a CSV file."""
    return "\n".join(separateur.join(map(str, ligne)) for ligne in (entetes, *lignes)).encode()


def xlsx_de(entetes: Sequence[str], lignes: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet."""
    classeur: Any = openpyxl.Workbook()
    for ligne in (entetes, *lignes):
        classeur.active.append(list(ligne))
    tampon = io.BytesIO()
    classeur.save(tampon)
    return tampon.getvalue()


def administrateur() -> Any:
    return UtilisateurFactory.create(role=Role.ADMINISTRATEUR)


def executer(traitement: Traitement) -> Traitement:
    """Run a job here, as the worker would."""
    tache = getattr(tasks, traitement.tache.removeprefix("socle."))
    tache(str(traitement.pk), **traitement.parametres)
    traitement.refresh_from_db()
    return traitement


def dernier_traitement(lot: LotImport) -> Traitement:
    return Traitement.objects.filter(cle=str(lot.pk)).latest("cree_le")


def deposer(genre: str, contenu: bytes, nom: str = "fichier.csv", par: Any = None, **plus: Any) -> LotImport:
    """Deposit a file and read it."""
    fichier = SimpleUploadedFile(nom, contenu)
    lot = operations.deposer(genre=genre_de(genre), fichier=fichier, par=par or administrateur(), **plus)
    executer(dernier_traitement(lot))
    lot.refresh_from_db()
    return lot


def importer(lot: LotImport, par: Any = None) -> LotImport:
    """Import the ready rows."""
    return application.importer(lot_id=lot.pk, attendues=lot.pretes, par=par or lot.depose_par)


def messages(lot: LotImport, *, remarques: bool = False) -> dict[int, list[tuple[str, ...]]]:
    """Return, by line, (column, code, value, message, expected, proposed) of what blocks, or of the remarks."""
    trouves: dict[int, list[tuple[str, ...]]] = {}
    for ligne in lot.lignes.prefetch_related("anomalies"):
        for a in ligne.anomalies.all():
            if a.bloquante != remarques:
                champs = (a.colonne, a.code, a.valeur, a.message, a.attendu, a.suggestion)
                trouves.setdefault(ligne.numero, []).append(champs)
    return trouves


def etats(lot: LotImport) -> dict[int, str]:
    return dict(lot.lignes.values_list("numero", "etat"))
