"""Files: encodings, separators, headers found, bombs and far-away cells refused."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdi.socle.droits import RegleMetier
from pdi.socle.imports import colonnes, fichiers
from pdi.socle.imports.declarations import Champ
from pdi.socle.pieces import controler_piece
from tests.imports_essai import xlsx_de

CHAMPS = (
    Champ("nom", "Nom de naissance", synonymes=("nom",), requis=True),
    Champ("naissance", "Date de naissance", "date", synonymes=("né le", "DTNAI")),
    Champ("ville", "Commune", synonymes=("ville",)),
)
CLASSEUR = xlsx_de(["Nom"], [[f"A{rang}"] for rang in range(200)])


def lire(contenu: bytes, type_: str = "csv"):
    lu = fichiers.ouvrir(contenu, type_)
    return list(lu.lignes), lu.description


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("signe", list(fichiers.SEPARATEURS))
def test_encodage_et_separateur_sont_reconnus(encodage, signe):
    texte = signe.join(["Nom", "Prénom", "Né le"]) + "\r\n" + signe.join(["Lefèvre", "Zoé", '"1,2;3"']) + "\r\n"
    lignes, description = lire(texte.encode(encodage))
    assert lignes == [(1, ["Nom", "Prénom", "Né le"]), (2, ["Lefèvre", "Zoé", "1,2;3"])]
    assert description["Encodage"] == ("Windows-1252" if encodage == "cp1252" else "UTF-8")
    assert description["Séparateur"] == fichiers.SEPARATEURS[signe]


@given(st.binary(max_size=400))
def test_aucun_contenu_csv_ne_fait_tomber_la_lecture(contenu):
    with suppress(RegleMetier):  # a refusal is an answer; any other exception fails
        lire(contenu)


def test_les_numeros_de_ligne_sont_ceux_du_fichier():
    lignes, _ = lire(b'Nom;Ville\n\n"A\nB";X\nC;Y\n')
    assert [numero for numero, _ in lignes] == [1, 3, 5]
    lignes, _ = lire(xlsx_de(["Titre"], [[None], ["Nom"], [None], ["A"]]), "xlsx")
    assert [numero for numero, _ in lignes] == [1, 3, 5]


def test_une_bombe_ne_se_deploie_pas():
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 3_000_000)
    with pytest.raises(RegleMetier, match="se déploie en plus de"):
        fichiers.garder_de_la_bombe(tampon.getvalue(), maximum=1_000_000)


@pytest.mark.parametrize("cellule", ["XFD2", "A1048576"], ids=["loin à droite", "loin en bas"])
def test_une_cellule_perdue_au_loin_n_est_pas_ouverte(cellule):
    classeur: Any = openpyxl.Workbook()
    classeur.active["A1"] = "Nom"
    classeur.active[cellule] = "perdue"
    tampon = io.BytesIO()
    classeur.save(tampon)
    with pytest.raises(RegleMetier, match="Supprimez les cellules perdues au loin"):
        fichiers.garder_de_l_etendue(tampon.getvalue())


@pytest.mark.parametrize(
    "cellule",
    [b"<c r='XFD2' t='n'>", b'<c r = "A1048576" t="n">', b'<c r="A99999999" t="n">', b'<c r="xfd2" t="n">'],
    ids=["apostrophes", "espaces", "ligne impossible", "minuscules"],
)
def test_une_cellule_perdue_ne_se_cache_pas_dans_le_xml(cellule):
    neuf = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_de(["Nom"], [["A"]]))) as lu, zipfile.ZipFile(neuf, "w") as ecrit:
        for nom in lu.namelist():
            ajout = b"<row>" + cellule + b"<v>1</v></c></row></sheetData>"
            ecrit.writestr(nom, lu.read(nom).replace(b"</sheetData>", ajout))
    with pytest.raises(RegleMetier, match="Supprimez les cellules perdues au loin"):
        fichiers.ouvrir(neuf.getvalue(), "xlsx")


@given(st.data())
def test_un_classeur_abime_est_refuse_sans_faire_tomber_le_depot(data):
    abime = bytearray(CLASSEUR)
    for _ in range(data.draw(st.integers(1, 3))):
        abime[data.draw(st.integers(0, len(abime) - 1))] = data.draw(st.integers(0, 255))
    with suppress(RegleMetier):  # a refusal is an answer; any other exception fails
        controler_piece(
            nom="a.xlsx", taille=len(abime), fichier=io.BytesIO(abime), types=("xlsx",), taille_max=len(abime)
        )
        fichiers.garder_de_la_bombe(bytes(abime))
        fichiers.garder_de_l_etendue(bytes(abime))


def test_les_colonnes_se_reconnaissent_par_titre_synonyme_et_memoire():
    assert colonnes.associer(CHAMPS, ["VILLE", "N° interne", "Né le", "NOM"]) == {"nom": 3, "naissance": 2, "ville": 0}
    assert colonnes.associer(CHAMPS, ["Nom", "Patronyme"], {"nom": "patronyme"})["nom"] == 1
    assert colonnes.associer(CHAMPS, ["nom", "nom"])["nom"] == 0


def test_les_titres_se_trouvent_sous_un_preambule():
    fichier = fichiers.ouvrir(b"Extraction du 3 mars\n\nService insertion;2026\nNom;Ville\nA;B\n", "csv")
    numero, entetes, reste = colonnes.trouver_entetes(fichier, CHAMPS)
    assert (numero, entetes, [n for n, _ in reste]) == (4, ["Nom", "Ville"], [5])
