"""Households: people, addresses, files month by month, rights and duties."""

from __future__ import annotations

import datetime
from decimal import Decimal

from parcours.generation import noms
from parcours.generation import parametres as p
from parcours.regles.identite import texte_recherche

from .contexte import Contexte
from .enfants import grandir
from .evenements import (
    Adresse,
    DossierRSA,
    EtatMensuel,
    Foyer,
    MembreFoyer,
    Periode,
    Personne,
    SituationDroitsDevoirs,
)
from .groupes import Episode, Menage, Parcours
from .hasard import ajouter_mois, mois_entre, plus

SUSPENDUS = ("3", "4")


def tirer_menage(ctx: Contexte, places: int) -> Menage:
    """Draw a household of at most `places` people (duplicates of them included), with its files."""
    h = ctx.hasard
    choisi = ctx.menages_choisis > 0
    ctx.menages_choisis -= choisi
    couple = h.chance(p.PART_COUPLE)
    deux = couple and h.chance(p.PART_CONJOINT_SUIVI) and places >= 2
    sejours = _sejours(ctx, ouvert=choisi)
    debut = sejours[0].debut
    situation = h.tirer(p.SITUATIONS_COUPLE if couple else p.SITUATIONS_SEUL)
    enfants = h.tirer(p.ENFANTS_COUPLE if couple else p.ENFANTS_SEUL)
    menage = Menage(Foyer(ctx.ids[Foyer](), debut), situation, enfants)
    if h.chance(p.DEFAUTS["famille_inconnue"]):
        menage.situation, menage.enfants = "", None
    menage.lignes.append(menage.foyer)
    isole_le = _naissance_isolee(ctx, menage, debut, couple=couple)
    territoire = ctx.monde.acteurs["referent"].territoire if choisi else None
    tranche = h.tirer(p.AGES_ENTREE)
    adresses = _adresses(ctx, debut, territoire)
    for rang in range(2 if deux else 1):
        personne, naissance = _personne(ctx, debut, tranche, couple=couple, enfants=enfants, rang=rang)
        parcours = Parcours(personne, naissance)
        parcours.adresses = [
            Adresse(ctx.ids[Adresse](), personne.id, ligne, postal, commune, domiciliee, periode)
            for ligne, postal, commune, domiciliee, periode in adresses
        ]
        membre = MembreFoyer(
            ctx.ids[MembreFoyer](), menage.foyer.id, personne.id, "CJT" if rang else "DEM", Periode(debut, None)
        )
        parcours.lignes.append(membre)
        menage.membres.append(parcours)
    grandir(ctx, menage, debut, isole_le, couple=couple, ages_connus=choisi)
    for sejour in sejours:
        _dossier(ctx, menage, sejour)
    return menage


def _sejours(ctx: Contexte, *, ouvert: bool) -> list[Periode]:
    """Return the stays of the household in RSA, in order, apart by two months at least."""
    h, au = ctx.hasard, ctx.au
    if ouvert:
        return [Periode(_debut_de_mois(ctx, plus(au, -h.entier(60, 1500))), None)]
    if h.chance(p.PART_STOCK):
        debut = plus(ctx.debut, -min(h.attente(p.ANCIENNETE_STOCK_J), 15 * 365))
        fin = plus(ctx.debut, 40 + h.attente(p.SEJOUR_STOCK_J))
    else:
        debut = plus(ctx.debut, int(h.unite() * (au - ctx.debut).days))
        moyenne = p.SEJOUR_COURT_J if h.chance(p.PART_SEJOUR_COURT) else p.SEJOUR_LONG_J
        fin = plus(debut, 62 + h.attente(moyenne))
    debut = _debut_de_mois(ctx, debut)
    sejours: list[Periode] = []
    while True:
        fin = fin.replace(day=1)
        if fin > au:
            return [*sejours, Periode(debut, None)]
        sejours.append(Periode(debut, fin))
        if not h.chance(p.PART_RETOUR):
            return sejours
        debut = _debut_de_mois(ctx, plus(fin, 62 + h.attente(240)))
        if debut > au:
            return sejours
        fin = plus(debut, 62 + h.attente(p.SEJOUR_COURT_J if h.chance(0.5) else p.SEJOUR_LONG_J))


