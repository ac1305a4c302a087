"""Export engine: declare columns once, get an XLSX workbook or a CSV stream of any number of rows.

    COLONNES = (
        Colonne("N°", "numero", largeur=8),
        Colonne("Fiche", "intitule", largeur=60),
        Colonne("Coût prévu", "cout_total", type="euros"),
        Colonne("Pilote", lambda fiche: ", ".join(fiche.noms_pilotes)),
    )
    return reponse_xlsx(request, nom="fiches", titre="Fiches-actions", colonnes=COLONNES, lignes=fiches)

Rows are read as they are written: memory does not grow with them. A text that a spreadsheet would take for a
formula (= + - @ first) is written behind an apostrophe.
"""

from __future__ import annotations

import csv
import datetime
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any, Literal

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from .droits import RegleMetier
from .formats import date_heure

TypeColonne = Literal["texte", "nombre", "date", "pourcentage", "euros"]
LIGNES_MAX_XLSX = 1_048_576
PAQUET = 2000
_FORMULES = frozenset("=+-@\t\r")
_FORMATS: dict[str, str] = {
    "brut": "General",
    "nombre": "#,##0.##",
    "entier": "#,##0",
    "date": "dd/mm/yyyy",
    "instant": "dd/mm/yyyy hh:mm",
    "pourcentage": '0.0" %"',
    "euros": '#,##0.00" €"',
}


@dataclass(frozen=True)
class Colonne:
    """One column. `valeur` is an attribute (« axe.intitule », None on the way gives an empty cell) or a function.

    `type`: texte, nombre, date (dates and instants), pourcentage (86 means 86 %), euros. `largeur` in characters.
    """

    titre: str
    valeur: str | Callable[[Any], Any]
    type: TypeColonne = "texte"
    largeur: int = 18

    def lecteur(self) -> Callable[[Any], Any]:
        """Return the function that reads the value from a row (an object or a dict)."""
        if callable(self.valeur):
            return self.valeur
        chemin = self.valeur
        lire = attrgetter(chemin)
        noms = chemin.split(".")

        def valeur(ligne: Any) -> Any:
            if isinstance(ligne, dict):
                return ligne.get(chemin)
            if len(noms) == 1:
                return _appeler(lire(ligne))
            for nom in noms:
                ligne = getattr(ligne, nom)
                if ligne is None:
                    return None
            return _appeler(ligne)

        return valeur


def _appeler(valeur: Any) -> Any:
    return valeur() if callable(valeur) else valeur


def neutraliser(texte: str) -> str:
    """Return `texte` as a spreadsheet may hold it: never a formula, no control character."""
    propre = texte if texte.isprintable() else "".join(c for c in texte if c >= " " or c == "\n")
    dangereux = texte[:1] in _FORMULES or propre.lstrip()[:1] in _FORMULES
    return f"'{propre}" if dangereux and propre else propre


def en_texte(valeur: Any) -> str:
    """Return any value as the text of a cell: lists on several lines, yes and no in words, None empty."""
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, list | tuple | set | frozenset):
        return "\n".join(en_texte(v) for v in valeur)
    if isinstance(valeur, datetime.datetime):
        return f"{_local(valeur):%d/%m/%Y %H:%M}"
    if isinstance(valeur, datetime.date):
        return f"{valeur:%d/%m/%Y}"
    return str(valeur)


def _local(instant: datetime.datetime) -> datetime.datetime:
    """Return a naive local time: spreadsheets know no time zone."""
    return timezone.localtime(instant).replace(tzinfo=None) if timezone.is_aware(instant) else instant


def _parcourir(lignes: Iterable[Any]) -> Iterable[Any]:
    """Read a queryset by packets, from a server-side cursor; anything else as it comes."""
    return lignes.iterator(chunk_size=PAQUET) if isinstance(lignes, QuerySet) else lignes


def _nom_fichier(nom: str, extension: str) -> str:
    return f"{slugify(nom) or 'export'}-{timezone.localdate():%Y-%m-%d}.{extension}"


