"""What the screens show of the figures: frozen or fresh, by one axis, small cells hidden from who must not know."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from parcours.indicateurs import PAR_CODE
from parcours.models import ReleveIndicateurs, TypeOrientation, ValeurIndicateur
from pdi.socle.formats import date_courte
from pdi.socle.masquage import SEUIL_INTERNE, masquer_liste, masquer_taux, petit
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

from . import familles, moteur
from .familles import avec_la_famille
from .formule import AGE, AXES, MOIS, OFFRE, SEXE, STRUCTURE, TERRITOIRE, TYPE, Formule, Restriction, Valeur

INCONNU = "?"
ANNEES_COURBE = 5
AGES = {
    "0-24": "Moins de 25 ans", "25-29": "25 à 29 ans", "30-39": "30 à 39 ans", "40-49": "40 à 49 ans",
    "50-59": "50 à 59 ans", "60+": "60 ans et plus", "": "Âge inconnu",
}  # fmt: skip
SEXES = {"F": "Femmes", "H": "Hommes", "": "Sexe inconnu"}
TYPES = {**{str(t.value): t.label for t in TypeOrientation}, "": "Sans orientation"}
MOIS_DITS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
             "novembre", "décembre")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chiffre:
    """A figure ready to be shown. `masque`: hidden, its group being too small. `applicable` False: no sense here.

    `discret`: the reader must not learn of a few missing people either.
    """

    formule: Formule
    termes: Valeur
    masque: bool = False
    discret: bool = False
    applicable: bool = True

    @property
    def valeur(self) -> Decimal | None:
        """Return the value in the formula's unit; None when hidden or not computable."""
        return None if self.masque or not self.applicable else self.formule.valeur(self.termes)

    @property
    def manquants(self) -> int | None:
        """Return how many data are missing; None when that is hidden or not counted."""
        if self.masque or not self.formule.manquants_sql:
            return None
        if self.discret and petit(self.termes.manquants, SEUIL_INTERNE):
            return None
        return self.termes.manquants


@dataclass(frozen=True, slots=True)
class Groupe:
    """One line of a breakdown: its key (for links), its name, its figure."""

    cle: str
    libelle: str
    chiffre: Chiffre


@dataclass(frozen=True)
class Source:
    """Where the figures of a year come from: computed on a date, or counted at once (`releve` None).

    `au`: a day of the year, asked for by the reader; the figures are counted at once as of that day.
    """

    annee: int
    releve: ReleveIndicateurs | None
    au: datetime.date | None = None

    @classmethod
    def de(cls, annee: int) -> Source:
        """Return the last computed figures of the year, the working ones before the frozen ones."""
        releves = ReleveIndicateurs.objects.filter(annee=annee).select_related("calcule_par", "gele_par")
        return cls(annee, releves.order_by("-calcule_le").first())

    @property
    def moment(self) -> moteur.Moment:
        """Return the moment the figures are drawn up."""
        return moteur.Moment.de(self.annee, self.releve.arrete if self.releve else self.au)

    def groupes(
        self, formules: Sequence[Formule], axe: str = "", restriction: Restriction | None = None
    ) -> Mapping[str, moteur.Groupes]:
        """Return {code: {axis: {group: value}}} for the total and `axe`."""
        axes = (axe,) if axe else ()
        if self.releve is None or (restriction is not None and not restriction.vide):
            return moteur.calculer(formules, self.moment, axes, restriction)
        resultats: dict[str, moteur.Groupes] = {f.code: {"total": {}} for f in formules}
        for formule in formules:
            resultats[formule.code] |= {a: {} for a in axes if a in formule.axes}
        lignes = ValeurIndicateur.objects.filter(
            releve=self.releve, code__in=list(resultats), axe__in=["total", *axes]
        ).values_list("code", "axe", "cle", "numerateur", "denominateur", "manquants", "mediane")
        for code, axe_lu, cle, numerateur, denominateur, manquants, mediane in lignes:
            valeur = Valeur(numerateur, denominateur, manquants, mediane)
            resultats[code].setdefault(axe_lu, {})[None if cle == INCONNU else cle] = valeur
        return resultats


def masques(formule: Formule, groupes: Mapping[str | None, Valeur], seuil: int = SEUIL_INTERNE) -> set[str | None]:
    """Return the groups of a breakdown to hide, the total being shown: the small ones, and what would give them back.

    When only hiding the total would do, every group is hidden instead: the total is shown elsewhere.
    """
    cles, valeurs = list(groupes), list(groupes.values())
    caches = {c for c, v in groupes.items() if petit_chiffre(formule, v, seuil)}
    listes = [[v.effectif for v in valeurs]]
    if not formule.disjoint and not formule.somme:
        listes.append([int(v.numerateur) for v in valeurs])
    tout = False
    for effectifs in listes:
        liste = masquer_liste(effectifs, seuil)
        caches |= {c for c, cache in zip(cles, liste.cases, strict=True) if cache}
        tout |= liste.total
    if formule.disjoint and not formule.est_un_compte and not formule.somme and valeurs:
        par_taux, total = masquer_taux([(int(v.numerateur), int(v.denominateur or 0)) for v in valeurs], seuil)
        caches |= {c for c, cache in zip(cles, par_taux, strict=True) if cache}
        tout |= total
    return set(cles) if caches and tout else caches


def petit_chiffre(formule: Formule, valeur: Valeur, seuil: int = SEUIL_INTERNE) -> bool:
    """Return whether a figure alone tells about too few people, counted or not counted."""
    parts = [Decimal(valeur.effectif)]
    if not formule.est_un_compte and not formule.somme:
        parts += [valeur.numerateur, abs((valeur.denominateur or Decimal(0)) - valeur.numerateur)]
    return any(petit(part, seuil) for part in parts)