def _debut_de_mois(ctx: Contexte, jour: datetime.date) -> datetime.date:
    """Return the first of the month, as most rights open; one in six opens on the day itself."""
    return jour if ctx.hasard.chance(1 / 6) else jour.replace(day=1)


def _naissance_isolee(ctx: Contexte, menage: Menage, debut: datetime.date, *, couple: bool) -> datetime.date | None:
    """Return the day a few of those who live alone become the lone parent of a child."""
    naissance = plus(max(debut, ctx.debut), 200 + ctx.hasard.entier(0, 1200))
    isolee = menage.enfants is not None and not couple and ctx.hasard.chance(0.04) and naissance <= ctx.au
    return naissance if isolee else None


def _adresses(
    ctx: Contexte, debut: datetime.date, territoire: str | None
) -> list[tuple[str, str, str | None, bool, Periode]]:
    """Return the household's addresses: moves inside the département, mostly inside the territory."""
    h, monde = ctx.hasard, ctx.monde
    depuis = plus(debut, -h.entier(0, 2500))
    adresses: list[tuple[str, str, str | None, bool, Periode]] = []
    while True:
        locale = monde.par_territoire.get(territoire or "")
        commune = h.tirer(locale or monde.tirage_communes)
        prochain = plus(max(depuis, ctx.debut), 30 + h.attente(365 / p.DEMENAGEMENTS_PAR_AN))
        fin = prochain if prochain <= ctx.au and not ctx.menages_choisis else None
        ligne = f"{h.entier(1, 180)} {h.parmi(noms.VOIES)}"
        lue = monde.communes[commune]
        connue = None if not adresses and h.chance(p.DEFAUTS["commune_inconnue"]) else commune
        adresses.append((ligne, lue.code_postal, connue, h.chance(0.04), Periode(depuis, fin)))
        if fin is None:
            return adresses
        depuis = fin
        territoire = lue.territoire_au(fin) if h.chance(0.6) else None


def _personne(
    ctx: Contexte, debut: datetime.date, tranche: tuple[int, int], *, couple: bool, enfants: int, rang: int
) -> tuple[Personne, datetime.date]:
    """Draw an identity. `rang` 1: the spouse, near in age and of the other sex most of the time."""
    h = ctx.hasard
    seul_avec_enfants = enfants > 0 and not couple
    femme = h.chance(0.93 if seul_avec_enfants else (0.12 if rang else 0.62) if couple else 0.42)
    age = h.entier(*tranche)
    naissance = plus(debut, -int(age * 365.25) - h.entier(1, 364))
    nom = _nom(ctx)
    usage = _nom(ctx) if femme and couple and h.chance(0.6) else ""
    prenoms = h.parmi(noms.FEMMES if femme else noms.HOMMES)
    if h.chance(0.08):
        prenoms = h.parmi(noms.COMPOSES_F if femme else noms.COMPOSES_H)
    if h.chance(0.15):
        prenoms += f" {h.parmi(noms.FEMMES if femme else noms.HOMMES)}"
    identifiant = ctx.ids[Personne]()
    connue = None if h.chance(p.DEFAUTS["naissance_inconnue"]) else naissance
    mobile = f"06 00 {h.entier(0, 99):02d} {h.entier(0, 99):02d} {h.entier(0, 99):02d}" if h.chance(0.82) else ""
    personne = Personne(
        id=identifiant,
        nom_naissance=nom,
        nom_usage=usage,
        prenoms=prenoms,
        date_naissance=connue,
        lieu_naissance=h.parmi(noms.LIEUX),
        sexe="" if h.chance(p.DEFAUTS["sexe_inconnu"]) else "F" if femme else "H",
        telephone=mobile,
        courriel=f"personne{identifiant}@fictif.example" if h.chance(0.55) else "",
        canal=h.tirer(p.CANAUX),
        niveau_formation="" if h.chance(p.DEFAUTS["formation_inconnue"]) else h.tirer(p.FORMATIONS),
        inscrit_france_travail=h.chance(0.42),
        recherche=texte_recherche(nom, usage, prenoms, connue),
    )
    return personne, naissance


def _nom(ctx: Contexte) -> str:
    h = ctx.hasard
    nom = h.parmi(noms.NOMS)
    tirage = h.unite()
    if tirage < 0.10:
        return f"{nom}-{h.parmi(noms.SECONDS)}"
    if tirage < 0.18:
        return f"{h.parmi(noms.PARTICULES)}{nom}"
    return nom


