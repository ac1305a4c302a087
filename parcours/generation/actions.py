"""Prescriptions, aids, exits and follow-ups of one person."""

from __future__ import annotations

import datetime
from decimal import Decimal

from parcours.generation import noms
from parcours.generation import parametres as p

from .contexte import Contexte
from .evenements import (
    AttributionAide,
    Jour,
    Orientation,
    PalierInsertion,
    Prescription,
    Sortie,
    SuiviPostSortie,
    TransitionPrescription,
)
from .groupes import Episode, Parcours
from .hasard import ajouter_mois, plus
from .monde import OffreLue, TypeSortieLu

RECENT_J = 240
SANS_REPONSE_J = 150  # then the prescriber gives up waiting for the operator
MOTIVATIONS = (
    "Consolider le projet et reprendre un rythme.",
    "Lever le frein de mobilité avant la recherche d’emploi.",
    "Confirmer le métier visé par une mise en situation.",
)


def prescrire(ctx: Contexte, parcours: Parcours, episode: Episode, orientations: list[Orientation]) -> None:
    """Draw the prescriptions of a stay, from the first orientation on."""
    h = ctx.hasard
    premiere = orientations[0]
    fin = min(episode.fin or ctx.au, ctx.au)
    jour = plus(max(premiere.decidee_le, ctx.debut), 10 + h.attente(p.ENTRE_PRESCRIPTIONS_J))
    while jour < fin:
        structure = next((o.structure_id for o in orientations if o.periode.contient(jour)), premiere.structure_id)
        parcours.prescriptions.append(_prescription(ctx, parcours, jour, structure))
        jour = plus(jour, 30 + h.attente(p.ENTRE_PRESCRIPTIONS_J))


def _offre(ctx: Contexte, parcours: Parcours, jour: Jour, origine: str) -> OffreLue | None:
    """Return an offer open to that age and origin, most of the time; None: a free action."""
    h = ctx.hasard
    if not ctx.monde.offres or h.chance(0.04):
        return None
    age = int((jour - parcours.naissance).days / p.JOURS_AN)
    for _ in range(6):
        offre = h.parmi(ctx.monde.offres)
        if offre.age_min <= age <= offre.age_max and origine in offre.origines:
            return offre
    return None


def _prescription(ctx: Contexte, parcours: Parcours, jour: Jour, structure: int) -> Prescription:
    h, au = ctx.hasard, ctx.au
    origine = h.tirer(p.ORIGINES)
    offre = _offre(ctx, parcours, jour, origine)
    operateur = h.parmi(offre.operateurs) if offre and offre.operateurs else None
    prestataire = ctx.monde.acteurs.get("prestataire")
    if prestataire and offre and (operateur is None or (h.chance(0.03) and prestataire.structure in offre.operateurs)):
        operateur = prestataire.structure
    prescripteur = {"referent": ctx.acteur("referent"), "plateforme": ctx.acteur("agent_orientation")}.get(origine)
    suivi = next((a for a in parcours.affectations if a.periode.contient(jour)), None)
    if origine == "referent":
        prescripteur = suivi.referent_id if suivi else None
    une = Prescription(
        id=ctx.ids[Prescription](),
        personne_id=parcours.personne.id,
        offre_id=offre.id if offre else None,
        action_libre="" if offre else h.parmi(noms.ACTIONS_LIBRES),
        operateur_id=operateur,
        origine=origine,
        prescripteur_id=prescripteur,
        structure_prescriptrice_id=structure if origine in ("referent", "plateforme") else None,
        motivation=h.parmi(MOTIVATIONS),
        renseignee_le=jour,
    )
    _derouler(ctx, parcours, une, offre.duree_j if offre else 90)
    if (au - jour).days < RECENT_J:
        _transitions(ctx, parcours, une)
    return une


