"""The chapters that sum up: key figures, progress by axis, funding, anomalies and missing data, methodology."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from actions.models import EtatBilan, EtatEtape, Indicateur, Periodicite, SourceIndicateur, StatutFiche
from pdi.socle.formats import typographier

from .axes import fiches_du_noeud
from .exercice import fin_exercice
from .fiches import additionner, total
from .formes import ChapitreContenu, LigneFinancement, LigneIndicateur, Manque, SectionFiche
from .lecture import Matiere, decimal_texte

SANS_BILAN_ATTENDU = (StatutFiche.A_VENIR, StatutFiche.ABANDONNEE)
TONS_MANQUES = ("veille", "retard")
FAITS_MARQUANTS = 6


def _noeuds(avant: list[ChapitreContenu]) -> list[Any]:
    return next((c["donnees"]["noeuds"] for c in avant if c["code"] == "fiches"), [])


def _fiches(avant: list[ChapitreContenu]) -> list[SectionFiche]:
    return [f for noeud in _noeuds(avant) for f in fiches_du_noeud(noeud)]


def _mesure(ligne: LigneIndicateur) -> bool:
    point = ligne["points"][-1]
    return point["valeur"] is not None or bool(point["texte"])


def _indicateurs(fiches: Iterable[SectionFiche]) -> list[tuple[SectionFiche, LigneIndicateur]]:
    return [(f, i) for f in fiches for i in f["indicateurs"]]


def rassembler_chiffres(matiere: Matiere, avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the key figures of the year and the indicators that stand out, best and worst against their target."""
    fiches = _fiches(avant)
    indicateurs = _indicateurs(fiches)
    vises = [(f, i) for f, i in indicateurs if i["ecart"] is not None and i["ton"] != "neutre"]
    atteints = [(f, i) for f, i in vises if i["ton"] == "bon"]
    exercice = [x for f in fiches for x in f["financements"] if x["annee"] == matiere.annee]
    return {
        "fiches": len(fiches),
        "fiches_statuts": _compter((f["statut"] for f in fiches), StatutFiche),
        "etapes": sum(f["etapes_total"] for f in fiches),
        "etapes_faites": sum(f["etapes_faites"] for f in fiches),
        "indicateurs": len(indicateurs),
        "indicateurs_mesures": sum(_mesure(i) for _, i in indicateurs),
        "cibles": len(vises),
        "cibles_atteintes": len(atteints),
        "bilans_attendus": sum(f["statut"] not in SANS_BILAN_ATTENDU for f in fiches),
        "bilans_valides": sum(_bilan_valide(f) for f in fiches),
        "evolutions": sum(bool(f["bilan"] and f["bilan"]["changement"]) for f in fiches),
        "prevu": total(x["prevu"] for x in exercice),
        "realise": total(x["realise"] for x in exercice),
        "reussites": [_marquant(f, i) for f, i in sorted(atteints, key=_rang, reverse=True)[:FAITS_MARQUANTS]],
        "ecarts": [_marquant(f, i) for f, i in sorted(vises, key=_rang)[:FAITS_MARQUANTS] if i["ton"] != "bon"],
    }


def _rang(couple: tuple[SectionFiche, LigneIndicateur]) -> tuple[Decimal, int]:
    """Return the gap relative to the target, positive when it is good; the identifier settles ties."""
    ligne = couple[1]
    ecart, cible = Decimal(ligne["ecart"] or 0), Decimal(ligne["cible"] or 0)
    relatif = ecart / abs(cible) if cible else ecart
    return (-relatif if ligne["sens"] == "baisse" else relatif, -ligne["id"])


def _marquant(fiche: SectionFiche, ligne: LigneIndicateur) -> dict[str, Any]:
    return {
        "fiche": fiche["numero"],
        "fiche_id": fiche["id"],
        "libelle": ligne["libelle"],
        "unite": ligne["unite"],
        "valeur": ligne["points"][-1]["valeur"],
        "cible": ligne["cible"],
        "ecart": ligne["ecart"],
        "ton": ligne["ton"],
    }


def _compter(valeurs: Iterable[str], choix: Any) -> list[dict[str, Any]]:
    compte = Counter(valeurs)
    return [{"code": c.value, "libelle": c.label, "compte": compte[c.value]} for c in choix if compte[c.value]]


def _bilan_valide(fiche: SectionFiche) -> bool:
    return bool(fiche["bilan"] and fiche["bilan"]["etat"] == EtatBilan.VALIDE)