# -- CSV ---------------------------------------------------------------------------------------------


class _Echo:
    """A « file » that hands back what is written to it."""

    @staticmethod
    def write(texte: str) -> str:
        return texte


def _cellule_csv(valeur: Any) -> str:
    if isinstance(valeur, Decimal | float | int) and not isinstance(valeur, bool):
        return f"{valeur:f}".replace(".", ",") if isinstance(valeur, Decimal) else str(valeur).replace(".", ",")
    return neutraliser(en_texte(valeur))


def lignes_csv(colonnes: Sequence[Colonne], lignes: Iterable[Any]) -> Iterator[str]:
    """Yield the text of the file, row by row: UTF-8 with its mark, semicolons, decimal commas (French Excel)."""
    auteur = csv.writer(_Echo(), delimiter=";", quoting=csv.QUOTE_MINIMAL)
    lecteurs = [c.lecteur() for c in colonnes]
    yield "\ufeff" + auteur.writerow([neutraliser(c.titre) for c in colonnes])
    for ligne in _parcourir(lignes):
        yield auteur.writerow([_cellule_csv(lire(ligne)) for lire in lecteurs])


def _paquets(morceaux: Iterator[str], taille: int = 200) -> Iterator[bytes]:
    """Join rows so that a packet of the network carries many."""
    tampon: list[str] = []
    for morceau in morceaux:
        tampon.append(morceau)
        if len(tampon) >= taille:
            yield "".join(tampon).encode()
            tampon.clear()
    if tampon:
        yield "".join(tampon).encode()


