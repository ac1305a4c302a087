"""From a formula to an indicator of a fiche: the formula itself, or a variant of it.

A variant is written like a query string: `taux_sortie_positive?offre=1.5` (these offers only),
`prescriptions_auto?terme=numerateur` (a count instead of a rate), `delai_orientation?unite=mois`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings

from actions.models import Programme, SensIndicateur
from actions.registre import SECRET, Declaration, Portee, Requete, Termes, declarer
from offre.indicateurs import CODES as DES_REALISATIONS
from parcours.models import ReleveIndicateurs, ValeurIndicateur
from pdi.socle.formats import date_courte
from pdi.socle.masquage import SEUIL_INTERNE, petit
from pdi.socle.typographie import typographier_tout

from . import familles, moteur
from .familles import avec_la_famille
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
    famille: tuple[Formule, ...] = ()  # the formula, and those it adds up with

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
        famille = tuple(avec_la_famille([formule], formules))
        return cls(formule, restriction, parametres.get("terme", ""), parametres.get("unite", ""), famille)

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
            origine=dire_le_gel,
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
            valeurs = totaux(self.famille or (self.formule,), annee, self.restriction)
            termes = self.termes(valeurs[self.formule.code])
            trouvable = self.formule.code in familles.caches(valeurs)
            return {None: replace(termes, texte=SECRET) if trouvable else termes}

        return requete

    def _precision(self) -> str:
        r = self.restriction
        mots = [
            *([f"offre{'s' if len(r.offres) > 1 else ''} {', '.join(r.offres)}"] if r.offres else []),
            *([f"aide « {r.reglement} »"] if r.reglement else []),
            *([f"{AXES['territoire'].lower()} {r.territoire}"] if r.territoire else []),
        ]
        return f" ({', '.join(mots)})" if mots else ""


def gele_de(annee: int) -> ReleveIndicateurs | None:
    """Return the frozen figures of a year."""
    return ReleveIndicateurs.objects.filter(annee=annee, gele_le__isnull=False).first()


def dire_le_gel(annee: int) -> str:
    """Return « chiffre gelé le 31/03/2026 » for a year whose figures are frozen, empty otherwise."""
    gele = gele_de(annee)
    return f"chiffre gelé le {date_courte(gele.gele_le)}" if gele and gele.gele_le else ""


def totaux(formules: Sequence[Formule], annee: int, restriction: Restriction) -> dict[str, Valeur]:
    """Return the value of each formula over the year: the frozen one when the year is frozen, else counted now.

    A restricted figure is not kept by the freeze: it is counted on the rows that were known then. So fiches and
    observatoire tell the same of a frozen year; the gap to a recount is explained on the page of the indicator.
    """
    gele = gele_de(annee)
    moment = moteur.Moment.de(annee, gele.arrete, vu_le=gele.gele_le) if gele else moteur.Moment.de(annee)
    figees: dict[str, Valeur] = {}
    if gele is not None and restriction.vide:
        lignes = ValeurIndicateur.objects.filter(releve=gele, axe="total", code__in=[f.code for f in formules])
        figees = {v.code: Valeur(v.numerateur, v.denominateur, v.manquants, v.mediane) for v in lignes}
    autres = [f for f in formules if f.code not in figees]
    comptes = moteur.calculer(autres, moment, (), restriction) if autres else {}
    return figees | {f.code: comptes[f.code]["total"][""] for f in autres}


def declarer_aux_fiches(formules: Iterable[Formule]) -> None:
    """Declare every formula, and every variant that a liaison names, in the registry of the first storey.

    A liaison may also name what another storey declares: realisations, conventions, meetings and groups.
    """
    connues = {f.code: f for f in formules}
    codes = dict.fromkeys([*connues, *(ligne.calcul for lignes in liaisons().values() for ligne in lignes)])
    for code in [c for c in codes if c.partition("?")[0] in connues and c not in DES_REALISATIONS]:
        declarer(Variante.lire(code, connues).declaration(code))


__all__ = ["Liaison", "Variante", "declarer_aux_fiches", "liaisons"]
