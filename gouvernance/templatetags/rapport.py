"""Tags of the report: frozen JSON values (texts of decimals, ISO dates) as French writes them, and its drawings."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gouvernance.contenu import tableaux
from gouvernance.document.blocs_rapport import ETATS_ETAPES
from pdi.socle import formats, graphiques

register = template.Library()

POLICE = "Atkinson Hyperlegible Next Variable, DejaVu Sans, sans-serif"
ENCRE = graphiques.COULEURS["programme"]
MOTS_TON = {"bon": "cible atteinte", "veille": "proche de la cible", "retard": "loin de la cible", "neutre": ""}


def _date(iso: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(iso) if iso else None


@register.filter
def jour(iso: str | None) -> str:
    """`{{ iso|jour }}` « 12 février 2026 »."""
    return formats.date_longue(_date(iso))


@register.filter
def jour_court(iso: str | None) -> str:
    """`{{ iso|jour_court }}` « 12/02/2026 », empty without a date."""
    return formats.date_courte(_date(iso)) if iso else ""


@register.filter
def mesure(point: dict[str, Any], unite: str) -> str:
    """`{{ point|mesure:unite }}` the value of a year, « – » when not measured."""
    return "–" if point["valeur"] is None else formats.valeur_unite(point["valeur"], unite)


@register.filter
def valeur(nombre: str | None, unite: str) -> str:
    """`{{ cible|valeur:unite }}` a value with its unit, « – » when unknown."""
    return "–" if nombre is None else formats.valeur_unite(nombre, unite)


@register.filter
def cellule(nombre: str | None, unite: str) -> str:
    """`{{ cible|cellule:unite }}` a value in a narrow column: amounts without their sign, said once in the row."""
    return formats.nombre(nombre) if nombre is not None and unite == "€" else valeur(nombre, unite)


@register.filter
def montant(nombre: str | None) -> str:
    """`{{ prevu|montant }}` « 27 458,82 € », « – » when unknown."""
    return "–" if nombre is None else formats.euros(nombre)


@register.filter
def dit(nombre: Any, genre: str) -> str:
    """`{{ chiffre.valeur|dit:chiffre.genre }}` a cell of the chapters made of tables, « – » when unknown."""
    return tableaux.dire(nombre, genre)


@register.inclusion_tag("documents/rapport/_tableau.html")
def tableau(lu: tableaux.Tableau) -> dict[str, Any]:
    """`{% tableau t %}` a table of the report, as far as it is printed: the rest is in the workbook."""
    imprime, groupes = tableaux.en_groupes(lu)
    colonnes = imprime["colonnes"]
    return {
        "t": lu,
        "entete": _cases([c["titre"] for c in colonnes], colonnes, entete=True),
        "groupes": [(partage, [_cases(ligne, colonnes) for ligne in lignes]) for partage, lignes in groupes],
        "parts": tableaux.parts(imprime),
        "total": _cases(lu["total"], colonnes) if lu["total"] else None,
        "reste": max(0, len(lu["lignes"]) - tableaux.LIGNES_IMPRIMEES),
    }


def _cases(
    ligne: Sequence[Any], colonnes: Sequence[tableaux.ColonneTableau], *, entete: bool = False
) -> list[dict[str, str]]:
    """Return the cells in words, each with its class: numbers to the right, short texts never cut."""
    return [
        {
            "texte": v if entete else tableaux.dire(v, c["genre"]),
            "classe": "nb"
            if c["genre"] not in tableaux.GENRES_A_GAUCHE
            else "r-court"
            if c["largeur"] <= tableaux.LARGEUR_COURTE
            else "",
        }
        for v, c in zip(ligne, colonnes, strict=True)
    ]


@register.filter
def dire_libelle(c: tableaux.ChiffreTableau) -> str:
    """`{{ c|dire_libelle }}` what a key figure counts, in the singular or the plural."""
    return tableaux.dire_libelle(c)


@register.filter
def mot_ton(ton: str) -> str:
    """`{{ ligne.ton|mot_ton }}` the words that go with the colour."""
    return MOTS_TON.get(ton, "")


@register.filter
def dernier(points: Sequence[Any]) -> Any:
    """`{{ ligne.points|dernier }}` the point of the year."""
    return points[-1]


@register.filter
def trois_derniers(points: Sequence[Any]) -> Sequence[Any]:
    """`{{ ligne.points|trois_derniers }}` N-2, N-1 and N."""
    return points[-3:]


@register.filter
def deux_derniers(points: Sequence[Any]) -> Sequence[Any]:
    """`{{ ligne.points|deux_derniers }}` N-1 and N."""
    return points[-2:]


@register.filter
def taux(realise: str | None, prevu: str | None) -> str:
    """`{{ realise|taux:prevu }}` « 93,0 % » of what was planned, « – » when either is unknown."""
    haut, bas = formats.en_decimal(realise), formats.en_decimal(prevu)
    return "–" if haut is None or not bas else formats.pourcentage(100 * haut / bas)


@register.simple_tag
def titre(niveau: int, texte: str, classe: str = "", cote: str = "") -> SafeString:
    """`{% titre 3 fiche.intitule classe="r-fiche-titre" cote="Fiche 2.1" %}` a heading of computed level."""
    avant = format_html('<span class="r-cote">{}</span> ', cote) if cote else ""
    return format_html('<h{0} class="r-n{0} {1}" data-cote="{2}">{3}{4}</h{0}>', niveau, classe, cote, avant, texte)


def _points(ligne: dict[str, Any]) -> list[graphiques.Point]:
    return graphiques.lire_points([(str(p["annee"]), p["valeur"]) for p in ligne["points"]])


@register.simple_tag
def trace(ligne: dict[str, Any]) -> SafeString:
    """`{% trace ligne %}` a sparkline over the years of the report; its title says every value."""
    dessin = graphiques.etincelle(_points(ligne), ligne["cible"], ligne["unite"])
    if not dessin.segments:
        return SafeString("")
    cible = (
        ""
        if dessin.cible is None
        else format_html(
            '<line class="cible" x1="0" x2="104" y1="{0}" y2="{0}" stroke="#737a78" stroke-dasharray="3 3"></line>',
            dessin.cible,
        )
    )
    traits = format_html_join(
        "",
        '<polyline class="trait" points="{}" fill="none" stroke="{}" stroke-width="2.4"></polyline>',
        ((s, ENCRE) for s in dessin.segments),
    )
    point = (
        format_html('<circle class="point" cx="{}" cy="{}" r="4" fill="{}"></circle>', *dessin.dernier, ENCRE)
        if dessin.dernier
        else ""
    )
    return format_html(
        '<svg class="r-trace etincelle" viewBox="0 0 104 28" width="104" height="28" role="img" '
        'xmlns="http://www.w3.org/2000/svg"><title>Évolution. {}.</title>{}{}{}</svg>',
        dessin.texte,
        cible,
        traits,
        point,
    )


@register.inclusion_tag("documents/rapport/_courbe.html")
def courbe(ligne: dict[str, Any], fiche: dict[str, Any]) -> dict[str, Any]:
    """`{% courbe ligne fiche %}` the line chart of one indicator, beside its data table."""
    points = _points(ligne)
    dessin = graphiques.courbe(points, ligne["cible"], ligne["unite"])
    return {
        "ligne": ligne,
        "fiche": fiche,
        "dessin": dessin,
        "couleur": ENCRE,
        "police": POLICE,
        "detail": any(p["denominateur"] is not None for p in ligne["points"]),
        "des_cibles": any(p["cible"] is not None for p in ligne["points"]),
    }


@register.inclusion_tag("documents/rapport/_etapes.html")
def etapes_par_axe(axes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`{% etapes_par_axe axes %}` the steps of each axis by state, stacked. The table beside holds the data."""
    series = [s for s in ETATS_ETAPES if any(a["etapes"][s[2]] for a in axes)] or list(ETATS_ETAPES[:1])
    lignes = [
        (f"{a['numero']} – {a['intitule']}" if a["numero"] else a["intitule"], [a["etapes"][s[2]] for s in series])
        for a in axes
    ]
    return {
        "dessin": graphiques.barres_empilees(lignes, [(nom, ton) for nom, ton, _ in series]),
        "police": POLICE,
    }


@register.simple_tag
def barre(part: Any) -> SafeString:
    """`{% barre 60 %}` a thin progress bar (percent), decorative: the figure is written beside it."""
    largeur = 5 * round(max(0, min(100, int(part or 0))) / 5)
    return format_html('<span class="r-barre" aria-hidden="true"><span class="r-plein r-l{}"></span></span>', largeur)
