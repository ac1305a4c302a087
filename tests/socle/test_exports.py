"""The export engine: formulas, accents, types, empty tables, memory."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from pdi.socle import exports
from pdi.socle.droits import RegleMetier
from pdi.socle.exports import Colonne, ecrire_xlsx, neutraliser, reponse_csv, reponse_export, reponse_xlsx

COLONNES = (
    Colonne("N°", "numero"),
    Colonne("Fiche", "axe.intitule", largeur=40),
    Colonne("Coût", "cout", type="euros"),
    Colonne("Taux", "taux", type="pourcentage"),
    Colonne("Personnes", lambda f: f.personnes, type="nombre"),
    Colonne("Début", "debut", type="date"),
    Colonne("Publics", "publics"),
    Colonne("Ouverte", "ouverte"),
)


def fiche(**champs):
    return SimpleNamespace(**({
        "numero": "2.1", "axe": SimpleNamespace(intitule="Accélérer l’orientation – « étape 1 »"),
        "cout": Decimal("27458.82"), "taux": Decimal("86.5"), "personnes": 4108,
        "debut": datetime.date(2026, 1, 15), "publics": ["jeunes", "familles"], "ouverte": True,
    } | champs))  # fmt: skip


@pytest.fixture
def requete():
    demande = RequestFactory().get("/export")
    demande.user = AnonymousUser()
    return demande


def fermer_fichiers(reponse) -> None:
    """Close the files of a response; `close()` would also end a request, and its database connection."""
    for fermer in reponse._resource_closers:
        fermer()


def lire_csv(reponse) -> list[list[str]]:
    texte = b"".join(reponse.streaming_content).decode("utf-8")
    assert texte.startswith("\ufeff"), "Excel reconnaît l’UTF-8 à sa marque"
    return list(csv.reader(io.StringIO(texte[1:]), delimiter=";"))


def lire_xlsx(reponse):
    contenu = io.BytesIO(b"".join(reponse.streaming_content))
    fermer_fichiers(reponse)
    return openpyxl.load_workbook(contenu)


def test_un_csv_se_lit_dans_un_tableur_francais(requete):
    reponse = reponse_csv(requete, nom="Fiches à suivre", colonnes=COLONNES, lignes=[fiche()])
    assert reponse["Content-Disposition"].startswith('attachment; filename="fiches-a-suivre-')
    titres, ligne = lire_csv(reponse)
    assert titres[:3] == ["N°", "Fiche", "Coût"]
    assert ligne == [
        "2.1", "Accélérer l’orientation – « étape 1 »", "27458,82", "86,5", "4108", "15/01/2026", "jeunes\nfamilles",
        "oui",
    ]  # fmt: skip


def test_un_classeur_garde_les_types_et_dit_ses_filtres(requete):
    classeur = lire_xlsx(
        reponse_xlsx(
            requete, nom="fiches", titre="Fiches-actions", colonnes=COLONNES, lignes=[fiche()],
            filtres=["Statut : en cours"],
        )
    )  # fmt: skip
    feuille = classeur.active
    assert feuille["A1"].value == "Fiches-actions"
    assert feuille["A2"].value == "Statut : en cours"
    assert feuille["A3"].value.startswith("Exporté le ")
    entetes = [c.value for c in feuille[5]]
    assert entetes[:3] == ["N°", "Fiche", "Coût"]
    cout, taux, personnes, debut = (feuille.cell(6, n).value for n in (3, 4, 5, 6))
    assert (cout, taux, personnes, debut) == (27458.82, 86.5, 4108, datetime.datetime(2026, 1, 15))  # noqa: DTZ001
    assert classeur.properties.title == "Fiches-actions"


def test_un_maillon_absent_donne_une_cellule_vide(requete):
    lignes = lire_csv(reponse_csv(requete, nom="x", colonnes=COLONNES, lignes=[fiche(axe=None, cout=None)]))
    assert lignes[1][1:3] == ["", ""]


@pytest.mark.parametrize(
    "texte",
    ["=1+1", "+33 1 00 00 00 00", "-5", "@SOMME(A1)", "\t=1", "\r=1", "  =HYPERLINK(0)", "=é"],
    ids=["égal", "plus", "moins", "arobase", "tabulation", "retour", "espaces", "accent"],
)
def test_aucune_cellule_n_est_une_formule(requete, texte):
    colonne = (Colonne("Nom", "nom"),)
    lignes = [SimpleNamespace(nom=texte)]
    (_, (cellule,)) = lire_csv(reponse_csv(requete, nom="x", colonnes=colonne, lignes=lignes))
    assert cellule.startswith("'")
    feuille = lire_xlsx(reponse_xlsx(requete, nom="x", titre="X", colonnes=colonne, lignes=lignes)).active
    derniere = feuille.cell(feuille.max_row, 1)
    assert derniere.data_type == "s"
    assert derniere.value.startswith("'")


@given(st.text())
def test_un_texte_neutralise_ne_commence_jamais_une_formule(texte):
    propre = neutraliser(texte)
    assert not propre.lstrip().startswith(("=", "+", "-", "@"))
    assert all(c.isprintable() or c == "\n" or ord(c) >= 32 for c in propre)


def test_un_nombre_negatif_reste_un_nombre(requete):
    feuille = lire_xlsx(
        reponse_xlsx(requete, nom="x", titre="X", colonnes=COLONNES, lignes=[fiche(cout=Decimal(-12))])
    ).active
    assert feuille.cell(feuille.max_row, 3).value == -12


def test_une_liste_vide_donne_les_titres_seuls(requete):
    assert len(lire_csv(reponse_csv(requete, nom="x", colonnes=COLONNES, lignes=[]))) == 1
    feuille = lire_xlsx(reponse_xlsx(requete, nom="x", titre="X", colonnes=COLONNES, lignes=[])).active
    assert feuille.max_row == 4


def test_un_csv_est_ecrit_au_fur_et_a_mesure(requete):
    """The first bytes leave before the last rows are read."""
    lues = []

    def lignes():
        for n in range(10_000):
            lues.append(n)
            yield fiche(numero=str(n))

    next(iter(reponse_csv(requete, nom="x", colonnes=COLONNES, lignes=lignes())))
    assert len(lues) < 1000


def test_une_feuille_trop_longue_est_refusee_avec_une_issue(monkeypatch):
    monkeypatch.setattr(exports, "LIGNES_MAX_XLSX", 10)
    with pytest.raises(RegleMetier, match="exportez en CSV"):
        ecrire_xlsx(io.BytesIO(), titre="X", colonnes=COLONNES, lignes=[fiche()] * 20)


@pytest.mark.parametrize(
    ("format", "type_attendu"), [("csv", "text/csv"), ("xlsx", "spreadsheetml"), ("", "spreadsheetml")]
)
def test_le_format_demande_est_rendu(format, type_attendu):  # noqa: A002
    requete = RequestFactory().get("/export", {"format": format})
    requete.user = AnonymousUser()
    reponse = reponse_export(requete, nom="x", titre="X", colonnes=COLONNES, lignes=[])
    assert type_attendu in reponse["Content-Type"]
    assert "no-store" in reponse["Cache-Control"]
    fermer_fichiers(reponse)
