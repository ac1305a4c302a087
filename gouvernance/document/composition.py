"""Turn a frozen content into HTML: the same body is read on screen and printed to PDF. No table is read here."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from gouvernance.contenu import chapitre_declare, toutes_les_fiches
from gouvernance.contenu.axes import fiches_du_noeud
from gouvernance.contenu.formes import Noeud, SectionFiche
from pdi.socle.formats import INSECABLE

GABARITS = "documents/rapport"
FEUILLES = ("css/rapport.css", "css/rapport-impression.css")
NIVEAU_CHAPITRE = 2
ESPACES = re.compile(r"(?<=[\w)»’.…>]) (?=[;:?!»])|(?<=«) ")  # never at the end nor the beginning of a line
NIVEAU_MAX = 6
DANS_LA_PAGE, D_UNE_PAGE_A_L_AUTRE = "#", "?partie="
Avancer = Callable[[str], None]


@dataclass(frozen=True)
class Edition:
    """What a version adds to its content: its number, when it was compiled, the hash of the content."""

    numero: int
    compilee_le: datetime.datetime
    empreinte: str

    @property
    def empreinte_groupee(self) -> str:
        """Return the hash in groups of eight, as it is printed."""
        return " ".join(self.empreinte[i : i + 8] for i in range(0, len(self.empreinte), 8))


@dataclass(frozen=True)
class Entree:
    """A line of the table of contents; `niveau` 1 is a chapter."""

    niveau: int
    ancre: str
    cote: str
    titre: str
    genre: str


def sommaire(contenu: Mapping[str, Any]) -> list[Entree]:
    """Return the table of contents: chapters, axes and their children, fiches."""
    entrees: list[Entree] = []
    for chapitre in contenu["chapitres"]:
        if chapitre["code"] == "fiches":
            for noeud in chapitre["donnees"]["noeuds"]:
                entrees += _entrees(noeud)
        else:
            entrees.append(Entree(1, chapitre["code"], "", chapitre["titre"], "chapitre"))
    return entrees


def _entrees(noeud: Noeud) -> Iterator[Entree]:
    rang = noeud["rang"]
    yield Entree(rang, ancre_noeud(noeud), cote_noeud(noeud), noeud["intitule"], "axe")
    for fiche in noeud["fiches"]:
        yield Entree(rang + 1, f"fiche-{fiche['id']}", fiche["numero"], fiche["intitule"], "fiche")
    for enfant in noeud["enfants"]:
        yield from _entrees(enfant)


def ancre_noeud(noeud: Noeud) -> str:
    """Return the anchor of a node of the tree."""
    return f"axe-{noeud['id'] or 'autres'}"


def cote_noeud(noeud: Noeud) -> str:
    """Return « Orientation 2 », the name of the level alone when the node has no number."""
    return f"{noeud['niveau'].capitalize()} {noeud['numero']}".strip()


def composer_corps(contenu: Mapping[str, Any], avancer: Avancer | None = None) -> SafeString:
    """Return the HTML of every chapter. `avancer` is called with a French sentence before each fiche."""
    morceaux = []
    for chapitre in contenu["chapitres"]:
        contexte = _contexte(contenu, chapitre, DANS_LA_PAGE)
        if chapitre["code"] == "fiches":
            morceaux += [_noeud(n, contexte, avancer) for n in chapitre["donnees"]["noeuds"]]
        else:
            morceaux.append(_chapitre(contexte))
    return mark_safe("\n".join(morceaux))  # noqa: S308  # nosec  # every piece comes out of an escaping template


def composer_partie(contenu: Mapping[str, Any], ancre: str) -> SafeString:
    """Return the HTML of one line of the table of contents, whose links lead to the pages of the others.

    An axis tells its fiches without their text. Raises KeyError when there is no such line.
    """
    for chapitre in contenu["chapitres"]:
        contexte = _contexte(contenu, chapitre, D_UNE_PAGE_A_L_AUTRE)
        if chapitre["code"] == ancre != "fiches":
            return mark_safe(_chapitre(contexte))  # noqa: S308  # nosec
        for noeud in _tous(chapitre["donnees"]["noeuds"]) if chapitre["code"] == "fiches" else ():
            if ancre_noeud(noeud) == ancre:
                return mark_safe(_ouverture(noeud, contexte, NIVEAU_CHAPITRE))  # noqa: S308  # nosec
            for fiche in noeud["fiches"]:
                if f"fiche-{fiche['id']}" == ancre:
                    return mark_safe(_fiche(fiche, NIVEAU_CHAPITRE, contexte, None))  # noqa: S308  # nosec
    raise KeyError(ancre)


def _contexte(contenu: Mapping[str, Any], chapitre: Mapping[str, Any], renvoi: str) -> dict[str, Any]:
    """Return what the templates of a chapter read; `renvoi`: what comes before the anchor of a link."""
    couverture = contenu["couverture"]
    return {
        "chapitre": chapitre, "donnees": chapitre["donnees"], "couverture": couverture, "annees": contenu["annees"],
        "annee": couverture["annee"], "annee_texte": str(couverture["annee"]), "partie": _partie(couverture),
        "annee_suivante": str(couverture["annee"] + 1), "renvoi": renvoi,
    }  # fmt: skip


def _chapitre(contexte: dict[str, Any]) -> str:
    return get_template(chapitre_declare(contexte["chapitre"]["code"]).gabarit).render(contexte)


def _tous(noeuds: Iterable[Noeud]) -> Iterator[Noeud]:
    for noeud in noeuds:
        yield noeud
        yield from _tous(noeud["enfants"])


def _partie(couverture: Mapping[str, Any]) -> str:
    """Return what the programme calls the first level of its tree (« Axe », « Orientation »)."""
    niveaux = couverture["niveaux"]
    return str(niveaux[0]["singulier"]).capitalize() if niveaux else "Partie"


def _noeud(noeud: Noeud, contexte: dict[str, Any], avancer: Avancer | None) -> str:
    niveau = min(NIVEAU_CHAPITRE + noeud["rang"] - 1, NIVEAU_MAX - 2)
    fiches = "".join(_fiche(f, niveau + 1, contexte, avancer) for f in noeud["fiches"])
    enfants = "".join(_noeud(e, contexte, avancer) for e in noeud["enfants"])
    return _ouverture(noeud, contexte, niveau, fiches, enfants)


def _ouverture(noeud: Noeud, contexte: dict[str, Any], niveau: int, fiches: str = "", enfants: str = "") -> str:
    return get_template(f"{GABARITS}/noeud.html").render(
        contexte
        | {
            "noeud": noeud,
            "ancre": ancre_noeud(noeud),
            "cote": cote_noeud(noeud),
            "courant": cote_noeud(noeud) if noeud["numero"] else noeud["intitule"],
            "niveau": niveau,
            "toutes": fiches_du_noeud(noeud),
            "fiches": mark_safe(fiches),  # noqa: S308  # nosec
            "enfants": mark_safe(enfants),  # noqa: S308  # nosec
        }
    )


def _fiche(fiche: SectionFiche, niveau: int, contexte: dict[str, Any], avancer: Avancer | None) -> str:
    if avancer is not None:
        avancer(f"Fiche {fiche['numero']} – {fiche['intitule']}")
    lignes = fiche["indicateurs"]
    juges = [i for i in lignes if i["ecart"] is not None and i["ton"] != "neutre"]
    return get_template(f"{GABARITS}/fiche.html").render(
        contexte
        | {
            "fiche": fiche,
            "niveau": niveau,
            "sous": min(niveau + 1, NIVEAU_MAX),
            "chiffres": [i for i in lignes if i["unite"] != "texte"],
            "appreciations": [i for i in lignes if i["unite"] == "texte"],
            "expliques": [i for i in lignes if i["explication"]],
            "recomptes": [i for i in lignes if i["recompte"] is not None],
            "phare": next((i for i in lignes if i["id"] == fiche["phare"]), None),
            "cibles": len(juges),
            "atteintes": sum(i["ton"] == "bon" for i in juges),
            "mesures": sum(i["points"][-1]["valeur"] is not None or bool(i["points"][-1]["texte"]) for i in lignes),
        }
    )


def composer_document(contenu: Mapping[str, Any], edition: Edition, avancer: Avancer | None = None) -> str:
    """Return the whole HTML document to print: cover, table of contents, chapters."""
    html = get_template(f"{GABARITS}/document.html").render(
        {
            "couverture": contenu["couverture"],
            "annee": contenu["couverture"]["annee"],
            "edition": edition,
            "sommaire": sommaire(contenu),
            "renvoi": DANS_LA_PAGE,
            "corps": composer_corps(contenu, avancer),
            "fiches": len(toutes_les_fiches(dict(contenu))),
        }
    )
    return ESPACES.sub(INSECABLE, html)  # the words of templates: those of the content have theirs already
