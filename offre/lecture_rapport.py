"""What the annual report says of the offer and of the conventions of a year. Small figures about people are hidden."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q

from actions.models import FicheAction
from offre import calculs
from offre.calculs import Chiffre
from offre.lecture_conventions import lignes_d_objectifs
from offre.models import BilanOperateur, Convention, EtatConvention, OffreInsertion
from offre.regles.bilans import A_ECRIRE, LigneBilan
from offre.regles.conventions import total
from pdi.socle.formats import dernier_jour


@dataclass(frozen=True)
class ArgentConvention:
    """A convention of the year with its money of the year; None: not said."""

    convention: Convention
    prevu: Decimal | None
    mandate: Decimal | None
    paye: Decimal | None

    @property
    def fin(self) -> datetime.date | None:
        """Return its last day."""
        return dernier_jour(self.convention.periode)


@dataclass(frozen=True)
class ObjectifRapporte:
    """An objective of the year: its target and what was reached; `masque`: it tells about too few people."""

    convention: Convention
    ligne: LigneBilan
    masque: bool
    gele: bool


def offres_de_l_exercice(departement: str, annee: int) -> list[OffreInsertion]:
    """Return the offers published by the end of the year, with operators and fiches that may be named (3 queries)."""
    fiches = FicheAction.objects.filter(restreinte=False).only("numero")
    return list(
        OffreInsertion.objects.publiees()
        .filter(Q(publiee_le__isnull=True) | Q(publiee_le__year__lte=annee), departement=departement)
        .prefetch_related("operateurs", Prefetch("fiches", fiches.order_by("ordre")))
        .order_by("categorie", "ordre", "pk")
    )


def conventions_de_l_exercice(annee: int) -> list[ArgentConvention]:
    """Return the conventions signed by the end of the year and in force in it, with its money (2 queries)."""
    fin = datetime.date(annee, 12, 31)
    lues = (
        Convention.objects.exclude(etat=EtatConvention.PROJET)
        .filter(periode__overlap=(datetime.date(annee, 1, 1), datetime.date(annee + 1, 1, 1)), signee_le__lte=fin)
        .select_related("operateur")
        .prefetch_related("montants")
        .order_by("numero")
    )
    return [_argent(convention, annee) for convention in lues]


def _argent(convention: Convention, annee: int) -> ArgentConvention:
    siens = [m for m in convention.montants.all() if m.annee == annee]
    return ArgentConvention(convention, *(total(getattr(m, n) for m in siens) for n in ("prevu", "mandate", "paye")))


def objectifs_de_l_exercice(conventions: list[Convention], annee: int, seuil: int) -> list[ObjectifRapporte]:
    """Return the objectives of the year; a statement that was sent gives its frozen figures, else they are counted.

    What tells about fewer than `seuil` people is hidden.
    """
    bilans = {
        b.convention_id: b for b in BilanOperateur.objects.filter(convention__in=conventions, campagne__annee=annee)
    }
    objectifs = [
        o
        for c in Convention.objects.filter(pk__in=[c.pk for c in conventions]).prefetch_related("objectifs")
        for o in c.objectifs.all()
        if o.annee == annee
    ]
    codes = {str(o.pk): o.calcul for o in objectifs}
    comptees = lignes_d_objectifs(objectifs, annee, {pk: b.explications for pk, b in bilans.items()})
    lus = []
    for convention in conventions:
        bilan = bilans.get(convention.pk)
        gele = bilan is not None and bilan.etat not in A_ECRIRE
        lignes = _geles(bilan.chiffres, codes) if bilan and gele else comptees.get(convention.pk, [])
        lus += [ObjectifRapporte(convention, x, _petit(codes[x.cle], x, seuil), gele) for x in lignes]
    return lus


def _geles(chiffres: list[dict[str, Any]], codes: Mapping[str, str]) -> list[LigneBilan]:
    return [ligne for ligne in map(LigneBilan.depuis_json, chiffres) if ligne.cle in codes]


def _petit(code: str, ligne: LigneBilan, seuil: int) -> bool:
    calcul = calculs.trouver(code)
    return calcul is not None and calcul.est_petit(Chiffre(ligne.valeur, ligne.compte, ligne.base), seuil)
