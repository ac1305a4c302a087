"""Components of lists: table with sortable headers, filter bar, badges, pagination, export."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from pdi.socle.filtres import FiltreBooleen, Filtres
from pdi.socle.formats import compte as compter
from pdi.socle.pagination import PageDeListe, PageParCle
from pdi.socle.recherches import Recherches
from pdi.socle.tri import Colonne, Tri

from . import register, rendre
from .traits import ico

ICONE_EXPORT = "download"
ICONES_TRI = {"ascending": "caret-up-fill", "descending": "caret-down-fill", "none": "chevron-expand"}

# display: block on small screens removes the table semantics, hence explicit roles on every element.
_BALISE = re.compile(r"<(tbody|tfoot|tr|td|th)\b(?![^>]*\brole=)((?:[^>\"]|\"[^\"]*\")*)>")
_ROLES = {"tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}


def _role(trouve: re.Match[str]) -> str:
    balise, attributs = trouve[1], trouve[2]
    role = _ROLES.get(balise) or ("columnheader" if 'scope="col"' in attributs else "rowheader")
    return f'<{balise} role="{role}"{attributs}>'


def avec_roles(corps: str) -> SafeString:
    """Return the rows of a table with the ARIA role of each element."""
    return mark_safe(_BALISE.sub(_role, corps))  # noqa: S308  # nosec B308 B703: content already rendered by a template


def _sans_page(context: Context, **parametres: str) -> str:
    """Return the current query string with `parametres` set and the page forgotten."""
    requete = context.get("request")
    reste = QueryDict(mutable=True) if requete is None else requete.GET.copy()
    reste.pop("curseur", None)
    for nom, valeur in parametres.items():
        reste[nom] = valeur
    return f"?{reste.urlencode()}"


@register.simple_block_tag(takes_context=True)
def table(
    context: Context,
    content: str,
    colonnes: Sequence[Colonne | str],
    libelle: str,
    tri: Tri | None = None,
    legende: str = "",
    classe: str = "",
) -> SafeString:
    """`{% table colonnes "Fiches du programme" tri=tri %}<tbody><tr>…</tr></tbody>{% endtable %}`.

    `colonnes`: Colonne or plain titles. Rows are written as ordinary HTML with `data-titre` on each cell; the
    ARIA roles are added here. Headers whose `cle` is in `tri` are links with aria-sort.
    """
    entetes = []
    for brute in colonnes:
        colonne = brute if isinstance(brute, Colonne) else Colonne(str(brute))
        sens = tri.etat(colonne.cle) if tri is not None and colonne.cle else ""
        entetes.append(
            {
                "titre": colonne.titre,
                "masquee": colonne.masquee,
                "classe": " ".join(filter(None, ["nb" if colonne.nb else "", colonne.classe])),
                "sens": sens,
                "aria": sens if sens in {"ascending", "descending"} else "",
                "icone": ICONES_TRI.get(sens, ""),
                "url": _sans_page(context, **{tri.parametre: tri.suivant(colonne.cle)}) if tri and sens else "",
            }
        )
    return rendre(
        "table",
        {
            "entetes": entetes,
            "libelle": libelle,
            "legende": legende,
            "classe": classe,
            "corps": avec_roles(content),
        },
    )


@register.simple_tag
def filtres(filtres: Filtres, action: str = "", bouton: str = "Filtrer", libelle: str = "Filtres") -> SafeString:
    """`{% filtres filtres %}` the GET form of a Filtres; order and view are kept."""
    formulaire = filtres.formulaire
    champs = [
        {"champ": formulaire[nom], "large": f.large, "case": isinstance(f, FiltreBooleen)}
        for nom, f in filtres.declares.items()
    ]
    return rendre(
        "filtres",
        {
            "champs": champs,
            "action": action,
            "bouton": bouton,
            "libelle": libelle,
            "caches": filtres.autres_parametres,
        },
    )


@register.simple_tag
def jetons(filtres: Filtres, total: int, nom: str, aucun: str = "") -> SafeString:
    """`{% jetons filtres page.total "fiche" %}` the count and the active filters, each a link that removes it.

    `nom` may give its plural: "bilan à rédiger,bilans à rédiger". `aucun` replaces « Aucun résultat ».
    """
    singulier, _, pluriel = nom.partition(",")
    cherche = aucun or filtres.jetons  # without a filter, nothing was looked for: the count says it
    return rendre(
        "jetons",
        {
            "resultat": aucun or "Aucun résultat" if cherche and not total else compter(total, singulier, pluriel),
            "jetons": filtres.jetons,
            "refuses": filtres.refuses,
            "sans_filtre": filtres.sans_filtre,
        },
    )


@register.simple_tag(takes_context=True)
def pagination(
    context: Context, page: PageParCle[Any] | PageDeListe[Any], nom: str = "ligne", compter_tout: bool = True
) -> SafeString:
    """`{% pagination page "fiche" %}` how many rows are shown, previous and next. Nothing when the list is empty."""
    if not page.objets:
        return SafeString("")
    singulier, _, pluriel = nom.partition(",")
    montrees = compter(len(page), singulier, pluriel)
    # Counting is only worth a query when there is another page.
    total = page.total if compter_tout and page.plusieurs else len(page)
    return rendre(
        "pagination",
        {
            "texte": f"{montrees} sur {compter(total, '').strip()}" if total > len(page) else montrees,
            "precedent": _sans_page(context, curseur=page.precedent) if page.precedent else "",
            "suivant": _sans_page(context, curseur=page.suivant) if page.suivant else "",
        },
    )


@register.simple_tag
def export(url: str, format: str = "XLSX", requete: str = "", total: int | None = None) -> SafeString:  # noqa: A002
    """`{% export url requete=filtres.requete total=page.total %}` a link that exports the rows of the filter."""
    combien = "" if total is None else f" : {compter(total, 'ligne')}"
    return format_html(
        '<a class="btn btn-outline-primary" href="{}{}" download>{}Exporter en {}'
        '<span class="visually-hidden">{}</span></a>',
        url,
        requete,
        ico(ICONE_EXPORT),
        format,
        combien,
    )


@register.simple_tag(takes_context=True)
def recherches(context: Context, gardees: Recherches, filtres: Filtres) -> SafeString:
    """`{% recherches gardees filtres %}` the menu of the searches kept under a name, and the form that keeps this one.

    The words typed in an ephemeral filter are not kept: they may name someone.
    """
    return rendre(
        "recherches",
        {
            "gardees": gardees,
            "adresse": reverse(gardees.liste),
            "requete": filtres.a_garder,
            "jeton_csrf": context.get("csrf_token", ""),
        },
    )
