"""Columns of the exports of fiches and indicators, and the rows read by packets: memory does not grow with them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Model, QuerySet

from actions.models import FicheAction, Indicateur, TypeRole
from pdi.socle.exports import Colonne
from pdi.socle.grappe import Grappe, lire_avec

from .lecture import commun
from .lecture.chiffres import LigneIndicateur
from .lecture.commun import STRUCTURE
from .lecture.indicateurs import lignes_de
from .lecture.lignes import LigneFiche, decorer
from .lecture.programmes import CADRES

PAQUET = 500
ACTEURS = Grappe("roles", avec={"structure": STRUCTURE, "structure.parent": STRUCTURE})


def _services(type_role: str) -> Any:
    return lambda fiche: ", ".join(commun.services(fiche.roles.all(), type_role))


def _cadres(fiche: Any) -> str:
    return ", ".join(c.libelle for c in fiche.cadres.all())


COLONNES_HISTORIQUE = (
    Colonne("Le", "le", type="date", largeur=16),
    Colonne("Opération", "quoi", largeur=36),
    Colonne("Sur", "objet", largeur=36),
    Colonne("Par", "par", largeur=24),
    Colonne("Rubrique", "champ", largeur=28),
    Colonne("Avant", "avant", largeur=60),
    Colonne("Après", "apres", largeur=60),
    Colonne("Commentaire", "commentaire", largeur=40),
)
IDENTITE = (
    Colonne("Programme", lambda f: str(f.programme), largeur=28),
    Colonne("Axe", lambda f: str(f.axe.parent or f.axe) if f.axe else "", largeur=36),
    Colonne("Thématique", lambda f: str(f.axe) if f.axe and f.axe.parent else "", largeur=36),
    Colonne("N° de fiche", "numero", largeur=10),
    Colonne("Fiche-action", "intitule", largeur=60),
)
SUIVI = (
    Colonne("Pilotes", _services(TypeRole.PILOTE), largeur=30),
    Colonne("Copilotes", _services(TypeRole.COPILOTE), largeur=24),
    Colonne("Statut", "get_statut_display", largeur=14),
    Colonne("Priorité", "get_priorite_display", largeur=12),
    Colonne("Début", "debut", type="date", largeur=12),
    Colonne("Fin", "fin", type="date", largeur=12),
    Colonne("Cadres", _cadres, largeur=22),
    Colonne("Étapes", "nb_etapes", type="nombre", largeur=10),
    Colonne("Étapes réalisées", "nb_realisees", type="nombre", largeur=10),
    Colonne("Anomalies à traiter", "nb_anomalies", type="nombre", largeur=12),
    Colonne("Coût total imprimé", "cout_total", type="euros", largeur=18),
)
TEXTES = (
    Colonne("Contexte", "contexte", largeur=80),
    Colonne("Publics", "publics", largeur=40),
    Colonne("Partenaires internes", _services(TypeRole.PARTENAIRE_INTERNE), largeur=40),
    Colonne("Partenaires externes", _services(TypeRole.PARTENAIRE_EXTERNE), largeur=40),
    Colonne("Calendrier, tel qu’imprimé", "calendrier_texte", largeur=40),
)
COLONNES_FICHES = (*IDENTITE, *SUIVI, *TEXTES)


def _de_la_fiche(colonne: Colonne) -> Colonne:
    """Return the column of a fiche, read from a row of the programme's page."""
    lire = colonne.lecteur()
    return Colonne(colonne.titre, lambda ligne: lire(ligne.fiche), colonne.type, colonne.largeur)


def colonnes_programme(annee: int, *, suivi: bool) -> tuple[Colonne, ...]:
    """Return the columns of the export of a programme; the state of bilans for the département's staff only."""
    bilan = (
        Colonne(f"Bilan {annee}", lambda r: r.etat_bilan.libelle if r.etat_bilan else "sans bilan", largeur=14),
        Colonne("À signaler", "signaler", largeur=40),
    )
    return (
        *map(_de_la_fiche, (*IDENTITE, *SUIVI)),
        Colonne(f"Indicateurs suivis {annee}", "decompte.total", type="nombre", largeur=12),
        Colonne("dont renseignés", "decompte.renseignes", type="nombre", largeur=12),
        Colonne("dont avec cible", "decompte.avec_cible", type="nombre", largeur=12),
        Colonne("dont cible atteinte", "decompte.atteintes", type="nombre", largeur=12),
        *(bilan if suivi else ()),
    )


