"""The figures at the head of a fiche: three key figures with their base, and the chain from plan to result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from actions.figures import PointAnnuel
from actions.models import EtatBilan, Indicateur
from pdi.socle.composants import Maillon
from pdi.socle.formats import accorder, compte, ecart, nombre, typographier, valeur_unite

if TYPE_CHECKING:
    from .fiches import PageFiche

ICONES_TENDANCE = {1: "arrow-up-right", 0: "arrow-right", -1: "arrow-down-right"}
NOMBRE_CHIFFRES = 3
LIBELLE_COURT = 40
_NOMBRE = re.compile("[\u2212\\d\u00a0,]*\\d")


@dataclass(frozen=True)
class LigneIndicateur:
    """One row of the table of indicators: the year's figure, the history, the word for its source."""

    indicateur: Any
    point: PointAnnuel
    historique: list[PointAnnuel]

    @property
    def mesuree(self) -> bool:
        """Return whether there is something to draw."""
        return any(p.valeur is not None for p in self.historique)

    @property
    def dit_retards(self) -> str:
        """Return how many values are late, in words (the list counts them)."""
        return compte(self.indicateur.retards, "saisie en retard", "saisies en retard")

    @property
    def serie(self) -> list[tuple[str, Decimal | None]]:
        """Return the history for a sparkline."""
        return [(str(p.annee), p.valeur) for p in self.historique]

    @property
    def base(self) -> str:
        """Return « Calculé : 27 073 / 31 480 » or « Saisi »."""
        mot = str(self.indicateur.get_source_display())
        point = self.point
        if point.numerateur is None or point.denominateur is None:
            return mot
        return f"{mot}\u00a0: {nombre(point.numerateur)} / {nombre(point.denominateur)}"


@dataclass(frozen=True)
class ChiffreCle:
    """One key figure: an indicator of the fiche, or a count when it has too few."""

    titre: str
    valeur: str
    unite: str = ""
    base: str = ""
    tendance: str = ""
    ton: str = ""
    icone: str = ""
    plein: Decimal | None = None
    maximum: Decimal = Decimal(100)
    cible: Decimal | None = None
    url: str = ""
    definition: Sequence[tuple[str, str]] = ()


def separer(valeur: Any, unite: str) -> tuple[str, str]:
    """Return a value and its unit apart: (« 1 106 », « places »), (« 86,0 », « % »)."""
    texte = valeur_unite(valeur, unite)
    trouve = _NOMBRE.match(texte)
    return (texte, "") if trouve is None else (trouve[0], texte[trouve.end() :].strip())


def _definition(indicateur: Indicateur) -> list[tuple[str, str]]:
    lignes = [
        ("Définition", indicateur.definition),
        ("Au numérateur", indicateur.numerateur_libelle),
        ("Au dénominateur", indicateur.denominateur_libelle),
        ("Producteur", indicateur.producteur),
    ]
    return [(terme, texte) for terme, texte in lignes if texte]


def _base(indicateur: Indicateur, point: PointAnnuel) -> str:
    """Return what the value rests on: its terms named when their names are short, else where it comes from."""
    if point.numerateur is None or point.denominateur is None:
        return (
            "valeur partielle, l’année n’est pas entièrement couverte"
            if point.partiel
            else indicateur.get_source_display()
        )
    termes = ((point.numerateur, indicateur.numerateur_libelle), (point.denominateur, indicateur.denominateur_libelle))
    return " / ".join(
        f"{nombre(v)} {typographier(nom) if len(nom) < LIBELLE_COURT else ''}".strip() for v, nom in termes
    )


def chiffre_d_indicateur(ligne: LigneIndicateur) -> ChiffreCle:
    """Return the key figure of an indicator: value, base, target mark, trend in words, definition."""
    indicateur, point = ligne.indicateur, ligne.point
    precedent = next((p for p in ligne.historique if p.annee == point.annee - 1), None)
    unite = indicateur.unite
    valeur, mot = separer(point.valeur, unite)
    morceaux, sens = [], None
    if precedent and precedent.valeur is not None and point.valeur is not None:
        difference = point.valeur - precedent.valeur
        sens = (difference > 0) - (difference < 0)
        morceaux.append(f"{ecart(difference, unite)} en un an" if difference else f"comme en {precedent.annee}")
    if point.cible is not None:
        morceaux.append(f"cible {valeur_unite(point.cible, unite)}")
    haut = max(v for v in (point.valeur, point.cible, Decimal(0)) if v is not None)
    return ChiffreCle(
        titre=typographier(indicateur.libelle),
        valeur=valeur,
        unite=mot,
        base=_base(indicateur, point),
        tendance=", ".join(morceaux),
        ton=point.ton if point.atteint is not None else "",
        icone=ICONES_TENDANCE[sens] if sens is not None else "",
        plein=point.valeur,
        maximum=Decimal(100) if unite == "%" and haut <= 100 else (haut * Decimal("1.25") or Decimal(1)),
        cible=point.cible,
        url=indicateur.get_absolute_url(),
        definition=_definition(indicateur),
    )


