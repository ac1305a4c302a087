"""Lines of conventions, operators' statements and realisations: the service writes, an operator reads its own."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from offre.models import (
    BilanOperateur,
    CampagneOperateurs,
    Convention,
    EtatConvention,
    MontantConvention,
    ObjectifConvention,
    Realisation,
    TypeRealisation,
)
from offre.operations.realisations import charger_types
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory

from .table import Ligne, statuts

LIRE = statuts(200, referent=403, agent_orientation=403)
TENIR = statuts(403, gestion=200)
FAIRE = statuts(403, gestion=302)
SIENNE = statuts(200, referent=403, agent_orientation=403, partenaire=404)
AUTRE = statuts(200, referent=403, agent_orientation=403, partenaires=404)
# Roles that do not read conventions at all find none; those that read without holding them are refused.
AGIR = statuts(403, gestion=200, referent=404, agent_orientation=404, partenaires=404)
AGIR_ICI = AGIR | {Role.PRESTATAIRE: 403}


def preparer(m: Any) -> None:
    """A signed convention of the prestataire, a draft, one of somebody else; a statement in each state asked for."""
    annee = timezone.localdate().year
    periode = DateRange(datetime.date(annee - 1, 1, 1), datetime.date(annee + 1, 1, 1))
    commun = {"periode": periode, "intitule": "Ateliers"}
    signee = {"etat": EtatConvention.SIGNEE, "signee_le": datetime.date(annee - 1, 1, 5)}
    m.conv_signee = Convention.objects.create(numero="C-1", operateur=m.prestataire, **commun, **signee)
    m.conv_projet = Convention.objects.create(numero="C-2", operateur=m.prestataire, **commun)
    m.conv_autre = Convention.objects.create(numero="C-3", operateur=StructureFactory.create(), **commun, **signee)
    m.conv_montant = MontantConvention.objects.create(
        convention=m.conv_projet, annee=annee, financeur=m.service, prevu=Decimal(1000)
    )
    ObjectifConvention.objects.create(convention=m.conv_projet, annee=annee, libelle="Satisfaits", cible=80)
    m.conv_campagne = CampagneOperateurs.objects.create(
        annee=annee - 1, ouverte_le=datetime.date(annee, 1, 5), limite_saisie=timezone.localdate(),
        limite_validation=timezone.localdate(),
    )  # fmt: skip
    m.conv_bilan = BilanOperateur.objects.create(campagne=m.conv_campagne, convention=m.conv_signee)
    m.conv_bilan_soumis = BilanOperateur.objects.create(
        campagne=m.conv_campagne, convention=m.conv_autre, etat="soumis", soumis_le=timezone.now(),
        soumis_par=m.qui(Role.CHARGE_PROGRAMME),
    )  # fmt: skip
    charger_types()
    genre = TypeRealisation.objects.get(code="pmsmp")
    base = {"type": genre, "intitule": "Immersion", "debut": datetime.date(annee, 1, 5), "valeurs": {"personnes": "2"}}
    m.conv_realisation = Realisation.objects.create(structure=m.prestataire, **base)
    m.conv_realisation_autre = Realisation.objects.create(structure=m.service, **base)


def de(nom: str) -> Any:
    return lambda m: {"pk": getattr(m, nom).pk}


def annee(m: Any) -> dict[str, int]:
    return {"annee": m.conv_campagne.annee}


def saisie(m: Any) -> dict[str, str]:
    jour = timezone.localdate()
    vides = {f"{liste}-{champ}": "0" for liste in ("montants", "objectifs", "baremes", "regles")
             for champ in ("TOTAL_FORMS", "INITIAL_FORMS")}  # fmt: skip
    return vides | {
        "numero": f"N-{m.conv_projet.pk}", "intitule": "Ateliers", "operateur": m.prestataire.nom,
        "debut": f"{jour}", "fin": f"{jour}", "alerte_jours": "30",
    }  # fmt: skip


def immersion(m: Any) -> dict[str, str]:
    return {
        "intitule": "Immersion", "structure": m.prestataire.nom, "debut": f"{timezone.localdate()}",
        "mesure_personnes": "2", "mesure_duree": "3",
    }  # fmt: skip


SAISIR = statuts(403, gestion=200, pilote=200, partenaires=200)

MATRICE = [
    Ligne("offre:conventions", LIRE),
    Ligne("offre:conventions_export", LIRE),
    Ligne("offre:convention", SIENNE, objet=de("conv_signee")),
    Ligne("offre:convention", AUTRE, objet=de("conv_autre"), cas="d’un autre opérateur"),
    Ligne("offre:convention_nouvelle", TENIR),
    Ligne("offre:convention_nouvelle", FAIRE, methode="POST", donnees=saisie),
    Ligne("offre:convention_modifier", AGIR_ICI, objet=de("conv_projet")),
    Ligne("offre:convention_avenant", AGIR_ICI, objet=de("conv_signee")),
    Ligne("offre:convention_paiements", AGIR, objet=de("conv_autre")),
    Ligne("offre:convention_signer", AGIR_ICI, objet=de("conv_projet")),
    Ligne("offre:convention_resilier", AGIR_ICI, objet=de("conv_signee")),
    Ligne("offre:bilans_operateurs", LIRE),
    Ligne("offre:bilans_operateurs_export", LIRE),
    Ligne("offre:bilan_operateur", SIENNE, objet=de("conv_bilan")),
    Ligne("offre:bilan_operateur", AUTRE, objet=de("conv_bilan_soumis"), cas="d’un autre opérateur"),
    Ligne("offre:bilan_operateur_ecrire", AGIR | {Role.PRESTATAIRE: 200}, objet=de("conv_bilan")),
    Ligne("offre:bilan_operateur_decider", AGIR, objet=de("conv_bilan_soumis")),
    Ligne("offre:campagne_operateurs_ouvrir", TENIR),
    Ligne("offre:campagne_operateurs_relancer", TENIR, objet=annee),
    Ligne("offre:campagne_operateurs_relancer", FAIRE, objet=annee, methode="POST"),
    Ligne("offre:campagne_operateurs_clore", TENIR, objet=annee),
    Ligne("offre:realisations", LIRE),
    Ligne("offre:realisations_export", LIRE),
    Ligne("offre:realisation", SIENNE, objet=de("conv_realisation")),
    Ligne("offre:realisation_choisir", SAISIR),
    Ligne("offre:realisation_nouvelle", SAISIR, objet=lambda _m: {"code": "pmsmp"}),
    Ligne("offre:realisation_modifier", AGIR | {Role.PRESTATAIRE: 200, Role.PILOTE: 200}, objet=de("conv_realisation")),
    Ligne("offre:realisation_modifier", AGIR | {Role.PILOTE: 200}, objet=de("conv_realisation_autre"), cas="autre"),
    Ligne("offre:realisation_supprimer", AGIR | {Role.PILOTE: 200}, objet=de("conv_realisation_autre")),
]
