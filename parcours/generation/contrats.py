"""Contracts of an orientation: CER and PPAE under regime A, contrat d'engagement under regime B; circuit, renewals."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence

from parcours.generation import noms
from parcours.generation import parametres as p
from parcours.models import SituationFamiliale

from .contexte import REGIME_B, Contexte
from .evenements import ActionContrat, AffectationReferent, Contrat, ObjectifContrat, Orientation, TransitionContrat
from .groupes import Menage, Parcours
from .hasard import Tirage, ajouter_mois, plus

SIGNATAIRE = "Noa Exemple, par délégation"
RECENT_J = 400  # older contracts have no circuit lines: they were taken over from another system
ACTIONS = Tirage(
    {
        "recherche_emploi": 22, "competences": 14, "demarches": 13, "soins": 9, "lien_social": 8, "mobilite": 8,
        "logement": 6, "iae": 5, "finances": 4, "famille": 4, "non_salarie": 3, "illettrisme": 2, "emploi_aide": 1,
        "emploi_non_aide": 1,
    }
)  # fmt: skip
INTITULES = {
    "recherche_emploi": "Recherche d’emploi accompagnée", "competences": "Formation courte", "soins": "Bilan de santé",
    "demarches": "Mise à jour des droits", "lien_social": "Atelier collectif", "mobilite": "Diagnostic mobilité",
    "logement": "Demande de logement", "iae": "Candidatures en structure d’insertion", "finances": "Budget du mois",
    "famille": "Recherche d’un mode d’accueil", "non_salarie": "Étude du projet d’activité",
    "illettrisme": "Atelier de remise à niveau", "emploi_aide": "Contrat aidé", "emploi_non_aide": "Emploi",
}  # fmt: skip


def contractualiser(
    ctx: Contexte, menage: Menage, parcours: Parcours, orientation: Orientation, suivis: list[AffectationReferent]
) -> None:
    """Draw the contracts of an orientation, from its decision to its end, within the five years."""
    h = ctx.hasard
    france_travail = orientation.organisme == "france_travail"
    fin = min(orientation.periode.fin or plus(ctx.au, 1), plus(ctx.au, 1))
    jour = plus(orientation.decidee_le, 3 + h.attente(_delai(orientation.decidee_le)))
    if france_travail and jour < REGIME_B:
        if jour < fin and h.chance(p.PART_PPAE):
            _ppae(ctx, menage, parcours, orientation, jour)
        jour = plus(REGIME_B, h.entier(0, 330))
    if not h.chance(p.PART_CONTRAT_FT_B if france_travail else p.PART_CONTRAT_HORS_FT):
        return
    precedent: Contrat | None = None
    while jour < fin:
        precedent = _contrat(ctx, menage, parcours, orientation, suivis, jour, precedent)
        if precedent.etat not in ("valide", "clos"):
            return
        if precedent.etat == "valide" and h.chance(p.PART_AVENANT) and precedent.fin >= ctx.debut:
            _avenant(ctx, menage, parcours, orientation, precedent)
        if precedent.fin < ctx.debut:  # of the years before, only the first contract is kept
            jour = plus(ctx.debut, h.entier(-100, 240))
            continue
        renouvele = h.chance(p.PART_RENOUVELLEMENT)
        jour = plus(precedent.fin, -h.entier(0, 12) if renouvele and h.chance(0.4) else 1 + h.attente(25))
        if not renouvele:
            jour = plus(jour, 120 + h.attente(200))
            precedent = precedent if h.chance(0.5) else None


def _delai(jour: datetime.date) -> float:
    return p.SIGNATURE_B_J if jour >= REGIME_B else p.SIGNATURE_A_J


def _contrat(
    ctx: Contexte,
    menage: Menage,
    parcours: Parcours,
    orientation: Orientation,
    suivis: list[AffectationReferent],
    jour: datetime.date,
    precedent: Contrat | None,
) -> Contrat:
    """Draw one contract signed on `jour`; its circuit stops where today finds it."""
    h, regime_b = ctx.hasard, jour >= REGIME_B
    debut = plus(jour, h.entier(0, 8))
    fin = plus(ajouter_mois(debut, h.tirer(p.DUREES_MOIS)), -1)
    contrat = Contrat(
        id=ctx.ids[Contrat](),
        personne_id=parcours.personne.id,
        orientation_id=orientation.id,
        nature="ce" if regime_b else "cer",
        rang="renouvellement" if precedent else "premier",
        precedent_id=precedent.id if precedent else None,
        structure_id=orientation.structure_id,
        referent_id=next((a.referent_id for a in suivis if a.periode.contient(jour)), None),
        debut=debut,
        fin=fin,
        etat="brouillon",
        foyer_signature=_foyer(menage, jour),
        revision_le=ajouter_mois(jour, 6) if regime_b or orientation.type_decide == "social" else None,
    )
    if regime_b:
        contrat.heures_hebdo = h.tirer(p.HEURES)
        motifs = ctx.monde.motifs["dispense"]
        if motifs and h.chance(p.PART_DISPENSE):
            contrat.heures_hebdo, contrat.dispense_motif_id = h.entier(0, 10), h.parmi(motifs)
            contrat.dispense_fin = fin
    _circuit(ctx, contrat, orientation, jour)
    parcours.contrats.append(contrat)
    _contenu(ctx, parcours, contrat)
    return contrat


def _foyer(menage: Menage, jour: datetime.date) -> str:
    """Return the household as a contract signed on `jour` keeps it (`lecture_contrats.foyer_au`)."""
    dite = str(SituationFamiliale(menage.situation).label) if menage.situation else ""
    garde = {"situation": menage.situation, "situation_dite": dite, "enfants": menage.enfants_au(jour)}
    return json.dumps(garde | {"adultes": len(menage.membres)})


def _tableau(textes: Sequence[str]) -> str:
    """Return the array as PostgreSQL reads it."""
    return "{" + ",".join(f'"{texte}"' for texte in textes) + "}"


def _circuit(ctx: Contexte, contrat: Contrat, orientation: Orientation, jour: datetime.date) -> None:
    """Sign, submit, decide: the state is the one reached on the last day."""
    h, au = ctx.hasard, ctx.au
    if (au - jour).days < 25 and h.chance(0.25):
        return
    contrat.etat, contrat.signe_referent_le = "signe", jour
    contrat.signe_personne_le = min(plus(jour, h.entier(0, 3)), au)
    soumis, decision = plus(jour, h.entier(1, 5)), plus(jour, h.entier(6, 30))
    if soumis > au:
        return
    contrat.etat = "soumis"
    if decision > au:
        if h.chance(0.2):
            contrat.etat, contrat.motif_decision = "a_corriger", "Précisez le nombre d’heures de chaque action."
        return
    contrat.decide_le = decision
    if h.chance(0.02):
        contrat.etat, contrat.motif_decision = "refuse", "Les engagements ne correspondent pas à la situation."
        return
    contrat.etat, contrat.signe_departement_le, contrat.signataire_departement = "valide", decision, SIGNATAIRE
    arret = orientation.periode.fin
    if arret is not None and arret <= contrat.fin and arret <= au:
        contrat.etat, contrat.clos_le = "clos", max(arret, decision)


def _contenu(ctx: Contexte, parcours: Parcours, contrat: Contrat) -> None:
    h = ctx.hasard
    for ordre in range(h.entier(1, 2)):
        objectif, libelle = h.parmi(ctx.monde.objectifs) if ctx.monde.objectifs else (None, h.parmi(noms.OBJECTIFS))
        atteint = h.chance(0.5) if contrat.fin < ctx.au else None
        parcours.lignes.append(
            ObjectifContrat(ctx.ids[ObjectifContrat](), contrat.id, objectif, libelle, ordre, atteint)
        )
    types = {h.tirer(ACTIONS) for _ in range(h.entier(1, 3))}
    if contrat.etat != "brouillon":
        mene = (f"{INTITULES[t]} : y prendre part jusqu’à son terme." for t in sorted(types))
        contrat.engagements_personne = _tableau([noms.ENGAGEMENT_PERSONNE, *mene])
        contrat.engagements_departement = _tableau(noms.ENGAGEMENTS_DEPARTEMENT)
    heures = (contrat.heures_hebdo or 0) // len(types) if contrat.heures_hebdo else None
    for type_action in sorted(types):
        parcours.lignes.append(
            ActionContrat(
                ctx.ids[ActionContrat](), contrat.id, type_action, INTITULES[type_action], heures,
                contrat.debut, contrat.fin,
            )
        )  # fmt: skip
    if contrat.etat != "brouillon" and (ctx.au - contrat.debut).days < RECENT_J:
        _transitions(ctx, parcours, contrat)


def _transitions(ctx: Contexte, parcours: Parcours, contrat: Contrat) -> None:
    signature, fin = contrat.signe_referent_le or contrat.debut, contrat.etat
    etapes = [("brouillon", "signe", max(signature, contrat.signe_personne_le or signature))]
    if fin != "signe":
        etapes.append(("signe", "soumis", min(plus(etapes[0][2], 1), ctx.au)))
    if fin in ("valide", "clos", "refuse"):
        etapes.append(("soumis", "refuse" if fin == "refuse" else "valide", contrat.decide_le or ctx.au))
    if fin == "a_corriger":
        etapes.append(("soumis", "a_corriger", ctx.au))
    if fin == "clos":
        etapes.append(("valide", "clos", contrat.clos_le or ctx.au))
    for de, vers, jour in etapes:
        auteur = contrat.referent_id if de == "brouillon" or vers == "soumis" else ctx.acteur("encadrant")
        commentaire = contrat.motif_decision if vers in ("refuse", "a_corriger") else ""
        instant = datetime.datetime.combine(jour, datetime.time(11, 30))
        parcours.lignes.append(
            TransitionContrat(ctx.ids[TransitionContrat](), contrat.id, de, vers, auteur, instant, commentaire)
        )


def _avenant(ctx: Contexte, menage: Menage, parcours: Parcours, orientation: Orientation, initial: Contrat) -> None:
    """Draw an amendment of a valid contract, from its middle to its end."""
    debut = plus(initial.debut, (initial.fin - initial.debut).days // 2)
    if plus(debut, 15) > ctx.au:
        return
    avenant = Contrat(
        id=ctx.ids[Contrat](),
        personne_id=parcours.personne.id,
        orientation_id=orientation.id,
        nature=initial.nature,
        rang="avenant",
        precedent_id=initial.id,
        structure_id=initial.structure_id,
        referent_id=initial.referent_id,
        debut=debut,
        fin=initial.fin,
        etat="valide",
        heures_hebdo=initial.heures_hebdo,
        revision_le=initial.revision_le,
        foyer_signature=_foyer(menage, debut),
        signe_personne_le=debut,
        signe_referent_le=debut,
        signe_departement_le=plus(debut, 10),
        signataire_departement=SIGNATAIRE,
        decide_le=plus(debut, 10),
    )
    parcours.contrats.append(avenant)
    _contenu(ctx, parcours, avenant)


def _ppae(ctx: Contexte, menage: Menage, parcours: Parcours, orientation: Orientation, jour: datetime.date) -> None:
    """Write the reference of the PPAE signed at Pôle emploi: valid for a year, closed with the orientation."""
    fin = plus(ajouter_mois(jour, 12), -1)
    decision = min(plus(jour, 5), ctx.au)
    arret = orientation.periode.fin
    clos = max(arret, decision) if arret and arret <= fin and arret <= ctx.au else None
    parcours.contrats.append(
        Contrat(
            id=ctx.ids[Contrat](),
            personne_id=parcours.personne.id,
            orientation_id=orientation.id,
            nature="ppae",
            rang="premier",
            precedent_id=None,
            structure_id=orientation.structure_id,
            referent_id=None,
            debut=jour,
            fin=fin,
            etat="clos" if clos else "valide",
            foyer_signature=_foyer(menage, jour),
            signe_personne_le=jour,
            signe_referent_le=jour,
            signe_departement_le=decision,
            decide_le=decision,
            clos_le=clos,
        )
    )