def chiffres(
    source: Source, formules: Sequence[Formule], restriction: Restriction, *, masquer: bool
) -> dict[str, Chiffre]:
    """Return the figure of each formula for the rows of `restriction`: one axis at most when small cells are hidden."""
    actives = [a for a in restriction.actives() if a in AXES]
    demandees = list(formules)
    if masquer and len(actives) < 2:  # what the others of its family tell of a hidden figure is hidden too
        formules = avec_la_famille(demandees, PAR_CODE)
    if len(actives) > 1:
        lus = source.groupes(formules, restriction=restriction)
        return {
            f.code: Chiffre(f, lus[f.code]["total"][""], discret=masquer) if f.code in lus else _absent(f)
            for f in formules
        }
    axe = actives[0] if actives else ""
    lus = source.groupes(formules, axe)
    de_famille = _caches_de_famille(lus, axe) if masquer else {}
    resultat = {}
    for formule in demandees:
        groupes = lus.get(formule.code, {})
        if not axe:
            total = groupes.get("total", {}).get("", Valeur(Decimal(0), Decimal(0)))
            cachee = masquer and (petit_chiffre(formule, total) or "" in de_famille.get(formule.code, ()))
            resultat[formule.code] = Chiffre(formule, total, cachee, discret=masquer)
            continue
        if axe not in formule.axes:
            resultat[formule.code] = _absent(formule)
            continue
        cle = str(restriction.actives()[axe])
        termes = groupes.get(axe, {}).get(cle, _rien(formule))
        cachees = masques(formule, groupes.get(axe, {})) if masquer else set()
        cachees |= de_famille.get(formule.code, set())
        resultat[formule.code] = Chiffre(formule, termes, cle in cachees, discret=masquer)
    return resultat


def _caches_de_famille(lus: Mapping[str, moteur.Groupes], axe: str) -> dict[str, set[str | None]]:
    """Return the groups hidden by indicator because its family would give them back; « » is the whole, without axis."""
    if axe:
        return familles.caches_par_groupe({code: groupes[axe] for code, groupes in lus.items() if axe in groupes})
    totaux = {code: groupes["total"][""] for code, groupes in lus.items() if "" in groupes.get("total", {})}
    return {code: {""} for code in familles.caches(totaux)}


def _rien(formule: Formule) -> Valeur:
    return Valeur(Decimal(0), None if formule.est_un_compte else Decimal(0))


def _absent(formule: Formule) -> Chiffre:
    return Chiffre(formule, _rien(formule), applicable=False)


def ventilation(source: Source, formule: Formule, axe: str, restriction: Restriction, *, masquer: bool) -> list[Groupe]:
    """Return the breakdown of a figure by an axis, in the order of its nomenclature."""
    famille = avec_la_famille([formule], PAR_CODE) if masquer else [formule]
    lus = source.groupes(famille, axe, restriction)
    groupes = lus.get(formule.code, {}).get(axe, {})
    cachees = masques(formule, groupes) | _caches_de_famille(lus, axe).get(formule.code, set()) if masquer else set()
    noms = libelles(axe, groupes)
    return [
        Groupe(
            INCONNU if cle is None else cle, noms[cle], Chiffre(formule, groupes[cle], cle in cachees, discret=masquer)
        )
        for cle in noms
        if cle in groupes
    ]


def libelles(axe: str, cles: Iterable[str | None]) -> dict[str | None, str]:
    """Return the name of each group, in order."""
    presentes = [c for c in cles if c is not None]
    noms: dict[str | None, str]
    if axe == TERRITOIRE:
        noms = dict(TerritoireAction.objects.filter(code__in=presentes).order_by("nom").values_list("code", "nom"))
        noms[None] = "Territoire inconnu"
    elif axe == STRUCTURE:
        structures = Structure.objects.filter(pk__in=[int(c) for c in presentes]).order_by("nom")
        noms = {str(s.pk): str(s) for s in structures}
        noms[None] = "Sans structure"
    elif axe == MOIS:
        noms = {c: f"{MOIS_DITS[int(c[5:]) - 1].capitalize()} {c[:4]}" for c in sorted(presentes)}
    elif axe == OFFRE:
        noms = {c: f"Offre {c}" if c else "Hors catalogue" for c in sorted(presentes, key=_rang_offre)}
    else:
        noms = {cle: nom for cle, nom in {SEXE: SEXES, AGE: AGES, TYPE: TYPES}[axe].items()}  # noqa: C416 - wider keys
    return noms


def _rang_offre(numero: str) -> tuple[int, list[int]]:
    morceaux = numero.split(".")
    return (0, [int(m) for m in morceaux]) if all(m.isdigit() for m in morceaux) else (1, [])


@dataclass(frozen=True, slots=True)
class Point:
    """The figure of a year, for the curve."""

    annee: int
    chiffre: Chiffre
    source: Source

    @property
    def libelle(self) -> str:
        """Return the year, or the day of it that was asked for."""
        return date_courte(self.source.au) if self.source.au else str(self.annee)


def courbe(
    formule: Formule, annees: Sequence[int], restriction: Restriction, *, masquer: bool, source: Source
) -> list[Point]:
    """Return the figure of each year; that of the year shown comes from `source`."""
    sources = [source if a == source.annee else Source.de(a) for a in annees]
    return [Point(s.annee, chiffres(s, [formule], restriction, masquer=masquer)[formule.code], s) for s in sources]


def annees_lisibles(jour: datetime.date | None = None) -> list[int]:
    """Return the years one may choose, latest first: the last five, this one included."""
    fin = (jour or timezone.localdate()).year
    return list(range(fin, fin - ANNEES_COURBE, -1))
