"""From the file to staging: one pass, COPY by packets. A secret value never reaches staging in clear."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from pdi.socle.droits import RegleMetier
from pdi.socle.models import AnomalieImport, LigneImport
from pdi.socle.typographie import cle_nom as cle

from .declarations import MASQUE, Champ, Genre
from .fichiers import CELLULE_MAX
from .valeurs import VIDE, Lecture, texte_cellule, texte_long

PAQUET = 5000
MEMOIRE = 50_000  # distinct values remembered by column
_LIGNES = "COPY socle_ligneimport (id, lot_id, numero, brut, valeurs, etat, changements) FROM STDIN"
_COLONNES_ANOMALIE = (
    "ligne_id", "origine", "colonne", "code", "valeur", "message", "attendu", "suggestion", "bloquante", "candidats",
)  # fmt: skip
_ANOMALIES = f"COPY socle_anomalieimport ({', '.join(_COLONNES_ANOMALIE)}) FROM STDIN"
Anomalie = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cellule:
    """A cell read: its text, what it means, its comparison form when its column is compared by name."""

    texte: str
    lu: Lecture
    cle: str = ""


class Lecteur:
    """The reader of one column: its rank in the file, what was already read."""

    def __init__(self, champ: Champ, aujourd_hui: datetime.date, rang: int = -1) -> None:
        self.champ, self.rang = champ, rang
        self._lire = champ.lecteur_du(aujourd_hui)
        self._compare = champ.type in {"texte", "reference"} and not champ.secret
        self._connues: dict[Any, Cellule] = {}

    def lire_dans(self, cellules: Sequence[Any]) -> Cellule:
        """Return its cell in a row of the file; the same value is read once. A secret is never remembered."""
        brut = cellules[self.rang] if 0 <= self.rang < len(cellules) else ""
        if self.champ.secret:
            return self.lire(brut)
        marque = (brut.__class__, brut)
        connue = self._connues.get(marque)
        if connue is None:
            connue = self.lire(brut)
            if len(self._connues) < MEMOIRE:
                self._connues[marque] = connue
        return connue

    def lire(self, brut: Any) -> Cellule:
        """Return what a cell says; a date where a text is expected was made by the spreadsheet."""
        champ = self.champ
        texte = texte_long(brut) if champ.lignes else texte_cellule(brut)
        if not texte:
            if champ.requis:
                return Cellule("", Lecture(None, "valeur_manquante", f"« {champ.titre} » est vide.", champ.accepte))
            return Cellule("", VIDE)
        maximum = max(CELLULE_MAX, champ.longueur)
        if len(texte) > maximum:
            lu = Lecture(None, "texte_long", f"Plus de {maximum} signes.", "un texte plus court")
            return Cellule(texte[:maximum], lu)
        if isinstance(brut, datetime.date) and champ.type != "date":
            message = "Le tableur a transformé cette valeur en date."
            return Cellule(texte, Lecture(None, "date_inattendue", message, champ.accepte))
        lu = self._lire(texte)
        return Cellule(texte, lu, cle(lu.valeur) if self._compare and lu.valeur else "")

    def garder(self, cellule: Cellule, brut: dict[str, str], valeurs: dict[str, str]) -> None:
        """Put a cell in the two JSON objects of its row."""
        champ, valeur = self.champ, cellule.lu.valeur
        brut[champ.code] = MASQUE if champ.secret and cellule.texte else cellule.texte
        if valeur is None:
            return
        if champ.sceller is not None:
            valeurs.update(champ.sceller(valeur))
            return
        valeurs[champ.code] = valeur
        if self._compare:
            valeurs[f"{champ.code}__cle"] = cellule.cle

    def oublier(self, valeurs: dict[str, str]) -> None:
        """Take away what the row held of this column."""
        for nom in (self.champ.code, f"{self.champ.code}__cle", *self.champ.scelles):
            valeurs.pop(nom, None)

    def anomalie(self, cellule: Cellule, ligne: int) -> Anomalie:
        """Return the row of an anomaly of reading, the secret masked."""
        lu, secret = cellule.lu, self.champ.secret
        return (
            ligne, "lecture", self.champ.code, lu.code, MASQUE if secret and cellule.texte else cellule.texte[:250],
            lu.message[:500], lu.attendu, "" if secret else lu.suggestion[:250], lu.bloquante, [],
        )  # fmt: skip


def mettre_en_attente(
    *,
    lot_id: int,
    genre: Genre,
    correspondance: Mapping[str, int],
    lignes: Iterable[tuple[int, list[Any]]],
    aujourd_hui: datetime.date,
    avancer: Callable[[int], None] = lambda _: None,
) -> int:
    """Read every row into staging and return how many. `avancer` is told the count after each packet.

    Only recognised columns are kept. Raises RegleMetier beyond the number of rows allowed.
    """
    lecteurs = [
        Lecteur(c, aujourd_hui, correspondance.get(c.code, -1))
        for c in genre.champs
        if c.code in correspondance or c.requis
    ]
    flux, total = iter(lignes), 0
    while paquet := list(islice(flux, PAQUET)):
        total += len(paquet)
        if total > settings.LIGNES_MAX_IMPORT:
            raise RegleMetier(f"Ce fichier a plus de {settings.LIGNES_MAX_IMPORT} lignes : partagez-le.")
        _copier(lot_id, lecteurs, paquet)
        avancer(total)
    return total


def _copier(lot_id: int, lecteurs: Sequence[Lecteur], paquet: Sequence[tuple[int, list[Any]]]) -> None:
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT nextval(pg_get_serial_sequence('socle_ligneimport', 'id')) FROM generate_series(1, %s)",
            [len(paquet)],
        )
        cles = [c for (c,) in curseur.fetchall()]
    prets, anomalies = [], []
    for ligne, (numero, cellules) in zip(cles, paquet, strict=True):
        brut: dict[str, str] = {}
        valeurs: dict[str, str] = {}
        for lecteur in lecteurs:
            cellule = lecteur.lire_dans(cellules)
            lecteur.garder(cellule, brut, valeurs)
            if cellule.lu.code:
                anomalies.append(lecteur.anomalie(cellule, ligne))
        prets.append((ligne, lot_id, numero, _json(brut), _json(valeurs), "a_corriger", "{}"))
    connexion: Any = connection.connection
    with connexion.cursor() as direct:
        for ordre, rangees in ((_LIGNES, prets), (_ANOMALIES, anomalies)):
            with direct.copy(ordre) as copie:
                for rangee in rangees:
                    copie.write_row(rangee)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def relire_cellules(cellules: Sequence[tuple[LigneImport, Champ, str]], aujourd_hui: datetime.date) -> None:
    """Put a text in place of cells of locked rows, with the anomalies they deserve: a few queries for any number."""
    lues, nouvelles = {}, []
    for ligne, champ, texte in cellules:
        lecteur = Lecteur(champ, aujourd_hui)
        cellule = lecteur.lire(texte)
        lecteur.oublier(ligne.valeurs)
        lecteur.garder(cellule, ligne.brut, ligne.valeurs)
        lues[ligne.pk] = ligne
        if cellule.lu.code:
            valeurs = dict(zip(_COLONNES_ANOMALIE, lecteur.anomalie(cellule, ligne.pk), strict=True))
            nouvelles.append(AnomalieImport(**valeurs))
    remplacees = Q(pk__in=[])
    for code in {champ.code for _, champ, _ in cellules}:
        remplacees |= Q(colonne=code, ligne__in=[ligne.pk for ligne, champ, _ in cellules if champ.code == code])
    AnomalieImport.objects.filter(remplacees, origine="lecture").delete()
    LigneImport.objects.bulk_update(lues.values(), ["brut", "valeurs"], batch_size=1000)
    AnomalieImport.objects.bulk_create(nouvelles, batch_size=1000)
