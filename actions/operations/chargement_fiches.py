"""Rows of the fiches of one programme, built from its JSON and inserted by sets."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Model

from actions.models import (
    Axe,
    CadreAction,
    CibleIndicateur,
    Etape,
    FicheAction,
    Financement,
    Indicateur,
    LienFiche,
    NatureIndicateur,
    ObjectifOperationnel,
    Periodicite,
    Programme,
    ResultatAttendu,
    RoleFiche,
    SensIndicateur,
    TypeRole,
)
from actions.regles.recherche import texte_de_recherche
from pdi.structures.annuaire import Annuaire
from pdi.structures.regles import cle_nom

TOTAL_IMPRIME = "montant global"  # a printed total stands among the funders: it is not one
ROLES = {
    "pilotes": TypeRole.PILOTE,
    "copilotes": TypeRole.COPILOTE,
    "partenaires_internes": TypeRole.PARTENAIRE_INTERNE,
    "partenaires_externes": TypeRole.PARTENAIRE_EXTERNE,
    "mise_en_oeuvre_interne": TypeRole.MISE_EN_OEUVRE_INTERNE,
    "mise_en_oeuvre_externe": TypeRole.MISE_EN_OEUVRE_EXTERNE,
}
BAISSE = ("delai", "indus", "non recours", "rupture", "cout ", "duree moyenne d attente")
NEUTRE = ("repartition", "fraudes detectees", "typologie", "genres", "nombre et nature")

Definitions = dict[tuple[str, str], list[dict[str, Any]]]
# Field of the indicator: key in definitions.json.
CHAMPS_DEFINITION = {
    "definition": "definition",
    "numerateur_libelle": "numerateur",
    "denominateur_libelle": "denominateur",
    "producteur": "producteur",
    "methode": "methode",
}


def sens_probable(libelle: str, unite: str) -> SensIndicateur:
    """Return which way is better, read from the label; the fiche can be changed afterwards."""
    cle = f"{cle_nom(libelle)} "
    if unite == "texte" or any(mot in cle for mot in NEUTRE):
        return SensIndicateur.NEUTRE
    if "prevenir" not in cle and any(mot in cle for mot in BAISSE):
        return SensIndicateur.BAISSE
    return SensIndicateur.HAUSSE


def charger_fiches(
    *,
    programme: Programme,
    fiches: list[dict[str, Any]],
    axes: dict[tuple[str, str], Axe],
    annuaire: Annuaire,
    definitions: Definitions,
) -> int:
    """Insert the fiches that the programme does not hold yet, each with all it prints; return their number."""
    connues = set(FicheAction.objects.filter(programme=programme).values_list("numero", flat=True))
    nouvelles = [f for f in fiches if f["numero"] not in connues]
    if not nouvelles:
        return 0
    rangs = {f["numero"]: rang for rang, f in enumerate(fiches, 1)}
    creees = FicheAction.objects.bulk_create(
        [_fiche(programme, f, rangs[f["numero"]], axes[f["axe"], f["thematique"] or ""]) for f in nouvelles]
    )
    paires = list(zip(creees, nouvelles, strict=True))
    # The document mirrors objectives and steps one to one where both lists have the same length (Essonne).
    objectifs = ObjectifOperationnel.objects.bulk_create(
        ObjectifOperationnel(fiche=fiche, numero=numero, intitule=intitule)
        for fiche, f in paires
        for numero, intitule in enumerate(f["objectifs_operationnels"], 1)
    )
    par_fiche: dict[int, list[ObjectifOperationnel]] = {}
    for objectif in objectifs:
        par_fiche.setdefault(objectif.fiche_id, []).append(objectif)
    Etape.objects.bulk_create(
        chain.from_iterable(
            _etapes(fiche, f, par_fiche.get(fiche.pk, []), en_miroir="PTI-PDI" in programme.nature)
            for fiche, f in paires
        )
    )
    _inserer(ResultatAttendu, (_resultats(fiche, f) for fiche, f in paires))
    _inserer(RoleFiche, (_roles(fiche, f, annuaire, programme.departement_id) for fiche, f in paires))
    _inserer(Financement, (_financements(fiche, f, annuaire, programme.departement_id) for fiche, f in paires))
    _inserer(
        Indicateur,
        (_indicateurs(fiche, f, definitions.get((programme.code, f["numero"]), [])) for fiche, f in paires),
    )
    _cibles_imprimees(programme, nouvelles)
    _cadres(paires)
    _liens(programme, nouvelles)
    return len(creees)


def _inserer(modele: type[Model], lots: Iterable[Iterable[Model]]) -> None:
    modele._default_manager.bulk_create(list(chain.from_iterable(lots)))


def _fiche(programme: Programme, f: dict[str, Any], ordre: int, axe: Axe) -> FicheAction:
    calendrier = f["calendrier"]
    total = next((x for x in f["financements"] if cle_nom(x["financeur"]) == TOTAL_IMPRIME), None)
    actions = [t for e in f["etapes"] for t in (e["intitule"], *e["details"])]
    return FicheAction(
        programme=programme,
        axe=axe,
        numero=f["numero"],
        ordre=ordre,
        intitule=f["intitule"],
        contexte=f["contexte"] or "",
        objectifs_generaux=f["objectifs_generaux"],
        publics=f["publics"],
        territoires=f["territoires"],
        conditions_reussite=f["conditions_reussite"],
        calendrier_texte=calendrier["texte"] or "",
        debut=calendrier["debut"],
        fin=calendrier["fin"],
        periodicite_evaluation=f["periodicite_evaluation"] or "",
        periodicite_texte=f["periodicite_texte"] or "",
        cout_total=Decimal(str(total["montant"])) if total else None,
        cout_commentaire=(total["commentaire"] or "") if total else "",
        recherche=texte_de_recherche(
            numero=f["numero"],
            intitule=f["intitule"],
            textes=[
                f["contexte"] or "",
                *f["objectifs_generaux"],
                *f["objectifs_operationnels"],
                *f["publics"],
                *actions,
                *(libelle for cle in ROLES for libelle in f[cle]),
                *f["contractualisations"],
            ],
        ),
    )


def _etapes(
    fiche: FicheAction, f: dict[str, Any], objectifs: list[ObjectifOperationnel], *, en_miroir: bool
) -> list[Etape]:
    lies = objectifs if en_miroir and len(objectifs) == len(f["etapes"]) else [None] * len(f["etapes"])
    return [
        Etape(fiche=fiche, objectif=objectif, ordre=e["ordre"], intitule=e["intitule"], details=e["details"])
        for e, objectif in zip(f["etapes"], lies, strict=True)
    ]


def _resultats(fiche: FicheAction, f: dict[str, Any]) -> list[ResultatAttendu]:
    return [
        ResultatAttendu(
            fiche=fiche,
            ordre=ordre,
            libelle=r["libelle"],
            valeur=None if r["valeur"] is None else Decimal(str(r["valeur"])),
            unite=r["unite"] or "",
        )
        for ordre, r in enumerate(f["resultats_attendus"], 1)
    ]


def _roles(fiche: FicheAction, f: dict[str, Any], annuaire: Annuaire, departement: str) -> list[RoleFiche]:
    """Return the roles; two wordings of one structure in one role make one row that keeps both wordings."""
    roles: dict[tuple[str, int], RoleFiche] = {}
    for cle, type_ in ROLES.items():
        for ordre, libelle in enumerate(f[cle], 1):
            for citee in annuaire.citees(libelle, departement):
                connu = roles.get((type_, citee.structure.pk))
                if connu:
                    connu.libelle = _joindre(connu.libelle, libelle)[:250]
                    connu.precision = _joindre(connu.precision, citee.precision)[:200]
                    continue
                roles[type_, citee.structure.pk] = RoleFiche(
                    fiche=fiche,
                    type=type_,
                    structure=citee.structure,
                    libelle=libelle,
                    precision=citee.precision,
                    ordre=ordre,
                )
    return list(roles.values())


def _joindre(*textes: str) -> str:
    return " ; ".join(dict.fromkeys(t for t in textes if t))


def _financements(fiche: FicheAction, f: dict[str, Any], annuaire: Annuaire, departement: str) -> list[Financement]:
    return [
        Financement(
            fiche=fiche,
            financeur=annuaire.citees(x["financeur"], departement)[0].structure,
            libelle=x["financeur"],
            prevu=None if x["montant"] is None else Decimal(str(x["montant"])),
            commentaire=x["commentaire"] or "",
        )
        for x in f["financements"]
        if cle_nom(x["financeur"]) != TOTAL_IMPRIME
    ]


def _indicateurs(fiche: FicheAction, f: dict[str, Any], definitions: list[dict[str, Any]]) -> list[Indicateur]:
    connues = {(d["libelle"], d.get("groupe") or ""): d for d in definitions}
    lignes = []
    for ordre, i in enumerate(f["indicateurs"], 1):
        definition = connues.get((i["libelle"], i["groupe"] or ""), {})
        lignes.append(
            Indicateur(
                fiche=fiche,
                ordre=ordre,
                libelle=i["libelle"],
                groupe=i["groupe"] or "",
                nature=NatureIndicateur(i["nature"]),
                unite=i["unite"],
                sens=definition.get("sens") or sens_probable(i["libelle"], i["unite"]),
                agregation=definition.get("agregation", ""),  # empty: derived from the unit
                periodicite=Periodicite(f["periodicite_evaluation"] or Periodicite.ANNUELLE),
                **{champ: definition.get(cle, "") for champ, cle in CHAMPS_DEFINITION.items()},
                cible_imprimee=None if i["cible"] is None else Decimal(str(i["cible"])),
            )
        )
    return lignes


def completer_definitions(*, programme: Programme, definitions: Definitions) -> int:
    """Fill the definition fields still empty in indicators loaded before; what is written there stays.

    Returns the number of indicators completed.
    """
    connues = {
        (numero, d["libelle"], d.get("groupe") or ""): d
        for (code, numero), lignes in definitions.items()
        if code == programme.code
        for d in lignes
    }
    completes = []
    for indicateur in (
        Indicateur.objects.filter(fiche__programme=programme).select_related("fiche").select_for_update(of=("self",))
    ):
        proposee = connues.get((indicateur.fiche.numero, indicateur.libelle, indicateur.groupe), {})
        vides = {
            c: proposee[cle] for c, cle in CHAMPS_DEFINITION.items() if proposee.get(cle) and not getattr(indicateur, c)
        }
        if not vides:
            continue
        for champ, texte in vides.items():
            setattr(indicateur, champ, texte)
        indicateur.version += 1
        completes.append(indicateur)
    Indicateur.objects.bulk_update(completes, [*CHAMPS_DEFINITION, "version"])
    return len(completes)


def _cibles_imprimees(programme: Programme, fiches: list[dict[str, Any]]) -> None:
    """A printed target stands for every year when the fiche says so (delay, « par an »), else for the last one."""
    annuelles = {
        f["numero"] for f in fiches if any(str(r["unite"] or "").endswith("/an") for r in f["resultats_attendus"])
    }
    cibles: list[CibleIndicateur] = []
    for indicateur in Indicateur.objects.filter(
        fiche__programme=programme, fiche__numero__in=[f["numero"] for f in fiches], cible_imprimee__isnull=False
    ).select_related("fiche"):
        chaque_annee = indicateur.unite == "mois" or indicateur.fiche.numero in annuelles
        cibles += [
            CibleIndicateur(
                indicateur=indicateur, annee=annee, valeur=indicateur.cible_imprimee or Decimal(0), imprimee=True
            )
            for annee in (programme.annees if chaque_annee else (programme.annee_fin,))
        ]
    CibleIndicateur.objects.bulk_create(cibles)


def _cadres(paires: list[tuple[FicheAction, dict[str, Any]]]) -> None:
    cadres = {cle_nom(c.libelle): c.pk for c in CadreAction.objects.all()}
    liaison = FicheAction.cadres.through
    liaison._default_manager.bulk_create(
        [
            liaison(ficheaction_id=fiche.pk, cadreaction_id=cadres[cle_nom(nom)])
            for fiche, f in paires
            for nom in f["contractualisations"]
        ]
    )


def _liens(programme: Programme, fiches: list[dict[str, Any]]) -> None:
    """Link the fiches that the documents name; Corrèze names actions, the four others print numbers."""
    ids = dict(FicheAction.objects.filter(programme=programme).values_list("numero", "id"))
    imprime = programme.departement_id != "19"
    LienFiche.objects.bulk_create(
        [
            LienFiche(
                source_id=ids[f["numero"]],
                cible_id=ids[numero],
                imprime=imprime,
                commentaire="" if imprime else "Déduit d’une action nommée dans le texte.",
            )
            for f in fiches
            for numero in f["renvois"]
            if numero in ids and numero != f["numero"]
        ],
        ignore_conflicts=True,
    )
