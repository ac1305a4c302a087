"""The life of the programme in the year: avenants voted, participation of beneficiaries, équipes pluridisciplinaires.

Beneficiaries who sit in a group are few: how many were trained is hidden under the published threshold.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q

from gouvernance.lecture_ep import ISSUES, ActiviteEP, activite_ep
from gouvernance.lecture_participation import LigneInstance, Participation, participation
from gouvernance.models import Avenant, EtatAvenant, EtatProposition, ModificationFiche
from pdi.socle.formats import compte, nombre
from pdi.socle.masquage import MASQUE, SEUIL_PUBLIE, petit

from .formes import ChapitreContenu
from .lecture import Matiere
from .tableaux import SECRET_DIT, Tableau, chiffre, colonne, donnees, tableau


def lire_avenants(matiere: Matiere) -> tuple[list[Avenant], list[ModificationFiche]]:
    """Read the avenants put to the vote in the year, or in force from it, and what those voted change (two queries)."""
    avenants = list(
        Avenant.objects.filter(programme=matiere.programme)
        .exclude(etat=EtatAvenant.PREPARATION)
        .filter(Q(vote_le__year=matiere.annee) | Q(effet__year=matiere.annee))
        .order_by("numero")
    )
    changements = ModificationFiche.objects.filter(
        Q(fiche=None) | Q(fiche__restreinte=False), avenant__in=[a.pk for a in avenants if a.etat == EtatAvenant.VOTE]
    )
    ordre = ("avenant__numero", F("fiche__ordre").asc(nulls_last=True), "pk")
    return avenants, list(changements.select_related("avenant", "fiche").order_by(*ordre))


def rassembler_avenants(matiere: Matiere, _avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the avenants of the year and, rubric by rubric, what they changed in the fiches."""
    avenants, changements = matiere.memoire["avenants"]
    if not avenants:
        return None
    return donnees(
        [
            (f"Ce qui a changé dans le programme en {matiere.annee}, par le vote de l’Assemblée. Les bilans restent "
            "lus avec la version de la fiche pour laquelle ils ont été écrits."),
        ],
        [
            tableau(
                "avenants", "Les avenants",
                [colonne("N°", largeur=6), colonne("Objet", largeur=50), colonne("État", largeur=16),
                 colonne("Délibération", largeur=18), colonne("Votée le", "date", 12),
                 colonne("Prend effet le", "date", 13)],
                ([str(a.numero), a.intitule, a.get_etat_display(), a.deliberation, a.vote_le, a.effet]
                 for a in avenants),
                feuille="Avenants",
            ),
            tableau(
                "avenants-fiches", "Ce que les avenants changent dans les fiches",
                [colonne("Avenant", largeur=9), colonne("Fiche", largeur=8), colonne("Rubrique", largeur=20),
                 colonne("Texte remplacé", largeur=44), colonne("Nouveau texte", largeur=44),
                 colonne("Motif", largeur=44)],
                ([f"n° {c.avenant.numero}", c.numero, c.get_champ_display(), c.avant,
                  c.intitule if c.creation else c.apres, c.motif] for c in changements),
                feuille="Changements des fiches", vide="Aucune fiche n’est changée par ces avenants.",
            ),
        ],
        [
            chiffre(sum(a.etat == EtatAvenant.VOTE for a in avenants), "avenants votés", seul="avenant voté"),
            *(chiffre(combien, f"fiches {mot}", seul=f"fiche {mot[:-1]}")
              for mot, combien in _sortes(changements).items() if combien or mot == "modifiées"),
        ],
    )  # fmt: skip


def _sortes(changements: list[ModificationFiche]) -> dict[str, int]:
    """Return how many fiches were created, withdrawn, changed."""
    return {
        "créées": sum(c.creation for c in changements),
        "retirées": sum(c.retrait for c in changements),
        "modifiées": len({c.numero for c in changements if not c.creation and not c.retrait}),
    }


# -- participation ----------------------------------------------------------------------------


def lire_participation(matiere: Matiere) -> Participation | None:
    """Read the participation of the year; none for the programme of another département."""
    return participation(matiere.programme, matiere.annee) if matiere.tenu_ici else None


def _effectif(combien: int) -> Any:
    return MASQUE if petit(combien, SEUIL_PUBLIE) else combien