def _derouler(ctx: Contexte, parcours: Parcours, une: Prescription, duree: int) -> None:
    """Carry the life cycle as far as the last day allows."""
    h, au = ctx.hasard, ctx.au
    issue = h.tirer(p.ISSUES_PRESCRIPTION)
    signee = plus(une.renseignee_le, h.entier(0, 4))
    transmise, reponse = plus(signee, h.entier(0, 5)), plus(signee, h.entier(7, 32))
    entree = plus(reponse, h.entier(2, 40))
    fin = plus(entree, max(1, int(duree * (0.3 if issue == "abandonnee" else 0.7 + 0.6 * h.unite()))))
    if issue == "annulee" and reponse <= au:
        une.etat, une.annulee_le, une.motif_annulation = "annulee", reponse, "Changement de situation"
        return
    if signee > au:
        return
    une.etat, une.signee_le = "signee", signee
    if transmise > au:
        return
    une.etat, une.transmise_le = "transmise", transmise
    if reponse > au or issue == "transmise":
        if (au - transmise).days > SANS_REPONSE_J:
            une.etat, une.annulee_le = "annulee", plus(transmise, SANS_REPONSE_J)
            une.motif_annulation = "L’opérateur n’a pas répondu"
        return
    refus = ctx.monde.motifs["refus_prescription"]
    une.repondue_le = reponse
    if issue == "refusee" and refus:
        une.etat, une.motif_refus_id = "refusee", h.parmi(refus)
        une.presentation = h.parmi(("oui", "excuse"))
        return
    une.etat, une.presentation = "retenue", "oui"
    if issue == "absente":
        if entree <= au:
            une.etat, une.presentation, une.fin_le = "abandonnee", "non", entree
        return
    if entree > au:
        return
    une.etat, une.entree_le = "en_action", entree
    palier = PalierInsertion(ctx.ids[PalierInsertion](), une.id, h.entier(1, 4), None)
    parcours.lignes.append(palier)
    if fin > au:
        return
    abandon = issue == "abandonnee"
    une.etat, une.fin_le = ("abandonnee" if abandon else "achevee"), fin
    palier.apres = palier.avant if abandon else min(5, palier.avant + h.entier(0, 2))
    if not abandon:
        une.resultat = ("non_atteint", "partiel", "atteint")[min(palier.apres - palier.avant, 2)]
    categorie = h.tirer(p.SORTIES_ABANDON if abandon else p.SORTIES_ACTION)
    _sortie(ctx, parcours, "action", ctx.monde.type_sortie(categorie, fin, h.unite()), fin, prescription=une.id)


def _transitions(ctx: Contexte, parcours: Parcours, une: Prescription) -> None:
    etapes = [("renseignee", "signee", une.signee_le), ("signee", "transmise", une.transmise_le)]
    if une.repondue_le:
        etapes.append(("transmise", "refusee" if une.etat == "refusee" else "retenue", une.repondue_le))
    etapes.append(("retenue", "en_action", une.entree_le))
    if une.fin_le:
        etapes.append(("en_action" if une.entree_le else "retenue", une.etat, une.fin_le))
    if une.annulee_le:
        etapes.append(("transmise" if une.transmise_le else "renseignee", "annulee", une.annulee_le))
    for de, vers, jour in etapes:
        if jour:
            instant = datetime.datetime.combine(jour, datetime.time(14, 15))
            parcours.lignes.append(
                TransitionPrescription(
                    ctx.ids[TransitionPrescription](), une.id, de, vers, une.prescripteur_id, instant, ""
                )
            )


def aider(ctx: Contexte, parcours: Parcours, episode: Episode, orientations: list[Orientation]) -> None:
    """Draw the aids of a stay: small amounts, far from the ceilings."""
    h = ctx.hasard
    jour = plus(max(orientations[0].decidee_le, ctx.debut), h.attente(p.ENTRE_AIDES_J))
    fin = min(episode.fin or ctx.au, ctx.au)
    while jour < fin:
        age = int((jour - parcours.naissance).days / p.JOURS_AN)
        ouverts = [r for r in ctx.monde.reglements if r[2].contient(jour) and ("fdaj" in r[1]) == (18 <= age <= 25)]
        if not any(c.etat == "valide" and c.debut <= jour <= c.fin for c in parcours.contrats):
            ouverts = [r for r in ouverts if "pack" not in r[1]]  # the Pack sortie asks for a valid contract
        if ouverts:
            parcours.aides.append(_aide(ctx, parcours, jour, h.parmi(ouverts)))
        jour = plus(jour, 60 + h.attente(p.ENTRE_AIDES_J))


