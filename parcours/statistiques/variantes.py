"""From a formula to an indicator of a fiche: the formula itself, or a variant of it.

A variant is written like a query string: `taux_sortie_positive?offre=1.5` (these offers only),
`prescriptions_auto?terme=numerateur` (a count instead of a rate), `delai_orientation?unite=mois`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings

from actions.models import Programme, SensIndicateur
from actions.registre import Declaration, Portee, Requete, Termes, declarer
from offre.indicateurs import CODES as DES_REALISATIONS
from pdi.socle.masquage import SEUIL_INTERNE, petit
from pdi.socle.typographie import typographier_tout

from . import moteur
from .formule import AXES, Formule, Restriction, Valeur, en_mois

FICHIER = "fixtures/parcours/liaisons_indicateurs.json"
PARAMETRES = {"offre", "reglement", "territoire", "terme", "unite"}
TERMES = {"numerateur", "denominateur", "reste"}


@dataclass(frozen=True)
class Liaison:
    """An indicator printed in a fiche, and the calculation that fills it. `precision`: what it counts exactly."""

    fiche: str
    libelle: str
    groupe: str
    calcul: str
    precision: str = ""


@lru_cache(maxsize=1)
def liaisons() -> dict[str, tuple[Liaison, ...]]:
    """Return the liaisons of each programme, by its code; labels with French typography, as fiches are loaded."""
    brut = typographier_tout(json.loads((settings.RACINE / FICHIER).read_text(encoding="utf-8")))
    return {code: tuple(Liaison(**ligne) for ligne in lignes) for code, lignes in brut["programmes"].items()}


@dataclass(frozen=True)
class Variante:
    """A formula, the rows it is restricted to, and which of its terms makes the figure."""

    formule: Formule
    restriction: Restriction = field(default_factory=Restriction)
    terme: str = ""
    unite: str = ""

    @classmethod
    def lire(cls, code: str, formules: Mapping[str, Formule]) -> Variante:
        """Read « formula?offre=1.5&terme=numerateur ». Raises ValueError naming what is wrong."""
        nom, _, suite = code.partition("?")
        if nom not in formules:
            raise ValueError(f"« {nom} » n’est pas un indicateur connu.")
        parametres = dict(parse_qsl(suite, strict_parsing=bool(suite)))
        inconnus = set(parametres) - PARAMETRES
        if inconnus or parametres.get("terme", "reste") not in TERMES or parametres.get("unite", "mois") != "mois":
            raise ValueError(f"« {suite} » n’est pas une variante connue.")
        restriction = Restriction(
            territoire=parametres.get("territoire", ""),
            offres=tuple(filter(None, parametres.get("offre", "").split(","))),
            reglement=parametres.get("reglement", ""),
        )
        formule = formules[nom]
        if not moteur.admet(formule, restriction):
            raise ValueError(f"« {nom} » ne se restreint pas ainsi : {suite}.")
        return cls(formule, restriction, parametres.get("terme", ""), parametres.get("unite", ""))

    def termes(self, valeur: Valeur) -> Termes:
        """Return the terms as the registry of fiches wants them: a count has no denominator."""
        manquants = valeur.manquants if self.formule.manquants_sql else None
        base = valeur.denominateur or Decimal(0)
        nombre = {"numerateur": valeur.numerateur, "denominateur": base, "reste": base - valeur.numerateur}
        if self.terme:
            return Termes(nombre[self.terme], None, manquants)
        return Termes(valeur.numerateur, valeur.denominateur, manquants)

    def declaration(self, code: str) -> Declaration:
        """Return the declaration of the variant under its whole code."""
        f = self.formule
        compte = bool(self.terme) or f.est_un_compte
        dits = {"numerateur": f.numerateur, "denominateur": f.denominateur,
                "reste": f"{f.denominateur}, hors {f.numerateur}"}  # fmt: skip
        quoi = dits[self.terme] if self.terme else f.numerateur
        precision = self._precision()
        return Declaration(
            code=code,
            libelle=f"{f.libelle}{f' : {quoi}' if self.terme else ''}{precision}"[:200],
            definition=f.definition + (f" Restreint : {precision.strip(' ()')}." if precision else ""),
            numerateur=quoi,
            denominateur="" if compte else f.denominateur,
            unite="nombre" if self.terme else self.unite or f.unite,
            version=f.version,
            portee=Portee.PROGRAMME,
            requete=self._requete(),
            sens=SensIndicateur.NEUTRE if self.terme else f.sens,
            source=f.source,
            moyenne=self._moyenne() if not compte and f.unite != "%" else None,
            secrete=self._secrete,
        )

    def _secrete(self, termes: Termes) -> bool:
        """Return whether the terms, or what is left between them, are about too few people."""
        if termes.denominateur is None:
            parts = [termes.numerateur]
        elif self.formule.somme:  # days, euros: the denominator counts people
            parts = [termes.denominateur]
        else:
            parts = [termes.numerateur, termes.denominateur - termes.numerateur, termes.denominateur]
        return any(petit(part, SEUIL_INTERNE) for part in parts)

    def _moyenne(self) -> Any:
        en = en_mois if self.unite == "mois" else (lambda valeur: valeur)

        def moyenne(termes: Termes) -> Decimal | None:
            return en(self.formule.diviser(termes.numerateur, termes.denominateur or Decimal(0)))

        return moyenne

    def _requete(self) -> Requete:
        def requete(programme: Programme, annee: int) -> dict[int | None, Termes]:
            del programme  # one deployment, one département: its people are those of the programme
            resultat = moteur.calculer([self.formule], moteur.Moment.de(annee), (), self.restriction)
            return {None: self.termes(resultat[self.formule.code]["total"][""])}

        return requete

    def _precision(self) -> str:
        r = self.restriction
        mots = [
            *([f"offre{'s' if len(r.offres) > 1 else ''} {', '.join(r.offres)}"] if r.offres else []),
            *([f"aide « {r.reglement} »"] if r.reglement else []),
            *([f"{AXES['territoire'].lower()} {r.territoire}"] if r.territoire else []),
        ]
        return f" ({', '.join(mots)})" if mots else ""


def declarer_aux_fiches(formules: Iterable[Formule]) -> None:
    """Declare every formula, and every variant that a liaison names, in the registry of the first storey.

    A liaison may also name what the storey below declares: its realisations, its conventions.
    """
    connues = {f.code: f for f in formules}
    codes = dict.fromkeys([*connues, *(ligne.calcul for lignes in liaisons().values() for ligne in lignes)])
    for code in [c for c in codes if c not in DES_REALISATIONS]:
        declarer(Variante.lire(code, connues).declaration(code))


__all__ = ["Liaison", "Variante", "declarer_aux_fiches", "liaisons"]