def _dossier(ctx: Contexte, menage: Menage, sejour: Periode) -> None:
    """Write a file: its states month by month (in the five years only), and each member's rights and duties."""
    h = ctx.hasard
    identifiant = ctx.ids[DossierRSA]()
    payeur = "msa" if h.chance(p.PART_MSA) else "caf"
    menage.lignes.append(
        DossierRSA(
            id=identifiant,
            numero=f"9{identifiant:010d}",
            matricule=f"{menage.foyer.id:015d}",
            foyer_id=menage.foyer.id,
            organisme_payeur_id=ctx.monde.receptrices.de(payeur, None, 0),
            demande_le=sejour.debut,
            ouvert_le=sejour.debut,
            clos_le=sejour.fin,
            motif_cloture=h.parmi(("01", "02", "05")) if sejour.fin else "",
        )
    )
    _etats(ctx, menage, identifiant, sejour)
    for rang, parcours in enumerate(menage.membres):
        soumis = h.chance(p.PART_CONJOINT_SOUMIS) if rang else not h.chance(p.PART_NON_SOUMIS)
        _droits(ctx, parcours, identifiant, sejour, soumis=soumis)


def _etats(ctx: Contexte, menage: Menage, dossier: int, sejour: Periode) -> None:
    h, suivant = ctx.hasard, ctx.ids[EtatMensuel]
    dernier = min(ajouter_mois(sejour.fin, 1), ctx.au) if sejour.fin else ctx.au
    nature = "RSI" if menage.situation in ("ISO", "CEL") and menage.enfants and h.chance(0.3) else "RSD"
    if h.chance(0.002):
        nature = "RSJ"
    menage.natures[dossier] = nature
    foyer = 1.5 if menage.situation in ("MAR", "VIM", "PAC") else 1.0
    part = (foyer + 0.3 * (menage.enfants or 0)) * (0.5 + 0.5 * h.unite())
    suspendu, etat_suspendu = 0, "4"
    for mois in mois_entre(max(sejour.debut, ctx.debut), dernier):
        if sejour.fin and mois >= sejour.fin.replace(day=1):
            etat, montant = ("5" if mois == sejour.fin.replace(day=1) else "6"), None
        elif suspendu:
            suspendu -= 1
            etat, montant = etat_suspendu, None
        else:
            montant = Decimal(int(part * p.MONTANTS.get(mois.year, 65100))) / 100
            etat = "2"
            if h.chance(p.SUSPENSIONS_PAR_AN / 12):
                suspendu, etat_suspendu = h.entier(1, 3), h.parmi(SUSPENDUS)
        if h.chance(p.DEFAUTS["mois_absent"]):
            continue
        menage.etats[dossier, mois] = etat
        motif = "1" if etat in SUSPENDUS else ""
        menage.lignes.append(EtatMensuel(suivant(), dossier, mois, etat, nature, montant, motif))


def _droits(ctx: Contexte, parcours: Parcours, dossier: int, sejour: Periode, *, soumis: bool) -> None:
    """Write the periods of rights and duties of a stay: one, or three when a job interrupts them."""
    h = ctx.hasard
    periodes = [(sejour, soumis)]
    coupe = plus(sejour.debut, 150 + h.attente(500))
    reprise = plus(coupe, 90 + h.entier(0, 150))
    if soumis and h.chance(p.PART_INTERRUPTION) and reprise < (sejour.fin or ctx.au):
        periodes = [
            (Periode(sejour.debut, coupe), True),
            (Periode(coupe, reprise), False),
            (Periode(reprise, sejour.fin), True),
        ]
    for periode, vrai in periodes:
        recu: bool | None = vrai
        if h.chance(p.DEFAUTS["recu_absent"]):
            recu = None
        elif h.chance(p.DEFAUTS["recu_contredit"]):
            recu = not vrai
        parcours.droits.append(
            SituationDroitsDevoirs(
                ctx.ids[SituationDroitsDevoirs](), parcours.personne.id, dossier, periode, recu, vrai
            )
        )
    parcours.episodes.append(Episode(dossier, sejour.debut, sejour.fin, soumis))
