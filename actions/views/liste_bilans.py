"""The list of bilans: mine to write, or every visible one. Reads only."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from actions.avancement import RangBilan, decomptes_geles, jours_de_retard, services_par_fiche
from actions.droits import peut_lire_suivi
from actions.figures import Decompte
from actions.models import Bilan, Campagne, EtatBilan, EtatCampagne, FicheAction
from actions.querysets import ROLES_GESTION
from actions.regles.bilans import PHASES
from pdi.comptes.models import Role
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne, Tri

from .tableau_campagne import CONDITIONS_PHASE, RANG_PHASE, mes_bilans

TRIS = {
    "fiche": ("-campagne__annee", "fiche__ordre", "fiche_id"),
    "etat": ("rang_phase", "-campagne__annee", "fiche__ordre", "fiche_id"),
    "echeance": ("campagne__soumission_avant", "fiche__ordre", "fiche_id"),
}
COLONNES = [
    Colonne("Fiche-action", "fiche"),
    Colonne("Année"),
    Colonne("Bilan", "etat"),
    Colonne("Cibles atteintes", nb=True),
    Colonne("Échéance", "echeance"),
    Colonne("À faire"),
]


class FiltresBilans(Filtres):
    """Filters of the list."""

    mot = FiltreTexte(
        "Mot du titre ou du bilan", champs=("fiche__intitule", "fiche__numero", "realisations"), large=True
    )
    etat = FiltreChoix(
        "État",
        choix=[(cle, p.libelle) for cle, p in PHASES.items()],
        q=lambda valeur: CONDITIONS_PHASE[valeur],
    )
    annee = FiltreChoix("Année", champ="campagne__annee", vide="Toutes")
    programme = FiltreChoix("Programme", champ="campagne__programme", vide="Tous les programmes")


class ListeBilans:
    """The list and its queues."""

    def __init__(self, request: HttpRequest, jour: datetime.date) -> None:
        """Read the scope, the filters and the order."""
        self.request, self.jour, self.qui = request, jour, request.user
        self.gestion = self.qui.a_role(*ROLES_GESTION)  # type: ignore[union-attr]  # views are login_required
        self.pilote = self.qui.a_role(Role.PILOTE)  # type: ignore[union-attr]
        self.portee = request.GET.get("portee", "") or ("miens" if self.pilote else "tous")
        visibles = Bilan.objects.visibles_par(self.qui)
        self.base = mes_bilans(self.qui, visibles) if self.portee == "miens" else visibles
        self.base = self.base.exclude(campagne__etat=EtatCampagne.PREPAREE)
        campagnes = Campagne.objects.filter(Exists(Bilan.objects.filter(campagne=OuterRef("pk"))))
        programmes = campagnes.order_by("programme__code").values_list("programme_id", "programme__intitule_court")
        self.filtres = FiltresBilans(
            request.GET,
            choix={
                "annee": [(a, str(a)) for a in sorted(set(campagnes.values_list("annee", flat=True)), reverse=True)],
                "programme": list(dict(programmes).items()),
            },
        )
        self.tri = Tri.lire(request.GET, TRIS, defaut="etat" if self.portee == "miens" else "fiche")

    def _rangs(self, bilans: Sequence[Bilan]) -> list[tuple[RangBilan, str]]:
        decomptes = decomptes_geles(b.pk for b in bilans)
        services = services_par_fiche(b.fiche_id for b in bilans)
        return [
            (
                RangBilan(
                    bilan=b,
                    service=services.get(b.fiche_id, ""),
                    pilotes=[],
                    decompte=decomptes.get(b.pk, Decompte()),
                    relance_le=None,
                    lisible=True,
                    jours_de_retard=jours_de_retard(b, b.campagne, self.jour),
                ),
                self.a_faire(b),
            )
            for b in bilans
        ]

    def a_faire(self, bilan: Bilan) -> str:
        """Return what waits for this reader, in words."""
        if bilan.campagne.etat != EtatCampagne.OUVERTE:
            return ""
        if bilan.etat == EtatBilan.SOUMIS:
            return "À relire" if self.gestion else "Attendre la relecture"
        if bilan.etat == EtatBilan.VALIDE:
            return ""
        if bilan.etat == EtatBilan.A_CORRIGER:
            return "Reprendre le bilan"
        manque = [
            nom
            for nom, texte in (("le bilan", bilan.realisations), ("les perspectives", bilan.perspectives))
            if not texte
        ]
        return f"Écrire {' et '.join(manque)}" if manque else "Soumettre"

    def contexte(self) -> dict[str, Any]:
        """Return what the template reads."""
        lus = self.base.select_related("campagne__programme", "fiche__programme").annotate(rang_phase=RANG_PHASE)
        page = PageParCle(self.filtres.appliquer(lus), self.tri.cles, self.request.GET.get("curseur"))
        ouvertes = Q(campagne__etat=EtatCampagne.OUVERTE)
        return {
            "page": page,
            "rangs": self._rangs(page.objets),
            "filtres": self.filtres,
            "tri": self.tri,
            "colonnes": COLONNES,
            "portee": self.portee,
            "voit_campagne": peut_lire_suivi(self.request.user),
            "gestion": self.gestion,
            "pilote": self.pilote,
            "a_ecrire": Bilan.objects.a_ecrire_par(self.qui)
            .select_related("campagne", "fiche")
            .order_by("etat", "campagne__soumission_avant", "fiche__ordre")
            if self.pilote and not self.filtres.actifs
            else [],
            "a_relire": Bilan.objects.filter(ouvertes, etat=EtatBilan.SOUMIS).count() if self.gestion else 0,
            "fiches_pilotees": FicheAction.objects.pilotees_par(self.qui).exists() if self.pilote else False,
        }
