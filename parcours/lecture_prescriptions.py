"""What the writing of a prescription reads: offers in the person's order, their filters; what answers late."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from offre.filtres import FiltreMot
from offre.models import Frein, OffreInsertion
from offre.regles.publics import PublicVise
from parcours.correspondances import ORDRE, Demande, classees, condition_ecartee
from parcours.models import RegimeJuridique
from parcours.regles.delais import Regime
from parcours.regles.prescriptions import borne_sans_reponse, delai_reponse
from pdi.socle.filtres import FiltreChoix, Filtres

ORDRE_A_PRESCRIRE = ("ecartee", *ORDRE)


class FiltresOffresAPrescrire(Filtres):
    """Filters of the choice of an offer."""

    mot = FiltreMot("Mot de l’offre, opérateur ou frein", champs=(), large=True)
    frein = FiltreChoix("Frein à lever", champ="freins__code")
    theme = FiltreChoix("Thème", q=lambda theme: Q(thematiques__contains=[theme]))
    public = FiltreChoix(
        "Public",
        choix=PublicVise.choices,
        q=lambda code: Q(publics_vises__contains=[code]),
    )


def filtres_d_offres(get: Any, siens: Mapping[int, str]) -> FiltresOffresAPrescrire:
    """Return the filters, the person's own obstacles (`siens`: {id: label}) named first."""
    freins = list(Frein.objects.all())
    groupes = [
        ("Les freins de la personne", [(f.code, f.libelle) for f in freins if f.pk in siens]),
        ("Autres freins", [(f.code, f.libelle) for f in freins if f.pk not in siens]),
    ]
    themes = sorted({t for ts in OffreInsertion.objects.publiees().values_list("thematiques", flat=True) for t in ts})
    choix: Any = groupes if siens else groupes[1][1]
    return FiltresOffresAPrescrire(get, choix={"frein": choix, "theme": [(t, t) for t in themes]})


def offres_a_prescrire(utilisateur: Any, demande: Demande, jour: datetime.date) -> QuerySet[OffreInsertion]:
    """Return the published offers, those whose conditions refuse the person last (`ecartee`)."""
    visibles = OffreInsertion.objects.visibles_par(utilisateur).publiees()
    ecartee = Case(
        When(condition_ecartee(demande.profil), then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    return classees(visibles, demande, jour).annotate(ecartee=ecartee).prefetch_related("operateurs", "freins")


def retard_depuis(jour: datetime.date) -> datetime.date:
    """Return the day before which a prescription sent and unanswered is late today (one query)."""
    regimes = [Regime.lire(r) for r in RegimeJuridique.objects.filter(validite__contains=jour)]
    return borne_sans_reponse(delai_reponse(regimes, jour), jour)
