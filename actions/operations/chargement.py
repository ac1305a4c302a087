"""Loading of the programmes published as JSON: what the adopted documents say, once, without overwriting anything.

A programme, a node of its tree or a fiche that already exists is left alone: users may have worked on it. Only the
definition fields still empty in its indicators are filled.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from actions.models import (
    Anomalie,
    Axe,
    CadreAction,
    EtatAnomalie,
    EtatProgramme,
    FicheAction,
    GabaritFiche,
    Indicateur,
    NiveauStrategique,
    Programme,
    SectionGabarit,
    Signataire,
)
from pdi.socle.operations import journaliser
from pdi.socle.typographie import typographier_tout
from pdi.structures.annuaire import Annuaire, charger_annuaire
from pdi.structures.regles import decouper_libelle
from pdi.territoires.models import Departement

from .chargement_fiches import charger_fiches, completer_definitions
from .versions import DOCUMENT_ADOPTE, figer_versions

TEXTES_ANOMALIE = ("titre", "constat", "pese", "source")


@dataclass
class BilanChargement:
    """What the database holds once loaded, and what this run added."""

    programmes: int = 0
    fiches: int = 0
    indicateurs: int = 0
    anomalies: int = 0
    fiches_ajoutees: int = 0
    codes: list[str] = field(default_factory=list)


def lire(chemin: Path) -> Any:
    """Return a data file with French typography."""
    return typographier_tout(json.loads(chemin.read_text(encoding="utf-8")))


@transaction.atomic
def charger_programmes(
    *, dossier: Path, par: Any = None, references: frozenset[str] = frozenset(), demonstration: bool = False
) -> BilanChargement:
    """Load every programme of `dossier`/programmes with its structures and anomalies, in one transaction.

    `references` holds the codes of programmes loaded to compare with. Loading again adds only what is missing.
    Sources: the documents named by each file.
    """
    annuaire = charger_annuaire(chemin=dossier / "structures.json")
    reglages = lire(dossier / "gabarits.json")
    CadreAction.objects.bulk_create([CadreAction(**c) for c in reglages["cadres"]], ignore_conflicts=True)
    presentations = {p["code"]: p for p in reglages["programmes"]}
    definitions = _par_fiche(dossier / "definitions.json")
    anomalies = _par_fiche(dossier / "anomalies.json")
    bilan = BilanChargement()
    for chemin in sorted((dossier / "programmes").glob("*.json")):
        donnees = lire(chemin)
        code = donnees["programme"]["code"]
        ajoutees = charger_programme(
            donnees=donnees,
            presentation=presentations[code],
            annuaire=annuaire,
            definitions=definitions,
            reference=code in references,
            demonstration=demonstration and code not in references,
            par=par,
        )
        bilan.codes.append(code)
        bilan.fiches_ajoutees += ajoutees
        bilan.anomalies += charger_anomalies(code=code, anomalies=anomalies, deja_la=ajoutees < len(donnees["fiches"]))
        bilan.programmes += 1
        bilan.fiches += len(donnees["fiches"])
        bilan.indicateurs += sum(len(f["indicateurs"]) for f in donnees["fiches"])
    _figer_les_premieres(bilan.codes, par)
    return bilan


def _figer_les_premieres(codes: list[str], par: Any) -> None:
    """Make the adopted text the version 1 of each fiche that has none."""
    fiches = FicheAction.objects.filter(programme__code__in=codes, versions=None).select_related("programme")
    effets = {
        f.pk: f.programme.date_adoption or datetime.date(f.programme.annee_debut, 1, 1)
        for f in fiches.only("programme__date_adoption", "programme__annee_debut")
    }
    figer_versions(fiches=effets, origine=DOCUMENT_ADOPTE, effet=effets, par=par)


def _par_fiche(chemin: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the rows of a data file by (programme, fiche number)."""
    lignes: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for ligne in lire(chemin):
        lignes.setdefault((ligne["programme"], ligne["fiche"]), []).append(ligne)
    return lignes


