"""The figures of a bilan: what was frozen, beside what a recount would give today. Reads only."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from .figures import PointAnnuel, points_annuels
from .models import Bilan, ChiffreBilan, Indicateur, MesureIndicateur, SourceIndicateur
from .regles.bilans import ContenuBilan
from .regles.indicateurs import juger

ANNEES_MONTREES = 4


@dataclass(frozen=True)
class ChiffreAffiche:
    """One figure of a bilan. While nothing is frozen for it, the value of today stands in (`provisoire`)."""

    indicateur: Indicateur
    annee: int
    valeur: Decimal | None
    texte: str
    numerateur: Decimal | None
    denominateur: Decimal | None
    cible: Decimal | None
    ecart: Decimal | None
    atteint: bool | None
    ton: str
    gele_le: datetime.datetime | None
    courant: PointAnnuel
    points: tuple[PointAnnuel, ...]
    mesure: MesureIndicateur | None = None

    @property
    def renseigne(self) -> bool:
        """Return whether there is a value or an appreciation."""
        return self.valeur is not None or bool(self.texte)

    @property
    def provisoire(self) -> bool:
        """Return whether the value shown is not frozen yet: it will be at the next save."""
        return self.gele_le is None and self.renseigne

    @property
    def a_expliquer(self) -> bool:
        """Return whether the target is missed."""
        return self.atteint is False

    @property
    def a_saisir(self) -> bool:
        """Return whether someone should enter the value of the year."""
        return not self.renseigne and self.indicateur.source == SourceIndicateur.SAISI

    @property
    def recompte(self) -> bool:
        """Return whether the value of today differs from the frozen one."""
        if self.gele_le is None or not self.courant.renseigne:
            return False
        return (self.valeur, self.texte) != (self.courant.valeur, self.courant.texte)

    @property
    def ecart_recompte(self) -> Decimal | None:
        """Return today's value minus the frozen one."""
        if self.valeur is None or self.courant.valeur is None:
            return None
        return self.courant.valeur - self.valeur


def _chiffre(
    indicateur: Indicateur, gele: ChiffreBilan | None, points: dict[int, PointAnnuel], annee: int
) -> ChiffreAffiche:
    courant = points[annee]
    fige = gele is not None and (gele.valeur is not None or bool(gele.texte))
    valeur = gele.valeur if gele and fige else courant.valeur
    cible = gele.cible if gele and (fige or gele.cible is not None) else courant.cible
    ecart, atteint, ton = juger(valeur, cible, indicateur.sens)
    return ChiffreAffiche(
        indicateur=indicateur,
        annee=annee,
        valeur=valeur,
        texte=gele.texte if gele and fige else courant.texte,
        numerateur=gele.numerateur if gele and fige else courant.numerateur,
        denominateur=gele.denominateur if gele and fige else courant.denominateur,
        cible=cible,
        ecart=ecart,
        atteint=atteint,
        ton=ton,
        gele_le=gele.gele_le if gele and fige else None,
        courant=courant,
        points=tuple(points[a] for a in sorted(points)),
    )


def chiffres_du_bilan(bilan: Bilan) -> list[ChiffreAffiche]:
    """Return the figures of a bilan in the order of its fiche: indicators followed, and any that was frozen.

    Four queries whatever their number, one more when a recount differs from what was frozen.
    """
    annee = bilan.campagne.annee
    geles = {c.indicateur_id: c for c in ChiffreBilan.objects.filter(bilan=bilan)}
    indicateurs = list(
        Indicateur.objects.filter(fiche=bilan.fiche_id).filter(Q(actif=True) | Q(pk__in=geles)).order_by("ordre", "id")
    )
    points = points_annuels([i.pk for i in indicateurs], range(annee - ANNEES_MONTREES + 1, annee + 1))
    chiffres = [_chiffre(i, geles.get(i.pk), points[i.pk], annee) for i in indicateurs]
    differents = [c.indicateur.pk for c in chiffres if c.recompte]
    if not differents:
        return chiffres
    mesures: dict[int, MesureIndicateur] = {
        m.indicateur_id: m
        for m in MesureIndicateur.objects.courantes()
        .filter(indicateur__in=differents, annee=annee)
        .select_related("auteur")
        .order_by("saisie_le")
    }
    return [
        ChiffreAffiche(**{**vars(c), "mesure": mesures.get(c.indicateur.pk)}) if c.recompte else c for c in chiffres
    ]


def contenu_du_bilan(bilan: Bilan, chiffres: list[ChiffreAffiche]) -> ContenuBilan:
    """Return what the bilan says, as it is stored, ready to be judged (one query)."""
    return ContenuBilan(
        realisations=bilan.realisations,
        perspectives=bilan.perspectives,
        evolution_proposee=bilan.evolution_proposee,
        changement_propose=bilan.changement_propose,
        explications=dict(bilan.explications.values_list("indicateur_id", "texte")),
        ecarts={c.indicateur.pk: c.indicateur.libelle for c in chiffres if c.a_expliquer},
    )
