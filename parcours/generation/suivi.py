"""Orientation, référents, meetings, of one stay in RSA."""

from __future__ import annotations

import datetime
import itertools

from parcours.generation import noms
from parcours.generation import parametres as p

from .contexte import REGIME_B, Contexte
from .evenements import (
    AffectationReferent,
    DemandeReorientation,
    Diagnostic,
    Entretien,
    Jour,
    Orientation,
    Periode,
    ReponseDiagnostic,
)
from .groupes import Episode, Parcours
from .hasard import ouvrable, plus

MODES = {"emploi": "emploi", "socio_pro": "socio_pro", "social": "social"}


def orienter(ctx: Contexte, parcours: Parcours, episode: Episode, *, choisi: bool) -> list[Orientation]:
    """Draw the orientations of a stay, in order: none for who is not subject, or never oriented."""
    h = ctx.hasard
    if not episode.soumis or (not choisi and h.chance(p.JAMAIS_ORIENTEES)):
        return []
    limite = min(episode.fin or plus(ctx.au, 1), plus(ctx.au, 1))
    jour = plus(episode.debut, _delai(ctx, episode.debut))
    if not parcours.orientations and h.chance(p.DEFAUTS["orientation_avant_entree"]):
        jour = plus(episode.debut, -h.entier(3, 30))
    if choisi:
        jour = min(jour, plus(episode.debut, 50))
    age = (episode.debut - parcours.naissance).days / p.JOURS_AN
    organisme = h.tirer(p.ORGANISMES_JEUNES if age < 26 else p.ORGANISMES)
    if choisi:
        organisme = "departement"
    tirees: list[Orientation] = []
    while jour < limite:
        prochaine = plus(jour, 60 + h.attente(p.REORIENTATION_J))
        fin = prochaine if prochaine < limite and not choisi else episode.fin
        tirees.append(_orientation(ctx, parcours, Periode(jour, fin), organisme, deja=len(tirees)))
        if fin != prochaine:
            break
        jour = prochaine
        vers_spe = (organisme in p.SPE) != h.chance(p.PART_CHANGE_COTE)
        organisme = h.tirer(p.VERS_SPE if vers_spe else p.HORS_SPE)
    parcours.orientations += tirees
    if tirees:
        _accueil(ctx, parcours, tirees[0])
        _demandes(ctx, parcours, tirees)
    return tirees


def _delai(ctx: Contexte, entree: Jour) -> int:
    h = ctx.hasard
    if h.chance(p.TRES_TARD):
        return h.entier(300, 900)
    moyenne = p.DELAI_MOYEN_J.get(entree.year, p.DELAI_AVANT_J if entree.year < 2021 else p.DELAI_APRES_J)
    return 4 + h.attente(moyenne)


def _orientation(ctx: Contexte, parcours: Parcours, periode: Periode, organisme: str, *, deja: int) -> Orientation:
    h, jour = ctx.hasard, periode.debut
    cote = "spe" if organisme in p.SPE else "departement" if organisme == "departement" else "autre"
    decide = h.tirer(p.TYPES[cote])
    propose, motif = "", ""
    if h.chance(p.PART_PROPOSITION):
        propose = decide if h.chance(p.PART_PROPOSITION_SUIVIE) else h.parmi([t for t in MODES if t != decide])
        motif = "" if propose == decide else "Choix de la personne, confirmé en entretien."
    mode = MODES[decide]
    if organisme == "autre_hors_spe":
        mode = "delegataire"
    elif decide == "socio_pro" and h.chance(0.3):
        mode = "global"
    elif decide == "emploi" and organisme == "departement":
        mode = "coach"
    origine = "reorientation" if deja else h.parmi(("manuelle", "manuelle", "lot"))
    if jour >= REGIME_B and organisme == "france_travail" and not deja and h.chance(0.3):
        origine = "france_travail"
    return Orientation(
        id=ctx.ids[Orientation](),
        personne_id=parcours.personne.id,
        rang=len(parcours.orientations) + deja + 1,
        periode=periode,
        decidee_le=jour,
        notifiee_le=min(plus(jour, h.entier(2, 12)), ctx.au),
        type_propose=propose,
        type_decide=decide,
        motif_texte=motif,
        organisme=organisme,
        structure_id=ctx.monde.receptrices.de(organisme, ctx.territoire(parcours, jour), h.unite()),
        mode=mode,
        origine=origine,
        decidee_par_id=None if origine == "france_travail" else ctx.acteur("agent_orientation"),
    )


