"""Writes of the offer: the catalogue published as JSON, once, without overwriting what users changed."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from actions.models import FicheAction
from offre.models import CategorieOffre, EtatOffre, Frein, OffreInsertion
from offre.regles.publics import publics_reconnus
from pdi.socle.operations import journaliser
from pdi.socle.typographie import typographier_tout
from pdi.structures.annuaire import Annuaire, charger_annuaire
from pdi.structures.models import Structure
from pdi.structures.regles import cle_nom
from pdi.territoires.models import Departement

from .realisations import charger_types

# What the printed publics and conditions say without doubt, structured: it admits and refuses. The rest is read only.
ELIGIBILITE = (
    "sexe", "brsa_seulement", "types_orientation", "contrat_requis", "foyer_requis", "enfant_age_max",
    "anciennete_rsa_max_mois",
)  # fmt: skip


def _lire(chemin: Path) -> Any:
    return json.loads(chemin.read_text(encoding="utf-8"))


@transaction.atomic
def charger_freins(*, chemin: Path) -> int:
    """Add the missing obstacles of the list, in its order; return how many were added."""
    lus = typographier_tout(_lire(chemin))
    connus = set(Frein.objects.values_list("code", flat=True))
    nouveaux = [Frein(ordre=rang, **lu) for rang, lu in enumerate(lus, 1) if lu["code"] not in connus]
    return len(Frein.objects.bulk_create(nouveaux))


@transaction.atomic
def charger_offres(*, dossier: Path, par: Any = None) -> int:
    """Load the catalogue as published offers, with operators, obstacles and the fiches that name them.

    An offer is known by its number: one already there is left alone. Return how many were added. A fiche is linked
    only when the programme's text names the offer (offre-complements.json) and the programme is loaded.
    Source: `dossier`/offre-essonne.json, drawn from the PTI-PDI 2022-2026.
    """
    complements = _lire(dossier / "offre-complements.json")
    charger_freins(chemin=dossier / "parcours" / "freins.json")
    charger_types()
    lues = _lire(dossier / "offre-essonne.json")["offres"]
    departement, _ = Departement.objects.get_or_create(code=complements["departement"], defaults={"nom": "Essonne"})
    connues = set(OffreInsertion.objects.filter(departement=departement).values_list("numero", flat=True))
    ordonnees = [(rang, lue) for rang, lue in enumerate(lues, 1) if lue["numero"] not in connues]
    if not ordonnees:
        return 0
    offres = OffreInsertion.objects.bulk_create(
        [_offre(lue, rang, departement, complements) for rang, lue in ordonnees]
    )
    annuaire = charger_annuaire(chemin=dossier / "offre-structures.json")
    _lier(offres, [lue for _, lue in ordonnees], annuaire, complements)
    journaliser(
        par=par, verbe="chargement", objet=departement, commentaire=f"{len(offres)} offres d’insertion ajoutées"
    )
    return len(offres)


def _offre(lue: dict[str, Any], rang: int, departement: Departement, complements: dict[str, Any]) -> OffreInsertion:
    """Build one offer from its printed sheet."""
    imprimee = typographier_tout(lue)
    autres = complements["offres"].get(lue["numero"], {})
    places, duree = imprimee["places"], imprimee["duree"]
    partenaires = [f"Partenaire\u00a0: {nom}" for nom in typographier_tout(autres.get("partenaires", []))]
    aides = [_aide(aide) for aide in imprimee["aides"]]
    return OffreInsertion(
        departement=departement,
        numero=lue["numero"],
        ordre=rang,
        categorie=CategorieOffre(lue["categorie"]),
        intitule=imprimee["intitule"],
        objectifs=imprimee["objectifs"],
        publics=imprimee["publics"],
        publics_vises=publics_reconnus(imprimee["publics"]),
        conditions_acces=imprimee["conditions_acces"],
        contenu=[*imprimee["contenu"], *aides, *partenaires],
        thematiques=imprimee["thematiques"],
        age_min=lue["age_min"],
        age_max=lue["age_max"],
        places=places["valeur"],
        places_unite=places["unite"] or "",
        places_detail=places["detail"] or "",
        duree_texte=duree["texte"] or "",
        duree_min_mois=_decimal(duree["min_mois"]),
        duree_max_mois=_decimal(duree["max_mois"]),
        heures=_decimal(duree["heures"]),
        prescription_prestataire=autres.get("prescription_prestataire", False),
        auto_prescription=autres.get("auto_prescription", False),
        etat=EtatOffre.PUBLIEE,
        source=typographier_tout(complements["source"]),
        **{champ: autres["eligibilite"][champ] for champ in ELIGIBILITE if champ in autres.get("eligibilite", {})},
    )


def _decimal(valeur: float | None) -> Decimal | None:
    return None if valeur is None else Decimal(str(valeur))


def _aide(aide: dict[str, Any]) -> str:
    """Return an aid of the sheet as a line of its content: amount, period, condition."""
    return f"{aide['intitule']}, {aide['periodicite']}\u00a0: {aide['montant']}\u00a0€ ({aide['condition']})"


def _lier(
    offres: list[OffreInsertion], lues: list[dict[str, Any]], annuaire: Annuaire, complements: dict[str, Any]
) -> None:
    """Link the offers to their operators, obstacles and fiches, one insertion a table."""
    freins = {f.code: f for f in Frein.objects.all()}
    fiches = {
        f.numero: f for f in FicheAction.objects.filter(programme__code=complements["programme"]).only("pk", "numero")
    }
    operateur, frein, fiche = (getattr(OffreInsertion, nom).through for nom in ("operateurs", "freins", "fiches"))
    liens_operateurs, liens_freins, liens_fiches = [], [], []
    for offre, lue in zip(offres, lues, strict=True):
        autres = complements["offres"].get(lue["numero"], {})
        structures = _operateurs(lue, autres, annuaire, complements["departement"])
        liens_operateurs += [operateur(offreinsertion=offre, structure=s) for s in structures]
        vises = [freins[complements["freins"][nom]] for nom in lue["freins_vises"]]
        liens_freins += [frein(offreinsertion=offre, frein=f) for f in vises]
        citees = [fiches[numero] for numero in autres.get("fiches", ()) if numero in fiches]
        liens_fiches += [fiche(offreinsertion=offre, ficheaction=f) for f in citees]
    operateur._default_manager.bulk_create(liens_operateurs)
    frein._default_manager.bulk_create(liens_freins)
    fiche._default_manager.bulk_create(liens_fiches)


def _operateurs(lue: dict[str, Any], autres: dict[str, Any], annuaire: Annuaire, departement: str) -> list[Structure]:
    """Return the structures that run the offer: those printed on it, without its funders and partners."""
    ecartes = {cle_nom(nom) for nom in autres.get("partenaires", ())}
    trouvees: dict[int, Structure] = {}
    for imprime in lue["structures"]:
        if cle_nom(imprime) in ecartes:
            continue
        for citee in annuaire.citees(imprime, departement):
            trouvees[citee.structure.pk] = citee.structure
    return list(trouvees.values())
