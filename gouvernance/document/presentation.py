"""The key figures of a frozen content on one page for elected members, and as slides for the comité de pilotage.

Everything is chosen here, the templates only draw. Nothing is computed that the report does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template

from gouvernance.contenu import chapitre
from gouvernance.contenu.axes import fiches_du_noeud
from gouvernance.contenu.formes import LigneIndicateur, Noeud, SectionFiche
from gouvernance.contenu.tableaux import ChiffreTableau, dire, dire_libelle
from gouvernance.regles.rapport import echeance_deliberation
from pdi.socle import graphiques
from pdi.socle.formats import compte, date_longue, ecart, euros, nombre, pourcentage, valeur_unite

from .composition import Edition, cote_noeud

if TYPE_CHECKING:
    from pdi.socle.impression import Imprime

GABARITS = "documents/presentation"
FEUILLES_SYNTHESE = ("css/synthese-impression.css",)
FEUILLES_DIAPOSITIVES = ("css/diapositives-impression.css",)
ESSAIS = (5, 3, 1)  # lines of each list, until the summary holds on its page
PARTIES_MAX = 4  # slides of axes: a programme with more has its other axes in the report
LIGNES_DIAPO = 4
LARGEUR_COURBE, LARGEUR_BARRES = 420, 520  # the narrower the drawing, the larger its words


@dataclass(frozen=True)
class Repere:
    """A big number: what it is, what it is a part of (percent drawn as a bar, None without)."""

    valeur: str
    libelle: str
    sur: str = ""
    part: int | None = None
    detail: str = ""


@dataclass(frozen=True)
class Ecart:
    """An indicator beside its target."""

    fiche: str
    libelle: str
    valeur: str
    cible: str
    ecart: str
    ton: str


@dataclass
class Diapositive:
    """One slide. `genre` names its template; `note` is printed at its foot."""

    genre: str
    titre: str
    surtitre: str = ""
    reperes: list[Repere] = field(default_factory=list)
    bons: list[Ecart] = field(default_factory=list)
    loin: list[Ecart] = field(default_factory=list)
    lignes: list[tuple[str, str]] = field(default_factory=list)
    dessin: Any = None
    courbe: Any = None
    legende: str = ""
    note: str = ""


def _part(haut: Any, bas: Any) -> int | None:
    return None if not bas or haut is None else max(0, min(100, round(100 * float(haut) / float(bas))))


def _sur(haut: int, bas: int, libelle: str, detail: str = "") -> Repere:
    return Repere(nombre(haut), libelle, nombre(bas), _part(haut, bas), detail)


def reperes(contenu: Mapping[str, Any]) -> list[Repere]:
    """Return the key figures, those of the first storey first; a subject that the content lacks is left out."""
    lu = dict(contenu)
    c, annee = chapitre(lu, "chiffres"), lu["couverture"]["annee"]
    lus = [
        _sur(c["etapes_faites"], c["etapes"], "étapes réalisées"),
        _sur(c["indicateurs_mesures"], c["indicateurs"], "indicateurs mesurés"),
        _sur(c["cibles_atteintes"], c["cibles"], "cibles atteintes"),
        _sur(c["bilans_valides"], c["bilans_attendus"], "bilans validés"),
    ]
    if c["realise"] is not None:
        prevu = f"sur {euros(c['prevu'], 0)} prévus" if c["prevu"] else ""
        lus.append(
            Repere(euros(c["realise"], 0), f"réalisés en {annee}", part=_part(c["realise"], c["prevu"]), detail=prevu)
        )
    for code, rang in (("decisions", 0), ("instances", 0), ("offre", 2), ("conventions", 1)):
        chiffres = chapitre(lu, code).get("chiffres", [])
        if len(chiffres) > rang:
            lus.append(_du_tableau(chiffres[rang]))
    return lus[:8]


def _du_tableau(c: ChiffreTableau) -> Repere:
    sur = dire(c["sur"], c["genre"]) if c["sur"] is not None else ""
    part = _part(c["valeur"], c["sur"]) if sur and str(c["valeur"]).isdecimal() else None
    valeur = (
        euros(c["valeur"], 0) if c["genre"] == "euros" and c["valeur"] is not None else dire(c["valeur"], c["genre"])
    )
    return Repere(valeur, dire_libelle(c), sur, part, c["detail"])


def _ecart(x: Mapping[str, Any]) -> Ecart:
    return Ecart(
        x["fiche"], x["libelle"], "–" if x["valeur"] is None else valeur_unite(x["valeur"], x["unite"]),
        valeur_unite(x["cible"], x["unite"]), ecart(x["ecart"], x["unite"]), x["ton"],
    )  # fmt: skip


def _fiches(contenu: Mapping[str, Any]) -> list[SectionFiche]:
    return [f for noeud in _noeuds(contenu) for f in fiches_du_noeud(noeud)]


def _noeuds(contenu: Mapping[str, Any]) -> list[Noeud]:
    noeuds: list[Noeud] = chapitre(dict(contenu), "fiches").get("noeuds", [])
    return noeuds


def retards(contenu: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the fiches with late steps, those with most first: (number, what is late)."""
    lues = []
    for fiche in _fiches(contenu):
        tard = sum(e["retard"] for o in fiche["objectifs"] for e in o["etapes"])
        if tard:
            dites = compte(tard, "étape a passé sa date", "étapes ont passé leur date")
            lues.append((tard, fiche["numero"], f"{fiche['intitule']}\u00a0: {dites}"))
    return [(numero, texte) for _, numero, texte in sorted(lues, key=lambda e: -e[0])]