def _accueil(ctx: Contexte, parcours: Parcours, orientation: Orientation) -> None:
    """Write the orientation meeting and the diagnosis that led to it."""
    h, jour = ctx.hasard, ouvrable(orientation.decidee_le)
    if jour < ctx.debut or jour > ctx.au or not h.chance(p.PART_DIAGNOSTIC):
        return
    plateforme = ctx.monde.receptrices.de("plateforme", None, 0)
    agent = ctx.acteur("agent_orientation")
    parcours.entretiens.append(_entretien(ctx, parcours, jour, "orientation", plateforme, agent, "tenu"))
    if ctx.monde.grille is None:
        return
    grille, themes = ctx.monde.grille
    profil = orientation.type_propose or orientation.type_decide
    diagnostic = Diagnostic(
        ctx.ids[Diagnostic](), parcours.personne.id, grille, jour, agent, "",
        datetime.datetime.combine(jour, datetime.time(16)),
    )  # fmt: skip
    parcours.lignes.append(diagnostic)
    parcours.personne.situation_dite_le = jour
    parcours.lignes += [
        ReponseDiagnostic(ctx.ids[ReponseDiagnostic](), diagnostic.id, theme, h.tirer(reponses[profil]))
        for theme, reponses in themes
    ]


def _demandes(ctx: Contexte, parcours: Parcours, tirees: list[Orientation]) -> None:
    """Write the requests: accepted before each reorientation, waiting for a few of the current orientations."""
    h, auteur, motifs = ctx.hasard, ctx.acteur("referent"), ctx.monde.motifs["reorientation"]
    decideur = ctx.acteur("encadrant") or auteur
    if auteur is None or not motifs:
        return
    for avant, apres in itertools.pairwise(tirees):
        demandee = max(plus(apres.decidee_le, -h.entier(5, 40)), avant.decidee_le)
        parcours.lignes.append(
            DemandeReorientation(
                ctx.ids[DemandeReorientation](), parcours.personne.id, avant.id, apres.type_decide, h.parmi(motifs),
                "", demandee, auteur, "acceptee", apres.decidee_le, decideur,
            )
        )  # fmt: skip
    derniere = tirees[-1]
    if derniere.periode.fin is None and h.chance(0.025):
        demandee = max(plus(ctx.au, -h.entier(1, 45)), derniere.decidee_le)
        voulu = h.parmi([t for t in MODES if t != derniere.type_decide])
        parcours.lignes.append(
            DemandeReorientation(
                ctx.ids[DemandeReorientation](), parcours.personne.id, derniere.id, voulu, h.parmi(motifs),
                "", demandee, auteur, "en_attente", None, None,
            )
        )  # fmt: skip


def affecter(ctx: Contexte, parcours: Parcours, orientation: Orientation, *, choisi: bool) -> list[AffectationReferent]:
    """Draw the référents of an orientation: named some days after, sometimes replaced."""
    h = ctx.hasard
    if not choisi and not h.chance(p.PART_REFERENT):
        return []
    fin = orientation.periode.fin
    limite = min(fin or plus(ctx.au, 1), plus(ctx.au, 1))
    jour = plus(orientation.decidee_le, h.entier(0, 12 if choisi else 35))
    tirees = []
    while jour < limite:
        prochain = plus(jour, 90 + h.attente(p.REFERENT_CHANGE_J))
        change = prochain < limite
        borne = prochain if change else fin
        motifs = ctx.monde.motifs["fin_referent"] if borne else []
        compte, nom = _referent(ctx, parcours, orientation, jour, en_cours=borne is None)
        tirees.append(
            AffectationReferent(
                ctx.ids[AffectationReferent](), parcours.personne.id, orientation.structure_id, compte, nom,
                Periode(jour, borne), h.parmi(motifs) if motifs else None,
            )
        )  # fmt: skip
        if not change:
            break
        jour = prochain
    parcours.affectations += tirees
    return tirees


