"""Contradictions that can be told from the data alone. Pure: facts in, findings out; nothing is corrected.

A finding has the same `code` each time it is told, so that it is opened once and closes when the data agree.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from actions.models.fiche import StatutFiche
from actions.models.indicateur import NatureIndicateur
from actions.models.objectif import EtatEtape
from pdi.socle.formats import compte, date_longue, euros, nombre, valeur_unite

from .indicateurs import UNITES_TAUX, est_un_taux, quotient, quotient_coherent

ETAPES_FINIES = frozenset({EtatEtape.REALISEE, EtatEtape.ABANDONNEE})


@dataclass(frozen=True, slots=True)
class Constat:
    """A contradiction: title (the fact), explanation, and the values compared."""

    code: str
    titre: str
    constat: str
    pese: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FaitFinancement:
    """One line of the funding plan. `annee` None: for the whole action."""

    financeur: str
    annee: int | None
    prevu: Decimal | None


@dataclass(frozen=True, slots=True)
class FaitEtape:
    """One step."""

    intitule: str
    etat: str
    echeance: datetime.date | None


@dataclass(frozen=True, slots=True)
class FaitIndicateur:
    """One indicator."""

    pk: int
    libelle: str
    nature: str
    unite: str


@dataclass(frozen=True, slots=True)
class FaitMesure:
    """One current value."""

    indicateur: FaitIndicateur
    annee: int
    valeur: Decimal | None
    numerateur: Decimal | None
    denominateur: Decimal | None


def plan_prevu(lignes: Iterable[FaitFinancement]) -> dict[str, Decimal | None]:
    """Return {funder: planned amount}: the amount for the whole action when printed, else the sum of its years.

    None when no amount is printed for that funder.
    """
    global_: dict[str, Decimal] = {}
    annuel: dict[str, Decimal] = {}
    noms: dict[str, None] = {}
    for ligne in lignes:
        noms[ligne.financeur] = None
        if ligne.prevu is not None:
            cible = global_ if ligne.annee is None else annuel
            cible[ligne.financeur] = cible.get(ligne.financeur, Decimal(0)) + ligne.prevu
    return {nom: global_.get(nom, annuel.get(nom)) for nom in noms}


def financement_different_du_total(total: Decimal | None, lignes: Sequence[FaitFinancement]) -> Constat | None:
    """Compare the sum of the funders with the total printed. Both stay as they are."""
    plan = plan_prevu(lignes)
    montants = {nom: m for nom, m in plan.items() if m is not None}
    if total is None or not montants or len(montants) < len(plan):
        return None
    somme = sum(montants.values(), Decimal(0))
    difference = total - somme
    if not difference:
        return None
    if difference > 0:
        titre = f"{euros(difference)} du plan de financement n’ont pas de financeur"
    else:
        titre = f"Les financeurs annoncent {euros(-difference)} de plus que le coût total"
    return Constat(
        "somme-des-financeurs",
        titre,
        f"Les financeurs apportent {euros(somme)} pour un coût total de {euros(total)}. Aucun montant n’est modifié.",
        (
            *((nom, euros(m)) for nom, m in montants.items()),
            ("Somme des financeurs", euros(somme)),
            ("Coût total", euros(total)),
            ("Écart", euros(difference)),
        ),
    )


def nature_contraire_a_l_unite(indicateur: FaitIndicateur) -> Constat | None:
    """Tell when the printed nature contradicts the unit: a rate among the qualitative ones, words among the others."""
    code = f"nature-indicateur-{indicateur.pk}"
    if indicateur.nature == NatureIndicateur.QUALITATIF and indicateur.unite != "texte":
        quoi = "Un taux classé" if indicateur.unite in UNITES_TAUX else "Un indicateur chiffré classé"
        return Constat(
            code,
            f"{quoi} parmi les indicateurs qualitatifs",
            f"« {indicateur.libelle} » est rangé dans les indicateurs qualitatifs. Une valeur exprimée en "
            f"« {indicateur.unite} » est quantitative. Le classement est gardé tel quel, aucun chiffre n’est modifié.",
        )
    if indicateur.nature == NatureIndicateur.QUANTITATIF and indicateur.unite == "texte":
        return Constat(
            code,
            "Un indicateur en toutes lettres classé parmi les indicateurs quantitatifs",
            f"« {indicateur.libelle} » est rangé dans les indicateurs quantitatifs, mais s’exprime par une "
            "appréciation. Le classement est gardé tel quel.",
        )
    return None


def programme_echu(annee_fin: int, jour: datetime.date) -> bool:
    """Return whether the last year of a programme is over: nothing in it is late any more."""
    return jour.year > annee_fin


def etapes_en_retard(etapes: Iterable[FaitEtape], jour: datetime.date) -> Constat | None:
    """Tell which steps have passed their deadline without being done or given up."""
    retard = [e for e in etapes if e.echeance and e.echeance < jour and e.etat not in ETAPES_FINIES]
    if not retard:
        return None
    sujet = f"{compte(len(retard), 'étape')} {'ont' if len(retard) > 1 else 'a'} dépassé"
    return Constat(
        "etapes-en-retard",
        f"{sujet} {'leur' if len(retard) > 1 else 'son'} échéance",
        "Mettez à jour l’avancement de ces étapes, ou leur échéance si elle a été repoussée.",
        tuple((e.intitule[:120], date_longue(e.echeance)) for e in retard),
    )


def statut_contraire_aux_etapes(statut: str, etapes: Sequence[FaitEtape]) -> Constat | None:
    """Tell when the fiche is said done while steps are not."""
    ouvertes = [e for e in etapes if e.etat not in ETAPES_FINIES]
    if statut != StatutFiche.REALISEE or not ouvertes:
        return None
    quoi = "étape reste" if len(ouvertes) == 1 else "étapes restent"
    return Constat(
        "realisee-avec-etapes-ouvertes",
        f"La fiche est « réalisée » mais {nombre(len(ouvertes))} {quoi} à faire",
        "Terminez ou abandonnez ces étapes, ou revenez sur le statut de la fiche.",
        tuple((e.intitule[:120], EtatEtape(e.etat).label) for e in ouvertes),
    )


def dates_hors_programme(
    debut: datetime.date | None, fin: datetime.date | None, annee_debut: int, annee_fin: int
) -> Constat | None:
    """Tell when the action lies outside the years of its programme."""
    avant = debut is not None and debut.year < annee_debut
    apres = fin is not None and fin.year > annee_fin
    if not avant and not apres:
        return None
    return Constat(
        "dates-hors-programme",
        "Les dates de l’action sortent des années du programme",
        f"Le programme couvre les années {annee_debut} à {annee_fin}. Les dates sont gardées telles quelles.",
        (("Début de l’action", date_longue(debut)), ("Fin de l’action", date_longue(fin))),
    )


def mesure_douteuse(mesure: FaitMesure) -> Constat | None:
    """Tell when a rate is out of 0–100 %, or disagrees with its own terms."""
    unite, valeur, ind = mesure.indicateur.unite, mesure.valeur, mesure.indicateur
    if valeur is None:
        return None
    lue = valeur_unite(valeur, unite)
    if unite in UNITES_TAUX and not 0 <= valeur <= 100:
        return Constat(
            f"taux-hors-bornes-{ind.pk}-{mesure.annee}",
            f"Un taux de {lue} en {mesure.annee}",
            f"« {ind.libelle} » s’exprime en pourcentage : une valeur entre 0 et 100 est attendue, sauf si le "
            "dénominateur ne contient pas tout le numérateur.",
        )
    if not est_un_taux(unite) or mesure.numerateur is None or mesure.denominateur is None:
        return None
    if quotient_coherent(valeur, mesure.numerateur, mesure.denominateur, unite):
        return None
    attendu = quotient(mesure.numerateur, mesure.denominateur, unite)
    return Constat(
        f"taux-incoherent-{ind.pk}-{mesure.annee}",
        f"La valeur {mesure.annee} ne correspond pas à son numérateur et à son dénominateur",
        f"« {ind.libelle} » : la valeur écrite et le quotient diffèrent. Les deux sont gardés.",
        (
            ("Valeur écrite", lue),
            ("Numérateur", nombre(mesure.numerateur)),
            ("Dénominateur", nombre(mesure.denominateur)),
            ("Quotient", valeur_unite(attendu, unite) if attendu is not None else "sans objet"),
        ),
    )


@dataclass(frozen=True, slots=True)
class FaitsAnomalies:
    """Everything the rules need of one fiche."""

    statut: str
    debut: datetime.date | None
    fin: datetime.date | None
    annee_debut: int
    annee_fin: int
    cout_total: Decimal | None
    financements: Sequence[FaitFinancement]
    etapes: Sequence[FaitEtape]
    indicateurs: Sequence[FaitIndicateur]
    mesures: Sequence[FaitMesure]


def constater(faits: FaitsAnomalies, jour: datetime.date) -> list[Constat]:
    """Return every contradiction of one fiche on `jour`, each code once."""
    trouves = [
        financement_different_du_total(faits.cout_total, faits.financements),
        dates_hors_programme(faits.debut, faits.fin, faits.annee_debut, faits.annee_fin),
        statut_contraire_aux_etapes(faits.statut, faits.etapes),
        None if programme_echu(faits.annee_fin, jour) else etapes_en_retard(faits.etapes, jour),
        *(nature_contraire_a_l_unite(i) for i in faits.indicateurs),
        *(mesure_douteuse(m) for m in faits.mesures),
    ]
    return list({c.code: c for c in trouves if c is not None}.values())
