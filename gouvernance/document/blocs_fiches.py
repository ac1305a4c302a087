"""The fiches of the frozen content as a flow of blocks. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from gouvernance.contenu.formes import LigneIndicateur, Noeud, SectionFiche
from pdi.socle import formats
from pdi.socle.formats import typographier
from pdi.socle.graphiques import COULEURS

from .blocs import Bloc, Contexte, Graphique, Grille, Liste, Serie, Texte, Titre, ecart, montants, valeur
from .composition import cote_noeud

GRIS = "#737a78"


def fiches_du_noeud(noeud: Noeud, c: Contexte) -> Iterator[Bloc]:
    """Yield a part of the programme, its fiches, then its own parts."""
    cote = cote_noeud(noeud)
    yield Titre(noeud["rang"], f"{cote} – {noeud['intitule']}" if cote else noeud["intitule"])
    for fiche in noeud["fiches"]:
        yield from _fiche(fiche, noeud["rang"] + 1, c)
    for enfant in noeud["enfants"]:
        yield from fiches_du_noeud(enfant, c)


def _paragraphes(texte: str) -> Iterator[Bloc]:
    yield from (Texte(p.strip()) for p in texte.split("\n\n") if p.strip())


def _fiche(f: SectionFiche, niveau: int, c: Contexte) -> Iterator[Bloc]:
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
        yield montants(f"Financement de la fiche {f['numero']}", "Financeur", [*map(dict, f["financeurs"]), *total], c)
    if f["anomalies"]:
        yield Texte("", gras="Contradictions relevées dans la fiche")
        yield Liste(tuple(f"{a['titre']}. {a['constat']}" for a in f["anomalies"]))


def _bilan(f: SectionFiche, sous: int, c: Contexte) -> Iterator[Bloc]:
    if not f["bilan"] or not f["bilan"]["realisations"]:
        return
    yield Titre(sous, f"Bilan {c.annee}")
    if f["bilan"]["etat"] != "valide":
        dit = f["bilan"]["etat_libelle"].lower()
        yield Texte(typographier(f"Ce bilan est « {dit} » : il n’est pas encore validé."), style="note")
    if f["bilan"]["version_fiche"]:
        yield Texte(f"Écrit pour la {f['bilan']['version_fiche']}.", style="note")
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


def _indicateurs(f: SectionFiche, sous: int, c: Contexte) -> Iterator[Bloc]:
    if not f["indicateurs"]:
        return
    yield Titre(sous, f["libelles"]["indicateurs"])
    chiffres = [i for i in f["indicateurs"] if i["unite"] != "texte"]
    textes = [i for i in f["indicateurs"] if i["unite"] == "texte"]
    annees = [str(a) for a in c.annees[-3:]]
    yield from (_courbe(i) for i in chiffres if i["id"] == f["phare"])
    if chiffres:
        yield Grille(
            f"Indicateurs de la fiche {f['numero']}", ("Indicateur", *annees, f"Cible {c.annee}", "Écart"),
            tuple((_nom(i), *(valeur(p["valeur"], i["unite"]) for p in i["points"][-3:]),
                   valeur(i["cible"], i["unite"]), ecart(i["ecart"], i["unite"])) for i in chiffres),
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


def _courbe(i: LigneIndicateur) -> Graphique:
    """Return the chart of the main indicator of a fiche, over the years of the report."""
    series = [Serie("Valeur", COULEURS["programme"], tuple(p["valeur"] for p in i["points"]))]
    cibles = tuple(p["cible"] for p in i["points"])
    if any(c is not None for c in cibles):
        series.append(Serie("Cible", GRIS, cibles, cible=True))
    return Graphique(_nom(i), i["unite"], tuple(str(p["annee"]) for p in i["points"]), tuple(series))


def _nom(i: LigneIndicateur) -> str:
    return f"{i['libelle']} ({i['groupe']})" if i["groupe"] else i["libelle"]
