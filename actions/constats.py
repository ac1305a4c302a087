"""Facts that the rules of completeness and contradiction judge, read by sets whatever the number of fiches."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Exists, F, OuterRef, Q

from .models import (
    CibleIndicateur,
    Etape,
    FicheAction,
    Financement,
    Indicateur,
    MesureIndicateur,
    ObjectifOperationnel,
    ResultatAttendu,
    RoleFiche,
    RubriqueFiche,
    SectionGabarit,
    SensIndicateur,
    TypeRole,
)
from .regles.anomalies import (
    Constat,
    FaitEtape,
    FaitFinancement,
    FaitIndicateur,
    FaitMesure,
    FaitsAnomalies,
    constater,
)
from .regles.completude import FaitsFiche, Manque, manques

ROLES_PAR_RUBRIQUE = {
    RubriqueFiche.PARTENAIRES_INTERNES: {TypeRole.PARTENAIRE_INTERNE},
    RubriqueFiche.PARTENAIRES_EXTERNES: {TypeRole.PARTENAIRE_EXTERNE},
    RubriqueFiche.MISE_EN_OEUVRE: {TypeRole.MISE_EN_OEUVRE_INTERNE, TypeRole.MISE_EN_OEUVRE_EXTERNE},
}


def _remplies(fiche: FicheAction, roles: set[str]) -> set[str]:
    """Return the sections that hold something; `fiche` is annotated by `_fiches`."""
    presence = {
        RubriqueFiche.CONTEXTE: fiche.contexte,
        RubriqueFiche.OBJECTIFS_GENERAUX: fiche.objectifs_generaux,
        RubriqueFiche.OBJECTIFS: fiche.a_objectifs or fiche.a_etapes,  # type: ignore[attr-defined]
        RubriqueFiche.PUBLICS: fiche.publics,
        RubriqueFiche.TERRITOIRES: fiche.territoires,
        RubriqueFiche.CONDITIONS: fiche.conditions_reussite,
        RubriqueFiche.RESULTATS: fiche.a_resultats,  # type: ignore[attr-defined]
        RubriqueFiche.CONTRACTUALISATION: fiche.a_cadres,  # type: ignore[attr-defined]
        RubriqueFiche.FINANCEMENT: fiche.a_financements or fiche.cout_total is not None,  # type: ignore[attr-defined]
        RubriqueFiche.PERIODICITE: fiche.periodicite_evaluation or fiche.periodicite_texte,
    }
    remplies = {str(r) for r, valeur in presence.items() if valeur}
    return remplies | {str(r) for r, types in ROLES_PAR_RUBRIQUE.items() if types & roles}


def manques_des_fiches(fiches: Iterable[int], annee: int | None = None) -> dict[int, list[Manque]]:
    """Return {fiche id: what it lacks} in four queries. `annee`: also judge targets and values of that year.

    Without `annee`, a target of any year counts as a target and values are not judged.
    """
    ids = list(fiches)

    def presence(modele: type, **filtres: object) -> Exists:
        return Exists(modele._default_manager.filter(fiche=OuterRef("pk"), **filtres))  # type: ignore[attr-defined]

    objets = list(
        FicheAction.objects.filter(pk__in=ids)
        .select_related("programme")
        .annotate(
            a_objectifs=presence(ObjectifOperationnel),
            a_etapes=presence(Etape),
            a_resultats=presence(ResultatAttendu),
            a_cadres=Exists(FicheAction.cadres.through._default_manager.filter(ficheaction=OuterRef("pk"))),
            a_financements=presence(Financement),
            sans_montant=Count("financements", filter=Q(financements__prevu__isnull=True), distinct=True),
        )
    )
    sections: dict[int, list[SectionGabarit]] = defaultdict(list)
    for section in SectionGabarit.objects.filter(gabarit__in={f.programme.gabarit_id for f in objets}):
        sections[section.gabarit_id].append(section)
    roles: dict[int, set[str]] = defaultdict(set)
    for fiche_id, type_ in RoleFiche.objects.filter(fiche__in=ids).values_list("fiche_id", "type").distinct():
        roles[fiche_id].add(type_)
    comptes = _comptes_indicateurs(ids, annee)
    return {
        f.pk: manques(
            FaitsFiche(
                remplies=_remplies(f, roles[f.pk]),
                attendues={s.rubrique for s in sections[f.programme.gabarit_id] if s.obligatoire},
                prevues={s.rubrique for s in sections[f.programme.gabarit_id]},
                a_un_pilote=bool({TypeRole.PILOTE, TypeRole.COPILOTE} & roles[f.pk]),
                a_des_dates=bool(f.debut or f.fin or f.permanente),
                financements_sans_montant=f.sans_montant,  # type: ignore[attr-defined]
                annee=annee,
                indicateurs=comptes.get(f.pk, {}).get("indicateurs", 0),
                sans_cible=comptes.get(f.pk, {}).get("sans_cible", 0),
                sans_valeur=comptes.get(f.pk, {}).get("sans_valeur", 0),
            )
        )
        for f in objets
    }


def _comptes_indicateurs(fiches: list[int], annee: int | None) -> dict[int, dict[str, int]]:
    """Return {fiche id: counts of its followed indicators}, in one query."""
    cible = CibleIndicateur.objects.filter(indicateur=OuterRef("pk"))
    mesure = MesureIndicateur.objects.courantes().filter(indicateur=OuterRef("pk"))
    if annee is not None:
        cible, mesure = cible.filter(annee=annee), mesure.filter(annee=annee)
    lignes = (
        Indicateur.objects.filter(fiche__in=fiches, actif=True)
        .annotate(
            a_cible=Exists(cible),
            a_valeur=Exists(mesure),
            jugeable=~Q(unite="texte") & ~Q(sens=SensIndicateur.NEUTRE),
        )
        .values("fiche_id")
        .order_by()
        .annotate(
            indicateurs=Count("pk"),
            sans_cible=Count("pk", filter=Q(jugeable=True, a_cible=False, cible_imprimee__isnull=True)),
            sans_valeur=Count("pk", filter=Q(a_valeur=False)),
        )
    )
    return {
        ligne["fiche_id"]: {cle: ligne[cle] for cle in ("indicateurs", "sans_cible", "sans_valeur")} for ligne in lignes
    }


def constats_des_fiches(fiches: Iterable[int], jour: datetime.date) -> dict[int, list[Constat]]:
    """Return {fiche id: contradictions told from the data on `jour`}, in five queries."""
    ids = list(fiches)
    financements: dict[int, list[FaitFinancement]] = defaultdict(list)
    for fiche_id, nom, sigle, libelle, annee, prevu in Financement.objects.filter(fiche__in=ids).values_list(
        "fiche_id", "financeur__nom", "financeur__sigle", "libelle", "annee", "prevu"
    ):
        financements[fiche_id].append(FaitFinancement(libelle or sigle or nom, annee, prevu))
    etapes: dict[int, list[FaitEtape]] = defaultdict(list)
    for fiche_id, intitule, etat, echeance in Etape.objects.filter(fiche__in=ids).values_list(
        "fiche_id", "intitule", "etat", "echeance"
    ):
        etapes[fiche_id].append(FaitEtape(intitule, etat, echeance))
    indicateurs: dict[int, list[FaitIndicateur]] = defaultdict(list)
    par_pk: dict[int, FaitIndicateur] = {}
    for fiche_id, pk, libelle, nature, unite in Indicateur.objects.filter(fiche__in=ids, actif=True).values_list(
        "fiche_id", "pk", "libelle", "nature", "unite"
    ):
        fait = FaitIndicateur(pk, libelle, nature, unite)
        indicateurs[fiche_id].append(fait)
        par_pk[fait.pk] = fait
    mesures: dict[int, list[FaitMesure]] = defaultdict(list)
    for fiche_id, pk, annee, valeur, numerateur, denominateur in (
        MesureIndicateur.objects.courantes()
        .filter(indicateur__in=par_pk, indicateur__unite__in=["%", "ratio"])
        .values_list(F("indicateur__fiche_id"), "indicateur_id", "annee", "valeur", "numerateur", "denominateur")
    ):
        mesures[fiche_id].append(FaitMesure(par_pk[pk], annee, valeur, numerateur, denominateur))
    return {
        f.pk: constater(
            FaitsAnomalies(
                statut=f.statut,
                debut=f.debut,
                fin=f.fin,
                annee_debut=f.programme.annee_debut,
                annee_fin=f.programme.annee_fin,
                cout_total=f.cout_total,
                financements=financements[f.pk],
                etapes=etapes[f.pk],
                indicateurs=indicateurs[f.pk],
                mesures=mesures[f.pk],
            ),
            jour,
        )
        for f in FicheAction.objects.filter(pk__in=ids).select_related("programme")
    }
