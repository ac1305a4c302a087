"""The frozen content as a flow of blocks, chapter after chapter, for a word processor.

Pure: the same words as the PDF; a drawing is the numbers of a chart that the word processor draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gouvernance.contenu.tableaux import LARGEUR_COURTE, LIGNES_IMPRIMEES, ChiffreTableau, Tableau, dire, dire_libelle
from pdi.socle.formats import compte, typographier
from pdi.socle.graphiques import TONS

from .blocs import (
    Bloc,
    Contexte,
    Graphique,
    Grille,
    Liste,
    Serie,
    Texte,
    Titre,
    ecart,
    montant,
    montants,
    nom_de_partie,
    valeur,
)
from .blocs_fiches import fiches_du_noeud


def composer_blocs(contenu: Mapping[str, Any]) -> Iterator[Bloc]:
    """Yield the whole report, chapter after chapter."""
    contexte = Contexte(contenu["couverture"], contenu["annees"])
    for chapitre in contenu["chapitres"]:
        donnees = chapitre["donnees"]
        if chapitre["code"] == "fiches":
            for noeud in donnees["noeuds"]:
                yield from fiches_du_noeud(noeud, contexte)
            continue
        yield Titre(1, chapitre["titre"])
        if "tableaux" in donnees:
            yield from _chapitre_de_tableaux(donnees)
        elif chapitre["code"] in _CHAPITRES:
            yield from _CHAPITRES[chapitre["code"]](donnees, contexte)


def _chapitre_de_tableaux(donnees: Mapping[str, Any]) -> Iterator[Bloc]:
    yield from (Texte(p) for p in donnees["chapeau"])
    chiffres = [_chiffre(c) for c in donnees["chiffres"]]
    if chiffres:
        yield Liste(tuple(chiffres))
    for lu in donnees["tableaux"]:
        yield from _tableau(lu)


def _chiffre(c: ChiffreTableau) -> str:
    sur = f" sur {dire(c['sur'], c['genre'])}" if c["sur"] is not None else ""
    detail = f" ({c['detail']})" if c["detail"] else ""
    return f"{dire(c['valeur'], c['genre'])}{sur} {dire_libelle(c)}{detail}"


def _tableau(lu: Tableau) -> Iterator[Bloc]:
    genres = [c["genre"] for c in lu["colonnes"]]

    def en_mots(ligne: Sequence[Any]) -> tuple[str, ...]:
        return tuple(dire(v, g) for v, g in zip(ligne, genres, strict=True))

    if not lu["lignes"]:
        yield Texte(lu["vide"] or "Rien à signaler.", gras=f"{lu['titre']}. ")
        return
    lignes = [en_mots(ligne) for ligne in lu["lignes"][:LIGNES_IMPRIMEES]]
    if lu["total"]:
        lignes.append(tuple("" if mot == "–" else mot for mot in en_mots(lu["total"])))
    largeurs = [
        (1 if c["genre"] in ("texte", "date") else -1) * max(c["largeur"], 9 if c["largeur"] <= LARGEUR_COURTE else 0)
        for c in lu["colonnes"]
    ]
    entete = tuple(c["titre"] for c in lu["colonnes"])
    yield Grille(lu["titre"], entete, tuple(lignes), tuple(largeurs), total=bool(lu["total"]))
    if lu["note"]:
        yield Texte(lu["note"], style="note")
    reste = len(lu["lignes"]) - LIGNES_IMPRIMEES
    if reste > 0:
        suite = compte(reste, "autre ligne se lit", "autres lignes se lisent")
        yield Texte(typographier(f"{suite} dans le classeur, feuille « {lu['feuille']} »."), style="note")


ETATS_ETAPES = (
    ("Réalisées", "bon", "realisee"), ("En cours", "info", "en_cours"), ("À venir", "neutre", "a_venir"),
    ("Abandonnées", "retard", "abandonnee"),
)  # fmt: skip


def _chiffres(donnees: Mapping[str, Any], c: Contexte) -> Iterator[Bloc]:
    yield Liste(
        (
            compte(donnees["fiches"], "fiche-action", "fiches-actions"),
            f"{donnees['etapes_faites']} étapes réalisées sur {donnees['etapes']}",
            f"{donnees['indicateurs_mesures']} indicateurs mesurés sur {donnees['indicateurs']}",
            f"{donnees['cibles_atteintes']} cibles atteintes sur {donnees['cibles']}",
            f"{donnees['bilans_valides']} bilans validés sur {donnees['bilans_attendus']}",
            f"{montant(donnees['realise'])} réalisés en {c.annee}, pour {montant(donnees['prevu'])} prévus",
        )
    )
    for titre, cle in (("Ce qui dépasse la cible", "reussites"), ("Ce qui reste loin de la cible", "ecarts")):
        if donnees[cle]:
            yield Grille(
                titre, ("Fiche", "Indicateur", f"Valeur {c.annee}", "Cible", "Écart"),
                tuple((x["fiche"], x["libelle"], valeur(x["valeur"], x["unite"]), valeur(x["cible"], x["unite"]),
                       ecart(x["ecart"], x["unite"])) for x in donnees[cle]),
                (8, 60, -14, -14, -14),
            )  # fmt: skip


def _avancement(donnees: Mapping[str, Any], c: Contexte) -> Iterator[Bloc]:
    yield Graphique(
        "Les étapes par état", "nombre", tuple(nom_de_partie(a) for a in donnees["axes"]),
        tuple(
            Serie(nom, TONS[ton][0], tuple(str(a["etapes"][etat]) for a in donnees["axes"]), TONS[ton][1])
            for nom, ton, etat in ETATS_ETAPES
        ),
        empile=True,
    )  # fmt: skip
    yield Grille(
        "Les étapes par état",
        (c.partie, "Fiches", "Réalisées", "En cours", "À venir", "Abandonnées", "Avancement"),
        tuple(
            (nom_de_partie(a), str(a["fiches"]),
             *(str(a["etapes"][e]) for e in ("realisee", "en_cours", "a_venir", "abandonnee")),
             "–" if a["avancement"] is None else f"{a['avancement']}\u00a0%")
            for a in donnees["axes"]
        ),
        (50, -9, -10, -10, -10, -12, -12),
    )  # fmt: skip
    yield Grille(
        "Les indicateurs et leurs cibles",
        (c.partie, "Indicateurs", f"Mesurés en {c.annee}", "Avec cible", "Cibles atteintes"),
        tuple(
            (nom_de_partie(a), *(str(a[cle]) for cle in ("indicateurs", "mesures", "cibles", "atteintes")))
            for a in donnees["axes"]
        ),
        (56, -12, -14, -12, -14),
    )


def _financement(donnees: Mapping[str, Any], c: Contexte) -> Iterator[Bloc]:
    if not donnees["financeurs"]:
        yield Texte("Aucun financement n’est renseigné dans les fiches de ce programme.")
        return
    yield montants("Par financeur", "Financeur", [*donnees["financeurs"], donnees["total"]], c)
    yield montants("Par partie du programme", c.partie, [*donnees["axes"], donnees["total"]], c)
    if donnees["ecarts"]:
        yield Grille(
            "Totaux imprimés et somme des financeurs",
            ("Fiche", "Intitulé", "Total imprimé", "Somme des financeurs", "Différence"),
            tuple((e["fiche"], e["intitule"], montant(e["total"]), montant(e["finance"]), ecart(e["ecart"], "€"))
                  for e in donnees["ecarts"]),
            (8, 50, -16, -16, -16),
        )  # fmt: skip


def _anomalies(donnees: Mapping[str, Any], _c: Contexte) -> Iterator[Bloc]:
    yield Texte("Ce chapitre dit ce qui manque et ce qui se contredit. Rien n’est corrigé en silence.")
    if donnees["anomalies"]:
        yield Grille(
            "Contradictions relevées dans les fiches", ("Fiche", "Ce qui est relevé", "Suite donnée"),
            tuple((a["fiche"], a["titre"], typographier(" : ".join(filter(None, (a["etat_libelle"], a["reponse"])))))
                  for a in donnees["anomalies"]),
            (8, 60, 40),
        )  # fmt: skip
    if donnees["manques"]:
        yield Grille(
            "Données manquantes, fiche par fiche", ("Fiche", "Ce qui manque"),
            tuple((m["fiche"], m["texte"]) for m in donnees["manques"]), (8, 90),
        )  # fmt: skip


def _methode(donnees: Mapping[str, Any], _c: Contexte) -> Iterator[Bloc]:
    yield Texte(
        "Les valeurs sont saisies par les pilotes des fiches ou calculées par l’application. Un taux est suivi de son "
        "numérateur et de son dénominateur."
    )
    yield Grille(
        "Définition des indicateurs", ("Fiche", "Indicateur", "Définition et formule", "Unité, périodicité, source"),
        tuple(
            (i["fiche"], " – ".join(filter(None, (i["libelle"], i["groupe"]))),
             " ".join(filter(None, (i["definition"], i["formule"], i["methode"]))) or "–",
             typographier(f"{i['unite']}, {i['periodicite'].lower()} ; {i['source']}"))
            for i in donnees["indicateurs"]
        ),
        (8, 34, 46, 26),
    )  # fmt: skip


def _glossaire(donnees: Mapping[str, Any], _c: Contexte) -> Iterator[Bloc]:
    yield Grille(
        "Sigles employés dans ce rapport", ("Sigle", "Ce qu’il veut dire"),
        tuple((t["sigle"], t["libelle"]) for t in donnees["termes"]), (16, 90),
    )  # fmt: skip


_CHAPITRES = {
    "chiffres": _chiffres, "avancement": _avancement, "financement": _financement, "anomalies": _anomalies,
    "methode": _methode, "glossaire": _glossaire,
}  # fmt: skip
