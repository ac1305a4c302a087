"""Annexes: the offer and its use, the conventions, the indicators that the application computes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from actions import registre
from actions.models import Indicateur
from offre.lecture_rapport import (
    ArgentConvention,
    ObjectifRapporte,
    conventions_de_l_exercice,
    objectifs_de_l_exercice,
    offres_de_l_exercice,
)
from offre.models import CategorieOffre, OffreInsertion
from offre.regles.conventions import total
from parcours.lecture_rapport import Suites, suites_par_categorie
from pdi.socle.formats import compte, valeur_unite
from pdi.socle.masquage import MASQUE, SEUIL_PUBLIE

from .formes import ChapitreContenu, LigneIndicateur
from .lecture import Matiere
from .tableaux import SECRET_DIT, Tableau, chiffre, colonne, donnees, tableau

NON_MESURE = "pas de mesure"


@dataclass
class OffreLue:
    """The offers of the year, and what became of the prescriptions by category."""

    offres: list[OffreInsertion]
    suites: dict[str, Suites]
    total: Suites


def lire_offre(matiere: Matiere) -> OffreLue:
    """Read the offers and the use made of them."""
    departement = str(matiere.programme.departement_id)
    offres = offres_de_l_exercice(departement, matiere.annee)
    suites, tout = suites_par_categorie(departement, matiere.annee, list(CategorieOffre.values), SEUIL_PUBLIE)
    return OffreLue(offres, dict(suites), tout)


def rassembler_offre(matiere: Matiere, _avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the offers published, their places, and how many people they welcomed, by category."""
    lu: OffreLue = matiere.memoire["offre"]
    if not lu.offres:
        return None
    operateurs = {s.pk for o in lu.offres for s in o.operateurs.all()}
    ouvertes = [o for o in lu.offres if o.publiee_le and o.publiee_le.year == matiere.annee]
    return donnees(
        [
            (f"Les offres d’insertion publiées au catalogue, ouvertes à la fin de {matiere.annee}. Les places sont "
            "celles que la fiche de l’offre annonce ; une offre qui n’en annonce pas n’est pas comptée comme zéro."),
            SECRET_DIT if lu.total.transmises else "",
        ],
        [_par_categorie(lu), _suites(lu), _offres(lu)],
        [
            chiffre(len(lu.offres), "offres publiées", seul="offre publiée",
                    detail=f"dont {len(ouvertes)} publiées en {matiere.annee}" if ouvertes else ""),
            chiffre(len(operateurs), "opérateurs", seul="opérateur"),
            chiffre(MASQUE if lu.total.masque else lu.total.entrees, "entrées en action", seul="entrée en action",
                    detail=f"pour les prescriptions transmises en {matiere.annee}"),
        ],
    )  # fmt: skip


def _places(offres: list[OffreInsertion]) -> int | None:
    dites = [o.places for o in offres if o.places is not None and o.places_unite in ("", "places", "place")]
    return sum(dites) if dites else None


def _par_categorie(lu: OffreLue) -> Tableau:
    groupes = {c: [o for o in lu.offres if o.categorie == c] for c in CategorieOffre}
    lignes = [
        [c.label, len(siennes), sum(o.places is not None for o in siennes), _places(siennes)]
        for c, siennes in groupes.items()
    ]
    return tableau(
        "offre-categories", "L’offre par catégorie",
        [colonne("Catégorie", largeur=36), colonne("Offres publiées", "entier", 12),
         colonne("Offres qui disent leurs places", "entier", 16), colonne("Places", "entier", 12)],
        lignes, feuille="Offre par catégorie",
        total=["Total", len(lu.offres), sum(ligne[2] for ligne in lignes), _places(lu.offres)],
        note="Les capacités dites autrement qu’en places (heures, groupes) ne sont pas additionnées.",
    )  # fmt: skip