def _referent(
    ctx: Contexte, parcours: Parcours, orientation: Orientation, jour: Jour, *, en_cours: bool
) -> tuple[int | None, str]:
    """Return the account or the name: the demonstration's référente first, in her structure and territory."""
    nadia = ctx.monde.acteurs.get("referent")
    if (
        en_cours
        and nadia
        and ctx.reste_a_nommer > 0
        and orientation.structure_id == nadia.structure
        and ctx.territoire(parcours, ctx.au) == nadia.territoire
    ):
        ctx.reste_a_nommer -= 1
        return nadia.utilisateur, ""
    rang = sum(map(ord, orientation.organisme + (ctx.territoire(parcours, jour) or "")))
    return None, noms.AGENTS[(rang + int(ctx.hasard.unite() * ctx.equipe)) % len(noms.AGENTS)]


def rencontrer(ctx: Contexte, parcours: Parcours, orientation: Orientation, suivis: list[AffectationReferent]) -> None:
    """Draw the meetings of an orientation within the five years; France Travail's are not known here."""
    h = ctx.hasard
    if orientation.organisme == "france_travail" and not h.chance(0.04):
        return
    fin = min(orientation.periode.fin or ctx.au, ctx.au)
    jour = ouvrable(plus(orientation.decidee_le, 2 + h.attente(13)))
    nature = "premier"
    fixe, libre = p.ENTRE_ENTRETIENS_J
    while jour < fin:
        if jour >= ctx.debut:
            agent = next((a.referent_id for a in suivis if a.periode.contient(jour)), None)
            etat = h.tirer(p.ETATS_ENTRETIEN)
            parcours.entretiens.append(_entretien(ctx, parcours, jour, nature, orientation.structure_id, agent, etat))
        nature = "bilan" if h.chance(0.08) else "suivi"
        jour = ouvrable(plus(jour, fixe + h.attente(libre)))
    if orientation.periode.fin is None and suivis and h.chance(p.PART_PROCHAIN_RDV):
        jour = ouvrable(plus(ctx.au, h.entier(1, 45)))
        agent = suivis[-1].referent_id
        parcours.entretiens.append(_entretien(ctx, parcours, jour, nature, orientation.structure_id, agent, "prevu"))


def _entretien(
    ctx: Contexte, parcours: Parcours, jour: Jour, nature: str, structure: int, agent: int | None, etat: str
) -> Entretien:
    h = ctx.hasard
    tenu = etat == "tenu"
    if tenu and jour <= ctx.au:
        dernier = parcours.personne.dernier_contact
        parcours.personne.dernier_contact = max(dernier, jour) if dernier else jour
    return Entretien(
        id=ctx.ids[Entretien](),
        personne_id=parcours.personne.id,
        nature=nature,
        debut=datetime.datetime.combine(jour, datetime.time(h.entier(9, 16), h.parmi((0, 15, 30, 45)))),
        duree_min=h.parmi((30, 45, 45, 60)),
        structure_id=structure,
        agent_id=agent,
        etat=etat,
        resume=h.parmi(noms.RESUMES) if tenu else "",
        prochaines_etapes=h.parmi(noms.ETAPES) if tenu and h.chance(0.6) else "",
        motif=h.parmi(("Empêchement", "Rendez-vous médical", "Transport")) if etat in ("excuse", "annule") else "",
    )