def rassembler_avancement(matiere: Matiere, avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return for each node of the first level its fiches, steps by state, measured indicators and targets met."""
    lignes = []
    for noeud in _noeuds(avant):
        fiches = fiches_du_noeud(noeud)
        etapes = Counter(e["etat"] for f in fiches for o in f["objectifs"] for e in o["etapes"])
        indicateurs = _indicateurs(fiches)
        avancements = [f["avancement"] for f in fiches if f["avancement"] is not None]
        vises = [i for _, i in indicateurs if i["ecart"] is not None and i["ton"] != "neutre"]
        lignes.append(
            {
                "niveau": noeud["niveau"],
                "numero": noeud["numero"],
                "intitule": noeud["intitule"],
                "fiches": len(fiches),
                "statuts": _compter((f["statut"] for f in fiches), StatutFiche),
                "etapes": {etat.value: etapes[etat.value] for etat in EtatEtape},
                "avancement": round(sum(avancements) / len(avancements)) if avancements else None,
                "indicateurs": len(indicateurs),
                "mesures": sum(_mesure(i) for _, i in indicateurs),
                "cibles": len(vises),
                "atteintes": sum(i["ton"] == "bon" for i in vises),
            }
        )
    return {"axes": lignes, "arretees_au": fin_exercice(matiere.annee).isoformat()} if lignes else None


def rassembler_financement(matiere: Matiere, avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return planned and actual amounts by funder and by axis: the year, then every row of the programme.

    A printed total that the funders do not reach is said fiche by fiche; the difference is never given to anyone.
    """
    fiches = _fiches(avant)
    lignes = [ligne for f in fiches for ligne in f["financements"]]
    if not lignes:
        return {"financeurs": [], "axes": [], "total": None, "ecarts": []}
    noms = {
        typographier(f.libelle): typographier(str(f.financeur))
        for ls in matiere.financements.values()
        for f in ls
        if f.libelle
    }
    par_financeur: dict[str, list[LigneFinancement]] = defaultdict(list)
    for ligne in lignes:
        par_financeur[noms.get(ligne["financeur"], ligne["financeur"])].append(ligne)
    axes = [
        {
            "niveau": n["niveau"],
            "numero": n["numero"],
            "intitule": n["intitule"],
            **additionner((x for f in fiches_du_noeud(n) for x in f["financements"]), matiere.annee),
        }
        for n in _noeuds(avant)
    ]
    return {
        "financeurs": [
            {"financeur": nom, **additionner(siennes, matiere.annee)} for nom, siennes in sorted(par_financeur.items())
        ],
        "axes": axes,
        "total": additionner(lignes, matiere.annee),
        "ecarts": [
            {
                "fiche": f["numero"],
                "fiche_id": f["id"],
                "intitule": f["intitule"],
                "total": f["cout_total"],
                "finance": f["montants"]["prevu_total"] or "0",
                "ecart": decimal_texte(Decimal(f["cout_total"]) - Decimal(f["montants"]["prevu_total"] or 0)),
            }
            for f in fiches
            if f["cout_total"] is not None and Decimal(f["cout_total"]) != Decimal(f["montants"]["prevu_total"] or 0)
        ],
    }


def rassembler_anomalies(matiere: Matiere, avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the contradictions of the fiches and what is missing, fiche by fiche."""
    fiches = _fiches(avant)
    return {
        "anomalies": [a for f in fiches for a in f["anomalies"]],
        "manques": [m for f in fiches for m in _manques(f, matiere.annee)],
    }


def _manques(fiche: SectionFiche, annee: int) -> list[Manque]:
    def manque(nature: str, texte: str, compte: int = 1, *, bloquant: bool = False) -> Manque:
        return Manque(
            nature=nature,
            fiche=fiche["numero"],
            fiche_id=fiche["id"],
            texte=texte,
            compte=compte,
            bloquant=bloquant,
        )

    manques = []
    bilan = fiche["bilan"]
    if fiche["statut"] not in SANS_BILAN_ATTENDU and not _bilan_valide(fiche):
        etat = f"le bilan {annee} est « {bilan['etat_libelle'].lower()} »" if bilan else f"aucun bilan {annee}"
        manques.append(manque("bilan", typographier(f"{etat}, il n’est pas validé" if bilan else etat), bloquant=True))
    sans_valeur = sum(not _mesure(i) for i in fiche["indicateurs"])
    if sans_valeur:
        mot = "indicateurs sont écrits" if sans_valeur > 1 else "indicateur est écrit"
        manques.append(manque("valeur", f"{sans_valeur} {mot} « non mesuré en {annee} »", sans_valeur))
    muets = sum(i["ton"] in TONS_MANQUES and not i["explication"] for i in fiche["indicateurs"])
    if muets:
        mot = "écarts à la cible ne sont pas expliqués" if muets > 1 else "écart à la cible n’est pas expliqué"
        manques.append(manque("explication", f"{muets} {mot}", muets))
    if not fiche["pilotes"]:
        manques.append(manque("pilote", "aucun pilote n’est désigné"))
    sans_realise = sum(
        x["annee"] == annee and x["prevu"] is not None and x["realise"] is None for x in fiche["financements"]
    )
    if sans_realise:
        mot = "financements prévus n’ont pas" if sans_realise > 1 else "financement prévu n’a pas"
        manques.append(manque("financement", f"{sans_realise} {mot} de montant réalisé", sans_realise))
    for m in manques:
        m["texte"] = typographier(m["texte"])
    return manques


def rassembler_methode(matiere: Matiere, _avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the definition of every indicator: formula, unit, source, periodicity, limits."""
    lignes = [_definition(f.numero, i) for f in matiere.fiches for i in matiere.indicateurs.get(f.pk, [])]
    return {
        "indicateurs": lignes,
        "sans_definition": sum(not ligne["definition"] and not ligne["formule"] for ligne in lignes),
        "restreintes": matiere.restreintes,
        "chiffres_geles": len(matiere.chiffres),
    }


def _definition(fiche: str, indicateur: Indicateur) -> dict[str, Any]:
    return {
        "fiche": fiche,
        "id": indicateur.pk,
        "libelle": typographier(indicateur.libelle),
        "groupe": typographier(indicateur.groupe),
        "nature": indicateur.get_nature_display(),
        "unite": indicateur.unite,
        "sens": indicateur.get_sens_display(),
        "periodicite": Periodicite(indicateur.periodicite).label,
        "definition": typographier(indicateur.definition),
        "formule": _formule(indicateur),
        "source": _source(indicateur),
        "methode": typographier(indicateur.methode),
    }


def _formule(indicateur: Indicateur) -> str:
    if indicateur.numerateur_libelle and indicateur.denominateur_libelle:
        return typographier(f"{indicateur.numerateur_libelle} ÷ {indicateur.denominateur_libelle}")
    return typographier(indicateur.numerateur_libelle)


def _source(indicateur: Indicateur) -> str:
    source = SourceIndicateur(indicateur.source).label
    return typographier(f"{source}, {indicateur.producteur}" if indicateur.producteur else source)
