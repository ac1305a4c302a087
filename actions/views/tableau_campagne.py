"""The progress board of a campaign: filters, order, rows, columns, figures. Reads only."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest

from actions.avancement import (
    A_ECRIRE,
    Avancement,
    RangBilan,
    colonnes_par_phase,
    fiches_sans_bilan,
    rangs_de_campagne,
)
from actions.droits import peut_gerer_campagne
from actions.figures import Decompte
from actions.models import Bilan, Campagne, EtatBilan, EtatCampagne, FicheAction, TypeRole
from actions.querysets import pilote_par
from actions.regles.bilans import PHASES, compte_a_rebours
from pdi.comptes.models import Role
from pdi.socle.composants import Etape
from pdi.socle.filtres import Choix, FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.formats import accorder, compte, date_longue
from pdi.socle.tri import Colonne, Tri

CONDITIONS_PHASE: dict[str, Q] = {
    "a_rediger": Q(etat=EtatBilan.A_RENSEIGNER, modifie_le__isnull=True),
    "en_redaction": Q(etat=EtatBilan.A_RENSEIGNER, modifie_le__isnull=False),
    "soumis": Q(etat=EtatBilan.SOUMIS),
    "a_corriger": Q(etat=EtatBilan.A_CORRIGER),
    "valide": Q(etat=EtatBilan.VALIDE),
}
RANG_PHASE = Case(
    *(When(condition, then=Value(rang)) for rang, condition in enumerate(CONDITIONS_PHASE.values())),
    output_field=IntegerField(),
)
TRIS = {
    "fiche": ("fiche__ordre", "fiche_id"),
    "etat": ("rang_phase", "fiche__ordre", "fiche_id"),
    "activite": ("modifie_le", "fiche__ordre", "fiche_id"),
}
COLONNES = [
    Colonne("Fiche-action et pilote", "fiche"),
    Colonne("Bilan", "etat"),
    Colonne("Renseignés", nb=True),
    Colonne("Cibles atteintes", nb=True),
    Colonne("Dernière activité", "activite"),
    Colonne("À signaler"),
]


class FiltresCampagne(Filtres):
    """Filters of the board."""

    mot = FiltreTexte("Mot du titre ou numéro", champs=("fiche__intitule", "fiche__numero"), large=True)
    phase = FiltreChoix(
        "État du bilan",
        choix=[(cle, p.libelle) for cle, p in PHASES.items()],
        q=lambda valeur: CONDITIONS_PHASE[valeur],
    )
    service = FiltreChoix(
        "Service pilote",
        vide="Tous les services",
        q=lambda valeur: Q(
            pk__in=Bilan.objects.filter(
                fiche__roles__type=TypeRole.PILOTE, fiche__roles__structure_id=int(valeur)
            ).values("pk")
        ),
    )
    retard = FiltreBooleen("En retard seulement", si_vrai=Q(en_retard=True))


class TableauCampagne:
    """Everything the board shows, computed once."""

    def __init__(self, campagne: Campagne, request: HttpRequest, jour: datetime.date) -> None:
        """Read the filters and the order from the query string."""
        self.campagne, self.request, self.jour = campagne, request, jour
        self.gestion = bool(peut_gerer_campagne(request.user, campagne.programme))
        self.filtres = FiltresCampagne(request.GET, choix={"service": self._services()})
        self.tri = Tri.lire(request.GET, TRIS, defaut="fiche")

    def _services(self) -> Choix:
        lignes = (
            FicheAction.objects.filter(bilans__campagne=self.campagne, roles__type=TypeRole.PILOTE)
            .order_by("roles__structure__nom")
            .values_list("roles__structure_id", "roles__structure__sigle", "roles__structure__nom")
            .distinct()
        )
        return [(pk, sigle or nom) for pk, sigle, nom in lignes]

    @cached_property
    def bilans(self) -> QuerySet[Bilan]:
        """Return the bilans of the campaign with what the filters and the order need."""
        ouverte = self.campagne.etat == EtatCampagne.OUVERTE
        retard = Q(pk__in=[])
        if ouverte and self.jour > self.campagne.soumission_avant:
            retard |= Q(etat__in=A_ECRIRE)
        if ouverte and self.jour > self.campagne.relecture_avant:
            retard |= Q(etat=EtatBilan.SOUMIS)
        return Bilan.objects.filter(campagne=self.campagne).annotate(
            rang_phase=RANG_PHASE,
            en_retard=Case(When(retard, then=Value(True)), default=Value(False)),
        )

    @cached_property
    def rangs(self) -> list[RangBilan]:
        """Return every row, in the order of fiches."""
        return rangs_de_campagne(
            self.campagne, self.bilans.order_by("fiche__ordre", "fiche_id"), self.request.user, self.jour
        )

    @cached_property
    def rangs_filtres(self) -> list[RangBilan]:
        """Return the rows that the filters keep, in the order asked for."""
        par_pk = {rang.bilan.pk: rang for rang in self.rangs}
        ids = self.filtres.appliquer(self.bilans).order_by(*self.tri.cles).values_list("pk", flat=True)
        return [par_pk[pk] for pk in ids if pk in par_pk]

    @cached_property
    def avancement(self) -> Avancement:
        """Return the counts by phase, of every row."""
        return Avancement({phase: len(groupe) for phase, _, groupe in colonnes_par_phase(self.rangs)})

    def etapes(self) -> list[Etape]:
        """Return where the campaign stands, from its opening to the vote."""
        campagne, ouverte = self.campagne, self.campagne.etat != EtatCampagne.PREPAREE
        close, tout_rendu = campagne.etat == EtatCampagne.CLOSE, ouverte and not self.avancement.a_rendre
        tout_relu = ouverte and not self.avancement.restants
        moments = [
            ("Campagne ouverte", f"le {date_longue(campagne.ouverture)}", ouverte),
            ("Bilans rendus", f"avant le {date_longue(campagne.soumission_avant)}", close or tout_rendu),
            ("Bilans relus", f"avant le {date_longue(campagne.relecture_avant)}", close or tout_relu),
            ("Campagne close", "", close),
            ("Assemblée", f"avant le {date_longue(campagne.assemblee_avant)}", False),
        ]
        etapes, courant = [], False
        for titre, detail, fait in moments:
            etat = "" if courant else "fait" if fait else "courant"
            courant = courant or not fait
            etapes.append(Etape(titre, detail, etat))
        return etapes

    def mots(self, decompte: Decompte) -> dict[str, str]:
        """Return the words around the key figures."""
        phases = self.avancement.par_phase
        details = [
            (phases[p], PHASES[p].libelle.lower()) for p in ("soumis", "a_corriger", "en_redaction", "a_rediger")
        ]
        return {
            "bilans": f"sur {self.avancement.total}",
            "detail": ", ".join(f"{n} {accorder(n, mot) if mot == 'renvoyé' else mot}" for n, mot in details if n)
            or "aucun n’est attendu",
            "indicateurs": f"sur {decompte.total}",
            "sans_valeur": compte(decompte.manquants, "valeur manquante") if decompte.manquants else "aucune ne manque",
            "cibles": f"sur {decompte.avec_cible}",
            "sans_cible": f"{compte(decompte.sans_cible, 'indicateur')} sans cible" if decompte.sans_cible else "",
            "close_par": f"par {self.campagne.close_par}" if self.campagne.close_par else "",
        }

    def contexte(self) -> dict[str, Any]:
        """Return what the board's template reads."""
        rangs = self.rangs
        decompte = sum((r.decompte for r in rangs), Decompte())
        return {
            "campagne": self.campagne,
            "programme": self.campagne.programme,
            "gestion": self.gestion,
            "ouverte": self.campagne.etat == EtatCampagne.OUVERTE,
            "avancement": self.avancement,
            "decompte": decompte,
            "mots": self.mots(decompte),
            "retards": sum(r.jours_de_retard > 0 for r in rangs),
            "rebours": compte_a_rebours(self.campagne.annee, self.jour),
            "etapes": self.etapes(),
            "sans_bilan": list(fiches_sans_bilan(self.campagne)) if self.campagne.etat == EtatCampagne.OUVERTE else [],
            "sans_pilote": [r for r in rangs if not r.pilotes and r.bilan.etat in A_ECRIRE] if self.gestion else [],
            "phases": colonnes_par_phase(rangs) if not self.filtres.actifs else [],
            "rangs": self.rangs_filtres,
            "a_valider": any(r.bilan.etat == EtatBilan.SOUMIS for r in self.rangs_filtres),
            "filtres": self.filtres,
            "tri": self.tri,
            "colonnes": [Colonne("Choisir", masquee=True), *COLONNES] if self.lot else COLONNES,
            "lot": self.lot,
            "pilote": self.request.user.a_role(Role.PILOTE),  # type: ignore[union-attr]  # views are login_required
        }

    @property
    def lot(self) -> bool:
        """Return whether the table offers to validate several bilans at once."""
        soumis = any(r.bilan.etat == EtatBilan.SOUMIS for r in self.rangs_filtres)
        return self.gestion and soumis and self.campagne.etat == EtatCampagne.OUVERTE

    def contexte_relance(self) -> dict[str, Any]:
        """Return what the reminder's page reads: who is told, who was told today, who cannot be."""
        attendus = [r for r in self.rangs if r.bilan.etat in A_ECRIRE]
        return {
            "campagne": self.campagne,
            "a_relancer": [r for r in attendus if r.pilotes and r.relance_le != self.jour],
            "deja": [r for r in attendus if r.pilotes and r.relance_le == self.jour],
            "sans_pilote": [r for r in attendus if not r.pilotes],
            "en_retard": self.jour > self.campagne.soumission_avant,
        }


def mes_bilans(utilisateur: Any, bilans: QuerySet[Bilan]) -> QuerySet[Bilan]:
    """Return those of the fiches that the user pilots."""
    return bilans.filter(pilote_par(utilisateur, utilisateur.structures_du_role(Role.PILOTE), "fiche"))
