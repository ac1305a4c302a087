"""Loading of the reference data of the third storey: regimes, reasons, grids, rule sets, règlements, exits.

A version already there is left alone: users may have worked on it, files refer to it. A change is a new version.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model

from offre.models import Frein
from offre.operations.chargement import charger_freins
from parcours.models import (
    EnveloppeAide,
    GrilleDiagnostic,
    JeuRegles,
    ModeleCourrier,
    Motif,
    ObjectifReferentiel,
    ReferentielSortie,
    RegimeJuridique,
    ReglementAide,
    RegleOrientation,
    SituationTheme,
    ThemeDiagnostic,
    TypeSortie,
)
from parcours.regles.aides import verifier_regles as verifier_reglement
from parcours.regles.orientation import RegleIllisible, verifier_regles
from pdi.socle.operations import journaliser
from pdi.socle.typographie import typographier_tout
from pdi.territoires.models import TerritoireAction


@dataclass
class BilanReferentiels:
    """What this run added."""

    freins: int = 0
    regimes: int = 0
    motifs: int = 0
    grilles: int = 0
    objectifs: int = 0
    jeux: int = 0
    reglements: int = 0
    sorties: int = 0
    courriers: int = 0
    enveloppes: int = 0

    @property
    def ajouts(self) -> int:
        """Return how many rows of the first rank were added."""
        return sum(vars(self).values())


def lire(chemin: Path) -> Any:
    """Return a data file with French typography."""
    return typographier_tout(json.loads(chemin.read_text(encoding="utf-8")))


def _date(texte: str | None) -> datetime.date | None:
    return None if texte is None else datetime.date.fromisoformat(texte)


def _periode(bornes: list[str | None]) -> DateRange:
    return DateRange(_date(bornes[0]), _date(bornes[1]))


@transaction.atomic
def charger_referentiels(
    *, dossier: Path, par: Any = None, enveloppes: int | None = None, departement: str = ""
) -> BilanReferentiels:
    """Load every file of `dossier`, once: what is already there is left alone. Return what was added.

    With `enveloppes` (a year), fictitious envelopes of that year in `departement` are added, marked as such. Raises
    RegleIllisible, naming the rule, when a rule set does not fit the grid or a règlement cannot be read.
    Sources: each file names its own.
    """
    bilan = BilanReferentiels()
    bilan.freins = charger_freins(chemin=dossier / "freins.json")
    freins = {f.code: f for f in Frein.objects.all()}
    bilan.regimes = len(_charger_regimes(lire(dossier / "regimes.json"), par))
    bilan.motifs = _charger_motifs(lire(dossier / "motifs.json"))
    grilles = lire(dossier / "grilles.json")
    bilan.grilles = len(_charger_grilles(grilles, freins, par))
    bilan.objectifs = _charger_objectifs(lire(dossier / "objectifs.json"), freins)
    bilan.jeux = len(_charger_jeux(lire(dossier / "regles-orientation.json"), _situations(grilles[-1]), par))
    bilan.reglements = len(_charger_reglements(lire(dossier / "reglements-aides.json"), par))
    bilan.sorties = len(_charger_sorties(lire(dossier / "sorties.json"), par))
    bilan.courriers = len(_charger_courriers(lire(dossier / "courriers.json"), par))
    if enveloppes is not None:
        bilan.enveloppes = charger_enveloppes_de_demonstration(
            lignes=lire(dossier / "enveloppes.json"), annee=enveloppes, departement=departement
        )
    return bilan


def _consigner(objets: list[Any], par: Any) -> None:
    for objet in objets:
        journaliser(par=par, verbe="chargement", objet=objet)


def _nouvelles(modele: type[Model], lus: list[dict[str, Any]], *cles: str) -> list[dict[str, Any]]:
    """Return the read rows whose key is not in the table yet, in one query."""
    connues = set(modele._default_manager.values_list(*cles))
    return [lu for lu in lus if tuple(lu[cle] for cle in cles) not in connues]


def _charger_regimes(lus: list[dict[str, Any]], par: Any) -> list[RegimeJuridique]:
    crees = RegimeJuridique.objects.bulk_create(
        [
            RegimeJuridique(
                code=r["code"],
                intitule=r["intitule"],
                validite=_periode(r["validite"]),
                parametres=r["parametres"],
                source=r["source"],
            )
            for r in _nouvelles(RegimeJuridique, lus, "code")
        ]
    )
    _consigner(crees, par)
    return crees


def _charger_motifs(lus: list[dict[str, Any]]) -> int:
    rangs: dict[str, int] = {}
    nouveaux = {(lu["nature"], lu["code"]) for lu in _nouvelles(Motif, lus, "nature", "code")}
    motifs = []
    for lu in lus:
        rangs[lu["nature"]] = rangs.get(lu["nature"], 0) + 1
        if (lu["nature"], lu["code"]) in nouveaux:
            motifs.append(
                Motif(
                    nature=lu["nature"],
                    code=lu["code"],
                    libelle=lu["libelle"],
                    validite=_periode(lu["validite"]),
                    ordre=rangs[lu["nature"]],
                )
            )
    return len(Motif.objects.bulk_create(motifs))


def _charger_grilles(lus: list[dict[str, Any]], freins: dict[str, Frein], par: Any) -> list[GrilleDiagnostic]:
    nouvelles = _nouvelles(GrilleDiagnostic, lus, "code", "version")
    grilles = GrilleDiagnostic.objects.bulk_create(
        [
            GrilleDiagnostic(
                code=g["code"], version=g["version"], intitule=g["intitule"], validite=_periode(g["validite"])
            )
            for g in nouvelles
        ]
    )
    themes = ThemeDiagnostic.objects.bulk_create(
        [
            ThemeDiagnostic(
                grille=grille,
                code=t["code"],
                libelle=t["libelle"],
                question=t["question"],
                restreint=t["restreint"],
                entree=t["entree"],
                ordre=rang,
            )
            for grille, lue in zip(grilles, nouvelles, strict=True)
            for rang, t in enumerate(lue["themes"], 1)
        ]
    )
    lignes = [t for lue in nouvelles for t in lue["themes"]]
    SituationTheme.objects.bulk_create(
        [
            SituationTheme(
                theme=theme,
                code=s["code"],
                libelle=s["libelle"],
                niveau=s["niveau"],
                frein=freins[s["frein"]] if s["frein"] else None,
                ordre=rang,
            )
            for theme, lu in zip(themes, lignes, strict=True)
            for rang, s in enumerate(lu["situations"], 1)
        ]
    )
    _consigner(grilles, par)
    return grilles


def _situations(grille: dict[str, Any]) -> dict[str, list[str]]:
    return {t["code"]: [s["code"] for s in t["situations"]] for t in grille["themes"]}


def _charger_objectifs(lus: list[dict[str, Any]], freins: dict[str, Frein]) -> int:
    nouveaux = _nouvelles(ObjectifReferentiel, lus, "code")
    objectifs = ObjectifReferentiel.objects.bulk_create(
        [ObjectifReferentiel(code=o["code"], libelle=o["libelle"]) for o in nouveaux]
    )
    lien = ObjectifReferentiel.freins.through
    lien._default_manager.bulk_create(
        [
            lien(objectifreferentiel=objectif, frein=freins[code])
            for objectif, lu in zip(objectifs, nouveaux, strict=True)
            for code in lu["freins"]
        ]
    )
    return len(objectifs)


def _charger_jeux(lus: list[dict[str, Any]], situations: dict[str, list[str]], par: Any) -> list[JeuRegles]:
    nouveaux = _nouvelles(JeuRegles, lus, "code", "version")
    jeux = [
        JeuRegles(
            code=j["code"],
            version=j["version"],
            intitule=j["intitule"],
            applique_des=_date(j["applique_des"]),
            source=j["source"],
        )
        for j in nouveaux
    ]
    regles = [
        RegleOrientation(jeu=jeu, ordre=ordre, **regle)
        for jeu, lu in zip(jeux, nouveaux, strict=True)
        for ordre, regle in enumerate(lu["regles"], 1)
    ]
    for jeu in jeux:
        fautes = verifier_regles([r for r in regles if r.jeu is jeu], situations)
        if fautes:
            raise RegleIllisible(f"{jeu}\u00a0: {' '.join(fautes)}")
    JeuRegles.objects.bulk_create(jeux)
    RegleOrientation.objects.bulk_create(regles)
    _consigner(jeux, par)
    return jeux


def _charger_reglements(lus: list[dict[str, Any]], par: Any) -> list[ReglementAide]:
    nouveaux = _nouvelles(ReglementAide, lus, "code")
    for lu in nouveaux:
        verifier_reglement(lu["regles"])
    crees = ReglementAide.objects.bulk_create(
        [
            ReglementAide(
                code=r["code"],
                intitule=r["intitule"],
                validite=_periode(r["validite"]),
                composantes=r["composantes"],
                regles=r["regles"],
                source=r["source"],
            )
            for r in nouveaux
        ]
    )
    _consigner(crees, par)
    return crees


def _charger_courriers(lus: list[dict[str, Any]], par: Any) -> list[ModeleCourrier]:
    crees = ModeleCourrier.objects.bulk_create(
        [
            ModeleCourrier(**{**m, "validite": _periode(m["validite"])})
            for m in _nouvelles(ModeleCourrier, lus, "code", "version")
        ]
    )
    for modele in crees:
        modele.clean()
    _consigner(crees, par)
    return crees


def _charger_sorties(lus: list[dict[str, Any]], par: Any) -> list[ReferentielSortie]:
    nouveaux = _nouvelles(ReferentielSortie, lus, "code", "version")
    referentiels = ReferentielSortie.objects.bulk_create(
        [
            ReferentielSortie(
                code=r["code"],
                version=r["version"],
                intitule=r["intitule"],
                validite=_periode(r["validite"]),
                duree_min_jours=r["duree_min_jours"],
                source=r["source"],
            )
            for r in nouveaux
        ]
    )
    TypeSortie.objects.bulk_create(
        [
            TypeSortie(referentiel=referentiel, ordre=rang, **type_lu)
            for referentiel, lu in zip(referentiels, nouveaux, strict=True)
            for rang, type_lu in enumerate(lu["types"], 1)
        ]
    )
    _consigner(referentiels, par)
    return referentiels


@transaction.atomic
def charger_enveloppes_de_demonstration(*, lignes: list[dict[str, Any]], annee: int, departement: str) -> int:
    """Add the fictitious envelopes of `annee`, in euros, marked as such; return how many were added.

    `par_territoire` gives one envelope to each territory of the first day of the year, else one for the département.
    """
    premier = datetime.date(annee, 1, 1)
    territoires = list(
        TerritoireAction.objects.filter(departement=departement, validite__contains=premier).order_by("pk")
    )
    reglements = {r.code: r for r in ReglementAide.objects.filter(validite__contains=premier).order_by("validite")}
    avant = EnveloppeAide.objects.count()
    EnveloppeAide.objects.bulk_create(
        [
            EnveloppeAide(
                reglement=reglements[ligne["reglement"]],
                annee=annee,
                territoire=territoire,
                montant=ligne["montant"],
                demonstration=True,
            )
            for ligne in lignes
            if ligne["reglement"] in reglements
            for territoire in (territoires if ligne["par_territoire"] else [None])
        ],
        ignore_conflicts=True,
    )
    return EnveloppeAide.objects.count() - avant
