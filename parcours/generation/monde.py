"""What the histories happen in: communes, receiving structures, référentiels, demonstration accounts.

Read once from the database; the draws then depend on nothing else. Lists are sorted by code, never by id, so that
the same seed gives the same people in any database loaded with the same référentiels.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from offre.models import EtatOffre, OffreInsertion
from parcours.models import (
    GrilleDiagnostic,
    Motif,
    NatureMotif,
    ObjectifReferentiel,
    ReglementAide,
    SituationTheme,
    TypeSortie,
)
from parcours.regles.diagnostics import THEMES_DE_L_IDENTITE, identite_declaree
from pdi.comptes.models import Habilitation, Role
from pdi.socle.droits import RegleMetier
from pdi.territoires.models import Commune, CommuneTerritoire

from . import parametres as p
from .evenements import Periode
from .hasard import Tirage
from .structures import Receptrices, preparer_structures

Reponses = dict[str, Tirage[int]]  # by type of orientation, the draw of a situation of one theme
CATEGORIES = ("durable", "transition", "positive", "autre", "neutralisee")


@dataclass(frozen=True, slots=True)
class CommuneLue:
    """A commune and the action territories it belonged to."""

    code: str
    code_postal: str
    rattachements: tuple[tuple[Periode, str], ...]

    def territoire_au(self, jour: datetime.date) -> str | None:
        """Return the code of its territory on `jour`."""
        return next((code for periode, code in self.rattachements if periode.contient(jour)), None)


@dataclass(frozen=True, slots=True)
class TypeSortieLu:
    """A type of exit, with what its version of the référentiel asks."""

    id: int
    code: str
    categorie: str
    emploi: bool
    duree_min: int
    validite: Periode


@dataclass(frozen=True, slots=True)
class OffreLue:
    """An offer: who may be sent, by whom, to whom."""

    id: int
    numero: str
    places: int
    compte_places: bool
    age_min: int
    age_max: int
    duree_j: int
    origines: frozenset[str]
    operateurs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Acteur:
    """An account of the demonstration."""

    utilisateur: int
    structure: int | None
    territoire: str | None


@dataclass(slots=True)
class Monde:
    """Everything the draws read."""

    communes: dict[str, CommuneLue]
    tirage_communes: Tirage[str]
    par_territoire: dict[str, Tirage[str]]
    receptrices: Receptrices
    types_sortie: dict[int, TypeSortieLu]
    types_par_categorie: dict[str, list[TypeSortieLu]]
    motifs: dict[str, list[int]]
    motifs_fin: dict[str, int]
    reglements: list[tuple[int, str, Periode, tuple[str, ...]]]
    offres: list[OffreLue]
    objectifs: list[tuple[int, str]]
    grille: tuple[int, list[tuple[int, Reponses]]] | None
    acteurs: dict[str, Acteur] = field(default_factory=dict)
    identites: dict[int, dict[tuple[str, Any], int]] = field(default_factory=dict)  # see _identites

    def motif_fin(self, type_sortie: TypeSortieLu) -> int:
        """Return the reason that goes with the end of an accompaniment, without drawing anything."""
        code = p.MOTIFS_FIN.get(type_sortie.code, "emploi" if type_sortie.emploi else "objectifs_atteints")
        return self.motifs_fin.get(code) or next(iter(self.motifs_fin.values()))

    def type_sortie(self, categorie: str, jour: datetime.date, choix: float) -> TypeSortieLu:
        """Return a type of that family in force on `jour` (`choix` from 0 to 1), else of any version."""
        tous = self.types_par_categorie[categorie]
        valides = [t for t in tous if t.validite.contient(jour)] or tous
        return valides[int(choix * len(valides))]


def _periode(plage: Any) -> Periode:
    return Periode(plage.lower or datetime.date.min, plage.upper)


def lire_monde(*, avec_comptes: bool) -> Monde:
    """Read it; RegleMetier names what is missing. `avec_comptes`: the demonstration accounts get portfolios."""
    rattachements: dict[str, list[tuple[Periode, str]]] = defaultdict(list)
    for insee, validite, code in CommuneTerritoire.objects.values_list("commune", "validite", "territoire__code"):
        rattachements[insee].append((_periode(validite), code))
    communes, poids = {}, {}
    for commune in Commune.objects.filter(departement=settings.DEPARTEMENT_CODE).order_by("code"):
        liens = tuple(sorted(rattachements[commune.code], key=lambda lien: lien[0].debut))
        communes[commune.code] = CommuneLue(commune.code, (commune.codes_postaux or [""])[0], liens)
        poids[commune.code] = float(commune.population or 100)
    if not communes:
        raise RegleMetier("Aucune commune n’est chargée : lancez d’abord « manage.py charger_territoires ».")
    par_territoire: dict[str, dict[str, float]] = defaultdict(dict)
    for lue in communes.values():
        for _, territoire in lue.rattachements[-1:]:
            par_territoire[territoire][lue.code] = poids[lue.code]
    types = _types_sortie()
    par_categorie = {c: [t for t in types if t.categorie == c] for c in CATEGORIES}
    if vides := [c for c, lus in par_categorie.items() if not lus]:
        raise RegleMetier(
            f"Le référentiel des sorties n’a pas de type « {vides[0]} » : lancez d’abord "
            "« manage.py charger_referentiels_parcours »."
        )
    motifs: dict[str, list[int]] = {nature: [] for nature in NatureMotif.values}
    motifs_fin: dict[str, int] = {}
    for pk, nature, code in Motif.objects.order_by("nature", "code").values_list("pk", "nature", "code"):
        motifs[nature].append(pk)
        if nature == NatureMotif.FIN_ACCOMPAGNEMENT:
            motifs_fin[code] = pk
    if not motifs_fin:
        raise RegleMetier(
            "Aucun motif de fin d’accompagnement : lancez d’abord « manage.py charger_referentiels_parcours »."
        )
    return Monde(
        communes=communes,
        tirage_communes=Tirage(poids),
        par_territoire={code: Tirage(p) for code, p in sorted(par_territoire.items())},
        receptrices=preparer_structures(territoires=sorted(par_territoire)),
        types_sortie={t.id: t for t in types},
        types_par_categorie=par_categorie,
        motifs=motifs,
        motifs_fin=motifs_fin,
        reglements=[
            (r.pk, r.code, _periode(r.validite), tuple(map(_code_composante, r.composantes)))
            for r in ReglementAide.objects.order_by("code", "validite")
        ],
        offres=_offres(),
        objectifs=list(ObjectifReferentiel.objects.filter(actif=True).order_by("code").values_list("pk", "libelle")),
        grille=_grille(),
        acteurs=_acteurs() if avec_comptes else {},
        identites=_identites(),
    )


def _code_composante(composante: Any) -> str:
    """Return the code of a component, written alone or as {"code", …}."""
    return str(composante.get("code", "") if isinstance(composante, dict) else composante)


def _types_sortie() -> list[TypeSortieLu]:
    lus = TypeSortie.objects.select_related("referentiel").order_by("referentiel__code", "referentiel__version", "code")
    return [
        TypeSortieLu(
            t.pk, t.code, t.categorie, t.emploi, t.referentiel.duree_min_jours, _periode(t.referentiel.validite)
        )
        for t in lus
    ]


def _offres() -> list[OffreLue]:
    lues = []
    for offre in (
        OffreInsertion.objects.filter(etat=EtatOffre.PUBLIEE).prefetch_related("operateurs").order_by("numero")
    ):
        origines = {"plateforme"} if offre.prescription_referent else set()
        origines |= {"referent"} if offre.prescription_referent else set()
        origines |= {"prestataire"} if offre.prescription_prestataire else set()
        origines |= {"auto"} if offre.auto_prescription else set()
        mois = float(offre.duree_max_mois or offre.duree_min_mois or 3)
        lues.append(
            OffreLue(
                id=offre.pk,
                numero=offre.numero,
                places=offre.places or 0,
                compte_places=offre.places is not None and offre.places_unite not in ("heures", "places/session"),
                age_min=offre.age_min or 0,
                age_max=offre.age_max or 120,
                duree_j=int(mois * 30),
                origines=frozenset(origines),
                operateurs=tuple(sorted(s.pk for s in offre.operateurs.all())),
            )
        )
    return lues


def _grille() -> tuple[int, list[tuple[int, Reponses]]] | None:
    """Return the grid in force and, of each theme, its situations drawn as they suit each type of orientation."""
    grille = GrilleDiagnostic.objects.prefetch_related("themes__situations").order_by("-validite", "pk").first()
    if grille is None:
        return None
    themes = [(theme.pk, list(theme.situations.all())) for theme in grille.themes.all()]
    return grille.pk, [(theme, _reponses(situations)) for theme, situations in themes if situations]


def _identites() -> dict[int, dict[tuple[str, Any], int]]:
    """Return, of each theme that the identity answers, {(field, value): situation}: identity and diagnosis agree."""
    grille = GrilleDiagnostic.objects.order_by("-validite", "pk").first()
    lus: dict[int, dict[tuple[str, Any], int]] = {}
    situations = SituationTheme.objects.filter(theme__grille=grille, theme__code__in=THEMES_DE_L_IDENTITE)
    for s in situations.select_related("theme").order_by("ordre", "pk"):
        for champ, valeur in identite_declaree({s.theme.code: s.code}).items():
            lus.setdefault(s.theme_id, {})[champ, valeur] = s.pk
    return lus


def _reponses(situations: Sequence[Any]) -> Reponses:
    """Return, by type, the draw of one of `situations`: the weight of a level is shared by those that have it."""
    niveaux = [s.niveau for s in situations]
    return {
        profil: Tirage({s.pk: poids[s.niveau] / niveaux.count(s.niveau) for s in situations})
        for profil, poids in p.NIVEAUX.items()
    }


def _acteurs() -> dict[str, Acteur]:
    """Return the first demonstration account of each role that meets people."""
    acteurs: dict[str, Acteur] = {}
    roles = (Role.REFERENT, Role.ENCADRANT, Role.AGENT_ORIENTATION, Role.PRESTATAIRE)
    habilitations = Habilitation.objects.filter(utilisateur__demonstration=True, role__in=roles)
    for h in habilitations.select_related("territoire").order_by("pk"):
        code = h.territoire.code if h.territoire else None
        acteurs.setdefault(h.role, Acteur(h.utilisateur_id, h.structure_id, code))
    return acteurs
