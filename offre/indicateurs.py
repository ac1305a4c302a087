"""Indicators of the fiches that realisations fill: of the whole programme, or of the fiche they name.

Found at start-up by the registry of the first storey. `pmsmp-personnes` counts every immersion of the year;
`forum-rencontres@fiche` those tied to the fiche that prints the indicator.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef

from actions.models import Programme
from actions.registre import Declaration, Portee, Requete, Termes, declarer
from actions.regles.indicateurs import est_un_taux
from offre.lecture_realisations import sommes_de_l_annee
from offre.models import Convention, ObjectifConvention, Realisation
from offre.regles.realisations import IndicateurType, de_personnes, evaluer, lire_mesures, trop_peu
from offre.types_realisation import indicateurs_livres
from pdi.socle.masquage import SEUIL_INTERNE

PAR_FICHE = "@fiche"
NON_ALIMENTE = "Non alimenté : aucune réalisation de ce type n’est rattachée à la fiche."
CODES: set[str] = set()


def _fiches_suivies(genre: str) -> set[int | None]:
    """Return the fiches to which a realisation of that kind was ever tied: for them alone, nothing means zero."""
    liees = Realisation.objects.filter(type__code=genre, fiche__isnull=False)
    return set(liees.order_by().values_list("fiche_id", flat=True).distinct())


def _requete(genre: str, indicateur: IndicateurType, *, par_fiche: bool) -> Requete:
    def requete(programme: Programme, annee: int) -> dict[int | None, Termes]:
        fiches = set(programme.fiches.values_list("pk", flat=True)) if par_fiche else {None}
        lues = sommes_de_l_annee(annee, par_fiche=par_fiche)
        suivies = _fiches_suivies(genre) if par_fiche else {None}
        resultat: dict[int | None, Termes] = {}
        for fiche in fiches:
            sommes = lues.get((genre, fiche), {})
            valeur = evaluer([indicateur], sommes, int(sommes.get("*", Decimal(0))))[0]
            sans_saisie = "" if fiche in suivies else NON_ALIMENTE
            resultat[fiche] = Termes(valeur.compte, valeur.base, texte=sans_saisie)
        return resultat

    return requete


def _quotient(termes: Termes) -> Decimal | None:
    return termes.numerateur / termes.denominateur if termes.denominateur else None


def _secrete(indicateur: IndicateurType, personnes: frozenset[str], termes: Termes) -> bool:
    return trop_peu(indicateur, personnes, termes.numerateur, termes.denominateur, SEUIL_INTERNE)


def _declarer(genre: dict[str, Any], i: IndicateurType, *, par_fiche: bool) -> None:
    mesures = {m["code"]: m["libelle"] for m in genre["mesures"]} | {"*": "Réalisations"}
    code = f"{genre['code']}-{i.code}{PAR_FICHE if par_fiche else ''}"
    ou = "rattachées à la fiche" if par_fiche else "de tout le programme"
    declarer(
        Declaration(
            code=code,
            libelle=f"{genre['libelle']}\u00a0: {i.libelle[:1].lower()}{i.libelle[1:]}"
            + (" (de la fiche)" if par_fiche else ""),
            definition=f"Réalisations de type « {genre['libelle']} » commencées dans l’année, {ou}.",
            numerateur=mesures[i.numerateur],
            denominateur=mesures[i.denominateur] if i.denominateur else "",
            unite=i.unite,
            version="1",
            portee=Portee.FICHE if par_fiche else Portee.PROGRAMME,
            requete=_requete(genre["code"], i, par_fiche=par_fiche),
            secrete=partial(_secrete, i, de_personnes(lire_mesures(genre["mesures"]))),
            moyenne=_quotient if i.denominateur and not est_un_taux(i.unite) else None,
        )
    )
    CODES.add(code)


def _conventions(_programme: Programme, annee: int) -> dict[int | None, Termes]:
    """Count the conventions in force in the year with an objective of the year that a harmonised indicator fills."""
    chiffres = ObjectifConvention.objects.filter(convention=OuterRef("pk"), annee=annee).exclude(calcul="")
    signees = Convention.objects.de_l_annee(annee).filter(Exists(chiffres))
    return {None: Termes(Decimal(signees.count()))}


for _genre, _i in indicateurs_livres():
    for _par_fiche in (False, True):
        _declarer(_genre, _i, par_fiche=_par_fiche)

declarer(
    Declaration(
        code="conventions-harmonisees",
        libelle="Conventions disposant d’objectifs chiffrés harmonisés",
        definition="Conventions signées, en vigueur dans l’année, dont un objectif de l’année est rempli par un "
        "indicateur harmonisé, le même pour tous les opérateurs.",
        numerateur="conventions",
        denominateur="",
        unite="nombre",
        version="1",
        portee=Portee.PROGRAMME,
        requete=_conventions,
        source="Essonne, fiche 3.7",
    )
)
CODES.add("conventions-harmonisees")