def maillons(page: PageFiche) -> list[Maillon]:
    """Return the chain from what the fiche plans to what was judged; each number leads to its section."""
    objectifs, etapes, d = len(page.objectifs), len(page.etapes), page.decompte
    prevu = compte(etapes, "étape")
    chaine = [
        Maillon(str(objectifs), f"{accorder(objectifs, 'objectif')}, {prevu}", "programme", "#objectifs")
        if objectifs
        else Maillon(str(etapes), accorder(etapes, "étape"), "programme", "#objectifs")
    ]
    if etapes and not page.programme.reference:
        texte = f"{accorder(page.realisees, 'étape réalisée')} sur {etapes}"
        chaine.append(Maillon(str(page.realisees), texte, "programme", "#objectifs"))
    if page.programme.reference:
        return [
            *chaine,
            Maillon(
                str(d.total), accorder(d.total, "indicateur prévu", "indicateurs prévus"), "donnees", "#indicateurs"
            ),
        ]
    texte = f"{accorder(d.renseignes, 'indicateur renseigné')} sur {d.total} en {page.annee}"
    chaine.append(Maillon(str(d.renseignes), texte, "donnees", "#indicateurs"))
    if d.avec_cible:
        texte = f"{accorder(d.atteintes, 'cible atteinte')} sur {d.avec_cible}"
        chaine.append(Maillon(str(d.atteintes), texte, "donnees", "#indicateurs"))
    if page.programme.campagnes.all():
        valides = sum(b.etat == EtatBilan.VALIDE for b in page.bilans)
        chaine.append(
            Maillon(str(valides), accorder(valides, "bilan validé", "bilans validés"), "gouvernance", "#bilan")
        )
    return chaine


def chiffres(page: PageFiche) -> list[ChiffreCle]:
    """Return three key figures: measured indicators first (those with a target before), then counts."""
    mesures = [ligne for ligne in page.lignes if ligne.point.valeur is not None]
    mesures.sort(key=lambda ligne: ligne.point.cible is None)
    retenus = [chiffre_d_indicateur(ligne) for ligne in mesures[:NOMBRE_CHIFFRES]]
    return [*retenus, *_comptes(page)][:NOMBRE_CHIFFRES]


def _part(titre: str, fait: int, total: int, base: str = "") -> ChiffreCle:
    return ChiffreCle(titre, str(fait), f"sur {total}", base, plein=Decimal(fait), maximum=Decimal(total))


def _comptes(page: PageFiche) -> list[ChiffreCle]:
    """Return the counts that stand for missing indicators."""
    d, plan, comptes = page.decompte, page.plan, []
    if page.etapes and not page.programme.reference:
        comptes.append(_part("Étapes réalisées", page.realisees, len(page.etapes)))
    if d.total and page.programme.reference:
        comptes.append(ChiffreCle("Indicateurs prévus", str(d.total), "", "valeurs non suivies ici"))
    elif d.total:
        base = f"{compte(d.sans_cible, 'indicateur')} sans cible" if d.sans_cible else "chacun a une cible"
        comptes.append(_part(f"Indicateurs renseignés en {page.annee}", d.renseignes, d.total, base))
    if plan.total is not None:
        base = "prévu au plan" if plan.realise is None else f"réalisé\u00a0: {valeur_unite(plan.realise, '€')}"
        comptes.append(ChiffreCle("Financement prévu", *separer(plan.total, "€"), base))
    if page.etapes and page.programme.reference:
        base = f"pour {compte(len(page.objectifs), 'objectif')}" if page.objectifs else "au plan d’action"
        comptes.append(ChiffreCle("Étapes prévues", str(len(page.etapes)), "", base))
    structures = {r.structure_id for r in page.fiche.roles.all()}
    if structures:
        comptes.append(
            ChiffreCle("Structures engagées", str(len(structures)), "", "pilotes, partenaires, mise en œuvre")
        )
    return comptes