def _aide(
    ctx: Contexte, parcours: Parcours, jour: Jour, reglement: tuple[int, str, object, tuple[str, ...]]
) -> AttributionAide:
    h, au = ctx.hasard, ctx.au
    composantes = reglement[3]
    aide = AttributionAide(
        id=ctx.ids[AttributionAide](),
        personne_id=parcours.personne.id,
        reglement_id=reglement[0],
        composante=h.parmi(composantes) if composantes else "",
        objet=h.parmi(noms.OBJETS_AIDE),
        montant=Decimal(h.entier(400, 1500)) / 10,
        demandee_le=jour,
        etat="demandee",
        reprise_activite_le=plus(jour, -h.entier(1, 25)) if "pack" in reglement[1] else None,
    )
    etat, decidee = h.tirer(p.ETATS_AIDE), plus(jour, h.entier(1, 20))
    if decidee > au or etat == "demandee":
        return aide
    aide.etat, aide.decidee_le = ("accordee" if etat == "versee" else etat), decidee
    versee = plus(decidee, h.entier(3, 30))
    if etat == "refusee":
        aide.motif_refus = "Le plafond de l’année est atteint."
    elif etat == "versee" and versee <= au:
        aide.etat, aide.versee_le = "versee", versee
    return aide


def sortir(ctx: Contexte, parcours: Parcours, episode: Episode, orientations: list[Orientation]) -> None:
    """Write what the end of a stay brings: exit from RSA, end of accompaniment, follow-ups after a job."""
    h, fin = ctx.hasard, episode.fin
    if fin is None or fin > ctx.au or fin < ctx.debut:
        return
    type_sortie = ctx.monde.type_sortie(h.tirer(p.SORTIES_ACCOMPAGNEMENT), fin, h.unite())
    if type_sortie.code.startswith("deces") and fin == parcours.episodes[-1].fin:
        parcours.personne.deces_le = fin
    if h.chance(0.9):
        _sortie(ctx, parcours, "rsa", type_sortie, fin, dossier=episode.dossier_id)
    suivi = next((a for a in parcours.affectations if a.periode.fin == fin), None) if orientations else None
    if suivi is None or not h.chance(p.PART_SORTIE_DECLAREE):
        return
    sortie = _sortie(ctx, parcours, "accompagnement", type_sortie, fin, dossier=episode.dossier_id)
    sortie.motif_id = ctx.monde.motif_fin(type_sortie)
    sortie.referent_id, sortie.structure_id = suivi.referent_id, suivi.structure_id
    if type_sortie.emploi:
        _suivre(ctx, parcours, sortie)


def _sortie(
    ctx: Contexte,
    parcours: Parcours,
    nature: str,
    type_sortie: TypeSortieLu,
    jour: Jour,
    *,
    prescription: int | None = None,
    dossier: int | None = None,
) -> Sortie:
    sortie = Sortie(
        id=ctx.ids[Sortie](),
        personne_id=parcours.personne.id,
        nature=nature,
        type_id=type_sortie.id,
        date=jour,
        prescription_id=prescription,
        dossier_id=dossier,
        motif_id=None,
        referent_id=None,
        structure_id=None,
        employeur=ctx.hasard.parmi(noms.EMPLOYEURS) if type_sortie.emploi else "",
    )
    parcours.sorties.append(sortie)
    return sortie


def _suivre(ctx: Contexte, parcours: Parcours, sortie: Sortie) -> None:
    """Plan the four follow-ups; those due may be answered, or the person not reached."""
    h = ctx.hasard
    for mois, (reponse, emploi) in p.SUIVIS.items():
        suivi = SuiviPostSortie(ctx.ids[SuiviPostSortie](), sortie.id, mois, ajouter_mois(sortie.date, mois), "", None)
        parcours.suivis.append(suivi)
        recueilli = plus(suivi.du_le, h.entier(0, 25))
        if recueilli > ctx.au:
            continue
        if h.chance(reponse):
            situation = "emploi" if h.chance(emploi) else h.parmi(("sans_emploi", "sans_emploi", "formation", "autre"))
            suivi.situation, suivi.recueilli_le = situation, recueilli
        elif h.chance(0.5):
            suivi.situation, suivi.recueilli_le = "injoignable", recueilli