def charger_programme(
    *,
    donnees: dict[str, Any],
    presentation: dict[str, Any],
    annuaire: Annuaire,
    definitions: dict[tuple[str, str], list[dict[str, Any]]],
    reference: bool,
    demonstration: bool,
    par: Any,
) -> int:
    """Load one programme: layout, tree, signatories, fiches. Returns the number of fiches added."""
    imprime = donnees["programme"]
    Departement.objects.bulk_create(
        [Departement(code=imprime["departement_code"], nom=imprime["departement"])], ignore_conflicts=True
    )
    gabarit = charger_gabarit(presentation=presentation)
    programme, cree = Programme.objects.get_or_create(
        code=imprime["code"],
        defaults={
            "intitule": imprime["intitule"],
            "intitule_court": presentation["intitule_court"],
            "nature": imprime["nature"],
            "departement_id": imprime["departement_code"],
            "annee_debut": imprime["annee_debut"],
            "annee_fin": imprime["annee_fin"],
            "date_adoption": imprime["date_adoption"],
            "reference_deliberation": imprime["reference_deliberation"] or "",
            "gabarit": gabarit,
            "etat": _etat(imprime["annee_debut"], imprime["annee_fin"]),
            "reference": reference,
            "demonstration": demonstration,
            "source": presentation["source"],
        },
    )
    NiveauStrategique.objects.bulk_create(
        [
            NiveauStrategique(programme=programme, rang=rang, singulier=singulier, pluriel=pluriel)
            for rang, (singulier, pluriel) in enumerate(presentation["niveaux"], 1)
        ],
        ignore_conflicts=True,
    )
    axes = _charger_axes(programme, donnees["axes"])
    _charger_signataires(programme, imprime["signataires"], annuaire)
    ajoutees = charger_fiches(
        programme=programme, fiches=donnees["fiches"], axes=axes, annuaire=annuaire, definitions=definitions
    )
    deja_la = ajoutees < len(donnees["fiches"])
    completes = completer_definitions(programme=programme, definitions=definitions) if deja_la else 0
    if cree or completes:
        faits = {"fiches": ajoutees} | ({"définitions complétées": completes} if completes else {})
        journaliser(
            par=par,
            verbe="chargement",
            objet=programme,
            apres={**faits, "source": presentation["source"]},
        )
    return ajoutees


def _etat(debut: int, fin: int) -> EtatProgramme:
    annee = datetime.datetime.now(tz=datetime.UTC).year
    if annee > fin:
        return EtatProgramme.ECHU
    return EtatProgramme.EN_VIGUEUR if annee >= debut else EtatProgramme.PREPARATION


def charger_gabarit(*, presentation: dict[str, Any]) -> GabaritFiche:
    """Return the layout, created with its sections when missing."""
    gabarit, cree = GabaritFiche.objects.get_or_create(
        nom=presentation["nom"], defaults={"description": presentation["description"]}
    )
    if cree:
        SectionGabarit.objects.bulk_create(
            [
                SectionGabarit(gabarit=gabarit, ordre=ordre, **section)
                for ordre, section in enumerate(presentation["sections"], 1)
            ]
        )
    return gabarit


