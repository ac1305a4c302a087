"""Where a campaign stands: who writes each bilan, what is late, how far each one is. Reads only, by sets."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.composants import Affichage
from pdi.structures.models import Structure

from .figures import Decompte
from .models import Bilan, Campagne, ChiffreBilan, EtatBilan, FicheAction, Indicateur, RoleFiche, TypeRole
from .regles import bilans as regles
from .regles.indicateurs import juger

A_ECRIRE = (EtatBilan.A_RENSEIGNER, EtatBilan.A_CORRIGER)


def _lignee(structure: Structure) -> list[int]:
    """Return the structure, its parent and its grandparent: a pilote of a direction answers for its services."""
    parent = structure.parent
    ids = [structure.pk, structure.parent_id, parent.parent_id if parent else None]
    return [pk for pk in ids if pk is not None]


def pilotes_par_fiche(fiches: Iterable[int]) -> dict[int, list[Utilisateur]]:
    """Return {fiche id: accounts that write its bilan}, in two queries; a fiche nobody can write is absent.

    The account named by the role when there is one, else the pilotes habilitated for its structure or for one
    above: the same rule as `FicheQuerySet.pilotees_par`.
    """
    roles = list(
        RoleFiche.objects.filter(fiche__in=list(fiches), type__in=[TypeRole.PILOTE, TypeRole.COPILOTE])
        .select_related("utilisateur", "structure__parent")
        .order_by("fiche_id", "-type", "ordre", "id")  # « pilote » before « copilote »
    )
    lignees = {role.pk: _lignee(role.structure) for role in roles if role.utilisateur_id is None}
    par_structure: dict[int, list[Utilisateur]] = defaultdict(list)
    habilitations = (
        Habilitation.objects.au(timezone.localdate())
        .filter(role=Role.PILOTE, structure__in={pk for ids in lignees.values() for pk in ids})
        .filter(utilisateur__is_active=True)
        .select_related("utilisateur")
        .order_by("utilisateur__nom", "utilisateur__prenom", "utilisateur_id")
    )
    for habilitation in habilitations if lignees else ():
        if habilitation.structure_id is not None:
            par_structure[habilitation.structure_id].append(habilitation.utilisateur)
    resultat: dict[int, dict[int, Utilisateur]] = defaultdict(dict)
    for role in roles:
        if role.utilisateur is not None:
            if role.utilisateur.is_active:
                resultat[role.fiche_id].setdefault(role.utilisateur.pk, role.utilisateur)
            continue
        for structure in lignees[role.pk]:
            for utilisateur in par_structure[structure]:
                resultat[role.fiche_id].setdefault(utilisateur.pk, utilisateur)
    return {fiche: list(trouves.values()) for fiche, trouves in resultat.items()}


def services_par_fiche(fiches: Iterable[int]) -> dict[int, str]:
    """Return {fiche id: « DIE – SAARSA »}: the pilote structures as printed in lists, in one query."""
    noms: dict[int, list[str]] = defaultdict(list)
    roles = (
        RoleFiche.objects.filter(fiche__in=list(fiches), type=TypeRole.PILOTE)
        .select_related("structure__parent")
        .order_by("fiche_id", "ordre", "id")
    )
    for role in roles:
        structure = role.structure
        nom = f"{structure.parent.nom_court} – {structure.nom_court}" if structure.parent else structure.nom_court
        if nom not in noms[role.fiche_id]:
            noms[role.fiche_id].append(nom)
    return {fiche: ", ".join(liste) for fiche, liste in noms.items()}


def decomptes_geles(bilans: Iterable[int]) -> dict[int, Decompte]:
    """Return {bilan id: how many frozen figures are filled in, have a target, reach it}, in one query."""
    comptes: dict[int, Counter[str]] = defaultdict(Counter)
    chiffres = ChiffreBilan.objects.filter(bilan__in=list(bilans)).values_list(
        "bilan_id", "valeur", "texte", "cible", "indicateur__sens"
    )
    for bilan_id, valeur, texte, cible, sens in chiffres:
        compte = comptes[bilan_id]
        compte["total"] += 1
        compte["renseignes"] += valeur is not None or bool(texte)
        compte["avec_cible"] += cible is not None
        compte["atteintes"] += juger(valeur, cible, sens)[1] is True
    return {pk: Decompte(**dict(compte)) for pk, compte in comptes.items()}


@dataclass(frozen=True)
class RangBilan:
    """One line of the board of a campaign. `lisible`: the reader may open the bilan."""

    bilan: Bilan
    service: str
    pilotes: list[Utilisateur]
    decompte: Decompte
    relance_le: datetime.date | None
    lisible: bool
    jours_de_retard: int

    @property
    def phase(self) -> str:
        """Return the phase: the state, « à renseigner » cut in two by the first save."""
        return regles.phase(self.bilan.etat, commence=self.bilan.modifie_le is not None)

    @property
    def affichage(self) -> Affichage:
        """Return how the state is shown."""
        return regles.PHASES[self.phase]

    @property
    def depuis(self) -> datetime.datetime | None:
        """Return when the bilan came into its state."""
        bilan = self.bilan
        return {
            EtatBilan.SOUMIS: bilan.soumis_le,
            EtatBilan.A_CORRIGER: bilan.renvoye_le,
            EtatBilan.VALIDE: bilan.valide_le,
        }.get(EtatBilan(bilan.etat), bilan.modifie_le)

    @property
    def qui(self) -> str:
        """Return the pilotes' names, else the service."""
        return ", ".join(str(p) for p in self.pilotes) or self.service


