"""What goes back to whoever made the file: the rows left, with their reasons; an empty template to fill in."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import xlsxwriter
from django.db import connection

from pdi.socle.exports import Colonne, neutraliser
from pdi.socle.models import LIGNES_A_TRAITER, LigneImport, LotImport

from .declarations import Champ, Genre

NIR_NON_RENDU = "Le numéro de sécurité sociale n’est jamais rendu : recopiez-le de votre fichier."
VALEURS_MAX = 2000
LIGNES_MODELE = 5000


def colonnes_rejets(genre: Genre, lot: LotImport) -> list[Colonne]:
    """Return the columns of the rows left: as recognised, ready to be deposited again, then what is wrong."""

    def lire(code: str) -> Callable[[LigneImport], str]:
        return lambda ligne: ligne.brut.get(code, "")

    presents = [c for c in genre.champs if (c.code in lot.correspondance or c.requis) and not c.secret]
    return [
        *(Colonne(c.titre, lire(c.code), largeur=max(12, min(len(c.titre) + 4, 30))) for c in presents),
        Colonne("Ligne du fichier", "numero", largeur=10),
        Colonne("Ce qui ne va pas", lambda ligne: raisons(genre, ligne), largeur=80),
    ]


def raisons(genre: Genre, ligne: LigneImport) -> list[str]:
    """Return what is wrong with a row, one sentence an anomaly: column, message, expected."""
    return [
        f"{genre.titre_de(a.colonne)} : {a.message}" + (f" Attendu : {a.attendu}." if a.attendu else "")
        for a in ligne.anomalies.all()
        if a.bloquante
    ]


def rejets(lot: LotImport) -> Any:
    """Return the rows left of the lot, with their anomalies."""
    return lot.lignes.filter(etat__in=LIGNES_A_TRAITER).order_by("numero").prefetch_related("anomalies")


def filtres_rejets(genre: Genre, lot: LotImport) -> list[str]:
    """Return the sentences above the rows left."""
    phrases = [f"{lot}, {genre.titre.lower()} : lignes non importées. Corrigez-les puis déposez ce fichier."]
    return (
        [*phrases, NIR_NON_RENDU] if any(c.secret and c.code in lot.correspondance for c in genre.champs) else phrases
    )


def valeurs_acceptees(champ: Champ) -> list[str]:
    """Return the values a column accepts, when there is a list of them."""
    if champ.choix:
        return [v for v in champ.choix.values() if v]
    if champ.type == "booleen":
        return ["oui", "non"]
    if champ.reference is None:
        return []
    with connection.cursor() as curseur:
        curseur.execute(
            f"SELECT DISTINCT libelle FROM ({champ.reference.sql}) noms ORDER BY libelle LIMIT {VALEURS_MAX}",  # noqa: S608  # nosec B608
            (),
        )
        return [libelle for (libelle,) in curseur.fetchall()]


def modele_xlsx(genre: Genre) -> bytes:
    """Return an empty workbook of the kind: a sheet to fill in, the accepted values, what each column means."""
    tampon = io.BytesIO()
    classeur = xlsxwriter.Workbook(tampon, {"in_memory": True})
    classeur.set_properties({"title": f"Modèle d’import : {genre.titre}"})
    blanc = {"bold": True, "font_color": "#FFFFFF", "text_wrap": True}
    styles = {
        "entete": classeur.add_format({**blanc, "bg_color": "#0D4A55"}),
        "requis": classeur.add_format({**blanc, "bg_color": "#7A3E00"}),
        "date": classeur.add_format({"num_format": "dd/mm/yyyy"}),
        "texte": classeur.add_format({"num_format": "@"}),
        "long": classeur.add_format({"text_wrap": True, "valign": "top"}),
    }
    feuille = classeur.add_worksheet("À remplir")
    valeurs, explications = classeur.add_worksheet("Valeurs acceptées"), classeur.add_worksheet("Explications")
    feuille.freeze_panes(1, 0)
    valeurs.freeze_panes(1, 0)
    listees = 0
    for rang, champ in enumerate(genre.champs):
        # Text format keeps the leading zeros that a number would lose.
        style = styles["date"] if champ.type == "date" else styles["texte"]
        feuille.set_column(rang, rang, max(14, min(len(champ.titre) + 3, 30)), style)
        feuille.write_string(0, rang, champ.titre, styles["requis" if champ.requis else "entete"])
        acceptees = valeurs_acceptees(champ)
        if acceptees:
            valeurs.set_column(listees, listees, 34)
            valeurs.write_string(0, listees, champ.titre, styles["entete"])
            for ligne, valeur in enumerate(acceptees, start=1):
                valeurs.write_string(ligne, listees, neutraliser(valeur))
            lettre = xlsxwriter.utility.xl_col_to_name(listees, col_abs=True)
            source = f"='Valeurs acceptées'!{lettre}$2:{lettre}${len(acceptees) + 1}"
            feuille.data_validation(
                1, rang, LIGNES_MODELE, rang, {"validate": "list", "source": source, "error_type": "warning"}
            )
            listees += 1
    _expliquer(explications, genre, styles)
    classeur.close()
    return tampon.getvalue()


def _expliquer(feuille: Any, genre: Genre, styles: dict[str, Any]) -> None:
    for rang, (titre, largeur) in enumerate((("Colonne", 28), ("Obligatoire", 12), ("Accepté", 50), ("Exemple", 28),
                                             ("À savoir", 60), ("Autres titres reconnus", 50))):  # fmt: skip
        feuille.set_column(rang, rang, largeur, styles["long"])
        feuille.write_string(0, rang, titre, styles["entete"])
    ligne = 0
    for ligne, champ in enumerate(genre.champs, start=1):
        cellules = (champ.titre, "oui" if champ.requis else "non", champ.accepte, champ.exemple, champ.aide,
                    ", ".join(champ.synonymes))  # fmt: skip
        for rang, texte in enumerate(cellules):
            feuille.write_string(ligne, rang, neutraliser(texte))
    titres = ["Comment une ligne est reconnue, dans cet ordre :", *genre.cles]
    for suite, texte in enumerate(titres, start=ligne + 2):
        feuille.write_string(suite, 0, neutraliser(texte))