def _suites(lu: OffreLue) -> Tableau:
    def dit(libelle: str, s: Suites) -> list[Any]:
        return [libelle, MASQUE, MASQUE] if s.masque else [libelle, s.transmises, s.entrees]

    return tableau(
        "offre-suites", "Les prescriptions transmises et leurs suites",
        [colonne("Catégorie", largeur=36), colonne("Prescriptions transmises", "entier", 14),
         colonne("Suivies d’une entrée", "entier", 14)],
        [dit(c.label, lu.suites[c]) for c in CategorieOffre],
        feuille="Suites des prescriptions", total=dit("Total", lu.total),
        note="Prescriptions transmises à un opérateur dans l’année, non annulées ; entrées de l’année parmi elles.",
    )  # fmt: skip


def _offres(lu: OffreLue) -> Tableau:
    return tableau(
        "offres", "Les offres publiées",
        [colonne("N°", largeur=7), colonne("Offre", largeur=50), colonne("Catégorie", largeur=24),
         colonne("Opérateurs", largeur=40), colonne("Places", largeur=16), colonne("Fiches-actions", largeur=14)],
        (
            [o.numero, o.intitule, o.get_categorie_display(), ", ".join(str(s) for s in o.operateurs.all()),
             f"{o.places} {o.places_unite or 'places'}" if o.places is not None else "",
             ", ".join(f.numero for f in o.fiches.all())]
            for o in lu.offres
        ),
        feuille="Offres",
    )  # fmt: skip


# -- conventions ------------------------------------------------------------------------------


def lire_conventions(matiere: Matiere) -> tuple[list[ArgentConvention], list[ObjectifRapporte]]:
    """Read the conventions of the year and their objectives; none for the programme of another département."""
    if not matiere.tenu_ici:
        return [], []
    argent = conventions_de_l_exercice(matiere.annee)
    return argent, objectifs_de_l_exercice([a.convention for a in argent], matiere.annee, SEUIL_PUBLIE)


