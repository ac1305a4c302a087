"""The public page of the pact: what everybody reads. No name of a person, no restricted fiche, no small count."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from django.db.models import QuerySet
from django.utils import timezone

from actions.models import ChiffreBilan, FicheAction, Programme, RoleFiche, Signataire, TypeRole
from actions.presentation import STATUTS_FICHE
from gouvernance.models import (
    Avenant,
    Deliberation,
    EtatAvenant,
    EtatSeance,
    EtatVersion,
    NatureInstance,
    Seance,
    VersionRapport,
)
from pdi.socle.composants import Affichage
from pdi.socle.formats import valeur_unite
from pdi.socle.masquage import MASQUE, SEUIL_PUBLIE, petit

PLENIERES = (
    NatureInstance.ASSEMBLEE, NatureInstance.COMITE_PILOTAGE, NatureInstance.CONSEIL_CONSULTATIF,
    NatureInstance.RENCONTRE,
)  # fmt: skip
ANNONCEES = (EtatSeance.CONVOQUEE, EtatSeance.OUVERTE, EtatSeance.TENUE)
CHIFFRES_MONTRES = 8
RECUL = datetime.timedelta(days=365)


def pacte_en_ligne() -> Programme | None:
    """Return the programme whose page is online: the latest one of the département."""
    en_ligne = Programme.objects.du_departement().filter(en_ligne=True).select_related("departement")
    return en_ligne.order_by("-annee_debut", "-pk").first()


def rapports_publies(programme: Programme) -> QuerySet[VersionRapport]:
    """Return the published reports, latest first."""
    publiees = VersionRapport.objects.filter(rapport__programme=programme, etat=EtatVersion.PUBLIEE)
    return publiees.defer("contenu").select_related("rapport__programme", "deliberation").order_by("-rapport__annee")


@dataclass(frozen=True)
class FichePublique:
    """A fiche as everybody reads it."""

    fiche: FicheAction
    pilotes: tuple[str, ...]
    statut: Affichage


@dataclass(frozen=True)
class ChiffrePublic:
    """A figure as everybody reads it. `valeur` « s. s. » when it would tell about a few people."""

    libelle: str
    fiche: str
    valeur: str
    masque: bool


def dire_chiffre(chiffre: ChiffreBilan) -> tuple[str, bool]:
    """Return (words, masked): a small count, or a rate of few people or of all but a few, is not said."""
    unite = chiffre.indicateur.unite
    termes = [chiffre.numerateur, chiffre.denominateur]
    if chiffre.numerateur is not None and chiffre.denominateur is not None:
        termes.append(chiffre.denominateur - chiffre.numerateur)
    if unite == "nombre":
        termes.append(chiffre.valeur)
    if any(petit(t, SEUIL_PUBLIE) for t in termes):
        return MASQUE, True
    return valeur_unite(chiffre.valeur or Decimal(0), unite), False


class LecturePacte:
    """The public page of one programme on one day."""

    def __init__(self, programme: Programme, jour: datetime.date) -> None:
        """Keep the programme; the rest is read when asked."""
        self.programme, self.jour = programme, jour

    @cached_property
    def fiches(self) -> list[FichePublique]:
        """Return the fiches that are not restricted, with the services that pilot them (two queries)."""
        lues = FicheAction.objects.filter(programme=self.programme, restreinte=False).select_related("axe__parent")
        roles = RoleFiche.objects.filter(fiche__in=lues, type__in=[TypeRole.PILOTE, TypeRole.COPILOTE])
        pilotes: dict[int, list[str]] = {}
        for role in roles.select_related("structure").order_by("type", "ordre", "pk"):
            noms = pilotes.setdefault(role.fiche_id, [])
            if str(role.structure) not in noms:
                noms.append(str(role.structure))
        return [
            FichePublique(f, tuple(pilotes.get(f.pk, ())), STATUTS_FICHE[f.statut])
            for f in lues.order_by("ordre", "pk")
        ]

    @property
    def par_axe(self) -> list[tuple[str, list[FichePublique]]]:
        """Return (name of the axis, fiches)."""

        def axe(lue: FichePublique) -> str:
            noeud = lue.fiche.axe
            while noeud is not None and noeud.parent is not None:
                noeud = noeud.parent
            return str(noeud or "Autres fiches")

        return [(nom, list(lues)) for nom, lues in groupby(self.fiches, key=axe)]

    @cached_property
    def rapports(self) -> list[VersionRapport]:
        """Return the published reports."""
        return list(rapports_publies(self.programme))

    @property
    def rapports_votes(self) -> list[tuple[VersionRapport, Deliberation | None]]:
        """Return each published report with the vote on it, None while there is none."""
        return [(v, getattr(v, "deliberation", None)) for v in self.rapports]

    @cached_property
    def signataires(self) -> list[Signataire]:
        """Return the signatories that did not refuse."""
        lus = Signataire.objects.filter(programme=self.programme, refuse_le=None)
        return list(lus.select_related("structure"))

    @cached_property
    def seances(self) -> list[Seance]:
        """Return the plenary meetings announced or held, from a year ago on, latest first."""
        lues = Seance.objects.filter(
            etat__in=ANNONCEES, instance__nature__in=PLENIERES, instance__reference=False,
            instance__departement=self.programme.departement_id, debut__date__gte=self.jour - RECUL,
        )  # fmt: skip
        return list(lues.select_related("instance__territoire").order_by("-debut")[:12])

    @property
    def a_venir(self) -> list[Seance]:
        """Return those to come, the next one first."""
        return [s for s in reversed(self.seances) if timezone.localdate(s.debut) >= self.jour]

    @property
    def passees(self) -> list[Seance]:
        """Return those of the year."""
        return [s for s in self.seances if timezone.localdate(s.debut) < self.jour and s.etat == EtatSeance.TENUE]

    @cached_property
    def exercice(self) -> int | None:
        """Return the year of the figures: that of the last published report, none before the first."""
        return self.rapports[0].rapport.annee if self.rapports else None

    @cached_property
    def chiffres(self) -> list[ChiffrePublic]:
        """Return a figure of each fiche, as frozen in its validated bilan: the first that may be said (one query)."""
        if self.exercice is None:
            return []
        lus = ChiffreBilan.objects.filter(
            bilan__campagne__programme=self.programme, bilan__campagne__annee=self.exercice, bilan__etat="valide",
            bilan__fiche__restreinte=False, valeur__isnull=False, indicateur__unite__in=["%", "nombre"],
        )  # fmt: skip
        ordre = ("bilan__fiche__ordre", "bilan__fiche_id", "indicateur__ordre", "pk")
        retenus: dict[int, ChiffrePublic] = {}
        for c in lus.select_related("indicateur", "bilan__fiche").order_by(*ordre):
            retenu = retenus.get(c.bilan.fiche_id)
            if retenu is None or retenu.masque:
                public = ChiffrePublic(c.indicateur.libelle, c.bilan.fiche.numero, *dire_chiffre(c))
                retenus[c.bilan.fiche_id] = public if retenu is None or not public.masque else retenu
        return list(retenus.values())[:CHIFFRES_MONTRES]

    @property
    def des_secrets(self) -> bool:
        """Return whether a figure is not said."""
        return any(c.masque for c in self.chiffres)

    @cached_property
    def avenants(self) -> list[Avenant]:
        """Return the avenants that the Assemblée voted, latest first."""
        return list(Avenant.objects.filter(programme=self.programme, etat=EtatAvenant.VOTE).order_by("-numero"))
