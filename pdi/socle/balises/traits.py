"""Small drawings: pictograms, gauges, sparklines, charts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from pdi.socle import graphiques
from pdi.socle.graphiques import COULEURS

from . import register, rendre


@cache
def _planche() -> str:
    return static("vendor/icones.svg")


@register.simple_tag
def ico(nom: str, classe: str = "") -> SafeString:
    """`{% ico "search" %}` a pictogram beside a word; it is hidden from assistive technology."""
    return format_html(
        '<svg class="ico{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {classe}" if classe else "",
        _planche(),
        nom,
    )


@register.simple_tag
def jauge(valeur: Any, maximum: Any = 100, cible: Any = None) -> SafeString:
    """`{% jauge valeur maximum cible %}` a gauge with the target as a dark tick; write the value in words beside."""
    plein = graphiques.part(valeur, maximum, 200)
    seuil = graphiques.part(cible, maximum, 198)
    return format_html(
        '<svg class="jauge" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="jauge-fond" y="3" width="200" height="6" fill="#e4e1d8"></rect>{}{}</svg>',
        ""
        if plein is None
        else format_html(
            '<rect class="jauge-plein" y="3" width="{}" height="6" fill="#0d4a55"></rect>', f"{plein:.1f}"
        ),
        ""
        if seuil is None
        else format_html(
            '<rect class="jauge-seuil" x="{}" width="2" height="12" fill="#1b2426"></rect>', f"{seuil:.1f}"
        ),
    )


@register.simple_tag
def etincelle(points: Iterable[Any], cible: Any = None, unite: str = "", couleur: str = "programme") -> SafeString:
    """`{% etincelle points cible unite %}` a sparkline and, hidden, its values in words.

    `points`: (label, value) pairs or objects with `libelle` and `valeur`; None means not measured.
    """
    dessin = graphiques.etincelle(points, cible, unite)
    trait = COULEURS.get(couleur, couleur)
    return format_html(
        '<svg class="etincelle" viewBox="0 0 104 28" width="104" height="28" aria-hidden="true" focusable="false">'
        '{}{}{}</svg><span class="visually-hidden">{}</span>',
        ""
        if dessin.cible is None
        else format_html(
            '<polyline class="cible" points="0,{0} 104,{0}" fill="none" stroke="#737a78" stroke-dasharray="3 3">'
            "</polyline>",
            dessin.cible,
        ),
        format_html_join(
            "",
            '<polyline points="{}" fill="none" stroke="{}" stroke-width="2"></polyline>',
            ((s, trait) for s in dessin.segments),
        ),
        ""
        if dessin.dernier is None
        else format_html('<circle cx="{}" cy="{}" r="3.5" fill="{}"></circle>', *dessin.dernier, trait),
        dessin.texte,
    )


def _figure(
    gabarit: str,
    dessiner: Callable[[int], Any],
    *,
    titre: str,
    description: str,
    entetes: Sequence[str],
    lignes: Sequence[Sequence[Any]],
    couleur: str,
    ident: str,
    legende: str,
    ouvert: bool,
) -> SafeString:
    """Render a chart: wide, and on the page a narrow one too, so that its text stays readable at 320 px."""
    largeurs = (graphiques.LARGEUR,) if ouvert else (graphiques.LARGEUR, graphiques.ETROITE)
    matiere = repr((gabarit, titre, description)).encode()
    base = ident or "g" + hashlib.sha256(matiere).hexdigest()[:10]
    dessins = [dessiner(largeur) for largeur in largeurs]
    return rendre(
        "graphique",
        {
            "gabarit": f"components/{gabarit}.html",
            "dessins": [
                {
                    "id": f"{base}{i or ''}",
                    "classe": ("etroit" if i else "large") if len(largeurs) > 1 else "unique",
                    "d": dessin,
                }
                for i, dessin in enumerate(dessins)
            ],
            "legende_tons": getattr(dessins[0], "legende", []),
            "titre": titre,
            "description": description,
            "legende": legende or titre,
            "couleur": COULEURS.get(couleur, couleur),
            "entetes": entetes,
            "lignes": lignes,
            "ouvert": ouvert,
        },
    )


def _tableau(
    points: Sequence[graphiques.Point],
    colonnes: Sequence[str] | None,
    donnees: Sequence[Sequence[Any]] | None,
    unite: str,
) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Return headers and rows of the data table: those given, else label and value as the drawing writes them."""
    if donnees is not None and colonnes is not None:
        return colonnes, donnees
    return (colonnes or ("", "Valeur")), [(p.libelle, dit) for p, dit in graphiques.dire_serie(points, unite)]


