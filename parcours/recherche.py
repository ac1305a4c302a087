"""Search of people that forgives: accents, case, order, typos, birth dates in every usual form, file numbers.

The exact answer first: every word is somewhere in the search text, the date is the birth date, the number is a file's.
When there is none, the words that look alike (trigrams). Every path is served by an index.
The social security number is never a way in.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from parcours.models import DossierRSA, Personne
from parcours.querysets import PersonneQuerySet
from pdi.structures.regles import cle_nom

LONGUEUR_MAX = 100
RESSEMBLANCE = 0.4  # of the words with the extent that looks most like it: « tapon » is 0.44 of « tampon »
PROCHES_MAX = 50
MOTS_MAX = 6
TRIGRAMME = 3  # shorter words are matched at the start of a name: that is what the index can serve
NUMERO_MIN = 6
TOUT_LE_MONDE = 10_000_000
MATRICULE = 15
SIECLE = 100
AUTOUR_D_UNE_DATE = ("ne", "nee", "le")  # « né le 12/03/1985 »

MOIS = {
    nom: rang
    for rang, noms in enumerate(
        (
            "janvier janv jan", "fevrier fevr fev", "mars", "avril avr", "mai", "juin", "juillet juil", "aout",
            "septembre sept sep", "octobre oct", "novembre nov", "decembre dec",
        ),
        start=1,
    )
    for nom in noms.split()
}  # fmt: skip

_DATE = re.compile(r"(?<!\d)(\d{1,2})(?:er)?[ ./-](\d{1,2})[ ./-](\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})[ ./-](\d{1,2})[ ./-](\d{1,2})(?!\d)")
_LETTRES = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:er)? (?:{'|'.join(sorted(MOIS, key=len, reverse=True))}) (\d{{4}}|\d{{2}})(?!\d)"
)
_COLLEE = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4}|\d{2})(?!\d)")


@dataclass(frozen=True)
class Saisie:
    """What was typed, understood: words in comparison form, a birth date, numbers that may be a file's."""

    mots: tuple[str, ...] = ()
    naissance: datetime.date | None = None
    numeros: tuple[str, ...] = ()

    @property
    def vide(self) -> bool:
        """Return whether there is nothing to look for."""
        return not (self.mots or self.naissance or self.numeros)


def _jour(jour: str, mois: str | int, annee: str, aujourd_hui: datetime.date) -> datetime.date | None:
    an = int(annee)
    if len(annee) == 2:
        an += aujourd_hui.year // SIECLE * SIECLE
        if an > aujourd_hui.year:
            an -= SIECLE
    try:
        return datetime.date(an, int(mois), int(jour))
    except ValueError:
        return None


def _retirer_date(texte: str, aujourd_hui: datetime.date) -> tuple[datetime.date | None, str]:
    """Return the first date found, and the text without it."""
    for motif, lire in (
        (_ISO, lambda m: (m[3], m[2], m[1])),
        (_LETTRES, lambda m: (m[1], MOIS[m[0].split()[1]], m[2])),
        (_DATE, lambda m: (m[1], m[2], m[3])),
        (_COLLEE, lambda m: (m[1], m[2], m[3])),
    ):
        trouve = motif.search(texte)
        if trouve is None:
            continue
        jour, mois, annee = lire(trouve)
        date = _jour(jour, mois, annee, aujourd_hui)
        if date is not None:
            return date, f"{texte[: trouve.start()]} {texte[trouve.end() :]}"
    return None, texte


def comprendre(saisie: str, aujourd_hui: datetime.date) -> Saisie:
    """Read what was typed. Pure.

    Dates: 12/03/1985, 12-3-85, 12.03.1985, 12 03 1985, 12031985, 120385, 1985-03-12, 12 mars 1985, 1er mars 85.
    """
    brut = saisie[:LONGUEUR_MAX]
    date, reste = _retirer_date(brut, aujourd_hui)
    if date is None:  # months in letters: accents and capitals aside
        date, reste = _retirer_date(cle_nom(brut), aujourd_hui)
    mots: list[str] = []
    numeros: list[str] = []
    for mot in cle_nom(reste).split()[:MOTS_MAX]:
        if date and mot in AUTOUR_D_UNE_DATE:
            continue
        (numeros if mot.isdigit() and len(mot) >= NUMERO_MIN else mots).append(mot)
    return Saisie(tuple(mots), date, tuple(numeros))


def _mot(mot: str) -> Q:
    """Return « that word is in the search text »: anywhere, or at the start of a name when it is short."""
    if len(mot) >= TRIGRAMME:
        return Q(recherche__contains=mot)
    return Q(recherche__startswith=mot) | Q(recherche__contains=f" {mot}")


def _numero(numero: str) -> Q:
    """Return « that number is, or begins, the number of a file of her household, or its matricule »."""
    dossiers = DossierRSA.objects.filter(
        Q(numero__startswith=numero) | Q(matricule__in={numero, numero.zfill(MATRICULE)}),
    )
    foyers = dossiers.filter(foyer__membres__personne=OuterRef("pk"))
    return Q(Exists(foyers))


def condition(saisie: Saisie) -> Q:
    """Return the exact condition: everything that was typed is there."""
    tout = Q()
    for mot in saisie.mots:
        tout &= _mot(mot)
    for numero in saisie.numeros:
        tout &= _numero(numero)
    if saisie.naissance:
        tout &= Q(date_naissance=saisie.naissance)
    return tout


def _trouvees(saisie: Saisie) -> Q:
    """Return the exact condition, found through the trigram index whatever the order asked for.

    Left to itself, the planner walks the names in order until a page is full: short for MARTIN, long for ZOLA. The
    limit, which cuts nothing, keeps the search a set of its own.
    """
    if not any(len(m) >= TRIGRAMME for m in saisie.mots):
        return condition(saisie)
    return Q(pk__in=Personne.objects.filter(condition(saisie)).order_by().values("pk")[:TOUT_LE_MONDE])


def _proches(personnes: QuerySet[Personne], saisie: Saisie) -> list[int]:
    """Return the keys of those whose every word is there or looks alike, the most alike first.

    The threshold is the operator's, so that the trigram index serves; it holds for this transaction only.
    """
    candidats = personnes
    for mot in saisie.mots:
        candidats = candidats.filter(_mot(mot) | Q(recherche__trigram_word_similar=mot))
    if saisie.naissance:
        candidats = candidats.filter(date_naissance=saisie.naissance)
    ressemblance: Any = Value(0.0)
    for mot in saisie.mots:
        ressemblance += TrigramWordSimilarity(mot, "recherche")
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(RESSEMBLANCE)])
        return list(
            candidats.order_by()
            .annotate(ressemblance=ressemblance)
            .order_by("-ressemblance", "pk")
            .values_list("pk", flat=True)[:PROCHES_MAX]
        )


def chercher(personnes: PersonneQuerySet, texte: str, *, aujourd_hui: datetime.date) -> tuple[PersonneQuerySet, bool]:
    """Return those of `personnes` that answer `texte`, and whether they only look like it.

    Nothing typed: all of them. Words of fewer than three letters, dates and numbers are never guessed.
    """
    saisie = comprendre(texte, aujourd_hui)
    if saisie.vide:
        return personnes, False
    exactes = personnes.filter(_trouvees(saisie))
    if saisie.numeros or not any(len(m) >= TRIGRAMME for m in saisie.mots) or exactes.exists():
        return exactes, False
    return personnes.filter(pk__in=_proches(personnes, saisie)), True
