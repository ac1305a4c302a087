"""Pure rules of the report: what changes between two contents, what stands in the way of publication."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gouvernance.contenu.formes import LigneIndicateur, SectionFiche, chapitre, toutes_les_fiches
from gouvernance.regles.tableaux import Changement, comparer_tableaux
from pdi.socle.formats import compte, date_longue, euros, typographier, valeur_unite

NATURE = "rapport"  # of the jobs that compile
VALEURS_CITEES = 3


def cle_compilation(code: str, annee: int) -> str:
    """Return the key of the job: one active compilation per programme and year."""
    return f"{code}-{annee}"


GENRES = {
    "fiche": "Fiches ajoutées ou retirées",
    "bilan": "États des bilans",
    "texte": "Textes des bilans et des fiches",
    "indicateur": "Valeurs et cibles des indicateurs",
    "etape": "Avancement des étapes",
    "financement": "Financement",
    "anomalie": "Anomalies",
    "chapitre": "Autres chapitres",
}


def comparer(ancien: Mapping[str, Any], nouveau: Mapping[str, Any]) -> list[Changement]:
    """Return every difference that a reader would notice, fiche by fiche, in the order of the new document."""
    avant = {f["id"]: f for f in toutes_les_fiches(dict(ancien))}
    apres = {f["id"]: f for f in toutes_les_fiches(dict(nouveau))}
    changements = [
        Changement("fiche", f["numero"], f["intitule"], "dans le rapport", "retirée")
        for cle, f in avant.items()
        if cle not in apres
    ]
    for cle, fiche in apres.items():
        if cle not in avant:
            changements.append(Changement("fiche", fiche["numero"], fiche["intitule"], "absente", "ajoutée"))
        else:
            changements += _comparer_fiches(avant[cle], fiche)
    return changements + comparer_tableaux(ancien, nouveau)


def _comparer_fiches(avant: SectionFiche, apres: SectionFiche) -> list[Changement]:
    numero = apres["numero"]
    changements = []

    def noter(genre: str, objet: str, ancien: str, nouveau: str) -> None:
        if ancien != nouveau:
            changements.append(Changement(genre, numero, objet, ancien, nouveau))

    noter("texte", "Intitulé", avant["intitule"], apres["intitule"])
    noter("texte", "Statut", avant["statut_libelle"], apres["statut_libelle"])
    noter("texte", "Pilotes", " ; ".join(avant["pilotes"]), " ; ".join(apres["pilotes"]))
    noter("texte", "Contexte", avant["contexte"], apres["contexte"])
    noter("bilan", "Bilan", _etat_bilan(avant), _etat_bilan(apres))
    for champ, objet in (
        ("version_fiche", "Version de la fiche que lit le bilan"),
        ("realisations", "Bilan de l’année"),
        ("perspectives", "Perspectives"),
        ("changement", "Évolution proposée"),
    ):
        noter("texte", objet, _texte_bilan(avant, champ), _texte_bilan(apres, champ))
    noter("etape", "Étapes réalisées", _etapes(avant), _etapes(apres))
    noter("financement", "Prévu dans l’année", _euros(avant["montants"]["prevu"]), _euros(apres["montants"]["prevu"]))
    noter(
        "financement",
        "Réalisé dans l’année",
        _euros(avant["montants"]["realise"]),
        _euros(apres["montants"]["realise"]),
    )
    noter("anomalie", "Anomalies", _anomalies(avant), _anomalies(apres))
    anciens = {i["id"]: i for i in avant["indicateurs"]}
    for ligne in apres["indicateurs"]:
        vieille = anciens.pop(ligne["id"], None)
        if vieille is None:
            noter("indicateur", ligne["libelle"], "absent", _valeur(ligne))
            continue
        noter("indicateur", ligne["libelle"], _valeur(vieille), _valeur(ligne))
        noter("indicateur", f"{ligne['libelle']} (cible)", _cible(vieille), _cible(ligne))
        noter("texte", f"{ligne['libelle']} (explication)", vieille["explication"], ligne["explication"])
    for vieille in anciens.values():
        noter("indicateur", vieille["libelle"], _valeur(vieille), "retiré")
    return changements


def _etat_bilan(fiche: SectionFiche) -> str:
    return fiche["bilan"]["etat_libelle"] if fiche["bilan"] else "Aucun"


def _texte_bilan(fiche: SectionFiche, champ: str) -> str:
    return str(fiche["bilan"].get(champ, "")) if fiche["bilan"] else ""


def _etapes(fiche: SectionFiche) -> str:
    return f"{fiche['etapes_faites']} sur {fiche['etapes_total']}, avancement {fiche['avancement'] or 0}\u00a0%"


def _euros(montant: str | None) -> str:
    return "non renseigné" if montant is None else euros(montant)


def _anomalies(fiche: SectionFiche) -> str:
    return " ; ".join(f"{a['titre']} ({a['etat_libelle'].lower()})" for a in fiche["anomalies"])


def _valeur(ligne: LigneIndicateur) -> str:
    point = ligne["points"][-1]
    if point["valeur"] is not None:
        return valeur_unite(point["valeur"], ligne["unite"])
    return point["texte"] or "non mesuré"


def _cible(ligne: LigneIndicateur) -> str:
    return "aucune" if ligne["cible"] is None else valeur_unite(ligne["cible"], ligne["unite"])


def resumer(ancien: Mapping[str, Any] | None, nouveau: Mapping[str, Any]) -> list[str]:
    """Return in a few French sentences what a version brings since the one before."""
    if ancien is None:
        valides = chapitre(dict(nouveau), "chiffres").get("bilans_valides", 0)
        return [f"Première compilation, {compte(valides, 'bilan validé', 'bilans validés')}"]
    par_genre: dict[str, list[Changement]] = defaultdict(list)
    for changement in comparer(ancien, nouveau):
        par_genre[changement.genre].append(changement)
    if not par_genre:
        return ["Aucun changement"]
    phrases = []
    for genre, changements in par_genre.items():
        fiches = list(dict.fromkeys(c.fiche for c in changements))
        if genre == "chapitre":
            titres = list(dict.fromkeys(c.fiche for c in changements))
            phrases.append(typographier(f"Chapitres modifiés : {_enumerer(titres)}"))
        elif genre == "indicateur":
            cites = [f"{c.objet} : {c.apres} ({c.fiche})" for c in changements[:VALEURS_CITEES]]
            reste = len(changements) - len(cites)
            suite = f", et {compte(reste, 'autre', 'autres')}" if reste > 0 else ""
            phrases.append(typographier("Indicateurs : " + " ; ".join(cites) + suite))
        else:
            dits = {
                "fiche": "Fiches ajoutées ou retirées",
                "bilan": "Bilans validés ou renvoyés",
                "texte": "Textes modifiés",
                "etape": "Étapes avancées",
                "financement": "Montants modifiés",
                "anomalie": "Anomalies modifiées",
            }
            phrases.append(typographier(f"{dits[genre]} : {_enumerer(fiches)}"))
    return phrases


def _enumerer(noms: Sequence[str]) -> str:
    return noms[0] if len(noms) == 1 else f"{', '.join(noms[:-1])} et {noms[-1]}"


@dataclass(frozen=True)
class Point:
    """Something to settle before publishing. `bloquant` forbids it; the others are only warned about."""

    fiche: str
    fiche_id: int
    texte: str
    bloquant: bool


def points_a_regler(contenu: Mapping[str, Any]) -> list[Point]:
    """Return what the content lacks, the blocking first."""
    donnees = chapitre(dict(contenu), "anomalies")
    points = [Point(m["fiche"], m["fiche_id"], m["texte"], m["bloquant"]) for m in donnees.get("manques", [])]
    points += [
        Point(a["fiche"], a["fiche_id"], f"anomalie à traiter : {a['titre']}", bloquant=False)
        for a in donnees.get("anomalies", [])
        if a["etat"] == "ouverte"
    ]
    return sorted(points, key=lambda p: not p.bloquant)


def motif_date_deliberation(date: datetime.date, annee: int, aujourd_hui: datetime.date) -> str:
    """Return why the date of a deliberation is impossible, empty when it stands."""
    if date > aujourd_hui:
        return "La séance n’a pas encore eu lieu : la délibération s’enregistre après le vote."
    if date <= datetime.date(annee, 12, 31):
        return f"L’Assemblée délibère sur l’exercice {annee} après sa fin : donnez une date à partir de {annee + 1}."
    return ""


def motif_reprise(date: datetime.date, compilee: datetime.date, pourquoi: str) -> str:
    """Return why a meeting held before the version was compiled cannot be recorded, empty when it stands.

    The Assemblée votes on a document that exists. A vote older than the version is the record of history, and says so.
    """
    if date >= compilee or pourquoi.strip():
        return ""
    return (
        f"Cette version a été compilée le {date_longue(compilee)} : l’Assemblée n’a pas pu en délibérer avant. "
        "Donnez la date de la séance, ou dites ci-dessous pourquoi vous reprenez une délibération antérieure."
    )


def echeance_deliberation(annee: int) -> datetime.date:
    """Return the last day the Assemblée may deliberate on the year. Source: CASF L263-1."""
    return datetime.date(annee + 1, 3, 31)