def reponse_csv(
    request: HttpRequest,  # noqa: ARG001  # the same call as reponse_xlsx: the table alone goes into a CSV
    *,
    nom: str,
    colonnes: Sequence[Colonne],
    lignes: Iterable[Any],
    titre: str = "",  # noqa: ARG001
    filtres: Sequence[str] = (),  # noqa: ARG001
) -> StreamingHttpResponse:
    """Answer a CSV file, streamed: the table only, ready for another program."""
    reponse = StreamingHttpResponse(_paquets(lignes_csv(colonnes, lignes)), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{_nom_fichier(nom, "csv")}"'
    reponse["Cache-Control"] = "private, no-store"
    return reponse


# -- XLSX --------------------------------------------------------------------------------------------


def ecrire_xlsx(
    fichier: Any,
    *,
    titre: str,
    colonnes: Sequence[Colonne],
    lignes: Iterable[Any],
    filtres: Sequence[str] = (),
    auteur: str = "",
) -> int:
    """Write a workbook of one sheet into the open binary `fichier` and return the number of rows.

    Above the table: the title, the filters in words, when it was made and by whom; these lines print too.
    Raises RegleMetier beyond what a sheet can hold.
    """
    classeur = xlsxwriter.Workbook(fichier, {"constant_memory": True, "default_date_format": _FORMATS["date"]})
    classeur.set_properties({"title": titre, "author": auteur})
    formats = {cle: classeur.add_format({"num_format": f, "valign": "top"}) for cle, f in _FORMATS.items()}
    texte = classeur.add_format({"text_wrap": True, "valign": "top"})
    entete = classeur.add_format(
        {"bold": True, "bg_color": "#0D4A55", "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter"}
    )
    feuille = classeur.add_worksheet(_nom_feuille(titre))
    for rang, colonne in enumerate(colonnes):
        feuille.set_column(rang, rang, colonne.largeur)
    feuille.write_string(0, 0, neutraliser(titre), classeur.add_format({"bold": True, "font_size": 14}))
    mention = f"Exporté le {date_heure(timezone.now())}" + (f" par {auteur}" if auteur else "")
    avant = [*(neutraliser(f) for f in filtres), mention]
    for rang, phrase in enumerate(avant, start=1):
        feuille.write_string(rang, 0, phrase)
    depart = len(avant) + 2
    for rang, colonne in enumerate(colonnes):
        feuille.write_string(depart, rang, neutraliser(colonne.titre), entete)
    try:
        total = _ecrire_lignes(feuille, depart, colonnes, lignes, formats, texte)
    except BaseException:
        classeur.close()  # its temporary files; what is written is thrown away with `fichier`
        raise
    feuille.autofilter(depart, 0, depart + max(total, 1), len(colonnes) - 1)
    feuille.freeze_panes(depart + 1, 0)
    feuille.repeat_rows(depart)
    feuille.set_landscape()
    feuille.set_paper(9)
    feuille.fit_to_pages(1, 0)
    feuille.set_footer("&LPage &P / &N&R&D")
    classeur.close()
    return total


def _ecrire_lignes(
    feuille: Any, depart: int, colonnes: Sequence[Colonne], lignes: Iterable[Any], formats: dict[str, Any], texte: Any
) -> int:
    plan = [(rang, c.lecteur(), c.type) for rang, c in enumerate(colonnes)]
    place = LIGNES_MAX_XLSX - depart - 1
    total = 0
    for total, ligne in enumerate(_parcourir(lignes), start=1):
        if total > place:
            raise RegleMetier(
                f"Une feuille de calcul ne tient pas plus de {place} lignes : affinez les filtres, ou exportez en CSV."
            )
        y = depart + total
        for x, lire, genre in plan:
            valeur = lire(ligne)
            if valeur is None or valeur == "":
                continue
            if isinstance(valeur, datetime.date):
                instant = isinstance(valeur, datetime.datetime)
                brut = _local(valeur) if isinstance(valeur, datetime.datetime) else valeur
                feuille.write_datetime(y, x, brut, formats["instant" if instant else "date"])
            elif isinstance(valeur, Decimal | float | int) and not isinstance(valeur, bool):
                feuille.write_number(y, x, float(valeur), formats[_format_nombre(genre, valeur)])
            else:
                feuille.write_string(y, x, neutraliser(en_texte(valeur))[:32_767], texte)
    return total


def _format_nombre(genre: str, valeur: Any) -> str:
    """Return the format of a number: no thousands in a column of text (years, codes)."""
    if genre == "nombre":
        return "entier" if valeur == int(valeur) else "nombre"
    return "brut" if genre in {"texte", "date"} else genre


def _nom_feuille(titre: str) -> str:
    """Return a sheet name: 31 characters, none of those Excel refuses."""
    return "".join(" " if c in "[]:*?/\\'" else c for c in titre)[:31].strip() or "Export"


def reponse_xlsx(
    request: HttpRequest,
    *,
    nom: str,
    titre: str,
    colonnes: Sequence[Colonne],
    lignes: Iterable[Any],
    filtres: Sequence[str] = (),
) -> FileResponse:
    """Answer a workbook, written to a temporary file then streamed. `filtres`: the active filters, in words."""
    fichier = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the response
    auteur = str(request.user) if request.user.is_authenticated else ""
    try:
        ecrire_xlsx(fichier, titre=titre, colonnes=colonnes, lignes=lignes, filtres=filtres, auteur=auteur)
    except BaseException:
        fichier.close()
        raise
    fichier.seek(0)
    reponse = FileResponse(
        fichier,
        as_attachment=True,
        filename=_nom_fichier(nom, "xlsx"),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    reponse["Cache-Control"] = "private, no-store"
    return reponse


def reponse_export(
    request: HttpRequest,
    *,
    nom: str,
    titre: str,
    colonnes: Sequence[Colonne],
    lignes: Iterable[Any],
    filtres: Sequence[str] = (),
) -> FileResponse | StreamingHttpResponse:
    """Answer what `?format=` asks for: csv, or a workbook."""
    if request.GET.get("format") == "csv":
        return reponse_csv(request, nom=nom, titre=titre, colonnes=colonnes, lignes=lignes)
    return reponse_xlsx(request, nom=nom, titre=titre, colonnes=colonnes, lignes=lignes, filtres=filtres)
