"""Progress, accounts of the pilotes and funding of the demonstration."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from actions.models import (
    Etape,
    EtatEtape,
    FicheAction,
    Financement,
    Priorite,
    Programme,
    RoleFiche,
    StatutFiche,
    TypeRole,
)
from pdi.comptes.models import Role, Utilisateur
from pdi.structures.models import Structure

from .source import Calendrier, Recit, empreinte

ECHU = "Programme échu : situation décrite par le document, l’issue de l’action n’y figure pas."
CENT = Decimal(100)


def attribuer_pilotes(*, programme: Programme, comptes: Mapping[str, Utilisateur]) -> dict[int, Utilisateur]:
    """Give each pilote role to the demonstration account of its service; return {fiche id: account}."""
    par_structure: dict[int, Utilisateur] = {}
    for compte in comptes.values():
        for habilitation in compte.habilitations.all():
            if habilitation.role == Role.PILOTE and habilitation.structure_id:
                par_structure[habilitation.structure_id] = compte
    roles = list(
        RoleFiche.objects.filter(
            fiche__programme=programme,
            type=TypeRole.PILOTE,
            structure__in=par_structure,
        )
    )
    a_ecrire = [r for r in roles if r.utilisateur_id is None]
    for role in a_ecrire:
        role.utilisateur = par_structure[role.structure_id]
    RoleFiche.objects.bulk_update(a_ecrire, ["utilisateur"])
    return {r.fiche_id: par_structure[r.structure_id] for r in roles}


def charger_avancement(*, recit: Recit, calendrier: Calendrier) -> int:
    """Tell how far each fiche went; one that somebody has followed since is left alone. Returns how many moved."""
    fiches = [
        f
        for f in FicheAction.objects.filter(programme=calendrier.programme).prefetch_related("etapes")
        if f.statut == StatutFiche.A_VENIR and f.version == 1 and f.numero in recit.fiches
    ]
    etapes: list[Etape] = []
    for fiche in fiches:
        dit = recit.fiches[fiche.numero]
        fiche.statut = StatutFiche(dit["statut"])
        fiche.statut_motif = dit["statut_motif"]
        fiche.priorite = Priorite.HAUTE if fiche.numero in {"2.1", "3.2"} else Priorite.NORMALE
        for rang, etape in enumerate(fiche.etapes.all()):
            _avancer(etape, dit["avancements"][rang], fiche, calendrier)
            etapes.append(etape)
    FicheAction.objects.bulk_update(fiches, ["statut", "statut_motif", "priorite"])
    Etape.objects.bulk_update(etapes, ["etat", "avancement", "debut", "echeance", "realisee_le"])
    return len(fiches)


def _avancer(etape: Etape, avancement: int, fiche: FicheAction, calendrier: Calendrier) -> None:
    """Set the progress of a step and plausible dates around today."""
    etape.avancement = avancement
    etape.debut = datetime.date(
        calendrier.programme.annee_debut, 3 + 3 * empreinte(fiche.numero, etape.ordre, parmi=3), 1
    )
    etape.echeance = datetime.date(calendrier.programme.annee_fin, 12, 31)
    if avancement == 100:
        derniere = calendrier.courante - 1
        faite = min(derniere, max(etape.debut.year + 1, derniere - empreinte(fiche.numero, etape.ordre, "an", parmi=3)))
        etape.etat = EtatEtape.REALISEE
        etape.echeance = datetime.date(faite, 12, 31)
        etape.realisee_le = datetime.date(faite, 2 + empreinte(fiche.numero, "fait", parmi=10), 15)
    elif avancement:
        etape.etat = EtatEtape.EN_COURS
        if fiche.statut == StatutFiche.EN_RETARD and etape.ordre == 1:
            etape.echeance = datetime.date(calendrier.courante - 1, 12, 31)


def charger_financements(*, recit: Recit, calendrier: Calendrier) -> int:
    """Insert the missing yearly funding (fictitious); return the number of rows told."""
    fiches = dict(FicheAction.objects.filter(programme=calendrier.programme).values_list("numero", "id"))
    structures = {
        s.nom: s.pk
        for s in Structure.objects.filter(nom__in={f["financeur"] for f in recit.financements}).order_by("-departement")
    }
    lignes = []
    for dit in recit.financements:
        for annee in calendrier.programme.annees:
            prevu = recit.lire(dit, "prevus", annee)
            if prevu is None:
                continue
            lignes.append(
                Financement(
                    fiche_id=fiches[dit["fiche"]],
                    financeur_id=structures[dit["financeur"]],
                    annee=annee,
                    prevu=Decimal(prevu),
                    realise=_realise(dit["fiche"], dit["financeur"], annee, Decimal(prevu), calendrier),
                    commentaire="Montant fictif de démonstration.",
                    demonstration=True,
                )
            )
    Financement.objects.bulk_create(lignes, ignore_conflicts=True)
    return len(lignes)


def _realise(fiche: str, financeur: str, annee: int, prevu: Decimal, calendrier: Calendrier) -> Decimal | None:
    """Return 84 to 103 % of the plan for a past year, its elapsed part for the current one, None for the next."""
    part = Decimal(84 + empreinte(fiche, financeur, annee, parmi=20)) / CENT
    if annee > calendrier.courante:
        return None
    if annee == calendrier.courante:
        part *= calendrier.part_ecoulee
        if not part:
            return None
    return (prevu * part / CENT).quantize(Decimal(1)) * CENT


def statuer_programmes_echus(*, codes: set[str]) -> int:
    """Give the fiches of lapsed programmes a status that does not say more than their document."""
    a_venir = FicheAction.objects.filter(programme__code__in=codes, statut=StatutFiche.A_VENIR, version=1)
    return a_venir.update(statut=StatutFiche.EN_COURS, statut_motif=ECHU)
