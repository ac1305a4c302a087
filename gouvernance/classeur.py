"""The workbook of a version: the same frozen content as the document, in sheets to sort and to add up."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from gouvernance.contenu import chapitre, tableaux_de, toutes_les_fiches
from gouvernance.contenu.formes import SectionFiche
from gouvernance.contenu.tableaux import GENRES_TEXTE, Tableau
from gouvernance.document import Edition
from pdi.socle.exports import neutraliser
from pdi.socle.formats import date_heure, en_decimal
from pdi.socle.masquage import MASQUE

Colonnes = Sequence[tuple[str | int, str, int]]
FORMATS = {
    "valeur": {"text_wrap": True, "valign": "top", "align": "right"},
    "texte": {"text_wrap": True, "valign": "top"},
    "nombre": {"num_format": "#,##0.##", "valign": "top"},
    "entier": {"num_format": "0", "valign": "top"},
    "euros": {"num_format": '#,##0.00" €"', "valign": "top"},
    "pourcentage": {"num_format": '0" %"', "valign": "top"},
    "date": {"num_format": "dd/mm/yyyy", "valign": "top"},
}


@dataclass(frozen=True)
class Feuille:
    """One sheet: columns (title, a year being a number; type; width) and rows of JSON values."""

    nom: str
    colonnes: Colonnes
    lignes: Iterable[Sequence[Any]]
    total: Sequence[Any] | None = None


def composer_classeur(contenu: Mapping[str, Any], edition: Edition) -> bytes:
    """Return the XLSX of a content. Rows are written as they are read (constant memory)."""
    tampon = io.BytesIO()
    classeur = xlsxwriter.Workbook(tampon, {"constant_memory": True, "strings_to_formulas": False})
    couverture = contenu["couverture"]
    classeur.set_properties(
        {
            "title": f"{couverture['titre']} {couverture['annee']} – {couverture['departement']}",
            "subject": couverture["programme"],
            "comments": f"Version {edition.numero}, empreinte {edition.empreinte}",
            "created": edition.compilee_le.replace(tzinfo=None),
        }
    )
    formats = {nom: classeur.add_format(reglages) for nom, reglages in FORMATS.items()}
    formats["tete"] = classeur.add_format(
        {"bold": True, "bg_color": "#34457A", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
    )
    formats["gras"] = classeur.add_format({"bold": True, "top": 1})
    formats["gras_euros"] = classeur.add_format({"bold": True, "top": 1, "num_format": '#,##0.00" €"'})
    for feuille in _feuilles(contenu, edition):
        _ecrire(classeur, feuille, formats)
    classeur.close()
    return tampon.getvalue()


def _ecrire(classeur: Any, feuille: Feuille, formats: Mapping[str, Any]) -> None:
    page = classeur.add_worksheet(feuille.nom)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&L&A&R&P / &N")
    for i, (titre, genre, largeur) in enumerate(feuille.colonnes):
        page.set_column(i, i, largeur, formats[genre])
        (page.write_number if isinstance(titre, int) else page.write_string)(0, i, titre, formats["tete"])
    numero = 0
    for numero, ligne in enumerate(feuille.lignes, start=1):
        for i, valeur in enumerate(ligne):
            _cellule(page, numero, i, valeur, feuille.colonnes[i][1], formats)
    if numero:
        page.autofilter(0, 0, numero, len(feuille.colonnes) - 1)
    if feuille.total is not None:
        for i, valeur in enumerate(feuille.total):
            genre = feuille.colonnes[i][1]
            if valeur not in (None, "", MASQUE) and genre not in GENRES_TEXTE:
                page.write_number(numero + 1, i, float(valeur), formats["gras_euros" if genre == "euros" else "gras"])
            else:
                page.write_string(numero + 1, i, valeur or "", formats["gras"])


def _cellule(page: Any, ligne: int, colonne: int, valeur: Any, genre: str, formats: Mapping[str, Any]) -> None:
    if valeur is None or valeur == "":
        return
    if valeur == MASQUE:
        page.write_string(ligne, colonne, valeur, formats["texte"])
    elif genre == "date":
        page.write_datetime(ligne, colonne, datetime.datetime.fromisoformat(valeur), formats["date"])
    elif genre == "texte" and isinstance(valeur, int | Decimal):  # a year, a count, an amount among words
        page.write_number(ligne, colonne, float(valeur), formats["entier" if isinstance(valeur, int) else "nombre"])
    elif genre in GENRES_TEXTE:
        page.write_string(ligne, colonne, neutraliser(str(valeur)), formats[genre])
    else:
        page.write_number(ligne, colonne, float(valeur), formats[genre])


def _feuilles(contenu: Mapping[str, Any], edition: Edition) -> Iterator[Feuille]:
    fiches = toutes_les_fiches(dict(contenu))
    repere = (("Repère", "texte", 48), ("Valeur", "texte", 70), ("Sur", "nombre", 16))
    yield Feuille("Synthèse", repere, _synthese(contenu, edition))
    yield _feuille_fiches(fiches)
    yield _feuille_indicateurs(fiches, contenu["annees"][-3:])
    yield _feuille_financement(fiches)
    yield _feuille_etapes(fiches)
    yield from (_feuille_tableau(t) for _, t in tableaux_de(contenu))
    yield _feuille_anomalies(chapitre(dict(contenu), "anomalies"))
    yield _feuille_methode(chapitre(dict(contenu), "methode"))
    yield Feuille(
        "Glossaire",
        (("Sigle", "texte", 14), ("Ce qu’il veut dire", "texte", 90)),
        ((t["sigle"], t["libelle"]) for t in chapitre(dict(contenu), "glossaire").get("termes", [])),
    )


def _feuille_tableau(lu: Tableau) -> Feuille:
    """Return the sheet of a table of the report: every row, whatever the document prints of it."""
    colonnes = [(c["titre"], c["genre"], c["largeur"]) for c in lu["colonnes"]]
    return Feuille(lu["feuille"], colonnes, lu["lignes"], lu["total"])


def _feuille_etapes(fiches: Sequence[SectionFiche]) -> Feuille:
    return Feuille(
        "Étapes",
        (
            ("Fiche", "texte", 8),
            ("Objectif", "texte", 45),
            ("Étape", "texte", 60),
            ("État", "texte", 14),
            ("Avancement à la compilation", "pourcentage", 14),
            ("Échéance", "date", 12),
            ("Réalisée le", "date", 12),
            ("En retard", "texte", 10),
        ),
        (
            (
                f["numero"],
                o["intitule"],
                e["intitule"],
                e["etat_libelle"],
                e["avancement"],
                e["echeance"],
                e["realisee_le"],
                "oui" if e["retard"] else "non",
            )
            for f in fiches
            for o in f["objectifs"]
            for e in o["etapes"]
        ),
    )


def _feuille_anomalies(donnees: Mapping[str, Any]) -> Feuille:
    return Feuille(
        "Anomalies",
        (("Fiche", "texte", 8), ("Nature", "texte", 16), ("Ce qui est relevé", "texte", 80), ("Suite", "texte", 40)),
        [
            *(
                (a["fiche"], "contradiction", f"{a['titre']}. {a['constat']}", _suite(a))
                for a in donnees.get("anomalies", [])
            ),
            *(
                (m["fiche"], m["nature"], m["texte"], "empêche la publication" if m["bloquant"] else "")
                for m in donnees.get("manques", [])
            ),
        ],
    )


def _suite(anomalie: Mapping[str, Any]) -> str:
    return "\u00a0: ".join(mot for mot in (anomalie["etat_libelle"], anomalie["reponse"]) if mot)


CLES_METHODE = ("fiche", "libelle", "groupe", "definition", "formule", "unite", "sens", "periodicite", "source")


def _feuille_methode(donnees: Mapping[str, Any]) -> Feuille:
    return Feuille(
        "Méthodologie",
        (
            ("Fiche", "texte", 8),
            ("Indicateur", "texte", 50),
            ("Regroupement", "texte", 30),
            ("Définition", "texte", 60),
            ("Formule", "texte", 50),
            ("Unité", "texte", 12),
            ("Sens", "texte", 26),
            ("Périodicité", "texte", 14),
            ("Source", "texte", 30),
        ),
        (tuple(i[cle] for cle in CLES_METHODE) for i in donnees.get("indicateurs", [])),
    )


def _synthese(contenu: Mapping[str, Any], edition: Edition) -> list[tuple[str, Any, Any]]:
    """Return the key figures as numbers that can be computed with, each beside what it is a part of."""
    couverture = contenu["couverture"]
    lu = chapitre(dict(contenu), "chiffres")
    annee = couverture["annee"]
    lignes: list[tuple[str, Any, Any]] = [
        ("Rapport", f"{couverture['titre']} {annee}", None),
        ("Département", couverture["departement"], None),
        ("Programme", couverture["programme"], None),
        ("Version", f"{edition.numero}, compilée le {date_heure(edition.compilee_le)}", None),
        ("Empreinte du contenu (SHA-256)", edition.empreinte, None),
        ("Fiches-actions", lu["fiches"], None),
        ("Étapes réalisées", lu["etapes_faites"], lu["etapes"]),
        ("Indicateurs mesurés", lu["indicateurs_mesures"], lu["indicateurs"]),
        ("Cibles atteintes", lu["cibles_atteintes"], lu["cibles"]),
        ("Bilans validés", lu["bilans_valides"], lu["bilans_attendus"]),
        (f"Euros réalisés en {annee}, sur les euros prévus", en_decimal(lu["realise"]), en_decimal(lu["prevu"])),
    ]
    if couverture["demonstration"]:
        dit = "Données de démonstration : valeurs, bilans et montants réalisés fictifs."
        lignes.insert(0, ("Attention", dit, None))
    return lignes


def _feuille_fiches(fiches: Sequence[SectionFiche]) -> Feuille:
    return Feuille(
        "Fiches",
        (
            ("Fiche", "texte", 8),
            ("Intitulé", "texte", 55),
            ("Partie", "texte", 8),
            ("Pilotes", "texte", 45),
            ("Statut", "texte", 14),
            ("Étapes réalisées", "entier", 11),
            ("Étapes", "entier", 9),
            ("Avancement", "pourcentage", 12),
            ("État du bilan", "texte", 14),
            ("Bilan de l’année", "texte", 70),
            ("Perspectives", "texte", 60),
            ("Évolution proposée", "texte", 50),
        ),
        (
            (
                f["numero"],
                f["intitule"],
                f["axe"],
                " ; ".join(f["pilotes"]),
                f["statut_libelle"],
                f["etapes_faites"],
                f["etapes_total"],
                f["avancement"],
                f["bilan"]["etat_libelle"] if f["bilan"] else "",
                f["bilan"]["realisations"] if f["bilan"] else "",
                f["bilan"]["perspectives"] if f["bilan"] else "",
                f["bilan"]["changement"] if f["bilan"] else "",
            )
            for f in fiches
        ),
    )


def _feuille_indicateurs(fiches: Sequence[SectionFiche], annees: Sequence[int]) -> Feuille:
    return Feuille(
        "Indicateurs",
        (
            ("Fiche", "texte", 8),
            ("Indicateur", "texte", 60),
            ("Regroupement", "texte", 30),
            ("Unité", "texte", 12),
            *((a, "nombre", 13) for a in annees),
            (f"Cible {annees[-1]}", "nombre", 13),
            ("Écart", "nombre", 13),
            ("Appréciation", "texte", 40),
            ("Explication de l’écart", "texte", 60),
        ),
        (
            (
                f["numero"],
                i["libelle"],
                i["groupe"],
                i["unite"],
                *(p["valeur"] for p in i["points"][-3:]),
                i["cible"],
                i["ecart"],
                i["points"][-1]["texte"],
                i["explication"],
            )
            for f in fiches
            for i in f["indicateurs"]
        ),
    )


def _total(montants: Iterable[str | None]) -> str:
    return str(sum((Decimal(m) for m in montants if m is not None), Decimal(0)))


def _feuille_financement(fiches: Sequence[SectionFiche]) -> Feuille:
    prevus = [x["prevu"] for f in fiches for x in f["financements"]]
    realises = [x["realise"] for f in fiches for x in f["financements"]]
    return Feuille(
        "Financement",
        (
            ("Fiche", "texte", 8),
            ("Financeur", "texte", 50),
            ("Exercice", "texte", 14),
            ("Prévu", "euros", 18),
            ("Réalisé", "euros", 18),
            ("Commentaire", "texte", 50),
        ),
        (
            (f["numero"], x["financeur"], x["annee"] or "toute l’action", x["prevu"], x["realise"], x["commentaire"])
            for f in fiches
            for x in f["financements"]
        ),
        total=("Total", "", "", _total(prevus), _total(realises), ""),
    )