def _charger_axes(programme: Programme, axes: list[dict[str, Any]]) -> dict[tuple[str, str], Axe]:
    """Create the missing nodes; return them by (number of the axis, theme or "")."""

    def existants() -> dict[tuple[int | None, str], Axe]:
        return {(a.parent_id, a.intitule): a for a in Axe.objects.filter(programme=programme)}

    connus = existants()
    Axe.objects.bulk_create(
        [
            Axe(programme=programme, rang=1, numero=axe["numero"], intitule=axe["intitule"], ordre=ordre)
            for ordre, axe in enumerate(axes, 1)
            if (None, axe["intitule"]) not in connus
        ]
    )
    connus = existants()
    racines = {axe["numero"]: connus[None, axe["intitule"]] for axe in axes}
    Axe.objects.bulk_create(
        [
            Axe(programme=programme, parent=racines[axe["numero"]], rang=2, intitule=theme, ordre=ordre)
            for axe in axes
            for ordre, theme in enumerate(axe["thematiques"], 1)
            if (racines[axe["numero"]].pk, theme) not in connus
        ]
    )
    connus = existants()
    arbre = {(numero, ""): racine for numero, racine in racines.items()}
    for axe in axes:
        for theme in axe["thematiques"]:
            arbre[axe["numero"], theme] = connus[racines[axe["numero"]].pk, theme]
    return arbre


def _charger_signataires(programme: Programme, libelles: list[str], annuaire: Annuaire) -> None:
    Signataire.objects.bulk_create(
        [
            Signataire(
                programme=programme,
                structure=annuaire.citees(libelle, programme.departement_id)[0].structure,
                libelle=libelle,
                qualite=_qualite(libelle),
                ordre=ordre,
            )
            for ordre, libelle in enumerate(libelles, 1)
        ],
        ignore_conflicts=True,
    )


def charger_anomalies(
    *, code: str, anomalies: dict[tuple[str, str], list[dict[str, Any]]], deja_la: bool = False
) -> int:
    """Attach the contradictions found in a source to its fiches; one already answered stays as it is.

    `deja_la`: some were loaded before, whose wording may be out of date.
    """
    fiches = dict(FicheAction.objects.filter(programme__code=code).values_list("numero", "id"))
    indicateurs = {
        (fiche, libelle): pk
        for fiche, libelle, pk in Indicateur.objects.filter(fiche__in=fiches.values()).values_list(
            "fiche_id", "libelle", "pk"
        )
    }

    def code_de(anomalie: dict[str, Any], fiche: int) -> str:
        # The automatic checks name an anomaly of an indicator by its key: same code, so that it is told once.
        libelle = anomalie.get("indicateur")
        return f"{anomalie['code']}-{indicateurs[fiche, libelle]}" if libelle else str(anomalie["code"])

    lignes = [
        Anomalie(
            fiche_id=fiches[numero],
            code=code_de(anomalie, fiches[numero]),
            titre=anomalie["titre"],
            constat=anomalie["constat"],
            pese=anomalie.get("pese", []),
            source=anomalie["source"],
        )
        for (programme, numero), rangees in anomalies.items()
        if programme == code and numero in fiches
        for anomalie in rangees
    ]
    Anomalie.objects.bulk_create(lignes, ignore_conflicts=True)
    if deja_la:
        _corriger_anomalies(lignes)
    return len(lignes)


def _corriger_anomalies(lignes: list[Anomalie]) -> None:
    """Give the anomalies still open the present wording of the data file; an answered one keeps what was answered."""
    voulues = {(a.fiche_id, a.code): a for a in lignes}
    perimees = []
    for anomalie in Anomalie.objects.filter(
        fiche__in={a.fiche_id for a in lignes}, etat=EtatAnomalie.OUVERTE, calculee=False
    ).select_for_update(of=("self",)):
        voulue = voulues.get((anomalie.fiche_id, anomalie.code))
        if voulue is None or all(getattr(anomalie, c) == getattr(voulue, c) for c in TEXTES_ANOMALIE):
            continue
        for champ in TEXTES_ANOMALIE:
            setattr(anomalie, champ, getattr(voulue, champ))
        perimees.append(anomalie)
    Anomalie.objects.bulk_update(perimees, TEXTES_ANOMALIE)


def _qualite(libelle: str) -> str:
    """Return « Le Préfet » of « État – le Préfet ». The documents print no date of signature."""
    precision = decouper_libelle(libelle).precision
    return precision[:1].upper() + precision[1:]
