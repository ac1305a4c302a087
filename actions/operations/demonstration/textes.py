"""Wording of the fictitious bilans: each one tells its own fiche and quotes the figures that were loaded."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from actions.figures import PointAnnuel
from actions.models import AgregationIndicateur, CauseEcart, FicheAction, Indicateur
from pdi.socle.formats import date_longue, nombre, valeur_unite

from .source import Calendrier, Recit, empreinte

PHRASES_AU_PLUS = 3
OUVERTURES = (
    "L’année prolonge les engagements pris dans le bilan précédent.",
    "Dernière année du pacte : l’action se poursuit au rythme prévu.",
    "L’effort a porté sur la consolidation de ce qui a été lancé depuis 2022.",
)
SUITES = (
    "Le point d’étape sera fait en comité technique.",
    "Les partenaires de la fiche y seront associés dès le premier trimestre.",
    "Le calendrier sera présenté au comité de pilotage.",
    "Ces travaux nourriront l’évaluation finale du pacte.",
)
RAISONS = (
    ("Deux postes sont restés vacants une partie de l’année ; le rythme est redevenu normal à l’automne.", "moyens"),
    ("Un partenaire a reporté son engagement d’un semestre, ce qui a décalé les actions suivantes.", "partenaire"),
    ("La remontée des données n’est pas complète : une partie de décembre n’est pas encore saisie.", "donnees"),
    ("La cible avait été fixée avant le changement de périmètre de l’action ; elle est à revoir.", "regle"),
)

Points = Mapping[int, Mapping[int, PointAnnuel]]


def _phrase(dit: dict[str, Any], indicateur: Indicateur, points: Mapping[int, PointAnnuel], annee: int) -> str:
    """Return the sentence that quotes the figure of `annee`, "" when there is none."""
    point, avant = points[annee], points.get(annee - 1)
    modele = dit.get("phrase", "")
    if (
        not modele
        or point.valeur is None
        or ("{v}" in modele and abs(point.valeur) < 2 and indicateur.unite == "nombre")
    ):
        return ""
    if ", contre {p}" in modele and (avant is None or avant.valeur is None or point.partiel):
        modele = modele.split(", contre {p}")[0]
    if "({n}" in modele and point.numerateur is None:
        modele = modele.split(" ({n}")[0]
    return str(
        modele.format(
            v=valeur_unite(point.valeur, indicateur.unite),
            p=valeur_unite(avant.valeur, indicateur.unite) if avant else "",
            n=nombre(point.numerateur),
            d=nombre(point.denominateur),
        )
    )


def realisations(
    fiche: FicheAction, indicateurs: list[Indicateur], points: Points, annee: int, recit: Recit, calendrier: Calendrier
) -> str:
    """Return what was done in `annee`: a fact of the fiche, then up to three of its figures."""
    faits = recit.fiches[fiche.numero]["faits"]
    rang = recit.rang(annee)
    fait = faits[rang] if rang < len(faits) else OUVERTURES[empreinte(fiche.numero, "ouverture", parmi=len(OUVERTURES))]
    phrases = []
    for indicateur in indicateurs:
        dit = recit.indicateurs[fiche.numero, indicateur.libelle, indicateur.groupe]
        if phrase := _phrase(dit, indicateur, points[indicateur.pk], annee):
            phrases.append(phrase)
    arrete = calendrier.arrete
    if annee == calendrier.courante and arrete and arrete.year == annee:
        veille = arrete - datetime.timedelta(days=1)
        tete = f"Au {date_longue(veille)}, "
    else:
        tete = ""
    suite = [_majuscule(f"{tete if n == 0 else ''}{p}") + "." for n, p in enumerate(phrases[:PHRASES_AU_PLUS])]
    return " ".join([fait, *suite])


def _majuscule(texte: str) -> str:
    return texte[:1].upper() + texte[1:]


def perspectives(fiche: FicheAction, annee: int, recit: Recit) -> str:
    """Return what comes next: the first sentence of the file is the latest one."""
    dites = recit.fiches[fiche.numero]["perspectives"]
    choisie = dites[(len(recit.fiches[fiche.numero]["faits"]) - 1 - recit.rang(annee)) % len(dites)]
    return f"{choisie} {SUITES[empreinte(fiche.numero, annee, 'suite', parmi=len(SUITES))]}"


def explication(
    fiche: FicheAction, indicateur: Indicateur, point: PointAnnuel, recit: Recit, calendrier: Calendrier
) -> tuple[str, list[str]]:
    """Return (words, causes) for a missed target; both depend on the indicator and the year alone."""
    if point.partiel and calendrier.part_ecoulee:
        return _au_rythme_constate(indicateur, point, calendrier), [CauseEcart.DONNEES]
    dit = recit.indicateurs[fiche.numero, indicateur.libelle, indicateur.groupe]
    if "ecart" in dit and point.annee == calendrier.courante - 1:
        return dit["ecart"], list(dit["causes"])
    texte, cause = RAISONS[empreinte(fiche.numero, indicateur.libelle, point.annee, parmi=len(RAISONS))]
    return texte, [cause]


def _au_rythme_constate(indicateur: Indicateur, point: PointAnnuel, calendrier: Calendrier) -> str:
    mois = int(calendrier.part_ecoulee * 12)
    debut = f"La valeur porte sur {mois} mois de l’année seulement."
    if indicateur.agregation != AgregationIndicateur.SOMME or point.valeur is None:
        return f"{debut} La situation du 31 décembre dira si la cible est atteinte."
    prevue = (point.valeur / calendrier.part_ecoulee).quantize(Decimal(1))
    return f"{debut} Au rythme constaté, elle s’établirait à {valeur_unite(prevue, indicateur.unite)} en fin d’année."