@register.simple_tag
def graphique_courbe(
    points: Iterable[Any],
    titre: str,
    cible: Any = None,
    unite: str = "",
    colonnes: Sequence[str] | None = None,
    donnees: Sequence[Sequence[Any]] | None = None,
    couleur: str = "programme",
    ident: str = "",
    legende: str = "",
    ouvert: bool = False,
) -> SafeString:
    """`{% graphique_courbe points titre="…" cible=90 unite="%" %}` a line chart with its data table.

    `colonnes` and `donnees` replace the default table (label, value), for instance to show numerator and
    denominator. `ouvert=True` unfolds the table and leaves out the narrow drawing (PDF, print).
    """
    serie = graphiques.lire_points(points)
    entetes, lignes = _tableau(serie, colonnes, donnees, unite)
    return _figure(
        "graphique_courbe",
        lambda largeur: graphiques.courbe(serie, cible, unite, largeur),
        titre=titre,
        description=graphiques.decrire(serie, cible, unite),
        entetes=entetes,
        lignes=lignes,
        couleur=couleur,
        ident=ident,
        legende=legende,
        ouvert=ouvert,
    )


@register.simple_tag
def graphique_barres(
    points: Iterable[Any],
    titre: str,
    maximum: Any = None,
    unite: str = "",
    cible: Any = None,
    colonnes: Sequence[str] | None = None,
    donnees: Sequence[Sequence[Any]] | None = None,
    couleur: str = "programme",
    ident: str = "",
    legende: str = "",
    ouvert: bool = False,
) -> SafeString:
    """`{% graphique_barres points titre="…" maximum=100 unite="%" %}` horizontal bars with their data table."""
    serie = graphiques.lire_points(points)
    entetes, lignes = _tableau(serie, colonnes, donnees, unite)
    return _figure(
        "graphique_barres",
        lambda largeur: graphiques.barres(serie, maximum, unite, cible, largeur),
        titre=titre,
        description=graphiques.decrire(serie, cible, unite),
        entetes=entetes,
        lignes=lignes,
        couleur=couleur,
        ident=ident,
        legende=legende,
        ouvert=ouvert,
    )


@register.simple_tag
def graphique_empile(
    lignes: Iterable[tuple[str, Sequence[float]]],
    series: Sequence[tuple[str, str]],
    titre: str,
    ident: str = "",
    legende: str = "",
    intitule: str = "",
    ouvert: bool = False,
) -> SafeString:
    """`{% graphique_empile lignes series titre="…" %}` stacked bars.

    `lignes`: [("Axe 1", [2, 1, 0])], `series`: [("Validé", "bon"), ("Soumis", "info"), ("À rédiger", "neutre")];
    `intitule` heads the first column of the data table.
    """
    donnees = [(str(libelle), list(valeurs)) for libelle, valeurs in lignes]
    return _figure(
        "graphique_barres",
        lambda largeur: graphiques.barres_empilees(donnees, series, largeur),
        titre=titre,
        description=graphiques.decrire_empilees(donnees, series),
        entetes=[intitule, *(nom for nom, _ in series), "Total"],
        lignes=[[libelle, *valeurs, sum(valeurs)] for libelle, valeurs in donnees],
        couleur="programme",
        ident=ident,
        legende=legende,
        ouvert=ouvert,
    )