def rassembler_conventions(matiere: Matiere, _avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the money of each convention, and its objectives with what they reached."""
    argent, objectifs = matiere.memoire["conventions"]
    if not argent:
        return None
    dits = [o for o in objectifs if not o.masque and o.ligne.atteint is not None]
    mandate, prevu = total(a.mandate for a in argent), total(a.prevu for a in argent)
    return donnees(
        [
            (f"Les conventions signées avec les opérateurs et en vigueur en {matiere.annee}. Un montant qui n’a pas "
            "été donné s’écrit « – » : il n’est pas compté comme zéro."),
            "Un résultat vient du bilan que l’opérateur a envoyé ; sans bilan, il est compté par l’application.",
            SECRET_DIT if any(o.masque for o in objectifs) else "",
        ],
        [_argent(argent), _objectifs(objectifs)],
        [
            chiffre(len(argent), "conventions", seul="convention",
                    detail=f"avec {compte(len({a.convention.operateur_id for a in argent}), 'opérateur')}"),
            chiffre(mandate, f"mandatés en {matiere.annee}", genre="euros",
                    detail=f"pour {valeur_unite(prevu, '€')} prévus" if prevu is not None else ""),
            chiffre(sum(o.ligne.atteint is True for o in dits), "objectifs atteints", sur=len(dits),
                    detail="parmi ceux dont le résultat est publié"),
        ],
    )  # fmt: skip


def _argent(argent: list[ArgentConvention]) -> Tableau:
    return tableau(
        "conventions", "Les conventions et leurs montants",
        [colonne("Numéro", largeur=14), colonne("Opérateur", largeur=32), colonne("Objet", largeur=44),
         colonne("Fin", "date", 12), colonne("Prévu", "euros", 14), colonne("Mandaté", "euros", 14),
         colonne("Payé", "euros", 14)],
        ([a.convention.numero, str(a.convention.operateur), a.convention.intitule, a.fin, a.prevu, a.mandate, a.paye]
         for a in argent),
        feuille="Conventions",
        total=["Total", "", "", None,
               *(total(getattr(a, nom) for a in argent) for nom in ("prevu", "mandate", "paye"))],
    )  # fmt: skip


def _resultat(objectif: ObjectifRapporte) -> list[str]:
    ligne = objectif.ligne
    cible = valeur_unite(ligne.cible, ligne.unite)
    if objectif.masque:
        return [cible, MASQUE, "non publié"]
    if ligne.valeur is None:
        return [cible, "", NON_MESURE]
    return [cible, valeur_unite(_arrondi(ligne.valeur), ligne.unite), "atteint" if ligne.atteint else "non atteint"]


def _arrondi(valeur: Decimal) -> Decimal:
    return round(valeur, 1)


def _objectifs(objectifs: list[ObjectifRapporte]) -> Tableau:
    return tableau(
        "conventions-objectifs", "Les objectifs des conventions",
        [colonne("Convention", largeur=14), colonne("Opérateur", largeur=40), colonne("Objectif", largeur=36),
         colonne("Cible", "valeur", 11), colonne("Résultat", "valeur", 13), colonne("Appréciation", largeur=13),
         colonne("Source", largeur=13)],
        ([o.convention.numero, str(o.convention.operateur), o.ligne.libelle, *_resultat(o),
          "bilan envoyé" if o.gele else "comptage"] for o in objectifs),
        feuille="Objectifs", vide="Aucun objectif n’est fixé pour l’année.", groupe=2,
    )  # fmt: skip


# -- computed indicators ----------------------------------------------------------------------


def rassembler_calculs(matiere: Matiere, avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the indicators that the application computes: value of the year, terms, definition, source, formula."""
    noeuds: list[Any] = next((c["donnees"]["noeuds"] for c in avant if c["code"] == "fiches"), [])
    figees = {i["id"]: i for i in _lignes(noeuds)}
    par_code: dict[str, list[Indicateur]] = defaultdict(list)
    numeros = {f.pk: f.numero for f in matiere.fiches}
    for indicateurs in matiere.indicateurs.values():
        for indicateur in indicateurs:
            if indicateur.calcul:
                par_code[indicateur.calcul].append(indicateur)
    declares = [(d, par_code[d.code]) for d in registre.declarations() if d.code in par_code]
    if not declares:
        return None
    return donnees(
        [
            ("Ces indicateurs ne sont pas saisis : l’application les calcule, pour toutes les fiches de la même façon, "
            "à partir des dossiers et du catalogue. La version de la formule change quand la façon de compter change."),
        ],
        [
            tableau(
                "calculs-valeurs", f"Les indicateurs calculés en {matiere.annee}",
                [colonne("Fiche", largeur=8), colonne("Indicateur de la fiche", largeur=56),
                 colonne("Calcul", largeur=40), colonne(f"Valeur {matiere.annee}", "valeur", 16),
                 colonne("Numérateur", "nombre", 13), colonne("Dénominateur", "nombre", 13)],
                ([numeros[i.fiche_id], i.libelle, d.libelle, *_valeur(figees.get(i.pk))]
                 for d, siens in declares for i in siens),
                feuille="Indicateurs calculés",
            ),
            tableau(
                "calculs-definitions", "Comment ils sont calculés",
                [colonne("Calcul", largeur=34), colonne("Définition", largeur=60), colonne("Numérateur", largeur=40),
                 colonne("Dénominateur", largeur=40), colonne("Source", largeur=30), colonne("Formule", largeur=9)],
                ([d.libelle, d.definition, d.numerateur, d.denominateur, d.source, d.version] for d, _ in declares),
                feuille="Définitions des calculs", groupe=1,
            ),
        ],
    )  # fmt: skip


def _lignes(noeuds: list[Any]) -> list[LigneIndicateur]:
    return [
        ligne
        for noeud in noeuds
        for ligne in [*(i for f in noeud["fiches"] for i in f["indicateurs"]), *_lignes(noeud["enfants"])]
    ]


def _valeur(ligne: LigneIndicateur | None) -> list[Any]:
    if ligne is None or ligne["points"][-1]["valeur"] is None:
        return ["", None, None]
    point = ligne["points"][-1]
    termes = [point["numerateur"], point["denominateur"]] if point["denominateur"] is not None else [None, None]
    return [valeur_unite(point["valeur"], ligne["unite"]), *termes]