def rassembler_participation(matiere: Matiere, _avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the groups of beneficiaries, their trainings and proposals, and their presence in the EP."""
    lu: Participation | None = matiere.memoire["participation"]
    if lu is None or not (lu.groupes or lu.proposees or lu.ep.tenues):
        return None
    groupes = [_groupe(g) for g in lu.groupes]
    formes = _effectif(lu.formes)
    return donnees(
        [
            (f"Comment les personnes concernées ont pris part au programme en {matiere.annee} : groupes, propositions, "
            "présence dans les équipes pluridisciplinaires."),
            SECRET_DIT if formes == MASQUE else "",
        ],
        [_groupes(groupes), _propositions(lu)],
        [
            chiffre(sum(g.tenues for g in lu.groupes), "réunions des groupes", seul="réunion des groupes"),
            chiffre(lu.suivies, "propositions retenues", sur=lu.proposees,
                    detail=f"{compte(lu.repondues, 'a reçu', 'ont reçu')} une réponse"),
            *([chiffre(lu.ep.avec, "équipes pluridisciplinaires avec un bénéficiaire", sur=lu.ep.tenues)]
              if lu.ep.tenues else []),
            *([chiffre(formes, "personnes formées", seul="personne formée",
                       detail=f"{compte(lu.formations, 'formation')}, {nombre(lu.heures)} heures")]
              if lu.formations else []),
        ],
    )  # fmt: skip


def _groupe(g: LigneInstance) -> list[Any]:
    assiduite = None if g.assiduite is None else round(g.assiduite, 1)
    return [g.nom, g.nature, g.tenues, g.dues, assiduite, g.formations, g.propositions]


def _groupes(lignes: list[list[Any]]) -> Tableau:
    return tableau(
        "participation-groupes", "Les groupes",
        [colonne("Groupe", largeur=46), colonne("Nature", largeur=22),
         colonne("Réunions", "entier", 9), colonne("Dues", "entier", 7), colonne("Assiduité", "pourcentage", 10),
         colonne("Formations", "entier", 10), colonne("Propositions", "entier", 11)],
        lignes, feuille="Participation", vide="Aucun groupe ne s’est réuni dans l’année.",
    )  # fmt: skip


def _propositions(lu: Participation) -> Tableau:
    return tableau(
        "participation-propositions", "Les propositions de l’année et leur suite",
        [colonne("Suite donnée", largeur=40), colonne("Propositions", "entier", 12)],
        ([etat.label, lu.propositions[etat]] for etat in EtatProposition if lu.propositions[etat]),
        feuille="Propositions", total=["Total", lu.proposees] if lu.proposees else None,
        vide="Aucune proposition n’a été déposée dans l’année.",
    )  # fmt: skip


# -- équipes pluridisciplinaires --------------------------------------------------------------


def lire_ep(matiere: Matiere) -> ActiviteEP | None:
    """Read the activity of the équipes pluridisciplinaires, hidden under the published threshold."""
    return activite_ep(matiere.programme, matiere.annee, seuil=SEUIL_PUBLIE) if matiere.tenu_ici else None


def _ou_secret(combien: int | None) -> Any:
    return MASQUE if combien is None else combien


def rassembler_ep(matiere: Matiere, _avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the opinions by theme and sense, the decisions and the appeals: no file, no person, no small count."""
    lu: ActiviteEP | None = matiere.memoire["ep"]
    if lu is None or lu.vide:
        return None
    lignes = [[x.libelle, *map(_ou_secret, x.issues), _ou_secret(x.total)] for x in lu.lignes]
    total = ["Total", *map(_ou_secret, lu.colonnes), _ou_secret(lu.examines)]
    chiffres = (lu.decisions, lu.recours, lu.entendues, lu.ecarts)
    cachees = any(MASQUE in ligne for ligne in [*lignes, total]) or None in chiffres
    return donnees(
        [
            (
                f"Les avis que les équipes pluridisciplinaires ont rendus en {matiere.annee}, par motif de saisine. "
                "L’avis éclaire le président du conseil départemental, qui décide."
            ),
            SECRET_DIT if cachees else "",
        ],
        [
            tableau(
                "ep", "Les avis rendus, par motif et par sens",
                [colonne("Motif", largeur=40), *(colonne(s.label, "entier", 14) for s in ISSUES),
                 colonne("Total", "entier", 9)],
                lignes, feuille="Équipes pluridisciplinaires", total=total if len(lignes) > 1 else None,
                vide="Aucun avis n’a été rendu dans l’année.",
            ),
        ],
        [
            chiffre(lu.seances, "séances tenues", seul="séance tenue"),
            chiffre(_ou_secret(lu.examines), "avis rendus"),
            chiffre(_ou_secret(lu.decisions), "décisions prises", seul="décision prise"),
            chiffre(_ou_secret(lu.entendues), "personnes entendues", seul="personne entendue"),
            chiffre(_ou_secret(lu.ecarts), "décisions qui s’écartent de l’avis",
                    seul="décision qui s’écarte de l’avis"),
            chiffre(_ou_secret(lu.recours), "recours reçus", seul="recours reçu"),
        ],
    )  # fmt: skip
