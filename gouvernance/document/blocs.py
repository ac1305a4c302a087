"""The frozen content as a flow of titles, paragraphs, lists and tables in French words, for a word processor.

Pure: the same words as the PDF, none of its drawings (a curve is the table of its values).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gouvernance.contenu.formes import LigneIndicateur, Noeud, SectionFiche
from gouvernance.contenu.tableaux import (
    LARGEUR_COURTE,
    LIGNES_IMPRIMEES,
    SIGNES_PAR_LIGNE,
    ChiffreTableau,
    Tableau,
    dire,
)
from pdi.socle import formats
from pdi.socle.formats import compte, euros, typographier, valeur_unite

from .composition import cote_noeud

PLUSIEURS_LARGES = 1.2  # times what a portrait page holds: the table is set across the page


@dataclass(frozen=True)
class Titre:
    """A heading; `niveau` from 1."""

    niveau: int
    texte: str


@dataclass(frozen=True)
class Texte:
    """A paragraph; `gras` is what it begins with, in bold."""

    texte: str
    gras: str = ""
    style: str = ""


@dataclass(frozen=True)
class Liste:
    """A bulleted list."""

    lignes: tuple[str, ...]


@dataclass(frozen=True)
class Grille:
    """A table in words. `largeurs`: signs of each column, negative for numbers (set to the right)."""

    legende: str
    entete: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    largeurs: tuple[int, ...]
    total: bool = False

    @property
    def large(self) -> bool:
        """Return whether its rows are too long for a page held upright."""
        return sum(map(abs, self.largeurs)) > PLUSIEURS_LARGES * SIGNES_PAR_LIGNE and len(self.largeurs) > 5


Bloc = Titre | Texte | Liste | Grille


@dataclass
class _Contexte:
    couverture: Mapping[str, Any]
    annees: Sequence[int]
    partie: str = field(init=False)

    def __post_init__(self) -> None:
        niveaux = self.couverture["niveaux"]
        self.partie = str(niveaux[0]["singulier"]).capitalize() if niveaux else "Partie"

    @property
    def annee(self) -> int:
        return int(self.couverture["annee"])


def composer_blocs(contenu: Mapping[str, Any]) -> Iterator[Bloc]:
    """Yield the whole report, chapter after chapter."""
    contexte = _Contexte(contenu["couverture"], contenu["annees"])
    for chapitre in contenu["chapitres"]:
        donnees = chapitre["donnees"]
        if chapitre["code"] == "fiches":
            for noeud in donnees["noeuds"]:
                yield from _noeud(noeud, contexte)
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
    return f"{dire(c['valeur'], c['genre'])}{sur} {c['libelle']}{detail}"


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


# -- the chapters of the programme ------------------------------------------------------------


def _montant(nombre: str | None) -> str:
    return "–" if nombre is None else euros(nombre)


def _taux(realise: str | None, prevu: str | None) -> str:
    haut, bas = formats.en_decimal(realise), formats.en_decimal(prevu)
    return "–" if haut is None or not bas else formats.pourcentage(100 * haut / bas)


def _valeur(nombre: str | None, unite: str) -> str:
    return "–" if nombre is None else valeur_unite(nombre, unite)


def _ecart(nombre: str | None, unite: str) -> str:
    return "–" if nombre is None else formats.ecart(nombre, unite)


def _chiffres(donnees: Mapping[str, Any], c: _Contexte) -> Iterator[Bloc]:
    yield Liste(
        (
            compte(donnees["fiches"], "fiche-action", "fiches-actions"),
            f"{donnees['etapes_faites']} étapes réalisées sur {donnees['etapes']}",
            f"{donnees['indicateurs_mesures']} indicateurs mesurés sur {donnees['indicateurs']}",
            f"{donnees['cibles_atteintes']} cibles atteintes sur {donnees['cibles']}",
            f"{donnees['bilans_valides']} bilans validés sur {donnees['bilans_attendus']}",
            f"{_montant(donnees['realise'])} réalisés en {c.annee}, pour {_montant(donnees['prevu'])} prévus",
        )
    )
    for titre, cle in (("Ce qui dépasse la cible", "reussites"), ("Ce qui reste loin de la cible", "ecarts")):
        if donnees[cle]:
            yield Grille(
                titre, ("Fiche", "Indicateur", f"Valeur {c.annee}", "Cible", "Écart"),
                tuple((x["fiche"], x["libelle"], _valeur(x["valeur"], x["unite"]), _valeur(x["cible"], x["unite"]),
                       _ecart(x["ecart"], x["unite"])) for x in donnees[cle]),
                (8, 60, -14, -14, -14),
            )  # fmt: skip


def _nom_de_partie(a: Mapping[str, Any]) -> str:
    return f"{a['numero']} – {a['intitule']}" if a["numero"] else str(a["intitule"])


def _avancement(donnees: Mapping[str, Any], c: _Contexte) -> Iterator[Bloc]:
    yield Grille(
        "Les étapes par état",
        (c.partie, "Fiches", "Réalisées", "En cours", "À venir", "Abandonnées", "Avancement"),
        tuple(
            (_nom_de_partie(a), str(a["fiches"]),
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
            (_nom_de_partie(a), *(str(a[cle]) for cle in ("indicateurs", "mesures", "cibles", "atteintes")))
            for a in donnees["axes"]
        ),
        (56, -12, -14, -12, -14),
    )


def _montants(legende: str, entete: str, lignes: Sequence[Mapping[str, Any]], c: _Contexte) -> Grille:
    return Grille(
        legende,
        (entete, f"Prévu {c.annee}", f"Réalisé {c.annee}", "Taux", "Prévu, en tout", "Réalisé, à ce jour"),
        tuple(
            (m.get("financeur") or (_nom_de_partie(m) if "intitule" in m else "Total"), _montant(m["prevu"]),
             _montant(m["realise"]), _taux(m["realise"], m["prevu"]), _montant(m["prevu_total"]),
             _montant(m["realise_total"]))
            for m in lignes
        ),
        (40, -16, -16, -10, -16, -16), total="financeur" not in lignes[-1] and "intitule" not in lignes[-1],
    )  # fmt: skip


def _financement(donnees: Mapping[str, Any], c: _Contexte) -> Iterator[Bloc]:
    if not donnees["financeurs"]:
        yield Texte("Aucun financement n’est renseigné dans les fiches de ce programme.")
        return
    yield _montants("Par financeur", "Financeur", [*donnees["financeurs"], donnees["total"]], c)
    yield _montants("Par partie du programme", c.partie, [*donnees["axes"], donnees["total"]], c)
    if donnees["ecarts"]:
        yield Grille(
            "Totaux imprimés et somme des financeurs",
            ("Fiche", "Intitulé", "Total imprimé", "Somme des financeurs", "Différence"),
            tuple((e["fiche"], e["intitule"], _montant(e["total"]), _montant(e["finance"]), _ecart(e["ecart"], "€"))
                  for e in donnees["ecarts"]),
            (8, 50, -16, -16, -16),
        )  # fmt: skip


def _anomalies(donnees: Mapping[str, Any], _c: _Contexte) -> Iterator[Bloc]:
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


def _methode(donnees: Mapping[str, Any], _c: _Contexte) -> Iterator[Bloc]:
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


def _glossaire(donnees: Mapping[str, Any], _c: _Contexte) -> Iterator[Bloc]:
    yield Grille(
        "Sigles employés dans ce rapport", ("Sigle", "Ce qu’il veut dire"),
        tuple((t["sigle"], t["libelle"]) for t in donnees["termes"]), (16, 90),
    )  # fmt: skip


_CHAPITRES = {
    "chiffres": _chiffres, "avancement": _avancement, "financement": _financement, "anomalies": _anomalies,
    "methode": _methode, "glossaire": _glossaire,
}  # fmt: skip


# -- fiches -----------------------------------------------------------------------------------


def _noeud(noeud: Noeud, c: _Contexte) -> Iterator[Bloc]:
    cote = cote_noeud(noeud)
    yield Titre(noeud["rang"], f"{cote} – {noeud['intitule']}" if cote else noeud["intitule"])
    for fiche in noeud["fiches"]:
        yield from _fiche(fiche, noeud["rang"] + 1, c)
    for enfant in noeud["enfants"]:
        yield from _noeud(enfant, c)


def _paragraphes(texte: str) -> Iterator[Bloc]:
    yield from (Texte(p.strip()) for p in texte.split("\n\n") if p.strip())


def _fiche(f: SectionFiche, niveau: int, c: _Contexte) -> Iterator[Bloc]:
    sous = niveau + 1
    yield Titre(niveau, f"Fiche {f['numero']} – {f['intitule']}")
    for titre, noms in (("Pilotes", f["pilotes"]), ("Copilotes", f["copilotes"]), ("Cadres", f["cadres"])):
        if noms:
            yield Texte(" ; ".join(noms), gras=f"{titre}\u00a0: ")
    yield Texte(
        f"{f['statut_libelle']}. {f['etapes_faites']} étapes réalisées sur {f['etapes_total']}. "
        f"Bilan {c.annee}\u00a0: {f['bilan']['etat_libelle'].lower() if f['bilan'] else 'aucun'}.",
        gras="Statut\u00a0: ",
    )
    if f["contexte"]:
        yield Titre(sous, f["libelles"]["contexte"])
        yield from _paragraphes(f["contexte"])
    if f["objectifs_generaux"]:
        yield Titre(sous, f["libelles"]["objectifs_generaux"])
        yield Liste(tuple(f["objectifs_generaux"]))
    yield from _bilan(f, sous, c)
    yield from _etapes(f, sous)
    if f["resultats"]:
        yield Titre(sous, f["libelles"]["resultats"])
        yield Liste(tuple(f["resultats"]))
    yield from _indicateurs(f, sous, c)
    if f["bilan"] and f["bilan"]["perspectives"]:
        yield Titre(sous, f"Perspectives {c.annee + 1}")
        yield from _paragraphes(f["bilan"]["perspectives"])
        if f["bilan"]["changement"]:
            yield Texte(f["bilan"]["changement"], gras="Évolution de la fiche proposée\u00a0: ")
    if f["financeurs"]:
        yield Titre(sous, f["libelles"]["financement"])
        total = [dict(f["montants"])] if len(f["financeurs"]) > 1 else []
        yield _montants(f"Financement de la fiche {f['numero']}", "Financeur", [*map(dict, f["financeurs"]), *total], c)
    if f["anomalies"]:
        yield Texte("", gras="Contradictions relevées dans la fiche")
        yield Liste(tuple(f"{a['titre']}. {a['constat']}" for a in f["anomalies"]))


def _bilan(f: SectionFiche, sous: int, c: _Contexte) -> Iterator[Bloc]:
    if not f["bilan"] or not f["bilan"]["realisations"]:
        return
    yield Titre(sous, f"Bilan {c.annee}")
    if f["bilan"]["etat"] != "valide":
        dit = f["bilan"]["etat_libelle"].lower()
        yield Texte(typographier(f"Ce bilan est « {dit} » : il n’est pas encore validé."), style="note")
    yield from _paragraphes(f["bilan"]["realisations"])


def _etapes(f: SectionFiche, sous: int) -> Iterator[Bloc]:
    lignes = [
        ("" if o["numero"] is None else str(o["numero"]), e["intitule"],
         e["etat_libelle"] + (", en retard" if e["retard"] else ""), f"{e['avancement']}\u00a0%",
         f"fait le {formats.date_courte(_date(e['realisee_le']))}" if e["realisee_le"]
         else formats.date_courte(_date(e["echeance"])) if e["echeance"] else "–")
        for o in f["objectifs"] for e in o["etapes"]
    ]  # fmt: skip
    if not lignes:
        return
    yield Titre(sous, "Objectifs et étapes")
    nommes = [o for o in f["objectifs"] if o["intitule"]]
    yield Liste(tuple(f"{o['numero']}. {o['intitule']}" if o["numero"] else o["intitule"] for o in nommes))
    yield Grille(
        f"Étapes de la fiche {f['numero']}", ("Objectif", "Étape", "État", "Avancement", "Échéance"), tuple(lignes),
        (9, 52, 16, -12, 16),
    )  # fmt: skip


def _date(iso: str) -> datetime.date:
    return datetime.date.fromisoformat(iso)


def _indicateurs(f: SectionFiche, sous: int, c: _Contexte) -> Iterator[Bloc]:
    if not f["indicateurs"]:
        return
    yield Titre(sous, f["libelles"]["indicateurs"])
    chiffres = [i for i in f["indicateurs"] if i["unite"] != "texte"]
    textes = [i for i in f["indicateurs"] if i["unite"] == "texte"]
    annees = [str(a) for a in c.annees[-3:]]
    if chiffres:
        yield Grille(
            f"Indicateurs de la fiche {f['numero']}", ("Indicateur", *annees, f"Cible {c.annee}", "Écart"),
            tuple((_nom(i), *(_valeur(p["valeur"], i["unite"]) for p in i["points"][-3:]),
                   _valeur(i["cible"], i["unite"]), _ecart(i["ecart"], i["unite"])) for i in chiffres),
            (46, -13, -13, -13, -13, -13),
        )  # fmt: skip
    if textes:
        yield Grille(
            f"Appréciations de la fiche {f['numero']}", ("Appréciation", *annees[-2:]),
            tuple((_nom(i), *(p["texte"] or "–" for p in i["points"][-2:])) for i in textes), (36, 36, 36),
        )  # fmt: skip
    expliques = tuple(f"{i['libelle']}\u00a0: {i['explication']}" for i in f["indicateurs"] if i["explication"])
    if expliques:
        yield Texte("", gras="Ce que disent les pilotes des écarts")
        yield Liste(expliques)


def _nom(i: LigneIndicateur) -> str:
    return f"{i['libelle']} ({i['groupe']})" if i["groupe"] else i["libelle"]
