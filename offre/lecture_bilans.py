"""What statements say: frozen lines once sent, live ones before; the list and its board."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from offre import calculs
from offre.calculs import Chiffre
from offre.droits_conventions import voit_petits_chiffres
from offre.lecture_conventions import lignes_d_objectifs
from offre.models import BilanOperateur, CampagneOperateurs, EtatBilanOperateur, ObjectifConvention
from offre.regles.bilans import A_ECRIRE, TONS, Avancement, LigneBilan, avancement
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.formats import compte
from pdi.socle.masquage import MASQUE, SEUIL_INTERNE
from pdi.socle.tri import Colonne, Tri

COLONNES = (
    Colonne("Convention", "numero"), Colonne("Opérateur", "operateur"), Colonne("État", "etat"),
    Colonne("Cibles atteintes", nb=True), Colonne("À rendre"), Colonne("Soumis le", "soumis"),
)  # fmt: skip
TRIS = {
    "numero": ("convention__numero", "pk"), "operateur": ("convention__operateur__nom", "pk"), "etat": ("etat", "pk"),
    "soumis": ("soumis_le", "pk"),
}  # fmt: skip


def lignes_des(bilans: Sequence[BilanOperateur]) -> dict[int, list[LigneBilan]]:
    """Return {statement: lines}: frozen ones as they are, the others computed, a query a family and a year."""
    lues = {b.pk: [LigneBilan.depuis_json(c) for c in b.chiffres] for b in bilans if b.etat not in A_ECRIRE}
    vivants = [b for b in bilans if b.pk not in lues]
    for annee in sorted({b.campagne.annee for b in vivants}):
        du = {b.convention_id: b for b in vivants if b.campagne.annee == annee}
        objectifs = ObjectifConvention.objects.filter(convention__in=du, annee=annee)
        lignes = lignes_d_objectifs(objectifs, annee, {pk: b.explications for pk, b in du.items()})
        lues |= {b.pk: lignes.get(pk, []) for pk, b in du.items()}
    return lues


def lignes_de(bilan: BilanOperateur) -> list[LigneBilan]:
    """Return the lines of one statement."""
    return lignes_des([bilan])[bilan.pk]


def masquer(
    lignes: Mapping[int, list[LigneBilan]], bilans: Sequence[BilanOperateur], utilisateur: Any
) -> dict[int, list[LigneBilan]]:
    """Return the lines as this reader may see them: those about too few people lose their figures (one query)."""
    fermes = {b.pk for b in bilans if not voit_petits_chiffres(utilisateur, b.convention)}
    cles = [int(x.cle) for pk in fermes for x in lignes[pk]]
    codes = dict(ObjectifConvention.objects.filter(pk__in=cles).values_list("pk", "calcul")) if cles else {}
    return {pk: [_masquee(x, codes.get(int(x.cle), "")) for x in lues] if pk in fermes else lues
            for pk, lues in lignes.items()}  # fmt: skip


def _masquee(ligne: LigneBilan, code: str) -> LigneBilan:
    calcul = calculs.trouver(code)
    if calcul is None or not calcul.est_petit(Chiffre(ligne.valeur, ligne.compte, ligne.base), SEUIL_INTERNE):
        return ligne
    return replace(ligne, valeur=None, compte=None, base=None, masquee=True)


class FiltresBilans(Filtres):
    """Filters of the statements of a campaign."""

    mot = FiltreTexte(
        "Convention ou opérateur", large=True,
        champs=("convention__numero", "convention__intitule", "convention__operateur__nom"),
    )  # fmt: skip
    etat = FiltreChoix("État", champ="etat", choix=EtatBilanOperateur.choices)


class TableauBilans:
    """The statements of a campaign that one reader may see: some dozens, shown on one page."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Choose the campaign: the year asked for, else the latest."""
        self.utilisateur, self.jour = utilisateur, jour
        self.campagnes = list(CampagneOperateurs.objects.all())
        annee = get.get("campagne", "")
        voulue = [c for c in self.campagnes if str(c.annee) == annee]
        self.campagne: CampagneOperateurs | None = next(iter(voulue or self.campagnes), None)
        self.filtres = FiltresBilans(get)
        self.tri = Tri.lire(get, TRIS, defaut="numero")

    @cached_property
    def visibles(self) -> QuerySet[BilanOperateur]:
        """Return those of the campaign."""
        return BilanOperateur.objects.visibles_par(self.utilisateur).filter(campagne=self.campagne)

    @cached_property
    def avancement(self) -> Avancement:
        """Return where the campaign stands, the filters left aside."""
        return avancement(list(self.visibles.values_list("etat", flat=True)))

    @property
    def sur_total(self) -> str:
        """Return « sur 12 bilans demandés »."""
        return f"sur {compte(self.avancement.total, 'bilan demandé', 'bilans demandés')}"

    def _retard(self, bilan: BilanOperateur) -> int:
        """Return how many days a statement is late, zero when it is not."""
        if bilan.etat not in A_ECRIRE or bilan.campagne.close_le is not None:
            return 0
        return max((self.jour - bilan.campagne.limite_saisie).days, 0)

    @cached_property
    def rangs(self) -> list[dict[str, Any]]:
        """Return the rows of the filter, ready to be shown."""
        lus = list(
            self.filtres.appliquer(self.visibles)
            .select_related("campagne", "convention__operateur")
            .order_by(*self.tri.cles)
        )
        lignes = lignes_des(lus)
        lisibles = masquer(lignes, lus, self.utilisateur)
        return [
            {
                "bilan": b, "ton": TONS[b.etat][0], "icone": TONS[b.etat][1], "lignes": lisibles[b.pk],
                "atteintes": sum(x.atteint is True for x in lignes[b.pk]), "cibles": len(lignes[b.pk]),
                "retard": self._retard(b), "retard_dit": f"{compte(self._retard(b), 'jour')} de retard",
            }
            for b in lus
        ]  # fmt: skip

    def export(self) -> list[dict[str, Any]]:
        """Return a row a line of each statement."""
        return [
            {
                "annee": r["bilan"].campagne.annee, "numero": r["bilan"].convention.numero,
                "operateur": r["bilan"].convention.operateur.nom, "etat": r["bilan"].get_etat_display(),
                "objectif": x.libelle, "unite": x.unite, "cible": x.cible, "valeur": MASQUE if x.masquee else x.valeur,
                "compte": x.compte, "base": x.base, "atteint": {True: "oui", False: "non", None: ""}[x.atteint],
                "explication": x.explication, "realisations": r["bilan"].realisations,
                "difficultes": r["bilan"].difficultes, "perspectives": r["bilan"].perspectives,
            }
            for r in self.rangs
            for x in r["lignes"] or [_VIDE]
        ]  # fmt: skip


class _Vide:
    """A statement without objective still has its texts."""

    libelle = unite = explication = ""
    cible = valeur = compte = base = atteint = None
    masquee = False


_VIDE: Any = _Vide()

COLONNES_EXPORT = (
    ColonneExport("Année", "annee", largeur=8),
    ColonneExport("Convention", "numero", largeur=16),
    ColonneExport("Opérateur", "operateur", largeur=40),
    ColonneExport("État", "etat", largeur=14),
    ColonneExport("Objectif", "objectif", largeur=40),
    ColonneExport("Cible", "cible", type="nombre", largeur=12),
    ColonneExport("Réalisé", "valeur", type="nombre", largeur=12),
    ColonneExport("Unité", "unite", largeur=12),
    ColonneExport("Numérateur", "compte", type="nombre", largeur=12),
    ColonneExport("Dénominateur", "base", type="nombre", largeur=12),
    ColonneExport("Cible atteinte", "atteint", largeur=12),
    ColonneExport("Explication", "explication", largeur=50),
    ColonneExport("Ce qui a été fait", "realisations", largeur=60),
    ColonneExport("Difficultés", "difficultes", largeur=60),
    ColonneExport("Perspectives", "perspectives", largeur=60),
)