def attendues(contenu: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the decisions awaited: the vote, the changes of fiches proposed, what the bodies have left to do."""
    lu = dict(contenu)
    annee = lu["couverture"]["annee"]
    vote = f"Délibérer sur l’exécution {annee} du programme avant le {date_longue(echeance_deliberation(annee))}."
    lues = [("Assemblée", vote)]
    lues += [
        (f"Fiche {f['numero']}", f"Évolution proposée\u00a0: {f['bilan']['changement']}")
        for f in _fiches(contenu)
        if f["bilan"] and f["bilan"]["changement"]
    ]
    for tableau in chapitre(lu, "decisions").get("tableaux", []):
        if tableau["code"] == "decisions":
            lues += [(ligne[1], ligne[3]) for ligne in tableau["lignes"] if not ligne[7].startswith(("Faite", "Aban"))]
    return lues


def _contexte(contenu: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    couverture = contenu["couverture"]
    return {"couverture": couverture, "annee": couverture["annee"], "edition": edition, "reperes": reperes(contenu)}


def html_synthese(contenu: Mapping[str, Any], edition: Edition, lignes: int) -> str:
    """Return the summary with at most `lignes` lines in each of its lists."""
    c, en_retard, a_decider = chapitre(dict(contenu), "chiffres"), retards(contenu), attendues(contenu)
    return get_template(f"{GABARITS}/synthese.html").render(
        _contexte(contenu, edition)
        | {
            "bons": [_ecart(x) for x in c["reussites"][:lignes]],
            "loin": [_ecart(x) for x in c["ecarts"][:lignes]],
            "retards": en_retard[: max(1, lignes - 2)],
            "autres_retards": max(0, len(en_retard) - max(1, lignes - 2)),
            "attendues": a_decider[:lignes],
            "autres_attendues": max(0, len(a_decider) - lignes),
        }
    )


def imprimer_synthese(contenu: Mapping[str, Any], edition: Edition) -> Imprime:
    """Print the summary: one page, the lists shortened until they hold."""
    from pdi.socle.impression import mettre_en_page  # noqa: PLC0415  # WeasyPrint is heavy

    for lignes in ESSAIS:
        page = mettre_en_page(
            html_synthese(contenu, edition, lignes), feuilles=FEUILLES_SYNTHESE, date=edition.compilee_le
        )
        if page.pages == 1:
            break
    return page.ecrire(f"synthese-{edition.empreinte}")


# -- slides -----------------------------------------------------------------------------------


def diapositives(contenu: Mapping[str, Any]) -> list[Diapositive]:
    """Return the slides in order: cover, figures, steps, axes, targets, money, bodies, offer, what is awaited."""
    return [d for groupe in _groupes(contenu) for d in groupe]


def _groupes(contenu: Mapping[str, Any]) -> Iterator[Iterator[Diapositive]]:
    lu = dict(contenu)
    yield iter([Diapositive("couverture", lu["couverture"]["titre"])])
    yield iter([Diapositive("reperes", f"L’année {lu['couverture']['annee']} en chiffres", reperes=reperes(contenu))])
    yield _etapes(lu)
    yield _parties(lu)
    yield _cibles(lu)
    yield _argent(lu)
    yield _tableaux(lu)
    yield iter(
        [
            Diapositive("lignes", "Ce qui est attendu", lignes=attendues(contenu)[: LIGNES_DIAPO + 2]),
        ]
    )


def _etapes(lu: dict[str, Any]) -> Iterator[Diapositive]:
    axes = chapitre(lu, "avancement").get("axes", [])
    if not axes:
        return
    series = (("Réalisées", "bon", "realisee"), ("En cours", "info", "en_cours"), ("À venir", "neutre", "a_venir"),
              ("Abandonnées", "retard", "abandonnee"))  # fmt: skip
    vues = [s for s in series if any(a["etapes"][s[2]] for a in axes)] or list(series[:1])
    noms = [f"{a['numero']} – {a['intitule']}" if a["numero"] else a["intitule"] for a in axes]
    lignes = [(nom, [a["etapes"][s[2]] for s in vues]) for nom, a in zip(noms, axes, strict=True)]
    nommees = [(nom, ton) for nom, ton, _ in vues]
    yield Diapositive(
        "barres", "Où en sont les étapes", dessin=graphiques.barres_empilees(lignes, nommees, largeur=LARGEUR_BARRES),
        legende=f"Étapes par état. {graphiques.decrire_empilees(lignes, nommees)}",
    )  # fmt: skip


def _parties(lu: dict[str, Any]) -> Iterator[Diapositive]:
    axes = {a["numero"] or a["intitule"]: a for a in chapitre(lu, "avancement").get("axes", [])}
    for noeud in _noeuds(lu)[:PARTIES_MAX]:
        fiches = fiches_du_noeud(noeud)
        a = axes.get(noeud["numero"] or noeud["intitule"])
        if not fiches or a is None:
            continue
        etapes = [a["etapes"][e] for e in ("realisee", "en_cours", "a_venir")]
        juges = [(f, i) for f in fiches for i in f["indicateurs"] if i["ecart"] is not None and i["ton"] != "neutre"]
        yield Diapositive(
            "partie", noeud["intitule"], cote_noeud(noeud),
            reperes=[
                Repere(nombre(len(fiches)), "fiche-action" if len(fiches) == 1 else "fiches-actions"),
                _sur(etapes[0], sum(etapes), "étapes réalisées"),
                _sur(a["atteintes"], a["cibles"], "cibles atteintes"),
            ],
            loin=[_de_la_fiche(f, i) for f, i in juges if i["ton"] == "retard"][:LIGNES_DIAPO - 1],
            **_courbe(fiches),
        )  # fmt: skip


def _de_la_fiche(fiche: SectionFiche, i: LigneIndicateur) -> Ecart:
    return _ecart(
        {"fiche": fiche["numero"], "libelle": i["libelle"], "unite": i["unite"], "valeur": i["points"][-1]["valeur"],
         "cible": i["cible"], "ecart": i["ecart"], "ton": i["ton"]}
    )  # fmt: skip


def _courbe(fiches: Sequence[SectionFiche]) -> dict[str, Any]:
    """Return the curve of the first indicator that a fiche shows, with its words; nothing without one."""
    for fiche in fiches:
        for i in fiche["indicateurs"]:
            if i["id"] == fiche["phare"]:
                points = graphiques.lire_points([(str(p["annee"]), p["valeur"]) for p in i["points"]])
                return {
                    "courbe": graphiques.courbe(points, i["cible"], i["unite"], largeur=LARGEUR_COURBE),
                    "legende": f"Fiche {fiche['numero']} – {i['libelle']}",
                    "note": graphiques.decrire(points, i["cible"], i["unite"]),
                }
    return {}


def _cibles(lu: dict[str, Any]) -> Iterator[Diapositive]:
    c = chapitre(lu, "chiffres")
    bons, loin = ([_ecart(x) for x in c[cle][:LIGNES_DIAPO]] for cle in ("reussites", "ecarts"))
    if bons or loin:
        yield Diapositive("cibles", "Au-dessus et loin des cibles", bons=bons, loin=loin)


def _argent(lu: dict[str, Any]) -> Iterator[Diapositive]:
    donnees = chapitre(lu, "financement")
    lignes = [(a, a["realise"], a["prevu"]) for a in donnees.get("axes", []) if a["prevu"] or a["realise"]]
    total = donnees.get("total")
    if not lignes or not total:
        return
    points = [(f"{a['numero']} – {a['intitule']}" if a["numero"] else a["intitule"], r or 0) for a, r, _ in lignes]
    serie = graphiques.lire_points(points)
    annee = lu["couverture"]["annee"]
    taux = _part(total["realise"], total["prevu"])
    yield Diapositive(
        "barres", f"L’argent de {annee}", dessin=graphiques.barres(serie, unite="€", largeur=LARGEUR_BARRES),
        legende=f"Réalisé en {annee}, par partie du programme. {graphiques.decrire(serie, unite='€')}",
        reperes=[
            Repere(euros(total["realise"] or 0, 0), f"réalisés en {annee}"),
            Repere(euros(total["prevu"] or 0, 0), "prévus"),
            *([Repere(pourcentage(taux, 0), "du prévu", part=taux)] if taux is not None else []),
        ],
    )  # fmt: skip


def _tableaux(lu: dict[str, Any]) -> Iterator[Diapositive]:
    """Yield one slide for the bodies and their decisions, one for the offer and the conventions."""
    for titre, codes in (
        ("Instances et décisions", ("instances", "decisions")),
        ("Offre et conventions", ("offre", "conventions")),
    ):
        chiffres = [_du_tableau(c) for code in codes for c in chapitre(lu, code).get("chiffres", [])]
        if chiffres:
            yield Diapositive("reperes", titre, reperes=chiffres[:6])


def html_diapositives(contenu: Mapping[str, Any], edition: Edition, *, dessins: bool = True) -> str:
    """Return the slides to print. `dessins` False leaves out the curves of the axes, whose titles are too long."""
    lues = diapositives(contenu)
    if not dessins:
        lues = [replace(d, courbe=None) if d.genre == "partie" else d for d in lues]
    contexte = _contexte(contenu, edition) | {"diapositives": lues}
    return get_template(f"{GABARITS}/diapositives.html").render(contexte)


def imprimer_diapositives(contenu: Mapping[str, Any], edition: Edition) -> Imprime:
    """Print the slides, 16:9, a page each."""
    from pdi.socle.impression import mettre_en_page  # noqa: PLC0415  # WeasyPrint is heavy

    nombre_de_pages = len(diapositives(contenu))
    for dessins in (True, False):
        html = html_diapositives(contenu, edition, dessins=dessins)
        pages = mettre_en_page(html, feuilles=FEUILLES_DIAPOSITIVES, date=edition.compilee_le)
        if pages.pages == nombre_de_pages:
            break
    return pages.ecrire(f"diapositives-{edition.empreinte}")