@dataclass(frozen=True)
class Avancement:
    """The counts of a campaign by phase."""

    par_phase: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return the number of bilans."""
        return sum(self.par_phase.values())

    @property
    def valides(self) -> int:
        """Return how many are validated."""
        return self.par_phase.get("valide", 0)

    @property
    def soumis(self) -> int:
        """Return how many wait for the reviewer."""
        return self.par_phase.get("soumis", 0)

    @property
    def a_rendre(self) -> int:
        """Return how many wait for their pilote."""
        return sum(self.par_phase.get(p, 0) for p in ("a_rediger", "en_redaction", "a_corriger"))

    @property
    def restants(self) -> int:
        """Return how many are not validated."""
        return self.total - self.valides


def avancements(campagnes: Iterable[int]) -> dict[int, Avancement]:
    """Return {campaign id: counts by phase}, in one query."""
    comptes: dict[int, Counter[str]] = defaultdict(Counter)
    lignes = (
        Bilan.objects.filter(campagne__in=list(campagnes))
        .order_by()
        .values_list("campagne_id", "etat")
        .annotate(total=Count("pk"), commences=Count("modifie_le"))
    )
    for campagne_id, etat, total, commences in lignes:
        comptes[campagne_id][regles.phase(etat, commence=True)] += commences
        comptes[campagne_id][regles.phase(etat, commence=False)] += total - commences
    return {pk: Avancement(dict(compte)) for pk, compte in comptes.items()}


def jours_de_retard(bilan: Bilan, campagne: Campagne, jour: datetime.date) -> int:
    """Return for how many days the bilan is overdue: to write after its date, or to review after that date."""
    limite = {
        EtatBilan.A_RENSEIGNER: campagne.soumission_avant,
        EtatBilan.A_CORRIGER: campagne.soumission_avant,
        EtatBilan.SOUMIS: campagne.relecture_avant,
    }.get(EtatBilan(bilan.etat))
    return max(0, (jour - limite).days) if limite and campagne.etat == "ouverte" else 0


def rangs_de_campagne(
    campagne: Campagne, bilans: QuerySet[Bilan], utilisateur: Any, jour: datetime.date
) -> list[RangBilan]:
    """Return the lines of the board for `bilans` (any order, any filter), in a constant number of queries.

    Bilans of restricted fiches are left out for those who may not read the fiche.
    """
    lus = list(
        bilans.filter(fiche__in=FicheAction.objects.visibles_par(utilisateur))
        .select_related("fiche__axe", "soumis_par", "modifie_par")
        .annotate(relance_jour=Max("relances__jour"))
    )
    fiches, ids = [b.fiche_id for b in lus], [b.pk for b in lus]
    pilotes, services, decomptes = pilotes_par_fiche(fiches), services_par_fiche(fiches), decomptes_geles(ids)
    lisibles = set(Bilan.objects.visibles_par(utilisateur).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        RangBilan(
            bilan=bilan,
            service=services.get(bilan.fiche_id, ""),
            pilotes=pilotes.get(bilan.fiche_id, []),
            decompte=decomptes.get(bilan.pk, Decompte()),
            relance_le=bilan.relance_jour,
            lisible=bilan.pk in lisibles,
            jours_de_retard=jours_de_retard(bilan, campagne, jour),
        )
        for bilan in lus
    ]


def colonnes_par_phase(rangs: Iterable[RangBilan]) -> list[tuple[str, Affichage, list[RangBilan]]]:
    """Return the columns of the board, in the order of the work, empty ones included."""
    groupes: dict[str, list[RangBilan]] = {phase: [] for phase in regles.PHASES}
    for rang in rangs:
        groupes[rang.phase].append(rang)
    return [(phase, regles.PHASES[phase], groupe) for phase, groupe in groupes.items()]


@dataclass(frozen=True)
class Apercu:
    """What opening would do: nothing is written yet."""

    fiches: int
    indicateurs: int
    pilotes: int
    sans_pilote: list[FicheAction]


def fiches_sans_bilan(campagne: Campagne) -> QuerySet[FicheAction]:
    """Return the fiches of the programme that have no bilan in the campaign (all of them before it opens).

    Of a fiche withdrawn before the year began, nobody is asked for a bilan.
    """
    siennes = FicheAction.objects.filter(programme=campagne.programme_id)
    retirees = siennes.retirees_avant(datetime.date(campagne.annee, 1, 1))
    return siennes.exclude(bilans__campagne=campagne).exclude(pk__in=retirees)


def apercu_ouverture(campagne: Campagne) -> Apercu:
    """Return what opening `campagne`, or catching up with fiches added since, would create and who it would tell."""
    fiches = list(fiches_sans_bilan(campagne))
    pilotes = pilotes_par_fiche(f.pk for f in fiches)
    return Apercu(
        fiches=len(fiches),
        indicateurs=Indicateur.objects.filter(fiche__in=fiches, actif=True).count(),
        pilotes=len({u.pk for liste in pilotes.values() for u in liste}),
        sans_pilote=[f for f in fiches if f.pk not in pilotes],
    )


def suivant_a_relire(bilan: Bilan, ids: Collection[int] = ()) -> Bilan | None:
    """Return the next submitted bilan of the campaign: after this one in the order of fiches, then from the top."""
    autres = list(
        Bilan.objects.filter(campagne=bilan.campagne_id, etat=EtatBilan.SOUMIS)
        .exclude(pk__in=[bilan.pk, *ids])
        .select_related("fiche")
        .order_by("fiche__ordre", "fiche_id")
    )
    cle = (bilan.fiche.ordre, bilan.fiche_id)
    return next((b for b in autres if (b.fiche.ordre, b.fiche_id) > cle), autres[0] if autres else None)