def lignes_programme(lignes: Sequence[LigneFiche], axes: dict[int, Any]) -> Sequence[LigneFiche]:
    """Return the rows of the page with the node of each fiche, read with the programme."""
    for ligne in lignes:
        ligne.fiche.axe = axes.get(ligne.fiche.axe_id)
        if ligne.fiche.axe is not None:
            ligne.fiche.axe.parent = axes.get(ligne.fiche.axe.parent_id)
    return lignes


def colonnes_indicateurs(annee: int) -> tuple[Colonne, ...]:
    """Return the columns of the export of indicators for one year."""
    return (
        Colonne("Programme", lambda r: str(r.indicateur.fiche.programme), largeur=28),
        Colonne("N° de fiche", "indicateur.fiche.numero", largeur=10),
        Colonne("Fiche-action", "indicateur.fiche.intitule", largeur=50),
        Colonne("Regroupement", "indicateur.groupe", largeur=30),
        Colonne("Indicateur", "indicateur.libelle", largeur=60),
        Colonne("Nature", "indicateur.get_nature_display", largeur=12),
        Colonne("Unité", "indicateur.unite", largeur=12),
        Colonne("Sens", "indicateur.get_sens_display", largeur=24),
        Colonne("Périodicité", "indicateur.get_periodicite_display", largeur=14),
        Colonne("Source", "indicateur.get_source_display", largeur=10),
        Colonne(f"Valeur {annee}", "point.valeur", type="nombre", largeur=14),
        Colonne("Appréciation", "point.texte", largeur=50),
        Colonne("Numérateur", "point.numerateur", type="nombre", largeur=14),
        Colonne("Dénominateur", "point.denominateur", type="nombre", largeur=14),
        Colonne(f"Cible {annee}", "point.cible", type="nombre", largeur=14),
        Colonne("Écart", "point.ecart", type="nombre", largeur=12),
        Colonne("Cible atteinte", lambda r: "" if r.point.atteint is None else r.point.atteint, largeur=12),
        Colonne("Valeur partielle", lambda r: "oui" if r.point.partiel else "", largeur=12),
        Colonne(f"Valeur {annee - 1}", lambda r: r.historique[-2].valeur, type="nombre", largeur=14),
        Colonne(f"Valeur {annee - 2}", lambda r: r.historique[-3].valeur, type="nombre", largeur=14),
        Colonne("Saisie le", "point.saisie_le", type="date", largeur=16),
        Colonne("Donnée de démonstration", lambda r: "oui" if r.point.demonstration else "", largeur=14),
        Colonne("Définition", "indicateur.definition", largeur=60),
    )


def _paquets(cles: Sequence[int]) -> Iterator[Sequence[int]]:
    for debut in range(0, len(cles), PAQUET):
        yield cles[debut : debut + PAQUET]


def _dans_l_ordre(cles: Sequence[int], objets: Sequence[Model]) -> list[Any]:
    par_cle = {o.pk: o for o in objets}
    return [par_cle[cle] for cle in cles if cle in par_cle]


def lignes_fiches(fiches: QuerySet[FicheAction], jour: datetime.date) -> Iterator[Any]:
    """Yield the fiches in order, with their actors, frameworks and counts: one query a packet."""
    for cles in _paquets(list(fiches.values_list("pk", flat=True))):
        lot = FicheAction.objects.filter(pk__in=cles).select_related("programme", "axe__parent")
        yield from _dans_l_ordre(cles, lire_avec(decorer(lot, jour), ACTEURS, CADRES))


def lignes_indicateurs(indicateurs: QuerySet[Indicateur], annee: int) -> Iterator[LigneIndicateur]:
    """Yield the indicators in order with their figures: three queries a packet."""
    for cles in _paquets(list(indicateurs.values_list("pk", flat=True))):
        lot = Indicateur.objects.filter(pk__in=cles).select_related("fiche__programme")
        yield from lignes_de(_dans_l_ordre(cles, list(lot)), annee)
