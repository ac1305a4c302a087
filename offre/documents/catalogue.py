"""The printed catalogue: cover, contents with page numbers, one page an offer; and its workbook of several sheets."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import mark_safe

from offre.listes_offres import dire_libres
from offre.versions import contenu_de, en_mots
from pdi.socle.exports import neutraliser
from pdi.territoires.noms import nom_de_la_collectivite

FEUILLES = ("css/catalogue-impression.css",)
GABARITS = "documents/catalogue"
# Cost and steering are not for the readers of a printed catalogue.
HORS_CATALOGUE = ("numero", "intitule", "categorie", "cout", "fiches", "lieux", "capacites", "operateurs",
                  "publics_vises", "freins", "thematiques")  # fmt: skip
Avancer = Callable[[str], None]


@dataclass(frozen=True)
class Couverture:
    """What the cover says: the day, who asked, the filters in words, how many offers."""

    le: datetime.datetime
    offres: int
    filtres: Sequence[str]
    demonstration: bool

    @property
    def departement(self) -> str:
        """Return the name of the département as an institution."""
        return nom_de_la_collectivite(settings.DEPARTEMENT_CODE)


def composer(offres: Sequence[Any], couverture: Couverture, avancer: Avancer) -> str:
    """Return the whole document; `avancer` is called with a French sentence before each offer."""
    gabarit = get_template(f"{GABARITS}/offre.html")
    morceaux = []
    for offre in offres:
        avancer(f"Composer {offre}"[:200])
        for session in offre.a_venir:
            session.reste = dire_libres(session.libres, session.unite) if session.libres > 0 else "complète"
        contexte = {
            "offre": offre, "sections": sections(offre),
            "capacites": [c for c in offre.capacites.all() if c.annee >= couverture.le.year],
        }  # fmt: skip
        morceaux.append(gabarit.render(contexte))
    return get_template(f"{GABARITS}/document.html").render(
        {
            "couverture": couverture,
            "offres": offres,
            "corps": mark_safe("\n".join(morceaux)),  # noqa: S308  # nosec  # each comes out of an escaping template
        }
    )


def sections(offre: Any) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Return the sheet as (section, [(label, lines)]), what is empty or « non » left out."""
    lues: list[tuple[str, list[tuple[str, list[str]]]]] = []
    for r in en_mots(contenu_de(offre), HORS_CATALOGUE):
        if not r.texte or r.texte == "non":
            continue
        if not lues or lues[-1][0] != r.section:
            lues.append((r.section, []))
        lues[-1][1].append((r.libelle, r.texte.splitlines()))
    return lues


def composer_classeur(offres: Sequence[Any], couverture: Couverture, avancer: Avancer) -> bytes:
    """Return a workbook: offers whole, then places, capacities and sessions to come, one line each."""
    tampon = io.BytesIO()
    classeur = xlsxwriter.Workbook(tampon, {"strings_to_formulas": False})
    classeur.set_properties({"title": "Catalogue de l’offre d’insertion", "author": couverture.departement})
    texte = classeur.add_format({"text_wrap": True, "valign": "top"})
    jour = classeur.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"})
    tete = classeur.add_format({"bold": True, "bg_color": "#4F5710", "font_color": "#FFFFFF", "valign": "top"})
    avancer("Écrire la feuille des offres")
    entetes = [r.libelle for r in en_mots({}, ("cout",))]
    lignes = ([r.texte for r in en_mots(contenu_de(o), ("cout",))] for o in offres)
    _feuille(classeur, "Offres", [*entetes, "Confirmée le"], _avec(lignes, offres), (tete, texte, jour))
    avancer("Écrire les lieux, les capacités et les sessions")
    lieux = [
        [o.numero, o.intitule, u.nom, u.adresse, u.code_postal, str(u.commune or ""), u.horaires, u.acces,
         "oui" if u.a_distance else "non"]
        for o in offres for u in o.lieux.all()
    ]  # fmt: skip
    _feuille(classeur, "Lieux", ["N°", "Offre", "Lieu", "Adresse", "Code postal", "Commune", "Horaires", "Accès",
                                 "À distance"], lieux, (tete, texte, jour))  # fmt: skip
    capacites = [
        [o.numero, o.intitule, c.annee, str(c.territoire or "Tout le département"), float(c.quantite), c.unite,
         float(c.dont_brsa) if c.dont_brsa is not None else None]
        for o in offres for c in o.capacites.all()
    ]  # fmt: skip
    _feuille(classeur, "Capacités", ["N°", "Offre", "Année", "Territoire", "Quantité", "Unité", "Dont RSA"], capacites,
             (tete, texte, jour))  # fmt: skip
    sessions = [
        [o.numero, o.intitule, s.debut, s.fin, str(s.lieu or ""), float(s.capacite), float(s.libres),
         s.get_unite_display()]
        for o in offres for s in o.a_venir
    ]  # fmt: skip
    _feuille(classeur, "Sessions", ["N°", "Offre", "Début", "Fin", "Lieu", "Capacité", "Libres", "Unité"], sessions,
             (tete, texte, jour))  # fmt: skip
    classeur.close()
    return tampon.getvalue()


def _avec(lignes: Iterable[list[Any]], offres: Sequence[Any]) -> list[list[Any]]:
    return [[*ligne, o.confirmee_le] for ligne, o in zip(lignes, offres, strict=True)]


def _feuille(classeur: Any, nom: str, entetes: Sequence[str], lignes: Iterable[Sequence[Any]], formats: Any) -> None:
    tete, texte, jour = formats
    page = classeur.add_worksheet(nom)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_column(0, 0, 9)
    page.set_column(1, len(entetes) - 1, 26)
    page.write_row(0, 0, entetes, tete)
    derniere = 0
    for y, ligne in enumerate(lignes, 1):
        derniere = y
        for x, valeur in enumerate(ligne):
            if isinstance(valeur, datetime.date):
                page.write_datetime(y, x, datetime.datetime.combine(valeur, datetime.time()), jour)
            elif isinstance(valeur, int | float):
                page.write_number(y, x, valeur, texte)
            elif valeur:
                page.write_string(y, x, neutraliser(str(valeur)), texte)
    page.autofilter(0, 0, max(derniere, 1), len(entetes) - 1)
